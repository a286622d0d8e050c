package present

import (
	"context"
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// NewCirclePlace is where in the team's room a circle is made.
const NewCirclePlace = "circle"

// Circling is an office in which a few people can keep something to themselves.
type Circling interface {
	Circles(ctx context.Context) ([]data.Circle, error)
	NewCircle(ctx context.Context, name string, members []record.ID) (data.Receipt, error)
	ChangeCircle(ctx context.Context, id record.ID, name string, members []record.ID, reason string) (data.Receipt, error)
	ShareCircle(ctx context.Context, id record.ID, devices ...record.ID) error
}

var _ Circling = (*data.Office)(nil)

// Circles is the part of the team's room about who keeps what to themselves.
type Circles struct {
	State   State // Empty: there is none
	Failure Failure
	Mine    []CircleCard
	Others  []CircleCard // those that one is not in: whom to ask
	People  []CirclePerson
	May     bool // circles can be made here at all

	env    Env
	ctx    context.Context
	latest *Latest[*circlesData]
	shown  func()
}

// CircleCard is a circle in words.
type CircleCard struct {
	ID      record.ID
	Name    string
	People  string
	Line    string // how much is restricted to it, since when
	Before  string // who left and still reads what was written then; "" when nobody
	Warning string // that what it wrote goes with one person or one device; "" otherwise
	Closed  string // that this device waits for its keys, and whom to ask; "" otherwise
	Waits   []CircleWait
	Members []record.ID
}

// CircleWait is a device of a member that cannot read yet.
type CircleWait struct {
	Device record.ID
	Text   string
	Unable bool // its program is too old to be given a key
}

// CirclePerson is somebody who may belong to a circle.
type CirclePerson struct {
	ID   record.ID
	Name string
	Me   bool
}

type circlesData struct {
	circles []data.Circle
	people  []CirclePerson
	may     bool
}

// NewCircles makes it; Load fills it.
func NewCircles(ctx context.Context, env Env, shown func()) *Circles {
	return &Circles{env: env, ctx: ctx, shown: shown, latest: NewLatest[*circlesData](env.Run)}
}

// Load reads the circles again; what is on the screen stays meanwhile.
func (c *Circles) Load() {
	c.latest.Ask(c.ctx, c.read, func(d *circlesData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			c.State, c.Failure = Failed, failure(c.env.Words, err)
		default:
			c.take(d)
		}
		c.shown()
	})
}

// Heeds tells whether an event can have changed what is shown: who is in the team and
// in which circles, and where there are any, what is restricted to them.
func (c *Circles) Heeds(e data.Event) bool {
	return e.Kind == record.Circle || e.Kind == record.Member || e.Kind == record.Device || len(c.Mine)+len(c.Others) > 0
}

// Drop forgets what is under way.
func (c *Circles) Drop() { c.latest.Drop() }

func (c *Circles) read(ctx context.Context) (*circlesData, error) {
	d := &circlesData{}
	o, ok := c.env.API.(Circling)
	if !ok {
		return d, nil
	}
	d.may = true
	var err error
	if d.circles, err = o.Circles(ctx); err != nil {
		return nil, err
	}
	d.people, err = circlePeople(ctx, c.env)
	return d, err
}

// circlePeople gives those who are in the team, who is signed in first.
func circlePeople(ctx context.Context, env Env) ([]CirclePerson, error) {
	o, ok := env.API.(interface {
		Team(ctx context.Context) ([]data.TeamMember, error)
	})
	if !ok {
		return nil, nil
	}
	team, err := o.Team(ctx)
	var out []CirclePerson
	for i := range team {
		if m := &team[i]; m.Removed.IsZero() {
			out = append(out, CirclePerson{ID: m.ID, Name: m.Name, Me: m.Me})
		}
	}
	slices.SortStableFunc(out, func(a, b CirclePerson) int {
		if a.Me != b.Me {
			if a.Me {
				return -1
			}
			return 1
		}
		return strings.Compare(record.Plain(a.Name), record.Plain(b.Name))
	})
	return out, err
}

func (c *Circles) take(d *circlesData) {
	c.State, c.Mine, c.Others, c.People, c.May = Ready, nil, nil, d.people, d.may
	for i := range d.circles {
		card := circleCard(c.env.Words, &d.circles[i])
		if d.circles[i].Inside {
			c.Mine = append(c.Mine, card)
		} else {
			c.Others = append(c.Others, card)
		}
	}
	if len(d.circles) == 0 {
		c.State = Empty
	}
}

