package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paradero/data/record"
	"paradero/data/vault"
)

type testKeys struct{ key vault.Key }

func (k testKeys) Seal(_ uint32, ad, plain []byte) ([]byte, error) {
	return vault.Seal(rand.Reader, nil, &k.key, ad, plain)
}

func (k testKeys) Open(_ uint32, ad, sealed []byte) ([]byte, error) {
	return vault.Open(&k.key, ad, sealed)
}

type testSigner struct{ key ed25519.PrivateKey }

func (s testSigner) Public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }
func (s testSigner) Sign(m []byte) []byte      { return ed25519.Sign(s.key, m) }

func newSigner(t interface{ Fatal(...any) }) testSigner {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return testSigner{key}
}

func changes(t *rapid.T) []Change {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Change {
		c := Change{
			Record: record.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")), Kind: record.Detainee, Op: OpEdit,
			Rights: 1, Reason: rapid.String().Draw(t, "reason"), List: rapid.String().Draw(t, "list"),
		}
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			f := Field{Num: rapid.Uint16().Draw(t, "num"), Text: rapid.String().Draw(t, "text")}
			for range rapid.IntRange(0, 2).Draw(t, "pred") {
				f.Pred = append(f.Pred, record.Write{Batch: Hash{rapid.Byte().Draw(t, "hash")}, Index: 3})
			}
			c.Fields = append(c.Fields, f)
		}
		for range rapid.IntRange(0, 2).Draw(t, "entries") {
			c.Entries = append(c.Entries, Entry{Kind: record.Claim, Values: []Text{{1, "reported_dead"}, {5, rapid.String().Draw(t, "source")}}})
		}
		return c
	}), 1, 5).Draw(t, "changes")
}

