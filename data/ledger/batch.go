package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

// Hash names a batch: SHA-256 over a prefix and the exact bytes that were
// signed. The signature is outside, so that nobody can give one content two
// names by signing it twice.
type Hash = [32]byte

// Version of the batch format that this program writes and reads.
const Version = 1

// Errors of reading a batch.
var (
	ErrMalformed = errors.New("malformed batch")
	ErrSignature = errors.New("batch signature does not hold")
	ErrNewer     = errors.New("batch of a newer version")
	ErrTooLarge  = errors.New("batch too large")
)

// Keys seals and opens with the office's keys by epoch. ad is what the sealed
// bytes are bound to.
type Keys interface {
	Seal(epoch uint32, ad, plain []byte) ([]byte, error)
	Open(epoch uint32, ad, sealed []byte) ([]byte, error)
}

// CircleKeys is implemented by Keys that also have those of circles, each by its
// name. What they cannot open is closed, and no error.
type CircleKeys interface {
	SealCircle(key record.ID, ad, plain []byte) ([]byte, error)
	OpenCircle(key record.ID, ad, sealed []byte) ([]byte, error)
}

// Signer is this device.
type Signer interface {
	Public() ed25519.PublicKey
	Sign(message []byte) []byte
}

// DeviceOf gives the name of the device with this key.
func DeviceOf(public ed25519.PublicKey) record.ID {
	sum := sha256.Sum256(append([]byte("paradero device "), public...))
	return record.ID(sum[:16])
}

// Envelope is the part of a batch that a relay may read: pseudonyms, order,
// sizes. It never changes once signed.
type Envelope struct {
	Office   record.ID
	Device   record.ID
	Seq      uint64 // 1 for a device's first
	Prev     Hash   // the device's batch before; zero for the first
	Deps     []Hash // heads of the other feeds that the author had seen
	Lamport  uint64 // 1 + the greatest of prev and deps
	Epoch    uint32 // of the key that seals it
	Payloads []Hash // SHA-256 of each payload's ciphertext
	Public   []byte // the device's Ed25519 key, in its first batch only
	Sealed   []byte // the body
}

// Body is the sealed part of a batch.
type Body struct {
	Wall    time.Time // millisecond, with the writer's offset from UTC
	Author  record.ID // the member who wrote it
	Changes []Change
}

// Batch is a signed batch with those of its payloads that are here. Its bytes
// are kept as they came and passed on as they are.
type Batch struct {
	Envelope
	Hash     Hash
	Bytes    []byte   // the encoded envelope, which is what is signed
	Sig      []byte   // Ed25519 over signPrefix ‖ Hash
	Payloads [][]byte // ciphertexts; nil where one was erased
}

const signPrefix = "paradero batch signature 1"

// HashOf names an encoded envelope.
func HashOf(envelope []byte) Hash {
	h := sha256.New()
	_, _ = h.Write([]byte("paradero batch 1"))
	_, _ = h.Write(envelope)
	return Hash(h.Sum(nil))
}

// Size is what the batch takes in journal, bundle or hub, roughly, in bytes.
func (b *Batch) Size() int {
	n := len(b.Bytes) + len(b.Sig)
	for _, p := range b.Payloads {
		n += len(p)
	}
	return n
}

// Write seals and signs a batch. The envelope's Device, Payloads, Public and
// Sealed are filled here; the rest is the caller's.
func Write(e Envelope, body *Body, keys Keys, signer Signer) (*Batch, error) {
	if len(body.Changes) == 0 || len(body.Changes) > MaxChanges || len(e.Deps) > MaxPred {
		return nil, fmt.Errorf("write batch of %d changes: %w", len(body.Changes), ErrTooLarge)
	}
	e.Device = DeviceOf(signer.Public())
	if e.Seq == 1 {
		e.Public = signer.Public()
	}
	b := &Batch{Payloads: make([][]byte, len(body.Changes))}
	e.Payloads = make([]Hash, len(body.Changes))
	var hashes hashTable
	stems := cbor.AppendArray(nil, len(body.Changes))
	var plain []byte
	for i := range body.Changes {
		c := &body.Changes[i]
		if err := c.check(); err != nil {
			return nil, err
		}
		plain = c.appendPayload(plain[:0])
		if len(plain) > MaxChange {
			return nil, fmt.Errorf("write change of %d bytes: %w", len(plain), ErrTooLarge)
		}
		sealed, err := sealPayload(keys, &e, c, i, plain)
		if err != nil {
			return nil, fmt.Errorf("seal payload: %w", err)
		}
		b.Payloads[i], e.Payloads[i] = sealed, sha256.Sum256(sealed)
		stems = c.appendStem(stems, i, &hashes)
	}
	sealed, err := keys.Seal(e.Epoch, e.appendHead(nil), body.encode(stems, hashes.list))
	if err != nil {
		return nil, fmt.Errorf("seal batch: %w", err)
	}
	e.Sealed = sealed
	b.Envelope = e
	b.Bytes = e.encode()
	b.Hash = HashOf(b.Bytes)
	b.Sig = signer.Sign(append([]byte(signPrefix), b.Hash[:]...))
	if b.Size() > MaxBatch {
		return nil, fmt.Errorf("write batch of %d bytes: %w", b.Size(), ErrTooLarge)
	}
	return b, nil
}

