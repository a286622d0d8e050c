package data

import (
	"crypto/sha256"
	"encoding/hex"

	"paradero/data/ledger"
)

// A depot may hold something else under a batch's name: whoever may write there may
// leave an envelope with another signature, or without its payloads, to make
// everybody believe that the batch is there. So a name counts only where what stands
// there was looked at and is sound.

// maxUnsound bounds how many such names are kept for a depot.
const maxUnsound = 4096

// genuine tells whether a depot's copy of a batch that is here says all that this one
// says, by its author's signature.
func (o *Office) genuine(b *ledger.Batch) bool {
	if err := o.enter("exchange"); err != nil {
		return false
	}
	defer o.use.RUnlock()
	if key := o.publicOf(o.feeds, b); key == nil || b.Verify(key) != nil {
		return false
	}
	lacks := false
	for i, p := range b.Payloads {
		if p == nil {
			lacks = true
		} else if sha256.Sum256(p) != b.Envelope.Payloads[i] {
			return false
		}
	}
	if !lacks {
		return true
	}
	at, ok := o.where(b.Hash)
	if !ok {
		return false
	}
	own, _, err := o.journal.Read(at.Pos)
	if err != nil {
		return false
	}
	for i := range own.Payloads {
		if own.Payloads[i] != nil && (i >= len(b.Payloads) || b.Payloads[i] == nil) {
			return false
		}
	}
	return true
}

// doubt keeps the names under which a portion brought something else.
func (w *way) doubt(heads []head, refused []RefusedBatch) {
	bad := map[string]bool{}
	for _, h := range w.Unsound {
		bad[h] = true
	}
	before := len(bad)
	for _, r := range refused {
		if r.Hash != (ledger.Hash{}) && len(bad) < maxUnsound {
			bad[hex.EncodeToString(r.Hash[:])] = true
		}
	}
	for i := range heads {
		if h := &heads[i]; h.known && !h.sound && len(bad) < maxUnsound {
			bad[hex.EncodeToString(h.hash[:])] = true
		}
	}
	if len(bad) == before {
		return
	}
	w.Unsound = w.Unsound[:0]
	for h := range bad {
		w.Unsound = append(w.Unsound, h)
	}
}

// doubted gives those names.
func (w *way) doubted() map[ledger.Hash]bool {
	out := map[ledger.Hash]bool{}
	for _, text := range w.Unsound {
		var h ledger.Hash
		if n, err := hex.Decode(h[:], []byte(text[:min(len(text), 2*len(h))])); err == nil && n == len(h) {
			out[h] = true
		}
	}
	return out
}
