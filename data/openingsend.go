package data

import (
	"context"
	"slices"
	"strconv"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/sync"
)

// openingLeft is a picture that this device left in a depot: it is taken away when
// the new device has emptied the first box, or when the invitation is over.
type openingLeft struct {
	Invitation record.ID
	Parts      int
	Expires    time.Time
}

func partName(i int) string { return "opening " + strconv.Itoa(i) }

// OpeningFor makes the picture of the newest records for the device that asked with
// this request, which was let in: letters for SendOpening. None where this device has
// nothing to show itself.
func (o *Office) OpeningFor(ctx context.Context, request []byte) ([][]byte, error) {
	const op = "make opening picture"
	q, err := o.readRequest(op, request)
	if err != nil {
		return nil, err
	}
	known, err := o.checkOffer(ctx, op, q)
	if err != nil || !known {
		return nil, err
	}
	packed, err := o.makeOpening(ctx)
	if packed == nil || err != nil {
		return nil, err
	}
	letters, err := sealOpening(o.cfg.Rand, q, o.sign, packed)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	return letters, nil
}

// SendOpening leaves a picture in a depot, the first part last: who finds that finds
// the others.
func (o *Office) SendOpening(ctx context.Context, d sync.Depot, request []byte, letters [][]byte, progress func(Progress)) error {
	const op = "send opening picture"
	q, err := o.readRequest(op, request)
	if err != nil {
		return err
	}
	w := o.way(wayKind(d), d.Name())
	o.setWay(func() {
		w.Openings = slices.DeleteFunc(w.Openings, func(l openingLeft) bool { return l.Invitation == q.offer.id })
		w.Openings = append(w.Openings, openingLeft{q.offer.id, len(letters), q.offer.expires})
	})
	if err := o.keepWay(w); err != nil {
		return err
	}
	for i, letter := range slices.Backward(letters) {
		box, err := boxName(q.offer.envelope, partName(i))
		if err != nil {
			return fault.Wrap(err, fault.Internal, op, "keys_failed")
		}
		if err := d.PutBox(ctx, box, letter); err != nil {
			return err
		}
		if progress != nil {
			progress(Progress{Phase: "opening", Done: len(letters) - i, Total: len(letters)})
		}
	}
	return nil
}

// tidyOpenings takes away the pictures that this device left in a depot and that
// nobody needs any more.
func (x *meeting) tidyOpenings(ctx context.Context) error {
	o, w := x.office, x.way
	var left []openingLeft
	o.setWay(func() { left = slices.Clone(w.Openings) })
	for _, l := range left {
		envelope, err := envelopeKey(&o.vault.Keys().Identity, l.Invitation)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "empty letter box", "keys_failed")
		}
		first, err := fetch(ctx, x.depot, envelope, partName(0))
		if err != nil {
			return err
		}
		if first != nil && o.Now().Before(l.Expires) {
			continue
		}
		if err := clearParts(ctx, x.depot, envelope, min(l.Parts, maxOpeningParts)); err != nil {
			return err
		}
		o.setWay(func() {
			w.Openings = slices.DeleteFunc(w.Openings, func(other openingLeft) bool { return other.Invitation == l.Invitation })
		})
		x.dirty = true
	}
	return nil
}

// newestFirst waits while the newest records are fetched.
func (x *meeting) newestFirst() {
	x.first.Lock()
	defer x.first.Unlock()
}

// seek looks for an opening picture beside the fetching, at once and again and again
// until one is there or the fetching ends; while it is fetched the rest waits, so that
// a slow line carries the newest first. done waits for its end.
func (x *meeting) seek(ctx context.Context) (done func()) {
	o := x.office
	if o.opening.wanting() == nil {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	look := func() bool {
		held := false
		found, err := o.fetchOpening(ctx, x.depot, func() {
			held = true
			x.first.Lock()
		})
		if held {
			x.first.Unlock()
		}
		return found || err != nil // what cannot be fetched now is looked for at the next exchange
	}
	if look() {
		stop()
		return func() {}
	}
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(openingLooks):
			}
			if look() {
				return
			}
		}
	}()
	return func() {
		stop()
		<-ended
	}
}
