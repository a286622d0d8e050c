package data

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// hashSet is a set of batches, safe for concurrent use.
type hashSet struct {
	mu  sync.Mutex
	set map[ledger.Hash]bool
}

func (s *hashSet) has(h ledger.Hash) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.set[h]
}

func (s *hashSet) put(h ledger.Hash, in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = map[ledger.Hash]bool{}
	}
	if in {
		s.set[h] = true
	} else {
		delete(s.set, h)
	}
}

func (s *hashSet) list() []ledger.Hash {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.set), func(a, b ledger.Hash) int { return bytes.Compare(a[:], b[:]) })
}

func (s *hashSet) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set = nil
}

// still stops all writing and folding while do works on the journal itself.
func (o *Office) still(op string, do func() error) error {
	o.closing.Lock()
	defer o.closing.Unlock()
	if o.closed {
		return fault.New(fault.Cancelled, op, "office_closed")
	}
	o.drain()
	o.use.Lock()
	defer o.use.Unlock()
	return do()
}

// purge takes out of the journal what erasures have taken away.
func (o *Office) purge(ctx context.Context) error {
	list, err := o.toPurge()
	if err != nil || len(list) == 0 {
		return err
	}
	return o.still("erase", func() error { return o.purgeNow(ctx) })
}

func (o *Office) toPurge() ([]record.Write, error) {
	if err := o.enter("erase"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	return o.store.Purges()
}

// purgeNow is purge for one who holds the office still. A crash half way leaves
// the rest noted in the working copy; where that is lost too it is made anew
// from the journal, erasures among it, and notes them again.
func (o *Office) purgeNow(ctx context.Context) error {
	list, err := o.store.Purges()
	if err != nil || len(list) == 0 {
		return err
	}
	gone := map[ledger.Hash]map[uint16]bool{}
	segments := map[uint32]bool{}
	for _, w := range list {
		at, ok := o.where(w.Batch)
		if !ok {
			continue // it is not here, and comes in without its payload
		}
		segments[at.Pos.Segment] = true
		if gone[w.Batch] == nil {
			gone[w.Batch] = map[uint16]bool{}
		}
		gone[w.Batch][w.Index] = true
	}
	for _, n := range o.journal.Segments() {
		if !segments[n] {
			continue
		}
		if _, err := o.journal.Rewrite(ctx, n, func(_ ledger.Pos, b *ledger.Batch) (*ledger.Batch, bool) {
			return without(b, gone[b.Hash])
		}); err != nil {
			return err
		}
	}
	return o.store.Purged(list...)
}

// without gives a batch that lacks the named payloads, and whether it had one.
func without(b *ledger.Batch, gone map[uint16]bool) (*ledger.Batch, bool) {
	had := false
	less := *b
	less.Payloads = append([][]byte(nil), b.Payloads...)
	for i := range less.Payloads {
		if gone[uint16(i)] && less.Payloads[i] != nil {
			less.Payloads[i], had = nil, true
		}
	}
	return &less, had
}

// putBack puts payloads back that are missing here though nothing erased them,
// and folds the records anew of which they speak.
func (o *Office) putBack(ctx context.Context, whole map[ledger.Hash]*ledger.Batch) (n int, err error) {
	err = o.still("take in changes", func() error {
		segments := map[uint32]bool{}
		ids := map[record.ID]record.Kind{}
		for h, b := range whole {
			at, ok := o.where(h)
			body, err := b.Open(o.keys)
			if !ok || err != nil {
				delete(whole, h)
				continue
			}
			segments[at.Pos.Segment] = true
			gone := map[uint16]bool{}
			for i := range body.Changes {
				c := &body.Changes[i]
				ids[c.Record] = c.Kind
				if s, _, err := o.state(c.Record); err == nil && s.Gone(record.Write{Batch: h, Index: uint16(i)}) {
					gone[uint16(i)] = true
				}
			}
			whole[h], _ = without(b, gone)
		}
		for seg := range segments {
			if _, err := o.journal.Rewrite(ctx, seg, func(_ ledger.Pos, b *ledger.Batch) (*ledger.Batch, bool) {
				if w := whole[b.Hash]; w != nil {
					return w, true
				}
				return b, false
			}); err != nil {
				return err
			}
		}
		n = len(whole)
		for h := range whole {
			o.owed.put(h, false)
		}
		return o.refoldAll(ids)
	})
	return n, err
}

// refoldAll folds records anew from the journal, in one transaction each.
func (o *Office) refoldAll(ids map[record.ID]record.Kind) error {
	for id := range ids {
		s, places, err := o.state(id)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return err
		}
		t := &touched{state: s, places: places, before: refs(s), existed: !s.Deleted(), kind: s.Kind}
		if err := o.refold(t); err != nil {
			return err
		}
		if t.err = o.finish(t); t.err != nil {
			return t.err
		}
		if err := o.put(nil, []*touched{t}, nil, packName(nil), nil); err != nil {
			return err
		}
		o.show([]*touched{t})
	}
	return nil
}

// within tells whether a place lies in a damaged stretch of the journal.
func within(damage []ledger.Damage, p ledger.Pos) bool {
	for _, d := range damage {
		if p.Segment == d.Segment && p.Offset >= d.Offset && (d.Tail || p.Offset < d.Offset+d.Length) {
			return true
		}
	}
	return false
}

// heal ends damage when all that stood there has come again: the stretch becomes
// room that holds nothing.
func (o *Office) heal(ctx context.Context) error {
	if len(o.feeds.Gaps()) > 0 {
		return nil
	}
	return diskFault("mend journal", o.still("mend journal", func() error {
		damage, err := o.journal.Scan(ctx, o.journal.Start(), func(ledger.Pos, *ledger.Batch) error { return nil })
		if err != nil || len(damage) == 0 {
			return err
		}
		o.damage = damage
		lost := map[ledger.Damage]bool{}
		err = o.store.EachBatch(ctx, func(_ ledger.Hash, plain []byte) error {
			s, err := decodeStanding(plain)
			for _, d := range o.damage {
				if err == nil && s.Pos.Segment == d.Segment && s.Pos.Offset >= d.Offset && s.Pos.Offset < d.Offset+d.Length {
					lost[d] = true
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		kept := o.damage[:0]
		for _, d := range o.damage {
			if lost[d] || d.Tail {
				kept = append(kept, d)
				continue
			}
			if err := o.journal.Blank(ctx, d); err != nil {
				return err
			}
		}
		o.damage = kept
		return nil
	}))
}
