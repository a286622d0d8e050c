package exchange

import (
	"bufio"
	"io"
	"iter"
	"strings"

	"paradero/data/fault"
	"paradero/data/record"
)

// Getter gives a record's text by field name, concluded fields included.
type Getter func(field string) string

// Style says how a list is written.
type Style struct {
	Mark bool // a byte order mark, which some spreadsheets want before UTF-8
}

// ExportFields are the fields of a kind that a list holds: what people say of a
// record, without ties to others by id. A paper stands in one column only.
func ExportFields(kind record.Kind) []string {
	s := record.SchemaOf(kind)
	if s == nil {
		return nil
	}
	var out []string
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.Type == record.Ref || f.Type == record.Refs || (kind == record.Detainee && f.Name == "age") {
			continue // an age stands in birth, with the day on which it was said
		}
		out = append(out, f.Name)
	}
	return out
}

// WriteCSV writes one row for each record, RFC 4180: commas, CRLF, UTF-8. A
// cell that a spreadsheet would run as a formula gets an apostrophe, which
// Open takes away again.
func WriteCSV(w io.Writer, kind record.Kind, fields []string, heading func(field string) string, rows iter.Seq2[Getter, error], style Style) error {
	const op = "write list"
	s := record.SchemaOf(kind)
	if s == nil {
		return fault.New(fault.Usage, op, "export_kind_unknown")
	}
	for _, f := range fields {
		if _, ok := s.Field(f); !ok && f != "id" {
			return fault.New(fault.Usage, op, "export_field_unknown", f)
		}
	}
	if heading == nil {
		heading = func(field string) string { return field }
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if style.Mark {
		out.WriteString(bom)
	}
	for i, f := range fields {
		cell(out, i, heading(f))
	}
	out.WriteString("\r\n")
	for get, err := range rows {
		if err != nil {
			return err
		}
		for i, f := range fields {
			cell(out, i, get(f))
		}
		out.WriteString("\r\n")
	}
	// The writer keeps its first error; Flush gives it.
	return fault.Wrap(out.Flush(), fault.Internal, op, "list_not_written")
}

func cell(out *bufio.Writer, i int, value string) {
	if i > 0 {
		out.WriteByte(',')
	}
	value = guard(value)
	alone := i == 0 && value == "" // a line of one empty cell would be an empty line
	if !alone && !strings.ContainsAny(value, ",;\t|\"\r\n") && strings.TrimSpace(value) == value {
		out.WriteString(value)
		return
	}
	out.WriteByte('"')
	out.WriteString(strings.ReplaceAll(value, `"`, `""`))
	out.WriteByte('"')
}

// starts are the letters that make a spreadsheet run a cell.
const starts = "=+-@\t\r"

// guard puts an apostrophe before what would be run, and before what would
// lose its own apostrophe on the way back.
func guard(s string) string {
	if s == "" {
		return s
	}
	if strings.IndexByte(starts, s[0]) >= 0 || (s[0] == '\'' && len(s) > 1 && guarded(s[1])) {
		return "'" + s
	}
	return s
}

// unguard takes the apostrophe away again; people put one before numbers so
// that a spreadsheet keeps the leading zero.
func unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && guarded(s[1]) {
		return s[1:]
	}
	return s
}

func guarded(c byte) bool {
	return c == '\'' || (c >= '0' && c <= '9') || strings.IndexByte(starts, c) >= 0
}
