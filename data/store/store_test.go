package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"paradero/data/record"
	"paradero/data/vault"
)

func openStore(t *testing.T, dir string) *Store {
	t.Helper()
	local, err := vault.NewLocal(rand.Reader, &vault.Key{5})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, bytes.Repeat([]byte{7}, 32), local)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func commit(t *testing.T, s *Store, do func(*Tx) error) {
	t.Helper()
	tx := s.Begin()
	defer tx.Discard()
	if err := do(tx); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// item passes on what an Item function gives, whose error ends the test.
func item(t *testing.T) func(Item, error) Item {
	return func(i Item, err error) Item {
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
}

func TestRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "records")
	s := openStore(t, dir)
	id, long := record.ID{1, 2}, bytes.Repeat([]byte("larga "), 40<<10) // beyond the value threshold
	commit(t, s, func(tx *Tx) error {
		if err := tx.PutMeta("place", []byte("aquí")); err != nil {
			return err
		}
		return tx.Put(item(t)(s.RecordItem(id, []byte("uno"))), item(t)(s.RecordItem(record.ID{2}, long)))
	})
	commit(t, s, func(tx *Tx) error { return tx.Put(item(t)(s.RecordItem(id, []byte("dos")))) })
	tx := s.Begin()
	if err := tx.Put(item(t)(s.RecordItem(id, []byte("nunca")))); err != nil {
		t.Fatal(err)
	}
	tx.Discard()
	for range 2 {
		if b, err := s.Record(id); err != nil || string(b) != "dos" {
			t.Errorf("%q, %v", b, err)
		}
		if b, err := s.Record(record.ID{2}); err != nil || !bytes.Equal(b, long) {
			t.Errorf("%d bytes, %v", len(b), err)
		}
		if b, err := s.Meta("place"); err != nil || string(b) != "aquí" {
			t.Errorf("%q, %v", b, err)
		}
		if _, err := s.Record(record.ID{3}); !errors.Is(err, ErrMissing) {
			t.Errorf("nobody: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openStore(t, dir)
	}
}

// A value that somebody put in another's place does not open, nor does one
// that was changed.
func TestMovedValue(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "records"))
	a, b := item(t)(s.RecordItem(record.ID{1}, []byte("viva"))), item(t)(s.RecordItem(record.ID{2}, []byte("muerta")))
	row := item(t)(s.RowItem(record.Detainee, record.ID{4}, []byte("fila")))
	bad := Item{recordKey(record.ID{3}), bytes.Clone(a.value)}
	bad.value[len(bad.value)-1] ^= 1
	commit(t, s, func(tx *Tx) error {
		return tx.Put(Item{a.key, b.value}, bad, Item{rowKey(record.Contact, record.ID{4}), row.value}, Item{Pack{Segment: 1}.key(prefixPack), a.value})
	})
	for _, id := range []record.ID{{1}, {3}} {
		if plain, err := s.Record(id); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("%q, %v", plain, err)
		}
	}
	ctx := context.Background()
	if err := s.Rows(ctx, record.Contact, 2, func(record.Kind, record.ID, []byte) error { return nil }); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("row: %v", err)
	}
	if err := s.Packs(ctx, func(Pack, []byte) error { return nil }); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("pack: %v", err)
	}
}

func TestLinks(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "records"))
	mother, son, other := record.ID{1}, record.ID{2}, record.ID{3}
	commit(t, s, func(tx *Tx) error {
		return errors.Join(tx.Link(mother, record.Relationship, son), tx.Link(mother, record.Attempt, other), tx.Link(son, record.Case, other))
	})
	check := func(kind record.Kind, want ...record.ID) {
		t.Helper()
		if got, err := s.Links(mother, kind); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", kind, got, err)
		}
	}
	check(record.Relationship, son)
	check(0, son, other)
	check(record.Case)
	commit(t, s, func(tx *Tx) error { return tx.Unlink(mother, record.Relationship, son) })
	check(0, other)
}

