package present

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

// PersonRow is one row of a list of people, ready to be drawn.
type PersonRow struct {
	ID       record.ID
	Kind     record.Kind
	Initials string
	Name     string // as lists write it: surnames first
	Line     string // paper, age or birth, place
	Chip     Chip
	Mark     Chip // contradiction, doubt or threat; empty text when there is none
}

// Filter is one chip above a list.
type Filter struct {
	Name  string
	Label string
	On    bool
	query data.ListQuery
}

// People is the list of persons: detainees, contacts or both, by name, found
// while a person types.
type People struct {
	State     State
	Failure   Failure
	Text      string
	Filters   []Filter // exactly one is on
	Kinds     []Filter // which kind of person; exactly one is on
	Facility  string   // "" for all
	Count     string   // "599 personas"
	Searching bool

	env    Env
	ctx    context.Context
	result *search.Result
	latest *Latest[*search.Result]
	nouns  string // words key of the count
	shown  func()
}

// NewPeople makes the list of detainees and contacts. shown is called, on the
// screen's goroutine, whenever there is something new to draw.
func NewPeople(ctx context.Context, env Env, shown func()) *People {
	w := env.Words
	p := &People{env: env, ctx: ctx, shown: shown, nouns: "people.count", latest: NewLatest[*search.Result](env.Run)}
	p.Kinds = []Filter{
		{Name: "detainees", Label: w.T("people.kind.detainees"), On: true, query: data.ListQuery{Kind: record.Detainee}},
		{Name: "contacts", Label: w.T("people.kind.contacts"), query: data.ListQuery{Kind: record.Contact}},
		{Name: "everyone", Label: w.T("people.kind.everyone")},
	}
	p.Filters = []Filter{
		{Name: "all", Label: w.T("people.filter.all"), On: true},
		{Name: "missing", Label: w.T("people.filter.missing"), query: data.ListQuery{Life: "reported_missing"}},
		{Name: "injured", Label: w.T("people.filter.injured"), query: data.ListQuery{Life: "reported_injured"}},
		{Name: "alive", Label: w.T("people.filter.alive"), query: data.ListQuery{Life: "confirmed_alive"}},
		{Name: "reported_dead", Label: w.T("people.filter.reported_dead"), query: data.ListQuery{Life: "reported_dead"}},
		{Name: "dead", Label: w.T("people.filter.dead"), query: data.ListQuery{Life: "confirmed_dead"}},
		{Name: "contradictory", Label: w.T("people.filter.contradictory"), query: data.ListQuery{Flag: search.Contradicted}},
	}
	return p
}

// NewContacts makes the list of contacts alone, for the families room.
func NewContacts(ctx context.Context, env Env, shown func()) *People {
	w := env.Words
	p := &People{env: env, ctx: ctx, shown: shown, nouns: "family.count.contacts", latest: NewLatest[*search.Result](env.Run)}
	p.Kinds = []Filter{
		{Name: "contacts", Label: w.T("family.kind.contacts"), On: true, query: data.ListQuery{Kind: record.Contact}},
		{Name: "households", Label: w.T("family.kind.households"), query: data.ListQuery{Kind: record.Household}},
	}
	p.Filters = []Filter{
		{Name: "all", Label: w.T("people.filter.all"), On: true},
		{Name: "threatened", Label: w.T("family.filter.threatened"), query: data.ListQuery{Flag: search.Threatened}},
	}
	return p
}

// Query is the question as it stands.
func (p *People) Query() data.ListQuery {
	q := data.ListQuery{Text: strings.TrimSpace(p.Text), Facility: p.Facility}
	if k := on(p.Kinds); k != nil {
		q.Kind = k.query.Kind
	}
	if f := on(p.Filters); f != nil {
		q.Life, q.Flag = f.query.Life, f.query.Flag
		if q.Life != "" { // only detainees have a life status
			q.Kind = record.Detainee
		}
	}
	if q.Facility != "" {
		q.Kind = record.Detainee
	}
	return q
}

// Type takes the text of the search field, at every key.
func (p *People) Type(text string) {
	if text == p.Text && p.State != Loading {
		return
	}
	p.Text = text
	p.Refresh()
}

// Filter turns one chip on and the others off.
func (p *People) Filter(name string) {
	choose(p.Filters, name)
	p.Refresh()
}

// Only chooses which kind of person is listed.
func (p *People) Only(name string) {
	choose(p.Kinds, name)
	p.Refresh()
}

// At chooses the facility, "" for all.
func (p *People) At(facility string) {
	p.Facility = facility
	p.Refresh()
}

// Clear takes text and filters away.
func (p *People) Clear() {
	p.Text, p.Facility = "", ""
	choose(p.Filters, "all")
	p.Refresh()
}

// Refresh asks again. What is on the screen stays until the answer is there,
// so that a list never blinks while a person is typing.
func (p *People) Refresh() {
	q := p.Query()
	p.Searching = true
	p.latest.Ask(p.ctx, func(ctx context.Context) (*search.Result, error) {
		return p.env.API.List(ctx, q)
	}, func(result *search.Result, err error) { p.take(q, result, err) })
}

