// Package backup is the file that a whole office is carried away in, and the
// only judge of whether such a file is whole.
//
//	"paradero backup 1\n"
//	length (4 bytes, big-endian), the vault: sealed by its own slots, so that
//	  passphrase and recovery code open the backup on a new machine
//	an age stream to a hybrid recipient (ML-KEM-768 with X25519) whose identity
//	  follows from the keyring in that vault; in it items, each a letter, a
//	  length and a body:
//	  H  what this is a backup of, with the hash of the vault
//	  B  a batch, as the journal's frame
//	  C  a chunk of an attachment
//	  T  counts, and the hash of all items before
//
// What must not live here: the journal, the vault's opening, and what is done
// with what was read.
package backup

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"time"

	"filippo.io/age"

	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

const (
	firstLine = "paradero backup 1\n"
	anyLine   = "paradero backup "
	maxVault  = 1 << 20
	maxItem   = 2 << 20
	version   = 1
)

// The letters of items.
const (
	itemHead    = 'H'
	itemBatch   = 'B'
	itemChunk   = 'C'
	itemTrailer = 'T'
)

// MaxChunk is the greatest piece of an attachment that goes into one item.
const MaxChunk = 1 << 20

// Errors of reading. Anything else comes from the disk.
var (
	ErrForeign = errors.New("not a backup")
	ErrNewer   = errors.New("backup of a newer version")
	ErrDamaged = errors.New("backup is not what was written")
	ErrOther   = errors.New("backup of another office")
)

// Head says what a backup is of.
type Head struct {
	Office record.ID
	Device record.ID // that made it
	At     time.Time // when; to the second
	Lost   int       // damaged stretches that its journal had then
}

// Count is what a backup holds.
type Count struct {
	Batches, Changes, Chunks int
	Bytes                    int64 // of all items
}

// Identity gives the age identity of a secret of 32 bytes.
func Identity(secret *[32]byte) (*age.HybridIdentity, error) {
	id, err := age.ParseHybridIdentity(identityText(secret[:]))
	if err != nil {
		return nil, fmt.Errorf("backup identity: %w", err)
	}
	return id, nil
}

// sums counts and hashes items as they go by, the trailer excepted.
type sums struct {
	count Count
	hash  hash.Hash
}

func newSums() *sums { return &sums{hash: sha256.New()} }

func itemStart(letter byte, n int) []byte {
	return binary.BigEndian.AppendUint32([]byte{letter}, uint32(n))
}

func (s *sums) add(letter byte, body []byte, changes int) {
	_, _ = s.hash.Write(itemStart(letter, len(body)))
	_, _ = s.hash.Write(body)
	s.count.Bytes += int64(len(body))
	switch letter {
	case itemBatch:
		s.count.Batches++
		s.count.Changes += changes
	case itemChunk:
		s.count.Chunks++
	}
}

func (s *sums) trailer() []byte {
	b := cbor.AppendArray(nil, 5)
	for _, n := range []int64{int64(s.count.Batches), int64(s.count.Changes), int64(s.count.Chunks), s.count.Bytes} {
		b = cbor.AppendUint(b, uint64(n))
	}
	return cbor.AppendBytes(b, s.hash.Sum(nil))
}

func (h *Head) encode(vault []byte) []byte {
	sum := sha256.Sum256(vault)
	b := cbor.AppendUint(cbor.AppendArray(nil, 6), version)
	b = cbor.AppendBytes(cbor.AppendBytes(b, h.Office[:]), h.Device[:])
	b = cbor.AppendUint(b, uint64(max(h.At.Unix(), 0)))
	b = cbor.AppendUint(b, uint64(h.Lost))
	return cbor.AppendBytes(b, sum[:])
}

func decodeHead(b, vault []byte) (h Head, err error) {
	r := cbor.NewReader(b)
	if r.Array(6) != 6 {
		r.Fail("head has not six parts")
	}
	if v := r.Uint(); r.Err() == nil && v != version {
		return h, ErrNewer
	}
	r.Fixed(h.Office[:])
	r.Fixed(h.Device[:])
	h.At = time.Unix(int64(r.Below(1<<40)), 0)
	h.Lost = int(r.Below(1 << 31))
	var sum [sha256.Size]byte
	r.Fixed(sum[:])
	if err := r.Done(); err != nil {
		return h, fmt.Errorf("%w: head: %w", ErrDamaged, err)
	}
	if sum != sha256.Sum256(vault) {
		return h, fmt.Errorf("%w: the keys are not those it was made with", ErrDamaged)
	}
	return h, nil
}

// identityText is how age writes a hybrid identity: Bech32 (BIP 173) of the
// secret, in capitals. age makes no identity of given bytes in another way.
func identityText(secret []byte) string {
	const prefix, letters = "age-secret-key-pq-", "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	var five []byte
	acc, bits := uint32(0), 0
	for _, b := range secret {
		acc, bits = acc<<8|uint32(b), bits+8
		for bits >= 5 {
			bits -= 5
			five = append(five, byte(acc>>bits)&31)
		}
	}
	if bits > 0 {
		five = append(five, byte(acc<<(5-bits))&31)
	}
	var all []byte
	for i := range len(prefix) {
		all = append(all, prefix[i]>>5)
	}
	all = append(all, 0)
	for i := range len(prefix) {
		all = append(all, prefix[i]&31)
	}
	mod := polymod(append(append(all, five...), make([]byte, 6)...)) ^ 1
	for i := range 6 {
		five = append(five, byte(mod>>(5*(5-i)))&31)
	}
	out := []byte(prefix + "1")
	for _, v := range five {
		out = append(out, letters[v])
	}
	for i, c := range out {
		if c >= 'a' && c <= 'z' {
			out[i] = c - 'a' + 'A'
		}
	}
	return string(out)
}

func polymod(values []byte) uint32 {
	generator := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	sum := uint32(1)
	for _, v := range values {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(v)
		for i := range 5 {
			if top>>i&1 == 1 {
				sum ^= generator[i]
			}
		}
	}
	return sum
}
