package cases

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

// work is what the invented office does for its people: a release that is under
// way, one that is ordered, a letter, and one case of each other type.
type work struct{ filed, ordered, letter, medical, transfer record.ID }

func fill(t *testing.T, o data.API, seed roomtest.Seed) work {
	t.Helper()
	edit := func(c data.Change) record.ID {
		got, err := o.Edit(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		return got[0].ID
	}
	step := func(v values) data.Addition { return data.Addition{Kind: record.Step, Values: v} }
	var w work
	w.filed = seed.Case
	edit(data.Change{Record: seed.Case, Kind: record.Case, Set: values{
		"pathway": "end_of_sentence", "court": "Unidad de Garantías Penitenciarias de Guayaquil", "process_number": "09281-2023-00417", "filed_on": "2026-11-12",
		"papers_held": "Verificación de identidad\nActa de pertenencias", "papers_missing": "Boleta de excarcelación\nExamen médico de salida", "legal_basis": "Cumplimiento de la pena",
		"next_step_due": "2026-11-19", "summary": "Le quedaban quince días. La familia no tiene noticia desde el motín.",
	}, Add: []data.Addition{
		step(values{"step": "screened", "when": "2026-10-30", "who": "Ximena Cañarte"}),
		step(values{"step": "eligible", "when": "2026-11-04T10:00", "who": "Lucía Chamorro", "note": "Sin otras órdenes según el centro"}),
		step(values{"step": "filed", "when": "2026-11-12T09:15", "who": "Ximena Cañarte", "note": "Ventanilla 3, recibido con sello"}),
		{Kind: record.Note, Values: values{"text": "El secretario pide volver el martes con copia de la cédula."}},
	}})
	w.ordered = edit(data.Change{Kind: record.Case, Set: values{
		"detainee": seed.Long.String(), "type": "release", "number": "C-2026-022", "state": "open", "opened_on": "2026-11-02", "step": "ordered", "pathway": "home_arrest",
		"boleta_number": "BE-2026-00871", "boleta_date": "2026-11-20", "judge": "Ab. Inés Yépez Zambrano", "court": "Unidad Judicial Penal Norte 2", "process_number": "09286-2024-01234",
		"legal_basis": "Arresto domiciliario, COIP 537", "assigned_to": "Lucía Chamorro", "expected_at": "2026-11-22T16:00", "expected_place": "Puerta principal",
	}, Add: []data.Addition{step(values{"step": "ordered", "when": "2026-11-20T11:20", "who": "Lucía Chamorro"})}})
	w.letter = edit(data.Change{Kind: record.Case, Set: values{"detainee": seed.Dead.String(), "type": "condolence", "number": "C-2026-040", "state": "open", "opened_on": "2026-11-20"}})
	w.medical = edit(data.Change{Kind: record.Case, Set: values{
		"detainee": seed.Long.String(), "type": "medical", "state": "waiting", "opened_on": "2026-11-10", "diagnosis": "Insuficiencia renal crónica", "hospital": "Abel Gilbert Pontón",
	}})
	w.transfer = edit(data.Change{Kind: record.Case, Set: values{
		"detainee": seed.Missing.String(), "type": "transfer", "state": "closed", "closed_on": "2026-11-15", "transfer_from": "CPL Cotopaxi N°1", "transfer_to": "CPL Guayas N°1",
	}})
	return w
}

func open(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*roomtest.Host, *casesRoom, roomtest.Seed, work) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	w := fill(t, o, seed)
	h := roomtest.New(t, o, lang, dark, size)
	r, ok := New(h).(*casesRoom)
	if !ok {
		t.Fatal("not the room of cases")
	}
	h.Show(roomtest.Framed(r.Open("")))
	return h, r, seed, w
}

