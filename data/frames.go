package data

import (
	"context"
	"errors"

	"paradero/data/fault"
	"paradero/data/ledger"
)

// framesBytes is how much of the journal is read at once to be given away.
const framesBytes = 2 << 20

// Frames gives the bytes of every batch that is here to do, each after those it
// depends on. While do is busy, as with a slow stick, nobody is kept from the
// working copy.
func (o *Office) Frames(ctx context.Context, do func(frame []byte) error) error {
	o.flush()
	var at ledger.Pos
	for more := true; more; {
		var frames [][]byte
		var err error
		if frames, at, more, err = o.framesFrom(ctx, at); err != nil {
			return diskFault("read journal", err)
		}
		for _, f := range frames {
			if err := do(f); err != nil {
				return diskFault("read journal", err)
			}
		}
	}
	return nil
}

// framesFrom gives some frames from a place on, and where the next stands. The zero
// place is the journal's beginning.
func (o *Office) framesFrom(ctx context.Context, at ledger.Pos) (frames [][]byte, next ledger.Pos, more bool, err error) {
	o.use.RLock()
	defer o.use.RUnlock()
	if o.shut {
		return nil, at, false, fault.New(fault.Cancelled, "read journal", "office_closed")
	}
	if at == (ledger.Pos{}) {
		at = o.journal.Start()
	}
	size := 0
	_, err = o.journal.Scan(ctx, at, func(pos ledger.Pos, b *ledger.Batch) error {
		if size >= framesBytes {
			next = pos
			return errEnough
		}
		f := ledger.AppendFrame(nil, b)
		frames, size = append(frames, f), size+len(f)
		return nil
	})
	if errors.Is(err, errEnough) {
		return frames, next, true, nil
	}
	return frames, next, false, err
}
