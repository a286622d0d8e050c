package reports

import (
	"strconv"
	"strings"

	"paradero/data/fault"
	"paradero/reports/page"
)

// compose writes the paper's body; problems say what only the text shows.
func (d *dossier) compose(p paper) (*body, []fault.Problem) {
	b := &body{one: p.letter}
	problems := p.compose(d, b)
	return b, problems
}

// scales by which a letter shrinks until it stands on one page.
var scales = []float64{1, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 0.72}

func (d *dossier) layout(p paper, b *body, st stamp) (page.Result, error) {
	const op = "lay out document"
	fonts, err := page.Prepared()
	if err != nil {
		return page.Result{}, fault.Wrap(err, fault.Internal, op, "document_fonts")
	}
	frame := d.frame(p, b, st)
	draw := func(s *page.Sheet) {
		for _, f := range b.draws {
			f(s)
		}
	}
	for _, scale := range scales {
		frame.Scale = scale
		res, err := page.Build(fonts, frame, draw)
		if err != nil {
			return page.Result{}, fault.Wrap(err, fault.Internal, op, "document_layout")
		}
		if !b.one || res.Pages == 1 {
			return res, nil
		}
	}
	return page.Result{}, fault.New(fault.Refused, op, "document_too_long")
}

func (d *dossier) frame(p paper, b *body, st stamp) page.Frame {
	f := page.Frame{
		Title: b.title, Author: d.info.Office, Subject: d.req.Kind, Number: st.number,
		Office: d.info.Office, When: d.now, Letter: p.letter, Lines: d.officeLines(),
	}
	if d.info.Demo {
		f.Demo, f.DemoLine = d.texts.T("doc.demo"), d.texts.T("doc.demo_line")
	}
	if st.number == "" {
		f.Draft = d.texts.T("doc.draft")
	}
	if p.letter {
		// A letter to a family bears nothing that makes it look like a form: its
		// number is in the file and in the register.
		f.Foot = d.texts.T(d.req.Kind + ".footer")
		return f
	}
	f.Foot = d.texts.T("doc.confidential")
	if own := d.req.Kind + ".confidential"; d.texts.Has(own) {
		f.Foot = d.texts.T(own)
	}
	f.PageOf = func(n, of int) string { return d.texts.T("doc.page", strconv.Itoa(n), strconv.Itoa(of)) }
	if st.number == "" {
		f.Head = []string{d.texts.T("doc.draft_number")}
	} else {
		f.Head = []string{d.texts.T("doc.number", st.number), d.texts.T("doc.version", strconv.Itoa(st.version), strconv.Itoa(st.copy))}
		f.Code = d.texts.T("doc.code", st.code)
	}
	if c := d.caseOf(); c.Get("number") != "" {
		f.Head = append(f.Head, d.texts.T("doc.case", c.Get("number")))
	}
	if st.replaces != "" {
		f.Head = append(f.Head, d.texts.T("doc.replaces", st.replaces))
	}
	return f
}

func (d *dossier) officeLines() []string {
	var out []string
	if s := d.home.Get("address"); s != "" {
		out = append(out, s)
	}
	var reach []string
	if s := d.info.City; s != "" {
		reach = append(reach, s)
	}
	if s := d.home.Get("phone"); s != "" {
		reach = append(reach, d.texts.T("doc.phone", phone(s)))
	}
	if len(reach) > 0 {
		out = append(out, strings.Join(reach, " · "))
	}
	return out
}

// opening writes the title, the "as of" time, and who issued it where and when.
func (d *dossier) opening(b *body, title string) {
	b.title = title
	asOf := d.texts.T("doc.as_of", d.momentWords(d.now))
	b.add(func(s *page.Sheet) { s.Title(title, asOf) })
}

// issuedLine says who issued the paper, where and when, on whose approval.
func (d *dossier) issuedLine() string {
	args := []string{d.place(), d.momentWords(d.now), d.info.Name, d.role()}
	if d.req.ApprovedBy != "" {
		return d.texts.T("doc.issued_approved", append(args, d.req.ApprovedBy)...)
	}
	return d.texts.T("doc.issued", args...)
}

// author is the place where who issues it signs.
func (d *dossier) author() page.Signature {
	sig := page.Signature{Name: d.info.Name, Role: d.role()}
	if s := d.req.Extra["signature"]; s != "" {
		sig.Name, sig.Role = s, ""
	}
	if d.info.Licence != "" && sig.Role != "" {
		sig.Role += ", " + d.texts.T("doc.licence", d.info.Licence)
	}
	return sig
}

// closing writes the author's note, the issuing line and the places to sign.
func (d *dossier) closing(b *body, places ...page.Signature) {
	if note := d.req.Extra["note"]; note != "" {
		b.para(note)
	}
	issued := d.issuedLine()
	b.add(func(s *page.Sheet) { s.Signatures(issued, places) })
}
