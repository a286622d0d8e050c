package present

import (
	"context"
	"strings"
	"testing"

	"paradero/data"
	"paradero/data/record"
)

// sons is a small invented family in a real office.
type sons struct {
	env               Env
	inigo, byron, ana record.ID // detainees
	father            record.ID
}

func threeSons(t *testing.T) *sons {
	t.Helper()
	s := &sons{env: realEnv(t)}
	detainee := func(given, cedula string, add ...data.Addition) record.ID {
		return write(t, s.env, data.Change{Kind: record.Detainee, Set: map[string]string{
			"given_names": given, "paternal_surname": "Núñez", "maternal_surname": "Ñáñez", "cedula": cedula, "birth": "1989-08-14",
		}, Add: append([]data.Addition{claimed(map[string]string{"facility": "CPL Guayas N°1", "wing": "5", "source": "Nómina", "when": "2026-11-01"})}, add...)})
	}
	s.inigo = detainee("Íñigo", "1714307104",
		claimed(map[string]string{"status": "reported_dead", "source": "Lista de la Fiscalía", "when": "2026-11-18"}),
		claimed(map[string]string{"status": "reported_alive", "source": "Hospital Luis Vernaza", "when": "2026-11-19T08:15"}))
	s.byron = detainee("Byron", "1710034065", claimed(map[string]string{
		"status": "confirmed_dead", "source": "Medicina Legal", "when": "2026-11-19", "method": "fingerprints", "proof": "Informe 1182", "proposed_by": "Lucía Chamorro", "approved_by": "Tomás Quishpe",
	}))
	s.ana = detainee("Ana", "0100000009")
	s.father = write(t, s.env, data.Change{Kind: record.Contact, Set: map[string]string{"given_names": "Segundo", "paternal_surname": "Núñez", "forbidden_channels": "sms", "threat": "threat"}})
	for _, son := range []record.ID{s.inigo, s.byron, s.ana} {
		write(t, s.env, data.Change{Kind: record.Relationship, Set: map[string]string{"contact": s.father.String(), "detainee": son.String(), "kinship": "father"}})
	}
	return s
}

func (s *sons) page(t *testing.T, id record.ID) *Person {
	t.Helper()
	p := NewPerson(context.Background(), s.env, id, func() {})
	p.Open()
	if p.State != Ready {
		t.Fatalf("state %v: %+v", p.State, p.Failure)
	}
	return p
}

func TestFirstLook(t *testing.T) {
	s := threeSons(t)
	write(t, s.env, data.Change{Kind: record.Task, Set: map[string]string{"what": "Pedir la foto", "about": s.inigo.String(), "due": "2026-11-20"}})
	write(t, s.env, data.Change{Kind: record.Case, Set: map[string]string{"detainee": s.inigo.String(), "type": "release", "state": "open", "next_step": "Llamar al juzgado", "next_step_due": "2026-11-25"}})
	write(t, s.env, data.Change{Kind: record.Attempt, Set: map[string]string{"contact": s.father.String(), "about": s.inigo.String(), "when": "2026-11-19T10:00", "channel": "phone", "outcome": "reached", "next_due": "2026-11-22"}})
	h := s.page(t, s.inigo).Head
	if h.Name != "Íñigo Núñez Ñáñez" || h.Paper != "Cédula 1714307104" || h.Doubt == "" || h.Age != "37 años" {
		t.Errorf("who: %+v", h)
	}
	if h.Where != "CPL Guayas N°1 · Pabellón 5" || !strings.Contains(h.WhereBy, "Nómina") {
		t.Errorf("where: %q %q", h.Where, h.WhereBy)
	}
	if len(h.Clashes) != 1 || len(h.Clashes[0].Sides) != 2 {
		t.Fatalf("clashes: %+v", h.Clashes)
	}
	sides := strings.Join(h.Clashes[0].Sides, "|")
	for _, part := range []string{"Lista de la Fiscalía", "Hospital Luis Vernaza", "Muerte reportada (sin confirmar)", "18 nov 2026"} {
		if !strings.Contains(sides, part) {
			t.Errorf("both sides are named: %q lacks %q", sides, part)
		}
	}
	if strings.Contains(sides+h.Clashes[0].What, "⟦") {
		t.Errorf("words are lacking: %q %q", sides, h.Clashes[0].What)
	}
	var due []string
	for _, d := range h.Due {
		due = append(due, d.What)
	}
	if len(due) != 3 || due[0] != "Pedir la foto" || !h.Due[0].Late || due[1] != "Volver a hablar con Segundo Núñez" || h.Due[1].Late || due[2] != "Llamar al juzgado" {
		t.Errorf("due: %+v", h.Due)
	}
	if len(h.Knows) != 1 || h.Knows[0].What != "Último contacto: 19 nov 2026, 10:00" || h.Knows[0].Tie != "Padre" {
		t.Errorf("knows: %+v", h.Knows)
	}
	dead := s.page(t, s.byron).Head
	if dead.Life != (Chip{Text: "Muerte confirmada", Tone: Grey}) || !strings.Contains(dead.Sure, "Confirmado · fuente: Medicina Legal · Huellas") || dead.Since != "desde el 19 nov 2026" {
		t.Errorf("dead: %+v", dead)
	}
	if ana := s.page(t, s.ana).Head; ana.Life.Text != "Sin noticias" || len(ana.Clashes) != 0 {
		t.Errorf("a sister is not implied dead by her brother's record: %+v", ana)
	}
}

