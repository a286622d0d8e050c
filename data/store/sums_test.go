package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/record"
	"paradero/data/vault"
)

// filled makes a store with a few values and closes it in order.
func filled(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "records")
	s := openStore(t, dir)
	commit(t, s, func(tx *Tx) error {
		for i := range 200 {
			if err := tx.Put(item(t)(s.RecordItem(record.ID{byte(i)}, bytes.Repeat([]byte{byte(i)}, 300)))); err != nil {
				return err
			}
		}
		return errors.Join(tx.MarkCircled(record.ID{3}), tx.Link(record.ID{1}, record.Case, record.ID{2}), tx.PutMeta("place", []byte("aquí")))
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Every bit of every file counts: a changed, shortened, added or missing one is
// named, and the store is not opened.
func TestLook(t *testing.T) {
	dir := filled(t)
	if c, file := Look(dir); c != Sound {
		t.Fatalf("closed in order: %v, %s", c, file)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		good, err := os.ReadFile(path)
		if err != nil || len(good) == 0 || e.Name() == "LOCK" {
			continue
		}
		want, wantFile := Damaged, e.Name()
		if e.Name() == sumsName {
			want, wantFile = Unknown, "" // half a list is none
		}
		for _, at := range []int{0, len(good) / 2, len(good) - 1} {
			bad := bytes.Clone(good)
			bad[at] ^= 1
			for _, b := range [][]byte{bad, good[:at]} {
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
				if c, file := Look(dir); c != want || file != wantFile {
					t.Errorf("%s changed at %d: %v, %q", e.Name(), at, c, file)
				}
				tried++
			}
		}
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if tried < 12 {
		t.Fatalf("only %d damages were tried", tried)
	}
	if err := os.WriteFile(filepath.Join(dir, "000099.sst"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, file := Look(dir); c != Damaged || file != "000099.sst" {
		t.Errorf("a file too many: %v, %q", c, file)
	}
}

// While a store is open there is no list, and a mark is told apart by who set it.
func TestLookWhileOpen(t *testing.T) {
	dir := filled(t)
	s := openStore(t, dir)
	if c, _ := Look(dir); c != Unknown {
		t.Errorf("opening: %v", c)
	}
	s.Trusted()
	if c, _ := Look(dir); c != Unknown {
		t.Errorf("open: %v", c)
	}
	s.Suspect()
	Clear(dir)
	if c, _ := Look(dir); c != Condemned {
		t.Errorf("found wrong: %v", c)
	}
}

// Opened to be read, no byte on the disk changes.
func TestOpenToRead(t *testing.T) {
	dir := filled(t)
	local, err := vault.NewLocal(rand.Reader, &vault.Key{5})
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenToRead(dir, bytes.Repeat([]byte{7}, 32), local)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := s.Record(record.ID{9}); err != nil || len(b) != 300 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if c, file := Look(dir); c != Sound {
		t.Errorf("while it is read: %v, %s", c, file)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if c, file := Look(dir); c != Sound {
		t.Errorf("afterwards: %v, %s", c, file)
	}
}

func TestProbe(t *testing.T) {
	dir, ctx := filled(t), context.Background()
	local := func(key vault.Key) Sealer {
		l, err := vault.NewLocal(rand.Reader, &key)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	key := bytes.Repeat([]byte{7}, 32)
	if err := os.WriteFile(string(markerOf(dir)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := Probe(ctx, dir, key, local(vault.Key{5}))
	if err != nil || n != 203 {
		t.Errorf("%d values, %v", n, err)
	}
	if c, file := Look(dir); c != Sound {
		t.Errorf("after a probe: %v, %s", c, file)
	}
	if _, err := Probe(ctx, dir, key, local(vault.Key{6})); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("values of another key: %v", err)
	}
}
