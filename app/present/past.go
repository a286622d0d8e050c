package present

import (
	"context"
	"slices"
	"time"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
)

// Past is a record as it was known in this office on a day: only to be read.
type Past struct {
	State   State
	Failure Failure
	Day     string // in full words
	Name    string
	Life    Chip
	Release Chip
	Where   string
	Mark    string // deleted or merged then; "" otherwise
	Clashes []Clash
	Facts   []FactCard
	Claims  []ClaimLine
	Notes   []NoteLine
	Steps   []TimelineLine

	env    Env
	ctx    context.Context
	id     record.ID
	latest *Latest[*pastData]
	shown  func()
}

type pastData struct {
	record  *record.Record
	moments []data.Moment
}

// NewPast makes the page of a record as it was; At fills it.
func NewPast(ctx context.Context, env Env, id record.ID, shown func()) *Past {
	return &Past{env: env, ctx: ctx, id: id, shown: shown, latest: NewLatest[*pastData](env.Run)}
}

// PastDay reads what was typed as a day, for the line under the field.
func PastDay(env Env, typed string) (full, problem string) {
	text, _, problem := pastMoment(env, typed)
	if problem != "" {
		return "", problem
	}
	return dateFull(env.Words, text), ""
}

func pastMoment(env Env, typed string) (canonical string, at time.Time, problem string) {
	return typedDay(env, record.Claim, "when", typed)
}

// typedDay reads what was typed as a day that a record's field would take, and gives
// the end of it.
func typedDay(env Env, kind record.Kind, field, typed string) (canonical string, end time.Time, problem string) {
	canonical, problems := record.Check(kind, field, typed, env.API.Now())
	if blocking := rule.Blocking(problems); len(blocking) > 0 {
		return "", time.Time{}, problemText(env.Words, blocking[0])
	}
	end, ok := rule.EndOf(canonical, env.API.Now().Location())
	if !ok {
		return "", time.Time{}, env.Words.T("error.as_of_day", typed)
	}
	return canonical, end, ""
}

// At reads the record as it was at the end of a day. It gives the problem of
// what was typed, "" when it reads.
func (p *Past) At(typed string) (problem string) {
	canonical, at, problem := pastMoment(p.env, typed)
	if problem != "" {
		return problem
	}
	p.Day, p.State = dateFull(p.env.Words, canonical), Loading
	p.latest.Ask(p.ctx, func(ctx context.Context) (*pastData, error) {
		r, err := p.env.API.AsOf(ctx, p.id, at)
		if err != nil {
			return nil, err
		}
		data.AuditOf(p.env.API).Opened(r)
		moments, err := p.env.API.Timeline(ctx, p.id)
		moments = slices.DeleteFunc(moments, func(m data.Moment) bool { return m.At.After(at) })
		return &pastData{r, moments}, err
	}, func(d *pastData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			p.State, p.Failure = Failed, failure(p.env.Words, err)
		default:
			p.take(d)
		}
		p.shown()
	})
	return ""
}

// Drop forgets what is under way.
func (p *Past) Drop() { p.latest.Drop() }

func (p *Past) take(d *pastData) {
	env, w, r := p.env, p.env.Words, d.record
	p.State, p.Name = Ready, recordName(env, r)
	p.Life, p.Release, p.Where, p.Claims, p.Clashes = Chip{}, Chip{}, "", nil, nil
	status := rule.Status{}
	if r.Kind == record.Detainee {
		status = rule.Conclude(r)
		p.Life = Chip{Text: w.T("person.life." + status.Life), Tone: lifeChip(w, status.Life).Tone}
		if status.Release != "" && status.Release != "detained" {
			p.Release = Chip{Text: optionLabel(w, record.Claim, "status", status.Release), Tone: Accent}
		}
		p.Where = whereText(w, status.Facility, status.Wing, status.Cell)
		p.Claims = claimLines(env, r)
	}
	p.Clashes = clashes(env, r, status)
	switch {
	case r.Deleted:
		p.Mark = w.T("past.deleted")
	case !r.MergedInto.IsZero():
		p.Mark = w.T("past.merged", refName(env, r.MergedInto))
	default:
		p.Mark = ""
	}
	p.Facts = facts(env, r, groupsOf(r.Kind))
	p.Facts = slices.DeleteFunc(p.Facts, func(c FactCard) bool { return len(c.Lines) == 0 })
	p.Notes = noteLines(env, r)
	p.Steps = timeline(env, r.Kind, d.moments)
}

// groupsOf gives the groups of a kind's facts, in the order of its schema.
func groupsOf(kind record.Kind) []string {
	var groups []string
	for _, f := range record.SchemaOf(kind).Fields {
		if !slices.Contains(groups, f.Group) && !f.Concluded {
			groups = append(groups, f.Group)
		}
	}
	return groups
}

// recordName names a record of any kind that has a page.
func recordName(env Env, r *record.Record) string {
	switch r.Kind {
	case record.Detainee, record.Contact:
		return fullName(env.Words, r)
	case record.Case:
		return dot(optionLabel(env.Words, record.Case, "type", r.Get("type")), refName(env, r.Ref("detainee")))
	}
	return r.Get("name")
}
