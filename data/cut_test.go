package data

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// turned gives frames in another order.
func turned(frames [][]byte, by int) [][]byte {
	by %= len(frames)
	return append(append([][]byte{}, frames[by:]...), frames[:by]...)
}

// What a device says behind its cut has no effect, whatever time it bears and
// whenever it comes; what it said before stays; what hangs on it is not lost.
func TestCut(t *testing.T) {
	a, _ := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "lawyer")
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	man := person(t, a, map[string]string{"given_names": "Ángel"})
	exchange(t, a, b)
	save(t, b, Change{Record: man, Set: map[string]string{"birth": "1990"}})
	exchange(t, a, b)
	exchange(t, a, c)
	quiet := save(t, b, Change{Record: man, Set: map[string]string{"birth": "1955"}}) // a heard nothing of it
	exchange(t, b, c)                                                                 // but c did, and goes on from there
	save(t, c, Change{Record: man, Set: map[string]string{"aliases": "El Flaco"}})
	done, err := a.Remove(context.Background(), b.Info().Device, "teléfono perdido")
	if err != nil || done.Proposal != nil || len(done.Devices) != 1 || done.Epoch == 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	exchange(t, a, c)
	exchange(t, a, c)
	receive(t, b, framesOf(t, a))
	for _, o := range []*Office{a, b, c} {
		r := get(t, o, man)
		if r.Get("birth") != "1990" || r.Get("aliases") != "El Flaco" {
			t.Error(r.Get("birth"), r.Get("aliases"))
		}
		same(t, a, o)
	}
	if list, err := c.Powerless(context.Background()); err != nil || len(list) != 1 || list[0].Why != "cut" || list[0].Write != quiet.Write {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := b.Edit(context.Background(), Change{Record: man, Set: map[string]string{"birth": "1950"}}); !fault.Is(err, fault.Refused) {
		t.Error("a device that knows itself ended writes on:", err)
	}
	members, err := a.Team(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		if m.ID == b.Info().Member && (len(m.Devices) != 1 || m.Devices[0].Ended.IsZero() || m.Devices[0].Why != "teléfono perdido" || m.Devices[0].Refused != 1 || !m.Removed.IsZero()) {
			t.Errorf("%+v", m)
		}
	}
	b = reopen(t, b, bcfg)
	if err := c.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, a, b)
	same(t, a, c)
}

// A branch of a feed beside the one that its cut lets count has no effect either,
// however early it stands, and in whatever order all is heard.
func TestCutOfABranch(t *testing.T) {
	a, _ := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "coordinator")
	man := person(t, a, map[string]string{"given_names": "Ángel"})
	exchange(t, a, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	thief := copyOf(t, bcfg)
	b = openAgain(t, bcfg)
	for _, year := range []string{"1990", "1991", "1992"} {
		save(t, b, Change{Record: man, Set: map[string]string{"birth": year}})
	}
	exchange(t, a, b)
	if _, err := a.Remove(context.Background(), b.Info().Device, "robado"); err != nil {
		t.Fatal(err)
	}
	early := openAgain(t, thief) // it knows of none of this, and its words are as early as b's
	save(t, early, Change{Record: man, Set: map[string]string{"birth": "1955"}})
	save(t, early, Change{Record: a.Info().Member, Set: map[string]string{"role": "lawyer"}, Reason: "venganza"})
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	all := append(framesOf(t, a), framesOf(t, early)...)
	receive(t, a, all)
	receive(t, c, turned(all, 5))
	d, _ := colleague(t, a, "Eva Ruiz", "lawyer")
	receive(t, d, turned(append(framesOf(t, a), all...), len(all)/2))
	receive(t, d, all)
	receive(t, c, framesOf(t, a))
	for _, o := range []*Office{a, c, d} {
		if r := get(t, o, man); r.Get("birth") != "1992" || len(r.Values["birth"]) != 1 {
			t.Errorf("%+v", r.Values["birth"])
		}
		same(t, a, o)
	}
	if role := a.Info().Role; role != "coordinator" {
		t.Error("demoted by an earlier word of an ended device:", role)
	}
	if err := a.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, a, d)
}

