package present

import (
	"context"
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
)

// ReadingsPlace is where in the team's room it stands who read what; of one record
// behind a stroke.
const ReadingsPlace = "readings"

// Restricting is an office in which a record can be kept to a circle.
type Restricting interface {
	Circles(ctx context.Context) ([]data.Circle, error)
	KnownTo(r *record.Record) (circle string, people []string)
	Restrict(ctx context.Context, id, circle record.ID, reason string) (data.Receipt, error)
}

var _ Restricting = (*data.Office)(nil)

// Restriction is who alone reads a record, in words, and what can be said of that.
type Restriction struct {
	Text    string // who alone reads it, or a part of it; "" when the whole team does
	Closed  string // that some of it cannot be read here, and whom to ask; ""
	Outside string // why nothing can be written in it here; "" where it can
	Circle  record.ID
	Circles []CircleChoice // for which one can write
	May     bool           // who reads it can be changed by whoever is signed in
	Audited bool           // who read it can be asked
}

// CircleChoice is a circle that something can be written for.
type CircleChoice struct {
	ID     record.ID
	Name   string
	People string
	Alone  bool // nobody else is in it
}

// Label names it with its people.
func (c CircleChoice) Label(env Env) string { return env.Words.T("restrict.choice", c.Name, c.People) }

// ReadRestriction reads who alone reads a record. It is called away from the screen.
func ReadRestriction(ctx context.Context, env Env, id record.ID) (*Restriction, error) {
	out := &Restriction{}
	o, ok := env.API.(Restricting)
	if !ok {
		return out, nil
	}
	r, err := env.API.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	circles, err := o.Circles(ctx)
	if err != nil {
		return nil, err
	}
	out.Text, out.Circle, out.May = restrictedText(env, r), r.Circle, r.Circle.IsZero()
	out.Circles = circleChoices(circles)
	if _, in := out.Choice(r.Circle); in {
		out.May = true
	}
	if !out.May {
		out.Outside = env.Words.T("restrict.outside")
		if slices.ContainsFunc(circles, func(c data.Circle) bool { return c.ID == r.Circle && c.Inside }) {
			out.Outside = env.Words.T("circles.closed")
		}
	}
	if r.Closed > 0 {
		out.Closed = env.Words.N("restrict.closed", r.Closed)
	}
	if a, ok := env.API.(Auditing); ok && rule.Sensitive(r, r.Restricted()) != "" {
		out.Audited = a.MayReadings()
	}
	return out, nil
}

func circleChoices(circles []data.Circle) []CircleChoice {
	var out []CircleChoice
	for i := range circles {
		c := &circles[i]
		if !c.Inside || !c.Open {
			continue
		}
		names := make([]string, 0, len(c.Members))
		for _, m := range c.Members {
			names = append(names, m.Name)
		}
		out = append(out, CircleChoice{ID: c.ID, Name: c.Name, People: strings.Join(names, ", "), Alone: len(names) == 1})
	}
	return out
}

// ReadCircleChoices gives the circles for which something new can be written; none
// where the office knows of none. It is called away from the screen.
func ReadCircleChoices(ctx context.Context, env Env) ([]CircleChoice, error) {
	o, ok := env.API.(Circling)
	if !ok {
		return nil, nil
	}
	circles, err := o.Circles(ctx)
	return circleChoices(circles), err
}

// Choice gives one of the circles.
func (r *Restriction) Choice(id record.ID) (CircleChoice, bool) {
	for _, c := range r.Circles {
		if c.ID == id {
			return c, true
		}
	}
	return CircleChoice{}, false
}

// WouldMean says in words what keeping a record to a circle does, or with the zero
// id what opening it to the team again does.
func (r *Restriction) WouldMean(env Env, circle record.ID) []string {
	w := env.Words
	c, ok := r.Choice(circle)
	if !ok {
		return []string{w.T("restrict.lift.means")}
	}
	out := []string{w.T("restrict.means", c.People), w.T("restrict.before"), w.T("restrict.follows")}
	if c.Alone {
		out = append(out, w.T("circles.alone"))
	}
	return out
}

// Restrict keeps a record to a circle from now on, or with the zero id to nobody.
func Restrict(ctx context.Context, env Env, id, circle record.ID, reason string, done func(Failure, bool)) {
	o, ok := env.API.(Restricting)
	if !ok {
		return
	}
	env.Run.Go(func() {
		_, err := o.Restrict(ctx, id, circle, reason)
		env.Run.Back(func() {
			if err != nil {
				done(failure(env.Words, err), false)
				return
			}
			done(Failure{}, true)
		})
	})
}

// circleOf names the circle that alone reads an entry of a record that all read; ""
// where whoever reads the record reads the entry.
func circleOf(env Env, r *record.Record, e *record.Entry) string {
	o, ok := env.API.(interface {
		CircleOfKey(key record.ID) string
	})
	if !ok || e.Key.IsZero() || !r.Circle.IsZero() {
		return ""
	}
	return o.CircleOfKey(e.Key)
}

// veiled tells whether nothing of a record can be read here: that there is one is
// all that who is not in its circle is shown.
func veiled(r *record.Record) bool {
	return !r.Circle.IsZero() && r.Closed > 0 && len(r.Values) == 0
}

// titleOf is the name of a record that has one.
func titleOf(w *assets.Words, r *record.Record) string {
	if veiled(r) {
		return w.T("person.restricted")
	}
	return r.Get("name")
}
