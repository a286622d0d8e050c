package present

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/exchange"
	"paradero/data/fault"
	"paradero/data/record"
)

// ListFile is a list that stands open to be read.
type ListFile struct {
	io.ReaderAt
	Size int64
	Name string
}

// ImportForm is what a person says of a list.
type ImportForm struct {
	As     string // one of ImportKinds
	Source string // who says so; the file's name when empty
	AsOf   string // as typed
}

// ImportKinds are the kinds of list that need nobody to be chosen for a row.
// Lists of ties and reports name others by paper, which the command line reads.
var ImportKinds = []string{"detainees", "facilities"}

// ImportColumn is a column of the list and what it becomes.
type ImportColumn struct {
	Heading string
	Becomes string
	Unread  bool // nothing is known of it: it is left out
}

// ImportPreview is what a list holds, before anything is saved.
type ImportPreview struct {
	List    string // who says so
	Columns []ImportColumn
	Heads   []string
	Rows    [][]string // the first rows as they would be saved
	Total   int
	Refused []RefusedRow
}

// Good is how many rows can be taken.
func (p *ImportPreview) Good() int {
	whole := 0
	for _, r := range p.Refused {
		if r.Whole {
			whole++
		}
	}
	return p.Total - whole
}

// RefusedRow is a row, or one field of it, that cannot be taken.
type RefusedRow struct {
	Row    int
	Column string
	Whole  bool
	Reason string
}

// ImportResult is what became of a list.
type ImportResult struct {
	New, Updated, Unchanged, Refused int
	Doubles                          int
	Rows                             []RefusedRow
	Stopped                          bool // cancelled: what was saved stays
}

// previewRows is how many rows are shown before importing.
const previewRows = 8

// openList reads the heading of a list.
func openList(env Env, f ListFile, form ImportForm) (*exchange.Table, error) {
	return exchange.Open(f, f.Size, f.Name, exchange.Options{As: form.As, Source: form.Source, AsOf: form.AsOf, Day: env.API.Now()})
}

// LookAtList reads a whole list and saves nothing. It may take a while and is
// called away from the screen's goroutine.
func LookAtList(ctx context.Context, env Env, f ListFile, form ImportForm, report func(data.Progress)) (*ImportPreview, error) {
	t, err := openList(env, f, form)
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.Close() }() // a workbook's own temporary files; nothing is lost
	p := &ImportPreview{List: t.List()}
	var kind record.Kind
	var first []*exchange.Row
	for {
		if err := ctx.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Cancelled, "look at list", "cancelled")
		}
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		p.Total++
		kind = row.Kind
		p.Refused = append(p.Refused, refusedOf(env.Words, row)...)
		if !row.Refused() && len(first) < previewRows {
			first = append(first, row)
		}
		if p.Total%500 == 0 {
			report(data.Progress{Phase: "look", Done: p.Total})
		}
	}
	p.Columns = importColumns(env.Words, kind, t.Columns())
	p.Heads, p.Rows = importCells(env, kind, first)
	return p, nil
}

// refusedOf says what of a row cannot be taken; a doubt is no refusal.
func refusedOf(w *assets.Words, row *exchange.Row) []RefusedRow {
	var out []RefusedRow
	for _, p := range row.Problems {
		if p.Problem.Warning && !p.Whole {
			continue
		}
		out = append(out, RefusedRow{Row: row.Num, Column: p.Column, Whole: p.Whole, Reason: problemText(w, p.Problem)})
	}
	return out
}

// importColumns says what each column becomes.
func importColumns(w *assets.Words, kind record.Kind, columns []exchange.Column) []ImportColumn {
	var out []ImportColumn
	for _, c := range columns {
		if c.Heading == "" && c.Field == "" {
			continue
		}
		col := ImportColumn{Heading: c.Heading, Becomes: importField(w, kind, c.Field)}
		if c.Field == "" {
			col.Becomes, col.Unread = w.T("import.column.unread"), true
		}
		out = append(out, col)
	}
	return out
}

// importField names what a column becomes: a field, or what several fields are
// read from.
func importField(w *assets.Words, kind record.Kind, field string) string {
	switch {
	case field == "":
		return ""
	case field == "-":
		return w.T("import.field.left_out")
	case w.Has("import.field." + field):
		return w.T("import.field." + field)
	case w.Has(kind.String() + "." + field):
		return fieldLabel(w, kind, field)
	}
	return field
}

