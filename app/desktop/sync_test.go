package desktop

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"paradero/app"
	"paradero/app/desktop/exchange"
	"paradero/app/desktop/room"
	"paradero/app/desktop/roomtest"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
)

// fakeCarrier carries nothing and says what a test says.
type fakeCarrier struct {
	mu     sync.Mutex
	ways   []data.Way
	asked  []string
	closed bool
}

func (c *fakeCarrier) Ways() []data.Way {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ways
}

func (c *fakeCarrier) Exchange(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, kind)
}
func (c *fakeCarrier) SetHub(context.Context, []byte) error    { return nil }
func (c *fakeCarrier) SetFolder(context.Context, string) error { return nil }
func (c *fakeCarrier) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

func (c *fakeCarrier) set(ways ...data.Way) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ways = ways
}

// The rail's foot says how the exchange stands, follows it, and opens its page.
func TestRailSaysHowTheExchangeStands(t *testing.T) {
	b := newBench(t, spanish())
	b.shell.rooms = append(b.shell.rooms, maker{key: "sync", make: func(h room.Host) room.Room { return exchange.New(h.(exchange.Controls)) }, aside: true})
	c := &fakeCarrier{}
	var moved func()
	b.carry = func(_ office, m func()) carrier { moved = m; return c }
	o := newFakeOffice("Defensa y Familia Guayaquil", false)
	o.know(data.Status{Changes: 12, OnlyHere: 12})
	b.opened(o, b.home)
	b.until("it is only here", func() bool { return b.shows("solo en este computador") })
	b.mustShow(b.words.T("sync.rail.none"))
	if _, in := b.session.rail.items["sync"]; in {
		t.Error("the page of exchange stands among the rooms")
	}
	c.set(data.Way{Kind: data.WayHub, Name: "hub.ec", Online: true})
	o.know(data.Status{Changes: 1204, OnHub: 1201, OnlyHere: 3, Waiting: 2})
	moved()
	b.until("it is connected", func() bool { return b.shows("3 solo aquí · 2 esperan") })
	b.mustShow(b.words.T("sync.rail.online"))
	c.set(data.Way{Kind: data.WayHub, Name: "hub.ec", Error: "hub_unreachable", At: time.Now()})
	moved()
	b.until("it failed", func() bool { return b.shows(b.words.T("sync.rail.failed")) })
	b.session.rail.sync.Tapped(nil)
	b.until("its page is open", func() bool { return b.shows(b.words.T("sync.devices.none")) })
	b.lock()
	b.until("it is locked", func() bool { return b.session == nil && b.shows(b.words.T("signin.open")) })
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		t.Error("somebody still exchanges behind a closed office")
	}
}

var _ present.Courier = (*fakeCarrier)(nil)

// TestSyncTour draws the rail's foot as it changes, for a person to look at.
func TestSyncTour(t *testing.T) {
	dir := os.Getenv("PARADERO_TOUR")
	if dir == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, set := range []app.Settings{
		{Lang: assets.Spanish, Theme: app.ThemeLight, TextPercent: 100, LockMinutes: 10},
		{Lang: assets.English, Theme: app.ThemeDark, TextPercent: 100, LockMinutes: 10},
	} {
		b := newBench(t, set)
		b.shell.rooms = rooms()
		c := &fakeCarrier{}
		b.carry = func(office, func()) carrier { return c }
		o := roomtest.Office(t, roomtest.Day())
		seed := roomtest.Fill(t, o)
		b.opened(o, o.Info().Dir)
		name := "together-" + string(set.Lang) + "-" + set.Theme + "-"
		b.until("the office is open", func() bool { return b.session != nil })
		b.session.status = data.Status{Changes: 120, OnlyHere: 120}
		b.session.drawSync()
		b.shoot(dir, name+"rail-alone", 1180, 680)
		c.set(data.Way{Kind: data.WayHub, Name: "hub.ec", Online: true})
		b.session.status = data.Status{Changes: 1204, OnHub: 1201, OnlyHere: 3, Waiting: 2}
		b.session.drawSync()
		b.session.Go("people", seed.Son.String())
		b.shoot(dir, name+"rail-online", 1280, 800)
		b.session.status = data.Status{Changes: 1204, OnHub: 1204}
		b.session.drawSync()
		b.session.Go("sync", "")
		b.shoot(dir, name+"rail-hub", 1280, 800)
	}
}
