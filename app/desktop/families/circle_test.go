package families

import (
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// A household under threat is kept to a circle from its page, and one that was made
// for a circle shows whoever is not in it no more than that.
func TestHouseholdIsKeptToACircle(t *testing.T) {
	boss := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, boss)
	his := roomtest.Colleague(t, boss, "Tomás Quishpe", "lawyer")
	roomtest.Bring(t, his, boss)
	circle, err := boss.NewCircle(t.Context(), "Familia 7", nil)
	if err != nil {
		t.Fatal(err)
	}
	h := roomtest.New(t, boss, assets.Spanish, false, fyne.NewSize(1280, 3200))
	h.Show(roomtest.Framed(New(h).Open(seed.Household.String())))
	w := h.Words()
	h.Press(w.T("restrict.button"))
	h.Fill(w.T("teamroom.reason"), "Les piden dinero")
	h.Press(w.T("restrict.do"))
	band := w.T("person.restricted_to", "Familia 7", "Lucía Chamorro")
	if !h.Sees(band) {
		t.Errorf("no mark: %q", h.Texts())
	}
	made, err := boss.Edit(t.Context(), data.Change{Kind: record.Household, Circle: circle.ID, Set: map[string]string{"name": "Los del malecón"}})
	if err != nil {
		t.Fatal(err)
	}
	roomtest.Bring(t, boss, his)
	g := roomtest.New(t, his, assets.Spanish, false, fyne.NewSize(1280, 3200))
	g.Show(roomtest.Framed(New(g).Open(made[0].ID.String())))
	if g.Sees("malecón") {
		t.Error("its name is read outside")
	}
	for _, want := range []string{w.T("person.restricted"), band, w.T("restrict.outside")} {
		if !g.Sees(want) {
			t.Errorf("does not say %q; says %q", want, g.Texts())
		}
	}
}
