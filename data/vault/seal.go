package vault

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/chacha20poly1305"
)

// KeySize is the length of every symmetric key here, in bytes.
const KeySize = 32

// Key is a symmetric key.
type Key [KeySize]byte

// Overhead is what Seal adds to a plaintext: nonce, commitment and tag.
const Overhead = chacha20poly1305.NonceSizeX + commitSize + chacha20poly1305.Overhead

const commitSize = 32

// ErrSealed says that a sealed value does not open: the key or its associated
// data is another, or a byte has changed.
var ErrSealed = errors.New("sealed value does not open")

// Seal appends to dst the plaintext sealed with XChaCha20-Poly1305 and a
// commitment to the key: nonce (24) ‖ commitment (32) ‖ ciphertext and tag.
// Without the commitment one ciphertext could be made to open under two keys
// with two meanings (Albertini et al., "How to Abuse and Fix Authenticated
// Encryption Without Key Commitment", 2022); key epochs and circles need it.
func Seal(random io.Reader, dst []byte, key *Key, ad, plain []byte) ([]byte, error) {
	var nonce [chacha20poly1305.NonceSizeX]byte
	if _, err := io.ReadFull(random, nonce[:]); err != nil {
		return nil, fmt.Errorf("draw nonce: %w", err)
	}
	sub, commit, err := derive(key, nonce[:])
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(sub)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	dst = append(dst, nonce[:]...)
	dst = append(dst, commit...)
	return aead.Seal(dst, nonce[:], plain, ad), nil
}

// Open gives the plaintext that Seal sealed, or ErrSealed.
func Open(key *Key, ad, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead {
		return nil, ErrSealed
	}
	nonce, rest := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	sub, commit, err := derive(key, nonce)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(commit, rest[:commitSize]) != 1 {
		return nil, ErrSealed
	}
	aead, err := chacha20poly1305.NewX(sub)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	plain, err := aead.Open(nil, nonce, rest[commitSize:], ad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// derive gives a key for this one nonce and what commits to it: the halves of
// keyed BLAKE2b-512, which is collision-resistant as a commitment must be.
func derive(key *Key, nonce []byte) (sub, commit []byte, err error) {
	h, err := blake2b.New512(key[:])
	if err != nil {
		return nil, nil, fmt.Errorf("derive key: %w", err)
	}
	_, _ = h.Write([]byte("paradero seal 1"))
	_, _ = h.Write(nonce)
	sum := h.Sum(make([]byte, 0, blake2b.Size))
	return sum[:KeySize], sum[KeySize:], nil
}

// Local seals the values of this device's working copy, where one key has one
// meaning and a commitment would only cost time. Safe for concurrent use.
type Local struct {
	random io.Reader
	aead   interface {
		Seal(dst, nonce, plaintext, additionalData []byte) []byte
		Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error)
	}
}

// NewLocal makes a sealer of local values; random must be safe for concurrent use.
func NewLocal(random io.Reader, key *Key) (*Local, error) {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return &Local{random: random, aead: aead}, nil
}

// Seal appends nonce (24) ‖ ciphertext and tag to dst.
func (l *Local) Seal(dst, ad, plain []byte) ([]byte, error) {
	n := len(dst)
	dst = append(dst, make([]byte, chacha20poly1305.NonceSizeX)...)
	nonce := dst[n : n+chacha20poly1305.NonceSizeX]
	if _, err := io.ReadFull(l.random, nonce); err != nil {
		return nil, fmt.Errorf("draw nonce: %w", err)
	}
	return l.aead.Seal(dst, nonce, plain, ad), nil
}

// Open gives what Seal sealed appended to dst, or ErrSealed.
func (l *Local) Open(dst, ad, sealed []byte) ([]byte, error) {
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return nil, ErrSealed
	}
	plain, err := l.aead.Open(dst, sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:], ad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}
