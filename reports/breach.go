package reports

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports/page"
)

// mostBreached bounds the people whom the paper names, and the readings: the list
// for a spreadsheet has all.
const (
	mostBreached = 3000
	mostReadings = 500
)

// BreachKind is how the breach report is called. It is made for one's own notice
// to the authority, bears no number and stands in no register.
const BreachKind = "breach-report"

// Breach lays out what a lost device held, for a notice of the breach.
func Breach(ctx context.Context, office Office, b *data.Breach) (Preview, error) {
	const op = "breach report"
	words, err := texts()
	if err != nil {
		return Preview{}, fault.Wrap(err, fault.Internal, op, "document_texts")
	}
	labels, err := assets.LoadWords(words.Lang())
	if err != nil {
		return Preview{}, fault.Wrap(err, fault.Internal, op, "document_texts")
	}
	d := &dossier{office: office, req: Request{Kind: BreachKind}, info: office.Info(), now: b.Made, texts: words}
	if d.home, err = office.Get(ctx, d.info.OfficeID); err != nil && !fault.Is(err, fault.NotFound) {
		return Preview{}, err
	}
	out := &breachPaper{d: d, b: &body{}, of: b, labels: labels}
	out.compose()
	res, err := d.layoutPlain(out.b)
	if err != nil {
		return Preview{}, err
	}
	return Preview{PDF: res.PDF, Pages: res.Pages, Warnings: replacedWarning(res)}, nil
}

// layoutPlain lays out a paper that has no number.
func (d *dossier) layoutPlain(b *body) (page.Result, error) {
	const op = "lay out document"
	fonts, err := page.Prepared()
	if err != nil {
		return page.Result{}, fault.Wrap(err, fault.Internal, op, "document_fonts")
	}
	frame := d.frame(paper{}, b, stamp{})
	frame.Draft, frame.Head = "", nil
	res, err := page.Build(fonts, frame, func(s *page.Sheet) {
		for _, f := range b.draws {
			f(s)
		}
	})
	if err != nil {
		return page.Result{}, fault.Wrap(err, fault.Internal, op, "document_layout")
	}
	return res, nil
}

type breachPaper struct {
	d      *dossier
	b      *body
	of     *data.Breach
	labels *assets.Words
}

func (p *breachPaper) t(key string, args ...string) string {
	return p.d.texts.T(BreachKind+"."+key, args...)
}

func (p *breachPaper) compose() {
	p.d.opening(p.b, p.t("title"))
	p.b.para(p.t("intro"))
	p.device()
	p.held()
	p.keys()
	p.people()
	p.readings()
	p.d.closing(p.b, p.d.author())
}

func (p *breachPaper) moment(t time.Time) string {
	if t.IsZero() {
		return p.t("never")
	}
	return p.d.momentWords(t)
}

func (p *breachPaper) device() {
	b := p.of
	ended := p.t("not_ended")
	if b.Ended {
		ended = p.t("is_ended")
	}
	p.b.facts(
		fact{label: p.t("device"), value: cmp.Or(b.Name, "—") + " (" + b.Device.String() + ")"},
		fact{label: p.t("member"), value: b.MemberName},
		fact{label: p.t("since"), value: p.moment(b.Since)},
		fact{label: p.t("ended"), value: ended},
		fact{label: p.t("wrote"), value: p.moment(b.LastWrote)},
		fact{label: p.t("said"), value: p.moment(b.LastSaid)},
		fact{label: p.t("due"), value: p.d.day(b.Due)},
	)
}

func (p *breachPaper) held() {
	b, t := p.of, p.d.texts
	p.b.heading(p.t("held"))
	p.b.para(p.t("changes", t.Count(b.Changes), t.Count(b.ChangesKnown)))
	rows := make([][]string, 0, len(b.Kinds))
	for _, k := range b.Kinds {
		rows = append(rows, []string{p.labels.T("kinds." + k.Kind.String()), t.Count(k.Records), t.Count(k.Known)})
	}
	head := []string{p.t("kind"), p.t("count"), p.t("known")}
	p.b.add(func(s *page.Sheet) { s.Table(head, []float64{0.5, 0.25, 0.25}, rows) })
	if b.Erased > 0 {
		p.b.para(p.t("erased", t.Count(b.Erased)))
	}
	if b.Restricted > 0 {
		p.b.para(p.t("closed", t.Count(b.Restricted)))
	}
}

func (p *breachPaper) keys() {
	p.b.heading(p.t("keys"))
	p.b.para(p.t("epochs", strconv.Itoa(len(p.of.Epochs)), strconv.Itoa(p.of.AllEpochs)))
	if len(p.of.Circles) == 0 {
		p.b.para(p.t("no_circles"))
	}
	for _, c := range p.of.Circles {
		p.b.para(p.t("circle", c.Name, strconv.Itoa(c.Keys), strconv.Itoa(c.AllKeys)))
	}
}

func (p *breachPaper) people() {
	all := p.of.People
	p.b.heading(p.t("people", p.d.texts.Count(len(all))))
	shown := all[:min(len(all), mostBreached)]
	rows := make([][]string, 0, len(shown))
	for i := range shown {
		one := &shown[i]
		known := p.t("perhaps")
		if one.Known {
			known = p.t("yes")
		}
		rows = append(rows, []string{p.name(one), p.labels.T("kind." + one.Kind.String()), p.fields(one), known})
	}
	head := []string{p.t("name"), p.t("kind"), p.t("fields"), p.t("known")}
	p.b.add(func(s *page.Sheet) { s.Table(head, []float64{0.3, 0.16, 0.38, 0.16}, rows) })
	if more := len(all) - len(shown); more > 0 {
		p.b.para(p.t("more", p.d.texts.Count(more)))
	}
}

func (p *breachPaper) name(one *data.BreachPerson) string {
	if one.Name == "" {
		return p.t("unnamed", one.ID.String()[:8])
	}
	return one.Name
}

func (p *breachPaper) fields(one *data.BreachPerson) string {
	var out []string
	if one.Restricted {
		out = append(out, p.t("reserved"))
	}
	for _, f := range one.Fields {
		out = append(out, p.labels.T(one.Kind.String()+"."+f))
	}
	return strings.Join(out, ", ")
}

func (p *breachPaper) readings() {
	p.b.heading(p.t("readings"))
	if len(p.of.Readings) == 0 {
		p.b.para(p.t("no_readings"))
		return
	}
	names := map[record.ID]string{}
	for i := range p.of.People {
		names[p.of.People[i].ID] = p.of.People[i].Name
	}
	var rows [][]string
	for _, r := range p.of.Readings[:min(len(p.of.Readings), mostReadings)] {
		of := r.Of
		for _, prefix := range []string{"kind.", "kinds."} {
			if key := prefix + r.Of; p.labels.Has(key) {
				of = p.labels.T(key)
			}
		}
		detail := r.Detail
		if r.Count > 0 {
			detail = strings.TrimSpace(p.t("rows", p.d.texts.Count(r.Count)) + " " + detail)
		}
		rows = append(rows, []string{r.At.Format("02/01/2006 15:04"), p.t(r.What), strings.TrimSpace(of + " " + names[r.Record]), detail})
	}
	head := []string{p.t("when"), p.t("what"), p.t("of"), p.t("fields")}
	head[3] = p.labels.T("access_line.detail")
	p.b.add(func(s *page.Sheet) { s.Table(head, []float64{0.2, 0.14, 0.36, 0.3}, rows) })
}
