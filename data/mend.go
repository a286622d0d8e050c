package data

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
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

func (s *hashSet) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.set)
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

// purge takes out of the journal what erasures have taken away, and makes the
// working copy anew, since that keeps old values in packs and until it is next
// tidied. Where the journal is damaged the copy stays: it holds what is lost, and
// the erasure is finished when that is mended.
func (o *Office) purge(ctx context.Context, progress func(Progress)) error {
	list, err := o.toPurge()
	if err != nil || len(list) == 0 {
		return err
	}
	if err := o.still("erase", func() error {
		if err := o.lookForDamage(ctx); err != nil {
			return err
		}
		return o.purgeNow(ctx)
	}); err != nil {
		return err
	}
	if o.Damage() > 0 {
		return nil
	}
	return o.Rebuild(ctx, progress)
}

func (o *Office) toPurge() ([]record.Write, error) {
	if err := o.enter("erase"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	return o.store.Purges()
}

// purgeNow takes payloads out for one who holds the office still, and drafts with
// them. What it did stays noted until a new working copy stands: a crash half way
// is taken up at the next opening.
func (o *Office) purgeNow(ctx context.Context) error {
	if err := o.clearNow(ctx); err != nil {
		return err
	}
	list, err := o.store.Purges()
	if err != nil || len(list) == 0 {
		return err
	}
	o.dropDraftsOf(list)
	return o.rewriteWithout(ctx, list)
}

// purgeRest finishes purges that the end of the program interrupted. A copy that
// may hold erased values is to be made anew.
func (o *Office) purgeRest(ctx context.Context) error {
	list, err := o.store.Purges()
	if err != nil || len(list) == 0 {
		return errors.Join(err, o.clearNow(ctx))
	}
	if err := o.lookForDamage(ctx); err != nil {
		return err
	}
	if err := o.purgeNow(ctx); err != nil || len(o.damage)+len(o.foreign) > 0 {
		return err
	}
	return errStale
}

// purgeEnd is purgeNow for a working copy that was just made, and ends it: the one
// that was set aside goes too.
func (o *Office) purgeEnd(ctx context.Context) error {
	if err := o.purgeNow(ctx); err != nil || len(o.damage)+len(o.foreign) > 0 {
		return err
	}
	list, err := o.store.Purges()
	if err != nil || len(list) == 0 {
		return err
	}
	if err := store.DropAside(o.storeDir()); err != nil {
		return err
	}
	return o.store.Purged(list...)
}

// dropDraftsOf gives up the unfinished forms about records whose changes were erased.
func (o *Office) dropDraftsOf(list []record.Write) {
	drafts, _, err := o.drafts.List()
	if err != nil || len(drafts) == 0 {
		return // they are sealed, and the person is told of them when they are next listed
	}
	plan, seen := ErasePlan{}, map[record.ID]bool{}
	for _, w := range list {
		at, ok := o.where(w.Batch)
		if !ok {
			continue
		}
		b, _, err := o.journal.Read(at.Pos)
		if err != nil {
			continue
		}
		body, err := b.OpenHeads(o.keys)
		if err != nil || int(w.Index) >= len(body.Changes) || seen[body.Changes[w.Index].Record] {
			continue
		}
		id := body.Changes[w.Index].Record
		seen[id] = true
		plan.Records = append(plan.Records, Erasing{ID: id})
	}
	o.dropDrafts(&plan)
}

// rewriteWithout takes the payloads of changes out of the journal. The caller
// holds the office still.
func (o *Office) rewriteWithout(ctx context.Context, list []record.Write) error {
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
	return o.journal.DropTails()
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

// came notes that a batch stands at another place than before: with values that
// were missing there, or because that place does not read any more.
func (o *Office) came(tx *store.Tx, f *folded) error {
	o.doubles.add(f.was)
	if !f.paid {
		return nil
	}
	o.owed.put(f.batch.Hash, false)
	return tx.Paid(f.batch.Hash)
}

// gains adds to a batch the values that it lacks and that stand here, and tells
// whether it has others that are missing here.
func (o *Office) gains(b *ledger.Batch, at ledger.Pos) bool {
	here, _, err := o.journal.Read(at)
	if err != nil || len(here.Payloads) != len(b.Payloads) {
		return false
	}
	gained := false
	for i := range b.Payloads {
		gained = gained || here.Payloads[i] == nil && b.Payloads[i] != nil
		if b.Payloads[i] == nil {
			b.Payloads[i] = here.Payloads[i]
		}
	}
	return gained
}

// refoldAll folds records anew from the journal, in one transaction each. existed
// tells of a state as it was whether its record had a row.
func (o *Office) refoldAll(ids map[record.ID]record.Kind, existed func(*fold.State) bool) error {
	for id := range ids {
		s, places, err := o.state(id)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return err
		}
		t := &touched{state: s, places: places, before: refs(s), existed: existed(s), kind: s.Kind}
		if err := o.refold(t); err != nil {
			return err
		}
		if t.err = o.finish(t); t.err != nil {
			return t.err
		}
		if err := o.putAndShow(nil, []*touched{t}, nil, store.Pack{}, nil); err != nil {
			return err
		}
	}
	return nil
}

// paid forgets that values of a batch are missing: an erasure took them away.
func (o *Office) paid(h ledger.Hash) error {
	tx := o.store.Begin()
	defer tx.Discard()
	if err := tx.Paid(h); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	o.owed.put(h, false)
	return nil
}

// clear makes the places empty at which batches stood that stand elsewhere now,
// so that an erasure finds each once. A crash before that leaves both, and the
// next opening finds them again.
func (o *Office) clear(ctx context.Context) error {
	if o.doubles.empty() {
		return nil
	}
	return o.still("mend journal", func() error { return o.clearNow(ctx) })
}

// clearNow is clear for one who holds the office still.
func (o *Office) clearNow(ctx context.Context) error {
	for _, at := range o.doubles.list() {
		_, next, err := o.journal.Read(at)
		if err == nil {
			err = o.journal.Blank(ctx, ledger.Damage{Pos: at, Length: next.Offset - at.Offset})
		} else if errors.Is(err, ledger.ErrMalformed) {
			err = nil // it is empty already
		}
		if err != nil {
			return err
		}
		o.doubles.drop(at)
	}
	return nil
}

// posSet is a set of places in the journal, safe for concurrent use.
type posSet struct {
	mu  sync.Mutex
	set map[ledger.Pos]bool
}

func (s *posSet) add(p ledger.Pos) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = map[ledger.Pos]bool{}
	}
	s.set[p] = true
}

