package ledger

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"fmt"
	"maps"
	"slices"
	"sync"

	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

// Tip is the last batch of a feed, or of one branch of it: a device that gave
// one number to two batches (a backup that was put back) has a tip for each.
type Tip struct {
	Device  record.ID
	Seq     uint64
	Hash    Hash
	Lamport uint64
}

// Gap is a batch that another one names and that is not here.
type Gap struct {
	Hash   Hash
	Device record.ID // whose feed it is from; zero when that is not known
	Seq    uint64    // its number there
	prev   bool      // a batch of its own feed follows it
}

// Feeds knows where the feeds of all devices end, and which batches nobody has
// built on yet. It is safe for concurrent use.
type Feeds struct {
	mu   sync.Mutex
	tips map[Hash]Tip
	keys map[record.ID]ed25519.PublicKey
	open map[Hash]uint64 // batches that no other names, with their Lamport times
	gaps map[Hash]Gap
}

// NewFeeds knows nothing yet.
func NewFeeds() *Feeds {
	return &Feeds{tips: map[Hash]Tip{}, keys: map[record.ID]ed25519.PublicKey{}, open: map[Hash]uint64{}, gaps: map[Hash]Gap{}}
}

// Clone gives a copy of its own.
func (f *Feeds) Clone() *Feeds {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &Feeds{tips: maps.Clone(f.tips), keys: maps.Clone(f.keys), open: maps.Clone(f.open), gaps: maps.Clone(f.gaps)}
}

