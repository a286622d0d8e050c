package desktop

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"paradero/app"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data/record"
)

// field gives the entry whose placeholder begins so.
func (b *bench) field(place int, shape string) *widget.Entry {
	b.t.Helper()
	n := 0
	for _, e := range b.entries() {
		if e.PlaceHolder == shape {
			if n == place {
				return e
			}
			n++
		}
	}
	b.t.Fatalf("no field %d like %s", place, shape)
	return nil
}

// lastSecret gives the last field on the window that hides what is typed.
func (b *bench) lastSecret() *widget.Entry {
	b.t.Helper()
	var last *widget.Entry
	for _, e := range b.entries() {
		if e.Password {
			last = e
		}
	}
	return last
}

const (
	codeShape  = "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX"
	shareShape = codeShape + "-XXXXX"
)

// Shares are asked for by passphrase, shown, typed back, and only then in force.
func TestSharesAreMade(t *testing.T) {
	b, o := signedIn(t)
	w := b.words
	b.session.Go("settings", "")
	b.until("read", func() bool { return b.shows("<Malecón 1401 y Aguirre>") })
	b.mustShow(w.T("keys.shares.none"))
	b.press(w.T("keys.shares.make"))
	b.press(w.T("keys.shares.do"))
	b.mustShow(w.T("error.passphrase_empty"))
	b.lastSecret().SetText("otra")
	b.press(w.T("keys.shares.do"))
	b.until("a wrong passphrase is told", func() bool { return b.shows(w.T("error.passphrase_wrong")) })
	b.lastSecret().SetText(rightPass)
	b.press(w.T("keys.shares.do"))
	b.until("the shares are shown", func() bool { return b.shows("8K2Q1") && b.shows("8K2Q3") })
	b.press(w.T("keys.shares.paper.next"))
	keep := func() *widget.Button {
		return find(b, func(x *widget.Button) bool { return x.Text == w.T("keys.shares.keep") })
	}
	b.field(0, shareShape).SetText(strings.ToLower(fakeShares[0]))
	b.mustShow(w.T("keys.right"))
	b.field(1, shareShape).SetText(fakeShares[2])
	b.mustShow(w.T("keys.share.other", "3"))
	b.field(1, shareShape).SetText(fakeShares[1][:len(fakeShares[1])-1] + "Z")
	b.mustShow(w.T("recovery.wrong"))
	b.field(1, shareShape).SetText(fakeShares[1])
	if !keep().Disabled() || o.kept().shares != nil {
		t.Fatal("two of three papers are enough")
	}
	b.field(2, shareShape).SetText(fakeShares[2])
	b.press(w.T("keys.shares.keep"))
	b.until("in force", func() bool { return b.shows(w.T("keys.shares.kept")) })
	if len(o.kept().shares) != 3 {
		t.Fatalf("%v", o.kept().shares)
	}
	b.mustShow(w.T("keys.shares.made", "22 de noviembre de 2026"))
	b.press(w.T("keys.check"))
	for text, want := range map[string]string{
		fakeShares[1]: w.T("keys.check.share", "2"), rightCode: w.T("keys.check.code"),
		renewedCode: w.T("keys.check.code.wrong"), fakeShares[0] + "7": w.T("error.share_mistyped"),
	} {
		b.field(0, codeShape).SetText(text)
		b.press(w.T("keys.check.do"))
		b.mustShow(want)
	}
	b.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.mustShow(w.T("keys.shares.make"))
}

// Who leaves before the paper was typed back has changed nothing, and finds
// nothing on the screen when he comes again.
func TestRenewingTheCodeIsGivenUp(t *testing.T) {
	b, o := signedIn(t)
	w := b.words
	renew := func() {
		b.session.Go("settings", "")
		b.press(w.T("keys.code.renew"))
		b.lastSecret().SetText(rightPass)
		b.press(w.T("keys.code.do"))
		b.until("the code is shown", func() bool { return b.shows("QX0AE") })
	}
	renew()
	b.session.Go("people", "")
	b.session.Go("settings", "")
	if b.shows("QX0AE") || o.kept().code != "" {
		t.Fatal("the code is still there")
	}
	renew()
	b.lock()
	b.until("it asks for the passphrase", func() bool { return b.shows("Frase de acceso") })
	if b.shows("QX0AE") || o.kept().code != "" {
		t.Fatal("the code is still there after a lock")
	}
	b.entries()[0].SetText(rightPass)
	b.press("Abrir")
	b.until("it opens", func() bool { return b.session != nil })
	renew()
	b.press(w.T("keys.code.paper.next"))
	b.field(0, codeShape).SetText(renewedCode)
	b.press(w.T("keys.code.keep"))
	b.until("in force", func() bool { return o.Rehearse(renewedCode) && !o.Rehearse(rightCode) })
}

