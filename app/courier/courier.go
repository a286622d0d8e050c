// Package courier carries changes between an open office and its depots: the hub
// that the office remembers and the folders that this machine shares. It starts by
// itself when a depot can be reached, is live where the depot is, sends what is
// saved at once, backs off and comes again, and never stands in anybody's way.
//
// What must not live here: what an exchange is (data), the depots themselves
// (data/sync/...), words and screens.
package courier

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	stdsync "sync"
	"time"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/sync"
)

// Times of the courier.
const (
	gather     = 30 * time.Millisecond // after a change, for those that follow at once
	lookLive   = 2 * time.Minute       // at a depot that tells by itself, in case it does not
	lookFolder = 5 * time.Second       // at one that has to be asked
	lookOther  = 30 * time.Second
	backFirst  = time.Second
	backMost   = time.Minute
	dialTime   = 30 * time.Second
	showEvery  = 200 * time.Millisecond // how often progress is shown
)

// Way is a depot that can be come to.
type Way struct {
	Kind, Name string
	Stamp      string // another one means that the same place is to be come to otherwise
	Open       func(ctx context.Context) (sync.Depot, error)
	Check      func(ctx context.Context) error // asked when the team changed; may be nil
}

// Options are what a courier needs from outside; zero values mean the real thing.
type Options struct {
	// Ways gives the ways as they are set up now.
	Ways func() []Way
	// After is the clock.
	After func(time.Duration) <-chan time.Time
	// Jitter gives a number below 1.
	Jitter func() float64
	// Moved is told that something about the ways changed, on any goroutine.
	Moved func()
	// Met is told of every exchange, on any goroutine.
	Met func(w Way, out data.Exchanged, err error)
}

func (opt Options) completed(o *data.Office) Options {
	if opt.Ways == nil {
		opt.Ways = func() []Way { return WaysOf(o) }
	}
	if opt.After == nil {
		opt.After = time.After
	}
	if opt.Jitter == nil {
		opt.Jitter = rand.Float64
	}
	if opt.Moved == nil {
		opt.Moved = func() {}
	}
	if opt.Met == nil {
		opt.Met = func(Way, data.Exchanged, error) {}
	}
	return opt
}

// Courier is one at work. It is safe for concurrent use.
type Courier struct {
	office *data.Office
	opt    Options
	stop   context.CancelFunc
	done   stdsync.WaitGroup
	anew   chan struct{} // the ways are to be looked at again

	arranging stdsync.Mutex // held by who begins or ends runs, before mu
	mu        stdsync.Mutex
	runs      map[string]*run
	base      context.Context // of all that is under way
	closed    bool
}

// run is one way being served.
type run struct {
	way   Way
	stop  context.CancelFunc
	ended chan struct{}
	now   chan struct{} // an exchange is wanted at once
	send  chan struct{} // something was saved here
	team  chan struct{} // the team changed
}

func (w *Way) key() string { return w.Kind + " " + w.Name }

// Start begins to carry the changes of an office until Close.
func Start(o *data.Office, opt Options) *Courier {
	ctx, stop := context.WithCancel(context.Background())
	c := &Courier{office: o, opt: opt.completed(o), stop: stop, anew: make(chan struct{}, 1), runs: map[string]*run{}, base: ctx}
	c.done.Go(func() { c.follow(ctx) })
	return c
}

// Close ends what is under way and waits for it.
func (c *Courier) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.stop()
	c.done.Wait()
}

// behind does something in the background, until Close. false: it was closed.
func (c *Courier) behind(do func(context.Context)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.done.Go(func() { do(c.base) })
	}
	return !c.closed
}

// Ways tells how each way stands now.
func (c *Courier) Ways() []data.Way { return c.office.Ways() }

