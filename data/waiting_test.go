package data

import (
	"crypto/ed25519"
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// What waits is not looked at again before what it waits for is here: thousands that
// wait, which anybody can send, cost every later arrival nothing.
func TestWhatWaitsIsLeftAlone(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	n := len(framesOf(t, b))
	for range 30 {
		task(t, b, "llamar")
	}
	frames := framesOf(t, b)
	receive(t, a, frames[n+1:])
	nothing := func(h ledger.Hash, _ *heldBatch) bool { return a.has(h) }
	if due := a.held.due(nothing); len(due) != 0 || len(a.Waiting()) != 29 {
		t.Fatalf("%d of %d are looked at again", len(due), len(a.Waiting()))
	}
	if got := receive(t, a, frames[n:n+1]); got.Taken != 30 || len(a.Waiting()) != 0 {
		t.Errorf("%+v", got)
	}
	same(t, a, b)
}

// What waited for its key and is not looked at after all waits on for it, also the
// first batch of a device, which names no other.
func TestAFirstBatchWaitsForItsKey(t *testing.T) {
	a, _ := founded(t)
	_, sign, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := newEpochKeys(a.cfg.Rand, map[uint32]vault.Key{77: {1}})
	e := ledger.Envelope{Office: a.Info().OfficeID, Seq: 1, Lamport: 1, Epoch: 77}
	batch, err := ledger.Write(e, &ledger.Body{Wall: time.Unix(1_800_000_000, 0), Changes: []ledger.Change{{
		Record: record.ID{1}, Kind: record.Detainee, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 1, Text: "Ángel"}},
	}}}, keys, deviceKey{sign})
	if err != nil {
		t.Fatal(err)
	}
	receive(t, a, [][]byte{ledger.AppendFrame(nil, batch)})
	if w := a.Waiting(); len(w) != 1 || !w[0].Sealed {
		t.Fatalf("%+v", w)
	}
	a.keys.add(map[uint32]vault.Key{77: {1}})
	in := &intake{office: a, held: map[ledger.Hash]*heldBatch{}}
	due := a.held.due(func(ledger.Hash, *heldBatch) bool { return true })
	if len(due) != 1 {
		t.Fatal("its key came, and it waits")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := in.work(t.Context(), in.released(due)...); err == nil {
		t.Fatal("a closed office takes in")
	}
	if w := a.Waiting(); len(w) != 1 || !w[0].Sealed || w[0].Misses != keyName(77) {
		t.Errorf("%+v", w)
	}
}
