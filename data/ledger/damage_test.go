package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"paradero/data/record"
	"paradero/data/vault"
)

// filled gives the path of a closed journal's only segment with n batches.
func filled(t *testing.T, n int) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	j, _, _ := scan(t, dir)
	if _, err := j.Append(testBatches(t, n)...); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, SegmentName(1))
}

// newerFrame is a whole frame whose batch says that it is of version 2.
func newerFrame(t *testing.T) []byte {
	t.Helper()
	b := testBatches(t, 1)[0]
	frame := AppendFrame(nil, b)
	at := bytes.Index(frame, b.Bytes)
	if b.Bytes[1] != 1 || b.Bytes[2] != Version {
		t.Fatalf("an envelope begins with its version: % x", b.Bytes[:4])
	}
	frame[at+2] = Version + 1
	binary.BigEndian.PutUint32(frame[8:], crc32.Checksum(frame[frameHead:], castagnoli))
	return frame
}

// What a newer version wrote is neither damage nor a torn tail: nothing of it
// may be cut off.
func TestNewerBatchStopsTheScan(t *testing.T) {
	dir, path := filled(t, 2)
	whole, _ := os.ReadFile(path)
	whole = append(whole, newerFrame(t)...)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := OpenJournal(OS{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	found := 0
	_, err = j.Resume(context.Background(), j.Start(), func(Pos, *Batch) error { found++; return nil })
	if !errors.Is(err, ErrNewer) || found != 2 {
		t.Errorf("%d batches, %v", found, err)
	}
	if _, _, err := j.Read(Pos{1, int64(len(whole) - len(newerFrame(t)))}); !errors.Is(err, ErrNewer) {
		t.Errorf("read: %v", err)
	}
}

// A whole frame that says nothing readable was written so: it is damage, and
// what is written next stands behind it.
func TestUnreadableFrameIsNoTornTail(t *testing.T) {
	dir, path := filled(t, 2)
	whole, _ := os.ReadFile(path)
	frame := AppendFrame(nil, &Batch{Bytes: []byte("ninguno"), Sig: []byte("ninguna")})
	if err := os.WriteFile(path, append(bytes.Clone(whole), frame...), 0o600); err != nil {
		t.Fatal(err)
	}
	j, seqs, damage := scan(t, dir)
	if len(seqs) != 2 || len(damage) != 1 || damage[0].Tail || damage[0].Length != int64(len(frame)) {
		t.Errorf("found %v, %+v", seqs, damage)
	}
	if j.End().Offset != int64(len(whole)+len(frame)) {
		t.Errorf("the next frame would overwrite it at %d", j.End().Offset)
	}
}

// A disk that does not read is no torn tail either.
func TestUnreadableDisk(t *testing.T) {
	dir, _ := filled(t, 3)
	j, err := OpenJournal(deafDisk{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if damage, err := j.Resume(context.Background(), j.Start(), func(Pos, *Batch) error { return nil }); err == nil {
		t.Errorf("an unreadable journal gave %+v", damage)
	}
}

var errDeaf = errors.New("input/output error")

type deafDisk struct{ OS }

func (deafDisk) Open(path string) (File, error) {
	f, err := OS{}.Open(path)
	return deafFile{f}, err
}

type deafFile struct{ File }

func (f deafFile) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > 600 {
		return 0, errDeaf
	}
	return f.File.ReadAt(b, at)
}

// A crash between making a segment's file and writing its first line leaves an
// empty file: no damage, and it is used.
func TestBegunSegment(t *testing.T) {
	for _, begun := range []string{"", segmentLine[:7], string(make([]byte, len(segmentLine)))} {
		dir, _ := filled(t, 2)
		if err := os.WriteFile(filepath.Join(dir, SegmentName(2)), []byte(begun), 0o600); err != nil {
			t.Fatal(err)
		}
		j, seqs, damage := scan(t, dir)
		if len(seqs) != 2 || len(damage) != 0 || j.End() != (Pos{2, int64(len(segmentLine))}) {
			t.Errorf("%q: found %v, %+v, end %+v", begun, seqs, damage, j.End())
		}
		if _, err := j.Append(testBatches(t, 1)...); err != nil {
			t.Fatal(err)
		}
		_ = j.Close()
		if _, seqs, damage := scan(t, dir); len(seqs) != 3 || len(damage) != 0 {
			t.Errorf("%q: then %v, %+v", begun, seqs, damage)
		}
	}
}

// Reading through the journal, to its end or not, never moves the place where
// the next frame goes.
func TestScanLeavesTheEnd(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := scan(t, dir)
	batches := testBatches(t, 3)
	if _, err := j.Append(batches[0]); err != nil {
		t.Fatal(err)
	}
	if err := j.nextSegment(); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(batches[1]); err != nil {
		t.Fatal(err)
	}
	end := j.End()
	stop := errors.New("stop")
	for i := range 2 {
		n := 0
		_, err := j.Scan(context.Background(), j.Start(), func(Pos, *Batch) error {
			if n++; n > i {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) || j.End() != end {
			t.Errorf("stopped at %d: %v, end %+v of %+v", i, err, j.End(), end)
		}
	}
	// A frame that rots while the journal is open is not written over.
	f, err := os.OpenFile(filepath.Join(dir, SegmentName(2)), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	rots := make([]byte, 1)
	if _, err := f.ReadAt(rots, end.Offset-3); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{^rots[0]}, end.Offset-3); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	damage, err := j.Scan(context.Background(), j.Start(), func(Pos, *Batch) error { return nil })
	if err != nil || len(damage) != 1 || j.End() != end {
		t.Errorf("%+v, %v, end %+v", damage, err, j.End())
	}
}

// Somebody reads a timeline while a segment is begun.
func TestReadBesideSegments(t *testing.T) {
	j, _, _ := scan(t, t.TempDir())
	at, err := j.Append(testBatches(t, 1)...)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 200 {
			if _, _, err := j.Read(at[0]); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 5 {
		if err := j.nextSegment(); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
}

// The frame that fills the room to its last byte, and the one behind it.
func TestRoomToTheLastByte(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := scan(t, dir)
	batches := testBatches(t, 3)
	j.room = j.end.Offset + int64(len(AppendFrame(nil, batches[0])))
	if err := j.files[1].Truncate(j.room); err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if _, err := j.Append(b); err != nil {
			t.Fatal(err)
		}
	}
	if size, _ := j.files[1].Size(); size != j.room {
		t.Errorf("room %d, file %d", j.room, size)
	}
	if _, seqs, damage := scan(t, dir); len(seqs) != 3 || len(damage) != 0 { // as after a crash: the room is still there
		t.Errorf("found %v, %+v", seqs, damage)
	}
}

// What could not be read back is never written.
func TestWriteRefusesWhatCannotBeRead(t *testing.T) {
	keys, signer := testKeys{vault.Key{7}}, newSigner(t)
	field := []Field{{Num: 1, Text: "x"}}
	for name, c := range map[string]Change{
		"65 entries":       {Fields: field, Entries: make([]Entry, MaxEntries+1)},
		"257 fields":       {Fields: make([]Field, maxFields+1)},
		"65 preds":         {Fields: []Field{{Num: 1, Pred: make([]record.Write, MaxPred+1)}}},
		"text not UTF-8":   {Fields: []Field{{Num: 1, Text: "\xff"}}},
		"list not UTF-8":   {Fields: field, List: "\xff"},
		"reason not UTF-8": {Fields: field, Reason: "a\xc3"},
		"entry not UTF-8":  {Entries: []Entry{{Kind: record.Note, Values: []Text{{1, "\xff"}}}}},
	} {
		b, err := Write(Envelope{Seq: 1, Lamport: 1}, &Body{Changes: []Change{c}}, keys, signer)
		if err == nil {
			_, err = b.Open(keys)
			t.Errorf("%s: written, reads back as %v", name, err)
		}
	}
}
