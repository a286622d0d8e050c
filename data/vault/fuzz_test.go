package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// dice are the same in each process, since fuzzing runs several.
func dice() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{4}) }

// summed puts the right checksum behind a body, which chance would not find.
func summed(body []byte) []byte {
	out := append([]byte(magic), body...)
	sum := sha256.Sum256(out)
	return append(out, "\nsha256 "+hex.EncodeToString(sum[:])+"\n"...)
}

// FuzzVault reads any file as a vault: it opens with the right passphrase only
// what was sealed with it, asks for no more memory than a small machine has, and
// never fails otherwise than by an error.
func FuzzVault(f *testing.F) {
	dir, _ := newFuzzVault(f)
	good, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		f.Fatal(err)
	}
	c, err := decode(good)
	if err != nil {
		f.Fatal(err)
	}
	body := good[len(magic) : len(good)-len("\nsha256 \n")-2*sha256.Size]
	f.Add(good, false)
	f.Add(body, true)
	f.Add(bytes.Replace(body, []byte(`"memory":8`), []byte(`"memory":4294967295`), 1), true)
	f.Add(bytes.Replace(body, []byte(`"time":1`), []byte(`"time":4294967295`), 1), true)
	f.Add([]byte(`{"version":1,"slots":[{"kind":"passphrase"}]}`), true)
	f.Add([]byte(`{"version":1,"slots":null,"keys":""}`), true)
	f.Add([]byte(`{"version":9}`), true)
	f.Fuzz(func(t *testing.T, in []byte, whole bool) {
		if whole {
			in = summed(in)
		}
		got, err := decode(in)
		if err != nil {
			return
		}
		for _, s := range slots(got) {
			if s.Cost == nil {
				continue
			}
			// What lies within the bounds is slow and harmless; beyond them
			// nothing is even begun.
			if s.Cost.Memory <= maxMemory && s.Cost.Time <= maxTime && (s.Cost.Memory > 1<<10 || s.Cost.Time > 2) {
				return
			}
		}
		at := t.TempDir()
		if err := os.WriteFile(filepath.Join(at, fileName), in, 0o600); err != nil {
			t.Fatal(err)
		}
		v, err := Unlock(context.Background(), at, dice(), []byte("tres tristes tigres"))
		if err == nil && differ(v.file, c) {
			t.Fatal("another vault was opened")
		}
	})
}

func slots(c *content) (all []slot) {
	for i := range c.People {
		all = append(all, c.People[i].Slots...)
	}
	return all
}

func newFuzzVault(f *testing.F) (dir, code string) {
	f.Helper()
	dir = f.TempDir()
	_, code, err := Create(dir, dice(), cheap, Public{Office: "Sede Tulcán"}, Keys{Sign: make([]byte, 32)}, []byte("tres tristes tigres"))
	if err != nil {
		f.Fatal(err)
	}
	return dir, code
}

// FuzzOpen: nothing but what Seal gave opens.
func FuzzOpen(f *testing.F) {
	key := Key{9}
	sealed, err := Seal(dice(), nil, &key, []byte("ad"), []byte("claro"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:Overhead-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, in []byte) {
		if plain, err := Open(&key, []byte("ad"), in); err == nil && !bytes.Equal(in, sealed) {
			t.Fatalf("%x opened as %q", in, plain)
		}
	})
}

// FuzzCode: whatever is typed as a code is refused or opens nothing.
func FuzzCode(f *testing.F) {
	_, code := newFuzzVault(f)
	f.Add(code)
	f.Add("")
	f.Add("ñÑ-0Oo1Il")
	f.Fuzz(func(_ *testing.T, typed string) { _, _ = parseCode(typed) })
}
