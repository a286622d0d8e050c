package data

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/sync/folder"
	"paradero/data/sync/synctest"
)

// party are devices of one office with several ways between them.
type party struct {
	offices []*Office
	later   time.Duration // their clocks go on by days when it is said
	hub     *synctest.Faulty
	memory  *sync.Memory
	dir     string
	told    []record.ID // acknowledged
}

func newParty(t *testing.T, n int) *party {
	t.Helper()
	p := &party{memory: sync.NewMemory(), dir: t.TempDir()}
	p.hub = synctest.NewFaulty(p.memory, 42)
	a, _ := founded(t)
	p.offices = append(p.offices, a)
	for range n - 1 {
		b, _ := colleague(t, a, "Luis Quispe", "lawyer")
		p.offices = append(p.offices, b)
	}
	for i, o := range p.offices {
		clock := o.cfg.Clock
		wrong := time.Duration(i) * 3 * 365 * 24 * time.Hour // clocks are wrong by years
		o.cfg.Clock = func() time.Time { return clock().Add(p.later - wrong) }
	}
	return p
}

func (p *party) folder(t require, o *Office) sync.Depot {
	d, err := folder.Open(folder.Options{Dir: p.dir, Office: o.Info().OfficeID, Device: o.Info().Device, Clock: o.Now, Begin: true})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return d
}

type require interface {
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// act is one thing that happens.
func (p *party) act(t *rapid.T, home string) {
	o := p.offices[rapid.IntRange(0, len(p.offices)-1).Draw(t, "device")]
	switch rapid.SampledFrom([]string{"say", "say", "say again", "hub", "hub", "hub", "folder", "bundle", "empty"}).Draw(t, "what") {
	case "say":
		r, err := o.Edit(t.Context(), Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}})
		if err != nil {
			t.Fatalf("%v", err)
		}
		p.told = append(p.told, r[0].ID)
	case "say again":
		if len(p.told) > 0 {
			id := p.told[rapid.IntRange(0, len(p.told)-1).Draw(t, "whom")]
			_, _ = o.Edit(t.Context(), Change{Record: id, Set: map[string]string{"cell": rapid.StringMatching("[0-9]{2}").Draw(t, "cell")}})
		}
	case "hub":
		_, _ = o.SyncWith(t.Context(), p.hub, nil) // it fails as often as not
	case "folder":
		if _, err := o.SyncWith(t.Context(), p.folder(t, o), nil); err != nil {
			t.Fatalf("%v", err)
		}
	case "bundle":
		file := filepath.Join(home, "paquete")
		if _, err := o.WriteBundle(t.Context(), file, nil); err != nil {
			t.Fatalf("%v", err)
		}
		other := p.offices[rapid.IntRange(0, len(p.offices)-1).Draw(t, "to")]
		if _, err := other.ReadBundle(t.Context(), file, nil); err != nil {
			t.Fatalf("%v", err)
		}
	case "empty":
		switch rapid.IntRange(0, 5).Draw(t, "how") {
		case 0:
			p.memory.Empty()
		case 1:
			p.memory.Keep(func(i int) bool { return i%2 == 0 })
		case 2:
			p.memory.Lose(func(i int) bool { return i%3 == 0 })
		}
	}
}

// settle lets an honest hub do its work: within two days all have all.
func (p *party) settle(t require, ctx interface{ Context() context.Context }) {
	p.hub.Honest(true)
	for range 3 {
		p.later += 25 * time.Hour
		for _, o := range p.offices {
			if _, err := o.SyncWith(ctx.Context(), p.hub, nil); err != nil {
				t.Fatalf("honest: %v", err)
			}
		}
	}
	p.hub.Honest(false)
	first, err := p.offices[0].Digest(ctx.Context())
	if err != nil {
		t.Fatalf("%v", err)
	}
	for i, o := range p.offices {
		d, err := o.Digest(ctx.Context())
		if err != nil {
			t.Fatalf("%v", err)
		}
		if len(d) != len(first) {
			t.Fatalf("device %d has %d records, the first %d", i, len(d), len(first))
		}
		for id, h := range first {
			if d[id] != h {
				t.Errorf("device %d: record %s differs", i, id)
			}
		}
		for _, id := range p.told {
			if _, ok := d[id]; !ok {
				t.Fatalf("device %d: what was acknowledged is lost", i)
			}
		}
		st, err := o.Status(ctx.Context())
		if err != nil || st.Waiting != 0 || st.OnlyHere != 0 || st.OnHub != st.Changes {
			t.Errorf("device %d: %+v, %v", i, st, err)
		}
	}
}

// Whatever a hub does, with folders and sticks beside it, nothing that was
// acknowledged is lost, nothing forged is applied, and all come to the same.
func TestConvergesOverFaults(t *testing.T) {
	p := newParty(t, 3)
	home := t.TempDir()
	rounds := 0
	most := 16
	if os.Getenv("PARADERO_LONG") != "" {
		most = 1000
	}
	rapid.Check(t, func(rt *rapid.T) {
		if rounds++; rounds > most {
			return // each takes a second: the rest is for the night (PARADERO_LONG)
		}
		for range rapid.IntRange(3, 25).Draw(rt, "acts") {
			p.act(rt, home)
		}
		p.settle(rt, rt)
	})
	for _, what := range []string{"away", "another order", "withheld", "cut", "changed", "repeated", "said to be taken", "half taken", "not named"} {
		if p.hub.Did[what] == 0 && most > 16 { // in a few rounds one of them may stay away
			t.Errorf("%q never happened", what)
		}
	}
}
