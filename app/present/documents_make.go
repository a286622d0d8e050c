package present

import (
	"context"
	"slices"

	"paradero/data"
	"paradero/data/record"
	"paradero/reports"
)

// Making is the page on which a paper is made: which kind, about whom, to
// whom, what the gate says, how it will look, and then the issue itself.
type Making struct {
	State     State // Empty until a person is chosen
	Failure   Failure
	Kinds     []Filter // exactly one is on
	Person    PersonRow
	Tos       []Option // those whom it may go to; the first is "whoever speaks for the household"
	Others    []AlsoLine
	Addressed bool // this kind goes to somebody
	Incident  bool // this kind is about an incident, not a person
	Incidents []Option
	Letter    bool // this kind needs a second person's approval to be recorded
	CanHide   bool // this kind has an anonymised form
	Request   reports.Request
	Gate      []GateLine
	Blocked   bool
	PDF       []byte // of the preview
	Pages     int
	Busy      bool

	env    Env
	ctx    context.Context
	desk   *reports.Desk
	latest *Latest[*makingData]
	shown  func()
}

// AlsoLine is another detainee of the addressee: one household gets one
// letter, each of its people with his own status.
type AlsoLine struct {
	ID   record.ID
	Name string
	Chip Chip
	On   bool
}

type makingData struct {
	preview reports.Preview
	gate    []GateLine
	tos     []Option
	others  []AlsoLine
}

// NewMaking makes the page. Whoever issues in one office shares one desk.
func NewMaking(ctx context.Context, env Env, desk *reports.Desk, shown func()) *Making {
	m := &Making{env: env, ctx: ctx, desk: desk, shown: shown, State: Empty, latest: NewLatest[*makingData](env.Run)}
	for i, k := range record.DocumentKinds {
		if reports.Available(k) && reports.About(k) == record.Detainee {
			m.Kinds = append(m.Kinds, Filter{Name: k, Label: env.Words.T("document." + k), On: i == 0})
		}
	}
	m.Request.Kind = on(m.Kinds).Name
	m.kind()
	return m
}

// Start opens the page with what is already known: a kind, a person, his case.
func (m *Making) Start(kind string, person, work record.ID) {
	m.Request = reports.Request{Kind: m.Request.Kind, Case: work}
	if slices.ContainsFunc(m.Kinds, func(f Filter) bool { return f.Name == kind }) {
		m.Request.Kind = kind
		choose(m.Kinds, kind)
	}
	m.kind()
	m.incidents()
	m.Person, m.PDF, m.Gate = PersonRow{}, nil, nil
	if person.IsZero() {
		m.State = Empty
		m.shown()
		return
	}
	m.About(person)
}

// Repeat opens the page with what an issued paper was asked for.
func (m *Making) Repeat(req reports.Request) {
	choose(m.Kinds, req.Kind)
	m.Request = req
	m.kind()
	m.incidents()
	if len(req.For) > 0 {
		m.Person = PersonRowOf(m.env, req.For[0])
	}
	m.Look()
}

func (m *Making) kind() {
	m.Incident = m.Request.Kind == "incident-report"
	m.Addressed = m.Request.Kind != "case-report" && !m.Incident
	m.Letter = m.Request.Kind == "condolence"
	m.CanHide = m.Request.Kind == "case-report"
}

// OfKind chooses the kind of paper.
func (m *Making) OfKind(kind string) {
	wasIncident := m.Incident
	choose(m.Kinds, kind)
	m.Request.Kind = kind
	m.kind()
	if m.Incident != wasIncident { // what was chosen is no longer of the right kind
		m.Request.For, m.Request.To, m.Person = nil, record.ID{}, PersonRow{}
		m.incidents()
	}
	if !m.CanHide {
		m.Request.Anonymised = false
	}
	if !m.several() {
		m.Request.For = m.Request.For[:min(1, len(m.Request.For))]
	}
	m.Look()
}

// About chooses the person it is about.
func (m *Making) About(person record.ID) {
	m.Request.For, m.Request.To = []record.ID{person}, record.ID{}
	m.Person = PersonRow{ID: person}
	if row, ok := m.env.API.Row(person); ok && !m.Incident {
		m.Person = personRow(m.env, row)
	}
	m.Look()
}

// several reports whether this kind may speak of several of one household.
func (m *Making) several() bool {
	return m.Request.Kind == "condolence" || m.Request.Kind == "release-notice"
}

