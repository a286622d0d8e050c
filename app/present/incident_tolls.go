package present

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/reports/chart"
)

// TollLine is one row of the table of tolls.
type TollLine struct {
	ID       record.ID
	Source   string
	Count    string
	Unit     string
	When     string
	Note     string
	Latest   bool // this source's last word
	Replaced bool // taken back by a later toll
}

// OwnNumbers are counts of the team's own named records of an incident.
type OwnNumbers struct {
	People                                      int
	Dead, DeadReported, Injured, Missing, Alive int
	Unknown                                     int
	Bodies, Parts, Identified, Returned         int
	Unnamed                                     int // whole bodies that nobody has identified
}

// OwnCount is the same in words.
type OwnCount struct {
	Total string
	Lines []Line
}

// countOwn counts the named records by the life status that is concluded of
// each, and the remains by what is recorded of them.
func countOwn(api data.API, people, remains []*record.Record) OwnNumbers {
	var n OwnNumbers
	for _, p := range people {
		if p.Deleted {
			continue
		}
		n.People++
		row, _ := api.Row(p.ID)
		switch row.Life {
		case "confirmed_dead":
			n.Dead++
		case "reported_dead":
			n.DeadReported++
		case "reported_injured":
			n.Injured++
		case "reported_missing":
			n.Missing++
		case "reported_alive", "confirmed_alive":
			n.Alive++
		default:
			n.Unknown++
		}
	}
	for _, r := range remains {
		switch {
		case r.Deleted:
			continue
		case r.Get("extent") == "part":
			n.Parts++
		default:
			n.Bodies++
			if r.Get("identified_as") == "" {
				n.Unnamed++
			}
		}
		if r.Get("identified_as") != "" {
			n.Identified++
		}
		if r.Get("handed_on") != "" {
			n.Returned++
		}
	}
	return n
}

// of gives the number that stands beside a category of toll, not ok for those
// that the team does not count by name.
func (n OwnNumbers) of(category string) (int, bool) {
	switch category {
	case "dead":
		return n.Dead + n.DeadReported, true
	case "injured":
		return n.Injured, true
	case "missing":
		return n.Missing, true
	case "bodies":
		return n.Bodies, true
	case "remains":
		return n.Parts, true
	case "identified":
		return n.Identified, true
	case "returned":
		return n.Returned, true
	}
	return 0, false
}

// category is the one that is chosen.
func (p *Incident) category() string {
	if f := on(p.Categories); f != nil {
		return f.Name
	}
	return "dead"
}

// categories lists those that somebody counted, keeping the choice.
func (p *Incident) categories() {
	chosen := p.category()
	p.Categories = nil
	for _, s := range p.data.tolls {
		p.Categories = append(p.Categories, Filter{Name: s.Category, Label: optionLabel(p.env.Words, record.Toll, "category", s.Category)})
	}
	choose(p.Categories, chosen)
	if on(p.Categories) == nil && len(p.Categories) > 0 {
		p.Categories[0].On = true
	}
}

// series is everything that was counted of the chosen category.
func (p *Incident) series() rule.Series {
	for _, s := range p.data.tolls {
		if s.Category == p.category() {
			return s
		}
	}
	return rule.Series{}
}

// Show chooses a category.
func (p *Incident) Show(category string) {
	choose(p.Categories, category)
	p.tolls()
	p.shown()
}

// tolls fills the table, the own count and what is unexplained between them,
// for the chosen category.
func (p *Incident) tolls() {
	w, series := p.env.Words, p.series()
	p.Tolls = tollLines(w, p.Record, series)
	p.Own = ownCount(w, p.data.own, p.category())
	p.Gap, p.Agreed = gap(w, series, p.data.own)
	p.Disagree, p.UnitsDiffer = series.Contradictory, series.UnitsDiffer
}

// tollLines is the table: every count, the newest first, also those that were
// taken back.
func tollLines(w *assets.Words, r *record.Record, series rule.Series) []TollLine {
	stands := map[record.ID]bool{}
	latest := map[record.ID]bool{}
	for _, s := range series.Sources {
		for _, p := range s.Points {
			stands[p.Entry.ID] = true
		}
		latest[s.Latest().Entry.ID] = true
	}
	said := r.Of(record.Toll)
	slices.SortStableFunc(said, func(a, b record.Entry) int { return strings.Compare(tollWhen(b), tollWhen(a)) })
	lines := make([]TollLine, 0, len(said))
	for _, e := range said {
		if e.Get("category") != series.Category {
			continue
		}
		number := e.Get("count")
		if n, err := strconv.Atoi(number); err == nil {
			number = w.Count(n)
		}
		lines = append(lines, TollLine{
			ID: e.ID, Source: cmp.Or(e.Get("source"), e.List, e.By), Note: e.Get("note"), Count: number,
			Unit: optionLabel(w, record.Toll, "unit", e.Get("unit")), When: dateText(w, tollWhen(e)),
			Latest: latest[e.ID], Replaced: !stands[e.ID],
		})
	}
	return lines
}

