package reports

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports/page"
)

// condolence is a letter, not a form: one page, no table, no number that is
// seen. Never the cause, the body, the offence, prison, others, blame, clichés.
func condolence(d *dossier, b *body) []fault.Problem {
	b.title = d.texts.T("condolence.title")
	text := cmp.Or(strings.TrimSpace(d.home.Get("condolence_text")), d.texts.T("condolence.text"))
	values, problems := d.blanks()
	filled, left := fill(text, values)
	for _, name := range left {
		problems = append(problems, fault.Problem{Field: "condolence_text", Key: "placeholder_unresolved", Args: []string{name}})
	}
	help := []string{values["ayuda"], values["contacto"]}
	problems = append(problems, d.forbidden(text, "condolence_text")...)
	problems = append(problems, d.forbidden(strings.Join(help, "\n"), "help_offered")...)
	if !strings.Contains(strings.ToLower(text), strings.ToLower(d.texts.T("condolence.no_reply"))) {
		problems = append(problems, fault.Problem{Field: "condolence_text", Key: "condolence_without_no_reply"})
	}
	for _, p := range d.people {
		b.state(d.name(p), fact{name: d.mark("detainee.life_status", p.rec), raw: p.status.Life})
	}
	d.letter(b, text, filled, values)
	return problems
}

// letter draws the paragraphs: place and date at the right, the signature with
// room for a hand above it.
func (d *dossier) letter(b *body, text, filled string, values map[string]string) {
	for _, para := range strings.Split(strings.ReplaceAll(filled, "\r\n", "\n"), "\n\n") {
		para = strings.TrimSpace(para)
		switch {
		case para == "":
		case para == values["lugar_fecha"]:
			b.add(func(s *page.Sheet) { s.Right(para); s.Gap(9) })
		case para == values["firma"]:
			b.add(func(s *page.Sheet) { s.Sign(para) })
		default:
			b.para(para)
		}
	}
}

// blanks are the values of the placeholders, and what is missing for them.
func (d *dossier) blanks() (map[string]string, []fault.Problem) {
	var problems []fault.Problem
	var names, whom []string
	help, who := "", ""
	for _, p := range d.people {
		names = append(names, d.fullName(p.rec))
		whom = append(whom, d.ofWhom(p))
		help = cmp.Or(help, sentence(p.work.Get("help_offered")))
		who = cmp.Or(who, clip(p.work.Get("help_contact")))
	}
	values := map[string]string{
		"lugar_fecha": d.place() + ", " + d.day(d.now),
		"nombre":      and(names),
		"de_quien":    and(whom),
		"ayuda":       help,
		"contacto":    strings.TrimRight(cmp.Or(who, clip(d.home.Get("help_contact"))), ". "),
		"firma":       d.signed(),
	}
	if d.to != nil {
		values["tratamiento"] = strings.TrimRight(cmp.Or(clip(d.to.Get("form_of_address")), d.fullName(d.to)), ":, ")
	}
	for name, v := range values {
		if strings.ContainsAny(v, "{}") || strings.Contains(v, "⟦") {
			problems = append(problems, fault.Problem{Field: "condolence_text", Key: "placeholder_unresolved", Args: []string{name}})
		}
	}
	return values, problems
}

// ofWhom is "su hijo Kevin Vera" where the tie is known, else the name alone.
func (d *dossier) ofWhom(p person) string {
	name := d.fullName(p.rec)
	if key := "tie." + p.tie.Get("kinship") + "." + p.rec.Get("sex"); d.texts.Has(key) {
		return d.texts.T(key, name)
	}
	return name
}

func (d *dossier) signed() string {
	sig := d.author()
	out := sig.Name
	if sig.Role != "" {
		out += "\n" + sig.Role
	}
	return out + "\n" + d.info.Office
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string {
	s = clip(s)
	if s == "" {
		return ""
	}
	s = capital(s)
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "!") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}

var blank = regexp.MustCompile(`\{[^{}\n]*\}`)

// fill puts values into a text and names the placeholders that have none.
func fill(text string, values map[string]string) (string, []string) {
	var left []string
	out := blank.ReplaceAllStringFunc(text, func(m string) string {
		if v := values[strings.TrimSpace(m[1:len(m)-1])]; v != "" {
			return v
		}
		left = append(left, m)
		return m
	})
	if len(left) == 0 && strings.ContainsAny(blank.ReplaceAllString(text, ""), "{}") {
		left = append(left, "{")
	}
	return out, left
}

// forbidden finds words that a letter to the bereaved never has. The list is
// data; names of people and of the office are not looked at.
func (d *dossier) forbidden(text, field string) []fault.Problem {
	folded := " " + strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.'
	}), " ") + " "
	folded = strings.ReplaceAll(folded, ". ", " ")
	var out []fault.Problem
	for w := range strings.SplitSeq(d.texts.T("condolence.forbidden"), "|") {
		if strings.Contains(folded, " "+strings.TrimRight(strings.ToLower(w), ".")+" ") {
			out = append(out, fault.Problem{Field: field, Key: "condolence_word", Args: []string{w}})
		}
	}
	return out
}

// newest is the last of some records by a moment.
func newest(all []*record.Record, field string) *record.Record {
	var out *record.Record
	for _, r := range all {
		if out == nil || r.Get(field) >= out.Get(field) {
			out = r
		}
	}
	return out
}
