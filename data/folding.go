package data

import (
	"errors"
	"fmt"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/search"
	"paradero/data/store"
)

// Names of the values that the working copy keeps about itself.
const (
	metaPlace  = "place"  // how far into the journal it has come
	metaHeads  = "heads"  // of the feeds, at that place
	metaCounts = "counts" // rows of each kind
)

// Bounds of one transaction: Badger refuses more than 15 % of its memtable.
const (
	txChanges = 256
	txSize    = 400 << 10
)

// touched is one record that a transaction changes.
type touched struct {
	state    *fold.State
	places   []fold.Place
	before   map[record.ID]bool // what it referred to
	existed  bool               // had a row
	fresh    bool               // there was no such record
	plain    []byte             // places and state, encoded
	rowPlain []byte             // empty for a deleted record
	packed   bool               // goes into this transaction's pack
	items    []store.Item
	row      search.Row
	gone     bool
	size     int
	err      error
}

// foldBatch folds the changes of a batch from an index on, in transactions of
// a bounded size, each with the place that it comes to.
func (o *Office) foldBatch(f *folded, from int) error {
	most := txChanges
	for from < len(f.body.Changes) {
		n, err := o.foldSome(f, from, most)
		switch {
		case errors.Is(err, store.ErrTooBig) && most > 1:
			most /= 2 // few changes of long records can be more than many of short ones
		case err != nil:
			return fmt.Errorf("fold: %w", err)
		}
		from += n
	}
	return nil
}

func (o *Office) foldSome(f *folded, from, most int) (int, error) {
	byID := map[record.ID]*touched{}
	var list []*touched
	size, n := 0, 0
	for i := from; i < len(f.body.Changes) && n < most && size < txSize; i++ {
		c := &f.body.Changes[i]
		t, ok := byID[c.Record]
		if !ok {
			var err error
			if t, err = o.touch(c.Kind, c.Record); err != nil {
				return 0, err
			}
			byID[c.Record] = t
			list = append(list, t)
		}
		fold.Apply(t.state, c, origin(f, i, c))
		t.places = append(t.places, fold.Place{Pos: f.pos, Index: uint16(i)})
		size += t.size + changeSize(c)
		n++
	}
	pack := markPacked(list)
	parallel(len(list), func(i int) { list[i].err = o.finish(list[i]) })
	name := store.Pack{Segment: f.pos.Segment, Offset: f.pos.Offset, Index: uint16(from)}
	if err := o.put(f, from+n, list, name, pack); err != nil {
		return 0, err
	}
	if len(pack) > 0 {
		ids := make([]record.ID, len(pack))
		for i, t := range pack {
			ids[i] = t.state.ID
		}
		o.packs.put(name, ids)
	}
	o.show(list)
	return n, nil
}

// markPacked chooses the new records that go into a pack: none when they are few.
func markPacked(list []*touched) []*touched {
	var pack []*touched
	for _, t := range list {
		if t.fresh && listed(t.state.Kind) && !t.state.Deleted() {
			pack = append(pack, t)
		}
	}
	if len(pack) < packFrom {
		return nil
	}
	for _, t := range pack {
		t.packed = true
	}
	return pack
}

func origin(f *folded, i int, c *ledger.Change) fold.Origin {
	_, zone := f.body.Wall.Zone()
	return fold.Origin{
		Write: record.Write{Batch: f.batch.Hash, Index: uint16(i)}, Lamport: f.batch.Lamport,
		Wall: f.body.Wall.UnixMilli(), Zone: int32(zone / 60), Author: f.body.Author, Device: f.batch.Device, List: c.List,
	}
}

func changeSize(c *ledger.Change) int {
	n := 700
	for i := range c.Fields {
		n += len(c.Fields[i].Text)
	}
	for i := range c.Entries {
		for _, v := range c.Entries[i].Values {
			n += len(v.Text)
		}
	}
	return n
}

// touch reads a record before it is changed; one that is missing is new.
func (o *Office) touch(kind record.Kind, id record.ID) (*touched, error) {
	if o.absent(kind, id) {
		return &touched{state: &fold.State{}, fresh: true}, nil
	}
	s, places, err := o.state(id)
	if isMissing(err) {
		return &touched{state: &fold.State{}, fresh: true}, nil
	}
	if err != nil {
		return nil, err
	}
	t := &touched{state: s, places: places, before: refs(s), existed: !s.Deleted()}
	for i := range s.Entries {
		t.size += 120 + 40*len(s.Entries[i].Values)
	}
	return t, nil
}

