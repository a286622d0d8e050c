package data

import (
	"context"
	"errors"
	"io"
	"slices"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/match"
	"paradero/data/record"
	"paradero/data/store"
)

// inFlight is how many batches an import keeps on their way to the disk, so
// that preparing, writing and folding go on side by side.
const inFlight = 3

// Import takes in the rows of a list. Each row is one change by the list; rows
// come from next until io.EOF. acked is told how many rows are durable after
// each fsync. Bringing the same list in again changes nothing, and never
// undoes what somebody has edited since (DESIGN §3). Cancelling stops between
// rows; what was acknowledged stays.
func (o *Office) Import(ctx context.Context, list string, next func() (*ImportRow, error), acked func(done int)) (ImportCount, []Refusal, error) {
	if list = record.CleanLine(list); list == "" {
		return ImportCount{}, nil, fault.New(fault.Invalid, "import", "list_name_missing")
	}
	select { // one at a time: two that made the same new record would make all it says twice
	case o.imports <- struct{}{}:
		defer func() { <-o.imports }()
	case <-ctx.Done():
		return ImportCount{}, nil, fault.Wrap(ctx.Err(), fault.Cancelled, "import", "cancelled")
	}
	im := &importing{office: o, list: list, acked: acked, seen: map[string]int{}, pending: map[record.ID]bool{}, spoken: map[record.ID]bool{}, papers: map[record.Kind]map[string][]record.ID{}, named: map[record.ID]match.Name{}}
	if acked == nil {
		im.acked = func(int) {}
	}
	err := im.run(ctx, next)
	if werr := im.settle(); err == nil {
		err = werr
	}
	o.flush()
	return im.count, im.refusals, err
}

// importing is one import under way.
type importing struct {
	office   *Office
	list     string
	acked    func(int)
	count    ImportCount
	refusals []Refusal
	seen     map[string]int // identity without paper → occurrences so far
	pending  map[record.ID]bool
	spoken   map[record.ID]bool // whom a row of this import spoke of
	papers   map[record.Kind]map[string][]record.ID
	named    map[record.ID]match.Name // records that this import made
	chunk    []*prepared
	size     int
	rows     int // rows behind the chunk's end
	durable  int
	flying   []flight
	failed   bool // a batch was not written: what comes behind it is not told as durable
}

// flight is a batch on its way to the disk and the row count behind it.
type flight struct {
	done chan outcome
	rows int
}

func (im *importing) run(ctx context.Context, next func() (*ImportRow, error)) error {
	for {
		if err := ctx.Err(); err != nil {
			return errors.Join(im.send(context.WithoutCancel(ctx)), fault.Wrap(err, fault.Cancelled, "import", "cancelled"))
		}
		row, err := next()
		if errors.Is(err, io.EOF) {
			return im.send(ctx)
		}
		if err != nil {
			return errors.Join(im.send(ctx), err)
		}
		if err := im.take(context.WithoutCancel(ctx), row); err != nil { // stops between rows only
			return err
		}
	}
}

// take adds one row to the chunk.
func (im *importing) take(ctx context.Context, row *ImportRow) error {
	id, err := im.identify(row)
	if err != nil {
		return im.refuse(row, err)
	}
	if im.pending[id] { // named twice in one list: the second compares with the first
		if err := im.wait(ctx); err != nil {
			return err
		}
	}
	p, fresh, err := im.prepare(id, row)
	if err != nil {
		return im.refuse(row, err)
	}
	unchanged := len(p.change.Fields) == 0 && len(p.change.Entries) == 0
	// The full chunk goes before this row counts, or its acknowledgement would
	// cover a row that is not in it.
	if !unchanged && (len(im.chunk) == ledger.MaxChanges || im.size+p.size > batchRoom) {
		if err := im.send(ctx); err != nil {
			return err
		}
	}
	im.rows++
	im.spoken[id] = true
	switch {
	case unchanged:
		im.count.Unchanged++
		return nil
	case fresh:
		im.count.Imported++
		im.remember(row, id)
	default:
		im.count.Updated++
	}
	im.chunk, im.size = append(im.chunk, p), im.size+p.size
	im.pending[id] = true
	return nil
}

// refuse notes why a row was not taken; what is no fault of the row is an error.
func (im *importing) refuse(row *ImportRow, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Invalid && f.Code != fault.Refused && f.Code != fault.NotFound {
		return err
	}
	im.rows++
	im.count.Refused++
	problems := f.Problems
	if len(problems) == 0 {
		problems = []fault.Problem{{Key: f.Key, Args: f.Args}}
	}
	for _, p := range problems {
		im.refusals = append(im.refusals, Refusal{Row: row.Row, Column: p.Field, Whole: true, Problem: p})
	}
	return nil
}

// prepare makes a row's change against what its list last said of that record.
func (im *importing) prepare(id record.ID, row *ImportRow) (p *prepared, fresh bool, err error) {
	c := &Change{Record: id, Kind: row.Kind, List: im.list, Set: row.Values, checked: true}
	schema := record.SchemaOf(row.Kind)
	s, err := im.known(row.Kind, id)
	if isMissing(err) {
		if schema.Entry {
			return nil, false, fault.New(fault.NotFound, "import", "not_found", id.String())
		}
		c.Add = im.additions(nil, row)
		p, err = im.office.prepareNew(id, row.Kind, c)
		return p, true, err
	}
	if err != nil {
		return nil, false, err
	}
	if s.Deleted() || im.office.away.has(id) { // a list brings nobody back whom somebody took away
		return &prepared{change: ledger.Change{Record: id}}, false, nil
	}
	if s.Later {
		return nil, false, fault.New(fault.Newer, "import", "record_newer")
	}
	if schema.Entry {
		c.Kind, c.Set = s.Kind, nil
	} else {
		c.Set = im.news(s, schema, row.Values)
	}
	c.Add = im.additions(s, row)
	p, err = im.office.build(s, fold.View(s, im.office.names.get), listSeen{s, im.list}, c)
	return p, false, err
}

