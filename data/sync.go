package data

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	stdsync "sync"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
)

// Bounds of an exchange: what is taken in or sent at once, how often a depot is
// asked for the names of all that it holds, and how often what others said.
const (
	pullBatches = 2048
	pullBytes   = 8 << 20
	pushBatches = 512
	pushBytes   = 2 << 20
	recheck     = 24 * time.Hour
	noteAgain   = time.Minute
	wordRate    = 4 << 10 // bytes a second that statements may cost, so that a large team's are not read at every change
)

// SyncWith exchanges with a depot: it takes in what came there since last, leaves
// there what it lacks, also other devices' batches, each after those it depends on,
// and tells what this device holds now. It can be broken off at any moment and goes
// on from there the next time; nothing that the depot says is believed without its
// signatures and links, and one that was emptied, restored or replaced gets again
// what it lacks. Nothing to do costs one small request.
func (o *Office) SyncWith(ctx context.Context, d sync.Depot, progress func(Progress)) (Exchanged, error) {
	return o.meet(ctx, d, progress, (*meeting).run)
}

// SendTo is the half of SyncWith that sends: for who has just saved something, and
// is told by itself of what others do.
func (o *Office) SendTo(ctx context.Context, d sync.Depot, progress func(Progress)) (Exchanged, error) {
	return o.meet(ctx, d, progress, (*meeting).runSend)
}

// wayKind tells what kind of a depot it is: one says so itself when it is a folder.
func wayKind(d sync.Depot) string {
	if k, ok := d.(interface{ Kind() string }); ok {
		return k.Kind()
	}
	return WayHub
}

func (o *Office) meet(ctx context.Context, d sync.Depot, progress func(Progress), run func(*meeting, context.Context) error) (Exchanged, error) {
	const op = "exchange"
	w := o.way(wayKind(d), d.Name())
	w.busy.Lock()
	defer w.busy.Unlock()
	x := &meeting{office: o, depot: d, way: w, progress: func(p Progress) {
		o.goingOn(w, func(now *Way) { now.Progress = p })
		if progress != nil {
			progress(p)
		}
	}}
	defer o.countLive(w)
	o.countLive(w)
	x.there, x.before = holdingOf(w.There), holdingOf(o.ends().Tips())
	err := syncFault(op, run(x, ctx))
	x.out.Complete = err == nil
	x.out.Tips = o.ends().Tips()
	o.goingOn(w, func(now *Way) { now.Progress = Progress{} })
	if x.out.Sent+x.out.Got+len(x.out.Received.Refused) > 0 || err != nil || x.dirty || o.Now().Sub(w.At) > noteAgain {
		o.setWay(func() {
			w.At, w.Sent, w.Got, w.Error = o.Now(), x.out.Sent, x.out.Got, faultKey(err)
			if n := len(x.out.Received.Refused); n > 0 {
				w.Refused = x.out.Received.Refused[:min(n, maxKeptTexts)]
			}
		})
		if kerr := o.keepWay(w); err == nil {
			err = kerr
		}
	}
	return x.out, err
}

func faultKey(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

// syncFault gives a depot's error its code and key.
func syncFault(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sync.ErrAway), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Internal, op, "sync_away")
	case errors.Is(err, sync.ErrRefused):
		return fault.Wrap(err, fault.Refused, op, "sync_refused")
	case errors.Is(err, sync.ErrFull):
		return fault.Wrap(err, fault.Full, op, "sync_full")
	case errors.Is(err, sync.ErrDamaged):
		return fault.Wrap(err, fault.Damaged, op, "sync_damaged")
	case errors.Is(err, sync.ErrMark):
		return fault.Wrap(err, fault.Internal, op, "sync_restless")
	}
	return diskFault(op, err)
}

// meeting is an exchange under way.
type meeting struct {
	office   *Office
	depot    sync.Depot
	way      *way
	out      Exchanged
	there    holding
	before   holding // the tips that were here when it began
	progress func(Progress)
	dirty    bool // what is kept of the way is to be written
	total    int  // batches that are thought to come; 0: not known
	done     int
	fresh    int           // changes that came
	arrival  *arrival      // when they are many
	first    stdsync.Mutex // held while the newest records are fetched: the rest waits
}