// refs gives the records that a state refers to.
func refs(s *fold.State) map[record.ID]bool {
	out := map[record.ID]bool{}
	add := func(f *record.Field, text string) {
		if f == nil || f.Type != record.Ref && f.Type != record.Refs {
			return
		}
		for _, item := range record.SplitList(text) {
			if id, err := record.ParseID(item); err == nil {
				out[id] = true
			}
		}
	}
	if schema := record.SchemaOf(s.Kind); schema != nil {
		for i := range s.Cells {
			f, _ := schema.FieldNum(s.Cells[i].Num)
			for _, v := range s.Cells[i].Vals {
				add(f, v.Text)
			}
		}
	}
	for i := range s.Entries {
		schema := record.SchemaOf(s.Entries[i].Kind)
		if schema == nil {
			continue
		}
		for _, v := range s.Entries[i].Values {
			f, _ := schema.FieldNum(v.Num)
			add(f, v.Text)
		}
	}
	return out
}

// finish encodes a touched record and seals it, unless its pack does; several
// run at once.
func (o *Office) finish(t *touched) error {
	t.plain = t.state.Encode(fold.EncodePlaces(make([]byte, 0, 1024), t.places))
	t.gone = t.state.Deleted()
	if !t.gone {
		t.row = rowOf(fold.View(t.state, o.names.get))
		t.rowPlain = encodeRow(make([]byte, 0, 256), &t.row)
	}
	if t.packed {
		return nil
	}
	item, err := o.store.RecordItem(t.state.ID, t.plain)
	if err != nil {
		return err
	}
	row, err := o.store.RowItem(t.state.Kind, t.state.ID, t.rowPlain)
	if err != nil {
		return err
	}
	t.items = []store.Item{item, row}
	return nil
}

// put writes one transaction.
func (o *Office) put(f *folded, upTo int, list []*touched, name store.Pack, pack []*touched) error {
	tx := o.store.Begin()
	defer tx.Discard()
	if len(pack) > 0 {
		items, err := o.packItems(name, pack)
		if err != nil {
			return err
		}
		if err := tx.Put(items...); err != nil {
			return err
		}
	}
	counts := o.counts.copy()
	for _, t := range list {
		if t.err != nil {
			return t.err
		}
		if err := tx.Put(t.items...); err != nil {
			return err
		}
		if err := putLinks(tx, t); err != nil {
			return err
		}
		kind := t.state.Kind
		switch {
		case t.gone && t.existed:
			counts[kind]--
		case !t.gone && !t.existed:
			counts[kind]++
		}
	}
	place := place{Pos: f.pos, Index: upTo, Hash: f.batch.Hash}
	if upTo == len(f.body.Changes) {
		place.Pos, place.Index = f.next, 0
		place.Last = f.pos
		advance(o.foldedHeads, f.batch)
	}
	for name, plain := range map[string][]byte{
		metaPlace: place.encode(), metaHeads: encodeHeads(o.foldedHeads), metaCounts: store.EncodeCounts(counts),
	} {
		if err := tx.PutMeta(name, plain); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	o.counts.set(counts)
	return nil
}

func putLinks(tx *store.Tx, t *touched) error {
	after := map[record.ID]bool{}
	if !t.gone {
		after = refs(t.state)
	}
	for id := range after {
		if !t.before[id] {
			if err := tx.Link(id, t.state.Kind, t.state.ID); err != nil {
				return err
			}
		}
	}
	for id := range t.before {
		if !after[id] {
			if err := tx.Unlink(id, t.state.Kind, t.state.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// show brings what was folded to the lists, the names and those who watch.
func (o *Office) show(list []*touched) {
	rows := make([]search.Row, 0, len(list))
	var gone []record.ID
	kinds := map[record.Kind]bool{}
	for _, t := range list {
		kinds[t.state.Kind] = true
		if !t.packed {
			o.packs.leave(t.state.ID)
		}
		switch {
		case t.gone:
			gone = append(gone, t.state.ID)
			o.gone.add(t.state.ID)
		case listed(t.state.Kind):
			rows = append(rows, t.row)
		}
		if known(t.state.Kind) {
			o.refresh(fold.View(t.state, o.names.get))
		}
	}
	o.index.Put(rows...)
	o.index.Remove(gone...)
	if len(list) > 16 {
		for k := range kinds {
			o.watchers.tell(Event{Kind: k})
		}
		return
	}
	for _, t := range list {
		o.watchers.tell(Event{Kind: t.state.Kind, ID: t.state.ID})
	}
}

// known are the kinds whose records the office itself goes by.
func known(k record.Kind) bool {
	return k == record.Member || k == record.OfficeKind || k == record.Facility
}

// refresh keeps the members' names, the office's name, the rights and the
// facilities current.
func (o *Office) refresh(r *record.Record) {
	info := o.Info()
	switch {
	case r.Kind == record.Facility:
		o.places.set(r)
	case r.Kind == record.Member:
		o.names.set(r.ID, r.Get("name"))
		if r.ID == info.Member {
			info.Name, info.Role, info.Licence = r.Get("name"), r.Get("role"), r.Get("licence")
		}
	case r.ID == info.OfficeID:
		info.Office, info.City = r.Get("name"), r.Get("city")
		if rights, err := parseRights(r.Get("rights")); err == nil {
			o.rights.Store(&rights)
		}
	}
	o.info.Store(&info)
}
