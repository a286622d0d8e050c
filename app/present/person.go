package present

import (
	"context"
	"errors"
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
)

// Person is the page of one detainee: who, where, how sure, since when; what
// contradicts; what is due; who in the family knows; then everything else.
type Person struct {
	State     State
	Failure   Failure
	ID        record.ID
	Record    *record.Record
	Head      Head
	Facts     []FactCard
	Claims    []ClaimLine // newest by source date first
	Ties      []TieLine
	Cases     []CaseLine
	Steps     []TimelineLine // newest first
	Notes     []NoteLine
	Stale     bool       // somebody changed the record while a form stood open
	Elsewhere *Elsewhere // what was changed meanwhile

	env    Env
	ctx    context.Context
	latest *Latest[*personData]
	status rule.Status
	open   openForms
	shown  func()
}

// Head is what is seen first.
type Head struct {
	Initials string
	Name     string // as the person writes it: given names first
	List     string // surnames first
	Aliases  string
	Original string // as a list wrote it, where the split is doubtful
	Paper    string // cédula or passport
	Doubt    string // why the cédula is doubted
	Age      string
	Where    string
	WhereBy  string // who says so, and when
	Life     Chip
	Release  Chip   // empty text when nothing is known beyond being held
	Sure     string // level and source, in words
	Since    string
	Clashes  []Clash
	Due      []DueLine
	Knows    []KnowsLine
}

// Clash is a contradiction with both sides named.
type Clash struct {
	What  string
	Sides []string
	IDs   []record.ID // of the claims, where it is one between claims
	Field string      // else the fact that has two values
}

// DueLine is something that somebody owes this person.
type DueLine struct {
	ID   record.ID
	Kind record.Kind
	What string
	When string
	Late bool
}

// KnowsLine says what one relative knows.
type KnowsLine struct {
	Contact record.ID
	Name    string
	Tie     string
	What    string
	Chip    Chip
}

// FactCard is a group of facts that is edited as one.
type FactCard struct {
	Group  string
	Title  string
	Lines  []Line
	Fields []string
}

// personData is what one reading of the office gives.
type personData struct {
	record   *record.Record
	ties     []tie
	cases    []*record.Record
	tasks    []*record.Record
	attempts []*record.Record
	tellings []*record.Record
	moments  []data.Moment
}

type tie struct {
	record *record.Record
	other  *record.Record
}

// NewPerson makes the page of a detainee; Open fills it.
func NewPerson(ctx context.Context, env Env, id record.ID, shown func()) *Person {
	return &Person{env: env, ctx: ctx, ID: id, shown: shown, latest: NewLatest[*personData](env.Run)}
}