// Exchange begins an exchange by the ways of a kind at once, "" by all of them: also
// when one was to be waited for.
func (c *Courier) Exchange(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.runs {
		if kind == "" || r.way.Kind == kind {
			poke(r.now)
		}
	}
	poke(c.anew)
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// follow serves the ways that are set up and tells them of what changes here.
func (c *Courier) follow(ctx context.Context) {
	events := c.office.Watch(ctx)
	for {
		c.arrange(ctx)
		select {
		case <-ctx.Done():
			return
		case <-c.anew:
		case <-c.opt.After(lookOther):
		case e, ok := <-events:
			if !ok {
				return
			}
			c.changed(e)
		}
	}
}

// changed tells the ways of a change here.
func (c *Courier) changed(e data.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.runs {
		poke(r.send)
		if e.Kind == record.Device || e.Kind == record.Member || e.Kind == 0 {
			poke(r.team)
		}
	}
}

// arrange begins the ways that are new and ends those that are no more, or are come
// to otherwise now.
func (c *Courier) arrange(ctx context.Context) {
	c.arranging.Lock()
	defer c.arranging.Unlock()
	ways := c.opt.Ways()
	wanted := map[string]string{}
	for _, w := range ways {
		wanted[w.key()] = w.Stamp
	}
	c.end(func(w *Way) bool { stamp, ok := wanted[w.key()]; return !ok || stamp != w.Stamp })
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range ways {
		if c.runs[w.key()] != nil || ctx.Err() != nil {
			continue
		}
		ctx, stop := context.WithCancel(ctx)
		r := &run{
			way: w, stop: stop, ended: make(chan struct{}),
			now: make(chan struct{}, 1), send: make(chan struct{}, 1), team: make(chan struct{}, 1),
		}
		c.runs[w.key()] = r
		c.done.Go(func() { defer close(r.ended); c.serve(ctx, r) })
	}
}

// end ends the runs of some ways and waits for them: they note nothing afterwards.
func (c *Courier) end(which func(*Way) bool) {
	c.mu.Lock()
	var over []*run
	for key, r := range c.runs {
		if which(&r.way) {
			r.stop()
			delete(c.runs, key)
			over = append(over, r)
		}
	}
	c.mu.Unlock()
	for _, r := range over {
		<-r.ended
	}
}

// serve comes to a depot again and again.
func (c *Courier) serve(ctx context.Context, r *run) {
	defer r.stop()
	back := time.Duration(0)
	for ctx.Err() == nil {
		met, err := c.session(ctx, r)
		if ctx.Err() != nil {
			break
		}
		c.note(r, false, err)
		if met {
			back = 0
		}
		back = min(max(2*back, backFirst), backMost)
		wait := back/2 + time.Duration(c.opt.Jitter()*float64(back)) // not everybody at once
		select {
		case <-ctx.Done():
		case <-r.now:
			back = 0
		case <-c.opt.After(wait):
		}
	}
	c.note(r, false, nil)
}

func (c *Courier) note(r *run, online bool, err error) {
	_ = c.office.NoteWay(r.way.Kind, r.way.Name, online, err) // what cannot be noted is tried again all the same
	c.opt.Moved()
}

// session is one stay at a depot, until the line breaks. met: something was
// exchanged there.
func (c *Courier) session(ctx context.Context, r *run) (met bool, err error) {
	dial, cancel := context.WithTimeout(ctx, dialTime)
	d, err := r.way.Open(dial)
	cancel()
	if err != nil {
		return false, err
	}
	defer func() { _ = d.Close() }()
	c.note(r, true, nil)
	ctx, stop := context.WithCancel(ctx)
	var listener stdsync.WaitGroup
	defer listener.Wait()
	defer stop()
	ask, deaf := make(chan struct{}, 1), make(chan error, 1)
	listener.Go(func() { deaf <- c.office.Live(ctx, d, func() { poke(ask); c.opt.Moved() }) })
	look, err := lookOther, c.meet(ctx, r, d, c.office.SyncWith)
	if r.way.Kind == data.WayFolder {
		look = lookFolder
	}
	live, due := false, c.opt.After(look)
	for err == nil {
		met = true
		whole := false
		select {
		case <-ctx.Done():
			return met, ctx.Err()
		case <-r.now:
			whole = true
		case <-ask:
			live, look, whole = true, lookLive, true
		case <-r.team:
			if r.way.Check != nil {
				err = r.way.Check(ctx)
			}
		case <-r.send:
			err = c.send(ctx, r, d, live)
		case err = <-deaf:
			if live || !errors.Is(err, sync.ErrNotLive) {
				return met, err
			}
			deaf, err = nil, nil
		case <-due:
			whole = true
		}
		if whole {
			err = c.meet(ctx, r, d, c.office.SyncWith)
			due = c.opt.After(look)
		}
	}
	return met, err
}

// send leaves at a depot what was just saved, with what follows at once.
func (c *Courier) send(ctx context.Context, r *run, d sync.Depot, live bool) error {
	if !c.office.Unsent(r.way.Kind, r.way.Name) {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.opt.After(gather):
	}
	if live {
		return c.meet(ctx, r, d, c.office.SendTo)
	}
	return c.meet(ctx, r, d, c.office.SyncWith)
}

type exchange func(context.Context, sync.Depot, func(data.Progress)) (data.Exchanged, error)

func (c *Courier) meet(ctx context.Context, r *run, d sync.Depot, how exchange) error {
	var told time.Time
	out, err := how(ctx, d, func(data.Progress) {
		if since := c.office.Now().Sub(told); since < 0 || since > showEvery {
			told = c.office.Now()
			c.opt.Moved()
		}
	})
	if err == nil || out.Sent+out.Got > 0 {
		c.opt.Met(r.way, out, err)
	}
	c.opt.Moved()
	return err
}

// Once makes one exchange by each of the ways, one after the other, and gives the
// first failure after all were tried. A folder that is not there now, as of a stick
// that is elsewhere, is none where another way went well.
func Once(ctx context.Context, o *data.Office, ways []Way, met func(Way, data.Exchanged, error), progress func(data.Progress)) error {
	var failed, away error
	well := false
	for _, w := range ways {
		out, err := once(ctx, o, w, progress)
		met(w, out, err)
		switch {
		case err == nil:
			well = true
		case w.Kind == data.WayFolder && errors.Is(err, sync.ErrAway):
			away = cmp.Or(away, err)
		default:
			failed = cmp.Or(failed, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if failed == nil && !well {
		failed = away
	}
	return failed
}

func once(ctx context.Context, o *data.Office, w Way, progress func(data.Progress)) (data.Exchanged, error) {
	d, err := w.Open(ctx)
	if err != nil {
		_ = o.NoteWay(w.Kind, w.Name, false, err) // the failure itself is told
		return data.Exchanged{}, data.ExchangeFault(err)
	}
	defer func() { _ = d.Close() }()
	return o.SyncWith(ctx, d, progress)
}
