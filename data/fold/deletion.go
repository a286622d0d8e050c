package fold

import (
	"encoding/base32"
	"slices"
	"strconv"
	"strings"

	"paradero/data/ledger"
	"paradero/data/record"
)

// A deletion says what it takes away: "true", then the Lamport time up to which
// everything was seen, then the writes beyond it that were seen, one a line.
// What it does not name was written at the same time by somebody who did not
// know, and such a record stays until a person decides.
const (
	deleted     = "true"
	broughtBack = "false"
)

// mostNamed keeps a deletion small: of a record of more writes the older ones
// are named by time, which is exact on the device that deletes.
const mostNamed = 512

var shortHash = base32.StdEncoding.WithPadding(base32.NoPadding)

// nameOf names a write by as much of its hash as nobody can meet by chance.
func nameOf(w record.Write) string {
	return shortHash.EncodeToString(w.Batch[:15]) + "." + strconv.Itoa(int(w.Index))
}

// Deletion is the text of a deletion by somebody who sees the record as it is.
func (s *State) Deletion() string {
	seen := s.speaking()
	slices.SortFunc(seen, func(a, b int) int { return s.Origins[b].Order(&s.Origins[a]) })
	bound := uint64(0)
	if len(seen) > mostNamed {
		bound = s.Origins[seen[mostNamed]].Lamport
		seen = seen[:mostNamed]
	}
	lines := []string{deleted, strconv.FormatUint(bound, 10)}
	for _, at := range seen {
		lines = append(lines, nameOf(s.Origins[at].Write))
	}
	return strings.Join(lines, "\n")
}

// BroughtBack is the text that ends a deletion.
func BroughtBack() string { return broughtBack }

// IsDeletion tells whether a value of ledger.FieldDeleted takes the record away.
func IsDeletion(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	return first == deleted
}

// speaking gives the origins of live values and entries, but for deletions. What
// a circle sealed speaks whether it is read or not, so that who deletes the record
// without reading it takes it away for everybody.
func (s *State) speaking() []int {
	used := make([]bool, len(s.Origins))
	for i := range s.Cells {
		if s.Cells[i].Num == ledger.FieldDeleted {
			continue
		}
		for _, v := range s.Cells[i].Vals {
			used[v.Origin] = true
		}
	}
	for i := range s.Entries {
		used[s.Entries[i].Origin] = true
	}
	for _, c := range s.Circled {
		used[c.Origin] = true
	}
	var out []int
	for i, u := range used {
		if u {
			out = append(out, i)
		}
	}
	return out
}

// Deleted tells whether the record is not to be shown: it was taken away by one
// who knew all that stands in it and not brought back, or erased, or nothing
// that was said of it counts.
func (s *State) Deleted() bool {
	if len(s.Origins) == 0 || len(s.Erased) > 0 {
		return true
	}
	away, back := s.deletions()
	return len(away) > 0 && len(back) == 0 && len(s.unseen(away)) == 0
}

// EditedAfterDelete tells whether somebody took the record away while another
// wrote in it or brought it back without knowing.
func (s *State) EditedAfterDelete() bool {
	if len(s.Origins) == 0 || len(s.Erased) > 0 {
		return false
	}
	away, back := s.deletions()
	return len(away) > 0 && (len(back) > 0 || len(s.unseen(away)) > 0)
}

// Unseen gives the values of ledger.FieldDeleted that take the record away, and
// the origins of what whoever did so had not seen, the latest first.
func (s *State) Unseen() (deletions []Val, edits []int) {
	away, back := s.deletions()
	if len(away) == 0 {
		return nil, nil
	}
	edits = s.unseen(away)
	for _, v := range back {
		edits = append(edits, v.Origin)
	}
	slices.SortFunc(edits, func(a, b int) int { return s.Origins[b].Order(&s.Origins[a]) })
	return away, slices.Compact(edits)
}

func (s *State) deletions() (away, back []Val) {
	for _, v := range s.Vals(ledger.FieldDeleted) {
		switch {
		case IsDeletion(v.Text):
			away = append(away, v)
		case v.Text != "":
			back = append(back, v)
		}
	}
	return away, back
}

// unseen gives the origins of what none of the deletions had seen.
func (s *State) unseen(away []Val) []int {
	if len(away) == 0 {
		return nil
	}
	named, bound := map[string]bool{}, uint64(0)
	for _, v := range away {
		o := &s.Origins[v.Origin]
		named[nameOf(o.Write)] = true
		lines := strings.Split(v.Text, "\n")
		if len(lines) < 2 {
			bound = max(bound, o.Lamport) // it names nothing: all before it
			continue
		}
		if n, err := strconv.ParseUint(lines[1], 10, 64); err == nil {
			bound = max(bound, n)
		}
		for _, name := range lines[2:] {
			named[name] = true
		}
	}
	return slices.DeleteFunc(s.speaking(), func(at int) bool {
		o := &s.Origins[at]
		return o.Lamport <= bound || named[nameOf(o.Write)]
	})
}
