package people

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

func edit(t *testing.T, h *roomtest.Host, c data.Change) data.Receipt {
	t.Helper()
	r, err := h.API.Edit(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r[0]
}

func TestUndoFromTheTimeline(t *testing.T) {
	h, r, seed := opened(t)
	edit(t, h, data.Change{Record: seed.Missing, Set: map[string]string{"nationality": "Perú"}})
	r.Open(seed.Missing.String())
	h.Pump()
	if !h.Sees("En el equipo: Lucía Chamorro") {
		t.Error("the timeline says on which device")
	}
	h.Press("Deshacer…")
	h.Pump()
	got, err := h.API.Get(t.Context(), seed.Missing)
	if err != nil || got.Get("nationality") != "" || len(h.Asked) != 1 || h.Asked[0] != "¿Deshacer este cambio?" || h.Said[len(h.Said)-1] != "Cambio deshecho" {
		t.Errorf("%q %v, asked %q said %q", got.Get("nationality"), err, h.Asked, h.Said)
	}
}

func TestAsItWasIsOnlyRead(t *testing.T) {
	h, r, seed := opened(t)
	edit(t, h, data.Change{Record: seed.Missing, Set: map[string]string{"nationality": "Perú"}})
	r.Open(seed.Missing.String())
	h.Pump()
	h.Fill("Ver la ficha como estaba el", "1/1/2020")
	h.Press("Ver")
	if !h.Sees("no se sabía nada") {
		t.Errorf("before it was known: %q", h.Texts())
	}
	h.Press("Volver a hoy")
	h.Fill("Ver la ficha como estaba el", "hoy")
	h.Press("Ver")
	if !h.Sees("Así se conocía esta ficha el 21 de noviembre de 2026") || !h.Sees("Perú") || h.Sees("Editar") || h.Sees("Nueva versión") {
		t.Errorf("%q", h.Texts())
	}
	if !r.Back() || h.Sees("Así se conocía") || !h.Sees("Nueva versión") {
		t.Error("Esc goes back to today")
	}
}

func TestMergeOnThePageAndEndIt(t *testing.T) {
	h, r, seed := opened(t)
	other := edit(t, h, data.Change{Kind: record.Detainee, Set: map[string]string{
		"given_names": "Kevin", "paternal_surname": "Otronombre", "cedula": "1710034065", "offence": "hurto", "life_status": "reported_dead",
	}}).ID
	edit(t, h, data.Change{Record: seed.Missing, Set: map[string]string{"cedula": "0100000009"}})
	r.Open(seed.Missing.String())
	h.Pump()
	h.Press("Es la misma persona que…")
	r.Save()
	if !h.Sees("Elija primero la otra ficha") {
		t.Fatalf("%q", h.Texts())
	}
	h.Fill("La otra ficha", "otronombre")
	v := r.View.(*personView)
	v.past.Form().Choose(other)
	h.Pump()
	for _, want := range []string{"las dos cédulas son válidas y distintas", "Estado de vida en la otra", "hurto", "Tomar de la otra", "nunca pasan"} {
		if !h.Sees(want) {
			t.Errorf("%q is not seen: %q", want, h.Texts())
		}
	}
	h.Fill("Motivo", "La madre reconoció las dos fichas")
	r.Save()
	h.Pump()
	if !h.Sees("habla en contra") {
		t.Error("what speaks against it must be spoken to")
	}
	for _, d := range v.past.Form().Doubts {
		v.past.Form().Speak(d.Field, true)
	}
	r.Save()
	h.Pump()
	if got, err := h.API.Get(t.Context(), other); err != nil || got.MergedInto != seed.Missing {
		t.Fatalf("%v %v, said %q", got, err, h.Said)
	}
	if !h.Sees("También es") || !h.Sees("Kevin Otronombre") || !h.Sees("Se contradice con lo concluido") {
		t.Errorf("%q", h.Texts())
	}
	r.show(other)
	h.Pump()
	if !h.Sees("Esta ficha se fusionó con la de:") {
		t.Errorf("%q", h.Texts())
	}
	for _, offered := range []string{"Editar", "Añadir", "Nueva versión", "Nueva nota", "Vincular a un familiar", "Corregir…"} {
		for _, text := range h.Texts() {
			if text == offered {
				t.Errorf("%q is offered on the page of a record that is not written in any more", offered)
			}
		}
	}
	h.Press("Deshacer la fusión…")
	h.Pump()
	if got, err := h.API.Get(t.Context(), other); err != nil || !got.MergedInto.IsZero() || h.Sees("Esta ficha se fusionó") {
		t.Errorf("%v %v %q", got, err, h.Texts())
	}
}

func TestDeleteAndBringBackAndErase(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Missing.String())
	h.Pump()
	h.Press("Borrar…")
	r.Save()
	if !h.Sees("Escriba por qué") {
		t.Fatal("a deletion needs a reason")
	}
	h.Fill("Motivo", "Estaba dos veces")
	h.Press("Borrar")
	if _, err := h.API.Get(t.Context(), seed.Missing); !fault.Is(err, fault.NotFound) || !h.Sees("La ficha se borró") {
		t.Fatalf("%v %q", err, h.Texts())
	}
	r.Changed(data.Event{Kind: record.Detainee, ID: seed.Missing})
	h.Pump()
	h.Press("Deshacer")
	if _, err := h.API.Get(t.Context(), seed.Missing); err != nil || !h.Sees("Nueva versión") {
		t.Fatalf("%v %q", err, h.Texts())
	}
	h.Press("Borrar para siempre…")
	for _, want := range []string{"Se borrará", "No se alcanza", "Los respaldos hechos antes", "de su historia"} {
		if !h.Sees(want) {
			t.Errorf("%q is not seen: %q", want, h.Texts())
		}
	}
	h.Fill("Motivo", "Lo pidió la familia")
	r.Save()
	h.Pump()
	if !h.Sees("Marque que entiende") {
		t.Fatal("it is said that it does not come back")
	}
	r.View.(*personView).past.Removing().Sure = true
	r.Save()
	h.Pump()
	if _, err := h.API.Get(t.Context(), seed.Missing); !fault.Is(err, fault.NotFound) || !h.Sees("Se borró para siempre") {
		t.Errorf("%v %q", err, h.Texts())
	}
}

