package present

import (
	"context"
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data/record"
	"paradero/reports"
)

// Paper is the page of one issued paper, or of a copy that was checked: what
// the register knows of it, what it states, and what has changed since.
type Paper struct {
	State    State
	Failure  Failure
	Verdict  Chip
	Says     string // the verdict in a sentence
	Known    bool   // the register has it
	ID       record.ID
	Title    string // its kind
	Number   string
	About    []PersonRow
	Facts    []Line // number, version, who, when, codes
	Stated   []StatedLine
	Replaced string // number of a later version, "" when there is none
	Request  reports.Request
	Asked    []ProposalCard // that it waits for a second person

	env    Env
	ctx    context.Context
	latest *Latest[paperData]
	shown  func()
}

// StatedLine is one fact that the paper states.
type StatedLine struct {
	Label   string
	Value   string
	About   string // whom, where the paper speaks of several
	Changed bool
	Now     string // what it would state today, where that differs; "" when nothing
}

// paperData is what one reading of the register gives.
type paperData struct {
	verdict reports.Verdict
	now     map[string]string
	asked   []ProposalCard
}

// NewPaper makes the page of a paper; Open or Check fills it.
func NewPaper(ctx context.Context, env Env, shown func()) *Paper {
	return &Paper{env: env, ctx: ctx, shown: shown, latest: NewLatest[paperData](env.Run)}
}

// Open shows a paper of the register.
func (p *Paper) Open(id record.ID) {
	p.latest.Ask(p.ctx, func(ctx context.Context) (paperData, error) {
		r, err := p.env.API.Get(ctx, id)
		if err != nil {
			return paperData{}, err
		}
		return p.read(ctx, []byte(r.Get("number")))
	}, p.answer)
}

// Check compares a number or the bytes of a PDF with the register.
func (p *Paper) Check(numberOrPDF []byte) {
	p.latest.Ask(p.ctx, func(ctx context.Context) (paperData, error) {
		return p.read(ctx, numberOrPDF)
	}, p.answer)
}

func (p *Paper) read(ctx context.Context, numberOrPDF []byte) (d paperData, err error) {
	if d.verdict, err = reports.Check(ctx, p.env.API, numberOrPDF); err == nil && len(d.verdict.Superseded) > 0 {
		d.now, err = reports.Current(ctx, p.env.API, d.verdict.Document)
	}
	if err == nil && d.verdict.Proposed == record.Waiting && d.verdict.Document != nil {
		d.asked, err = ProposalsOf(ctx, p.env, d.verdict.Document.ID)
	}
	return d, err
}

func (p *Paper) answer(d paperData, err error) {
	switch {
	case isCancelled(err):
		return
	case err != nil:
		p.State, p.Failure = Failed, failure(p.env.Words, err)
	default:
		p.take(d.verdict, d.now)
		p.Asked = d.asked
	}
	p.shown()
}

// Drop forgets what is under way.
func (p *Paper) Drop() { p.latest.Drop() }

func (p *Paper) take(v reports.Verdict, now map[string]string) {
	w := p.env.Words
	p.State, p.Known, p.Number, p.Replaced = Ready, v.Found, v.Number, v.Replaced
	p.Verdict, p.Says = p.verdict(v)
	p.About, p.Facts, p.Stated, p.ID = nil, nil, nil, record.ID{}
	p.Title, p.Request = "", reports.Request{}
	if !v.Found {
		if v.SHA256 != "" {
			p.Facts = []Line{{Label: w.T("documents.fact.sha256"), Value: v.SHA256}}
		}
		return
	}
	r := v.Document
	p.ID, p.Title = r.ID, w.T("document."+v.Kind)
	for _, id := range r.Refs("about") {
		if row, ok := p.env.API.Row(id); ok {
			p.About = append(p.About, personRow(p.env, row))
		}
	}
	p.Facts = paperFacts(p.env, v)
	p.Stated = statedLines(p.env, r, v.Superseded, now)
	p.Request = reports.Request{
		Kind: v.Kind, For: r.Refs("about"), To: r.Ref("addressee"), Case: r.Ref("case"),
		ApprovedBy: r.Get("approved_by"), Anonymised: r.Get("anonymised") == "true", Place: r.Get("place"),
	}
}

