package hub

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/ledger"
)

// hubVectors is docs/vectors/hub.json.
type hubVectors struct {
	Says       string          `json:"says"`
	Claim      string          `json:"claim"`
	Invitation json.RawMessage `json:"invitation"`
	Devices    []struct {
		Seed    string `json:"signing_seed"`
		HubSeed string `json:"hub_seed"`
		Manages bool   `json:"manages"`
		ID      string `json:"device"`
		HubKey  string `json:"hub_key"`
		Nkey    string `json:"nkey"` // as NATS writes it
	} `json:"devices"`
	First  string `json:"first_roster"` // signed by the first device, with the claim
	Second string `json:"second_roster"`
	Place  struct {
		Own    string `json:"own"`
		Passed string `json:"passed_on"`
	} `json:"subjects"`
}

type seedSigner struct{ key ed25519.PrivateKey }

func (s seedSigner) Public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }
func (s seedSigner) Sign(m []byte) []byte      { return ed25519.Sign(s.key, m) }

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// vectors reads the file, and hands it to be written anew where that is asked for.
func vectors(t *testing.T) *hubVectors {
	t.Helper()
	file := filepath.Join("..", "..", "..", "docs", "vectors", "hub.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v hubVectors
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if os.Getenv("PARADERO_VECTORS") != "write" {
			return
		}
		out, err := json.MarshalIndent(&v, "", " ")
		if err == nil {
			err = os.WriteFile(file, append(out, '\n'), 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	})
	return &v
}

// held compares what was made with the file, or puts it there.
func held(t *testing.T, what string, want *string, got string) {
	t.Helper()
	if os.Getenv("PARADERO_VECTORS") == "write" {
		*want = got
	} else if *want != got {
		t.Errorf("%s is\n%s, the vector says\n%s", what, got, *want)
	}
}

// The invitation, the roster and the subjects of docs/formats.md, both ways.
func TestVectors(t *testing.T) {
	v := vectors(t)
	inv, err := ReadInvitation(v.Invitation)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ReadInvitation(inv.Bytes()); err != nil || string(again.Bytes()) != string(inv.Bytes()) || hex.EncodeToString(inv.Claim) != v.Claim {
		t.Errorf("invitation: %v", err)
	}
	var signers []seedSigner
	first := Roster{Account: inv.Account, Serial: 1}
	for i := range v.Devices {
		d := &v.Devices[i]
		s := seedSigner{ed25519.NewKeyFromSeed(unhex(t, d.Seed))}
		one := Device{ID: ledger.DeviceOf(s.Public()), SignKey: s.Public(), HubKey: HubKey(unhex(t, d.HubSeed)), Manages: d.Manages}
		held(t, "device", &d.ID, one.ID.String())
		held(t, "hub key", &d.HubKey, hex.EncodeToString(one.HubKey))
		held(t, "nkey", &d.Nkey, userKey(one.HubKey))
		signers, first.Devices = append(signers, s), append(first.Devices, one)
	}
	second := Roster{Account: inv.Account, Serial: 2, Devices: first.Devices[:1]}
	held(t, "first roster", &v.First, hex.EncodeToString(first.Sign(signers[0], inv.Claim)))
	held(t, "second roster", &v.Second, hex.EncodeToString(second.Sign(signers[0], nil)))
	before, err := readRoster(unhex(t, v.First), inv.Account, inv.Claim, nil)
	if err != nil || !before.Same(first.Devices) {
		t.Fatalf("first roster: %v", err)
	}
	if after, err := readRoster(unhex(t, v.Second), inv.Account, inv.Claim, before); err != nil || after.Serial != 2 || len(after.Devices) != 1 {
		t.Fatalf("second roster: %v", err)
	}
	changedRosters(t, inv, before, unhex(t, v.First), unhex(t, v.Second))
	if _, err := readRoster(first.Sign(signers[1], inv.Claim), inv.Account, inv.Claim, nil); !errors.Is(err, ErrRoster) {
		t.Errorf("claimed by a device that does not manage: %v", err)
	}
	n, ok := NameIn(v.Place.Own)
	if !ok || SubjectOf(first.Devices[0].ID, n) != v.Place.Own || SubjectOf(first.Devices[1].ID, n) != v.Place.Passed {
		t.Errorf("subjects are %s and %s", SubjectOf(first.Devices[0].ID, n), SubjectOf(first.Devices[1].ID, n))
	}
}

// changedRosters tries every byte changed.
func changedRosters(t *testing.T, inv *Invitation, before *Roster, first, second []byte) {
	t.Helper()
	for i := range first {
		spoiled := bytes.Clone(first)
		spoiled[i] ^= 1 << (i % 8)
		if _, err := readRoster(spoiled, inv.Account, inv.Claim, nil); err == nil {
			t.Fatalf("byte %d of the first roster changed and not noticed", i)
		}
	}
	// The claim counts only while nobody has claimed: what stands there later is nothing.
	for i := range len(second) - 1 {
		spoiled := bytes.Clone(second)
		spoiled[i] ^= 1 << (i % 8)
		if _, err := readRoster(spoiled, inv.Account, inv.Claim, before); err == nil {
			t.Fatalf("byte %d of the second roster changed and not noticed", i)
		}
	}
}
