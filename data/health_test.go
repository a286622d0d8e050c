package data

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
)

// What waits is told with whose it is, what was verified is remembered over a
// closing, and a copy of it that cannot be read is as good as none.
func TestHealth(t *testing.T) {
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	h, err := a.Health(t.Context())
	if err != nil || !h.Last.At.IsZero() || len(h.Waiting)+len(h.Forks)+len(h.Lost)+len(h.Refused) != 0 {
		t.Fatalf("%+v, %v", h, err)
	}
	before := len(framesOf(t, b))
	save(t, b, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Uno"}})
	save(t, b, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Dos"}})
	receive(t, a, framesOf(t, b)[before+1:]) // the first of the two is still on its way
	if h, err = a.Health(t.Context()); err != nil || len(h.Waiting) != 1 {
		t.Fatalf("%+v, %v", h, err)
	}
	if w := h.Waiting[0]; w.Device != b.Info().Device || w.Changes != 1 {
		t.Errorf("%+v", w)
	}
	if _, err := a.Verify(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	a = reopen(t, a, cfg)
	if h, err = a.Health(t.Context()); err != nil || h.Last.At.IsZero() || !h.Last.Sound() || len(h.Waiting) != 1 {
		t.Errorf("%+v, %v", h, err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Dir, verifiedName), []byte("dañado"), 0o600); err != nil {
		t.Fatal(err)
	}
	if h, err = a.Health(t.Context()); err != nil || !h.Last.At.IsZero() {
		t.Errorf("%+v, %v", h.Last, err)
	}
	exchange(t, a, b)
	if h, err = a.Health(t.Context()); err != nil || len(h.Waiting) != 0 {
		t.Errorf("it waits still: %+v, %v", h, err)
	}
	for _, name := range []string{travelName, verifiedName} {
		if !slices.Contains(mine(), name) {
			t.Errorf("a wipe leaves %s", name)
		}
	}
}

// A failed flush has words of its own, is told to who watches, refuses all that
// follows in the same words, and ends with opening again.
func TestHalted(t *testing.T) {
	o, cfg, disk := faultOffice(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	events := o.Watch(ctx)
	disk.set(func() { disk.sync = syscall.EIO })
	change := Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Uno"}}
	var why *fault.Error
	for range 2 {
		if _, err := o.Edit(ctx, change); !errors.As(err, &why) || why.Key != "journal_broken" {
			t.Fatalf("%v", err)
		}
	}
	select {
	case <-events:
	case <-time.After(5 * time.Second):
		t.Error("nobody is told")
	}
	if !o.Halted() {
		t.Error("it is not told as halted")
	}
	o = reopen(t, o, cfg)
	if _, err := o.Edit(t.Context(), change); err != nil || o.Halted() {
		t.Errorf("opening again is no way out: %v", err)
	}
}

// That one member only could agree to what takes two is told until there are two.
func TestHealthTellsTheLone(t *testing.T) {
	a, _ := founded(t)
	alone := func() bool {
		t.Helper()
		h, err := a.Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h.Alone
	}
	if !alone() {
		t.Error("the founder is not told to be alone")
	}
	colleague(t, a, "Luis Quispe", "lawyer")
	if !alone() {
		t.Error("a lawyer does not approve")
	}
	colleague(t, a, "Ana Paz", "coordinator")
	if alone() {
		t.Error("two coordinators are not alone")
	}
}
