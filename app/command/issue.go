package command

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
	"paradero/data/exchange"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/reports"
)

// issueVerb makes papers, records them and writes them into a folder. One that
// a rule keeps back is told of, and the others are made.
func issueVerb(fs *pflag.FlagSet) action {
	var w wanted
	fs.StringSliceVar(&w.ids, "for", nil, "")
	fs.StringVar(&w.all, "all", "", "")
	fs.StringVarP(&w.dir, "output", "o", "", "")
	fs.StringVar(&w.to, "to", "", "")
	fs.StringVar(&w.caseID, "case", "", "")
	fs.StringVar(&w.place, "place", "", "")
	fs.StringVar(&w.req.ApprovedBy, "approved-by", "", "")
	fs.BoolVar(&w.req.Anonymised, "anonymised", false, "")
	return func(c *call, args []string) error {
		w.req.Kind, w.req.Place = args[0], w.place
		if !slices.Contains(record.DocumentKinds, w.req.Kind) {
			return usage("document_kind_wrong", w.req.Kind, strings.Join(record.DocumentKinds, ", "))
		}
		if !reports.Available(w.req.Kind) {
			return usage("document_kind_later", w.req.Kind)
		}
		w.ids = append(w.ids, args[1:]...)
		w.everybody = fs.Changed("all")
		if w.dir == "" || (len(w.ids) == 0) == !w.everybody {
			return usage("wrong_count", c.words.T("help.issue.usage"))
		}
		f, err := c.filter(record.Detainee, w.all)
		if err != nil {
			return err
		}
		return c.withOffice(func(o *data.Office) error { return c.issue(o, &w, f) })
	}
}

// wanted is what was asked for.
type wanted struct {
	ids                         []string
	all, dir, to, caseID, place string
	everybody                   bool
	req                         reports.Request
}

func (c *call) issue(o data.API, w *wanted, f exchange.Filter) error {
	people, err := c.peopleFor(o, w, f)
	if err != nil {
		return err
	}
	if w.to != "" {
		to, err := c.resolve(o, w.to, record.Contact)
		if err != nil {
			return err
		}
		w.req.To = to.ID
	}
	if w.caseID != "" {
		work, err := c.resolve(o, w.caseID, record.Case)
		if err != nil {
			return err
		}
		w.req.Case = work.ID
	}
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return app.FileFault(err, "issue document", w.dir)
	}
	desk := reports.NewDesk(o)
	var failures []error
	for i, group := range people {
		if err := c.ctx.Err(); err != nil {
			return fault.Wrap(err, fault.Cancelled, "issue document", "cancelled")
		}
		c.meter.show(data.Progress{Phase: "issue", Done: i, Total: len(people)})
		w.req.For = group
		err := c.issueOne(desk, w)
		if err != nil && len(people) == 1 {
			return err
		}
		if err != nil {
			failures = append(failures, err)
			c.notIssued(o, group, err)
		}
	}
	return c.failed(failures)
}