func (p *People) take(q data.ListQuery, result *search.Result, err error) {
	p.Searching = false
	switch {
	case isCancelled(err):
		return
	case err != nil:
		p.State, p.Failure = Failed, failure(p.env.Words, err)
		p.result, p.Count = nil, ""
	default:
		p.result = result
		p.Count = p.env.Words.N(p.noun(q), result.Len())
		p.State = Ready
		if result.Len() == 0 {
			p.State = NoMatch
			if p.bare(q) {
				p.State = Empty
			}
		}
	}
	p.shown()
}

// noun is the words key of what is counted.
func (p *People) noun(q data.ListQuery) string {
	if q.Kind == record.Household {
		return "family.count.households"
	}
	return p.nouns
}

// bare reports whether nothing but the kind was asked for.
func (p *People) bare(q data.ListQuery) bool {
	return q.Text == "" && q.Life == "" && q.Flag == 0 && q.Facility == ""
}

// Len is how many rows there are.
func (p *People) Len() int {
	if p.result == nil {
		return 0
	}
	return p.result.Len()
}

// Row makes one row; only the rows on the screen are ever made.
func (p *People) Row(i int) PersonRow {
	if i < 0 || i >= p.Len() {
		return PersonRow{}
	}
	return personRow(p.env, p.result.At(i))
}

// Index finds the place of a record in the list, -1 when it is not in it.
func (p *People) Index(id record.ID) int {
	for i := range p.Len() {
		if p.result.ID(i) == id {
			return i
		}
	}
	return -1
}

// Drop forgets what is under way, as when the room is left.
func (p *People) Drop() { p.latest.Drop() }

func on(filters []Filter) *Filter {
	for i := range filters {
		if filters[i].On {
			return &filters[i]
		}
	}
	return nil
}

func choose(filters []Filter, name string) {
	for i := range filters {
		filters[i].On = filters[i].Name == name
	}
}

func personRow(env Env, r search.Row) PersonRow {
	w := env.Words
	row := PersonRow{ID: r.ID, Kind: r.Kind, Name: listName(w, r)}
	row.Initials = initials(r.Paternal, r.Maternal, r.Given, r.Title)
	switch r.Kind {
	case record.Contact:
		row.Line = dot(r.Paper, w.T("people.is_contact"))
	case record.Household:
		row.Line = dot(r.Paper, w.T("people.is_household"))
	default:
		row.Line = dot(r.Paper, bornText(w, r.Born, env.API.Now()), r.Facility, r.Wing)
		row.Chip = lifeChip(w, r.Life)
		if r.Release == "released" || r.Release == "ordered_released" {
			if r.Life == "" || r.Life == "unknown" || r.Life == "confirmed_alive" {
				row.Chip = Chip{Text: optionLabel(w, record.Claim, "status", r.Release), Tone: Accent}
			}
		}
	}
	row.Mark = markChip(w, r.Flags)
	return row
}

// markChip is the one mark that a row has room for: the gravest. It is a sign,
// since the name needs the room; the page says it in words.
func markChip(w *assets.Words, flags uint32) Chip {
	switch {
	case flags&search.Threatened != 0:
		return Chip{Text: w.T("people.mark.threatened"), Tone: Bad}
	case flags&search.Contradicted != 0:
		return Chip{Text: w.T("people.mark.short.contradicted"), Tone: Warn}
	case flags&search.Restricted != 0:
		return Chip{Text: w.T("people.mark.short.restricted"), Tone: Accent}
	case flags&search.Doubtful != 0:
		return Chip{Text: w.T("people.mark.short.doubtful"), Tone: Warn}
	}
	return Chip{}
}

// lifeChip says a life status. A reported death and a confirmed one are both
// grey; the words tell them apart, never a colour.
func lifeChip(w *assets.Words, life string) Chip {
	if life == "" {
		life = "unknown"
	}
	c := Chip{Text: w.T("person.life_short." + life), Tone: Grey}
	switch life {
	case "confirmed_alive":
		c.Tone = OK
	case "reported_alive":
		c.Tone = Accent
	case "reported_injured", "reported_missing":
		c.Tone = Warn
	}
	return c
}

// listName writes a name as lists do: surnames, then given names.
func listName(w *assets.Words, r search.Row) string {
	name := join(", ", join(" ", r.Paternal, r.Maternal), r.Given)
	if name == "" {
		name = r.Title
	}
	if name == "" && r.Alias != "" {
		name = "«" + strings.ReplaceAll(r.Alias, "\n", "», «") + "»"
	}
	if name == "" && r.Flags&search.Restricted != 0 {
		name = w.T("person.restricted")
	}
	if name == "" {
		name = w.T("person.nameless")
	}
	return name
}

// initials are two letters for the disc beside a name.
func initials(paternal, maternal, given, title string) string {
	first := func(s string) string {
		r, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
		if r == utf8.RuneError || !unicode.IsLetter(r) {
			return ""
		}
		return string(unicode.ToUpper(r))
	}
	letters := first(paternal) + first(maternal)
	if utf8.RuneCountInString(letters) < 2 {
		letters = first(given) + letters
	}
	if letters == "" {
		letters = first(title)
	}
	if letters == "" {
		return "?"
	}
	return letters
}
