package reports

import (
	"context"
	"slices"
	"strconv"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// dossier is everything that a paper is written from, read once: all of it
// stands at one "as of" time.
type dossier struct {
	office    Office
	req       Request
	info      data.Info
	now       time.Time
	texts     *assets.Words
	home      *record.Record // the office's own record
	people    []person
	to        *record.Record
	household *record.Record
	members   []*record.Record // contacts of the household
	incident  *record.Record
	contacts  map[record.ID]*record.Record
	remains   *record.Record
	file      caseFile
	crowd     incidentFile
	proposed  bool // it waits for a second member's word
}

// person is one of those whom the paper speaks of, with his own status.
type person struct {
	rec           *record.Record
	status        rule.Status
	work          *record.Record // his case, may be nil
	tie           *record.Record // of the addressee to him
	ties          []*record.Record
	notifications []*record.Record
	fetches       *record.Record // the contact who receives him at the gate
}

// paper is one kind of paper.
type paper struct {
	letter    bool
	addressed bool   // needs somebody to go to
	caseType  string // the type of case it belongs to, "" any
	compose   func(*dossier, *body) []fault.Problem
	more      func(*dossier, context.Context) error // what else it reads
	oneOnly   bool                                  // about one person, not a household
	incident  bool                                  // about an incident
}

// papers are the kinds that can be made.
var papers = map[string]paper{
	"release-notice":      {addressed: true, caseType: "release", compose: releaseNotice},
	"condolence":          {letter: true, addressed: true, caseType: "condolence", compose: condolence},
	"notification-record": {addressed: true, caseType: "condolence", compose: notificationRecord, oneOnly: true},
	"case-report":         {compose: caseReport, more: (*dossier).readCase, oneOnly: true},
	"remains-request":     {addressed: true, caseType: "tracing", compose: remainsRequest, more: (*dossier).readRemains, oneOnly: true},
	"incident-report":     {compose: incidentReport, more: (*dossier).readIncident, oneOnly: true, incident: true},
}

// Available reports whether a kind of paper can be made here.
func Available(kind string) bool { _, ok := papers[kind]; return ok }

// About is the kind of record that a paper speaks of.
func About(kind string) record.Kind {
	if papers[kind].incident {
		return record.Incident
	}
	return record.Detainee
}

func gather(ctx context.Context, office Office, req Request, op string) (*dossier, paper, error) {
	p, ok := papers[req.Kind]
	if !ok {
		key := "document_not_available"
		if !slices.Contains(record.DocumentKinds, req.Kind) {
			key = "document_kind_unknown"
		}
		return nil, p, fault.New(fault.Refused, op, key, req.Kind)
	}
	if len(req.For) == 0 {
		return nil, p, fault.New(fault.Invalid, op, "document_for_nobody")
	}
	if p.oneOnly && len(req.For) > 1 {
		return nil, p, fault.New(fault.Invalid, op, "document_for_one")
	}
	words, err := texts()
	if err != nil {
		return nil, p, fault.Wrap(err, fault.Internal, op, "document_texts")
	}
	d := &dossier{office: office, req: req, info: office.Info(), now: office.Now(), texts: words, contacts: map[record.ID]*record.Record{}}
	if err := d.read(ctx, p); err != nil {
		return nil, p, fault.Wrap(err, fault.Internal, op, "document_data")
	}
	return d, p, nil
}

func (d *dossier) read(ctx context.Context, p paper) error {
	var err error
	if !d.info.OfficeID.IsZero() {
		if d.home, err = d.office.Get(ctx, d.info.OfficeID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	for _, id := range d.req.For {
		if p.incident {
			if d.incident, err = d.expect(ctx, id, record.Incident); err != nil {
				return err
			}
			continue
		}
		one, err := d.person(ctx, p, id)
		if err != nil {
			return err
		}
		d.people = append(d.people, one)
	}
	if p.addressed {
		if err := d.addressee(ctx); err != nil {
			return err
		}
	}
	if p.more != nil {
		return p.more(d, ctx)
	}
	return nil
}

// expect gets a record of a kind.
func (d *dossier) expect(ctx context.Context, id record.ID, kind record.Kind) (*record.Record, error) {
	r, err := d.office.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if r == nil || r.Kind != kind || r.Deleted {
		return nil, fault.New(fault.Invalid, "issue document", "document_about_other", id.String())
	}
	return r, nil
}

func (d *dossier) person(ctx context.Context, p paper, id record.ID) (person, error) {
	r, err := d.expect(ctx, id, record.Detainee)
	if err != nil {
		return person{}, err
	}
	one := person{rec: r, status: rule.Conclude(r)}
	if one.work, err = d.findCase(ctx, id, p.caseType); err != nil {
		return person{}, err
	}
	if one.ties, err = d.links(ctx, id, record.Relationship); err != nil {
		return person{}, err
	}
	if one.notifications, err = d.links(ctx, id, record.Notification); err != nil {
		return person{}, err
	}
	if f := one.work.Ref("fetched_by"); !f.IsZero() {
		one.fetches, err = d.contact(ctx, f)
	}
	return one, err
}

// links gives what names a record and is not deleted, in the order of making.
func (d *dossier) links(ctx context.Context, id record.ID, kind record.Kind) ([]*record.Record, error) {
	all, err := d.office.Links(ctx, id, kind)
	if err != nil {
		return nil, err
	}
	var out []*record.Record
	for _, r := range all {
		if r != nil && !r.Deleted {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b *record.Record) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	return out, nil
}

// findCase takes the case that was asked for when it is his, else the fitting
// one: of the type of the paper, an open one before a closed, the newest.
func (d *dossier) findCase(ctx context.Context, id record.ID, caseType string) (*record.Record, error) {
	all, err := d.links(ctx, id, record.Case)
	if err != nil {
		return nil, err
	}
	var best *record.Record
	score := func(r *record.Record) int {
		n := 0
		if r.ID == d.req.Case {
			n += 8
		}
		if caseType == "" || r.Get("type") == caseType {
			n += 4
		}
		if r.Get("state") != "closed" {
			n++
		}
		return n
	}
	for _, r := range all {
		if r.Ref("detainee") != id {
			continue
		}
		if best == nil || score(r) >= score(best) {
			best = r
		}
	}
	return best, nil
}

// addressee finds whom the paper goes to, his household and his tie to each.
func (d *dossier) addressee(ctx context.Context) error {
	var err error
	if !d.req.To.IsZero() {
		if d.to, err = d.expect(ctx, d.req.To, record.Contact); err != nil {
			return err
		}
	} else if d.to, err = d.choose(ctx); err != nil || d.to == nil {
		return err
	}
	if id := d.to.Ref("household"); !id.IsZero() {
		if d.household, err = d.office.Get(ctx, id); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if d.members, err = d.links(ctx, id, record.Contact); err != nil {
			return err
		}
	}
	for i := range d.people {
		for _, t := range d.people[i].ties {
			if t.Ref("contact") == d.to.ID {
				d.people[i].tie = t
			}
		}
	}
	return nil
}

func (d *dossier) contact(ctx context.Context, id record.ID) (*record.Record, error) {
	if r, ok := d.contacts[id]; ok {
		return r, nil
	}
	r, err := d.office.Get(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if r != nil && r.Deleted {
		r = nil
	}
	d.contacts[id] = r
	return r, nil
}

// choose takes who speaks for the household of the first person, else the tied
// contact who may be told and is nearest.
func (d *dossier) choose(ctx context.Context) (*record.Record, error) {
	if n := newest(d.people[0].notifications, "when"); d.req.Kind == "notification-record" && n != nil {
		return d.contact(ctx, n.Ref("contact")) // who was told
	}
	var best *record.Record
	top := 0
	for _, t := range d.people[0].ties {
		r, err := d.contact(ctx, t.Ref("contact"))
		if err != nil {
			return nil, err
		}
		if r == nil {
			continue
		}
		var home *record.Record
		if id := r.Ref("household"); !id.IsZero() {
			if home, err = d.contact(ctx, id); err != nil {
				return nil, err
			}
		}
		n := 0
		if r.Get("role_in_household") == "speaks_for_it" {
			n += 4
		}
		if t.Get("next_of_kin") == "true" {
			n += 2
		}
		if k := t.Get("kinship"); k != "lawyer" && k != "friend" && k != "other" {
			n++
		}
		if home.Ref("speaks_for_it") == r.ID {
			n += 8
		}
		if !d.mayBeTold(r, home) {
			n -= 100 // the gate will say why, where there is nobody else
		}
		if best == nil || n > top {
			best, top = r, n
		}
	}
	return best, nil
}

// mayBeTold asks the gate itself whether it would refuse this contact.
func (d *dossier) mayBeTold(r, home *record.Record) bool {
	for _, p := range rule.Blocking(rule.Gate(d.req.Kind, rule.Facts{Addressee: r, Household: home})) {
		switch p.Field {
		case "do_not_contact", "consent_withdrawn_on", "must_not_be_told", "forbidden_channels":
			return false
		}
	}
	return true
}

// gate asks data/rule for each person; where there are several, a problem says
// whose it is by his place in the request: names do not belong in errors.
func (d *dossier) gate() []fault.Problem {
	facts := rule.Facts{
		Addressee: d.to, Household: d.household, HouseholdContacts: d.members, Office: d.home, Incident: d.incident, Remains: d.remains,
		ApprovedBy: d.req.ApprovedBy, Author: d.info.Name, Role: d.info.Role, Licence: d.info.Licence, Today: d.now.Format("2006-01-02"),
	}
	if d.req.Kind == record.Letter && d.office.NeedsSecond(data.ProposalLetter) {
		facts.Second = record.Waiting
	}
	if len(d.people) == 0 {
		return rule.Gate(d.req.Kind, facts)
	}
	var out []fault.Problem
	for i, p := range d.people {
		facts.Detainee, facts.Status, facts.Case, facts.Tie, facts.Notifications = p.rec, p.status, p.work, p.tie, p.notifications
		found := rule.Gate(d.req.Kind, facts)
		if len(d.people) > 1 && len(rule.Blocking(found)) > 0 {
			out = append(out, fault.Problem{Key: "document_of_person", Args: []string{strconv.Itoa(i + 1), strconv.Itoa(len(d.people))}})
		}
		for _, f := range found {
			if !slices.ContainsFunc(out, func(o fault.Problem) bool { return len(d.people) == 1 && o.Key == f.Key && o.Field == f.Field }) {
				out = append(out, f)
			}
		}
	}
	return out
}

func (d *dossier) caseOf() *record.Record {
	for _, p := range d.people {
		if p.work != nil {
			return p.work
		}
	}
	return nil
}

func (d *dossier) place() string {
	for _, s := range []string{d.req.Place, d.info.City, d.home.Get("city")} {
		if s != "" {
			return s
		}
	}
	return d.info.Office
}
