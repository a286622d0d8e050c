package ledger

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// rewriteExt marks a segment that is being written anew.
const rewriteExt = ".rewrite"

// errRoom says that a batch does not fit where it stood.
var errRoom = errors.New("batch does not fit its place")

// Rewrite writes one segment anew, with what change gives for each of its
// batches: the same batch with payloads taken out (an erasure) or put back (they
// came again from a colleague or a backup). true: it is another than the one
// that stood there. Every batch stays where it was, a filler keeps the room of
// what is gone, and the new file takes the old one's place at once: a crash
// leaves one or the other. Damaged stretches are kept as they are. Nobody may
// append meanwhile. It gives how many batches were changed; with none the file
// is left alone.
func (j *Journal) Rewrite(ctx context.Context, segment uint32, change func(Pos, *Batch) (*Batch, bool)) (int, error) {
	if j.broken != nil {
		return 0, fmt.Errorf("rewrite segment: %w", j.broken)
	}
	whole, err := j.segment(segment)
	if err != nil {
		return 0, fmt.Errorf("rewrite segment: %w", err)
	}
	changed := 0
	_, _, err = j.scanSegment(ctx, segment, int64(len(segmentLine)), func(at Pos, b *Batch) error {
		now, differs := change(at, b)
		if !differs {
			return nil
		}
		changed++
		return replaceFrame(whole, at.Offset, now)
	})
	if err != nil {
		return 0, fmt.Errorf("rewrite segment: %w", err)
	}
	if changed == 0 {
		return 0, nil
	}
	return changed, j.swap(segment, whole)
}

// Blank makes a damaged stretch room that holds nothing, once everything that
// stood there stands elsewhere. One that is too short for a filler stays.
func (j *Journal) Blank(ctx context.Context, d Damage) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("blank stretch: %w", err)
	}
	whole, err := j.segment(d.Segment)
	if err != nil {
		return fmt.Errorf("blank stretch: %w", err)
	}
	switch {
	case d.Offset < int64(len(segmentLine)):
		copy(whole, segmentLine)
	case d.Length < frameHead || d.Offset+d.Length > int64(len(whole)):
		return nil
	default:
		fill(whole[d.Offset : d.Offset+d.Length])
	}
	return j.swap(d.Segment, whole)
}

// segment reads a whole segment.
func (j *Journal) segment(n uint32) ([]byte, error) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	f, ok := j.files[n]
	if !ok {
		return nil, fmt.Errorf("no segment %d", n)
	}
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	whole := make([]byte, size)
	if _, err := f.ReadAt(whole, 0); err != nil && size > 0 {
		return nil, err
	}
	return whole, nil
}

// fill writes fillers over room of at least frameHead bytes.
func fill(room []byte) {
	for len(room) > 0 {
		n := min(len(room), maxFrame)
		if left := len(room) - n; left > 0 && left < frameHead {
			n -= frameHead
		}
		copy(room, appendFiller(nil, n))
		room = room[n:]
	}
}

// replaceFrame puts a batch in the place of the one at an offset and of the
// fillers behind that.
func replaceFrame(whole []byte, at int64, b *Batch) error {
	size, err := frameSize(whole[at:])
	if err != nil {
		return err
	}
	end := at + int64(size)
	for {
		n := fillerSize(whole[end:])
		if n == 0 || int64(n) > int64(len(whole))-end || !checkFiller(whole[end:end+int64(n)]) {
			break
		}
		end += int64(n)
	}
	frame := AppendFrame(nil, b)
	rest := int(end-at) - len(frame)
	if rest < 0 || rest > 0 && rest < frameHead {
		return errRoom
	}
	copy(whole[at:], frame)
	fill(whole[at+int64(len(frame)) : end])
	return nil
}

// swap makes a segment's new contents durable beside it and puts them in its
// place. Its old file is closed first, since some systems rename over no open one.
func (j *Journal) swap(segment uint32, whole []byte) (err error) {
	path := filepath.Join(j.dir, SegmentName(segment))
	next := path + rewriteExt
	if err := j.writeWhole(next, whole); err != nil {
		return errors.Join(fmt.Errorf("rewrite segment: %w", full(err)), j.disk.Remove(next))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	// From here on a failure leaves a file that is whole, but not this program's
	// hold on it.
	defer func() {
		if err != nil {
			j.broken = ErrBroken
		}
	}()
	if err := j.files[segment].Close(); err != nil {
		return fmt.Errorf("rewrite segment: %w", err)
	}
	if err := j.disk.Rename(next, path); err != nil {
		return fmt.Errorf("rewrite segment: %w", err)
	}
	if err := j.disk.SyncDir(j.dir); err != nil {
		return fmt.Errorf("rewrite segment: %w", err)
	}
	f, err := j.disk.Open(path)
	if err != nil {
		delete(j.files, segment)
		return fmt.Errorf("rewrite segment: %w", err)
	}
	j.files[segment] = f
	return nil
}

func (j *Journal) writeWhole(path string, b []byte) error {
	f, err := j.disk.Open(path)
	if err != nil {
		return err
	}
	if err = f.Truncate(0); err == nil {
		_, err = f.WriteAt(b, 0)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Segments gives the numbers of all segments, oldest first.
func (j *Journal) Segments() []uint32 {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return append([]uint32(nil), j.names...)
}
