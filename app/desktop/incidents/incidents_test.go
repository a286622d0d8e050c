package incidents

import (
	"context"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

type values = map[string]string

func toll(category, count, unit, source, when, note string) data.Addition {
	return data.Addition{Kind: record.Toll, Values: values{"category": category, "count": count, "unit": unit, "source": source, "when": when, "note": note}}
}

func fill(t *testing.T, o data.API, seed roomtest.Seed) record.ID {
	t.Helper()
	got, err := o.Edit(context.Background(), data.Change{
		Kind: record.Incident, Set: values{
			"name": "Motín en la Penitenciaría del Litoral", "kind_of": "riot", "facility": "CPL Guayas N°1 «Penitenciaría del Litoral»", "wings": "2\n5",
			"started": "2026-11-16T08:40", "confirmed_facts": "Enfrentamiento en los pabellones 2 y 5 desde las 08:40.\nLa policía entró a las 14:00.",
			"unconfirmed_facts": "Un dron habría dejado caer explosivos sobre el pabellón 5.", "needs": "Dos personas más para las visitas en Durán.\nIntérprete de kichwa.",
			"emergency_decree": "Decreto Ejecutivo 210", "emergency_place": "Todas las cárceles del país", "emergency_from": "2026-11-17", "emergency_days": "60",
		},
		Add: []data.Addition{
			toll("dead", "24", "people", "SNAI", "2026-11-16T15:00", ""),
			toll("dead", "30", "people", "Policía Nacional", "2026-11-16T19:30", ""),
			toll("dead", "100", "people", "SNAI", "2026-11-17T07:20", "boletín 2"),
			toll("dead", "116", "people", "SNAI", "2026-11-17T20:00", "boletín 4"),
			toll("dead", "118", "people", "SNAI", "2026-11-18T12:00", "boletín 6"),
			toll("dead", "119", "bodies_and_parts", "Medicina Legal", "2026-11-19T09:00", "cuenta cuerpos y partes"),
			toll("injured", "52", "people", "SNAI", "2026-11-16T15:00", ""), toll("injured", "86", "people", "Ministerio de Salud", "2026-11-18T10:00", ""),
			toll("gravely_injured", "6", "people", "Ministerio de Salud", "2026-11-18T10:00", ""),
			toll("identified", "41", "bodies", "Fiscalía", "2026-11-20T18:00", ""), toll("returned", "22", "bodies", "Fiscalía", "2026-11-20T18:00", ""),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	id := got[0].ID
	for _, who := range []record.ID{seed.Son, seed.Dead, seed.Missing, seed.Video} {
		if _, err := o.Edit(context.Background(), data.Change{Record: who, Kind: record.Detainee, Set: values{"incident": id.String()}}); err != nil {
			t.Fatal(err)
		}
	}
	for i, set := range []values{
		{"code": "ML-044", "extent": "whole", "identified_as": seed.Dead.String(), "method": "fingerprints"}, {"code": "ML-051", "extent": "part"},
	} {
		set["incident"] = id.String()
		if _, err := o.Edit(context.Background(), data.Change{Kind: record.Remains, Set: set}); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	if _, err := o.Edit(context.Background(), data.Change{Kind: record.Incident, Set: values{"name": "Fuga en el CRS Cotopaxi", "kind_of": "escape", "facility": "CPL Cotopaxi N°1", "started": "2026-05-02"}}); err != nil {
		t.Fatal(err)
	}
	return id
}

func open(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*roomtest.Host, *incidentsRoom, record.ID) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	id := fill(t, o, roomtest.Fill(t, o))
	h := roomtest.New(t, o, lang, dark, size)
	r, ok := New(h).(*incidentsRoom)
	if !ok {
		t.Fatal("not the room of incidents")
	}
	h.Show(roomtest.Framed(r.Open("")))
	return h, r, id
}

func TestTollsStandBesideTheNamed(t *testing.T) {
	h, r, id := open(t, assets.Spanish, false, fyne.NewSize(1280, 1600))
	r.Open(id.String())
	h.Pump()
	for _, text := range []string{"118", "119", "Medicina Legal", "Las fuentes se contradicen", "Con nombre en esta oficina", "Estado de excepción hasta"} {
		if !h.Sees(text) {
			t.Errorf("%q is not seen: %q", text, h.Texts())
		}
	}
}

func TestAddAndCorrectAToll(t *testing.T) {
	h, r, id := open(t, assets.Spanish, false, fyne.NewSize(1280, 900))
	r.Open(id.String())
	h.Pump()
	tolls := func() int {
		got, err := h.API.Get(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(got.Of(record.Toll))
	}
	before := tolls()
	h.Press("Anotar una cifra")
	r.Save()
	h.Pump()
	if tolls() != before {
		t.Fatal("a count without number and source was taken")
	}
	h.Fill("Cifra", "120")
	h.Fill("Fuente", "Fiscalía")
	r.Save()
	h.Pump()
	if tolls() != before+1 {
		t.Fatalf("not saved; seen %q", h.Texts())
	}
	v, ok := r.View.(*incidentView)
	if !ok {
		t.Fatal("not the page of an incident")
	}
	wrong := v.vm.Tolls[0]
	v.addToll(wrong.ID)
	h.Pump()
	h.Fill("Cifra", "12")
	r.Save()
	h.Pump()
	if tolls() != before+2 {
		t.Fatal("the correction was not saved")
	}
	for _, line := range v.vm.Tolls {
		if line.ID == wrong.ID && !line.Replaced {
			t.Errorf("what was corrected must stay and say so: %+v", line)
		}
	}
}

func TestNewIncidentAndEdit(t *testing.T) {
	h, r, _ := open(t, assets.Spanish, false, fyne.NewSize(1280, 900))
	r.NewRecord()
	h.Pump()
	h.Press("Guardar")
	h.Fill("Nombre", "Incendio en Turi")
	h.Press("Guardar")
	got, err := h.API.Get(context.Background(), r.ID)
	if err != nil || got.Get("name") != "Incendio en Turi" {
		t.Fatalf("made %v: %v; seen %q", got, err, h.Texts())
	}
	h.Press("Llenar")
	h.Fill("Hechos confirmados", "Humo en el pabellón 1")
	r.Save()
	h.Pump()
	if got, err = h.API.Get(context.Background(), r.ID); err != nil || got.Get("confirmed_facts") == "" {
		t.Errorf("the fact was not saved: %v; seen %q", err, h.Texts())
	}
}

func TestEveryWordIsThere(t *testing.T) {
	for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
		h, r, id := open(t, lang, false, fyne.NewSize(1280, 2400))
		r.Open(id.String())
		h.Pump()
		v, ok := r.View.(*incidentView)
		if !ok {
			t.Fatal("not the page of an incident")
		}
		for _, c := range v.vm.Categories {
			v.vm.Show(c.Name)
			unworded(t, h)
		}
		v.edit("facts.emergency", v.vm.Card("emergency"))
		h.Pump()
		unworded(t, h)
		v.addToll(v.vm.Tolls[0].ID)
		v.page.Save()
		h.Pump()
		unworded(t, h)
		r.NewRecord()
		h.Pump()
		unworded(t, h)
	}
}

// unworded finds keys that have no words in this language.
func unworded(t *testing.T, h *roomtest.Host) {
	t.Helper()
	for _, text := range h.Texts() {
		if strings.Contains(text, "⟦") {
			t.Errorf("%s: %s", h.Lang, text)
		}
	}
}

// TestTour draws the room in its states.
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
		h, r, id := open(t, v.lang, v.dark, v.size)
		pic := func(name string) { h.Picture("incidents-" + name) }
		pic("list")
		r.Open(id.String())
		pic("page")
		h.Pump()
		page, ok := r.View.(*incidentView)
		if !ok {
			t.Fatal("not the page of an incident")
		}
		page.page.ScrollTo(480)
		pic("middle")
		page.page.ScrollTo(1e6)
		pic("end")
		page.addToll(page.vm.Tolls[0].ID)
		page.page.Save()
		pic("toll")
		r.NewRecord()
		pic("new")
	}
	h := roomtest.New(t, roomtest.Office(t, roomtest.Day()), assets.English, false, fyne.NewSize(1280, 800))
	r := New(h)
	h.Show(roomtest.Framed(r.Open("")))
	h.Picture("incidents-empty")
}
