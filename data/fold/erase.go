package fold

import (
	"bytes"
	"cmp"
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
)

// HoldField is the field in which a person says why a record must be kept: an
// erasure that names such a word has no effect (DESIGN §3).
const HoldField = "legal_hold"

// CompareWrites is the order in which writes are kept.
func CompareWrites(a, b record.Write) int {
	return cmp.Or(bytes.Compare(a.Batch[:], b.Batch[:]), cmp.Compare(a.Index, b.Index))
}

// Held gives the reason why a record must be kept, "" when none stands.
func (s *State) Held() string {
	schema := record.SchemaOf(s.Kind)
	if schema == nil {
		return ""
	}
	f, ok := schema.Field(HoldField)
	if !ok {
		return ""
	}
	for _, v := range s.Vals(f.Num) {
		if v.Text != "" {
			return v.Text
		}
	}
	return ""
}

// erase takes away what the named changes said, for ever. Nothing goes while a
// person's word stands that the record must be kept and the erasure names it:
// its author knew of it. A word that he did not know came too late.
func (s *State) erase(writes []record.Write) {
	if s.holds(writes) {
		return
	}
	writes = s.keepsWords(writes)
	named := map[record.Write]bool{}
	for _, w := range writes {
		named[w] = true
	}
	for i := range s.Cells {
		c := &s.Cells[i]
		c.Vals = slices.DeleteFunc(c.Vals, func(v Val) bool { return named[s.Origins[v.Origin].Write] })
	}
	s.Entries = slices.DeleteFunc(s.Entries, func(e Entry) bool { return named[s.Origins[e.Origin].Write] })
	for i := range s.Origins {
		if named[s.Origins[i].Write] {
			s.Origins[i].List = "" // it stood with the values
		}
	}
	s.Circled = slices.DeleteFunc(s.Circled, func(c Circled) bool { return named[s.Origins[c.Origin].Write] })
	s.Said = nil // hashes of what a list said are guessable
	s.Erased = append(s.Erased, writes...)
	slices.SortFunc(s.Erased, CompareWrites)
	s.Erased = slices.Compact(s.Erased)
}

func (s *State) holds(writes []record.Write) bool {
	schema := record.SchemaOf(s.Kind)
	if schema == nil {
		return false
	}
	f, ok := schema.Field(HoldField)
	return ok && slices.ContainsFunc(s.Vals(f.Num), func(v Val) bool {
		return v.Text != "" && slices.Contains(writes, s.Origins[v.Origin].Write)
	})
}

// Gone tells whether an erasure took a change's values away.
func (s *State) Gone(w record.Write) bool {
	_, ok := slices.BinarySearchFunc(s.Erased, w, CompareWrites)
	return ok
}

// Piece is one change with where it came from, as it is folded.
type Piece struct {
	Change *ledger.Change
	Origin Origin
}

// All folds pieces in their one order, each once, into what everybody sees.
func All(pieces []Piece) *State { return all(&State{}, pieces) }

// Inside is All for who is in circles.
func Inside(pieces []Piece) *State { return all(&State{Inside: true}, pieces) }

func all(s *State, pieces []Piece) *State {
	slices.SortFunc(pieces, func(a, b Piece) int { return a.Origin.Order(&b.Origin) })
	for i := range pieces {
		if i > 0 && pieces[i].Origin.Write == pieces[i-1].Origin.Write {
			continue
		}
		Apply(s, pieces[i].Change, pieces[i].Origin)
	}
	return s
}

// Follows tells whether a change comes behind all that the state was folded
// from, so that it can simply be applied.
func (s *State) Follows(o *Origin) bool {
	return len(s.Origins) == 0 || o.Order(&s.Origins[s.Last]) > 0
}
