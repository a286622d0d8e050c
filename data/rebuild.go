package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/search"
	"paradero/data/store"
	"paradero/data/team"
)

func parseRights(text string) (team.Rights, error) { return team.ParseRights(text) }

// errStale says that the working copy cannot be used as it is.
var errStale = errors.New("working copy disagrees with the journal")

func (o *Office) storeDir() string { return filepath.Join(o.cfg.Dir, recordsDir) }

// useCopy opens the working copy, reads the rows and takes in what the journal
// has beyond it. false: it is missing, damaged or disagrees with the journal,
// and must be rebuilt.
func (o *Office) useCopy(ctx context.Context) (bool, error) {
	if !o.cfg.Store.Exists(o.storeDir()) || o.away.unfinished() {
		return false, nil
	}
	if ok, err := o.sound(ctx); !ok {
		return false, err
	}
	err := o.tryCopy(ctx)
	switch {
	case err == nil:
		o.store.Trusted()
		return true, nil
	case ctx.Err() != nil, errors.Is(err, ledger.ErrNewer), fault.Is(err, fault.Full), errors.Is(err, ledger.ErrFull):
		return false, diskFault("open office", err)
	}
	o.noteWrong(err)
	if o.store != nil {
		_ = o.store.Close()
		o.store = nil
	}
	return false, nil
}

func (o *Office) tryCopy(ctx context.Context) error {
	if err := o.openStore(); err != nil {
		return err
	}
	at, err := o.readMeta()
	if err != nil {
		return err
	}
	if _, err := o.store.Meta(metaRelaw); !isMissing(err) {
		return errors.Join(o.readHeld(), errStale) // not all is in it, or it was judged by less than is known
	}
	// The rows first: who folds asks them which records there are.
	if err := o.readRows(ctx); err != nil {
		return err
	}
	if err := o.readJudged(); err != nil {
		return err
	}
	if err := o.catchUp(ctx, at); err != nil {
		return err
	}
	if err := o.readHeld(); err != nil {
		return err
	}
	if o.relaw.Load() {
		return errStale // what was judged before the law was known is to be judged again
	}
	owed, err := o.store.Owed()
	if err != nil {
		return err
	}
	for _, h := range owed {
		o.owed.put(h, true)
	}
	return o.purgeRest(ctx)
}

// readMeta reads how far the copy has come, and checks that the journal has
// that very batch there.
func (o *Office) readMeta() (place, error) {
	b, err := o.store.Meta(metaPlace)
	if isMissing(err) {
		if bare, berr := o.store.Bare(); berr != nil || !bare {
			return place{}, errStale
		}
		return place{Pos: o.journal.Start()}, nil // nothing has come here yet
	}
	if err != nil {
		return place{}, err
	}
	at, err := decodePlace(b)
	if err != nil {
		return place{}, err
	}
	if b, err = o.store.Meta(metaFeeds); err != nil {
		return place{}, err
	}
	if o.foldedFeeds, err = ledger.ReadFeeds(b); err != nil {
		return place{}, err
	}
	o.feeds = o.foldedFeeds.Clone()
	if b, err = o.store.Meta(metaCounts); err != nil {
		return place{}, err
	}
	of, err := store.DecodeCounts(b)
	if err != nil {
		return place{}, err
	}
	o.counts.set(of)
	if b, err = o.store.Meta(metaKnown); err != nil || !bytes.Equal(b, knows()) {
		return place{}, errStale // made by a program that knew less, or more
	}
	last := at.Last
	if at.Index > 0 {
		last = at.Pos
	}
	o.acked, o.ackedLast = at.Pos, at.Hash
	batch, _, err := o.journal.Read(last)
	if errors.Is(err, ledger.ErrNewer) {
		return place{}, err
	}
	if err != nil || batch.Hash != at.Hash {
		o.ahead = true // it holds what the journal does not
		return place{}, errStale
	}
	return at, nil
}

// catchUp folds what the journal holds beyond a place: batches that were
// acknowledged when the program died. A torn tail is cut off; it was never
// acknowledged, since an acknowledged batch is whole on the disk.
func (o *Office) catchUp(ctx context.Context, at place) error {
	from := at.Index
	damage, err := o.journal.Resume(ctx, at.Pos, func(pos ledger.Pos, b *ledger.Batch) error {
		err := o.takeIn(pos, b, from)
		from = 0
		return err
	})
	if err == nil {
		err = o.settle()
	}
	if err != nil {
		return err
	}
	return o.mark(damage)
}

