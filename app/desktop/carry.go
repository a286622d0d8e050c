package desktop

import (
	"context"
	"os"
	"path/filepath"

	"paradero/app/desktop/exchange"
	"paradero/app/desktop/team"
	"paradero/app/present"
	"paradero/data"
	"paradero/data/fault"
)

// carrier is the courier of an open office: it exchanges behind the screen from
// the moment the office is open until it is closed.
type carrier interface {
	present.Courier
	// SetHub takes the hub of an invitation into use, for the whole office.
	SetHub(ctx context.Context, invitation []byte) error
	// SetFolder takes a folder of this machine into use; "" gives it up.
	SetFolder(ctx context.Context, dir string) error
	// Close ends what is under way and waits for it.
	Close()
}

var _ exchange.Controls = (*session)(nil)

// Courier implements exchange.Controls.
func (n *session) Courier() present.Courier {
	if n.courier == nil {
		return nil
	}
	return n.courier
}

// moved is told by the courier, on any goroutine and at every step of its progress,
// that something about the ways changed; it is drawn once for all that came until
// then.
func (n *session) moved() {
	if n.moving.Swap(true) {
		return
	}
	n.Dispatch(func() {
		n.moving.Store(false)
		if n.work.base.Err() != nil || n.rail == nil {
			return
		}
		n.drawSync()
		n.noteSync()
	})
}

// mostInvitation bounds what is read of a file that is said to be an invitation.
const mostInvitation = 1 << 20

// UseHub implements exchange.Controls.
func (n *session) UseHub(file string, done func(error)) {
	n.work.run("sync.hub", func(ctx context.Context) func() {
		invitation, err := readSmall(file, mostInvitation)
		if err == nil && n.courier == nil {
			err = fault.New(fault.Internal, "use hub", "no_courier")
		}
		if err == nil {
			err = n.courier.SetHub(ctx, invitation)
		}
		return func() { done(err) }
	})
}

// UseFolder implements exchange.Controls.
func (n *session) UseFolder(dir string, done func(error)) {
	n.work.run("sync.folder", func(ctx context.Context) func() {
		var err error
		if n.courier == nil {
			err = fault.New(fault.Internal, "use folder", "no_courier")
		} else {
			err = n.courier.SetFolder(ctx, dir)
		}
		return func() { done(err) }
	})
}

// WriteBundle implements exchange.Controls.
func (n *session) WriteBundle(ctx context.Context, file string, to data.BundleFor, report func(data.Progress)) (data.BundleMade, error) {
	o, ok := n.office.(bundling)
	if !ok {
		return data.BundleMade{}, fault.New(fault.Internal, "write bundle", "no_courier")
	}
	return o.WriteBundleFor(ctx, file, to, report)
}

// ReadBundle implements exchange.Controls.
func (n *session) ReadBundle(ctx context.Context, file string, report func(data.Progress)) (data.Received, error) {
	o, ok := n.office.(bundling)
	if !ok {
		return data.Received{}, fault.New(fault.Internal, "read bundle", "no_courier")
	}
	return o.ReadBundle(ctx, file, report)
}

// bundling is an office that exchanges by a file.
type bundling interface {
	WriteBundleFor(ctx context.Context, file string, to data.BundleFor, report func(data.Progress)) (data.BundleMade, error)
	ReadBundle(ctx context.Context, file string, report func(data.Progress)) (data.Received, error)
}

var _ bundling = (*data.Office)(nil)

// countAsked shows in the rail how many proposals wait for the word of who is
// signed in. What cannot be read is told in the team's room.
func (n *session) countAsked() {
	o, ok := n.office.(present.Deciding)
	if !ok {
		return
	}
	n.Work("rail.team", func(ctx context.Context) func() {
		list, err := o.Proposals(ctx, false)
		if err != nil {
			return nil
		}
		mine := 0
		for i := range list {
			if list[i].May {
				mine++
			}
		}
		return func() {
			n.asked = mine
			n.drawAsked()
		}
	})
}

var _ team.Controls = (*session)(nil)

// Door implements team.Controls.
func (n *session) Door() present.Door { return doorOf(n.office, n.courier) }

// ReadFile implements team.Controls.
func (n *session) ReadFile(path string) ([]byte, error) { return readSmall(path, mostInvitation) }

// WriteFile implements team.Controls.
func (n *session) WriteFile(path string, b []byte) error {
	return fault.Wrap(os.WriteFile(path, b, 0o600), fault.Internal, "write file", "not_permitted")
}

// readSmall reads a file that a person chose, if it is as small as it must be.
func readSmall(file string, most int64) ([]byte, error) {
	const op = "read file"
	at, err := os.Stat(file)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, op, "file_missing")
	}
	if at.Size() > most || at.IsDir() {
		return nil, fault.New(fault.Invalid, op, "file_not_this", filepath.Base(file))
	}
	b, err := os.ReadFile(filepath.Clean(file))
	return b, fault.Wrap(err, fault.Internal, op, "not_permitted")
}
