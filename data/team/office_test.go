package team

import (
	"testing"

	"paradero/data/ledger"
	"paradero/data/record"
)

// The hub that every program of the team goes to, and the texts of papers, are
// changed by who may; a lawyer's program that does not ask changes nothing.
func TestOfficeFields(t *testing.T) {
	for name, rights := range map[string]struct {
		lawyers bool
		why     string
	}{
		"hub": {why: "change_texts"}, "condolence_text": {why: "change_texts"}, "help_contact": {why: "change_texts"},
		"rights": {why: "team"}, "address": {lawyers: true},
	} {
		c, acts := begin()
		l := NewLaw(c.office, c.founder)
		for _, a := range acts {
			l.Learn(a)
		}
		value := FirstRights()
		his := c.act(4, c.device, c.other, said(c.office, record.OfficeKind, name, value))
		hers := c.act(5, c.founder, c.boss, said(c.office, record.OfficeKind, name, value))
		l.Learn(his)
		l.Learn(hers)
		if ok, why := l.Judge(&his); ok != rights.lawyers || !ok && why != rights.why {
			t.Errorf("%s by a lawyer: %v %q", name, ok, why)
		}
		if ok, why := l.Judge(&hers); !ok {
			t.Errorf("%s by the coordinator: %q", name, why)
		}
		another := c.act(6, c.founder, c.boss, said(record.ID{77}, record.OfficeKind, name, value))
		l.Learn(another)
		if ok, _ := l.Judge(&another); ok {
			t.Errorf("%s of another office", name)
		}
	}
}

// What was in order is so no more when an earlier act turns out to have taken the
// right away, and the other way round: those who heard it late judge again.
func TestOfficeFieldLearnedLate(t *testing.T) {
	c, acts := begin()
	role := func(at uint64, to string) Act {
		return c.act(at, c.founder, c.boss, said(c.other, record.Member, "role", to))
	}
	hub := c.act(6, c.device, c.other, said(c.office, record.OfficeKind, "hub", "AAAA"))
	for _, late := range []struct {
		acts []Act
		of   Act
		good bool
	}{
		{[]Act{role(4, "coordinator")}, role(5, "lawyer"), false},
		{nil, role(5, "coordinator"), true},
	} {
		l := NewLaw(c.office, c.founder)
		for _, a := range append(append(acts, late.acts...), hub) {
			l.Learn(a)
		}
		if ok, _, _, _ := l.Weigh(&hub); ok == late.good {
			t.Errorf("before: %v", ok)
		}
		if !l.Learn(late.of) {
			t.Error("it is not judged again")
		}
		if ok, _, _, _ := l.Weigh(&hub); ok != late.good {
			t.Errorf("after: %v", ok)
		}
	}
}

// A change that sets the hub beside something that is everybody's is not in order
// in part.
func TestOfficeFieldsTogether(t *testing.T) {
	c, acts := begin()
	l := NewLaw(c.office, c.founder)
	for _, a := range acts {
		l.Learn(a)
	}
	both := c.act(4, c.device, c.other, said(c.office, record.OfficeKind, "address", "calle", "hub", "AAAA"))
	taken := c.act(5, c.device, c.other, &ledger.Change{
		Record: c.office, Kind: record.OfficeKind, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 11}},
	})
	for _, a := range []Act{both, taken} {
		l.Learn(a)
		if ok, why := l.Judge(&a); ok || why != "change_texts" {
			t.Errorf("%v %q", ok, why)
		}
	}
}
