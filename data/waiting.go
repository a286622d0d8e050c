package data

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sync"

	"paradero/data/ledger"
	"paradero/data/record"
)

// WaitingBatch is one that came before a batch that it depends on.
type WaitingBatch struct {
	Hash    ledger.Hash
	Device  record.ID
	Seq     uint64
	Changes int
	Misses  ledger.Hash
	Sealed  bool // what it misses is its key, see Office.SealedOff
}

// Waiting gives the batches that wait for others.
func (o *Office) Waiting() []WaitingBatch { return o.held.list() }

// waiting is what came before what it depends on.
type waiting struct {
	mu     sync.Mutex
	byHash map[ledger.Hash]*heldBatch
	misses map[ledger.Hash][]ledger.Hash // of a missing batch: who waits for it
	size   int
	most   int // how many batches may wait; a test may have less room
}

type heldBatch struct {
	batch  *ledger.Batch
	misses []ledger.Hash
	sealed bool // its key is what it misses
}

func newWaiting() *waiting {
	return &waiting{byHash: map[ledger.Hash]*heldBatch{}, misses: map[ledger.Hash][]ledger.Hash{}, most: waitBatches}
}

// add lets a batch wait; false when too much does already.
func (w *waiting) add(b *ledger.Batch, missing []ledger.Hash, keep func([32]byte, []byte) error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.byHash[b.Hash]; ok {
		return true
	}
	if len(w.byHash) >= w.most || w.size+b.Size() > waitBytes {
		return false
	}
	w.byHash[b.Hash] = &heldBatch{batch: b, misses: missing, sealed: len(missing) == 1 && missing[0] == keyName(b.Epoch)}
	w.size += b.Size()
	for _, h := range missing {
		w.misses[h] = append(w.misses[h], b.Hash)
	}
	if keep != nil {
		_ = keep(b.Hash, ledger.AppendFrame(nil, b)) // its sender has it still if this fails
	}
	return true
}

// addSealed lets a batch wait for its key.
func (w *waiting) addSealed(b *ledger.Batch, keep func([32]byte, []byte) error) bool {
	return w.add(b, []ledger.Hash{keyName(b.Epoch)}, keep)
}

// keyless counts those that wait for a key.
func (w *waiting) keyless() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, held := range w.byHash {
		if held.sealed {
			n++
		}
	}
	return n
}

// release takes out the batches that waited for one, to be looked at again.
func (w *waiting) release(h ledger.Hash) []*heldBatch {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.let(h)
}

func (w *waiting) let(h ledger.Hash) []*heldBatch {
	var out []*heldBatch
	for _, waits := range w.misses[h] {
		if held := w.byHash[waits]; held != nil {
			out = append(out, held)
			w.drop(waits)
		}
	}
	delete(w.misses, h)
	return out
}

func (w *waiting) drop(h ledger.Hash) {
	if held := w.byHash[h]; held != nil {
		w.size -= held.batch.Size()
		delete(w.byHash, h)
	}
}

// due takes out what waits for something that is here, to be looked at again: it may
// have come by another way. What waits for what waits itself is released with that.
func (w *waiting) due(here func(missing ledger.Hash, of *heldBatch) bool) []*heldBatch {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []*heldBatch
	for h, waits := range w.misses {
		if w.byHash[h] != nil {
			continue
		}
		i := slices.IndexFunc(waits, func(b ledger.Hash) bool { return w.byHash[b] != nil })
		if i < 0 {
			delete(w.misses, h) // nobody waits for it any more
		} else if here(h, w.byHash[waits[i]]) {
			out = append(out, w.let(h)...)
		}
	}
	slices.SortFunc(out, func(a, b *heldBatch) int { return cmp.Compare(a.batch.Lamport, b.batch.Lamport) })
	return out
}

func (w *waiting) has(h ledger.Hash) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.byHash[h] != nil
}

// each gives the bytes of what waits to keep.
func (w *waiting) each(keep func([32]byte, []byte) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for h, held := range w.byHash {
		if err := keep(h, ledger.AppendFrame(nil, held.batch)); err != nil {
			return err
		}
	}
	return nil
}

func (w *waiting) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.byHash)
}

func (w *waiting) list() []WaitingBatch {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]WaitingBatch, 0, len(w.byHash))
	for h, held := range w.byHash {
		one := WaitingBatch{Hash: h, Device: held.batch.Device, Seq: held.batch.Seq, Changes: len(held.batch.Payloads), Sealed: held.sealed}
		if len(held.misses) > 0 {
			one.Misses = held.misses[0]
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b WaitingBatch) int { return bytes.Compare(a.Hash[:], b.Hash[:]) })
	return out
}

// readHeld brings back what waited when the office was closed.
func (o *Office) readHeld() error {
	return o.store.Held(func(frame []byte) error {
		b, err := ledger.ReadFrame(bytes.Clone(frame))
		if err != nil {
			return fmt.Errorf("read held batch: %w", err)
		}
		missing := (&intake{office: o}).missing(b)
		if len(missing) == 0 && !o.keys.has(b.Epoch) {
			o.held.addSealed(b, nil)
			return nil
		}
		if len(missing) == 0 { // they came, and the program ended before this was looked at again
			missing = namedBy(b)
		}
		o.held.add(b, missing, nil)
		return nil
	})
}

// namedBy gives something by which a batch is looked at again that waits for nothing:
// what it names, which is here, or its key.
func namedBy(b *ledger.Batch) []ledger.Hash {
	switch {
	case b.Seq > 1:
		return []ledger.Hash{b.Prev}
	case len(b.Deps) > 0:
		return b.Deps
	}
	return []ledger.Hash{keyName(b.Epoch)}
}
