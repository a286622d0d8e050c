package data

import (
	"fmt"
	"sync"

	"paradero/data/fold"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/search"
	"paradero/data/store"
)

// Bounds of packs (see store.Pack): from how many new records on a transaction
// packs them, and how many states share a group. Reading one record opens its
// group, about ten kilobytes.
const (
	packFrom  = 32
	groupSize = 16
)

// packPlace is where a packed record stands.
type packPlace struct {
	pack  uint32 // index into packBook.packs
	group uint16
}

// packBook knows which records stand in packs and have no values of their own.
type packBook struct {
	mu    sync.RWMutex
	packs []store.Pack
	at    map[record.ID]packPlace
}

func newPackBook() *packBook { return &packBook{at: map[record.ID]packPlace{}} }

func (b *packBook) get(id record.ID) (store.Pack, uint16, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, ok := b.at[id]
	if !ok {
		return store.Pack{}, 0, false
	}
	return b.packs[p.pack], p.group, true
}

func (b *packBook) put(p store.Pack, ids []record.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.packs = append(b.packs, p)
	for i, id := range ids {
		if !id.IsZero() {
			b.at[id] = packPlace{uint32(len(b.packs) - 1), uint16(i / groupSize)}
		}
	}
}

// leave notes that a record now has values of its own.
func (b *packBook) leave(id record.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.at, id)
}

// ids gives all packed records.
func (b *packBook) ids() []record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]record.ID, 0, len(b.at))
	for id := range b.at {
		out = append(out, id)
	}
	return out
}

// packItems seals touched new records as one pack.
func (o *Office) packItems(p store.Pack, list []*touched) ([]store.Item, error) {
	groups := (len(list) + groupSize - 1) / groupSize
	items, errs := make([]store.Item, groups+1), make([]error, groups+1)
	parallel(groups, func(g int) {
		part := list[g*groupSize : min((g+1)*groupSize, len(list))]
		plain := cbor.AppendArray(make([]byte, 0, 1024*len(part)), 2*len(part))
		for _, t := range part {
			plain = cbor.AppendBytes(plain, t.state.ID[:])
			plain = cbor.AppendBytes(plain, t.plain)
		}
		items[g], errs[g] = o.store.GroupItem(p, uint16(g), plain)
	})
	plain := cbor.AppendArray(make([]byte, 0, 256*len(list)), 3*len(list))
	for _, t := range list {
		plain = cbor.AppendUint(plain, uint64(t.state.Kind))
		plain = cbor.AppendBytes(plain, t.state.ID[:])
		plain = cbor.AppendBytes(plain, t.rowPlain)
	}
	items[groups], errs[groups] = o.store.PackItem(p, plain)
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

// packedState reads a record from its group.
func (o *Office) packedState(p store.Pack, group uint16, id record.ID) ([]byte, error) {
	plain, err := o.store.Group(p, group)
	if err != nil {
		return nil, err
	}
	r := cbor.NewReader(plain)
	for range r.Array(2*groupSize) / 2 {
		at, b := r.Bytes(), r.Bytes()
		if len(at) == len(id) && record.ID(at) == id {
			return b, nil
		}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read group: %w", err)
	}
	return nil, store.ErrMissing
}

// packedRows reads a pack's rows in the order of its groups; those of records
// that have values of their own are left out, with a zero id in their place.
func packedRows(plain []byte, own func(record.ID) bool) ([]record.ID, []search.Row, error) {
	r := cbor.NewReader(plain)
	n := r.Array(3*txChanges) / 3
	ids, rows := make([]record.ID, n), make([]search.Row, 0, n)
	for i := range n {
		kind := record.Kind(r.Below(256))
		var id record.ID
		r.Fixed(id[:])
		b := r.Bytes()
		if r.Err() != nil || own(id) {
			continue
		}
		row, err := decodeRow(kind, id, b)
		if err != nil {
			return nil, nil, err
		}
		ids[i], rows = id, append(rows, row)
	}
	if err := r.Done(); err != nil {
		return nil, nil, fmt.Errorf("read pack: %w", err)
	}
	return ids, rows, nil
}

// state reads a record's state and where its changes stand, from its pack or
// from the value of its own.
func (o *Office) state(id record.ID) (*fold.State, []fold.Place, error) {
	var b []byte
	var err error
	if p, group, ok := o.packs.get(id); ok {
		b, err = o.packedState(p, group, id)
	} else {
		b, err = o.store.Record(id)
	}
	if err != nil {
		return nil, nil, err
	}
	places, rest, err := fold.DecodePlaces(b)
	if err != nil {
		return nil, nil, err
	}
	s, err := fold.Decode(rest)
	if err != nil {
		return nil, nil, fmt.Errorf("read record: %w", err)
	}
	return s, places, nil
}
