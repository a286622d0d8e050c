package command

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
	"paradero/data/exchange"
	"paradero/data/fault"
	"paradero/data/record"
)

// importVerb brings in a list; what cannot be taken is named row by row.
func importVerb(fs *pflag.FlagSet) action {
	as := fs.String("as", "", "")
	headings := fs.String("map", "", "")
	source := fs.String("source", "", "")
	asOf := fs.String("as-of", "", "")
	dry := fs.Bool("dry-run", false, "")
	return func(c *call, args []string) error {
		if *as == "" {
			return usage("flag_missing", "as", c.words.T("help.import.usage"))
		}
		opt := exchange.Options{As: *as, Source: *source, AsOf: *asOf, Day: c.env.Clock()}
		if *headings != "" {
			var err error
			if opt.Map, err = readMap(*headings); err != nil {
				return err
			}
		}
		f, t, err := openList(args[0], opt)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		err = c.withOffice(func(o *data.Office) error { return c.importList(o, t, *dry) })
		if closeErr := t.Close(); err == nil && closeErr != nil {
			err = app.FileFault(closeErr, "import", args[0])
		}
		return err
	}
}

// readMap reads a JSON object of heading to field.
func readMap(path string) (map[string]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, app.FileFault(err, "import", path)
	}
	m := map[string]string{}
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "import", "map_malformed", path)
	}
	return m, nil
}

func openList(path string, opt exchange.Options) (*os.File, *exchange.Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, app.FileFault(err, "import", path)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, app.FileFault(err, "import", path)
	}
	t, err := exchange.Open(f, info.Size(), filepath.Base(path), opt)
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f, t, nil
}

// bringing is one import under way.
type bringing struct {
	c       *call
	office  data.API
	table   *exchange.Table
	whose   *whose
	refused int
	taken   int
	ties    []*exchange.Row // of contacts whose row also names their detainee
}

func (c *call) importList(o data.API, t *exchange.Table, dry bool) error {
	if !c.common.json {
		for _, col := range t.Columns() {
			if col.Field == "" && col.Heading != "" {
				c.note(c.words.T("command.import.unread", col.Heading))
			}
		}
	}
	b := &bringing{c: c, office: o, table: t, whose: newWhose(c, o)}
	if dry {
		return b.try()
	}
	count, refusals, err := o.Import(c.ctx, t.List(), b.next, c.durable)
	c.refusals(refusals)
	if err != nil {
		return err
	}
	for _, d := range count.Doubles {
		c.double(d)
	}
	if err := b.tie(); err != nil {
		return err
	}
	count.Refused += b.refused
	c.summary(count, false)
	return nil
}

// durable tells after each fsync how many rows are safe.
func (c *call) durable(n int) {
	c.meter.show(data.Progress{Phase: "import", Done: n})
	if c.common.json {
		c.line(object{{"durable", n}})
	}
}

// next gives the next row that can be taken, and tells of those before it that
// cannot.
func (b *bringing) next() (*data.ImportRow, error) {
	for {
		row, err := b.table.Next()
		if err != nil {
			return nil, err
		}
		refused := b.tell(row)
		if !refused {
			if p := b.whose.find(row); p != nil {
				b.c.refusal(row.Num, b.heading(p.Field), true, *p)
				refused = true
			}
		}
		if refused {
			b.refused++
			continue
		}
		if row.Kind == record.Contact && len(row.Parent) > 0 {
			b.ties = append(b.ties, row)
		}
		b.taken++
		return &data.ImportRow{Row: row.Num, Kind: row.Kind, Key: row.Key, Values: row.Values, Claims: row.Claims, Notes: row.Notes, Parent: row.Parent}, nil
	}
}

func (b *bringing) heading(field string) string {
	for _, col := range b.table.Columns() {
		if col.Field == field || col.Field == whoseDetainee+field {
			return col.Heading
		}
	}
	return field
}

