package command

import (
	"strings"

	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// newKinds are the kinds of record that `new` makes. Ties, attempts, tellings
// and papers have verbs of their own.
var newKinds = []record.Kind{
	record.Detainee, record.Contact, record.Household, record.Case, record.Incident, record.Remains, record.Facility, record.Task,
}

// newVerb makes a record of what is typed.
func newVerb(fs *pflag.FlagSet) action {
	circle := fs.String("circle", "", "")
	return func(c *call, args []string) error {
		kind, err := c.newKind(args[0])
		if err != nil {
			return err
		}
		if len(args) < 2 {
			return usage("wrong_count", c.words.T("help.new.usage"))
		}
		return c.withOffice(func(o *data.Office) error {
			set, err := c.assignments(o, kind, args[1:])
			if err != nil {
				return err
			}
			change := data.Change{Kind: kind, Set: set}
			if change.Circle, err = c.circleID(o, *circle); err != nil {
				return err
			}
			return c.saved(o, kind, change)
		})
	}
}

func (c *call) newKind(typed string) (record.Kind, error) {
	names := make([]string, len(newKinds))
	for i, k := range newKinds {
		names[i] = k.String()
		if names[i] == typed {
			return k, nil
		}
	}
	return 0, c.wrongKind(typed, names...)
}

// editVerb changes fields of a record, as the desktop's save does.
func editVerb(fs *pflag.FlagSet) action {
	reason := fs.String("reason", "", "")
	circle := fs.String("circle", "", "")
	restrict := fs.String("restrict", "", "")
	return func(c *call, args []string) error {
		if len(args) < 2 && *restrict == "" {
			return usage("wrong_count", c.words.T("help.edit.usage"))
		}
		return c.withOffice(func(o *data.Office) error {
			r, err := c.resolve(o, args[0])
			if err != nil {
				return err
			}
			if *restrict != "" {
				if err := c.restrict(o, r, *restrict, *reason); err != nil || len(args) < 2 {
					return err
				}
				if r, err = o.Get(c.ctx, r.ID); err != nil {
					return err
				}
			}
			set, err := c.assignments(o, r.Kind, args[1:])
			if err != nil {
				return err
			}
			change := data.Change{Record: r.ID, Kind: r.Kind, Base: r, Set: set, Reason: *reason}
			if change.Circle, err = c.circleID(o, *circle); err != nil {
				return err
			}
			return c.saved(o, r.Kind, change)
		})
	}
}

// assignments reads FIELD=VALUE…; a field given twice is a list.
func (c *call) assignments(o data.API, kind record.Kind, args []string) (map[string]string, error) {
	set := map[string]string{}
	schema := record.SchemaOf(kind)
	for _, a := range args {
		field, value, ok := strings.Cut(a, "=")
		if field = strings.TrimSpace(field); !ok {
			return nil, usage("assignment", a)
		}
		f, known := schema.Field(field)
		if !known {
			return nil, c.unknownField(schema, field)
		}
		value, err := c.value(o, f, value)
		if err != nil {
			return nil, err
		}
		if before, twice := set[field]; twice {
			value = before + "\n" + value
		}
		set[field] = value
	}
	return set, nil
}

func (c *call) unknownField(s *record.Schema, field string) error {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name
	}
	if near := nearest(field, names); near != "" {
		return usage("field_unknown_near", c.kind(s.Kind), field, near)
	}
	return usage("field_unknown_all", c.kind(s.Kind), field, strings.Join(names, ", "))
}

// value completes the shortened ids of a reference.
func (c *call) value(o data.API, f *record.Field, typed string) (string, error) {
	if f.Type != record.Ref && f.Type != record.Refs {
		return typed, nil
	}
	var ids []string
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' }) {
		var kinds []record.Kind
		if f.Of != 0 {
			kinds = []record.Kind{f.Of}
		}
		r, err := c.resolve(o, part, kinds...)
		if err != nil {
			return "", err
		}
		ids = append(ids, r.ID.String())
	}
	return record.JoinList(ids), nil
}

// saved writes one change and prints the record's id. A life that is typed in
// becomes a claim, and a confirmation without its proof is refused by the same
// rule as any other claim.
func (c *call) saved(o data.API, kind record.Kind, change data.Change) error {
	if typed := change.Set["life_status"]; typed != "" {
		status, _ := record.Check(kind, "life_status", typed, o.Now())
		if problems := rule.Blocking(rule.CheckClaim(map[string]string{"status": status, "source": o.Info().Name})); status != "" && len(problems) > 0 {
			return fault.Refuse("save", "claim_refused", problems)
		}
	}
	receipts, err := o.Edit(c.ctx, change)
	if err != nil {
		return err
	}
	p, err := o.ProposalOf(c.ctx, receipts[0].Write)
	if err != nil {
		return err
	}
	c.printWaiting(kind, receipts[0], p)
	return nil
}

func (c *call) printReceipt(kind record.Kind, r data.Receipt) { c.printWaiting(kind, r, nil) }

// printWaiting prints a receipt with the proposal that the change made, if any.
func (c *call) printWaiting(kind record.Kind, r data.Receipt, p *data.Proposal) {
	var out object
	out.put("id", r.ID.String())
	out.put("kind", kind.String())
	if len(r.Entries) > 0 {
		ids := make([]string, len(r.Entries))
		for i, id := range r.Entries {
			ids[i] = id.String()
		}
		out.put("entries", ids)
	}
	out.put("warnings", c.warnings(r.Warnings))
	c.putProposal(&out, p)
	c.result(out, func() { c.text(r.ID.String()) })
	c.sayProposal(p)
}