// head is what a frame is known by while it is taken in.
type head struct {
	hash, prev ledger.Hash
	tip        ledger.Tip
	changes    int
	known      bool
	sound      bool // of a known one: the depot's copy is as good as ours
}

func (x *meeting) run(ctx context.Context) error {
	o, w := x.office, x.way
	mark := x.begin(w.Mark)
	sought := x.seek(ctx)
	defer sought()
	if mark == "" {
		x.expect(ctx)
	}
	err := x.pull(ctx, mark)
	if errors.Is(err, sync.ErrMark) && mark != "" { // emptied, restored, replaced
		x.there = holding{}
		o.setWay(func() { w.Mark, w.There, w.Checked, w.Told, w.Left = "", nil, time.Time{}, "", false })
		x.dirty = true
		err = x.pull(ctx, "")
	}
	if err == nil {
		err = x.fetchLeft(ctx)
	}
	if err == nil {
		err = x.prove(ctx)
	}
	if err != nil {
		return err
	}
	if err := x.push(ctx); err != nil {
		return err
	}
	sought()
	if err := errors.Join(o.arrived(ctx), x.tidyOpenings(ctx)); err != nil {
		return err
	}
	return x.tell(ctx)
}

func (x *meeting) runSend(ctx context.Context) error {
	if err := x.push(ctx); err != nil {
		return err
	}
	return x.tell(ctx)
}

// begin gives the mark to read from: the beginning when something is damaged here
// that this depot was not asked for yet, or when what it gave once is not here.
func (x *meeting) begin(mark sync.Mark) sync.Mark {
	o, w := x.office, x.way
	sick := o.sick()
	lost := false
	for h := range x.there {
		lost = lost || !o.has(h)
	}
	if lost {
		x.there = holding{}
		o.setWay(func() { w.There, w.Checked = nil, time.Time{} })
	}
	newer := w.Newer != "" && w.Newer != o.reads()
	if lost || newer || sick != "" && sick != w.Sick {
		mark = ""
	}
	o.setWay(func() {
		if w.Sick = sick; mark == "" { // all is read
			w.Newer, w.Left = "", false
		}
	})
	return mark
}

// sick names what is damaged or lacking here, "" when nothing is.
func (o *Office) sick() string {
	gaps, damage, owed := o.Gaps(), o.Damage(), o.owed.len()
	if len(gaps)+damage+owed == 0 {
		return ""
	}
	h := sha256.New()
	for _, g := range gaps {
		_, _ = h.Write(g.Hash[:])
	}
	return fmt.Sprintf("%d %d %s", damage, owed, hex.EncodeToString(h.Sum(nil)[:8]))
}

// has tells whether a batch is here.
func (o *Office) has(h ledger.Hash) bool {
	o.use.RLock()
	defer o.use.RUnlock()
	return !o.shut && o.known(h)
}

// expect reads what others said, to know how much will come.
func (x *meeting) expect(ctx context.Context) {
	x.ask(ctx)
	most := map[record.ID]uint64{}
	for _, w := range x.office.words() {
		for _, t := range w.Tips {
			most[t.Device] = max(most[t.Device], t.Seq)
		}
	}
	x.office.opening.expected(most)
	for _, t := range x.office.ends().Tips() {
		most[t.Device] -= min(most[t.Device], t.Seq)
	}
	for _, n := range most {
		x.total += int(min(n, 1<<30))
	}
}

// portion is what is taken in at once.
type portion struct {
	frames [][]byte
	heads  []head
	size   int
	from   sync.Mark // where it begins
	here   string    // what was here before it was taken in
	mark   sync.Mark // where it ends
}

// pull takes in what is behind the mark. The next portion is fetched while one is
// taken in.
func (x *meeting) pull(ctx context.Context, mark sync.Mark) error {
	err := x.pullAll(ctx, mark)
	ended := x.arrival.end(ctx, x.progress)
	x.arrival, x.fresh = nil, 0
	if err == nil {
		err = ended
	}
	return err
}

