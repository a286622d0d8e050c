package courier

import (
	"context"
	"errors"
	"slices"
	"time"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/sync"
	"paradero/data/sync/folder"
	"paradero/data/sync/hub"
)

// Times of coming in: how long a letter may take, and how long a hub is asked again
// that does not know a new device yet.
const (
	letterTime  = 15 * time.Second
	openingTime = 15 * time.Minute // two megabytes over a line of 20 kbit/s
	knowTime    = 45 * time.Second
	knowAgain   = time.Second
	lookFirst   = 200 * time.Millisecond // for the newest records
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
	welcome, err := knockAt(ctx, j, d)
	if err != nil {
		return nil, hub.Fault(op, err)
	}
	return welcome, nil
}

// KnockFolder leaves a request in a folder that the office shares, and looks for the
// welcome there; nil: it has not come yet. The folder is the one that who let in uses:
// what of it has not come here yet is not there.
func KnockFolder(ctx context.Context, j *data.Joining, dir string, clock func() time.Time) ([]byte, error) {
	const op = "ask to come in"
	ctx, stop := context.WithTimeout(ctx, letterTime)
	defer stop()
	d, err := folder.Open(folder.Options{Dir: dir, Office: j.OfficeID, Device: j.Device, Clock: clock})
	if errors.Is(err, sync.ErrAway) {
		return nil, fault.Wrap(err, fault.NotFound, op, "join_folder_none")
	}
	if err != nil {
		return nil, data.ExchangeFault(err)
	}
	defer func() { _ = d.Close() }()
	welcome, err := knockAt(ctx, j, d)
	return welcome, data.ExchangeFault(err)
}

// knockAt looks for the welcome in a depot, and leaves the request where there is none.
func knockAt(ctx context.Context, j *data.Joining, d sync.Depot) ([]byte, error) {
	welcome, err := j.Fetch(ctx, d)
	if err == nil && welcome == nil {
		err = j.Post(ctx, d)
	}
	return welcome, err
}

// Ask does for one more person of this computer what Knock does for a device that
// comes alone: by the ways of the office that is open here. posted: one of them took
// the request.
func (c *Courier) Ask(ctx context.Context, j *data.Joining) (welcome []byte, posted bool, err error) {
	var failed error
	for _, w := range c.opt.Ways() {
		err := at(ctx, w, func(ctx context.Context, d sync.Depot) error {
			got, err := knockAt(ctx, j, d)
			if got != nil {
				welcome = got
			}
			return err
		})
		posted = posted || err == nil
		failed = errors.Join(failed, err)
	}
	if posted {
		failed = nil
	}
	return welcome, posted, data.ExchangeFault(failed)
}

// Knocks gives the requests that came by any of the ways, each once.
func (c *Courier) Knocks(ctx context.Context) ([]data.JoinRequest, error) {
	return Knocks(ctx, c.office, c.opt.Ways())
}

// SendWelcome leaves a welcome by every way at which somebody may look for it, and
// the picture of the newest records behind it, in the background.
func (c *Courier) SendWelcome(ctx context.Context, request, welcome []byte) error {
	ways := c.opt.Ways()
	err := SendWelcome(ctx, c.office, ways, request, welcome)
	c.behind(func(ctx context.Context) {
		_ = SendOpening(ctx, c.office, ways, request, nil) // without it all comes in its order
	})
	return err
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

// SendOpening leaves the picture of the newest records, for who was let in by a
// request, by every one of some ways.
func SendOpening(ctx context.Context, o *data.Office, ways []Way, request []byte, progress func(data.Progress)) error {
	if len(ways) == 0 {
		return nil
	}
	letters, err := o.OpeningFor(ctx, request)
	if err != nil || len(letters) == 0 {
		return err
	}
	var failed error
	for _, w := range ways {
		failed = errors.Join(failed, stay(ctx, w, openingTime, func(ctx context.Context, d sync.Depot) error {
			return o.SendOpening(ctx, d, request, letters, progress)
		}))
	}
	return data.ExchangeFault(failed)
}

// at does something at a depot, in a stay of its own.
func at(ctx context.Context, w Way, do func(context.Context, sync.Depot) error) error {
	return stay(ctx, w, letterTime, do)
}

func stay(ctx context.Context, w Way, most time.Duration, do func(context.Context, sync.Depot) error) error {
	ctx, stop := context.WithTimeout(ctx, most)
	defer stop()
	d, err := w.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return do(ctx, d)
}

// First brings an office to a device that has just been let in, by the hub that its
// welcome names. The hub may hear a little later than the device that it is in. It
// comes back when all is here, or as soon as the newest records are: then the rest
// goes on coming behind, until Close.
func (c *Courier) First(ctx context.Context, invitation []byte, report func(data.Progress)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	began := c.behind(func(base context.Context) {
		base, halt := context.WithCancel(base)
		defer halt()
		defer context.AfterFunc(ctx, func() {
			if at, on := c.office.Opening(base); !on || at.Records == 0 { // given up
				halt()
			}
		})()
		ended <- c.first(base, invitation, func(p data.Progress) {
			c.opt.Moved()
			if report != nil && ctx.Err() == nil {
				report(p)
			}
		})
	})
	if !began {
		return data.ExchangeFault(context.Canceled)
	}
	for {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return data.ExchangeFault(ctx.Err())
		case <-c.opt.After(lookFirst):
			if at, on := c.office.Opening(ctx); on && at.Records > 0 {
				return nil
			}
		}
	}
}

func (c *Courier) first(ctx context.Context, invitation []byte, report func(data.Progress)) error {
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

// FirstFolder is First by a folder that the office shares, which is a way of this
// device from then on.
func (c *Courier) FirstFolder(ctx context.Context, dir string, report func(data.Progress)) error {
	d, err := FolderWay(c.office, dir, false).Open(ctx)
	if err != nil {
		return data.ExchangeFault(err)
	}
	defer func() { _ = d.Close() }()
	if _, err := c.office.SyncWith(ctx, d, report); err != nil {
		return data.ExchangeFault(err)
	}
	return c.SetFolder(ctx, dir)
}
