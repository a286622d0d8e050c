package data

import (
	"context"
	"reflect"
	"sync/atomic"
	"time"

	"paradero/data/sync"
)

// A depot's receipt is its word. Once a day all its names are compared with what is
// here; what was left there since is asked for by name besides, in the first
// exchange after the office was opened or the line was broken, and every hour. A
// depot that took something, said that it is durable and has it no more is found out
// then, and what it lacks is left there again.

// Bounds of that: how many names are kept to ask for, and how often they are while
// the line holds.
const (
	mostPromised = 512
	askPromised  = time.Hour
)

// promise notes what a depot gave its word for.
func (w *way) promise(heads []head) {
	for i := range heads {
		if len(w.Promised) == mostPromised {
			w.PromisedMore = true
			return
		}
		t := heads[i].tip
		w.Promised = append(w.Promised, sync.Name{Device: t.Device, Seq: t.Seq, Hash: t.Hash})
	}
}

// proved forgets what a depot promised: it named it.
func (w *way) proved() { w.Promised, w.PromisedMore = nil, false }

// prove asks a depot for what it promised, when that is due. Where it lacks some,
// all is compared.
func (x *meeting) prove(ctx context.Context) error {
	o, w := x.office, x.way
	again := w.line.same(x.depot)
	last := w.ProvedAt
	if w.Checked.After(last) {
		last = w.Checked
	}
	since := o.Now().Sub(last).Abs()
	if len(w.Promised) == 0 || again && since <= askPromised {
		return nil
	}
	missing := len(w.Promised)
	if w.PromisedMore {
		if since <= askPromised {
			return nil // so many cost as much as all: that is for an hour
		}
	} else {
		teller, ok := x.depot.(sync.Teller)
		if !ok {
			return nil // all its names are compared once a day
		}
		if err := teller.Holds(ctx, w.Promised, func(sync.Name) error { missing--; return nil }); err != nil {
			return err
		}
	}
	o.setWay(func() {
		if w.ProvedAt = o.Now(); missing > 0 {
			w.Checked = time.Time{}
		} else {
			w.proved()
		}
	})
	x.dirty = true
	return nil
}

// line is the connection over which a way was used last.
type line struct {
	depot  sync.Depot
	broken atomic.Bool // it may have been another meanwhile
}

// same tells whether an exchange goes over the line of the one before, unbroken.
func (l *line) same(d sync.Depot) bool {
	unbroken := !l.broken.Swap(false)
	same := l.depot != nil && reflect.ValueOf(d).Comparable() && reflect.ValueOf(l.depot).Comparable() && l.depot == d
	l.depot = d
	return unbroken && same
}
