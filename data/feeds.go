package data

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base32"
	"fmt"
	"slices"
	"sync"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/team"
)

func firstRights() string { return team.FirstRights() }

func encodeKey(public ed25519.PublicKey) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(public)
}

// head is the last known batch of one device's feed.
type head struct {
	Seq     uint64
	Hash    ledger.Hash
	Lamport uint64
	Public  []byte
}

// feedHeads are the heads of all feeds that this device holds.
type feedHeads struct {
	mu    sync.Mutex
	heads map[record.ID]head
}

func newFeedHeads() *feedHeads { return &feedHeads{heads: map[record.ID]head{}} }

// next gives the envelope of the device's next batch: it depends on the heads
// of all other feeds, and its Lamport time is one more than the greatest.
func (h *feedHeads) next(office, device record.ID) ledger.Envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	own := h.heads[device]
	e := ledger.Envelope{Office: office, Seq: own.Seq + 1, Prev: own.Hash, Lamport: own.Lamport + 1}
	for d, other := range h.heads {
		if d != device {
			e.Deps = append(e.Deps, other.Hash)
			e.Lamport = max(e.Lamport, other.Lamport+1)
		}
	}
	slices.SortFunc(e.Deps, func(a, b ledger.Hash) int { return bytes.Compare(a[:], b[:]) })
	return e
}

// advance moves a feed's head to a batch.
func (h *feedHeads) advance(b *ledger.Batch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	advance(h.heads, b)
}

func advance(heads map[record.ID]head, b *ledger.Batch) {
	public := heads[b.Device].Public
	if len(b.Public) > 0 {
		public = b.Public
	}
	heads[b.Device] = head{Seq: b.Seq, Hash: b.Hash, Lamport: b.Lamport, Public: public}
}

// public gives the key of a device, from its first batch.
func (h *feedHeads) public(b *ledger.Batch) ed25519.PublicKey {
	if len(b.Public) > 0 {
		return b.Public
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.heads[b.Device].Public
}

// publicOf gives the key by which a batch is to be verified: this device knows
// its own also where the feed's first batch is damaged.
func (o *Office) publicOf(heads *feedHeads, b *ledger.Batch) ed25519.PublicKey {
	if public := heads.public(b); public != nil || b.Device != o.Info().Device {
		return public
	}
	return deviceKey{o.sign}.Public()
}

// follows tells whether a batch is the next of its feed.
func (h *feedHeads) follows(b *ledger.Batch) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	own := h.heads[b.Device]
	return b.Seq == own.Seq+1 && b.Prev == own.Hash
}

// encodeHeads writes heads for the working copy.
func encodeHeads(heads map[record.ID]head) []byte {
	ids := make([]record.ID, 0, len(heads))
	for id := range heads {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) })
	out := cbor.AppendArray(nil, len(ids))
	for _, id := range ids {
		f := heads[id]
		out = cbor.AppendBytes(cbor.AppendArray(out, 5), id[:])
		out = cbor.AppendUint(out, f.Seq)
		out = cbor.AppendBytes(out, f.Hash[:])
		out = cbor.AppendUint(out, f.Lamport)
		out = cbor.AppendBytes(out, f.Public)
	}
	return out
}

func decodeHeads(b []byte) (map[record.ID]head, error) {
	r := cbor.NewReader(b)
	heads := map[record.ID]head{}
	for range r.Array(1 << 12) {
		if r.Array(5) != 5 {
			r.Fail("head has not five parts")
			break
		}
		var id record.ID
		var f head
		r.Fixed(id[:])
		f.Seq = r.Uint()
		r.Fixed(f.Hash[:])
		f.Lamport = r.Uint()
		f.Public = bytes.Clone(r.Bytes())
		heads[id] = f
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	return heads, nil
}

// nameBook knows the members' names, for those who read records.
type nameBook struct {
	mu    sync.RWMutex
	names map[record.ID]string
}

func newNameBook() *nameBook { return &nameBook{names: map[record.ID]string{}} }

func (n *nameBook) set(id record.ID, name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[id] = name
}

func (n *nameBook) get(id record.ID) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.names[id]
}
