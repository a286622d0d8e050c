package desktop

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/app"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data/fault"
)

// TestTour draws the pages of the window in both themes, both languages and
// two sizes, for a person to look at.
func TestTour(t *testing.T) {
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
		{assets.English, app.ThemeDark, 100, 1280, 800},
		{assets.Spanish, app.ThemeLight, 150, 1280, 800},
	} {
		name := fmt.Sprintf("shell-%s-%s-%d-%.0f-", c.lang, c.theme, c.percent, c.w)
		set := app.Settings{Lang: c.lang, Theme: c.theme, TextPercent: c.percent, LockMinutes: 10}
		tourOf(t, dir, name, set, c.w, c.h)
	}
}

func tourOf(t *testing.T, dir, name string, set app.Settings, w, h float32) {
	var j *joinable
	b := newBenchAt(t, set, func(f *fakeOffices) offices {
		j = &joinable{fakeOffices: f, waits: map[string]bool{}, state: present.Joining{
			Office: "Defensa y Familia Guayaquil", Name: "Inés Quiñónez Güell", Role: "lawyer", Words: "1501 3181 1308",
			Picture: "1501 3181 1308", Expires: time.Date(2026, 12, 3, 2, 44, 0, 0, time.UTC), Hub: true,
		}}
		return j
	})
	shoot := func(page string) { b.shoot(dir, name+page, w, h) }
	b.start("")
	shoot("welcome")
	b.showCreate()
	shoot("create-empty")
	fields := b.entries()
	for i, text := range []string{"Defensa y Familia Guayaquil", "Guayaquil", "Rosa Quishpe Yupanqui", "Portátil de coordinación", "tortuga martillo cereza", "tortuga martillo cerez"} {
		fields[i].SetText(text)
	}
	b.press(b.words.T("create.make"))
	shoot("create-wrong")
	b.showJoin("")
	shoot("join-empty")
	b.press(b.words.T("joinpage.ask"))
	shoot("join-wrong")
	(&waitPage{s: b.shell, j: j, a: j, dir: filepath.Join(b.home, "equipo")}).show()
	shoot("join-wait")
	o := newFakeOffice("Defensa y Familia Guayaquil", false)
	o2 := newFakeOffice("Oficina de demostración", true)
	home := filepath.Join(b.home, "x")
	b.offices.by[home], b.offices.by[home+"d"] = o, o2
	b.showRecovery(o, home, o.info.Office, rightCode)
	shoot("recovery")
	b.press(b.words.T("recovery.next"))
	b.entries()[0].SetText("7K2QX-9M4TW")
	b.press(b.words.T("recovery.check"))
	shoot("rehearsal")
	b.showSignIn(home)
	b.entries()[0].SetText("no es la frase")
	b.press(b.words.T("signin.open"))
	b.until("wrong passphrase is told", func() bool { return b.shows(b.words.T("error.passphrase_wrong")) })
	shoot("signin-wrong")
	b.offices.opens(fault.New(fault.InUse, "open office", "office_in_use"), nil)
	b.press(b.words.T("signin.open"))
	b.until("in use is told", func() bool { return b.shows(b.words.T("error.office_in_use")) })
	shoot("signin-inuse")
	b.offices.opens(nil, make(chan struct{}))
	b.press(b.words.T("signin.open"))
	shoot("signin-busy")
	b.press(b.words.T("desk.cancel"))
	b.offices.opens(nil, nil)
	b.showRecover(home)
	b.entries()[0].SetText("7K2QX-9M4TW")
	b.press(b.words.T("recover.set"))
	shoot("recover")
	b.showSignIn(home + "nowhere")
	shoot("signin-missing")
	b.showSignIn(home + "d")
	shoot("signin-demo")
	b.press(b.words.T("signin.demo.use"))
	b.until("the demonstration opens", func() bool { return b.session != nil })
	b.session.Go("settings", "")
	b.until("the office's data are read", func() bool { return b.shows("<Malecón 1401 y Aguirre>") })
	b.session.Say(b.words.T("desk.saved"))
	shoot("settings")
	b.session.Fail(fault.New(fault.Full, "save", "disk_full"))
	shoot("failed")
	b.help()
	shoot("help")
	b.closeOverlays()
	b.about()
	shoot("about")
	b.closeOverlays()
	b.session.Ask(b.words.T("settings.rebuild"), b.words.T("settings.rebuild.text"), b.words.T("settings.rebuild"), true, func() {})
	shoot("ask")
	b.closeOverlays()
	b.session.goTo()
	shoot("goto")
}
