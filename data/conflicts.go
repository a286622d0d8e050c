package data

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/data/search"
)

// What a contradiction is between.
const (
	BetweenValues   = "values"              // two values of a critical field
	BetweenClaims   = "claims"              // claims that cannot all be true
	BetweenMerged   = "merged"              // a claim about a merged record, and the one it was merged into
	BetweenDeletion = "edited_after_delete" // one took the record away while another wrote in it
)

// fieldDeleted is the name by which a deletion is spoken of as a field.
const fieldDeleted = "deleted"

// Contradiction is what two said of one matter and cannot both hold, until a
// person decides with a reason.
type Contradiction struct {
	Record record.ID
	Kind   record.Kind
	Field  string
	Why    string // words: "contradiction.<why>"; of a field also "critical.<field>.why"
	Flag   string // one of the above
	Sides  []Side // those that may be chosen, the shown one first
	Since  time.Time
}

// Side is one of those who contradict each other.
type Side struct {
	Text       string // the value as it is stored; of a deletion "deleted", "edited" or "restored"
	Fields     []string
	Write      record.Write
	Entry      record.ID // of a claim
	Record     record.ID // where it stands, when not in the contradiction's own record
	At         time.Time
	By         string
	Device     record.ID
	DeviceName string
	Source     string
	When       string // of a claim: when it was true by its source
	List       string
}

// Contradictions gives all that are open in the office, newest first. It reads
// only the records that are marked as contradicted.
func (o *Office) Contradictions(ctx context.Context) ([]Contradiction, error) {
	const op = "read contradictions"
	ids, err := o.contradicted(ctx, op)
	if err != nil {
		return nil, err
	}
	var out []Contradiction
	for _, id := range ids {
		list, err := o.contradictionsOf(ctx, op, id)
		if fault.Is(err, fault.NotFound) {
			continue // taken away meanwhile
		}
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	out = append(append(out, o.mergeCircles(ctx)...), o.saidOfMerged(ctx)...)
	names := map[record.ID]string{}
	for i := range out {
		for k := range out[i].Sides {
			s := &out[i].Sides[k]
			name, ok := names[s.Device]
			if !ok {
				name = o.DeviceName(ctx, s.Device)
				names[s.Device] = name
			}
			s.DeviceName = name
			if s.At.After(out[i].Since) {
				out[i].Since = s.At
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Contradiction) int {
		return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.Record.String(), b.Record.String()), cmp.Compare(a.Field, b.Field))
	})
	return out, nil
}

// contradicted gives the records that have a contradiction by their rows.
func (o *Office) contradicted(ctx context.Context, op string) ([]record.ID, error) {
	var kinds []record.Kind
	for _, s := range record.Kinds() {
		if !s.Entry && listed(s.Kind) {
			kinds = append(kinds, s.Kind)
		}
	}
	var ids []record.ID
	for _, flag := range []uint32{search.Contradicted, search.Contradicted | search.Hidden} {
		rows := o.rows().Find(search.Query{Kinds: kinds, Flag: flag})
		for i := range rows.Len() {
			ids = append(ids, rows.ID(i))
		}
	}
	if err := o.enter(op); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	quiet, err := o.quiet.all(ctx, o)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, op, "store_damaged")
	}
	return append(ids, quiet...), nil
}

// contradictionsOf gives the contradictions of one record, without the names of
// devices.
func (o *Office) contradictionsOf(ctx context.Context, op string, id record.ID) ([]Contradiction, error) {
	if err := ctx.Err(); err != nil {
		return nil, fault.Wrap(err, fault.Cancelled, op, "cancelled")
	}
	s, _, err := o.readState(id)
	if isMissing(err) {
		return nil, fault.New(fault.NotFound, op, "not_found", id.String())
	}
	if err != nil {
		return nil, err
	}
	r := fold.View(s, o.names.get)
	if r.Deleted {
		return nil, fault.New(fault.NotFound, op, "not_found", id.String())
	}
	out := Contradicted(r)
	for i := range out {
		for k := range out[i].Sides {
			if author, err := record.ParseID(out[i].Sides[k].By); err == nil {
				out[i].Sides[k].By = o.names.get(author)
			}
		}
	}
	return out, nil
}

