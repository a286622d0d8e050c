package search

import (
	"cmp"
	"encoding/binary"
	"runtime"
	"slices"
	"sort"
	"sync"

	"paradero/data/match"
	"paradero/data/record"
)

// Index holds rows in memory. One goroutine may write while many read.
type Index struct {
	mu     sync.RWMutex
	byID   map[record.ID]uint32 // id → slot
	rows   []*packed            // by slot, nil when free
	facts  []facts              // by slot: what a query filters by, side by side in memory
	keyAt  []uint32             // by slot: where its key begins
	saidAt []uint32             // by slot: where its sounds begin
	free   []uint32
	count  [256]int // by kind

	keys, sounds []byte
	dead         int // bytes in the arenas that belong to no row

	shared map[string]uint32
	words  []string // by number; only ever appended to
	places []string // the same folded, for finding by place

	version uint64 // grows with every change
	recent  recent

	order []uint32 // slots in the order of names; slots put since tidy() stand in fresh
	fresh []uint32
	gone  bool // order holds slots that were freed or moved
}

type facts struct {
	kind                           record.Kind
	live                           bool
	moved                          bool // its place in order is to be found again
	life, release, facility, state uint32
	flags                          uint32
}

// New makes an empty index.
func New() *Index {
	return &Index{byID: map[record.ID]uint32{}, shared: map[string]uint32{"": 0}, words: []string{""}, places: []string{""}}
}

// many rows at once are made ready on all processors and sorted later in one go.
const many = 64

// Put adds rows, or replaces those of the same id; of one id given twice, the
// later counts.
func (x *Index) Put(rows ...Row) {
	made := prepare(rows)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changed()
	if len(x.byID) == 0 && len(rows) > many {
		x.grow(len(rows), made)
	}
	for c := range made {
		m := &made[c]
		for i := range m.packed {
			x.put(&m.packed[i], &m.rows[i], m.keys[m.keyEnd[i]:m.keyEnd[i+1]], m.sounds[m.soundEnd[i]:m.soundEnd[i+1]], len(rows) > many)
		}
	}
	x.compact()
}

// changed is called under the lock by whatever changes rows.
func (x *Index) changed() {
	x.version++
	x.recent.forget()
}

// chunk is a part of the rows made ready outside the lock.
type chunk struct {
	rows             []Row
	packed           []packed
	keys, sounds     []byte
	keyEnd, soundEnd []int
}

func prepare(rows []Row) []chunk {
	workers := 1
	if len(rows) > many {
		workers = max(1, min(runtime.GOMAXPROCS(0), 8))
	}
	size := (len(rows) + workers - 1) / max(1, workers)
	var made []chunk
	for from := 0; from < len(rows); from += size {
		made = append(made, chunk{rows: rows[from:min(from+size, len(rows))]})
	}
	if len(made) == 1 {
		made[0].make()
		return made
	}
	var wg sync.WaitGroup
	for i := range made {
		wg.Go(made[i].make)
	}
	wg.Wait()
	return made
}

func (c *chunk) make() {
	n := len(c.rows)
	c.packed, c.keyEnd, c.soundEnd = make([]packed, n), make([]int, 1, n+1), make([]int, 1, n+1)
	c.keys, c.sounds = make([]byte, 0, n*56), make([]byte, 0, n*44)
	var k keyMaker
	var scratch []byte
	for i := range c.rows {
		r := &c.rows[i]
		scratch = pack(&c.packed[i], r, scratch)
		c.keys = k.appendKey(c.keys, r)
		c.sounds = k.appendSounds(c.sounds, r)
		c.keyEnd, c.soundEnd = append(c.keyEnd, len(c.keys)), append(c.soundEnd, len(c.sounds))
	}
}

// grow makes room once for the first filling.
func (x *Index) grow(n int, made []chunk) {
	x.byID = make(map[record.ID]uint32, n)
	x.rows, x.facts = make([]*packed, 0, n), make([]facts, 0, n)
	x.keyAt, x.saidAt, x.fresh = make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n)
	keys, sounds := 0, 0
	for i := range made {
		keys, sounds = keys+len(made[i].keys), sounds+len(made[i].sounds)
	}
	x.keys, x.sounds = make([]byte, 0, keys+keys/16), make([]byte, 0, sounds+sounds/16)
}

// put takes one row in, under the lock.
func (x *Index) put(p *packed, r *Row, key, sound []byte, bulk bool) {
	for i, s := range r.share() {
		p.shared[i] = x.number(s)
	}
	slot, known := x.byID[p.id]
	stays := false
	if known {
		old := x.rows[slot]
		stays = x.facts[slot].moved || old.key() == p.key()
		if !stays {
			x.leave(slot, bulk)
		}
		x.count[old.kind]--
		x.bury(slot)
	} else {
		slot = x.slot()
		x.byID[p.id] = slot
	}
	f := &x.facts[slot]
	*f = facts{
		kind: p.kind, live: true, moved: f.moved, flags: p.flags,
		life: p.shared[0], release: p.shared[1], facility: p.shared[facilityAt], state: p.shared[5],
	}
	x.rows[slot] = p
	x.count[p.kind]++
	x.keyAt[slot], x.saidAt[slot] = uint32(len(x.keys)), uint32(len(x.sounds))
	x.keys, x.sounds = append(x.keys, key...), append(x.sounds, sound...)
	setSlot(x.keys[x.keyAt[slot]+1:], slot)
	setSlot(x.sounds[x.saidAt[slot]+1:], slot)
	switch {
	case stays:
	case bulk || !x.clean():
		f.moved = true
		x.fresh = append(x.fresh, slot)
	default:
		x.order = slices.Insert(x.order, x.place(p), slot)
	}
}

