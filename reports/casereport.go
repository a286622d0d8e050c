package reports

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/reports/page"
)

// caseFile is what a case report reads beyond the person and his case.
type caseFile struct {
	attempts  []*record.Record
	tasks     []*record.Record
	documents []*record.Record
	kin       []kin
}

type kin struct{ contact, tie *record.Record }

func (d *dossier) readCase(ctx context.Context) error {
	p := d.people[0]
	var err error
	if d.file.attempts, err = d.links(ctx, p.rec.ID, record.Attempt); err != nil {
		return err
	}
	if d.file.documents, err = d.links(ctx, p.rec.ID, record.Document); err != nil {
		return err
	}
	about := []record.ID{p.rec.ID}
	if p.work != nil {
		about = append(about, p.work.ID)
	}
	for _, id := range about {
		tasks, err := d.links(ctx, id, record.Task)
		if err != nil {
			return err
		}
		d.file.tasks = append(d.file.tasks, tasks...)
	}
	for _, t := range p.ties {
		c, err := d.contact(ctx, t.Ref("contact"))
		if err != nil {
			return err
		}
		if c != nil {
			d.file.kin = append(d.file.kin, kin{c, t})
		}
	}
	return nil
}

// caseReport is the whole of a case for colleagues, or, anonymised, for others:
// then without names, papers, health, judicial past or free text.
func caseReport(d *dossier, b *body) []fault.Problem {
	t, p := d.texts, d.people[0]
	d.opening(b, t.T("case-report.title"))
	if d.req.Anonymised {
		b.add(func(s *page.Sheet) { s.Callout(t.T("case-report.anonymised")) })
	}
	b.para(t.T("case-report.cutoff", d.momentWords(d.now)) + " " + t.T("doc.sources"))
	d.summary(b, p)
	d.identity(b, p)
	d.legal(b, p)
	d.timeline(b, p)
	d.kin(b)
	d.papersHeld(b, p)
	d.free(b, "case-report.risks", p.work, "risks")
	d.free(b, "case-report.decisions", p.work, "decisions")
	d.next(b, p)
	sig := d.author()
	sig.Note = t.T("case-report.signature")
	d.closing(b, sig)
	return nil
}

func (d *dossier) summary(b *body, p person) {
	b.heading(d.texts.T("case-report.summary"))
	switch {
	case d.req.Anonymised:
	case p.work.Get("summary") != "":
		b.para(p.work.Get("summary"))
		b.quiet(d.said(p.work, "summary"))
		b.state(d.field(p.work, "summary", p.rec))
	default:
		b.para(d.texts.T("case-report.no_summary"))
	}
	facts := []fact{d.life(p), d.release(p), d.where(p, "facility", p.status.Facility), d.where(p, "wing", p.status.Wing)}
	if !d.req.Anonymised {
		facts = append(facts, d.where(p, "cell", p.status.Cell))
	}
	b.facts(append(facts, d.fields(p.work, p.rec, "type", "state", "opened_on", "closed_on")...)...)
	for _, c := range p.status.Contradictions {
		text := d.texts.T("case-report.contradiction", d.voice(c.A), d.voice(c.B))
		b.add(func(s *page.Sheet) { s.Callout(text) })
	}
}

// voice is one side of a contradiction: who says what.
func (d *dossier) voice(e record.Entry) string {
	what := d.claimWords(e)
	return d.claimed(&e) + " («" + what + "»)"
}

func (d *dossier) claimWords(e record.Entry) string {
	status := e.Get("status")
	for _, group := range []string{"life", "release"} {
		if d.texts.Has("word." + group + "." + status) {
			return d.word(group, status)
		}
	}
	return e.Get("facility")
}

func (d *dossier) identity(b *body, p person) {
	t := d.texts
	b.heading(t.T("case-report.identity"))
	if d.req.Anonymised {
		b.facts(fact{label: t.T("label.name"), value: t.T("case-report.person", "A")}, d.ageBand(p), d.field(p.rec, "sex", p.rec), d.certainty(p))
		return
	}
	b.facts(append([]fact{d.name(p), d.certainty(p)},
		d.fields(p.rec, p.rec, "cedula", "passport", "birth", "age", "sex", "nationality")...)...)
}

// certainty is how sure it is that he is who the name says: a confirmed
// identification, a paper, or a name alone.
func (d *dossier) certainty(p person) fact {
	f := fact{label: d.texts.T("case-report.certainty"), value: d.texts.T("case-report.certainty_none")}
	if slices.ContainsFunc(rule.FieldContradictions(p.rec), func(n string) bool { return n == "cedula" }) {
		f.value, f.source = d.texts.T("case-report.certainty_conflict"), d.said(p.rec, "cedula")
		return f
	}
	if c := p.status.LifeClaim; c != nil && p.status.Level == rule.Confirmed {
		if m := rule.Completed(c.Values)["method"]; m != "" {
			f.value, f.source = d.texts.T("case-report.certainty_method", d.word("method", m)), d.claimed(c)
			return f
		}
	}
	if paper := cmp.Or(p.rec.Get("cedula"), p.rec.Get("passport")); paper != "" {
		f.value = d.texts.T("case-report.certainty_paper")
		f.source = cmp.Or(d.said(p.rec, "cedula"), d.said(p.rec, "passport"))
	}
	return f
}