func TestForgottenPassphraseByShares(t *testing.T) {
	b := newBench(t, spanish())
	w := b.words
	dir := filepath.Join(b.home, "o")
	o := newFakeOffice("Oficina", false)
	o.keys.shares = fakeShares
	b.offices.by[dir] = o
	b.showSignIn(dir)
	b.press(w.T("signin.forgot"))
	b.mustShow(w.T("keys.lost"))
	b.press(w.T("recover.by_shares"))
	b.press(w.T("recover.set"))
	b.mustShow(w.T("recover.shares.missing"))
	secrets := []*widget.Entry{}
	for _, e := range b.entries() {
		if e.Password {
			secrets = append(secrets, e)
		}
	}
	const next = "cuaderno lluvia tambor diez"
	secrets[0].SetText(next)
	secrets[1].SetText(next)
	b.field(0, shareShape).SetText(fakeShares[2])
	b.field(1, shareShape).SetText(fakeShares[2])
	b.press(w.T("recover.set"))
	b.until("told", func() bool { return b.shows(w.T("error.share_twice")) })
	b.field(1, shareShape).SetText(fakeShares[0])
	b.press(w.T("recover.set"))
	b.until("the sign-in page comes back", func() bool { return b.shows(w.T("recover.done")) })
	if o.passphrase() != next {
		t.Fatal("the passphrase is the old one")
	}
}

func (b *bench) menuItem(label string) *fyne.MenuItem {
	b.t.Helper()
	for _, m := range b.win.MainMenu().Items {
		for _, item := range m.Items {
			if item.Label == label {
				return item
			}
		}
	}
	b.t.Fatalf("no %s in the menu", label)
	return nil
}

// An office is destroyed from its sign-in page without a passphrase, by its name.
func TestWipeBeforeSigningIn(t *testing.T) {
	b := newBench(t, spanish())
	w := b.words
	b.start("")
	if !b.menuItem(w.T("menu.wipe")).Disabled {
		t.Fatal("there is nothing to destroy on the welcome page")
	}
	dir := filepath.Join(b.home, "o")
	o := newFakeOffice("Defensa y Familia Guayaquil", false)
	b.offices.by[dir] = o
	b.settings.LastOffice = dir
	b.showSignIn(dir)
	item := b.menuItem(w.T("menu.wipe"))
	if item.Disabled || item.Shortcut == nil {
		t.Fatal("it cannot be destroyed by a key")
	}
	item.Action()
	b.mustShow(w.T("wipe.only.all", "Defensa y Familia Guayaquil"))
	b.mustShow(w.T("wipe.beyond"))
	b.press(w.T("desk.cancel"))
	b.mustShow(w.T("signin.forgot"))
	b.menuItem(w.T("menu.wipe")).Action()
	b.press(w.T("wipe.do"))
	b.mustShow(w.T("wipe.name.missing", "Defensa y Familia Guayaquil"))
	b.entries()[0].SetText("Defensa")
	b.press(w.T("wipe.do"))
	b.mustShow(w.T("error.wipe_name_differs", "Defensa y Familia Guayaquil"))
	if o.kept().wiped {
		t.Fatal("destroyed by another name")
	}
	b.entries()[0].SetText("defensa y familia guayaquil")
	b.press(w.T("wipe.do"))
	b.until("told", func() bool { return b.shows(w.T("wipe.done")) })
	b.mustShow(w.T("wipe.other", "actas.pdf"))
	if !o.kept().wiped || b.settings.LastOffice != "" || b.saved.LastOffice != "" {
		t.Fatalf("wiped %v, remembers %q", o.kept().wiped, b.settings.LastOffice)
	}
	b.press(w.T("signin.other"))
	b.mustShow("¿Por dónde empezar?")
}

// Within a session the drafts are kept before the page is shown, and the page
// is no way around the lock.
func TestWipeWithinASession(t *testing.T) {
	b, o := signedIn(t)
	w := b.words
	b.session.Go("settings", "")
	b.press(w.T("wipe.open"))
	b.mustShow(w.T("wipe.title"))
	if b.active() != nil || b.shows("Malecón") {
		t.Fatal("the session can still be used")
	}
	b.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.until("the session is back", func() bool { return b.active() != nil && b.shows(w.T("wipe.open")) })
	b.showWipe()
	b.considerLocking(b.now, glance+slept+1)
	b.until("locked", func() bool { return b.shows(w.T("signin.forgot")) })
	if n := o.timesClosed(); n != 1 || b.wiping {
		t.Fatalf("closed %d times", n)
	}
	b.entries()[0].SetText(rightPass)
	b.press("Abrir")
	b.until("it opens", func() bool { return b.session != nil })
	b.menuItem(w.T("menu.wipe")).Action()
	b.entries()[0].SetText("Defensa y Familia Guayaquil")
	b.press(w.T("wipe.do"))
	b.until("told", func() bool { return b.shows(w.T("wipe.done")) })
	if !o.kept().wiped || b.session != nil || b.saved.LastOffice != "" {
		t.Fatal("the session goes on")
	}
	b.quit()
}

func TestLocksWhenAsked(t *testing.T) {
	b, o := signedIn(t)
	b.heedRequest()
	if b.session == nil {
		t.Fatal("locked though nobody asked")
	}
	b.offices.asked = true
	b.heedRequest()
	b.until("locked", func() bool { return b.shows("Frase de acceso") })
	if n := o.timesClosed(); n != 1 {
		t.Fatalf("closed %d times", n)
	}
}

