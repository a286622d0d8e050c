package present

import (
	"context"
	"slices"
	"strings"

	"paradero/data/record"
	"paradero/data/rule"
	"paradero/reports"
)

// DocumentRow is one row of the register of issued papers.
type DocumentRow struct {
	ID     record.ID
	Number string
	Kind   string // in words
	About  string // the names of those it speaks of
	When   string
	By     string
	Chip   Chip // whether what it states is still so; empty text while that is not known
}

type documentItem struct {
	row        DocumentRow
	record     *record.Record
	kind       string
	issued     string
	searchable string
}

// Documents is the register of issued papers, the newest first.
type Documents struct {
	State   State
	Failure Failure
	Text    string
	Kinds   []Filter // exactly one is on
	Count   string

	env    Env
	ctx    context.Context
	all    []documentItem
	rows   []int // places in all
	known  bool  // all was read at least once
	latest *Latest[[]documentItem]
	states *Latest[map[record.ID]Chip]
	shown  func()
}

// checkedAtOnce is how many of the newest papers are compared with the present
// data whenever the register is read; the rest are compared when opened.
const checkedAtOnce = 200

// NewDocuments makes the register. shown is called on the screen's goroutine
// whenever there is something new to draw.
func NewDocuments(ctx context.Context, env Env, shown func()) *Documents {
	d := &Documents{env: env, ctx: ctx, shown: shown, latest: NewLatest[[]documentItem](env.Run), states: NewLatest[map[record.ID]Chip](env.Run)}
	d.Kinds = []Filter{{Name: "all", Label: env.Words.T("documents.kind.all"), On: true}}
	for _, k := range record.DocumentKinds {
		if reports.Available(k) {
			d.Kinds = append(d.Kinds, Filter{Name: k, Label: env.Words.T("document." + k)})
		}
	}
	return d
}

// Load reads the register again; what is on the screen stays until it is read.
func (d *Documents) Load() {
	d.latest.Ask(d.ctx, d.read, func(all []documentItem, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			d.State, d.Failure = Failed, failure(d.env.Words, err)
			d.shown()
		default:
			d.keepChips(all)
			d.all, d.known = all, true
			d.narrow()
			d.compare()
		}
	})
}

func (d *Documents) read(ctx context.Context) ([]documentItem, error) {
	var all []documentItem
	err := d.env.API.Each(ctx, record.Document, func(r *record.Record) error {
		if r.Deleted {
			return nil
		}
		it := documentItem{row: documentRow(d.env, r), record: r, kind: r.Get("kind"), issued: r.Get("issued_at")}
		it.searchable = record.Plain(strings.Join([]string{it.row.Number, it.row.Kind, it.row.About, it.row.By, r.Get("check_code")}, " "))
		all = append(all, it)
		return nil
	})
	slices.SortStableFunc(all, func(a, b documentItem) int {
		if c := strings.Compare(b.issued, a.issued); c != 0 {
			return c
		}
		return strings.Compare(b.row.Number, a.row.Number)
	})
	return all, err
}

// keepChips keeps what was known of each paper until it is compared again.
func (d *Documents) keepChips(all []documentItem) {
	known := map[record.ID]Chip{}
	for i := range d.all {
		known[d.all[i].row.ID] = d.all[i].row.Chip
	}
	for i := range all {
		if rule.Issued(all[i].record) {
			all[i].row.Chip = known[all[i].row.ID]
		}
	}
}

// compare looks, behind the list, whether what the newest papers state is
// still so.
func (d *Documents) compare() {
	newest := d.all[:min(len(d.all), checkedAtOnce)]
	d.states.Ask(d.ctx, func(ctx context.Context) (map[record.ID]Chip, error) {
		chips := map[record.ID]Chip{}
		for i := range newest {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if chip := newest[i].row.Chip; rule.Proposed(newest[i].record) != "" {
				chips[newest[i].row.ID] = chip
				continue
			}
			changed, err := reports.Superseded(ctx, d.env.API, newest[i].record)
			if err != nil {
				return nil, err
			}
			chips[newest[i].row.ID] = documentChip(d.env, changed)
		}
		return chips, nil
	}, func(chips map[record.ID]Chip, err error) {
		if err != nil {
			return // the list stands without them; the paper's own page says more
		}
		for i := range d.all {
			if c, ok := chips[d.all[i].row.ID]; ok {
				d.all[i].row.Chip = c
			}
		}
		d.shown()
	})
}

// documentChip says whether what a paper states is still so.
func documentChip(env Env, changed []string) Chip {
	if len(changed) > 0 {
		return Chip{Text: env.Words.T("documents.superseded"), Tone: Warn}
	}
	return Chip{Text: env.Words.T("documents.genuine"), Tone: OK}
}

func documentRow(env Env, r *record.Record) DocumentRow {
	w := env.Words
	row := DocumentRow{
		ID: r.ID, Number: r.Get("number"), Kind: w.T("document." + r.Get("kind")),
		When: dateText(w, r.Get("issued_at")), By: r.Get("issued_by"),
	}
	var names []string
	for _, id := range r.Refs("about") {
		names = append(names, refName(env, id))
	}
	row.About = strings.Join(names, "; ")
	if stands := rule.Proposed(r); stands != "" {
		row.Chip = proposedChip(w, stands)
	}
	return row
}

// documentRows are the papers of one case or incident, the newest first.
func documentRows(env Env, issued []*record.Record) []DocumentRow {
	var rows []DocumentRow
	for _, r := range sorted(issued, "issued_at") {
		if !r.Deleted {
			rows = append(rows, documentRow(env, r))
		}
	}
	return rows
}

// Type takes the text of the search field, at every key.
func (d *Documents) Type(text string) { d.Text = text; d.narrow() }

// OfKind shows one kind of paper.
func (d *Documents) OfKind(name string) { choose(d.Kinds, name); d.narrow() }

// Clear takes text and filter away.
func (d *Documents) Clear() {
	d.Text = ""
	choose(d.Kinds, "all")
	d.narrow()
}

func (d *Documents) narrow() {
	if !d.known { // still reading: the answer will be narrowed
		return
	}
	words, kind := strings.Fields(record.Plain(d.Text)), on(d.Kinds).Name
	d.rows = nil
	for i := range d.all {
		if (kind == "all" || d.all[i].kind == kind) && holdsAll(d.all[i].searchable, words) {
			d.rows = append(d.rows, i)
		}
	}
	d.Count = d.env.Words.N("documents.count", len(d.rows))
	d.State = Ready
	if len(d.rows) == 0 {
		d.State = NoMatch
		if len(d.all) == 0 {
			d.State = Empty
		}
	}
	d.shown()
}

// Len is how many rows are shown.
func (d *Documents) Len() int { return len(d.rows) }

// Row gives one row.
func (d *Documents) Row(i int) DocumentRow {
	if i < 0 || i >= len(d.rows) {
		return DocumentRow{}
	}
	return d.all[d.rows[i]].row
}

// Index finds the place of a paper in the list, -1 when it is not shown.
func (d *Documents) Index(id record.ID) int {
	return slices.IndexFunc(d.rows, func(i int) bool { return d.all[i].row.ID == id })
}

// Drop forgets what is under way.
func (d *Documents) Drop() {
	d.latest.Drop()
	d.states.Drop()
}