// tell names what is wrong in a row, and whether the whole row is refused.
func (b *bringing) tell(row *exchange.Row) bool {
	for _, p := range row.Problems {
		if p.Problem.Warning && !p.Whole {
			b.c.doubt(row.Num, p.Column, p.Problem)
			continue
		}
		b.c.refusal(row.Num, p.Column, p.Whole, p.Problem)
	}
	return row.Refused()
}

// try reads the whole list and saves nothing.
func (b *bringing) try() error {
	var count data.ImportCount
	for {
		if err := b.c.ctx.Err(); err != nil {
			return fault.Wrap(err, fault.Cancelled, "import", "cancelled")
		}
		row, err := b.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if b.whose.known(row.Kind, row.Values) {
			count.Updated++
		} else {
			count.Imported++
		}
	}
	count.Refused = b.refused
	b.c.summary(count, true)
	return nil
}

// tie joins the contacts of a list to the detainees whom their rows name.
func (b *bringing) tie() error {
	if len(b.ties) == 0 {
		return nil
	}
	b.whose = newWhose(b.c, b.office) // the contacts are here now
	i := 0
	next := func() (*data.ImportRow, error) {
		for i < len(b.ties) {
			row := b.ties[i]
			i++
			tie := &exchange.Row{Num: row.Num, Kind: record.Relationship, Values: map[string]string{"kinship": row.Parent["kinship"]}, Parent: row.Parent}
			if tie.Values["kinship"] == "" {
				tie.Values["kinship"] = "other"
			}
			tie.Parent[whoseContact+"cedula"] = row.Values["cedula"]
			tie.Parent[whoseContact+"passport"] = row.Values["passport"]
			if p := b.whose.find(tie); p != nil {
				b.c.refusal(row.Num, b.heading(p.Field), false, *p)
				continue
			}
			return &data.ImportRow{Row: row.Num, Kind: tie.Kind, Values: tie.Values}, nil
		}
		return nil, io.EOF
	}
	_, refusals, err := b.office.Import(b.c.ctx, b.table.List(), next, nil)
	b.c.refusals(refusals)
	return err
}

func (c *call) refusals(list []data.Refusal) {
	for _, r := range list {
		c.refusal(r.Row, r.Column, r.Whole, r.Problem)
	}
}

// refusal is one row, or one field of it, that was not taken.
func (c *call) refusal(row int, column string, whole bool, p fault.Problem) {
	reason := app.ProblemText(p, c.words)
	c.result(object{{"row", row}, {"column", column}, {"reason", reason}, {"key", p.Key}, {"refused", whole}}, func() {
		where := column
		if where == "" {
			where = p.Field
		}
		if whole {
			c.print("command.import.whole", strconv.Itoa(row), joinWith(": ", where, reason))
			return
		}
		c.print("command.import.row", strconv.Itoa(row), where, reason)
	})
}

// doubt is what was taken and should be looked at again.
func (c *call) doubt(row int, column string, p fault.Problem) {
	text := app.ProblemText(p, c.words)
	if c.common.json {
		c.line(object{{"row", row}, {"column", column}, {"warning", text}, {"key", p.Key}})
		return
	}
	c.note(c.words.T("command.warning", c.words.T("command.import.row", strconv.Itoa(row), column, text)))
}

func (c *call) double(d data.Double) {
	if c.common.json {
		c.line(object{{"row", d.Row}, {"id", d.ID.String()}, {"resembles", d.With.String()}})
		return
	}
	c.note(c.words.T("command.import.double", strconv.Itoa(d.Row), d.With.String()))
}

func (c *call) summary(count data.ImportCount, dry bool) {
	out := object{{"imported", count.Imported}, {"updated", count.Updated}, {"unchanged", count.Unchanged}, {"refused", count.Refused}}
	if dry {
		out.put("dry_run", true)
	}
	c.result(out, func() {
		n := c.words.Count
		c.print("command.import.done", n(count.Imported), n(count.Updated), n(count.Unchanged), n(count.Refused))
		if dry {
			c.print("command.import.dry")
		}
	})
}