// Contradicted gives the contradictions that stand in a record, without the
// names of devices: also of a record as it was.
func Contradicted(r *record.Record) []Contradiction {
	out := betweenClaims(r)
	for _, field := range rule.FieldContradictions(r) {
		c := Contradiction{Record: r.ID, Kind: r.Kind, Field: field, Why: "two_values", Flag: BetweenValues}
		for _, v := range r.Values[field] {
			c.Sides = append(c.Sides, Side{Text: v.Text, Write: v.Write, At: v.At, By: v.By, Device: v.Device, Source: v.By, List: v.List})
		}
		out = append(out, c)
	}
	if r.EditedAfterDelete {
		out = append(out, betweenDeletion(r))
	}
	for i := range out {
		for _, s := range out[i].Sides {
			if s.At.After(out[i].Since) {
				out[i].Since = s.At
			}
		}
	}
	return out
}

// betweenClaims gathers the pairs of claims of each matter into one contradiction.
func betweenClaims(r *record.Record) []Contradiction {
	if r.Kind != record.Detainee {
		return nil
	}
	var out []Contradiction
	for _, pair := range rule.Conclude(r).Contradictions {
		i := slices.IndexFunc(out, func(c Contradiction) bool { return c.Field == pair.Field })
		if i < 0 {
			i = len(out)
			out = append(out, Contradiction{Record: r.ID, Kind: r.Kind, Field: pair.Field, Why: pair.Why, Flag: BetweenClaims})
		}
		for _, e := range []*record.Entry{&pair.A, &pair.B} {
			if !slices.ContainsFunc(out[i].Sides, func(s Side) bool { return s.Entry == e.ID }) {
				out[i].Sides = append(out[i].Sides, claimSide(e, pair.Field))
			}
		}
	}
	return out
}

func claimSide(e *record.Entry, field string) Side {
	text := rule.Proven(e)
	if field == "facility" {
		text = e.Get("facility")
	}
	return Side{
		Text: text, Write: e.Write, Entry: e.ID, At: e.At, By: e.By, Device: e.Device,
		Source: cmp.Or(e.Get("source"), e.List, e.By), When: e.Get("when"), List: e.List,
	}
}

// betweenDeletion tells who took the record away and who wrote in it meanwhile.
func betweenDeletion(r *record.Record) Contradiction {
	c := Contradiction{Record: r.ID, Kind: r.Kind, Field: fieldDeleted, Why: BetweenDeletion, Flag: BetweenDeletion}
	s, ok := r.Seen.(*fold.State)
	if !ok {
		return c
	}
	// Who wrote is named by his id until his name is put in its place.
	by := func(o *fold.Origin) string { return cmp.Or(o.List, o.Author.String()) }
	side := func(text string, at int) Side {
		o := &s.Origins[at]
		return Side{Text: text, Write: o.Write, At: o.When(), By: by(o), Device: o.Device, Source: o.List, List: o.List}
	}
	away, edits := s.Unseen()
	for _, v := range away {
		c.Sides = append(c.Sides, side("deleted", v.Origin))
	}
	for _, at := range edits {
		e := side("edited", at)
		for i := range s.Cells {
			for _, v := range s.Cells[i].Vals {
				switch {
				case v.Origin != at:
				case s.Cells[i].Num == ledger.FieldDeleted:
					e.Text = "restored"
				default:
					e.Fields = append(e.Fields, fieldName(s.Kind, s.Cells[i].Num))
				}
			}
		}
		for _, entry := range s.Entries {
			if entry.Origin == at && !slices.Contains(e.Fields, entry.Kind.String()) {
				e.Fields = append(e.Fields, entry.Kind.String())
			}
		}
		c.Sides = append(c.Sides, e)
	}
	return c
}

