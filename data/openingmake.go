package data

import (
	"bytes"
	"cmp"
	"compress/flate"
	"container/heap"
	"context"
	"slices"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
)

// openingBatches is in how many of the latest batches the newest records are looked
// for.
const openingBatches = 4096

// openingDepth is how far the records that one refers to are taken along: from a
// person over a relationship to the contact and to where he lives.
const openingDepth = 3

// makeOpening makes the picture for a device that is let in, packed; nil where there
// is none to give: this device's own records are not all here, or the working copy
// cannot be relied on.
func (o *Office) makeOpening(ctx context.Context) ([]byte, error) {
	const op = "make opening picture"
	if o.Behind() || o.opening.pending() {
		return nil, nil
	}
	o.flush()
	newest, err := o.newest(ctx)
	if err != nil {
		return nil, diskFault(op, err)
	}
	m := &openingMaker{office: o, taken: map[record.ID]bool{}, people: map[record.ID]bool{}, room: maxOpening - 128<<10}
	if m.room -= 64 * len(o.ends().Tips()); len(o.ends().Tips()) > maxOpeningTips || m.room <= 0 {
		return nil, nil
	}
	if m.meter, err = flate.NewWriter(m, flate.BestSpeed); err != nil {
		return nil, diskFault(op, err)
	}
	if err := m.gather(ctx, newest); err != nil {
		return nil, diskFault(op, err)
	}
	changes, err := o.changesHere(ctx)
	if err != nil {
		return nil, diskFault(op, err)
	}
	// The tips last: when all before them is elsewhere, all that is shown is there too.
	s := &seen{office: o.Info().OfficeID, at: o.Now(), by: o.Info().Member, changes: changes, tips: o.ends().Tips()}
	for states := m.states; ; states = states[:len(states)/2] {
		packed, err := pack(encodeSeen(s, states))
		if err != nil || len(packed) <= maxOpening-64<<10 || len(states) == 0 {
			return packed, diskFault(op, err)
		}
	}
}

