package search

import (
	"bytes"
	"slices"
	"sync"
)

// recent remembers the last few findings, since who types asks for nearly the
// same again: a list is shown once more, or a word grows by a letter and only
// the rows found before need to be looked at.
type recent struct {
	mu   sync.Mutex
	last [4]*found
	next int
}

// found is a finding and what it found; read-only.
type found struct {
	version uint64
	q       Query
	words   []word
	hits    []uint32 // those found by their letters or place, not by sound
	result  *Result
}

// mostKept: to look at more rows than these one by one is no faster than to go
// through all.
const mostKept = 12_000

// keep remembers a finding and gives its result.
func (c *recent) keep(f *finding, hits []uint32, r *Result) *Result {
	q := f.q
	q.Kinds = slices.Clone(q.Kinds)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last[c.next] = &found{version: f.version, q: q, words: f.words, hits: hits, result: r}
	c.next = (c.next + 1) % len(c.last)
	return r
}

// before gives a finding whose hits hold all that f can find by letters or
// place, nil when there is none; the narrowest of them.
func (c *recent) before(f *finding) *found {
	c.mu.Lock()
	defer c.mu.Unlock()
	var best *found
	for _, o := range c.last {
		if o == nil || !o.filters(f) {
			continue
		}
		if o.same(f) {
			return o
		}
		if len(o.words) > 0 && len(o.hits) <= mostKept && o.wider(f) && (best == nil || len(o.hits) < len(best.hits)) {
			best = o
		}
	}
	return best
}

// forget drops what a change of the index made untrue.
func (c *recent) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = [len(c.last)]*found{}
}

// filters reports whether only the text may differ.
func (o *found) filters(f *finding) bool {
	a, b := o.q, f.q
	return o.version == f.version && slices.Equal(a.Kinds, b.Kinds) && a.Life == b.Life && a.Release == b.Release &&
		a.Facility == b.Facility && a.State == b.State && a.Flag == b.Flag
}

// same reports whether the very same was asked.
func (o *found) same(f *finding) bool {
	return o.filters(f) && o.q.Limit == f.q.Limit && slices.EqualFunc(o.words, f.words, func(a, b word) bool { return bytes.Equal(a.key, b.key) })
}

// wider reports whether each of its words begins the word of f at the same
// place. A word that has only now become the name of a place finds more.
func (o *found) wider(f *finding) bool {
	if len(o.words) > len(f.words) {
		return false
	}
	for i, w := range f.words {
		if i >= len(o.words) {
			break
		}
		if !bytes.HasPrefix(w.key, o.words[i].key) || w.places != nil && o.words[i].places == nil {
			return false
		}
	}
	return true
}
