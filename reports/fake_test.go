package reports

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"time"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// memory is an office without a disk.
type memory struct {
	mu   sync.Mutex
	info data.Info
	now  time.Time
	all  map[record.ID]*record.Record
	fail error // of the next Edit
	team bool  // somebody else can be asked
}

func (m *memory) NeedsSecond(string) bool { return m.team }
func (m *memory) MayApprove() []string    { return []string{"Tomás Quishpe"} }

func idOf(name string) record.ID {
	h := sha256.Sum256([]byte(name))
	return record.ID(h[:16])
}

func newMemory() *memory {
	m := &memory{now: time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC), all: map[record.ID]*record.Record{}}
	m.info = data.Info{
		Office: "Defensa y Familia Guayaquil", OfficeID: idOf("office"), City: "Guayaquil", Name: "Ximena Cañarte Loor",
		Role: "social-worker", Device: idOf("device"),
	}
	m.put(record.OfficeKind, "office", map[string]string{
		"name": m.info.Office, "city": "Guayaquil", "address": "Av. Quito 1105 y Ayacucho, segundo piso", "phone": "+593987654321",
		"help_contact": "Ximena Cañarte Loor, teléfono 098 765 4321, de lunes a viernes de 08:00 a 17:00",
	})
	return m
}

// put makes or changes a record on the word of one colleague.
func (m *memory) put(kind record.Kind, name string, set map[string]string) *record.Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.set(kind, idOf(name), set)
}

func (m *memory) set(kind record.Kind, id record.ID, set map[string]string) *record.Record {
	r := &record.Record{ID: id, Kind: kind, Values: map[string][]record.Val{}, Created: m.now, Changed: m.now}
	if old := m.all[id]; old != nil {
		r.Values, r.Entries, r.Created = maps.Clone(old.Values), slices.Clone(old.Entries), old.Created
	}
	for k, v := range set {
		if v == "" {
			delete(r.Values, k)
			continue
		}
		r.Values[k] = []record.Val{{Text: v, By: "Ximena Cañarte Loor", At: m.now}}
	}
	m.all[id] = r
	return r
}

// say adds an entry.
func (m *memory) say(name string, kind record.Kind, values map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := idOf(name)
	old := m.all[id]
	r := *old
	n := uint64(len(r.Entries) + 1)
	r.Entries = append(slices.Clone(old.Entries), record.Entry{ID: idOf(name + string(rune('0'+n))), Kind: kind, Values: values, Order: n, At: m.now, By: "Luis Mora Chila"})
	m.all[id] = &r
}

func (m *memory) Info() data.Info { return m.info }
func (m *memory) Now() time.Time  { return m.now }

func (m *memory) Edit(_ context.Context, changes ...data.Change) ([]data.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	var out []data.Receipt
	for _, c := range changes {
		id := c.Record
		if id.IsZero() {
			id = idOf("new" + string(rune(len(m.all))))
		}
		m.set(c.Kind, id, c.Set)
		out = append(out, data.Receipt{ID: id})
	}
	return out, nil
}

func (m *memory) Get(_ context.Context, id record.ID) (*record.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.all[id]; r != nil {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, "get", "record_not_found")
}

func (m *memory) Links(_ context.Context, id record.ID, kind record.Kind) ([]*record.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []*record.Record
	for _, r := range m.sorted(kind) {
		for _, f := range record.SchemaOf(kind).Fields {
			if (f.Type == record.Ref || f.Type == record.Refs) && slices.Contains(r.List(f.Name), id.String()) {
				out = append(out, r)
				break
			}
		}
	}
	return out, nil
}

func (m *memory) Each(_ context.Context, kind record.Kind, do func(*record.Record) error) error {
	m.mu.Lock()
	rows := m.sorted(kind)
	m.mu.Unlock()
	for _, r := range rows {
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Count(kind record.Kind) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sorted(kind))
}

func (m *memory) sorted(kind record.Kind) []*record.Record {
	var out []*record.Record
	for _, r := range m.all {
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *record.Record) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return out
}

