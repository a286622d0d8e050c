package data

import (
	"errors"
	"fmt"
	"slices"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/search"
	"paradero/data/store"
)

// Names of the values that the working copy keeps about itself.
const (
	metaPlace  = "place2" // how far into the journal it has come
	metaFeeds  = "feeds"  // where they end, at that place
	metaCounts = "counts" // rows of each kind
	metaKnown  = "known"  // what the program knew that made it
	metaRelaw  = "relaw"  // law came late: what is in it is to be judged again
)

// Bounds of one transaction: Badger refuses more than 15 % of its memtable.
const (
	txChanges = 256
	txSize    = 400 << 10
)

// unit is one change on its way into the working copy.
type unit struct {
	from *folded
	at   int
	late bool // only noted: it is folded when the arrival ends
}

func (u unit) change() *ledger.Change { return &u.from.body.Changes[u.at] }
func (u unit) last() bool             { return u.at == len(u.from.body.Changes)-1 }
func (u unit) place() fold.Place      { return fold.Place{Pos: u.from.pos, Index: uint16(u.at)} }

// touched is one record that a transaction changes.
type touched struct {
	state      *fold.State
	places     []fold.Place
	pieces     []fold.Piece
	erasedThen []record.Write     // what was erased of it before
	erased     []record.Write     // payloads to be taken out of the journal
	owed       []ledger.Hash      // batches of which a payload is missing that nothing erased
	before     map[record.ID]bool // what it referred to
	existed    bool               // had a row
	fresh      bool               // there was no such record
	kind       record.Kind        // of the row that it had
	plain      []byte             // places and state, encoded
	rowPlain   []byte             // empty for a deleted record
	packed     bool               // goes into this transaction's pack
	marked     bool               // somebody restricts it, or did
	items      []store.Item
	size       int // roughly, of what is written of it
	row        search.Row
	gone       bool
	err        error
}

