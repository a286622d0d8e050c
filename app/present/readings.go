package present

import (
	"context"
	"slices"
	"strings"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// Auditing is an office that keeps who read, printed or exported what.
type Auditing interface {
	Readings(ctx context.Context, f data.ReadingFilter) ([]data.Reading, error)
	MayReadings() bool
}

var _ Auditing = (*data.Office)(nil)

// Readings is the page of who read, printed or exported what is sensitive, for
// those who answer for the team.
type Readings struct {
	State   State // Empty: nothing was noted yet; NoMatch: nothing of what is asked for
	Failure Failure
	Rows    []ReadingRow // newest first
	People  []Option     // members by whom to narrow it
	Count   string
	More    string // that older ones are not shown; "" when all are

	env    Env
	ctx    context.Context
	ask    data.ReadingFilter
	text   string // what the name is to hold
	about  string // the name of the record that it is narrowed to
	all    []ReadingRow
	latest *Latest[*readingsData]
	shown  func()
}

// ReadingRow is one line in words.
type ReadingRow struct {
	When   string
	By     string
	What   Chip
	Of     string // the record's name, the list, the paper
	Kind   string
	Detail string // a paper's number, a list's filter and how many
	Why    string
	Device string
	Record record.ID // zero: it is about no single record
	Opens  record.Kind

	plain string // what is searched
}

type readingsData struct {
	rows   []ReadingRow
	people []Option
	more   bool
}

// mostReadings is how many are shown: whoever wants older ones asks for a period.
const mostReadings = 5000

// NewReadings makes the page; Load fills it.
func NewReadings(ctx context.Context, env Env, shown func()) *Readings {
	return &Readings{env: env, ctx: ctx, shown: shown, latest: NewLatest[*readingsData](env.Run)}
}

// Load reads again; what is on the screen stays meanwhile.
func (r *Readings) Load() {
	ask := r.ask
	r.latest.Ask(r.ctx, func(ctx context.Context) (*readingsData, error) { return readReadings(ctx, r.env, ask) },
		func(d *readingsData, err error) {
			switch {
			case isCancelled(err):
				return
			case err != nil:
				r.State, r.Failure = Failed, failure(r.env.Words, err)
			default:
				r.all, r.People = d.rows, d.people
				r.More = ""
				if d.more {
					r.More = r.env.Words.T("readings.more", r.env.Words.Count(mostReadings))
				}
				r.narrow()
			}
			r.shown()
		})
}

// Drop forgets what is under way.
func (r *Readings) Drop() { r.latest.Drop() }

// About narrows it to one record, the zero id to none.
func (r *Readings) About(id record.ID) {
	r.ask.Record, r.about = id, ""
	if !id.IsZero() {
		r.about = refName(r.env, id)
	}
	r.Load()
}

// Of is the name of the record that it is narrowed to; "" when it is to none.
func (r *Readings) Of() string { return r.about }

// By narrows it to a member, "" to none.
func (r *Readings) By(member string) {
	r.ask.Member, _ = record.ParseID(member)
	r.Load()
}

// What narrows it to what was done, one of record's Access constants; "" to nothing.
func (r *Readings) What(what string) {
	r.ask.What = what
	r.Load()
}

// Between narrows it to a period; either end may be "". It gives what is wrong with
// what was typed.
func (r *Readings) Between(since, until string) (sinceProblem, untilProblem string) {
	from, sinceProblem := r.edge(since, false)
	to, untilProblem := r.edge(until, true)
	if sinceProblem == "" && untilProblem == "" {
		r.ask.Since, r.ask.Until = from, to
		r.Load()
	}
	return sinceProblem, untilProblem
}

func (r *Readings) edge(typed string, end bool) (time.Time, string) {
	if strings.TrimSpace(typed) == "" {
		return time.Time{}, ""
	}
	canonical, at, problem := readingDay(r.env, typed)
	if problem != "" || end {
		return at, problem
	}
	first := canonical + "0000-01-01"[min(len(canonical), 10):] // a month begins on its first day
	from, err := time.ParseInLocation(time.DateOnly, first[:10], r.env.API.Now().Location())
	if err != nil {
		return at, ""
	}
	return from, ""
}

// ReadingDay reads what was typed as an end of the period, for the line under the
// field: an empty one is none, and one that is still to come is no mistake.
func ReadingDay(env Env, typed string) (full, problem string) {
	if strings.TrimSpace(typed) == "" {
		return "", ""
	}
	canonical, _, problem := readingDay(env, typed)
	if problem != "" {
		return "", problem
	}
	return dateFull(env.Words, canonical), ""
}

func readingDay(env Env, typed string) (canonical string, last time.Time, problem string) {
	return typedDay(env, record.Task, "due", typed)
}

// Search narrows it to what bears a text in its name.
func (r *Readings) Search(text string) {
	r.text = record.Plain(strings.TrimSpace(text))
	if r.State != Loading && r.State != Failed {
		r.narrow()
		r.shown()
	}
}

// Narrowed tells whether anything is left out.
func (r *Readings) Narrowed() bool {
	return r.text != "" || r.ask != data.ReadingFilter{}
}

// Clear asks for all again.
func (r *Readings) Clear() {
	r.ask, r.text, r.about = data.ReadingFilter{}, "", ""
	r.Load()
}

func (r *Readings) narrow() {
	r.Rows = r.all
	if r.text != "" {
		r.Rows = nil
		for _, row := range r.all {
			if strings.Contains(row.plain, r.text) {
				r.Rows = append(r.Rows, row)
			}
		}
	}
	r.Count = r.env.Words.N("readings.count", len(r.Rows))
	switch {
	case len(r.Rows) > 0:
		r.State = Ready
	case r.Narrowed():
		r.State = NoMatch
	default:
		r.State = Empty
	}
}

func readReadings(ctx context.Context, env Env, ask data.ReadingFilter) (*readingsData, error) {
	d := &readingsData{}
	o, ok := env.API.(Auditing)
	if !ok {
		return d, nil
	}
	ask.Limit = mostReadings + 1
	list, err := o.Readings(ctx, ask)
	if err != nil {
		return nil, err
	}
	if d.more = len(list) > mostReadings; d.more {
		list = list[:mostReadings]
	}
	devices := map[record.ID]string{}
	for i := range list {
		row, of := readingRow(env, &list[i]), list[i].Device
		name, known := devices[of]
		if !known {
			if name = env.API.DeviceName(ctx, of); name == "" {
				name = env.Words.T("sync.device.nameless", of.String()[:6])
			}
			devices[of] = name
		}
		row.Device = name
		d.rows = append(d.rows, row)
	}
	people, err := circlePeople(ctx, env)
	for _, p := range people {
		d.people = append(d.people, Option{Value: p.ID.String(), Label: p.Name})
	}
	return d, err
}

func readingRow(env Env, of *data.Reading) ReadingRow {
	w := env.Words
	row := ReadingRow{
		When: stamp(w, of.At), By: of.By, Kind: readingKind(env, of), Detail: of.Detail,
		What: Chip{w.T("readings.what." + of.What), Grey}, Why: of.Why,
	}
	if of.What != record.AccessRead {
		row.What.Tone = Accent
	}
	if key := "readings.why." + of.Why; of.Why != "" && w.Has(key) {
		row.Why = w.T(key)
	}
	if of.Count > 0 {
		row.Detail = dot(row.Detail, w.N("readings.lines", of.Count))
	}
	row.Of = row.Kind
	if !of.Record.IsZero() {
		row.Of = w.T("readings.gone", row.Kind)
		if found, ok := env.API.Row(of.Record); ok {
			row.Of, row.Record, row.Opens = listName(w, found), of.Record, found.Kind
		}
	}
	row.plain = record.Plain(strings.Join([]string{row.Of, row.Kind, row.Detail}, " "))
	return row
}

// readingKind names a kind of record, of paper or of list.
func readingKind(env Env, r *data.Reading) string {
	w, of := env.Words, r.Of
	if key := "kinds." + of; r.What == record.AccessExport && w.Has(key) {
		return w.T(key) // a list is of many
	}
	if slices.Contains(record.DocumentKinds, of) {
		return optionLabel(w, record.Document, "kind", of)
	}
	for _, key := range []string{"readings.kind." + of, "kind." + of} {
		if w.Has(key) {
			return w.T(key)
		}
	}
	return of
}