func TestClaimRefusalsStandBesideTheirFields(t *testing.T) {
	s := threeSons(t)
	p := s.page(t, s.ana)
	f := p.NewClaim()
	if f.Dirty() || f.Field("when").Value == "" {
		t.Error("what is filled in for a person is not something he typed")
	}
	if _, ok := f.Change(); ok || f.Field("status").Problem == "" || f.Field("source").Problem == "" {
		t.Error("a claim that says nothing is not one")
	}
	f.SetStatus("confirmed_dead", "Lucía Chamorro")
	if _, ok := f.Change(); ok {
		t.Fatal("a confirmation without anything must be refused")
	}
	for _, name := range []string{"source", "method", "proof"} {
		if f.Field(name).Problem == "" {
			t.Errorf("%s bears no reason", name)
		}
	}
	if f.Field("approved_by").Warning == "" || f.Field("proposed_by").Value != "Lucía Chamorro" {
		t.Error("the second person is asked for, and the first is filled in")
	}
	for _, o := range f.Field("method").Options {
		if o.Value == "visual" || o.Value == "video" {
			t.Error("recognising a face is not offered as a confirmation")
		}
	}
	f.Set("source", "Medicina Legal")
	f.Set("method", "dna")
	f.Set("proof", "Informe 7")
	f.SetStatus("reported_missing", "")
	for _, name := range f.Visible() {
		if name == "proof" {
			t.Error("the proof is only asked of a confirmation")
		}
	}
	saved := false
	f.Save(context.Background(), s.env, func(ok bool) { saved = ok })
	if !saved {
		t.Fatalf("refused: %+v", f.Fields)
	}
	p.Open()
	if p.Head.Life.Text != "Sin paradero según reporte" || len(p.Claims) != 2 || p.Claims[0].Source != "Medicina Legal" {
		t.Errorf("%+v %+v", p.Head.Life, p.Claims)
	}
	if strings.Contains(p.Claims[0].Meta, "Informe 7") {
		t.Error("what is no longer asked for is no longer said")
	}
}

func TestCorrectAndResolveKeepBothInSight(t *testing.T) {
	s := threeSons(t)
	p := s.page(t, s.inigo)
	f := p.Resolve(p.Head.Clashes[0])
	f.SetStatus("confirmed_alive", "")
	f.Set("source", "Lucía Chamorro, visita")
	f.Set("method", "spoken_to")
	if _, ok := f.Change(); ok || f.Field("reason").Problem == "" {
		t.Fatal("a contradiction is resolved with a reason")
	}
	f.Set("reason", "Hablé con él en la cama 14")
	done := false
	f.Save(context.Background(), s.env, func(ok bool) { done = ok })
	p.Open()
	if !done || len(p.Head.Clashes) != 0 || len(p.Claims) != 4 || p.Head.Life.Text != "Con vida (confirmado)" {
		t.Fatalf("resolved: %v %+v %d claims, %+v", done, p.Head.Clashes, len(p.Claims), p.Head.Life)
	}
	if !strings.Contains(p.Claims[0].Note, "cama 14") {
		t.Errorf("the reason stays: %+v", p.Claims[0])
	}
	var dead ClaimLine
	for _, c := range p.Claims {
		if c.Source == "Lista de la Fiscalía" {
			dead = c
		}
	}
	c := p.CorrectClaim(dead.ID)
	if c.Field("source").Value != "Lista de la Fiscalía" || c.Field("status").Value != "reported_dead" {
		t.Error("a correction begins with what was said")
	}
	c.SetStatus("reported_injured", "")
	c.Set("reason", "La lista confundió dos nombres")
	c.Save(context.Background(), s.env, func(ok bool) { done = ok })
	p.Open()
	for _, line := range p.Claims {
		if line.ID == dead.ID && !line.Corrected {
			t.Error("a corrected claim stays in sight, marked")
		}
	}
	if !done || len(p.Claims) != 5 {
		t.Errorf("corrected: %v, %d claims", done, len(p.Claims))
	}
}