// family is a mother of two sons and a daughter: one may leave prison, one
// died, one was not found. Everything that each paper needs is there.
func family() *memory {
	m := newMemory()
	m.put(record.Household, "home", map[string]string{"name": "Familia Vera Quishpe", "speaks_for_it": idOf("rosa").String()})
	m.put(record.Contact, "rosa", map[string]string{
		"given_names": "Rosa Elena", "paternal_surname": "Quishpe", "maternal_surname": "Guamán", "cedula": "1710034065", "sex": "female",
		"phones": "+593991234567", "household": idOf("home").String(), "role_in_household": "speaks_for_it", "form_of_address": "Señora Rosa",
		"preferred_channel": "in_person", "safe_hours": "09:00-12:00", "identity_verified_on": "2026-11-19", "identity_verified_how": "cédula",
	})
	m.put(record.Contact, "tio", map[string]string{"given_names": "Segundo", "paternal_surname": "Quishpe", "do_not_contact": "true", "phones": "+593990000000"})
	for _, k := range []struct{ name, given, cedula, sex string }{
		{"ivan", "Iván Andrés", "1714307103", "male"}, {"kevin", "Kevin Íñigo", "0100000009", "male"}, {"nina", "Nina Sisa", "2400000010", "female"},
	} {
		m.put(record.Detainee, k.name, map[string]string{
			"given_names": k.given, "paternal_surname": "Vera", "maternal_surname": "Quishpe", "cedula": k.cedula, "sex": k.sex, "birth": "1998-05-03",
			"legal_status": "sentenced", "detained_on": "2024-12-06", "penalty_months": "24", "offence": "COIP art. 220, 2024", "process_number": "09281-2024-01234",
		})
		m.put(record.Relationship, "tie-"+k.name, map[string]string{"contact": idOf("rosa").String(), "detainee": idOf(k.name).String(), "kinship": "mother", "next_of_kin": "true"})
		m.say(k.name, record.Claim, map[string]string{
			"facility": "CPL Guayas N°1", "wing": "5", "status": "detained", "source": "Lista del SNAI", "source_kind": "official_list", "when": "2026-11-10",
		})
	}
	m.put(record.Relationship, "tie-tio", map[string]string{"contact": idOf("tio").String(), "detainee": idOf("ivan").String(), "kinship": "uncle"})
	m.put(record.Case, "case-ivan", map[string]string{
		"detainee": idOf("ivan").String(), "type": "release", "number": "L-2026-014", "state": "open", "legal_basis": "Cumplimiento de la pena, COIP art. 65",
		"judge": "Dra. Inés Yépez Zambrano", "court": "Unidad de Garantías Penitenciarias de Guayaquil", "process_number": "09281-2024-01234",
		"boleta_number": "BE-2026-00871", "boleta_date": "2026-11-20", "expected_at": "2026-11-22T16:00", "expected_place": "Puerta principal, CPL Guayas N°1",
		"fetched_by": idOf("rosa").String(), "summary": "Cumple la pena el 21 de noviembre.\nLa boleta fue emitida el 20.", "assigned_to": "Ximena Cañarte Loor",
		"next_step": "Acompañar la salida", "next_step_due": "2026-11-22", "papers_held": "Boleta\nCertificado de tiempo", "papers_missing": "Examen médico",
		"risks": "La familia recibió llamadas pidiendo dinero.", "decisions": "Esperar en la puerta desde las 15:00.", "pathway": "end_of_sentence", "step": "ordered",
	})
	m.say("case-ivan", record.Step, map[string]string{"step": "filed", "when": "2026-11-12", "who": "Luis Mora Chila"})
	m.say("ivan", record.Claim, map[string]string{"status": "ordered_released", "source": "Boleta BE-2026-00871", "source_kind": "authority", "when": "2026-11-20T11:20"})
	m.put(record.Case, "case-kevin", map[string]string{
		"detainee": idOf("kevin").String(), "type": "condolence", "number": "C-2026-031", "state": "open",
		"help_offered": "El lunes 23 de noviembre, a las 09:00, Luis Mora puede ir con usted al Registro Civil y ayudarle con los formularios",
	})
	m.say("kevin", record.Claim, map[string]string{
		"status": "confirmed_dead", "source": "Medicina Legal de Guayaquil", "source_kind": "authority", "when": "2026-11-18T10:00", "method": "fingerprints",
		"proof": "Informe DML-2026-0412", "authority": "Fiscalía del Guayas", "proposed_by": "Luis Mora Chila", "approved_by": "Ximena Cañarte Loor",
	})
	m.put(record.Notification, "told-kevin", map[string]string{
		"contact": idOf("rosa").String(), "about": idOf("kevin").String(), "notifiers": "Ximena Cañarte Loor\nLuis Mora Chila", "mode": "in_person",
		"when": "2026-11-19T10:00", "ended": "2026-11-19T11:10", "place": "Casa de la familia, Isla Trinitaria", "tie": "mother",
		"identity_source": "Medicina Legal de Guayaquil", "identity_method": "fingerprints", "words_said": "«Señora Rosa, su hijo Kevin murió.»",
		"known_before": "Vio un video en el teléfono de un vecino.", "known_how": "video", "questions": "¿Cuándo puede recibirlo?\n¿Quién firma?",
		"reaction": "Lloró; la acompañó su hermana.", "safety": "Sin riesgo inmediato.", "handed_over": "Hoja con los pasos y el teléfono.", "next_contact": "2026-11-22",
	})
	m.riot()
	m.put(record.Detainee, "nina", map[string]string{"marks": "Tatuaje: rosa en el hombro izquierdo\nCicatriz en la ceja", "hair": "negro, largo", "height_cm": "158", "last_contact_on": "2026-11-14T17:00"})
	m.put(record.Attempt, "call", map[string]string{
		"contact": idOf("rosa").String(), "about": idOf("ivan").String() + "\n" + idOf("kevin").String(), "when": "2026-11-18T09:40",
		"channel": "phone", "outcome": "reached",
	})
	m.put(record.Task, "task", map[string]string{"what": "Pedir el examen médico", "about": idOf("ivan").String(), "assigned_to": "Luis Mora Chila", "due": "2026-11-22"})
	return m
}

