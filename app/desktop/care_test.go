package desktop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"paradero/app"
	"paradero/app/desktop/roomtest"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

// Row lets findings be called by the name of their record.
func (o *fakeOffice) Row(id record.ID) (search.Row, bool) {
	return search.Row{ID: id, Kind: record.Detainee, Paternal: "Núñez", Maternal: "Ñáñez", Given: "Íñigo Ángel"}, id == record.ID{7}
}

func careBench(t *testing.T, set app.Settings) (*bench, *fakeOffice) {
	t.Helper()
	b := newBench(t, set)
	b.start("")
	o := newFakeOffice("Defensa y Familia Guayaquil", false)
	o.info.Dir = filepath.Join(b.home, "Paradero", "defensa")
	b.opened(o, o.info.Dir)
	b.until("the office is open", func() bool { return b.session != nil })
	return b, o
}

func plainSettings() app.Settings {
	return app.Settings{Lang: assets.Spanish, Theme: app.ThemeLight, TextPercent: 100, BackupHours: 24, BackupKeep: 7, LockMinutes: 10}
}

// ill is an office in which everything went wrong that is met on the screen.
func ill() data.Health {
	own := record.ID{7}
	return data.Health{
		Last: data.Verified{At: testNow.Add(-26 * time.Hour), Found: []data.Finding{
			{Key: "journal_damaged_at", Damage: true, File: "journal/000001.log", Args: []string{"88123", "412"}},
			{Key: "record_touched", Damage: true, Args: []string{own.String(), "detainee", "2"}},
			{Key: "store_missing", Damage: true, File: "records", Args: []string{"3"}},
			{Key: "backup_old", File: "paradero-k3m9pq7a-20261101-090000.respaldo", Args: []string{"2026-11-01", "21"}},
			{Key: "store_rebuilt", File: "records"},
			{Key: "fork", Args: []string{"k7mqxabc"}},
		}},
		Waiting: []data.FromDevice{{Device: record.ID{3}, Name: "Portátil de Luis Quispe", Batches: 2, Changes: 3}},
		Forks:   []data.FromDevice{{Device: record.ID{4}, Name: "Equipo de la sede", Batches: 1}},
		Lost:    []data.FromDevice{{Device: record.ID{5}, Batches: 1}},
		Refused: []data.Powerless{{Why: "approve", Author: "Luis Quispe"}, {Why: "approve", Author: "Luis Quispe"}, {Why: "enrolled", Device: record.ID{9}}},
	}
}

// The card says all is well and since when; verifying reads it again; what is
// wrong is told in words with its way out.
func TestCareCard(t *testing.T) {
	b, o := careBench(t, plainSettings())
	w := b.words
	b.session.Go("settings", "")
	b.until("it was never verified", func() bool { return b.shows(w.T("health.unverified")) })
	b.press(w.T("health.verify"))
	b.until("all is well", func() bool { return b.shows(w.T("health.sound")) })
	o.mu.Lock()
	o.trip.health = ill()
	o.mu.Unlock()
	o.events <- data.Event{}
	b.until("it is told", func() bool { return b.shows(w.T("health.waiting")) })
	for _, text := range []string{
		"Núñez Ñáñez, Íñigo Ángel", "3 cambios de Portátil de Luis Quispe esperan", "Equipo de la sede numeró", "2 cambios de Luis Quispe: faltaba el permiso de confirmar",
		w.T("health.forks.about"), w.T("health.found.refill.about"), w.T("backup.refill"), w.T("backup.now"),
	} {
		b.mustShow(text)
	}
	if b.shows("k7mqxabc") {
		t.Error("a fork is told twice")
	}
	before := o.built.Load()
	test.Tap(find(b, func(x *widget.Button) bool { return x.Text == w.T("settings.rebuild") })) // the group's comes first
	b.until("it is made anew", func() bool { return o.built.Load() == before+1 })
}

// A disk that failed under the journal is told at the foot and stays told; its
// button locks, so that opening looks what is on the disk.
func TestHaltedIsTold(t *testing.T) {
	b, o := careBench(t, plainSettings())
	b.offices.by[o.info.Dir] = o
	o.mu.Lock()
	o.trip.health.Halted = true
	o.mu.Unlock()
	o.events <- data.Event{}
	b.until("it is told", func() bool { return b.shows(b.words.T("error.journal_broken")) })
	b.session.Warn("otra cosa")
	b.mustShow(b.words.T("error.journal_broken.hint"))
	b.press(b.words.T("halted.reopen"))
	b.until("it is locked", func() bool { return b.session == nil && b.shows(b.words.T("signin.open")) })
}

// realBench is the window over a real office with invented people.
func realBench(t *testing.T, set app.Settings) (*bench, *data.Office, roomtest.Seed) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	b := newBench(t, set)
	b.start("")
	b.opened(o, o.Info().Dir)
	b.until("the office is open", func() bool { return b.session != nil })
	return b, o, seed
}

