package reports

import (
	"cmp"
	"strconv"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports/page"
)

// releaseNotice tells a family that a release was ordered, and how to receive
// whoever leaves. It frees nobody and says so first.
func releaseNotice(d *dossier, b *body) []fault.Problem {
	t := d.texts
	d.opening(b, t.T("release-notice.title"))
	b.add(func(s *page.Sheet) { s.Callout(t.T("release-notice.not_official")) })
	d.addressLine(b)
	names := make([]string, len(d.people))
	for i, p := range d.people {
		names[i] = d.fullName(p.rec)
	}
	form := ".one"
	if len(names) > 1 {
		form = ".other"
	}
	b.para(t.T("release-notice.intro"+form, and(names), d.momentWords(d.now)))
	for i, p := range d.people {
		if len(d.people) > 1 {
			b.heading(names[i])
		} else {
			b.heading(t.T("release-notice.order"))
		}
		d.order(b, p)
		if len(d.people) > 1 {
			b.add(func(s *page.Sheet) { s.Subheading(t.T("release-notice.when")) })
		} else {
			b.heading(t.T("release-notice.when"))
		}
		d.leaving(b, p)
	}
	b.para(t.T("release-notice.warning"))
	b.heading(t.T("release-notice.checklist"))
	list := d.checklist()
	b.add(func(s *page.Sheet) { s.Checklist(list) })
	if help := d.helpContact(nil); help != "" {
		b.para(t.T("release-notice.help", help))
	}
	d.closing(b, d.author())
	return nil
}

// addressLine names the addressee and his tie, when it is the same to all.
func (d *dossier) addressLine(b *body) {
	if d.to == nil {
		return
	}
	name, tie := d.fullName(d.to), ""
	for i, p := range d.people {
		k := d.word("kinship", p.tie.Get("kinship"))
		if i > 0 && k != tie {
			k = ""
		}
		tie = k
	}
	text := d.texts.T("release-notice.to", name)
	if tie != "" {
		text = d.texts.T("release-notice.to_tie", name, tie)
	}
	b.add(func(s *page.Sheet) { s.Text(text, page.Style{Bold: true}) })
}

// order states who is to be freed, by whose order.
func (d *dossier) order(b *body, p person) {
	c := p.work
	basis := d.field(c, "legal_basis", p.rec)
	if basis.value == "" {
		basis = d.field(c, "pathway", p.rec)
		basis.label = d.texts.T("label.legal_basis")
	}
	conditions := d.field(c, "conditions", p.rec)
	if conditions.value == "" {
		conditions.value, conditions.source = d.texts.T("release-notice.no_conditions"), ""
	}
	b.facts(
		d.name(p), d.must(d.field(p.rec, "cedula", p.rec)),
		d.where(p, "facility", p.status.Facility), d.where(p, "wing", p.status.Wing),
		d.alive(p), d.release(p), basis,
		d.either(c, p.rec, "judge"), d.field(c, "court", p.rec), d.either(c, p.rec, "process_number"),
		d.field(c, "boleta_number", p.rec), d.field(c, "boleta_date", p.rec), conditions,
	)
}

// either takes a field from the case, else from the person.
func (d *dossier) either(c, person *record.Record, name string) fact {
	if c.Get(name) != "" {
		return d.field(c, name, person)
	}
	return d.field(person, name, person)
}

// leaving states when and where he may come out, and who fetches him.
func (d *dossier) leaving(b *body, p person) {
	c := p.work
	fetch := d.field(c, "fetched_by", p.rec)
	fetch.value = ""
	if p.fetches != nil {
		fetch.value = d.fullName(p.fetches)
	}
	b.facts(
		d.must(d.field(c, "expected_at", p.rec)), d.must(d.field(c, "expected_place", p.rec)), d.must(fetch),
		d.field(c, "left_at", p.rec),
	)
}

// checklist is the office's own where it wrote one.
func (d *dossier) checklist() []string {
	if own := d.home.List("release_checklist"); len(own) > 0 {
		return own
	}
	var out []string
	for i := 1; d.texts.Has("release-notice.check." + strconv.Itoa(i)); i++ {
		out = append(out, d.texts.T("release-notice.check."+strconv.Itoa(i)))
	}
	return out
}

// helpContact is a named person and how to reach him: the case's, else the
// office's, else who issues the paper.
func (d *dossier) helpContact(c *record.Record) string {
	if s := clip(cmp.Or(c.Get("help_contact"), d.home.Get("help_contact"))); s != "" {
		return s
	}
	if tel := d.home.Get("phone"); tel != "" {
		return d.info.Name + ", " + d.texts.T("doc.phone", phone(tel))
	}
	return d.info.Name
}
