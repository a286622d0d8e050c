package data

import (
	"context"
	"sync"

	"paradero/data/ledger"
	"paradero/data/record"
)

// tally counts the changes of every feed by number, so that it can be told at once
// how many somebody holds who has come to some place of it. It is counted from the
// working copy when it is first asked for, and kept from then on.
type tally struct {
	work     sync.Mutex // held by who counts
	mu       sync.Mutex
	ready    bool
	counting map[ledger.Hash]standing // what came while it was counted; nil: nobody counts
	all      int
	feeds    map[record.ID]*feedTally
}

// feedTally is one device's feed. A device that gave a number twice has two
// branches: from that number on only the whole of both is counted.
type feedTally struct {
	sums []int // changes up to each number, from 1; what is missing adds nothing
	here []bool
	fork uint64 // the first number that was given twice; 0: none
	all  int
}

// add takes a batch in that is new here.
func (t *tally) add(h ledger.Hash, s standing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.counting != nil:
		t.counting[h] = s
	case t.ready:
		f := t.put(&s)
		for i := s.Seq - 1; f != nil && i < uint64(len(f.sums)); i++ { // almost always the last
			f.sums[i] += s.Changes
		}
	}
}

// put makes room for a batch and counts it, but for the sums.
func (t *tally) put(s *standing) *feedTally {
	f := t.feeds[s.Device]
	if f == nil {
		f = &feedTally{}
		t.feeds[s.Device] = f
	}
	t.all += s.Changes
	f.all += s.Changes
	if s.Seq > maxNumbered {
		return nil
	}
	for uint64(len(f.sums)) < s.Seq {
		last := 0
		if n := len(f.sums); n > 0 && t.ready {
			last = f.sums[n-1]
		}
		f.sums, f.here = append(f.sums, last), append(f.here, false)
	}
	if f.here[s.Seq-1] && (f.fork == 0 || s.Seq < f.fork) {
		f.fork = s.Seq
	}
	f.here[s.Seq-1] = true
	return f
}

// maxNumbered bounds what one hostile number can make this keep.
const maxNumbered = 1 << 26

// reset forgets everything: the working copy is made anew.
func (t *tally) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ready, t.feeds, t.all, t.counting = false, nil, 0, nil
}

// cover is how far somebody has come in each feed.
type cover struct {
	seqs  map[record.ID]uint64
	tips  map[ledger.Hash]bool
	lacks map[ledger.Hash]lack // batches below that which he has said to lack
}

// lack is a batch that somebody lacks.
type lack struct {
	device  record.ID
	seq     uint64
	changes int
}

// hasTo tells how many changes of a feed are in a cover. The tips are those that
// the feed has here.
func (t *tally) hasTo(device record.ID, c *cover, tips []ledger.Tip) int {
	f := t.feeds[device]
	if f == nil || len(f.sums) == 0 {
		return 0
	}
	seq := min(c.seqs[device], uint64(len(f.sums)))
	if seq == 0 {
		return 0
	}
	if f.fork == 0 {
		return f.sums[seq-1]
	}
	whole := true
	for _, tip := range tips {
		whole = whole && c.tips[tip.Hash]
	}
	if whole {
		return f.all
	}
	if seq = min(seq, f.fork-1); seq == 0 {
		return 0
	}
	return f.sums[seq-1]
}

// counted makes the tally ready. The caller keeps the working copy in place.
func (o *Office) counted(ctx context.Context) error {
	t := &o.tally
	t.work.Lock()
	defer t.work.Unlock()
	t.mu.Lock()
	if t.ready {
		t.mu.Unlock()
		return nil
	}
	t.feeds, t.all, t.counting = map[record.ID]*feedTally{}, 0, o.flights.list()
	t.mu.Unlock()
	found := map[ledger.Hash]standing{}
	err := o.store.EachBatch(ctx, func(h [32]byte, plain []byte) error {
		s, err := decodeStanding(plain)
		if err == nil && s.Changes < 0 { // an older program's row
			if b, _, rerr := o.journal.Read(s.Pos); rerr == nil {
				s.Changes = len(b.Envelope.Payloads)
			}
		}
		s.Changes = max(s.Changes, 0)
		found[h] = s
		return err
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	for h, s := range t.counting {
		found[h] = s
	}
	t.counting = nil
	if err != nil {
		return err
	}
	for _, s := range found {
		if f := t.put(&s); f != nil {
			f.sums[s.Seq-1] += s.Changes
		}
	}
	for _, f := range t.feeds {
		for i := 1; i < len(f.sums); i++ {
			f.sums[i] += f.sums[i-1]
		}
	}
	t.ready = true
	return nil
}
