package present

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"testing"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/data/search"
)

// workOffice is a small office in memory, so that these tests say what a
// screen shows without keys or disk. It folds as the real one does: a change
// sets fields and adds entries, never takes one away.
type workOffice struct {
	data.API

	now  time.Time
	info data.Info
	all  map[record.ID]*record.Record
	said []data.Change
	fail error // answers the next Edit
	next int
	lone bool
}

// workNow runs everything at once.
type workNow struct{}

func (workNow) Go(work func())   { work() }
func (workNow) Back(show func()) { show() }

func workID(name string) record.ID {
	h := sha256.Sum256([]byte(name))
	return record.ID(h[:16])
}

func newWorkOffice() *workOffice {
	return &workOffice{
		now:  time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC),
		info: data.Info{Office: "Defensa Pública Guayas", OfficeID: workID("office"), City: "Guayaquil", Name: "Ximena Cañarte", Role: "lawyer", Device: workID("device")},
		all:  map[record.ID]*record.Record{},
	}
}

func (o *workOffice) env(t *testing.T) Env {
	t.Helper()
	w, err := assets.LoadWords(assets.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	return Env{API: o, Words: w, Run: workNow{}}
}

func (o *workOffice) put(kind record.Kind, name string, set map[string]string, add ...data.Addition) record.ID {
	id := workID(name)
	o.apply(data.Change{Record: id, Kind: kind, Set: set, Add: add})
	return id
}

func (o *workOffice) apply(c data.Change) {
	r := &record.Record{ID: c.Record, Kind: c.Kind, Values: map[string][]record.Val{}, Created: o.now}
	if old := o.all[c.Record]; old != nil {
		r = &record.Record{ID: old.ID, Kind: old.Kind, Values: maps.Clone(old.Values), Entries: slices.Clone(old.Entries), Created: old.Created}
	}
	for k, v := range c.Set {
		r.Values[k] = []record.Val{{Text: v, By: o.info.Name, At: o.now}}
	}
	for _, a := range c.Add {
		o.next++
		r.Entries = append(r.Entries, record.Entry{ID: workID("entry" + string(rune('0'+o.next))), Kind: a.Kind, Values: a.Values, Order: uint64(o.next), At: o.now, By: o.info.Name})
	}
	o.all[c.Record] = r
}

func (o *workOffice) Info() data.Info { return o.info }
func (o *workOffice) Now() time.Time  { return o.now }

func (o *workOffice) Edit(_ context.Context, changes ...data.Change) ([]data.Receipt, error) {
	if o.fail != nil {
		return nil, o.fail
	}
	var out []data.Receipt
	for _, c := range changes {
		if c.Record.IsZero() {
			o.next++
			c.Record = workID("new" + string(rune('0'+o.next)))
		}
		o.said = append(o.said, c)
		o.apply(c)
		out = append(out, data.Receipt{ID: c.Record})
	}
	return out, nil
}

func (o *workOffice) Get(_ context.Context, id record.ID) (*record.Record, error) {
	if r := o.all[id]; r != nil {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, "get", "record_not_found")
}

func (o *workOffice) of(kind record.Kind) []*record.Record {
	var out []*record.Record
	for _, r := range o.all {
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *record.Record) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return out
}

func (o *workOffice) Links(_ context.Context, id record.ID, kind record.Kind) ([]*record.Record, error) {
	var out []*record.Record
	for _, r := range o.of(kind) {
		for _, f := range record.SchemaOf(kind).Fields {
			if (f.Type == record.Ref || f.Type == record.Refs) && slices.Contains(r.List(f.Name), id.String()) {
				out = append(out, r)
				break
			}
		}
	}
	return out, nil
}

func (o *workOffice) Each(_ context.Context, kind record.Kind, do func(*record.Record) error) error {
	if o.fail != nil {
		return o.fail
	}
	for _, r := range o.of(kind) {
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

func (o *workOffice) Row(id record.ID) (search.Row, bool) {
	r := o.all[id]
	if r == nil {
		return search.Row{}, false
	}
	row := search.Row{
		ID: id, Kind: r.Kind, Given: r.Get("given_names"), Paternal: r.Get("paternal_surname"), Maternal: r.Get("maternal_surname"),
		Title: r.Get("name"), Paper: r.Get("cedula"), Born: r.Get("birth"),
	}
	if r.Kind == record.Detainee {
		s := rule.Conclude(r)
		row.Life, row.Release, row.Facility, row.Wing = s.Life, s.Release, s.Facility, s.Wing
		if len(s.Contradictions) > 0 {
			row.Flags |= search.Contradicted
		}
	}
	return row, true
}

func (o *workOffice) Count(kind record.Kind) int { return len(o.of(kind)) }

func (o *workOffice) List(_ context.Context, q data.ListQuery) (*search.Result, error) {
	x := search.New()
	for id := range o.all {
		if row, _ := o.Row(id); q.Flag == 0 || row.Flags&q.Flag != 0 {
			x.Put(row)
		}
	}
	return x.Find(search.Query{}), nil
}

func (o *workOffice) Timeline(context.Context, record.ID) ([]data.Moment, error) { return nil, nil }
func (o *workOffice) Watch(context.Context) <-chan data.Event                    { return nil }
func (o *workOffice) Import(context.Context, string, func() (*data.ImportRow, error), func(int)) (data.ImportCount, []data.Refusal, error) {
	return data.ImportCount{}, nil, nil
}

// family is a man whose sentence ends in fifteen days, his mother, his case of
// release and his brother who died.
func (o *workOffice) family() (person, work record.ID) {
	person = o.put(record.Detainee, "ivan", map[string]string{
		"given_names": "Iván Andrés", "paternal_surname": "Vera", "maternal_surname": "Quishpe", "cedula": "1714307103", "birth": "1998-05-03",
		"legal_status": "sentenced", "detained_on": "2024-12-06", "penalty_months": "24", "credited_days": "0", "process_number": "09281-2024-01234",
	}, data.Addition{Kind: record.Claim, Values: map[string]string{
		"status": "detained", "facility": "CPL Guayas N°1", "wing": "5", "source": "Lista del SNAI", "source_kind": "official_list", "when": "2026-11-10",
	}})
	mother := o.put(record.Contact, "rosa", map[string]string{"given_names": "Rosa Elena", "paternal_surname": "Quishpe", "maternal_surname": "Guamán", "identity_verified_on": "2026-11-19"})
	o.put(record.Relationship, "tie", map[string]string{"contact": mother.String(), "detainee": person.String(), "kinship": "mother"})
	work = o.put(record.Case, "case", map[string]string{
		"detainee": person.String(), "type": "release", "number": "L-2026-014", "state": "open", "assigned_to": "Ximena Cañarte",
		"pathway": "end_of_sentence", "step": "filed", "next_step": "Llamar al juzgado", "next_step_due": "2026-11-19",
		"papers_held": "Verificación de identidad", "papers_missing": "Boleta de excarcelación",
	}, data.Addition{Kind: record.Step, Values: map[string]string{"step": "screened", "when": "2026-11-02", "who": "Luis Mora"}},
		data.Addition{Kind: record.Step, Values: map[string]string{"step": "filed", "when": "2026-11-12T09:15", "who": "Ximena Cañarte", "note": "Ventanilla 3"}})
	return person, work
}

func (o *workOffice) NeedsSecond(string) bool { return false }

// Proposals implements Deciding: nothing waits in an office of one.
func (o *workOffice) Proposals(context.Context, bool) ([]data.Proposal, error) { return nil, nil }

func (o *workOffice) MayApprove() []string { return nil }

func (o *workOffice) LoneCoordinator() bool { return o.lone }
