package present

import (
	"context"

	"paradero/data"
	"paradero/data/record"
)

// FieldChoice ends a contradiction between two values of one fact: which of
// them stands, and why. Both stay in the history.
type FieldChoice struct {
	Label   string
	Values  []Option
	Choice  string
	Reason  string
	Problem string

	env   Env
	base  *record.Record
	field string
}

// ResolveField opens the choice between the values of a contradictory fact.
func (p *Person) ResolveField(c Clash) *FieldChoice {
	p.forms++
	f := &FieldChoice{Label: fieldLabel(p.env.Words, p.Record.Kind, c.Field), env: p.env, base: p.Record, field: c.Field}
	schema, seen := record.SchemaOf(p.Record.Kind), map[string]bool{}
	field, ok := schema.Field(c.Field)
	for _, v := range p.Record.Values[c.Field] {
		if ok && v.Text != "" && !seen[v.Text] {
			seen[v.Text] = true
			f.Values = append(f.Values, Option{Value: v.Text, Label: valueText(p.env, p.Record.Kind, field, v.Text)})
		}
	}
	return f
}

// Dirty reports whether something was chosen or written.
func (f *FieldChoice) Dirty() bool { return f.Choice != "" || f.Reason != "" }

// Save writes the choice; it rests on the record as it was seen, and so names
// both values.
func (f *FieldChoice) Save(ctx context.Context, done func(ok bool)) {
	f.Problem = ""
	if f.Choice == "" || record.CleanLong(f.Reason) == "" {
		f.Problem = f.env.Words.T("person.clash.needs_reason")
		done(false)
		return
	}
	save(ctx, f.env, func(fail Failure, ok bool) {
		f.Problem = join(" ", fail.Text, fail.Hint)
		done(ok)
	}, data.Change{Record: f.base.ID, Kind: f.base.Kind, Base: f.base, Reason: f.Reason, Set: map[string]string{f.field: f.Choice}})
}
