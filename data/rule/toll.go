package rule

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"paradero/data/record"
)

// Series is everything that was counted of one category, by source and time.
type Series struct {
	Category      string
	Sources       []SourceCounts // in the order of their first word
	Min, Max      int            // of the sources' latest counts
	Contradictory bool           // the latest counts of one unit differ
	UnitsDiffer   bool           // bodies and parts do not compare
}

// SourceCounts is what one source counted, oldest first.
type SourceCounts struct {
	Source string // as it was last written
	Points []Count
}

// Latest is the source's last word.
func (s SourceCounts) Latest() Count { return s.Points[len(s.Points)-1] }

// Count is one count with its time.
type Count struct {
	When  string
	Count int
	Unit  string
	Entry record.Entry
}

// Tolls gathers the counts of an incident, in the order of the categories.
// What a later entry corrects is left out.
func Tolls(r *record.Record) []Series {
	if r == nil {
		return nil
	}
	entries := r.Standing(record.Toll)
	slices.SortFunc(entries, func(a, b record.Entry) int {
		return cmp.Or(cmp.Compare(said(&a), said(&b)), cmp.Compare(a.Order, b.Order), bytes.Compare(a.Write.Batch[:], b.Write.Batch[:]),
			cmp.Compare(a.Write.Index, b.Write.Index), bytes.Compare(a.ID[:], b.ID[:]))
	})
	var out []Series
	for _, category := range record.TollCategories {
		if s := series(category, entries); len(s.Sources) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func series(category string, entries []record.Entry) Series {
	s := Series{Category: category}
	place := map[string]int{}
	for _, e := range entries {
		n, err := strconv.Atoi(e.Get("count"))
		if e.Get("category") != category || err != nil {
			continue
		}
		name := cmp.Or(e.Get("source"), e.List, e.By)
		i, known := place[plain(name)]
		if !known {
			i = len(s.Sources)
			place[plain(name)] = i
			s.Sources = append(s.Sources, SourceCounts{})
		}
		s.Sources[i].Source = name
		s.Sources[i].Points = append(s.Sources[i].Points, Count{When: said(&e), Count: n, Unit: e.Get("unit"), Entry: e})
	}
	perUnit := map[string]int{}
	for i, src := range s.Sources {
		l := src.Latest()
		if i == 0 {
			s.Min, s.Max = l.Count, l.Count
		}
		s.Min, s.Max = min(s.Min, l.Count), max(s.Max, l.Count)
		if other, seen := perUnit[l.Unit]; seen && other != l.Count {
			s.Contradictory = true
		}
		perUnit[l.Unit] = l.Count
	}
	s.UnitsDiffer = len(perUnit) > 1
	return s
}