// choose finds somebody on the page of travelling and takes him.
func (b *bench) chooseTraveller(text, name string) {
	b.t.Helper()
	find(b, func(s *widget.SearchBar) bool { return s.Visible() }).SetText(text)
	b.until("he is found", func() bool { return b.shows(name) })
	test.Tap(find(b, func(*widget.Tapper) bool { return true }))
}

// From choosing to coming back: what exists only here is told and backed up
// first, then it leaves after asking, is said to be away, and comes back whole.
func TestTravelOnTheScreen(t *testing.T) {
	b, o, seed := realBench(t, plainSettings())
	w := b.words
	b.session.Go("settings", "")
	b.press(w.T("travel.open"))
	b.mustShow(w.T("travel.chosen.none"))
	b.chooseTraveller("iñigo angel", "Núñez Ñáñez, Íñigo Ángel")
	b.until("what exists only here is told", func() bool { return b.shows("SOLO en este equipo") })
	for _, text := range []string{w.T("kinds.detainee"), w.T("kinds.case")} {
		b.mustShow(text)
	}
	if !find(b, func(x *widget.Button) bool { return x.Text == w.T("travel.do") }).Disabled() {
		t.Fatal("it may leave without a backup")
	}
	b.press(w.T("backup.now"))
	b.until("a backup holds it", func() bool { return b.shows(w.T("travel.elsewhere")) })
	b.press(w.T("travel.do"))
	b.mustShow(w.T("travel.sure"))
	b.press(w.T("travel.do")) // of the question, which lies above
	b.until("it is away", func() bool { return b.shows(w.T("travel.back.here")) })
	if _, err := o.Get(context.Background(), seed.Son); err == nil {
		t.Error("he is still here")
	}
	n, file := o.Away()
	b.mustShow(w.N("travel.away", n, filepath.Base(file)))
	b.session.Back()
	b.mustShow(w.N("travel.away", n, filepath.Base(file)))
	b.press(w.T("travel.back"))
	b.press(w.T("travel.back.here"))
	b.until("all is back", func() bool { return b.shows(w.T("travel.back.done")) })
	if _, err := o.Get(context.Background(), seed.Son); err != nil || b.shows(w.T("travel.back.here")) {
		t.Errorf("he is not back: %v", err)
	}
}

// TestCareTour draws the pages for a person to look at.
func TestCareTour(t *testing.T) {
	dir := os.Getenv("PARADERO_TOUR")
	if dir == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, c := range []struct {
		lang  assets.Lang
		theme string
		w, h  float32
	}{{assets.Spanish, app.ThemeLight, 1280, 800}, {assets.English, app.ThemeDark, 1180, 680}} {
		set := plainSettings()
		set.Lang, set.Theme = c.lang, c.theme
		name := fmt.Sprintf("care-%s-%s-", c.lang, c.theme)
		b, o := careBench(t, set)
		o.trip.health.Last.At = testNow
		b.session.Go("settings", "")
		b.until("sound", func() bool { return b.shows(b.words.T("health.sound")) })
		b.shoot(dir, name+"sound", c.w, 2000)
		o.mu.Lock()
		o.trip.health, o.trip.away, o.trip.file = ill(), 7, fakeBackupFile
		o.mu.Unlock()
		b.session.remake()
		b.until("ill", func() bool { return b.shows(b.words.T("health.waiting")) })
		b.shoot(dir, name+"ill", c.w, 2900)
		o.mu.Lock()
		o.trip.health.Halted = true
		o.mu.Unlock()
		o.events <- data.Event{}
		b.until("halted", func() bool { return b.shows(b.words.T("health.halted")) })
		b.shoot(dir, name+"halted", c.w, c.h)
		travelTour(t, dir, "travel-"+string(c.lang)+"-"+c.theme+"-", set, c.w, c.h)
	}
}

func travelTour(t *testing.T, dir, name string, set app.Settings, width, height float32) {
	b, _, _ := realBench(t, set)
	w := b.words
	b.session.Go("settings", "travel")
	b.shoot(dir, name+"empty", width, height)
	find(b, func(s *widget.SearchBar) bool { return s.Visible() }).SetText("nunez")
	b.until("found", func() bool { return b.shows("Núñez Ñáñez, Íñigo Ángel") })
	b.shoot(dir, name+"found", width, height)
	b.chooseTraveller("iñigo angel", "Núñez Ñáñez, Íñigo Ángel")
	b.until("plan", func() bool { return b.shows(w.T("travel.leaves")) })
	b.shoot(dir, name+"only-here", width, height)
	b.press(w.T("backup.now"))
	b.until("kept", func() bool { return b.shows(w.T("travel.elsewhere")) })
	b.shoot(dir, name+"ready", width, height)
	b.press(w.T("travel.do"))
	b.shoot(dir, name+"ask", width, height)
	b.press(w.T("travel.do"))
	b.until("away", func() bool { return b.shows(w.T("travel.back.here")) })
	b.shoot(dir, name+"away", width, height)
}
