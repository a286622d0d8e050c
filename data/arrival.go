package data

import (
	"context"
	"errors"
	"sync"
)

// From how many changes on, or batches that are thought to come, it counts as much:
// then what is said again of a record is folded at the end (later.go). What comes
// live never is.
const (
	manyChanges = 4096
	manyBatches = 256
)

// arrivals are the large takings in that are under way.
type arrivals struct {
	mu    sync.Mutex
	open  int
	done  int // batches that came, of all that are under way
	total int // that are thought to come; 0: not known
	taken int // new batches, since the last end
	again int // that were damaged or lost here and came whole
}

// arrival is one of them.
type arrival struct {
	office      *Office
	done, total int
}

// arrive begins a large taking in: until its end whoever takes in notes what is
// said again of a record, and folds it then. total is how many batches are thought
// to come, 0 when that is not known.
func (o *Office) arrive(total int) *arrival {
	a := &o.arrivals
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open++
	a.total += total
	return &arrival{office: o, total: total}
}

// come notes how many batches of it have come.
func (a *arrival) come(done int) {
	if a == nil {
		return
	}
	all := &a.office.arrivals
	all.mu.Lock()
	defer all.mu.Unlock()
	all.done += done - a.done
	a.done = done
	if a.total > 0 && done > a.total {
		all.total += done - a.total
		a.total = done
	}
}

// end ends it: what was noted is folded, and what is to be done after anything was
// taken in is done. When the caller has stopped, the folding goes on behind, and the
// rest is done when something is next taken in.
func (a *arrival) end(ctx context.Context, progress func(Progress)) error {
	if a == nil {
		return nil
	}
	o, all := a.office, &a.office.arrivals
	all.mu.Lock()
	last := all.open == 1
	all.mu.Unlock()
	var err error
	if last {
		err = o.awaitLanding(ctx, progress)
	}
	all.mu.Lock()
	all.open--
	all.done, all.total = all.done-a.done, all.total-a.total
	last = all.open == 0
	all.mu.Unlock()
	if !last {
		return err
	}
	if err != nil {
		return diskFault("take in changes", err)
	}
	o.intake.Lock()
	defer o.intake.Unlock()
	return o.afterwards(ctx, progress)
}

// arriving tells whether a large taking in is under way.
func (o *Office) arriving() bool {
	o.arrivals.mu.Lock()
	defer o.arrivals.mu.Unlock()
	return o.arrivals.open > 0
}

// Arriving tells whether much is just arriving, and how many batches have come of
// how many that are thought to come (0: not known). The lists grow meanwhile; a
// record that was changed often shows its last state at the end.
func (o *Office) Arriving() (done, total int, yes bool) {
	o.arrivals.mu.Lock()
	defer o.arrivals.mu.Unlock()
	return o.arrivals.done, o.arrivals.total, o.arrivals.open > 0
}

// received notes what was taken in, to be looked after at the end.
func (o *Office) received(r *Received) {
	o.arrivals.mu.Lock()
	defer o.arrivals.mu.Unlock()
	o.arrivals.taken += r.Taken
	o.arrivals.again += r.Refilled
}

// afterwards does what is to be done after something was taken in: what has no right
// is judged again, what was erased leaves the journal, keys are given, damage ends.
// The caller holds intake.
func (o *Office) afterwards(ctx context.Context, progress func(Progress)) error {
	const op = "take in changes"
	if o.later.open.Load() && ctx.Err() == nil { // an arrival was stopped and has not been folded
		if err := o.awaitLanding(ctx, progress); err != nil {
			return diskFault(op, err)
		}
	}
	if o.relaw.Load() && ctx.Err() == nil {
		if err := o.Rebuild(ctx, progress); err != nil {
			return diskFault(op, err)
		}
	}
	if err := errors.Join(o.purge(context.WithoutCancel(ctx), progress), o.settleOpening(ctx, false), o.clear(ctx)); err != nil {
		return diskFault(op, err)
	}
	all := &o.arrivals
	all.mu.Lock()
	taken, again := all.taken, all.again
	if ctx.Err() == nil {
		all.taken, all.again = 0, 0
	}
	all.mu.Unlock()
	if taken > 0 && ctx.Err() == nil && !o.unknownHere() {
		if err := errors.Join(o.tendKeys(ctx), o.shareComputer(ctx)); err != nil {
			return err
		}
	}
	if again > 0 || o.Damage() > 0 {
		return o.heal(ctx)
	}
	if taken > 0 {
		return diskFault(op, o.endTails())
	}
	return nil
}
