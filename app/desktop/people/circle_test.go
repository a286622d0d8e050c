package people

import (
	"context"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// kept is an office of a coordinator and a lawyer, who are a circle, and of another
// coordinator, who is not in it.
type kept struct {
	t               *testing.T
	boss, his, hers *data.Office
	seed            roomtest.Seed
	circle          record.ID
}

func keeping(t *testing.T) *kept {
	t.Helper()
	k := &kept{t: t, boss: roomtest.Office(t, roomtest.Day())}
	k.seed = roomtest.Fill(t, k.boss)
	k.his = roomtest.Colleague(t, k.boss, "Tomás Quishpe", "lawyer")
	k.hers = roomtest.Colleague(t, k.boss, "Rosa Panchana", "coordinator")
	roomtest.Bring(t, k.his, k.boss)
	roomtest.Bring(t, k.hers, k.boss)
	r, err := k.boss.NewCircle(context.Background(), "Defensa 3", []record.ID{k.his.Info().Member})
	if err != nil {
		t.Fatal(err)
	}
	k.circle = r.ID
	k.spread()
	return k
}

// spread brings what the coordinator has to the others.
func (k *kept) spread() {
	k.t.Helper()
	roomtest.Bring(k.t, k.boss, k.his)
	roomtest.Bring(k.t, k.boss, k.hers)
}

// page shows a person's page to somebody.
func (k *kept) page(o *data.Office, id record.ID, lang assets.Lang, dark bool, size fyne.Size) (*roomtest.Host, *peopleRoom) {
	k.t.Helper()
	h := roomtest.New(k.t, o, lang, dark, size)
	r := New(h).(*peopleRoom)
	h.Show(roomtest.Framed(r.Open(id.String())))
	return h, r
}

func wants(t *testing.T, h *roomtest.Host, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !h.Sees(text) {
			t.Errorf("does not say %q; says %q", text, h.Texts())
		}
	}
}

var tall = fyne.NewSize(1280, 4200)

// A person is kept to a circle from his page, with a reason; who is in it and who is
// not sees who reads him, and only who is in it can open him to the team again.
func TestPersonIsKeptToACircle(t *testing.T) {
	k := keeping(t)
	h, _ := k.page(k.boss, k.seed.Threatened, assets.Spanish, false, tall)
	w := h.Words()
	people := "Lucía Chamorro, Tomás Quishpe"
	h.Press(w.T("restrict.button"))
	wants(t, h, w.T("restrict.means", people), w.T("restrict.before")) // there is one only: it is chosen
	h.Press(w.T("restrict.do"))
	wants(t, h, w.T("teamroom.needs_reason"))
	h.Fill(w.T("teamroom.reason"), "La amenazaron")
	h.Press(w.T("restrict.do"))
	band := w.T("person.restricted_to", "Defensa 3", people)
	wants(t, h, band, w.T("restrict.change"), w.T("readings.who"))
	if r, err := k.boss.Get(t.Context(), k.seed.Threatened); err != nil || r.Circle != k.circle {
		t.Fatalf("%v, %v", r, err)
	}
	h.Press(w.T("readings.who"))
	if len(h.Went) != 1 || h.Went[0] != "team "+present.ReadingsPlace+"/"+k.seed.Threatened.String() {
		t.Errorf("went %q", h.Went)
	}
	save, err := k.boss.Edit(t.Context(), data.Change{Record: k.seed.Threatened, Kind: record.Contact, Set: map[string]string{"address": "Loja, calle Bolívar"}})
	if err != nil || len(save) != 1 {
		t.Fatal(err)
	}
	k.spread()
	g, _ := k.page(k.hers, k.seed.Threatened, assets.Spanish, false, tall)
	wants(t, g, band, w.N("restrict.closed", 1), w.T("restrict.outside"))
	if g.Sees(w.T("restrict.change")) || g.Sees("calle Bolívar") {
		t.Error("who is not in the circle may change who reads it, or reads it")
	}
	if !g.Sees(w.T("people.mark.short.restricted")) {
		t.Error("the row bears no mark")
	}
	f, _ := k.page(k.his, k.seed.Threatened, assets.Spanish, false, tall)
	wants(t, f, band, "calle Bolívar")
	if f.Sees(w.T("readings.who")) {
		t.Error("a lawyer is offered who read it")
	}
	f.Press(w.T("restrict.change"))
	wants(t, f, w.T("restrict.lift.means"))
	f.Fill(w.T("teamroom.reason"), "Ya no hace falta")
	f.Press(w.T("restrict.do"))
	if r, err := k.his.Get(t.Context(), k.seed.Threatened); err != nil || !r.Circle.IsZero() {
		t.Fatalf("%v, %v", r, err)
	}
	wants(t, f, w.T("person.restricted_part", "Defensa 3", people)) // what the circle closed stays closed
}

