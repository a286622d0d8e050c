package data

import (
	"path/filepath"
	"testing"

	"paradero/data/ledger"
	"paradero/data/record"
)

// A feed whose first batch was damaged and came again stands in the journal out of
// order, and a backup of it is as good as any.
func TestBackupOfAMendedFeed(t *testing.T) {
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	man := task(t, b, "llamar")
	task(t, b, "escribir")
	exchange(t, a, b)
	places, err := placesOf(a, man) // in the first batch of his feed
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Close()
	flipAt(t, filepath.Join(cfg.Dir, journalDir, ledger.SegmentName(1)), places[0].Pos.Offset+200)
	a = openAgain(t, cfg)
	exchange(t, a, b)
	file := filepath.Join(t.TempDir(), "copia")
	if _, err := a.Backup(t.Context(), file, nil); err != nil {
		t.Fatal(err)
	}
	if found, err := a.Verify(t.Context(), nil); err != nil || damaged(found) {
		t.Errorf("verify: %v, %v", found, err)
	}
	back := testConfig(filepath.Join(t.TempDir(), "otra"))
	o, told, err := Restore(t.Context(), back, Restoring{File: file, Passphrase: pass})
	if err != nil || told.Lost != 0 || o.Count(record.Task) != 2 {
		t.Fatalf("%+v, %v", told, err)
	}
	_ = o.Close()
}
