package team

import (
	"context"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// lawful is an office whose rights and devices' names a test changes.
type lawful struct {
	*fellows
	rights map[string][]string
	why    string
	named  map[record.ID]string
}

func (l *lawful) SetRights(_ context.Context, changed map[string][]string, reason string) (data.Receipt, *data.Proposal, error) {
	l.rights, l.why = changed, reason
	if l.proposes {
		return data.Receipt{}, &data.Proposal{}, l.err
	}
	return data.Receipt{}, nil, nil
}

func (l *lawful) NameDevice(_ context.Context, device record.ID, name string) (data.Receipt, error) {
	l.named[device] = name
	return data.Receipt{}, nil
}

func openLawful(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*window, *lawful, *teamRoom) {
	t.Helper()
	w, f, _, _ := open(t, lang, dark, size)
	l := &lawful{fellows: f, named: map[record.ID]string{}}
	w.API = l
	r := New(w).(*teamRoom)
	w.Show(roomtest.Framed(r.Open("")))
	w.Pump()
	return w, l, r
}

// A right is given to another role with a reason, and it is told that this waits.
func TestRightIsChanged(t *testing.T) {
	w, l, r := openLawful(t, assets.Spanish, false, fyne.NewSize(1280, 3000))
	w.Press("Cambiar un derecho…")
	w.Fill("Derecho", "Emitir el hábeas corpus")
	w.Press("Cambiar el derecho")
	must(t, w, w.Words().T("teamroom.needs_reason"))
	check := find(w, "Coordinación")
	if check.Checked || !find(w, "Defensa legal").Checked {
		t.Error("the form does not show who holds it now")
	}
	check.SetChecked(true)
	w.Fill("Motivo", "La coordinadora es abogada")
	l.proposes = true
	w.Press("Cambiar el derecho")
	if got := l.rights["issue:habeas-corpus"]; !slices.Equal(got, []string{"coordinator", "lawyer"}) || len(l.rights) != 1 || l.why != "La coordinadora es abogada" {
		t.Fatalf("%v %q", l.rights, l.why)
	}
	must(t, w, "vale cuando otra persona de coordinación lo apruebe: Emitir el hábeas corpus")
	w.Press("Cambiar un derecho…")
	if !r.Back() || w.Sees("Quién tiene un derecho") {
		t.Error("Esc does not close the form")
	}
}

// A device is called otherwise where it is listed.
func TestDeviceIsRenamed(t *testing.T) {
	w, l, r := openLawful(t, assets.Spanish, false, fyne.NewSize(1280, 3000))
	r.open = id(2)
	r.page.Redraw()
	w.Press("Renombrar…")
	w.Fill("Nombre del computador", " Portátil de la morgue ")
	w.Press("Guardar el nombre")
	if got := l.named[id(21)]; got != "Portátil de la morgue" || len(l.named) != 1 {
		t.Fatalf("%v", l.named)
	}
	must(t, w, "se llama ahora «Portátil de la morgue»")
}

// TestRightsTour draws them for a person to look at.
func TestRightsTour(t *testing.T) {
	for _, c := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
	}{{assets.Spanish, false, fyne.NewSize(1280, 800)}, {assets.English, true, fyne.NewSize(860, 680)}} {
		w, _, r := openLawful(t, c.lang, c.dark, c.size)
		w.Picture("proposal-death")
		r.open = id(2)
		r.page.Redraw()
		r.rename(r.vm.Members[2].Devices[0])
		r.page.ScrollTo(1300)
		w.Picture("team-rename")
		r.page.Cancel()
		r.changeRight()
		r.page.ScrollTo(2100)
		w.Picture("team-right")
	}
}

// find gives the check with these words.
func find(w *window, text string) *fw.Check {
	var found *fw.Check
	w.Each(func(o fyne.CanvasObject) bool {
		if c, ok := o.(*fw.Check); ok && c.Text == text {
			found = c
		}
		return found != nil
	})
	return found
}

// Who decides about a death sees all that was said, by whom and when, and who waits.
func TestDeathShowsWhatIsKnown(t *testing.T) {
	w, _, _ := openLawful(t, assets.Spanish, false, fyne.NewSize(1280, 3000))
	must(t, w, "Todo lo que se ha dicho de esta persona", "Medicina Legal de Guayaquil · 19 nov 2026", "Nómina del SNAI · 1 nov 2026",
		"Anotado por Lucía Chamorro", "Quienes esperan noticias", "Núñez Quishpe, Segundo Manuel · ")
}
