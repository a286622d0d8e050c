package docs

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/sync/bundle"
	"paradero/data/vault"
)

// cborVectors is vectors/cbor.json.
type cborVectors struct {
	Says    string            `json:"says"`
	Read    map[string]octets `json:"read"`
	Refused map[string]octets `json:"refused"`
}

func TestCBOR(t *testing.T) {
	var v cborVectors
	load(t, "cbor.json", &v)
	read := func(b []byte) error {
		r := cbor.NewReader(b)
		if n := len(b); n > 0 && b[0]>>5 == 5 { // a map: its keys are read
			count := r.Map(64)
			keys := r.Keys()
			for range count {
				keys.Next()
				r.Skip()
			}
			return r.Done()
		}
		if len(b) > 0 && b[0]>>5 == 3 {
			_ = r.Text()
			return r.Done()
		}
		r.Skip()
		return r.Done()
	}
	for name, b := range v.Read {
		if err := read(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, b := range v.Refused {
		if read(b) == nil {
			t.Errorf("%s is read", name)
		}
	}
	if len(v.Read) < 10 || len(v.Refused) < 10 {
		t.Error("vectors are missing")
	}
}

// sealVector is vectors/seal.json.
type sealVector struct {
	Says   string `json:"says"`
	Key    octets `json:"key"`
	Nonce  octets `json:"nonce"`
	AD     octets `json:"associated_data"`
	Plain  octets `json:"plain"`
	Sealed octets `json:"sealed"`
}

func TestSeal(t *testing.T) {
	var v sealVector
	load(t, "seal.json", &v)
	key := vault.Key(v.Key.hash(t))
	got, err := vault.Seal(bytes.NewReader(v.Nonce), nil, &key, v.AD, v.Plain)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "sealed value", &v.Sealed, got)
	refusedWhenChanged(t, "sealed value", v.Sealed, func(b []byte) error {
		plain, err := vault.Open(&key, v.AD, b)
		if err == nil && !bytes.Equal(plain, v.Plain) {
			t.Error("another text")
		}
		return err
	})
	if _, err := vault.Open(&key, append(v.AD, 0), v.Sealed); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("opens bound to something else: %v", err)
	}
	keep(t, "seal.json", &v)
}

// batchVectors is vectors/batch.json.
type batchVectors struct {
	Says     string            `json:"says"`
	Keys     map[uint32]octets `json:"epoch_keys"`
	Batches  []batchVector     `json:"batches"`
	Segment  octets            `json:"segment"`
	Erasable octets            `json:"segment_after_erasure"`
}

type batchVector struct {
	Says    string         `json:"says"`
	Seed    octets         `json:"signing_seed"`
	Nonces  octets         `json:"nonces"` // of each payload in turn, then of the body
	Office  octets         `json:"office"`
	Seq     uint64         `json:"seq"`
	Prev    octets         `json:"prev"`
	Deps    []octets       `json:"deps"`
	Lamport uint64         `json:"lamport"`
	Epoch   uint32         `json:"epoch"`
	Wall    time.Time      `json:"wall"`
	Author  octets         `json:"author"`
	Changes []changeVector `json:"changes"`

	Device       octets   `json:"device"`
	Head         octets   `json:"head"` // what the body is bound to
	Body         octets   `json:"body"` // before it is sealed
	PayloadADs   []octets `json:"payload_associated_data"`
	PlainPayload []octets `json:"payloads"` // before they are sealed
	Envelope     octets   `json:"envelope"`
	Hash         octets   `json:"hash"`
	Signature    octets   `json:"signature"`
	Frame        octets   `json:"frame"`
}

