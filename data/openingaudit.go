package data

import (
	"time"

	"paradero/data/record"
)

// readEarly is one line of who saw what, from before this device could say so: it is
// kept in the file of the first arrival and written when that is over.
type readEarly struct {
	What   string    `json:"what"`
	Of     string    `json:"of,omitempty"`
	Detail string    `json:"detail,omitempty"`
	Why    string    `json:"why,omitempty"`
	ID     record.ID `json:"id"`
	At     time.Time `json:"at"`
	Count  int       `json:"count,omitempty"`
}

// unknownHere tells whether the first arrival has not yet brought the change that
// let this device in: what it says before that has no effect.
func (o *Office) unknownHere() bool { return o.opening.pending() && !o.wasLetIn() }

// keepReadings keeps what was seen and could not be said yet, before the office
// closes. The caller holds audit.mu.
func (o *Office) keepReadings() {
	b := &o.opening
	b.turn.Lock()
	defer b.turn.Unlock()
	b.mu.RLock()
	k := b.kept
	b.mu.RUnlock()
	if k == nil || len(o.audit.lines) == 0 {
		return
	}
	next := *k
	next.Seen = nil
	for _, l := range o.audit.lines {
		next.Seen = append(next.Seen, readEarly{l.what, l.of, l.detail, l.why, l.id, l.at, l.count})
	}
	if next.keep(&o.cfg, &o.vault.Keys().Store) == nil {
		b.keep(&next)
	}
}

// bringReadings takes them up again.
func (o *Office) bringReadings(k *openingKept) {
	a := &o.audit
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range k.Seen[:min(len(k.Seen), auditMost)] {
		a.lines = append(a.lines, auditLine{what: r.What, of: r.Of, detail: r.Detail, why: r.Why, id: r.ID, at: r.At, count: r.Count})
	}
}
