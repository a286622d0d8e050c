package roomtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// Seed is a small invented office that shows every state of the rooms.
type Seed struct {
	Son, Dead, Missing, Video, Long record.ID // detainees
	Father, Threatened              record.ID // contacts
	Household, Case                 record.ID
}

// Day is the day on which the invented office is looked at.
func Day() time.Time {
	return time.Date(2026, 11, 21, 9, 30, 0, 0, time.FixedZone("ECT", -5*3600))
}

type seeder struct {
	t *testing.T
	o data.API
}

func (s seeder) make(kind record.Kind, set map[string]string, add ...data.Addition) record.ID {
	s.t.Helper()
	got, err := s.o.Edit(context.Background(), data.Change{Kind: kind, Set: set, Add: add})
	if err != nil {
		s.t.Fatalf("%v: %v", kind, err)
	}
	return got[0].ID
}

type values = map[string]string

func claim(v values) data.Addition { return data.Addition{Kind: record.Claim, Values: v} }

func place(facility, wing, cell string) data.Addition {
	return claim(values{"facility": facility, "wing": wing, "cell": cell, "source": "Nómina del SNAI", "source_kind": "official_list", "when": "2026-11-01"})
}

// Fill writes the invented people into an office.
func Fill(t *testing.T, o data.API) Seed {
	t.Helper()
	s := seeder{t, o}
	for _, name := range []string{"CPL Guayas N°1 «Penitenciaría del Litoral»", "CRS Masculino Guayas N°4 «Regional»", "CPL Cotopaxi N°1", "CPL Azuay N°1 «Turi»"} {
		s.make(record.Facility, values{"name": name})
	}
	litoral := "CPL Guayas N°1 «Penitenciaría del Litoral»"
	var seed Seed
	seed.Son = s.make(record.Detainee, values{
		"given_names": "Íñigo Ángel", "paternal_surname": "Núñez", "maternal_surname": "Ñáñez", "cedula": "1714307103", "birth": "1989-08-14",
		"sex": "male", "legal_status": "sentenced", "detained_on": "2023-12-06", "penalty_months": "36", "offence": "Robo, COIP 189",
		"process_number": "09281-2023-00417", "judge": "Dra. Paulina Andrade Mejía", "marks": "Tatuaje de un colibrí en el antebrazo izquierdo\nCicatriz en la ceja derecha",
		"health": "Asma", "last_contact_on": "2026-11-16", "last_contact_with": "su padre", "last_contact_how": "llamada",
	}, place(litoral, "5", "12"),
		claim(values{"status": "reported_dead", "source": "Lista de la Fiscalía", "source_kind": "official_list", "when": "2026-11-18", "evidence": "Fila 44 de la lista", "reliability": "medium"}),
		claim(values{"status": "reported_alive", "source": "Hospital Luis Vernaza", "source_kind": "hospital", "when": "2026-11-19T08:15", "through": "Dra. Miriam Cedeño", "evidence": "Registro de emergencia", "reliability": "high"}),
		data.Addition{Kind: record.Note, Values: values{"text": "El padre trae el carné escolar con la foto. Pedir copia."}})
	seed.Dead = s.make(record.Detainee, values{
		"given_names": "Byron Leonardo", "paternal_surname": "Núñez", "maternal_surname": "Ñáñez", "cedula": "1710034065", "birth": "1993-02-02", "sex": "male", "legal_status": "remand",
	}, place(litoral, "5", "14"), claim(values{
		"status": "confirmed_dead", "source": "Medicina Legal de Guayaquil", "source_kind": "authority", "when": "2026-11-19T16:00", "method": "fingerprints",
		"proof": "Informe dactiloscópico 2026-1182", "authority": "Fiscalía del Guayas", "proposed_by": "Lucía Chamorro", "approved_by": "Tomás Quishpe",
	}))
	seed.Missing = s.make(record.Detainee, values{
		"given_names": "Kléver", "paternal_surname": "Núñez", "maternal_surname": "Ñáñez", "cedula": "0926687859", "birth": "~24@2026-11-18", "sex": "male",
	}, place(litoral, "5", ""), claim(values{"status": "reported_missing", "source": "Su padre", "source_kind": "family", "when": "2026-11-18"}))
	seed.Video = s.make(record.Detainee, values{
		"given_names": "Washington Stalin", "paternal_surname": "Chimbo", "maternal_surname": "Yánez", "cedula": "1714307104", "birth": "1998", "sex": "male", "legal_status": "sentenced",
	}, place(litoral, "2", "3"), claim(values{
		"status": "reported_dead", "source": "Su padre, por un video", "source_kind": "video", "when": "2026-11-17", "method": "video", "reliability": "low", "evidence": "Video que circula; cree reconocer el rostro",
	}))
	seed.Long = s.make(record.Detainee, values{
		"given_names": "María de los Ángeles Guadalupe", "paternal_surname": "de la Torre Santisteban", "maternal_surname": "Yupanqui Guamán de la Cruz",
		"aliases": "La Lupe\nMa. Ángeles", "passport": "EC-0099887766", "birth": "1955-03", "sex": "female", "legal_status": "remand",
	}, place("Hospital de Especialidades «Dr. Abel Gilbert Pontón», sala de observación", "", ""),
		claim(values{"status": "confirmed_alive", "source": "Trabajo social del hospital", "when": "2026-11-20T10:00", "method": "spoken_to", "proof": "Acta de visita", "through": "Lcda. Rosa Panchana"}))
	family(s, &seed)
	crowd(s, litoral)
	return seed
}

