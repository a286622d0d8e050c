package data

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
	"paradero/data/team"
)

// While much arrives (arrival.go), a record is folded when it is first spoken of,
// and what is said of it further is only noted by its place in the journal. When
// the arrival ends, or enough is noted, all of this is folded record by record: each
// is read, folded and written once, however often it was changed. Until then the
// working copy says of itself that it is to be made anew: a program that ends in
// between leaves none that hides something.
const (
	laterSpots = 1 << 20 // noted before they are folded: 24 bytes each
	laterRoom  = laterSpots + intakeBatches*ledger.MaxChanges
	laterShare = 4 << 10 // folded in one go, while whoever saves waits
	laterUnits = 2 << 10 // batches' changes that share a transaction when few are folded in it
)

// laterBook is what is noted. All but the flags is the folding goroutine's own.
type laterBook struct {
	open  atomic.Bool // something is noted and not folded: the copy is behind
	halt  atomic.Bool // the office closes: it is left to the next opening
	seen  map[record.ID]struct{}
	spots []laterSpot
	share int // how many are folded in one go; 0: laterShare
	busy  bool
	wait  []*folded // who asked, while it was being folded, to be told of its end
}

// laterSpot is where one change stands, in little room.
type laterSpot struct {
	id record.ID
	at uint64 // segment, offset and number: 15, 40 and 9 bits
}

const laterOffset, laterIndex = 40, 9

// laterSpotOf gives a change's spot; false: it stands too far out to be noted so.
func laterSpotOf(id record.ID, pos ledger.Pos, i int) (laterSpot, bool) {
	if pos.Segment >= 1<<(64-laterOffset-laterIndex) || pos.Offset >= 1<<laterOffset || i >= 1<<laterIndex {
		return laterSpot{}, false
	}
	return laterSpot{id, uint64(pos.Segment)<<(laterOffset+laterIndex) | uint64(pos.Offset)<<laterIndex | uint64(i)}, true
}

func (s *laterSpot) spot() spot {
	place := s.at >> laterIndex
	pos := ledger.Pos{Segment: uint32(place >> laterOffset), Offset: int64(place & (1<<laterOffset - 1))}
	return spot{id: s.id, at: place40(pos), index: uint16(s.at & (1<<laterIndex - 1))}
}

// puts notes a change when its record was folded in this arrival already. What
// makes law, and those by whom others are shown, are never put off.
func (l *laterBook) puts(c *ledger.Change, pos ledger.Pos, i int) bool {
	if team.Makes(c) || known(c.Kind) {
		return false
	}
	if l.seen == nil {
		l.seen = map[record.ID]struct{}{}
	}
	if _, was := l.seen[c.Record]; !was {
		l.seen[c.Record] = struct{}{}
		return false
	}
	s, ok := laterSpotOf(c.Record, pos, i)
	if !ok {
		return false
	}
	if len(l.spots) == laterRoom/64 { // they are many: no more copying from here on
		l.spots = slices.Grow(l.spots, laterRoom)
	}
	l.spots = append(l.spots, s)
	l.open.Store(true)
	return true
}

// reset forgets all: the working copy is made anew from all that the journal has.
func (l *laterBook) reset() {
	l.spots, l.seen = nil, nil
	l.open.Store(false)
}

// hold keeps who waits until what is being folded is; false: nothing is.
func (l *laterBook) hold(f *folded) bool {
	if !l.busy || f.flush == nil && f.land == nil {
		return false
	}
	l.wait = append(l.wait, f)
	return true
}

// land folds what was noted, and tells whoever waits for that. It is the folding
// goroutine's; what is saved meanwhile is folded between two shares.
func (o *Office) land(ends bool, progress func(Progress)) error {
	l := &o.later
	if len(l.spots) == 0 && !l.open.Load() {
		if ends {
			l.seen = nil
		}
		return nil
	}
	if o.broken.Load() {
		return errStale
	}
	l.busy = true
	err := o.landAll(progress)
	l.busy = false
	if ends {
		l.seen = nil
	}
	if err != nil {
		if !l.halt.Load() {
			o.suspect()
		}
	} else {
		l.open.Store(false)
		err = o.clearMark()
	}
	wait := l.wait
	l.wait = nil
	for _, f := range wait {
		o.answer(f)
	}
	return err
}

// clearMark takes away that the copy is to be made anew, unless it is for another reason.
func (o *Office) clearMark() error {
	if o.relaw.Load() {
		return nil
	}
	tx := o.store.Begin()
	defer tx.Discard()
	if err := tx.DropMeta(metaRelaw); err != nil {
		return err
	}
	return tx.Commit()
}

var errHalted = errors.New("the office is being closed")

func (o *Office) landAll(progress func(Progress)) error {
	l := &o.later
	for done, all := 0, len(l.spots); len(l.spots) > 0; {
		spots := l.spots
		l.spots = nil
		all = max(all, done+len(spots))
		var share []spot
		for rest := byRecord(spots); len(rest) > 0; {
			share = share[:0]
			n := 0
			for ; n < len(rest) && (n == 0 || len(share)+int(rest[n].n) <= cmp.Or(l.share, laterShare)); n++ {
				for i := range rest[n].n {
					share = append(share, spots[rest[n].from+i].spot())
				}
			}
			if err := o.foldLate(share); err != nil {
				return err
			}
			rest, done = rest[n:], done+len(share)
			progress(Progress{Phase: "fold", Done: done, Total: all})
			if err := o.between(); err != nil {
				return err
			}
		}
	}
	return nil
}

