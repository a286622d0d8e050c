package team

import (
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
)

// Makes tells whether a change makes law: what Concerns, and a restriction of a
// record to a circle, which only who is in that circle may say.
func Makes(c *ledger.Change) bool { return Concerns(c.Kind) || c.Op == ledger.OpRestrict }

// Restrictable tells whether records of a kind can be restricted to a circle: not
// those by which the team itself is known, nor what everybody must be able to check.
func Restrictable(k record.Kind) bool {
	switch k {
	case record.Facility, record.Document, record.Access:
		return false
	}
	return record.SchemaOf(k) != nil && !Concerns(k)
}

// ofRings tells whether a change makes or changes a circle, or restricts to one.
func ofRings(c *ledger.Change) bool { return c.Op == ledger.OpRestrict || c.Kind == record.Circle }

// rings are the circles and what is restricted to them, over time.
type rings struct {
	members    map[record.ID][]membership  // of circles
	restricted map[record.ID][]restriction // of records
}

type membership struct {
	from    Place
	members []record.ID
}

type restriction struct {
	from   Place
	circle record.ID
}

func noRings() rings {
	return rings{members: map[record.ID][]membership{}, restricted: map[record.ID][]restriction{}}
}

// in tells whether a member is in a circle at a place.
func (r *rings) in(circle record.ID, at Place, member record.ID) bool {
	list := r.members[circle]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].from.Compare(at) <= 0 {
			return slices.Contains(list[i].members, member)
		}
	}
	return false
}

// of gives the circle that a record is restricted to at a place.
func (r *rings) of(id record.ID, at Place) record.ID {
	list := r.restricted[id]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].from.Compare(at) <= 0 {
			return list[i].circle
		}
	}
	return record.ID{}
}

// passRing takes in a restriction, or what a circle is.
func (l *Law) passRing(a *Act) {
	c := a.Change
	if c.Op == ledger.OpRestrict {
		l.rings.restricted[c.Record] = append(l.rings.restricted[c.Record], restriction{a.At, c.Target})
		return
	}
	if members, ok := membersOf(c); ok {
		l.rings.members[c.Record] = append(l.rings.members[c.Record], membership{a.At, members})
	}
}

// mayRing judges these: a circle is made by somebody who is in it and changed by
// those who are in it, and nobody restricts a record to a circle, or takes it out
// of one, who is not in that circle.
func (l *Law) mayRing(a *Act) bool {
	c := a.Change
	if !l.enrolled(a.At, a.Device, a.Author) || !l.holds(a.At, a.Author, "edit") || !c.Circle.IsZero() {
		return false
	}
	if c.Op == ledger.OpRestrict {
		now := l.rings.of(c.Record, a.At)
		return Restrictable(c.Kind) && (now.IsZero() || l.rings.in(now, a.At, a.Author)) &&
			(c.Target.IsZero() || l.rings.in(c.Target, a.At, a.Author))
	}
	if c.Op != ledger.OpEdit || setsField(c, ledger.FieldDeleted) {
		return false
	}
	if _, known := l.rings.members[c.Record]; known {
		return l.rings.in(c.Record, a.At, a.Author)
	}
	members, ok := membersOf(c)
	return ok && slices.Contains(members, a.Author)
}

func membersOf(c *ledger.Change) ([]record.ID, bool) {
	text, ok := given(c, record.Circle, "members")
	if !ok {
		return nil, false
	}
	var out []record.ID
	for _, item := range record.SplitList(text) {
		if id, err := record.ParseID(item); err == nil {
			out = append(out, id)
		}
	}
	return out, true
}

// InCircle tells whether a member is in a circle at a place.
func (l *Law) InCircle(circle record.ID, at Place, member record.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.rings.in(circle, at, member)
}

// Holds tells whether a member has a right at a place in the order.
func (l *Law) Holds(at Place, member record.ID, right string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.holds(at, member, right)
}

// kept tells whether a change would take something away of what is kept of who
// read what: nobody may.
func kept(c *ledger.Change) bool {
	return c.Kind == record.Access && (c.Op != ledger.OpEdit || setsField(c, ledger.FieldDeleted))
}
