package data

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
)

// job is what one Edit or one step of an import asks to be written.
type job struct {
	changes []ledger.Change
	size    int
	done    chan outcome  // buffered: who commits never waits for a caller
	bulk    bool          // an import's: it prepares the next while this is written, and readers need not wait
	flush   chan struct{} // no changes: closed when everything before is folded
	foreign []*folded     // no changes: batches of other devices, checked, to be taken in
	late    bool          // of these: much arrives, see later.go
	land    *landing      // no changes: what was noted is to be folded
	keys    bool          // it gives devices keys: alone, and sealed with the office's first, see wrap
}

// outcome of a job: the batch that its changes went into and where they begin.
type outcome struct {
	batch ledger.Hash
	first int
	err   error
}

// folded is a durable batch on its way into the working copy.
type folded struct {
	pos, next ledger.Pos
	batch     *ledger.Batch
	body      *ledger.Body
	number    uint64        // counted from the opening, see barrier
	more      bool          // others follow at once: it may be folded with them
	was       ledger.Pos    // where it stood before it came again; zero: nowhere
	paid      bool          // it brings values that were missing
	flush     chan struct{} // no batch: closed when everything before is folded
	late      bool          // it came among many: what is said again of a record may be folded later
	land      *landing      // no batch: what was noted is to be folded
}

// batchRoom keeps a batch's estimated size under the limit with its overhead.
const batchRoom = ledger.MaxBatch * 3 / 4

// Edit is the one way in which anything is written. All changes stand in one
// batch or none does; when it returns they are durable, and whoever reads
// afterwards finds them. A refused field or gate gives an error that names each
// reason, and nothing is written; warnings come with the receipts.
func (o *Office) Edit(ctx context.Context, changes ...Change) ([]Receipt, error) {
	prepared := make([]*prepared, len(changes))
	for i := range changes {
		p, err := o.prepare(&changes[i])
		if err != nil {
			return nil, err
		}
		prepared[i] = p
	}
	if err := o.checkGates(ctx, prepared); err != nil {
		return nil, err
	}
	if err := o.checkRights(prepared); err != nil {
		return nil, err
	}
	return o.submit(ctx, prepared, false)
}

// submit hands prepared changes to the committer and waits for the outcome. A
// cancelled context stops the waiting before the hand-over, never after it:
// what is being written is acknowledged.
func (o *Office) submit(ctx context.Context, list []*prepared, bulk bool) ([]Receipt, error) {
	return o.submitJob(ctx, list, &job{done: make(chan outcome, 1), bulk: bulk})
}

func (o *Office) submitJob(ctx context.Context, list []*prepared, j *job) ([]Receipt, error) {
	if err := o.stillArriving(list); err != nil {
		return nil, err
	}
	if err := o.closeUp(ctx, list); err != nil {
		return nil, err
	}
	receipts := make([]Receipt, len(list))
	places := make([]int, len(list))
	for i, p := range list {
		receipts[i] = Receipt{ID: p.change.Record, Warnings: p.warnings}
		places[i] = -1
		j.changes = append(j.changes, p.before...)
		if len(p.change.Fields) == 0 && len(p.change.Entries) == 0 && p.change.Op == ledger.OpEdit {
			continue // nothing new was said
		}
		places[i] = len(j.changes)
		j.changes = append(j.changes, p.change)
		j.size += p.size
	}
	if len(j.changes) == 0 {
		return receipts, nil
	}
	if len(j.changes) > ledger.MaxChanges || j.size > batchRoom {
		return nil, fault.New(fault.Invalid, "save", "batch_too_large")
	}
	if err := o.hand(ctx, j); err != nil {
		return nil, err
	}
	out := <-j.done
	if out.err != nil {
		return nil, out.err
	}
	for i := range receipts {
		if places[i] < 0 {
			continue
		}
		receipts[i].Write = record.Write{Batch: out.batch, Index: uint16(out.first + places[i])}
		for k := range list[i].change.Entries {
			receipts[i].Entries = append(receipts[i].Entries, fold.EntryID(receipts[i].Write, k))
		}
	}
	return receipts, nil
}

// commit writes one batch for a group of jobs and sends it on to be folded.
func (o *Office) commit(group []*job) {
	fail := func(err error) {
		for _, j := range group {
			j.done <- outcome{err: diskFault("save", err)}
		}
	}
	if err := room(o.disk, o.cfg.Dir, "save"); err != nil {
		fail(err)
		return
	}
	now := o.cfg.Clock()
	body := &ledger.Body{Wall: now.Truncate(time.Millisecond), Author: o.vault.Keys().Member}
	firsts := make([]int, len(group))
	for i, j := range group {
		firsts[i] = len(body.Changes)
		body.Changes = append(body.Changes, j.changes...)
	}
	e := o.feeds.Next(o.vault.Keys().Office, o.Info().Device)
	if !group[0].keys {
		e.Epoch = o.epochNow()
	}
	batch, err := ledger.Write(e, body, o.keys, deviceKey{o.sign})
	if err != nil {
		fail(err)
		return
	}
	at, err := o.journal.Append(batch)
	if err != nil {
		o.noteBroken(err)
		fail(err)
		return
	}
	o.flights.add(batch, at[0])
	o.tally.add(batch.Hash, standingOf(batch, at[0]))
	o.feeds.Add(batch, o.known)
	interactive := false
	for _, j := range group {
		interactive = interactive || !j.bulk
	}
	number := o.order.sent(interactive)
	for i, j := range group {
		j.done <- outcome{batch: batch.Hash, first: firsts[i]}
	}
	o.folds <- &folded{pos: at[0], next: o.journal.End(), batch: batch, body: body, number: number}
}

