package courier

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/sync/hub"
)

// Somebody is let in by a real hub alone: his request and his welcome go as letters,
// the hub hears of his device, and the office comes to him.
func TestLetInByTheHub(t *testing.T) {
	ctx := t.Context()
	h, err := hub.Start(ctx, hub.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Stop)
	invitation, err := os.ReadFile(h.InvitationFile())
	if err != nil {
		t.Fatal(err)
	}
	boss, _, err := data.Create(ctx, config(filepath.Join(t.TempDir(), "a")), data.Founding{
		Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Passphrase: pass,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = boss.Close() })
	hers := Start(boss, Options{})
	t.Cleanup(hers.Close)
	if err := hers.SetHub(ctx, invitation); err != nil {
		t.Fatal(err)
	}
	before := add(t, boss, "Ana")
	file := filepath.Join(t.TempDir(), "invitacion")
	made, err := boss.Invite(ctx, data.Inviting{Name: "Luis Paz", Role: "lawyer"}, file)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config(filepath.Join(t.TempDir(), "b"))
	j, err := data.Join(ctx, cfg, file, made.Code, pass)
	if err != nil {
		t.Fatal(err)
	}
	if welcome, err := Knock(ctx, j); err != nil || welcome != nil {
		t.Fatalf("%d bytes before anybody opened: %v", len(welcome), err)
	}
	var knocks []data.JoinRequest
	for end := time.Now().Add(20 * time.Second); len(knocks) == 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if knocks, err = hers.Knocks(ctx); err != nil {
			t.Log(err) // the hub may not know her yet
		}
	}
	if len(knocks) != 1 || knocks[0].Words != j.Words || knocks[0].Name != "Luis Paz" {
		t.Fatalf("%+v, he sees %q", knocks, j.Words)
	}
	welcome, err := boss.Admit(ctx, knocks[0].Request)
	if err != nil {
		t.Fatal(err)
	}
	if err := hers.SendWelcome(ctx, knocks[0].Request, welcome); err != nil {
		t.Fatal(err)
	}
	got, err := Knock(ctx, j)
	if err != nil || got == nil {
		t.Fatalf("the welcome does not come: %v", err)
	}
	joined, err := data.CompleteJoin(ctx, cfg, got, pass, nil)
	if err != nil {
		t.Fatal(err)
	}
	his, err := data.Open(ctx, cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = his.Close() })
	c := Start(his, Options{})
	t.Cleanup(c.Close)
	if err := c.First(ctx, joined.Hub, nil); err != nil {
		t.Fatal(err)
	}
	comes(t, his, before)
	t.Logf("live after %v", comes(t, his, add(t, boss, "Blanca")))
	comes(t, boss, add(t, his, "Carmen"))
	if again, err := hers.Knocks(ctx); err != nil || len(again) != 0 {
		t.Errorf("he knocks again: %+v %v", again, err)
	}
}

// The same by a folder that both share, which brings the office and stays a way; a
// folder in which nothing of the office stands is told.
func TestLetInByAFolder(t *testing.T) {
	ctx := t.Context()
	boss, _, err := data.Create(ctx, config(filepath.Join(t.TempDir(), "a")), data.Founding{
		Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Passphrase: pass,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = boss.Close() })
	hers := Start(boss, Options{})
	t.Cleanup(hers.Close)
	shared := t.TempDir()
	if err := hers.SetFolder(ctx, shared); err != nil {
		t.Fatal(err)
	}
	before := add(t, boss, "Ana")
	file := filepath.Join(t.TempDir(), "invitacion")
	made, err := boss.Invite(ctx, data.Inviting{Name: "Luis Paz", Role: "lawyer"}, file)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config(filepath.Join(t.TempDir(), "b"))
	j, err := data.Join(ctx, cfg, file, made.Code, pass)
	if err != nil {
		t.Fatal(err)
	}
	if j.Rehearse("") || j.Rehearse(j.RecoveryCode[1:]) || !j.Rehearse(strings.ToLower(strings.ReplaceAll(j.RecoveryCode, "-", " "))) {
		t.Error("his recovery code is not told from another")
	}
	if _, err := KnockFolder(ctx, j, t.TempDir(), time.Now); !fault.Is(err, fault.NotFound) {
		t.Errorf("a folder of nobody: %v", err)
	}
	if welcome, err := KnockFolder(ctx, j, shared, time.Now); err != nil || welcome != nil {
		t.Fatalf("%d bytes before anybody opened: %v", len(welcome), err)
	}
	knocks, err := hers.Knocks(ctx)
	if err != nil || len(knocks) != 1 || knocks[0].Words != j.Words {
		t.Fatalf("%+v, %v", knocks, err)
	}
	welcome, err := boss.Admit(ctx, knocks[0].Request)
	if err != nil {
		t.Fatal(err)
	}
	if err := hers.SendWelcome(ctx, knocks[0].Request, welcome); err != nil {
		t.Fatal(err)
	}
	again, err := data.ResumeJoin(ctx, cfg, pass) // he had closed the program meanwhile
	if err != nil {
		t.Fatal(err)
	}
	got, err := KnockFolder(ctx, again, shared, time.Now)
	if err != nil || got == nil {
		t.Fatalf("the welcome does not come: %v", err)
	}
	if _, err := data.CompleteJoin(ctx, cfg, got, pass, nil); err != nil {
		t.Fatal(err)
	}
	his, err := data.Open(ctx, cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = his.Close() })
	c := Start(his, Options{})
	t.Cleanup(c.Close)
	if err := c.FirstFolder(ctx, shared, nil); err != nil {
		t.Fatal(err)
	}
	comes(t, his, before)
	comes(t, boss, add(t, his, "Carmen"))
}

// One more person of a computer asks by the ways of the office that is open there.
func TestAsksByTheWaysOfTheOffice(t *testing.T) {
	ctx := t.Context()
	boss, _, err := data.Create(ctx, config(filepath.Join(t.TempDir(), "a")), data.Founding{
		Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Passphrase: pass,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = boss.Close() })
	hers := Start(boss, Options{})
	t.Cleanup(hers.Close)
	file := filepath.Join(t.TempDir(), "invitacion")
	made, err := boss.Invite(ctx, data.Inviting{Name: "Luis Paz", Role: "lawyer"}, file)
	if err != nil {
		t.Fatal(err)
	}
	j, err := boss.AddPerson(ctx, file, made.Code, []byte("la frase de Luis es otra"))
	if err != nil {
		t.Fatal(err)
	}
	if _, posted, err := hers.Ask(ctx, j); posted || err != nil {
		t.Fatalf("posted where there is no way: %v", err)
	}
	if err := hers.SetFolder(ctx, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if welcome, posted, err := hers.Ask(ctx, j); welcome != nil || !posted || err != nil {
		t.Fatalf("%v %v", posted, err)
	}
	knocks, err := hers.Knocks(ctx)
	if err != nil || len(knocks) != 1 {
		t.Fatalf("%+v, %v", knocks, err)
	}
	welcome, err := boss.Admit(ctx, knocks[0].Request)
	if err != nil {
		t.Fatal(err)
	}
	if err := hers.SendWelcome(ctx, knocks[0].Request, welcome); err != nil {
		t.Fatal(err)
	}
	if got, _, err := hers.Ask(ctx, j); err != nil || got == nil {
		t.Fatalf("no welcome: %v", err)
	}
}
