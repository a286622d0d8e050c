package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"sort"
	"sync"
	"testing"

	"paradero/data/record"
	"paradero/data/vault"
)

// memDisk is a disk in memory.
type memDisk struct {
	mu    sync.Mutex
	files map[string]*memFile
}

func newMemDisk() *memDisk { return &memDisk{files: map[string]*memFile{}} }

func (d *memDisk) Open(path string) (File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files[path] == nil {
		d.files[path] = &memFile{}
	}
	return d.files[path], nil
}

func (d *memDisk) List(dir string) (names []string, _ error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for path := range d.files {
		if rest, ok := bytes.CutPrefix([]byte(path), []byte(dir+"/")); ok {
			names = append(names, string(rest))
		}
	}
	sort.Strings(names)
	return names, nil
}

func (*memDisk) MakeDir(string) error        { return nil }
func (*memDisk) SyncDir(string) error        { return nil }
func (*memDisk) Free(string) (uint64, error) { return 1 << 40, nil }
func (d *memDisk) Rename(from, to string) error {
	d.files[to] = d.files[from]
	delete(d.files, from)
	return nil
}
func (d *memDisk) Remove(path string) error { delete(d.files, path); return nil }

type memFile struct{ b []byte }

func (f *memFile) ReadAt(p []byte, at int64) (int, error) {
	if at >= int64(len(f.b)) {
		return 0, io.EOF
	}
	n := copy(p, f.b[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) WriteAt(p []byte, at int64) (int, error) {
	if end := int(at) + len(p); end > len(f.b) {
		f.b = append(f.b, make([]byte, end-len(f.b))...)
	}
	return copy(f.b[at:], p), nil
}

func (f *memFile) Size() (int64, error) { return int64(len(f.b)), nil }
func (*memFile) Sync() error            { return nil }
func (*memFile) Close() error           { return nil }

func (f *memFile) Truncate(size int64) error {
	if size <= int64(len(f.b)) {
		f.b = f.b[:size]
	} else {
		f.b = append(f.b, make([]byte, size-int64(len(f.b)))...)
	}
	return nil
}

// fuzzKeys seal the same way in each process, since fuzzing runs several.
type fuzzKeys struct {
	testKeys
	dice *rand.ChaCha8
}

func (k fuzzKeys) Seal(_ uint32, ad, plain []byte) ([]byte, error) {
	return vault.Seal(k.dice, nil, &k.key, ad, plain)
}

func fuzzSigner() testSigner {
	return testSigner{ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}
}

// fuzzBatches are a few batches, linked, of one device.
func fuzzBatches(t testing.TB, n int) (list []*Batch) {
	t.Helper()
	keys, signer := fuzzKeys{testKeys{vault.Key{7}}, rand.NewChaCha8([32]byte{4})}, fuzzSigner()
	e := Envelope{Lamport: 0}
	for i := range n {
		e.Seq, e.Lamport = uint64(i+1), uint64(i+1)
		b, err := Write(e, &Body{Changes: []Change{{Kind: record.Task, Op: OpEdit, Fields: []Field{{Num: 1, Text: "llamar"}}}}}, keys, signer)
		if err != nil {
			t.Fatal(err)
		}
		e.Prev = b.Hash
		list = append(list, b)
	}
	return list
}

// FuzzFrameBody writes a head with the right length and checksum before any
// body, which chance alone would never find.
func FuzzFrameBody(f *testing.F) {
	for _, b := range fuzzBatches(f, 2) {
		f.Add(AppendFrame(nil, b)[frameHead:])
	}
	f.Add([]byte{0x83, 0x40, 0x40, 0x80})
	f.Add([]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) == 0 || len(body) > maxFrame {
			return
		}
		frame := append(make([]byte, frameHead), body...)
		copy(frame, frameMagic)
		binary.BigEndian.PutUint32(frame[4:], uint32(len(body)))
		binary.BigEndian.PutUint32(frame[8:], crc32.Checksum(body, castagnoli))
		b, err := ReadFrame(frame)
		if err != nil {
			return
		}
		if again := AppendFrame(nil, b); !bytes.Equal(again, frame) {
			t.Fatalf("a frame has two forms:\n%x\n%x", frame, again)
		}
		if b.Hash != HashOf(b.Bytes) || b.Seq == 0 || len(b.Payloads) != len(b.Envelope.Payloads) {
			t.Fatalf("an impossible batch was read: %+v", b.Envelope)
		}
		_ = b.Verify(fuzzSigner().Public())
		_, _ = b.Open(testKeys{vault.Key{7}})
	})
}

// FuzzJournal puts any bytes in the place of some of a segment's. Nothing is
// given that does not stand there whole, every frame that still does is found,
// and what is written afterwards is there.
func FuzzJournal(f *testing.F) {
	batches := fuzzBatches(f, 4)
	whole := []byte(segmentLine)
	for _, b := range batches[:3] {
		whole = AppendFrame(whole, b)
	}
	f.Add([]byte{}, uint16(0), uint16(0))
	f.Add([]byte("PdB1"), uint16(19), uint16(0))
	f.Add([]byte("PdB1\x00\x00\x00\x01\x00\x00\x00\x00"), uint16(len(whole)), uint16(0))
	f.Add([]byte("PdX1\x00\x00\x00\x00\x00\x00\x00\x00"), uint16(19), uint16(0))
	f.Add(make([]byte, 300), uint16(len(whole)), uint16(0))
	f.Add([]byte{1}, uint16(200), uint16(500))
	f.Fuzz(func(t *testing.T, in []byte, at, cut uint16) {
		from := min(int(at), len(whole))
		to := min(from+int(cut), len(whole))
		text := append(append(bytes.Clone(whole[:from]), in...), whole[to:]...)
		disk := newMemDisk()
		disk.files["j/"+SegmentName(1)] = &memFile{b: bytes.Clone(text)}
		j, err := OpenJournal(disk, "j")
		if err != nil {
			return // a sentence, and no batch of it
		}
		found := map[Hash]bool{}
		end := int64(0)
		_, err = j.Resume(context.Background(), j.Start(), func(pos Pos, b *Batch) error {
			frame := AppendFrame(nil, b)
			if pos.Offset < end || pos.Offset+int64(len(frame)) > int64(len(text)) || !bytes.Equal(text[pos.Offset:pos.Offset+int64(len(frame))], frame) {
				t.Fatalf("a batch was given that does not stand at %d", pos.Offset)
			}
			end, found[b.Hash] = pos.Offset+int64(len(frame)), true
			return nil
		})
		if err != nil {
			return
		}
		for _, b := range batches[:3] {
			if frame := AppendFrame(nil, b); bytes.Contains(text, frame) && !found[b.Hash] {
				t.Fatalf("batch %d stands there whole and was not found", b.Seq)
			}
		}
		if err := j.Trim(); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Append(batches[3]); err != nil {
			t.Fatal(err)
		}
		found = map[Hash]bool{}
		if _, err := j.Scan(context.Background(), j.Start(), func(_ Pos, b *Batch) error { found[b.Hash] = true; return nil }); err != nil || !found[batches[3].Hash] {
			t.Fatalf("what was written afterwards is not there: %v", err)
		}
	})
}