type changeVector struct {
	Record   octets        `json:"record"`
	Kind     record.Kind   `json:"kind"`
	Op       ledger.Op     `json:"op"`
	Fields   []fieldVector `json:"fields,omitempty"`
	Entries  []entryVector `json:"entries,omitempty"`
	Erases   []writeVector `json:"erases,omitempty"`
	Rights   uint64        `json:"rights,omitempty"`
	Critical bool          `json:"critical,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	List     string        `json:"list,omitempty"`
}

type fieldVector struct {
	Num  uint16        `json:"num"`
	Pred []writeVector `json:"pred,omitempty"`
	Text string        `json:"text"`
}

type entryVector struct {
	Kind   record.Kind `json:"kind"`
	Values []struct {
		Num  uint16 `json:"num"`
		Text string `json:"text"`
	} `json:"values"`
}

type writeVector struct {
	Batch octets `json:"batch"`
	Index uint16 `json:"index"`
}

func writesOf(t *testing.T, list []writeVector) (out []record.Write) {
	t.Helper()
	for _, w := range list {
		out = append(out, record.Write{Batch: w.Batch.hash(t), Index: w.Index})
	}
	return out
}

func (c *changeVector) change(t *testing.T) ledger.Change {
	t.Helper()
	out := ledger.Change{
		Record: c.Record.id(t), Kind: c.Kind, Op: c.Op, Erases: writesOf(t, c.Erases), Rights: c.Rights,
		Critical: c.Critical, Reason: c.Reason, List: c.List,
	}
	for _, f := range c.Fields {
		out.Fields = append(out.Fields, ledger.Field{Num: f.Num, Pred: writesOf(t, f.Pred), Text: f.Text})
	}
	for _, e := range c.Entries {
		entry := ledger.Entry{Kind: e.Kind}
		for _, v := range e.Values {
			entry.Values = append(entry.Values, ledger.Text{Num: v.Num, Text: v.Text})
		}
		out.Entries = append(out.Entries, entry)
	}
	return out
}

func (v *batchVectors) sealer(t *testing.T) *sealer {
	t.Helper()
	s := &sealer{keys: map[uint32]vault.Key{}}
	for epoch, key := range v.Keys {
		s.keys[epoch] = vault.Key(key.hash(t))
	}
	return s
}

// make writes the batch that a vector describes.
func (b *batchVector) make(t *testing.T, keys *sealer) *ledger.Batch {
	t.Helper()
	body := ledger.Body{Wall: b.Wall, Author: b.Author.id(t)}
	for i := range b.Changes {
		body.Changes = append(body.Changes, b.Changes[i].change(t))
	}
	e := ledger.Envelope{Office: b.Office.id(t), Seq: b.Seq, Lamport: b.Lamport, Epoch: b.Epoch}
	if len(b.Prev) > 0 {
		e.Prev = b.Prev.hash(t)
	}
	for _, d := range b.Deps {
		e.Deps = append(e.Deps, d.hash(t))
	}
	keys.nonces = b.Nonces
	made, err := ledger.Write(e, &body, keys, signerOf(b.Seed))
	if err != nil {
		t.Fatal(err)
	}
	if len(keys.nonces) > 0 {
		t.Errorf("%d bytes of nonces are left over", len(keys.nonces))
	}
	return made
}

// made gives the batches as our encoder makes them.
func (v *batchVectors) made(t *testing.T) (all []*ledger.Batch) {
	t.Helper()
	for i := range v.Batches {
		all = append(all, v.Batches[i].make(t, v.sealer(t)))
	}
	return all
}

func TestBatch(t *testing.T) {
	var v batchVectors
	load(t, "batch.json", &v)
	for i := range v.Batches {
		b := &v.Batches[i]
		keys := v.sealer(t)
		made := b.make(t, keys)
		equal(t, "device", &b.Device, made.Device[:])
		equal(t, "envelope", &b.Envelope, made.Bytes)
		equal(t, "hash", &b.Hash, made.Hash[:])
		equal(t, "signature", &b.Signature, made.Sig)
		equal(t, "frame", &b.Frame, ledger.AppendFrame(nil, made))
		n := len(made.Payloads)
		equal(t, "head", &b.Head, keys.ads[n])
		equal(t, "body", &b.Body, keys.plain[n])
		b.PayloadADs = append(b.PayloadADs, make([]octets, n-min(n, len(b.PayloadADs)))...)
		b.PlainPayload = append(b.PlainPayload, make([]octets, n-min(n, len(b.PlainPayload)))...)
		for p := range n {
			equal(t, fmt.Sprintf("payload %d", p), &b.PlainPayload[p], keys.plain[p])
			equal(t, fmt.Sprintf("associated data %d", p), &b.PayloadADs[p], keys.ads[p])
		}
		b.readBack(t, keys)
	}
	keep(t, "batch.json", &v)
}

// readBack reads the frame of the file, and tries it changed at every byte.
func (b *batchVector) readBack(t *testing.T, keys *sealer) {
	t.Helper()
	refusedWhenChanged(t, b.Says, b.Frame, func(frame []byte) error {
		_, err := ledger.ReadFrame(frame)
		return err
	})
	// The checksum stops accidents; whoever means it makes it anew, and then the
	// signature, the links and the seals must stop him.
	refusedWhenChanged(t, b.Says, b.Frame[12:], func(body []byte) error {
		frame := append([]byte("PdB1"), make([]byte, 8)...)
		binary.BigEndian.PutUint32(frame[4:], uint32(len(body)))
		binary.BigEndian.PutUint32(frame[8:], crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
		got, err := ledger.ReadFrame(append(frame, body...))
		if err != nil {
			return err
		}
		if err := got.Verify(signerOf(b.Seed).Public()); err != nil {
			return err
		}
		opened, err := got.Open(keys)
		if err != nil {
			return err
		}
		return b.same(t, got, opened)
	})
}

// same tells whether a batch that was read says what the vector says.
func (b *batchVector) same(t *testing.T, got *ledger.Batch, body *ledger.Body) error {
	t.Helper()
	_, zone := body.Wall.Zone()
	_, want := b.Wall.Zone()
	if got.Seq != b.Seq || got.Lamport != b.Lamport || got.Epoch != b.Epoch || got.Office != b.Office.id(t) ||
		!body.Wall.Equal(b.Wall) || zone != want || body.Author != b.Author.id(t) || len(body.Changes) != len(b.Changes) {
		return fmt.Errorf("read %+v %+v", got.Envelope, body)
	}
	for i := range b.Changes {
		want := b.Changes[i].change(t)
		if have := fmt.Sprintf("%+v", body.Changes[i]); have != fmt.Sprintf("%+v", want) {
			return fmt.Errorf("change %d is %s, the vector says %+v", i, have, want)
		}
	}
	return nil
}

// The vectors as a segment of a journal: written, read, and with a payload taken out.
func TestJournal(t *testing.T) {
	var v batchVectors
	load(t, "batch.json", &v)
	ctx, dir := context.Background(), t.TempDir()
	j, err := ledger.OpenJournal(ledger.OS{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := resume(ctx, j); err != nil {
		t.Fatal(err)
	}
	all := v.made(t)
	if _, err := j.Append(all...); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, ledger.SegmentName(1))
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "segment", &v.Segment, whole)
	if j, err = ledger.OpenJournal(ledger.OS{}, dir); err != nil {
		t.Fatal(err)
	}
	if err := resume(ctx, j); err != nil {
		t.Fatal(err)
	}
	_, err = j.Rewrite(ctx, 1, func(_ ledger.Pos, b *ledger.Batch) (*ledger.Batch, bool) {
		if b.Hash != all[0].Hash {
			return nil, false
		}
		b.Payloads[0] = nil
		return b, true
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if whole, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	equal(t, "segment after erasure", &v.Erasable, whole)
	if len(v.Segment) != len(v.Erasable) {
		t.Error("what stands behind an erased payload moved")
	}
	keep(t, "batch.json", &v)
}

// bundleVector is vectors/bundle.json; its batches are those of batch.json.
type bundleVector struct {
	Says   string    `json:"says"`
	Seed   octets    `json:"signing_seed"`
	Office octets    `json:"office"`
	Made   time.Time `json:"made"`
	Tips   []int     `json:"tips"` // places of batches in batch.json
	Bundle octets    `json:"bundle"`
}

func TestBundle(t *testing.T) {
	var v bundleVector
	var batches batchVectors
	load(t, "bundle.json", &v)
	load(t, "batch.json", &batches)
	all, s := batches.made(t), signerOf(v.Seed)
	h := bundle.Head{Office: v.Office.id(t), Device: ledger.DeviceOf(s.Public()), Public: s.Public(), Made: v.Made, Whole: true}
	for _, i := range v.Tips {
		h.Tips = append(h.Tips, ledger.Tip{Device: all[i].Device, Seq: all[i].Seq, Hash: all[i].Hash, Lamport: all[i].Lamport})
	}
	var out bytes.Buffer
	w, err := bundle.NewWriter(&out, h)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if err := w.Frame(ledger.AppendFrame(nil, b)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(s.Sign); err != nil {
		t.Fatal(err)
	}
	equal(t, "bundle", &v.Bundle, out.Bytes())
	refusedWhenChanged(t, "bundle", v.Bundle, func(b []byte) error {
		got, n, err := bundle.Read(bytes.NewReader(b), nil)
		if err == nil && (n != len(all) || !got.Made.Equal(v.Made) || len(got.Tips) != len(v.Tips) || got.Device != h.Device) {
			t.Errorf("%d batches, head %+v", n, got)
		}
		return err
	})
	keep(t, "bundle.json", &v)
}

func resume(ctx context.Context, j *ledger.Journal) error {
	_, err := j.Resume(ctx, j.Start(), func(ledger.Pos, *ledger.Batch) error { return nil })
	return err
}
