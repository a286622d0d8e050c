package courier

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/data"
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
