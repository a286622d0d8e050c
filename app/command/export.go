package command

import (
	"bufio"
	"io"
	"iter"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
	"paradero/data/exchange"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// exportVerb writes the records of a kind as a list.
func exportVerb(fs *pflag.FlagSet) action {
	as := fs.String("as", "", "")
	kind := fs.String("kind", "detainee", "")
	filter := fs.String("filter", "", "")
	output := fs.StringP("output", "o", "", "")
	return func(c *call, _ []string) error {
		switch *as {
		case "csv", "json", "pfif":
		case "":
			return usage("flag_missing", "as", c.words.T("help.export.usage"))
		case "xlsx":
			return usage("export_later", *as)
		default:
			return usage("export_kind", *as, "csv|json|pfif")
		}
		if *output == "" {
			return usage("flag_missing", "output", c.words.T("help.export.usage"))
		}
		k, ok := record.KindNamed(*kind)
		if !ok || record.SchemaOf(k).Entry {
			return c.wrongKind(*kind)
		}
		if *as == "pfif" && k != record.Detainee {
			return usage("export_kind", *kind, record.Detainee.String())
		}
		f, err := c.filter(k, *filter)
		if err != nil {
			return err
		}
		return c.withOffice(func(o *data.Office) error {
			n := 0
			err := app.WriteFile(*output, func(w io.Writer) error {
				if *as == "pfif" {
					info := o.Info()
					return exchange.WritePFIF(w, exchange.PFIFOf{Office: info.OfficeID, Name: info.Office, Now: o.Now()}, c.records(o, k, f, &n))
				}
				rows := c.rows(o, k, f, &n)
				if *as == "json" {
					return writeJSON(w, k, rows)
				}
				fields := append([]string{"id"}, exchange.ExportFields(k)...)
				return exchange.WriteCSV(w, k, fields, nil, rows, exchange.Style{})
			})
			if n > 0 {
				o.Exported(k.String(), *filter, n) // also when writing the file failed half way
			}
			if err != nil {
				return err
			}
			if c.closed > 0 {
				c.note(c.words.N("command.export.closed", c.closed))
			}
			c.result(object{{"file", *output}, {"kind", k.String()}, {"rows", n}}, func() { c.text(c.words.N("command.export.done", n, *output)) })
			return nil
		})
	}
}

// filter reads FILTER and refuses fields that the kind does not have.
func (c *call) filter(k record.Kind, text string) (exchange.Filter, error) {
	f, err := exchange.ParseFilter(text)
	if err != nil {
		return f, err
	}
	for _, field := range f.Fields() {
		if _, ok := record.SchemaOf(k).Field(field); !ok && field != "id" {
			return f, c.unknownField(record.SchemaOf(k), field)
		}
	}
	return f, nil
}

// rows gives the records that fit, one by one, and counts them.
func (c *call) rows(o data.API, k record.Kind, f exchange.Filter, n *int) iter.Seq2[exchange.Getter, error] {
	return func(yield func(exchange.Getter, error) bool) {
		for r, err := range c.records(o, k, f, n) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(exchange.Getter(rule.Text(r)), nil) {
				return
			}
		}
	}
}

// records gives those that fit, whole.
func (c *call) records(o data.API, k record.Kind, f exchange.Filter, n *int) iter.Seq2[*record.Record, error] {
	return func(yield func(*record.Record, error) bool) {
		total, done := o.Count(k), 0
		err := o.Each(c.ctx, k, func(r *record.Record) error {
			if err := c.ctx.Err(); err != nil {
				return fault.Wrap(err, fault.Cancelled, "export", "cancelled")
			}
			done++
			c.meter.show(data.Progress{Phase: "export", Done: done, Total: total})
			if !f.Match(exchange.Getter(rule.Text(r))) {
				return nil
			}
			if !r.Circle.IsZero() && r.Closed > 0 { // a list of what others may read of him would be neither whole nor safe
				c.closed++
				return nil
			}
			*n++
			if !yield(r, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && err != errStopped {
			yield(nil, err)
		}
	}
}

// errStopped ends the reading when the writer has failed already.
var errStopped = fault.New(fault.Cancelled, "export", "cancelled")

// writeJSON writes an array, an object a line.
func writeJSON(w io.Writer, k record.Kind, rows iter.Seq2[exchange.Getter, error]) error {
	out := bufio.NewWriter(w)
	before := "[\n"
	for get, err := range rows {
		if err != nil {
			return err
		}
		o := object{{"id", get("id")}}
		for _, field := range exchange.ExportFields(k) {
			if text := get(field); text != "" {
				o.put(field, text)
			}
		}
		b, err := o.MarshalJSON()
		if err != nil {
			return fault.Wrap(err, fault.Internal, "export", "file_failed", "json")
		}
		_, _ = out.WriteString(before + string(b)) // Flush gives the first error
		before = ",\n"
	}
	if before == "[\n" {
		_, _ = out.WriteString("[")
	}
	_, _ = out.WriteString("\n]\n")
	return out.Flush()
}