// incidents reads those that a report may be about.
func (m *Making) incidents() {
	if !m.Incident || m.Incidents != nil {
		return
	}
	m.env.Run.Go(func() {
		all, err := IncidentChoices(m.ctx, m.env.API)
		m.env.Run.Back(func() {
			if err != nil {
				m.State, m.Failure = Failed, failure(m.env.Words, err)
			}
			m.Incidents = all
			m.shown()
		})
	})
}

// To chooses the addressee by id, "" for whoever speaks for the household.
func (m *Making) To(id string) {
	to, err := record.ParseID(id)
	if err != nil {
		to = record.ID{}
	}
	m.Request.To = to
	m.Request.For = m.Request.For[:min(1, len(m.Request.For))]
	m.Look()
}

// Also adds another person of the household to the paper, or takes him off.
func (m *Making) Also(id record.ID, also bool) {
	m.Request.For = slices.DeleteFunc(slices.Clone(m.Request.For), func(o record.ID) bool { return o == id })
	if also {
		m.Request.For = append(m.Request.For, id)
	}
	m.Look()
}

// Second says who must agree before the letter is issued; "" where one word suffices.
func (m *Making) Second() string {
	if !m.Letter || !m.env.API.NeedsSecond(data.ProposalLetter) {
		return ""
	}
	text, _ := secondText(m.env, record.ID{})
	return text
}

// Approve records the second person.
func (m *Making) Approve(name string) { m.Request.ApprovedBy = name; m.Look() }

// Hide chooses the anonymised form.
func (m *Making) Hide(anonymised bool) { m.Request.Anonymised = anonymised; m.Look() }

// Sign chooses the place where it is signed.
func (m *Making) Sign(place string) { m.Request.Place = place; m.Look() }

// Drop forgets what is under way.
func (m *Making) Drop() { m.latest.Drop() }

// Look asks the gate and lays the paper out, behind the page.
func (m *Making) Look() {
	if len(m.Request.For) == 0 {
		m.State = Empty
		m.shown()
		return
	}
	req := m.Request
	req.For = slices.Clone(req.For)
	m.Busy = true
	if m.State == Empty || m.State == Failed {
		m.State = Loading
	}
	m.shown()
	m.latest.Ask(m.ctx, func(ctx context.Context) (*makingData, error) { return m.read(ctx, req) },
		func(d *makingData, err error) {
			if isCancelled(err) {
				return
			}
			m.Busy = false
			if err != nil {
				m.State, m.Failure, m.PDF, m.Gate, m.Blocked = Failed, failure(m.env.Words, err), nil, nil, true
				m.shown()
				return
			}
			m.State, m.Gate, m.Tos, m.Others = Ready, d.gate, d.tos, d.others
			m.PDF, m.Pages, m.Blocked = d.preview.PDF, d.preview.Pages, len(d.preview.Blocked) > 0
			m.shown()
		})
}

func (m *Making) read(ctx context.Context, req reports.Request) (*makingData, error) {
	d := &makingData{}
	var err error
	if d.preview, err = reports.MakePreview(ctx, m.env.API, req); err != nil {
		return nil, err
	}
	d.gate = gateLines(m.env.Words, req.Kind, d.preview.Blocked, d.preview.Warnings)
	if req.Kind == "incident-report" {
		return d, nil
	}
	if d.tos, err = relatives(ctx, m.env, req.For[0]); err != nil {
		return nil, err
	}
	d.others, err = m.household(ctx, req)
	return d, err
}

// household are the other detainees of the chosen addressee, for the papers
// that may speak of several.
func (m *Making) household(ctx context.Context, req reports.Request) ([]AlsoLine, error) {
	if req.To.IsZero() || req.Kind != "condolence" && req.Kind != "release-notice" {
		return nil, nil
	}
	ties, err := m.env.API.Links(ctx, req.To, record.Relationship)
	if err != nil {
		return nil, err
	}
	var others []AlsoLine
	for _, t := range ties {
		id := t.Ref("detainee")
		row, ok := m.env.API.Row(id)
		if t.Deleted || !ok || id == req.For[0] {
			continue
		}
		others = append(others, AlsoLine{ID: id, Name: listName(m.env.Words, row), Chip: lifeChip(m.env.Words, row.Life), On: slices.Contains(req.For, id)})
	}
	return others, nil
}

// Issue makes the paper and writes it into the register. done is told on the
// screen's goroutine; a refusal names each missing thing in the gate's list.
func (m *Making) Issue(ctx context.Context, done func(reports.Issued, error)) {
	req := m.Request
	req.For = slices.Clone(req.For)
	m.env.Run.Go(func() {
		issued, err := m.desk.Issue(ctx, req)
		m.env.Run.Back(func() {
			done(issued, err)
			if err != nil {
				m.Look()
			}
		})
	})
}
