package courier

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/sync/hub"
)

// mute is a depot whose line breaks before the first batch.
type mute struct{ sync.Depot }

func (mute) Since(_ context.Context, m sync.Mark, _ func([]byte, sync.Mark) error) (sync.Mark, error) {
	return m, sync.ErrAway
}

// admitted lets one in, whose request goes by hand where there is no way, and gives his office, opened and empty.
func admitted(t *testing.T, boss *data.Office, hers *Courier, d sync.Depot) *data.Office {
	t.Helper()
	ctx := t.Context()
	file := filepath.Join(t.TempDir(), "invitacion")
	made, err := boss.Invite(ctx, data.Inviting{Name: "Luis Paz", Role: "lawyer"}, file)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config(filepath.Join(t.TempDir(), "suya"))
	j, err := data.Join(ctx, cfg, file, made.Code, pass)
	if err != nil {
		t.Fatal(err)
	}
	if d != nil {
		if err := j.Post(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	welcome, err := boss.Admit(ctx, j.Request())
	if err != nil {
		t.Fatal(err)
	}
	if err := hers.SendWelcome(ctx, j.Request(), welcome); err != nil {
		t.Fatal(err)
	}
	if _, err := data.CompleteJoin(ctx, cfg, welcome, pass, nil); err != nil {
		t.Fatal(err)
	}
	his, err := data.Open(ctx, cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = his.Close() })
	return his
}

// pictured waits until the newest records are shown, by a way that brings nothing else.
func pictured(t *testing.T, his *data.Office, d sync.Depot, id record.ID) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := his.SyncWith(t.Context(), mute{d}, nil)
		if at, on := his.Opening(t.Context()); on && at.Records > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("no picture comes: %v", err)
		}
	}
	if r, err := his.Get(t.Context(), id); err != nil || r.Get("given_names") != "Ana" {
		t.Fatalf("%+v, %v", r, err)
	}
	if digest, err := his.Digest(t.Context()); err != nil || len(digest) != 0 {
		t.Errorf("%d records are in the working copy, %v", len(digest), err)
	}
}

// The newest records go behind the welcome by a real hub and by a folder, and are
// read before anything else has come; the courier brings the rest, and then they are
// the ledger's.
func TestNewestByEveryWay(t *testing.T) {
	t.Run("hub", func(t *testing.T) {
		h, err := hub.Start(t.Context(), hub.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(h.Stop)
		invitation, err := os.ReadFile(h.InvitationFile())
		if err != nil {
			t.Fatal(err)
		}
		boss := alone(t)
		hers := Start(boss, Options{})
		t.Cleanup(hers.Close)
		if err := hers.SetHub(t.Context(), invitation); err != nil {
			t.Fatal(err)
		}
		id := add(t, boss, "Ana")
		lobby, err := hub.Visit(t.Context(), invitation)
		if err != nil {
			t.Fatal(err)
		}
		his := admitted(t, boss, hers, lobby)
		if err := lobby.Close(); err != nil {
			t.Fatal(err)
		}
		w, err := HubWay(his, invitation)
		if err != nil {
			t.Fatal(err)
		}
		var d sync.Depot
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if d, err = w.Open(t.Context()); err == nil {
				break
			}
			if time.Now().After(end) { // the hub hears of him a little later
				t.Fatal(err)
			}
		}
		pictured(t, his, d, id)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		c := Start(his, Options{Ways: func() []Way { return nil }})
		if err := c.First(t.Context(), invitation, nil); err != nil { // at once: the newest is here
			t.Fatal(err)
		}
		over(t, his, boss)
		c.Close()
	})
	t.Run("folder", func(t *testing.T) {
		boss, dir := alone(t), t.TempDir()
		at := func(o *data.Office) Way { return FolderWay(o, dir, true) }
		hers := Start(boss, Options{Ways: func() []Way { return []Way{at(boss)} }})
		t.Cleanup(hers.Close)
		id := add(t, boss, "Ana")
		his := admitted(t, boss, hers, nil)
		d, err := at(his).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pictured(t, his, d, id)
		c := Start(his, Options{Ways: func() []Way { return []Way{at(his)} }})
		over(t, his, boss)
		c.Close()
	})
}

func alone(t *testing.T) *data.Office {
	t.Helper()
	o, _, err := data.Create(t.Context(), config(filepath.Join(t.TempDir(), "a")), data.Founding{
		Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Passphrase: pass,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// over waits until the first arrival is over and compares both.
func over(t *testing.T, his, boss *data.Office) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		at, on := his.Opening(t.Context())
		if !on {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("it does not end: %+v", at)
		}
	}
	x, err := his.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	y, err := boss.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id, hash := range x {
		if y[id] != hash {
			t.Errorf("%s is another here", id)
		}
	}
	if len(x) == 0 || len(x) != len(y) {
		t.Errorf("%d records here, %d there", len(x), len(y))
	}
}