// Next gives the envelope of a device's next batch: it follows the latest tip
// of its own feed, depends on what nobody has built on yet (at most MaxPred of
// it, the latest), and its Lamport time is one more than the greatest of these.
func (f *Feeds) Next(office, device record.ID) Envelope {
	f.mu.Lock()
	defer f.mu.Unlock()
	own := f.own(device)
	e := Envelope{Office: office, Seq: own.Seq + 1, Prev: own.Hash, Lamport: own.Lamport + 1}
	for h := range f.open {
		if h != own.Hash {
			e.Deps = append(e.Deps, h)
		}
	}
	slices.SortFunc(e.Deps, func(a, b Hash) int {
		return cmp.Or(cmp.Compare(f.open[b], f.open[a]), bytes.Compare(a[:], b[:]))
	})
	e.Deps = e.Deps[:min(len(e.Deps), MaxPred)]
	for _, h := range e.Deps {
		e.Lamport = max(e.Lamport, f.open[h]+1)
	}
	slices.SortFunc(e.Deps, func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
	return e
}

// own is the tip that a device goes on from: its latest.
func (f *Feeds) own(device record.ID) (own Tip) {
	for _, t := range f.tips {
		if t.Device != device {
			continue
		}
		if c := cmp.Compare(t.Lamport, own.Lamport); c > 0 || c == 0 && bytes.Compare(t.Hash[:], own.Hash[:]) > 0 {
			own = t
		}
	}
	return own
}

// Add takes a batch in. known tells which other batches are here.
func (f *Feeds) Add(b *Batch, known func(Hash) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(b.Public) > 0 {
		f.keys[b.Device] = bytes.Clone(b.Public)
	}
	lost, named := f.gaps[b.Hash]
	delete(f.gaps, b.Hash)
	if b.Seq > 1 {
		f.name(b.Prev, Gap{Hash: b.Prev, Device: b.Device, Seq: b.Seq - 1, prev: true}, known)
		delete(f.tips, b.Prev)
	}
	for _, h := range b.Deps {
		f.name(h, Gap{Hash: h}, known)
	}
	if !lost.prev {
		f.tips[b.Hash] = Tip{b.Device, b.Seq, b.Hash, b.Lamport}
	}
	if !named {
		f.open[b.Hash] = b.Lamport
	}
}

// name notes that a batch is built on.
func (f *Feeds) name(h Hash, gap Gap, known func(Hash) bool) {
	if _, ok := f.open[h]; ok {
		delete(f.open, h)
		return
	}
	if _, ok := f.tips[h]; ok {
		return
	}
	if old, ok := f.gaps[h]; ok {
		if gap.prev && !old.prev {
			f.gaps[h] = gap
		}
		return
	}
	if !known(h) {
		f.gaps[h] = gap
	}
}

// Key gives the key by which a batch is to be verified: from itself when it is
// its feed's first, else from that; nil when that is not here.
func (f *Feeds) Key(b *Batch) ed25519.PublicKey {
	if len(b.Public) > 0 {
		return b.Public
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.keys[b.Device]
}

// Latest is the greatest Lamport time of all feeds.
func (f *Feeds) Latest() (lamport uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.tips {
		lamport = max(lamport, t.Lamport)
	}
	return lamport
}

// Forked tells whether a device gave a number twice: its feed has several ends.
func (f *Feeds) Forked(device record.ID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, t := range f.tips {
		if t.Device == device {
			n++
		}
	}
	return n > 1
}

// Last gives the tip that a device goes on from: its latest.
func (f *Feeds) Last(device record.ID) Tip {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.own(device)
}

// Tip gives the tip with a hash.
func (f *Feeds) Tip(h Hash) (Tip, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, ok := f.tips[h]
	return t, ok
}

// Tips gives all tips, by device and number.
func (f *Feeds) Tips() []Tip {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sortedTips()
}

func (f *Feeds) sortedTips() []Tip {
	return slices.SortedFunc(maps.Values(f.tips), func(a, b Tip) int {
		return cmp.Or(bytes.Compare(a.Device[:], b.Device[:]), cmp.Compare(a.Seq, b.Seq), bytes.Compare(a.Hash[:], b.Hash[:]))
	})
}

// Reaches tells whether these feeds have come at least as far as the tips.
func (f *Feeds) Reaches(tips []Tip) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, want := range tips {
		_, ok := f.tips[want.Hash]
		for _, t := range f.tips {
			ok = ok || t.Device == want.Device && t.Seq > want.Seq
		}
		if !ok {
			return false
		}
	}
	return true
}

// Gaps gives the batches that are named and not here.
func (f *Feeds) Gaps() []Gap {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.SortedFunc(maps.Values(f.gaps), func(a, b Gap) int { return bytes.Compare(a.Hash[:], b.Hash[:]) })
}

// Append appends the feeds' encoding.
func (f *Feeds) Append(b []byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	b = cbor.AppendArray(b, 4)
	b = cbor.AppendArray(b, len(f.tips))
	for _, t := range f.sortedTips() {
		b = cbor.AppendBytes(cbor.AppendArray(b, 4), t.Device[:])
		b = cbor.AppendUint(b, t.Seq)
		b = cbor.AppendBytes(b, t.Hash[:])
		b = cbor.AppendUint(b, t.Lamport)
	}
	b = cbor.AppendArray(b, 2*len(f.keys))
	for id, key := range f.keys {
		b = cbor.AppendBytes(cbor.AppendBytes(b, id[:]), key)
	}
	b = cbor.AppendArray(b, 2*len(f.open))
	for h, lamport := range f.open {
		b = cbor.AppendUint(cbor.AppendBytes(b, h[:]), lamport)
	}
	b = cbor.AppendArray(b, 4*len(f.gaps))
	for _, g := range f.gaps {
		b = cbor.AppendBytes(cbor.AppendBytes(b, g.Hash[:]), g.Device[:])
		b = cbor.AppendBool(cbor.AppendUint(b, g.Seq), g.prev)
	}
	return b
}

// maxFeeds bounds what ReadFeeds takes.
const maxFeeds = 1 << 16

// ReadFeeds reads what Append wrote.
func ReadFeeds(b []byte) (*Feeds, error) {
	f := NewFeeds()
	r := cbor.NewReader(b)
	if r.Array(4) != 4 {
		r.Fail("feeds have not four parts")
	}
	for range r.Array(maxFeeds) {
		var t Tip
		if r.Array(4) != 4 {
			r.Fail("tip has not four parts")
			break
		}
		r.Fixed(t.Device[:])
		t.Seq = r.Uint()
		r.Fixed(t.Hash[:])
		t.Lamport = r.Uint()
		f.tips[t.Hash] = t
	}
	for range r.Array(2*maxFeeds) / 2 {
		var id record.ID
		r.Fixed(id[:])
		f.keys[id] = bytes.Clone(r.Bytes())
	}
	for range r.Array(2*maxFeeds) / 2 {
		var h Hash
		r.Fixed(h[:])
		f.open[h] = r.Uint()
	}
	for range r.Array(4*maxFeeds) / 4 {
		var g Gap
		r.Fixed(g.Hash[:])
		r.Fixed(g.Device[:])
		g.Seq, g.prev = r.Uint(), r.Bool()
		f.gaps[g.Hash] = g
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read feeds: %w", err)
	}
	return f, nil
}
