package desktop

import (
	"context"
	"sync"
)

// worker runs what takes time behind the screen and brings the answers back to
// it, those of superseded questions excepted.
type worker struct {
	base     context.Context
	stopAll  context.CancelFunc
	dispatch func(func())

	mu    sync.Mutex
	slots map[string]*question
	ended bool // nothing new is begun
	busy  sync.WaitGroup
}

type question struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newWorker(parent context.Context, dispatch func(func())) *worker {
	ctx, cancel := context.WithCancel(parent)
	return &worker{base: ctx, stopAll: cancel, dispatch: dispatch, slots: map[string]*question{}}
}

// run runs do in the background; what it gives is run on the screen's goroutine
// unless the slot was asked anew or stopped.
func (w *worker) run(slot string, do func(ctx context.Context) func()) {
	q := w.ask(slot)
	if !w.begin() {
		q.cancel()
		return
	}
	go func() {
		defer w.busy.Done()
		then := do(q.ctx)
		w.dispatch(func() {
			stale := q.ctx.Err() != nil
			w.done(slot, q)
			if then != nil && !stale {
				then()
			}
		})
	}()
}

// runToEnd is run whose answer counts also when it was stopped: what was done
// until then is to be told. It gives the way to stop it.
func (w *worker) runToEnd(do func(ctx context.Context) func()) (stop func()) {
	ctx, cancel := context.WithCancel(w.base)
	if !w.begin() {
		return cancel
	}
	go func() {
		defer w.busy.Done()
		then := do(ctx)
		w.dispatch(func() {
			gone := w.base.Err() != nil
			cancel()
			if then != nil && !gone {
				then()
			}
		})
	}()
	return cancel
}

// begin counts one more thing under way, unless all is ending: an answer that is
// still brought to the screen may ask for something else.
func (w *worker) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		w.busy.Add(1)
	}
	return !w.ended
}

func (w *worker) ask(slot string) *question {
	ctx, cancel := context.WithCancel(w.base)
	q := &question{ctx: ctx, cancel: cancel}
	if slot == "" {
		return q
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if before := w.slots[slot]; before != nil {
		before.cancel()
	}
	w.slots[slot] = q
	return q
}

func (w *worker) done(slot string, q *question) {
	q.cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.slots[slot] == q {
		delete(w.slots, slot)
	}
}

// stop cancels what runs in a slot.
func (w *worker) stop(slot string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if q := w.slots[slot]; q != nil {
		q.cancel()
		delete(w.slots, slot)
	}
}

// close cancels everything and waits for it, so that nothing reads an office
// that is being closed. It must not be called on the screen's goroutine while
// answers are still to be brought there by waiting.
func (w *worker) close() {
	w.mu.Lock()
	w.ended = true
	w.mu.Unlock()
	w.stopAll()
	w.busy.Wait()
}