// riot is an incident whose tolls contradict over time.
func (m *memory) riot() {
	m.put(record.Incident, "riot", map[string]string{
		"name": "Hechos del 15 de noviembre", "kind_of": "riot", "facility": "CPL Guayas N°1", "wings": "2\n5", "started": "2026-11-15T18:00",
		"confirmed_facts": "El centro está bajo control desde el 17.", "unconfirmed_facts": "Habría más personas heridas en el pabellón 2.", "needs": "Agua y carpas frente a la morgue.",
		"emergency_decree": "Decreto 276", "emergency_place": "Guayas", "emergency_from": "2026-11-16", "emergency_days": "60",
	})
	for _, name := range []string{"ivan", "kevin", "nina"} {
		m.put(record.Detainee, name, map[string]string{"incident": idOf("riot").String()})
	}
	for _, c := range []struct{ category, count, unit, source, when string }{
		{"dead", "18", "people", "Policía Nacional", "2026-11-15T23:00"},
		{"dead", "31", "people", "Policía Nacional", "2026-11-16T09:00"},
		{"dead", "118", "people", "Fiscalía del Guayas", "2026-11-18T12:00"},
		{"bodies", "116", "bodies_and_parts", "Medicina Legal", "2026-11-18T15:00"},
		{"injured", "86", "people", "Ministerio de Salud", "2026-11-16T08:00"},
		{"identified", "41", "people", "Medicina Legal", "2026-11-20T18:00"},
	} {
		m.say("riot", record.Toll, map[string]string{"category": c.category, "count": c.count, "unit": c.unit, "source": c.source, "when": c.when})
	}
}
