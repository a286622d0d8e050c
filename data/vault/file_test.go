package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A crash between writing the two copies leaves the old one as spare: the new
// one counts, and the old passphrase is gone from both.
func TestHalfReplaced(t *testing.T) {
	ctx := context.Background()
	dir, _ := newVault(t)
	spare := filepath.Join(dir, spareName)
	old, err := os.ReadFile(spare)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Unlock(ctx, dir, rand.Reader, []byte("tres tristes tigres"))
	if err != nil {
		t.Fatal(err)
	}
	if err := v.SetPassphrase([]byte("nueva"), cheap); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(spare, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Unlock(ctx, dir, rand.Reader, []byte("nueva")); err != nil {
		t.Fatal(err)
	}
	first, _ := os.ReadFile(filepath.Join(dir, fileName))
	if second, _ := os.ReadFile(spare); !bytes.Equal(first, second) {
		t.Error("the spare still opens with the old passphrase")
	}
}

// Whatever a newer version wrote is not replaced by what this one knows.
func TestNewerVault(t *testing.T) {
	dir, _ := newVault(t)
	path := filepath.Join(dir, fileName)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(strings.Replace(string(b), "vault 1", "vault 3", 1), "\nsha256 ")
	sum := sha256.Sum256([]byte(head))
	newer := []byte(head + "\nsha256 " + hex.EncodeToString(sum[:]) + "\n")
	if err := os.WriteFile(path, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Unlock(context.Background(), dir, rand.Reader, []byte("tres tristes tigres")); !errors.Is(err, ErrNewer) {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadFile(path); !bytes.Equal(left, newer) {
		t.Error("it was written over")
	}
}