// A note is written for a circle; its correction stays with the same people.
func TestNoteForACircle(t *testing.T) {
	k := keeping(t)
	h, r := k.page(k.boss, k.seed.Son, assets.Spanish, false, tall)
	w := h.Words()
	only := w.T("readers.only", w.T("restrict.choice", "Defensa 3", "Lucía Chamorro, Tomás Quishpe"))
	h.Fill(w.T("readers.who"), only)
	note := r.View.(*personView).note
	write := func(text string) {
		t.Helper()
		note.Entry().SetText(text)
		note.Save()
		h.Pump()
	}
	write("Dijo a su abogado dónde estuvo")
	wants(t, h, "Dijo a su abogado dónde estuvo", w.T("readers.chip", "Defensa 3"))
	write("Llamar el lunes al padre") // the choice does not stay
	k.spread()
	for o, sees := range map[*data.Office]bool{k.his: true, k.hers: false} {
		g, _ := k.page(o, k.seed.Son, assets.Spanish, false, tall)
		wants(t, g, "Llamar el lunes al padre")
		if g.Sees("Dijo a su abogado") != sees {
			t.Errorf("%s sees it: %v", o.Info().Name, !sees)
		}
	}
	var sealed present.NoteLine
	for _, n := range r.View.(*personView).vm.Notes {
		if n.Circle != "" {
			sealed = n
		}
	}
	note.Correct(sealed)
	wants(t, h, w.T("readers.same", "Defensa 3"))
	write("Dijo a su abogada dónde estuvo")
	k.spread()
	g, _ := k.page(k.hers, k.seed.Son, assets.Spanish, false, tall)
	if g.Sees("Dijo a su abogada") {
		t.Error("the correction of a privileged note is read by all")
	}
}

// Before a death is proposed inside a circle it is said who may decide it, and that
// nobody may; the proposal says it as well, until somebody comes in.
func TestDeathInsideACircleOnThePage(t *testing.T) {
	k := keeping(t)
	h, r := k.page(k.boss, k.seed.Missing, assets.Spanish, false, tall)
	w := h.Words()
	v := r.View.(*personView)
	v.claimForm("claim", v.vm.NewClaim)
	h.Pump()
	h.Fill(w.T("claim.status"), w.T("option.claim.status.confirmed_dead"))
	wants(t, h, w.T("proposal.waits", "Rosa Panchana"))
	h.Fill(w.T("readers.who"), w.T("readers.only", w.T("restrict.choice", "Defensa 3", "Lucía Chamorro, Tomás Quishpe")))
	wants(t, h, w.T("proposal.waits.nobody_in"))
	h.Fill(w.T("claim.source"), "Medicina Legal")
	h.Fill(w.T("claim.source_kind"), w.T("option.claim.source_kind.authority"))
	h.Fill(w.T("claim.method"), w.T("option.claim.method.fingerprints"))
	h.Fill(w.T("claim.proof"), "Informe 2026-1190")
	h.Fill(w.T("claim.authority"), "Fiscalía del Guayas")
	h.Picture("circle-death-before")
	h.Press(w.T("form.save"))
	r.Changed(data.Event{Kind: record.Detainee, ID: k.seed.Missing})
	h.Pump()
	wants(t, h, w.T("proposal.inside", "Defensa 3"), w.T("proposal.who.nobody_in", "Defensa 3"), w.T("proposal.why_not.own"))
	k.spread()
	g, _ := k.page(k.his, k.seed.Missing, assets.Spanish, false, tall)
	wants(t, g, w.T("proposal.who.nobody_in", "Defensa 3"))
	f, _ := k.page(k.hers, k.seed.Missing, assets.Spanish, false, tall)
	if f.Sees(w.T("proposal.what.death")) || f.Sees("Informe 2026-1190") {
		t.Error("who is not in the circle sees the proposal")
	}
	all := []record.ID{k.boss.Info().Member, k.his.Info().Member, k.hers.Info().Member}
	if _, err := k.boss.ChangeCircle(t.Context(), k.circle, "", all, "hace falta una segunda persona"); err != nil {
		t.Fatal(err)
	}
	k.spread()
	h, _ = k.page(k.boss, k.seed.Missing, assets.Spanish, false, tall)
	wants(t, h, w.T("proposal.who", "Rosa Panchana"))
	f, _ = k.page(k.hers, k.seed.Missing, assets.Spanish, false, tall)
	f.Press(w.T("proposal.approve"))
	f.Press(w.T("proposal.approve.do"))
	if r, err := k.hers.Get(t.Context(), k.seed.Missing); err != nil || present.LifeOf(r) != "confirmed_dead" {
		t.Errorf("it has no effect: %v", err)
	}
}

