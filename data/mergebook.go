package data

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"paradero/data/fold"
	"paradero/data/record"
	"paradero/data/search"
)

// mergeBook knows which records were merged into which. One whose merges run in
// a circle, lead nowhere or contradict each other stands for itself, so that
// nobody disappears.
type mergeBook struct {
	mu    sync.RWMutex
	said  map[record.ID]record.ID   // as each record says
	final map[record.ID]record.ID   // where those are that do not stand for themselves
	loops map[record.ID]bool        // whose merges run in a circle
	kinds map[record.ID]record.Kind // of those in said
}

func (b *mergeBook) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said, b.final, b.loops, b.kinds = nil, nil, nil, nil
}

// into gives the record that one is the same person as; zero when it stands for itself.
func (b *mergeBook) into(id record.ID) record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.final[id]
}

// from gives the records that were merged into one, directly or through others.
func (b *mergeBook) from(id record.ID) []record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []record.ID
	for other, into := range b.final {
		if into == id {
			out = append(out, other)
		}
	}
	slices.SortFunc(out, func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// all gives every record that does not stand for itself, and where it is.
func (b *mergeBook) all() map[record.ID]record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return maps.Clone(b.final)
}

// hidden counts the records of a kind that do not stand for themselves.
func (b *mergeBook) hidden(kind record.Kind) int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	n := 0
	for id := range b.final {
		if b.kinds[id] == kind {
			n++
		}
	}
	return n
}

// circles gives the groups of records whose merges run in a circle, each in the
// order of the merges from its least id.
func (b *mergeBook) circles() [][]record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out [][]record.ID
	seen := map[record.ID]bool{}
	for _, id := range sortedIDs(b.loops) {
		if seen[id] {
			continue
		}
		var circle []record.ID
		for at := id; !seen[at]; at = b.said[at] {
			seen[at] = true
			circle = append(circle, at)
		}
		out = append(out, circle)
	}
	return out
}

func sortedIDs(set map[record.ID]bool) []record.ID {
	ids := make([]record.ID, 0, len(set))
	for id := range set {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) })
	return ids
}

// note takes in what records say of themselves; a zero target: nothing any more.
// It tells whether anything changed.
func (b *mergeBook) note(id record.ID, kind record.Kind, into record.ID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.said[id] == into {
		return false
	}
	if into.IsZero() {
		delete(b.said, id)
		return true
	}
	if b.said == nil {
		b.said, b.kinds = map[record.ID]record.ID{}, map[record.ID]record.Kind{}
	}
	b.said[id], b.kinds[id] = into, kind
	return true
}

func (b *mergeBook) empty() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.said) == 0 && len(b.final) == 0 && len(b.loops) == 0
}

// settle finds anew where each record is, and gives those that changed: marked
// otherwise than before. shown tells whether a record is here and not deleted.
func (b *mergeBook) settle(shown func(record.ID) bool) []record.ID {
	b.mu.Lock()
	defer b.mu.Unlock()
	final, loops := map[record.ID]record.ID{}, map[record.ID]bool{}
	for id := range b.said {
		at, steps := id, 0
		for steps <= len(b.said) && !b.said[at].IsZero() && shown(b.said[at]) {
			at = b.said[at]
			steps++
			if at == id {
				loops[id] = true
				break
			}
		}
		if at != id && steps <= len(b.said) {
			final[id] = at
		}
	}
	var changed []record.ID
	for id := range b.kinds {
		if final[id] != b.final[id] || loops[id] != b.loops[id] {
			changed = append(changed, id)
		}
	}
	b.final, b.loops = final, loops
	return changed
}

// marks are the flags that a row gets beside its own.
func (b *mergeBook) marks(id record.ID) uint32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	switch {
	case b.loops[id]:
		return search.Contradicted
	case !b.final[id].IsZero():
		return search.Hidden
	}
	return 0
}

// mergedInto gives whom a record says it was merged into: nobody where two were named.
func mergedInto(r *record.Record) record.ID {
	if len(r.Values["merged_into"]) != 1 {
		return record.ID{}
	}
	return r.Ref("merged_into")
}

// showMerges keeps the book current after records were folded, and marks the
// rows of those who are found elsewhere from now on, or no longer are.
func (o *Office) showMerges(list []*touched) {
	touchedRows := map[record.ID]bool{}
	any := false
	for _, t := range list {
		into := record.ID{}
		if t.row.Flags&search.Merged != 0 && !t.gone {
			into = mergedInto(fold.View(t.state, o.names.get))
		}
		any = o.merges.note(t.state.ID, t.state.Kind, into) || any
		touchedRows[t.state.ID] = true
	}
	if any || !o.merges.empty() {
		o.markMerged(touchedRows)
	}
}

// markMerged puts the rows anew whose marks changed, or that were just put
// without them.
func (o *Office) markMerged(put map[record.ID]bool) {
	for _, id := range o.merges.settle(o.shown) {
		put[id] = true
	}
	for id := range put {
		row, ok := o.index.Get(id)
		if !ok || row.Flags&(search.Merged|search.Hidden) == 0 {
			continue
		}
		s, places, err := o.stateShown(id)
		if err != nil {
			continue
		}
		row = o.ownRow(s, places)
		row.Flags |= o.merges.marks(id)
		o.index.Put(row)
		o.watchers.tell(Event{Kind: row.Kind, ID: id})
	}
}

func (o *Office) shown(id record.ID) bool {
	_, ok := o.index.Get(id)
	return ok
}

// readMerges fills the book from the rows.
func (o *Office) readMerges() error {
	o.merges.reset()
	rows := o.index.Find(search.Query{Kinds: mergeable(), Flag: search.Merged})
	put := map[record.ID]bool{}
	for i := range rows.Len() {
		s, _, err := o.stateShown(rows.ID(i))
		if err != nil {
			return err
		}
		o.merges.note(s.ID, s.Kind, mergedInto(fold.View(s, o.names.get)))
		put[s.ID] = true
	}
	if len(put) > 0 {
		o.markMerged(put)
	}
	return nil
}

func mergeable() []record.Kind { return []record.Kind{record.Detainee, record.Contact} }

// asMerged shows a record as it is after the merges: where it is itself, and in
// the place of those it refers to the records that they were merged into.
func (o *Office) asMerged(r *record.Record) *record.Record {
	if o.merges.empty() {
		return r
	}
	r.MergedInto = o.merges.into(r.ID)
	schema := record.SchemaOf(r.Kind)
	if schema == nil {
		return r
	}
	for i := range schema.Fields {
		f := &schema.Fields[i]
		if f.Name == "merged_into" || f.Type != record.Ref && f.Type != record.Refs {
			continue
		}
		for k := range r.Values[f.Name] {
			r.Values[f.Name][k].Text = o.finalRefs(r.Values[f.Name][k].Text)
		}
	}
	return r
}

// finalRefs puts the records that others were merged into in their places, each once.
func (o *Office) finalRefs(text string) string {
	var out []string
	for _, item := range record.SplitList(text) {
		if id, err := record.ParseID(item); err == nil {
			if into := o.merges.into(id); !into.IsZero() {
				item = into.String()
			}
		}
		if !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return record.JoinList(out)
}

// sameRefs tells whether a reference names those who stand there already, by
// the records that they were merged into.
func (o *Office) sameRefs(f *record.Field, s *fold.State, text string) bool {
	if f.Type != record.Ref && f.Type != record.Refs || o.merges.empty() {
		return false
	}
	vals := s.Vals(f.Num)
	return len(vals) > 0 && !slices.ContainsFunc(vals, func(v fold.Val) bool { return o.finalRefs(v.Text) != text })
}
