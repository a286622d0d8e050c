package clashes

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// quarrel makes one contradiction of each sort, besides those of the seed.
func quarrel(t *testing.T, o *data.Office, seed roomtest.Seed) record.ID {
	t.Helper()
	ctx := context.Background()
	get := func(id record.ID) *record.Record {
		r, err := o.Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	edit := func(c data.Change) record.ID {
		r, err := o.Edit(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		return r[0].ID
	}
	base := get(seed.Father)
	edit(data.Change{Record: seed.Father, Base: base, Set: map[string]string{"do_not_contact": "true"}})
	edit(data.Change{Record: seed.Father, Base: base, Set: map[string]string{"do_not_contact": "false"}})
	task := edit(data.Change{Kind: record.Contact, Set: map[string]string{"given_names": "Zoila", "paternal_surname": "Pilataxi"}})
	base = get(task)
	edit(data.Change{Record: task, Base: base, Set: map[string]string{"address": "Durán, cooperativa 5 de Junio"}})
	edit(data.Change{Record: task, Base: base, Delete: true, Reason: "repetida"})
	return task
}

func opened(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*roomtest.Host, *clashRoom, *data.Office, roomtest.Seed) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	quarrel(t, o, seed)
	h := roomtest.New(t, o, lang, dark, size)
	r := New(h).(*clashRoom)
	h.Show(roomtest.Framed(r.Open("")))
	return h, r, o, seed
}

func TestDeskDecidesAndUndoes(t *testing.T) {
	h, r, o, seed := opened(t, assets.Spanish, false, fyne.NewSize(1280, 800))
	before := len(r.desk.Lines)
	if before < 3 || !h.Sees("contradicciones") || !h.Sees("Elija una contradicción") {
		t.Fatalf("%d: %q", before, h.Texts())
	}
	r.Open(seed.Father.String() + "/do_not_contact")
	h.Pump()
	for _, want := range []string{"No contactar", "Dos personas escribieron", "puede ponerlo en peligro", "Parte 1", "Parte 2", "Anotado por Lucía Chamorro", "En el equipo: Lucía Chamorro", "Vale esta…"} {
		if !h.Sees(want) {
			t.Errorf("%q is not seen: %q", want, h.Texts())
		}
	}
	h.Press("Vale esta…")
	h.Press("Guardar la decisión")
	if !h.Sees("escriba el motivo") || len(r.desk.Lines) != before {
		t.Fatal("a decision needs a reason")
	}
	h.Fill("Motivo", "Hablamos con él")
	chosen := r.View.(*clashView).line.Sides[0].Text
	h.Press("Guardar la decisión")
	if len(r.desk.Lines) != before-1 || !h.Sees("Resuelto") || h.Said[len(h.Said)-1] != "Contradicción resuelta" || r.View != nil {
		t.Fatalf("it is decided: %q", h.Texts())
	}
	contact, err := o.Get(t.Context(), seed.Father)
	if err != nil || len(contact.Values["do_not_contact"]) != 1 {
		t.Fatalf("%v %v", contact.Values["do_not_contact"], err)
	}
	if want := map[bool]string{true: "Sí", false: "No"}[contact.Get("do_not_contact") == "true"]; want != chosen {
		t.Errorf("%q stands, %q was chosen", want, chosen)
	}
	h.Press("Deshacer")
	if len(r.desk.Lines) != before || h.Sees("Resuelto") {
		t.Errorf("undone: %q", h.Texts())
	}
}

func TestReasonIsKeptAsADraft(t *testing.T) {
	h, r, _, seed := opened(t, assets.Spanish, false, fyne.NewSize(1280, 800))
	key := seed.Father.String() + "/do_not_contact"
	r.Open(key)
	h.Pump()
	h.Press("Vale esta…")
	h.Fill("Motivo", "Lo dijo la madre")
	r.View.(*clashView).decide(1) // changing one's mind keeps the reason
	h.Pump()
	if !h.Sees("Lo dijo la madre") {
		t.Fatal("the reason was lost with the choice")
	}
	r.show(r.desk.Lines[0])
	r.show(r.desk.Lines[len(r.desk.Lines)-1])
	h.Pump()
	r.Open(key)
	h.Pump()
	if len(h.Asked) != 0 || !h.Sees("Decisión de una contradicción") {
		t.Fatalf("the draft is offered: %q %q", h.Asked, h.Texts())
	}
	h.Press("Continuar")
	if !h.Sees("Lo dijo la madre") || r.View.(*clashView).form.Choice != "1" {
		t.Errorf("brought back: %q", h.Texts())
	}
}

func TestDeletionAgainstEdit(t *testing.T) {
	h, r, o, _ := opened(t, assets.English, true, fyne.NewSize(1180, 680))
	var line present.DeskLine
	for _, l := range r.desk.Lines {
		if l.Field == "deleted" {
			line = l
		}
	}
	r.show(line)
	h.Pump()
	for _, want := range []string{"Zoila Pilataxi", "Deleted the record", "Wrote in it: Address", "with nobody deciding it"} {
		if !h.Sees(want) {
			t.Errorf("%q is not seen: %q", want, h.Texts())
		}
	}
	r.View.(*clashView).decide(1)
	h.Pump()
	h.Fill("Reason", "The address is hers")
	r.Save()
	h.Pump()
	if got, err := o.Get(t.Context(), line.ID); err != nil || got.EditedAfterDelete || r.desk.Index(line.Key) >= 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// failing is an office whose contradictions cannot be read.
type failing struct {
	data.API
	err error
}

func (f *failing) Contradictions(ctx context.Context) ([]data.Contradiction, error) {
	if f.err != nil {
		return nil, f.err
	}
	return f.API.Contradictions(ctx)
}

func TestEmptyAndFailedDesk(t *testing.T) {
	o := &failing{API: roomtest.Office(t, roomtest.Day()), err: errors.New("a table is damaged")}
	h := roomtest.New(t, o, assets.Spanish, false, fyne.NewSize(1280, 800))
	r := New(h).(*clashRoom)
	h.Show(roomtest.Framed(r.Open("")))
	if !h.Sees("Intentar otra vez") {
		t.Fatalf("%q", h.Texts())
	}
	o.err = nil
	h.Press("Intentar otra vez")
	if !h.Sees("Nadie se contradice") {
		t.Errorf("%q", h.Texts())
	}
}

// TestTour draws the desk for a person to look at.
func TestTour(t *testing.T) {
	if os.Getenv("PARADERO_TOUR") == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, c := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
	}{{assets.Spanish, false, fyne.NewSize(1280, 800)}, {assets.English, true, fyne.NewSize(1180, 680)}} {
		h, r, _, seed := opened(t, c.lang, c.dark, c.size)
		h.Picture("clashes-1-list")
		r.show(r.desk.Lines[0])
		h.Picture("clashes-2-deletion")
		r.Open(seed.Father.String() + "/do_not_contact")
		h.Pump()
		r.View.(*clashView).decide(0)
		h.Press(h.Words().T("clashes.save"))
		h.Picture("clashes-3-decide")
		h.Fill(h.Words().T("clashes.reason"), "Hablamos con él por teléfono el lunes.")
		r.Save()
		h.Picture("clashes-4-done")
		for _, l := range r.desk.Lines {
			if strings.HasSuffix(l.Key, "life_status") || strings.HasSuffix(l.Key, "facility") {
				r.show(l)
				h.Picture("clashes-5-claims")
			}
		}
		e := roomtest.New(t, roomtest.Office(t, roomtest.Day()), c.lang, c.dark, c.size)
		e.Show(roomtest.Framed(New(e).Open("")))
		e.Picture("clashes-0-empty")
	}
}