func sealPayload(keys Keys, e *Envelope, c *Change, i int, plain []byte) ([]byte, error) {
	if c.Circle.IsZero() {
		return keys.Seal(e.Epoch, e.payloadAD(i), plain)
	}
	of, ok := keys.(CircleKeys)
	if !ok {
		return nil, errors.New("no keys of circles")
	}
	return of.SealCircle(c.Circle, e.payloadAD(i), plain)
}

func (b *Body) encode(stems []byte, hashes []Hash) []byte {
	_, offset := b.Wall.Zone()
	out := cbor.AppendMap(make([]byte, 0, len(stems)+64+34*len(hashes)), 5)
	out = cbor.AppendUint(cbor.AppendUint(out, 1), uint64(max(b.Wall.UnixMilli(), 0)))
	out = cbor.AppendUint(cbor.AppendUint(out, 2), uint64(offset/60+24*60))
	out = cbor.AppendBytes(cbor.AppendUint(out, 3), b.Author[:])
	out = cbor.AppendArray(cbor.AppendUint(out, 4), len(hashes))
	for _, h := range hashes {
		out = cbor.AppendBytes(out, h[:])
	}
	return append(cbor.AppendUint(out, 5), stems...)
}

// payloadAD binds a payload to its place, so that none can be moved.
func (e *Envelope) payloadAD(i int) []byte {
	b := cbor.AppendBytes(cbor.AppendArray(nil, 4), e.Office[:])
	b = cbor.AppendUint(cbor.AppendBytes(b, e.Device[:]), e.Seq)
	return cbor.AppendUint(b, uint64(i))
}

// appendHead appends the envelope without its sealed body: what that body is
// bound to.
func (e *Envelope) appendHead(b []byte) []byte {
	n := 9
	if len(e.Public) > 0 {
		n++
	}
	return e.appendFields(cbor.AppendMap(b, n))
}

// headOf gives the same of an encoded envelope, with what a newer version put in
// it and this one does not know.
func headOf(envelope []byte) []byte {
	r := cbor.NewReader(envelope)
	n := r.Map(64)
	keys := r.Keys()
	b := cbor.AppendMap(make([]byte, 0, 512), max(n-1, 0))
	for range n {
		key := keys.Next()
		value := r.Skip()
		if key != keySealed {
			b = append(cbor.AppendUint(b, key), value...)
		}
	}
	return b
}

// keySealed is the envelope's key of the sealed body.
const keySealed = 11

func (e *Envelope) appendFields(b []byte) []byte {
	b = cbor.AppendUint(cbor.AppendUint(b, 1), Version)
	b = cbor.AppendBytes(cbor.AppendUint(b, 2), e.Office[:])
	b = cbor.AppendBytes(cbor.AppendUint(b, 3), e.Device[:])
	b = cbor.AppendUint(cbor.AppendUint(b, 4), e.Seq)
	b = cbor.AppendBytes(cbor.AppendUint(b, 5), e.Prev[:])
	b = appendHashes(cbor.AppendUint(b, 6), e.Deps)
	b = cbor.AppendUint(cbor.AppendUint(b, 7), e.Lamport)
	b = cbor.AppendUint(cbor.AppendUint(b, 8), uint64(e.Epoch))
	b = appendHashes(cbor.AppendUint(b, 9), e.Payloads)
	if len(e.Public) > 0 {
		b = cbor.AppendBytes(cbor.AppendUint(b, 10), e.Public)
	}
	return b
}

func (e *Envelope) encode() []byte {
	n := 10
	if len(e.Public) > 0 {
		n++
	}
	b := cbor.AppendMap(make([]byte, 0, len(e.Sealed)+34*len(e.Payloads)+256), n)
	b = e.appendFields(b)
	return cbor.AppendBytes(cbor.AppendUint(b, keySealed), e.Sealed)
}

func appendHashes(b []byte, list []Hash) []byte {
	b = cbor.AppendArray(b, len(list))
	for i := range list {
		b = cbor.AppendBytes(b, list[i][:])
	}
	return b
}

// ReadEnvelope reads an encoded envelope without checking its signature.
func ReadEnvelope(b []byte) (*Envelope, error) {
	var e Envelope
	r := cbor.NewReader(b)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			if v := r.Uint(); r.Err() == nil && v != Version {
				return nil, ErrNewer
			}
		case 2:
			r.Fixed(e.Office[:])
		case 3:
			r.Fixed(e.Device[:])
		case 4:
			e.Seq = r.Uint()
		case 5:
			r.Fixed(e.Prev[:])
		case 6:
			e.Deps = readHashes(r, MaxPred)
		case 7:
			e.Lamport = r.Uint()
		case 8:
			e.Epoch = uint32(r.Below(1 << 32))
		case 9:
			e.Payloads = readHashes(r, MaxChanges)
		case 10:
			e.Public = r.Bytes()
		case keySealed:
			e.Sealed = r.Bytes()
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if e.Seq == 0 || e.Lamport == 0 || (e.Seq == 1) != (len(e.Public) > 0) || (e.Seq == 1) != (e.Prev == Hash{}) {
		return nil, fmt.Errorf("%w: first batch and its key", ErrMalformed)
	}
	return &e, nil
}

