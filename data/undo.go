package data

import (
	"context"
	"slices"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
)

// Undo takes back what a change said, as a new change: it sets back the fields
// that still stand as that change set them, corrects the entries that it added,
// brings back what it deleted and deletes what it made. What somebody has
// changed since stays, and is named in the receipt's warnings; when nothing is
// left to take back it is refused. A merge is undone for both records at once.
func (o *Office) Undo(ctx context.Context, w record.Write, reason string) (Receipt, error) {
	const op = "undo"
	batch, body, err := o.change(ctx, op, w)
	if err != nil {
		return Receipt{}, err
	}
	return o.undo(ctx, op, batch, body, body.Changes[w.Index].Record, reason)
}

// UndoPlan says what Undo would do, without doing it.
func (o *Office) UndoPlan(ctx context.Context, w record.Write) (Undoing, error) {
	const op = "undo"
	batch, body, err := o.change(ctx, op, w)
	if err != nil {
		return Undoing{}, err
	}
	plans, err := o.plans(ctx, op, batch, body, body.Changes[w.Index].Record)
	if err != nil {
		return Undoing{}, err
	}
	var out Undoing
	for _, p := range plans {
		out.Parts = append(out.Parts, p.parts...)
		out.Kept = append(out.Kept, p.kept...)
	}
	return out, nil
}

// Undoing is what an undo does and what it cannot do.
type Undoing struct {
	Parts []UndoPart
	Kept  []fault.Problem // what stays, because somebody changed it since
}

// UndoPart is one thing that an undo sets back.
type UndoPart struct {
	Record record.ID
	Kind   record.Kind
	Does   string // "field", "entry", "delete", "restore"
	Field  string // of "field"
	Now    string
	Then   string
	Entry  record.Kind // of "entry"
}

func (o *Office) undo(ctx context.Context, op string, batch *ledger.Batch, body *ledger.Body, id record.ID, reason string) (Receipt, error) {
	plans, err := o.plans(ctx, op, batch, body, id)
	if err != nil {
		return Receipt{}, err
	}
	var list []*prepared
	var kept []fault.Problem
	for _, p := range plans {
		list, kept = append(list, p.prepared(o, reason)...), append(kept, p.kept...)
	}
	if len(list) == 0 {
		for i := range kept {
			kept[i].Warning = false
		}
		return Receipt{}, fault.Refuse(op, "undo_nothing", kept)
	}
	receipts, err := o.submit(ctx, list, false)
	if err != nil {
		return Receipt{}, err
	}
	receipts[0].Warnings = kept
	return receipts[0], nil
}

