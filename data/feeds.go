package data

import (
	"crypto/ed25519"
	"encoding/base32"
	"fmt"
	"maps"
	"sync"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/team"
)

func firstRights() string { return team.FirstRights() }

// keyBase is how keys stand in records.
var keyBase = base32.StdEncoding.WithPadding(base32.NoPadding)

func encodeKey(public ed25519.PublicKey) string { return keyBase.EncodeToString(public) }

// publicOf gives the key by which a batch is to be verified: where the feed's
// first batch is damaged this device knows its own, and others' from what let
// them in.
func (o *Office) publicOf(feeds *ledger.Feeds, b *ledger.Batch) ed25519.PublicKey {
	if public := feeds.Key(b); public != nil {
		return public
	}
	if b.Device == o.Info().Device {
		return deviceKey{o.sign}.Public()
	}
	return o.law.Key(b.Device)
}

// standing is what the working copy keeps of a batch: where it stands in the
// journal, and its place in its feed.
type standing struct {
	Pos     ledger.Pos
	Device  record.ID
	Seq     uint64
	Lamport uint64
	Changes int // in it; -1: written by an older program, which did not keep that
}

func standingOf(b *ledger.Batch, pos ledger.Pos) standing {
	return standing{pos, b.Device, b.Seq, b.Lamport, len(b.Envelope.Payloads)}
}

func (s *standing) encode() []byte {
	b := cbor.AppendArray(nil, 6)
	b = cbor.AppendUint(b, uint64(s.Pos.Segment))
	b = cbor.AppendUint(b, uint64(s.Pos.Offset))
	b = cbor.AppendBytes(b, s.Device[:])
	b = cbor.AppendUint(b, s.Seq)
	b = cbor.AppendUint(b, s.Lamport)
	return cbor.AppendUint(b, uint64(max(s.Changes, 0)))
}

func decodeStanding(b []byte) (s standing, err error) {
	r := cbor.NewReader(b)
	parts := r.Array(6)
	if parts < 5 {
		r.Fail("standing has not six parts")
	}
	s.Pos = ledger.Pos{Segment: uint32(r.Below(1 << 32)), Offset: int64(r.Below(1 << 62))}
	r.Fixed(s.Device[:])
	s.Seq, s.Lamport, s.Changes = r.Uint(), r.Uint(), -1
	if parts == 6 {
		s.Changes = int(r.Below(ledger.MaxChanges + 1))
	}
	if err := r.Done(); err != nil {
		return standing{}, fmt.Errorf("read standing: %w", err)
	}
	return s, nil
}

// flights are the batches that are durable and not yet folded.
type flights struct {
	mu sync.Mutex
	at map[ledger.Hash]standing
}

func (f *flights) add(b *ledger.Batch, pos ledger.Pos) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at == nil {
		f.at = map[ledger.Hash]standing{}
	}
	f.at[b.Hash] = standingOf(b, pos)
}

// list gives all that are under way.
func (f *flights) list() map[ledger.Hash]standing {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.at)
}

func (f *flights) get(h ledger.Hash) (standing, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.at[h]
	return s, ok
}

func (f *flights) landed(hashes ...ledger.Hash) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range hashes {
		delete(f.at, h)
	}
}

// where tells where a batch stands that is here. The caller keeps the working
// copy in place.
func (o *Office) where(h ledger.Hash) (standing, bool) {
	if s, ok := o.flights.get(h); ok {
		return s, true
	}
	plain, err := o.store.Batch(h)
	if err != nil {
		return standing{}, false
	}
	s, err := decodeStanding(plain)
	return s, err == nil
}

// known tells whether a batch is here.
func (o *Office) known(h ledger.Hash) bool {
	_, ok := o.where(h)
	return ok
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