// Every row comes once, however many read, and the first error stops all.
func TestRows(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "records"))
	commit(t, s, func(tx *Tx) error {
		for i := range 256 {
			kind := []record.Kind{record.Detainee, record.Contact}[i%2]
			if err := tx.Put(item(t)(s.RowItem(kind, record.ID{byte(i)}, fmt.Append(nil, i)))); err != nil {
				return err
			}
		}
		return nil
	})
	ctx := context.Background()
	for _, workers := range []int{1, 2, 3, 7} {
		var mu sync.Mutex
		seen := map[record.ID]int{}
		err := s.Rows(ctx, 0, workers, func(_ record.Kind, id record.ID, b []byte) error {
			mu.Lock()
			defer mu.Unlock()
			if seen[id]++; string(b) != fmt.Sprint(id[0]) {
				return fmt.Errorf("row %d: %q", id[0], b)
			}
			return nil
		})
		if err != nil || len(seen) != 256 {
			t.Errorf("%d workers: %d rows, %v", workers, len(seen), err)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%d workers: row %d came %d times", workers, id[0], n)
			}
		}
	}
	stop := errors.New("basta")
	if err := s.Rows(ctx, record.Contact, 4, func(record.Kind, record.ID, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Rows(ended, 0, 2, func(record.Kind, record.ID, []byte) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestPacks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "records")
	s := openStore(t, dir)
	packs := []Pack{{1, 18, 0}, {1, 18, 256}, {1, 90000, 0}, {2, 18, 0}} // the journal's order
	commit(t, s, func(tx *Tx) error {
		for _, i := range []int{3, 1, 0, 2} {
			p := packs[i]
			if err := tx.Put(item(t)(s.PackItem(p, fmt.Append(nil, i))), item(t)(s.GroupItem(p, 2, fmt.Append(nil, "grupo ", i)))); err != nil {
				return err
			}
		}
		return nil
	})
	_ = s.Close()
	s = openStore(t, dir)
	var got []Pack
	err := s.Packs(context.Background(), func(p Pack, b []byte) error {
		if string(b) != fmt.Sprint(len(got)) {
			t.Errorf("%+v holds %q", p, b)
		}
		got = append(got, p)
		return nil
	})
	if err != nil || !slices.Equal(got, packs) {
		t.Errorf("%+v, %v", got, err)
	}
	if b, err := s.Group(packs[2], 2); err != nil || string(b) != "grupo 2" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := s.Group(packs[2], 3); !errors.Is(err, ErrMissing) {
		t.Errorf("%v", err)
	}
}

// The marker stands while a store is opened and until its first read went
// well; one that is found at opening, or set later, asks for a new store.
func TestSuspect(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "records")
	marked := func() bool {
		_, err := os.Stat(dir + ".opening")
		return err == nil
	}
	s := openStore(t, dir)
	if !marked() || !Exists(dir) {
		t.Error("no marker while opening")
	}
	if s.Trusted(); marked() {
		t.Error("the marker outlives the first good read")
	}
	s.Suspect()
	if err := s.Close(); err != nil || !marked() {
		t.Errorf("the mark is gone: %v", err)
	}
	if _, err := Open(dir, bytes.Repeat([]byte{7}, 32), nil); !errors.Is(err, ErrSuspect) {
		t.Errorf("%v", err)
	}
	if err := Remove(dir); err != nil || marked() || Exists(dir) {
		t.Errorf("not removed: %v", err)
	}
	_ = openStore(t, dir)
}

// What something else just holds is tried again, what stays is told, and what is
// gone already needs no removing.
func TestAgain(t *testing.T) {
	held := errors.New("held")
	tries := 0
	if err := again(func() error {
		if tries++; tries < 3 {
			return held
		}
		return nil
	}); err != nil || tries != 3 {
		t.Errorf("%v after %d tries", err, tries)
	}
	if err := again(func() error { return held }); !errors.Is(err, held) {
		t.Errorf("%v", err)
	}
	dir := filepath.Join(t.TempDir(), "records")
	if err := errors.Join(SetAside(dir), Remove(dir)); err != nil {
		t.Errorf("nothing there: %v", err)
	}
}

// Another key opens nothing, and leaves no mark behind.
func TestAnotherKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "records")
	if err := openStore(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, bytes.Repeat([]byte{8}, 32), nil); err == nil || errors.Is(err, ErrSuspect) {
		t.Errorf("%v", err)
	}
	openStore(t, dir)
}

// More than a transaction holds is known by its error, and nothing of it stays.
func TestTooBig(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "records"))
	tx := s.Begin()
	defer tx.Discard()
	var err error
	for i := 0; i < 40 && err == nil; i++ {
		err = tx.Put(item(t)(s.RecordItem(record.ID{byte(i)}, make([]byte, 100<<10))))
	}
	if !errors.Is(err, ErrTooBig) || !errors.Is(err, badger.ErrTxnTooBig) {
		t.Fatalf("%v", err)
	}
	tx.Discard()
	if _, err := s.Record(record.ID{}); !errors.Is(err, ErrMissing) {
		t.Errorf("%v", err)
	}
}

func TestCounts(t *testing.T) {
	want := map[record.Kind]int{record.Detainee: 100_000, record.Task: 1}
	got, err := DecodeCounts(EncodeCounts(want))
	if err != nil || len(got) != 2 || got[record.Detainee] != 100_000 || got[record.Task] != 1 {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range [][]byte{{1}, {1, 0x80}, EncodeCounts(want)[:3]} {
		if _, err := DecodeCounts(bad); err == nil {
			t.Errorf("% x was read", bad)
		}
	}
}