// between folds what was saved while a share was.
func (o *Office) between() error {
	for {
		if o.later.halt.Load() {
			return errHalted
		}
		select {
		case f, ok := <-o.folds:
			if !ok {
				return errHalted
			}
			if !o.later.hold(f) {
				o.foldNext(f)
			}
		default:
			return nil
		}
	}
}

// recordSpots is which of the spots are one record's.
type recordSpots struct{ from, n int32 }

// byRecord brings the changes of each record together and gives the records in the
// order in which the journal speaks of them: so few batches are read for some.
func byRecord(spots []laterSpot) []recordSpots {
	slices.SortFunc(spots, func(a, b laterSpot) int { return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.at, b.at)) })
	var list []recordSpots
	for i := range spots {
		if i == 0 || spots[i].id != spots[i-1].id {
			list = append(list, recordSpots{from: int32(i)})
		}
		list[len(list)-1].n++
	}
	slices.SortFunc(list, func(a, b recordSpots) int { return cmp.Compare(spots[a.from].at, spots[b.from].at) })
	return list
}

// foldLate folds some records' noted changes into them.
func (o *Office) foldLate(spots []spot) error {
	pieces, why, err := o.readSpots(spots)
	if err != nil {
		return err
	}
	var list []*touched
	var froms [][2]int
	for i := 0; i < len(spots); {
		k := i + 1
		for k < len(spots) && spots[k].id == spots[i].id {
			k++
		}
		list, froms = append(list, nil), append(froms, [2]int{i, k})
		i = k
	}
	errs := make([]error, len(list))
	parallel(len(list), func(n int) {
		i, k := froms[n][0], froms[n][1]
		list[n], errs[n] = o.touchLate(spots[i:k], pieces[i:k], why[i:k])
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	refused := refusals(pieces, why)
	for len(list) > 0 {
		n, size := 0, 0
		for n < len(list) && n < txChanges && size < txSize {
			size += list[n].size
			n++
		}
		if err := o.putLate(list[:n], refused); err != nil {
			return fmt.Errorf("fold: %w", err)
		}
		list, refused = list[n:], nil
	}
	return nil
}

// touchLate reads a record and folds into it what was noted.
func (o *Office) touchLate(spots []spot, pieces []fold.Piece, why []string) (*touched, error) {
	for i := range pieces {
		if pieces[i].Change == nil {
			return nil, errStale // it rotted since it came
		}
	}
	t := &touched{state: &fold.State{ID: spots[0].id, Kind: pieces[0].Change.Kind}, fresh: true, kind: pieces[0].Change.Kind}
	s, places, err := o.state(spots[0].id)
	if err == nil {
		t = &touched{state: s, places: places, erasedThen: slices.Clone(s.Erased), before: refs(s), existed: !s.Deleted() && !o.away.has(s.ID), kind: s.Kind}
	} else if !isMissing(err) {
		return nil, err
	}
	for i := range pieces {
		p := &pieces[i]
		t.size += changeSize(p.Change)
		t.places = append(t.places, fold.Place{Pos: spots[i].pos(), Index: spots[i].index})
		if why[i] != "" {
			t.noteOne(p.Change, p.Origin.Write)
			continue
		}
		t.pieces = append(t.pieces, *p)
	}
	slices.SortStableFunc(t.pieces, func(a, b fold.Piece) int { return a.Origin.Order(&b.Origin) })
	t.err = o.apply(t)
	t.size += 64 * len(t.state.Origins)
	return t, t.err
}

// putLate writes some records in one transaction, or in smaller ones.
func (o *Office) putLate(list []*touched, refused []refusal) error {
	for _, t := range list {
		t.packed, t.items = false, nil
	}
	pack := markPacked(list)
	parallel(len(list), func(i int) { list[i].err = o.finish(list[i]) })
	name := store.Pack{}
	if len(pack) > 0 {
		name = packName(pack[0].places[0])
	}
	err := o.putAndShow(nil, list, refused, name, pack)
	if errors.Is(err, store.ErrTooBig) && len(list) > 1 {
		half := len(list) / 2
		if err := o.putLate(list[:half], refused); err != nil {
			return err
		}
		return o.putLate(list[half:], nil)
	}
	return err
}

// awaitLanding asks for what was noted to be folded, as an arrival's end, and waits
// for it; when the caller stops it goes on behind. That it failed makes the copy
// suspect, as any fold that fails, and is no failing of what arrived.
func (o *Office) awaitLanding(ctx context.Context, progress func(Progress)) error {
	l := &landing{done: make(chan struct{}), ends: true, told: make(chan Progress, 1)}
	if err := o.hand(context.WithoutCancel(ctx), &job{land: l, bulk: true}); err != nil {
		return err
	}
	for {
		select {
		case <-l.done:
			return nil
		case p := <-l.told:
			progress(p)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// landing is a wish to fold what was noted.
type landing struct {
	done chan struct{}
	ends bool          // the arrival is over
	told chan Progress // buffered; who asked may have gone
}

// tell tells how far it is, when somebody listens.
func (l *landing) tell(p Progress) {
	select {
	case l.told <- p:
	default:
	}
}

// answer tells one who waits in the line of what is folded that it is his turn.
func (o *Office) answer(f *folded) {
	if f.flush != nil {
		close(f.flush)
		return
	}
	_ = o.land(f.land.ends, f.land.tell) // the copy is suspect then
	close(f.land.done)
}
