package record

// TakenBack gives the ids of the entries that another one corrects, in whatever
// order they stand. A correction that was itself taken back corrects nothing:
// so a correction can be undone.
func TakenBack(entries []Entry) map[ID]bool {
	var by map[ID][]ID // who corrects an entry
	for i := range entries {
		text := entries[i].Values["corrects"]
		if text == "" {
			continue
		}
		if id, err := ParseID(text); err == nil && id != entries[i].ID {
			if by == nil {
				by = map[ID][]ID{}
			}
			by[id] = append(by[id], entries[i].ID)
		}
	}
	if len(by) == 0 {
		return nil
	}
	back, asked := make(map[ID]bool, len(by)), make(map[ID]bool, len(by))
	var gone func(ID) bool
	gone = func(id ID) bool {
		if asked[id] {
			return back[id]
		}
		asked[id] = true // also ends a circle, which nobody can write: ids are hashes
		for _, c := range by[id] {
			if !gone(c) {
				back[id] = true
			}
		}
		return back[id]
	}
	for id := range by {
		gone(id)
	}
	return back
}

// Standing gives the entries of one kind that nobody took back and that are
// more than a correction: what counts, oldest first.
func (r *Record) Standing(k Kind) []Entry {
	back := TakenBack(r.Entries)
	var out []Entry
	for i := range r.Entries {
		e := &r.Entries[i]
		if e.Kind == k && !back[e.ID] && !e.onlyCorrects() {
			out = append(out, *e)
		}
	}
	return out
}

// onlyCorrects tells whether an entry takes another back and says nothing itself.
func (e *Entry) onlyCorrects() bool {
	if e.Values["corrects"] == "" {
		return false
	}
	for name, text := range e.Values {
		switch name {
		case "corrects", "reason", "source", "source_kind", "when":
		default:
			if text != "" {
				return false
			}
		}
	}
	return true
}
