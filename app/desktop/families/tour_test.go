package families

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
)

type scene struct {
	name string
	do   func(h *roomtest.Host, r *familiesRoom, s roomtest.Seed)
}

// scenes follow each other in one window, as a day does.
var scenes = []scene{
	{"contacts", func(*roomtest.Host, *familiesRoom, roomtest.Seed) {}},
	{"households", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) {
		r.list.Only("households")
		r.pane.OnKind()
		h.Pump()
	}},
	{"contact", func(h *roomtest.Host, r *familiesRoom, s roomtest.Seed) {
		r.list.Only("contacts")
		r.Open(s.Father.String())
		h.Pump()
	}},
	{"contact-below", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) { r.View.Page().ScrollTo(600) }},
	{"contact-end", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) { r.View.Page().ScrollTo(5000) }},
	{"attempt", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) {
		r.View.Page().ScrollTo(0)
		h.Press(h.Words().T("family.attempt.add"))
		h.Fill(h.Words().T("attempt.channel"), h.Words().T("option.attempt.channel.sms"))
		h.Press(h.Words().T("form.save"))
	}},
	{"telling", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) {
		r.Back()
		h.Press(h.Words().T("family.told.add"))
		h.Fill(h.Words().T("notification.mode"), h.Words().T("option.notification.mode.phone"))
		h.Press(h.Words().T("form.save"))
	}},
	{"safe-edit", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) {
		r.Back()
		h.Press(h.Words().T("person.edit"))
	}},
	{"threatened", func(h *roomtest.Host, r *familiesRoom, s roomtest.Seed) {
		r.Back()
		r.Open(s.Threatened.String())
		h.Pump()
	}},
	{"household", func(h *roomtest.Host, r *familiesRoom, s roomtest.Seed) { r.Open(s.Household.String()); h.Pump() }},
	{"member", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) {
		h.Press(h.Words().T("family.member.add"))
		h.Press(h.Words().T("form.save"))
	}},
	{"household-edit", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) {
		r.Back()
		r.View.(*HouseholdView).edit()
		h.Pump()
	}},
	{"new-household", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) {
		r.Back()
		r.list.Only("households")
		r.NewRecord()
		h.Press(h.Words().T("form.save"))
	}},
	{"new-contact", func(h *roomtest.Host, r *familiesRoom, _ roomtest.Seed) {
		r.Back()
		r.list.Only("contacts")
		r.NewRecord()
		h.Pump()
	}},
}

// TestTour draws every state of the room in both looks, languages and sizes,
// for a person to look at.
func TestTour(t *testing.T) {
	if os.Getenv("PARADERO_TOUR") == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	empty := roomtest.Office(t, roomtest.Day())
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 1180, Height: 680}} {
		for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
			for _, dark := range []bool{false, true} {
				h := roomtest.New(t, empty, lang, dark, size)
				r := New(h).(*familiesRoom)
				h.Show(roomtest.Framed(r.Open("")))
				h.Picture("families-00-empty")
				h = roomtest.New(t, o, lang, dark, size)
				r = New(h).(*familiesRoom)
				h.Show(roomtest.Framed(r.Open("")))
				for i, s := range scenes {
					s.do(h, r, seed)
					h.Picture("families-" + number(i+1) + "-" + s.name)
				}
			}
		}
	}
}

func number(i int) string { return string([]byte{byte('0' + i/10), byte('0' + i%10)}) }
