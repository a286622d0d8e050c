package backup

import (
	"crypto/ed25519"

	"paradero/data/ledger"
)

// Checker judges the batches of a backup one by one, as they come: signature,
// links, and whether the office's keys open them. What it finds wrong was wrong
// in the journal already, since the file itself is whole.
type Checker struct {
	Feeds   *ledger.Feeds
	Unsound int // batches whose signature or seal does not hold
	keys    ledger.Keys
	own     ed25519.PublicKey
	seen    map[ledger.Hash]struct{}
}

// NewChecker makes one; own is the key of the device that made the backup, known
// also where its first batch is lost. keys may be nil: then nothing is opened.
func NewChecker(own ed25519.PublicKey, keys ledger.Keys) *Checker {
	return &Checker{Feeds: ledger.NewFeeds(), keys: keys, own: own, seen: map[ledger.Hash]struct{}{}}
}

// Add takes a batch in and tells whether it is sound.
func (c *Checker) Add(b *ledger.Batch) bool {
	key := c.Feeds.Key(b)
	if key == nil && c.own != nil && ledger.DeviceOf(c.own) == b.Device {
		key = c.own
	}
	sound := b.Verify(key) == nil
	if sound && c.keys != nil {
		_, err := b.Open(c.keys)
		sound = err == nil
	}
	if !sound {
		c.Unsound++
		return false
	}
	c.Feeds.Add(b, c.Has)
	c.seen[b.Hash] = struct{}{}
	return true
}

// Has tells whether a batch was among those taken in.
func (c *Checker) Has(h ledger.Hash) bool {
	_, ok := c.seen[h]
	return ok
}

// Missing is how many batches are named by others and are not there. None: it
// is a prefix of the office's history that is closed under what it builds on.
func (c *Checker) Missing() int { return len(c.Feeds.Gaps()) }
