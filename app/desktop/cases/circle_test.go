package cases

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// A case is kept to a circle from its page, and a note of it is written for one;
// who is in none sees that there is a case, whose it is not told, and whom to ask.
func TestCaseIsKeptToACircle(t *testing.T) {
	ctx := context.Background()
	boss := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, boss)
	his := roomtest.Colleague(t, boss, "Tomás Quishpe", "lawyer")
	roomtest.Bring(t, his, boss)
	circle, err := boss.NewCircle(ctx, "Reservado 1", nil)
	if err != nil {
		t.Fatal(err)
	}
	h := roomtest.New(t, boss, assets.Spanish, false, fyne.NewSize(1280, 4000))
	r := New(h).(*casesRoom)
	h.Show(roomtest.Framed(r.Open(seed.Case.String())))
	w := h.Words()
	h.Fill(w.T("readers.who"), w.T("readers.only", w.T("restrict.choice", "Reservado 1", "Lucía Chamorro")))
	note := r.View.(*caseView).note
	note.Entry().SetText("Lo que dijo a su abogada")
	note.Save()
	h.Pump()
	if !h.Sees("Lo que dijo a su abogada") || !h.Sees(w.T("readers.chip", "Reservado 1")) {
		t.Errorf("the note is not there: %q", h.Texts())
	}
	h.Press(w.T("restrict.button"))
	if !h.Sees(w.T("circles.alone")) {
		t.Error("does not warn that nobody else reads it")
	}
	h.Fill(w.T("teamroom.reason"), "Lo pidió la defensa")
	h.Press(w.T("restrict.do"))
	if !h.Sees(w.T("person.restricted_to", "Reservado 1", "Lucía Chamorro")) {
		t.Errorf("no mark: %q", h.Texts())
	}
	secret, err := boss.Edit(ctx, data.Change{Kind: record.Case, Circle: circle.ID, Set: map[string]string{
		"detainee": seed.Dead.String(), "type": "tracing", "state": "open", "next_step": "Hablar con el testigo", "number": "C-2026-077",
	}})
	if err != nil {
		t.Fatal(err)
	}
	h.Show(roomtest.Framed(r.Open("")))
	r.Changed(data.Event{Kind: record.Case})
	h.Pump()
	if !h.Sees("Hablar con el testigo") {
		t.Errorf("who is in the circle does not find it in the list: %q", h.Texts())
	}
	roomtest.Bring(t, boss, his)
	g := roomtest.New(t, his, assets.Spanish, false, fyne.NewSize(1280, 4000))
	r = New(g).(*casesRoom)
	g.Show(roomtest.Framed(r.Open(seed.Case.String())))
	if g.Sees("Lo que dijo a su abogada") || !g.Sees(w.T("restrict.outside")) {
		t.Errorf("outside: %q", g.Texts())
	}
	g.Show(roomtest.Framed(r.Open(secret[0].ID.String())))
	if g.Sees("C-2026-077") || g.Sees("Hablar con el testigo") {
		t.Error("a case that was made for a circle is read outside")
	}
	if g.Sees(w.T("cases.person_gone")) || g.Sees(w.T("case.open_person")) {
		t.Error("says that the person is gone, or leads to nobody")
	}
	for _, want := range []string{w.T("restrict.others"), w.T("person.restricted_to", "Reservado 1", "Lucía Chamorro"), w.N("restrict.closed", 1)} {
		if !g.Sees(want) {
			t.Errorf("does not say %q; says %q", want, g.Texts())
		}
	}
	g.Picture("case-outside")
}
