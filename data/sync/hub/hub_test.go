package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"os"
	"testing"
	"time"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// seedOf is the invented hub key of an invented device.
func seedOf(d *synctest.Device) []byte {
	s := sha256.Sum256(append([]byte("hub"), d.Sign.Seed()...))
	return s[:]
}

func identity(d *synctest.Device) Identity { return Identity{Device: d.ID, Seed: seedOf(d)} }

func listed(d *synctest.Device, manages bool) Device {
	return Device{ID: d.ID, SignKey: d.Sign.Public().(ed25519.PublicKey), HubKey: HubKey(seedOf(d)), Manages: manages}
}

type signer struct{ *synctest.Device }

func (s signer) Public() ed25519.PublicKey { return s.Device.Sign.Public().(ed25519.PublicKey) }
func (s signer) Sign(m []byte) []byte      { return ed25519.Sign(s.Device.Sign, m) }

// started starts a hub that ends with the test.
func started(t testing.TB, dir string) *Server {
	t.Helper()
	h, err := Start(context.Background(), Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Stop)
	return h
}

func invitationOf(t testing.TB, h *Server) []byte {
	t.Helper()
	b, err := os.ReadFile(h.InvitationFile())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// claimed lets the invented devices 1 to 9 in; the first manages.
func claimed(t testing.TB, h *Server) []byte {
	t.Helper()
	inv := invitationOf(t, h)
	first := synctest.NewDevice(1)
	devices := []Device{listed(first, true)}
	for n := byte(2); n < 10; n++ {
		devices = append(devices, listed(synctest.NewDevice(n), false))
	}
	if changed, err := Register(t.Context(), inv, devices, signer{first}); err != nil || !changed {
		t.Fatalf("register: %v %v", changed, err)
	}
	return inv
}

func dialled(t testing.TB, inv []byte, d *synctest.Device) *Depot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	depot, err := Dial(ctx, inv, identity(d))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = depot.Close() })
	return depot
}

func TestConform(t *testing.T) {
	synctest.Conform(t, func(t *testing.T) synctest.Open {
		inv := claimed(t, started(t, t.TempDir()))
		return func(t *testing.T, d *synctest.Device) sync.Depot { return dialled(t, inv, d) }
	})
}
