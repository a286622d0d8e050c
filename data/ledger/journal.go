package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// The journal is a folder of segments, each a first line and frames. Behind
// the last frame the file may hold zeros: room made beforehand, so that a
// durable write costs one flush and no change of the file's length.
const (
	segmentLine = "paradero journal 1\n"
	segmentExt  = ".journal"
	segmentSize = 64 << 20
	roomAhead   = 256 << 10 // made at once for small frames
	smallFrame  = 32 << 10
)

// Errors of the journal.
var (
	ErrFull   = errors.New("disk is full")
	ErrBroken = errors.New("journal cannot be trusted until it is opened again")
)

// Pos is where a frame stands: segment number from 1, offset in bytes.
type Pos struct {
	Segment uint32
	Offset  int64
}

// Before reports whether p stands before q.
func (p Pos) Before(q Pos) bool {
	return p.Segment < q.Segment || p.Segment == q.Segment && p.Offset < q.Offset
}

// Damage is a stretch of the journal that is not what was written.
type Damage struct {
	Pos
	Length int64
	Tail   bool // nothing whole stands behind it: a write that a crash tore, unless it was acknowledged
}

// Journal appends batches durably and reads them back. Append is for one
// goroutine at a time; Read and Scan may run beside it.
type Journal struct {
	disk   Disk
	dir    string
	files  map[uint32]File
	names  []uint32
	end    Pos   // where the next frame goes
	room   int64 // length of the last segment's file
	broken error
	buf    []byte
}