// verdict puts the gravest first: a copy that was altered is never called
// merely superseded.
func (p *Paper) verdict(v reports.Verdict) (Chip, string) {
	w := p.env.Words
	switch {
	case !v.Found:
		return Chip{Text: w.T("documents.unknown"), Tone: Bad}, w.T("documents.says.unknown")
	case v.Proposed != "":
		return proposedChip(w, v.Proposed), w.T("documents.says." + v.Proposed)
	case v.Altered:
		return Chip{Text: w.T("documents.altered"), Tone: Bad}, w.T("documents.says.altered", v.Number)
	case v.Replaced != "":
		return Chip{Text: w.T("documents.replaced"), Tone: Warn}, w.T("documents.says.replaced", v.Replaced)
	case len(v.Superseded) > 0:
		return Chip{Text: w.T("documents.superseded"), Tone: Warn}, w.N("documents.says.superseded", len(v.Superseded))
	case v.Genuine:
		return Chip{Text: w.T("documents.genuine"), Tone: OK}, w.T("documents.says.genuine")
	}
	return Chip{Text: w.T("documents.genuine"), Tone: OK}, w.T("documents.says.holds")
}

// proposedChip tells how a letter stands that was not issued yet.
func proposedChip(w *assets.Words, stands string) Chip {
	tone := Warn
	if stands == record.Refuse || stands == record.Withdraw {
		tone = Grey
	}
	return Chip{Text: w.T("documents.proposed." + stands), Tone: tone}
}

func paperFacts(env Env, v reports.Verdict) []Line {
	w, r := env.Words, v.Document
	facts := []Line{
		{Label: w.T("documents.fact.number"), Value: v.Number},
		{Label: w.T("documents.fact.version"), Value: w.T("documents.version_copy", v.Version, v.Copy)},
		{Label: w.T("documents.fact.issued_at"), Value: dateText(w, v.IssuedAt)},
		{Label: w.T("documents.fact.as_of"), Value: dateText(w, v.AsOf)},
		{Label: w.T("documents.fact.issued_by"), Value: dot(v.IssuedBy, optionLabel(w, record.Member, "role", r.Get("role")))},
		{Label: w.T("documents.fact.approved_by"), Value: r.Get("approved_by")},
		{Label: w.T("documents.fact.addressee"), Value: refName(env, r.Ref("addressee"))},
		{Label: w.T("documents.fact.place"), Value: r.Get("place")},
		{Label: w.T("documents.fact.pages"), Value: r.Get("pages")},
		{Label: w.T("documents.fact.check_code"), Value: v.CheckCode},
		{Label: w.T("documents.fact.sha256"), Value: v.SHA256},
	}
	if r.Get("anonymised") == "true" {
		facts = append(facts, Line{Label: w.T("documents.fact.form"), Value: w.T("documents.anonymised")})
	}
	return slices.DeleteFunc(facts, func(l Line) bool { return l.Value == "" })
}

// statedLines are the facts that the paper states, the changed ones first.
func statedLines(env Env, r *record.Record, changed []string, now map[string]string) []StatedLine {
	var lines []StatedLine
	several := len(r.Refs("about")) > 1
	for _, s := range r.List("stated") {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			continue
		}
		line := statedLine(env, name, value)
		if line.Changed = slices.Contains(changed, name); line.Changed && now[name] != "" {
			line.Now = statedLine(env, name, now[name]).Value
		}
		if !several {
			line.About = ""
		}
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, func(a, b StatedLine) int {
		switch {
		case a.Changed == b.Changed:
			return 0
		case a.Changed:
			return -1
		}
		return 1
	})
	return lines
}

// statedLine reads "detainee.facility@<id>" and its canonical value.
func statedLine(env Env, name, value string) StatedLine {
	w := env.Words
	field, about, _ := strings.Cut(name, "@")
	line := StatedLine{Label: field, Value: value}
	if id, err := record.ParseID(about); err == nil {
		line.About = refName(env, id)
	}
	kindName, fieldName, _ := strings.Cut(field, ".")
	kind, _ := record.KindNamed(kindName)
	if schema := record.SchemaOf(kind); schema != nil {
		if f, ok := schema.Field(fieldName); ok {
			line.Value = valueText(env, kind, f, value)
		}
	}
	switch {
	case w.Has("documents.stated." + field):
		line.Label = w.T("documents.stated." + field)
	case w.Has(field):
		line.Label = w.T(field)
	}
	if line.Value == "" {
		line.Value = w.T("documents.stated_nothing")
	}
	return line
}
