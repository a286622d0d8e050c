package data

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"slices"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// Bounds of taking in: what goes to the disk under one flush, and what may wait
// for batches that have not come (against one who sends only such).
const (
	intakeBatches = 256
	intakeBytes   = 4 << 20
	waitBatches   = 4096
	waitBytes     = 64 << 20
)

// Received is the outcome of taking in what others wrote.
type Received struct {
	Taken    int // batches that are new here
	Known    int // that were here already
	Waiting  int // that wait for others, see Office.Waiting
	Refilled int // that were damaged or lost here and are whole again
	Refused  []RefusedBatch
	NoRoom   int // of those refused: they found no room to wait, and are to be asked for again
	Newer    int // of those refused: a newer program wrote them
}

// RefusedBatch is one that was not taken in.
type RefusedBatch struct {
	Hash   ledger.Hash
	Device record.ID
	Seq    uint64
	Why    string // words: "refused.<why>": malformed, newer, other_office, signature, order, sealed, too_many_waiting
}

// maxRefused bounds how many refusals are told one by one.
const maxRefused = 1000

// Fork is two feeds under one device's name: it gave a number twice, as a backup
// does that was put back and written on. Both are kept and have effect.
type Fork struct {
	Device record.ID
	Tips   []ledger.Tip
}

// Receive takes in batches of other devices, or of this one as others kept them:
// frames as ledger.AppendFrame makes them, until next gives io.EOF. Each is
// checked before anything of it counts: its signature, its place in its feed, its
// Lamport time, its seals. Only what has all that it depends on is taken in; the
// rest waits. When it returns, what it counts as taken is durable and folded.
func (o *Office) Receive(ctx context.Context, next func() ([]byte, error), progress func(Progress)) (Received, error) {
	const op = "take in changes"
	if progress == nil {
		progress = func(Progress) {}
	}
	o.intake.Lock()
	defer o.intake.Unlock()
	in := &intake{
		office: o, chunk: map[ledger.Hash]standing{}, keys: map[record.ID]ed25519.PublicKey{}, held: map[ledger.Hash]*heldBatch{},
		checked: map[*ledger.Batch]*checked{}, late: o.arriving(),
	}
	err := in.retry(ctx)
	if err == nil {
		err = in.run(ctx, next, progress)
	}
	if ferr := in.flush(context.WithoutCancel(ctx)); err == nil {
		err = ferr
	}
	o.flush()
	in.out.Waiting = o.held.count()
	o.received(&in.out)
	if o.arriving() { // who began it ends it
		return in.out, diskFault(op, err)
	}
	if err == nil {
		return in.out, o.afterwards(ctx, progress)
	}
	if o.relaw.Load() && ctx.Err() == nil { // also when the line broke: what has no right must not be seen
		err = errors.Join(err, o.Rebuild(ctx, progress))
	}
	return in.out, diskFault(op, err)
}

// intake is one taking in under way.
type intake struct {
	office *Office
	out    Received
	chunk  map[ledger.Hash]standing // on its way to the disk
	keys   map[record.ID]ed25519.PublicKey
	batch  []*folded
	held   map[ledger.Hash]*heldBatch // those that waited and are looked at again
	waited []ledger.Hash              // that wait no more
	size   int
	fresh  map[uint32]vault.Key // keys that came and are not kept yet
	opened []uint32             // their epochs, whose batches are to be looked at again

	checked map[*ledger.Batch]*checked // of the frames that are looked at together
	late    bool                       // much arrives
}

// retry looks again at what waits: it may have come meanwhile by another way.
func (in *intake) retry(ctx context.Context) error {
	if err := in.office.enter("take in changes"); err != nil {
		return err
	}
	o := in.office
	due := o.held.due(func(missing ledger.Hash, of *heldBatch) bool {
		return o.known(missing) || missing == keyName(of.batch.Epoch) && o.keys.has(of.batch.Epoch)
	})
	o.use.RUnlock()
	return in.work(ctx, in.released(due)...)
}

// released notes what waited, so that it waits on where it is not looked at.
func (in *intake) released(list []*heldBatch) []*ledger.Batch {
	out := make([]*ledger.Batch, 0, len(list))
	for _, held := range list {
		in.held[held.batch.Hash] = held
		out = append(out, held.batch)
	}
	return out
}

