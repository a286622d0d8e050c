package present

import (
	"cmp"
	"context"
	"slices"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

// Case is the page of one case: for whom, how far it is, what is due, what is
// held and what is missing, and the papers that can be made of it.
type Case struct {
	State     State
	Failure   Failure
	ID        record.ID
	Record    *record.Record
	Kind      string // record.CaseTypes
	Title     string // "Caso de libertad"
	Number    string
	Chip      Chip // its state
	Closed    bool
	Person    PersonRow
	Where     string     // his facility and wing, as concluded
	Release   Chip       // his release status; empty text when he is simply held
	Clash     Chip       // versions of him contradict each other; empty text when none do
	Steps     []StepLine // of a release; nil for the other types
	History   []TimelineLine
	Next      NextStep
	Cards     []FactCard
	Papers    []PaperLine
	Usual     []string // papers that this pathway usually asks for and that are on no list yet
	Notes     []NoteLine
	Issued    []DocumentRow
	Make      []MakeLine
	Term      *Term      // end of the sentence, estimated; nil where it means nothing
	Stuck     Chip       // it has not moved for long; empty text when it moves
	Stale     bool       // somebody changed the case while a form stood open
	Elsewhere *Elsewhere // what was changed meanwhile

	Relatives   []Option // the person's, for those fields that name one
	Emergencies []string // states of emergency in force, which change deadlines

	env    Env
	ctx    context.Context
	person *record.Record
	latest *Latest[*caseData]
	open   openForms
	shown  func()
}

// NextStep is what must happen next.
type NextStep struct {
	What string
	When string
	Who  string
	Late bool
}

// PaperLine is one paper of the checklist.
type PaperLine struct {
	Text string
	Held bool
}

// caseData is what one reading of the office gives.
type caseData struct {
	record *record.Record
	person *record.Record
	issued []*record.Record
	making []MakeLine
	kin    []Option
	decree []string

	moments []data.Moment
}

// NewCase makes the page of a case; Open fills it.
func NewCase(ctx context.Context, env Env, id record.ID, shown func()) *Case {
	return &Case{env: env, ctx: ctx, ID: id, shown: shown, latest: NewLatest[*caseData](env.Run)}
}

// Open reads the page, or reads it again.
func (c *Case) Open() {
	c.latest.Ask(c.ctx, c.read, func(d *caseData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			c.State, c.Failure = Failed, failure(c.env.Words, err)
		default:
			c.take(d)
		}
		c.shown()
	})
}

// Drop forgets what is under way.
func (c *Case) Drop() { c.latest.Drop() }

// Heed takes an event: the page is read again, and where a form stands open
// its banner is raised, since what is being typed rests on an older record.
func (c *Case) Heed(e data.Event) {
	mine := e.ID == c.ID || e.ID.IsZero() && e.Kind == record.Case
	if mine && c.open.any() {
		c.Stale = true
	}
	switch e.Kind {
	case record.Detainee, record.Document, record.Notification, record.Contact, record.Relationship:
		c.Open()
	case record.Case:
		if mine {
			c.Open()
		}
	}
}

func (c *Case) read(ctx context.Context) (*caseData, error) {
	d := &caseData{}
	var err error
	if d.record, err = c.env.API.Get(ctx, c.ID); err != nil {
		return nil, err
	}
	data.AuditOf(c.env.API).Opened(d.record)
	if d.person, err = c.env.API.Get(ctx, d.record.Ref("detainee")); err != nil {
		d.person = nil // erased or not here yet: the case itself can still be read
	}
	if d.moments, err = c.env.API.Timeline(ctx, c.ID); err != nil {
		return nil, err
	}
	d.issued, err = c.env.API.Links(ctx, c.ID, record.Document)
	if err != nil {
		return nil, err
	}
	if d.decree, err = inForce(ctx, c.env); err != nil || d.person == nil {
		return d, err
	}
	if d.kin, err = relatives(ctx, c.env, d.person.ID); err != nil {
		return nil, err
	}
	d.making, err = makeLines(ctx, c.env, d.record)
	return d, err
}

