package data

import (
	"bytes"
	"context"
	"errors"
	"io"
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

// take takes in what came and notes that the depot has it.
func (l *listening) take(ctx context.Context, frames [][]byte) error {
	o, w := l.office, l.way
	w.busy.Lock() // an exchange under way brings it too, and keeps its own account
	defer w.busy.Unlock()
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
	changes := 0
	there := holdingOf(w.There)
	for i := range heads {
		if h := &heads[i]; h.hash != (ledger.Hash{}) && o.has(h.hash) && (!h.known || h.sound) {
			there.add(h)
			if !h.known {
				changes += h.changes
			}
		}
	}
	o.setWay(func() {
		w.There = there.tips()
		w.At, w.Sent, w.Got, w.Error = o.Now(), 0, changes, ""
		if n := len(got.Refused); n > 0 {
			w.Refused = got.Refused[:min(n, maxKeptTexts)]
		}
	})
	if got.Waiting > 0 {
		return errWaits
	}
	return nil // written down with the next exchange
}
