package data

import (
	"context"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
	"paradero/data/vault"
)

// Circle is a group of named people who alone read what is restricted to it.
type Circle struct {
	ID      record.ID
	Name    string
	Members []CircleMember
	Inside  bool     // who is signed in belongs to it
	Open    bool     // and this device was given its newest key
	Waiting int      // devices of its members that were not
	Readers int      // devices of its members that were: when one is left, its loss loses what the circle wrote
	Before  []string // who belonged to it and can still read what was written then
	Records int      // restricted to it, of those here
	Since   time.Time
}

// CircleMember is one of its people, with his devices.
type CircleMember struct {
	ID      record.ID
	Name    string
	Devices []CircleDevice
}

// CircleDevice is a device of a member.
type CircleDevice struct {
	ID      record.ID
	Name    string
	This    bool
	Waiting bool // somebody of the circle must give it the keys (ShareCircle)
	Unable  bool // it has published no key to seal to: its program is older
}

// Circles gives the circles of the office, by name. That they are and who belongs to
// them everybody sees, so that it is known whom to ask.
func (o *Office) Circles(ctx context.Context) ([]Circle, error) {
	const op = "read circles"
	boxes, err := o.boxes(ctx)
	if err != nil {
		return nil, err
	}
	if err := o.enter(op); err != nil {
		return nil, err
	}
	all := o.circles.all()
	counts := map[record.ID]int{}
	for _, id := range o.circles.restrictedIDs() {
		r, _ := o.circles.restrictedTo(id)
		of := map[record.ID]bool{r.circle: true}
		for _, k := range r.keys {
			of[o.circles.ofKey(k)] = true
		}
		for circle := range of {
			counts[circle]++
		}
	}
	o.use.RUnlock()
	out := make([]Circle, 0, len(all))
	for i := range all {
		c := o.shownCircle(ctx, &all[i], boxes)
		c.Records = counts[c.ID]
		if r, err := o.Get(ctx, c.ID); err == nil {
			c.Since = r.Created
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Circle) int { return strings.Compare(record.Plain(a.Name), record.Plain(b.Name)) })
	return out, nil
}

func (o *Office) shownCircle(ctx context.Context, c *circle, boxes []boxed) Circle {
	me := o.Info()
	out := Circle{ID: c.id, Name: c.name, Inside: slices.Contains(c.members, me.Member)}
	var newest circleKey
	if n := len(c.keys); n > 0 {
		newest = c.keys[n-1]
		_, out.Open = o.circles.key(newest.id)
	}
	in := o.letIn()
	for _, id := range c.members {
		m := CircleMember{ID: id, Name: o.names.get(id)}
		for _, b := range boxes {
			if b.member != id {
				continue
			}
			d := CircleDevice{ID: b.device, Name: o.DeviceName(ctx, b.record), This: b.device == me.Device, Unable: b.box == nil}
			if d.Waiting = !slices.Contains(newest.to, b.device); d.Waiting {
				out.Waiting++
			} else {
				out.Readers++
			}
			m.Devices = append(m.Devices, d)
		}
		out.Members = append(out.Members, m)
	}
	for _, k := range c.keys {
		for _, d := range k.to {
			member, ok := in[d]
			name := o.names.get(member)
			if !ok || slices.Contains(c.members, member) || slices.Contains(out.Before, name) {
				continue
			}
			out.Before = append(out.Before, name)
		}
	}
	return out
}

// KnownTo gives the name of the circle that a record is restricted to, or that holds
// single changes of it, and the names of its people; "" when none does.
func (o *Office) KnownTo(r *record.Record) (name string, people []string) {
	id := r.Circle
	if id.IsZero() {
		if held, ok := o.circles.restrictedTo(r.ID); ok && len(held.keys) > 0 {
			id = o.circles.ofKey(held.keys[len(held.keys)-1])
		}
	}
	c, ok := o.circles.circle(id)
	if !ok {
		return "", nil
	}
	return c.name, o.namesOf(c.members)
}

