package data

import (
	"os"
	"path/filepath"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

// A stick carries what one knows to another, and what a colleague knows mends
// what was damaged here.
func TestBundle(t *testing.T) {
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
	save(t, a, Change{Record: man, Set: map[string]string{"birth": "1990"}})
	stick := filepath.Join(t.TempDir(), "de-rosa.paquete")
	made, err := a.WriteBundle(t.Context(), stick, nil)
	if err != nil || made.Batches != 5 {
		t.Fatalf("%+v, %v", made, err)
	}
	seen, err := b.LookAtBundle(t.Context(), stick)
	if err != nil || seen.New != 5 || b.Count(record.Detainee) != 0 {
		t.Fatalf("%+v, %v", seen, err)
	}
	if got, err := b.ReadBundle(t.Context(), stick, nil); err != nil || got.Taken != 5 || len(got.Refused) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	same(t, a, b)
	if seen, err = b.LookAtBundle(t.Context(), stick); err != nil || seen.New != 0 || seen.By != "Rosa Guamán" {
		t.Errorf("a second time: %+v, %v", seen, err)
	}
	save(t, b, Change{Record: man, Set: map[string]string{"sex": "male"}})
	back := filepath.Join(t.TempDir(), "de-luis.paquete")
	if _, err := b.WriteBundle(t.Context(), back, nil); err != nil {
		t.Fatal(err)
	}
	places, err := placesOf(a, man)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Close()
	flipAt(t, filepath.Join(cfg.Dir, journalDir, "00000001.journal"), places[1].Pos.Offset+100)
	a = openAgain(t, cfg)
	if got, err := a.ReadBundle(t.Context(), back, nil); err != nil || got.Taken+got.Refilled != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	same(t, a, b)
	if found, err := a.Verify(t.Context(), nil); err != nil || damaged(found) {
		t.Errorf("verify: %v, %v", found, err)
	}
}

// A bundle that is cut or changed anywhere, forged, or of another office changes
// nothing.
func TestBundleIsWholeOrNothing(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	task(t, a, "llamar")
	stick := filepath.Join(t.TempDir(), "paquete")
	if _, err := a.WriteBundle(t.Context(), stick, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(stick)
	if err != nil {
		t.Fatal(err)
	}
	try := func(name string, bytes []byte, want fault.Code) {
		t.Helper()
		if err := os.WriteFile(stick, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := b.ReadBundle(t.Context(), stick, nil); want != 0 && !fault.Is(err, want) || err == nil {
			t.Errorf("%s: %v", name, err)
		}
		if b.Count(record.Member)+len(b.Waiting()) != 0 {
			t.Fatalf("%s: something was taken in", name)
		}
	}
	for at := 0; at < len(whole); at += max(len(whole)/97, 1) {
		try("cut", whole[:at], 0)
		changed := append([]byte(nil), whole...)
		changed[at] ^= 0x10
		try("flipped", changed, 0)
	}
	try("longer", append(append([]byte(nil), whole...), 0), fault.Damaged)
	try("the last byte", append(whole[:len(whole)-1:len(whole)-1], whole[len(whole)-1]^1), fault.Damaged)
	other, _ := founded(t)
	elsewhere := filepath.Join(t.TempDir(), "paquete")
	if _, err := other.WriteBundle(t.Context(), elsewhere, nil); err != nil {
		t.Fatal(err)
	}
	foreign, _ := os.ReadFile(elsewhere)
	try("another office", foreign, fault.Refused)
}
