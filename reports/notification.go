package reports

import (
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports/page"
)

// notificationRecord writes down how a family was told (DOMAIN §5). What nobody
// wrote down is shown as missing, not left out.
func notificationRecord(d *dossier, b *body) []fault.Problem {
	t, p := d.texts, d.people[0]
	n := d.telling(p)
	d.opening(b, t.T("notification-record.title"))
	b.para(t.T("notification-record.intro"))

	b.heading(t.T("notification-record.dead"))
	b.facts(d.name(p), d.must(d.field(p.rec, "cedula", p.rec)), d.life(p),
		d.must(d.field(n, "identity_source", p.rec)), d.must(d.method(n)))

	b.heading(t.T("notification-record.told"))
	who, paper := d.field(n, "contact", p.rec), fact{label: t.T("label.told_cedula")}
	who.label, who.value = t.T("label.told_contact"), ""
	if d.to != nil {
		who.value = d.fullName(d.to)
		paper.value, paper.source = d.to.Get("cedula"), d.said(d.to, "cedula")
	}
	facts := []fact{d.must(who), paper, d.must(d.kinship(n, p))}
	for _, name := range []string{"mode", "phone_reason", "place", "when", "ended", "notifiers", "others_present", "interpreter"} {
		if name == "phone_reason" && n.Get("mode") != "phone" {
			continue
		}
		facts = append(facts, d.must(d.field(n, name, p.rec)))
	}
	b.facts(facts...)

	b.heading(t.T("notification-record.talk"))
	d.all(b, n, p, "words_said", "known_before", "known_how", "questions", "reaction", "safety")
	b.heading(t.T("notification-record.after"))
	d.all(b, n, p, "handed_over", "next_contact", "signed")

	b.heading(t.T("notification-record.signatures"))
	d.closing(b, d.witnesses(n)...)
	return nil
}

// telling is the conversation with the addressee, the last one.
func (d *dossier) telling(p person) *record.Record {
	var his []*record.Record
	for _, n := range p.notifications {
		if d.to == nil || n.Ref("contact") == d.to.ID {
			his = append(his, n)
		}
	}
	return newest(his, "when")
}

func (d *dossier) all(b *body, n *record.Record, p person, names ...string) {
	var facts []fact
	for _, name := range names {
		facts = append(facts, d.must(d.field(n, name, p.rec)))
	}
	b.facts(facts...)
}

// method is how the dead was identified, in words where it is one of ours.
func (d *dossier) method(n *record.Record) fact {
	f := d.field(n, "identity_method", nil)
	f.value = d.word("method", n.Get("identity_method"))
	return f
}

// kinship is the tie as it was written then, else as it is recorded.
func (d *dossier) kinship(n *record.Record, p person) fact {
	f := d.field(n, "tie", p.rec)
	f.value = d.word("kinship", n.Get("tie"))
	if f.value == "" && p.tie != nil {
		f = d.field(p.tie, "kinship", p.rec)
		f.label = d.texts.T("label.tie")
	}
	return f
}

// witnesses are the two who told, and the family where it wants to sign.
func (d *dossier) witnesses(n *record.Record) []page.Signature {
	names := n.List("notifiers")
	for len(names) < 2 {
		names = append(names, "")
	}
	var out []page.Signature
	for _, name := range names {
		out = append(out, page.Signature{Name: name, Role: d.texts.T("notification-record.notifier")})
	}
	family := page.Signature{Role: d.texts.T("notification-record.family"), Note: d.texts.T("notification-record.optional")}
	if d.to != nil {
		family.Name = d.fullName(d.to)
	}
	return append(out, family)
}
