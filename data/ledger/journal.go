package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
	mu     sync.RWMutex // of files and names, for those who read while a segment is begun
	files  map[uint32]File
	names  []uint32
	end    Pos   // where the next frame goes
	room   int64 // length of the last segment's file
	broken error
	buf    []byte
}

// OpenJournal opens the journal in dir, made when it is missing. Resume must
// find its end before anything is written.
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
		if strings.HasSuffix(name, rewriteExt) { // a crash came before it took its place
			if err := disk.Remove(filepath.Join(dir, name)); err != nil {
				return nil, fmt.Errorf("open journal: %w", err)
			}
			continue
		}
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
	if err := j.begun(); err != nil {
		_ = j.Close()
		return nil, err
	}
	return j, nil
}

// begun finishes what a crash may have left half done: a last segment that has
// not even its first line. The first segment of a new journal is begun here too.
func (j *Journal) begun() error {
	if len(j.names) == 0 {
		return j.addSegment(1)
	}
	n := j.names[len(j.names)-1]
	size, err := j.files[n].Size()
	if err != nil || size > int64(len(segmentLine)) {
		return err
	}
	line := make([]byte, size)
	if _, err := j.files[n].ReadAt(line, 0); err != nil && size > 0 {
		return fmt.Errorf("open journal: %w", err)
	}
	if string(line) == segmentLine || !strings.HasPrefix(segmentLine, string(bytes.TrimRight(line, "\x00"))) {
		return nil
	}
	if err := j.files[n].Close(); err != nil {
		return fmt.Errorf("open journal: %w", err)
	}
	j.names = j.names[:len(j.names)-1]
	return j.addSegment(n)
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
	j.mu.Lock()
	j.files[n], j.names = f, append(j.names, n)
	j.mu.Unlock()
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
		return nil, fmt.Errorf("append: %w: %w", ErrBroken, full(err))
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
		return fmt.Errorf("end segment: %w: %w", ErrBroken, err)
	}
	return j.addSegment(n)
}

// Read reads the batch at a position and gives the position behind it.
func (j *Journal) Read(at Pos) (*Batch, Pos, error) {
	var buf []byte
	return j.ReadInto(at, &buf)
}

// ReadInto is Read for who reads many: the batch stands in buf, which is made
// longer when need be, and holds until buf is used again.
func (j *Journal) ReadInto(at Pos, buf *[]byte) (*Batch, Pos, error) {
	j.mu.RLock() // held while reading: a segment may be written anew
	defer j.mu.RUnlock()
	f, ok := j.files[at.Segment]
	if !ok {
		return nil, at, fmt.Errorf("read frame: %w: no segment %d", ErrMalformed, at.Segment)
	}
	var head [frameHead]byte
	if _, err := f.ReadAt(head[:], at.Offset); err != nil {
		return nil, at, fmt.Errorf("read frame: %w", short(err))
	}
	size, err := frameSize(head[:])
	if err != nil {
		return nil, at, fmt.Errorf("read frame: %w", err)
	}
	if cap(*buf) < size {
		*buf = make([]byte, size)
	}
	frame := (*buf)[:size:size]
	if _, err := f.ReadAt(frame, at.Offset); err != nil {
		return nil, at, fmt.Errorf("read frame: %w", short(err))
	}
	b, err := ReadFrame(frame)
	if err != nil {
		return nil, at, err
	}
	return b, Pos{at.Segment, at.Offset + int64(size)}, nil
}

// short tells that a file ends too early, which is damage and no fault of the disk.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return err
}

// Scan reads every whole frame from a position on, in order, and gives the
// stretches that are damaged; the last one may be a torn tail. do may stop it
// by an error; so does a batch of a newer version, and a disk that does not read.
func (j *Journal) Scan(ctx context.Context, from Pos, do func(Pos, *Batch) error) ([]Damage, error) {
	found, _, err := j.scan(ctx, from, do)
	return found, err
}

// Resume is Scan after opening: it sets the journal's end behind the last
// whole frame, and makes durable what a dying program had written and not yet
// flushed, since from now on it counts.
func (j *Journal) Resume(ctx context.Context, from Pos, do func(Pos, *Batch) error) ([]Damage, error) {
	found, end, err := j.scan(ctx, from, do)
	if err != nil {
		return found, err
	}
	j.end = end
	if err := j.files[end.Segment].Sync(); err != nil {
		return found, fmt.Errorf("scan journal: %w", err)
	}
	return found, j.setRoom()
}

func (j *Journal) scan(ctx context.Context, from Pos, do func(Pos, *Batch) error) (found []Damage, last Pos, err error) {
	names := j.Segments()
	for i, n := range names {
		if n < from.Segment {
			continue
		}
		start := int64(len(segmentLine))
		if n == from.Segment {
			start = max(start, from.Offset)
		}
		damage, end, err := j.scanSegment(ctx, n, start, do)
		if err != nil {
			return found, last, err
		}
		for k := range damage { // only the journal's very end can be torn
			damage[k].Tail = damage[k].Tail && i == len(names)-1
		}
		found, last = append(found, damage...), Pos{n, end}
	}
	return found, last, nil
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
//
// name, which may be empty, tells later whether all that was lost has come again.
func (j *Journal) KeepTail(name string) error {
	f := j.files[j.end.Segment]
	size, err := f.Size()
	if err != nil {
		return fmt.Errorf("keep tail: %w", err)
	}
	rest := make([]byte, min(max(size-j.end.Offset, 0), segmentSize))
	if _, err := f.ReadAt(rest, j.end.Offset); err != nil && len(rest) > 0 {
		return fmt.Errorf("keep tail: %w", err)
	}
	kept, err := j.disk.Open(filepath.Join(j.dir, fmt.Sprintf("%08d-%d-%s%s", j.end.Segment, j.end.Offset, name, tailExt)))
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
	if err := j.disk.SyncDir(j.dir); err != nil {
		return fmt.Errorf("keep tail: %w", err)
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

// EndTails takes those kept tails away of which all is here again.
func (j *Journal) EndTails(here func(name string) bool) (left int, err error) {
	names, err := j.Tails()
	if err != nil {
		return 0, err
	}
	for _, n := range names {
		parts := strings.SplitN(strings.TrimSuffix(n, tailExt), "-", 3)
		if len(parts) < 3 || parts[2] == "" || !here(parts[2]) {
			left++
			continue
		}
		if err := j.disk.Remove(filepath.Join(j.dir, n)); err != nil {
			return left, fmt.Errorf("end tail: %w", err)
		}
	}
	return left, nil
}

// DropTails takes kept tails away: what was erased may stand in them.
func (j *Journal) DropTails() error {
	names, err := j.Tails()
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range names {
		if err := j.disk.Remove(filepath.Join(j.dir, name)); err != nil {
			return fmt.Errorf("drop tail: %w", err)
		}
	}
	if err := j.disk.SyncDir(j.dir); err != nil {
		return fmt.Errorf("drop tail: %w", err)
	}
	return nil
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