func (x *meeting) pullAll(ctx context.Context, mark sync.Mark) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	portions, ended := make(chan *portion), make(chan error, 1)
	go func() {
		defer close(portions)
		ended <- x.fetch(ctx, mark, portions)
	}()
	var failed error
	for p := range portions {
		if failed != nil {
			continue // whoever still fetches sees that nobody listens
		}
		if failed = x.take(ctx, p); failed != nil {
			stop()
		}
	}
	if err := <-ended; failed == nil {
		failed = err
	}
	return failed
}

// fetch reads the depot and gives portions, the last one also when it broke off.
func (x *meeting) fetch(ctx context.Context, mark sync.Mark, to chan<- *portion) error {
	p := &portion{from: mark, mark: mark}
	send := func() error {
		select {
		case to <- p:
			p = &portion{from: p.mark, mark: p.mark}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	sick := x.office.sick() != ""
	end, err := x.depot.Since(ctx, mark, func(frame []byte, next sync.Mark) error {
		x.newestFirst()
		x.out.GotB += int64(len(frame))
		h, ok := x.office.look(frame)
		if !ok || !h.known || sick {
			p.frames, p.size = append(p.frames, bytes.Clone(frame)), p.size+len(frame)
		}
		p.heads = append(p.heads, h)
		p.mark = next
		if len(p.heads) < pullBatches && p.size < pullBytes {
			return nil
		}
		return send()
	})
	if err == nil {
		p.mark = end
	}
	if len(p.heads) > 0 || p.mark != mark {
		if serr := send(); err == nil {
			err = serr
		}
	}
	return err
}

// look reads what a frame is named by; one that cannot be read is left to Receive,
// which says why.
func (o *Office) look(frame []byte) (head, bool) {
	b, err := ledger.ReadFrame(frame)
	if err != nil {
		return head{}, false
	}
	h := head{
		hash: b.Hash, prev: b.Prev, tip: ledger.Tip{Device: b.Device, Seq: b.Seq, Hash: b.Hash, Lamport: b.Lamport},
		changes: len(b.Envelope.Payloads), known: o.has(b.Hash),
	}
	h.sound = h.known && o.genuine(b)
	return h, true
}

// take takes a portion in and notes how far the depot has been read.
func (x *meeting) take(ctx context.Context, p *portion) error {
	o := x.office
	var got Received
	for i := range p.heads {
		if !p.heads[i].known {
			x.fresh += p.heads[i].changes
		}
	}
	if x.arrival == nil && (x.fresh >= manyChanges || x.total >= manyBatches) {
		x.arrival = o.arrive(x.total)
	}
	if len(p.frames) > 0 {
		var err error
		p.here = o.here()
		got, err = o.Receive(ctx, func() ([]byte, error) {
			if len(p.frames) == 0 {
				return nil, io.EOF
			}
			f := p.frames[0]
			p.frames = p.frames[1:]
			x.done++
			x.arrival.come(x.done)
			x.progress(Progress{Phase: "receive", Done: x.done, Total: max(x.total, x.done)})
			return f, nil
		}, nil)
		x.out.Received.add(&got)
		if err != nil {
			return err
		}
	}
	for i := range p.heads {
		h := &p.heads[i]
		if h.hash == (ledger.Hash{}) || !o.has(h.hash) || h.known && !h.sound {
			continue
		}
		if !h.known {
			x.out.Got += h.changes
		}
		x.there.add(h)
	}
	err := x.keep(func(w *way) {
		w.doubt(p.heads, got.Refused)
		w.Mark = p.mark
		x.leave(w, p, &got)
	})
	if err != nil {
		return err
	}
	return x.sendOwn(ctx)
}

// keep notes how far an exchange has come.
func (x *meeting) keep(change func(*way)) error {
	x.office.setWay(func() {
		change(x.way)
		x.way.There = x.there.tips()
	})
	x.dirty = false
	return x.office.keepWay(x.way)
}

// add sums up what was received.
func (r *Received) add(more *Received) {
	r.Taken, r.Known, r.Refilled, r.Waiting = r.Taken+more.Taken, r.Known+more.Known, r.Refilled+more.Refilled, more.Waiting
	r.NoRoom, r.Newer = r.NoRoom+more.NoRoom, r.Newer+more.Newer
	r.Refused = append(r.Refused, more.Refused[:min(len(more.Refused), maxRefused-min(len(r.Refused), maxRefused))]...)
}
