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
	p.open.begin(p.Record)
	f := &FieldChoice{Label: fieldLabel(p.env.Words, p.Record.Kind, c.Field), env: p.env, base: p.Record, field: c.Field}
	schema, seen := record.SchemaOf(p.Record.Kind), map[string]bool{}
	field, ok := schema.Field(c.Field)
	for _, v := range p.Record.Values[c.Field] {
		if ok && !seen[v.Text] {
			seen[v.Text] = true
			label := valueText(p.env, p.Record.Kind, field, v.Text)
			if v.Text == "" {
				label = p.env.Words.T("clashes.side.empty")
			}
			f.Values = append(f.Values, Option{Value: v.Write.String(), Label: label})
		}
	}
	return f
}

// Dirty reports whether something was chosen or written.
func (f *FieldChoice) Dirty() bool { return f.Choice != "" || f.Reason != "" }

// Save writes the choice; it names both values, and both stay in the history.
func (f *FieldChoice) Save(ctx context.Context, done func(ok bool)) {
	f.Problem = ""
	chosen, err := record.ParseWrite(f.Choice)
	if err != nil || record.CleanLong(f.Reason) == "" {
		f.Problem = f.env.Words.T("person.clash.needs_reason")
		done(false)
		return
	}
	f.env.Run.Go(func() {
		_, err := f.env.API.Resolve(ctx, data.Resolution{Record: f.base.ID, Field: f.field, Choose: chosen, Reason: f.Reason})
		f.env.Run.Back(func() {
			if err != nil {
				fail := failure(f.env.Words, err)
				f.Problem = join(" ", fail.Text, fail.Hint)
			}
			done(err == nil)
		})
	})
}
