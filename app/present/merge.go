package present

import (
	"context"
	"slices"
	"strings"

	"paradero/data"
	"paradero/data/record"
)

// MergeForm says that another record is the same person as this one: found by
// name, laid side by side field by field, with both statuses and what speaks
// against it. Nothing of a life or a place crosses.
type MergeForm struct {
	Found   []PersonRow // while searching
	Chosen  *PersonRow
	Fields  []MergeLine
	Lives   [2]Chip // of the one that stays and of the other
	Doubts  []MergeDoubt
	Reason  string
	Problem string

	env    Env
	ctx    context.Context
	keep   record.ID
	kind   record.Kind
	latest *Latest[[]PersonRow]
	plans  *Latest[data.MergePlan]
	shown  func()
}

// MergeLine is one field side by side.
type MergeLine struct {
	Name, Label string
	Keep, Other string
	Take        bool // the one that stays gets it from the other
}

// MergeDoubt speaks against the two being one.
type MergeDoubt struct {
	Field   string
	Text    string
	Warning bool // worth knowing; the others must be spoken to
	Spoken  bool
}

// NewMergeForm opens the form on the page of the record that stays.
func NewMergeForm(ctx context.Context, env Env, kind record.Kind, keep record.ID, shown func()) *MergeForm {
	return &MergeForm{
		env: env, ctx: ctx, kind: kind, keep: keep, shown: shown,
		latest: NewLatest[[]PersonRow](env.Run), plans: NewLatest[data.MergePlan](env.Run),
	}
}

// mergeOffers is how many are offered while searching.
const mergeOffers = 6

// Search looks for the other record.
func (f *MergeForm) Search(text string) {
	if strings.TrimSpace(text) == "" {
		f.latest.Drop()
		f.Found = nil
		f.shown()
		return
	}
	f.latest.Ask(f.ctx, func(ctx context.Context) ([]PersonRow, error) {
		res, err := f.env.API.List(ctx, data.ListQuery{Kind: f.kind, Text: text})
		var rows []PersonRow
		for i := 0; err == nil && i < res.Len() && len(rows) < mergeOffers; i++ {
			if row := res.At(i); row.ID != f.keep {
				rows = append(rows, personRow(f.env, row))
			}
		}
		return rows, err
	}, func(rows []PersonRow, err error) {
		if isCancelled(err) {
			return
		}
		f.Found = rows
		f.shown()
	})
}

// Choose lays a record beside the one that stays; a zero id takes it away.
func (f *MergeForm) Choose(id record.ID) {
	f.Chosen, f.Fields, f.Doubts, f.Problem = nil, nil, nil, ""
	if id.IsZero() {
		f.shown()
		return
	}
	row := PersonRowOf(f.env, id)
	f.Chosen = &row
	f.plans.Ask(f.ctx, func(ctx context.Context) (data.MergePlan, error) {
		return f.env.API.MergePlan(ctx, f.keep, id)
	}, func(p data.MergePlan, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			fail := failure(f.env.Words, err)
			f.Problem = join(" ", fail.Text, fail.Hint)
		default:
			f.lay(&p)
		}
		f.shown()
	})
}

func (f *MergeForm) lay(p *data.MergePlan) {
	w, schema := f.env.Words, record.SchemaOf(f.kind)
	for _, one := range p.Fields {
		field, _ := schema.Field(one.Name)
		f.Fields = append(f.Fields, MergeLine{
			Name: one.Name, Label: fieldLabel(w, f.kind, one.Name), Take: one.Take && one.Other != one.Keep,
			Keep: valueText(f.env, f.kind, field, one.Keep), Other: valueText(f.env, f.kind, field, one.Other),
		})
	}
	if f.kind == record.Detainee {
		f.Lives = [2]Chip{lifeChip(w, p.Life[0].Life), lifeChip(w, p.Life[1].Life)}
	}
	for _, d := range p.Doubts {
		f.Doubts = append(f.Doubts, MergeDoubt{Field: d.Field, Warning: d.Warning, Text: join(": ", fieldLabel(w, f.kind, d.Field), problemText(w, d))})
	}
}

// Take says whether a field is taken from the other.
func (f *MergeForm) Take(name string, on bool) {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			f.Fields[i].Take = on
		}
	}
}

