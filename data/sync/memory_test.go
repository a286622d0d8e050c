package sync_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"paradero/data/ledger"
	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

func TestMemory(t *testing.T) {
	synctest.Conform(t, func(*testing.T) synctest.Open {
		m := sync.NewMemory()
		return func(*testing.T, *synctest.Device) sync.Depot { return m }
	})
}

// One that was emptied says so to whoever comes with a mark.
func TestMemoryEmptied(t *testing.T) {
	m, d := sync.NewMemory(), synctest.NewDevice(1)
	mark, err := m.Push(t.Context(), [][]byte{d.Frame(t, 500)}, "0.0")
	if err != nil || mark != "0.1" {
		t.Fatalf("%q, %v", mark, err)
	}
	m.Empty()
	if _, err := m.Since(t.Context(), mark, nil); !errors.Is(err, sync.ErrMark) {
		t.Error(err)
	}
}

// No byte of a statement can be changed, and nobody can sign for another.
func TestStatement(t *testing.T) {
	d, other := synctest.NewDevice(1), synctest.NewDevice(2)
	d.Frame(t, 500)
	b := d.Statement(5)
	s, err := sync.ReadStatement(b)
	if err != nil || s.Device != d.ID || s.Serial != 5 || len(s.Tips) != 1 || s.Tips[0].Seq != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	for i := range b {
		changed := bytes.Clone(b)
		changed[i] ^= 0x10
		if _, err := sync.ReadStatement(changed); !errors.Is(err, sync.ErrStatement) {
			t.Fatalf("byte %d: %v", i, err)
		}
		if _, err := sync.ReadStatement(b[:i]); err == nil {
			t.Fatalf("cut at %d", i)
		}
	}
	forged := *s
	forged.Device = other.ID
	key := d.Sign
	if _, err := sync.ReadStatement(forged.Sign(func(m []byte) []byte { return sign(key, m) })); !errors.Is(err, sync.ErrStatement) {
		t.Error("signed for another")
	}
	full := *s
	for i := range 5000 {
		full.Tips = append(full.Tips, ledger.Tip{Device: d.ID, Seq: uint64(i)})
	}
	b = full.Sign(func(m []byte) []byte { return sign(key, m) })
	if s, err = sync.ReadStatement(b); err != nil || len(s.Tips) != 4096 || len(b) > sync.MaxStatement {
		t.Errorf("%d bytes: %v", len(b), err)
	}
}

func sign(key ed25519.PrivateKey, m []byte) []byte { return ed25519.Sign(key, m) }
