package data

import (
	"context"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/data/record"
)

func ed25519Key(seed []byte) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(seed) }

func openAs(t *testing.T, cfg Config, passphrase string) *Office {
	t.Helper()
	o, err := Open(context.Background(), cfg, []byte(passphrase))
	if err != nil {
		t.Fatalf("open with %q: %v", passphrase, err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func shut(t *testing.T, o *Office) {
	t.Helper()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
}

// Two people sign in on one computer, each as himself: own member, own device and
// feed, own unfinished forms, one journal.
func TestSharedComputer(t *testing.T) {
	ctx := context.Background()
	a, cfg := founded(t)
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
	if err := a.Drafts().Put("ficha", map[string]string{"a": "de Rosa"}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	in := invite(t, a, lawyer)
	first := a.Info()
	_, err := a.AddPerson(ctx, in.File, in.Code, pass)
	wantFault(t, err, "passphrase_taken")
	j, err := a.AddPerson(ctx, in.File, in.Code, []byte("la de Luis"))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := a.Persons(ctx); err != nil || len(list) != 2 || !list[0].Me || !list[1].Waits || list[1].Name != "" {
		t.Fatalf("%+v, %v", list, err)
	}
	welcome := admit(t, a, j.Request())
	shut(t, a)
	_, err = Open(ctx, cfg, []byte("la de Luis"))
	wantFault(t, err, "office_joining")
	if done, err := CompleteJoin(ctx, cfg, welcome, []byte("la de Luis"), nil); err != nil || done.Waits {
		t.Fatalf("%+v, %v", done, err)
	}
	b := openAs(t, cfg, "la de Luis")
	if b.Info().Name != "Luis Quispe" || b.Info().Device == first.Device || b.Info().Role != "lawyer" {
		t.Fatalf("%+v", b.Info())
	}
	save(t, b, Change{Record: man, Set: map[string]string{"birth": "1990"}})
	if list, _, err := b.Drafts().List(); err != nil || len(list) != 0 {
		t.Errorf("his colleague's drafts: %v, %v", list, err)
	}
	if err := b.Drafts().Put("ficha", map[string]string{"a": "de Luis"}, time.Unix(2, 0)); err != nil {
		t.Fatal(err)
	}
	if err := b.Check(ctx, pass); err == nil {
		t.Error("another's passphrase uncovers the window")
	}
	if err := b.ChangePassphrase(ctx, []byte("la de Luis"), pass); err == nil {
		t.Error("two people have one passphrase")
	}
	if err := b.ChangePassphrase(ctx, []byte("la de Luis"), []byte("otra de Luis")); err != nil {
		t.Fatal(err)
	}
	shut(t, b)
	a = openAs(t, cfg, string(pass))
	r, err := a.Get(ctx, man)
	if err != nil || r.Get("birth") != "1990" || r.Values["birth"][0].By != "Luis Quispe" {
		t.Fatalf("%+v, %v", r, err)
	}
	if d, ok, err := a.Drafts().Get("ficha"); err != nil || !ok || d.Typed["a"] != "de Rosa" {
		t.Errorf("%+v %v %v", d, ok, err)
	}
	newEpochOf(t, a)
	task(t, a, "con la nueva")
	if len(a.Forks()) > 0 {
		t.Error("forks")
	}
	if found, err := a.Verify(ctx, nil); err != nil || damaged(found) {
		t.Errorf("verify: %v %v", found, err)
	}
	shut(t, a)
	b = openAs(t, cfg, "otra de Luis")
	if err := b.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	task(t, b, "Luis con la nueva")
	if epochOfLast(t, b) == 0 {
		t.Error("he has not the new key")
	}
	shut(t, b)
	testPersonLeaves(t, cfg, b.Info().Device)
}

func testPersonLeaves(t *testing.T, cfg Config, device record.ID) {
	ctx := context.Background()
	a := openAs(t, cfg, string(pass))
	wantFault(t, a.RemovePerson(ctx, a.Info().Device), "person_is_oneself")
	wantFault(t, a.RemovePerson(ctx, record.ID{1}), "person_not_here")
	if err := a.RemovePerson(ctx, device); err != nil {
		t.Fatal(err)
	}
	if list, err := a.Persons(ctx); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	shut(t, a)
	_, err := Open(ctx, cfg, []byte("otra de Luis"))
	wantFault(t, err, "passphrase_wrong")
	a = openAs(t, cfg, string(pass))
	if d, ok, err := a.Drafts().Get("ficha"); err != nil || !ok || d.Typed["a"] != "de Rosa" {
		t.Errorf("%+v %v %v", d, ok, err)
	}
	entries, err := os.ReadDir(filepath.Join(cfg.Dir, draftsDir))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// Let in from another computer, a person's own opens for him once who works there
// has signed in with the news.
func TestSharedComputerLetInFromAfar(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, bcfg := joined(t, a, lawyer)
	exchange(t, a, b)
	in := invite(t, a, Inviting{Name: "Ana Toaquiza", Role: "social-worker"})
	shut(t, b)
	j := join(t, in, bcfg, "la de Ana")
	welcome := admit(t, a, j.Request())
	done, err := CompleteJoin(ctx, bcfg, welcome, []byte("la de Ana"), nil)
	if err != nil || !done.Waits {
		t.Fatalf("%+v, %v", done, err)
	}
	_, err = Open(ctx, bcfg, []byte("la de Ana"))
	wantFault(t, err, "office_computer_waits")
	b = openAs(t, bcfg, string(pass))
	receive(t, b, framesOf(t, a))
	shut(t, b)
	c := openAs(t, bcfg, "la de Ana")
	if c.Info().Name != "Ana Toaquiza" {
		t.Errorf("%+v", c.Info())
	}
	task(t, c, "de Ana")
	exchange(t, a, c)
	same(t, a, c)
}

// A backup holds all who sign in; whoever restores it is a new device, and so is
// each other one when he first signs in there.
func TestSharedComputerRestored(t *testing.T) {
	ctx := context.Background()
	a, cfg := founded(t)
	in := invite(t, a, lawyer)
	j, err := a.AddPerson(ctx, in.File, in.Code, []byte("la de Luis"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.CompletePerson(ctx, admit(t, a, j.Request()), []byte("la de Luis")); err != nil {
		t.Fatal(err)
	}
	shut(t, a)
	b := openAs(t, cfg, "la de Luis")
	task(t, b, "de Luis")
	luis := b.Info().Device
	shut(t, b)
	a = openAs(t, cfg, string(pass))
	file := filepath.Join(t.TempDir(), "respaldo")
	if _, err := a.Backup(ctx, file, nil); err != nil {
		t.Fatal(err)
	}
	ncfg := testConfig(filepath.Join(t.TempDir(), "nueva"))
	r, told, err := Restore(ctx, ncfg, Restoring{File: file, Passphrase: []byte("la de Luis")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if told.Before != luis || r.Info().Name != "Luis Quispe" || r.Info().Device == luis {
		t.Errorf("%+v %+v", told, r.Info())
	}
	task(t, r, "de Luis, restaurado")
	shut(t, r)
	for range 2 {
		r = openAs(t, ncfg, string(pass))
		if r.Info().Name != "Rosa Guamán" || r.Info().Device == a.Info().Device {
			t.Fatalf("%+v", r.Info())
		}
		task(t, r, "de Rosa, restaurado")
		shut(t, r)
	}
	r = openAs(t, ncfg, string(pass))
	exchange(t, a, r)
	same(t, a, r)
	if len(r.Forks())+len(a.Forks()) > 0 {
		t.Error("forks")
	}
	if none, err := a.Powerless(ctx); err != nil || len(none) > 0 {
		t.Errorf("%v, %v", none, err)
	}
}

// Whom the team sends away leaves the shared computer as soon as somebody signs in
// there who has heard of it, and the key is another.
func TestSentAwayFromSharedComputer(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, bcfg := joined(t, a, lawyer)
	exchange(t, a, b)
	in := invite(t, a, Inviting{Name: "Ana Toaquiza", Role: "social-worker"})
	j, err := b.AddPerson(ctx, in.File, in.Code, []byte("la de Ana"))
	if err != nil {
		t.Fatal(err)
	}
	welcome := admit(t, a, j.Request())
	receive(t, b, framesOf(t, a))
	if done, err := b.CompletePerson(ctx, welcome, []byte("la de Ana")); err != nil || done.Waits {
		t.Fatalf("%+v, %v", done, err)
	}
	shut(t, b)
	c := openAs(t, bcfg, "la de Ana")
	task(t, c, "de Ana")
	receive(t, a, framesOf(t, c))
	shut(t, c)
	gone, err := a.Remove(ctx, c.Info().Member, "dejó la oficina")
	if err != nil || gone.Proposal != nil || gone.Epoch == 0 {
		t.Fatalf("%+v, %v", gone, err)
	}
	secret := task(t, a, "después")
	c = openAs(t, bcfg, "la de Ana") // before anybody there has heard
	receive(t, c, framesOf(t, a))
	if _, err := c.Get(ctx, secret); err == nil {
		t.Error("who was sent away reads what came after")
	}
	if off, waits, err := c.SealedOff(ctx); err != nil || !waits || !off.Removed {
		t.Errorf("%+v %v %v", off, waits, err)
	}
	shut(t, c)
	b = openAs(t, bcfg, string(pass))
	receive(t, b, framesOf(t, a))
	same(t, a, b)
	if list, err := b.Persons(ctx); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	shut(t, b)
	_, err = Open(ctx, bcfg, []byte("la de Ana"))
	wantFault(t, err, "passphrase_wrong")
	b = openAs(t, bcfg, string(pass))
	task(t, b, "de Luis")
	exchange(t, a, b)
	same(t, a, b)
}
