package people

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data/record"
)

// scene is one state of the room that is drawn and looked at.
type scene struct {
	name string
	do   func(h *roomtest.Host, r *peopleRoom, s roomtest.Seed)
}

func open(id func(roomtest.Seed) record.ID) func(*roomtest.Host, *peopleRoom, roomtest.Seed) {
	return func(h *roomtest.Host, r *peopleRoom, s roomtest.Seed) {
		r.Open(id(s).String())
		h.Pump()
	}
}

func son(s roomtest.Seed) record.ID { return s.Son }

// scenes follow each other in one window, as a day does.
var scenes = []scene{
	{"list", func(*roomtest.Host, *peopleRoom, roomtest.Seed) {}},
	{"search", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) { r.pane.Search("nunez"); h.Pump() }},
	{"nobody", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) { r.pane.Search("xyzxyz"); h.Pump() }},
	{"missing", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.pane.Search("")
		r.list.Filter("missing")
		h.Pump()
	}},
	{"contradictions", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) { r.list.Filter("contradictory"); h.Pump() }},
	{"everyone", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.list.Clear()
		r.list.Only("everyone")
		h.Pump()
	}},
	{"page", func(h *roomtest.Host, r *peopleRoom, s roomtest.Seed) {
		r.list.Only("detainees")
		open(son)(h, r, s)
	}},
	{"page-below", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) { r.View.Page().ScrollTo(900) }},
	{"page-end", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) { r.View.Page().ScrollTo(5000) }},
	{"edit", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.View.Page().ScrollTo(0)
		v := r.View.(*personView)
		v.edit("facts.identity", v.vm.Facts[0])
		h.Pump()
		h.Fill(h.Words().T("detainee.cedula"), "1714307104")
		h.Fill(h.Words().T("detainee.birth"), "31/2/1989")
	}},
	{"claim", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.Back()
		r.View.(*personView).claimForm("claim", r.View.(*personView).vm.NewClaim)
		h.Pump()
		h.Fill(h.Words().T("claim.status"), h.Words().T("option.claim.status.confirmed_dead"))
		h.Press(h.Words().T("form.save"))
	}},
	{"resolve", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.Back()
		h.Press(h.Words().T("person.clash.resolve"))
		h.Press(h.Words().T("form.save"))
	}},
	{"tie", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.Back()
		h.Press(h.Words().T("person.tie.add"))
		h.Fill(h.Words().T("person.tie.who"), "rosa")
	}},
	{"tie-new", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) { h.Press(h.Words().T("person.tie.fresh")) }},
	{"doubtful", func(h *roomtest.Host, r *peopleRoom, s roomtest.Seed) {
		r.Back()
		open(func(s roomtest.Seed) record.ID { return s.Video })(h, r, s)
	}},
	{"long-names", open(func(s roomtest.Seed) record.ID { return s.Long })},
	{"dead", open(func(s roomtest.Seed) record.ID { return s.Dead })},
	{"new", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.NewRecord()
		h.Pump()
		h.Fill(h.Words().T("detainee.given_names"), "Inigo")
		h.Fill(h.Words().T("detainee.paternal_surname"), "Nuñez")
		h.Fill(h.Words().T("detainee.facility"), "litoral")
	}},
	{"new-draft", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.Back()
		r.NewRecord()
		h.Pump()
	}},
	{"page-draft", func(h *roomtest.Host, r *peopleRoom, s roomtest.Seed) {
		r.show(s.Missing)
		h.Pump()
		v := r.View.(*personView)
		v.edit("facts.identity", v.vm.Facts[0])
		h.Fill(h.Words().T("detainee.cedula"), "1714307104")
		r.show(s.Son)
		r.show(s.Missing)
		h.Pump()
	}},
	{"edit-draft", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		v := r.View.(*personView)
		v.edit("facts.identity", v.vm.Facts[0])
		h.Pump()
	}},
	{"gone", func(h *roomtest.Host, r *peopleRoom, _ roomtest.Seed) {
		r.Back()
		r.show(record.ID{1, 2, 3})
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
				r := New(h).(*peopleRoom)
				h.Show(roomtest.Framed(r.Open("")))
				h.Picture("people-00-empty")
				h = roomtest.New(t, o, lang, dark, size)
				r = New(h).(*peopleRoom)
				h.Show(roomtest.Framed(r.Open("")))
				for i, s := range scenes {
					s.do(h, r, seed)
					h.Picture("people-" + number(i+1) + "-" + s.name)
				}
			}
		}
	}
}

func number(i int) string { return string([]byte{byte('0' + i/10), byte('0' + i%10)}) }
