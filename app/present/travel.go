package present

import (
	"context"
	"path/filepath"
	"slices"

	"paradero/app"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

// traveller is an office that can be taken on a journey without some records.
type traveller interface {
	TravelPlan(ctx context.Context, ids ...record.ID) (data.TravelPlan, error)
	Away() (records int, backup string)
}

// Travel is the choosing of what is taken off this machine before a journey, and
// what is off it.
type Travel struct {
	Found    []PersonRow // to be chosen from
	Searched bool
	Chosen   []PersonRow
	Plan     *TravelLines // what would leave; nil while nothing is chosen or it is being reckoned
	Failure  Failure      // why it cannot be reckoned
	Away     string       // what is off this machine, and where it is; "" when nothing is
	AwayFile string

	env    Env
	ctx    context.Context
	typed  string
	search *Latest[[]search.Row]
	plan   *Latest[data.TravelPlan]
	shown  func()
}

// TravelLines is a plan in words.
type TravelLines struct {
	Lines    []Line // kind of record, how many
	Records  int
	Total    string
	OnlyHere string // what exists only here; "" when a backup holds all of it
	Kept     string // which backup holds it
	File     string
}

// NewTravel makes the view; Refresh fills it.
func NewTravel(ctx context.Context, env Env, shown func()) *Travel {
	return &Travel{
		env: env, ctx: ctx, shown: shown,
		search: NewLatest[[]search.Row](env.Run), plan: NewLatest[data.TravelPlan](env.Run),
	}
}

// Drop forgets what is under way.
func (t *Travel) Drop() {
	t.search.Drop()
	t.plan.Drop()
}

// Refresh says again what is away and what would leave.
func (t *Travel) Refresh() {
	t.Away, t.AwayFile = AwayLine(t.env.API, t.env.Words)
	t.reckon()
}

// AwayLine says what is off this machine and which backup holds it; "" when
// nothing is.
func AwayLine(api data.API, w *assets.Words) (line, file string) {
	o, ok := api.(traveller)
	if !ok {
		return "", ""
	}
	n, file := o.Away()
	if n == 0 {
		return "", ""
	}
	return w.N("travel.away", n, filepath.Base(file)), file
}

// travelRows is how many are offered; more letters narrow it down.
const travelRows = 6

// Type takes the text of the search line, at every key.
func (t *Travel) Type(text string) {
	t.typed = text
	if text == "" {
		t.search.Drop()
		t.Found, t.Searched = nil, false
		t.shown()
		return
	}
	t.search.Ask(t.ctx, func(ctx context.Context) ([]search.Row, error) {
		var rows []search.Row
		for _, kind := range []record.Kind{record.Detainee, record.Contact, record.Case} {
			got, err := t.env.API.List(ctx, data.ListQuery{Kind: kind, Text: text})
			if err != nil {
				return nil, err
			}
			for i := range min(got.Len(), travelRows) {
				rows = append(rows, got.At(i))
			}
		}
		return rows, nil
	}, func(rows []search.Row, err error) {
		if isCancelled(err) {
			return
		}
		t.Found, t.Searched = nil, true
		if err != nil {
			t.Failure = failure(t.env.Words, err)
		}
		for _, r := range rows {
			if len(t.Found) < travelRows && !t.has(r.ID) {
				t.Found = append(t.Found, t.row(r))
			}
		}
		t.shown()
	})
}

// row shows a case with its number and its person, others as the lists do.
func (t *Travel) row(r search.Row) PersonRow {
	if r.Kind != record.Case {
		return personRow(t.env, r)
	}
	person, ok := t.env.API.Row(r.About)
	if !ok {
		person = search.Row{Title: r.Paper}
	}
	row := personRow(t.env, person)
	return PersonRow{
		ID: r.ID, Kind: r.Kind, Name: row.Name, Initials: row.Initials,
		Line: dot(t.env.Words.T("kind.case"), t.env.Words.T("cases.type."+r.Title), r.Paper),
	}
}

func (t *Travel) has(id record.ID) bool {
	return slices.ContainsFunc(t.Chosen, func(r PersonRow) bool { return r.ID == id })
}

// Choose adds somebody, and clears the search.
func (t *Travel) Choose(row PersonRow) {
	if !t.has(row.ID) {
		t.Chosen = append(t.Chosen, row)
	}
	t.search.Drop()
	t.Found, t.Searched = nil, false
	t.reckon()
}

// Remove takes one from what is chosen.
func (t *Travel) Remove(id record.ID) {
	t.Chosen = slices.DeleteFunc(t.Chosen, func(r PersonRow) bool { return r.ID == id })
	t.reckon()
}

// Clear chooses nothing.
func (t *Travel) Clear() {
	t.Chosen = nil
	t.Refresh()
}

// IDs are those that are chosen.
func (t *Travel) IDs() []record.ID {
	ids := make([]record.ID, len(t.Chosen))
	for i, r := range t.Chosen {
		ids[i] = r.ID
	}
	return ids
}

// Ready tells whether what is chosen may leave.
func (t *Travel) Ready() bool { return t.Plan != nil && t.Plan.OnlyHere == "" }

func (t *Travel) reckon() {
	t.Plan, t.Failure = nil, Failure{}
	o, ok := t.env.API.(traveller)
	if len(t.Chosen) == 0 || !ok {
		t.plan.Drop()
		t.shown()
		return
	}
	ids := t.IDs()
	t.shown()
	t.plan.Ask(t.ctx, func(ctx context.Context) (data.TravelPlan, error) {
		return o.TravelPlan(ctx, ids...)
	}, func(plan data.TravelPlan, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			t.Failure = failure(t.env.Words, err)
		default:
			t.Plan = t.lines(plan)
		}
		t.shown()
	})
}

func (t *Travel) lines(plan data.TravelPlan) *TravelLines {
	w := t.env.Words
	out := &TravelLines{Records: len(plan.Records), File: plan.Backup.Path}
	count, order := map[record.Kind]int{}, []record.Kind(nil)
	for _, e := range plan.Records {
		if count[e.Kind] == 0 {
			order = append(order, e.Kind)
		}
		count[e.Kind]++
	}
	for _, kind := range order {
		out.Lines = append(out.Lines, Line{Label: w.T("kinds." + kind.String()), Value: w.Count(count[kind])})
	}
	out.Total = w.N("travel.total", plan.Changes, w.N("travel.records", len(plan.Records)))
	if plan.OnlyHere > 0 {
		out.OnlyHere = w.N("travel.only_here", plan.OnlyHere)
		return out
	}
	out.Kept = w.T("travel.kept", filepath.Base(plan.Backup.Path), app.DateFull(plan.Backup.At.Local().Format("2006-01-02"), w))
	return out
}
