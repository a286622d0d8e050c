package command

import (
	"strings"

	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

// findVerb finds people and bodies by name, surname, cédula or passport.
func findVerb(fs *pflag.FlagSet) action {
	kind := fs.String("kind", "any", "")
	limit := fs.Int("limit", 20, "")
	return func(c *call, args []string) error {
		q := data.ListQuery{Text: strings.Join(args, " ")}
		if *kind != "any" {
			k, ok := record.KindNamed(*kind)
			if !ok || record.SchemaOf(k).Entry {
				return c.wrongKind(*kind)
			}
			q.Kind = k
		}
		if *limit < 1 {
			return usage("flag_value", "limit", "0")
		}
		return c.withOffice(func(o *data.Office) error { return c.found(o, q, *limit) })
	}
}

func (c *call) found(o data.API, q data.ListQuery, limit int) error {
	res, err := o.List(c.ctx, q)
	if err != nil {
		return err
	}
	var rows [][]string
	n := min(res.Len(), limit)
	for i := range n {
		row := res.At(i)
		score, why := res.Score(i), res.Why(i)
		if c.common.json {
			var line object
			line.put("id", row.ID.String())
			line.put("kind", row.Kind.String())
			line.put("name", rowName(row))
			line.put("score", score)
			line.put("why", why)
			c.line(line)
			continue
		}
		rows = append(rows, []string{
			row.ID.String(), c.kind(row.Kind), rowName(row), row.Paper,
			c.option(row.Kind, "life_status", row.Life), c.placeOf(row.Facility, row.Wing, ""), strings.Join(c.reasonsOf(why), ", "),
		})
	}
	if c.common.json {
		return nil
	}
	if n == 0 {
		c.print("command.find.nothing", q.Text)
		return nil
	}
	c.table(c.headings("id", "kind", "name", "paper", "life", "place", "why"), rows)
	if more := res.Len() - n; more > 0 {
		c.note(c.words.N("command.find.more", more))
	}
	return nil
}

// reasonsOf puts why a row was found into words.
func (c *call) reasonsOf(why []string) []string {
	out := make([]string, len(why))
	for i, w := range why {
		out[i] = w
		if key := "why." + w; c.words.Has(key) {
			out[i] = c.words.T(key)
		}
	}
	return out
}

// placeOf says where somebody is; wings and cells are kept as bare numbers
// where lists number them.
func (c *call) placeOf(facility, wing, cell string) string {
	if len(wing) <= 2 && wing != "" {
		wing = c.words.T("command.wing", wing)
	}
	if cell != "" {
		cell = c.words.T("command.cell", cell)
	}
	return joinWith(", ", facility, wing, cell)
}

// headings gives the words over the columns of a table.
func (c *call) headings(names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = c.words.T("command.column." + n)
	}
	return out
}

// option is the word for a choice, as the screens say it.
func (c *call) option(k record.Kind, field, value string) string {
	if key := "option." + k.String() + "." + field + "." + value; value != "" && c.words.Has(key) {
		return c.words.T(key)
	}
	return strings.ReplaceAll(value, "_", " ")
}

// rowName is the whole name of a person, or the title of another record.
func rowName(r search.Row) string {
	if name := join(r.Given, r.Paternal, r.Maternal); name != "" {
		return name
	}
	return r.Title
}

// join puts the parts that are there side by side.
func join(parts ...string) string { return joinWith(" ", parts...) }

func joinWith(between string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, between)
}

// name of a folded record.
func name(r *record.Record) string {
	if n := join(r.Get("given_names"), r.Get("paternal_surname"), r.Get("maternal_surname")); n != "" {
		return n
	}
	for _, field := range []string{"original_name", "name", "code", "number", "what"} {
		if s := r.Get(field); s != "" {
			return s
		}
	}
	return r.ID.String()
}

func (c *call) wrongKind(typed string, names ...string) error {
	if len(names) == 0 {
		for _, s := range record.Kinds() {
			if !s.Entry {
				names = append(names, s.Name)
			}
		}
	}
	return usage("kind_not_known", typed, strings.Join(names, ", "))
}
