package data

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	stdsync "sync"
	"time"

	"paradero/data/ledger"
	"paradero/data/sync"
)

// Bounds of what comes by itself: how much may wait to be taken in before it is
// rather asked for, and how long single changes are gathered.
const (
	liveBytes  = 16 << 20
	liveGather = 20 * time.Millisecond
)

// Live takes in what a depot gives by itself, as it comes, until the context ends
// or the line breaks. event is called whenever an exchange is to be made beside it:
// when it begins to listen, when something may have been missed, and when something
// came that waits for what has not. It must not block.
func (o *Office) Live(ctx context.Context, d sync.Depot, event func()) error {
	const op = "listen for changes"
	ctx, stop := context.WithCancel(ctx)
	w := o.way(wayKind(d), d.Name())
	l := &listening{office: o, way: w, more: make(chan struct{}, 1), event: event}
	var done stdsync.WaitGroup
	done.Go(func() { l.run(ctx) })
	defer func() {
		stop()
		done.Wait()
		o.goingOn(w, func(now *Way) { now.Online = false })
	}()
	err := d.Live(ctx, func(frame []byte) {
		if frame == nil {
			o.goingOn(w, func(now *Way) { now.Online = true })
			w.line.broken.Store(true)
			event()
			return
		}
		l.came(frame)
	})
	if errors.Is(err, sync.ErrNotLive) {
		return err
	}
	return syncFault(op, err)
}

// listening gathers what comes and takes it in.
type listening struct {
	office *Office
	way    *way
	event  func()
	more   chan struct{}

	mu     stdsync.Mutex
	frames [][]byte
	size   int
}

// came keeps a frame to be taken in; too much is rather asked for.
func (l *listening) came(frame []byte) {
	l.mu.Lock()
	lost := l.size+len(frame) > liveBytes
	if !lost {
		l.frames, l.size = append(l.frames, bytes.Clone(frame)), l.size+len(frame)
	}
	l.mu.Unlock()
	if lost {
		l.event()
		return
	}
	select {
	case l.more <- struct{}{}:
	default:
	}
}

func (l *listening) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.more:
		}
		if pause(ctx, liveGather) != nil {
			return
		}
		l.mu.Lock()
		frames := l.frames
		l.frames, l.size = nil, 0
		l.mu.Unlock()
		if l.take(ctx, frames) != nil {
			l.event()
		}
	}
}

var errWaits = errors.New("something waits for what has not come")

// take takes in what came and notes that the depot has it. It does not wait for an
// exchange under way, whose messages there and notes on the disk would hold a
// colleague's change back for as long; only while much arrives, for what it depends
// on is then on its way.
func (l *listening) take(ctx context.Context, frames [][]byte) error {
	o, w := l.office, l.way
	if o.arriving() {
		w.busy.Lock()
		defer w.busy.Unlock()
	}
	var heads []head
	var news [][]byte
	for _, f := range frames {
		h, ok := o.look(f)
		if heads = append(heads, h); !ok || !h.known {
			news = append(news, f)
		}
	}
	if len(news) == 0 {
		return nil
	}
	got, err := o.Receive(ctx, func() ([]byte, error) {
		if len(news) == 0 {
			return nil, io.EOF
		}
		f := news[0]
		news = news[1:]
		return f, nil
	}, nil)
	if err != nil {
		return err
	}
	l.note(heads, &got)
	if got.Waiting > 0 {
		return errWaits
	}
	return nil // written down with the next exchange
}

// note notes what came.
func (l *listening) note(heads []head, got *Received) {
	o, w := l.office, l.way
	heads = slices.DeleteFunc(heads, func(h head) bool {
		return h.hash == (ledger.Hash{}) || !o.has(h.hash) || h.known && !h.sound
	})
	o.setWay(func() {
		changes := 0
		for i := range heads {
			if !heads[i].known {
				changes += heads[i].changes
			}
		}
		w.live = append(w.live, heads...)
		w.At, w.Sent, w.Got, w.Error = o.Now(), 0, changes, ""
		if n := len(got.Refused); n > 0 {
			w.Refused = got.Refused[:min(n, maxKeptTexts)]
		}
	})
	if w.busy.TryLock() { // else the exchange under way does it at its end
		o.countLive(w)
		w.busy.Unlock()
	}
}

// countLive counts what came by itself among that which a depot is known to hold.
// The caller holds its way.
func (o *Office) countLive(w *way) {
	o.setWay(func() {
		if len(w.live) == 0 {
			return
		}
		there := holdingOf(w.There)
		there.addLive(w.live)
		w.There, w.live = there.tips(), nil
	})
}

// cameLive gives what is not counted yet.
func (o *Office) cameLive(w *way) (heads []head) {
	o.setWay(func() { heads = slices.Clone(w.live) })
	return heads
}

func (h holding) addLive(heads []head) {
	for i := range heads {
		h.add(&heads[i])
	}
}
