package data

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"io"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// colleague lets another member's device into an office and opens it, empty.
func colleague(t *testing.T, o *Office, name, role string) (*Office, Config) {
	t.Helper()
	return enrolledAs(t, o, save(t, o, Change{Kind: record.Member, Set: map[string]string{"name": name, "role": role}}).ID)
}

// enrolled lets a device of a member in and opens it, empty.
func enrolled(t *testing.T, o *Office, member record.ID) *Office {
	t.Helper()
	b, _ := enrolledAs(t, o, member)
	return b
}

func enrolledAs(t *testing.T, o *Office, member record.ID) (*Office, Config) {
	t.Helper()
	keys := keysBeside(t, o, member)
	device, err := publicKeys(keys.Sign, keys.Box)
	if err != nil {
		t.Fatal(err)
	}
	device["member"], device["sign_key"] = member.String(), encodeKey(deviceKey{ed25519.NewKeyFromSeed(keys.Sign)}.Public())
	save(t, o, Change{Kind: record.Device, Set: device})
	return openWith(t, o, keys)
}

// keysBeside draws the keys of another device of an office.
func keysBeside(t *testing.T, o *Office, member record.ID) vault.Keys {
	t.Helper()
	keys, err := newKeys(o.cfg.Rand)
	if err != nil {
		t.Fatal(err)
	}
	own := o.vault.Keys()
	keys.Office, keys.Identity, keys.Epochs, keys.Founder = own.Office, own.Identity, maps.Clone(own.Epochs), own.Founder
	if keys.Founder == [16]byte{} {
		keys.Founder = o.Info().Device
	}
	keys.Member = member
	return keys
}

// openWith opens an empty device that has these keys.
func openWith(t *testing.T, o *Office, keys vault.Keys) (*Office, Config) {
	t.Helper()
	cfg := testConfig(filepath.Join(t.TempDir(), "otra"))
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := vault.Create(cfg.Dir, o.cfg.Rand, vault.Cost(cfg.Cost), vault.Public{Office: "Otra"}, keys, pass); err != nil {
		t.Fatal(err)
	}
	return openAgain(t, cfg), cfg
}

