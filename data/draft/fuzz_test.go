package draft

import (
	"crypto/rand"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/vault"
)

// FuzzDraft reads any file as a draft, and any text that was sealed rightly:
// what opens is what was typed under that name, all else is unreadable.
func FuzzDraft(f *testing.F) {
	f.Add([]byte(`{"key":"caso","typed":{"given_names":"Zoila"},"at":"2026-11-25T20:00:00Z"}`), true)
	f.Add([]byte(`{"key":"otro"}`), true)
	f.Add([]byte(`{"key":"caso","typed":null,"at":"9999-99-99"}`), true)
	f.Add([]byte(`[[[[[[`), true)
	f.Add([]byte(`no es un borrador`), false)
	f.Add([]byte{}, false)
	f.Fuzz(func(t *testing.T, in []byte, sealed bool) {
		dir := t.TempDir()
		s, err := New(dir, &vault.Key{3}, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		name := s.file("caso")
		out := in
		if sealed {
			if out, err = vault.Seal(rand.Reader, nil, s.seal, associated(name), in); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), out, 0o600); err != nil {
			t.Fatal(err)
		}
		d, ok, err := s.Get("caso")
		list, unreadable, lerr := s.List()
		if err != nil || lerr != nil || len(list)+len(unreadable) != 1 || ok != (len(list) == 1) {
			t.Fatalf("%v, %v; %d drafts, %d unreadable, found %v", err, lerr, len(list), len(unreadable), ok)
		}
		if !ok {
			return
		}
		if !sealed || d.Key != "caso" {
			t.Fatalf("what was not written was read: %q", d.Key)
		}
		if err := s.Put("caso", d.Typed, d.At); err != nil {
			return // too long to be kept again
		}
		if again, ok, err := s.Get("caso"); err != nil || !ok || !maps.Equal(again.Typed, d.Typed) {
			t.Fatalf("kept again it is another: %v, %v", ok, err)
		}
	})
}