// known reads a record's state, or store.ErrMissing.
func (im *importing) known(kind record.Kind, id record.ID) (*fold.State, error) {
	im.office.use.RLock()
	absent := im.office.absent(kind, id)
	im.office.use.RUnlock()
	if absent {
		return nil, store.ErrMissing
	}
	s, _, err := im.office.readState(id)
	return s, err
}

// news gives the values that differ from what the list said last time. Where
// it repeats what is known, in its own spelling, the known text stays, and that
// the list said so too is kept: or the next import would undo a later edit.
func (im *importing) news(s *fold.State, schema *record.Schema, values map[string]string) map[string]string {
	set := map[string]string{}
	for name, text := range values {
		f, ok := schema.Field(name)
		if !ok || f.Concluded || text == "" {
			continue
		}
		same, spoke := s.ListSaid(im.list, f.Num, text)
		if same || spoke && im.spoken[s.ID] {
			continue // a second row about one person only adds: or each import would turn him over and back
		}
		vals := s.Vals(f.Num)
		if i := slices.IndexFunc(vals, func(v fold.Val) bool {
			return s.Origins[v.Origin].List != im.list && record.Plain(v.Text) == record.Plain(text)
		}); i >= 0 {
			text = vals[i].Text
		}
		if name == "age" && len(s.Vals(birthNum(schema))) > 0 {
			continue
		}
		set[name] = text
	}
	return set
}

func birthNum(schema *record.Schema) uint16 {
	if f, ok := schema.Field("birth"); ok {
		return f.Num
	}
	return 0
}

// listSeen replaces only what the same list said: it has not seen what people
// wrote since, so both stand side by side.
type listSeen struct {
	state *fold.State
	list  string
}

// Replaces implements record.Seen.
func (l listSeen) Replaces(num uint16) []record.Write {
	var out []record.Write
	for _, v := range l.state.Vals(num) {
		if o := &l.state.Origins[v.Origin]; o.List == l.list || v.Text == "" {
			out = append(out, o.Write)
		}
	}
	return out
}

// additions gives the row's claims, notes and entries that its list has not
// already said.
func (im *importing) additions(s *fold.State, row *ImportRow) []Addition {
	var adds []Addition
	add := func(kind record.Kind, values map[string]string) {
		if s == nil || !im.saidBefore(s, kind, values) {
			adds = append(adds, Addition{Kind: kind, Values: values})
		}
	}
	for _, claim := range row.Claims {
		add(record.Claim, claim)
	}
	for _, note := range row.Notes {
		add(record.Note, map[string]string{"text": note})
	}
	if schema := record.SchemaOf(row.Kind); schema.Entry {
		add(row.Kind, row.Values)
	}
	return adds
}

// saidBefore tells whether the list's latest entry of a kind that speaks of the
// same matter says the same; for kinds that are counted or noted, whether any does.
func (im *importing) saidBefore(s *fold.State, kind record.Kind, values map[string]string) bool {
	schema := record.SchemaOf(kind)
	for i := len(s.Entries) - 1; i >= 0; i-- {
		e := &s.Entries[i]
		if e.Kind != kind || s.Origins[e.Origin].List != im.list {
			continue
		}
		same := true
		for j := range schema.Fields {
			f := &schema.Fields[j]
			want := values[f.Name]
			if f.Name == "facility" {
				want = im.office.places.name(want)
			}
			if want != "" && want != entryText(e, f.Num) {
				same = false
			}
		}
		if same {
			return true
		}
	}
	return false
}

func entryText(e *fold.Entry, num uint16) string {
	for _, v := range e.Values {
		if v.Num == num {
			return v.Text
		}
	}
	return ""
}

// send hands the chunk to the committer and waits for the oldest flight when
// too many are in the air.
func (im *importing) send(ctx context.Context) error {
	if len(im.chunk) > 0 {
		j := &job{done: make(chan outcome, 1), bulk: true, size: im.size, changes: make([]ledger.Change, len(im.chunk))}
		for i, p := range im.chunk {
			j.changes[i] = p.change
		}
		if err := im.office.hand(ctx, j); err != nil {
			return err
		}
		im.flying = append(im.flying, flight{j.done, im.rows})
		im.chunk, im.size = nil, 0
	}
	for len(im.flying) >= inFlight {
		if err := im.land(); err != nil {
			return err
		}
	}
	return nil
}

// land waits for the oldest flight.
func (im *importing) land() error {
	f := im.flying[0]
	im.flying = im.flying[1:]
	out := <-f.done
	im.failed = im.failed || out.err != nil
	if im.failed {
		return out.err
	}
	im.durable = f.rows
	im.acked(im.durable)
	return nil
}

// settle waits for all flights.
func (im *importing) settle() error {
	var first error
	for len(im.flying) > 0 {
		if err := im.land(); first == nil {
			first = err
		}
	}
	if !im.failed && im.rows > im.durable && len(im.chunk) == 0 {
		im.acked(im.rows) // the last rows changed nothing
	}
	return first
}

// wait makes everything sent so far visible to the next comparison.
func (im *importing) wait(ctx context.Context) error {
	if err := im.send(ctx); err != nil {
		return err
	}
	for len(im.flying) > 0 {
		if err := im.land(); err != nil {
			return err
		}
	}
	im.office.flush()
	im.pending = map[record.ID]bool{}
	return nil
}
