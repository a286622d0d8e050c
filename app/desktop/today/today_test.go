package today

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

type values = map[string]string

func open(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*roomtest.Host, *todayRoom, roomtest.Seed) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	for _, c := range []data.Change{
		{Kind: record.Incident, Set: values{"name": "Motín en la Penitenciaría del Litoral", "emergency_place": "Todas las cárceles del país", "emergency_from": "2026-11-17", "emergency_days": "60"}},
		{Kind: record.Task, Set: values{"what": "Enviar la lista corregida a la Fiscalía", "due": "2026-11-21", "assigned_to": "Lucía Chamorro"}},
		{Kind: record.Task, Set: values{"what": "Preparar la reunión con las familias", "due": "2026-12-24"}},
	} {
		if _, err := o.Edit(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	h := roomtest.New(t, o, lang, dark, size)
	r, ok := New(h).(*todayRoom)
	if !ok {
		t.Fatal("not the room of today")
	}
	h.Show(roomtest.Framed(r.Open("")))
	return h, r, seed
}

func TestToday(t *testing.T) {
	h, r, _ := open(t, assets.Spanish, false, fyne.NewSize(1280, 900))
	for _, text := range []string{"Pedir al hospital", "Llamar al juzgado", "Enviar la lista corregida", "Estado de excepción hasta", "Núñez Ñáñez, Íñigo Ángel"} {
		if !h.Sees(text) {
			t.Errorf("%q is not seen: %q", text, h.Texts())
		}
	}
	if h.Sees("Preparar la reunión") {
		t.Error("what is due in a month is not for today")
	}
	late := len(r.vm.Late)
	h.Press("Hecho")
	if len(r.vm.Late)+len(r.vm.Due) == 0 || len(r.vm.Late) >= late {
		t.Errorf("a task that is done must go: %d of %d late", len(r.vm.Late), late)
	}
	r.mine.SetChecked(true)
	h.Pump()
	if h.Sees("Llamar al juzgado") {
		t.Error("the case of a colleague is not mine")
	}
}

func TestNothingToDo(t *testing.T) {
	h := roomtest.New(t, roomtest.Office(t, roomtest.Day()), assets.Spanish, false, fyne.NewSize(1280, 800))
	r := New(h)
	h.Show(roomtest.Framed(r.Open("")))
	h.Press("Registrar a una persona")
	if len(h.Went) != 1 || h.Went[0] != "people new" {
		t.Errorf("went %q", h.Went)
	}
	h.Picture("today-empty")
}

// begun leaves three forms unfinished, one of a person who is not yet recorded.
func begun(t *testing.T, o data.API, seed roomtest.Seed) {
	t.Helper()
	for key, typed := range map[string]values{
		"detainee/new/new~1":                          {"given_names": "Tránsito Guadalupe", "paternal_surname": "Quishpe"},
		"detainee/" + seed.Son.String() + "/claim~1":  {"source": "Hospital del Guasmo"},
		"contact/" + seed.Father.String() + "/note~1": {"text": "Llamar a la hermana"},
	} {
		if err := o.Drafts().Put(key, typed, o.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDraftsAreListedAndLeadToTheirForms(t *testing.T) {
	h, r, seed := open(t, assets.Spanish, false, fyne.NewSize(1280, 900))
	if h.Sees("Borradores sin terminar") {
		t.Error("there is no draft yet")
	}
	begun(t, h.API, seed)
	r.Open("")
	h.Pump()
	for _, text := range []string{"Borradores sin terminar", "Persona nueva", "Tránsito Guadalupe Quishpe", "Versión de una fuente", "Nota", "hoy 09:3"} {
		if !h.Sees(text) {
			t.Errorf("%q is not seen: %q", text, h.Texts())
		}
	}
	for _, line := range r.vm.Drafts {
		r.resume(line)
	}
	if len(h.Went) != 1 || h.Went[0] != "people new/detainee" || len(h.Records) != 2 {
		t.Errorf("went %q, records %v", h.Went, h.Records)
	}
	for range 3 {
		h.Press("Descartar")
		h.Pump()
	}
	if h.Sees("Borradores sin terminar") || len(h.Asked) != 3 {
		t.Errorf("discarded after asking: %q", h.Asked)
	}
}

// TestTour draws the room.
func TestTour(t *testing.T) {
	if os.Getenv("PARADERO_TOUR") == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, v := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
		name string
	}{
		{assets.Spanish, false, fyne.NewSize(1280, 800), "1280"},
		{assets.English, true, fyne.NewSize(1280, 800), "1280"},
		{assets.Spanish, true, fyne.NewSize(1180, 680), "1180"},
	} {
		h, r, seed := open(t, v.lang, v.dark, v.size)
		h.Picture("today")
		begun(t, h.API, seed)
		r.Open("")
		h.Pump()
		h.Picture("today-drafts")
	}
}

// What is off this machine is said in one calm line, which leads to the way back.
func TestAwayIsToldOnTheFirstPage(t *testing.T) {
	for _, dark := range []bool{false, true} {
		h, r, seed := open(t, assets.Spanish, dark, fyne.NewSize(1180, 680))
		o, ok := h.API.(*data.Office)
		if !ok {
			t.Fatal("no real office")
		}
		if _, err := o.Backup(t.Context(), filepath.Join(t.TempDir(), "copia.respaldo"), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Travel(t.Context(), nil, seed.Son); err != nil {
			t.Fatal(err)
		}
		r.Open("")
		h.Pump()
		n, _ := o.Away()
		if !h.Sees(h.Words().N("travel.away", n, "copia.respaldo")) {
			t.Fatalf("%q", h.Texts())
		}
		h.Picture("today-away")
		h.Press(h.Words().T("travel.back"))
		if len(h.Went) != 1 || h.Went[0] != "settings travel" {
			t.Errorf("went %q", h.Went)
		}
	}
}
