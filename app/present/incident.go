package present

import (
	"context"
	"time"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/reports/chart"
)

// Incident is the page of one incident: what is confirmed and what is not,
// every toll beside the team's own named records, and the state of emergency.
type Incident struct {
	State       State
	Failure     Failure
	ID          record.ID
	Record      *record.Record
	Name        string
	Line        string
	Emergency   *Emergency // nil while none is recorded
	Cards       []FactCard
	Categories  []Filter // of tolls; those that somebody counted
	Tolls       []TollLine
	Own         OwnCount
	Gap         string // what is unexplained between the sources and the named records
	Agreed      bool   // nothing is unexplained
	Disagree    bool   // the sources' last words differ
	UnitsDiffer bool   // bodies and parts do not compare
	Issued      []DocumentRow
	Stale       bool       // somebody changed the incident while a form stood open
	Elsewhere   *Elsewhere // what was changed meanwhile

	env    Env
	ctx    context.Context
	data   *incidentData
	latest *Latest[*incidentData]
	open   openForms
	shown  func()
}

// Emergency is a state of emergency with its end, which changes deadlines.
type Emergency struct {
	Place string
	End   string // "" while it cannot be computed
	Left  string // "faltan 12 días"
	Doubt string // why its length is doubted
	Over  bool
	Chip  Chip
}

type incidentData struct {
	record *record.Record
	own    OwnNumbers
	tolls  []rule.Series
	issued []*record.Record
}

// NewIncident makes the page of an incident; Open fills it.
func NewIncident(ctx context.Context, env Env, id record.ID, shown func()) *Incident {
	return &Incident{env: env, ctx: ctx, ID: id, shown: shown, latest: NewLatest[*incidentData](env.Run)}
}

// Open reads the page, or reads it again.
func (p *Incident) Open() {
	p.latest.Ask(p.ctx, p.read, func(d *incidentData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			p.State, p.Failure = Failed, failure(p.env.Words, err)
		default:
			p.take(d)
		}
		p.shown()
	})
}

// Drop forgets what is under way.
func (p *Incident) Drop() { p.latest.Drop() }

// Heed takes an event: the page is read again, since any detainee's status may
// change what the team can name.
func (p *Incident) Heed(e data.Event) {
	mine := e.ID == p.ID || e.ID.IsZero() && e.Kind == record.Incident
	if mine && p.open.any() {
		p.Stale = true
	}
	switch e.Kind {
	case record.Detainee, record.Remains, record.Document:
		p.Open()
	case record.Incident:
		if mine {
			p.Open()
		}
	}
}

func (p *Incident) read(ctx context.Context) (*incidentData, error) {
	d := &incidentData{}
	var err error
	if d.record, err = p.env.API.Get(ctx, p.ID); err != nil {
		return nil, err
	}
	people, err := p.env.API.Links(ctx, p.ID, record.Detainee)
	if err != nil {
		return nil, err
	}
	remains, err := p.env.API.Links(ctx, p.ID, record.Remains)
	if err != nil {
		return nil, err
	}
	d.own = countOwn(p.env.API, people, remains)
	d.tolls = rule.Tolls(d.record)
	d.issued, err = p.env.API.Links(ctx, p.ID, record.Document)
	return d, err
}

func (p *Incident) take(d *incidentData) {
	w, r := p.env.Words, d.record
	p.Elsewhere = p.open.changes(p.env, r)
	p.Stale = p.Elsewhere != nil
	p.State, p.Record, p.data = Ready, r, d
	p.Name = titleOf(w, r)
	p.Line = dot(optionLabel(w, record.Incident, "kind_of", r.Get("kind_of")), r.Get("facility"), join(", ", r.List("wings")...), dateText(w, r.Get("started")))
	p.Emergency = emergencyOf(p.env, r)
	p.Cards = incidentCards(p.env, r)
	p.Issued = documentRows(p.env, d.issued)
	p.categories()
	p.tolls()
}