// Somebody new is made for a circle, so that his name stands nowhere openly.
func TestSomebodyNewForACircle(t *testing.T) {
	k := keeping(t)
	h := roomtest.New(t, k.boss, assets.Spanish, false, tall)
	r := New(h).(*peopleRoom)
	h.Show(roomtest.Framed(r.Open("")))
	r.NewRecord()
	h.Pump()
	w := h.Words()
	h.Fill(w.T("detainee.given_names"), "Zoilo")
	h.Fill(w.T("detainee.paternal_surname"), "Guambo")
	h.Fill(w.T("readers.who"), w.T("readers.only", w.T("restrict.choice", "Defensa 3", "Lucía Chamorro, Tomás Quishpe")))
	h.Press(w.T("form.save"))
	wants(t, h, w.T("person.restricted_to", "Defensa 3", "Lucía Chamorro, Tomás Quishpe"))
	k.spread()
	for o, want := range map[*data.Office]int{k.his: 1, k.hers: 0} {
		found, err := o.List(t.Context(), data.ListQuery{Text: "guambo"})
		if err != nil || found.Len() != want {
			t.Errorf("%s finds %d, want %d, %v", o.Info().Name, found.Len(), want, err)
		}
	}
}

// Who is in no circle is told what one is for, and where it is made.
func TestNoCircleYet(t *testing.T) {
	o := roomtest.Office(t, roomtest.Day())
	k := &kept{t: t, boss: o, seed: roomtest.Fill(t, o)}
	h, _ := k.page(o, k.seed.Son, assets.Spanish, false, tall)
	w := h.Words()
	if h.Sees(w.T("readers.who")) {
		t.Error("asks who reads where there is no circle")
	}
	h.Press(w.T("restrict.button"))
	wants(t, h, w.T("circles.empty"))
	h.Press(w.T("restrict.make"))
	if len(h.Went) != 1 || h.Went[0] != "team "+present.NewCirclePlace {
		t.Errorf("went %q", h.Went)
	}
}

// TestTourOfCircles draws them for a person to look at.
func TestTourOfCircles(t *testing.T) {
	if os.Getenv("PARADERO_TOUR") == "" {
		t.Skip("draws pictures only")
	}
	for _, c := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
	}{
		{assets.Spanish, false, fyne.NewSize(1280, 900)},
		{assets.Spanish, true, fyne.NewSize(1180, 680)},
		{assets.English, true, fyne.NewSize(1280, 900)},
		{assets.English, false, fyne.NewSize(1180, 680)},
	} {
		k := keeping(t)
		h, r := k.page(k.boss, k.seed.Son, c.lang, c.dark, c.size)
		w := h.Words()
		v := r.View.(*personView)
		h.Press(w.T("restrict.button"))
		h.Picture("restrict-form")
		v.page.Cancel()
		present.AddNote(t.Context(), sheet.Env(h), record.Detainee, k.seed.Son, strings.Repeat("Lo que dijo a su abogado. ", 4), "", k.circle, func(present.Failure, bool) {})
		h.Pump()
		v.vm.Open()
		h.Pump()
		v.page.Reveal(v.note.Entry())
		h.Picture("restrict-note")
		v.claimForm("claim", v.vm.NewClaim)
		h.Fill(w.T("claim.status"), w.T("option.claim.status.confirmed_dead"))
		h.Fill(w.T("readers.who"), w.T("readers.only", w.T("restrict.choice", "Defensa 3", "Lucía Chamorro, Tomás Quishpe")))
		h.Picture("restrict-claim")
		v.page.Cancel()
		if _, err := k.boss.Restrict(t.Context(), k.seed.Threatened, k.circle, "amenaza"); err != nil {
			t.Fatal(err)
		}
		if _, err := k.boss.Edit(t.Context(), data.Change{Record: k.seed.Threatened, Kind: record.Contact, Set: map[string]string{"address": "Loja"}}); err != nil {
			t.Fatal(err)
		}
		k.spread()
		g, _ := k.page(k.boss, k.seed.Threatened, c.lang, c.dark, c.size)
		g.Picture("restrict-inside")
		g, _ = k.page(k.hers, k.seed.Threatened, c.lang, c.dark, c.size)
		g.Picture("restrict-outside")
		g, r = k.page(k.boss, k.seed.Missing, c.lang, c.dark, c.size)
		death := data.Change{Record: k.seed.Missing, Kind: record.Detainee, Circle: k.circle, Add: []data.Addition{{Kind: record.Claim, Values: map[string]string{
			"status": "confirmed_dead", "source": "Medicina Legal", "method": "fingerprints", "proof": "Informe 2026-1190", "authority": "Fiscalía del Guayas",
		}}}}
		if _, err := k.boss.Edit(t.Context(), death); err != nil {
			t.Fatal(err)
		}
		r.Changed(data.Event{Kind: record.Detainee, ID: k.seed.Missing})
		g.Pump()
		g.Picture("restrict-proposal")
		r.NewRecord()
		g.Pump()
		g.Picture("restrict-new")
	}
}
