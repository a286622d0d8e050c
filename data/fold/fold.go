// Package fold turns changes into a record. What comes out depends on which
// changes went in, never on when or in which order they arrived: they are folded
// in their one order (Origin.Order), and who gets a change that belongs before
// others folds the record anew.
//
// What must not live here: storage, keys, and conclusions from several claims
// (data/rule). It decides nothing about rights; it folds what it is given.
package fold

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
)

// Origin is the change that a value or an entry came from.
type Origin struct {
	Write   record.Write
	Lamport uint64
	Wall    int64 // milliseconds since 1970, UTC; shown, never used for order
	Zone    int32 // the writer's offset from UTC in minutes
	Author  record.ID
	Device  record.ID
	List    string
	Second  bool // what takes two members takes a second one's word, see Ask
}

// Order compares origins by (lamport, hash, index): later is greater. It is
// the same on every device and has nothing to do with clocks.
func (o *Origin) Order(p *Origin) int {
	if c := cmp.Compare(o.Lamport, p.Lamport); c != 0 {
		return c
	}
	if c := bytes.Compare(o.Write.Batch[:], p.Write.Batch[:]); c != 0 {
		return c
	}
	return cmp.Compare(o.Write.Index, p.Write.Index)
}

// Val is one live value: a write that no other write names.
type Val struct {
	Origin int // index into State.Origins
	Text   string
}

// Cell is a field with its live values.
type Cell struct {
	Num  uint16
	Vals []Val
}

// Entry is an added row.
type Entry struct {
	ID     record.ID // EntryID of origin and index
	Kind   record.Kind
	Origin int
	Index  uint16 // its place in its change, the order in which it was said
	Values []ledger.Text
}

// Said is what an imported list last said of a field whose value somebody has
// since replaced: bringing the same list in again must not undo that.
type Said struct {
	List    string
	Num     uint16
	Lamport uint64
	Hash    uint64
}

// State is what one record's changes fold to, with all that a later change
// needs. Slices are kept sorted, so that equal states have equal bytes.
type State struct {
	ID      record.ID
	Kind    record.Kind
	Origins []Origin       // those that something live came from, and the first
	First   int            // the origin that made the record
	Last    int            // the latest origin that touched it
	Cells   []Cell         // by number
	Entries []Entry        // by (order, index)
	Said    []Said         // by (list, number)
	Later   bool           // an unknown critical operation: read-only until the program is newer
	Erased  []record.Write // changes whose values are gone for ever, sorted; any: the record is no longer shown
	Asks    []Ask          // what waited or waits for a second member's word, in order
	Circle  record.ID      // whom what is written from now on is restricted to; zero: the whole team
	Circled []Circled      // the changes that a circle sealed, in order

	// Inside: folded for somebody who is in circles, with what those sealed that he
	// can read. Otherwise it is what everybody sees, which is all that is ever kept.
	Inside bool
}

// Circled is a change that a circle sealed.
type Circled struct {
	Origin int
	Key    record.ID
	Open   bool // it was read; only of what is folded Inside
}

// EntryID names an entry: where it stands in the ledger, hashed.
func EntryID(w record.Write, i int) record.ID {
	b := make([]byte, 0, 40)
	b = append(b, w.Batch[:]...)
	b = binary.BigEndian.AppendUint16(b, w.Index)
	b = binary.BigEndian.AppendUint16(b, uint16(i))
	sum := sha256.Sum256(b)
	return record.ID(sum[:16])
}

// TextHash is what Said remembers of a text, however it is spelled.
func TextHash(text string) uint64 {
	sum := sha256.Sum256([]byte(record.Plain(text)))
	return binary.BigEndian.Uint64(sum[:8])
}

