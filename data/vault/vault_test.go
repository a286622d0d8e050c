package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var cheap = Cost{Time: 1, Memory: 8, Threads: 1}

func newVault(t *testing.T) (dir, code string) {
	t.Helper()
	dir = t.TempDir()
	keys := Keys{Office: [16]byte{1}, Identity: Key{2}, Epochs: map[uint32]Key{0: {3}}, Sign: make([]byte, 32), Store: Key{4}}
	_, code, err := Create(dir, rand.Reader, cheap, Public{Office: "Sede Tulcán"}, keys, []byte("tres tristes tigres"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, code
}

func TestUnlock(t *testing.T) {
	dir, code := newVault(t)
	ctx := context.Background()
	v, err := Unlock(ctx, dir, rand.Reader, []byte("tres tristes tigres"))
	if err != nil || v.Keys().Epochs[0] != (Key{3}) || v.Public().Office != "Sede Tulcán" {
		t.Fatalf("unlock: %v", err)
	}
	if _, err := Unlock(ctx, dir, rand.Reader, []byte("tres tristes")); !errors.Is(err, ErrSecret) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if !v.Rehearse(strings.ToLower(strings.ReplaceAll(code, "-", " "))) {
		t.Error("the right code does not rehearse")
	}
	if err := v.SetPassphrase([]byte("nueva"), cheap); err != nil {
		t.Fatal(err)
	}
	if _, err := Unlock(ctx, dir, rand.Reader, []byte("tres tristes tigres")); !errors.Is(err, ErrSecret) {
		t.Errorf("the old passphrase still opens: %v", err)
	}
	if r, err := Recover(ctx, dir, rand.Reader, code); err != nil || r.Keys().Store != (Key{4}) {
		t.Errorf("recover: %v", err)
	}
	_, other := newVault(t)
	if _, err := Recover(ctx, dir, rand.Reader, other); !errors.Is(err, ErrSecret) {
		t.Errorf("another office's code: %v", err)
	}
}

// Every single mistyped character is noticed before any key is tried.
func TestCodeTypos(t *testing.T) {
	_, code := newVault(t)
	missed := 0
	for i, c := range code {
		if c == '-' {
			continue
		}
		for _, r := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			if r == c {
				continue
			}
			if _, err := parseCode(code[:i] + string(r) + code[i+1:]); err == nil {
				missed++
			}
		}
	}
	if missed > 2 { // 930 typos at one in a million each
		t.Errorf("%d typos pass", missed)
	}
}

// One damaged copy heals from the other; two are damage, never a wrong answer.
func TestDamage(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		dir, _ := newVault(t)
		path := filepath.Join(dir, fileName)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(whole)
		i := rapid.IntRange(0, len(bad)-1).Draw(rt, "byte")
		bad[i] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if v, err := Unlock(ctx, dir, rand.Reader, []byte("tres tristes tigres")); err != nil || !v.Mended {
			rt.Fatalf("not healed: %v", err)
		}
		if healed, _ := os.ReadFile(path); !bytes.Equal(healed, whole) {
			rt.Fatal("the damaged copy was not written anew")
		}
		for _, name := range []string{fileName, spareName} {
			if err := os.WriteFile(filepath.Join(dir, name), bad, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Unlock(ctx, dir, rand.Reader, []byte("tres tristes tigres")); !errors.Is(err, ErrDamaged) {
			rt.Fatalf("both damaged: %v", err)
		}
	})
}

func TestSeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, ad, plain := &Key{1}, rapid.SliceOf(rapid.Byte()).Draw(t, "ad"), rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed, err := Seal(rand.Reader, nil, key, ad, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Open(key, ad, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("does not open: %v", err)
		}
		i := rapid.IntRange(0, len(sealed)-1).Draw(t, "byte")
		sealed[i] ^= 1
		if _, err := Open(key, ad, sealed); !errors.Is(err, ErrSealed) {
			t.Fatal("a changed byte opens")
		}
		sealed[i] ^= 1
		if _, err := Open(&Key{2}, ad, sealed); !errors.Is(err, ErrSealed) {
			t.Fatal("another key opens")
		}
		if _, err := Open(key, append(ad, 0), sealed); !errors.Is(err, ErrSealed) {
			t.Fatal("other associated data opens")
		}
	})
}

// A slow machine gets the floor, a fast one more passes.
func TestCalibrate(t *testing.T) {
	now := time.Unix(0, 0)
	slow := func() time.Time { now = now.Add(5 * time.Second); return now }
	if c := Calibrate(slow, time.Second); c.Time != minTime || c.Memory != minMemory {
		t.Errorf("slow machine: %+v", c)
	}
	fast := func() time.Time { now = now.Add(50 * time.Millisecond); return now }
	if c := Calibrate(fast, time.Second); c.Memory != minMemory || c.Time <= minTime {
		t.Errorf("fast machine: %+v", c)
	}
}
