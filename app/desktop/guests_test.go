package desktop

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"paradero/app/present"
	"paradero/data"
	"paradero/data/record"
)

const hisPass = "tambor lluvia cuaderno diez"

// signIn types a passphrase on the page that asks for it.
func (b *bench) signInWith(pass string) {
	b.t.Helper()
	b.until("the passphrase is asked for", func() bool { return b.session == nil && b.shows(b.words.T("signin.open")) })
	b.entries()[0].SetText(pass)
	b.press(b.words.T("signin.open"))
}

// Over real offices: a second person comes to sign in on a computer where the first
// works, each sees his own name, both work on one office, and he is taken off again.
func TestTwoPeopleOnOneComputer(t *testing.T) {
	ctx := context.Background()
	b := newBenchAt(t, spanish(), func(f *fakeOffices) offices { return joinReal{f} })
	b.shell.rooms, b.carry = rooms(), carryChanges
	dir := filepath.Join(t.TempDir(), "oficina")
	hers, _, err := data.Create(ctx, cheap(data.Config{Dir: dir}), data.Founding{
		Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Passphrase: []byte(rightPass),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.end() })
	b.opened(hers, dir)
	b.session.Go("team", "")
	b.until("she sees who signs in here", func() bool { return b.shows("En este computador") })
	file := filepath.Join(t.TempDir(), "paradero.invitacion")
	made, err := b.session.Door().Invite(ctx, present.Inviting{Name: "Luis Quishpe", Role: "lawyer"}, file)
	if err != nil {
		t.Fatal(err)
	}
	b.press("Agregar una persona…")
	for i, text := range []string{file, made.Code, hisPass, hisPass} {
		b.entries()[i].SetText(text)
	}
	b.press(b.words.T("joinpage.ask"))
	b.until("his recovery code is shown", func() bool { return b.shows(b.words.T("recovery.title")) })
	code := b.shownCode()
	b.session.Go("people", "")
	if b.session.current.room != "team" {
		t.Fatal("left before his code is on paper")
	}
	b.press("Ya lo tengo en papel")
	b.entries()[0].SetText(code)
	b.press(b.words.T("recovery.check"))
	b.press("Admitir aquí mismo")
	b.until("she is asked", func() bool { return b.shows("¿Admitir a Luis Quishpe?") })
	b.press("Admitir aquí mismo")
	b.until("he is in", func() bool { return b.shows("Luis Quishpe ya puede entrar en este computador") })
	b.press("Bloquear y cambiar de persona")
	b.until("the page of signing in", func() bool { return b.session == nil && b.shows(b.words.T("signin.open")) })
	b.mustShow("Sede Loja")
	for _, name := range []string{"Rosa", "Guamán", "Luis", "Quishpe"} {
		if strings.Contains(b.text(), name) {
			t.Errorf("%s is named before anybody signed in:\n%s", name, b.text())
		}
	}
	b.signInWith(hisPass)
	b.until("he is signed in", func() bool { return b.session != nil && b.shows("Luis Quishpe") })
	his := b.session.office
	if his.Info().Name != "Luis Quishpe" || his.Info().Role != "lawyer" || his.Info().Device == hers.Info().Device {
		t.Fatalf("%+v", his.Info())
	}
	if _, err := his.Edit(ctx, data.Change{Kind: record.Task, Set: map[string]string{"what": "llamar al juzgado"}}); err != nil {
		t.Fatal(err)
	}
	b.lock()
	b.signInWith(rightPass)
	b.until("she is back", func() bool { return b.session != nil && b.shows("Rosa Guamán") })
	if n := b.session.office.Count(record.Task); n != 1 {
		t.Errorf("%d tasks: what he wrote is not here", n)
	}
	b.session.Go("team", "")
	b.until("both are listed", func() bool { return b.shows("Quitar de este computador") })
	b.press("Quitar de este computador")
	b.press("Quitar de este computador")
	b.until("he is taken off", func() bool { return b.shows("Luis Quishpe ya no entra en este computador.") })
	b.lock()
	b.signInWith(hisPass)
	b.until("he does not come in", func() bool { return b.shows(b.words.T("error.passphrase_wrong")) })
}