// Apply folds one change into a state; a new record's state is &State{}.
func Apply(s *State, c *ledger.Change, o Origin) {
	if len(s.Origins) == 0 {
		s.ID, s.Kind = c.Record, c.Kind
	}
	if c.Kind != s.Kind {
		return // a record is of the kind that its first change made it
	}
	at := s.addOrigin(o)
	switch c.Op {
	case ledger.OpEdit:
		s.edit(c, at)
	case ledger.OpErase:
		if o.Second {
			s.Asks = append(s.Asks, Ask{Origin: at, Erase: true, Erases: c.Erases})
		} else {
			s.erase(c.Erases)
		}
	case ledger.OpRestrict:
		s.Circle = c.Target
	default:
		s.Later = s.Later || c.Critical
	}
	s.prune()
}

// edit takes in what a change says. One whose values are not here replaces what
// it replaced all the same: what was corrected does not come back.
func (s *State) edit(c *ledger.Change, at int) {
	if !c.Circle.IsZero() {
		if !s.Inside {
			c = c.Veiled()
		}
		s.Circled = append(s.Circled, Circled{Origin: at, Key: c.Circle, Open: !c.Closed && !c.Erased})
	}
	silent := c.Erased || c.Closed
	fields := s.hold(c, at)
	for i := range fields {
		s.write(&fields[i], at, silent)
	}
	if silent {
		return
	}
	for i := range c.Entries {
		e := Entry{ID: EntryID(s.Origins[at].Write, i), Kind: c.Entries[i].Kind, Origin: at, Index: uint16(i), Values: c.Entries[i].Values}
		s.Entries = append(s.Entries, e)
	}
	if len(s.Asks) > 0 && slices.ContainsFunc(c.Entries, func(e ledger.Entry) bool { return e.Kind == record.Approval }) {
		s.carryOut()
	}
}

func (s *State) addOrigin(o Origin) int {
	s.Origins = append(s.Origins, o)
	at := len(s.Origins) - 1
	if at == 0 || o.Order(&s.Origins[s.First]) < 0 {
		s.First = at
	}
	if at == 0 || o.Order(&s.Origins[s.Last]) > 0 {
		s.Last = at
	}
	return at
}

// cell finds or makes the cell of a field.
func (s *State) cell(num uint16) *Cell {
	i, ok := slices.BinarySearchFunc(s.Cells, num, func(c Cell, n uint16) int { return cmp.Compare(c.Num, n) })
	if !ok {
		s.Cells = slices.Insert(s.Cells, i, Cell{Num: num})
	}
	return &s.Cells[i]
}

// write takes away the values that the write names and adds its own, unless that
// is not here.
func (s *State) write(f *ledger.Field, at int, silent bool) {
	c := s.cell(f.Num)
	kept := c.Vals[:0]
	for _, v := range c.Vals {
		o := &s.Origins[v.Origin]
		if !slices.Contains(f.Pred, o.Write) {
			kept = append(kept, v)
			continue
		}
		if o.List != "" && o.List != s.Origins[at].List {
			s.remember(o.List, f.Num, o.Lamport, v.Text)
		}
	}
	c.Vals = kept
	if !silent {
		c.Vals = append(c.Vals, Val{Origin: at, Text: f.Text})
	}
	slices.SortFunc(c.Vals, func(a, b Val) int { return s.Origins[b.Origin].Order(&s.Origins[a.Origin]) })
}

// remember notes what a list said, the later one if it said two things.
func (s *State) remember(list string, num uint16, lamport uint64, text string) {
	said := Said{List: list, Num: num, Lamport: lamport, Hash: TextHash(text)}
	i, ok := slices.BinarySearchFunc(s.Said, said, compareSaid)
	switch {
	case !ok:
		s.Said = slices.Insert(s.Said, i, said)
	case s.Said[i].Lamport < lamport || s.Said[i].Lamport == lamport && s.Said[i].Hash < said.Hash:
		s.Said[i] = said
	}
}

func compareSaid(a, b Said) int {
	if c := cmp.Compare(a.List, b.List); c != 0 {
		return c
	}
	return cmp.Compare(a.Num, b.Num)
}

