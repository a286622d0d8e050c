package present

import (
	"context"
	"strconv"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
)

// LifeOf is whether a person is alive, as far as is concluded.
func LifeOf(r *record.Record) string { return rule.Conclude(r).Life }

// Removal takes a record away: out of sight, which can be undone, or for ever.
type Removal struct {
	State   State
	Failure Failure
	Ever    bool     // for ever
	Goes    []string // what goes, in words; for ever only
	Holds   []string // why it must be kept: then nothing goes
	May     bool     // whether this member may erase
	Reason  string
	Second  bool // it waits for a second person
	Waits   bool // it was proposed: nothing is gone yet
	Sure    bool // "I understand that it does not come back" was ticked
	Problem string
	Write   record.Write // by which a deletion is undone

	env    Env
	ctx    context.Context
	id     record.ID
	kind   record.Kind
	base   *record.Record
	latest *Latest[data.ErasePlan]
	shown  func()
}

// NewDelete opens the form that takes a record out of sight.
func NewDelete(ctx context.Context, env Env, base *record.Record) *Removal {
	return &Removal{State: Ready, env: env, ctx: ctx, id: base.ID, kind: base.Kind, base: base, May: true, shown: func() {}}
}

// NewErase opens the form that erases a record for ever; it reads first what
// would go.
func NewErase(ctx context.Context, env Env, id record.ID, kind record.Kind, shown func()) *Removal {
	f := &Removal{Ever: true, env: env, ctx: ctx, id: id, kind: kind, shown: shown, latest: NewLatest[data.ErasePlan](env.Run)}
	f.latest.Ask(ctx, func(ctx context.Context) (data.ErasePlan, error) { return env.API.ErasePlan(ctx, id) },
		func(p data.ErasePlan, err error) {
			switch {
			case isCancelled(err):
				return
			case err != nil:
				f.State, f.Failure = Failed, failure(env.Words, err)
			default:
				f.lay(&p)
			}
			f.shown()
		})
	return f
}

func (f *Removal) lay(p *data.ErasePlan) {
	w := f.env.Words
	f.State, f.May, f.Second = Ready, p.May, p.Second
	counts := map[record.Kind]int{}
	for _, r := range p.Records {
		counts[r.Kind]++
	}
	for _, s := range record.Kinds() {
		if n := counts[s.Kind]; n == 1 {
			f.Goes = append(f.Goes, w.T("erase.goes", w.T("kind."+s.Name), strconv.Itoa(n)))
		} else if n > 1 {
			f.Goes = append(f.Goes, w.T("erase.goes", w.T("kinds."+s.Name), w.Count(n)))
		}
	}
	f.Goes = append(f.Goes, w.N("erase.changes", p.Changes))
	for _, h := range p.Holds {
		f.Holds = append(f.Holds, h.Reason)
	}
}

// Dirty reports whether a reason was begun.
func (f *Removal) Dirty() bool { return record.CleanLong(f.Reason) != "" }

// Save takes the record away.
func (f *Removal) Save(ctx context.Context, progress func(data.Progress), done func(ok bool)) {
	w := f.env.Words
	f.Problem = ""
	switch {
	case record.CleanLong(f.Reason) == "":
		f.Problem = w.T("remove.needs_reason")
	case f.Ever && !f.Sure:
		f.Problem = w.T("erase.say_so")
	}
	if f.Problem != "" {
		done(false)
		return
	}
	f.env.Run.Go(func() {
		var err error
		var write record.Write
		var plan data.ErasePlan
		if f.Ever {
			plan, err = f.env.API.Erase(ctx, f.id, f.Reason, progress)
		} else {
			var receipts []data.Receipt
			receipts, err = f.env.API.Edit(ctx, data.Change{Record: f.id, Kind: f.kind, Base: f.base, Delete: true, Reason: f.Reason})
			if err == nil {
				write = receipts[0].Write
			}
		}
		f.env.Run.Back(func() {
			f.Write, f.Waits = write, err == nil && plan.Proposal != nil
			if err != nil {
				fail := failure(w, err)
				f.Problem = join(" ", fail.Text, fail.Hint)
			}
			done(err == nil)
		})
	})
}

// Typing lends the form to its draft.
func (f *Removal) Typing() *Typing {
	return &Typing{
		Typed:   func() map[string]string { return map[string]string{"reason": f.Reason} },
		Restore: func(typed map[string]string) { f.Reason = typed["reason"] },
		Dirty:   f.Dirty,
	}
}
