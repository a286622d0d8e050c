package data

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"io"
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// circleVectors is docs/vectors/circle.json.
type circleVectors struct {
	Says   string `json:"says"`
	Office octets `json:"office"`
	Sign   octets `json:"signing_seed"`
	Box    octets `json:"box_seed"`
	First  octets `json:"epoch_key"` // of number 0
	Epoch  struct {
		Key     octets `json:"key"`
		Record  octets `json:"record"`
		Number  uint32 `json:"number"`
		Wrapped string `json:"wrapped"` // Base64, as the entry holds it
	} `json:"epoch"`
	Circle  octets `json:"circle"`
	Key     octets `json:"circle_key"`
	KeyID   octets `json:"circle_key_id"`
	Wrapped string `json:"circle_wrapped"`
	Batch   struct {
		Frame octets   `json:"frame"`
		Open  string   `json:"open"`   // a field that everybody reads
		Texts []string `json:"sealed"` // those of the change that the circle sealed
		Word  string   `json:"reason"`
	} `json:"batch"`
}

// vectorKeys seals with given keys and nonces.
type vectorKeys struct {
	random io.Reader
	first  vault.Key
	circle map[record.ID]vault.Key
}

func (k vectorKeys) Seal(_ uint32, ad, plain []byte) ([]byte, error) {
	return vault.Seal(k.random, nil, &k.first, ad, plain)
}

func (k vectorKeys) Open(_ uint32, ad, sealed []byte) ([]byte, error) {
	return vault.Open(&k.first, ad, sealed)
}

func (k vectorKeys) SealCircle(id record.ID, ad, plain []byte) ([]byte, error) {
	key := k.circle[id]
	return vault.Seal(k.random, nil, &key, ad, plain)
}

func (k vectorKeys) OpenCircle(id record.ID, ad, sealed []byte) ([]byte, error) {
	key, ok := k.circle[id]
	if !ok {
		return nil, errNoCircle
	}
	return vault.Open(&key, ad, sealed)
}

// A key of an epoch and one of a circle, each sealed to a device, and a batch with a
// change that the circle sealed beside one that everybody reads.
func TestCircleVectors(t *testing.T) {
	var v circleVectors
	writing := loadVectors(t, "circle.json", &v)
	if writing {
		v.Says = "Keys sealed to a device (formats.md, 12), and what a circle seals (3, 13): invented people."
		v.Office, v.Sign, v.Box, v.First, v.Epoch.Key = given(31, 16), given(32, 32), given(33, 32), given(34, 32), given(35, 32)
		v.Circle, v.Key = given(36, 16), given(37, 32)
		v.Batch.Open, v.Batch.Texts, v.Batch.Word = "Ambato", []string{"Ñusta, casa de su tía", "pasaje sin número"}, "la familia está amenazada"
	}
	signer := deviceKey{ed25519.NewKeyFromSeed(v.Sign)}
	device, office, circle := ledger.DeviceOf(signer.Public()), record.ID(v.Office), record.ID(v.Circle)
	epoch, key := vault.Key(v.Epoch.Key), vault.Key(v.Key)
	id, number := vault.EpochOf(office, &epoch)
	keyID := circleKeyID(&key)
	sameOctets(t, writing, "epoch's record", &v.Epoch.Record, id[:])
	sameOctets(t, writing, "circle key's name", &v.KeyID, keyID[:])
	ofEpoch := vault.Purpose{Name: purposeEpoch, Office: office, Device: device, More: id[:]}
	ofCircle := circlePurpose(office, device, circle, keyID)
	if writing {
		v.Epoch.Number = number
		v.Epoch.Wrapped, v.Wrapped = boxedText(t, v.Box, ofEpoch, epoch[:]), boxedText(t, v.Box, ofCircle, key[:])
	}
	if v.Epoch.Number != number {
		t.Errorf("number %d", number)
	}
	for text, want := range map[string]struct {
		vault.Purpose
		key vault.Key
	}{v.Epoch.Wrapped: {ofEpoch, epoch}, v.Wrapped: {ofCircle, key}} {
		sealed, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := vault.BoxOpen(v.Box, want.Purpose, sealed); err != nil || !bytes.Equal(got, want.key[:]) {
			t.Errorf("%s opens as %x, %v", want.Name, got, err)
		}
	}
	vectorBatch(t, writing, &v, signer, vectorKeys{bytes.NewReader(given(38, 24*8)), vault.Key(v.First), map[record.ID]vault.Key{keyID: key}})
}

func boxedText(t *testing.T, seed []byte, p vault.Purpose, plain []byte) string {
	t.Helper()
	public, err := vault.BoxPublic(seed)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := vault.BoxSeal(public, p, plain)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sealed)
}

func vectorBatch(t *testing.T, writing bool, v *circleVectors, signer deviceKey, keys vectorKeys) {
	t.Helper()
	who := record.ID(given(39, 16))
	body := &ledger.Body{Wall: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC), Author: record.ID(given(40, 16)), Changes: []ledger.Change{
		{Record: who, Kind: record.Contact, Op: ledger.OpEdit, Rights: 1, Fields: []ledger.Field{{Num: 1, Text: v.Batch.Open}}},
		{Record: who, Kind: record.Contact, Op: ledger.OpRestrict, Rights: 1, Critical: true, Target: record.ID(v.Circle)},
		{
			Record: who, Kind: record.Contact, Op: ledger.OpEdit, Rights: 1, Circle: record.ID(v.KeyID), Reason: v.Batch.Word,
			Fields: []ledger.Field{{Num: 2, Text: v.Batch.Texts[0]}, {Num: 3, Text: v.Batch.Texts[1]}},
		},
	}}
	b, err := ledger.Write(ledger.Envelope{Office: record.ID(v.Office), Seq: 1, Lamport: 1}, body, keys, signer)
	if err != nil {
		t.Fatal(err)
	}
	sameOctets(t, writing, "frame", &v.Batch.Frame, ledger.AppendFrame(nil, b))
	read, err := ledger.ReadFrame(v.Batch.Frame)
	if err != nil {
		t.Fatal(err)
	}
	for inside, keys := range map[bool]ledger.Keys{true: keys, false: vectorKeys{first: keys.first}} {
		got, err := read.Open(keys)
		if err != nil {
			t.Fatal(err)
		}
		c := &got.Changes[2]
		if c.Closed == inside || inside && (c.Fields[0].Text != v.Batch.Texts[0] || c.Reason != v.Batch.Word) || !inside && (c.Fields[0].Text != "" || c.Reason != "") ||
			got.Changes[0].Fields[0].Text != v.Batch.Open {
			t.Errorf("inside %v: %+v", inside, got.Changes)
		}
	}
}