// clean reports whether order holds every row at its place.
func (x *Index) clean() bool { return len(x.fresh) == 0 && !x.gone }

// number gives the number of a text that many rows share.
func (x *Index) number(s string) uint32 {
	if n, ok := x.shared[s]; ok {
		return n
	}
	n := uint32(len(x.words))
	x.shared[s] = n
	x.words, x.places = append(x.words, s), append(x.places, match.Fold(s))
	return n
}

// slot gives a free place.
func (x *Index) slot() uint32 {
	if n := len(x.free); n > 0 {
		s := x.free[n-1]
		x.free = x.free[:n-1]
		return s
	}
	x.rows, x.facts = append(x.rows, nil), append(x.facts, facts{})
	x.keyAt, x.saidAt = append(x.keyAt, 0), append(x.saidAt, 0)
	return uint32(len(x.rows) - 1)
}

// bury marks the keys of a slot as nobody's.
func (x *Index) bury(slot uint32) {
	for _, a := range []struct {
		arena []byte
		at    uint32
	}{{x.keys, x.keyAt[slot]}, {x.sounds, x.saidAt[slot]}} {
		setSlot(a.arena[a.at+1:], deadSlot)
		x.dead += rowEnd(a.arena, int(a.at)+headBytes) - int(a.at)
	}
}

// place finds where a row stands, or would stand, in order.
func (x *Index) place(p *packed) int {
	return sort.Search(len(x.order), func(i int) bool { return less(x.rows[x.order[i]], p) >= 0 })
}

// leave takes a slot out of order while its old row still stands there; while
// order is not clean it is only marked, for tidy.
func (x *Index) leave(slot uint32, later bool) {
	if later || !x.clean() {
		x.gone = true
		return
	}
	if i := x.place(x.rows[slot]); i < len(x.order) && x.order[i] == slot {
		x.order = slices.Delete(x.order, i, i+1)
	}
}

// Remove takes rows out; ids that are not there are passed over.
func (x *Index) Remove(ids ...record.ID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changed()
	for _, id := range ids {
		slot, ok := x.byID[id]
		if !ok {
			continue
		}
		x.leave(slot, len(ids) > many)
		x.bury(slot)
		x.count[x.rows[slot].kind]--
		delete(x.byID, id)
		// A slot that order may still name is not used again before tidy.
		x.facts[slot] = facts{moved: !x.clean()}
		x.rows[slot] = nil
		if x.clean() {
			x.free = append(x.free, slot)
		}
	}
	x.compact()
}

// tidy brings order up to date, under the lock: what was put is sorted once and
// merged in, what is gone is left out.
func (x *Index) tidy() {
	if x.clean() {
		return
	}
	kept := make([]uint32, 0, len(x.order)+len(x.fresh))
	for _, s := range x.order {
		if x.facts[s].live && !x.facts[s].moved {
			kept = append(kept, s)
		}
	}
	fresh := x.fresh[:0]
	for _, s := range x.fresh {
		if x.facts[s].live {
			fresh = append(fresh, s)
		}
	}
	x.order = x.mergeInto(kept, x.sorted(fresh))
	for s := range x.facts {
		f := &x.facts[s]
		if !f.live && f.moved {
			x.free = append(x.free, uint32(s))
		}
		f.moved = false
	}
	x.fresh, x.gone = nil, false
}

// sorted sorts slots by name; most names differ in their first eight letters,
// which are compared as one number.
func (x *Index) sorted(slots []uint32) []uint32 {
	type item struct {
		head uint64
		slot uint32
	}
	items := make([]item, len(slots))
	for i, s := range slots {
		var head [8]byte
		copy(head[:], x.rows[s].key())
		items[i] = item{binary.BigEndian.Uint64(head[:]), s}
	}
	slices.SortFunc(items, func(a, b item) int {
		if c := cmp.Compare(a.head, b.head); c != 0 {
			return c
		}
		return less(x.rows[a.slot], x.rows[b.slot])
	})
	for i := range items {
		slots[i] = items[i].slot
	}
	return slots
}

func (x *Index) mergeInto(a, b []uint32) []uint32 {
	if len(a) == 0 {
		return append(a, b...)
	}
	out := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if less(x.rows[a[0]], x.rows[b[0]]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// compact copies the arenas when a third of them is nobody's.
func (x *Index) compact() {
	if x.dead < 1<<16 || x.dead < (len(x.keys)+len(x.sounds))/3 {
		return
	}
	keys, sounds := make([]byte, 0, len(x.keys)), make([]byte, 0, len(x.sounds))
	for s, p := range x.rows {
		if p == nil {
			continue
		}
		k, d := int(x.keyAt[s]), int(x.saidAt[s])
		x.keyAt[s], x.saidAt[s] = uint32(len(keys)), uint32(len(sounds))
		keys = append(keys, x.keys[k:rowEnd(x.keys, k+headBytes)]...)
		sounds = append(sounds, x.sounds[d:rowEnd(x.sounds, d+headBytes)]...)
	}
	x.keys, x.sounds, x.dead = keys, sounds, 0
}

// Get gives one row.
func (x *Index) Get(id record.ID) (Row, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	slot, ok := x.byID[id]
	if !ok {
		return Row{}, false
	}
	return x.rows[slot].row(x.words), true
}

// Count gives the number of rows of a kind.
func (x *Index) Count(kind record.Kind) int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.count[kind]
}