// newest gives the records that were changed last, the latest first.
func (o *Office) newest(ctx context.Context) ([]record.ID, error) {
	var latest standings
	if err := o.enter("read records"); err != nil {
		return nil, err
	}
	err := o.store.EachBatch(ctx, func(_ [32]byte, plain []byte) error {
		s, err := decodeStanding(plain)
		switch {
		case err != nil:
			return err
		case len(latest) < openingBatches:
			heap.Push(&latest, s)
		case s.Lamport > latest[0].Lamport:
			latest[0] = s
			heap.Fix(&latest, 0)
		}
		return nil
	})
	o.use.RUnlock()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(latest, func(a, b standing) int {
		return cmp.Or(cmp.Compare(b.Lamport, a.Lamport), bytes.Compare(a.Device[:], b.Device[:]), cmp.Compare(b.Seq, a.Seq))
	})
	var out []record.ID
	had := map[record.ID]bool{}
	for _, s := range latest {
		if len(out) >= maxOpeningRecords {
			break
		}
		changes, err := o.headsAt(s.Pos)
		if err != nil {
			return nil, err
		}
		for i := range slices.Backward(changes) {
			if id := changes[i].Record; !had[id] {
				had[id] = true
				out = append(out, id)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// headsAt gives what a batch speaks of; nothing of one that cannot be read.
func (o *Office) headsAt(pos ledger.Pos) ([]ledger.Change, error) {
	if err := o.enter("read journal"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	b, _, err := o.journal.Read(pos)
	if err == nil {
		var body *ledger.Body
		if body, err = b.OpenHeads(o.keys); err == nil {
			return body.Changes, nil
		}
	}
	if isForeign(err) {
		err = nil
	}
	return nil, err
}

// standings is a heap, the earliest on top.
type standings []standing

func (h standings) Len() int           { return len(h) }
func (h standings) Less(i, j int) bool { return h[i].Lamport < h[j].Lamport }
func (h standings) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *standings) Push(x any) { *h = append(*h, x.(standing)) }

// Pop implements heap.Interface.
func (h *standings) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// openingMaker gathers the records of a picture until it is full.
type openingMaker struct {
	office *Office
	meter  *flate.Writer // into itself: only what goes through is counted
	packed int
	plain  int
	room   int
	states [][]byte
	taken  map[record.ID]bool
	people map[record.ID]bool
}

// Write implements io.Writer.
func (m *openingMaker) Write(b []byte) (int, error) {
	m.packed += len(b)
	return len(b), nil
}

func (m *openingMaker) full() bool {
	return m.packed >= m.room || m.plain >= maxOpened/2 || len(m.states) >= maxOpeningRecords-512
}

// gather takes what everything is read by, then whole people, those first of whom
// something was said last, then what else is new.
func (m *openingMaker) gather(ctx context.Context, newest []record.ID) error {
	o := m.office
	if _, err := m.take(o.Info().OfficeID, 0); err != nil {
		return err
	}
	for _, kind := range []record.Kind{record.Member, record.Facility} {
		ids, err := o.idsOf(ctx, kind)
		if err != nil {
			return err
		}
		for _, id := range ids[:min(len(ids), maxOpeningRecords/8)] {
			if _, err := m.take(id, 0); err != nil {
				return err
			}
		}
	}
	for _, people := range []bool{true, false} {
		for _, id := range newest {
			if m.full() {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if people {
				err = m.about(id)
			} else {
				_, err = m.take(id, openingDepth)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// about takes the people whom a record is or belongs to.
func (m *openingMaker) about(id record.ID) error {
	s, err := m.read(id)
	if s == nil || err != nil {
		return err
	}
	if s.Kind == record.Detainee {
		return m.person(s)
	}
	for _, target := range sortedIDs(refs(s)) {
		t, err := m.read(target)
		if err != nil {
			return err
		}
		if t != nil && t.Kind == record.Detainee {
			if err := m.person(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// person takes a person with all that his page shows: those whom he was found to be,
// what refers to him, and what that refers to.
func (m *openingMaker) person(s *fold.State) error {
	o := m.office
	if m.people[s.ID] || m.full() {
		return nil
	}
	m.people[s.ID] = true
	if took, err := m.take(s.ID, openingDepth); !took {
		return err
	}
	same := o.merges.from(s.ID)
	if into := o.merges.into(s.ID); !into.IsZero() {
		same = append(same, into)
	}
	for _, id := range same {
		other, err := m.read(id)
		if err != nil {
			return err
		}
		if other != nil {
			if err := m.person(other); err != nil {
				return err
			}
		}
	}
	ids, err := m.links(s.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := m.take(id, openingDepth); err != nil {
			return err
		}
	}
	return nil
}

// links gives what refers to a record where the whole team sees it.
func (m *openingMaker) links(id record.ID) ([]record.ID, error) {
	o := m.office
	if err := o.enter("read links"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	return o.store.Links(id, 0)
}

// read gives a record as the whole team sees it; nil where a picture must not hold
// it.
func (m *openingMaker) read(id record.ID) (*fold.State, error) {
	o := m.office
	if err := o.enter("read record"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	s, _, err := o.state(id)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if _, restricted := o.circles.restrictedTo(id); restricted || !openable(s) || o.away.has(id) {
		return nil, nil
	}
	return s, nil
}

// take takes one record and those that it refers to, but no other person. false: it
// may not be taken.
func (m *openingMaker) take(id record.ID, depth int) (bool, error) {
	if m.taken[id] {
		return true, nil
	}
	s, err := m.read(id)
	if s == nil || err != nil {
		return false, err
	}
	b := s.Encode(nil)
	if len(b) > maxOpeningTogether || len(m.states) >= maxOpeningRecords {
		return false, nil
	}
	m.taken[id] = true
	m.states, m.plain = append(m.states, b), m.plain+len(b)
	if _, err := m.meter.Write(b); err != nil {
		return false, err
	}
	if depth == 0 {
		return true, nil
	}
	for _, target := range sortedIDs(refs(s)) {
		t, err := m.read(target)
		if err != nil {
			return true, err
		}
		if t == nil || t.Kind == record.Detainee {
			continue
		}
		if _, err := m.take(target, depth-1); err != nil {
			return true, err
		}
	}
	return true, nil
}

// changesHere is how many changes this device holds.
func (o *Office) changesHere(ctx context.Context) (int, error) {
	if err := o.enter("count changes"); err != nil {
		return 0, err
	}
	defer o.use.RUnlock()
	if err := o.counted(ctx); err != nil {
		return 0, err
	}
	o.tally.mu.Lock()
	defer o.tally.mu.Unlock()
	return o.tally.all, nil
}
