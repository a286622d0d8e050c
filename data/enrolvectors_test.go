package data

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paradero/data/ledger"
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

// loadVectors reads a vector file of docs and hands it to be written anew where
// PARADERO_VECTORS=write asks for it; writing tells whether it does.
func loadVectors(t *testing.T, name string, v any) (writing bool) {
	t.Helper()
	file := filepath.Join("..", "docs", "vectors", name)
	text, err := os.ReadFile(file)
	writing = os.Getenv("PARADERO_VECTORS") == "write"
	if err != nil && !writing {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil && !writing {
		t.Fatalf("%s: %v", name, err)
	}
	t.Cleanup(func() {
		if !writing || t.Failed() {
			return
		}
		out, err := json.MarshalIndent(v, "", " ")
		if err == nil {
			err = os.WriteFile(file, append(out, '\n'), 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	})
	return writing
}

func sameOctets(t *testing.T, writing bool, what string, want *octets, got []byte) {
	t.Helper()
	if writing {
		*want = bytes.Clone(got)
	} else if !bytes.Equal(*want, got) {
		t.Errorf("%s is\n%x, the vector says\n%x", what, got, []byte(*want))
	}
}

// enrolVectors is docs/vectors/enrol.json.
type enrolVectors struct {
	Says        string            `json:"says"`
	Identity    octets            `json:"identity"`
	Inviter     octets            `json:"inviter_signing_seed"`
	Answer      octets            `json:"answer_seed"`
	Sign        octets            `json:"device_signing_seed"`
	Box         octets            `json:"device_box_seed"`
	Code        string            `json:"code"`
	CodeKey     octets            `json:"code_stretched"` // Argon2id, which Python's library has not
	Offer       octets            `json:"offer"`
	Envelope    octets            `json:"envelope_key"`
	Invitation  octets            `json:"invitation"`
	Request     octets            `json:"request"`
	Compared    octets            `json:"compared"` // the hash that both screens show something of
	ComparedKey octets            `json:"compared_stretched"`
	Words       string            `json:"words"`
	Picture     string            `json:"picture"`
	Boxes       map[string]string `json:"letter_boxes"`
	Welcome     octets            `json:"welcome"`
	Office      octets            `json:"welcome_office"`
	Name        string            `json:"welcome_name"`
	Epochs      map[uint32]octets `json:"welcome_epochs"`
	Current     uint32            `json:"welcome_epoch_in_use"`
	Founder     octets            `json:"welcome_founder"`
	Member      octets            `json:"welcome_member"`
}

// given gives bytes that follow from a number.
func given(from byte, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{from}).Read(b)
	return b
}

// vectorInvitation makes the invitation of the vectors.
func vectorInvitation(t *testing.T, v *enrolVectors) *invitation {
	t.Helper()
	inviter := ed25519.NewKeyFromSeed(v.Inviter)
	public := inviter.Public().(ed25519.PublicKey)
	f := &offer{
		id: [16]byte(given(20, 16)), office: record.ID(v.Office), name: v.Name, inviter: ledger.DeviceOf(public), sign: public,
		founder: ledger.DeviceOf(public), who: "Inés Chimbo", role: "lawyer", expires: time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC),
		answer: ed25519.NewKeyFromSeed(v.Answer).Public().(ed25519.PublicKey), cost: vault.Cost{Time: 1, Memory: 64, Threads: 1},
	}
	f.bytes = f.encode()
	f.sig = ed25519.Sign(inviter, append([]byte(inviteMagic), f.bytes...))
	identity := vault.Key(v.Identity)
	var err error
	if f.envelope, err = envelopeKey(&identity, f.id); err != nil {
		t.Fatal(err)
	}
	return &invitation{offer: f, seed: v.Answer, hub: []byte(`{"paradero_hub":1}`)}
}

// The files by which a device comes in are made to the byte as the vectors have
// them, and what is sealed to the device opens; its sealing draws from the machine.
func TestEnrolVectors(t *testing.T) {
	var v enrolVectors
	writing := loadVectors(t, "enrol.json", &v)
	if writing {
		v.Says = "How a device comes into an office (formats.md, 15): invented people. What is stretched is so with 1 pass over 64 KiB, 1 thread."
		v.Identity, v.Inviter, v.Answer, v.Sign, v.Box = given(1, 32), given(2, 32), given(3, 32), given(4, 32), given(5, 32)
		v.Office, v.Name, v.Member, v.Epochs, v.Current = given(6, 16), "Oficina de prueba", given(7, 16), map[uint32]octets{0: given(8, 32), 77: given(9, 32)}, 77
		text, err := vault.DrawTold(bytes.NewReader(given(10, 8)))
		if err != nil {
			t.Fatal(err)
		}
		v.Code = text
	}
	in := vectorInvitation(t, &v)
	f := in.offer
	sameOctets(t, writing, "offer", &v.Offer, f.bytes)
	sameOctets(t, writing, "envelope key", &v.Envelope, f.envelope[:])
	file, err := in.seal(bytes.NewReader(given(11, 64)), v.Code)
	if err != nil {
		t.Fatal(err)
	}
	sameOctets(t, writing, "invitation", &v.Invitation, file)
	secret, err := vault.ReadTold(v.Code)
	if err != nil {
		t.Fatal(err)
	}
	key, err := vault.Stretch(secret, given(11, 16), f.cost)
	if err != nil {
		t.Fatal(err)
	}
	sameOctets(t, writing, "the code's key", &v.CodeKey, key[:])
	got, err := openInvitation(v.Invitation, strings.ToLower(v.Code))
	if err != nil || !bytes.Equal(got.offer.bytes, f.bytes) || !bytes.Equal(got.seed, v.Answer) || !bytes.Equal(got.hub, in.hub) {
		t.Fatalf("the invitation does not open: %v", err)
	}
	q := vectorRequest(t, writing, &v, f)
	vectorWelcome(t, writing, &v, q)
}

func vectorRequest(t *testing.T, writing bool, v *enrolVectors, f *offer) *asked {
	t.Helper()
	box, err := vault.BoxPublic(v.Box)
	if err != nil {
		t.Fatal(err)
	}
	hub, err := hubKey(v.Sign)
	if err != nil {
		t.Fatal(err)
	}
	device := ed25519.NewKeyFromSeed(v.Sign)
	q := &asked{
		offer: f, device: "portátil de Inés", sign: device.Public().(ed25519.PublicKey), box: box, hub: hub.Public().(ed25519.PublicKey),
		at: time.Date(2026, 11, 26, 15, 30, 0, 0, time.UTC),
	}
	file, err := q.seal(bytes.NewReader(given(12, 64)), ed25519.NewKeyFromSeed(v.Answer), device)
	if err != nil {
		t.Fatal(err)
	}
	sameOctets(t, writing, "request", &v.Request, file)
	_, plain, err := openLetter(requestMagic, v.Request, func([16]byte) (*vault.Key, error) { return f.envelope, nil })
	if err != nil {
		t.Fatal(err)
	}
	read, err := readAsked(plain)
	if err != nil || read.device != q.device || !bytes.Equal(read.box, box) || !read.at.Equal(q.at) {
		t.Fatalf("the request does not read: %v", err)
	}
	words, picture, err := q.compare()
	if err != nil {
		t.Fatal(err)
	}
	sum, err := keyBase.DecodeString(strings.TrimPrefix(picture, "PARADERO1:"))
	if err != nil {
		t.Fatal(err)
	}
	boxes := map[string]string{}
	for _, what := range []string{"request", "welcome"} {
		if boxes[what], err = boxName(f.envelope, what); err != nil {
			t.Fatal(err)
		}
	}
	if writing {
		v.Words, v.Picture, v.Boxes = words, picture, boxes
	}
	if words != v.Words || picture != v.Picture || boxes["request"] != v.Boxes["request"] || boxes["welcome"] != v.Boxes["welcome"] {
		t.Errorf("%q %q %q", words, picture, boxes)
	}
	whole := compared(q)
	if !bytes.Equal(whole[:20], sum) {
		t.Errorf("the picture shows %x", sum)
	}
	sameOctets(t, writing, "what is compared", &v.Compared, whole)
	key, err := vault.Stretch(whole, f.id[:], f.cost)
	if err != nil {
		t.Fatal(err)
	}
	sameOctets(t, writing, "what is compared, stretched", &v.ComparedKey, key[:])
	return q
}

func vectorWelcome(t *testing.T, writing bool, v *enrolVectors, q *asked) {
	t.Helper()
	f := q.offer
	if writing {
		w := &welcome{name: v.Name, hub: []byte(`{"paradero_hub":1}`), keys: vault.Keys{
			Office: [16]byte(v.Office), Identity: vault.Key(v.Identity), Epochs: map[uint32]vault.Key{}, Founder: f.founder, Member: [16]byte(v.Member), Current: v.Current,
		}}
		for n, key := range v.Epochs {
			w.keys.Epochs[n] = vault.Key(key)
		}
		var err error
		if v.Welcome, err = w.seal(bytes.NewReader(given(13, 64)), q, ed25519.NewKeyFromSeed(v.Inviter)); err != nil {
			t.Fatal(err)
		}
		v.Founder = f.founder[:]
	}
	w, by, err := openWelcome(v.Welcome, f, ledger.DeviceOf(q.sign), v.Box)
	if err != nil || !bytes.Equal(by, f.sign) {
		t.Fatalf("the welcome does not open: %v", err)
	}
	k := w.keys
	if w.name != v.Name || !bytes.Equal(k.Office[:], v.Office) || !bytes.Equal(k.Identity[:], v.Identity) || !bytes.Equal(k.Member[:], v.Member) ||
		!bytes.Equal(k.Founder[:], v.Founder) || k.Current != v.Current || len(k.Epochs) != len(v.Epochs) {
		t.Errorf("%+v", w)
	}
	for n, key := range v.Epochs {
		if got := k.Epochs[n]; !bytes.Equal(got[:], key) {
			t.Errorf("key %d is %x", n, got)
		}
	}
	for i := range v.Welcome {
		spoiled := bytes.Clone(v.Welcome)
		spoiled[i] ^= 1 << (i % 8)
		if _, _, err := openWelcome(spoiled, f, ledger.DeviceOf(q.sign), v.Box); err == nil {
			t.Fatalf("byte %d changed and not noticed", i)
		}
	}
}