// incidentFields are the cards of an incident with their fields.
var incidentFields = []FactCard{
	{Group: "confirmed", Fields: []string{"confirmed_facts"}},
	{Group: "unconfirmed", Fields: []string{"unconfirmed_facts"}},
	{Group: "needs", Fields: []string{"needs"}},
	{Group: "incident", Fields: []string{"name", "kind_of", "facility", "wings", "started", "ended"}},
	{Group: "emergency", Fields: []string{"emergency_decree", "emergency_place", "emergency_from", "emergency_days"}},
}

func incidentCards(env Env, r *record.Record) []FactCard {
	cards := make([]FactCard, len(incidentFields))
	for i, c := range incidentFields {
		cards[i] = factCard(env, r, c.Group, env.Words.T("incident.card."+c.Group), c.Fields)
	}
	return cards
}

// Card finds a card by its group.
func (p *Incident) Card(group string) FactCard {
	for _, c := range p.Cards {
		if c.Group == group {
			return c
		}
	}
	return FactCard{}
}

// Edit opens a form on one card of facts.
func (p *Incident) Edit(card FactCard) *Form {
	p.open.begin(p.Record)
	return NewForm(record.Incident, p.Record, card.Fields, p.env.Words, p.env.API.Now())
}

// GoOn takes what was changed meanwhile as known; the open form still rests on the
// record as it was.
func (p *Incident) GoOn() {
	p.open.seen(p.Record)
	p.Stale, p.Elsewhere = false, nil
}

// Done says that a form was saved or given up.
func (p *Incident) Done() {
	if p.open.end() {
		p.Stale, p.Elsewhere = false, nil
	}
}

// NewIncidentForm opens the form of a new incident.
func NewIncidentForm(env Env) *Form {
	f := NewForm(record.Incident, nil, []string{"name", "kind_of", "facility", "wings", "started", "confirmed_facts", "unconfirmed_facts"}, env.Words, env.API.Now())
	f.Propose("kind_of", "riot")
	return f
}

// CreateIncident saves the form of a new incident and gives its id.
func CreateIncident(ctx context.Context, env Env, f *Form, done func(record.ID, bool)) {
	change, ok := f.Change()
	if !ok {
		done(record.ID{}, false)
		return
	}
	create(ctx, env, f, done, change)
}

// AddToll opens the form of what a source counted. corrects names a toll that
// this one takes back; both stay on the page.
func (p *Incident) AddToll(corrects record.ID) *Form {
	f := NewForm(record.Toll, nil, []string{"category", "count", "unit", "source", "when", "note"}, p.env.Words, p.env.API.Now())
	f.Require("when")
	f.Propose("category", p.category())
	f.Propose("unit", "people")
	f.Propose("when", p.env.Minute())
	for _, e := range p.Record.Of(record.Toll) {
		if e.ID == corrects {
			for _, name := range []string{"category", "unit", "source", "when"} {
				f.Propose(name, e.Get(name))
			}
		}
	}
	return f
}

// SaveToll saves what a source counted.
func (p *Incident) SaveToll(f *Form, corrects record.ID, done func(bool)) {
	entry, ok := f.Addition()
	if !ok {
		done(false)
		return
	}
	if !corrects.IsZero() {
		entry.Values["corrects"] = corrects.String()
	}
	saveForm(p.ctx, p.env, f, done, data.Change{Record: p.ID, Kind: record.Incident, Add: []data.Addition{entry}})
}

// Chart draws the chosen category: each source over time and, beside it, what
// the team can name.
func (p *Incident) Chart(frame chart.Frame) chart.Scene {
	w := p.env.Words
	frame.Count = w.Count
	steps := chart.Steps{Frame: frame, Day: func(t time.Time) string { return shortDay(w, t) }}
	steps.Voices = voices(p.series(), p.env.API.Now().Location())
	if own, ok := p.data.own.of(p.category()); ok {
		steps.Own, steps.OwnAs = own, w.T("incident.own_short")
	}
	return steps.Scene()
}
