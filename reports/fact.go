package reports

import (
	"slices"
	"strings"

	"paradero/data/record"
	"paradero/data/rule"
	"paradero/reports/page"
)

// fact is one thing that a paper states.
type fact struct {
	name   string // "detainee.facility": how the register keeps it; "" is not kept
	raw    string // canonical
	value  string // as people read it
	label  string
	source string
}

// body is a paper being composed: what will be drawn, and what it states.
type body struct {
	draws  []func(*page.Sheet)
	stated []string
	one    bool // fits one page or is not made
	title  string
}

func (b *body) add(draw func(*page.Sheet)) { b.draws = append(b.draws, draw) }

func (b *body) heading(text string) { b.add(func(s *page.Sheet) { s.Heading(text) }) }

func (b *body) para(text string) { b.add(func(s *page.Sheet) { s.Para(text) }) }

func (b *body) quiet(text string) {
	b.add(func(s *page.Sheet) { s.Text(text, page.Style{Size: 9, Quiet: true}) })
}

// facts draws a table and keeps what it states.
func (b *body) facts(facts ...fact) {
	rows := make([]page.Fact, 0, len(facts))
	for _, f := range facts {
		b.state(f) // also what was empty: that it came to be known is a change
		if f.value != "" {
			rows = append(rows, page.Fact{Label: f.label, Value: f.value, Source: f.source})
		}
	}
	b.add(func(s *page.Sheet) { s.Facts(rows) })
}

// state keeps "name=value" for the register, each once.
func (b *body) state(facts ...fact) {
	for _, f := range facts {
		if f.name == "" {
			continue
		}
		if line := f.name + "=" + clip(f.raw); !slices.Contains(b.stated, line) {
			b.stated = append(b.stated, line)
		}
	}
}

// mark tells the facts of several people apart in the register.
func (d *dossier) mark(name string, about *record.Record) string {
	if len(d.people) > 1 && about != nil {
		return name + "@" + about.ID.String()
	}
	return name
}

// field states a field of a record on the word of who wrote it.
func (d *dossier) field(r *record.Record, name string, about *record.Record) fact {
	f := fact{raw: r.Get(name), label: d.texts.T("label." + name), source: d.said(r, name)}
	if r != nil {
		f.name = d.mark(r.Kind.String()+"."+name, about)
	}
	f.value = d.readable(r, name)
	return f
}

// fields states several.
func (d *dossier) fields(r *record.Record, about *record.Record, names ...string) []fact {
	out := make([]fact, 0, len(names))
	for _, n := range names {
		out = append(out, d.field(r, n, about))
	}
	return out
}

// must is a fact that is shown also when nobody said it.
func (d *dossier) must(f fact) fact {
	if f.value == "" {
		f.value, f.source = d.texts.T("doc.none"), ""
	}
	return f
}

// readable writes a value as people read it, by the type of its field.
func (d *dossier) readable(r *record.Record, name string) string {
	v := r.Get(name)
	if v == "" || r == nil {
		return ""
	}
	f, ok := record.SchemaOf(r.Kind).Field(name)
	if !ok {
		return v
	}
	switch f.Type {
	case record.Date, record.Moment:
		return d.date(v)
	case record.Enum:
		return d.word(name, v)
	case record.Enums:
		var out []string
		for _, o := range record.SplitList(v) {
			out = append(out, d.word(name, o))
		}
		return and(out)
	case record.Bool:
		if v == "true" {
			return d.texts.T("doc.yes")
		}
		return d.texts.T("doc.no")
	case record.Phone:
		return phone(v)
	case record.Texts:
		return strings.ReplaceAll(v, "\n", "; ")
	}
	return v
}

// said is who wrote a value, and when.
func (d *dossier) said(r *record.Record, name string) string {
	if r == nil || len(r.Values[name]) == 0 {
		return ""
	}
	v := r.Values[name][0]
	at := v.At.Format("02/01/2006")
	switch {
	case d.req.Anonymised:
		return d.texts.T("source.team", at)
	case v.List != "":
		return d.texts.T("source.list", v.List, at)
	}
	return d.texts.T("source.member", v.By, at)
}

// claimed is what a claim rests on: source, time, method and paper.
func (d *dossier) claimed(e *record.Entry) string {
	if e == nil {
		return ""
	}
	when := d.short(e.Get("when"))
	if when == "" {
		when = e.At.Format("02/01/2006 15:04")
	}
	values := rule.Completed(e.Values)
	if d.req.Anonymised {
		who := d.word("source_kind", e.Get("source_kind"))
		if who == "" {
			who = d.word("source_kind", "other")
		}
		parts := []string{d.texts.T("source.anonymous", who, when)}
		if m := values["method"]; m != "" {
			parts = append(parts, d.texts.T("source.method", d.word("method", m)))
		}
		return strings.Join(parts, "; ")
	}
	parts := []string{d.texts.T("source.claim", e.Get("source"), when)}
	if through := e.Get("through"); through != "" {
		parts[0] = d.texts.T("source.claim_through", e.Get("source"), when, through)
	}
	for _, name := range []string{"method", "proof", "authority"} {
		if v := values[name]; v != "" {
			parts = append(parts, d.texts.T("source."+name, d.word(name, v)))
		}
	}
	v := e.Get("approved_by")
	if v == "" && e.Second == record.Approve {
		v = e.Decided
	}
	if v != "" {
		parts = append(parts, d.texts.T("source.approved", v))
	}
	return strings.Join(parts, "; ")
}

// name states who he is.
func (d *dossier) name(p person) fact {
	n := d.fullName(p.rec)
	f := fact{name: d.mark("detainee.name", p.rec), raw: n, value: n, label: d.texts.T("label.name")}
	for _, field := range []string{"paternal_surname", "given_names", "original_name"} {
		if f.source = d.said(p.rec, field); f.source != "" {
			break
		}
	}
	return f
}

// life, release and where state what was concluded from claims (DOMAIN §3).
func (d *dossier) life(p person) fact {
	f := fact{name: d.mark("detainee.life_status", p.rec), raw: p.status.Life, label: d.texts.T("label.life_status")}
	f.value = d.word("life", p.status.Life)
	f.source = d.claimed(p.status.LifeClaim)
	if f.source == "" {
		f.source = d.texts.T("source.computed")
	}
	return f
}

// alive is the same, silent where nobody said anything about his life.
func (d *dossier) alive(p person) fact {
	f := d.life(p)
	if p.status.LifeClaim == nil {
		f.value = ""
	}
	return f
}

func (d *dossier) release(p person) fact {
	return fact{
		name: d.mark("detainee.release_status", p.rec), raw: p.status.Release, label: d.texts.T("label.release_status"),
		value: d.word("release", p.status.Release), source: d.claimed(p.status.ReleaseClaim),
	}
}

func (d *dossier) where(p person, name, value string) fact {
	return fact{
		name: d.mark("detainee."+name, p.rec), raw: value, value: value, label: d.texts.T("label." + name),
		source: d.claimed(p.status.PlaceClaim),
	}
}
