package demo

import (
	"strconv"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// theInjured: 86, six of them gravely and with a medical case each.
func (m *maker) theInjured() error {
	changes := make([]data.Change, Injured)
	for i := range changes {
		p := m.people.someone(false, 19, 49)
		at := m.riot.Add(time.Duration(8+m.rng.IntN(20)) * time.Hour)
		values := m.detainee(p, "incident", m.firstID.String(), "health", m.t("injury."+strconv.Itoa(1+m.rng.IntN(6))))
		hurt := []string{
			"status", "reported_injured", "source", m.t("source.infirmary"), "source_kind", "prison", "when", moment(at),
			"reliability", "medium", "incident", m.firstID.String(),
		}
		claims := []data.Addition{m.listed(penitentiary, m.wing())}
		if i < Gravely {
			with(values, "health", m.t("injury.grave."+strconv.Itoa(1+i%3)), "risk_flags", m.t("grave"))
		}
		if i < 24 {
			hurt[3], hurt[5], hurt[9] = hospital, "hospital", "high"
			claims = append(claims, add(record.Claim, "status", "hospitalised", "facility", hospital, "source", hospital, "source_kind", "hospital",
				"when", moment(at.Add(time.Hour)), "reliability", "high"))
		}
		changes[i] = data.Change{Kind: record.Detainee, Set: values, Add: append(claims, add(record.Claim, hurt...))}
	}
	ids, err := m.save(changes...)
	if err != nil {
		return err
	}
	cases := make([]data.Change, 0, Gravely)
	for i, id := range ids[:Gravely] {
		cases = append(cases, m.newCase(id, "medical", m.riot.AddDate(0, 0, 1), "assigned_to", lawyer, "hospital", hospital,
			"diagnosis", m.t("injury.grave."+strconv.Itoa(1+i%3)), "summary", m.t("medical.summary"), "next_step", m.t("medical.next"),
			"next_step_due", day(m.now.AddDate(0, 0, i-2)), "papers_missing", m.t("medical.missing")))
	}
	_, err = m.save(cases...)
	return err
}

// theMissing: asked for by a relative who was last at the gate or the morgue.
func (m *maker) theMissing() error {
	changes := make([]data.Change, missing)
	relatives := make([]kin, missing)
	contacts := make([]map[string]string, missing)
	for i := range changes {
		p := m.people.someone(false, 19, 45)
		relatives[i] = m.kinOf(p)
		contacts[i] = m.contact(relatives[i])
		changes[i] = data.Change{
			Kind: record.Detainee,
			Set: m.detainee(p, "incident", m.firstID.String(), "marks", m.t("mark."+strconv.Itoa(1+m.rng.IntN(8))),
				"last_contact_on", day(m.riot.AddDate(0, 0, -1-m.rng.IntN(9))), "last_contact_with", relatives[i].name()),
			Add: []data.Addition{m.listed(penitentiary, m.wing()), add(record.Claim, "status", "reported_missing", "source", relatives[i].name(),
				"source_kind", "family", "when", moment(m.riot.Add(time.Duration(20+m.rng.IntN(40))*time.Hour)), "reliability", "medium",
				"incident", m.firstID.String())},
		}
	}
	dets, kins, err := m.withKin(changes, relatives, contacts)
	if err != nil {
		return err
	}
	m.missed = dets
	return m.searches(dets, kins)
}

// searches: a case for some of the missing, and who was called how often.
func (m *maker) searches(dets, kins []record.ID) error {
	var changes []data.Change
	outcomes := []string{"reached", "no_answer", "reached", "message_left", "wrong_number", "reached", "no_answer", "unsafe"}
	for i := range dets {
		if i < 15 {
			changes = append(changes, m.newCase(dets[i], "tracing", m.riot.AddDate(0, 0, 2), "assigned_to", socialWorker,
				"summary", m.t("trace.summary"), "next_step", m.t("trace.next"), "next_step_due", day(m.now.AddDate(0, 0, i%6-2))))
		}
		if i >= 36 {
			continue
		}
		at := m.now.Add(-time.Duration(10+m.rng.IntN(80)) * time.Hour)
		outcome := outcomes[i%len(outcomes)]
		note := ""
		if outcome == "reached" {
			note = m.t("trace.call." + strconv.Itoa(1+i%4))
		}
		changes = append(changes, m.attempt(kins[i], dets[i:i+1], at, socialWorker, "phone", outcome, note, day(m.now.AddDate(0, 0, i%5-1))))
	}
	_, err := m.save(changes...)
	return err
}

// theContested: a list says dead, a hospital says alive; both were said, and a
// person has to find out.
func (m *maker) theContested() error {
	changes := make([]data.Change, contested)
	for i := range changes {
		p := m.people.someone(false, 20, 40)
		changes[i] = data.Change{Kind: record.Detainee, Set: m.detainee(p, "incident", m.firstID.String()), Add: []data.Addition{
			m.listed(penitentiary, m.wing()),
			add(record.Claim, "status", "reported_dead", "source", m.t("source.dead_list"), "source_kind", "official_list",
				"when", moment(m.riot.Add(36*time.Hour)), "reliability", "medium", "incident", m.firstID.String()),
			add(record.Claim, "status", "reported_alive", "source", hospital, "source_kind", "hospital",
				"when", moment(m.riot.Add(time.Duration(44+i)*time.Hour)), "reliability", "medium", "evidence", m.t("contested.bed", strconv.Itoa(12+i)),
				"incident", m.firstID.String()),
		}}
	}
	ids, err := m.save(changes...)
	if err != nil {
		return err
	}
	m.doubted = ids[1]
	_, err = m.save(data.Change{Kind: record.Task, Set: set("what", m.t("contested.task"), "about", ids[0].String(),
		"assigned_to", lawyer, "due", day(m.now.AddDate(0, 0, -1)))})
	return err
}

// theElders: over 65, in both prisons, on remand or sentenced: who of them may
// leave, and under which rule, is to be screened.
func (m *maker) theElders() error {
	changes := make([]data.Change, elders)
	for i := range changes {
		female := i%12 == 5
		p := m.people.someone(female, 66, 83)
		facility := penitentiary
		if i%4 == 1 {
			facility = regional
		}
		if female {
			facility = "CPL Guayas N°2"
		}
		values := m.detainee(p, m.legalOfElder(i)...)
		with(values, "health", m.t("illness."+strconv.Itoa(1+i%6)))
		changes[i] = data.Change{Kind: record.Detainee, Set: values, Add: []data.Addition{m.listed(facility, m.wing()), m.safe(facility)}}
	}
	ids, err := m.save(changes...)
	if err != nil {
		return err
	}
	var cases []data.Change
	for i, id := range ids[:6] {
		pathway := "pardon"
		if i%2 == 0 {
			pathway = "home_arrest"
		}
		cases = append(cases, m.newCase(id, "release", m.now.AddDate(0, 0, -3), "assigned_to", lawyer, "pathway", pathway, "step", "screened",
			"summary", m.t("elder.summary"), "papers_missing", m.t("elder.missing"), "next_step", m.t("elder.next"),
			"next_step_due", day(m.now.AddDate(0, 0, 1+i))))
	}
	_, err = m.save(cases...)
	return err
}

func (m *maker) legalOfElder(i int) []string {
	if i%2 == 0 {
		since := m.now.AddDate(0, -2-i%7, 0)
		return []string{
			"legal_status", "remand", "detained_on", day(since), "offence", m.t("offence.drugs"), "process_number", m.process(since),
			"penalty_months", "", "final_judgment_on", "",
		}
	}
	since := m.now.AddDate(-3, -i%12, 0)
	return []string{
		"legal_status", "sentenced", "detained_on", day(since), "offence", m.t("offence.drugs"), "offence_date", day(since.AddDate(0, 0, -1)),
		"penalty_months", strconv.Itoa(60 + 12*(i%4)), "final_judgment_on", day(since.AddDate(0, 6, 0)), "process_number", m.process(since),
	}
}

// safe is what the prison service said after the riot of those unharmed.
func (m *maker) safe(facility string) data.Addition {
	return add(record.Claim, "status", "reported_alive", "facility", facility, "source", m.t("source.headcount"), "source_kind", "official_list",
		"when", moment(m.riot.Add(64*time.Hour)), "reliability", "medium")
}

// theOthers were in the prisons of the coast and are unharmed as far as is
// known; some were moved to Latacunga after the riot.
func (m *maker) theOthers() error {
	changes := make([]data.Change, ordinary)
	for i := range changes {
		facility := penitentiary
		if i%3 == 1 {
			facility = regional
		}
		claims := []data.Addition{m.listed(facility, m.wing()), m.safe(facility)}
		if i%9 == 4 {
			claims = append(claims, add(record.Claim, "status", "transferred", "facility", "CPL Cotopaxi N°1", "source", prisons, "source_kind", "authority",
				"when", moment(m.riot.Add(90*time.Hour)), "reliability", "high", "evidence", m.t("transfer.order", strconv.Itoa(40+i))))
		}
		changes[i] = data.Change{Kind: record.Detainee, Set: m.detainee(m.people.someone(false, 19, 58)), Add: claims}
	}
	_, err := m.save(changes...)
	return err
}
