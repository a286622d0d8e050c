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
	Files   []string // all parts, when it is in several
	Batches int
	Changes int
	Bytes   int64
	Whole   bool // all that is here; false: only what the other is not known to hold
}

// BundleFor says for whom a bundle is.
type BundleFor struct {
	Device record.ID // what it is known to hold is left out; zero, or nothing known of it: all
	Most   int64     // bytes of a part, for small sticks; 0: one file
}

// WriteBundle writes everything that this device holds, also what others said,
// into one file for a colleague: sealed as it is in the journal, counted and
// signed. The file is there whole or not at all.
func (o *Office) WriteBundle(ctx context.Context, file string, progress func(Progress)) (BundleMade, error) {
	return o.WriteBundleFor(ctx, file, BundleFor{}, progress)
}

// WriteBundleFor is WriteBundle for one device, or in parts. Each part is a bundle
// of its own, named FILE, FILE-2 and so on; read in that order each is taken in at
// once, in another the later ones wait for the earlier.
func (o *Office) WriteBundleFor(ctx context.Context, file string, to BundleFor, progress func(Progress)) (BundleMade, error) {
	const op = "write bundle"
	if progress == nil {
		progress = func(Progress) {}
	}
	has, known := o.heldBy(to.Device)
	w := &bundling{office: o, file: file, most: to.Most, head: o.bundleHead(!known && to.Most == 0), progress: progress}
	w.made = BundleMade{File: file, Whole: !known}
	err := w.begin()
	if err == nil {
		err = o.Frames(ctx, func(frame []byte) error {
			b, err := ledger.ReadFrame(frame)
			if err != nil {
				return err
			}
			if has(b) {
				return nil
			}
			return w.add(frame, len(b.Envelope.Payloads))
		})
	}
	if err == nil {
		err = w.end()
	}
	w.drop()
	if err = diskFault(op, err); err != nil {
		o.noteBundle(file, 0, 0, nil, err)
		return BundleMade{}, err
	}
	o.noteBundle(file, w.made.Changes, 0, nil, nil)
	return w.made, o.outlive(w.head.Made)
}

// bundleHead is the head of a bundle that is written now. Of feeds of which
// something is lost here it does not say that this device holds them.
func (o *Office) bundleHead(whole bool) bundle.Head {
	info, feeds := o.Info(), o.ends()
	h := bundle.Head{Office: info.OfficeID, Device: info.Device, Public: deviceKey{o.sign}.Public(), Made: o.Now(), Whole: whole}
	lost, nameless := map[record.ID]bool{}, false
	for _, g := range feeds.Gaps() {
		lost[g.Device], nameless = true, nameless || g.Device.IsZero()
	}
	for _, t := range feeds.Tips() {
		if !nameless && !lost[t.Device] {
			h.Tips = append(h.Tips, t)
		}
	}
	return h
}

// heldBy tells which batches a device is known to hold, by its last word.
func (o *Office) heldBy(device record.ID) (has func(*ledger.Batch) bool, known bool) {
	w, ok := o.words()[device]
	if !ok {
		return func(*ledger.Batch) bool { return false }, false
	}
	lacks := map[ledger.Hash]bool{}
	for _, l := range w.Lacks {
		lacks[l.Hash] = true
	}
	o.use.RLock()
	defer o.use.RUnlock()
	c := o.coverOf(w.Tips, nil)
	branches := map[record.ID]int{}
	for _, t := range o.feeds.Tips() {
		branches[t.Device]++
	}
	return func(b *ledger.Batch) bool {
		return branches[b.Device] == 1 && b.Seq <= c.seqs[b.Device] && !lacks[b.Hash] // of two branches nobody knows which he has
	}, true
}

// outlive lets this device's next word of what it holds count as later than a bundle
// that it wrote, also when its clock was ahead then and has been put right.
func (o *Office) outlive(made time.Time) error {
	o.ways.mu.Lock()
	o.loadWays()
	o.ways.serial = max(o.ways.serial, uint64(max(made.UnixMilli(), 0)))
	o.ways.mu.Unlock()
	return o.keepWords()
}

// noteBundle notes how the last exchange by bundle went.
func (o *Office) noteBundle(file string, sent, got int, refused []RefusedBatch, err error) {
	for _, old := range o.Ways() {
		if old.Kind == WayBundle && old.Name != file {
			_ = o.ForgetWay(old.Kind, old.Name) // one is enough: a bundle is no place
		}
	}
	w := o.way(WayBundle, file)
	o.setWay(func() {
		w.At, w.Sent, w.Got, w.Error = o.Now(), sent, got, faultKey(err)
		w.Refused = refused[:min(len(refused), maxKeptTexts)]
	})
	_ = o.keepWay(w) // it is told once more with the next
}

// ReadBundle takes in what a colleague's bundle holds, after it has been read
// whole: one that is cut, damaged, forged or of another office changes nothing.
func (o *Office) ReadBundle(ctx context.Context, file string, progress func(Progress)) (Received, error) {
	const op = "read bundle"
	if progress == nil {
		progress = func(Progress) {}
	}
	seen, err := o.lookAtBundle(ctx, file, nil)
	if err != nil {
		if !fault.Is(err, fault.NotFound) { // no bundle, rather than one that failed
			o.noteBundle(file, 0, 0, nil, err)
		}
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
	var much *arrival
	if seen.Changes >= manyChanges {
		much = o.arrive(seen.Batches)
	}
	got, err := o.Receive(ctx, func() ([]byte, error) {
		if frame, ok := <-frames; ok {
			return frame, nil
		}
		if err := <-ended; err != nil {
			return nil, bundleFault(op, err)
		}
		return nil, io.EOF
	}, func(p Progress) {
		much.come(p.Done)
		progress(p)
	})
	if ended := much.end(ctx, progress); err == nil {
		err = ended
	}
	stop()
	for range frames { // whoever still reads the file sees that nobody listens
	}
	if err != nil {
		seen.Changes = 0 // how many of them came is not known
	}
	o.noteBundle(file, 0, seen.Changes, got.Refused, err)
	if err == nil && o.hearTips(&seen.head) {
		err = o.keepWords()
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