// mark keeps what is damaged in mind and cuts a torn tail off. What the
// working copy had already folded was acknowledged, so when the journal ends
// before that, it is damage: the remains of the tail are kept beside it.
func (o *Office) mark(damage []ledger.Damage) error {
	o.damage = o.damage[:0]
	lost := o.journal.End().Before(o.acked)
	for _, d := range damage {
		if !d.Tail {
			o.damage = append(o.damage, d)
			continue
		}
		if !lost {
			o.trimmed = d.Length
		}
	}
	if lost {
		o.damage = append(o.damage, ledger.Damage{Pos: o.journal.End(), Tail: true})
		if err := room(o.disk, o.cfg.Dir, "open office"); err != nil {
			return err
		}
		name := ""
		if o.ackedLast != (ledger.Hash{}) {
			name = shortHash(o.ackedLast)
		}
		if err := o.journal.KeepTail(name); err != nil {
			return err
		}
		o.acked, o.ackedLast = ledger.Pos{}, ledger.Hash{}
	}
	if lost || o.trimmed > 0 {
		return o.journal.Trim()
	}
	return nil
}

// takeIn checks a batch of the journal and folds it from a change on. One that
// does not verify or open is passed over; Verify names it.
func (o *Office) takeIn(pos ledger.Pos, b *ledger.Batch, from int) error {
	if err := room(o.disk, o.cfg.Dir, "open office"); err != nil {
		return err
	}
	err := b.Verify(o.publicOf(o.feeds, b))
	var body *ledger.Body
	if err == nil {
		body, err = b.Open(o.keys)
	}
	if err == nil {
		o.regain(body)
	}
	if isForeign(err) {
		o.foreign = append(o.foreign, pos)
		return nil
	}
	if err != nil {
		return fmt.Errorf("take in batch: %w", err)
	}
	f := &folded{pos: pos, next: pos, batch: b, body: body}
	f.next.Offset += int64(b.FrameSize())
	if at, ok := o.where(b.Hash); ok && at.Pos != pos {
		f.was, f.paid = at.Pos, true
	} else {
		o.feeds.Add(b, o.known)
	}
	o.flights.add(b, pos)
	return o.gather(f, from)
}

// readRows fills the lists from the working copy and checks that none is lost.
func (o *Office) readRows(ctx context.Context) error {
	total := 0
	for _, n := range o.counts.copy() {
		total += n
	}
	r := &rowReader{office: o, found: map[record.Kind]int{}, own: map[record.ID]bool{}}
	o.cfg.Progress(Progress{Phase: "rows", Total: total})
	if err := o.store.Rows(ctx, 0, runtime.NumCPU(), r.take); err != nil {
		return err
	}
	if err := r.readPacks(ctx); err != nil {
		return err
	}
	o.index.Put(r.rows...)
	for kind, n := range o.counts.copy() {
		if r.found[kind] != n {
			return errStale
		}
	}
	for _, id := range r.law {
		if err := o.readLaw(id); err != nil {
			return err
		}
	}
	for _, id := range r.known {
		s, _, err := o.state(id)
		if err != nil {
			return err
		}
		o.refresh(fold.View(s, o.names.get))
		if s.Kind == record.Circle {
			o.circles.set(s, o.unboxers())
		}
	}
	if err := o.readRestricted(); err != nil {
		return err
	}
	if err := o.readMerges(); err != nil {
		return err
	}
	o.cfg.Progress(Progress{Phase: "rows", Done: total, Total: total})
	return nil
}

// rowReader hands rows on in portions, so that a hundred thousand of them never
// stand in memory twice.
type rowReader struct {
	office *Office
	mu     sync.Mutex
	found  map[record.Kind]int
	rows   []search.Row
	known  []record.ID
	law    []record.ID        // those that make law, also when they are not shown
	own    map[record.ID]bool // records with values of their own
}

const rowPortion = 8192

func (r *rowReader) take(kind record.Kind, id record.ID, b []byte) error {
	if len(b) == 0 {
		r.office.gone.add(id)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.own[id] = true
		if team.Concerns(kind) {
			r.law = append(r.law, id)
		}
		return nil
	}
	var row search.Row
	var err error
	if listed(kind) {
		if row, err = decodeRow(kind, id, b); err != nil {
			return err
		}
	}
	if full := r.add(kind, id, row); full != nil {
		r.office.index.Put(full...)
	}
	return nil
}

// add keeps a row and gives a portion when one is full.
func (r *rowReader) add(kind record.Kind, id record.ID, row search.Row) []search.Row {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found[kind]++
	r.own[id] = true
	if known(kind) {
		r.known = append(r.known, id)
	}
	if team.Concerns(kind) {
		r.law = append(r.law, id)
	}
	if !listed(kind) {
		return nil
	}
	r.rows = append(r.rows, row)
	return r.portion()
}