// plans are those of the records that are undone together: one, or the two of
// a merge, the one that was merged away first.
func (o *Office) plans(ctx context.Context, op string, batch *ledger.Batch, body *ledger.Body, id record.ID) ([]*undoPlan, error) {
	ids := []record.ID{id}
	for i := range body.Changes {
		c := &body.Changes[i]
		if into, ok := mergedTo(c); ok {
			if into.IsZero() {
				into = o.mergedBefore(ctx, c)
			}
			if c.Record == id || into == id {
				ids = []record.ID{c.Record, into}
			}
		}
	}
	var plans []*undoPlan
	for _, id := range ids {
		unit := map[record.Write]bool{}
		for i := range body.Changes {
			if body.Changes[i].Record == id {
				unit[record.Write{Batch: batch.Hash, Index: uint16(i)}] = true
			}
		}
		if len(unit) == 0 {
			continue
		}
		p, err := o.planUndo(ctx, op, id, unit)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// mergedTo gives whom a change merges its record into; zero when it ends a merge.
func mergedTo(c *ledger.Change) (record.ID, bool) {
	if c.Kind != record.Detainee && c.Kind != record.Contact {
		return record.ID{}, false
	}
	for i := range c.Fields {
		if c.Fields[i].Num == record.MergedIntoNum {
			id, _ := record.ParseID(c.Fields[i].Text)
			return id, true
		}
	}
	return record.ID{}, false
}

// mergedBefore gives whom a record was merged into before a change ended it.
func (o *Office) mergedBefore(ctx context.Context, c *ledger.Change) record.ID {
	_, said, err := o.history(ctx, "undo", c.Record)
	if err != nil {
		return record.ID{}
	}
	for _, text := range before(said, c, record.MergedIntoNum) {
		if id, err := record.ParseID(text); err == nil {
			return id
		}
	}
	return record.ID{}
}

// setBack is one field with the values that it gets back, the shown one last.
type setBack struct {
	num   uint16
	pred  []record.Write
	texts []string
}

// undoPlan is what an undo does to one record.
type undoPlan struct {
	state   *fold.State
	fields  []setBack
	entries []fold.Entry // to take back
	parts   []UndoPart
	kept    []fault.Problem
}

// planUndo finds what of a unit, the changes of one record that were said
// together, still stands, and what was there before.
func (o *Office) planUndo(ctx context.Context, op string, id record.ID, unit map[record.Write]bool) (*undoPlan, error) {
	s, said, err := o.history(ctx, op, id)
	if err != nil {
		return nil, err
	}
	switch {
	case len(s.Origins) == 0 || len(s.Erased) > 0:
		return nil, fault.New(fault.NotFound, op, "not_found", id.String())
	case founding(s.Kind), s.Kind == record.Document:
		return nil, fault.New(fault.Refused, op, "undo_not_of_kind")
	case s.Later:
		return nil, fault.New(fault.Newer, op, "record_newer")
	}
	p := &undoPlan{state: s}
	if unit[s.Origins[s.First].Write] {
		return p, o.planUnmake(ctx, op, p, said, unit)
	}
	for _, u := range said {
		if !unit[u.from.Write] {
			continue
		}
		for i := range u.change.Fields {
			if num := u.change.Fields[i].Num; !slices.ContainsFunc(p.fields, func(f setBack) bool { return f.num == num }) {
				p.planField(said, unit, num)
			}
		}
	}
	p.planEntries(unit, said)
	return p, nil
}

// planUnmake deletes a record that was made, when nothing that was said of it
// since still stands.
func (o *Office) planUnmake(ctx context.Context, op string, p *undoPlan, said []utterance, unit map[record.Write]bool) error {
	s := p.state
	if s.Deleted() {
		return fault.New(fault.NotFound, op, "not_found", s.ID.String())
	}
	if by := standsBeside(said, unit); by != nil {
		return fault.New(fault.Refused, op, "undo_made_and_changed", o.names.get(by.from.Author))
	}
	links, err := o.Links(ctx, s.ID, 0)
	if err != nil {
		return err
	}
	if len(links) > 0 {
		return fault.New(fault.Refused, op, "undo_made_and_linked")
	}
	// It names the changes that made the record, and is known by that as their undoing.
	pred := s.Replaces(ledger.FieldDeleted)
	for w := range unit {
		pred = append(pred, w)
	}
	p.fields = append(p.fields, setBack{num: ledger.FieldDeleted, pred: pred, texts: []string{s.Deletion()}})
	p.parts = append(p.parts, UndoPart{Record: s.ID, Kind: s.Kind, Does: "delete"})
	return nil
}

// standsBeside gives the latest change beside a unit that was neither undone nor
// is an undoing, nil when there is none.
func standsBeside(said []utterance, unit map[record.Write]bool) *utterance {
	undone := map[record.Write]bool{}
	for i := len(said) - 1; i >= 0; i-- {
		w := said[i].from.Write
		if unit[w] || undone[w] {
			continue
		}
		target := undoes(said, w)
		if target.IsZero() {
			return &said[i]
		}
		undone[target] = true
	}
	return nil
}

func (p *undoPlan) planField(said []utterance, unit map[record.Write]bool, num uint16) {
	s := p.state
	f := setBack{num: num}
	now := ""
	for _, v := range s.Vals(num) {
		w := s.Origins[v.Origin].Write
		for said := range standsFor(said, w, num, map[record.Write]bool{}) {
			if unit[said] { // itself, or set back by the undoing of what came after it
				f.pred, now = append(f.pred, w), v.Text
				if said != w {
					f.pred = append(f.pred, said)
				}
			}
		}
	}
	name := fieldName(s.Kind, num)
	if len(f.pred) == 0 {
		p.kept = append(p.kept, fault.Problem{Field: name, Key: "undo_changed_since", Warning: true})
		return
	}
	whole := true
	for _, u := range said {
		if unit[u.from.Write] {
			texts, ok := replaced(said, u.change, num, unit)
			whole = whole && ok
			for _, text := range texts {
				if !slices.Contains(f.texts, text) {
					f.texts = append(f.texts, text)
				}
			}
		}
	}
	part := UndoPart{Record: s.ID, Kind: s.Kind, Does: "field", Field: name, Now: now}
	switch {
	case num == ledger.FieldDeleted && fold.IsDeletion(now):
		f.texts, part.Does = []string{fold.BroughtBack()}, "restore"
	case num == ledger.FieldDeleted:
		f.texts, part.Does = []string{s.Deletion()}, "delete"
	case !whole:
		p.kept = append(p.kept, fault.Problem{Field: name, Key: "undo_erased", Warning: true})
		return
	case len(f.texts) == 0:
		f.texts = []string{""} // nothing stood there before
	}
	if part.Does == "field" {
		part.Then = f.texts[len(f.texts)-1]
	}
	p.fields, p.parts = append(p.fields, f), append(p.parts, part)
}

func (p *undoPlan) planEntries(unit map[record.Write]bool, said []utterance) {
	back := record.TakenBack(fold.View(p.state, func(record.ID) string { return "" }).Entries)
	erased := false
	for _, u := range said {
		erased = erased || unit[u.from.Write] && u.change.Erased
	}
	if erased {
		p.kept = append(p.kept, fault.Problem{Key: "undo_erased", Warning: true})
	}
	for _, e := range p.state.Entries {
		switch {
		case !unit[p.state.Origins[e.Origin].Write]:
		case record.SchemaOf(e.Kind) == nil: // a newer version's: how it is taken back is not known here
			p.kept = append(p.kept, fault.Problem{Key: "undo_newer", Warning: true})
		case back[e.ID]:
			p.kept = append(p.kept, fault.Problem{Field: e.Kind.String(), Key: "undo_taken_back_since", Warning: true})
		default:
			p.entries = append(p.entries, e)
			p.parts = append(p.parts, UndoPart{Record: p.state.ID, Kind: p.state.Kind, Does: "entry", Entry: e.Kind})
		}
	}
}

func fieldName(kind record.Kind, num uint16) string {
	if num == ledger.FieldDeleted {
		return fieldDeleted
	}
	if schema := record.SchemaOf(kind); schema != nil {
		if f, ok := schema.FieldNum(num); ok {
			return f.Name
		}
	}
	return ""
}

// prepared gives the changes that carry the plan out: one, and one more for
// each further value that a field gets back beside its first, since each change
// says one thing of a field.
func (p *undoPlan) prepared(o *Office, reason string) []*prepared {
	var list []*prepared
	at := func(i int) *prepared {
		for len(list) <= i {
			list = append(list, writing(p.state, reason))
		}
		return list[i]
	}
	for _, f := range p.fields {
		for i, text := range f.texts {
			at(i).add(f.num, f.pred, text)
		}
	}
	for _, e := range p.entries {
		at(0).takeBack(e, o.Info().Name, reason)
	}
	return list
}

// writing begins a change of a record that is not a form's.
func writing(s *fold.State, reason string) *prepared {
	reason = record.CleanLong(reason)
	return &prepared{
		change: ledger.Change{Record: s.ID, Kind: s.Kind, Op: ledger.OpEdit, Rights: 1, Reason: reason},
		size:   len(reason) + 320,
	}
}

func (p *prepared) add(num uint16, pred []record.Write, text string) {
	if len(pred) > ledger.MaxPred {
		pred = pred[:ledger.MaxPred]
	}
	p.size += len(text) + 8 + 40*len(pred)
	p.change.Fields = append(p.change.Fields, ledger.Field{Num: num, Pred: pred, Text: text})
}

// takeBack adds an entry that corrects another and says nothing else.
func (p *prepared) takeBack(e fold.Entry, member, reason string) {
	texts := map[string]string{"corrects": e.ID.String()}
	if e.Kind == record.Claim {
		texts["source"], texts["source_kind"], texts["reason"] = member, "member", record.CleanLong(reason)
	}
	p.entry(e.Kind, texts)
}

// entry adds an entry of canonical texts.
func (p *prepared) entry(kind record.Kind, texts map[string]string) {
	e := ledger.Entry{Kind: kind}
	schema := record.SchemaOf(kind)
	for i := range schema.Fields {
		if f := &schema.Fields[i]; texts[f.Name] != "" {
			e.Values = append(e.Values, ledger.Text{Num: f.Num, Text: texts[f.Name]})
			p.size += len(texts[f.Name]) + 8
		}
	}
	slices.SortFunc(e.Values, func(a, b ledger.Text) int { return int(a.Num) - int(b.Num) })
	p.change.Entries = append(p.change.Entries, e)
}

// standsFor gives the changes whose value of a field a live write says again:
// its own, and where it undoes another, what that one had replaced.
func standsFor(said []utterance, w record.Write, num uint16, seen map[record.Write]bool) map[record.Write]bool {
	if seen[w] {
		return seen
	}
	seen[w] = true
	target := undoes(said, w)
	k := slices.IndexFunc(said, func(u utterance) bool { return u.from.Write == target })
	if target.IsZero() || k < 0 {
		return seen
	}
	own := slices.IndexFunc(said, func(u utterance) bool { return u.from.Write == w })
	text, _ := said[own].text(num)
	for i := range said[k].change.Fields {
		f := &said[k].change.Fields[i]
		if f.Num != num {
			continue
		}
		for _, p := range f.Pred {
			before := slices.IndexFunc(said, func(u utterance) bool { return u.from.Write == p })
			if before < 0 {
				continue
			}
			if was, ok := said[before].text(num); ok && was == text {
				standsFor(said, p, num, seen)
			}
		}
	}
	return seen
}

// undoes gives the change that one sets back: each of its values is what stood
// before that other one, each of its entries takes one of the other's back.
func undoes(said []utterance, w record.Write) record.Write {
	i := slices.IndexFunc(said, func(u utterance) bool { return u.from.Write == w })
	if i < 0 {
		return record.Write{}
	}
	c := said[i].change
	var candidates []record.Write
	if len(c.Fields) > 0 {
		candidates = c.Fields[0].Pred
	} else if len(c.Entries) > 0 {
		if t, ok := correctsOf(said, c.Entries[0]); ok {
			candidates = []record.Write{t}
		}
	}
	for _, t := range candidates {
		if setsAllBack(said, c, t) {
			return t
		}
	}
	return record.Write{}
}

func setsAllBack(said []utterance, c *ledger.Change, target record.Write) bool {
	for i := range c.Fields {
		if f := &c.Fields[i]; !slices.Contains(f.Pred, target) || !setsBack(said, f, target) {
			return false
		}
	}
	for _, e := range c.Entries {
		if t, ok := correctsOf(said, e); !ok || t != target {
			return false
		}
	}
	return true
}

func setsBack(said []utterance, f *ledger.Field, target record.Write) bool {
	k := slices.IndexFunc(said, func(u utterance) bool { return u.from.Write == target })
	if k < 0 {
		return false
	}
	now, _ := said[k].text(f.Num)
	if f.Num == ledger.FieldDeleted {
		return fold.IsDeletion(now) != fold.IsDeletion(f.Text)
	}
	was := before(said, said[k].change, f.Num)
	return slices.Contains(was, f.Text) || len(was) == 0 && f.Text == ""
}

// correctsOf gives the change whose entry one takes back without saying more.
func correctsOf(said []utterance, e ledger.Entry) (record.Write, bool) {
	schema := record.SchemaOf(e.Kind)
	if schema == nil {
		return record.Write{}, false
	}
	f, ok := schema.Field("corrects")
	if !ok {
		return record.Write{}, false
	}
	id := ""
	for _, v := range e.Values {
		if v.Num == f.Num {
			id = v.Text
		}
	}
	for _, u := range said {
		for i := range u.change.Entries {
			if fold.EntryID(u.from.Write, i).String() == id {
				return u.from.Write, true
			}
		}
	}
	return record.Write{}, false
}