// importCells shows the first rows in the order of the kind's fields, what the
// list reports of place and status behind them.
func importCells(env Env, kind record.Kind, rows []*exchange.Row) (heads []string, cells [][]string) {
	schema := record.SchemaOf(kind)
	if schema == nil {
		return nil, nil
	}
	cells = make([][]string, len(rows))
	column := func(label string, text func(*exchange.Row) string) {
		said := make([]string, len(rows))
		for i, row := range rows {
			said[i] = text(row)
		}
		if strings.Join(said, "") == "" {
			return
		}
		heads = append(heads, label)
		for i := range rows {
			cells[i] = append(cells[i], said[i])
		}
	}
	for i := range schema.Fields {
		f := &schema.Fields[i]
		column(fieldLabel(env.Words, kind, f.Name), func(r *exchange.Row) string {
			return valueText(env, kind, f, r.Values[f.Name])
		})
	}
	claims := record.SchemaOf(record.Claim)
	for _, name := range []string{"facility", "wing", "cell", "status"} {
		f, ok := claims.Field(name)
		if !ok {
			continue
		}
		column(fieldLabel(env.Words, record.Claim, name), func(r *exchange.Row) string {
			var said []string
			for _, c := range r.Claims {
				if c[name] != "" {
					said = append(said, valueText(env, record.Claim, f, c[name]))
				}
			}
			return strings.Join(said, "; ")
		})
	}
	return heads, cells
}

// TakeList imports a list. What was acknowledged stays when it is cancelled,
// and doing it again goes on where it stopped. It is called away from the
// screen's goroutine.
func TakeList(ctx context.Context, env Env, f ListFile, form ImportForm, total int, report func(data.Progress)) (*ImportResult, error) {
	t, err := openList(env, f, form)
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.Close() }() // a workbook's own temporary files; nothing is lost
	out := &ImportResult{}
	next := func() (*data.ImportRow, error) {
		for {
			row, err := t.Next()
			if err != nil {
				return nil, err
			}
			out.Rows = append(out.Rows, refusedOf(env.Words, row)...)
			if row.Refused() {
				out.Refused++
				continue
			}
			return &data.ImportRow{Row: row.Num, Kind: row.Kind, Values: row.Values, Claims: row.Claims, Notes: row.Notes}, nil
		}
	}
	count, refusals, err := env.API.Import(ctx, t.List(), next, func(done int) {
		report(data.Progress{Phase: "import", Done: done, Total: total})
	})
	out.Stopped = err != nil && (ctx.Err() != nil || isCancelled(err))
	if err != nil && !out.Stopped {
		return nil, err
	}
	out.New, out.Updated, out.Unchanged = count.Imported, count.Updated, count.Unchanged
	out.Refused += count.Refused
	out.Doubles = len(count.Doubles)
	for _, r := range refusals {
		out.Rows = append(out.Rows, RefusedRow{Row: r.Row, Column: r.Column, Whole: r.Whole, Reason: problemText(env.Words, r.Problem)})
	}
	return out, nil
}

// RefusedCSV writes refused rows as a list that a spreadsheet opens.
func RefusedCSV(w *assets.Words, rows []RefusedRow) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff") // or Excel takes the accents apart
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	line := func(cells ...string) { _ = out.Write(cells) } // into memory
	line(w.T("import.refused.row"), w.T("import.refused.column"), w.T("import.refused.what"), w.T("import.refused.reason"))
	for _, r := range rows {
		line(strconv.Itoa(r.Row), harmless(r.Column), refusedWhat(w, r), harmless(r.Reason))
	}
	out.Flush()
	return b.Bytes()
}

// RefusedText is the same to be pasted elsewhere: a line a row, with tabs.
func RefusedText(w *assets.Words, rows []RefusedRow) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join([]string{strconv.Itoa(r.Row), r.Column, refusedWhat(w, r), r.Reason}, "\t") + "\n")
	}
	return b.String()
}

func refusedWhat(w *assets.Words, r RefusedRow) string {
	if r.Whole {
		return w.T("import.refused.whole")
	}
	return w.T("import.refused.field")
}

// harmless keeps a spreadsheet from running a cell as a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// ImportDay reads the day a list speaks of: in full words, or what is wrong.
func ImportDay(env Env, typed string) (full, problem string) {
	day, ok := record.ParseDate(typed, env.API.Now())
	if !ok {
		return "", env.Words.T("error.as_of_not_a_date", typed)
	}
	if day > env.API.Now().Format(time.DateOnly) && !strings.HasPrefix(day, "~") {
		return "", env.Words.T("import.as_of_future")
	}
	return dateFull(env.Words, day), ""
}