func TestEditingFactsAndPlace(t *testing.T) {
	s := threeSons(t)
	p := s.page(t, s.ana)
	var place, identity FactCard
	for _, c := range p.Facts {
		switch c.Group {
		case "place":
			place = c
		case "identity":
			identity = c
		}
	}
	for _, c := range p.Facts {
		for _, f := range c.Fields {
			if f == "life_status" || f == "release_status" {
				t.Error("status is never typed over")
			}
		}
	}
	f := p.Edit(place)
	if f.Field("facility").Shown != "CPL Guayas N°1" || f.Dirty() {
		t.Errorf("place begins as concluded: %+v", f.Field("facility"))
	}
	f.Set("facility", "Hospital Luis Vernaza")
	f.Set("wing", "")
	ok := false
	SaveForm(context.Background(), s.env, f, func(saved bool) { ok = saved })
	p.Done()
	p.Open()
	if !ok || p.Head.Where != "Hospital Luis Vernaza" || len(p.Claims) != 2 {
		t.Errorf("an edit of the place is a claim: %v %q %+v", ok, p.Head.Where, p.Claims)
	}
	g := p.Edit(identity)
	other := p.Edit(identity)
	g.Set("given_names", "Ana Lucía")
	SaveForm(context.Background(), s.env, g, func(saved bool) { ok = saved })
	p.Heed(data.Event{Kind: record.Detainee, ID: s.ana})
	if !ok || !p.Stale {
		t.Error("an open form learns that the record changed under it")
	}
	other.Set("given_names", "Anita")
	SaveForm(context.Background(), s.env, other, func(saved bool) { ok = saved })
	p.Done()
	p.Done()
	p.Open()
	if p.Stale {
		t.Error("without a form nothing is stale")
	}
	var mark string
	for _, l := range p.Facts[0].Lines {
		if l.Label == "Nombres" {
			mark = l.Mark.Text
		}
	}
	if !ok || !strings.Contains(mark, "También se dijo") {
		t.Errorf("both values are kept and seen: %q", mark)
	}
	last := p.Steps[len(p.Steps)-1]
	if last.What != "Registro creado" || !strings.Contains(p.Steps[0].By, "Lucía") {
		t.Errorf("timeline: %+v … %+v", p.Steps[0], last)
	}
	found := false
	for _, st := range p.Steps {
		for _, c := range st.Changes {
			found = found || c.Label == "Nombres" && c.Was == "Ana" && c.Is == "Ana Lucía"
		}
	}
	if !found {
		t.Errorf("the timeline says what it was and is: %+v", p.Steps)
	}
}

func TestNewPersonHintsAtDoubles(t *testing.T) {
	s := threeSons(t)
	f := NewPersonOf(context.Background(), s.env, record.Detainee, func() {})
	f.Type("paternal_surname", "nuñez")
	if len(f.Doubles) != 0 {
		t.Error("a surname alone is no hint")
	}
	f.Type("given_names", "inigo")
	if len(f.Doubles) != 1 || f.Doubles[0].ID != s.inigo {
		t.Fatalf("doubles: %+v", f.Doubles)
	}
	f.Type("given_names", "Wilmer")
	if len(f.Doubles) != 0 {
		t.Errorf("another name is another person: %+v", f.Doubles)
	}
	f.Type("cedula", "1710034065")
	if len(f.Doubles) != 1 || f.Doubles[0].ID != s.byron {
		t.Errorf("the cédula finds him: %+v", f.Doubles)
	}
	empty := NewPersonOf(context.Background(), s.env, record.Detainee, func() {})
	empty.Save(func(_ record.ID, ok bool) {
		if ok || empty.Problem == "" {
			t.Error("somebody without name and paper cannot be found again")
		}
	})
	f.Type("cedula", "1714307105")
	var id record.ID
	f.Save(func(made record.ID, ok bool) {
		if !ok {
			t.Fatalf("a doubtful cédula warns and saves: %+v", f.Field("cedula"))
		}
		id = made
	})
	if p := s.page(t, id); p.Head.Doubt == "" || p.Head.Name != "Wilmer nuñez" {
		t.Errorf("%+v", p.Head)
	}
}