func framesOf(t *testing.T, o *Office) [][]byte {
	t.Helper()
	var out [][]byte
	if err := o.Frames(context.Background(), func(f []byte) error { out = append(out, bytes.Clone(f)); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func receive(t *testing.T, o *Office, frames [][]byte) Received {
	t.Helper()
	got, err := o.Receive(context.Background(), func() ([]byte, error) {
		if len(frames) == 0 {
			return nil, io.EOF
		}
		f := frames[0]
		frames = frames[1:]
		return f, nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func exchange(t *testing.T, a, b *Office) {
	t.Helper()
	receive(t, b, framesOf(t, a))
	receive(t, a, framesOf(t, b))
}

func same(t *testing.T, a, b *Office) {
	t.Helper()
	x, err := a.Digest(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Digest(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(x) != len(y) {
		t.Fatalf("%d records and %d", len(x), len(y))
	}
	for id, h := range x {
		if y[id] != h {
			t.Errorf("record %s differs", id)
		}
	}
}

// founded is an office of a coordinator.
func founded(t *testing.T) (*Office, Config) {
	t.Helper()
	cfg := testConfig(filepath.Join(t.TempDir(), "oficina"))
	o, _, err := Create(context.Background(), cfg, Founding{Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o, cfg
}

// Two who write of one man at once keep both words, and are the same afterwards.
func TestTwoDevicesAgree(t *testing.T) {
	a, _ := founded(t)
	b, cfg := colleague(t, a, "Luis Quispe", "lawyer")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel", "paternal_surname": "Núñez"}}).ID
	exchange(t, a, b)
	save(t, a, Change{Record: man, Set: map[string]string{"cedula": "1714307103"}})
	save(t, b, Change{Record: man, Set: map[string]string{"cedula": "1710034065", "birth": "1990"}})
	save(t, b, Change{Record: man, Set: map[string]string{"birth": "1991"}})
	exchange(t, a, b)
	same(t, a, b)
	r, err := a.Get(context.Background(), man)
	if err != nil || len(r.Values["cedula"]) != 2 || r.Get("birth") != "1991" {
		t.Fatalf("%+v, %v", r, err)
	}
	// The other way round of arrival, and after a rebuild, nothing is otherwise.
	b = reopen(t, b, cfg)
	same(t, a, b)
	if err := b.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, a, b)
	if found, err := b.Verify(context.Background(), nil); err != nil || damaged(found) {
		t.Errorf("verify: %v, %v", found, err)
	}
	if len(b.Waiting())+len(b.Forks())+len(b.Gaps()) != 0 {
		t.Error("something waits, is forked or missing")
	}
}

// What comes before what it depends on waits, also through a closing, and is
// taken in when that has come.
func TestHeldBack(t *testing.T) {
	a, _ := founded(t)
	b, cfg := colleague(t, a, "Luis Quispe", "lawyer")
	for range 3 {
		task(t, a, "llamar")
	}
	frames := framesOf(t, a)
	if got := receive(t, b, frames[2:]); got.Taken != 0 || got.Waiting != len(frames)-2 {
		t.Fatalf("%+v", got)
	}
	if b.Count(record.Task) != 0 || len(b.Waiting()) != len(frames)-2 {
		t.Fatal("something was taken in before what it depends on")
	}
	b = reopen(t, b, cfg)
	if got := receive(t, b, frames[:2]); got.Taken != len(frames) || got.Waiting != 0 {
		t.Fatalf("%+v", got)
	}
	same(t, a, b)
	if got := receive(t, b, frames); got.Known != len(frames) || got.Taken != 0 {
		t.Fatalf("a second time: %+v", got)
	}
}

// A backup that was put back and written on gives numbers a second time. Both
// feeds are kept, and the team goes on.
func TestForkIsSurvived(t *testing.T) {
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(t.TempDir(), "copia")
	if err := os.CopyFS(aside, os.DirFS(cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	a = openAgain(t, cfg)
	save(t, a, Change{Record: man, Set: map[string]string{"birth": "1990"}})
	old := cfg
	old.Dir = aside
	twin := openAgain(t, old)
	save(t, twin, Change{Record: man, Set: map[string]string{"birth": "1989"}})
	receive(t, b, framesOf(t, a))
	receive(t, b, framesOf(t, twin))
	receive(t, a, framesOf(t, b))
	receive(t, twin, framesOf(t, b))
	same(t, a, b)
	same(t, a, twin)
	forks := b.Forks()
	if len(forks) != 1 || forks[0].Device != a.Info().Device || len(forks[0].Tips) != 2 {
		t.Fatalf("forks %+v", forks)
	}
	r, err := b.Get(context.Background(), man)
	if err != nil || len(r.Values["birth"]) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	save(t, a, Change{Record: man, Set: map[string]string{"sex": "male"}})
	exchange(t, a, b)
	same(t, a, b)
}

// One who is nobody here, and one who may not, change nothing, whoever brings it.
func TestPowerless(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "social-worker")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
	exchange(t, a, b)
	// Her own program does not ask: she makes herself a coordinator and erases.
	me := b.Info().Member
	s, _, err := b.state(me)
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.prepareEdit(s, &Change{Record: me, Set: map[string]string{"role": "coordinator"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.submit(context.Background(), []*prepared{p}, false); err != nil {
		t.Fatal(err)
	}
	_, told, err := b.tellings(context.Background(), man)
	if err != nil {
		t.Fatal(err)
	}
	erase := &prepared{change: ledger.Change{
		Record: man, Kind: record.Detainee, Op: ledger.OpErase, Critical: true, Erases: []record.Write{told[0].Origin.Write},
	}}
	if _, err := b.submit(context.Background(), []*prepared{erase}, false); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	same(t, a, b)
	if r, err := a.Get(context.Background(), man); err != nil || r.Get("given_names") != "Ángel" {
		t.Errorf("erased without the right: %v", err)
	}
	if r, err := a.Get(context.Background(), me); err != nil || r.Get("role") != "social-worker" {
		t.Errorf("a role of one's own making: %v %v", r.Get("role"), err)
	}
	if list, err := a.Powerless(context.Background()); err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	// The door says no at once.
	if _, err := b.Erase(context.Background(), man, "porque sí", nil); err == nil {
		t.Error("erased by one who may not")
	}
}

// What was erased is gone from records, lists, timeline and journal of everybody,
// and does not come back from one who has it still.
func TestErasureWinsForEver(t *testing.T) {
	a, cfg := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "coordinator")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel Zacarías", "paternal_surname": "Núñez"}}).ID
	other := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Iván"}}).ID
	save(t, a, Change{Kind: record.Case, Set: map[string]string{"detainee": man.String(), "type": "release"}})
	exchange(t, a, b)
	before := framesOf(t, b)
	plan, err := b.Erase(context.Background(), man, "lo pidió la familia", nil)
	if err != nil || len(plan.Records) != 2 || plan.Proposal == nil {
		t.Fatalf("%+v, %v", plan, err)
	}
	receive(t, a, framesOf(t, b))
	save(t, b, Change{Record: man, Set: map[string]string{"birth": "1990"}}) // nobody told a yet
	if _, err := a.Approve(context.Background(), plan.Proposal.Write, ""); err != nil {
		t.Fatal(err)
	}
	gone := func(o *Office) {
		t.Helper()
		if _, err := o.Get(context.Background(), man); err == nil {
			t.Error("the record is still shown")
		}
		if rows, _ := o.List(context.Background(), ListQuery{Text: "zacarias"}); rows.Len() != 0 {
			t.Error("the search still finds him")
		}
		if _, err := o.Get(context.Background(), other); err != nil {
			t.Errorf("another is gone too: %v", err)
		}
		moments, err := o.Timeline(context.Background(), man)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range moments {
			for _, f := range m.Fields {
				if f.Text == "Ángel Zacarías" {
					t.Error("the timeline still tells his name")
				}
			}
		}
	}
	gone(a)
	exchange(t, a, b)
	same(t, a, b)
	gone(b)
	for _, o := range []*Office{a, b} {
		if n := payloadsOf(t, o, man); n != 3 { // the erasing change, the word that agreed, and the one it did not know of
			t.Errorf("%d payloads about him are still in the journal", n)
		}
	}
	receive(t, a, before)
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	receive(t, c, before)
	exchange(t, a, c)
	gone(c)
	same(t, a, c)
	a, b = reopen(t, a, cfg), reopen(t, b, bcfg)
	gone(a)
	exchange(t, a, b)
	for _, o := range []*Office{a, b, c} {
		if err := o.Rebuild(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		gone(o)
		same(t, a, o)
		if n := payloadsOf(t, o, man); n != 3 {
			t.Errorf("%d payloads about him", n)
		}
		if found, err := o.Verify(context.Background(), nil); err != nil || damaged(found) {
			t.Errorf("verify: %v, %v", found, err)
		}
	}
}

// payloadsOf counts the payloads in a journal whose changes speak of a record.
func payloadsOf(t *testing.T, o *Office, id record.ID) (n int) {
	t.Helper()
	for _, f := range framesOf(t, o) {
		b, err := ledger.ReadFrame(f)
		if err != nil {
			t.Fatal(err)
		}
		body, err := b.OpenHeads(o.keys)
		if err != nil {
			t.Fatal(err)
		}
		for i := range body.Changes {
			if body.Changes[i].Record == id && b.Payloads[i] != nil {
				n++
			}
		}
	}
	return n
}

// A word that a record must be kept keeps it.
func TestLegalHold(t *testing.T) {
	a, _ := founded(t)
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel", "legal_hold": "juicio 123"}}).ID
	if _, err := a.Erase(context.Background(), man, "lo pidió la familia", nil); err == nil {
		t.Fatal("erased under a hold")
	}
	// A program that does not ask gets nowhere either.
	_, told, err := a.tellings(context.Background(), man)
	if err != nil {
		t.Fatal(err)
	}
	erase := &prepared{change: ledger.Change{Record: man, Kind: record.Detainee, Op: ledger.OpErase, Critical: true, Erases: []record.Write{told[0].Origin.Write}}}
	if _, err := a.submit(context.Background(), []*prepared{erase}, false); err != nil {
		t.Fatal(err)
	}
	if r, err := a.Get(context.Background(), man); err != nil || r.Get("given_names") != "Ángel" {
		t.Errorf("%v", err)
	}
	save(t, a, Change{Record: man, Set: map[string]string{"legal_hold": ""}})
	if _, err := a.Erase(context.Background(), man, "lo pidió la familia", nil); err != nil {
		t.Error(err)
	}
}

// A damaged stretch costs nothing once a colleague has told again what stood
// there; verify names the records that it touches, and afterwards nothing.
func TestDamageIsFetchedAgain(t *testing.T) {
	for name, lostCopy := range map[string]bool{"the working copy is whole": false, "the working copy is lost too": true} {
		t.Run(name, func(t *testing.T) {
			a, cfg := founded(t)
			b, _ := colleague(t, a, "Luis Quispe", "lawyer")
			man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
			save(t, a, Change{Record: man, Set: map[string]string{"birth": "1990"}})
			save(t, a, Change{Record: man, Set: map[string]string{"sex": "male"}})
			exchange(t, a, b)
			places, err := placesOf(a, man)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			flipAt(t, filepath.Join(cfg.Dir, journalDir, ledger.SegmentName(1)), places[1].Pos.Offset+200)
			if lostCopy {
				_ = os.RemoveAll(filepath.Join(cfg.Dir, recordsDir))
			}
			a = openAgain(t, cfg)
			found, err := a.Verify(context.Background(), nil)
			if err != nil || !damaged(found) {
				t.Fatalf("%v, %v", found, err)
			}
			if !lostCopy && !findingOf(found, "record_touched", man.String()) {
				t.Errorf("the record is not named: %v", found)
			}
			if lostCopy && len(a.Gaps()) != 1 {
				t.Errorf("gaps %v", a.Gaps())
			}
			save(t, a, Change{Record: man, Set: map[string]string{"nationality": "ecuatoriana"}})
			if got := receive(t, a, framesOf(t, b)); got.Refilled+got.Taken != 1 {
				t.Fatalf("%+v", got)
			}
			if r := get(t, a, man); r.Get("birth") != "1990" || r.Get("given_names") != "Ángel" || r.Get("nationality") != "ecuatoriana" {
				t.Errorf("%v", r.Values)
			}
			exchange(t, a, b)
			same(t, a, b)
			if found, err = a.Verify(context.Background(), nil); err != nil || damaged(found) {
				t.Errorf("after mending: %v, %v", found, err)
			}
			a = reopen(t, a, cfg)
			same(t, a, b)
			if found, err = a.Verify(context.Background(), nil); err != nil || damaged(found) || a.Damage() != 0 {
				t.Errorf("after opening again: %v, %v", found, err)
			}
		})
	}
}

func placesOf(o *Office, id record.ID) ([]fold.Place, error) {
	_, places, err := o.readState(id)
	return places, err
}

func flipAt(t *testing.T, path string, at int64) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func findingOf(found []Finding, key, arg string) bool {
	for _, f := range found {
		if f.Key == key && len(f.Args) > 0 && f.Args[0] == arg {
			return true
		}
	}
	return false
}

// Who was merged into a person goes with him, and what speaks of him.
func TestErasureTakesTheMergedAlong(t *testing.T) {
	a, _ := founded(t)
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel", "paternal_surname": "Núñez"}}).ID
	double := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Angel", "paternal_surname": "Nunes"}}).ID
	work := save(t, a, Change{Kind: record.Case, Set: map[string]string{"detainee": double.String(), "type": "release"}}).ID
	if _, err := a.Merge(context.Background(), Merging{Keep: man, Other: double, Reason: "la misma persona"}); err != nil {
		t.Fatal(err)
	}
	plan, err := a.Erase(context.Background(), man, "lo pidió la familia", nil)
	if err != nil || len(plan.Records) != 3 {
		t.Fatalf("%+v, %v", plan, err)
	}
	for _, id := range []record.ID{man, double, work} {
		if _, err := a.Get(context.Background(), id); err == nil {
			t.Errorf("%s is still shown", id)
		}
	}
	if rows, _ := a.List(context.Background(), ListQuery{Text: "nunes"}); rows.Len() != 0 {
		t.Error("the search still finds him")
	}
}
