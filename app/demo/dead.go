package demo

import (
	"strconv"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// identified is one of the dead who has a name again.
type identified struct {
	person
	kin
	method string
	proof  string
	on     time.Time
}

// theDead: 118 bodies, 41 of them identified by a primary method and confirmed
// by two colleagues, 22 of those handed to their families.
func (m *maker) theDead() error {
	people := make([]identified, Identified)
	changes := make([]data.Change, Identified)
	relatives := make([]kin, Identified)
	contacts := make([]map[string]string, Identified)
	for i := range people {
		d := m.identify(i)
		people[i] = d
		changes[i] = data.Change{
			Kind: record.Detainee,
			Set:  m.detainee(d.person, "incident", m.firstID.String()),
			Add:  m.claimsOfDeath(i, d),
		}
		relatives[i] = d.kin
		contacts[i] = m.contact(d.kin, "identity_verified_on", day(d.on), "identity_verified_how", m.t("verified_how"))
	}
	dets, kins, err := m.withKin(changes, relatives, contacts)
	if err != nil {
		return err
	}
	m.mourned, m.dead = dets[0], dets
	if err := m.confirm(people, dets); err != nil {
		return err
	}
	if err := m.bodies(people, dets, kins); err != nil {
		return err
	}
	return m.tellings(people, dets, kins)
}

// identify invents one of the dead; the first is the one whose family the
// condolence letter is for.
func (m *maker) identify(i int) identified {
	methods := []string{"fingerprints", "fingerprints", "fingerprints", "dental", "dna"}
	d := identified{method: methods[i%len(methods)], on: m.riot.Add(time.Duration(40+i*65/Identified) * time.Hour)}
	if i == 0 {
		d.person = m.people.named("Ángel Vicente", "Nazareno", "Mina", false, 31, 32)
		d.kin = kin{m.people.named("Rosa Piedad", "Mina", "Corozo", true, 57, 58), "mother"}
	} else {
		d.person = m.people.someone(false, 19, 47)
		d.kin = m.kinOf(d.person)
	}
	d.proof = m.t("proof."+d.method, pad(101+i, 4), strconv.Itoa(m.now.Year()))
	return d
}

func (m *maker) claimsOfDeath(i int, d identified) []data.Addition {
	claims := []data.Addition{m.listed(penitentiary, m.wing())}
	if i%3 == 1 {
		claims = append(claims, add(record.Claim, "status", "reported_missing", "source", d.kin.name(), "source_kind", "family",
			"when", moment(m.riot.Add(26*time.Hour)), "reliability", "medium", "incident", m.firstID.String()))
	}
	if i%2 == 0 {
		claims = append(claims, add(record.Claim, "status", "reported_dead", "source", m.t("source.dead_list"), "source_kind", "official_list",
			"when", moment(m.riot.Add(36*time.Hour)), "reliability", "medium", "incident", m.firstID.String()))
	}
	return claims
}

// bodies writes every body of the first riot; those without a name have what
// may give them one.
func (m *maker) bodies(people []identified, dets, kins []record.ID) error {
	changes := make([]data.Change, Dead)
	for i := range changes {
		// Names came back in no order: spread the identified over the codes.
		values := set("code", "GYE-"+pad(i+1, 3), "morgue", morgue, "found_at", moment(m.riot.Add(time.Duration(10+i/8)*time.Hour)),
			"found_where", m.wing(), "found_by", police, "extent", "whole", "sex_apparent", "male",
			"age_apparent", m.ageRange(), "incident", m.firstID.String())
		steps := []data.Addition{m.step("recovered", m.riot.Add(time.Duration(11+i/8)*time.Hour), police)}
		k := i * Identified / Dead
		if i == 0 || k != (i-1)*Identified/Dead {
			m.named(values, &steps, k, people[k], dets[k], kins[k])
		} else {
			with(values, "marks", m.t("mark."+strconv.Itoa(1+m.rng.IntN(8))), "effects", m.t("effect."+strconv.Itoa(1+m.rng.IntN(6))))
		}
		changes[i] = data.Change{Kind: record.Remains, Set: values, Add: steps}
	}
	_, err := m.save(changes...)
	return err
}

// named adds to a body whose it is, and the custody up to its hand-over.
func (m *maker) named(values map[string]string, steps *[]data.Addition, k int, d identified, det, contact record.ID) {
	with(values, "identified_as", det.String(), "method", d.method, "authority", morgue, "proof", d.proof)
	*steps = append(*steps,
		m.step("identified", d.on, morgue),
		m.step("autopsy", d.on.Add(6*time.Hour), morgue),
		m.step("endorsed", d.on.Add(14*time.Hour), prosecutor))
	if k >= Returned {
		return
	}
	handed := m.handedOn(d)
	with(values, "handed_to", contact.String(), "handed_on", moment(handed))
	*steps = append(*steps,
		m.step("registered", handed.Add(-5*time.Hour), m.t("registry")),
		m.step("handed_over", handed, d.kin.name()))
}

// toldAt is the day after the identification, at an hour at which one visits.
func (m *maker) toldAt(d identified) time.Time { return byDay(d.on.Add(18 * time.Hour)) }

// handedOn is the day after the family was told, and never later than now.
func (m *maker) handedOn(d identified) time.Time {
	handed := byDay(m.toldAt(d).Add(22 * time.Hour))
	if latest := m.now.Add(-3 * time.Hour); handed.After(latest) {
		handed = latest
	}
	return handed
}

// byDay moves an hour of the night to the nearest of the day.
func byDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), min(max(t.Hour(), 9), 16), t.Minute(), 0, 0, t.Location())
}

func (m *maker) step(key string, at time.Time, who string) data.Addition {
	return add(record.Step, "step", m.t("step."+key), "when", moment(at), "who", who)
}

func (m *maker) ageRange() string {
	from := 18 + 5*m.rng.IntN(6)
	return strconv.Itoa(from) + "–" + strconv.Itoa(from+10)
}

// told is how many of the families of the identified have been told: all whose
// relative is home again, and some more.
const told = Returned + 11

// tellings records how each family was told, in person and by two colleagues;
// whoever has not been told has a task instead.
func (m *maker) tellings(people []identified, dets, kins []record.ID) error {
	var changes []data.Change
	for i, d := range people {
		if i >= told {
			changes = append(changes, data.Change{Kind: record.Task, Set: set("what", m.t("tell.task", d.person.name()),
				"about", dets[i].String(), "assigned_to", socialWorker, "due", day(m.now.AddDate(0, 0, i%3-1)))})
			continue
		}
		at := m.toldAt(d)
		known := "rumour"
		if i%4 == 0 {
			known = "press"
		}
		changes = append(changes, data.Change{Kind: record.Notification, Set: set(
			"contact", kins[i].String(), "about", dets[i].String(), "notifiers", socialWorker+"\n"+lawyer, "mode", "in_person",
			"when", moment(at), "ended", moment(at.Add(50*time.Minute)), "place", m.t("tell.place"), "tie", m.t("kin."+d.kinship),
			"identity_source", morgue, "identity_method", d.proof, "words_said", m.t("tell.words", d.person.name()),
			"known_how", known, "known_before", m.t("tell.known."+known), "questions", m.t("tell.questions"),
			"reaction", m.t("tell.reaction"), "handed_over", m.t("tell.handed"), "next_contact", day(at.AddDate(0, 0, 3)))})
	}
	_, err := m.save(changes...)
	return err
}
