package courier

import (
	"context"
	"errors"
	"slices"
	"time"

	"paradero/data"
	"paradero/data/sync"
	"paradero/data/sync/hub"
)

// Times of coming in: how long a letter may take, and how long a hub is asked again
// that does not know a new device yet.
const (
	letterTime = 15 * time.Second
	knowTime   = 45 * time.Second
	knowAgain  = time.Second
)

// Knock leaves a request at the hub that its invitation names, and looks for the
// welcome there; nil: it has not come yet, or the invitation names no hub.
func Knock(ctx context.Context, j *data.Joining) ([]byte, error) {
	const op = "ask to come in"
	if len(j.Hub) == 0 {
		return nil, nil
	}
	ctx, stop := context.WithTimeout(ctx, letterTime)
	defer stop()
	d, err := hub.Visit(ctx, j.Hub)
	if err != nil {
		return nil, hub.Fault(op, err)
	}
	defer func() { _ = d.Close() }()
	welcome, err := j.Fetch(ctx, d)
	if err == nil && welcome == nil {
		err = j.Post(ctx, d)
	}
	if err != nil {
		return nil, hub.Fault(op, err)
	}
	return welcome, nil
}

// Knocks gives the requests that came by any of the ways, each once.
func (c *Courier) Knocks(ctx context.Context) ([]data.JoinRequest, error) {
	return Knocks(ctx, c.office, c.opt.Ways())
}

// SendWelcome leaves a welcome by every way at which somebody may look for it.
func (c *Courier) SendWelcome(ctx context.Context, request, welcome []byte) error {
	return SendWelcome(ctx, c.office, c.opt.Ways(), request, welcome)
}

// Knocks gives the requests that came by some ways of an office, each once. What
// cannot be reached is told only when nothing else answered; nothing is asked while
// nobody is invited.
func Knocks(ctx context.Context, o *data.Office, ways []Way) ([]data.JoinRequest, error) {
	open, err := o.Invitations(ctx)
	if err != nil || !slices.ContainsFunc(open, func(i data.Invited) bool { return !i.Over }) {
		return nil, err
	}
	var out []data.JoinRequest
	var failed error
	answered := false
	for _, w := range ways {
		err := at(ctx, w, func(ctx context.Context, d sync.Depot) error {
			list, err := o.Knocks(ctx, d)
			for _, r := range list {
				if !slices.ContainsFunc(out, func(o data.JoinRequest) bool { return o.Device == r.Device }) {
					out = append(out, r)
				}
			}
			return err
		})
		answered = answered || err == nil
		failed = errors.Join(failed, err)
	}
	if answered {
		failed = nil
	}
	return out, data.ExchangeFault(failed)
}

// SendWelcome leaves a welcome by every one of some ways.
func SendWelcome(ctx context.Context, o *data.Office, ways []Way, request, welcome []byte) error {
	var failed error
	for _, w := range ways {
		failed = errors.Join(failed, at(ctx, w, func(ctx context.Context, d sync.Depot) error {
			return o.SendWelcome(ctx, d, request, welcome)
		}))
	}
	return data.ExchangeFault(failed)
}

// at does something at a depot, in a stay of its own.
func at(ctx context.Context, w Way, do func(context.Context, sync.Depot) error) error {
	ctx, stop := context.WithTimeout(ctx, letterTime)
	defer stop()
	d, err := w.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return do(ctx, d)
}

// First brings an office to a device that has just been let in, by the hub that its
// welcome names. The hub may hear a little later than the device that it is in.
func (c *Courier) First(ctx context.Context, invitation []byte, report func(data.Progress)) error {
	const op = "use hub"
	w, err := HubWay(c.office, invitation)
	if err != nil {
		return err
	}
	wait, stop := context.WithTimeout(ctx, knowTime)
	defer stop()
	for {
		d, err := w.Open(wait)
		if err == nil {
			defer func() { _ = d.Close() }()
			_, err = c.office.SyncWith(ctx, d, report)
			return err
		}
		if !errors.Is(err, sync.ErrRefused) {
			return hub.Fault(op, err)
		}
		select {
		case <-wait.Done():
			return hub.Fault(op, err)
		case <-c.opt.After(knowAgain):
		}
	}
}