// ageBand is ten years wide, so that it points at nobody.
func (d *dossier) ageBand(p person) fact {
	f := fact{label: d.texts.T("label.age")}
	year, err := strconv.Atoi(strings.SplitN(p.rec.Get("birth"), "-", 2)[0])
	if err != nil {
		return f
	}
	low := (d.now.Year() - year) / 10 * 10
	f.value, f.source = d.texts.T("case-report.age_band", strconv.Itoa(low), strconv.Itoa(low+9)), d.said(p.rec, "birth")
	return f
}

func (d *dossier) legal(b *body, p person) {
	b.heading(d.texts.T("case-report.legal"))
	if d.req.Anonymised {
		b.facts(d.fields(p.work, p.rec, "pathway", "step", "filed_on", "hearing_on", "next_step_due")...)
		b.para(d.texts.T("case-report.legal_omitted"))
		return
	}
	facts := d.fields(p.rec, p.rec, "legal_status", "detained_on", "offence", "offence_date", "penalty_months", "credited_days",
		"final_judgment_on", "other_cases", "lawyer")
	facts = append(facts, d.served(p))
	facts = append(facts, d.fields(p.work, p.rec, "pathway", "legal_basis", "step", "court")...)
	facts = append(facts, d.either(p.work, p.rec, "judge"), d.either(p.work, p.rec, "process_number"))
	facts = append(facts, d.fields(p.work, p.rec, "filed_on", "hearing_on", "boleta_number", "boleta_date", "conditions", "expected_at",
		"expected_place", "left_at", "left_seen_by", "next_step_due")...)
	if !slices.ContainsFunc(facts, func(f fact) bool { return f.value != "" }) {
		b.para(d.texts.T("case-report.nothing"))
		return
	}
	b.facts(facts...)
}

// served is the estimated end of the sentence, with what it was computed from.
func (d *dossier) served(p person) fact {
	e, ok := rule.EndOfSentence(p.rec, d.now.Format("2006-01-02"))
	if !ok {
		return fact{}
	}
	f := fact{label: d.texts.T("label.end_of_sentence"), source: d.texts.T("case-report.estimate")}
	switch {
	case e.DaysLeft > 0:
		f.value = d.texts.N("case-report.days_left", e.DaysLeft, d.date(e.Date))
	case e.DaysLeft == 0:
		f.value = d.texts.T("case-report.ends_today", d.date(e.Date))
	default:
		f.value = d.texts.N("case-report.days_past", -e.DaysLeft, d.date(e.Date))
	}
	if len(e.Doubts) > 0 {
		f.source = d.texts.T("case-report.estimate_doubtful")
	}
	return f
}

// event is one row of the timeline.
type event struct{ when, what, who string }

func (d *dossier) timeline(b *body, p person) {
	var all []event
	for i := range p.rec.Entries {
		if e := &p.rec.Entries[i]; e.Kind == record.Claim {
			key := "case-report.event.claim"
			if e.Get("status") == "" {
				key = "case-report.event.place"
			}
			if what := d.claimWords(*e); what != "" {
				all = append(all, event{cmp.Or(e.Get("when"), moment(e.At)), d.texts.T(key, what), d.claimed(e)})
			}
		}
	}
	if p.work != nil {
		for _, e := range p.work.Standing(record.Step) {
			step := d.word("step", e.Get("step"))
			all = append(all, event{cmp.Or(e.Get("when"), moment(e.At)), d.texts.T("case-report.event.step", step), d.entered(e)})
		}
	}
	for _, a := range d.file.attempts {
		what := d.texts.T("case-report.event.attempt", d.word("channel", a.Get("channel")), d.word("outcome", a.Get("outcome")))
		all = append(all, event{a.Get("when"), what, d.said(a, "outcome")})
	}
	for _, n := range p.notifications {
		all = append(all, event{n.Get("when"), d.texts.T("case-report.event.notification", d.word("mode", n.Get("mode"))), d.said(n, "mode")})
	}
	for _, r := range d.file.documents {
		all = append(all, event{r.Get("issued_at"), d.texts.T("case-report.event.document", r.Get("number")), d.said(r, "number")})
	}
	slices.SortStableFunc(all, func(a, b event) int { return cmp.Compare(a.when, b.when) })
	if len(all) == 0 {
		return
	}
	b.heading(d.texts.T("case-report.timeline"))
	rows := make([][]string, len(all))
	for i, e := range all {
		rows[i] = []string{d.short(e.when), e.what, e.who}
	}
	head := []string{d.texts.T("case-report.date"), d.texts.T("case-report.event"), d.texts.T("case-report.by")}
	b.add(func(s *page.Sheet) { s.Table(head, []float64{0.19, 0.45, 0.36}, rows) })
}

