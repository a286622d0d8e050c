package people

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

func opened(t *testing.T) (*roomtest.Host, *peopleRoom, roomtest.Seed) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	h := roomtest.New(t, o, assets.Spanish, false, fyne.NewSize(1280, 800))
	r := New(h).(*peopleRoom)
	h.Show(roomtest.Framed(r.Open("")))
	return h, r, seed
}

func TestSearchWhileTyping(t *testing.T) {
	h, r, _ := opened(t)
	if !h.Sees("45 personas") || !h.Sees("Elija a una persona") {
		t.Fatalf("%q", h.Texts())
	}
	for text, want := range map[string]string{"nunez": "3 personas", "ANGEL NUÑEZ": "1 persona", "171430710": "2 personas", "xyz": "Nadie con esos datos"} {
		r.pane.Search(text)
		h.Pump()
		if !h.Sees(want) {
			t.Errorf("%q: %q is not seen", text, want)
		}
	}
	r.pane.Search("xyz")
	h.Pump()
	h.Press("Quitar los filtros")
	if !h.Sees("45 personas") {
		t.Error("all are there again")
	}
}

func TestEmptyRoomOffersTheFirstStep(t *testing.T) {
	h := roomtest.New(t, roomtest.Office(t, roomtest.Day()), assets.English, true, fyne.NewSize(1280, 800))
	r := New(h).(*peopleRoom)
	h.Show(roomtest.Framed(r.Open("")))
	if !h.Sees("Here each person is found by name") {
		t.Fatalf("%q", h.Texts())
	}
	h.Press("New person")
	h.Fill("Given names", "Óscar")
	h.Fill("Paternal surname", "Pilataxi")
	h.Fill("Birth or age", "31/2/1990")
	r.Save()
	h.Pump()
	if h.API.Count(record.Detainee) != 0 || !h.Sees("31/2/1990") {
		t.Error("an impossible date is refused")
	}
	h.Fill("Birth or age", "34 years")
	h.Fill("Cédula", "1714307104")
	h.Fill("Prison", "CPL Guayas N°1")
	r.Save()
	h.Pump()
	if h.API.Count(record.Detainee) != 1 || !h.Sees("Óscar Pilataxi") || !h.Sees("CPL Guayas N°1") {
		t.Fatalf("he is saved and his page is open: %q", h.Texts())
	}
	r.Changed(data.Event{Kind: record.Detainee, ID: r.ID})
	h.Pump()
	if !h.Sees("1 person") {
		t.Error("the list learns of him")
	}
}

func TestPageSaysWhatContradicts(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Son.String())
	h.Pump()
	for _, want := range []string{
		"Íñigo Ángel Núñez Ñáñez", "Cédula 1714307103", "CPL Guayas N°1", "Se contradice", "Lista de la Fiscalía", "Hospital Luis Vernaza",
		"Pedir al hospital", "Atrasado: 20 nov 2026", "Segundo Manuel Núñez Quishpe", "No se le debe informar", "Tatuaje de un colibrí", "C-2026-017", "carné escolar",
	} {
		if !h.Sees(want) {
			t.Errorf("%q is not seen", want)
		}
	}
	for _, text := range h.Texts() {
		if strings.Contains(text, "⟦") {
			t.Errorf("words are lacking: %q", text)
		}
	}
	h.Press("Nuevo caso")
	r.Print()
	if len(h.Went) != 2 || h.Went[0] != "cases new/"+seed.Son.String() || h.Went[1] != "documents make//"+seed.Son.String() {
		t.Errorf("went %q", h.Went)
	}
}

func TestEditInPlaceAndLeave(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Missing.String())
	h.Pump()
	v := r.View.(*personView)
	v.edit("facts.identity", v.vm.Facts[0])
	h.Pump()
	if !r.Leave() {
		t.Error("an untouched form keeps nobody")
	}
	v.edit("facts.identity", v.vm.Facts[0])
	h.Fill("Cédula", "0926687850")
	h.Yes = false
	if !r.Leave() || len(h.Asked) != 0 || !h.Sees("Guardar") {
		t.Error("what is typed is kept, and stands there for whoever comes back")
	}
	r.show(seed.Son)
	h.Pump()
	if r.ID != seed.Son || len(h.Asked) != 0 || h.Sees("Borrador sin terminar") {
		t.Error("another person is opened without asking, and has no part in the draft")
	}
	r.show(seed.Missing)
	h.Pump()
	if !h.Sees("Borrador sin terminar de hoy") || !h.Sees(": Identidad.") {
		t.Fatalf("the draft is offered on return: %q", h.Texts())
	}
	h.Press("Continuar")
	h.Pump()
	// Somebody else saves the same record meanwhile.
	other := data.Change{Record: seed.Missing, Kind: record.Detainee, Set: map[string]string{"nationality": "Ecuador"}}
	if _, err := h.API.Edit(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	r.Changed(data.Event{Kind: record.Detainee, ID: seed.Missing})
	h.Pump()
	if !h.Sees("Lucía Chamorro cambió aquí hace un momento") || !h.Sees("0926687850") {
		t.Error("the banner stands over the form, and what was typed is still there")
	}
	r.Save()
	h.Pump()
	got, err := h.API.Get(t.Context(), seed.Missing)
	if err != nil {
		t.Fatal(err)
	}
	if got.Get("cedula") != "0926687850" || got.Get("nationality") != "Ecuador" {
		t.Errorf("saved %q %q", got.Get("cedula"), got.Get("nationality"))
	}
	if h.Said[len(h.Said)-1] != "Guardado" || r.View.Page().IsOpen() {
		t.Errorf("said %q", h.Said)
	}
	if !h.Sees("0926687850") || !h.Sees("Cédula: 0926687859 → 0926687850") {
		t.Error("the page and its history say so")
	}
}

