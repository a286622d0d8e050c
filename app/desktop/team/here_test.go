package team

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

const guestCode = "7K2QX-9M4TW-AAAAA-BBBBB-CCCCC-QX0AE"

// guestsFake is a computer at which one more person may sign in.
type guestsFake struct {
	added   []string // invitation, code, passphrase
	welcome string   // that he brought
	hub     bool
	came    []byte // the welcome that the ways of the office bring
	asked   int
	waits   bool
	err     error
}

func (g *guestsFake) Add(_ context.Context, invitation, code string, pass []byte) (present.Applicant, error) {
	if code != "7K2Q" {
		return nil, fault.New(fault.Passphrase, "join", "passphrase_wrong")
	}
	g.added = append(g.added, invitation, code, string(pass))
	return g, nil
}

func (g *guestsFake) Complete(_ context.Context, welcome, pass []byte) (present.Joined, error) {
	g.welcome = string(welcome)
	if string(pass) != g.added[2] {
		return present.Joined{}, errors.New("another's passphrase")
	}
	return present.Joined{Office: "Defensoría", Name: "Tomás Quishpe", Waits: g.waits}, g.err
}

func (g *guestsFake) State() present.Joining {
	return present.Joining{Office: "Defensoría", Name: "Tomás Quishpe", Role: "lawyer", Words: "4821 0937 5560", Recovery: guestCode, Hub: g.hub}
}
func (g *guestsFake) Request() []byte { return []byte("solicitud") }
func (g *guestsFake) Ask(context.Context) ([]byte, error) {
	g.asked++
	return g.came, nil
}
func (g *guestsFake) AskFolder(context.Context, string) ([]byte, error) { return nil, nil }
func (g *guestsFake) Rehearse(code string) bool                         { return code == guestCode }

func (w *window) Guests() present.Guests {
	if w.guests == nil {
		return nil
	}
	return w.guests
}

func (w *window) PrintPaper(text string, _ int, done func(error)) {
	w.printed = append(w.printed, text)
	done(nil)
}
func (w *window) Lock() { w.locked++ }

// shared is an office of which a test says who signs in here.
type shared struct {
	*fellows
	people []data.Person
	gone   []record.ID
}

func (s *shared) Persons(context.Context) ([]data.Person, error) { return s.people, nil }
func (s *shared) RemovePerson(_ context.Context, device record.ID) error {
	s.gone = append(s.gone, device)
	return nil
}

func openShared(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*window, *shared, *teamRoom) {
	t.Helper()
	w, f, _, _ := open(t, lang, dark, size)
	me := f.API.Info().Member
	s := &shared{fellows: f, people: []data.Person{
		{Device: id(11), Member: me, Name: "Lucía Chamorro", Me: true},
		{Device: id(31), Member: id(3), Name: "Rosa Panchana"},
		{Device: id(41), Waits: true},
	}}
	w.guests = &guestsFake{}
	w.API = s
	r := New(w).(*teamRoom)
	w.Show(roomtest.Framed(r.Open("")))
	w.Pump()
	return w, s, r
}

// Who signs in on this computer is listed, and can be taken off it.
func TestPeopleOfThisComputer(t *testing.T) {
	w, s, _ := openShared(t, assets.Spanish, false, fyne.NewSize(1280, 2600))
	must(t, w, "En este computador", "Rosa Panchana", "Trabajo social", "Alguien que espera")
	w.Yes = false
	w.Press("Quitar de este computador")
	if len(s.gone) != 0 {
		t.Fatal("taken off though nobody agreed")
	}
	w.Yes = true
	w.Press("Quitar de este computador")
	if len(s.gone) != 1 || s.gone[0] != id(31) {
		t.Fatalf("%v", s.gone)
	}
	must(t, w, "Rosa Panchana ya no entra en este computador.")
}

// begin fills the form of one more person.
func begin(t *testing.T, w *window) {
	t.Helper()
	w.Press("Agregar una persona…")
	w.Press("Pedir entrar")
	must(t, w, "Elija el archivo que le enviaron.", "Escriba el código que le dijeron.")
	w.Fill("Archivo de invitación", "/media/usb/paradero.invitacion")
	w.Fill("Código", "0000")
	w.Fill("Frase de acceso", "tambor lluvia cuaderno diez")
	w.Fill("Otra vez", "tambor lluvia cuaderno diez")
	w.Press("Pedir entrar")
	if !w.Sees(w.Words().T("error.passphrase_wrong")) || len(w.guests.added) != 0 {
		t.Fatalf("a wrong code: %q", w.Texts())
	}
	w.Fill("Código", "7K2Q")
	w.Press("Pedir entrar")
}

