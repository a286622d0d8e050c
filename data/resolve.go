package data

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/rule"
)

// Resolution is a person's decision of a contradiction.
type Resolution struct {
	Record record.ID
	Field  string
	Choose record.Write // the side that stands, by its change
	Entry  record.ID    // or by the claim
	Reason string
}

// Resolve ends a contradiction: for a field by a value that names all that
// stand there, for claims by a claim that names both and the reason, for a
// deletion by deleting knowingly or bringing the record back. It is refused
// without a reason, where nothing is contradicted, and where the chosen change
// is none of the sides. Undoing it brings the contradiction back.
func (o *Office) Resolve(ctx context.Context, d Resolution) (Receipt, error) {
	const op = "resolve"
	if record.CleanLong(d.Reason) == "" {
		return Receipt{}, fault.Refuse(op, "resolve_refused", []fault.Problem{{Field: "reason", Key: "resolution_needs_reason"}})
	}
	c, err := o.openContradiction(ctx, op, d.Record, d.Field)
	if err != nil {
		return Receipt{}, err
	}
	i := slices.IndexFunc(c.Sides, func(s Side) bool {
		return !d.Entry.IsZero() && s.Entry == d.Entry || d.Entry.IsZero() && s.Write == d.Choose
	})
	if i < 0 {
		return Receipt{}, fault.New(fault.Refused, op, "resolve_no_side", d.Field)
	}
	p, err := o.decide(ctx, c, &c.Sides[i], d.Reason)
	if err != nil {
		return Receipt{}, err
	}
	receipts, err := o.submit(ctx, []*prepared{p}, false)
	if err != nil {
		return Receipt{}, err
	}
	return receipts[0], nil
}

func (o *Office) openContradiction(ctx context.Context, op string, id record.ID, field string) (*Contradiction, error) {
	list, err := o.contradictionsOf(ctx, op, id)
	if err != nil {
		return nil, err
	}
	for _, c := range append(o.mergeCircles(ctx), o.saidOfMerged(ctx)...) {
		if slices.ContainsFunc(c.Sides, func(s Side) bool { return s.Record == id }) {
			list = append(list, c)
		}
	}
	fields := make([]string, 0, len(list))
	for i := range list {
		if list[i].Field == field {
			return &list[i], nil
		}
		fields = append(fields, list[i].Field)
	}
	if len(fields) > 0 {
		return nil, fault.New(fault.Refused, op, "resolve_other_field", field, strings.Join(fields, ", "))
	}
	return nil, fault.New(fault.Refused, op, "resolve_nothing", field)
}

// decide makes the change by which one side stands.
func (o *Office) decide(ctx context.Context, c *Contradiction, chosen *Side, reason string) (*prepared, error) {
	id := c.Record
	if c.Why == "merge_circle" {
		// The chosen merge stands: whom it leads to stands for himself again.
		next, err := record.ParseID(chosen.Text)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "resolve", "store_damaged")
		}
		id = next
	}
	s, _, err := o.readState(id)
	if err != nil {
		return nil, err
	}
	if s.Later {
		return nil, fault.New(fault.Newer, "resolve", "record_newer")
	}
	p := writing(s, reason)
	switch {
	case c.Why == "merge_circle":
		p.add(record.MergedIntoNum, s.Replaces(record.MergedIntoNum), "")
	case c.Flag == BetweenDeletion:
		text := fold.BroughtBack()
		if chosen.Text == fieldDeleted {
			text = s.Deletion()
		}
		p.add(ledger.FieldDeleted, s.Replaces(ledger.FieldDeleted), text)
	case c.Flag == BetweenClaims || c.Flag == BetweenMerged:
		texts := o.resolvingClaim(ctx, c, chosen, reason)
		if c.Flag == BetweenMerged {
			delete(texts, "resolves") // they stand in two records: this one now says so itself
		}
		p.entry(record.Claim, texts)
	default:
		f, ok := record.SchemaOf(s.Kind).Field(c.Field)
		if !ok {
			return nil, fault.New(fault.Newer, "resolve", "record_newer")
		}
		p.add(f.Num, s.Replaces(f.Num), chosen.Text)
	}
	return p, nil
}

// resolvingClaim repeats what the chosen claim says of the matter, by the
// member who decides, with its proof and its day, and names all sides.
func (o *Office) resolvingClaim(ctx context.Context, c *Contradiction, chosen *Side, reason string) map[string]string {
	texts := map[string]string{}
	from := c.Record
	if !chosen.Record.IsZero() {
		from = chosen.Record
	}
	if r, err := o.Get(ctx, from); err == nil {
		for _, e := range r.Entries {
			if e.ID != chosen.Entry {
				continue
			}
			copied := []string{"when", "method", "proof", "authority", "evidence", "proposed_by", "approved_by"}
			if c.Field == "facility" {
				copied = []string{"when", "facility", "wing", "cell"}
			} else {
				texts["status"] = rule.Proven(&e)
			}
			for _, name := range copied {
				texts[name] = e.Get(name)
			}
			texts["when"] = cmp.Or(texts["when"], e.At.Format("2006-01-02T15:04"))
		}
	}
	var ids []string
	for _, s := range c.Sides {
		ids = append(ids, s.Entry.String())
	}
	texts["source"], texts["source_kind"], texts["through"] = cmp.Or(o.Info().Name, o.Info().Office), "member", chosen.Source
	texts["resolves"], texts["reason"] = record.JoinList(ids), record.CleanLong(reason)
	return texts
}
