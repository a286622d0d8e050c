package data

import (
	"encoding/binary"
	"testing"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// Keys that somebody in the team makes others learn, and that nobody uses, do not
// make the welcome of the next one too large to be read.
func TestAWelcomeBesideManyKeys(t *testing.T) {
	a, _ := founded(t)
	number := newEpochOf(t, a)
	junk := map[uint32]vault.Key{}
	for i := range uint32(5000) {
		var key vault.Key
		binary.BigEndian.PutUint32(key[:], i+1)
		_, n := vault.EpochOf(a.Info().OfficeID, &key)
		junk[n] = key
	}
	a.keys.add(junk)
	b, _ := joined(t, a, lawyer)
	if !b.keys.has(0) || !b.keys.has(number) || b.epochNow() != number {
		t.Errorf("the keys in use are not given: %d", b.epochNow())
	}
	exchange(t, a, b)
	if b.Count(record.Member) != 2 {
		t.Error("he cannot read what the others say")
	}
}

// A key whose batch comes first without what it says, as one who strips batches passes
// it on, is learned when the batch comes whole, and opens what waited for it.
func TestAKeyThatIsPutBackIsLearned(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	number := newEpochOf(t, a)
	id := task(t, a, "con la llave nueva")
	whole := framesOf(t, a)
	var bare [][]byte
	for _, f := range whole {
		batch, err := ledger.ReadFrame(f)
		if err != nil {
			t.Fatal(err)
		}
		body, err := batch.Open(a.keys)
		if err != nil {
			t.Fatal(err)
		}
		if body.Changes[0].Kind == record.Epoch {
			batch.Payloads[0] = nil
			f = ledger.AppendFrame(nil, batch)
		}
		bare = append(bare, f)
	}
	if got := receive(t, b, bare); got.Waiting != 1 || b.keys.has(number) {
		t.Fatalf("without the key: %+v", got)
	}
	if got := receive(t, b, whole); got.Refilled != 1 || got.Taken != 1 || got.Waiting != 0 {
		t.Errorf("%+v", got)
	}
	if _, err := b.Get(t.Context(), id); err != nil || !b.keys.has(number) {
		t.Errorf("what the key opens: %v", err)
	}
	same(t, a, b)
}
