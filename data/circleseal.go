package data

import (
	"context"
	"slices"
	"strings"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// closeUp seals what is restricted before it is written, whoever writes it and in
// which way: a new record that is made for a circle or speaks of somebody who is
// restricted to one, every change of a restricted record, and what replaces a
// value that a circle sealed. What an official list says is no secret of anybody's.
func (o *Office) closeUp(ctx context.Context, list []*prepared) error {
	made := map[record.ID]record.ID{} // records of this saving
	keys := map[record.ID]record.ID{}
	waited := false
	for _, p := range list {
		c := &p.change
		if p.circle.IsZero() && !o.circles.any() || c.Op != ledger.OpEdit || c.List != "" || ownWay(c.Kind) || team.Concerns(c.Kind) {
			continue
		}
		if !waited {
			waited = true
			o.order.wait() // what it speaks of may have been restricted a moment ago
		}
		circle := o.circleFor(p, made)
		if circle.IsZero() {
			continue
		}
		whole := p.fresh && team.Restrictable(c.Kind)
		if p.fresh {
			made[c.Record] = circle
		}
		open, closed := splitOpen(c)
		if len(closed.Fields)+len(closed.Entries) == 0 && !whole {
			continue // what all must see: that it is gone, merged or to be kept
		}
		key, ok := keys[circle]
		if !ok {
			var err error
			if key, err = o.freshKey(ctx, circle); err != nil {
				return err
			}
			keys[circle] = key
		}
		if whole {
			p.before = append(p.before, ledger.Change{Record: c.Record, Kind: c.Kind, Op: ledger.OpRestrict, Target: circle, Rights: 1, Critical: true})
		}
		if len(open.Fields)+len(open.Entries) > 0 {
			open.Reason = ""
			p.before = append(p.before, open)
		}
		closed.Circle = key
		p.change, p.size = closed, p.size+400*len(p.before)
	}
	return nil
}

// circleFor gives the circle that a change belongs to; zero: the whole team.
func (o *Office) circleFor(p *prepared, made map[record.ID]record.ID) record.ID {
	c := &p.change
	if !p.circle.IsZero() {
		return p.circle
	}
	if held, ok := o.circles.restrictedTo(c.Record); ok {
		if !held.circle.IsZero() {
			return held.circle
		}
		return o.replacesCircled(c)
	}
	if !p.fresh {
		return record.ID{}
	}
	for _, id := range refsOf(c) {
		if circle := made[id]; !circle.IsZero() {
			return circle
		}
		if held, ok := o.circles.restrictedTo(id); ok && !held.circle.IsZero() && o.mine(held.circle) {
			return held.circle
		}
	}
	return record.ID{}
}

// replacesCircled gives the circle whose value a change replaces.
func (o *Office) replacesCircled(c *ledger.Change) record.ID {
	s, _, err := o.readState(c.Record)
	if err != nil {
		return record.ID{}
	}
	for _, sealed := range s.Circled {
		w := s.Origins[sealed.Origin].Write
		for i := range c.Fields {
			if c.Fields[i].Num != ledger.FieldDeleted && slices.Contains(c.Fields[i].Pred, w) {
				return o.circles.ofKey(sealed.Key)
			}
		}
	}
	return o.answersCircled(s, c)
}

// refsOf gives the records that a change refers to, in the order of its fields.
func refsOf(c *ledger.Change) []record.ID {
	schema := record.SchemaOf(c.Kind)
	var out []record.ID
	for i := range c.Fields {
		f, ok := schema.FieldNum(c.Fields[i].Num)
		if !ok || f.Type != record.Ref && f.Type != record.Refs {
			continue
		}
		for _, item := range record.SplitList(c.Fields[i].Text) {
			if id, err := record.ParseID(item); err == nil {
				out = append(out, id)
			}
		}
	}
	return out
}

// splitOpen takes what everybody must be able to read out of a change: that the
// record is gone, whom it was merged into, why it must be kept, and of a paper what
// it is checked by.
func splitOpen(c *ledger.Change) (open, closed ledger.Change) {
	open, closed = *c, *c
	open.Fields, open.Entries, closed.Fields, closed.Entries = nil, nil, nil, nil
	for _, e := range c.Entries {
		if e.Kind == record.Approval { // a second member's word counts for all
			open.Entries = append(open.Entries, e)
		} else {
			closed.Entries = append(closed.Entries, e)
		}
	}
	for _, f := range c.Fields {
		if openField(c.Kind, f.Num) {
			open.Fields = append(open.Fields, f)
		} else {
			closed.Fields = append(closed.Fields, f)
		}
	}
	return open, closed
}

func openField(kind record.Kind, num uint16) bool {
	if num == ledger.FieldDeleted {
		return true
	}
	f, ok := record.SchemaOf(kind).FieldNum(num)
	if !ok {
		return false
	}
	if kind == record.Document { // in secret are those it speaks of, and what it states
		return !slices.Contains([]string{"about", "addressee", "case", "stated"}, f.Name)
	}
	return f.Name == "merged_into" || f.Name == fold.HoldField
}

// sealingKey gives the key by which a circle seals now, to who is in it and was
// given its keys. Where the last one was given to somebody who has gone since, it
// is zero: a new one is to be drawn.
func (o *Office) sealingKey(id record.ID) (*circle, record.ID, error) {
	o.order.wait()
	c, ok := o.circles.circle(id)
	if !ok {
		return nil, record.ID{}, fault.New(fault.NotFound, "save", "circle_unknown")
	}
	people := strings.Join(o.namesOf(c.members), ", ")
	if !slices.Contains(c.members, o.Info().Member) {
		return nil, record.ID{}, fault.New(fault.Refused, "save", "record_restricted", c.name, people)
	}
	if n := len(c.keys); n > 0 && o.onlyInside(&c, c.keys[n-1].to) {
		if _, here := o.circles.key(c.keys[n-1].id); here {
			return &c, c.keys[n-1].id, nil
		}
	} else if slices.ContainsFunc(c.keys, func(k circleKey) bool { _, here := o.circles.key(k.id); return here }) {
		return &c, record.ID{}, nil
	}
	return nil, record.ID{}, fault.New(fault.Refused, "save", "circle_waiting", c.name, people)
}

// freshKey is sealingKey for who seals at once.
func (o *Office) freshKey(ctx context.Context, id record.ID) (record.ID, error) {
	o.circles.turn.Lock()
	defer o.circles.turn.Unlock()
	c, key, err := o.sealingKey(id)
	if err != nil || !key.IsZero() {
		return key, err
	}
	had := map[record.ID]bool{}
	for _, k := range c.keys {
		for _, d := range k.to {
			had[d] = true
		}
	}
	_, key, err = o.giveNewKey(ctx, c, nil, func(b *boxed) bool { return had[b.device] })
	return key, err
}

// onlyInside tells whether devices are all of members of a circle, and in the team.
func (o *Office) onlyInside(c *circle, devices []record.ID) bool {
	in := o.letIn()
	return !slices.ContainsFunc(devices, func(d record.ID) bool {
		member, ok := in[d]
		return !ok || !slices.Contains(c.members, member)
	})
}

// letIn gives the devices that may sign, with their members.
func (o *Office) letIn() map[record.ID]record.ID {
	o.use.RLock() // the law is made anew with the working copy
	defer o.use.RUnlock()
	return o.law.Remaining()
}

func (o *Office) namesOf(members []record.ID) []string {
	out := make([]string, len(members))
	for i, id := range members {
		out[i] = o.names.get(id)
	}
	return out
}