func TestAddAClaim(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Missing.String())
	h.Pump()
	h.Press("Nueva versión")
	h.Fill("Estado", "Muerte confirmada")
	r.Save()
	h.Pump()
	for _, want := range []string{"Falta la fuente", "falta el método", "Confirmar una muerte requiere a dos personas"} {
		if !h.Sees(want) {
			t.Errorf("%q is not seen", want)
		}
	}
	h.Fill("Estado", "Con heridas según reporte")
	h.Fill("Fuente (quién lo dice)", "Hospital del Guasmo")
	h.Fill("Cuándo era cierto", "ayer")
	h.Press("Guardar")
	if !h.Sees("Con heridas según reporte (sin confirmar)") || !h.Sees("Hospital del Guasmo") {
		t.Fatalf("%q", h.Texts())
	}
	if row, ok := h.API.Row(seed.Missing); !ok || row.Life != "reported_injured" {
		t.Errorf("%+v", row)
	}
}

func TestNewPersonWhoIsHereAlready(t *testing.T) {
	h, r, seed := opened(t)
	r.NewRecord()
	h.Pump()
	h.Fill("Nombres", "inigo angel")
	h.Fill("Apellido paterno", "nunez")
	if !h.Sees("Ya existe alguien") || !h.Sees("Núñez Ñáñez, Íñigo Ángel") {
		t.Fatalf("%q", h.Texts())
	}
	if !r.Back() || r.View != nil || len(h.Asked) != 0 {
		t.Error("Esc leaves the form, whose draft is kept")
	}
	r.Open(seed.Father.String())
	h.Pump()
	if !h.Sees("Cómo hablarle") {
		t.Error("a relative's page opens beside the same list")
	}
}

func TestListKeepsItsPlace(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Son.String())
	h.Pump()
	r.Changed(data.Event{Kind: record.Detainee})
	h.Pump()
	r.list.Filter("dead")
	h.Pump()
	if !h.Sees("1 persona") || !h.Sees("Núñez Ñáñez, Byron Leonardo") {
		t.Errorf("%q", h.Texts())
	}
	r.show(record.ID{9})
	h.Pump()
	if !h.Sees("no") || r.View == nil {
		t.Error("a record that is not there says so")
	}
}

func TestNotesOutliveRedrawingAndAreCorrected(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Son.String())
	h.Pump()
	v := r.View.(*personView)
	h.Fill("Notas", "Traer la partida")
	r.Changed(data.Event{Kind: record.Detainee, ID: seed.Son})
	h.Pump()
	h.Yes = false
	if !h.Sees("Traer la partida") || !r.Leave() || !h.Sees("Traer la partida") {
		t.Error("a note that was begun stays, and is not lost by leaving")
	}
	v.edit("facts.identity", v.vm.Facts[0])
	h.Pump()
	if !r.Back() || !h.Sees("Traer la partida") {
		t.Error("opening and closing a form leaves it alone")
	}
	h.Press("Nueva nota")
	if len(v.vm.Notes) != 2 || !r.Leave() {
		t.Fatalf("%+v", v.vm.Notes)
	}
	var oldest string
	h.Press("Corregir…") // the claims' own come first
	if !r.Back() {
		t.Error("that was the form of a claim")
	}
	v.note.Correct(v.vm.Notes[1])
	h.Pump()
	h.Fill("Notas", "El padre trae el carné; ya hay copia.")
	h.Press("Guardar corrección")
	oldest = v.vm.Notes[2].Text
	if len(v.vm.Notes) != 3 || !v.vm.Notes[0].Corrects || !v.vm.Notes[2].Corrected || !strings.Contains(oldest, "Pedir copia") {
		t.Errorf("%+v", v.vm.Notes)
	}
}

func TestTwoValuesOfOneFactAreResolvedWithAReason(t *testing.T) {
	h, r, seed := opened(t)
	base, err := h.API.Get(t.Context(), seed.Missing)
	if err != nil {
		t.Fatal(err)
	}
	for _, cedula := range []string{"1710034065", "0100000009"} { // two colleagues, each from the same page
		if _, err := h.API.Edit(t.Context(), data.Change{Record: seed.Missing, Kind: record.Detainee, Base: base, Set: map[string]string{"cedula": cedula}}); err != nil {
			t.Fatal(err)
		}
	}
	r.Open(seed.Missing.String())
	h.Pump()
	if !h.Sees("Dos valores a la vez: Cédula") || !h.Sees("1710034065 — Registrado por") || !h.Sees("0100000009 — Registrado por") {
		t.Fatalf("%q", h.Texts())
	}
	h.Press("Resolver…")
	h.Press("Guardar")
	if !h.Sees("Elija cuál vale") {
		t.Error("a reason is asked for")
	}
	r.View.(*personView).page.Save()
	h.Fill("Cédula", "0100000009")
	h.Fill("Motivo", "Vi la cédula")
	h.Press("Guardar")
	if h.Sees("Dos valores a la vez") || !h.Sees("Cédula 0100000009") || !h.Sees("Motivo: Vi la cédula") {
		t.Errorf("%q", h.Texts())
	}
}
