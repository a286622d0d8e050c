package search

import (
	"cmp"
	"slices"

	"paradero/data/record"
)

// Result is what a query found, as it stood then: later changes of the index do
// not touch it. Safe for concurrent use.
type Result struct {
	rows  []*packed
	marks []uint16 // rank+1 and why, nil without text
	asked int      // words of the query
	words []string
}

// result puts the hits in order: by rank, then by name.
func (f *finding) result() *Result {
	r := &Result{words: f.x.words, asked: len(f.words)}
	if len(f.hits) < fewToSort {
		slices.SortFunc(f.hits, func(a, b uint32) int {
			if c := cmp.Compare(f.mark[a]>>8, f.mark[b]>>8); c != 0 {
				return c
			}
			return less(f.x.rows[a], f.x.rows[b])
		})
	} else {
		f.hits = f.byRank()
	}
	if n := f.q.Limit; n > 0 && len(f.hits) > n {
		f.hits = f.hits[:n]
	}
	r.rows, r.marks = make([]*packed, len(f.hits)), make([]uint16, len(f.hits))
	for i, slot := range f.hits {
		r.rows[i], r.marks[i] = f.x.rows[slot], f.mark[slot]
	}
	return r
}

// byRank goes once through all rows in the order of names and deals them out by
// rank: for many hits far cheaper than comparing their names.
func (f *finding) byRank() []uint32 {
	var start [257]int
	for _, slot := range f.hits {
		start[f.mark[slot]>>8+1]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	out := make([]uint32, len(f.hits))
	for _, slot := range f.x.order {
		if m := f.mark[slot]; m != 0 {
			out[start[m>>8]] = slot
			start[m>>8]++
		}
	}
	return out
}

// Len gives the number of rows.
func (r *Result) Len() int { return len(r.rows) }

// At gives a row.
func (r *Result) At(i int) Row { return r.rows[i].row(r.words) }

// ID gives a row's id alone.
func (r *Result) ID(i int) record.ID { return r.rows[i].id }

// Score says how well a row answers, from just above 0 to 1; 1 for all when no
// text was asked for.
func (r *Result) Score(i int) float64 {
	if r.marks == nil || r.asked == 0 {
		return 1
	}
	return 1 - float64(r.marks[i]>>8-1)/float64(ranks*r.asked)
}

// Why says by what a row was found, in stable words; their texts are
// "why.<word>". None when no text was asked for.
func (r *Result) Why(i int) []string {
	if r.marks == nil {
		return nil
	}
	why := uint8(r.marks[i])
	var out []string
	for _, w := range []struct {
		bit  uint8
		word string
	}{
		{bySurname, "surname"},
		{byGiven, "given_name"},
		{byAlias, "alias"},
		{byPaper, r.paper(i)},
		{byTitle, "name"},
		{bySound, "sound"},
		{byPlace, "place"},
	} {
		if why&w.bit != 0 {
			out = append(out, w.word)
		}
	}
	return out
}

// paper says whether the paper of a row is a cédula.
func (r *Result) paper(i int) string {
	if _, _, reason := record.CheckCedula(r.At(i).Paper); reason == "" {
		return "cedula"
	}
	return "paper"
}
