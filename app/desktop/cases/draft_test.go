package cases

import (
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data/record"
)

// A new case that was opened for a person is no draft before somebody types,
// and gives back the person and the text afterwards.
func TestANewCaseIsKeptAsADraft(t *testing.T) {
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	h := roomtest.New(t, o, assets.Spanish, false, fyne.NewSize(1280, 900))
	r := New(h).(*casesRoom)
	h.Show(roomtest.Framed(r.Open("new/" + seed.Missing.String())))
	kept := func() int {
		all, _, err := o.Drafts().List()
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if !r.Leave() || kept() != 0 {
		t.Fatalf("%d drafts of nothing typed", kept())
	}
	v := r.View.(*freshView)
	v.form.Set("summary", "Boleta sin cumplir")
	if !r.Back() || kept() != 1 {
		t.Fatalf("%d drafts", kept())
	}
	r.newCase(record.ID{}, "")
	h.Pump()
	h.Press("Continuar")
	h.Pump()
	if v = r.View.(*freshView); v.form.Field("detainee").Value != seed.Missing.String() || !h.Sees("Boleta sin cumplir") {
		t.Fatalf("%v: %q", v.form.Values(), h.Texts())
	}
}