// entered is who added an entry, and when.
func (d *dossier) entered(e record.Entry) string {
	at := e.At.Format("02/01/2006")
	if d.req.Anonymised {
		return d.texts.T("source.team", at)
	}
	return d.texts.T("source.member", cmp.Or(e.Get("who"), e.By), at)
}

// kin shows the contacts and how to reach them safely; anonymised only how many.
func (d *dossier) kin(b *body) {
	b.heading(d.texts.T("case-report.contacts"))
	if d.req.Anonymised {
		b.para(d.texts.T("case-report.contacts_redacted", strconv.Itoa(len(d.file.kin))))
		return
	}
	var rows [][]string
	for _, k := range d.file.kin {
		rows = append(rows, []string{d.fullName(k.contact), d.word("kinship", k.tie.Get("kinship")), d.reach(k.contact), d.said(k.tie, "kinship")})
	}
	if len(rows) == 0 {
		b.para(d.texts.T("case-report.nothing"))
		return
	}
	head := []string{d.texts.T("case-report.contact"), d.texts.T("case-report.tie"), d.texts.T("case-report.reach"), d.texts.T("case-report.by")}
	b.add(func(s *page.Sheet) { s.Table(head, []float64{0.27, 0.14, 0.33, 0.26}, rows) })
}

// reach is the safe way only: who must not be contacted has none.
func (d *dossier) reach(c *record.Record) string {
	if c.Get("do_not_contact") == "true" {
		return d.texts.T("case-report.do_not_contact")
	}
	var parts []string
	for _, s := range []string{d.word("channel", c.Get("preferred_channel")), c.Get("safe_hours")} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if !strings.Contains(c.Get("forbidden_channels"), "phone") {
		for _, n := range c.List("phones") {
			parts = append(parts, phone(n))
		}
	}
	return strings.Join(parts, ", ")
}

func (d *dossier) papersHeld(b *body, p person) {
	b.heading(d.texts.T("case-report.papers"))
	for _, part := range []struct{ key, field string }{{"case-report.held", "papers_held"}, {"case-report.missing", "papers_missing"}} {
		items := p.work.List(part.field)
		b.add(func(s *page.Sheet) { s.Subheading(d.texts.T(part.key)) })
		if d.req.Anonymised {
			b.para(fmt.Sprint(len(items)))
			continue
		}
		if len(items) == 0 {
			b.para(d.texts.T("case-report.nothing"))
			continue
		}
		b.add(func(s *page.Sheet) { s.Bullets(items) })
		b.quiet(d.said(p.work, part.field))
		b.state(d.field(p.work, part.field, p.rec))
	}
}

// free is a section of free text; anonymised papers have none.
func (d *dossier) free(b *body, key string, r *record.Record, field string) {
	b.heading(d.texts.T(key))
	switch {
	case d.req.Anonymised:
		b.para(d.texts.T("case-report.omitted"))
	case r.Get(field) == "":
		b.para(d.texts.T("case-report.nothing"))
	default:
		b.para(r.Get(field))
		b.quiet(d.said(r, field))
		b.state(d.field(r, field, d.people[0].rec))
	}
}

// next shows the next steps, who does them, and until when.
func (d *dossier) next(b *body, p person) {
	t := d.texts
	var rows [][]string
	who := func(s string) string {
		if d.req.Anonymised || s == "" {
			return t.T("case-report.unassigned")
		}
		return s
	}
	if s := p.work.Get("next_step"); s != "" && !d.req.Anonymised {
		rows = append(rows, []string{s, who(p.work.Get("assigned_to")), d.short(p.work.Get("next_step_due")), d.said(p.work, "next_step")})
		b.state(d.field(p.work, "next_step", p.rec), d.field(p.work, "assigned_to", p.rec))
	}
	for _, k := range d.file.tasks {
		if k.Get("done_on") == "" && !d.req.Anonymised {
			rows = append(rows, []string{k.Get("what"), who(k.Get("assigned_to")), d.short(k.Get("due")), d.said(k, "what")})
		}
	}
	b.heading(t.T("case-report.next"))
	switch {
	case d.req.Anonymised:
		b.para(t.T("case-report.omitted"))
	case len(rows) == 0:
		b.para(t.T("case-report.no_next"))
	default:
		head := []string{t.T("case-report.step"), t.T("case-report.who"), t.T("case-report.due"), t.T("case-report.by")}
		b.add(func(s *page.Sheet) { s.Table(head, []float64{0.4, 0.2, 0.14, 0.26}, rows) })
	}
}
