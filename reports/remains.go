package reports

import (
	"context"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports/page"
)

func (d *dossier) readRemains(ctx context.Context) error {
	found, err := d.links(ctx, d.people[0].rec.ID, record.Remains)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		d.remains = found[len(found)-1]
	}
	return nil
}

// remainsRequest asks the forensic office, in a relative's name, to identify,
// to report, to return, and not to bury. The authority signs its receipt on it.
func remainsRequest(d *dossier, b *body) []fault.Problem {
	t, p := d.texts, d.people[0]
	d.opening(b, t.T("remains-request.title"))
	authority := d.req.Extra["authority"]
	if authority == "" {
		authority = t.T("remains-request.authority")
	}
	b.add(func(s *page.Sheet) { s.Text(authority, page.Style{Bold: true}) })
	tie := d.word("kinship", p.tie.Get("kinship"))
	b.para(t.T("remains-request.intro", d.fullName(d.to), tie, d.fullName(p.rec)))

	b.heading(t.T("remains-request.requester"))
	who := fact{name: "contact.name", raw: d.fullName(d.to), value: d.fullName(d.to), label: t.T("label.requester"), source: d.said(d.to, "given_names")}
	b.facts(who, d.must(d.field(d.to, "cedula", nil)), d.must(d.tied(p)), d.field(d.to, "address", nil), d.phones())

	b.heading(t.T("remains-request.person"))
	facts := []fact{d.name(p), d.must(d.field(p.rec, "cedula", p.rec))}
	facts = append(facts, d.fields(p.rec, p.rec, "birth", "sex", "nationality", "height_cm", "build", "hair")...)
	for _, name := range []string{"marks", "dental", "implants", "clothes_last_seen"} {
		facts = append(facts, d.must(d.field(p.rec, name, p.rec)))
	}
	b.facts(append(facts, d.extra("dna"))...)

	b.heading(t.T("remains-request.news"))
	b.facts(append(d.fields(p.rec, p.rec, "last_contact_on", "last_contact_with", "last_contact_how"),
		d.where(p, "facility", p.status.Facility), d.where(p, "wing", p.status.Wing), d.life(p))...)

	b.heading(t.T("remains-request.body"))
	b.facts(append([]fact{d.must(d.field(d.remains, "code", nil))}, d.fields(d.remains, nil, "morgue", "found_at", "found_where")...)...)

	b.heading(t.T("remains-request.asks"))
	asks := []string{t.T("remains-request.ask.1"), t.T("remains-request.ask.2"), t.T("remains-request.ask.3"), t.T("remains-request.ask.4")}
	b.add(func(s *page.Sheet) { s.Bullets(asks) })
	b.facts(d.extra("rites"), d.extra("annexes"))
	d.closing(b,
		page.Signature{Name: d.fullName(d.to), Role: t.T("remains-request.signature")}, d.author(),
		page.Signature{Role: t.T("remains-request.received"), Note: t.T("remains-request.received_note")})
	return nil
}

func (d *dossier) tied(p person) fact {
	f := d.field(p.tie, "kinship", p.rec)
	f.label = d.texts.T("label.tie")
	return f
}

func (d *dossier) phones() fact {
	f := d.field(d.to, "phones", nil)
	f.value = ""
	for i, n := range d.to.List("phones") {
		if i > 0 {
			f.value += ", "
		}
		f.value += phone(n)
	}
	return f
}

// extra is what the author adds by hand: consent to a DNA sample, rites, annexes.
func (d *dossier) extra(name string) fact {
	f := fact{label: d.texts.T("label." + name), value: d.req.Extra[name]}
	if f.value != "" {
		f.source = d.texts.T("source.member", d.info.Name, d.now.Format("02/01/2006"))
	}
	return d.must(f)
}
