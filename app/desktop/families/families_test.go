package families

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data/record"
)

func opened(t *testing.T) (*roomtest.Host, *familiesRoom, roomtest.Seed) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	h := roomtest.New(t, o, assets.Spanish, false, fyne.NewSize(1280, 800))
	r := New(h).(*familiesRoom)
	h.Show(roomtest.Framed(r.Open("")))
	return h, r, seed
}

func TestContactPageBeginsWithSafety(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Father.String())
	h.Pump()
	for _, want := range []string{
		"Hay amenazas contra esta familia", "Nunca por: Mensaje de texto, Buzón de voz", "Le habla solamente Tomás Quishpe", "«Soy de la parroquia»", "08:00-12:00",
		"Muerte confirmada", "Vida reportada", "Sin paradero", "Pregunta por los tres", "Fallecimiento de Núñez Ñáñez, Byron Leonardo", "«Su hijo Byron murió.»",
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
}

func TestLogATalk(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Father.String())
	h.Pump()
	was := h.API.Count(record.Attempt)
	h.Press("Anotar contacto")
	h.Fill("Medio", "Mensaje de texto")
	if !h.Sees("nunca se use este medio") {
		t.Error("a forbidden channel is warned of")
	}
	h.Fill("Medio", "En persona")
	h.Fill("Resultado", "Se habló")
	h.Fill("Qué se dijo (palabras clave)", "Trae el carné")
	if !r.Leave() || len(h.Asked) != 0 || !slices.Contains(h.Said, "Guardado como borrador") {
		t.Errorf("leaving keeps a draft and asks nothing: asked %q, said %q", h.Asked, h.Said)
	}
	h.Press("Cancelar")
	h.Pump()
	if len(h.Asked) != 1 || h.Sees("Hay un borrador") {
		t.Errorf("who cancels is asked and discards: %q", h.Asked)
	}
	h.Press("Anotar contacto")
	h.Fill("Medio", "En persona")
	h.Fill("Resultado", "Se habló")
	h.Fill("Próximo contacto", "15 días")
	r.Save()
	h.Pump()
	if h.API.Count(record.Attempt) != was+1 || !h.Sees("Próximo contacto: 6 dic 2026") {
		t.Errorf("%d %q", h.API.Count(record.Attempt), h.Texts())
	}
}

func TestRecordATelling(t *testing.T) {
	h, r, seed := opened(t)
	r.Open(seed.Father.String())
	h.Pump()
	was := h.API.Count(record.Notification)
	h.Press("Registrar comunicación")
	h.Fill("Modo", "Por teléfono")
	r.Save()
	h.Pump()
	if !h.Sees("Hacen falta dos personas") || !h.Sees("Por teléfono solo si") || h.API.Count(record.Notification) != was {
		t.Fatalf("%q", h.Texts())
	}
	h.Fill("De quién", "Kléver Núñez Ñáñez — Sin paradero")
	if !h.Sees("Esta muerte no está confirmada") {
		t.Error("an unconfirmed death is warned of")
	}
	h.Fill("De quién", "Byron Leonardo Núñez Ñáñez — Muerte confirmada")
	h.Fill("Acompaña", "Tomás Quishpe")
	h.Fill("Modo", "En persona")
	h.Fill("Lugar", "Su casa")
	r.Save()
	h.Pump()
	if h.API.Count(record.Notification) != was+1 || r.View.Page().IsOpen() {
		t.Errorf("%q", h.Texts())
	}
}

func TestMakeAHouseholdAndBringAContactIn(t *testing.T) {
	h, r, _ := opened(t)
	r.list.Only("households")
	r.pane.OnKind()
	h.Pump()
	h.Press("Nuevo hogar")
	h.Fill("Nombre del hogar", "Vera Guamán")
	r.Save()
	h.Pump()
	if !h.Sees("Vera Guamán") || !h.Sees("Falta decidir quién habla por el hogar") {
		t.Fatalf("%q", h.Texts())
	}
	h.Press("Añadir integrante")
	h.Fill("Quién", "pilataxi")
	if !h.Sees("Ñáñez Pilataxi, Rosa Elvira") {
		t.Fatalf("%q", h.Texts())
	}
	h.Press("Registrar a alguien nuevo")
	h.Fill("Nombres", "Nelly")
	h.Fill("Apellido paterno", "Vera")
	r.Save()
	h.Pump()
	page, ok := r.View.(*HouseholdView)
	if !ok || len(page.vm.Members) != 1 || page.vm.Members[0].Name != "Nelly Vera" {
		t.Fatalf("%q", h.Texts())
	}
	if !r.Leave() || r.Back() {
		t.Error("nothing stands open any more")
	}
}
