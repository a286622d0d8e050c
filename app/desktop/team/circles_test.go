package team

import (
	"context"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/roomtest"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// tick puts or takes away the mark of a box whose words begin so.
func tick(t *testing.T, w *window, words string) {
	t.Helper()
	var found *fw.Check
	w.Each(func(o fyne.CanvasObject) bool {
		if c, ok := o.(*fw.Check); ok && strings.HasPrefix(c.Text, words) {
			found = c
		}
		return found != nil
	})
	if found == nil {
		t.Fatalf("there is no box %q; texts: %q", words, w.Texts())
	}
	if found.Disabled() {
		t.Fatalf("%q is fixed", words)
	}
	found.SetChecked(!found.Checked)
	w.Pump()
}

// trio is an office of a coordinator, a lawyer and another coordinator, with the
// room of the first.
func trio(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (w *window, r *teamRoom, boss, his, hers *data.Office, seed roomtest.Seed) {
	t.Helper()
	boss = roomtest.Office(t, roomtest.Day())
	seed = roomtest.Fill(t, boss)
	his = roomtest.Colleague(t, boss, "Tomás Quishpe", "lawyer")
	hers = roomtest.Colleague(t, boss, "Rosa Panchana", "coordinator")
	roomtest.Bring(t, his, boss)
	roomtest.Bring(t, hers, boss)
	w = &window{Host: roomtest.New(t, boss, lang, dark, size), written: map[string][]byte{}}
	r = New(w).(*teamRoom)
	w.Show(roomtest.Framed(r.Open("")))
	return w, r, boss, his, hers, seed
}

func mineNow(t *testing.T, o *data.Office) data.Circle {
	t.Helper()
	list, err := o.Circles(context.Background())
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0]
}

// A circle is made, changed and left on the screen, and each step says in words what
// it does, over real offices.
func TestCirclesAreMadeAndChanged(t *testing.T) {
	w, r, boss, his, _, seed := trio(t, assets.Spanish, false, big)
	words := w.Words()
	must(t, w, words.T("circles.empty"))
	w.Press(words.T("circles.new"))
	must(t, w, words.T("circles.alone"), words.T("circles.name.hint"))
	w.Press(words.T("circles.make"))
	must(t, w, words.T("circles.name.missing"))
	w.Fill(words.T("circles.name"), "Reservado 1")
	tick(t, w, "Tomás Quishpe")
	if w.Sees(words.T("circles.alone")) {
		t.Error("warns of being alone in company")
	}
	w.Press(words.T("circles.make"))
	if c := mineNow(t, boss); c.Name != "Reservado 1" || len(c.Members) != 2 || c.Readers != 2 {
		t.Fatalf("%+v", c)
	}
	must(t, w, "Reservado 1", words.T("circles.read_by", "Lucía Chamorro, Tomás Quishpe"), words.T("circles.in"))
	if _, err := boss.Restrict(context.Background(), seed.Threatened, r.rings.Mine[0].ID, "amenaza"); err != nil {
		t.Fatal(err)
	}
	r.Changed(data.Event{Kind: record.Contact, ID: seed.Threatened})
	w.Pump()
	must(t, w, words.N("circles.records", 1))

	w.Press(words.T("circles.change"))
	w.Press(words.T("circles.change.do"))
	must(t, w, words.T("circles.same"))
	tick(t, w, "Tomás Quishpe")
	tick(t, w, "Rosa Panchana")
	must(t, w, "Tomás Quishpe sale: conserva lo que podía leer", "Rosa Panchana entra: lee también todo")
	w.Press(words.T("circles.change.do"))
	must(t, w, words.T("teamroom.needs_reason"))
	w.Fill(words.T("teamroom.reason"), "Cambió de oficina")
	w.Press(words.T("circles.change.do"))
	if c := mineNow(t, boss); len(c.Before) != 1 || c.Members[1].Name != "Rosa Panchana" {
		t.Fatalf("%+v", c)
	}
	must(t, w, words.T("circles.read_by", "Lucía Chamorro, Rosa Panchana"), "todavía lee lo de entonces: Tomás Quishpe")

	// He, who was taken out, sees it among those that he is not in, and whom to ask.
	roomtest.Bring(t, boss, his)
	g := &window{Host: roomtest.New(t, his, assets.Spanish, false, big), written: map[string][]byte{}}
	other := New(g).(*teamRoom)
	g.Show(roomtest.Framed(other.Open("")))
	must(t, g, words.T("circles.ask", "Lucía Chamorro, Rosa Panchana"), words.T("circles.out"))
	if g.Sees(words.T("circles.change")) || g.Sees(words.T("readings.go")) {
		t.Error("he may change it, or ask who read what")
	}
}

// Whoever comes from a record to make a circle finds its form open.
func TestCircleIsBegunFromElsewhere(t *testing.T) {
	w, r, _, _, _, _ := trio(t, assets.English, false, big)
	w.Show(roomtest.Framed(r.Open(present.NewCirclePlace)))
	must(t, w, w.Words().T("circles.new.title"))
	w.Fill(w.Words().T("circles.name"), "Solo yo")
	w.Press(w.Words().T("circles.make"))
	must(t, w, w.Words().T("circles.alone")) // it stays in sight
}

// ringed is an office whose circles a test says.
type ringed struct {
	*data.Office
	list   []data.Circle
	shared []record.ID
}

func (o *ringed) Circles(context.Context) ([]data.Circle, error) { return o.list, nil }
func (o *ringed) ShareCircle(_ context.Context, _ record.ID, devices ...record.ID) error {
	o.shared = append(o.shared, devices...)
	o.list[0].Members[1].Devices[0].Waiting, o.list[0].Waiting, o.list[0].Readers = false, 0, 2
	return nil
}

func waiting() []data.Circle {
	return []data.Circle{
		{ID: id(31), Name: "Defensa 3", Inside: true, Open: true, Waiting: 2, Readers: 1, Since: roomtest.Day(), Records: 2, Members: []data.CircleMember{
			{ID: id(1), Name: "Lucía Chamorro", Devices: []data.CircleDevice{{ID: id(11), Name: "Coordinación", This: true}}},
			{ID: id(2), Name: "Tomás Quishpe", Devices: []data.CircleDevice{{ID: id(21), Name: "Latacunga", Waiting: true}, {ID: id(22), Name: "Teléfono viejo", Waiting: true, Unable: true}}},
		}},
		{ID: id(32), Name: "Familia 7", Inside: true, Members: []data.CircleMember{{ID: id(1), Name: "Lucía Chamorro"}, {ID: id(3), Name: "Rosa Panchana"}}},
	}
}

// A device of a member that cannot read yet is given the key by somebody who says
// so; one whose program is older is told apart; a circle that this device has no key
// of says whom to ask.
func TestCircleIsSharedWithADevice(t *testing.T) {
	o := &ringed{Office: roomtest.Office(t, roomtest.Day()), list: waiting()}
	w := &window{Host: roomtest.New(t, o, assets.Spanish, false, big), written: map[string][]byte{}}
	r := New(w).(*teamRoom)
	w.Show(roomtest.Framed(r.Open("")))
	words := w.Words()
	must(t, w, words.T("circles.waits", "Tomás Quishpe", "Latacunga"), words.T("circles.unable", "Tomás Quishpe", "Teléfono viejo"), words.T("circles.one_device"), words.T("circles.closed"))
	w.Press(words.T("circles.share"))
	if len(o.shared) != 1 || o.shared[0] != id(21) {
		t.Fatalf("shared with %v", o.shared)
	}
	if w.Sees(words.T("circles.waits", "Tomás Quishpe", "Latacunga")) || w.Sees(words.T("circles.one_device")) {
		t.Errorf("still waits: %q", w.Texts())
	}
}

// TestTourOfCircles draws the circles and who read what for a person to look at.
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
		w, r, boss, _, _, seed := trio(t, c.lang, c.dark, c.size)
		words := w.Words()
		w.Press(words.T("circles.new"))
		w.Picture("circle-new")
		r.page.Cancel()
		if _, err := boss.NewCircle(t.Context(), "Reservado 1", []record.ID{r.vm.Members[1].ID}); err != nil {
			t.Fatal(err)
		}
		r.Changed(data.Event{Kind: record.Circle})
		w.Pump()
		w.Press(words.T("circles.change"))
		tick(t, w, r.vm.Members[1].Name)
		w.Picture("circle-change")
		r.page.Cancel()
		for _, id := range []record.ID{seed.Son, seed.Dead, seed.Threatened, seed.Father} {
			who, err := boss.Get(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			boss.Opened(who)
		}
		boss.Printed("case-report", "IC-2026-0004", seed.Son)
		boss.Exported("detainee", "given_names~ngel", 12)
		w.Show(roomtest.Framed(r.Open(present.ReadingsPlace)))
		r.reads.table.OnSelect(2)
		r.reads.table.SetSelected(2)
		r.reads.under()
		w.Picture("readings")
		w.Show(roomtest.Framed(r.Open(present.ReadingsPlace + "/" + seed.Son.String())))
		w.Picture("readings-one")
		w.Fill(words.T("readings.did"), words.T("readings.what.export"))
		w.Picture("readings-none")

		o := &ringed{Office: boss, list: waiting()}
		g := &window{Host: roomtest.New(t, o, c.lang, c.dark, c.size), written: map[string][]byte{}}
		r = New(g).(*teamRoom)
		g.Show(roomtest.Framed(r.Open("")))
		r.page.ScrollTo(300)
		g.Picture("circles")
	}
}
