package data

import (
	"context"
	"sync"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/search"
)

// Opening tells how far the first arrival on a new device has come, and what it can
// show meanwhile.
type Opening struct {
	Records int       // that are shown as another device saw them; 0: no picture came
	By      string    // the member on whose device the picture was made
	At      time.Time // when
	Here    int       // changes that are here already
	Total   int       // that are to come, with those; 0: not known
}

// Opening gives how the first arrival on this device stands; false where it is over:
// everything that was said when this device was let in is here.
func (o *Office) Opening(ctx context.Context) (Opening, bool) {
	b := &o.opening
	if !b.pending() {
		return Opening{}, false
	}
	here, err := o.changesHere(ctx)
	if err != nil {
		return Opening{}, false
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := Opening{Records: b.records, Here: here}
	if b.seen != nil {
		out.By, out.At, out.Total = o.names.get(b.seen.by), b.seen.at, max(b.seen.changes, here)
	}
	return out, b.kept != nil
}

// Pictured tells whether a record is shown as another device saw it, because not
// all that was said of it has come. It can be read and not changed.
func (o *Office) Pictured(id record.ID) bool {
	_, ok := o.opening.get(id)
	return ok
}

// openingBook holds the opening picture while the changes themselves arrive. What it
// shows stands in memory and sealed in a file of its own, never in the working copy:
// what that holds, counts, judges and tells others is what was said and proved.
type openingBook struct {
	turn    sync.Mutex // held by who begins or ends it
	mu      sync.RWMutex
	kept    *openingKept // nil: the first arrival is over
	seen    *seen        // without its states; nil: no picture came yet
	records int          // that it showed
	shown   map[record.ID]pictured
	only    map[record.ID]bool // those that the working copy does not show
	from    map[record.ID]map[record.ID]record.Kind
}

// pictured is one record of the picture.
type pictured struct {
	kind record.Kind
	last fold.Origin // the latest that touched it
	b    []byte      // its state, encoded
}

// pending tells whether the first arrival is still under way.
func (b *openingBook) pending() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.kept != nil
}

func (b *openingBook) get(id record.ID) (pictured, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, ok := b.shown[id]
	return p, ok
}

// state gives a record as the picture shows it; nil where it does not.
func (b *openingBook) state(id record.ID) *fold.State {
	p, ok := b.get(id)
	if !ok {
		return nil
	}
	s, err := fold.Decode(p.b)
	if err != nil {
		return nil // it was read before it was taken
	}
	return s
}

// linked gives who refers to a record in the picture.
func (b *openingBook) linked(id record.ID, kind record.Kind) []record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := map[record.ID]bool{}
	for source, of := range b.from[id] {
		if kind == 0 || kind == of {
			out[source] = true
		}
	}
	return sortedIDs(out)
}

// ids gives the records of a kind.
func (b *openingBook) ids(kind record.Kind) []record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := map[record.ID]bool{}
	for id := range b.shown {
		if b.shown[id].kind == kind {
			out[id] = true
		}
	}
	return sortedIDs(out)
}

// more is how many records of a kind are shown that the working copy has not.
func (b *openingBook) more(kind record.Kind) int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	n := 0
	for id := range b.only {
		if b.shown[id].kind == kind {
			n++
		}
	}
	return n
}

// put takes a picture in.
func (b *openingBook) put(s *seen) {
	shown, from := make(map[record.ID]pictured, len(s.states)), map[record.ID]map[record.ID]record.Kind{}
	for _, state := range s.states {
		shown[state.ID] = pictured{state.Kind, state.Origins[state.Last], state.Encode(nil)}
		for target := range refs(state) {
			if from[target] == nil {
				from[target] = map[record.ID]record.Kind{}
			}
			from[target][state.ID] = state.Kind
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = &seen{office: s.office, at: s.at, by: s.by, changes: s.changes, tips: s.tips}
	b.shown, b.from, b.records = shown, from, len(shown)
	b.only = map[record.ID]bool{}
}

// meet looks at records that were folded: the picture goes on standing for those
// whose newest changes have not come. The others it is to leave: they were brought
// as far as it shows, or something came that it must not outlive.
func (b *openingBook) meet(list []*touched) (stays map[record.ID]bool, leave []record.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.shown) == 0 {
		return nil, nil
	}
	stays = map[record.ID]bool{}
	for _, t := range list {
		p, ok := b.shown[t.state.ID]
		if !ok {
			continue
		}
		if t.gone || !openable(t.state) || t.state.Origins[t.state.Last].Order(&p.last) >= 0 {
			leave = append(leave, t.state.ID)
			continue
		}
		stays[t.state.ID] = true
		delete(b.only, t.state.ID)
	}
	return stays, leave
}

func (b *openingBook) leave(ids []record.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		delete(b.shown, id)
		delete(b.only, id)
	}
}

