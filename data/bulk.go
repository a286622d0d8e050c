package data

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"sync"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
	"paradero/data/team"
)

// Making the working copy anew reads the journal twice: once for what is there,
// which is checked and counted, and once for the values, record by record, so
// that each is folded and written once however often it was changed. Values are
// in memory only for as many records as a share holds.
const (
	surveyBatches = 512
	surveyBytes   = 8 << 20
	shareChanges  = 96 << 10
)

// spot is where one change stands.
type spot struct {
	id    record.ID
	at    uint64 // segment and offset
	index uint16
	first bool // of a record by which others are shown: members, the office, facilities
}

func (s *spot) pos() ledger.Pos {
	return ledger.Pos{Segment: uint32(s.at >> 40), Offset: int64(s.at & (1<<40 - 1))}
}

// rebuilding is one making of the working copy.
type rebuilding struct {
	office   *Office
	ctx      context.Context
	progress func(Progress)
	spots    []spot
	named    map[record.ID]bool // those to be folded first
	window   []*surveyed
	size     int
	here     map[ledger.Hash]ledger.Pos // batches of the window
	doubled  map[uint64]bool            // where batches stand that stand again behind
	end      place
	done     int
	keyless  []ledger.Pos // batches whose feed's first one has not been read yet
	behind   bool         // these are looked at
}

// surveyed is one batch of the survey.
type surveyed struct {
	pos    ledger.Pos
	batch  *ledger.Batch
	public ed25519.PublicKey
	body   *ledger.Body
	item   store.Item
	err    error
}

// survey takes one batch in; many are checked together, on all cores.
func (r *rebuilding) survey(pos ledger.Pos, b *ledger.Batch) error {
	r.window, r.size = append(r.window, &surveyed{pos: pos, batch: b}), r.size+b.Size()
	if len(r.window) < surveyBatches && r.size < surveyBytes {
		return nil
	}
	return r.look()
}

