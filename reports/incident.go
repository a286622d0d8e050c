package reports

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/reports/chart"
	"paradero/reports/page"
)

// incidentFile is what an incident report reads beyond the incident.
type incidentFile struct {
	lives    map[string]int // the team's own named records, by concluded life status
	people   int
	families int // contacts whom the team reached or told, each once
	last     *record.Record
}

func (d *dossier) readIncident(ctx context.Context) error {
	d.crowd.lives = map[string]int{}
	people, err := d.links(ctx, d.incident.ID, record.Detainee)
	if err != nil {
		return err
	}
	reached := map[record.ID]bool{}
	for _, r := range people {
		d.crowd.people++
		d.crowd.lives[rule.Conclude(r).Life]++
		for _, kind := range []record.Kind{record.Attempt, record.Notification} {
			rows, err := d.links(ctx, r.ID, kind)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if kind == record.Notification || row.Get("outcome") == "reached" {
					reached[row.Ref("contact")] = true
				}
			}
		}
	}
	d.crowd.families = len(reached)
	before, err := d.links(ctx, d.incident.ID, record.Document)
	if err != nil {
		return err
	}
	for _, r := range before {
		if r.Get("kind") == d.req.Kind && (d.crowd.last == nil || r.Get("issued_at") >= d.crowd.last.Get("issued_at")) {
			d.crowd.last = r
		}
	}
	return nil
}

// incidentReport says what is known of an incident, by whom and since when. It
// names nobody.
func incidentReport(d *dossier, b *body) []fault.Problem {
	t, r := d.texts, d.incident
	d.opening(b, t.T("incident-report.title"))
	b.para(t.T("incident-report.intro", d.momentWords(d.now)))
	name := d.field(r, "name", nil)
	name.label = t.T("label.incident")
	b.facts(append([]fact{name}, d.fields(r, nil, "kind_of", "facility", "wings", "started", "ended")...)...)
	d.openText(b, "incident-report.confirmed", "confirmed_facts")
	d.openText(b, "incident-report.unconfirmed", "unconfirmed_facts")
	d.counts(b)
	d.own(b)
	d.changes(b)
	d.emergency(b)
	b.heading(t.T("incident-report.families"))
	b.para(t.T("incident-report.families_count", t.Count(d.crowd.families)))
	d.openText(b, "incident-report.needs", "needs")
	d.closing(b, d.author())
	return nil
}

// openText is a section of the incident's own words.
func (d *dossier) openText(b *body, key, field string) {
	b.heading(d.texts.T(key))
	if d.incident.Get(field) == "" {
		b.para(d.texts.T("incident-report.nothing"))
		return
	}
	b.para(d.incident.Get(field))
	b.quiet(d.said(d.incident, field))
	b.state(d.field(d.incident, field, nil))
}

// counts shows what each source counted, with its time, and the dead as a chart.
func (d *dossier) counts(b *body) {
	t := d.texts
	series := rule.Tolls(d.incident)
	b.heading(t.T("incident-report.counts"))
	if len(series) == 0 {
		b.para(t.T("incident-report.nothing"))
		return
	}
	d.chart(b, series)
	var rows [][]string
	for _, s := range series {
		category := d.word("category", s.Category)
		for _, src := range s.Sources {
			for _, c := range src.Points {
				rows = append(rows, []string{capital(category), t.Count(c.Count), d.word("unit", c.Unit), src.Source, d.short(c.When)})
			}
			last := src.Latest()
			b.state(fact{name: "toll." + s.Category + "/" + clip(src.Source), raw: strconv.Itoa(last.Count)})
		}
	}
	head := []string{t.T("label.category"), t.T("label.count"), t.T("label.unit"), t.T("incident-report.source"), t.T("case-report.date")}
	b.add(func(s *page.Sheet) { s.Table(head, []float64{0.24, 0.12, 0.16, 0.3, 0.18}, rows) })
	for _, s := range series {
		if s.Contradictory {
			b.para(t.T("incident-report.contradiction", d.word("category", s.Category), t.Count(s.Min), t.Count(s.Max)))
		}
		if s.UnitsDiffer {
			b.para(t.T("incident-report.units", d.word("category", s.Category)))
		}
	}
}

