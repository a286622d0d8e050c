package data

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync/bundle"
)

// BundleMade is what a bundle was made of.
type BundleMade struct {
	File    string
	Batches int
	Changes int
	Bytes   int64
}

// BundleSeen is what a bundle holds, and what of it is new here.
type BundleSeen struct {
	Made    time.Time
	Device  record.ID // who put it together
	By      string    // its member, "" when that is nobody here
	Batches int
	New     int // of them, that are not here
	Changes int // in those
}

// WriteBundle writes everything that this device holds, also what others said,
// into one file for a colleague: sealed as it is in the journal, counted and
// signed. The file is there whole or not at all.
func (o *Office) WriteBundle(ctx context.Context, file string, progress func(Progress)) (made BundleMade, err error) {
	const op = "write bundle"
	if progress == nil {
		progress = func(Progress) {}
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".bundle-*")
	if err != nil {
		return BundleMade{}, diskFault(op, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	info := o.Info()
	key := deviceKey{o.sign}
	made.File = file
	w, err := bundle.NewWriter(f, bundle.Head{
		Office: info.OfficeID, Device: info.Device, Public: key.Public(), Made: o.Now(), Tips: o.ends().Tips(), Whole: true,
	})
	if err != nil {
		return BundleMade{}, diskFault(op, err)
	}
	err = o.Frames(ctx, func(frame []byte) error {
		b, err := ledger.ReadFrame(frame)
		if err != nil {
			return err
		}
		made.Batches, made.Changes = made.Batches+1, made.Changes+len(b.Payloads)
		progress(Progress{Phase: "bundle", Done: made.Changes})
		return w.Frame(frame)
	})
	if err == nil {
		err = w.Close(key.Sign)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return BundleMade{}, diskFault(op, err)
	}
	if at, err := f.Stat(); err == nil {
		made.Bytes = at.Size()
	}
	if err = f.Close(); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err == nil {
		err = o.disk.SyncDir(filepath.Dir(file))
	}
	return made, diskFault(op, err)
}

// LookAtBundle reads a bundle whole, as ReadBundle does first, and says what of it
// is new here. It takes nothing in.
func (o *Office) LookAtBundle(ctx context.Context, file string) (BundleSeen, error) {
	const op = "read bundle"
	var seen BundleSeen
	h, n, err := o.eachOfBundle(ctx, file, func(h bundle.Head, frame []byte) error {
		b, err := ledger.ReadFrame(frame)
		if err != nil {
			return bundle.ErrDamaged
		}
		if err := o.enter(op); err != nil {
			return err
		}
		defer o.use.RUnlock()
		if !o.known(b.Hash) {
			seen.New, seen.Changes = seen.New+1, seen.Changes+len(b.Payloads)
		}
		return nil
	})
	if err != nil {
		return BundleSeen{}, bundleFault(op, err)
	}
	seen.Made, seen.Device, seen.Batches = h.Made, h.Device, n
	o.use.RLock()
	member := o.law.Devices()[h.Device]
	o.use.RUnlock()
	seen.By = o.names.get(member)
	return seen, nil
}

// ReadBundle takes in what a colleague's bundle holds, after it has been read
// whole: one that is cut, damaged, forged or of another office changes nothing.
func (o *Office) ReadBundle(ctx context.Context, file string, progress func(Progress)) (Received, error) {
	const op = "read bundle"
	if _, err := o.LookAtBundle(ctx, file); err != nil {
		return Received{}, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	frames, ended := make(chan []byte), make(chan error, 1)
	go func() {
		_, _, err := o.eachOfBundle(ctx, file, func(_ bundle.Head, frame []byte) error {
			select {
			case frames <- frame:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		ended <- err
		close(frames)
	}()
	got, err := o.Receive(ctx, func() ([]byte, error) {
		if frame, ok := <-frames; ok {
			return frame, nil
		}
		if err := <-ended; err != nil {
			return nil, bundleFault(op, err)
		}
		return nil, io.EOF
	}, progress)
	stop()
	for range frames { // whoever still reads the file sees that nobody listens
	}
	return got, err
}

// eachOfBundle reads a bundle of this office to its end.
func (o *Office) eachOfBundle(ctx context.Context, file string, do func(bundle.Head, []byte) error) (bundle.Head, int, error) {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return bundle.Head{}, 0, err
	}
	defer func() { _ = f.Close() }()
	return bundle.Read(f, func(h bundle.Head, frame []byte) error {
		if h.Office != o.Info().OfficeID {
			return errOtherOffice
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return do(h, frame)
	})
}

var errOtherOffice = errors.New("bundle of another office")

// bundleFault gives a bundle's error its code and key.
func bundleFault(op string, err error) error {
	switch {
	case errors.Is(err, errOtherOffice):
		return fault.Wrap(err, fault.Refused, op, "bundle_other_office")
	case errors.Is(err, bundle.ErrNoBundle):
		return fault.Wrap(err, fault.Invalid, op, "bundle_none")
	case errors.Is(err, bundle.ErrNewer):
		return fault.Wrap(err, fault.Newer, op, "newer_version")
	case errors.Is(err, bundle.ErrSignature):
		return fault.Wrap(err, fault.Damaged, op, "bundle_forged")
	case errors.Is(err, bundle.ErrDamaged):
		return fault.Wrap(err, fault.Damaged, op, "bundle_damaged")
	case errors.Is(err, os.ErrNotExist):
		return fault.Wrap(err, fault.NotFound, op, "file_missing")
	}
	return diskFault(op, err)
}