// OpenJournal opens the journal in dir, made when it is missing. It does not
// scan: SetEnd or Scan tell where the last frame ends.
func OpenJournal(disk Disk, dir string) (*Journal, error) {
	j := &Journal{disk: disk, dir: dir, files: map[uint32]File{}}
	if err := disk.MakeDir(dir); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	names, err := disk.List(dir)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	for _, name := range names {
		var n uint32
		if _, err := fmt.Sscanf(strings.TrimSuffix(name, segmentExt), "%08d", &n); err == nil && name == SegmentName(n) {
			j.names = append(j.names, n)
		}
	}
	for _, n := range j.names {
		f, err := disk.Open(filepath.Join(dir, SegmentName(n)))
		if err != nil {
			_ = j.Close()
			return nil, fmt.Errorf("open journal: %w", err)
		}
		j.files[n] = f
	}
	if len(j.names) == 0 {
		if err := j.addSegment(1); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// SegmentName is the file name of a segment.
func SegmentName(n uint32) string { return fmt.Sprintf("%08d%s", n, segmentExt) }

func (j *Journal) addSegment(n uint32) error {
	f, err := j.disk.Open(filepath.Join(j.dir, SegmentName(n)))
	if err != nil {
		return fmt.Errorf("begin segment: %w", err)
	}
	if _, err := f.WriteAt([]byte(segmentLine), 0); err != nil {
		_ = f.Close()
		return fmt.Errorf("begin segment: %w", full(err))
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return fmt.Errorf("begin segment: %w", full(err))
	}
	if err := j.disk.SyncDir(j.dir); err != nil {
		_ = f.Close()
		return fmt.Errorf("begin segment: %w", err)
	}
	j.files[n], j.names = f, append(j.names, n)
	j.end, j.room = Pos{Segment: n, Offset: int64(len(segmentLine))}, int64(len(segmentLine))
	return nil
}

// End is where the next frame goes.
func (j *Journal) End() Pos { return j.end }

// Start is where the first frame stands.
func (j *Journal) Start() Pos {
	return Pos{Segment: j.names[0], Offset: int64(len(segmentLine))}
}

// Append writes the batches and returns when they survive a power cut, with
// the position of each. On an error nothing of them counts as written.
func (j *Journal) Append(batches ...*Batch) ([]Pos, error) {
	if j.broken != nil {
		return nil, fmt.Errorf("append: %w", j.broken)
	}
	at := make([]Pos, len(batches))
	j.buf = j.buf[:0]
	if j.end.Offset > segmentSize {
		if err := j.nextSegment(); err != nil {
			return nil, err
		}
	}
	for i, b := range batches {
		at[i] = Pos{Segment: j.end.Segment, Offset: j.end.Offset + int64(len(j.buf))}
		j.buf = AppendFrame(j.buf, b)
	}
	f := j.files[j.end.Segment]
	end := j.end.Offset + int64(len(j.buf))
	out := j.buf
	if end > j.room && len(j.buf) < smallFrame {
		out = append(j.buf, make([]byte, roomAhead)...)
	}
	if _, err := f.WriteAt(out, j.end.Offset); err != nil {
		// Zeros must follow the last whole frame, or the tail would look torn.
		if terr := f.Truncate(j.end.Offset); terr != nil {
			j.broken = ErrBroken
		}
		j.room = j.end.Offset
		return nil, fmt.Errorf("append: %w", full(err))
	}
	if err := f.Sync(); err != nil {
		// After a failed sync nobody knows what is on the disk (Rebello et al.,
		// "Can Applications Recover from fsync Failures?", 2020).
		j.broken = ErrBroken
		return nil, fmt.Errorf("append: %w", full(err))
	}
	j.room = max(j.room, j.end.Offset+int64(len(out)))
	j.end.Offset = end
	j.buf = j.buf[:0]
	return at, nil
}

// full makes a full disk known by one error on every system.
func full(err error) error {
	if IsFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

func (j *Journal) nextSegment() error {
	f, n := j.files[j.end.Segment], j.end.Segment+1
	if err := f.Truncate(j.end.Offset); err != nil {
		return fmt.Errorf("end segment: %w", err)
	}
	if err := f.Sync(); err != nil {
		j.broken = ErrBroken
		return fmt.Errorf("end segment: %w", err)
	}
	return j.addSegment(n)
}

// Read reads the batch at a position and gives the position behind it.
func (j *Journal) Read(at Pos) (*Batch, Pos, error) {
	f, ok := j.files[at.Segment]
	if !ok {
		return nil, at, fmt.Errorf("read frame: no segment %d", at.Segment)
	}
	var head [frameHead]byte
	if _, err := f.ReadAt(head[:], at.Offset); err != nil {
		return nil, at, fmt.Errorf("read frame: %w", err)
	}
	size, err := frameSize(head[:])
	if err != nil {
		return nil, at, fmt.Errorf("read frame: %w", err)
	}
	frame := make([]byte, size)
	if _, err := f.ReadAt(frame, at.Offset); err != nil {
		return nil, at, fmt.Errorf("read frame: %w", err)
	}
	b, err := ReadFrame(frame)
	if err != nil {
		return nil, at, err
	}
	return b, Pos{at.Segment, at.Offset + int64(size)}, nil
}

// Scan reads every whole frame from a position on, in order, and gives the
// stretches that are damaged; the last one may be a torn tail. It sets the
// journal's end behind the last whole frame. do may stop it by an error.
func (j *Journal) Scan(ctx context.Context, from Pos, do func(Pos, *Batch) error) ([]Damage, error) {
	var found []Damage
	for i, n := range j.names {
		if n < from.Segment {
			continue
		}
		start := int64(len(segmentLine))
		if n == from.Segment {
			start = max(start, from.Offset)
		}
		damage, end, err := j.scanSegment(ctx, n, start, do)
		if err != nil {
			return found, err
		}
		for k := range damage { // only the journal's very end can be torn
			damage[k].Tail = damage[k].Tail && i == len(j.names)-1
		}
		found = append(found, damage...)
		j.end = Pos{n, end}
	}
	return found, j.setRoom()
}

func (j *Journal) setRoom() error {
	size, err := j.files[j.end.Segment].Size()
	if err != nil {
		return fmt.Errorf("scan journal: %w", err)
	}
	j.room = size
	if size < j.end.Offset {
		j.room = j.end.Offset
	}
	return nil
}

// Trim cuts a torn tail off, so that the journal ends behind its last whole
// frame. Called only for a tail that was never acknowledged.
func (j *Journal) Trim() error {
	f := j.files[j.end.Segment]
	if err := f.Truncate(j.end.Offset); err != nil {
		return fmt.Errorf("trim journal: %w", err)
	}
	j.room = j.end.Offset
	if err := f.Sync(); err != nil {
		return fmt.Errorf("trim journal: %w", err)
	}
	return nil
}

// tailExt marks what is left of frames that were acknowledged and are damaged.
const tailExt = ".tail"

// KeepTail copies what stands behind the last whole frame to a file beside the
// segment, which Tails names: the bytes may still help to mend it.
func (j *Journal) KeepTail() error {
	f := j.files[j.end.Segment]
	size, err := f.Size()
	if err != nil {
		return fmt.Errorf("keep tail: %w", err)
	}
	rest := make([]byte, min(max(size-j.end.Offset, 0), segmentSize))
	if _, err := f.ReadAt(rest, j.end.Offset); err != nil && len(rest) > 0 {
		return fmt.Errorf("keep tail: %w", err)
	}
	kept, err := j.disk.Open(filepath.Join(j.dir, fmt.Sprintf("%08d-%d%s", j.end.Segment, j.end.Offset, tailExt)))
	if err != nil {
		return fmt.Errorf("keep tail: %w", err)
	}
	_, err = kept.WriteAt(rest, 0)
	if err == nil {
		err = kept.Sync()
	}
	if cerr := kept.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("keep tail: %w", full(err))
	}
	return nil
}

// Tails gives the names of kept tails.
func (j *Journal) Tails() ([]string, error) {
	names, err := j.disk.List(j.dir)
	if err != nil {
		return nil, fmt.Errorf("list tails: %w", err)
	}
	return slices.DeleteFunc(names, func(n string) bool { return !strings.HasSuffix(n, tailExt) }), nil
}

func (j *Journal) scanSegment(ctx context.Context, n uint32, at int64, do func(Pos, *Batch) error) (found []Damage, end int64, err error) {
	r := &window{f: j.files[n]}
	if r.size, err = r.f.Size(); err != nil {
		return nil, at, fmt.Errorf("scan journal: %w", err)
	}
	if line, _ := r.at(0, len(segmentLine)); string(line) != segmentLine {
		found = append(found, Damage{Pos: Pos{n, 0}, Length: int64(len(segmentLine))})
	}
	end = at
	for at < r.size {
		if err := ctx.Err(); err != nil {
			return found, end, fmt.Errorf("scan journal: %w", err)
		}
		b, size := r.batch(at)
		if b != nil {
			if err := do(Pos{n, at}, b); err != nil {
				return found, end, err
			}
			at += int64(size)
			end = at
			continue
		}
		next := r.nextFrame(at + 1)
		switch {
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
		if m == 0 && err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
	}
	b := w.buf[off-w.start:]
	return b[:min(n, len(b))], nil
}

// batch reads the whole frame at an offset; nil when there is none.
func (w *window) batch(off int64) (*Batch, int) {
	head, err := w.at(off, frameHead)
	if err != nil {
		return nil, 0
	}
	size, err := frameSize(head)
	if err != nil {
		return nil, 0
	}
	frame, err := w.at(off, size)
	if err != nil || len(frame) < size {
		return nil, 0
	}
	b, err := ReadFrame(frame[:size:size])
	if err != nil {
		return nil, 0
	}
	return b, size
}

// nextFrame finds the next whole frame behind an offset, 0 when there is none.
func (w *window) nextFrame(off int64) int64 {
	for off < w.size {
		b, err := w.at(off, windowSize)
		if err != nil || len(b) == 0 {
			return 0
		}
		i := bytes.Index(b, []byte(frameMagic))
		if i < 0 {
			off += int64(max(len(b)-len(frameMagic)+1, 1))
			continue
		}
		off += int64(i)
		if found, _ := w.batch(off); found != nil {
			return off
		}
		off++
	}
	return 0
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

// Close gives the room made beforehand back and closes the files.
func (j *Journal) Close() error {
	var first error
	if f := j.files[j.end.Segment]; f != nil && j.broken == nil && j.room > j.end.Offset {
		first = f.Truncate(j.end.Offset)
	}
	for _, f := range j.files {
		if err := f.Close(); first == nil {
			first = err
		}
	}
	j.files = map[uint32]File{}
	if first != nil {
		return fmt.Errorf("close journal: %w", first)
	}
	return nil
}