// work admits batches and whatever waited for them.
func (in *intake) work(ctx context.Context, ready ...*ledger.Batch) (err error) {
	defer func() {
		for _, b := range ready { // not looked at: they wait on
			if held := in.held[b.Hash]; held != nil {
				in.office.held.add(b, held.misses, nil)
			}
		}
	}()
	for len(ready) > 0 {
		b := ready[0]
		ok, err := in.admit(b)
		if err != nil {
			return err
		}
		ready = ready[1:]
		if in.held[b.Hash] != nil {
			in.waited = append(in.waited, b.Hash)
		}
		released := in.unlocked()
		if ok {
			released = append(released, in.office.held.release(b.Hash)...)
		}
		ready = append(ready, in.released(released)...)
		if len(in.batch) >= intakeBatches || in.size >= intakeBytes {
			if err := in.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// admit checks a batch against what is here. true: it is on its way to the disk.
func (in *intake) admit(b *ledger.Batch) (bool, error) {
	o := in.office
	if err := o.enter("take in changes"); err != nil {
		return false, err
	}
	defer o.use.RUnlock()
	if at, ok := in.where(b.Hash); ok {
		in.out.Known++
		return false, in.again(b, at)
	}
	public := in.keyOf(b)
	if public != nil && in.verify(b, public) != nil {
		in.refuse(b, "signature")
		return false, nil
	}
	if missing := in.missing(b); len(missing) > 0 {
		if public != nil {
			in.ahead(b)
		}
		if !o.held.add(b, missing, o.store.Hold) {
			in.refuse(b, "too_many_waiting")
		}
		return false, nil
	}
	if public == nil || !in.inOrder(b) {
		in.refuse(b, "order")
		return false, nil
	}
	return in.accept(b)
}

// accept opens a batch whose place is right and sends it on its way.
func (in *intake) accept(b *ledger.Batch) (bool, error) {
	body, err := in.open(b)
	if errors.Is(err, errNoKey) {
		in.keyless(b)
		return false, nil
	}
	if isForeign(err) {
		in.refuse(b, "sealed")
		return false, nil
	}
	if err != nil {
		return false, err
	}
	in.learn(body)
	if err := in.strip(b, body); err != nil {
		return false, err
	}
	in.chunk[b.Hash] = standingOf(b, ledger.Pos{})
	if len(b.Public) > 0 {
		in.keys[b.Device] = b.Public
	}
	in.batch = append(in.batch, &folded{batch: b, body: body})
	in.size += b.Size()
	in.out.Taken++
	return true, nil
}

// where tells where a batch stands that is here or on its way.
func (in *intake) where(h ledger.Hash) (standing, bool) {
	if s, ok := in.chunk[h]; ok {
		return s, true
	}
	return in.office.where(h)
}

func (in *intake) keyOf(b *ledger.Batch) ed25519.PublicKey {
	if key := in.keys[b.Device]; key != nil && len(b.Public) == 0 {
		return key
	}
	return in.office.publicOf(in.office.feeds, b)
}

// missing gives the batches that one depends on and that are not here.
func (in *intake) missing(b *ledger.Batch) []ledger.Hash {
	var out []ledger.Hash
	if b.Seq > 1 {
		if _, ok := in.where(b.Prev); !ok {
			out = append(out, b.Prev)
		}
	}
	for _, h := range b.Deps {
		if _, ok := in.where(h); !ok {
			out = append(out, h)
		}
	}
	return out
}

// inOrder tells whether a batch stands where it says: behind its feed's batch
// before, at one more than the greatest Lamport time that it has seen.
func (in *intake) inOrder(b *ledger.Batch) bool {
	lamport := uint64(0)
	if b.Seq > 1 {
		prev, _ := in.where(b.Prev)
		if prev.Device != b.Device || prev.Seq+1 != b.Seq {
			return false
		}
		lamport = prev.Lamport
	}
	for _, h := range b.Deps {
		dep, _ := in.where(h)
		lamport = max(lamport, dep.Lamport)
	}
	return b.Lamport == lamport+1
}

// strip takes out the payloads of what an erasure here has taken away: nothing
// erased comes back, whoever still has it.
func (in *intake) strip(b *ledger.Batch, body *ledger.Body) error {
	for i := range body.Changes {
		c := &body.Changes[i]
		if b.Payloads[i] == nil || in.office.absent(c.Kind, c.Record) {
			continue
		}
		if in.late && !in.office.away.has(c.Record) {
			continue // what was erased before it came leaves again when it is folded
		}
		s, _, err := in.office.state(c.Record)
		if isMissing(err) {
			s, err = &fold.State{}, nil
		}
		if err != nil {
			return err
		}
		if s.Gone(record.Write{Batch: b.Hash, Index: uint16(i)}) || in.office.away.has(c.Record) {
			b.Payloads[i], c.Erased = nil, true
			c.Blank()
		}
	}
	return nil
}

// refuse notes a batch that is not taken in.
func (in *intake) refuse(b *ledger.Batch, why string) {
	in.out.passed(why)
	if len(in.out.Refused) < maxRefused {
		in.out.Refused = append(in.out.Refused, RefusedBatch{b.Hash, b.Device, b.Seq, why})
	}
}

// again looks at a batch that is here: what is damaged or missing here of it is
// taken from this one.
func (in *intake) again(b *ledger.Batch, at standing) error {
	o := in.office
	if at.Pos == (ledger.Pos{}) {
		return nil
	}
	_, _, err := o.journal.Read(at.Pos)
	damaged := isForeign(err)
	owed := o.owed.has(b.Hash)
	if !damaged && !owed || b.Verify(in.keyOf(b)) != nil {
		return nil
	}
	body, err := b.Open(o.keys)
	if err != nil {
		return nil //nolint:nilerr // it is no better than what is here
	}
	if err := in.strip(b, body); err != nil {
		return err
	}
	if !damaged {
		if !o.gains(b, at.Pos) {
			if o.stillOwed(b.Hash) {
				return nil
			}
			return o.paid(b.Hash)
		}
		if body, err = b.Open(o.keys); err != nil {
			return err
		}
	}
	in.learn(body) // it may have come without what brings this device a key
	in.chunk[b.Hash] = standingOf(b, ledger.Pos{})
	in.batch = append(in.batch, &folded{batch: b, body: body, was: at.Pos, paid: owed && !slices.ContainsFunc(b.Payloads, func(p []byte) bool { return p == nil })})
	in.size += b.Size()
	in.out.Refilled++
	return nil
}

// flush makes what was admitted durable and hands it on to be folded.
func (in *intake) flush(ctx context.Context) error {
	if err := in.keep(); err != nil {
		return err
	}
	if len(in.batch) > 0 {
		j := &job{done: make(chan outcome, 1), bulk: true, foreign: in.batch, late: in.late}
		if err := in.office.hand(ctx, j); err != nil {
			return err
		}
		if out := <-j.done; out.err != nil {
			return out.err
		}
		in.batch, in.chunk, in.size = nil, map[ledger.Hash]standing{}, 0
	}
	return in.release()
}

// release forgets the bytes of what waits no more: it is durable, or was refused.
func (in *intake) release() error {
	o := in.office
	list := slices.DeleteFunc(in.waited, o.held.has) // one that waits for another now waits on
	in.waited = nil
	if len(list) == 0 {
		return nil
	}
	if err := o.enter("take in changes"); err != nil {
		return err
	}
	defer o.use.RUnlock()
	return o.store.Release(list...)
}

// commitForeign writes batches that others signed, under one flush.
func (o *Office) commitForeign(j *job) {
	if err := room(o.disk, o.cfg.Dir, "take in changes"); err != nil {
		j.done <- outcome{err: err}
		return
	}
	batches := make([]*ledger.Batch, len(j.foreign))
	for i, f := range j.foreign {
		batches[i] = f.batch
	}
	at, err := o.journal.Append(batches...)
	if err != nil {
		o.noteBroken(err)
		j.done <- outcome{err: diskFault("take in changes", err)}
		return
	}
	for i, f := range j.foreign {
		f.pos, f.next = at[i], o.journal.End()
		if i+1 < len(at) {
			f.next = at[i+1]
		}
		o.flights.add(f.batch, f.pos)
		if f.was == (ledger.Pos{}) {
			o.tally.add(f.batch.Hash, standingOf(f.batch, f.pos))
			o.feeds.Add(f.batch, o.known)
		}
		f.number = o.order.sent(false)
	}
	for i, f := range j.foreign {
		f.more, f.late = i+1 < len(j.foreign), j.late
		o.folds <- f
	}
	j.done <- outcome{}
}

// Forks gives the devices that gave a number twice.
func (o *Office) Forks() []Fork { return forksOf(o.ends()) }

func forksOf(feeds *ledger.Feeds) []Fork {
	by := map[record.ID][]ledger.Tip{}
	for _, t := range feeds.Tips() {
		by[t.Device] = append(by[t.Device], t)
	}
	var out []Fork
	for d, tips := range by {
		if len(tips) > 1 {
			out = append(out, Fork{d, tips})
		}
	}
	slices.SortFunc(out, func(a, b Fork) int { return bytes.Compare(a.Device[:], b.Device[:]) })
	return out
}

// Gaps gives the batches that are named here and are not here: lost in a damaged
// stretch of the journal.
func (o *Office) Gaps() []ledger.Gap { return o.ends().Gaps() }

// ends gives the feeds as they are now; they are made anew with the working copy.
func (o *Office) ends() *ledger.Feeds {
	o.use.RLock()
	defer o.use.RUnlock()
	return o.feeds
}