func TestTieAnExistingAndANewContact(t *testing.T) {
	s := threeSons(t)
	f := NewTie(context.Background(), s.env, record.Detainee, s.ana, func() {})
	ok := true
	f.Set("kinship", "father")
	f.Save(func(saved bool) { ok = saved })
	if ok || f.Field("contact").Problem == "" {
		t.Error("it must be said who")
	}
	f.Search("segundo")
	if len(f.Found) != 1 {
		t.Fatalf("found %+v", f.Found)
	}
	g := NewTie(context.Background(), s.env, record.Detainee, s.ana, func() {})
	g.Fresh()
	g.New.Type("given_names", "Rosa")
	g.Save(func(saved bool) { ok = saved })
	if ok || g.Field("kinship").Problem == "" || s.env.API.Count(record.Contact) != 1 {
		t.Error("nobody is made before the tie is complete")
	}
	g.Set("kinship", "mother")
	g.Save(func(saved bool) { ok = saved })
	if !ok {
		t.Fatalf("refused: %+v", g.Fields)
	}
	p := s.page(t, s.ana)
	if len(p.Ties) != 2 || s.env.API.Count(record.Contact) != 2 {
		t.Errorf("ties: %+v", p.Ties)
	}
}

func TestNotesAndMissingPage(t *testing.T) {
	s := threeSons(t)
	AddNote(context.Background(), s.env, record.Detainee, s.ana, " Traer la foto ", "", record.ID{}, func(_ Failure, ok bool) {
		if !ok {
			t.Error("a note is saved")
		}
	})
	p := s.page(t, s.ana)
	if len(p.Notes) != 1 || p.Notes[0].Text != "Traer la foto" {
		t.Fatalf("%+v", p.Notes)
	}
	AddNote(context.Background(), s.env, record.Detainee, s.ana, "Ya la trajo", p.Notes[0].ID.String(), record.ID{}, func(Failure, bool) {})
	p.Open()
	if len(p.Notes) != 2 || !p.Notes[0].Corrects || !p.Notes[1].Corrected {
		t.Errorf("%+v", p.Notes)
	}
	gone := NewPerson(context.Background(), s.env, record.ID{1}, func() {})
	gone.Open()
	if gone.State != Failed || gone.Failure.Text == "" {
		t.Errorf("%v %+v", gone.State, gone.Failure)
	}
}

func TestPlacesAreNotNamedTwice(t *testing.T) {
	w := spanish(t)
	for _, c := range [][4]string{
		{"CPL Guayas N°1", "5", "12A", "CPL Guayas N°1 · Pabellón 5 · Celda 12A"},
		{"CPL Guayas N°5", "Pabellón 6", "Celda A8", "CPL Guayas N°5 · Pabellón 6 · Celda A8"},
		{"", "", "", ""},
		{"Hospital", "", "", "Hospital"},
	} {
		if got := whereText(w, c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%q, want %q", got, c[3])
		}
	}
}

// Under an open form the banner says who changed which fields and what stands in
// them now; saving all the same keeps both, and what is not doubted stays quiet.
func TestOpenFormIsToldWhatChanged(t *testing.T) {
	s := threeSons(t)
	p := s.page(t, s.ana)
	f := p.Edit(p.Facts[0])
	write(t, s.env, data.Change{Record: s.ana, Add: []data.Addition{{Kind: record.Note, Values: map[string]string{"text": "Llamó la hermana"}}}})
	p.Heed(data.Event{Kind: record.Detainee, ID: s.ana})
	if p.Stale {
		t.Errorf("a note of one's own beside the form is no surprise: %+v", p.Elsewhere)
	}
	write(t, s.env, data.Change{Record: s.ana, Set: map[string]string{"given_names": "Ana María", "cedula": ""}})
	p.Heed(data.Event{Kind: record.Detainee, ID: s.ana})
	if !p.Stale || p.Elsewhere == nil {
		t.Fatal("nothing is told")
	}
	if text := p.Elsewhere.Text; !strings.Contains(text, "Lucía Chamorro cambió aquí hace un momento: Nombres, Cédula") {
		t.Errorf("%q", text)
	}
	if c := p.Elsewhere.Changes; len(c) != 2 || c[0].Was != "Ana" || c[0].Is != "Ana María" || c[1].Is != "" {
		t.Errorf("%+v", c)
	}
	p.GoOn()
	p.Heed(data.Event{Kind: record.Detainee, ID: s.ana})
	if p.Stale {
		t.Error("what was seen is told again")
	}
	f.Set("given_names", "Anita")
	ok := false
	SaveForm(context.Background(), s.env, f, func(saved bool) { ok = saved })
	p.Done()
	p.Open()
	if r := p.Record; !ok || len(r.Values["given_names"]) != 2 {
		t.Errorf("both are kept: %v %+v", ok, r.Values["given_names"])
	}
}