func (c *Case) take(d *caseData) {
	w, r := c.env.Words, d.record
	c.Elsewhere = c.open.changes(c.env, r)
	c.Stale = c.Elsewhere != nil
	c.State, c.Record, c.person = Ready, r, d.person
	c.Kind, c.Number = r.Get("type"), r.Get("number")
	c.Title = w.T("case.title." + c.Kind)
	c.Closed = r.Get("state") == "closed"
	c.Chip = caseChip(c.env, r.Get("state"))
	c.Person = PersonRowOf(c.env, r.Ref("detainee"))
	c.Where, c.Release, c.Clash = "", Chip{}, Chip{}
	if veiled(r) {
		c.Person.Name, c.Chip, c.Title = w.T("person.restricted"), Chip{}, w.T("kind.case")
	}
	if row, ok := c.env.API.Row(r.Ref("detainee")); ok {
		c.Where = dot(row.Facility, row.Wing)
		if row.Flags&search.Contradicted != 0 {
			c.Clash = Chip{Text: w.T("case.clash"), Tone: Warn}
		}
		if row.Release != "" && row.Release != "detained" {
			c.Release = Chip{Text: optionLabel(w, record.Claim, "status", row.Release), Tone: Accent}
		}
	}
	c.Steps = nil
	if c.Kind == "release" {
		c.Steps = stepLines(c.env, r)
	}
	c.Next = nextStep(c.env, r)
	c.Cards = caseCards(c.env, r)
	c.Papers, c.Usual = paperLines(w, r)
	c.Notes = noteLines(c.env, r)
	c.History = timeline(c.env, r.Kind, d.moments)
	c.Issued = documentRows(c.env, d.issued)
	c.Make, c.Relatives = d.making, d.kin
	c.Stuck = stuckChip(c.env, r)
	c.Emergencies = nil
	if c.Kind == "release" && !c.Closed {
		c.Emergencies = d.decree
	}
	c.Term = nil
	if c.Kind == "release" && d.person != nil {
		c.Term = termOf(c.env, d.person)
	}
}

func nextStep(env Env, r *record.Record) NextStep {
	due := r.Get("next_step_due")
	n := NextStep{What: r.Get("next_step"), Who: r.Get("assigned_to")}
	if due != "" {
		n.Late = due < env.Day() && r.Get("state") != "closed"
		key := "cases.due"
		if n.Late {
			key = "cases.overdue"
		}
		n.When = env.Words.T(key, dateText(env.Words, due))
	}
	return n
}

// caseFields are the cards of a case with their fields, in the order in which
// they are read. The step and the papers have their own places on the page.
func caseFields(kind string) []FactCard {
	cards := map[string][]string{
		"release":    {"pathway", "legal_basis", "court", "process_number", "filed_on", "hearing_on", "judge", "boleta_number", "boleta_date", "conditions", "expected_at", "expected_place", "fetched_by", "left_at", "left_seen_by"},
		"tracing":    {"last_seen", "places_asked"},
		"condolence": {"help_offered", "help_contact"},
		"medical":    {"diagnosis", "hospital", "certificate"},
		"transfer":   {"transfer_from", "transfer_to", "transfer_reason"},
	}
	return []FactCard{
		{Group: kind, Fields: cards[kind]},
		{Group: "case", Fields: []string{"number", "state", "opened_on", "closed_on", "summary", "decisions", "risks"}},
	}
}

func caseCards(env Env, r *record.Record) []FactCard {
	cards := caseFields(r.Get("type"))
	for i := range cards {
		cards[i] = factCard(env, r, cards[i].Group, env.Words.T("case.card."+cards[i].Group), cards[i].Fields)
	}
	return slices.DeleteFunc(cards, func(c FactCard) bool { return len(c.Fields) == 0 })
}

// factCard makes a card of the named fields; those that hold nothing are left
// out of its lines, never out of its form.
func factCard(env Env, r *record.Record, group, title string, fields []string) FactCard {
	card := FactCard{Group: group, Title: title, Fields: fields}
	schema := record.SchemaOf(r.Kind)
	for _, name := range fields {
		f, ok := schema.Field(name)
		vals := r.Values[name]
		if !ok || len(vals) == 0 || vals[0].Text == "" {
			continue
		}
		card.Lines = append(card.Lines, factLine(env, r.Kind, f, vals))
	}
	return card
}

