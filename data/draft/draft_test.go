package draft

import (
	"bytes"
	"crypto/rand"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/vault"
)

var day = time.Date(2026, 11, 21, 14, 32, 0, 0, time.UTC)

func key(t *testing.T) *vault.Key {
	t.Helper()
	var k vault.Key
	if _, err := rand.Read(k[:]); err != nil {
		t.Fatal(err)
	}
	return &k
}

func store(t *testing.T, dir string, k *vault.Key) *Store {
	t.Helper()
	s, err := New(dir, k, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *Store, key string, typed map[string]string, at time.Time) {
	t.Helper()
	if err := s.Put(key, typed, at); err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	dir, k := filepath.Join(t.TempDir(), "drafts"), key(t)
	s := store(t, dir, k)
	if all, bad, err := s.List(); len(all)+len(bad) != 0 || err != nil {
		t.Fatalf("an empty store: %v %v %v", all, bad, err)
	}
	typed := map[string]string{"paternal_surname": "Ñáñez", "notes": "dos\nlíneas"}
	put(t, s, "detainee/new/new", map[string]string{"paternal_surname": "Ña"}, day)
	put(t, s, "detainee/new/new", typed, day.Add(time.Minute))
	put(t, s, "case/new/new", map[string]string{"number": "17"}, day)
	again := store(t, dir, k)
	d, ok, err := again.Get("detainee/new/new")
	if err != nil || !ok || !maps.Equal(d.Typed, typed) || !d.At.Equal(day.Add(time.Minute)) {
		t.Fatalf("%+v %v %v", d, ok, err)
	}
	all, bad, err := again.List()
	if err != nil || len(bad) != 0 || len(all) != 2 || all[0].Key != "detainee/new/new" || all[1].Key != "case/new/new" {
		t.Fatalf("the newest first: %+v %v %v", all, bad, err)
	}
	if err := again.Drop("detainee/new/new"); err != nil {
		t.Fatal(err)
	}
	if err := again.Drop("detainee/new/new"); err != nil {
		t.Fatalf("dropping what is not there: %v", err)
	}
	if _, ok, _ := s.Get("detainee/new/new"); ok {
		t.Fatal("it is still there")
	}
}

func TestNothingPersonalOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, key(t))
	put(t, s, "detainee/quishpe/new", map[string]string{"given_names": "Tránsito Quishpe"}, day)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v %v", entries, err)
	}
	name := entries[0].Name()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"quishpe", "detainee", "Quishpe", "Tránsito", "given_names"} {
		if strings.Contains(name, word) || bytes.Contains(b, []byte(word)) {
			t.Errorf("%q can be read", word)
		}
	}
	other := store(t, t.TempDir(), key(t))
	if other.file("detainee/quishpe/new") == name {
		t.Error("the name does not depend on the office's key")
	}
}

func TestDamageIsSkippedAndReported(t *testing.T) {
	dir, k := t.TempDir(), key(t)
	s := store(t, dir, k)
	put(t, s, "good", map[string]string{"a": "1"}, day)
	put(t, s, "torn", map[string]string{"a": "2"}, day)
	put(t, s, "moved", map[string]string{"a": "3"}, day)
	path := filepath.Join(dir, s.file("torn"))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.Get("torn"); ok || err != nil {
			t.Fatalf("byte %d: ok %v, %v", i, ok, err)
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	// A draft under another's name, an empty file, a folder and a huge file.
	if err := os.Rename(filepath.Join(dir, s.file("moved")), filepath.Join(dir, s.file("elsewhere"))); err != nil {
		t.Fatal(err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "00"+suffix), nil, 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "01"+suffix), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "02"+suffix), make([]byte, MaxSize+vault.Overhead+1), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "leeme.txt"), []byte("no es un borrador"), 0o600))
	all, bad, err := s.List()
	if err != nil || len(all) != 1 || all[0].Key != "good" || len(bad) != 5 {
		t.Fatalf("%+v, unreadable %v, %v", all, bad, err)
	}
	put(t, s, "torn", map[string]string{"a": "4"}, day) // a damaged one is written over
	if d, ok, _ := s.Get("torn"); !ok || d.Typed["a"] != "4" {
		t.Fatal("a damaged draft blocks its form")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnotherKeyReadsNothing(t *testing.T) {
	dir := t.TempDir()
	put(t, store(t, dir, key(t)), "k", map[string]string{"a": "1"}, day)
	other := store(t, dir, key(t))
	if _, ok, err := other.Get("k"); ok || err != nil {
		t.Fatalf("%v %v", ok, err)
	}
	if all, bad, err := other.List(); len(all) != 0 || len(bad) != 1 || err != nil {
		t.Fatalf("%v %v %v", all, bad, err)
	}
}

// A crash between writing and renaming leaves the old draft and a torn file,
// which is cleared away when the office is next opened.
func TestCrashBeforeTheRename(t *testing.T) {
	dir, k := t.TempDir(), key(t)
	s := store(t, dir, k)
	put(t, s, "k", map[string]string{"a": "antes"}, day)
	torn := filepath.Join(dir, strings.Replace(vault.HalfWritten, "*", "123", 1))
	must(t, os.WriteFile(torn, []byte("a medias"), 0o600))
	again := store(t, dir, k)
	if d, ok, err := again.Get("k"); !ok || err != nil || d.Typed["a"] != "antes" {
		t.Fatalf("%+v %v %v", d, ok, err)
	}
	if all, bad, err := again.List(); len(all) != 1 || len(bad) != 0 || err != nil {
		t.Fatalf("%v %v %v", all, bad, err)
	}
	if _, err := os.Stat(torn); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("the torn file is still there: %v", err)
	}
	// That Replace leaves such files by that name, and none when it is done.
	put(t, again, "k", map[string]string{"a": "después"}, day)
	if left, _ := filepath.Glob(filepath.Join(dir, vault.HalfWritten)); len(left) != 0 {
		t.Fatalf("left behind: %v", left)
	}
}

func TestTooLargeIsRefusedAndTheOldStays(t *testing.T) {
	s := store(t, t.TempDir(), key(t))
	put(t, s, "k", map[string]string{"a": "corto"}, day)
	err := s.Put("k", map[string]string{"a": strings.Repeat("x", MaxSize)}, day)
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("%v", err)
	}
	if d, ok, _ := s.Get("k"); !ok || d.Typed["a"] != "corto" {
		t.Fatalf("%+v", d)
	}
}

func TestAFolderThatCannotBeWrittenIsSaid(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drafts")
	must(t, os.WriteFile(dir, nil, 0o600)) // a file stands where the folder should be
	s := store(t, dir, key(t))
	if err := s.Put("k", map[string]string{"a": "1"}, day); fault.CodeOf(err) != fault.Internal {
		t.Fatalf("%v", err)
	}
}