// stateShown is state for lists and who reads: as the picture shows it, where it
// does. The caller keeps the working copy in place.
func (o *Office) stateShown(id record.ID) (*fold.State, []fold.Place, error) {
	if s := o.opening.state(id); s != nil {
		return s, nil, nil
	}
	return o.state(id)
}

// showOpening brings what the picture shows to the lists and names: when it came,
// and when these were made anew. The caller keeps the working copy in place.
func (o *Office) showOpening() {
	b := &o.opening
	b.mu.RLock()
	ids := make(map[record.ID]bool, len(b.shown))
	for id := range b.shown {
		ids[id] = true
	}
	b.mu.RUnlock()
	var list []*touched
	for _, id := range sortedIDs(ids) {
		real, _, err := o.state(id)
		here := err == nil && !real.Deleted() && !o.away.has(id)
		s := b.state(id)
		if s == nil || o.away.has(id) || err == nil && (!openable(real) || real.Origins[real.Last].Order(&s.Origins[s.Last]) >= 0) {
			b.leave([]record.ID{id})
			continue
		}
		if !here {
			b.mu.Lock()
			b.only[id] = true
			b.mu.Unlock()
		}
		list = append(list, &touched{state: s})
	}
	for _, t := range list { // names before the rows that show them
		if known(t.state.Kind) {
			o.refresh(fold.View(t.state, o.names.get))
		}
	}
	rows := make([]search.Row, 0, len(list))
	for _, t := range list {
		if t.row = o.sharedRow(t.state); listed(t.state.Kind) {
			rows = append(rows, t.row)
		}
	}
	o.index.Put(rows...)
	o.showMerges(list)
	o.watchers.tell(Event{})
}

// dropOpening takes away what the picture shows: lists and names go back to what the
// working copy holds. Rows first, so that nobody finds one without its record. The
// caller keeps the working copy in place.
func (o *Office) dropOpening() error {
	b := &o.opening
	b.mu.RLock()
	ids := make(map[record.ID]bool, len(b.shown))
	for id := range b.shown {
		ids[id] = true
	}
	b.mu.RUnlock()
	var list []*touched
	for _, id := range sortedIDs(ids) {
		s, places, err := o.state(id)
		if err != nil && !isMissing(err) {
			return err
		}
		t := &touched{state: s, gone: err != nil || s.Deleted() || o.away.has(id)}
		list = append(list, t)
		if err != nil {
			t.state = &fold.State{ID: id}
		}
		if t.gone {
			o.index.Remove(id)
			continue
		}
		if t.row = o.ownRow(s, places); listed(s.Kind) {
			o.index.Put(t.row)
		}
		if known(s.Kind) {
			o.refresh(fold.View(s, o.names.get))
		}
	}
	b.mu.Lock()
	b.seen, b.shown, b.only, b.from, b.records = nil, nil, nil, nil, 0
	b.mu.Unlock()
	o.showMerges(list)
	return nil
}

// stillArriving refuses what must not be written while the first arrival is under
// way. Nothing has effect that this device says before it knows that it was let in:
// its place in the order would lie before that. And what is said of a record of
// which the newest is only pictured would count as older than what its author saw.
func (o *Office) stillArriving(list []*prepared) error {
	if !o.opening.pending() {
		return nil
	}
	if o.unknownHere() {
		return fault.New(fault.Refused, "save", "still_arriving")
	}
	for _, p := range list {
		if o.Pictured(p.change.Record) || p.change.Kind == record.Document && p.fresh && o.speaksOfPictured(&p.change) {
			return fault.New(fault.Refused, "save", "record_still_arriving")
		}
	}
	return nil
}

// wasLetIn tells whether it is known here that this device was let in.
func (o *Office) wasLetIn() bool {
	o.use.RLock()
	defer o.use.RUnlock()
	_, ok := o.law.Devices()[o.Info().Device]
	return ok
}

func (o *Office) speaksOfPictured(c *ledger.Change) bool {
	for i := range c.Fields {
		for _, item := range record.SplitList(c.Fields[i].Text) {
			if id, err := record.ParseID(item); err == nil && o.Pictured(id) {
				return true
			}
		}
	}
	return false
}
