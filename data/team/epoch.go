package team

import (
	"encoding/binary"
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
)

// EpochNumber gives the number by which batches name an epoch's key, from its
// record's id, which follows from the key.
func EpochNumber(id record.ID) uint32 { return binary.BigEndian.Uint32(id[:4]) }

// epochAct: who may remove or invite gives the team a key, and one device more
// the key that the others have.
func (l *Law) epochAct(a *Act) bool {
	return l.holds(a.At, a.Author, "remove") || l.holds(a.At, a.Author, "invite")
}

// passEpoch puts a key in use: from its first lawful word on that all have it.
func (l *Law) passEpoch(c *ledger.Change) {
	if _, ok := given(c, record.Epoch, "since"); ok && !slices.Contains(l.epochs, c.Record) {
		l.epochs = append(l.epochs, c.Record)
	}
}

// Epochs gives the records of the keys that are in use by the law as it is known,
// in the one order: what is said from now on is sealed with the last. The key that
// the office was born with has none.
func (l *Law) Epochs() []record.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return slices.Clone(l.epochs)
}
