package present

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"paradero/data/record"
	"paradero/data/search"
)

// CaseRow is one row of the list of cases.
type CaseRow struct {
	ID     record.ID
	Person record.ID
	Name   string // of the person it is for, as lists write it
	Line   string // number, type, step or who works on it
	Due    string // "vence 3 may 2026 · llamar al juzgado"; "" when nothing is due
	Late   bool
	Short  string // number and type, where Due takes the line
	Chip   Chip   // its state
	Mark   Chip   // late or stuck; empty text when neither

	Initials string
}

// caseItem is what the list keeps of a case, so that filters answer at once.
type caseItem struct {
	row        CaseRow
	kind       string
	state      string
	step       string
	assigned   string
	next       string
	due        string
	number     string
	stuck      bool
	searchable string
}

// Cases is the list of cases: by type, state and whose they are, found while a
// person types.
type Cases struct {
	State   State
	Failure Failure
	Text    string
	Types   []Filter // exactly one is on
	States  []Filter // exactly one is on
	Mine    bool
	Count   string

	env    Env
	ctx    context.Context
	all    []caseItem
	known  bool // all was read at least once
	rows   []CaseRow
	latest *Latest[[]caseItem]
	shown  func()
}

// NewCases makes the list. shown is called on the screen's goroutine whenever
// there is something new to draw.
func NewCases(ctx context.Context, env Env, shown func()) *Cases {
	w := env.Words
	c := &Cases{env: env, ctx: ctx, shown: shown, latest: NewLatest[[]caseItem](env.Run)}
	c.Types = []Filter{{Name: "all", Label: w.T("cases.type.all"), On: true}}
	for _, t := range record.CaseTypes {
		c.Types = append(c.Types, Filter{Name: t, Label: w.T("cases.type." + t)})
	}
	for i, s := range []string{"active", "late", "stuck", "closed", "all"} {
		c.States = append(c.States, Filter{Name: s, Label: w.T("cases.state." + s), On: i == 0})
	}
	return c
}

// Load reads the cases again; what is on the screen stays until they are there.
func (c *Cases) Load() {
	c.latest.Ask(c.ctx, c.read, func(all []caseItem, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			c.State, c.Failure = Failed, failure(c.env.Words, err)
			c.all, c.rows, c.Count, c.known = nil, nil, "", false
			c.shown()
		default:
			c.all, c.known = all, true
			c.narrow()
		}
	})
}

