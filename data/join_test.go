package data

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/sync"
)

var lawyer = Inviting{Name: "Luis Quispe", Role: "lawyer"}

func invite(t *testing.T, o *Office, who Inviting) Invitation {
	t.Helper()
	in, err := o.Invite(context.Background(), who, filepath.Join(t.TempDir(), "invitacion"))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func join(t *testing.T, in Invitation, cfg Config, passphrase string) *Joining {
	t.Helper()
	j, err := Join(context.Background(), cfg, in.File, in.Code, []byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func admit(t *testing.T, o *Office, request []byte) []byte {
	t.Helper()
	w, err := o.Admit(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// joined brings one more person in, by files alone, and opens his office.
func joined(t *testing.T, o *Office, who Inviting) (*Office, Config) {
	t.Helper()
	cfg := testConfig(filepath.Join(t.TempDir(), "suya"))
	j := join(t, invite(t, o, who), cfg, string(pass))
	if _, err := CompleteJoin(context.Background(), cfg, admit(t, o, j.Request()), pass, nil); err != nil {
		t.Fatal(err)
	}
	return openAgain(t, cfg), cfg
}

func wantFault(t *testing.T, err error, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != key {
		t.Errorf("%v, not %s", err, key)
	}
}

// By an invitation, a request and a welcome a colleague is in, with a bundle he has
// everything, and what he says has effect.
func TestJoin(t *testing.T) {
	ctx := context.Background()
	a, acfg := founded(t)
	task(t, a, "antes")
	newEpochOf(t, a)
	cfg := testConfig(filepath.Join(t.TempDir(), "suya"))
	cfg.Device = "Portátil de la sede"
	in := invite(t, a, lawyer)
	j := join(t, in, cfg, string(pass))
	if j.RecoveryCode == "" || j.Name != lawyer.Name || j.Role != "lawyer" || j.Office != "Sede Loja" {
		t.Errorf("%+v", j)
	}
	if p, err := Peek(cfg.Dir); err != nil || !p.Joining || p.Office != "Sede Loja" {
		t.Errorf("%+v, %v", p, err)
	}
	_, err := Open(ctx, cfg, pass)
	wantFault(t, err, "office_joining")
	look, err := a.LookAtRequest(ctx, j.Request())
	if err != nil || look.Words != j.Words || look.Picture != j.Picture || look.DeviceName != cfg.Device || look.Device != j.Device || look.InvitedBy != "Rosa Guamán" {
		t.Fatalf("%+v, %v", look, err)
	}
	again, err := ResumeJoin(ctx, cfg, pass)
	if err != nil || again.Words != j.Words || !bytes.Equal(again.Request(), j.Request()) {
		t.Errorf("again: %v", err)
	}
	welcome := admit(t, a, j.Request())
	if done, err := CompleteJoin(ctx, cfg, welcome, pass, nil); err != nil || done.Waits || done.Office != "Sede Loja" {
		t.Fatalf("%+v, %v", done, err)
	}
	b := openAgain(t, cfg)
	file := filepath.Join(t.TempDir(), "paquete")
	if _, err := a.WriteBundle(ctx, file, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := b.ReadBundle(ctx, file, nil); err != nil || got.Waiting > 0 || len(got.Refused) > 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	same(t, a, b)
	if info := b.Info(); info.Name != lawyer.Name || info.Role != "lawyer" {
		t.Errorf("%+v", info)
	}
	task(t, b, "de Luis")
	exchange(t, a, b)
	same(t, a, b)
	a, b = reopen(t, a, acfg), reopen(t, b, cfg)
	same(t, a, b)
	if none, err := a.Powerless(ctx); err != nil || len(none) > 0 {
		t.Errorf("%v, %v", none, err)
	}
	_, err = CompleteJoin(ctx, Config{Dir: cfg.Dir, Cost: cfg.Cost}, welcome, pass, nil)
	wantFault(t, errors.Join(b.Close(), err), "office_in_use")
	_, err = CompleteJoin(ctx, cfg, welcome, pass, nil)
	wantFault(t, err, "join_done")
}

// Who founded an office alone lets the first colleague in whatever his own role is.
func TestJoinLoneFounder(t *testing.T) {
	cfg := testConfig(filepath.Join(t.TempDir(), "oficina"))
	a, _, err := Create(context.Background(), cfg, Founding{Office: "Sede Loja", Member: "Rosa Guamán", Role: "social-worker", Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	b, _ := joined(t, a, Inviting{Name: "Luis Quispe", Role: "coordinator"})
	exchange(t, a, b)
	task(t, b, "de Luis")
	exchange(t, a, b)
	same(t, a, b)
	if none, err := a.Powerless(context.Background()); err != nil || len(none) > 0 {
		t.Errorf("%+v, %v", none, err)
	}
}

// A further device of a member is the same member's.
func TestJoinFurtherDevice(t *testing.T) {
	a, _ := founded(t)
	b, _ := joined(t, a, lawyer)
	exchange(t, a, b)
	c, _ := joined(t, a, Inviting{Member: b.Info().Member})
	exchange(t, a, c)
	exchange(t, a, b)
	if c.Info().Member != b.Info().Member || c.Info().Device == b.Info().Device || a.Count(record.Member) != 2 {
		t.Fatalf("%+v", c.Info())
	}
	task(t, c, "desde el otro")
	exchange(t, a, c)
	same(t, a, c)
}

// Whatever is wrong with an invitation or a request is said, and lets nobody in.
func TestJoinRefused(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	other, _ := founded(t)
	b, _ := joined(t, a, lawyer)
	exchange(t, a, b)
	dir := func() Config { return testConfig(filepath.Join(t.TempDir(), "suya")) }
	in := invite(t, a, Inviting{Name: "Ana Toaquiza", Role: "social-worker"})
	try := func(file, code string) error {
		_, err := Join(ctx, dir(), file, code, pass)
		return err
	}
	wantFault(t, try(in.File, in.Code[:len(in.Code)-1]), "invitation_code_mistyped")
	wantFault(t, try(in.File, invite(t, a, lawyer).Code), "invitation_code_wrong")
	wantFault(t, try(filepath.Join(t.TempDir(), "nada"), in.Code), "file_missing")
	text := filepath.Join(t.TempDir(), "texto")
	if err := os.WriteFile(text, []byte("hola"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFault(t, try(text, in.Code), "enrolment_damaged")
	late := dir()
	late.Clock = func() time.Time { return in.Expires.Add(time.Hour) }
	_, err := Join(ctx, late, in.File, in.Code, pass)
	wantFault(t, err, "invitation_expired")
	_, err = a.Invite(ctx, Inviting{Name: " ", Role: "juez"}, in.File)
	wantFault(t, err, "invalid")
	_, err = b.Invite(ctx, lawyer, filepath.Join(t.TempDir(), "x"))
	wantFault(t, err, "right_missing")

	j := join(t, in, dir(), "una")
	twin := join(t, in, dir(), "otra")
	_, err = b.Admit(ctx, j.Request())
	wantFault(t, err, "right_missing")
	_, err = other.LookAtRequest(ctx, j.Request())
	wantFault(t, err, "request_other_office")
	_, err = a.LookAtRequest(ctx, []byte("hola"))
	wantFault(t, err, "enrolment_damaged")
	welcome := admit(t, a, j.Request())
	_, err = a.Admit(ctx, twin.Request())
	wantFault(t, err, "invitation_used")
	if again := admit(t, a, j.Request()); bytes.Equal(again, welcome) || a.Count(record.Member) != 3 {
		t.Errorf("%d members", a.Count(record.Member))
	}

	withdrawn := invite(t, a, lawyer)
	gone := join(t, withdrawn, dir(), "una")
	if err := a.Withdraw(withdrawn.ID); err != nil {
		t.Fatal(err)
	}
	_, err = a.Admit(ctx, gone.Request())
	wantFault(t, err, "invitation_withdrawn")
}

// A welcome opens nothing for another device, another invitation, or when a byte of
// it was changed.
func TestWelcomeIsFor(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	cfg, cfg2 := testConfig(filepath.Join(t.TempDir(), "suya")), testConfig(filepath.Join(t.TempDir(), "otra"))
	j := join(t, invite(t, a, lawyer), cfg, string(pass))
	k := join(t, invite(t, a, Inviting{Name: "Ana Toaquiza", Role: "social-worker"}), cfg2, string(pass))
	mine, others := admit(t, a, j.Request()), admit(t, a, k.Request())
	_, err := CompleteJoin(ctx, cfg, others, pass, nil)
	wantFault(t, err, "welcome_not_ours")
	_, err = CompleteJoin(ctx, cfg, j.Request(), pass, nil)
	wantFault(t, err, "welcome_none")
	_, err = CompleteJoin(ctx, cfg, mine, []byte("no es"), nil)
	wantFault(t, err, "passphrase_wrong")
	rapid.Check(t, func(rt *rapid.T) {
		bad := bytes.Clone(mine)
		bad[rapid.IntRange(0, len(bad)-1).Draw(rt, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, err := CompleteJoin(ctx, cfg, bad, pass, nil); err == nil {
			rt.Fatal("a changed welcome was taken")
		}
	})
	if _, err := CompleteJoin(ctx, cfg, mine, pass, nil); err != nil {
		t.Fatal(err)
	}
}

// A request in which a byte was changed, the role among them, is refused; so is one
// that somebody makes without the invitation's key.
func TestRequestIsSigned(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	cfg := testConfig(filepath.Join(t.TempDir(), "suya"))
	in := invite(t, a, lawyer)
	j := join(t, in, cfg, string(pass))
	rapid.Check(t, func(rt *rapid.T) {
		bad := bytes.Clone(j.Request())
		bad[rapid.IntRange(0, len(bad)-1).Draw(rt, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, err := a.LookAtRequest(ctx, bad); err == nil {
			rt.Fatal("a changed request was read")
		}
	})
	q, err := a.readRequest("test", j.Request())
	if err != nil {
		t.Fatal(err)
	}
	// One of the office who can open the envelope, and has not the invitation.
	foe, err := newKeys(a.cfg.Rand)
	if err != nil {
		t.Fatal(err)
	}
	key := deviceKey{ed25519Key(foe.Sign)}
	q.sign = key.Public()
	forged, err := q.seal(a.cfg.Rand, key.key, key.key)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.LookAtRequest(ctx, forged)
	wantFault(t, err, "request_forged")
	q.offer.role = "coordinator"
	q.offer.bytes = q.offer.encode()
	if forged, err = q.seal(a.cfg.Rand, key.key, key.key); err != nil {
		t.Fatal(err)
	}
	_, err = a.LookAtRequest(ctx, forged)
	wantFault(t, err, "request_forged")
}

// Another coordinator admits by the request alone; with a depot between them both
// letters find their way, and noise there is noise.
func TestJoinByDepot(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, _ := joined(t, a, Inviting{Name: "Rosa Tipán", Role: "coordinator"})
	exchange(t, a, b)
	d := sync.NewMemory()
	cfg := testConfig(filepath.Join(t.TempDir(), "suya"))
	j := join(t, invite(t, a, lawyer), cfg, string(pass))
	if list, err := a.Knocks(ctx, d); err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
	if w, err := j.Fetch(ctx, d); w != nil || err != nil {
		t.Fatal("a welcome before the request", err)
	}
	if err := j.Post(ctx, d); err != nil {
		t.Fatal(err)
	}
	list, err := a.Knocks(ctx, d)
	if err != nil || len(list) != 1 || list[0].Words != j.Words {
		t.Fatalf("%+v, %v", list, err)
	}
	welcome := admit(t, b, list[0].Request)
	if err := b.SendWelcome(ctx, d, list[0].Request, welcome); err != nil {
		t.Fatal(err)
	}
	if list, err = a.Knocks(ctx, d); err != nil || len(list) != 0 {
		t.Fatalf("still there: %+v, %v", list, err)
	}
	got, err := j.Fetch(ctx, d)
	if err != nil || !bytes.Equal(got, welcome) {
		t.Fatal(err)
	}
	if _, err := CompleteJoin(ctx, cfg, got, pass, nil); err != nil {
		t.Fatal(err)
	}
	c := openAgain(t, cfg)
	exchange(t, b, c)
	exchange(t, a, b)
	same(t, a, c)
	box, err := boxName(&j.kept.Envelope, "welcome")
	if err != nil || !sync.GoodBox(box) {
		t.Errorf("box %q, %v", box, err)
	}
	if err := d.PutBox(ctx, box, []byte("ruido")); err != nil {
		t.Fatal(err)
	}
	if w, err := j.Fetch(ctx, d); w != nil || err != nil {
		t.Error("noise is taken for a welcome", err)
	}
}
