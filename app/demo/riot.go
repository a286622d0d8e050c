package demo

import (
	"strconv"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// incidents writes both riots with what each source counted, and when.
func (m *maker) incidents() error {
	emergency := []string{
		"emergency_decree", m.t("decree"), "emergency_place", m.t("decree_place"),
		"emergency_from", day(m.second.AddDate(0, 0, 1)), "emergency_days", "60",
	}
	first := with(set(
		"name", m.t("first.name"), "kind_of", "riot", "facility", penitentiary, "wings", m.t("first.wings"),
		"started", moment(m.riot), "ended", moment(m.riot.Add(38*time.Hour)),
		"confirmed_facts", m.t("first.confirmed"), "unconfirmed_facts", m.t("first.unconfirmed"), "needs", m.t("first.needs"),
	), emergency...)
	second := with(set(
		"name", m.t("second.name"), "kind_of", "riot", "facility", regional, "wings", m.t("second.wings"),
		"started", moment(m.second), "confirmed_facts", m.t("second.confirmed"),
		"unconfirmed_facts", m.t("second.unconfirmed"), "needs", m.t("second.needs"),
	), emergency...)
	ids, err := m.save(
		data.Change{Kind: record.Incident, Set: first, Add: append(m.firstTolls(), add(record.Note, "text", m.t("first.country")))},
		data.Change{Kind: record.Incident, Set: second, Add: m.secondTolls()},
	)
	if err != nil {
		return err
	}
	m.firstID, m.secondID = ids[0], ids[1]
	return nil
}

// count is one toll: what a source said some hours after the riot began.
type count struct {
	hours    int
	source   string
	category string
	n        int
	unit     string
	note     string
}

func tolls(start time.Time, counts []count) []data.Addition {
	out := make([]data.Addition, len(counts))
	for i, c := range counts {
		out[i] = add(record.Toll,
			"category", c.category, "count", strconv.Itoa(c.n), "unit", c.unit, "source", c.source,
			"when", moment(start.Add(time.Duration(c.hours)*time.Hour)), "note", c.note)
	}
	return out
}

func (m *maker) firstTolls() []data.Addition {
	return tolls(m.riot, []count{
		{4, prisons, "dead", 5, "people", ""},
		{5, police, "dead", 24, "bodies", ""},
		{12, prisons, "dead", 30, "people", ""},
		{12, prisons, "injured", 47, "people", ""},
		{20, police, "dead", 100, "bodies", ""},
		{24, prisons, "dead", 100, "people", ""},
		{24, prisons, "injured", 52, "people", ""},
		{30, prosecutor, "dead", 116, "bodies", ""},
		{36, prisons, "dead", 116, "people", ""},
		{36, prisons, "injured", 80, "people", ""},
		{48, hospital, "gravely_injured", 8, "people", m.t("toll.two_improved")},
		{60, prisons, "dead", Dead, "people", ""},
		{60, prisons, "injured", Injured, "people", ""},
		{60, prisons, "gravely_injured", Gravely, "people", ""},
		{66, hospital, "gravely_injured", Gravely, "people", ""},
		{72, prosecutor, "dead", Dead, "bodies", ""},
		{60, morgue, "identified", 19, "bodies", ""},
		{84, morgue, "identified", 32, "bodies", ""},
		{124, morgue, "identified", Identified, "bodies", ""},
		{84, morgue, "returned", 7, "bodies", ""},
		{124, morgue, "returned", Returned, "bodies", ""},
		{72, m.t("toll.families"), "missing", 64, "people", m.t("toll.at_the_gate")},
		{124, m.t("toll.families"), "missing", missing, "people", ""},
	})
}

// secondTolls: the official count goes from 18 to 31, one authority counts
// bodies and another bodies and parts, and nobody agrees on the hostages.
func (m *maker) secondTolls() []data.Addition {
	return tolls(m.second, []count{
		{6, prisons, "dead", 18, "bodies", m.t("toll.first_count")},
		{8, m.t("toll.guards_union"), "hostages", 15, "people", m.t("toll.guards_only")},
		{9, police, "bodies", 26, "bodies", ""},
		{14, prisons, "hostages", 17, "people", m.t("toll.guards_and_staff")},
		{20, prosecutor, "remains", 34, "bodies_and_parts", m.t("toll.parts")},
		{26, police, "bodies", 29, "bodies", ""},
		{30, prisons, "dead", 31, "bodies", m.t("toll.recount")},
		{30, prosecutor, "remains", 37, "bodies_and_parts", m.t("toll.parts")},
		{12, prisons, "injured", 11, "people", ""},
		{30, prisons, "injured", 14, "people", ""},
	})
}

// wing and cell of somebody in the penitentiary.
func (m *maker) wing() string { return m.t("wing", strconv.Itoa(1+m.rng.IntN(12))) }

func (m *maker) cell() string {
	return string(rune('A'+m.rng.IntN(4))) + strconv.Itoa(1+m.rng.IntN(28))
}

// listed is where the prison service's own list puts a detainee.
func (m *maker) listed(facility, wing string) data.Addition {
	return add(record.Claim, "status", "detained", "facility", facility, "wing", wing, "cell", m.cell(),
		"source", m.t("source.list"), "source_kind", "official_list", "when", day(m.riot.AddDate(0, 0, -21)), "reliability", "medium")
}

// detainee writes an invented person as a detainee, with the sentence or
// remand that anybody might have.
func (m *maker) detainee(p person, pairs ...string) map[string]string {
	values := set("given_names", p.Given, "paternal_surname", p.Paternal, "maternal_surname", p.Maternal,
		"cedula", p.Cedula, "birth", day(p.Birth), "sex", p.sex(), "nationality", m.t("nationality"), "language", "es")
	if m.rng.IntN(9) == 0 {
		values["aliases"] = m.nickname(p)
	}
	with(values, m.legal()...)
	return with(values, pairs...)
}

// nickname is one that people really use for the first name.
func (m *maker) nickname(p person) string {
	short := map[string]string{
		"José": "Pepe", "Luis": "Lucho", "Francisco": "Pancho", "Manuel": "Manolo", "Jorge": "Coco",
		"Jefferson": "Jeffer", "Washington": "Washo", "Segundo": "Shegu", "Cristhian": "Cris", "Eduardo": "Lalo",
	}
	first := p.Given
	for i, r := range first {
		if r == ' ' {
			first = first[:i]
			break
		}
	}
	if s, ok := short[first]; ok {
		return s
	}
	return "Ñato " + first
}

// legal invents a legal situation: two of five are not sentenced.
func (m *maker) legal() []string {
	offences := []string{"drugs", "theft", "robbery", "weapons", "receiving", "fraud", "injuries", "damage"}
	offence := m.t("offence." + offences[m.rng.IntN(len(offences))])
	switch n := m.rng.IntN(20); {
	case n < 8:
		since := m.riot.AddDate(0, 0, -20-m.rng.IntN(330))
		return []string{"legal_status", "remand", "detained_on", day(since), "offence", offence, "process_number", m.process(since)}
	case n < 19:
		months := 12 + 4*m.rng.IntN(24)
		served := 7 + m.rng.IntN(months*9/10-6) // long enough for a final judgment
		since := m.now.AddDate(0, -served, -m.rng.IntN(28))
		return []string{
			"legal_status", "sentenced", "detained_on", day(since), "offence", offence, "offence_date", day(since.AddDate(0, 0, -1)),
			"penalty_months", strconv.Itoa(months), "final_judgment_on", day(since.AddDate(0, 5, 0)), "process_number", m.process(since),
		}
	default:
		since := m.riot.AddDate(0, 0, -m.rng.IntN(60))
		return []string{"legal_status", "coercive", "detained_on", day(since), "offence", m.t("offence.support"), "process_number", m.process(since)}
	}
}

// process is a court's number of the form that the courts use, of the year in
// which the person was detained.
func (m *maker) process(since time.Time) string {
	return "09" + strconv.Itoa(281+m.rng.IntN(6)) + "-" + strconv.Itoa(since.Year()) + "-" + pad(m.rng.IntN(99999), 5)
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}