func TestAdvanceToOrderedAndOut(t *testing.T) {
	h, r, seed, w := open(t, assets.Spanish, false, fyne.NewSize(1280, 800))
	r.Open(w.filed.String())
	h.Pump()
	h.Press("Anotar") // the hearing comes next
	h.Fill("Audiencia", "20/11/2026 10:00")
	r.Save()
	h.Pump()
	h.Press("Anotar")
	r.Save()
	h.Pump()
	got, err := h.API.Get(context.Background(), w.filed)
	if err != nil || got.Get("step") != "hearing" {
		t.Fatalf("an order without number, judge and date was taken: %v %v", got.Get("step"), err)
	}
	h.Fill("Boleta de excarcelación N.º", "BE-2026-00900")
	h.Fill("Fecha de la boleta", "20/11/2026")
	h.Fill("Juez", "Dra. Paulina Andrade Mejía")
	r.Save()
	h.Pump()
	got, err = h.API.Get(context.Background(), w.filed)
	if err != nil || got.Get("step") != "ordered" || got.Get("boleta_date") != "2026-11-20" {
		t.Fatalf("step %q, order of %q: %v; seen: %q", got.Get("step"), got.Get("boleta_date"), err, h.Texts())
	}
	if row, _ := h.API.Row(seed.Son); row.Release != "ordered_released" {
		t.Errorf("the order is not said of the person: %q", row.Release)
	}
	h.Press("Preparar")
	if len(h.Went) != 1 || h.Went[0] != "documents make/release-notice/"+seed.Son.String()+"/"+w.filed.String() {
		t.Errorf("went %q", h.Went)
	}
}

func TestGateIsNamedOnThePage(t *testing.T) {
	h, r, _, w := open(t, assets.Spanish, false, fyne.NewSize(1280, 1400))
	r.Open(w.filed.String())
	h.Pump()
	if !h.Sees("Falta:") || !h.Sees("boleta") {
		t.Errorf("what is missing is not named: %q", h.Texts())
	}
	r.Open(w.ordered.String())
	h.Pump()
	if !h.Sees("BE-2026-00871") {
		t.Errorf("the order is not on the page: %q", h.Texts())
	}
}

func TestNewCase(t *testing.T) {
	h, r, seed, _ := open(t, assets.Spanish, false, fyne.NewSize(1280, 1000))
	before := h.API.Count(record.Case)
	r.Open("new/" + seed.Video.String() + "/tracing")
	h.Pump()
	h.Press("Guardar")
	if n := h.API.Count(record.Case); n != before+1 {
		t.Fatalf("%d cases, want %d; seen %q", n, before+1, h.Texts())
	}
	got, err := h.API.Get(context.Background(), r.ID)
	if err != nil || got.Get("type") != "tracing" || got.Ref("detainee") != seed.Video {
		t.Errorf("made %v: %v", got, err)
	}
	r.NewRecord()
	h.Pump()
	h.Press("Guardar")
	if n := h.API.Count(record.Case); n != before+1 {
		t.Errorf("a case for nobody was made")
	}
}

func TestEscapeClosesTheForm(t *testing.T) {
	h, r, _, w := open(t, assets.Spanish, false, fyne.NewSize(1280, 800))
	r.Open(w.filed.String())
	h.Pump()
	h.Press("Anotar")
	if !r.View.Page().IsOpen() || !r.Back() || r.View.Page().IsOpen() {
		t.Error("one step back must close the form")
	}
}

func TestEveryWordIsThere(t *testing.T) {
	for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
		h, r, seed, w := open(t, lang, false, fyne.NewSize(1280, 2400))
		unworded(t, h)
		for _, id := range []record.ID{w.filed, w.ordered, w.letter, w.medical, w.transfer} {
			r.Open(id.String())
			h.Pump()
			unworded(t, h)
			if v, ok := r.View.(*caseView); ok && v.vm.Kind == "release" {
				for _, step := range record.CaseSteps {
					v.advance(step)
					v.page.Save()
					h.Pump()
					unworded(t, h)
					v.page.Back()
				}
			}
		}
		r.Open("new/" + seed.Video.String())
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
		{assets.English, false, fyne.NewSize(1180, 680), "1180"},
	} {
		h, r, seed, w := open(t, v.lang, v.dark, v.size)
		pic := func(name string) { h.Picture("cases-" + name) }
		pic("list")
		for _, p := range []struct {
			name string
			id   record.ID
		}{{"filed", w.filed}, {"ordered", w.ordered}, {"letter", w.letter}, {"medical", w.medical}, {"transfer", w.transfer}} {
			r.Open(p.id.String())
			pic(p.name)
		}
		r.Open(w.filed.String())
		h.Pump()
		page, ok := r.View.(*caseView)
		if !ok {
			t.Fatal("not the page of a case")
		}
		page.page.ScrollTo(520)
		pic("filed-end")
		page.advance("left")
		page.page.Save()
		pic("left")
		r.Open("new/" + seed.Video.String())
		pic("new")
		r.list.Type("nadie de nadie")
		pic("none")
	}
	h := roomtest.New(t, roomtest.Office(t, roomtest.Day()), assets.Spanish, false, fyne.NewSize(1280, 800))
	r := New(h)
	h.Show(roomtest.Framed(r.Open("")))
	h.Picture("cases-empty")
}