// prune sorts everything into its one order, and drops the origins from which
// nothing lives and what Said repeats of a live value.
func (s *State) prune() {
	if len(s.Origins) == 1 {
		s.dropRepeated()
		s.sortEntries()
		return
	}
	used := make([]bool, len(s.Origins))
	used[s.First], used[s.Last] = true, true
	for i := range s.Cells {
		for _, v := range s.Cells[i].Vals {
			used[v.Origin] = true
		}
	}
	for i := range s.Entries {
		used[s.Entries[i].Origin] = true
	}
	for i := range s.Asks {
		used[s.Asks[i].Origin] = true
	}
	for _, c := range s.Circled {
		used[c.Origin] = true
	}
	order := make([]int, 0, len(used))
	for i, u := range used {
		if u {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return s.Origins[a].Order(&s.Origins[b]) })
	moved := make([]int, len(s.Origins))
	kept := make([]Origin, len(order))
	for to, from := range order {
		moved[from], kept[to] = to, s.Origins[from]
	}
	s.Origins, s.First, s.Last = kept, moved[s.First], moved[s.Last]
	for i := range s.Cells {
		for k := range s.Cells[i].Vals {
			s.Cells[i].Vals[k].Origin = moved[s.Cells[i].Vals[k].Origin]
		}
	}
	for i := range s.Entries {
		s.Entries[i].Origin = moved[s.Entries[i].Origin]
	}
	for i := range s.Asks {
		s.Asks[i].Origin = moved[s.Asks[i].Origin]
	}
	for i := range s.Circled {
		s.Circled[i].Origin = moved[s.Circled[i].Origin]
	}
	s.dropRepeated()
	s.sortEntries()
}

// dropRepeated leaves in Said only what no live value says itself.
func (s *State) dropRepeated() {
	s.Said = slices.DeleteFunc(s.Said, func(said Said) bool {
		i, ok := slices.BinarySearchFunc(s.Cells, said.Num, func(c Cell, n uint16) int { return cmp.Compare(c.Num, n) })
		if !ok {
			return false
		}
		return slices.ContainsFunc(s.Cells[i].Vals, func(v Val) bool {
			o := &s.Origins[v.Origin]
			// Of two that a list said at one time the greater hash is remembered, so
			// that it does not depend on which of them was replaced first.
			return o.List == said.List && (o.Lamport > said.Lamport || o.Lamport == said.Lamport && TextHash(v.Text) >= said.Hash)
		})
	})
}

func (s *State) sortEntries() {
	if len(s.Entries) < 2 {
		return
	}
	slices.SortFunc(s.Entries, func(a, b Entry) int {
		if c := s.Origins[a.Origin].Order(&s.Origins[b.Origin]); c != 0 {
			return c
		}
		return cmp.Compare(a.Index, b.Index)
	})
}

// Vals gives the live values of a field, the shown one first.
func (s *State) Vals(num uint16) []Val {
	i, ok := slices.BinarySearchFunc(s.Cells, num, func(c Cell, n uint16) int { return cmp.Compare(c.Num, n) })
	if !ok {
		return nil
	}
	return s.Cells[i].Vals
}

// ListSaid tells whether a list has spoken of a field, and whether this is what
// it last said. How it is spelled counts while the list's own value stands, not
// when somebody has replaced it or the list only repeated what was known.
func (s *State) ListSaid(list string, num uint16, text string) (same, spoke bool) {
	vals := s.Vals(num)
	for _, v := range vals {
		if s.Origins[v.Origin].List != list {
			continue
		}
		repeated := slices.ContainsFunc(vals, func(w Val) bool { return w.Origin != v.Origin && w.Text == v.Text })
		return v.Text == text || repeated && record.Plain(v.Text) == record.Plain(text), true
	}
	i, ok := slices.BinarySearchFunc(s.Said, Said{List: list, Num: num}, compareSaid)
	return ok && s.Said[i].Hash == TextHash(text), ok
}