func (c *Cases) read(ctx context.Context) ([]caseItem, error) {
	var all []caseItem
	today := c.env.Day()
	err := c.env.API.Each(ctx, record.Case, func(r *record.Record) error {
		if !r.Deleted {
			all = append(all, c.item(r, today))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b caseItem) int {
		return cmp.Or(
			cmp.Compare(closedLast(a.state), closedLast(b.state)),
			cmp.Compare(noDueLast(a.due), noDueLast(b.due)),
			strings.Compare(a.due, b.due),
			strings.Compare(record.Plain(a.row.Name), record.Plain(b.row.Name)),
			strings.Compare(a.number, b.number),
		)
	})
	return all, nil
}

func closedLast(state string) int {
	if state == "closed" {
		return 1
	}
	return 0
}

func noDueLast(due string) int {
	if due == "" {
		return 1
	}
	return 0
}

// item reads one case. A missing state is an open one: that is how a case is
// born.
func (c *Cases) item(r *record.Record, today string) caseItem {
	w := c.env.Words
	it := caseItem{
		kind: r.Get("type"), state: cmp.Or(r.Get("state"), "open"), step: r.Get("step"),
		assigned: r.Get("assigned_to"), next: r.Get("next_step"), due: r.Get("next_step_due"), number: r.Get("number"),
	}
	person, ok := c.env.API.Row(r.Ref("detainee"))
	it.row = CaseRow{ID: r.ID, Person: r.Ref("detainee"), Name: w.T("cases.person_gone")}
	if ok {
		it.row.Name = listName(w, person)
		it.row.Initials = initials(person.Paternal, person.Maternal, person.Given, person.Title)
	}
	if veiled(r) {
		it.row.Name, it.row.Line = w.T("person.restricted"), w.T("restrict.others")
		it.row.Mark = markChip(w, search.Restricted)
		it.searchable = record.Plain(it.row.Name)
		return it
	}
	step := ""
	if it.kind == "release" && it.step != "" {
		step = optionLabel(w, record.Case, "step", it.step)
	}
	it.row.Line = dot(it.number, w.T("cases.type."+it.kind), step, it.assigned)
	it.row.Short = w.T("cases.type." + it.kind)
	it.row.Chip = caseChip(c.env, it.state)
	if it.row.Mark = stuckChip(c.env, r); it.row.Mark.Text != "" {
		it.stuck = true
	}
	if it.state == "open" { // most are: only what differs is said
		it.row.Chip = Chip{}
	}
	if it.state != "closed" && (it.due != "" || it.next != "") {
		it.row.Late = it.due != "" && it.due < today
		key := "cases.due"
		if it.row.Late {
			key = "cases.overdue"
		}
		if it.row.Late {
			it.row.Mark = Chip{Text: w.T("cases.late"), Tone: Warn}
		}
		due := ""
		if it.due != "" {
			due = w.T(key, dateText(w, it.due))
		}
		it.row.Due = dot(due, it.next)
	}
	if it.row.Mark.Text == "" && r.Restricted() {
		it.row.Mark = markChip(w, search.Restricted)
	}
	it.searchable = record.Plain(strings.Join([]string{it.row.Name, person.Given, person.Alias, person.Paper, it.number, it.assigned, it.next, r.Get("boleta_number"), r.Get("process_number")}, " "))
	return it
}

// caseChip says how a case stands.
func caseChip(env Env, state string) Chip {
	chip := Chip{Text: optionLabel(env.Words, record.Case, "state", cmp.Or(state, "open"))}
	switch state {
	case "closed":
	case "waiting":
		chip.Tone = Warn
	default:
		chip.Tone = OK
	}
	return chip
}

// Type takes the text of the search field, at every key.
func (c *Cases) Type(text string) { c.Text = text; c.narrow() }

// OfType shows one type of case.
func (c *Cases) OfType(name string) { choose(c.Types, name); c.narrow() }

// InState shows the active ones, the late ones, the closed ones or all.
func (c *Cases) InState(name string) { choose(c.States, name); c.narrow() }

// OnlyMine shows what is assigned to whoever is signed in.
func (c *Cases) OnlyMine(mine bool) { c.Mine = mine; c.narrow() }

// Clear takes text and filters away.
func (c *Cases) Clear() {
	c.Text, c.Mine = "", false
	choose(c.Types, "all")
	choose(c.States, "all")
	c.narrow()
}

func (c *Cases) narrow() {
	if !c.known { // still reading: the answer will be narrowed
		return
	}
	words := strings.Fields(record.Plain(c.Text))
	kind, state, me := on(c.Types).Name, on(c.States).Name, c.env.API.Info().Name
	c.rows = c.rows[:0:0]
	for i := range c.all {
		it := &c.all[i]
		switch {
		case kind != "all" && it.kind != kind,
			state == "active" && it.state == "closed",
			state == "closed" && it.state != "closed",
			state == "late" && !it.row.Late,
			state == "stuck" && !it.stuck,
			c.Mine && it.assigned != me,
			!holdsAll(it.searchable, words):
			continue
		}
		c.rows = append(c.rows, it.row)
	}
	c.Count = c.env.Words.N("cases.count", len(c.rows))
	c.State = Ready
	if len(c.rows) == 0 {
		c.State = NoMatch
		if len(c.all) == 0 {
			c.State = Empty
		}
	}
	c.shown()
}

// holdsAll reports whether the folded text holds every word.
func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Len is how many rows are shown.
func (c *Cases) Len() int { return len(c.rows) }

// Row gives one row.
func (c *Cases) Row(i int) CaseRow {
	if i < 0 || i >= len(c.rows) {
		return CaseRow{}
	}
	return c.rows[i]
}

// Index finds the place of a case in the list, -1 when it is not shown.
func (c *Cases) Index(id record.ID) int {
	return slices.IndexFunc(c.rows, func(r CaseRow) bool { return r.ID == id })
}

// Drop forgets what is under way, as when the room is left.
func (c *Cases) Drop() { c.latest.Drop() }
