package desktop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/app"
	"paradero/assets"
	"paradero/data"
)

// Opening implements opens.
func (o *fakeOffice) Opening(context.Context) (data.Opening, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.opening == nil {
		return data.Opening{}, false
	}
	return *o.opening, true
}

func (o *fakeOffice) arrive(at *data.Opening) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.opening = at
}

var newestSeen = time.Date(2026, 11, 26, 9, 30, 0, 0, time.Local)

// arrivingBench is the window of a device that has just come in.
func arrivingBench(t *testing.T, set app.Settings, at *data.Opening) (*bench, *fakeOffice) {
	t.Helper()
	b := newBench(t, set)
	b.start("")
	o := newFakeOffice("Defensa y Familia Guayaquil", false)
	o.arrive(at)
	home := filepath.Join(b.home, "x")
	b.offices.by[home] = o
	b.opened(o, home)
	return b, o
}

// A device that has just come in says over every page what is here and how far the
// rest has come, and that everything has arrived when it has.
func TestArrivingStrip(t *testing.T) {
	set := app.Settings{Lang: assets.English, LockMinutes: 10}
	at := data.Opening{Records: 2140, By: "Rosa Guamán", At: newestSeen, Here: 412000, Total: 1000000}
	b, o := arrivingBench(t, set, &at)
	here, rest := app.OpeningWords(&at, b.words)
	b.until("the newest are told of", func() bool { return b.shows(here) && b.shows(rest) && b.shows(b.words.T("arriving.read_only")) })
	if got := b.session.arriving.bar.Value(); got < 0.41 || got > 0.42 {
		t.Errorf("the bar stands at %v", got)
	}
	b.session.Go("settings", "")
	at2 := at
	at2.Here = 900000
	o.arrive(&at2)
	b.session.moved()
	b.until("it moves", func() bool { return b.session.arriving.bar.Value() > 0.89 })
	if !b.shows(here) {
		t.Error("another page does not say it")
	}
	o.arrive(nil)
	b.session.moved()
	b.until("it is over", func() bool { return !b.shows(here) && b.shows(b.words.T("arriving.over")) })
	if b.session.arriving.object.Visible() {
		t.Error("the strip stays")
	}
}

// Without a picture it says that the oldest comes first, and how much so far.
func TestArrivingWithoutPicture(t *testing.T) {
	b, _ := arrivingBench(t, app.Settings{Lang: assets.Spanish, LockMinutes: 10}, &data.Opening{Here: 1204})
	b.until("it is told", func() bool { return b.shows(b.words.T("arriving.oldest")) && b.shows("hasta ahora") })
	if b.shows(b.words.T("arriving.read_only")) || b.session.arriving.track.Visible() {
		t.Error("it speaks of records, or shows a bar without an end")
	}
}

// TestTourArriving draws the strip, as TestTour does the pages.
func TestTourArriving(t *testing.T) {
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
		{assets.Spanish, app.ThemeDark, 100, 860, 620},
		{assets.English, app.ThemeLight, 100, 860, 620},
		{assets.English, app.ThemeDark, 100, 1280, 800},
		{assets.Spanish, app.ThemeLight, 150, 1280, 800},
	} {
		set := app.Settings{Lang: c.lang, Theme: c.theme, TextPercent: c.percent, LockMinutes: 10}
		at := data.Opening{Records: 2140, By: "Rosa Guamán", At: newestSeen, Here: 412000, Total: 1000000}
		b, o := arrivingBench(t, set, &at)
		here, _ := app.OpeningWords(&at, b.words)
		b.until("it is told", func() bool { return b.shows(here) })
		b.session.Go("settings", "")
		b.until("the office's data are read", func() bool { return b.shows("<Malecón 1401 y Aguirre>") })
		name := fmt.Sprintf("arriving-%s-%s-%d-%.0f-", c.lang, c.theme, c.percent, c.w)
		b.shoot(dir, name+"newest", c.w, c.h)
		o.arrive(&data.Opening{Here: 1204})
		b.session.moved()
		b.until("it is told", func() bool { return b.shows(b.words.T("arriving.oldest")) })
		b.shoot(dir, name+"oldest", c.w, c.h)
	}
}