// look checks the batches of the window and notes what they speak of.
func (r *rebuilding) look() error {
	o := r.office
	if err := room(o.disk, o.cfg.Dir, "rebuild"); err != nil {
		return err
	}
	keys := map[record.ID]ed25519.PublicKey{}
	for _, s := range r.window {
		if len(s.batch.Public) > 0 && keys[s.batch.Device] == nil {
			keys[s.batch.Device] = s.batch.Public
		}
		if s.public = o.publicOf(o.feeds, s.batch); s.public == nil {
			s.public = keys[s.batch.Device]
		}
	}
	if !r.behind {
		r.window = slices.DeleteFunc(r.window, func(s *surveyed) bool {
			if s.public == nil {
				r.keyless = append(r.keyless, s.pos)
			}
			return s.public == nil
		})
	}
	parallel(len(r.window), func(i int) { r.window[i].open(o) })
	tx := o.store.Begin()
	defer func() { tx.Discard() }()
	r.here = map[ledger.Hash]ledger.Pos{}
	for _, s := range r.window {
		if errors.Is(s.err, errNoKey) {
			s.open(o) // its key may stand just before it
		}
		if isForeign(s.err) {
			o.foreign = append(o.foreign, s.pos)
			continue
		}
		if s.err != nil {
			return fmt.Errorf("read batch: %w", s.err)
		}
		if was, ok := r.stood(s.batch.Hash); ok && s.pos.Before(was) { // it came again, and was read before this
			o.doubles.add(s.pos)
			continue
		}
		if err := tx.Put(s.item); err != nil {
			return err
		}
		r.note(s)
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	r.window, r.size, r.here = nil, 0, nil
	r.progress(Progress{Phase: "rebuild", Done: r.done})
	return r.ctx.Err()
}

// lookBehind checks those whose feed's first batch was lost and came again behind
// them. Where it did not come their device is known by what let it in.
func (r *rebuilding) lookBehind() error {
	r.behind = true
	for _, pos := range r.keyless {
		b, _, err := r.office.journal.Read(pos)
		if err != nil {
			return err
		}
		if err := r.survey(pos, b); err != nil {
			return err
		}
	}
	if len(r.window) == 0 {
		return nil
	}
	return r.look()
}

// open checks a batch and opens what must be known before the values.
func (s *surveyed) open(o *Office) {
	if s.err = s.batch.Verify(s.public); s.err != nil {
		return
	}
	if s.body, s.err = s.batch.OpenHeads(o.keys); s.err != nil {
		return
	}
	for i := range s.body.Changes {
		if !team.Makes(&s.body.Changes[i]) {
			continue
		}
		var one *ledger.Body
		if one, s.err = s.batch.OpenOne(o.keys, i); s.err != nil {
			return
		}
		s.body.Changes[i] = one.Changes[i]
	}
	at := standingOf(s.batch, s.pos)
	s.item, s.err = o.store.BatchItem(s.batch.Hash, at.encode())
}

// stood gives where a batch stands before the place at hand.
func (r *rebuilding) stood(h ledger.Hash) (ledger.Pos, bool) {
	if at, ok := r.here[h]; ok {
		return at, true
	}
	s, ok := r.office.where(h)
	return s.Pos, ok
}

func place40(p ledger.Pos) uint64 { return uint64(p.Segment)<<40 | uint64(p.Offset) }

// note remembers where the changes of a batch stand.
func (r *rebuilding) note(s *surveyed) {
	o := r.office
	if was, ok := r.stood(s.batch.Hash); ok {
		o.doubles.add(was)
		r.doubled[place40(was)] = true
	} else {
		o.feeds.Add(s.batch, func(h ledger.Hash) bool { _, here := r.here[h]; return here || o.known(h) })
	}
	r.here[s.batch.Hash] = s.pos
	o.regain(s.body)
	at := place40(s.pos)
	for i := range s.body.Changes {
		c := &s.body.Changes[i]
		if known(c.Kind) || team.Concerns(c.Kind) {
			r.named[c.Record] = true
		}
		o.learn(s.batch, c, originOf(s.batch, s.body, i, c))
		r.spots = append(r.spots, spot{id: c.Record, at: at, index: uint16(i)})
	}
	r.done += len(s.body.Changes)
	next := s.pos
	next.Offset += int64(s.batch.FrameSize())
	if !s.pos.Before(r.end.Last) {
		r.end = place{Pos: next, Last: s.pos, Hash: s.batch.Hash}
	}
}

// fold reads the values, share by share, and writes every record once.
func (r *rebuilding) fold() error {
	if len(r.doubled) > 0 {
		r.spots = slices.DeleteFunc(r.spots, func(s spot) bool { return r.doubled[s.at] })
	}
	for i := range r.spots {
		r.spots[i].first = r.named[r.spots[i].id]
	}
	slices.SortFunc(r.spots, func(a, b spot) int {
		if a.first != b.first {
			if a.first {
				return -1
			}
			return 1
		}
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.at, b.at), cmp.Compare(a.index, b.index))
	})
	for rest, done := r.spots, 0; len(rest) > 0; {
		n := share(rest)
		if err := r.foldShare(rest[:n]); err != nil {
			return err
		}
		rest, done = rest[n:], done+n
		r.progress(Progress{Phase: "rebuild", Done: done, Total: len(r.spots)})
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	return r.finish()
}

// share is how many of the changes are folded together: whole records, those by
// which others are shown on their own.
func share(spots []spot) int {
	n := min(shareChanges, len(spots))
	for n < len(spots) && spots[n].id == spots[n-1].id {
		n++
	}
	for i := 1; i < n; i++ {
		if spots[i].first != spots[0].first {
			return i
		}
	}
	return n
}

// foldShare folds and writes the records of a share.
func (r *rebuilding) foldShare(spots []spot) error {
	o := r.office
	pieces, refused, err := r.read(spots)
	if err != nil {
		return err
	}
	var list []*touched
	for i := 0; i < len(spots); {
		k := i + 1
		for k < len(spots) && spots[k].id == spots[i].id {
			k++
		}
		t := &touched{fresh: true, places: make([]fold.Place, 0, k-i)}
		for j := i; j < k; j++ {
			t.places = append(t.places, fold.Place{Pos: spots[j].pos(), Index: spots[j].index})
			if p := pieces[j]; p.Change != nil {
				t.pieces = append(t.pieces, p)
				t.kind = cmp.Or(t.kind, p.Change.Kind)
				t.marked = t.marked || p.Change.Op == ledger.OpRestrict
			}
		}
		t.state = &fold.State{ID: spots[i].id, Kind: t.kind}
		list = append(list, t)
		i = k
	}
	list = slices.DeleteFunc(list, func(t *touched) bool { return t.kind == 0 }) // nothing of it could be read
	parallel(len(list), func(i int) { o.foldWhole(list[i]) })
	for len(list) > 0 {
		n, size := 0, 0
		for n < len(list) && n < txChanges && size < txSize {
			size += len(list[n].plain) + len(list[n].rowPlain) + 400
			n++
		}
		if err := r.write(list[:n], refused); err != nil {
			return err
		}
		list, refused = list[n:], nil
	}
	return nil
}

