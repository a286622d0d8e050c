package present

import (
	"context"
	"slices"
	"strings"

	"paradero/data/record"
)

// IncidentRow is one row of the list of incidents.
type IncidentRow struct {
	ID   record.ID
	Name string
	Line string // kind, facility, day
	Chip Chip   // state of emergency; empty text when there is none
}

type incidentItem struct {
	row        IncidentRow
	started    string
	searchable string
}

// Incidents is the list of incidents, the newest first.
type Incidents struct {
	State   State
	Failure Failure
	Text    string
	Count   string

	env    Env
	ctx    context.Context
	all    []incidentItem
	rows   []IncidentRow
	known  bool
	latest *Latest[[]incidentItem]
	shown  func()
}

// NewIncidents makes the list. shown is called on the screen's goroutine
// whenever there is something new to draw.
func NewIncidents(ctx context.Context, env Env, shown func()) *Incidents {
	return &Incidents{env: env, ctx: ctx, shown: shown, latest: NewLatest[[]incidentItem](env.Run)}
}

// Load reads the incidents again.
func (l *Incidents) Load() {
	l.latest.Ask(l.ctx, l.gather, func(all []incidentItem, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			l.State, l.Failure = Failed, failure(l.env.Words, err)
			l.shown()
		default:
			l.all, l.known = all, true
			l.narrow()
		}
	})
}

func (l *Incidents) gather(ctx context.Context) ([]incidentItem, error) {
	var all []incidentItem
	w := l.env.Words
	err := l.env.API.Each(ctx, record.Incident, func(r *record.Record) error {
		if r.Deleted {
			return nil
		}
		it := incidentItem{started: r.Get("started")}
		it.row = IncidentRow{ID: r.ID, Name: titleOf(w, r)}
		it.row.Line = dot(optionLabel(w, record.Incident, "kind_of", r.Get("kind_of")), r.Get("facility"), dateText(w, it.started))
		if em := emergencyOf(l.env, r); em != nil {
			it.row.Chip = Chip{Text: w.T("incidents.emergency"), Tone: em.Chip.Tone}
		}
		it.searchable = record.Plain(it.row.Name + " " + it.row.Line)
		all = append(all, it)
		return nil
	})
	slices.SortStableFunc(all, func(a, b incidentItem) int { return strings.Compare(b.started, a.started) })
	return all, err
}

// Type takes the text of the search field, at every key.
func (l *Incidents) Type(text string) {
	l.Text = text
	if l.known {
		l.narrow()
	}
}

func (l *Incidents) narrow() {
	words := strings.Fields(record.Plain(l.Text))
	l.rows = nil
	for _, it := range l.all {
		if holdsAll(it.searchable, words) {
			l.rows = append(l.rows, it.row)
		}
	}
	l.Count = l.env.Words.N("incidents.count", len(l.rows))
	l.State = Ready
	if len(l.rows) == 0 {
		l.State = NoMatch
		if len(l.all) == 0 {
			l.State = Empty
		}
	}
	l.shown()
}

// Len is how many rows are shown.
func (l *Incidents) Len() int { return len(l.rows) }

// Row gives one row.
func (l *Incidents) Row(i int) IncidentRow {
	if i < 0 || i >= len(l.rows) {
		return IncidentRow{}
	}
	return l.rows[i]
}

// Index finds the place of an incident in the list, -1 when it is not shown.
func (l *Incidents) Index(id record.ID) int {
	return slices.IndexFunc(l.rows, func(r IncidentRow) bool { return r.ID == id })
}

// Drop forgets what is under way.
func (l *Incidents) Drop() { l.latest.Drop() }
