package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What was sealed opens for its purpose and its device alone, and no byte of it
// may change.
func TestBox(t *testing.T) {
	seed, other := bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{8}, 32)
	public, err := BoxPublic(seed)
	if err != nil || len(public) != BoxSize || !IsBoxKey(public) || IsBoxKey(public[1:]) {
		t.Fatalf("public key of %d bytes: %v", len(public), err)
	}
	p := Purpose{Name: "epoch", Office: [16]byte{1}, Device: [16]byte{2}, More: []byte{3}}
	rapid.Check(t, func(rt *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(rt, "plain")
		sealed, err := BoxSeal(public, p, plain)
		if err != nil || len(sealed) != len(plain)+BoxOverhead {
			rt.Fatalf("%d bytes: %v", len(sealed), err)
		}
		if got, err := BoxOpen(seed, p, sealed); err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("does not open: %v", err)
		}
		for what, wrong := range map[string]Purpose{
			"name":   {Name: "welcome", Office: p.Office, Device: p.Device, More: p.More},
			"office": {Name: p.Name, Device: p.Device, More: p.More},
			"device": {Name: p.Name, Office: p.Office, More: p.More},
			"more":   {Name: p.Name, Office: p.Office, Device: p.Device},
		} {
			if _, err := BoxOpen(seed, wrong, sealed); !errors.Is(err, ErrSealed) {
				rt.Errorf("opens for another %s: %v", what, err)
			}
		}
		if _, err := BoxOpen(other, p, sealed); !errors.Is(err, ErrSealed) {
			rt.Error("opens for another device")
		}
		i := rapid.IntRange(0, len(sealed)-1).Draw(rt, "byte")
		sealed[i] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, err := BoxOpen(seed, p, sealed); !errors.Is(err, ErrSealed) {
			rt.Errorf("opens with byte %d changed", i)
		}
		if _, err := BoxOpen(seed, p, sealed[:rapid.IntRange(0, len(sealed)-1).Draw(rt, "cut")]); !errors.Is(err, ErrSealed) {
			rt.Error("opens when cut")
		}
	})
}

// A box that an earlier build sealed opens with this one: the seed's key pair,
// the suite and the purpose's bytes are a format.
func TestBoxVector(t *testing.T) {
	seed := make([]byte, 32)
	for i := range seed {
		seed[i] = byte(i)
	}
	public, err := BoxPublic(seed)
	if err != nil {
		t.Fatal(err)
	}
	const want = "9c413b9cf8331b07ba25501a46abfaf0669a1c127f759c1480990156783e9d4c"
	if sum := sha256.Sum256(public); hex.EncodeToString(sum[:]) != want {
		t.Errorf("public key's SHA-256 is %x", sum)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "box.hex"))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := BoxOpen(seed, Purpose{Name: "vector", Office: [16]byte{1}, Device: [16]byte{2}, More: []byte("more")}, sealed)
	if err != nil || string(plain) != "La llave de la época 7" {
		t.Errorf("%q, %v", plain, err)
	}
}