// mergeCircles gives the merges that run in a circle: two who at the same time
// merged each other's record.
func (o *Office) mergeCircles(ctx context.Context) []Contradiction {
	var out []Contradiction
	for _, circle := range o.merges.circles() {
		c := Contradiction{Record: circle[0], Field: "merged_into", Why: "merge_circle", Flag: BetweenValues}
		for _, id := range circle {
			r, err := o.Get(ctx, id)
			if err != nil || len(r.Values["merged_into"]) == 0 {
				continue
			}
			v := r.Values["merged_into"][0]
			c.Kind = r.Kind
			c.Sides = append(c.Sides, Side{Text: v.Text, Record: id, Write: v.Write, At: v.At, By: v.By, Device: v.Device, Source: v.By})
			if v.At.After(c.Since) {
				c.Since = v.At
			}
		}
		if len(c.Sides) > 1 {
			out = append(out, c)
		}
	}
	return out
}

// saidOfMerged gives the lives that were said of a merged record since the
// merge and are not those of the one it was merged into: news about one person
// under his other name. Nothing crosses by itself; a person writes the claim
// down where it belongs, or ends the merge.
func (o *Office) saidOfMerged(ctx context.Context) []Contradiction {
	var out []Contradiction
	for id, keep := range o.merges.all() {
		m, err := o.Get(ctx, id)
		if err != nil || m.Kind != record.Detainee || len(m.Values["merged_into"]) == 0 {
			continue
		}
		k, err := o.Get(ctx, keep)
		if err != nil {
			continue
		}
		theirs, own := rule.Conclude(m), rule.Conclude(k)
		news := theirs.LifeClaim != nil && theirs.LifeClaim.Order > m.Values["merged_into"][0].Lamport
		if !news || own.LifeClaim == nil || own.LifeClaim.Order > theirs.LifeClaim.Order || lifeOf(theirs.Life) == lifeOf(own.Life) {
			continue
		}
		c := Contradiction{Record: keep, Kind: k.Kind, Field: "life_status", Why: "said_of_merged", Flag: BetweenMerged}
		for _, r := range []struct {
			id    record.ID
			claim *record.Entry
		}{{keep, own.LifeClaim}, {id, theirs.LifeClaim}} {
			side := claimSide(r.claim, c.Field)
			side.Record = r.id
			c.Sides = append(c.Sides, side)
			if side.At.After(c.Since) {
				c.Since = side.At
			}
		}
		out = append(out, c)
	}
	return out
}

// DeviceName is how a device is called here: by its name, else by its owner's;
// "" when the office does not know it.
func (o *Office) DeviceName(ctx context.Context, id record.ID) string {
	r, err := o.Get(ctx, id)
	if err != nil || r.Kind != record.Device {
		return ""
	}
	return cmp.Or(r.Get("name"), o.names.get(r.Ref("member")))
}

// quietBook knows which records of the kinds that stand in no list are
// contradicted. It is filled when somebody first asks.
type quietBook struct {
	mu   sync.Mutex
	read bool
	ids  map[record.ID]bool
}

func (q *quietBook) reset() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.read, q.ids = false, nil
}

// note takes in what was folded.
func (q *quietBook) note(list []*touched) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range list {
		switch {
		case listed(t.state.Kind):
		case !t.gone && t.row.Flags&search.Contradicted != 0:
			q.put(t.state.ID)
		default:
			delete(q.ids, t.state.ID)
		}
	}
}

func (q *quietBook) put(id record.ID) {
	if q.ids == nil {
		q.ids = map[record.ID]bool{}
	}
	q.ids[id] = true
}

func (q *quietBook) all(ctx context.Context, o *Office) ([]record.ID, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.read {
		return sortedIDs(q.ids), nil
	}
	for _, schema := range record.Kinds() {
		if schema.Entry || listed(schema.Kind) {
			continue
		}
		err := o.store.Rows(ctx, schema.Kind, 1, func(kind record.Kind, id record.ID, b []byte) error {
			if len(b) == 0 {
				return nil
			}
			row, err := decodeRow(kind, id, b)
			if err == nil && row.Flags&search.Contradicted != 0 {
				q.put(id)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	q.read = true
	return sortedIDs(q.ids), nil
}
