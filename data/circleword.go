package data

import (
	"slices"
	"strings"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// What a circle sealed is decided by who is in it: nobody says yes to what he has
// not read.

// sealedIn gives the circle that sealed a change of a record; zero when none did.
func (o *Office) sealedIn(s *fold.State, w record.Write) record.ID {
	for _, c := range s.Circled {
		if s.Origins[c.Origin].Write == w {
			return o.circles.ofKey(c.Key)
		}
	}
	return record.ID{}
}

// insidersOnly leaves out of a change the words on what a circle sealed, where who
// says them was not in that circle then. Such a word stands open, as all of them
// do, so that any program can write one.
func (o *Office) insidersOnly(s *fold.State, p fold.Piece) fold.Piece {
	outside := func(e ledger.Entry) bool {
		if e.Kind != record.Approval || e.Text(record.ApprovalVerdict) == record.Withdraw {
			return false
		}
		w, err := record.ParseWrite(e.Text(record.ApprovalOf))
		if err != nil {
			return false
		}
		circle := o.sealedIn(s, w)
		at := team.Place{Lamport: p.Origin.Lamport, Write: p.Origin.Write}
		return !circle.IsZero() && !o.law.InCircle(circle, at, p.Origin.Author)
	}
	if !slices.ContainsFunc(p.Change.Entries, outside) {
		return p
	}
	c := *p.Change
	c.Entries = slices.DeleteFunc(slices.Clone(c.Entries), outside)
	p.Change = &c
	return p
}

// askedInside adds to the records in which something everybody reads waits those
// in which something may that a circle sealed: of that the working copy knows nothing.
func (o *Office) askedInside(ids []record.ID) []record.ID {
	for _, id := range o.circles.restrictedIDs() {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// MayApproveIn gives the names of those who can be asked for a second word on what
// is written for a circle; zero: for the whole team.
func (o *Office) MayApproveIn(circle record.ID) []string {
	return o.seconds(circle, o.Info().Member)
}

func (o *Office) seconds(circle record.ID, but ...record.ID) []string {
	o.use.RLock() // the law is made anew with the working copy
	ids := o.law.Seconds(but...)
	o.use.RUnlock()
	if !circle.IsZero() {
		c, _ := o.circles.circle(circle)
		ids = slices.DeleteFunc(ids, func(id record.ID) bool { return !slices.Contains(c.members, id) })
	}
	return o.sortedNames(ids)
}

func (o *Office) sortedNames(ids []record.ID) []string {
	names := o.namesOf(ids)
	slices.Sort(names)
	return names
}

// deciders gives the names of those who may decide a proposal.
func (o *Office) deciders(s *fold.State, p *Proposal, circle record.ID) []string {
	switch p.What {
	case ProposalRole, ProposalRemoval, ProposalRights:
		o.use.RLock()
		defer o.use.RUnlock()
		ids := o.law.Seconds(p.By, o.concerns(s))
		return o.sortedNames(slices.DeleteFunc(ids, func(id record.ID) bool { return !o.law.Leads(id) }))
	}
	return o.seconds(circle, p.By)
}

// waitsFor says for whose word a change waits that is about to be made.
func (o *Office) waitsFor(p *prepared) fault.Problem {
	circle := o.circleFor(p, nil)
	if names := o.MayApproveIn(circle); len(names) > 0 {
		return fault.Problem{Key: "waits_for_second", Args: []string{strings.Join(names, ", ")}, Warning: true}
	}
	if c, ok := o.circles.circle(circle); ok {
		return fault.Problem{Key: "waits_for_circle", Args: []string{c.name}, Warning: true}
	}
	return fault.Problem{Key: "waits_for_somebody", Warning: true}
}

// answersCircled gives the circle that sealed an entry which a change corrects or
// resolves: what takes the place of a privileged note is privileged too.
func (o *Office) answersCircled(s *fold.State, c *ledger.Change) record.ID {
	for i := range c.Entries {
		schema := record.SchemaOf(c.Entries[i].Kind)
		for _, name := range []string{"corrects", "resolves"} {
			f, ok := schema.Field(name)
			if !ok {
				continue
			}
			for _, item := range record.SplitList(c.Entries[i].Text(f.Num)) {
				if circle := o.entrySealedIn(s, item); !circle.IsZero() {
					return circle
				}
			}
		}
	}
	return record.ID{}
}

func (o *Office) entrySealedIn(s *fold.State, text string) record.ID {
	id, err := record.ParseID(text)
	if err != nil {
		return record.ID{}
	}
	for i := range s.Entries {
		if s.Entries[i].ID == id {
			return o.sealedIn(s, s.Origins[s.Entries[i].Origin].Write)
		}
	}
	return record.ID{}
}

// CircleOfKey names the circle that a key is of, as record.Entry gives it; "" when
// that is not known here.
func (o *Office) CircleOfKey(key record.ID) string {
	c, _ := o.circles.circle(o.circles.ofKey(key))
	return c.name
}
