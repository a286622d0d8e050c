package data

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/sync/bundle"
)

// BundleSeen is what a bundle holds, and what of it is new here.
type BundleSeen struct {
	Made    time.Time
	Device  record.ID // who put it together
	By      string    // its member, "" when that is nobody here
	Whole   bool      // all that he had; false: only what somebody lacked, or a part
	Batches int
	New     int // of them, that are not here
	Changes int // in those

	// What the new ones speak of, as far as it can be known without taking them in.
	Records        []BundleRecord // those with most changes first, at most MaxBundleRecords
	More           int            // records beyond those
	Contradictions int            // critical fields that would then have two values
	Misses         int            // batches that the new ones build on, and that are neither here nor in the bundle
	Sealed         int            // new batches that cannot be opened here: of a key that is not here

	head bundle.Head
}

// BundleRecord is a record that a bundle speaks of.
type BundleRecord struct {
	ID             record.ID
	Kind           record.Kind
	Name           string
	Changes        int
	New            bool     // it is not here yet
	Contradictions []string // its critical fields that would then have two values
}

// MaxBundleRecords bounds how many records a preview names.
const MaxBundleRecords = 200

// LookAtBundle reads a bundle whole, as ReadBundle does first, and says what of it
// is new here and what it would change. It takes nothing in.
func (o *Office) LookAtBundle(ctx context.Context, file string) (BundleSeen, error) {
	l := &looking{office: o, records: map[record.ID]*BundleRecord{}, inside: map[ledger.Hash]bool{}, named: map[ledger.Hash]bool{}}
	seen, err := o.lookAtBundle(ctx, file, l)
	if err != nil {
		return BundleSeen{}, err
	}
	l.sum(&seen)
	return seen, nil
}

// lookAtBundle reads a bundle whole and gives what is new of it to l, which may be
// nil.
func (o *Office) lookAtBundle(ctx context.Context, file string, l *looking) (BundleSeen, error) {
	const op = "read bundle"
	var seen BundleSeen
	h, n, err := o.eachOfBundle(ctx, file, func(_ bundle.Head, frame []byte) error {
		b, err := ledger.ReadFrame(frame)
		if err != nil {
			return bundle.ErrDamaged
		}
		if err := o.enter(op); err != nil {
			return err
		}
		defer o.use.RUnlock()
		if o.known(b.Hash) {
			return nil
		}
		seen.New, seen.Changes = seen.New+1, seen.Changes+len(b.Payloads)
		if l != nil {
			return l.look(b)
		}
		return nil
	})
	if err != nil {
		return BundleSeen{}, bundleFault(op, err)
	}
	seen.Made, seen.Device, seen.Batches, seen.Whole, seen.head = h.Made, h.Device, n, h.Whole, h
	o.use.RLock()
	member := o.law.Devices()[h.Device]
	o.use.RUnlock()
	seen.By = o.names.get(member)
	return seen, nil
}

// hearTips takes what a bundle's head says that its maker holds: it is signed with
// the bundle.
func (o *Office) hearTips(h *bundle.Head) bool {
	return len(h.Tips) > 0 && o.hear(&sync.Statement{
		Office: h.Office, Device: h.Device, Serial: uint64(max(h.Made.UnixMilli(), 0)), At: h.Made, Tips: h.Tips,
	})
}

// looking gathers what new batches speak of.
type looking struct {
	office  *Office
	records map[record.ID]*BundleRecord
	inside  map[ledger.Hash]bool // new ones
	named   map[ledger.Hash]bool // those they build on and that are not here
	sealed  int
	clashes int
}

// look opens a new batch. The caller keeps the working copy in place.
func (l *looking) look(b *ledger.Batch) error {
	o := l.office
	l.inside[b.Hash] = true
	if b.Seq > 1 && !o.known(b.Prev) {
		l.named[b.Prev] = true
	}
	for _, h := range b.Deps {
		if !o.known(h) {
			l.named[h] = true
		}
	}
	body, err := b.Open(o.keys)
	if isForeign(err) {
		l.sealed++
		return nil
	}
	if err != nil {
		return err
	}
	for i := range body.Changes {
		if err := l.change(&body.Changes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *looking) change(c *ledger.Change) error {
	o := l.office
	r := l.records[c.Record]
	if r == nil {
		r = &BundleRecord{ID: c.Record, Kind: c.Kind, New: o.absent(c.Kind, c.Record)}
		if row, ok := o.index.Get(c.Record); ok {
			r.Name = row.Name()
		}
		l.records[c.Record] = r
	}
	r.Changes++
	if r.Name == "" {
		r.Name = nameIn(c)
	}
	if r.New {
		return nil
	}
	s, _, err := o.state(c.Record)
	if isMissing(err) {
		r.New = true
		return nil
	}
	if err != nil {
		return err
	}
	l.clash(r, s, c)
	return nil
}

// clash notes the critical fields to which a change gives another value than one
// that its author had not seen.
func (l *looking) clash(r *BundleRecord, s *fold.State, c *ledger.Change) {
	schema := record.SchemaOf(s.Kind)
	if schema == nil {
		return
	}
	for i := range c.Fields {
		f, ok := schema.FieldNum(c.Fields[i].Num)
		if !ok || !f.Critical || slices.Contains(r.Contradictions, f.Name) {
			continue
		}
		for _, cell := range s.Cells {
			if cell.Num == f.Num && slices.ContainsFunc(cell.Vals, func(v fold.Val) bool {
				return v.Text != c.Fields[i].Text && !slices.Contains(c.Fields[i].Pred, s.Origins[v.Origin].Write)
			}) {
				r.Contradictions = append(r.Contradictions, f.Name)
				l.clashes++
			}
		}
	}
}

// nameIn gives the name that a change tells of its record.
func nameIn(c *ledger.Change) string {
	schema := record.SchemaOf(c.Kind)
	if schema == nil {
		return ""
	}
	text := map[string]string{}
	for i := range c.Fields {
		if f, ok := schema.FieldNum(c.Fields[i].Num); ok {
			text[f.Name] = c.Fields[i].Text
		}
	}
	full := []string{text["given_names"], text["paternal_surname"], text["maternal_surname"]}
	name := strings.Join(slices.DeleteFunc(full, func(s string) bool { return s == "" }), " ")
	return cmp.Or(name, text["name"], text["title"])
}

func (l *looking) sum(seen *BundleSeen) {
	for h := range l.named {
		if !l.inside[h] {
			seen.Misses++
		}
	}
	seen.Sealed, seen.Contradictions = l.sealed, l.clashes
	all := slices.SortedFunc(maps.Values(l.records), func(a, b *BundleRecord) int {
		return cmp.Or(len(b.Contradictions)-len(a.Contradictions), b.Changes-a.Changes, cmp.Compare(a.Name, b.Name), slices.Compare(a.ID[:], b.ID[:]))
	})
	for _, r := range all {
		if !listed(r.Kind) {
			continue // nobody looks for it
		}
		if len(seen.Records) == MaxBundleRecords {
			seen.More++
			continue
		}
		seen.Records = append(seen.Records, *r)
	}
}