// peopleFor gives whom each paper speaks of: one each, or, in a letter to one
// contact, all of his.
func (c *call) peopleFor(o data.API, w *wanted, f exchange.Filter) ([][]record.ID, error) {
	var ids []record.ID
	for _, text := range w.ids {
		r, err := c.resolve(o, text, reports.About(w.req.Kind))
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	if w.everybody {
		err := o.Each(c.ctx, record.Detainee, func(r *record.Record) error {
			if f.Match(rule.Text(r)) {
				ids = append(ids, r.ID)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, fault.New(fault.NotFound, "issue document", "issue_nobody")
	}
	shared := w.req.Kind == "release-notice" || w.req.Kind == "condolence"
	if w.to != "" && shared {
		return [][]record.ID{ids}, nil
	}
	var each [][]record.ID
	for _, id := range ids {
		each = append(each, []record.ID{id})
	}
	return each, nil
}

func (c *call) issueOne(desk *reports.Desk, w *wanted) error {
	issued, err := desk.Issue(c.ctx, w.req)
	if change, may, ok := reports.Proposed(err); ok && c.common.json {
		var out object
		out.put("proposal", change)
		out.put("kind", w.req.Kind)
		out.put("may", may)
		c.line(out)
	}
	if err != nil {
		return err
	}
	path := filepath.Join(w.dir, fileName(issued.Number)+".pdf")
	err = app.WriteFile(path, func(out io.Writer) error {
		_, err := out.Write(issued.PDF)
		return err
	})
	if err != nil {
		return err
	}
	about := make([]string, len(issued.For))
	for i, id := range issued.For {
		about[i] = id.String()
	}
	out := object{
		{"number", issued.Number},
		{"kind", issued.Kind},
		{"for", strings.Join(about, ",")},
		{"file", path},
		{"sha256", issued.SHA256},
		{"pages", issued.Pages},
		{"check_code", issued.CheckCode},
	}
	if !issued.To.IsZero() {
		out.put("to", issued.To.String())
	}
	out.put("warnings", c.warnings(issued.Warnings))
	c.result(out, func() { c.text(issued.Number + "  " + path) })
	return nil
}

// fileName keeps of a number what every file system takes.
func fileName(number string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, number)
}

// notIssued says on standard error for whom no paper was made, and why.
func (c *call) notIssued(o data.API, about []record.ID, err error) {
	var names []string
	for _, id := range about {
		if row, ok := o.Row(id); ok {
			names = append(names, rowName(row))
		} else {
			names = append(names, id.String())
		}
	}
	reasons := c.reasons(err)
	for i := range reasons {
		reasons[i] = strings.TrimSpace(reasons[i])
	}
	if len(reasons) == 0 {
		sentence, _ := app.Words(err, c.words)
		reasons = []string{sentence}
	}
	// A refusal is a result, not a courtesy: --quiet does not hide it.
	c.meter.clear()
	_, _ = io.WriteString(c.env.Stderr, c.words.T("command.issue.refused", strings.Join(names, ", "), strings.Join(reasons, " "))+"\n")
}

// failed gives the exit status after some papers were not made.
func (c *call) failed(failures []error) error {
	if len(failures) == 0 {
		return nil
	}
	_, _ = io.WriteString(c.env.Stderr, c.words.N("command.issue.refused_count", len(failures))+"\n")
	for _, err := range failures {
		if !fault.Is(err, fault.Refused) {
			return &silent{app.ExitCode(err)}
		}
	}
	return &silent{app.ExitCode(failures[0])}
}

// checkVerb says whether a copy is the one that was issued, and whether what
// it states is still so.
func checkVerb(*pflag.FlagSet) action {
	return func(c *call, args []string) error {
		subject := []byte(args[0])
		b, err := os.ReadFile(args[0])
		switch {
		case err == nil:
			subject = b
		case strings.HasSuffix(strings.ToLower(args[0]), ".pdf") || !errors.Is(err, os.ErrNotExist):
			return app.FileFault(err, "check document", args[0])
		}
		return c.withOffice(func(o *data.Office) error {
			v, err := reports.Check(c.ctx, o, subject)
			if err != nil {
				return err
			}
			return c.sayVerdict(v, args[0], b != nil)
		})
	}
}

func (c *call) sayVerdict(v reports.Verdict, asked string, isFile bool) error {
	out := object{{"found", v.Found}, {"number", v.Number}, {"kind", v.Kind}}
	if isFile {
		out.put("genuine", v.Genuine)
		out.put("altered", v.Altered)
	}
	if v.Proposed != "" {
		out.put("proposed", v.Proposed)
	}
	out.put("superseded", len(v.Superseded) > 0 || v.Replaced != "")
	out.put("changed", append([]string{}, v.Superseded...))
	if v.Replaced != "" {
		out.put("replaced_by", v.Replaced)
	}
	for _, m := range []member{{"issued_at", v.IssuedAt}, {"issued_by", v.IssuedBy}, {"as_of", v.AsOf}, {"version", v.Version}, {"copy", v.Copy}, {"check_code", v.CheckCode}, {"sha256", v.SHA256}} {
		if m.value != "" {
			out = append(out, m)
		}
	}
	c.result(out, func() {
		if v.Found && !v.Altered && v.Proposed == "" {
			c.sayGenuine(v)
		}
	})
	switch {
	case !v.Found:
		return fault.New(fault.NotFound, "check document", "copy_unknown", asked)
	case v.Proposed != "":
		return fault.New(fault.Invalid, "check document", "copy_not_issued", v.Number)
	case v.Altered:
		return fault.New(fault.Invalid, "check document", "copy_altered", v.Number)
	}
	return nil
}

func (c *call) sayGenuine(v reports.Verdict) {
	c.print("command.check.issued", v.Number, strings.Replace(v.IssuedAt, "T", " ", 1))
	if v.Genuine {
		c.print("command.check.same")
	}
	if v.Replaced != "" {
		c.print("command.check.replaced", v.Replaced)
	}
	if len(v.Superseded) == 0 {
		c.print("command.check.current")
		return
	}
	names := make([]string, len(v.Superseded))
	for i, s := range v.Superseded {
		names[i] = c.factName(s)
	}
	c.print("command.check.superseded", strings.Join(names, ", "))
}

// factName puts "detainee.facility@id" into words.
func (c *call) factName(stated string) string {
	key, _, _ := strings.Cut(stated, "@")
	if kind, field, ok := strings.Cut(key, "."); ok {
		if k, known := record.KindNamed(kind); known {
			return c.label(k, field)
		}
	}
	return key
}