// NewCircle makes a circle of some members; who makes it belongs to it. Its key is
// drawn here and sealed to each of their devices.
func (o *Office) NewCircle(ctx context.Context, name string, members []record.ID) (Receipt, error) {
	const op = "make circle"
	c := &circle{name: record.CleanLine(name)}
	if c.name == "" {
		return Receipt{}, &fault.Error{Code: fault.Invalid, Op: op, Key: "invalid", Problems: []fault.Problem{{Field: "name", Key: "required"}}}
	}
	var err error
	if c.members, err = o.circleMembers(ctx, op, append([]record.ID{o.Info().Member}, members...)); err != nil {
		return Receipt{}, err
	}
	for _, other := range o.circles.all() {
		if record.Plain(other.name) == record.Plain(c.name) {
			return Receipt{}, fault.New(fault.Refused, op, "circle_exists", c.name)
		}
	}
	if _, err := io.ReadFull(o.cfg.Rand, c.id[:]); err != nil {
		return Receipt{}, fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	first := &prepared{change: ledger.Change{Record: c.id, Kind: record.Circle, Op: ledger.OpEdit, Rights: 1}, size: 320}
	first.add(1, nil, c.name)
	first.add(2, nil, joinIDs(c.members))
	o.circles.turn.Lock()
	defer o.circles.turn.Unlock()
	r, _, err := o.giveNewKey(ctx, c, first, func(*boxed) bool { return true })
	return r, err
}

// ChangeCircle gives a circle another name or other people. Who is taken out keeps
// what he could read until now; what is written afterwards has a new key. Who comes
// in reads what was written before as well.
func (o *Office) ChangeCircle(ctx context.Context, id record.ID, name string, members []record.ID, reason string) (Receipt, error) {
	const op = "change circle"
	c, s, err := o.ownCircle(op, id)
	if err != nil {
		return Receipt{}, err
	}
	if members, err = o.circleMembers(ctx, op, members); err != nil {
		return Receipt{}, err
	}
	first := writing(s, reason)
	if name = record.CleanLine(name); name != "" && name != c.name {
		first.add(1, s.Replaces(1), name)
	}
	same := func(a, b []record.ID) bool {
		return !slices.ContainsFunc(a, func(id record.ID) bool { return !slices.Contains(b, id) })
	}
	if !same(members, c.members) || !same(c.members, members) {
		first.add(2, s.Replaces(2), joinIDs(members))
	}
	if len(first.change.Fields) == 0 {
		return Receipt{ID: id}, nil
	}
	o.circles.turn.Lock()
	defer o.circles.turn.Unlock()
	before := c.members
	c.members = members
	if !slices.Contains(members, o.Info().Member) { // who leaves gives nobody keys any more
		return o.submitOne(ctx, first)
	}
	give := o.givesOf(c, func(b *boxed) bool { return !slices.Contains(before, b.member) })
	if !same(before, members) {
		kept := map[record.ID]bool{}
		for _, k := range c.keys {
			for _, d := range k.to {
				kept[d] = true
			}
		}
		r, _, err := o.giveNewKey(ctx, c, first, func(b *boxed) bool { return kept[b.device] || !slices.Contains(before, b.member) })
		if err != nil {
			return r, err
		}
		return r, o.giveKeys(ctx, c, nil, give)
	}
	return Receipt{ID: id}, o.giveKeys(ctx, c, first, give)
}

// ShareCircle gives the keys of a circle to the devices of its members that wait
// for them, or to some of these: a person says so, because whoever lets a device
// into the team would otherwise let it into every circle.
func (o *Office) ShareCircle(ctx context.Context, id record.ID, devices ...record.ID) error {
	const op = "share circle"
	c, _, err := o.ownCircle(op, id)
	if err != nil {
		return err
	}
	o.circles.turn.Lock()
	defer o.circles.turn.Unlock()
	return o.giveKeys(ctx, c, nil, o.givesOf(c, func(b *boxed) bool { return len(devices) == 0 || slices.Contains(devices, b.device) }))
}

// Restrict says that what is written of a record from now on is read by a circle
// only, or with the zero id by the whole team again. What was written before stays
// readable to all who have it.
func (o *Office) Restrict(ctx context.Context, id, circleID record.ID, reason string) (Receipt, error) {
	const op = "restrict record"
	s, _, err := o.readState(id)
	if isMissing(err) || err == nil && s.Deleted() {
		return Receipt{}, fault.New(fault.NotFound, op, "not_found", id.String())
	}
	switch {
	case err != nil:
		return Receipt{}, err
	case s.Later || record.SchemaOf(s.Kind) == nil:
		return Receipt{}, fault.New(fault.Newer, op, "record_newer")
	case !team.Restrictable(s.Kind):
		return Receipt{}, fault.New(fault.Refused, op, "circle_kind")
	case s.Circle == circleID:
		return Receipt{ID: id}, nil
	}
	for _, of := range []record.ID{s.Circle, circleID} {
		if of.IsZero() {
			continue
		}
		if _, _, err := o.ownCircle(op, of); err != nil {
			return Receipt{}, err
		}
	}
	p := writing(s, reason)
	p.change.Op, p.change.Target, p.change.Critical = ledger.OpRestrict, circleID, true
	if ok, why := o.mayNow(&p.change); !ok {
		return Receipt{}, fault.New(fault.Refused, op, "right_missing", why, o.Info().Role)
	}
	return o.submitOne(ctx, p)
}

func (o *Office) submitOne(ctx context.Context, p *prepared) (Receipt, error) {
	receipts, err := o.submit(ctx, []*prepared{p}, false)
	if err != nil {
		return Receipt{}, err
	}
	return receipts[0], nil
}

// ownCircle gives a circle to whoever belongs to it.
func (o *Office) ownCircle(op string, id record.ID) (*circle, *fold.State, error) {
	s, _, err := o.readState(id)
	if isMissing(err) || err == nil && s.Kind != record.Circle {
		return nil, nil, fault.New(fault.NotFound, op, "circle_unknown")
	}
	if err != nil {
		return nil, nil, err
	}
	c, ok := o.circles.circle(id)
	if !ok || !slices.Contains(c.members, o.Info().Member) {
		return nil, nil, fault.New(fault.Refused, op, "circle_not_yours", c.name, strings.Join(o.namesOf(c.members), ", "))
	}
	return &c, s, nil
}

// circleMembers checks who is to belong to a circle, each once.
func (o *Office) circleMembers(ctx context.Context, op string, ids []record.ID) ([]record.ID, error) {
	var out []record.ID
	for _, id := range ids {
		if slices.Contains(out, id) {
			continue
		}
		r, err := o.Get(ctx, id)
		if err != nil || r.Kind != record.Member || r.Get("removed_on") != "" {
			return nil, fault.New(fault.Invalid, op, "circle_member_unknown", id.String())
		}
		out = append(out, id)
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, op, "circle_empty")
	}
	return out, nil
}

