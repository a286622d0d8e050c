package command

import (
	"strings"
	"time"

	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// resolveVerb ends a contradiction: one of its sides stands, for a reason.
func resolveVerb(fs *pflag.FlagSet) action {
	choose := fs.String("choose", "", "")
	reason := fs.String("reason", "", "")
	return func(c *call, args []string) error {
		if *choose == "" {
			return usage("flag_missing", "choose", c.words.T("help.resolve.usage"))
		}
		return c.withOffice(func(o *data.Office) error {
			r, err := c.resolve(o, args[0])
			if err != nil {
				return err
			}
			d := data.Resolution{Record: r.ID, Field: args[1], Reason: *reason}
			if id, perr := record.ParseID(*choose); perr == nil {
				d.Entry = id // a claim may be named by its own id
			} else if d.Choose, err = c.chosen(o, r.ID, args[1], *choose); err != nil {
				return err
			}
			receipt, err := o.Resolve(c.ctx, d)
			if err != nil {
				return err
			}
			c.printReceipt(r.Kind, receipt)
			return nil
		})
	}
}

// chosen finds the side of a contradiction that a change's name means, first
// among the sides themselves.
func (c *call) chosen(o *data.Office, id record.ID, field, text string) (record.Write, error) {
	start, index, err := record.SplitWrite(text)
	if err != nil {
		return record.Write{}, err
	}
	list, err := o.Contradictions(c.ctx)
	if err != nil {
		return record.Write{}, err
	}
	found := map[record.Write]bool{}
	for _, con := range list {
		for _, s := range con.Sides {
			if con.Field == field && (con.Record == id || s.Record == id) && strings.HasPrefix(s.Write.String(), start) && (index < 0 || int(s.Write.Index) == index) {
				found[s.Write] = true
			}
		}
	}
	if len(found) == 1 {
		for w := range found {
			return w, nil
		}
	}
	return o.FindChange(c.ctx, text, id)
}

// undoVerb takes back what a change said.
func undoVerb(fs *pflag.FlagSet) action {
	reason := fs.String("reason", "", "")
	return func(c *call, args []string) error {
		return c.withOffice(func(o *data.Office) error {
			w, err := o.FindChange(c.ctx, args[0], record.ID{})
			if err != nil {
				return err
			}
			receipt, err := o.Undo(c.ctx, w, *reason)
			if err != nil {
				return err
			}
			c.printBack(o, receipt)
			return nil
		})
	}
}

// printBack prints the receipt of a record that may be gone by it.
func (c *call) printBack(o *data.Office, r data.Receipt) {
	var out object
	out.put("id", r.ID.String())
	out.put("change", r.Write.String())
	_, err := o.Get(c.ctx, r.ID)
	if fault.Is(err, fault.NotFound) {
		out.put("deleted", true)
	}
	out.put("warnings", c.warnings(r.Warnings))
	c.result(out, func() { c.text(r.ID.String() + "  " + r.Write.String()) })
}

// mergeVerb says that two records are one person.
func mergeVerb(fs *pflag.FlagSet) action {
	take := fs.StringSlice("take", nil, "")
	reason := fs.String("reason", "", "")
	despite := fs.StringSlice("despite", nil, "")
	return func(c *call, args []string) error {
		return c.withOffice(func(o *data.Office) error {
			keep, err := c.resolve(o, args[0])
			if err != nil {
				return err
			}
			other, err := c.resolve(o, args[1])
			if err != nil {
				return err
			}
			m := data.Merging{Keep: keep.ID, Other: other.ID, Reason: *reason, Despite: *despite}
			if fs.Changed("take") {
				m.Take = append([]string{}, *take...)
				if len(m.Take) == 1 && (m.Take[0] == "" || m.Take[0] == "none") {
					m.Take = []string{}
				}
			}
			receipt, err := o.Merge(c.ctx, m)
			if err != nil {
				return err
			}
			var out object
			out.put("id", keep.ID.String())
			out.put("merged", other.ID.String())
			out.put("change", receipt.Write.String())
			out.put("warnings", c.warnings(receipt.Warnings))
			c.result(out, func() { c.print("command.merged", name(other), name(keep), receipt.Write.String()) })
			return nil
		})
	}
}

// unmergeVerb ends a merge, named by its change or by who was merged away.
func unmergeVerb(fs *pflag.FlagSet) action {
	reason := fs.String("reason", "", "")
	return func(c *call, args []string) error {
		return c.withOffice(func(o *data.Office) error {
			w, err := c.mergeNamed(o, args[0])
			if err != nil {
				return err
			}
			receipt, err := o.Unmerge(c.ctx, w, *reason)
			if err != nil {
				return err
			}
			c.printBack(o, receipt)
			return nil
		})
	}
}

func (c *call) mergeNamed(o *data.Office, text string) (record.Write, error) {
	id, err := record.ParseID(text)
	if err != nil {
		w, err := o.FindChange(c.ctx, text, record.ID{})
		if fault.Is(err, fault.Invalid) && !strings.Contains(text, ".") {
			// A merge says something of two records; either names it.
			w, err = o.FindChange(c.ctx, text+".0", record.ID{})
		}
		return w, err
	}
	w, err := o.MergeOf(c.ctx, id)
	if err == nil && w.IsZero() {
		err = fault.New(fault.Refused, "unmerge", "unmerge_no_merge")
	}
	return w, err
}

// moment reads the day or minute of --as-of: a day means its end.
func (c *call) moment(o *data.Office, text string) (time.Time, error) {
	canonical, problems := record.Check(record.Claim, "when", text, o.Now())
	if blocking := rule.Blocking(problems); len(blocking) > 0 {
		return time.Time{}, &fault.Error{Code: fault.Invalid, Op: "show", Key: "invalid", Problems: blocking}
	}
	at, ok := rule.EndOf(canonical, o.Now().Location())
	if !ok {
		return time.Time{}, usage("as_of_day", text)
	}
	return at, nil
}

// pastPage is a record as it was known at a moment.
func (c *call) pastPage(o *data.Office, id record.ID, at time.Time) (*recordPage, error) {
	r, err := o.AsOf(c.ctx, id, at)
	if err != nil {
		return nil, err
	}
	p := &recordPage{record: r, names: map[record.ID]string{r.ID: name(r)}, asOf: at}
	if r.Kind == record.Detainee {
		p.status = rule.Conclude(r)
	}
	p.values = valuesOf(r, p.status)
	c.nameRefs(o, p, r)
	moments, err := o.Timeline(c.ctx, id)
	for _, m := range moments {
		if !m.At.After(at) {
			p.timeline = append(p.timeline, m)
		}
	}
	return p, err
}
