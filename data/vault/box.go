package vault

import (
	"bytes"
	"crypto/hpke"
	"fmt"
)

// BoxSize is the length of a device's public key for BoxSeal: that of ML-KEM-768
// (1,184 bytes) and of X25519 (32).
const BoxSize = 1216

// BoxOverhead is what BoxSeal adds: the encapsulated key (1,088 + 32) and a tag.
const BoxOverhead = 1120 + 16

// Purpose says what a sealed box is for and between whom: one that was made for
// another purpose, office or device does not open.
type Purpose struct {
	Name   string // of one use, for instance "epoch": not longer than 200 bytes
	Office [16]byte
	Device [16]byte // that opens it
	More   []byte   // what else it is bound to
}

// info is HPKE's: a prefix, then each part behind its length, so that no two
// purposes give one text.
func (p *Purpose) info() []byte {
	b := append([]byte("paradero box 1"), byte(len(p.Name)))
	b = append(append(b, p.Name...), p.Office[:]...)
	b = append(append(b, p.Device[:]...), byte(len(p.More)>>8), byte(len(p.More)))
	return append(b, p.More...)
}

// The suite is MLKEM768-X25519 ("X-Wing", draft-ietf-hpke-pq: it holds while one
// of the two does), HKDF-SHA256 and ChaCha20-Poly1305, of RFC 9180's base mode.
// Who sealed is not known from it: what must be is signed as well.
func boxKey(seed []byte) (hpke.PrivateKey, error) {
	k, err := hpke.MLKEM768X25519().DeriveKeyPair(seed)
	if err != nil {
		return nil, fmt.Errorf("derive box key: %w", err)
	}
	return k, nil
}

// BoxPublic gives the public key to which others seal for who has this seed.
func BoxPublic(seed []byte) ([]byte, error) {
	k, err := boxKey(seed)
	if err != nil {
		return nil, err
	}
	return k.PublicKey().Bytes(), nil
}

// BoxSeal seals to a public key: encapsulated key ‖ ciphertext and tag. Its
// randomness is the machine's: crypto/hpke takes no other.
func BoxSeal(public []byte, p Purpose, plain []byte) ([]byte, error) {
	k, err := hpke.MLKEM768X25519().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("read box key: %w", err)
	}
	sealed, err := hpke.Seal(k, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), p.info(), plain)
	if err != nil {
		return nil, fmt.Errorf("seal box: %w", err)
	}
	return sealed, nil
}

// BoxOpen gives what BoxSeal sealed to the public key of this seed, for this
// purpose; otherwise ErrSealed.
func BoxOpen(seed []byte, p Purpose, sealed []byte) ([]byte, error) {
	k, err := boxKey(seed)
	if err != nil {
		return nil, err
	}
	plain, err := hpke.Open(k, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), p.info(), sealed)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// IsBoxKey tells whether these are the bytes of a public key that can be sealed to.
func IsBoxKey(public []byte) bool {
	k, err := hpke.MLKEM768X25519().NewPublicKey(public)
	return err == nil && bytes.Equal(k.Bytes(), public)
}