// tollWhen is the time of which a toll speaks, else when it was written down.
func tollWhen(e record.Entry) string {
	return cmp.Or(e.Get("when"), e.At.Format("2006-01-02T15:04"))
}

// ownCount writes what the team can name of one category, with what it is made
// of.
func ownCount(w *assets.Words, n OwnNumbers, category string) OwnCount {
	total, ok := n.of(category)
	if !ok {
		return OwnCount{Total: w.T("incident.own_none")}
	}
	c := OwnCount{Total: w.Count(total)}
	line := func(key string, n int) {
		c.Lines = append(c.Lines, Line{Label: w.T("incident.own." + key), Value: w.Count(n)})
	}
	if category == "dead" {
		line("dead_confirmed", n.Dead)
		line("dead_reported", n.DeadReported)
	}
	if category == "dead" || category == "bodies" || category == "identified" {
		line("unnamed", n.Unnamed)
	}
	if category == "dead" || category == "identified" || category == "returned" {
		line("identified", n.Identified)
		line("returned", n.Returned)
	}
	if category == "bodies" || category == "remains" {
		line("bodies", n.Bodies)
		line("parts", n.Parts)
	}
	line("injured", n.Injured)
	line("missing", n.Missing)
	line("alive", n.Alive)
	line("unknown", n.Unknown)
	line("people", n.People)
	return c
}

// gap says, source by source, how far its last word lies from what the team
// can name. The dead whom nobody has named yet may be among the bodies without
// a name; who they are only an identification says. Counts of parts are not
// compared with people.
func gap(w *assets.Words, series rule.Series, own OwnNumbers) (string, bool) {
	mine, ok := own.of(series.Category)
	if !ok || len(series.Sources) == 0 {
		return "", true
	}
	agreed := true
	parts := make([]string, 0, len(series.Sources))
	for _, s := range series.Sources {
		last := s.Latest()
		diff := last.Count - mine
		switch {
		case last.Unit == "bodies_and_parts" || last.Unit == "parts" && series.Category != "remains":
			parts, agreed = append(parts, w.T("incident.gap.units", s.Source, w.Count(last.Count))), false
		case diff > 0 && series.Category == "dead" && own.Unnamed >= diff: // each may be one of them
			parts = append(parts, w.N("incident.gap.bodies", diff, s.Source, w.Count(own.Unnamed)))
		case diff > 0 && series.Category == "dead" && own.Unnamed > 0:
			parts, agreed = append(parts, w.N("incident.gap.beyond", diff, s.Source, w.Count(own.Unnamed), w.Count(diff-own.Unnamed))), false
		case diff > 0:
			parts, agreed = append(parts, w.N("incident.gap.more", diff, s.Source)), false
		case diff < 0:
			parts, agreed = append(parts, w.N("incident.gap.fewer", -diff, s.Source)), false
		default:
			parts = append(parts, w.T("incident.gap.same", s.Source))
		}
	}
	return strings.Join(parts, "\n"), agreed
}

// voices are the sources of a category for the chart; what was taken back is
// not drawn.
func voices(series rule.Series, zone *time.Location) []chart.Voice {
	var out []chart.Voice
	for _, s := range series.Sources {
		v := chart.Voice{Name: s.Source}
		for _, p := range s.Points {
			if when, ok := moment(p.When, zone); ok {
				v.Said = append(v.Said, chart.Said{At: when, Count: p.Count})
			}
		}
		out = append(out, v)
	}
	return out
}

// moment reads a canonical moment as a time; a day alone stands at its noon, a
// month or a year at its beginning.
func moment(s string, zone *time.Location) (time.Time, bool) {
	d, ok := record.ParseCanonical(s)
	if !ok || d.Year == 0 {
		return time.Time{}, false
	}
	hour := 12
	if d.HasTime {
		hour = d.Hour
	}
	return time.Date(d.Year, time.Month(max(1, d.Month)), max(1, d.Day), hour, d.Minute, 0, 0, zone), true
}

// shortDay is a day under the chart's axis: "29 sep".
func shortDay(w *assets.Words, t time.Time) string {
	return w.T("incident.day_short", strconv.Itoa(t.Day()), w.T("date.short.month."+strconv.Itoa(int(t.Month()))))
}
