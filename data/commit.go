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
	done    chan outcome  // buffered: the committer never waits for a caller
	bulk    bool          // acknowledged at fsync, without waiting for the fold
	flush   chan struct{} // no changes: closed when everything before is folded
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
	flush     chan struct{} // no batch: closed when everything before is folded
}

// batchRoom keeps a batch's estimated size under the limit with its overhead.
const batchRoom = ledger.MaxBatch * 3 / 4

// Edit is the one way in which anything is written. All changes stand in one
// batch or none does; when it returns they are durable, and whoever reads
// afterwards finds them. A refused field or gate gives an error that names each reason, and
// nothing is written; warnings come with the receipts.
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
	return o.submit(ctx, prepared, false)
}

// submit hands prepared changes to the committer and waits for the outcome. A
// cancelled context stops the waiting before the hand-over, never after it:
// what is being written is acknowledged.
func (o *Office) submit(ctx context.Context, list []*prepared, bulk bool) ([]Receipt, error) {
	receipts := make([]Receipt, len(list))
	j := &job{done: make(chan outcome, 1), bulk: bulk}
	places := make([]int, len(list))
	for i, p := range list {
		receipts[i] = Receipt{ID: p.change.Record, Warnings: p.warnings}
		places[i] = -1
		if len(p.change.Fields) == 0 && len(p.change.Entries) == 0 {
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

func (o *Office) hand(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return fault.Wrap(err, fault.Cancelled, "save", "cancelled")
	}
	o.closing.RLock()
	defer o.closing.RUnlock()
	if o.closed {
		return fault.New(fault.Cancelled, "save", "office_closed")
	}
	select {
	case o.jobs <- j:
		return nil
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Cancelled, "save", "cancelled")
	}
}

// flush waits until everything that was handed over before is folded.
func (o *Office) flush() {
	j := &job{flush: make(chan struct{})}
	if o.hand(context.Background(), j) == nil {
		<-j.flush
	}
}

// drain is flush for one who holds closing, so that nothing new comes.
func (o *Office) drain() {
	j := &job{flush: make(chan struct{})}
	o.jobs <- j
	<-j.flush
}

// commitLoop makes batches of what waits: many writers share one signature and
// one flush (group commit). Two changes of one record never share a batch, for
// the later could not name the earlier.
func (o *Office) commitLoop(ctx context.Context) {
	defer close(o.folds)
	var left *job
	var group []*job
	for {
		first := left
		left = nil
		if first == nil {
			j, ok := <-o.jobs
			if !ok {
				return
			}
			first = j
		}
		if first.flush != nil {
			o.folds <- &folded{flush: first.flush}
			continue
		}
		group, left = o.gather(first, len(group))
		o.commit(ctx, group)
	}
}

// companyWait is how long a batch waits for as many writers as the one before
// had: they have just been answered and are about to save again. A lone writer
// never waits. A flush takes several times as long.
const companyWait = 150 * time.Microsecond

// gather adds the jobs that already wait, and those that are surely about to
// come; the one that does not fit is given back.
func (o *Office) gather(first *job, company int) (group []*job, left *job) {
	g := gathering{seen: map[record.ID]bool{}}
	g.add(first)
	for {
		j, ok := o.waiting()
		if !ok && len(g.group) < company {
			j, ok = o.soon()
		}
		if !ok {
			return g.group, nil
		}
		if !g.fits(j) {
			return g.group, j
		}
		g.add(j)
	}
}

// waiting gives a job that is there already.
func (o *Office) waiting() (*job, bool) {
	select {
	case j, ok := <-o.jobs:
		return j, ok
	default:
		return nil, false
	}
}

// soon gives a job that comes within companyWait.
func (o *Office) soon() (*job, bool) {
	t := time.NewTimer(companyWait)
	defer t.Stop()
	select {
	case j, ok := <-o.jobs:
		return j, ok
	case <-t.C:
		return nil, false
	}
}

// gathering is the group of jobs that become one batch.
type gathering struct {
	group       []*job
	count, size int
	seen        map[record.ID]bool
}

// fits tells whether a job may join: within the limits of a batch, and about
// records that nobody in the group speaks of.
func (g *gathering) fits(j *job) bool {
	if j.flush != nil || g.count+len(j.changes) > ledger.MaxChanges || g.size+j.size > batchRoom {
		return false
	}
	for i := range j.changes {
		if g.seen[j.changes[i].Record] {
			return false
		}
	}
	return true
}

func (g *gathering) add(j *job) {
	for i := range j.changes {
		g.seen[j.changes[i].Record] = true
	}
	g.group, g.count, g.size = append(g.group, j), g.count+len(j.changes), g.size+j.size
}

// commit writes one batch for a group of jobs and sends it on to be folded.
func (o *Office) commit(_ context.Context, group []*job) {
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
	batch, err := ledger.Write(o.heads.next(o.vault.Keys().Office, o.Info().Device), body, o.keys, deviceKey{o.sign})
	if err != nil {
		fail(err)
		return
	}
	at, err := o.journal.Append(batch)
	if err != nil {
		fail(err)
		return
	}
	o.heads.advance(batch)
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
		if f.flush != nil {
			close(f.flush)
			continue
		}
		if !o.broken.Load() {
			if err := o.foldBatch(f, 0); err != nil {
				o.suspect()
			}
		}
		o.order.folded(f.number)
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
	records := []struct {
		id     record.ID
		kind   record.Kind
		values map[string]string
	}{
		{k.Office, record.OfficeKind, map[string]string{
			"name": f.Office, "city": f.City, "demonstration": fmt.Sprint(f.Demo), "rights": firstRights(), "rights_version": "1",
		}},
		{k.Member, record.Member, map[string]string{"name": f.Member, "role": f.Role}},
		{info.Device, record.Device, map[string]string{
			"member": record.ID(k.Member).String(), "sign_key": encodeKey(deviceKey{o.sign}.Public()),
		}},
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
