package backup

import (
	"crypto/ed25519"

	"paradero/data/ledger"
	"paradero/data/record"
)

// Checker judges the batches of a backup one by one, as they come: signature,
// links, and whether the office's keys open them. What it finds wrong was wrong
// in the journal already, since the file itself is whole.
type Checker struct {
	Feeds   *ledger.Feeds
	Unsound int // batches whose signature or seal does not hold, or whose feed's first batch is not there
	keys    ledger.Keys
	own     ed25519.PublicKey
	seen    map[ledger.Hash]struct{}
	late    map[record.ID][]*ledger.Batch // of feeds whose first batch has not come
}

// NewChecker makes one; own is the key of the device that made the backup, known
// also where its first batch is lost. keys may be nil: then nothing is opened.
func NewChecker(own ed25519.PublicKey, keys ledger.Keys) *Checker {
	return &Checker{Feeds: ledger.NewFeeds(), keys: keys, own: own, seen: map[ledger.Hash]struct{}{}, late: map[record.ID][]*ledger.Batch{}}
}

// Add takes a batch in and tells whether it is sound. One whose feed's first batch
// stands behind it, since that was damaged and came again, is judged when it comes.
func (c *Checker) Add(b *ledger.Batch) bool {
	key := c.Feeds.Key(b)
	if key == nil && c.own != nil && ledger.DeviceOf(c.own) == b.Device {
		key = c.own
	}
	if key == nil {
		if own, err := ledger.ReadFrame(ledger.AppendFrame(nil, b)); err == nil { // its memory may be used again
			c.late[b.Device] = append(c.late[b.Device], own)
		}
		c.Unsound++
		return false
	}
	if !c.judge(b, key) {
		return false
	}
	waited := c.late[b.Device]
	delete(c.late, b.Device)
	for _, w := range waited {
		c.Unsound--
		c.judge(w, key)
	}
	return true
}

func (c *Checker) judge(b *ledger.Batch, key ed25519.PublicKey) bool {
	sound := b.Verify(key) == nil
	if sound && c.keys != nil {
		_, err := b.Open(c.keys)
		sound = err == nil
	}
	if !sound {
		c.Unsound++
		return false
	}
	if !c.Has(b.Hash) { // it may stand there twice, the second time with what the first lacked
		c.Feeds.Add(b, c.Has)
	}
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
