package data

import (
	"context"
	"slices"
	"strings"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/data/search"
)

// Merging says that two records are one person: Other is found in Keep from
// then on, and Keep gets the fields named in Take from it.
type Merging struct {
	Keep, Other record.ID
	Take        []string // nil: what Keep lacks, and all aliases
	Reason      string
	Despite     []string // the doubts of MergePlan that must be spoken to, and were
}

// MergePlan is what a person sees before two records are merged.
type MergePlan struct {
	Keep, Other *record.Record
	Fields      []MergeField
	Doubts      []fault.Problem // a person must speak to those that are no mere warning
	Life        [2]rule.Status  // of Keep and of Other; neither changes by the merge
}

// MergeField is one field side by side.
type MergeField struct {
	Name        string
	Keep, Other string
	Take        bool // as proposed: Keep lacks it
}

// MergePlan lays two records side by side. It is refused where they cannot be merged.
func (o *Office) MergePlan(ctx context.Context, keep, other record.ID) (MergePlan, error) {
	const op = "merge"
	if keep == other {
		return MergePlan{}, fault.New(fault.Refused, op, "merge_itself")
	}
	a, err := o.Get(ctx, keep)
	if err != nil {
		return MergePlan{}, err
	}
	b, err := o.Get(ctx, other)
	if err != nil {
		return MergePlan{}, err
	}
	switch {
	case a.Kind != b.Kind:
		return MergePlan{}, fault.New(fault.Refused, op, "merge_kinds")
	case !slices.Contains(mergeable(), a.Kind):
		return MergePlan{}, fault.New(fault.Refused, op, "merge_not_people")
	case mergedAlready(a), mergedAlready(b):
		return MergePlan{}, fault.New(fault.Refused, op, "merge_already")
	case a.EditedAfterDelete || b.EditedAfterDelete:
		return MergePlan{}, fault.New(fault.Refused, op, "merge_deleted")
	}
	p := MergePlan{Keep: a, Other: b, Life: [2]rule.Status{rule.Conclude(a), rule.Conclude(b)}}
	schema := record.SchemaOf(a.Kind)
	for i := range schema.Fields {
		f := &schema.Fields[i]
		if !takeable(f) || a.Get(f.Name) == "" && b.Get(f.Name) == "" {
			continue
		}
		m := MergeField{Name: f.Name, Keep: a.Get(f.Name), Other: b.Get(f.Name)}
		m.Take = m.Keep == "" || f.Name == "aliases"
		p.Fields = append(p.Fields, m)
	}
	p.addAlias()
	p.Doubts = doubts(a, b, p.Life)
	return p, nil
}

// mergedAlready tells whether a record says that it is another, wherever that leads.
func mergedAlready(r *record.Record) bool {
	return slices.ContainsFunc(r.Values["merged_into"], func(v record.Val) bool { return v.Text != "" })
}

// takeable tells whether a merge may copy a field: what is concluded from
// claims never crosses, nor does what makes up the merge itself.
func takeable(f *record.Field) bool {
	return !f.Concluded && f.Name != "merged_into" && f.Name != "age" && f.Name != "name_doubtful"
}

// addAlias proposes that Keep is found by the other's name too.
func (p *MergePlan) addAlias() {
	name := fullName(p.Other)
	aliases := record.SplitList(p.Other.Get("aliases"))
	if name != "" && record.Plain(name) != record.Plain(fullName(p.Keep)) && !slices.Contains(aliases, name) {
		aliases = append(aliases, name)
	}
	joined := record.SplitList(p.Keep.Get("aliases"))
	for _, a := range aliases {
		if !slices.ContainsFunc(joined, func(b string) bool { return record.Plain(a) == record.Plain(b) }) {
			joined = append(joined, a)
		}
	}
	text := record.JoinList(joined)
	i := slices.IndexFunc(p.Fields, func(f MergeField) bool { return f.Name == "aliases" })
	switch {
	case text == p.Keep.Get("aliases"):
		if i >= 0 {
			p.Fields[i].Other, p.Fields[i].Take = text, false
		}
	case i >= 0:
		p.Fields[i].Other = text
	default:
		at := slices.IndexFunc(p.Fields, func(f MergeField) bool {
			return !slices.Contains([]string{"given_names", "paternal_surname", "maternal_surname"}, f.Name)
		})
		if at < 0 {
			at = len(p.Fields)
		}
		p.Fields = slices.Insert(p.Fields, at, MergeField{Name: "aliases", Other: text, Take: true})
	}
}

func fullName(r *record.Record) string {
	return strings.Join(strings.Fields(r.Get("given_names")+" "+r.Get("paternal_surname")+" "+r.Get("maternal_surname")), " ")
}

// doubts says what speaks against two being one. Those that are no warning must
// be spoken to.
func doubts(a, b *record.Record, life [2]rule.Status) []fault.Problem {
	var out []fault.Problem
	if x, y := a.Get("cedula"), b.Get("cedula"); x != y && validCedula(x) && validCedula(y) {
		out = append(out, fault.Problem{Field: "cedula", Key: "merge_cedulas_differ", Args: []string{x, y}})
	}
	if side := lifeOf(life[0].Life); side != "" && lifeOf(life[1].Life) != "" && side != lifeOf(life[1].Life) {
		out = append(out, fault.Problem{Field: "life_status", Key: "merge_lives_differ"})
	}
	schema := record.SchemaOf(a.Kind)
	for i := range schema.Fields {
		f := &schema.Fields[i]
		x, y := a.Get(f.Name), b.Get(f.Name)
		if (f.Critical && f.Name != "cedula" || f.Name == "sex" || f.Name == "birth") && takeable(f) && x != "" && y != "" && x != y {
			out = append(out, fault.Problem{Field: f.Name, Key: "merge_field_differs", Warning: true})
		}
	}
	return out
}

