package ledger

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A payload goes and comes back; everything else stands where it stood, before
// and after opening again.
func TestRewrite(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := scan(t, dir)
	batches := testBatches(t, 5)
	at, err := j.Append(batches...)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if n := len(AppendFrame(nil, b)); b.FrameSize() != n {
			t.Errorf("a frame of %d bytes, said to have %d", n, b.FrameSize())
		}
	}
	payload := batches[2].Payloads[0]
	drop := func(_ Pos, b *Batch) (*Batch, bool) {
		if b.Hash != batches[2].Hash {
			return b, false
		}
		less := *b
		less.Payloads = [][]byte{nil}
		return &less, true
	}
	if n, err := j.Rewrite(context.Background(), 1, drop); n != 1 || err != nil {
		t.Fatalf("%d changed, %v", n, err)
	}
	path := filepath.Join(dir, SegmentName(1))
	if whole, _ := os.ReadFile(path); bytes.Contains(whole, payload) || !bytes.Contains(whole, batches[3].Payloads[0]) {
		t.Fatal("the payload is still there, or another is gone")
	}
	check := func(want []byte) {
		t.Helper()
		for i, p := range at {
			got, _, err := j.Read(p)
			if err != nil || got.Hash != batches[i].Hash {
				t.Fatalf("batch %d: %v", i, err)
			}
			if i == 2 && !bytes.Equal(got.Payloads[0], want) {
				t.Fatalf("payload of %d bytes, want %d", len(got.Payloads[0]), len(want))
			}
		}
	}
	check(nil)
	if _, err := j.Append(testBatches(t, 1)...); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j, seqs, damage := scan(t, dir)
	if len(seqs) != 6 || len(damage) != 0 {
		t.Fatalf("%d batches, damage %v", len(seqs), damage)
	}
	check(nil)
	put := func(_ Pos, b *Batch) (*Batch, bool) {
		if b.Hash != batches[2].Hash {
			return b, false
		}
		return batches[2], true
	}
	if n, err := j.Rewrite(context.Background(), 1, put); n != 1 || err != nil {
		t.Fatalf("%d changed, %v", n, err)
	}
	check(payload)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if j, seqs, damage = scan(t, dir); len(seqs) != 6 || len(damage) != 0 {
		t.Fatalf("%d batches, damage %v", len(seqs), damage)
	}
	check(payload)
	more := func(_ Pos, b *Batch) (*Batch, bool) {
		long := *b
		long.Payloads = [][]byte{append(bytes.Clone(b.Payloads[0]), make([]byte, 100)...)}
		return &long, true
	}
	if _, err := j.Rewrite(context.Background(), 1, more); !errors.Is(err, errRoom) {
		t.Errorf("a batch that does not fit: %v", err)
	}
	check(payload)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// What a crash left half written beside a segment is cleared away.
func TestRewriteThatACrashLeft(t *testing.T) {
	dir, path := filled(t, 2)
	if err := os.WriteFile(path+rewriteExt, []byte("medio"), 0o600); err != nil {
		t.Fatal(err)
	}
	j, seqs, damage := scan(t, dir)
	defer j.Close()
	if _, err := os.Stat(path + rewriteExt); !os.IsNotExist(err) || len(seqs) != 2 || len(damage) != 0 {
		t.Errorf("%d batches, damage %v, %v", len(seqs), damage, err)
	}
}

// No flipped bit makes a filler of a frame, which would take a batch away without
// a word.
func TestNoFrameBecomesAFiller(t *testing.T) {
	frame := AppendFrame(nil, testBatches(t, 1)[0])
	copy(frame, fillerMagic)
	if n := fillerSize(frame); n != len(frame) || checkFiller(frame) {
		t.Errorf("a frame of %d bytes passes as a filler of %d", len(frame), n)
	}
	if filler := appendFiller(nil, 100); !checkFiller(filler) || fillerSize(filler) != 100 {
		t.Error("a filler does not pass as one")
	}
}