// Two coordinators who end each other are settled by the one order; where there is
// a third it takes his word, and who was removed by two removes nobody by a word
// with an earlier time.
func TestCutsAgainstEachOther(t *testing.T) {
	a, _ := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "coordinator")
	exchange(t, a, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	before := copyOf(t, bcfg) // b's device as it was when there were two
	b = openAgain(t, bcfg)
	ana := save(t, a, Change{Kind: record.Member, Set: map[string]string{"name": "Ana Paz", "role": "lawyer"}}).ID
	c := enrolled(t, a, ana)
	exchange(t, a, b)
	_, p, err := a.SetRole(context.Background(), ana, "coordinator", "")
	if err != nil || p == nil {
		t.Fatalf("%+v, %v", p, err)
	}
	exchange(t, a, b)
	if _, err := b.Approve(context.Background(), p.Write, ""); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	exchange(t, a, c)
	done, err := a.Remove(context.Background(), b.Info().Member, "conflicto de interés")
	if err != nil || done.Proposal == nil || done.Proposal.What != ProposalRemoval || done.Proposal.Kind != record.Member {
		t.Fatalf("%+v, %v", done, err)
	}
	exchange(t, a, c)
	if _, err := c.Approve(context.Background(), done.Proposal.Write, ""); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, c)
	early := openAgain(t, before)
	if _, err := early.Remove(context.Background(), a.Info().Member, "venganza"); err != nil {
		t.Fatal(err)
	}
	for _, o := range []*Office{a, c, b} {
		receive(t, o, framesOf(t, early))
		receive(t, o, framesOf(t, a))
		receive(t, o, framesOf(t, c))
	}
	receive(t, early, framesOf(t, c))
	for _, o := range []*Office{a, c, b, early} {
		same(t, a, o)
		o.use.RLock()
		_, gone := o.law.Removed(a.Info().Member)
		_, removed := o.law.Removed(b.Info().Member)
		o.use.RUnlock()
		if gone || !removed {
			t.Errorf("a gone: %v, b gone: %v", gone, removed)
		}
	}
	if _, err := early.Edit(context.Background(), Change{Kind: record.Task, Set: map[string]string{"what": "x"}}); !fault.Is(err, fault.Refused) {
		t.Error(err)
	}
	_ = b
}

// Who found an ended device cannot make himself another by its word; a device that
// honestly went on for it before goes on.
func TestCutOfWhoWasSucceeded(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	next := successor(t, b)
	exchange(t, a, next)
	save(t, next, Change{Kind: record.Task, Set: map[string]string{"what": "honesta"}})
	exchange(t, a, next)
	if _, err := a.Remove(context.Background(), b.Info().Device, "perdido"); err != nil {
		t.Fatal(err)
	}
	thief := successor(t, b)
	save(t, thief, Change{Kind: record.Task, Set: map[string]string{"what": "robada"}})
	exchange(t, a, thief)
	exchange(t, a, next)
	later := save(t, next, Change{Kind: record.Task, Set: map[string]string{"what": "después"}}).ID
	exchange(t, a, next)
	if _, err := a.Get(context.Background(), later); err != nil {
		t.Error("an honest successor ended with it:", err)
	}
	if n := a.Count(record.Task); n != 2 {
		t.Errorf("%d tasks, a thief's among them?", n)
	}
	same(t, a, next)
}

// successor opens an office as a device that goes on for another by its word.
func successor(t *testing.T, o *Office) *Office {
	t.Helper()
	b, _ := openWith(t, o, keysBeside(t, o, o.Info().Member))
	next := deviceKey{b.sign}.Public()
	set := map[string]string{
		"member": record.ID(o.Info().Member).String(), "sign_key": encodeKey(next),
		"succeeds": o.Info().Device.String(), "endorsement": team.Endorse(o.sign, o.Info().OfficeID, next),
	}
	c := ledger.Change{Record: b.Info().Device, Kind: record.Device, Op: ledger.OpEdit}
	for name, text := range set {
		f, _ := record.SchemaOf(record.Device).Field(name)
		c.Fields = append(c.Fields, ledger.Field{Num: f.Num, Text: text})
	}
	receive(t, b, framesOf(t, o))
	if _, err := b.submit(context.Background(), []*prepared{{change: c, size: 900}}, false); err != nil {
		t.Fatal(err)
	}
	b.order.wait()
	return b
}

// copyOf copies a closed office's folder, as a thief of a backup does.
func copyOf(t *testing.T, cfg Config) Config {
	t.Helper()
	out := testConfig(filepath.Join(t.TempDir(), "copia"))
	if err := os.CopyFS(out.Dir, os.DirFS(cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	return out
}
