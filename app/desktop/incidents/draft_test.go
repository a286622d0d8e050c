package incidents

import (
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
)

func TestACountIsKeptAsADraft(t *testing.T) {
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	id := fill(t, o, seed)
	h := roomtest.New(t, o, assets.Spanish, false, fyne.NewSize(1280, 900))
	r := New(h).(*incidentsRoom)
	h.Show(roomtest.Framed(r.Open(id.String())))
	h.Press("Anotar una cifra")
	h.Fill("Cifra", "52")
	r.NewRecord() // leaves the page
	h.Pump()
	r.show(id)
	h.Pump()
	if len(h.Asked) != 0 || !h.Sees(": Cifra de una fuente.") {
		t.Fatalf("asked %q: %q", h.Asked, h.Texts())
	}
	h.Press("Continuar")
	h.Pump()
	v := r.View.(*incidentView)
	if v.page.Editing("toll") == nil || !h.Sees("52") {
		t.Fatalf("%q", h.Texts())
	}
}
