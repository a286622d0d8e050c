// Package search keeps one row for each record in memory, in the order of
// names, and finds rows while a person is typing.
//
// What must not live here: storage and records themselves; a row holds only
// what a list shows.
package search

import (
	"strings"

	"paradero/data/record"
)

// Flags of a row.
const (
	Contradicted uint32 = 1 << iota // two claims or values disagree
	Doubtful                        // a doubtful name split or cédula
	Threatened                      // threat or extortion
	Closed                          // case closed, task done
	Restricted
	Merged // found to be the same person as another
	Hidden // merged, and so not in lists; found only by who asks for this flag
)

// Row is what lists show of one record.
type Row struct {
	ID       record.ID
	Kind     record.Kind
	Given    string
	Paternal string
	Maternal string
	Alias    string // aliases, one a line
	Title    string // of kinds without a personal name: incident, household, case number…
	Paper    string // cédula, passport, code, number
	Born     string // canonical date
	Life     string // concluded words, "" when the kind has none
	Release  string
	Legal    string
	Facility string
	Wing     string
	State    string    // state or type of a case, role of a member…
	About    record.ID // the person a case or document is about
	Day      string    // the date that lists sort or show: due, opened, issued
	Flags    uint32
}

// Name is what a list calls the row: "Núñez Ñáñez, Íñigo", or its title, alias
// or paper where it has no name.
func (r Row) Name() string {
	surnames := strings.TrimSpace(r.Paternal + " " + r.Maternal)
	switch {
	case surnames != "" && r.Given != "":
		return surnames + ", " + r.Given
	case surnames != "":
		return surnames
	case r.Given != "":
		return r.Given
	case r.Title != "":
		return r.Title
	}
	if alias, _, _ := strings.Cut(r.Alias, "\n"); alias != "" {
		return alias
	}
	return r.Paper
}

// Key sorts rows in Spanish order: accents and capitals do not count, ñ comes
// after n, a shorter surname before a longer one, rows without any name last.
func (r Row) Key() string { return string(appendSortKey(nil, &r)) }