// foldWhole folds one record from all its pieces and encodes it.
func (o *Office) foldWhole(t *touched) {
	all := slices.Clone(t.pieces)
	effective := all[:0]
	for _, p := range all {
		if p.Origin.Lamport > 0 {
			effective = append(effective, p)
		}
	}
	if s := fold.All(effective); len(s.Origins) > 0 {
		t.state = s
	}
	refused := t.pieces
	t.pieces = effective
	t.note()
	for _, p := range refused {
		if p.Origin.Lamport == 0 { // with its values it may be in order
			t.noteOne(p.Change, p.Origin.Write)
		}
	}
	t.packed = true // so that it is encoded and not sealed yet
	t.err = o.finish(t)
	t.packed = false
}

// write writes some records in one transaction, or in smaller ones.
func (r *rebuilding) write(list []*touched, refused []refusal) error {
	o := r.office
	for _, t := range list {
		if t.err != nil {
			return t.err
		}
	}
	pack := markPacked(list)
	for _, t := range list {
		if !t.packed {
			if err := o.finish(t); err != nil {
				return err
			}
		}
	}
	return o.putAndShow(nil, list, refused, packName(list[0].places[0]), pack)
}

// read gives the changes at some spots with their values, in the order of the
// spots; one that has no effect has no Lamport time.
func (r *rebuilding) read(spots []spot) ([]fold.Piece, []refusal, error) {
	pieces, why, err := r.office.readSpots(spots)
	if err != nil {
		return nil, nil, err
	}
	refused := refusals(pieces, why)
	for i := range pieces {
		if why[i] != "" {
			pieces[i].Origin.Lamport = 0
		}
	}
	return pieces, refused, nil
}

// refusals gives the changes that have no effect.
func refusals(pieces []fold.Piece, why []string) (refused []refusal) {
	for i := range pieces {
		if p := &pieces[i]; why[i] != "" {
			refused = append(refused, refusal{p.Origin.Write, why[i], p.Origin.Device, p.Origin.Author})
		}
	}
	return refused
}

// readSpots reads the changes at some spots with their values, in the order of the
// spots, and why those have no effect that have none. What does not read is empty.
func (o *Office) readSpots(spots []spot) ([]fold.Piece, []string, error) {
	order := make([]int, len(spots))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(spots[a].at, spots[b].at), cmp.Compare(spots[a].index, spots[b].index))
	})
	var frames [][]int // the spots of each frame
	for _, i := range order {
		if n := len(frames); n > 0 && spots[frames[n-1][0]].at == spots[i].at {
			frames[n-1] = append(frames[n-1], i)
		} else {
			frames = append(frames, []int{i})
		}
	}
	pieces, errs := make([]fold.Piece, len(spots)), make([]error, len(frames))
	why := make([]string, len(spots))
	buffers := sync.Pool{New: func() any { return new([]byte) }}
	parallel(len(frames), func(f int) {
		buf := buffers.Get().(*[]byte)
		errs[f] = o.readFrame(spots, frames[f], buf, pieces, why)
		buffers.Put(buf) // texts are copies: nothing of the frame is kept
	})
	for f := range frames {
		if errs[f] != nil && !isForeign(errs[f]) {
			return nil, nil, errs[f]
		}
	}
	return pieces, why, nil
}

// readFrame opens the changes of one frame.
func (o *Office) readFrame(spots []spot, which []int, buf *[]byte, pieces []fold.Piece, why []string) error {
	b, _, err := o.journal.ReadInto(spots[which[0]].pos(), buf)
	if err != nil {
		return err
	}
	indexes := make([]int, len(which))
	for i, w := range which {
		indexes[i] = int(spots[w].index)
	}
	body, err := b.OpenSome(o.keys, indexes)
	if err != nil {
		return err
	}
	for _, w := range which {
		i := int(spots[w].index)
		c := body.Changes[i] // of its own, so that the others' memory goes
		pieces[w] = fold.Piece{Change: &c, Origin: originOf(b, body, i, &c)}
		if ok, missing := o.judge(b.Seq, &c, &pieces[w].Origin); !ok {
			why[w] = missing
		}
	}
	return nil
}

// finish writes how far the copy has come: until then it counts as never made.
func (r *rebuilding) finish() error {
	o := r.office
	if r.end.Pos == (ledger.Pos{}) {
		return nil
	}
	o.foldedFeeds = o.feeds.Clone()
	tx := o.store.Begin()
	defer tx.Discard()
	if err := o.putMeta(tx, r.end, o.counts.copy()); err != nil {
		return err
	}
	return tx.Commit()
}