// Open reads the page, or reads it again.
func (p *Person) Open() {
	id := p.ID
	p.latest.Ask(p.ctx, func(ctx context.Context) (*personData, error) {
		return readPerson(ctx, p.env.API, id)
	}, func(d *personData, err error) {
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
func (p *Person) Drop() { p.latest.Drop() }

// Heed takes an event: the page is read again, and where a form stands open
// its banner is raised, since what is being typed rests on an older record.
func (p *Person) Heed(e data.Event) {
	touches := e.ID == p.ID || e.ID.IsZero() && e.Kind == record.Detainee
	if touches && p.open.any() {
		p.Stale = true
	}
	switch e.Kind {
	case record.Detainee:
		if !touches {
			return
		}
	case record.Relationship, record.Contact, record.Case, record.Task, record.Attempt, record.Notification:
	default:
		return
	}
	p.Open()
}

func readPerson(ctx context.Context, api data.API, id record.ID) (*personData, error) {
	d := &personData{}
	var err error
	if d.record, err = api.Get(ctx, id); err != nil {
		return nil, err
	}
	links := func(kind record.Kind) []*record.Record {
		found, e := api.Links(ctx, id, kind)
		err = errors.Join(err, e)
		return found
	}
	for _, r := range links(record.Relationship) {
		other, e := api.Get(ctx, r.Ref("contact"))
		if e != nil {
			continue // the other end is erased or not here yet; the tie alone says nothing
		}
		d.ties = append(d.ties, tie{record: r, other: other})
	}
	d.cases, d.tasks = links(record.Case), links(record.Task)
	d.attempts, d.tellings = links(record.Attempt), links(record.Notification)
	moments, e := api.Timeline(ctx, id)
	d.moments = moments
	data.AuditOf(api).Opened(d.record)
	return d, errors.Join(err, e)
}

func (p *Person) take(d *personData) {
	p.Elsewhere = p.open.changes(p.env, d.record)
	p.Stale = p.Elsewhere != nil
	p.State, p.Record = Ready, d.record
	p.status = rule.Conclude(d.record)
	p.Head = p.head(d)
	p.Facts = facts(p.env, d.record, personGroups)
	p.placeCard()
	p.Claims = claimLines(p.env, d.record)
	p.Ties = p.ties(d)
	p.Cases = caseLines(p.env, d.cases)
	p.Steps = timeline(p.env, d.record.Kind, d.moments)
	p.Notes = noteLines(p.env, d.record)
}

// personGroups are the cards of facts in the order in which they are read.
// What is concluded from claims is not among them: status is never typed over.
var personGroups = []string{"identity", "place", "legal", "last_news", "body", "health", "privacy"}

// facts makes a card for each group, with every field that holds something;
// an empty group keeps its card, so that it can be filled.
func facts(env Env, r *record.Record, groups []string) []FactCard {
	schema := record.SchemaOf(r.Kind)
	var cards []FactCard
	for _, group := range groups {
		card := FactCard{Group: group, Title: env.Words.T("group." + group)}
		for i := range schema.Fields {
			f := &schema.Fields[i]
			if f.Group != group || f.Concluded {
				continue
			}
			vals := r.Values[f.Name]
			if editable(r, f.Name) {
				card.Fields = append(card.Fields, f.Name)
			}
			if len(vals) == 0 || vals[0].Text == "" {
				continue
			}
			card.Lines = append(card.Lines, factLine(env, r.Kind, f, vals))
		}
		if len(card.Fields) > 0 {
			cards = append(cards, card)
		}
	}
	return cards
}

// editable leaves out what is only there to be read: the name as a list wrote
// it, and the doubt about its split where there is none. An age is typed into
// the birth, with the day on which it was said.
func editable(r *record.Record, field string) bool {
	switch field {
	case "original_name", "age", "merged_into":
		return false
	case "name_doubtful":
		return r.Get(field) == "true"
	}
	return true
}

// placeCard adds what the claims say of the place to its card. To change it
// there makes a claim by the colleague; nothing is typed over.
func (p *Person) placeCard() {
	s := p.status
	for i := range p.Facts {
		card := &p.Facts[i]
		if card.Group != "place" {
			continue
		}
		source := p.Head.WhereBy
		var lines []Line
		for _, one := range [][2]string{{"facility", s.Facility}, {"wing", s.Wing}, {"cell", s.Cell}} {
			if one[1] != "" {
				lines = append(lines, Line{Label: fieldLabel(p.env.Words, record.Detainee, one[0]), Value: one[1], Source: source})
			}
		}
		card.Lines = append(lines, card.Lines...)
		card.Fields = append([]string{"facility", "wing", "cell"}, card.Fields...)
	}
}

// factLine shows one value with its source, and the others that were said at
// the same time.
func factLine(env Env, kind record.Kind, f *record.Field, vals []record.Val) Line {
	w := env.Words
	line := Line{Label: fieldLabel(w, kind, f.Name), Value: valueText(env, kind, f, vals[0].Text), Source: source(w, vals[0]), Field: f.Name}
	if len(vals) > 1 {
		others := make([]string, 0, len(vals)-1)
		for _, v := range vals[1:] {
			text := valueText(env, kind, f, v.Text)
			if text == "" {
				text = w.T("timeline.blank")
			}
			others = append(others, w.T("person.second_value", text, source(w, v)))
			if !f.Critical { // between those a person decides, with a reason
				line.Others = append(line.Others, Option{Value: v.Text, Label: w.T("person.take_other", text)})
			}
		}
		line.Mark = Chip{Text: strings.Join(others, " · "), Tone: Warn}
		return line
	}
	if doubt := doubtOf(w, kind, f.Name, vals[0].Text, env.API.Now()); doubt != "" {
		line.Mark = Chip{Text: doubt, Tone: Warn}
	}
	return line
}

// TakeOther puts what else was said of a fact in the place of what is shown; it
// rests on the record as it was seen, and so names both.
func TakeOther(ctx context.Context, env Env, base *record.Record, field, text string, done func(Failure, bool)) {
	save(ctx, env, done, data.Change{Record: base.ID, Kind: base.Kind, Base: base, Set: map[string]string{field: text}})
}

// source says who wrote a value and when.
func source(w *assets.Words, v record.Val) string {
	if v.List != "" {
		return w.T("person.source.list", v.List, stamp(w, v.At))
	}
	return w.T("person.source.member", v.By, stamp(w, v.At))
}

// Edit opens a form on one card of facts.
func (p *Person) Edit(card FactCard) *Form {
	p.open.begin(p.Record)
	f := NewForm(p.Record.Kind, p.Record, card.Fields, p.env.Words, p.env.API.Now())
	f.Start("facility", p.status.Facility)
	f.Start("wing", p.status.Wing)
	f.Start("cell", p.status.Cell)
	return f
}

// GoOn takes what was changed meanwhile as known; the open form still rests on the
// record as it was.
func (p *Person) GoOn() {
	p.open.seen(p.Record)
	p.Stale, p.Elsewhere = false, nil
}

// Done says that a form was saved or given up.
func (p *Person) Done() {
	if p.open.end() {
		p.Stale, p.Elsewhere = false, nil
	}
}

// sorted gives records by a date field, newest first.
func sorted(records []*record.Record, field string) []*record.Record {
	out := slices.Clone(records)
	slices.SortStableFunc(out, func(a, b *record.Record) int { return strings.Compare(b.Get(field), a.Get(field)) })
	return out
}