// What is half typed in the office's data is there again after a lock, by key or
// by itself, and is offered, not forced.
func TestOfficeDataBecomeADraft(t *testing.T) {
	b, o := signedIn(t)
	w := b.words
	b.session.Go("settings", "")
	b.until("read", func() bool { return b.shows("<Malecón 1401 y Aguirre>") })
	for _, e := range b.entries() {
		if e.Text == "Malecón 1401 y Aguirre" {
			e.SetText("Pichincha 334 y Luque")
		}
	}
	b.now = b.now.Add(11 * time.Minute)
	b.considerLocking(b.now, glance)
	if b.session != nil || len(o.drafts.kept) != 1 {
		t.Fatalf("not locked, or drafts %v", o.drafts.kept)
	}
	b.until("it asks for the passphrase", func() bool { return b.shows("Frase de acceso") })
	b.entries()[0].SetText(rightPass)
	b.press("Abrir")
	b.until("it opens", func() bool { return b.session != nil })
	b.session.GoRecord(record.OfficeKind, o.info.OfficeID)
	b.until("it is offered", func() bool { return b.shows("[" + w.T("draft.continue") + "]") })
	b.mustShow("<Malecón 1401 y Aguirre>")
	b.press(w.T("draft.continue"))
	b.mustShow("<Pichincha 334 y Luque>")
	b.press("Guardar")
	b.until("saved", func() bool { return b.shows("Cambios guardados") })
	if len(o.drafts.kept) != 0 || o.rec.Get("address") != "Pichincha 334 y Luque" {
		t.Fatalf("drafts %v, address %q", o.drafts.kept, o.rec.Get("address"))
	}
	b.until("the draft is no longer offered", func() bool { return !b.shows("[" + w.T("draft.continue") + "]") })
}

// TestTourOfKeys draws the pages of keys and of wiping, for a person to look at.
func TestTourOfKeys(t *testing.T) {
	dir := os.Getenv("PARADERO_TOUR")
	if dir == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, c := range []struct {
		lang    assets.Lang
		theme   string
		percent int
		w, h    float32
	}{
		{assets.Spanish, app.ThemeLight, 100, 1280, 800},
		{assets.Spanish, app.ThemeDark, 100, 1180, 680},
		{assets.English, app.ThemeLight, 100, 1180, 680},
		{assets.Spanish, app.ThemeLight, 150, 1280, 800},
	} {
		name := fmt.Sprintf("keys-%s-%s-%d-%.0f-", c.lang, c.theme, c.percent, c.w)
		b := newBench(t, app.Settings{Lang: c.lang, Theme: c.theme, TextPercent: c.percent, LockMinutes: 10})
		b.tourKeys(func(page string) { b.shoot(dir, name+page, c.w, c.h) })
	}
}

func (b *bench) tourKeys(shoot func(string)) {
	w := b.words
	home := filepath.Join(b.home, "x")
	b.offices.by[home] = newFakeOffice("Defensa y Familia Guayaquil", false)
	b.showSignIn(home)
	b.showRecover(home)
	b.press(w.T("recover.by_shares"))
	b.field(0, shareShape).SetText(fakeShares[0])
	b.press(w.T("recover.set"))
	shoot("recover-shares")
	b.showSignIn(home)
	b.showWipe()
	b.entries()[0].SetText("Defensa")
	b.press(w.T("wipe.do"))
	shoot("wipe")
	b.press(w.T("desk.cancel"))
	b.entries()[0].SetText(rightPass)
	b.press(w.T("signin.open"))
	b.until("it opens", func() bool { return b.session != nil })
	b.session.Go("settings", "")
	b.until("read", func() bool { return b.shows("<Malecón 1401 y Aguirre>") })
	shoot("settings")
	for _, kind := range []string{"shares", "code"} {
		b.press(w.T(map[string]string{"shares": "keys.shares.make", "code": "keys.code.renew"}[kind]))
		shoot(kind + "-ask")
		b.lastSecret().SetText(rightPass)
		b.press(w.T("keys." + kind + ".do"))
		b.until("shown", func() bool { return b.shows(w.T("keys." + kind + ".paper.next")) })
		shoot(kind + "-paper")
		b.press(w.T("keys." + kind + ".paper.next"))
		if kind == "shares" {
			b.field(0, shareShape).SetText(fakeShares[0])
			b.field(1, shareShape).SetText(fakeShares[2])
		}
		shoot(kind + "-rehearse")
		b.press(w.T("desk.cancel"))
	}
	b.press(w.T("keys.check"))
	b.field(0, codeShape).SetText(renewedCode)
	b.press(w.T("keys.check.do"))
	shoot("check")
	b.showWipe()
	b.entries()[0].SetText("Defensa y Familia Guayaquil")
	b.press(w.T("wipe.do"))
	b.until("told", func() bool { return b.shows(w.T("wipe.done")) })
	shoot("wiped")
}