func validCedula(text string) bool {
	_, _, reason := record.CheckCedula(text)
	return text != "" && reason == "" && text != record.NoCedula && text != record.UnknownCedula
}

// lifeOf is what two lives are compared by; "" when nothing is known.
func lifeOf(status string) string {
	switch status {
	case "reported_alive", "reported_injured", "confirmed_alive":
		return "alive"
	case "reported_dead", "confirmed_dead":
		return "dead"
	case "reported_missing":
		return "missing"
	}
	return ""
}

// Merge makes two records of one person into one that is found: one batch, in
// which Other says that it is Keep, and Keep gets what is taken over. Claims,
// life and place never cross. Unmerge and Undo take it back.
func (o *Office) Merge(ctx context.Context, m Merging) (Receipt, error) {
	const op = "merge"
	plan, err := o.MergePlan(ctx, m.Keep, m.Other)
	if err != nil {
		return Receipt{}, err
	}
	var refused []fault.Problem
	if record.CleanLong(m.Reason) == "" {
		refused = append(refused, fault.Problem{Field: "reason", Key: "merge_needs_reason"})
	}
	var warned []fault.Problem
	for _, d := range plan.Doubts {
		if d.Warning || slices.Contains(m.Despite, d.Field) {
			d.Warning = true
			warned = append(warned, d)
		} else {
			refused = append(refused, d)
		}
	}
	take, problems := plan.taken(m.Take)
	if refused = append(refused, problems...); len(refused) > 0 {
		return Receipt{}, fault.Refuse(op, "merge_refused", refused)
	}
	other, _, err := o.readState(m.Other)
	if err != nil {
		return Receipt{}, err
	}
	keep, _, err := o.readState(m.Keep)
	if err != nil {
		return Receipt{}, err
	}
	if other.Later || keep.Later {
		return Receipt{}, fault.New(fault.Newer, op, "record_newer")
	}
	if isRestricted(other) && (keep.Circle.IsZero() || keep.Circle != other.Circle) {
		return Receipt{}, fault.New(fault.Refused, op, "merge_restricted")
	}
	away := writing(other, m.Reason)
	away.add(record.MergedIntoNum, other.Replaces(record.MergedIntoNum), m.Keep.String())
	list := []*prepared{away}
	if len(take) > 0 {
		gets := writing(keep, m.Reason)
		schema := record.SchemaOf(keep.Kind)
		for _, t := range take {
			f, _ := schema.Field(t.Name)
			gets.add(f.Num, keep.Replaces(f.Num), t.Other)
		}
		list = append(list, gets)
	}
	receipts, err := o.submit(ctx, list, false)
	if err != nil {
		return Receipt{}, err
	}
	receipts[0].Warnings = warned
	return receipts[0], nil
}

// taken gives the fields that Keep gets.
func (p *MergePlan) taken(names []string) ([]MergeField, []fault.Problem) {
	var out []MergeField
	var problems []fault.Problem
	if names == nil {
		for _, f := range p.Fields {
			if f.Take && f.Other != f.Keep {
				out = append(out, f)
			}
		}
		return out, nil
	}
	for _, name := range names {
		i := slices.IndexFunc(p.Fields, func(f MergeField) bool { return f.Name == name })
		switch {
		case i < 0 || p.Fields[i].Other == "":
			problems = append(problems, fault.Problem{Field: name, Key: "merge_nothing_to_take"})
		case p.Fields[i].Other != p.Fields[i].Keep && !slices.ContainsFunc(out, func(f MergeField) bool { return f.Name == name }):
			out = append(out, p.Fields[i])
		}
	}
	return out, problems
}

// Unmerge ends a merge, named by either of its two changes: the one that was
// merged away stands for itself again, and the fields that were taken from it
// and still stand so are set back.
func (o *Office) Unmerge(ctx context.Context, w record.Write, reason string) (Receipt, error) {
	const op = "unmerge"
	batch, body, err := o.change(ctx, op, w)
	if err != nil {
		return Receipt{}, err
	}
	id := body.Changes[w.Index].Record
	merge := slices.ContainsFunc(body.Changes, func(c ledger.Change) bool {
		into, ok := mergedTo(&c)
		return ok && !into.IsZero() && (c.Record == id || into == id)
	})
	if !merge {
		return Receipt{}, fault.New(fault.Refused, op, "unmerge_no_merge")
	}
	return o.undo(ctx, op, batch, body, id, reason)
}

// MergeOf gives the change that merged a record into another; zero when it
// stands for itself.
func (o *Office) MergeOf(ctx context.Context, id record.ID) (record.Write, error) {
	r, err := o.Get(ctx, id)
	if err != nil || len(r.Values["merged_into"]) == 0 || r.Get("merged_into") == "" {
		return record.Write{}, err
	}
	return r.Values["merged_into"][0].Write, nil
}

// MergedFrom gives the records that were merged into one, as they were said.
func (o *Office) MergedFrom(ctx context.Context, id record.ID) ([]*record.Record, error) {
	o.order.wait()
	var out []*record.Record
	for _, other := range o.merges.from(id) {
		r, err := o.Get(ctx, other)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// HiddenRows gives the rows of those who were merged into others, for those who
// look for a record by its id.
func (o *Office) HiddenRows() *search.Result {
	return o.rows().Find(search.Query{Kinds: mergeable(), Flag: search.Hidden})
}
