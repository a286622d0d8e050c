package demo

import (
	"io"
	"strconv"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// releases: one man with his boleta in hand, ready for the notice to his
// family, and one whose petition has not moved for too long.
func (m *maker) releases() error {
	ready := m.people.named("Jairo Stalin", "Quimí", "Tomalá", false, 34, 35)
	sister := kin{m.people.named("Johanna Elizabeth", "Quimí", "Tomalá", true, 29, 30), "sister"}
	stuck := m.people.named("Luis Rumiñahui", "Toapanta", "Quishpe", false, 41, 42)
	wife := kin{m.people.named("Blanca Germania", "Chiluisa", "Caiza", true, 39, 40), "wife"}
	since, credited := m.sentenceEndingIn(0, 36)
	stuckSince := m.now.AddDate(-1, -1, 0)
	process, other := m.process(since), m.process(stuckSince)
	changes := []data.Change{
		{Kind: record.Detainee, Set: m.detainee(ready, "legal_status", "sentenced", "detained_on", day(since), "penalty_months", "36",
			"credited_days", credited, "offence", m.t("offence.theft"), "offence_date", day(since.AddDate(0, 0, -1)),
			"final_judgment_on", day(since.AddDate(0, 5, 0)), "process_number", process, "judge", m.t("ready.judge"), "lawyer", lawyer), Add: []data.Addition{
			m.listed(regional, m.t("wing", "3")), m.safe(regional),
			add(record.Claim, "status", "ordered_released", "source", m.t("ready.court"), "source_kind", "authority",
				"when", day(m.now.AddDate(0, 0, -1)), "reliability", "high", "evidence", m.t("ready.boleta")),
		}},
		{Kind: record.Detainee, Set: m.detainee(stuck, "legal_status", "remand", "detained_on", day(stuckSince), "language", "qu",
			"offence", m.t("offence.drugs"), "process_number", other, "lawyer", lawyer), Add: []data.Addition{m.listed(penitentiary, m.wing()), m.safe(penitentiary)}},
	}
	contacts := []map[string]string{
		m.contact(sister, "identity_verified_on", day(m.now.AddDate(0, 0, -1)), "identity_verified_how", m.t("verified_how"), "threat", "none",
			"preferred_channel", "in_person", "forbidden_channels", ""),
		m.contact(wife, "language", "qu", "literacy", "reads_little"),
	}
	dets, kins, err := m.withKin(changes, []kin{sister, wife}, contacts)
	if err != nil {
		return err
	}
	expected := m.now.AddDate(0, 0, 1)
	_, err = m.save(
		m.newCase(dets[0], "release", m.now.AddDate(0, 0, -20), "assigned_to", lawyer, "pathway", "end_of_sentence", "step", "ordered",
			"legal_basis", m.t("ready.basis"), "court", m.t("ready.court"), "process_number", process, "judge", m.t("ready.judge"),
			"filed_on", day(m.now.AddDate(0, 0, -12)), "boleta_number", "0417-"+strconv.Itoa(m.now.Year()), "boleta_date", day(m.now.AddDate(0, 0, -1)),
			"conditions", m.t("ready.conditions"), "expected_at", day(expected)+"T17:00", "expected_place", m.t("ready.place"),
			"fetched_by", kins[0].String(), "summary", m.t("ready.summary"), "next_step", m.t("ready.next"), "next_step_due", day(m.now),
			"papers_held", m.t("ready.held"),
		),
		m.newCase(dets[1], "release", m.now.AddDate(0, 0, -64), "assigned_to", lawyer, "pathway", "caducidad", "step", "filed",
			"legal_basis", m.t("stuck.basis"), "court", m.t("stuck.court"), "process_number", other, "filed_on", day(m.now.AddDate(0, 0, -41)),
			"summary", m.t("stuck.summary"), "next_step", m.t("stuck.next"), "next_step_due", day(m.now.AddDate(0, 0, -9))),
		m.attempt(kins[0], dets[:1], m.now.Add(-20*time.Hour), lawyer, "in_person", "reached", m.t("ready.call"), day(m.now.AddDate(0, 0, 1))),
		m.attempt(kins[1], dets[1:], m.now.AddDate(0, 0, -8), lawyer, "phone", "reached", m.t("stuck.call"), day(m.now.AddDate(0, 0, -1))),
	)
	return err
}

// condolence opens the case of the letter to the family of the first of the
// identified: confirmed by fingerprints, told in person by two.
func (m *maker) condolence() error {
	_, err := m.save(m.newCase(m.mourned, "condolence", m.now.AddDate(0, 0, -2), "assigned_to", socialWorker, "summary", m.t("letter.summary"),
		"help_offered", m.t("letter.help"), "help_contact", m.t("letter.contact", socialWorker),
		"next_step", m.t("letter.next"), "next_step_due", day(m.now)))
	return err
}

// tasks that are overdue, due and to come.
func (m *maker) tasks() error {
	day := func(n int) string { return day(m.now.AddDate(0, 0, n)) }
	task := func(key, who string, about record.ID, due int) data.Change {
		return data.Change{Kind: record.Task, Set: set("what", m.t("task."+key), "assigned_to", who, "about", about.String(), "due", day(due))}
	}
	done := task("list", lawyer, m.firstID, -3)
	done.Set["done_on"] = day(-3)
	_, err := m.save(
		task("headcount", coordinator, m.firstID, -2), task("morgue", socialWorker, m.firstID, 0), task("press", coordinator, m.secondID, 0),
		task("guards", coordinator, m.secondID, 1), task("elders", lawyer, m.firstID, 3), task("visits", socialWorker, m.firstID, 5), done)
	return err
}

// fill adds people until there are as many detainees as were asked for, by the
// same road as an imported list.
func (m *maker) fill() error {
	want := m.opts.Size - m.detainees
	if want <= 0 {
		return nil
	}
	prisons := []struct {
		name  string
		share int
	}{
		{penitentiary, 36},
		{regional, 24},
		{"CPL Cotopaxi N°1", 18},
		{"CPL Guayas N°5", 5},
		{"CPL Azuay N°1", 9},
		{"CPL El Oro N°1", 4},
		{"CPL Esmeraldas N°1", 4},
	}
	made, before := 0, m.written
	rows := func() (*data.ImportRow, error) {
		if made == want {
			return nil, io.EOF
		}
		made++
		facility, n := prisons[0].name, m.rng.IntN(100)
		for _, p := range prisons {
			if n -= p.share; n < 0 {
				facility = p.name
				break
			}
		}
		listed := m.listed(facility, m.wing())
		return &data.ImportRow{
			Row: made, Kind: record.Detainee, Values: m.detainee(m.people.someone(false, 18, 63)),
			Claims: []map[string]string{listed.Values},
		}, nil
	}
	_, _, err := m.office.Import(m.ctx, m.t("source.list"), rows, func(done int) { m.written = before; m.wrote(done) })
	return err
}