func circleCard(w *assets.Words, of *data.Circle) CircleCard {
	card := CircleCard{ID: of.ID, Name: of.Name, Line: w.N("circles.records", of.Records)}
	names := make([]string, 0, len(of.Members))
	for _, m := range of.Members {
		names = append(names, m.Name)
		card.Members = append(card.Members, m.ID)
		for _, d := range m.Devices {
			if d.Waiting && of.Inside && !d.This {
				card.Waits = append(card.Waits, circleWait(w, m.Name, d))
			}
		}
	}
	card.People = strings.Join(names, ", ")
	if !of.Since.IsZero() {
		card.Line = dot(card.Line, w.T("teamroom.since", dayText(w, of.Since)))
	}
	if len(of.Before) > 0 {
		card.Before = w.T("circles.before", strings.Join(of.Before, ", "))
	}
	switch {
	case !of.Inside:
	case !of.Open:
		card.Closed = w.T("circles.closed")
		card.Waits = nil // who has no key gives none
	case len(of.Members) == 1:
		card.Warning = w.T("circles.alone")
	case of.Readers == 1:
		card.Warning = w.T("circles.one_device")
	}
	return card
}

func circleWait(w *assets.Words, member string, d data.CircleDevice) CircleWait {
	name := d.Name
	if name == "" {
		name = w.T("sync.device.nameless", d.ID.String()[:6])
	}
	wait := CircleWait{Device: d.ID, Text: w.T("circles.waits", member, name), Unable: d.Unable}
	if d.Unable {
		wait.Text = w.T("circles.unable", member, name)
	}
	return wait
}

// Warning says what is to be known of a circle of these people before it is made;
// "" when nothing is.
func (c *Circles) Warning(members []record.ID) string {
	if len(members) > 1 {
		return ""
	}
	return c.env.Words.T("circles.alone")
}

// Changing says in words what giving a circle these people does.
func (c *Circles) Changing(card CircleCard, members []record.ID) []string {
	w := c.env.Words
	var leave, come []string
	self := false
	for _, p := range c.People {
		was, is := slices.Contains(card.Members, p.ID), slices.Contains(members, p.ID)
		switch {
		case was && !is && p.Me:
			self = true
		case was && !is:
			leave = append(leave, p.Name)
		case is && !was:
			come = append(come, p.Name)
		}
	}
	var out []string
	if len(leave) > 0 {
		out = append(out, w.N("circles.leaves", len(leave), strings.Join(leave, ", ")))
	}
	if len(come) > 0 {
		out = append(out, w.N("circles.comes", len(come), strings.Join(come, ", ")))
	}
	if self {
		out = append(out, w.T("circles.self"))
	} else if len(members) == 1 {
		out = append(out, w.T("circles.alone"))
	}
	return out
}

// Make makes a circle of some people; who makes it belongs to it.
func (c *Circles) Make(name string, members []record.ID, done func(Failure, bool)) {
	if o, ok := c.env.API.(Circling); ok {
		c.act(func() error {
			_, err := o.NewCircle(c.ctx, name, members)
			return err
		}, done)
	}
}

// Change gives a circle another name or other people.
func (c *Circles) Change(card CircleCard, name string, members []record.ID, reason string, done func(Failure, bool)) {
	if o, ok := c.env.API.(Circling); ok {
		c.act(func() error {
			_, err := o.ChangeCircle(c.ctx, card.ID, name, members, reason)
			return err
		}, done)
	}
}

// Share gives the keys of a circle to a device of a member that waits for them.
func (c *Circles) Share(card CircleCard, device record.ID, done func(Failure, bool)) {
	if o, ok := c.env.API.(Circling); ok {
		c.act(func() error { return o.ShareCircle(c.ctx, card.ID, device) }, done)
	}
}

// act does something to a circle behind the screen, and reads the circles again.
func (c *Circles) act(do func() error, done func(Failure, bool)) {
	c.env.Run.Go(func() {
		err := do()
		c.env.Run.Back(func() {
			if err != nil {
				done(failure(c.env.Words, err), false)
				return
			}
			done(Failure{}, true)
			c.Load()
		})
	})
}
