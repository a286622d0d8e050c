package team

import (
	"bytes"
	"slices"

	"paradero/data/record"
)

// Enrolled is a device that was let in.
type Enrolled struct {
	Device record.ID // by its key
	Record record.ID
	Member record.ID
	Ended  *Act // the act by which it ended, nil while it counts
}

// Enrolled gives all devices that were ever let in, by their names.
func (l *Law) Enrolled() []Enrolled {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	var out []Enrolled
	for id, device := range l.records {
		e := Enrolled{Device: device, Record: id, Member: l.devices[device].member}
		if list := l.cuts[device]; len(list) > 0 {
			e.Ended = &list[0].act
		} else if c := l.removed[e.Member]; c != nil {
			e.Ended = &c.act
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Enrolled) int { return bytes.Compare(a.Device[:], b.Device[:]) })
	return out
}

// Remaining gives who may sign now, by the name of the key: whoever was let in and
// has not ended.
func (l *Law) Remaining() map[record.ID]record.ID {
	out := map[record.ID]record.ID{}
	for _, e := range l.Enrolled() {
		if e.Ended == nil {
			out[e.Device] = e.Member
		}
	}
	return out
}

// Role gives a member's role as it is now; none when he was removed or is nobody.
func (l *Law) Role(member record.ID) (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.role(behindAll, member)
}

// Rights gives the table of rights as it is now.
func (l *Law) Rights() (Rights, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	if t := l.table(behindAll); t != nil {
		return *t, true
	}
	return Rights{}, false
}

// Seconds gives the members who may say yes or no now to what one of them
// proposes: all who may approve and have a device, but these.
func (l *Law) Seconds(but ...record.ID) []record.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	var out []record.ID
	for m := range l.members {
		if !slices.Contains(but, m) && l.speaks(behindAll, m) && l.holds(behindAll, m, "approve") {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// Single tells whether nobody else can speak now, so that one member's word
// suffices for what takes two.
func (l *Law) Single() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.single(behindAll)
}

// Leads tells whether a member is a coordinator now: one who may change roles.
func (l *Law) Leads(member record.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.leads(behindAll, member)
}

// Another tells whether a coordinator can be asked now beside these.
func (l *Law) Another(but ...record.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.another(behindAll, but...)
}

// OthersLead tells whether somebody leads the office beside a member, or nobody did.
func (l *Law) OthersLead(member record.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.othersLead(behindAll, member)
}

// behindAll is the place behind all that has been said.
var behindAll = Place{Lamport: 1<<64 - 1}
