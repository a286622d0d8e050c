package incidents

import (
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// An incident is kept to a circle from its page and opened to the team again.
func TestIncidentIsKeptToACircle(t *testing.T) {
	o := roomtest.Office(t, roomtest.Day())
	if _, err := o.NewCircle(t.Context(), "Incidente 2", nil); err != nil {
		t.Fatal(err)
	}
	made, err := o.Edit(t.Context(), data.Change{Kind: record.Incident, Set: map[string]string{"name": "Motín del pabellón 5", "kind_of": "riot", "started": "2026-11-18"}})
	if err != nil {
		t.Fatal(err)
	}
	h := roomtest.New(t, o, assets.English, true, fyne.NewSize(1180, 3200))
	h.Show(roomtest.Framed(New(h).Open(made[0].ID.String())))
	w := h.Words()
	band := w.T("person.restricted_to", "Incidente 2", "Lucía Chamorro")
	for i, press := range []string{w.T("restrict.button"), w.T("restrict.change")} {
		h.Press(press)
		h.Fill(w.T("teamroom.reason"), "because")
		h.Press(w.T("restrict.do"))
		if h.Sees(band) != (i == 0) {
			t.Errorf("after %q: %q", press, h.Texts())
		}
	}
}
