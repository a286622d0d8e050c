package data

import (
	"encoding/binary"
	"testing"

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