// chart draws the counts of the dead, of the first category where there are none.
func (d *dossier) chart(b *body, series []rule.Series) {
	shown := series[0]
	if i := slices.IndexFunc(series, func(s rule.Series) bool { return s.Category == "dead" }); i >= 0 {
		shown = series[i]
	}
	var voices []chart.Voice
	points := 0
	for _, src := range shown.Sources {
		v := chart.Voice{Name: src.Source}
		for _, c := range src.Points {
			for _, form := range []string{"2006-01-02T15:04", "2006-01-02"} {
				if at, err := time.Parse(form, c.When); err == nil {
					v.Said = append(v.Said, chart.Said{At: at, Count: c.Count})
					break
				}
			}
		}
		points += len(v.Said)
		voices = append(voices, v)
	}
	if points < 2 {
		return
	}
	own, ownAs := 0, ""
	if shown.Category == "dead" {
		own, ownAs = d.crowd.lives["confirmed_dead"], d.texts.T("incident-report.named")
	}
	title := d.texts.T("incident-report.chart", d.word("category", shown.Category))
	b.add(func(s *page.Sheet) {
		s.Subheading(title)
		s.Chart(chart.Steps{
			Frame:  chart.Frame{W: s.ChartWidth(), H: 190, FontSize: 8, Measure: s.Measure, Count: d.texts.Count},
			Voices: voices, Own: own, OwnAs: ownAs, Day: func(at time.Time) string { return at.Format("02/01") },
		}.Scene())
	})
}

// own sets the team's named records beside the sources, and says what no name
// explains.
func (d *dossier) own(b *body) {
	t := d.texts
	b.heading(t.T("incident-report.own"))
	var facts []fact
	for _, life := range record.LifeStatuses {
		n := d.crowd.lives[life]
		f := fact{name: "named." + life, raw: strconv.Itoa(n), label: capital(d.word("life", life)), source: t.T("incident-report.own_source")}
		if n > 0 {
			f.value = t.Count(n)
		}
		facts = append(facts, f)
	}
	b.facts(facts...)
	for _, s := range rule.Tolls(d.incident) {
		if s.Category == "dead" && !s.UnitsDiffer {
			if gap := s.Max - d.crowd.lives["confirmed_dead"]; gap > 0 {
				b.para(t.T("incident-report.unexplained", t.Count(s.Max), t.Count(d.crowd.lives["confirmed_dead"]), t.Count(gap)))
			}
		}
	}
}

// changes lists what was counted since the last report, and who said so.
func (d *dossier) changes(b *body) {
	t := d.texts
	b.heading(t.T("incident-report.changes"))
	if d.crowd.last == nil {
		b.para(t.T("incident-report.first"))
		return
	}
	since := d.crowd.last.Get("issued_at")
	b.para(t.T("incident-report.since", d.crowd.last.Get("number"), d.date(since)))
	var rows []string
	for _, e := range d.incident.Of(record.Toll) {
		if moment(e.At) <= since {
			continue
		}
		n, err := strconv.Atoi(e.Get("count"))
		if err != nil {
			continue
		}
		why := e.Get("source")
		if note := e.Get("note"); note != "" {
			why += " («" + note + "»)"
		}
		rows = append(rows, t.T("incident-report.change", capital(d.word("category", e.Get("category"))), t.Count(n), why, d.short(cmp.Or(e.Get("when"), moment(e.At)))))
	}
	if len(rows) == 0 {
		b.para(t.T("incident-report.no_change"))
		return
	}
	b.add(func(s *page.Sheet) { s.Bullets(rows) })
}

func (d *dossier) emergency(b *body) {
	t, r := d.texts, d.incident
	b.heading(t.T("incident-report.emergency"))
	if r.Get("emergency_decree") == "" && r.Get("emergency_from") == "" {
		b.para(t.T("incident-report.nothing"))
		return
	}
	facts := d.fields(r, nil, "emergency_decree", "emergency_place", "emergency_from", "emergency_days")
	if end, long, ok := rule.EmergencyEnd(r); ok {
		f := fact{name: "incident.emergency_end", raw: end, value: d.date(end), label: t.T("label.emergency_end"), source: t.T("incident-report.computed")}
		if long {
			f.value += " " + t.T("incident-report.too_long")
		}
		facts = append(facts, f)
	}
	b.facts(facts...)
}
