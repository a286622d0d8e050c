package data

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"paradero/data/ledger"
	"paradero/data/record"
)

// Frames that come are checked some at a time, on all cores; what is found of each
// is used when it is its turn, if it still stands then.
const (
	windowFrames = 128
	windowBytes  = 2 << 20
)

// checked is what was found of a batch before its turn.
type checked struct {
	public ed25519.PublicKey // by which its signature holds; nil: not looked at, or it does not
	body   *ledger.Body      // nil: it did not open then
}

func (in *intake) run(ctx context.Context, next func() ([]byte, error), progress func(Progress)) error {
	for done := 0; ; {
		var frames [][]byte
		var failed error
		for size := 0; len(frames) < windowFrames && size < windowBytes; {
			if failed = ctx.Err(); failed != nil {
				break
			}
			var frame []byte
			if frame, failed = next(); failed != nil {
				break
			}
			frames, size = append(frames, frame), size+len(frame)
		}
		window, err := in.look(frames)
		if err != nil {
			return err
		}
		for i := range window {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := in.take(ctx, &window[i]); err != nil {
				return err
			}
			done++
			progress(Progress{Phase: "receive", Done: done})
		}
		clear(in.checked)
		if errors.Is(failed, io.EOF) {
			return nil
		}
		if failed != nil {
			return failed
		}
	}
}

// arrived is one frame of a window.
type arrived struct {
	batch *ledger.Batch
	err   error
}

// look reads frames and checks what can be checked before their turn.
func (in *intake) look(frames [][]byte) ([]arrived, error) {
	o := in.office
	window := make([]arrived, len(frames))
	if len(frames) == 1 { // a live change: its turn is now
		window[0].batch, window[0].err = ledger.ReadFrame(frames[0])
		return window, nil
	}
	eachAtOnce(len(frames), func(i int) { window[i].batch, window[i].err = ledger.ReadFrame(frames[i]) })
	if err := o.enter("take in changes"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	keys := map[record.ID]ed25519.PublicKey{}
	publics, found := make([]ed25519.PublicKey, len(frames)), make([]checked, len(frames))
	for i := range window { // by the batch itself and not by its name: a forged one has another's
		b := window[i].batch
		if window[i].err != nil || b.Office != o.Info().OfficeID {
			continue
		}
		if len(b.Public) > 0 {
			keys[b.Device] = b.Public
		}
		if _, here := in.where(b.Hash); here {
			continue
		}
		if publics[i] = in.keyOf(b); publics[i] == nil {
			publics[i] = keys[b.Device]
		}
		in.checked[b] = &found[i]
	}
	eachAtOnce(len(frames), func(i int) {
		b := window[i].batch
		if publics[i] == nil || b.Verify(publics[i]) != nil {
			return
		}
		found[i].public = publics[i]
		if body, err := b.Open(o.keys); err == nil {
			found[i].body = body
		}
	})
	return window, nil
}

// eachAtOnce does a few long things on all cores.
func eachAtOnce(n int, do func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.NumCPU(), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// verify checks a batch's signature, unless that was done.
func (in *intake) verify(b *ledger.Batch, public ed25519.PublicKey) error {
	if c := in.checked[b]; c != nil && c.public != nil && c.public.Equal(public) {
		return nil
	}
	return b.Verify(public)
}

// open opens a batch, unless that was done. A body is given once: it may be changed.
func (in *intake) open(b *ledger.Batch) (*ledger.Body, error) {
	if c := in.checked[b]; c != nil && c.body != nil {
		body := c.body
		c.body = nil
		return body, nil
	}
	return b.Open(in.office.keys)
}

// take checks one frame and puts it where it belongs.
func (in *intake) take(ctx context.Context, a *arrived) error {
	b, err := a.batch, a.err
	switch {
	case errors.Is(err, ledger.ErrNewer):
		in.refuse(&ledger.Batch{}, "newer")
		return nil
	case err != nil || len(b.Bytes)+64 > ledger.MaxBatch || b.Size() > ledger.MaxBatch:
		in.refuse(&ledger.Batch{}, "malformed")
		return nil
	case b.Office != in.office.Info().OfficeID:
		in.refuse(b, "other_office")
		return nil
	}
	return in.work(ctx, b)
}
