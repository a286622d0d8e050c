package team

import (
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
)

// isApproval tells whether an entry is a second member's word on a proposal.
func isApproval(e ledger.Entry) bool { return e.Kind == record.Approval }

// decides tells whether a change says yes or no to another's proposal; taking
// back one's own needs no right.
func decides(c *ledger.Change) bool {
	return slices.ContainsFunc(c.Entries, func(e ledger.Entry) bool {
		return isApproval(e) && e.Text(record.ApprovalVerdict) != record.Withdraw
	})
}

// Second tells whether, at a change's place, what takes two members took a second
// one's word: from then on when another one can speak. Of an act that makes law it
// tells whether this one does.
func (l *Law) Second(a *Act) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.second(a)
}

func (l *Law) second(a *Act) bool {
	if !Makes(a.Change) {
		return !l.single(a.At)
	}
	if v, ok := l.good[a.At.Write]; ok {
		return v.second
	}
	return !l.knows(a) && l.may(a) && l.takesTwo(a)
}

// single tells whether no other member could speak at a place: there is one only
// who was given a device and was not removed.
func (l *Law) single(at Place) bool {
	if !l.turned {
		l.turns, l.turned = l.flips(), true
	}
	i, _ := slices.BinarySearchFunc(l.turns, at, func(p, at Place) int {
		if p.Compare(at) <= 0 {
			return -1
		}
		return 1
	})
	return i%2 == 0
}

// flips gives the places from which on somebody else could speak, or nobody any
// more, in turn.
func (s *standing) flips() []Place {
	type step struct {
		at Place
		n  int
	}
	var steps []step
	for m, roles := range s.members {
		first, ok := Place{}, false
		for _, e := range s.devices {
			if e.member == m && (!ok || e.from.Compare(first) < 0) {
				first, ok = e.from, true
			}
		}
		if !ok {
			continue
		}
		if roles[0].from.Compare(first) > 0 {
			first = roles[0].from
		}
		steps = append(steps, step{first, 1})
		if c := s.removed[m]; c != nil && c.from.Compare(first) > 0 {
			steps = append(steps, step{c.from, -1})
		}
	}
	slices.SortFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	var out []Place
	n, several := 0, false
	for _, s := range steps {
		if n += s.n; (n > 1) != several {
			out, several = append(out, s.at), !several
		}
	}
	return out
}

// speaks tells whether a member is of the team at a place and was given a device.
func (l *Law) speaks(at Place, member record.ID) bool {
	if _, ok := l.role(at, member); !ok {
		return false
	}
	for _, e := range l.devices {
		if e.member == member && e.from.Compare(at) <= 0 {
			return true
		}
	}
	return false
}

// leads tells whether a member's role is one that changes roles: a coordinator.
func (l *Law) leads(at Place, member record.ID) bool {
	role, ok := l.role(at, member)
	table := l.table(at)
	return ok && table != nil && table.May(role, "change_roles")
}

// another tells whether a coordinator can be asked beside these.
func (l *Law) another(at Place, but ...record.ID) bool {
	for m := range l.members {
		if !slices.Contains(but, m) && l.leads(at, m) && l.holds(at, m, "approve") && l.speaks(at, m) {
			return true
		}
	}
	return false
}

// takesTwo tells whether an act has effect only when a second coordinator agrees:
// another role, a new coordinator, a coordinator's end, another table of rights.
func (l *Law) takesTwo(a *Act) bool {
	if l.genesis(a) {
		return false
	}
	c := a.Change
	switch c.Kind {
	case record.Member:
		role, given1 := given(c, record.Member, "role")
		_, removed := given(c, record.Member, "removed_on")
		_, known := l.members[c.Record]
		switch {
		case !known:
			table := l.table(a.At)
			return table != nil && table.May(role, "change_roles") && l.another(a.At, a.Author)
		case removed && (c.Record == a.Author || !l.leads(a.At, c.Record)):
			return given1 && l.another(a.At, a.Author, c.Record)
		case removed, given1:
			return l.another(a.At, a.Author, c.Record)
		}
	case record.Device:
		_, ended := given(c, record.Device, "ended_at")
		member := l.devices[l.records[c.Record]].member
		return ended && member != a.Author && l.leads(a.At, member) && l.another(a.At, a.Author, member)
	case record.OfficeKind:
		_, rights := given(c, record.OfficeKind, "rights")
		_, version := given(c, record.OfficeKind, "rights_version")
		return (rights || version) && l.another(a.At, a.Author)
	}
	return false
}

// maySecond judges a word on a proposal about the team: it needs the right, and
// nobody decides what concerns himself.
func (l *Law) maySecond(a *Act) bool {
	c := a.Change
	if len(c.Fields) > 0 {
		return false // a word on another's proposal says nothing else
	}
	if !decides(c) {
		return true
	}
	if c.Record == a.Author || c.Kind == record.Device && l.devices[l.records[c.Record]].member == a.Author {
		return false
	}
	return l.holds(a.At, a.Author, "approve") && l.leads(a.At, a.Author)
}

// decide carries out what an act that holds says of proposals. The first word of
// another decides; the proposer may take back what nobody decided.
func (l *Law) decide(a *Act) {
	for _, e := range a.Change.Entries {
		if !isApproval(e) {
			continue
		}
		w, err := record.ParseWrite(e.Text(record.ApprovalOf))
		ask, ok := l.waiting[w]
		if err != nil || !ok || ask.Change.Record != a.Change.Record {
			continue
		}
		own, verdict := ask.Author == a.Author, e.Text(record.ApprovalVerdict)
		switch {
		case own && verdict != record.Approve:
			delete(l.waiting, w)
		case !own && verdict == record.Approve:
			delete(l.waiting, w)
			v := l.good[w]
			v.word = true
			l.good[w] = v
			l.enact(&ask, a.At)
		case !own && verdict == record.Refuse:
			delete(l.waiting, w)
		}
	}
}