// readPacks reads all packs, after all rows of their own are known: one
// goroutine unseals, as many as there are cores decode.
func (r *rowReader) readPacks(ctx context.Context) error {
	type sheet struct {
		name  store.Pack
		plain []byte
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := make(chan sheet, 8)
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for p := range work {
				if err := r.takePack(p.name, p.plain); err != nil {
					stop(err)
				}
			}
		})
	}
	err := r.office.store.Packs(ctx, func(name store.Pack, plain []byte) error {
		work <- sheet{name, plain}
		return nil
	})
	close(work)
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (r *rowReader) takePack(name store.Pack, plain []byte) error {
	ids, rows, err := packedRows(plain, func(id record.ID) bool { return r.own[id] }) // nobody writes own any more
	if err != nil {
		return err
	}
	r.office.packs.put(name, ids)
	if full := r.addPacked(rows); full != nil {
		r.office.index.Put(full...)
	}
	return nil
}

func (r *rowReader) addPacked(rows []search.Row) []search.Row {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range rows {
		r.found[rows[i].Kind]++
		if known(rows[i].Kind) {
			r.known = append(r.known, rows[i].ID)
		}
		if team.Concerns(rows[i].Kind) {
			r.law = append(r.law, rows[i].ID)
		}
	}
	r.rows = append(r.rows, rows...)
	return r.portion()
}

// portion gives the rows to hand on when there are enough. The caller holds mu.
func (r *rowReader) portion() []search.Row {
	if len(r.rows) < rowPortion {
		return nil
	}
	full := r.rows
	r.rows = make([]search.Row, 0, rowPortion+txChanges)
	return full
}

// rebuild throws the working copy away and makes it anew from the journal.
func (o *Office) rebuild(ctx context.Context, progress func(Progress)) error {
	const op = "rebuild"
	if err := room(o.disk, o.cfg.Dir, op); err != nil {
		return err
	}
	discard := o.cfg.Store.Remove
	if o.ahead || len(o.damage) > 0 {
		discard = o.cfg.Store.SetAside
	}
	if err := discard(o.storeDir()); err != nil {
		return diskFault(op, err)
	}
	if err := o.openStore(); err != nil {
		return fault.Wrap(err, fault.Internal, op, "store_failed")
	}
	if err := o.held.each(o.store.Hold); err != nil { // it waits on, also through a closing
		return diskFault(op, err)
	}
	o.damage, o.foreign, o.trimmed = nil, nil, 0
	o.index, o.feeds, o.foldedFeeds, o.packs = search.New(), ledger.NewFeeds(), ledger.NewFeeds(), newPackBook()
	o.pending, o.pendingSize, o.pendingLate = nil, 0, 0
	o.later.reset()
	o.owed.clear()
	o.counts.set(map[record.Kind]int{})
	o.places = newPlaceBook()
	o.law = o.newLaw()
	o.circles.reset()
	o.merges.reset()
	o.tally.reset()
	o.quiet.reset()
	if err := o.takeOutAway(ctx); err != nil {
		return diskFault(op, err)
	}
	r := &rebuilding{office: o, ctx: ctx, progress: progress, named: map[record.ID]bool{}, doubled: map[uint64]bool{}}
	damage, err := o.journal.Resume(ctx, o.journal.Start(), r.survey)
	if err == nil {
		err = r.look()
	}
	if err == nil {
		err = r.lookBehind()
	}
	if err == nil {
		o.relaw.Store(false) // all law is known before anything is judged
		err = r.fold()
	}
	if err != nil {
		return diskFault(op, err)
	}
	o.rebuilt = r.done > 0
	o.showOpening()
	if err := o.mark(damage); err != nil {
		return diskFault(op, err)
	}
	o.store.Trusted()
	return diskFault(op, o.purgeEnd(ctx))
}

// Rebuild makes the working copy of an open office anew. Nobody else writes
// meanwhile; an interrupted one is taken up at the next opening.
func (o *Office) Rebuild(ctx context.Context, progress func(Progress)) error {
	const op = "rebuild"
	if progress == nil {
		progress = func(Progress) {}
	}
	o.closing.Lock()
	if o.closed {
		o.closing.Unlock()
		return fault.New(fault.Cancelled, op, "office_closed")
	}
	defer o.closing.Unlock()
	if err := room(o.disk, o.cfg.Dir, op); err != nil {
		return err // the old one stays: it is better than none
	}
	o.drain()
	o.use.Lock()
	defer o.use.Unlock()
	// Where the journal has rotted, the working copy is all that is left: it is set
	// aside then, and not thrown away.
	if err := o.lookForDamage(ctx); err != nil {
		return diskFault(op, err)
	}
	_ = o.store.Close() // how it ends matters no more: it is made anew
	// What stands in the journal was acknowledged; and if this stops half way,
	// the next batch still follows the last one.
	feeds := o.feeds
	o.acked = o.journal.End()
	if err := o.rebuild(ctx, progress); err != nil {
		o.broken.Store(true)
		o.feeds = feeds
		return err
	}
	o.broken.Store(false)
	o.wrong = nil
	o.watchers.tell(Event{})
	return o.keepRegained()
}