func readHashes(r *cbor.Reader, limit int) []Hash {
	n := r.Array(limit)
	list := make([]Hash, n)
	for i := range list {
		r.Fixed(list[i][:])
	}
	return list
}

// Verify checks the signature by the device's key, and that the key is the one
// that the device is named after.
func (b *Batch) Verify(public ed25519.PublicKey) error {
	if len(public) != ed25519.PublicKeySize || DeviceOf(public) != b.Device ||
		!ed25519.Verify(public, append([]byte(signPrefix), b.Hash[:]...), b.Sig) {
		return ErrSignature
	}
	return nil
}

// Open unseals the body and the payloads that are here. A payload whose
// ciphertext is not the one that the envelope names is an error; a missing one
// marks its change as erased.
func (b *Batch) Open(keys Keys) (*Body, error) {
	body, err := b.openBody(keys, func(int) part { return whole })
	if err != nil {
		return nil, err
	}
	for i := range body.Changes {
		if err := b.openValues(keys, body, i); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// OpenOne is Open for who needs one change only: the others have no values.
func (b *Batch) OpenOne(keys Keys, i int) (*Body, error) { return b.OpenSome(keys, []int{i}) }

// OpenSome is Open for who needs some changes only, in ascending order; the others
// are empty.
func (b *Batch) OpenSome(keys Keys, which []int) (*Body, error) {
	next := 0 // stems are read in order
	body, err := b.openBody(keys, func(i int) part {
		if next < len(which) && which[next] == i {
			next++
			return whole
		}
		return nothing
	})
	if err != nil {
		return nil, err
	}
	for _, i := range which {
		if i >= len(body.Changes) {
			return nil, fmt.Errorf("%w: no change %d", ErrMalformed, i)
		}
		if err := b.openValues(keys, body, i); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// OpenHeads unseals the body alone, for who asks which records it speaks of: its
// changes have no more than their record and kind.
func (b *Batch) OpenHeads(keys Keys) (*Body, error) {
	return b.openBody(keys, func(int) part { return headOnly })
}

// part is how much of a change's stem is read.
type part int

const (
	nothing part = iota
	headOnly
	whole
)

func (b *Batch) openBody(keys Keys, want func(i int) part) (*Body, error) {
	plain, err := keys.Open(b.Epoch, headOf(b.Bytes), b.Sealed)
	if err != nil {
		return nil, fmt.Errorf("open batch: %w", err)
	}
	body, err := readBody(plain, want)
	if err != nil {
		return nil, err
	}
	if len(body.Changes) != len(b.Payloads) || len(b.Payloads) != len(b.Envelope.Payloads) {
		return nil, fmt.Errorf("%w: %d changes, %d payloads", ErrMalformed, len(body.Changes), len(b.Payloads))
	}
	return body, nil
}

// openValues fills one change's values from its payload.
func (b *Batch) openValues(keys Keys, body *Body, i int) error {
	if b.Payloads[i] == nil {
		body.Changes[i].Erased = true
		return nil
	}
	if sha256.Sum256(b.Payloads[i]) != b.Envelope.Payloads[i] {
		return fmt.Errorf("%w: payload %d is another", ErrMalformed, i)
	}
	if !body.Changes[i].Circle.IsZero() {
		b.openCircled(keys, &body.Changes[i], i)
		return nil
	}
	text, err := keys.Open(b.Epoch, b.payloadAD(i), b.Payloads[i])
	if err != nil {
		return fmt.Errorf("open payload: %w", err)
	}
	return body.Changes[i].readPayload(text)
}

// openCircled fills the values of a change that a circle sealed. What is wrong
// with it only the circle could tell, so that it spoils the batch for nobody.
func (b *Batch) openCircled(keys Keys, c *Change, i int) {
	of, ok := keys.(CircleKeys)
	if !ok {
		c.Veil()
		return
	}
	text, err := of.OpenCircle(c.Circle, b.payloadAD(i), b.Payloads[i])
	if err != nil || c.readPayload(text) != nil {
		c.Veil()
	}
}

func readBody(plain []byte, want func(i int) part) (*Body, error) {
	var body Body
	var hashes []Hash
	var wall, offset uint64
	r := cbor.NewReader(plain)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			wall = r.Below(1 << 48)
		case 2:
			offset = r.Below(48 * 60)
		case 3:
			r.Fixed(body.Author[:])
		case 4:
			hashes = readHashes(r, MaxChanges*MaxPred)
		case 5:
			body.Changes = make([]Change, r.Array(MaxChanges))
			for i := range body.Changes {
				readStem(r, hashes, i, want(i), &body.Changes[i])
			}
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: body: %w", ErrMalformed, err)
	}
	zone := time.FixedZone("", (int(offset)-24*60)*60)
	body.Wall = time.UnixMilli(int64(wall)).In(zone)
	return &body, nil
}
