package families

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// A relative's page undoes, merges and shows the past as a detainee's does.
func TestContactHistory(t *testing.T) {
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	h := roomtest.New(t, o, assets.Spanish, false, fyne.NewSize(1280, 800))
	if os.Getenv("PARADERO_TOUR") != "" {
		h = roomtest.New(t, o, assets.English, true, fyne.NewSize(1180, 680))
	}
	w := h.Words()
	edit := func(c data.Change) record.ID {
		r, err := o.Edit(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return r[0].ID
	}
	double := edit(data.Change{Kind: record.Contact, Set: map[string]string{"given_names": "Segundo", "paternal_surname": "Nuñes", "phones": "0991112223"}})
	edit(data.Change{Record: seed.Father, Set: map[string]string{"address": "Durán"}})
	r := New(h)
	h.Show(roomtest.Framed(r.Open(seed.Father.String())))
	h.Pump()
	h.Press(w.T("undo.step"))
	h.Pump()
	if got, err := o.Get(t.Context(), seed.Father); err != nil || got.Get("address") == "Durán" {
		t.Fatalf("%q %v", got.Get("address"), err)
	}
	if _, err := o.Merge(t.Context(), data.Merging{Keep: seed.Father, Other: double, Reason: "mismo teléfono"}); err != nil {
		t.Fatal(err)
	}
	r.(interface{ Changed(data.Event) }).Changed(data.Event{Kind: record.Contact, ID: seed.Father})
	h.Pump()
	if !h.Sees(w.T("merge.also")) || !h.Sees("Segundo Nuñes") {
		t.Errorf("%q", h.Texts())
	}
	h.Press(w.T("merge.undo"))
	h.Pump()
	if got, err := o.Get(t.Context(), double); err != nil || !got.MergedInto.IsZero() {
		t.Errorf("%v %v", got, err)
	}
	h.Press(w.T("merge.button"))
	h.Picture("contact-history")
}
