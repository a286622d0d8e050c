package data

import (
	"maps"
	"slices"

	"paradero/data/fold"
	"paradero/data/record"
	"paradero/data/search"
	"paradero/data/store"
)

// The working copy keeps of a restricted record what everybody sees of it, the
// same on every device and whoever signs in. What its circle sees is folded from
// the journal when it is asked for, and stands in memory only.

// insideOf gives a record as who is signed in sees it: with what his circles
// sealed. The caller keeps working copy and journal in place.
func (o *Office) insideOf(s *fold.State, places []fold.Place) *fold.State {
	if len(s.Circled) == 0 || !slices.ContainsFunc(s.Circled, func(c fold.Circled) bool { _, ok := o.circles.key(c.Key); return ok }) {
		return s
	}
	b := &o.circles
	b.mu.RLock()
	known, ok := b.inside[s.ID]
	b.mu.RUnlock()
	if ok && known.changes == len(places) {
		return known.state
	}
	pieces := make([]fold.Piece, 0, len(places))
	for _, p := range places {
		t, err := o.telling(p)
		if err != nil || t.lost {
			return s // damaged: what everybody sees was folded before
		}
		if t.refused == "" {
			pieces = append(pieces, o.insidersOnly(s, t.Piece))
		}
	}
	in := fold.Inside(pieces)
	if len(in.Origins) == 0 {
		return s
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inside[s.ID] = insideState{in, len(places)}
	return in
}

// sharedRow is what lists show of a record to everybody: of a restricted one no more
// than that there is one.
func (o *Office) sharedRow(s *fold.State) search.Row {
	row := rowOf(fold.View(s, o.names.get))
	if !isRestricted(s) {
		return row
	}
	row.Flags |= search.Restricted
	if s.Circle.IsZero() {
		return row // only single notes of it are
	}
	return search.Row{ID: row.ID, Kind: row.Kind, Flags: row.Flags & (search.Restricted | search.Merged | search.Contradicted)}
}

// ownRow is what lists show of a restricted record to who is signed in.
func (o *Office) ownRow(s *fold.State, places []fold.Place) search.Row {
	in := o.insideOf(s, places)
	if !in.Inside || !s.Circle.IsZero() && !o.mine(s.Circle) {
		return o.sharedRow(s)
	}
	row := rowOf(fold.View(in, o.names.get))
	row.Flags |= search.Restricted
	return row
}

// mine tells whether who is signed in belongs to a circle.
func (o *Office) mine(id record.ID) bool {
	c, ok := o.circles.circle(id)
	return ok && slices.Contains(c.members, o.Info().Member)
}

// noteRestricted brings what is restricted of a record into the book and gives the
// row that stands for it here.
func (o *Office) noteRestricted(s *fold.State, places []fold.Place) search.Row {
	o.circles.drop(s.ID)
	var secret map[record.ID]bool
	if !s.Deleted() && isRestricted(s) {
		if in := o.insideOf(s, places); in.Inside {
			secret = maps.Clone(refs(in))
			for id := range refs(s) {
				delete(secret, id)
			}
		}
	}
	o.circles.put(s, secret)
	return o.ownRow(s, places)
}

// showRestricted looks again at everything that is restricted: a key came, or
// somebody went.
func (o *Office) showRestricted() error {
	for _, id := range o.circles.restrictedIDs() {
		s, places, err := o.state(id)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return err
		}
		row := o.noteRestricted(s, places)
		if s.Deleted() || o.away.has(id) {
			continue
		}
		if listed(s.Kind) {
			row.Flags |= o.merges.marks(id)
			o.index.Put(row)
		}
		o.watchers.tell(Event{Kind: s.Kind, ID: id})
	}
	return nil
}

// putMarked notes the records of which a circle holds something or did, or that
// somebody would restrict: they are few, and are looked at when the office opens.
func (o *Office) putMarked(tx *store.Tx, list []*touched) error {
	for _, t := range list {
		if t.marked || isRestricted(t.state) {
			if err := tx.MarkCircled(t.state.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// readRestricted lets the law know who restricted what, and fills the book, when
// the office is opened.
func (o *Office) readRestricted() error {
	ids, err := o.store.Circled()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := o.readLaw(id); err != nil {
			return err
		}
	}
	for _, id := range ids {
		s, places, err := o.state(id)
		if err != nil {
			return err
		}
		row := o.noteRestricted(s, places)
		if isRestricted(s) && listed(s.Kind) && !s.Deleted() && !o.away.has(id) {
			o.index.Put(row)
		}
	}
	return nil
}