func (s *posSet) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.set) == 0
}

func (s *posSet) drop(p ledger.Pos) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.set, p)
}

func (s *posSet) list() []ledger.Pos {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.set), func(a, b ledger.Pos) int {
		if a.Before(b) {
			return -1
		}
		return 1
	})
}

// within tells whether a place lies in a damaged stretch of the journal.
func within(damage []ledger.Damage, p ledger.Pos) bool {
	for _, d := range damage {
		if p.Segment == d.Segment && p.Offset >= d.Offset && p.Offset < d.Offset+d.Length {
			return true
		}
	}
	return false
}

// endTails ends the damage of a tail that was lost once its last batch, and with
// it all that this depends on, is here again.
func (o *Office) endTails() error {
	if tails, err := o.journal.Tails(); err != nil || len(tails) == 0 {
		return err
	}
	return o.still("mend journal", func() error {
		left, err := o.journal.EndTails(func(name string) bool {
			found, err := o.store.FindBatches(name)
			return err == nil && len(found) == 1
		})
		if err == nil && left == 0 {
			o.damage = slices.DeleteFunc(o.damage, func(d ledger.Damage) bool { return d.Tail })
		}
		return err
	})
}

// heal ends damage when all that stood there has come again: the stretch becomes
// room that holds nothing.
func (o *Office) heal(ctx context.Context) error {
	if len(o.Gaps()) > 0 {
		return nil
	}
	if err := o.endTails(); err != nil {
		return diskFault("mend journal", err)
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