// gather adds a batch, from a change on, to what waits to be folded together,
// and folds whenever that is as much as one transaction takes.
func (o *Office) gather(f *folded, from int) error {
	for i := from; i < len(f.body.Changes); i++ {
		u := unit{from: f, at: i}
		if u.late = f.late && o.later.puts(u.change(), f.pos, i); u.late {
			o.pendingLate++
		} else {
			o.pendingSize += changeSize(u.change())
		}
		o.pending = append(o.pending, u)
		if len(o.pending)-o.pendingLate >= txChanges || o.pendingSize >= txSize || len(o.pending) >= laterUnits {
			if err := o.settle(); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle folds what has been gathered.
func (o *Office) settle() error {
	units := o.pending
	o.pending, o.pendingSize, o.pendingLate = nil, 0, 0
	if len(units) == 0 {
		return nil
	}
	if err := o.foldUnits(units); err != nil {
		return fmt.Errorf("fold: %w", err)
	}
	return nil
}

func (o *Office) foldUnits(units []unit) error {
	err := o.foldTogether(units)
	if errors.Is(err, store.ErrTooBig) && len(units) > 1 {
		// Few changes of long records can be more than many of short ones.
		half := len(units) / 2
		if err := o.foldUnits(units[:half]); err != nil {
			return err
		}
		return o.foldUnits(units[half:])
	}
	return err
}

func (o *Office) foldTogether(units []unit) error {
	byID := map[record.ID]*touched{}
	var list []*touched
	var refused []refusal
	for _, u := range units {
		if u.late {
			continue
		}
		c := u.change()
		t, ok := byID[c.Record]
		if !ok {
			var err error
			if t, err = o.touch(c, u.from.batch.Device); err != nil {
				return err
			}
			byID[c.Record] = t
			list = append(list, t)
		}
		if was := u.from.was; was != (ledger.Pos{}) { // it came again: where it stood it does not read
			t.places = slices.DeleteFunc(t.places, func(p fold.Place) bool { return p.Pos == was })
		}
		t.places = append(t.places, u.place())
		t.marked = t.marked || c.Op == ledger.OpRestrict
		from := origin(u.from, u.at, c)
		o.learn(u.from.batch, c, from)
		if ok, why := o.judge(u.from.batch.Seq, c, &from); !ok {
			refused = append(refused, refusal{from.Write, why, from.Device, from.Author})
			t.noteOne(c, from.Write) // with its values it may be in order
			continue
		}
		t.pieces = append(t.pieces, fold.Piece{Change: c, Origin: from})
	}
	for _, t := range list {
		if err := o.apply(t); err != nil {
			return err
		}
	}
	pack := markPacked(list)
	parallel(len(list), func(i int) { list[i].err = o.finish(list[i]) })
	return o.putAndShow(units, list, refused, packName(units[0].place()), pack)
}

// putAndShow writes one transaction and brings what is in it to the lists.
func (o *Office) putAndShow(units []unit, list []*touched, refused []refusal, name store.Pack, pack []*touched) error {
	if err := o.put(units, list, refused, name, pack); err != nil {
		return err
	}
	if len(pack) > 0 {
		ids := make([]record.ID, len(pack))
		for i, t := range pack {
			ids[i] = t.state.ID
		}
		o.packs.put(name, ids)
	}
	o.show(list)
	return nil
}

// apply folds what is new into a touched record: simply when it comes behind
// all that is there, else by folding everything anew in its one order.
func (o *Office) apply(t *touched) error {
	inOrder := true
	for i := range t.pieces {
		p := &t.pieces[i]
		if !t.state.Follows(&p.Origin) {
			inOrder = false
			break
		}
		fold.Apply(t.state, p.Change, p.Origin)
	}
	if !inOrder {
		if err := o.refold(t); err != nil {
			return err
		}
	}
	t.note()
	return nil
}

// note remembers which payloads its new pieces take away or lack, or have though
// they were taken away.
func (t *touched) note() {
	for i := range t.pieces {
		t.noteOne(t.pieces[i].Change, t.pieces[i].Origin.Write)
	}
	for _, w := range t.state.Erased {
		if _, was := slices.BinarySearchFunc(t.erasedThen, w, fold.CompareWrites); !was {
			t.erased = append(t.erased, w)
		}
	}
	t.pieces = nil
}

func (t *touched) noteOne(c *ledger.Change, w record.Write) {
	switch gone := t.state.Gone(w); {
	case c.Erased && !gone:
		t.owed = append(t.owed, w.Batch)
	case gone && !c.Erased: // it came among many, see intake.strip
		t.erased = append(t.erased, w)
	}
}

// packName names a pack by the place of the first change in it.
func packName(first fold.Place) store.Pack {
	return store.Pack{Segment: first.Pos.Segment, Offset: first.Pos.Offset, Index: first.Index}
}

// markPacked chooses the new records that go into a pack: none when they are few.
func markPacked(list []*touched) []*touched {
	var pack []*touched
	for _, t := range list {
		if t.fresh && listed(t.state.Kind) && !isRestricted(t.state) && !t.gone && !t.state.Deleted() {
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
	return originOf(f.batch, f.body, i, c)
}

func originOf(b *ledger.Batch, body *ledger.Body, i int, c *ledger.Change) fold.Origin {
	_, zone := body.Wall.Zone()
	list := c.List
	if !c.Circle.IsZero() {
		list = "" // the same for who reads it and who does not
	}
	return fold.Origin{
		Write: record.Write{Batch: b.Hash, Index: uint16(i)}, Lamport: b.Lamport,
		Wall: body.Wall.UnixMilli(), Zone: int32(zone / 60), Author: body.Author, Device: b.Device, List: list,
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

// touch reads a record before it is changed; one that is missing is new. What
// another device says of a record's kind is not believed.
func (o *Office) touch(c *ledger.Change, device record.ID) (*touched, error) {
	fresh := &touched{state: &fold.State{ID: c.Record, Kind: c.Kind}, fresh: true, kind: c.Kind}
	if device == o.Info().Device && o.absent(c.Kind, c.Record) {
		return fresh, nil
	}
	s, places, err := o.state(c.Record)
	if isMissing(err) {
		return fresh, nil
	}
	if err != nil {
		return nil, err
	}
	return &touched{state: s, places: places, erasedThen: slices.Clone(s.Erased), before: refs(s), existed: !s.Deleted() && !o.away.has(s.ID), kind: s.Kind}, nil
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
	t.gone = t.state.Deleted() || o.away.has(t.state.ID)
	if !t.gone {
		t.row = o.sharedRow(t.state)
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
	if t.kind != t.state.Kind { // an earlier change came that made it another kind
		old, err := o.store.RowItem(t.kind, t.state.ID, nil)
		if err != nil {
			return err
		}
		t.items = append(t.items, old)
	}
	return nil
}

// put writes one transaction.
func (o *Office) put(units []unit, list []*touched, refused []refusal, name store.Pack, pack []*touched) error {
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
		if err := o.putAsked(tx, t.state); err != nil {
			return err
		}
		if t.existed {
			counts[t.kind]--
		}
		if !t.gone {
			counts[t.state.Kind]++
		}
	}
	if err := o.putRefused(tx, refused); err != nil {
		return err
	}
	if err := errors.Join(o.putMissing(tx, list), o.putMarked(tx, list)); err != nil {
		return err
	}
	hashes, err := o.putPlace(tx, units, counts)
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	o.counts.set(counts)
	o.flights.landed(hashes...)
	return nil
}

// putPlace writes how far the copy has come with these units, and which batches
// are in it whole.
func (o *Office) putPlace(tx *store.Tx, units []unit, counts map[record.Kind]int) ([]ledger.Hash, error) {
	var hashes []ledger.Hash
	lacking := len(o.foldedFeeds.Gaps()) > 0
	for _, u := range units {
		if !u.last() {
			continue
		}
		b := u.from.batch
		s := standingOf(b, u.from.pos)
		item, err := o.store.BatchItem(b.Hash, s.encode())
		if err != nil {
			return nil, err
		}
		if err := tx.Put(item); err != nil {
			return nil, err
		}
		if u.from.was == (ledger.Pos{}) {
			o.foldedFeeds.Add(b, o.known)
		} else if err := o.came(tx, u.from); err != nil {
			return nil, err
		}
		hashes = append(hashes, b.Hash)
	}
	if len(units) == 0 { // records folded anew where they stand
		return nil, tx.PutMeta(metaCounts, store.EncodeCounts(counts))
	}
	if lacking && len(o.foldedFeeds.Gaps()) == 0 {
		o.relaw.Store(true) // what was lost let things pass that the law keeps out, see judge
	}
	end := units[len(units)-1]
	at := place{Pos: end.from.pos, Index: end.at + 1, Hash: end.from.batch.Hash}
	if end.last() {
		at.Pos, at.Index, at.Last = end.from.next, 0, end.from.pos
	}
	return hashes, o.putMeta(tx, at, counts)
}

// putMeta writes what the working copy knows about itself.
func (o *Office) putMeta(tx *store.Tx, at place, counts map[record.Kind]int) error {
	metas := map[string][]byte{
		metaKnown: knows(), metaPlace: at.encode(), metaFeeds: o.foldedFeeds.Append(nil), metaCounts: store.EncodeCounts(counts),
	}
	if o.relaw.Load() || o.later.open.Load() {
		metas[metaRelaw] = []byte{1} // goes with the copy, when that is made anew
	}
	for name, plain := range metas {
		if err := tx.PutMeta(name, plain); err != nil {
			return err
		}
	}
	return nil
}

// show brings what was folded to the lists, the names and those who watch.
func (o *Office) show(list []*touched) {
	stays, leave := o.opening.meet(list)
	rows := make([]search.Row, 0, len(list))
	var gone []record.ID
	gained := false
	for _, t := range list {
		if _, was := o.circles.restrictedTo(t.state.ID); was || isRestricted(t.state) {
			t.row = o.noteRestricted(t.state, t.places)
		}
		if !t.packed {
			o.packs.leave(t.state.ID)
		}
		if stays[t.state.ID] { // it is shown as it was said last, which has not come yet
			continue
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
		if t.state.Kind == record.Circle {
			gained = o.circles.set(t.state, o.unboxers()) || gained
		}
	}
	o.index.Put(rows...)
	o.index.Remove(gone...)
	o.opening.leave(leave)
	o.quiet.note(list)
	o.showMerges(slices.DeleteFunc(slices.Clone(list), func(t *touched) bool { return stays[t.state.ID] }))
	if gained && o.showRestricted() != nil {
		o.watchers.tell(Event{}) // what was not read now is read when it is asked for
	}
	o.tellFolded(list)
}