// TestHistoryTour draws what the pages got for a person to look at.
func TestHistoryTour(t *testing.T) {
	if os.Getenv("PARADERO_TOUR") == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, c := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
	}{{assets.Spanish, false, fyne.NewSize(1280, 800)}, {assets.English, true, fyne.NewSize(1180, 680)}} {
		o := roomtest.Office(t, roomtest.Day())
		seed := roomtest.Fill(t, o)
		h := roomtest.New(t, o, c.lang, c.dark, c.size)
		w := h.Words()
		r := New(h).(*peopleRoom)
		h.Show(roomtest.Framed(r.Open("")))
		other := edit(t, h, data.Change{Kind: record.Detainee, Set: map[string]string{
			"given_names": "Kevin", "paternal_surname": "Otronombre", "cedula": "1710034065", "offence": "hurto", "life_status": "reported_dead",
		}}).ID
		edit(t, h, data.Change{Record: seed.Missing, Set: map[string]string{"cedula": "0100000009"}, Reason: "Vi el papel"})
		r.Open(seed.Missing.String())
		h.Pump()
		r.View.Page().ScrollTo(5000)
		h.Picture("history-1-end")
		h.Press(w.T("merge.button"))
		h.Fill(w.T("merge.who"), "otro")
		h.Picture("history-2-merge-find")
		v := r.View.(*personView)
		v.past.Form().Choose(other)
		h.Pump()
		r.View.Page().ScrollTo(1500)
		h.Picture("history-3-merge")
		r.View.Page().ScrollTo(5000)
		h.Picture("history-4-merge-below")
		for _, d := range v.past.Form().Doubts {
			v.past.Form().Speak(d.Field, true)
		}
		h.Fill(w.T("claim.reason"), "La madre reconoció las dos fichas")
		r.Save()
		h.Pump()
		r.View.Page().ScrollTo(700)
		h.Picture("history-5-also")
		r.show(other)
		h.Pump()
		h.Picture("history-6-merged")
		r.show(seed.Missing)
		h.Pump()
		v = r.View.(*personView)
		v.edit("facts.identity", v.vm.Facts[0])
		h.Fill(w.T("detainee.given_names"), "Kléver Iván")
		edit(t, h, data.Change{Record: seed.Missing, Set: map[string]string{"given_names": "Kléber", "nationality": "Perú"}})
		r.Changed(data.Event{Kind: record.Detainee, ID: seed.Missing})
		h.Pump()
		h.Picture("history-6-stale")
		r.show(seed.Son)
		h.Pump()
		h.Fill(w.T("past.field"), "21/11/2026")
		h.Press(w.T("past.look"))
		h.Picture("history-7-past")
		r.Back()
		h.Press(w.T("erase.button"))
		r.View.Page().ScrollTo(5000)
		h.Picture("history-8-erase")
	}
}

// Two values of an ordinary fact: the later shows, the other stands beside it
// and can be taken instead.
func TestOtherValueIsTaken(t *testing.T) {
	h, r, seed := opened(t)
	base, err := h.API.Get(t.Context(), seed.Missing)
	if err != nil {
		t.Fatal(err)
	}
	edit(t, h, data.Change{Record: seed.Missing, Base: base, Set: map[string]string{"nationality": "Perú"}})
	edit(t, h, data.Change{Record: seed.Missing, Base: base, Set: map[string]string{"nationality": "Colombia"}})
	r.Open(seed.Missing.String())
	h.Pump()
	if !h.Sees("Colombia") || !h.Sees("Perú") || h.Sees("Se contradice") {
		t.Fatalf("%q", h.Texts())
	}
	h.Press("Dejar «Perú»")
	got, err := h.API.Get(t.Context(), seed.Missing)
	if err != nil || got.Get("nationality") != "Perú" || len(got.Values["nationality"]) != 1 || h.Sees("Dejar «") {
		t.Errorf("%v %v", got.Values["nationality"], err)
	}
}

// What a colleague changes under an open form is told with names and fields, what
// is typed stays, and going on or looking is one tap.
func TestBannerOverAnOpenForm(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Missing.String())
	h.Pump()
	v := r.View.(*personView)
	v.edit("facts.identity", v.vm.Facts[0])
	h.Fill("Nombres", "Kléver Iván")
	edit(t, h, data.Change{Record: seed.Missing, Set: map[string]string{"given_names": "Kléber", "nationality": "Perú"}})
	r.Changed(data.Event{Kind: record.Detainee, ID: seed.Missing})
	h.Pump()
	for _, want := range []string{"Lucía Chamorro cambió aquí hace un momento: Nombres, Nacionalidad", "Nombres: Kléver → Kléber", "Kléver Iván"} {
		if !h.Sees(want) {
			t.Errorf("%q is not seen: %q", want, h.Texts())
		}
	}
	h.Press("Seguir escribiendo")
	if h.Sees("cambió aquí") || !h.Sees("Kléver Iván") {
		t.Errorf("going on: %q", h.Texts())
	}
	r.Save()
	h.Pump()
	got, err := h.API.Get(t.Context(), seed.Missing)
	if err != nil || len(got.Values["given_names"]) != 2 || got.Get("nationality") != "Perú" {
		t.Errorf("%v %+v", err, got.Values["given_names"])
	}
}
