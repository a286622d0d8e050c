// Package exchange reads the lists that offices really send (CSV in any
// encoding, XLSX) into rows of checked values, and writes lists out again.
//
// What must not live here: matching a row with a record, storing, deciding what
// a status means, words for people. A list only ever reports; it confirms
// nothing.
package exchange

import (
	"io"
	"path/filepath"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
)

// Limits against hostile or broken input.
const (
	maxFile    = 256 << 20 // bytes of a file
	maxUnzip   = 512 << 20 // bytes of a workbook unpacked
	maxColumns = 300
	maxRecord  = 256 << 10 // bytes of one row; more is an unclosed quote
	maxCell    = 32 << 10
	headRows   = 20  // a heading stands within these
	sampleRows = 200 // read ahead to learn how a column is written
)

// Options say how to read a list.
type Options struct {
	As     string            // one of Kinds
	Map    map[string]string // heading → field, before any guess; "" or "-" leaves a column out
	Source string            // who says so; the file's name when empty
	AsOf   string            // the day the list speaks of, as typed
	Day    time.Time         // today, in the office's time
}

// Kinds are what a list can hold.
var Kinds = []string{"detainees", "contacts", "relationships", "claims", "remains", "tolls", "facilities"}

// kindOf gives the kind of record or entry that a row makes.
func kindOf(as string) (record.Kind, bool) {
	switch as {
	case "detainees":
		return record.Detainee, true
	case "contacts":
		return record.Contact, true
	case "relationships":
		return record.Relationship, true
	case "claims":
		return record.Claim, true
	case "remains":
		return record.Remains, true
	case "tolls":
		return record.Toll, true
	case "facilities":
		return record.Facility, true
	case "pfif":
		return record.Detainee, true
	}
	return 0, false
}

// Row is one row of a list, checked. Values, Claims and Parent are canonical.
type Row struct {
	Num      int // 1 is the first row after the heading
	Kind     record.Kind
	Key      string // the id by which the list itself knows the record, where it has ids
	Values   map[string]string
	Claims   []map[string]string // what the list says of a detainee's place and status
	Parent   map[string]string   // whose entry or tie it is: id, cedula, passport, name, incident…
	Notes    []string            // what the list remarks
	Problems []Problem
}

// Refused reports whether the row cannot be taken at all.
func (r *Row) Refused() bool {
	for _, p := range r.Problems {
		if p.Whole {
			return true
		}
	}
	return false
}

// Problem is what is wrong or doubtful in a row.
type Problem struct {
	Column  string // the heading, as the list writes it
	Whole   bool   // the row is refused; otherwise the field is left out, or only doubted
	Problem fault.Problem
}

// Column is a column of the list and what it is taken for.
type Column struct {
	Heading string
	Field   string // "" when no field matches: it is kept aside
	Guessed bool   // by its heading, not by the caller's map
}

// source gives the rows of a file as cells, io.EOF at the end. The cells are
// valid until the next call.
type source interface {
	next() ([]string, error)
	close() error
}

// Table is an opened list. It is used by one goroutine.
type Table struct {
	opt     Options
	kind    record.Kind
	list    string // who says so
	asOf    string // canonical
	src     source
	serials bool              // dates may be a spreadsheet's day numbers
	shift   int               // days between the two ways to number them
	table   map[string]string // folded heading → field
	columns []Column
	plan    plan
	heading []string
	ahead   [][]string
	ready   []*Row // of a file that was read as a whole
	num     int
	titles  map[string]string
}

// Open looks at what a file really is and finds its heading. The file must
// stay open until Close.
func Open(r io.ReaderAt, size int64, name string, opt Options) (*Table, error) {
	kind, ok := kindOf(opt.As)
	if !ok {
		return nil, fault.New(fault.Usage, op, "import_as_unknown", opt.As)
	}
	t := &Table{opt: opt, kind: kind, list: record.CleanLine(opt.Source), titles: map[string]string{}}
	if t.list == "" {
		base := filepath.Base(name)
		t.list = record.CleanLine(strings.TrimSuffix(base, filepath.Ext(base)))
	}
	if opt.AsOf != "" {
		canonical, ok := record.ParseDate(opt.AsOf, opt.Day)
		if !ok {
			return nil, fault.New(fault.Usage, op, "as_of_not_a_date", opt.AsOf)
		}
		t.asOf = canonical
	}
	if opt.As == "pfif" {
		if err := t.openPFIF(io.NewSectionReader(r, 0, size)); err != nil {
			return nil, err
		}
		return t, nil
	}
	form, err := sniff(r, size)
	if err != nil {
		return nil, err
	}
	if form == formXLSX {
		err = t.openXLSX(r, size)
	} else {
		err = t.openText(r, size, form)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

const op = "read list"

// Columns says what each column was taken for, from left to right.
func (t *Table) Columns() []Column { return t.columns }

// List is who the list says it is: the source given, or the file's name.
func (t *Table) List() string { return t.list }

// Close lets the file go.
func (t *Table) Close() error {
	if t.src == nil {
		return nil
	}
	return t.src.close()
}

// attach reads the first rows of a source, finds the heading and keeps the rows
// behind it for Next. score is 0 when no row looks like a heading.
func (t *Table) attach(src source) (score int, err error) {
	var first [][]string
	for len(first) < sampleRows {
		cells, err := src.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, err
		}
		first = append(first, append([]string(nil), cells...))
	}
	best := -1
	for i := 0; i < len(first) && i < headRows; i++ {
		if n := t.scoreHeading(first[i]); n > score {
			best, score = i, n
		}
	}
	if best < 0 {
		return 0, nil
	}
	t.src, t.heading, t.ahead, t.num = src, first[best], first[best+1:], 0
	t.columns = t.readHeading(first[best])
	t.plan = t.makePlan(t.ahead)
	return score, nil
}

// cells gives the next row's cells, first those that were read ahead.
func (t *Table) cells() ([]string, error) {
	if len(t.ahead) > 0 {
		row := t.ahead[0]
		t.ahead = t.ahead[1:]
		return row, nil
	}
	return t.src.next()
}

// Next gives the next row, io.EOF after the last. Empty rows and headings that
// a list repeats on each page are passed over, but counted.
func (t *Table) Next() (*Row, error) {
	if t.opt.As == "pfif" {
		if len(t.ready) == 0 {
			return nil, io.EOF
		}
		row := t.ready[0]
		t.ready = t.ready[1:]
		return row, nil
	}
	for {
		cells, err := t.cells()
		if err != nil {
			return nil, err
		}
		t.num++
		if blank(cells) || t.repeatsHeading(cells) {
			continue
		}
		return t.build(cells), nil
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

func (t *Table) repeatsHeading(cells []string) bool {
	same := 0
	for i, c := range cells {
		if c == "" {
			continue
		}
		if i >= len(t.heading) || strings.TrimSpace(c) != strings.TrimSpace(t.heading[i]) {
			return false
		}
		same++
	}
	return same > 1
}
