package people

import (
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/app/desktop/team"
	"paradero/app/desktop/today"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// alone is a window of the team's room whose door is shut.
type alone struct{ *roomtest.Host }

func (alone) Door() present.Door     { return nil }
func (alone) Guests() present.Guests { return nil }

// PrintPaper prints nothing: nobody joins here.
func (alone) PrintPaper(string, int, func(error)) {}

func (alone) ReadFile(string) ([]byte, error) { return nil, nil }
func (alone) WriteFile(string, []byte) error  { return nil }

// A death that one proposes has no effect before a second member has seen whom it
// concerns and approved it; it stands on the person's page, in the first room and in
// the team's.
func TestProposedDeathOnThePage(t *testing.T) {
	for _, c := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
	}{{assets.Spanish, false, fyne.NewSize(1280, 800)}, {assets.English, true, fyne.NewSize(1180, 680)}} {
		proposedDeath(t, c.lang, c.dark, c.size)
	}
}

func proposedDeath(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) {
	boss := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, boss)
	his := roomtest.Colleague(t, boss, "Tomás Quishpe", "lawyer")
	h := roomtest.New(t, his, lang, dark, size)
	w := h.Words()
	edit(t, h, data.Change{Record: seed.Missing, Kind: record.Detainee, Add: []data.Addition{{Kind: record.Claim, Values: map[string]string{
		"status": "confirmed_dead", "source": "Medicina Legal de Guayaquil", "source_kind": "authority", "when": "2026-11-19T16:00", "method": "fingerprints",
		"proof": "Informe 2026-1190", "authority": "Fiscalía del Guayas",
	}}}})
	r := New(h).(*peopleRoom)
	h.Show(roomtest.Framed(r.Open(seed.Missing.String())))
	must := func(h *roomtest.Host, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !h.Sees(text) {
				t.Errorf("does not say %q; says %q", text, h.Texts())
			}
		}
	}
	must(h, w.T("proposal.state.waiting"), w.T("proposal.why_not.own"), "Informe 2026-1190")
	if h.Sees(w.T("proposal.approve")) {
		t.Error("he may approve what he proposes")
	}
	h.Picture("proposal-own")
	v := r.View.(*personView)
	v.claimForm("claim", v.vm.NewClaim)
	h.Fill(w.T("claim.status"), w.T("option.claim.status.confirmed_dead"))
	must(h, w.T("proposal.waits", "Lucía Chamorro"))

	roomtest.Bring(t, his, boss)
	g := roomtest.New(t, boss, lang, dark, size)
	first := today.New(g)
	g.Show(roomtest.Framed(first.Open("")))
	must(g, w.T("today.asked"), w.T("proposal.what.death"))
	g.Picture("proposal-today")
	fellows := team.New(alone{g})
	g.Show(roomtest.Framed(fellows.Open("")))
	must(g, "Tomás Quishpe", w.T("teamroom.alone"), w.T("proposal.look"))
	g.Picture("proposal-team")
	r = New(g).(*peopleRoom)
	g.Show(roomtest.Framed(r.Open(seed.Missing.String())))
	must(g, w.T("proposal.look"), "Núñez Ñáñez, Íñigo Ángel")
	g.Picture("proposal-other")
	before, err := boss.Get(t.Context(), seed.Missing)
	if err != nil || present.LifeOf(before) == "confirmed_dead" {
		t.Errorf("it has effect before: %v", err)
	}
	g.Press(w.T("proposal.approve"))
	g.Press(w.T("proposal.approve.do"))
	after, err := boss.Get(t.Context(), seed.Missing)
	if err != nil || present.LifeOf(after) != "confirmed_dead" || g.Sees(w.T("proposal.state.waiting")) {
		t.Errorf("it has no effect: %v %q", err, g.Texts())
	}
}
