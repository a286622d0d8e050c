package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

func (j *Journal) scanSegment(ctx context.Context, n uint32, at int64, do func(Pos, *Batch) error) (found []Damage, end int64, err error) {
	j.mu.RLock()
	r := &window{f: j.files[n]}
	j.mu.RUnlock()
	if r.f == nil {
		return nil, at, fmt.Errorf("scan journal: segment %d: %w", n, fs.ErrClosed)
	}
	if r.size, err = r.f.Size(); err != nil {
		return nil, at, fmt.Errorf("scan journal: %w", err)
	}
	if line, _ := r.at(0, len(segmentLine)); string(line) != segmentLine {
		found = append(found, Damage{Pos: Pos{n, 0}, Length: int64(len(segmentLine))})
		if at == int64(len(segmentLine)) {
			at = r.firstFrame(at)
		}
	}
	end = at
	for at < r.size {
		if err := ctx.Err(); err != nil {
			return found, end, fmt.Errorf("scan journal: %w", err)
		}
		b, size, err := r.batch(at)
		switch {
		case errors.Is(err, ErrNewer):
			return found, end, fmt.Errorf("scan journal: %w", err)
		case b != nil:
			if err := do(Pos{n, at}, b); err != nil {
				return found, end, err
			}
		case size > 0: // its checksum holds: it was written so and is not torn
			found = append(found, Damage{Pos: Pos{n, at}, Length: int64(size)})
		}
		if size == 0 {
			size = r.filler(at)
		}
		if size > 0 {
			at += int64(size)
			end = at
			continue
		}
		next := r.nextFrame(at + 1)
		switch {
		case r.err != nil:
			return found, end, r.err
		case next > 0:
			found = append(found, Damage{Pos: Pos{n, at}, Length: next - at})
			at = next
		case r.zeros(at):
			return found, end, nil
		default:
			return append(found, Damage{Pos: Pos{n, at}, Length: r.size - at, Tail: true}), end, nil
		}
	}
	return found, end, nil
}

// window reads a segment through a buffer that moves forward.
type window struct {
	f     File
	size  int64
	buf   []byte
	start int64
	err   error // of the disk: what cannot be read is not therefore damaged
}

const windowSize = 1 << 20

// at gives n bytes from an offset, fewer at the end of the file.
func (w *window) at(off int64, n int) ([]byte, error) {
	if off < w.start || off+int64(n) > w.start+int64(len(w.buf)) {
		// A new buffer each time: batches that were read share the old one's memory.
		w.start = off
		w.buf = make([]byte, max(min(int64(max(n, windowSize)), w.size-off), 0))
		m, err := w.f.ReadAt(w.buf, off)
		w.buf = w.buf[:m]
		if err != nil && !errors.Is(err, io.EOF) {
			w.err = fmt.Errorf("read journal: %w", err)
			return nil, w.err
		}
	}
	b := w.buf[off-w.start:]
	return b[:min(n, len(b))], nil
}

// batch reads the whole frame at an offset: size 0 when there is none, an error
// beside a size when its checksum holds and it cannot be understood.
func (w *window) batch(off int64) (b *Batch, size int, err error) {
	head, err := w.at(off, frameHead)
	if err != nil {
		return nil, 0, err
	}
	if size, err = frameSize(head); err != nil {
		return nil, 0, err
	}
	frame, err := w.at(off, size)
	if err != nil || len(frame) < size || !checkFrame(frame) {
		return nil, 0, err
	}
	b, err = ReadFrame(frame[:size:size])
	return b, size, err
}

// filler gives the length of the whole filler at an offset, 0 when there is none.
func (w *window) filler(off int64) int {
	head, err := w.at(off, frameHead)
	if err != nil {
		return 0
	}
	size := fillerSize(head)
	if size == 0 {
		return 0
	}
	whole, err := w.at(off, size)
	if err != nil || len(whole) < size || !checkFiller(whole) {
		return 0
	}
	return size
}

// nextFrame finds the next whole frame or filler behind an offset, 0 when there
// is none.
func (w *window) nextFrame(off int64) int64 {
	for off < w.size {
		b, err := w.at(off, windowSize)
		if err != nil || len(b) == 0 {
			return 0
		}
		i := nextMagic(b)
		if i < 0 {
			off += int64(max(len(b)-len(frameMagic)+1, 1))
			continue
		}
		off += int64(i)
		if _, size, _ := w.batch(off); size > 0 || w.filler(off) > 0 {
			return off
		}
		off++
	}
	return 0
}

// nextMagic finds where a frame or a filler may begin, -1 when nowhere.
func nextMagic(b []byte) int {
	i, k := bytes.Index(b, []byte(frameMagic)), bytes.Index(b, []byte(fillerMagic))
	if i < 0 || k >= 0 && k < i {
		return k
	}
	return i
}

// firstFrame gives where a segment's first frame stands when its line is not
// what was written: where the line was cut it is before the line's end.
func (w *window) firstFrame(usual int64) int64 {
	if _, size, _ := w.batch(0); size > 0 {
		return 0
	}
	if first := w.nextFrame(1); first > 0 && first < usual {
		return first
	}
	return usual
}

// zeros tells whether only zeros follow.
func (w *window) zeros(off int64) bool {
	for off < w.size {
		b, err := w.at(off, windowSize)
		if err != nil || len(b) == 0 {
			return false
		}
		if len(bytes.Trim(b, "\x00")) > 0 {
			return false
		}
		off += int64(len(b))
	}
	return true
}
