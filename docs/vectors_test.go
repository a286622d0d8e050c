// Package docs holds the vectors of docs/formats.md against the program, both
// ways: it makes exactly these bytes, it reads them, and it refuses them when
// one byte is another.
package docs

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paradero/data/record"
	"paradero/data/vault"
)

// octets is a byte string that a vector file holds as hex.
type octets []byte

func (b octets) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

func (b *octets) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// id reads an octets as the name of a record, a device or an office.
func (b octets) id(t *testing.T) (id record.ID) {
	t.Helper()
	if len(b) != len(id) {
		t.Fatalf("a name of %d bytes", len(b))
	}
	return record.ID(b)
}

func (b octets) hash(t *testing.T) (h [32]byte) {
	t.Helper()
	if len(b) != len(h) {
		t.Fatalf("a hash of %d bytes", len(b))
	}
	return [32]byte(b)
}

// load reads a vector file. A key that nobody reads is an error, so that no
// vector stands there unheld.
func load(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// keep writes the vector file anew when PARADERO_VECTORS=write asks for it: after
// a new vector was added, never to quieten a test.
func keep(t *testing.T, name string, v any) {
	t.Helper()
	if os.Getenv("PARADERO_VECTORS") != "write" {
		return
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("vectors", name), out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// equal compares bytes that were made with those of the file, and puts them
// there when the file is to be written anew.
func equal(t *testing.T, what string, want *octets, got []byte) {
	t.Helper()
	if os.Getenv("PARADERO_VECTORS") == "write" {
		*want = bytes.Clone(got)
		return
	}
	if !bytes.Equal(*want, got) {
		t.Errorf("%s is\n%x, the vector says\n%x", what, got, []byte(*want))
	}
}

// refusedWhenChanged tries every byte of a vector with one bit turned, and every
// cut of it.
func refusedWhenChanged(t *testing.T, what string, whole []byte, read func([]byte) error) {
	t.Helper()
	if err := read(whole); err != nil {
		t.Fatalf("%s is refused as it is: %v", what, err)
	}
	for i := range whole {
		spoiled := bytes.Clone(whole)
		spoiled[i] ^= 1 << (i % 8)
		if read(spoiled) == nil {
			t.Fatalf("%s: byte %d changed and not noticed", what, i)
		}
		if read(whole[:i]) == nil {
			t.Fatalf("%s: cut to %d bytes and not noticed", what, i)
		}
	}
	if read(append(bytes.Clone(whole), 0)) == nil {
		t.Fatalf("%s: a byte more is not noticed", what)
	}
}

// sealer seals with the keys and the nonces of a vector, and remembers what it
// sealed to what.
type sealer struct {
	keys   map[uint32]vault.Key
	nonces []byte
	ads    [][]byte
	plain  [][]byte
}

// Seal implements ledger.Keys.
func (s *sealer) Seal(epoch uint32, ad, plain []byte) ([]byte, error) {
	key, ok := s.keys[epoch]
	if !ok || len(s.nonces) < 24 {
		return nil, errors.New("no key or nonce in the vector")
	}
	s.ads, s.plain = append(s.ads, bytes.Clone(ad)), append(s.plain, bytes.Clone(plain))
	nonce := bytes.NewReader(s.nonces[:24])
	s.nonces = s.nonces[24:]
	return vault.Seal(nonce, nil, &key, ad, plain)
}

// Open implements ledger.Keys.
func (s *sealer) Open(epoch uint32, ad, sealed []byte) ([]byte, error) {
	key, ok := s.keys[epoch]
	if !ok {
		return nil, errors.New("no key in the vector")
	}
	return vault.Open(&key, ad, sealed)
}

// signer signs with the seed of a vector.
type signer struct{ key ed25519.PrivateKey }

func signerOf(seed []byte) signer { return signer{ed25519.NewKeyFromSeed(seed)} }

// Public implements ledger.Signer.
func (s signer) Public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

// Sign implements ledger.Signer.
func (s signer) Sign(message []byte) []byte { return ed25519.Sign(s.key, message) }

// Every vector file is read by a test here, and the page names every one.
func TestEveryVectorIsNamed(t *testing.T) {
	page, err := os.ReadFile("formats.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("vectors", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, f := range files {
		if !strings.Contains(string(page), filepath.ToSlash(f)) {
			t.Errorf("formats.md does not name %s", f)
		}
	}
}