func joinIDs(ids []record.ID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return record.JoinList(texts)
}

// give is a key that is sealed to one device.
type give struct {
	key *vault.Key
	to  boxed
}

// giveNewKey draws a key and seals it to those devices of the circle's members that
// are to have it, together with what else is said of the circle.
func (o *Office) giveNewKey(ctx context.Context, c *circle, first *prepared, to func(*boxed) bool) (Receipt, record.ID, error) {
	key := new(vault.Key)
	if _, err := io.ReadFull(o.cfg.Rand, key[:]); err != nil {
		return Receipt{}, record.ID{}, fault.Wrap(err, fault.Internal, "circle", "random_failed")
	}
	boxes, err := o.boxes(ctx)
	if err != nil {
		return Receipt{}, record.ID{}, err
	}
	var list []give
	for _, b := range boxes {
		if b.box != nil && slices.Contains(c.members, b.member) && (b.device == o.Info().Device || to(&b)) {
			list = append(list, give{key, b})
		}
	}
	changes, err := o.gifts(c, first, list)
	if err != nil {
		return Receipt{}, record.ID{}, err
	}
	receipts, err := o.submit(ctx, changes, false)
	if err != nil {
		return Receipt{}, record.ID{}, err
	}
	o.circles.learn(key)
	o.order.wait()
	return receipts[0], circleKeyID(key), nil
}

// givesOf gives the keys of a circle that are here, for those of its members'
// devices that are to have them and do not.
func (o *Office) givesOf(c *circle, to func(*boxed) bool) func([]boxed) []give {
	return func(boxes []boxed) []give {
		var list []give
		for _, k := range c.keys {
			key, here := o.circles.key(k.id)
			if !here {
				continue
			}
			for _, b := range boxes {
				if b.box != nil && slices.Contains(c.members, b.member) && !slices.Contains(k.to, b.device) && to(&b) {
					list = append(list, give{&key, b})
				}
			}
		}
		return list
	}
}

func (o *Office) giveKeys(ctx context.Context, c *circle, first *prepared, gives func([]boxed) []give) error {
	boxes, err := o.boxes(ctx)
	if err != nil {
		return err
	}
	changes, err := o.gifts(c, first, gives(boxes))
	if err != nil || len(changes) == 0 {
		return err
	}
	for part := range slices.Chunk(changes, 3) {
		if _, err := o.submit(ctx, part, false); err != nil {
			return err
		}
	}
	return nil
}

// giftsInOne is how many sealed keys one change carries: each is 1.6 KB of 64.
const giftsInOne = 24

// gifts makes the changes that give keys, the first with what else is said.
func (o *Office) gifts(c *circle, first *prepared, list []give) ([]*prepared, error) {
	var out []*prepared
	if first != nil {
		out = append(out, first)
	}
	for i, g := range list {
		if i%giftsInOne == 0 && (i > 0 || first == nil) {
			out = append(out, writing(&fold.State{ID: c.id, Kind: record.Circle}, ""))
		}
		id := circleKeyID(g.key)
		sealed, err := vault.BoxSeal(g.to.box, circlePurpose(o.Info().OfficeID, g.to.device, c.id, id), g.key[:])
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "circle", "keys_failed")
		}
		out[len(out)-1].entry(record.CircleKey, map[string]string{
			"key": id.String(), "device": g.to.device.String(), "wrapped": base64.StdEncoding.EncodeToString(sealed),
		})
	}
	return out, nil
}
