package data

import (
	"context"
	"slices"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// Reader is what is needed to gather the facts that a gate looks at.
type Reader interface {
	Info() Info
	Get(ctx context.Context, id record.ID) (*record.Record, error)
	Links(ctx context.Context, id record.ID, kind record.Kind) ([]*record.Record, error)
}

// GateFacts gathers what a gate looks at for a paper about one person: with
// the addressee's tie and household, and every telling of a death about him.
func GateFacts(ctx context.Context, o Reader, about, addressee, caseID record.ID) (rule.Facts, error) {
	info := o.Info()
	f := rule.Facts{Author: info.Name, Role: info.Role, Licence: info.Licence}
	var err error
	get := func(id record.ID) *record.Record {
		if id.IsZero() || err != nil {
			return nil
		}
		r, gerr := o.Get(ctx, id)
		if gerr != nil && !fault.Is(gerr, fault.NotFound) {
			err = gerr
		}
		return r
	}
	links := func(id record.ID, kind record.Kind) []*record.Record {
		if id.IsZero() || err != nil {
			return nil
		}
		list, lerr := o.Links(ctx, id, kind)
		if lerr != nil {
			err = lerr
		}
		return list
	}
	f.Office, f.Addressee, f.Case = get(info.OfficeID), get(addressee), get(caseID)
	if r := get(about); r != nil {
		switch r.Kind {
		case record.Incident:
			f.Incident = r
		case record.Remains:
			f.Remains, f.Detainee = r, get(r.Ref("identified_as"))
		case record.Detainee:
			f.Detainee = r
		}
	}
	if f.Detainee != nil {
		f.Status = rule.Conclude(f.Detainee)
		// One letter to a household speaks of several people, each with his own
		// case of the same type.
		if named := f.Case; named != nil && named.Ref("detainee") != f.Detainee.ID {
			for _, own := range links(f.Detainee.ID, record.Case) {
				if !own.Deleted && own.Ref("detainee") == f.Detainee.ID && own.Get("type") == named.Get("type") && (f.Case == named || own.Get("state") != "closed") {
					f.Case = own
				}
			}
		}
		f.Notifications = links(f.Detainee.ID, record.Notification)
		for _, tie := range links(f.Detainee.ID, record.Relationship) {
			if tie.Ref("contact") == addressee && !addressee.IsZero() {
				f.Tie = tie
			}
		}
	}
	if f.Addressee != nil {
		if f.Household = get(f.Addressee.Ref("household")); f.Household != nil {
			f.HouseholdContacts = links(f.Household.ID, record.Contact)
		}
	}
	return f, err
}

// checkGates refuses the registration of a paper whose gate fails, whoever
// asks: the same rule that the screen shows beside its button (DESIGN §4).
func (o *Office) checkGates(ctx context.Context, list []*prepared) error {
	for _, p := range list {
		if p.change.Kind != record.Document || !statesAnew(p) {
			continue
		}
		row := &record.Record{Kind: record.Document, Values: map[string][]record.Val{}}
		for name, text := range p.values {
			row.Values[name] = []record.Val{{Text: text}}
		}
		about := row.Refs("about")
		if len(about) == 0 {
			about = []record.ID{{}}
		}
		for _, id := range about {
			if !o.merges.into(id).IsZero() || !o.merges.into(row.Ref("addressee")).IsZero() {
				return fault.Refuse("issue", "gate_refused", []fault.Problem{{Field: "about", Key: "about_merged"}}, row.Get("kind"))
			}
			f, err := GateFacts(ctx, o, id, row.Ref("addressee"), row.Ref("case"))
			if err != nil {
				return err
			}
			f.ApprovedBy, f.Today = row.Get("approved_by"), o.Now().Format("2006-01-02")
			f.Second = o.secondOf(p, row)
			found := rule.Blocking(rule.Gate(row.Get("kind"), f))
			if !o.May("issue:" + row.Get("kind")) {
				found = append(found, fault.Problem{Field: "role", Key: "role_may_not_issue", Args: []string{o.Info().Role}})
			}
			if len(found) > 0 {
				return fault.Refuse("issue", "gate_refused", slices.Clip(found), row.Get("kind"))
			}
		}
	}
	return nil
}

// secondOf tells whether a second member agreed to the letter that a row is about.
func (o *Office) secondOf(p *prepared, row *record.Record) string {
	switch {
	case row.Get("kind") != record.Letter || !o.NeedsSecond(ProposalLetter) && (p.was == nil || p.was.Second == ""):
		return ""
	case row.Get("state") == "proposed":
		return record.Waiting
	case p.was != nil && p.was.Second == record.Approve && !restates(p):
		return record.Approve
	}
	return record.Refuse
}

// restates tells whether a change makes a row another paper than was agreed to.
func restates(p *prepared) bool {
	for _, f := range []string{"kind", "about", "addressee", "case", "sha256", "stated", "number"} {
		if p.values[f] != p.was.Get(f) {
			return true
		}
	}
	return false
}

// statesAnew tells whether a change registers a paper, or makes a registered
// one a paper of another kind, about or for somebody else.
func statesAnew(p *prepared) bool {
	for _, f := range []string{"kind", "about", "addressee", "case", "state"} {
		if p.was != nil && p.values[f] != p.was.Get(f) {
			return true
		}
	}
	return p.was == nil
}

// May tells whether the member who is signed in holds a right.
func (o *Office) May(right string) bool {
	rights := o.rights.Load()
	return rights != nil && rights.May(o.Info().Role, right)
}