// Edit opens a form on one card of facts.
func (c *Case) Edit(card FactCard) *Form {
	c.open.begin(c.Record)
	f := NewForm(record.Case, c.Record, card.Fields, c.env.Words, c.env.API.Now())
	if own := f.Field("fetched_by"); own != nil {
		own.Shown = refName(c.env, c.Record.Ref("fetched_by"))
	}
	return f
}

// EditNext opens the form of what must happen next.
func (c *Case) EditNext() *Form {
	c.open.begin(c.Record)
	f := NewForm(record.Case, c.Record, []string{"next_step", "next_step_due", "assigned_to"}, c.env.Words, c.env.API.Now())
	if c.Record.Get("assigned_to") == "" {
		f.Propose("assigned_to", c.env.API.Info().Name)
	}
	return f
}

// GoOn takes what was changed meanwhile as known; the open form still rests on the
// record as it was.
func (c *Case) GoOn() {
	c.open.seen(c.Record)
	c.Stale, c.Elsewhere = false, nil
}

// Done says that a form was saved or given up.
func (c *Case) Done() {
	if c.open.end() {
		c.Stale, c.Elsewhere = false, nil
	}
}

// Close closes the case today, or opens it again.
func (c *Case) Close(closed bool, done func(Failure, bool)) {
	set := map[string]string{"state": "open", "closed_on": ""}
	if closed {
		set = map[string]string{"state": "closed", "closed_on": c.env.Day()}
	}
	save(c.ctx, c.env, done, data.Change{Record: c.ID, Kind: record.Case, Base: c.Record, Set: set})
}

// SetPaper moves a paper between held and missing, or adds it to a list.
func (c *Case) SetPaper(text string, held bool, done func(Failure, bool)) {
	has, lacks := c.Record.List("papers_held"), c.Record.List("papers_missing")
	drop := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == text })
	}
	has, lacks = drop(has), drop(lacks)
	if held {
		has = append(has, text)
	} else {
		lacks = append(lacks, text)
	}
	c.setPapers(has, lacks, done)
}

// DropPaper takes a paper off both lists.
func (c *Case) DropPaper(text string, done func(Failure, bool)) {
	not := func(s string) bool { return s == text }
	c.setPapers(slices.DeleteFunc(c.Record.List("papers_held"), not), slices.DeleteFunc(c.Record.List("papers_missing"), not), done)
}

// AddUsual puts the papers that the pathway usually asks for on the list of
// what is missing.
func (c *Case) AddUsual(done func(Failure, bool)) {
	c.setPapers(c.Record.List("papers_held"), append(c.Record.List("papers_missing"), c.Usual...), done)
}

func (c *Case) setPapers(has, lacks []string, done func(Failure, bool)) {
	save(c.ctx, c.env, done, data.Change{Record: c.ID, Kind: record.Case, Base: c.Record, Set: map[string]string{
		"papers_held": record.JoinList(has), "papers_missing": record.JoinList(lacks),
	}})
}

// PersonRowOf is the row of one person, for a place that shows whom it is about.
func PersonRowOf(env Env, id record.ID) PersonRow {
	row, ok := env.API.Row(id)
	if !ok {
		return PersonRow{ID: id, Name: env.Words.T("cases.person_gone"), Initials: "?"}
	}
	return personRow(env, row)
}

// NewCaseForm opens the form of a new case for a person, who may be chosen
// later. The office's member works on it unless somebody else is named.
func NewCaseForm(env Env, person record.ID, kind string) *Form {
	f := NewForm(record.Case, nil, []string{"detainee", "type", "number", "assigned_to", "opened_on", "summary", "next_step", "next_step_due"}, env.Words, env.API.Now())
	if !person.IsZero() {
		f.Choose("detainee", person, refName(env, person))
	}
	f.Propose("type", cmp.Or(kind, "release"))
	f.Propose("assigned_to", env.API.Info().Name)
	f.Propose("opened_on", env.Day())
	return f
}

// CreateCase saves the form of a new case and gives its id.
func CreateCase(ctx context.Context, env Env, f *Form, done func(record.ID, bool)) {
	change, ok := f.Change()
	if !ok {
		done(record.ID{}, false)
		return
	}
	change.Set["state"] = "open"
	create(ctx, env, f, done, change)
}