// paper copies the recovery code and types it back.
func paper(t *testing.T, w *window, r *teamRoom) {
	t.Helper()
	must(t, w, "7K2QX", "QX0AE")
	if r.Leave() || r.guest == nil {
		t.Fatal("left before the code is on paper")
	}
	w.Press(w.Words().T("recovery.print"))
	w.Press(w.Words().T("recovery.next"))
	if w.Sees("7K2QX") {
		t.Error("the code is shown while it is asked for")
	}
	w.Press(w.Words().T("recovery.check"))
	must(t, w, w.Words().T("recovery.wrong"))
	w.Fill(w.Words().T("recovery.rehearse.field"), guestCode)
	w.Press(w.Words().T("recovery.check"))
}

// One more person comes while the coordinator works here: invitation, passphrase, a
// recovery code that is typed back, and he is let in on the spot.
func TestOneMorePersonIsLetInHere(t *testing.T) {
	w, _, r := openShared(t, assets.Spanish, false, fyne.NewSize(1280, 2600))
	begin(t, w)
	paper(t, w, r)
	must(t, w, "4821", "Tomás Quishpe")
	r.Changed(data.Event{Kind: record.Member}) // the room reads again under him
	w.Pump()
	must(t, w, "4821")
	w.Yes = false
	w.Press("Admitir aquí mismo")
	if len(w.admitted) != 0 {
		t.Fatal("admitted though nobody agreed")
	}
	w.Yes = true
	w.Press("Admitir aquí mismo")
	if len(w.admitted) != 1 || w.guests.welcome != "bienvenida" || len(w.printed) != 1 {
		t.Fatalf("%v %q %v", w.admitted, w.guests.welcome, w.printed)
	}
	must(t, w, "Tomás Quishpe ya puede entrar en este computador con su frase.")
	w.Press("Bloquear y cambiar de persona")
	if w.locked != 1 || r.guest != nil {
		t.Error("not locked")
	}
}

// Where the coordinator is elsewhere the request goes by the office's ways or by a
// file, and so comes the welcome.
func TestOneMorePersonIsLetInFromAfar(t *testing.T) {
	w, _, r := openShared(t, assets.Spanish, false, fyne.NewSize(1280, 2600))
	w.guests.hub, w.guests.waits = true, true
	r.vm.MayInvite = false
	begin(t, w)
	paper(t, w, r)
	if w.Sees("Admitir aquí mismo") {
		t.Error("who may not invite lets in")
	}
	must(t, w, "La solicitud viaja con los cambios de la oficina")
	w.Press("Guardar la solicitud…")
	if string(w.written[w.file]) != "solicitud" {
		t.Errorf("%q", w.written)
	}
	w.guests.came = []byte("por el hub")
	w.Pass(1)
	if w.guests.welcome != "por el hub" || w.guests.asked != 2 {
		t.Fatalf("%q after %d", w.guests.welcome, w.guests.asked)
	}
	must(t, w, "Este computador se abrirá con su frase cuando le llegue la noticia")
	w.Press("Seguir trabajando")
	if r.guest != nil || !w.Sees("En este computador") {
		t.Error("the room is not back")
	}
	w.guests.added = nil
	begin(t, w)
	paper(t, w, r)
	if !r.Back() || r.guest != nil {
		t.Error("Esc does not leave it for later")
	}
}

// TestHereTour draws it for a person to look at.
func TestHereTour(t *testing.T) {
	for _, c := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
	}{
		{assets.Spanish, false, fyne.NewSize(1280, 800)},
		{assets.English, true, fyne.NewSize(1180, 680)},
		{assets.Spanish, true, fyne.NewSize(860, 680)},
	} {
		w, _, r := openShared(t, c.lang, c.dark, c.size)
		r.page.ScrollTo(1000)
		w.Picture("here")
		r.addPerson()
		r.guest.submit()
		w.Picture("here-form")
		r.guest.code.SetText("7K2Q")
		r.guest.file.SetText("/media/usb/paradero.invitacion")
		r.guest.first.SetText("tambor lluvia cuaderno diez")
		r.guest.again.SetText("tambor lluvia cuaderno diez")
		w.guests.hub = true
		r.guest.submit()
		w.Pump()
		w.Picture("here-paper")
		r.guest.rehearse()
		w.Picture("here-rehearse")
		r.guest.holds = false
		r.guest.compare()
		w.Picture("here-compare")
		r.guest.done(present.Joined{Name: "Tomás Quishpe"})
		w.Picture("here-done")
	}
}
