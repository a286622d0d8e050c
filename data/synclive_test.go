package data

import (
	"context"
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/sync"
)

// A colleague's change comes by itself, and what came so is not sent again.
func TestLive(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	d := sync.NewMemory()
	syncWith(t, a, d)
	syncWith(t, b, d)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	events, ended := make(chan bool, 100), make(chan error, 1)
	go func() { ended <- b.Live(ctx, d, func() { events <- true }) }()
	<-events // it listens
	seen := b.Watch(ctx)
	save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}})
	syncWith(t, a, d)
	select {
	case <-seen:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing comes")
	}
	for b.Count(record.Detainee) == 0 {
		time.Sleep(time.Millisecond)
	}
	same(t, a, b)
	if out := syncWith(t, b, d); out.Sent != 0 || out.Got != 0 {
		t.Errorf("what came by itself goes once more: %+v", out)
	}
	if ways := b.Ways(); len(ways) != 1 || !ways[0].Online {
		t.Errorf("%+v", ways)
	}
	stop()
	if err := <-ended; !fault.Is(err, fault.Cancelled) {
		t.Error(err)
	}
	if b.Ways()[0].Online {
		t.Error("it listens still")
	}
}

// What comes before what it depends on asks for an exchange.
func TestLiveAsks(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	d := sync.NewMemory()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	events := make(chan bool, 100)
	go func() { _ = b.Live(ctx, d, func() { events <- true }) }()
	<-events
	frames := framesOf(t, a)
	if _, err := d.Push(ctx, frames[2:3], ""); err != nil {
		t.Fatal(err)
	}
	select {
	case <-events:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody asks for what is missing")
	}
}

// deaf is a depot that has to be asked.
type deaf struct{ *sync.Memory }

func (deaf) Live(context.Context, func([]byte)) error { return sync.ErrNotLive }

func TestNotLive(t *testing.T) {
	a, _ := founded(t)
	if err := a.Live(t.Context(), deaf{sync.NewMemory()}, func() {}); !errors.Is(err, sync.ErrNotLive) {
		t.Error(err)
	}
}

// The hub is kept in the office's record by who may, and travels to the others.
func TestHubIsRemembered(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	if _, ok := a.Hub(); ok {
		t.Error("a hub of nowhere")
	}
	if err := a.SetHub(t.Context(), []byte("invitation\x00")); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	if got, ok := b.Hub(); !ok || string(got) != "invitation\x00" {
		t.Errorf("%q", got)
	}
	if err := b.SetHub(t.Context(), []byte("another")); !fault.Is(err, fault.Refused) {
		t.Errorf("a lawyer changes the hub: %v", err)
	}
	if err := b.SetHub(t.Context(), []byte("invitation\x00")); err != nil {
		t.Errorf("the same hub: %v", err)
	}
	roster, err := a.Roster(t.Context())
	if err != nil || len(roster) != 2 {
		t.Fatalf("%+v, %v", roster, err)
	}
	for _, d := range roster {
		o := b
		if d.Manages {
			o = a
		}
		seed, err := o.HubSeed()
		if key := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey); err != nil || d.Device != o.Info().Device || !key.Equal(ed25519.PublicKey(d.HubKey)) {
			t.Errorf("%+v", d)
		}
	}
}

// slowToHear is a depot that keeps whoever tells it something waiting.
type slowToHear struct {
	*sync.Memory
	told, on chan struct{}
}

func (s slowToHear) Tell(ctx context.Context, b []byte) error {
	s.told <- struct{}{}
	<-s.on
	return s.Memory.Tell(ctx, b)
}

// An exchange under way holds no colleague's change back, and what came meanwhile is
// not sent there again.
func TestLiveBesideAnExchange(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	d := sync.NewMemory()
	syncWith(t, a, d)
	syncWith(t, b, d)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	events := make(chan bool, 100)
	go func() { _ = b.Live(ctx, d, func() { events <- true }) }()
	<-events
	task(t, b, "llamar")
	slow := slowToHear{d, make(chan struct{}), make(chan struct{})}
	ended := make(chan error, 1)
	go func() { _, err := b.SyncWith(ctx, slow, nil); ended <- err }()
	<-slow.told
	save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}})
	syncWith(t, a, d)
	for limit := time.Now().Add(10 * time.Second); b.Count(record.Detainee) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("a change waits until an exchange is over")
		}
	}
	close(slow.on)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for limit := time.Now().Add(10 * time.Second); b.Unsent(WayHub, "memory"); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("what came by itself counts as not there")
		}
	}
	if out := syncWith(t, b, d); out.Sent != 0 || out.Got != 0 {
		t.Errorf("%+v", out)
	}
}