// Speak says that a doubt was thought of, and the reason answers it.
func (f *MergeForm) Speak(field string, on bool) {
	for i := range f.Doubts {
		if f.Doubts[i].Field == field {
			f.Doubts[i].Spoken = on
		}
	}
}

// Dirty reports whether something was chosen or written.
func (f *MergeForm) Dirty() bool { return f.Chosen != nil || strings.TrimSpace(f.Reason) != "" }

// Typing lends the form to its draft.
func (f *MergeForm) Typing() *Typing {
	return &Typing{
		Typed: func() map[string]string {
			typed := map[string]string{"reason": f.Reason}
			if f.Chosen != nil {
				typed["other"] = f.Chosen.ID.String()
			}
			return typed
		},
		Restore: func(typed map[string]string) {
			if text, ok := typed["reason"]; ok {
				f.Reason = text
			}
			if id, err := record.ParseID(typed["other"]); err == nil {
				f.Choose(id)
			}
		},
		Dirty: f.Dirty,
	}
}

// Save merges.
func (f *MergeForm) Save(ctx context.Context, done func(ok bool)) {
	w := f.env.Words
	f.Problem = ""
	unspoken := slices.ContainsFunc(f.Doubts, func(d MergeDoubt) bool { return !d.Warning && !d.Spoken })
	switch {
	case f.Chosen == nil:
		f.Problem = w.T("merge.choose_first")
	case unspoken:
		f.Problem = w.T("merge.speak_first")
	case record.CleanLong(f.Reason) == "":
		f.Problem = w.T("merge.needs_reason")
	}
	if f.Problem != "" {
		done(false)
		return
	}
	m := data.Merging{Keep: f.keep, Other: f.Chosen.ID, Reason: f.Reason, Take: []string{}}
	for _, l := range f.Fields {
		if l.Take {
			m.Take = append(m.Take, l.Name)
		}
	}
	for _, d := range f.Doubts {
		if d.Spoken {
			m.Despite = append(m.Despite, d.Field)
		}
	}
	f.env.Run.Go(func() {
		_, err := f.env.API.Merge(ctx, m)
		f.env.Run.Back(func() {
			if err != nil {
				fail := failure(w, err)
				f.Problem = join(" ", fail.Text, fail.Hint)
			}
			done(err == nil)
		})
	})
}

// Drop forgets what is under way.
func (f *MergeForm) Drop() { f.latest.Drop(); f.plans.Drop() }

// Standing is what is out of the ordinary with a record as a whole: merged into
// another, others merged into it, deleted while somebody wrote in it.
type Standing struct {
	Into     *PersonRow // whom this one was merged into
	Merge    record.Write
	From     []MergedLine
	Conflict bool // deleted while somebody wrote in it
}

// MergedLine is one who was found to be this person, with what is said of him:
// it stays his.
type MergedLine struct {
	ID     record.ID
	Name   string
	Life   Chip
	Claims []ClaimLine
	Differ bool // his life is not the one concluded here
	Merge  record.Write
}

// ReadStanding reads it. It takes time: not for the screen's goroutine.
func ReadStanding(ctx context.Context, env Env, id record.ID) (*Standing, error) {
	r, err := env.API.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	s := &Standing{Conflict: r.EditedAfterDelete}
	if !r.MergedInto.IsZero() {
		row := PersonRowOf(env, r.MergedInto)
		s.Into = &row
		if vals := r.Values["merged_into"]; len(vals) > 0 {
			s.Merge = vals[0].Write
		}
	}
	merged, err := env.API.MergedFrom(ctx, id)
	for _, m := range merged {
		line := MergedLine{ID: m.ID, Name: fullName(env.Words, m)}
		if vals := m.Values["merged_into"]; len(vals) > 0 {
			line.Merge = vals[0].Write
		}
		if m.Kind == record.Detainee {
			own, theirs := LifeOf(r), LifeOf(m)
			line.Life, line.Claims = lifeChip(env.Words, theirs), claimLines(env, m)
			line.Differ = theirs != "unknown" && own != theirs
		}
		s.From = append(s.From, line)
	}
	return s, err
}

// Unmerge ends a merge.
func Unmerge(ctx context.Context, env Env, w record.Write, done func(Failure, bool)) {
	env.Run.Go(func() {
		_, err := env.API.Unmerge(ctx, w, "")
		env.Run.Back(func() {
			if err != nil {
				done(failure(env.Words, err), false)
				return
			}
			done(Failure{}, true)
		})
	})
}
