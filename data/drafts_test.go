package data

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A draft outlives the office being closed without a word, and nobody reads it
// without the passphrase.
func TestDraftsOutliveTheOffice(t *testing.T) {
	o, cfg := newOffice(t)
	at := time.Date(2026, 11, 21, 14, 32, 0, 0, time.UTC)
	if err := o.Drafts().Put("detainee/new/new", map[string]string{"given_names": "Tránsito"}, at); err != nil {
		t.Fatal(err)
	}
	again := reopen(t, o, cfg)
	d, ok, err := again.Drafts().Get("detainee/new/new")
	if err != nil || !ok || d.Typed["given_names"] != "Tránsito" || !d.At.Equal(at) {
		t.Fatalf("%+v %v %v", d, ok, err)
	}
	entries, err := os.ReadDir(filepath.Join(cfg.Dir, draftsDir))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v %v", entries, err)
	}
	if err := again.Drafts().Drop("detainee/new/new"); err != nil {
		t.Fatal(err)
	}
	if all, bad, err := again.Drafts().List(); len(all)+len(bad) != 0 || err != nil {
		t.Fatalf("%v %v %v", all, bad, err)
	}
}
