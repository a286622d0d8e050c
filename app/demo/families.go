package demo

import (
	"strconv"
	"strings"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// kin is a relative of a detainee, with what he is to him.
type kin struct {
	person
	kinship string
}

// kinOf invents a relative of the age and surname that fit.
func (m *maker) kinOf(p person) kin {
	age := int(m.now.Sub(p.Birth).Hours() / 24 / 365)
	parent := min(age+18+m.rng.IntN(12), 84)
	roll := m.rng.IntN(100)
	if age > 55 {
		roll = 80 + m.rng.IntN(20)
	}
	switch {
	case roll < 46:
		k := m.people.relative(p.Maternal, true, parent, parent+3)
		return kin{k, "mother"}
	case roll < 60:
		return kin{m.people.relative(p.Paternal, false, parent, parent+3), "father"}
	case roll < 80:
		return kin{m.people.someone(true, max(age-5, 19), max(age+4, 24)), "partner"}
	case age > 45:
		d := m.people.relative(p.Paternal, true, 19, age-18)
		return kin{d, "daughter"}
	default:
		s := m.people.relative(p.Paternal, true, max(age-6, 18), max(age+8, 24))
		s.Maternal = p.Maternal
		return kin{s, "sister"}
	}
}

// contact writes a relative with the ways in which he may safely be reached.
func (m *maker) contact(k kin, pairs ...string) map[string]string {
	address := "mr"
	if k.Female {
		address = "mrs"
	}
	first, _, _ := strings.Cut(k.Given, " ")
	channels := []string{"phone", "whatsapp", "in_person"}
	hours := []string{"08:00-12:00", "17:00-20:00", "12:00-14:00", "18:00-21:00"}
	values := set("given_names", k.Given, "paternal_surname", k.Paternal, "maternal_surname", k.Maternal,
		"cedula", k.Cedula, "birth", day(k.Birth), "sex", k.sex(),
		"phones", m.phone(), "address", m.address(),
		"preferred_channel", channels[m.rng.IntN(len(channels))], "safe_hours", hours[m.rng.IntN(len(hours))],
		"voicemail", "vague_only", "language", "es", "literacy", "reads", "form_of_address", m.t("address."+address, first),
		"consent_purpose", m.t("consent"), "consent_how", "spoken", "consent_on", day(m.riot.AddDate(0, 0, 2)), "consent_taken_by", socialWorker)
	if m.rng.IntN(14) == 0 {
		with(values, "threat", "extortion", "threat_note", m.t("threat_note"), "forbidden_channels", "whatsapp\nsms", "preferred_channel", "in_person")
	}
	return with(values, pairs...)
}

// phone begins with 090, which no company hands out: it rings nowhere.
func (m *maker) phone() string { return "090" + pad(m.rng.IntN(9_999_999), 7) }

func (m *maker) address() string {
	sector := m.people.lists["sector"].pick(m.rng)
	return m.t("block", sector, strconv.Itoa(1+m.rng.IntN(900)), strconv.Itoa(1+m.rng.IntN(40)))
}

func tie(contact, detainee record.ID, kinship string, nextOfKin bool) data.Change {
	return data.Change{Kind: record.Relationship, Set: set(
		"contact", contact.String(), "detainee", detainee.String(), "kinship", kinship, "next_of_kin", strconv.FormatBool(nextOfKin))}
}

// withKin saves detainees, a relative of each, and their ties.
func (m *maker) withKin(detainees []data.Change, relatives []kin, contacts []map[string]string) (dets, kins []record.ID, err error) {
	if dets, err = m.save(detainees...); err != nil {
		return nil, nil, err
	}
	changes := make([]data.Change, len(contacts))
	for i, c := range contacts {
		changes[i] = data.Change{Kind: record.Contact, Set: c}
	}
	if kins, err = m.save(changes...); err != nil {
		return nil, nil, err
	}
	ties := make([]data.Change, len(kins))
	for i := range kins {
		ties[i] = tie(kins[i], dets[i], relatives[i].kinship, true)
	}
	_, err = m.save(ties...)
	return dets, kins, err
}

// attempt is one contact attempt of a colleague.
func (m *maker) attempt(contact record.ID, about []record.ID, at time.Time, by, channel, outcome, note, next string) data.Change {
	ids := make([]string, len(about))
	for i, id := range about {
		ids[i] = id.String()
	}
	return data.Change{Kind: record.Attempt, Set: set("contact", contact.String(), "about", record.JoinList(ids),
		"when", moment(byDay(at)), "by", by, "channel", channel, "outcome", outcome, "note", note, "next_due", next)}
}

// newCase is a case of a detainee with its own number.
func (m *maker) newCase(detainee record.ID, kind string, opened time.Time, pairs ...string) data.Change {
	m.caseNo++
	values := set("detainee", detainee.String(), "type", kind, "state", "open",
		"number", "C-"+strconv.Itoa(m.now.Year())+"-"+pad(m.caseNo, 4), "opened_on", day(opened))
	return data.Change{Kind: record.Case, Set: with(values, pairs...)}
}

// sonOfTheVideo: a father believes that he recognised his son in a video; the
// son had fifteen days left to serve, and they last spoke on Monday. Nothing
// is confirmed, and the office must not say more than it knows.
func (m *maker) sonOfTheVideo() error {
	son := m.people.named("Kevin Alexander", "Morán", "Bajaña", false, 23, 24)
	father := kin{m.people.named("Wilmer Enrique", "Morán", "Quimí", false, 48, 49), "father"}
	mother := kin{m.people.named("Narcisa del Rocío", "Bajaña", "Litardo", true, 45, 46), "mother"}
	address := m.t("block", "Monte Sinaí", "2140", "7")
	home, err := m.one(record.Household, set("name", m.t("household", "Morán Bajaña"), "address", address,
		"assigned_to", socialWorker, "plan", m.t("son.plan")))
	if err != nil {
		return err
	}
	monday := m.riot.AddDate(0, 0, -1)
	detained, credited := m.sentenceEndingIn(daysToServe, 24)
	values := m.detainee(son, "legal_status", "sentenced", "offence", m.t("offence.receiving"), "penalty_months", "24",
		"detained_on", day(detained), "credited_days", credited, "offence_date", day(detained.AddDate(0, 0, -1)),
		"final_judgment_on", day(detained.AddDate(0, 4, 0)), "process_number", m.process(detained),
		"last_contact_on", day(monday)+"T18:40", "last_contact_with", father.name(), "last_contact_how", m.t("son.last_how"),
		"marks", m.t("son.marks"), "clothes_last_seen", m.t("son.clothes"), "incident", m.firstID.String())
	delete(values, "aliases")
	seen := add(record.Claim, "status", "reported_dead", "source", father.name(), "source_kind", "video", "through", m.t("son.through"),
		"when", moment(m.riot.Add(20*time.Hour)), "reliability", "low", "evidence", m.t("son.evidence"), "incident", m.firstID.String())
	ids, err := m.save(
		data.Change{Kind: record.Detainee, Set: values, Add: []data.Addition{m.listed(penitentiary, m.t("wing", "5")), seen, add(record.Note, "text", m.t("son.note"))}},
		data.Change{Kind: record.Contact, Set: m.contact(father, "household", home.String(), "address", address, "role_in_household", "speaks_for_it", "preferred_channel", "phone", "threat", "none")},
		data.Change{Kind: record.Contact, Set: m.contact(mother, "household", home.String(), "address", address, "role_in_household", "member")},
	)
	if err != nil {
		return err
	}
	m.videoSon, m.videoFather = ids[0], ids[1]
	_, err = m.save(
		tie(ids[1], ids[0], "father", true), tie(ids[2], ids[0], "mother", false),
		data.Change{Record: home, Kind: record.Household, Set: set("speaks_for_it", ids[1].String())},
		m.newCase(ids[0], "tracing", m.riot.AddDate(0, 0, 1), "assigned_to", socialWorker, "summary", m.t("son.summary"),
			"next_step", m.t("son.next"), "next_step_due", day(m.now), "last_seen", m.t("son.last_seen"),
			"places_asked", m.t("son.places"), "risks", m.t("son.risks")),
		m.attempt(ids[1], ids[:1], m.riot.Add(24*time.Hour), socialWorker, "phone", "reached", m.t("son.call1"), ""),
		m.attempt(ids[1], ids[:1], m.now.AddDate(0, 0, -2), socialWorker, "phone", "no_answer", "", day(m.now)),
		data.Change{Kind: record.Task, Set: set("what", m.t("son.task"), "about", ids[0].String(), "assigned_to", lawyer, "due", day(m.now))},
	)
	return err
}

// sentenceEndingIn gives the day of detention, and the days credited, of a
// sentence of so many months that ends in so many days.
func (m *maker) sentenceEndingIn(days, months int) (since time.Time, credited string) {
	end := time.Date(m.now.Year(), m.now.Month(), m.now.Day()+days, 0, 0, 0, 0, time.UTC)
	since = end.AddDate(0, -months, 0)
	// A month of 31 days may push the end over; the days over are credited.
	over := int(since.AddDate(0, months, 0).Sub(end).Hours() / 24)
	return since, strconv.Itoa(max(0, over))
}

// fatherOfThree: two sons are already at home, the third is not found. Each
// has his own status; his brothers' records say nothing of him.
func (m *maker) fatherOfThree() error {
	father := kin{m.people.named("Segundo Manuel", "Caicedo", "Preciado", false, 58, 59), "father"}
	address := m.t("block", "Isla Trinitaria", "88", "14")
	home, err := m.one(record.Household, set("name", m.t("household", "Caicedo Quiñónez"), "address", address,
		"assigned_to", socialWorker, "plan", m.t("three.plan")))
	if err != nil {
		return err
	}
	changes := []data.Change{{Kind: record.Contact, Set: m.contact(father, "household", home.String(), "address", address, "role_in_household", "speaks_for_it",
		"literacy", "reads_little", "preferred_channel", "in_person", "threat", "none")}}
	for i, given := range []string{"Jefferson Manuel", "Darwin Alberto", "Jairo Andrés"} {
		son := m.people.named(given, "Caicedo", "Quiñónez", false, 21+2*i, 22+2*i)
		claims := []data.Addition{m.listed(penitentiary, m.t("wing", strconv.Itoa(8+i%2)))}
		if i < 2 {
			left := m.riot.Add(time.Duration(70+5*i) * time.Hour)
			claims = append(claims,
				add(record.Claim, "status", "released", "source", m.t("source.boleta"), "source_kind", "authority", "when", moment(left), "reliability", "high",
					"evidence", m.t("three.boleta", strconv.Itoa(311+i))),
				add(record.Claim, "status", "confirmed_alive", "source", socialWorker, "source_kind", "member", "when", moment(left.Add(20*time.Hour)),
					"reliability", "high", "method", "seen", "proof", m.t("three.visit"), "proposed_by", socialWorker, "approved_by", coordinator))
		} else {
			claims = append(claims, add(record.Claim, "status", "reported_missing", "source", father.name(), "source_kind", "family",
				"when", moment(m.riot.Add(30*time.Hour)), "reliability", "medium", "evidence", m.t("three.missing"), "incident", m.firstID.String()))
		}
		values := m.detainee(son, "incident", m.firstID.String())
		delete(values, "aliases")
		changes = append(changes, data.Change{Kind: record.Detainee, Set: values, Add: claims})
	}
	ids, err := m.save(changes...)
	if err != nil {
		return err
	}
	sons := ids[1:]
	_, err = m.save(
		tie(ids[0], sons[0], "father", true), tie(ids[0], sons[1], "father", true), tie(ids[0], sons[2], "father", true),
		data.Change{Record: home, Kind: record.Household, Set: set("speaks_for_it", ids[0].String())},
		m.newCase(sons[2], "tracing", m.riot.AddDate(0, 0, 2), "assigned_to", socialWorker, "summary", m.t("three.summary"),
			"next_step", m.t("three.next"), "next_step_due", day(m.now.AddDate(0, 0, 1)), "last_seen", m.t("three.last_seen")),
		m.attempt(ids[0], sons, m.riot.Add(34*time.Hour), socialWorker, "in_person", "reached", m.t("three.call"), day(m.now.AddDate(0, 0, 1))),
	)
	return err
}
