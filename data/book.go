package data

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

// place is how far into the journal the working copy has come: the next frame
// and the change therein; Last is the last frame that was folded whole.
type place struct {
	Pos   ledger.Pos
	Index int
	Last  ledger.Pos
	Hash  ledger.Hash
}

func (p *place) encode() []byte {
	b := cbor.AppendArray(nil, 6)
	b = cbor.AppendUint(b, uint64(p.Pos.Segment))
	b = cbor.AppendUint(b, uint64(p.Pos.Offset))
	b = cbor.AppendUint(b, uint64(p.Index))
	b = cbor.AppendUint(b, uint64(p.Last.Segment))
	b = cbor.AppendUint(b, uint64(p.Last.Offset))
	return cbor.AppendBytes(b, p.Hash[:])
}

func decodePlace(b []byte) (p place, err error) {
	r := cbor.NewReader(b)
	if r.Array(6) != 6 {
		r.Fail("place has not six parts")
	}
	p.Pos = ledger.Pos{Segment: uint32(r.Below(1 << 32)), Offset: int64(r.Below(1 << 62))}
	p.Index = int(r.Below(ledger.MaxChanges))
	p.Last = ledger.Pos{Segment: uint32(r.Below(1 << 32)), Offset: int64(r.Below(1 << 62))}
	r.Fixed(p.Hash[:])
	if err := r.Done(); err != nil {
		return place{}, fmt.Errorf("read place: %w", err)
	}
	return p, nil
}

// absent tells without reading that there never was such a record: one of a
// listed kind has a row in memory or was deleted. An import asks this of every
// new row.
func (o *Office) absent(kind record.Kind, id record.ID) bool {
	if !listed(kind) || o.gone.has(id) {
		return false
	}
	_, shown := o.index.Get(id)
	return !shown
}

// idSet is the ids of deleted records.
type idSet struct {
	mu  sync.RWMutex
	ids map[record.ID]bool
}

func (s *idSet) add(id record.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = map[record.ID]bool{}
	}
	s.ids[id] = true
}

func (s *idSet) has(id record.ID) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ids[id]
}

// counts are the rows of each kind, kept with the working copy: when what is
// read disagrees with them, rows were lost without an error and it is rebuilt.
type counts struct {
	mu sync.RWMutex
	of map[record.Kind]int
}

func (c *counts) copy() map[record.Kind]int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	out := make(map[record.Kind]int, len(c.of)+1)
	for k, n := range c.of {
		out[k] = n
	}
	return out
}

func (c *counts) set(of map[record.Kind]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of = of
}

func (c *counts) get(k record.Kind) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.of[k]
}

// parallel does n things on all cores; a single one on the caller's.
func parallel(n int, do func(int)) {
	workers := min(runtime.NumCPU(), n/16+1)
	if workers < 2 {
		for i := range n {
			do(i)
		}
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wg.Wait()
}

// watchers are those who want to know what changed. A slow one loses single
// events and gets one that says "read again" instead.
type watchers struct {
	mu   sync.Mutex
	list []chan Event
	done bool
}

func (w *watchers) add() chan Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan Event, 64)
	if w.done {
		close(c)
		return c
	}
	w.list = append(w.list, c)
	return c
}

func (w *watchers) remove(c chan Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.Index(w.list, c); i >= 0 {
		w.list = slices.Delete(w.list, i, i+1)
		close(c)
	}
}

func (w *watchers) tell(e Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.list {
		select {
		case c <- e:
			continue
		default:
		}
		select { // make room by dropping the oldest: the new one stands for it
		case <-c:
		default:
		}
		select {
		case c <- Event{}:
		default:
		}
	}
}

func (w *watchers) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.list {
		close(c)
	}
	w.list, w.done = nil, true
}
