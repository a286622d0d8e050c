package fold

import (
	"time"

	"paradero/data/record"
)

// View gives the record as its readers see it. names turns a member's id into
// the name that he has in this office.
func View(s *State, names func(record.ID) string) *record.Record {
	r := &record.Record{ID: s.ID, Kind: s.Kind, Values: make(map[string][]record.Val, len(s.Cells)), Deleted: s.Deleted(), EditedAfterDelete: s.EditedAfterDelete(), Seen: s}
	r.Circle, r.Circled, r.Closed = s.Circle, len(s.Circled), len(s.Circled)
	for _, c := range s.Circled {
		if c.Open {
			r.Closed--
		}
	}
	if len(s.Origins) > 0 {
		first, last := &s.Origins[s.First], &s.Origins[s.Last]
		r.Created, r.Author, r.Changed = first.When(), names(first.Author), last.When()
	}
	schema := record.SchemaOf(s.Kind)
	if schema == nil {
		return r
	}
	for i := range s.Cells {
		c := &s.Cells[i]
		f, ok := schema.FieldNum(c.Num)
		if !ok {
			continue // a newer version's field: kept in the state, not shown
		}
		if vals := s.view(c, names); len(vals) > 1 || len(vals) == 1 && vals[0].Text != "" {
			r.Values[f.Name] = vals
		}
	}
	keys := make(map[int]record.ID, len(s.Circled))
	for _, c := range s.Circled {
		keys[c.Origin] = c.Key
	}
	r.Entries = make([]record.Entry, 0, len(s.Entries))
	for i := range s.Entries {
		if e, ok := s.viewEntry(&s.Entries[i], names); ok {
			if s.Origins[s.Entries[i].Origin].Second && deathClaim(&s.Entries[i]) {
				s.viewSecond(&e, s.Entries[i].Origin, names)
			}
			e.Key = keys[s.Entries[i].Origin]
			r.Entries = append(r.Entries, e)
		}
	}
	r.Second, _ = s.letter()
	return r
}

// viewSecond says how a claim stands that takes two members, and who decided.
func (s *State) viewSecond(e *record.Entry, origin int, names func(record.ID) string) {
	e.Second = s.SecondOf(origin)
	if _, word := s.Decision(origin); word >= 0 {
		by := &s.Origins[s.Entries[word].Origin]
		e.Decided, e.DecidedAt = by.by(names), by.When()
	}
}

// view gives a cell's values; equal values are one, whoever said them.
func (s *State) view(c *Cell, names func(record.ID) string) []record.Val {
	vals := make([]record.Val, 0, len(c.Vals))
next:
	for _, v := range c.Vals {
		for _, seen := range vals {
			if seen.Text == v.Text {
				continue next
			}
		}
		o := &s.Origins[v.Origin]
		vals = append(vals, record.Val{
			Text: v.Text, Write: o.Write, Lamport: o.Lamport, At: o.When(),
			By: o.by(names), Device: o.Device, List: o.List,
		})
	}
	return vals
}

func (s *State) viewEntry(e *Entry, names func(record.ID) string) (record.Entry, bool) {
	schema := record.SchemaOf(e.Kind)
	if schema == nil {
		return record.Entry{}, false
	}
	o := &s.Origins[e.Origin]
	out := record.Entry{
		ID: e.ID, Kind: e.Kind, Values: make(map[string]string, len(e.Values)), Write: o.Write,
		Order: o.Lamport, At: o.When(), By: o.by(names), Device: o.Device, List: o.List, Author: o.Author,
	}
	for _, v := range e.Values {
		if f, ok := schema.FieldNum(v.Num); ok {
			out.Values[f.Name] = v.Text
		}
	}
	return out, true
}

// When is the writer's wall clock with the writer's zone.
func (o *Origin) When() time.Time {
	return time.UnixMilli(o.Wall).In(time.FixedZone("", int(o.Zone)*60))
}

func (o *Origin) by(names func(record.ID) string) string {
	if o.List != "" {
		return o.List
	}
	return names(o.Author)
}

// Replaces gives the writes that a form, opened on the state as it was then,
// replaces in a field: all values that were live.
func (s *State) Replaces(num uint16) []record.Write {
	vals := s.Vals(num)
	out := make([]record.Write, 0, len(vals))
	for _, v := range vals {
		out = append(out, s.Origins[v.Origin].Write)
	}
	return out
}