func family(s seeder, seed *Seed) {
	seed.Father = s.make(record.Contact, values{
		"given_names": "Segundo Manuel", "paternal_surname": "Núñez", "maternal_surname": "Quishpe", "cedula": "0960000016", "birth": "1961-05-30",
		"phones": "+593987654321", "address": "Isla Trinitaria, coop. Jacobo Bucaram, mz. 14", "preferred_channel": "in_person", "forbidden_channels": "sms\nvoicemail",
		"safe_hours": "08:00-12:00", "who_may_answer": "Solo él o su hija Nelly", "code_phrase": "«Soy de la parroquia»", "phone_shared_with": "un vecino",
		"language": "qu", "literacy": "reads_little", "form_of_address": "Don Segundo", "consent_purpose": "Buscar a sus hijos", "consent_how": "spoken", "consent_on": "2026-11-17", "consent_taken_by": "Lucía Chamorro",
		"must_not_be_told": "Rosa Ñáñez (madre, hipertensa)",
	})
	seed.Threatened = s.make(record.Contact, values{
		"given_names": "Rosa Elvira", "paternal_surname": "Ñáñez", "maternal_surname": "Pilataxi", "threat": "extortion", "threat_note": "Le piden dinero por el cuerpo de su hijo",
		"phones": "0991112233", "role_in_household": "must_not_be_told", "preferred_channel": "through_other",
	})
	seed.Household = s.make(record.Household, values{
		"name": "Núñez Ñáñez, Isla Trinitaria", "address": "Isla Trinitaria, coop. Jacobo Bucaram, mz. 14, solar 8", "speaks_for_it": seed.Father.String(),
		"assigned_to": "Tomás Quishpe", "must_not_be_told": "Rosa Ñáñez", "plan": "Visitar por la mañana, nunca llamar al teléfono del vecino.", "threat": "threat",
	})
	for id, role := range map[record.ID]string{seed.Father: "speaks_for_it", seed.Threatened: "must_not_be_told"} {
		if _, err := s.o.Edit(context.Background(), data.Change{Record: id, Kind: record.Contact, Set: values{"household": seed.Household.String(), "role_in_household": role}}); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, son := range []record.ID{seed.Son, seed.Dead, seed.Missing} {
		s.make(record.Relationship, values{"contact": seed.Father.String(), "detainee": son.String(), "kinship": "father", "next_of_kin": "true", "proof": "Partida de nacimiento"})
	}
	s.make(record.Relationship, values{"contact": seed.Threatened.String(), "detainee": seed.Son.String(), "kinship": "mother"})
	s.make(record.Attempt, values{
		"contact": seed.Father.String(), "about": seed.Son.String() + "\n" + seed.Dead.String() + "\n" + seed.Missing.String(), "when": "2026-11-19T11:00", "by": "Lucía Chamorro",
		"channel": "phone", "outcome": "reached", "note": "Pregunta por los tres; se le dijo lo que se sabe y lo que no.", "asked": "¿Dónde está Kléver?", "next_due": "2026-11-20",
	})
	s.make(record.Attempt, values{"contact": seed.Father.String(), "about": seed.Missing.String(), "when": "2026-11-18T17:40", "by": "Tomás Quishpe", "channel": "phone", "outcome": "no_answer"})
	s.make(record.Notification, values{
		"contact": seed.Father.String(), "about": seed.Dead.String(), "notifiers": "Lucía Chamorro\nTomás Quishpe", "mode": "in_person", "when": "2026-11-20T09:00", "ended": "2026-11-20T10:10",
		"place": "Su casa", "tie": "Padre", "identity_source": "Medicina Legal de Guayaquil", "identity_method": "Huellas dactilares", "words_said": "«Su hijo Byron murió.»",
		"known_how": "rumour", "known_before": "Un vecino le dijo que estaba en la lista", "questions": "¿Cuándo entregan el cuerpo?", "reaction": "Llanto, sereno después", "handed_over": "Hoja con teléfonos", "next_contact": "2026-11-23",
	})
	s.make(record.Task, values{"what": "Pedir al hospital el nombre completo del paciente", "about": seed.Son.String(), "due": "2026-11-20", "assigned_to": "Lucía Chamorro"})
	seed.Case = s.make(record.Case, values{
		"detainee": seed.Son.String(), "type": "release", "number": "C-2026-017", "state": "open", "opened_on": "2026-10-30", "step": "filed", "assigned_to": "Ximena Cañarte",
		"next_step": "Llamar al juzgado", "next_step_due": "2026-11-24",
	})
	s.make(record.Case, values{"detainee": seed.Son.String(), "type": "tracing", "number": "C-2026-031", "state": "waiting", "opened_on": "2026-11-18"})
}

// crowd fills the list.
func crowd(s seeder, facility string) {
	given := []string{"Óscar", "Kuyllur Sisa", "Jhon Jairo", "Zoë", "Ángel María", "Nina", "Wilmer", "Begoña", "Darío Fernando", "Segundo"}
	surnames := []string{"Cañarte", "Pilataxi", "Quiñónez", "Ordóñez", "Guamán", "Yépez", "Zambrano", "Vera", "Bermeo", "Anchundia", "Tenorio", "Cedeño"}
	states := []string{"reported_missing", "reported_injured", "", "reported_alive", "", "reported_dead"}
	for i := range 40 {
		add := []data.Addition{place(facility, fmt.Sprint(1+i%12), "")}
		if st := states[i%len(states)]; st != "" {
			add = append(add, claim(values{"status": st, "source": "Lista del SNAI", "source_kind": "official_list", "when": "2026-11-18"}))
		}
		s.make(record.Detainee, values{
			"given_names": given[i%len(given)], "paternal_surname": surnames[i%len(surnames)], "maternal_surname": surnames[(i*5+3)%len(surnames)],
			"birth": fmt.Sprintf("19%02d-0%d-1%d", 60+i%39, 1+i%9, i%10),
		}, add...)
	}
}
