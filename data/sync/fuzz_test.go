package sync_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// Whatever bytes come, reading a statement says no or gives what was signed: what
// is read encodes to the bytes that came.
func FuzzStatement(f *testing.F) {
	d := synctest.NewDevice(1)
	f.Add(d.Statement(1))
	f.Add([]byte{0x82, 0x40, 0x40})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := sync.ReadStatement(b)
		if err != nil {
			return
		}
		if again := s.Sign(func(m []byte) []byte { return ed25519.Sign(d.Sign, m) }); s.Device == d.ID && !bytes.Equal(again, b) {
			t.Fatal("read as something else than what was signed")
		}
	})
}