// What is written is what is read, and no byte of it can be changed.
func TestBatch(t *testing.T) {
	keys := testKeys{vault.Key{7}}
	rapid.Check(t, func(t *rapid.T) {
		signer := newSigner(t)
		body := &Body{Wall: time.Date(2026, 11, 20, 9, 0, 0, 5e6, time.FixedZone("", -5*3600)), Author: record.ID{9}, Changes: changes(t)}
		b, err := Write(Envelope{Office: record.ID{1}, Seq: 1, Lamport: 1}, body, keys, signer)
		if err != nil {
			t.Fatal(err)
		}
		frame := AppendFrame(nil, b)
		got, err := ReadFrame(frame)
		if err != nil {
			t.Fatal(err)
		}
		if err := got.Verify(got.Public); err != nil || got.Hash != b.Hash {
			t.Fatalf("signature: %v", err)
		}
		opened, err := got.Open(keys)
		if err != nil {
			t.Fatal(err)
		}
		if !opened.Wall.Equal(body.Wall) || opened.Author != body.Author || len(opened.Changes) != len(body.Changes) {
			t.Fatalf("body %+v", opened)
		}
		for i := range body.Changes {
			if want, have := body.Changes[i].appendPayload(nil), opened.Changes[i].appendPayload(nil); !bytes.Equal(want, have) {
				t.Fatalf("change %d: %+v, want %+v", i, opened.Changes[i], body.Changes[i])
			}
			var h1, h2 hashTable
			if !bytes.Equal(body.Changes[i].appendStem(nil, i, &h1), opened.Changes[i].appendStem(nil, i, &h2)) {
				t.Fatalf("stem %d differs", i)
			}
		}
		at := rapid.IntRange(0, len(frame)-1).Draw(t, "byte")
		frame[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := ReadFrame(frame); err == nil {
			t.Fatalf("a flipped bit at %d is not noticed", at)
		}
	})
}

// A payload moved or replaced does not open; a missing one is an erased one.
func TestPayloads(t *testing.T) {
	keys, signer := testKeys{vault.Key{7}}, newSigner(t)
	two := []Change{
		{Record: record.ID{1}, Kind: record.Task, Op: OpEdit, Fields: []Field{{Num: 1, Text: "uno"}}},
		{Record: record.ID{2}, Kind: record.Task, Op: OpEdit, Fields: []Field{{Num: 1, Text: "dos"}}},
	}
	b, err := Write(Envelope{Seq: 1, Lamport: 1}, &Body{Changes: two}, keys, signer)
	if err != nil {
		t.Fatal(err)
	}
	b.Payloads[0], b.Payloads[1] = b.Payloads[1], b.Payloads[0]
	if _, err := b.Open(keys); err == nil {
		t.Error("swapped payloads open")
	}
	b.Payloads[0], b.Payloads[1] = b.Payloads[1], nil
	body, err := b.Open(keys)
	if err != nil || body.Changes[0].Fields[0].Text != "uno" || !body.Changes[1].Erased {
		t.Errorf("an erased payload: %+v, %v", body, err)
	}
	if err := b.Verify(newSigner(t).Public()); !errors.Is(err, ErrSignature) {
		t.Error("another device's key verifies")
	}
}

func TestBatchLimits(t *testing.T) {
	keys, signer := testKeys{vault.Key{7}}, newSigner(t)
	write := func(n, size int) error {
		list := make([]Change, n)
		for i := range list {
			list[i] = Change{Kind: record.Task, Op: OpEdit, Fields: []Field{{Num: 1, Text: string(bytes.Repeat([]byte("a"), size))}}}
		}
		_, err := Write(Envelope{Seq: 1, Lamport: 1}, &Body{Changes: list}, keys, signer)
		return err
	}
	for name, err := range map[string]error{
		"no change": write(0, 0), "513 changes": write(513, 1), "a change over 64 KB": write(1, MaxChange), "a batch over 256 KB": write(6, 50<<10),
	} {
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testBatches(t *testing.T, n int) []*Batch {
	keys, signer := testKeys{vault.Key{7}}, newSigner(t)
	var list []*Batch
	e := Envelope{Seq: 1, Lamport: 1}
	for i := range n {
		b, err := Write(e, &Body{Changes: []Change{{Record: record.ID{byte(i)}, Kind: record.Task, Op: OpEdit, Fields: []Field{{Num: 1, Text: "x"}}}}}, keys, signer)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b)
		e = Envelope{Seq: b.Seq + 1, Prev: b.Hash, Lamport: b.Lamport + 1}
	}
	return list
}

// scan reads a journal from its beginning: the numbers of the batches found.
func scan(t *testing.T, dir string) (*Journal, []uint64, []Damage) {
	t.Helper()
	j, err := OpenJournal(OS{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	var seqs []uint64
	damage, err := j.Resume(context.Background(), j.Start(), func(_ Pos, b *Batch) error {
		seqs = append(seqs, b.Seq)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return j, seqs, damage
}

// Whatever a crash leaves of the last frame, everything before it is found,
// the rest is a torn tail, and writing goes on behind the last whole frame.
func TestTornTail(t *testing.T) {
	batches := testBatches(t, 4)
	dir := t.TempDir()
	j, _, _ := scan(t, dir)
	for _, b := range batches[:3] {
		if _, err := j.Append(b); err != nil {
			t.Fatal(err)
		}
	}
	end := j.End().Offset
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, SegmentName(1))
	whole, err := os.ReadFile(path)
	if err != nil || int64(len(whole)) != end {
		t.Fatalf("%d bytes, end %d, %v", len(whole), end, err)
	}
	last := AppendFrame(nil, batches[3])
	rapid.Check(t, func(rt *rapid.T) {
		torn := bytes.Clone(last[:rapid.IntRange(1, len(last)-1).Draw(rt, "length")])
		room := make([]byte, rapid.SampledFrom([]int{0, 1, 4096}).Draw(rt, "room"))
		if err := os.WriteFile(path, append(append(bytes.Clone(whole), torn...), room...), 0o600); err != nil {
			t.Fatal(err)
		}
		j, seqs, damage := scan(t, dir)
		if len(seqs) != 3 || len(damage) != 1 || !damage[0].Tail || j.End().Offset != end {
			rt.Fatalf("found %v, damage %+v", seqs, damage)
		}
		if err := j.Trim(); err != nil {
			rt.Fatal(err)
		}
		if _, err := j.Append(batches[3]); err != nil {
			rt.Fatal(err)
		}
		if err := j.Close(); err != nil {
			rt.Fatal(err)
		}
		if _, seqs, damage := scan(t, dir); len(seqs) != 4 || len(damage) != 0 {
			rt.Fatalf("after writing on: %v, %+v", seqs, damage)
		}
	})
}

// One flipped bit anywhere costs at most the frame in which it is, and that is
// named; nothing else is lost.
func TestFlippedBit(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := scan(t, dir)
	if _, err := j.Append(testBatches(t, 5)...); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, SegmentName(1))
	whole, _ := os.ReadFile(path)
	rapid.Check(t, func(rt *rapid.T) {
		bad := bytes.Clone(whole)
		at := rapid.IntRange(0, len(bad)-1).Draw(rt, "byte")
		bad[at] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, seqs, damage := scan(t, dir)
		if len(damage) != 1 || len(seqs) < 4 {
			rt.Fatalf("byte %d: found %v, damage %+v", at, seqs, damage)
		}
		if d := damage[0]; int64(at) < d.Offset || int64(at) >= d.Offset+d.Length {
			rt.Fatalf("byte %d is not in %+v", at, d)
		}
	})
}

func TestSegments(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := scan(t, dir)
	batches := testBatches(t, 3)
	if _, err := j.Append(batches[0]); err != nil {
		t.Fatal(err)
	}
	j.end.Offset = segmentSize + 1 // as if it were full
	if _, err := j.Append(batches[1]); err != nil || j.End().Segment != 2 {
		t.Fatalf("%+v, %v", j.End(), err)
	}
	at, err := j.Append(batches[2])
	if err != nil {
		t.Fatal(err)
	}
	b, next, err := j.Read(at[0])
	if err != nil || b.Hash != batches[2].Hash || next != j.End() {
		t.Errorf("read back: %v", err)
	}
}

func FuzzReadFrame(f *testing.F) {
	keys := testKeys{vault.Key{7}}
	b, err := Write(Envelope{Seq: 1, Lamport: 1}, &Body{Changes: []Change{{Kind: record.Task, Op: OpEdit, Fields: []Field{{Num: 1, Text: "x"}}}}}, keys, newSigner(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(AppendFrame(nil, b))
	f.Add(b.Bytes)
	f.Fuzz(func(t *testing.T, in []byte) {
		if b, err := ReadFrame(in); err == nil {
			if again := AppendFrame(nil, b); !bytes.Equal(again, in) {
				t.Fatal("a frame has two forms")
			}
		}
		if e, err := ReadEnvelope(in); err == nil && e.Seq == 0 {
			t.Fatal("a batch without a number")
		}
	})
}