// foldLoop brings durable batches into the working copy, one goroutine for all.
// A failing fold is no failing write: the copy is marked to be rebuilt.
func (o *Office) foldLoop() {
	for f := range o.folds {
		o.foldNext(f)
	}
}

func (o *Office) foldNext(f *folded) {
	if f.flush != nil || f.land != nil {
		o.answer(f)
		return
	}
	if !o.broken.Load() {
		err := o.gather(f, 0)
		if err == nil && !f.more {
			err = o.settle()
		}
		if err != nil {
			o.pending, o.pendingSize, o.pendingLate = nil, 0, 0
			o.suspect()
		}
	}
	o.order.folded(f.number)
	if len(o.later.spots) >= laterSpots && !f.more && !o.later.busy {
		_ = o.land(false, func(Progress) {}) // the copy is suspect then
	}
}

// barrier lets a save return as soon as it is durable, while the working copy
// follows: whoever reads waits, usually not at all, until what was saved before
// is folded. Imports are not waited for.
type barrier struct {
	mu      sync.Mutex
	changed *sync.Cond
	last    uint64 // number of the last batch sent to be folded
	must    uint64 // the last that readers must see
	done    uint64 // the last that is folded
}

func newBarrier() *barrier {
	b := &barrier{}
	b.changed = sync.NewCond(&b.mu)
	return b
}

func (b *barrier) sent(interactive bool) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	if interactive {
		b.must = b.last
	}
	return b.last
}

func (b *barrier) folded(number uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = number
	b.changed.Broadcast()
}

func (b *barrier) wait() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for must := b.must; b.done < must; {
		b.changed.Wait()
	}
}

// suspect marks the working copy as behind; the next opening makes it anew.
func (o *Office) suspect() {
	o.use.RLock()
	if o.shut {
		o.use.RUnlock()
		return
	}
	o.broken.Store(true)
	o.store.Suspect()
	o.use.RUnlock()
	o.watchers.tell(Event{})
}

// Behind tells whether the working copy could not follow the journal: what was
// saved is safe, what is shown is old until the office is opened again.
func (o *Office) Behind() bool { return o.broken.Load() }

// noteBroken notes that nothing more can be written, and tells the watchers.
func (o *Office) noteBroken(err error) {
	if errors.Is(err, ledger.ErrBroken) && !o.halted.Swap(true) {
		o.watchers.tell(Event{})
	}
}

// Halted tells whether the disk failed while the journal was being written, so
// that nothing more is written until the office is opened again. What was
// acknowledged is safe, and reading goes on.
func (o *Office) Halted() bool { return o.halted.Load() }

// genesis writes the first batch: the office, its founder, this device and the
// rights by which everything that follows is judged.
func (o *Office) genesis(ctx context.Context, f Founding) error {
	list, err := o.genesisChanges(f)
	if err != nil {
		return err
	}
	if _, err := o.submit(ctx, list, false); err != nil {
		return err
	}
	o.order.wait()
	if o.broken.Load() {
		return fault.Wrap(errors.New("genesis was not folded"), fault.Internal, "create office", "store_failed")
	}
	return nil
}

func (o *Office) genesisChanges(f Founding) ([]*prepared, error) {
	k, info := o.vault.Keys(), o.Info()
	device, err := publicKeys(k.Sign, k.Box)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "create office", "keys_failed")
	}
	device["member"], device["sign_key"] = record.ID(k.Member).String(), encodeKey(deviceKey{o.sign}.Public())
	if name := record.CleanLine(f.Device); name != "" {
		device["name"] = name
	}
	records := []struct {
		id     record.ID
		kind   record.Kind
		values map[string]string
	}{
		{k.Office, record.OfficeKind, map[string]string{
			"name": f.Office, "city": f.City, "demonstration": fmt.Sprint(f.Demo), "rights": firstRights(), "rights_version": "1",
		}},
		{k.Member, record.Member, map[string]string{"name": f.Member, "role": f.Role}},
		{info.Device, record.Device, device},
	}
	var list []*prepared
	for _, r := range records {
		p, err := o.prepareNew(r.id, r.kind, &Change{Kind: r.kind, Set: r.values})
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}
