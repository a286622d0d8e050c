package vault

import (
	"crypto/sha256"
	"encoding/binary"
)

// EpochOf gives the name of an epoch's key, which follows from it, so that nobody
// can give two devices two keys under one name; and the number by which batches
// name it: the name's first four bytes. Zero is the number of the key that an
// office is born with: a key that gives it is not to be used.
func EpochOf(office [16]byte, key *Key) (name [16]byte, number uint32) {
	h := sha256.New()
	_, _ = h.Write([]byte("paradero epoch 1"))
	_, _ = h.Write(office[:])
	_, _ = h.Write(key[:])
	copy(name[:], h.Sum(nil))
	return name, binary.BigEndian.Uint32(name[:4])
}

// maxEpochs bounds how many keys a keyring takes, so that nobody who may make
// them makes the vault too large to be read.
const maxEpochs = 2048

// Learn adds keys of epochs to the keyring, durably, and tells whether one was
// new. Those beyond what a keyring takes are left out.
func (v *Vault) Learn(keys map[uint32]Key) (bool, error) {
	var added []uint32
	for number, key := range keys {
		if _, ok := v.ring.Epochs[number]; ok || len(v.ring.Epochs) >= maxEpochs {
			continue
		}
		v.ring.Epochs[number] = key
		added = append(added, number)
	}
	if len(added) == 0 {
		return false, nil
	}
	if err := v.save(); err != nil {
		for _, number := range added { // not kept: it is tried again
			delete(v.ring.Epochs, number)
		}
		return false, err
	}
	return true, nil
}
