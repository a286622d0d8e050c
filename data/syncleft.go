package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paradero/data/ledger"
	"paradero/data/sync"
)

// What a depot gave and was not taken in is behind the mark. Most of it is nothing
// that anybody should ask for again; but what waits for another batch and found no
// room, and what a newer program wrote, are.

// backAgain is how often what found no room is asked for again while there is none:
// somebody may have filled it with what never fits.
const backAgain = time.Hour

// passed counts a refusal that is none for ever.
func (r *Received) passed(why string) {
	switch why {
	case "too_many_waiting":
		r.NoRoom++
	case "newer":
		r.Newer++
	}
}

// reads names the program by what it can read.
func (o *Office) reads() string { return fmt.Sprintf("%d %s", ledger.Version, o.cfg.Program) }

// leave notes what of a portion is to be asked for again: from where, what was here
// before it, and by which program.
func (x *meeting) leave(w *way, p *portion, got *Received) {
	if got.NoRoom > 0 && !w.Left {
		w.Left, w.Again, w.LeftAs = true, p.from, p.here
	}
	if got.Newer > 0 {
		w.Newer = x.office.reads()
	}
}

// here names what is here now.
func (o *Office) here() string {
	s := o.statement()
	print, _ := tellingOf(&s)
	return print
}

// fetchLeft goes back to what found no room, when something came since that may
// have made some or that it waited for, and as long as that brings something. When
// it brought nothing, or there is no room yet, it waits an hour.
func (x *meeting) fetchLeft(ctx context.Context) error {
	o, w := x.office, x.way
	for w.Left {
		here := o.here()
		soon := o.held.roomy() && !w.Vain
		if here == w.LeftAs || !soon && o.Now().Sub(w.BackAt).Abs() <= backAgain {
			return nil
		}
		from := w.Again
		o.setWay(func() { w.Left, w.Mark, w.BackAt = false, from, o.Now() }) // broken off, it goes on from there
		x.dirty = true
		err := x.pull(ctx, from)
		if errors.Is(err, sync.ErrMark) && from != "" {
			err = x.pull(ctx, "")
		}
		after := o.here()
		o.setWay(func() { w.Vain = after == here })
		if err != nil {
			return errors.Join(err, o.keepWay(w))
		}
	}
	return nil
}

// roomy tells whether at least half of the room for what waits is free.
func (w *waiting) roomy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.byHash) <= w.most/2 && w.size <= waitBytes/2
}
