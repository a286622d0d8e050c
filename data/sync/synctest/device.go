// Package synctest is what every depot must pass, and a depot that fails on
// purpose, for the tests of those who use one.
//
// What must not live here: anything that the program itself uses.
package synctest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
)

// Office is the invented office of the suite.
var Office = record.ID{0: 0x0f, 15: 1}

// Device is an invented device that writes batches.
type Device struct {
	ID   record.ID
	Sign ed25519.PrivateKey
	last ledger.Tip
}

// NewDevice makes the device with a number; the same number is the same device.
func NewDevice(n byte) *Device {
	seed := sha256.Sum256([]byte{'d', n})
	d := &Device{Sign: ed25519.NewKeyFromSeed(seed[:])}
	d.ID = ledger.DeviceOf(d.Sign.Public().(ed25519.PublicKey))
	return d
}

type signer struct{ key ed25519.PrivateKey }

func (s signer) Public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }
func (s signer) Sign(m []byte) []byte      { return ed25519.Sign(s.key, m) }

// plain seals nothing: a depot does not open what it carries.
type plain struct{}

func (plain) Seal(_ uint32, _, p []byte) ([]byte, error) {
	return append([]byte("not sealed "), p...), nil
}
func (plain) Open(_ uint32, _, s []byte) ([]byte, error) { return s[len("not sealed "):], nil }

// Frame writes the device's next batch, of about size bytes.
func (d *Device) Frame(t testing.TB, size int, deps ...ledger.Hash) []byte {
	t.Helper()
	f, tip := d.write(t, d.last, size, deps)
	d.last = tip
	return f
}

// Twin writes a batch under the number of the device's last: a fork.
func (d *Device) Twin(t testing.TB) []byte {
	t.Helper()
	f, _ := d.write(t, ledger.Tip{Seq: d.last.Seq - 1, Hash: ledger.Hash{9}, Lamport: d.last.Lamport}, 500, nil)
	return f
}

func (d *Device) write(t testing.TB, last ledger.Tip, size int, deps []ledger.Hash) ([]byte, ledger.Tip) {
	t.Helper()
	text := string(bytes.Repeat([]byte{'x'}, 200))
	body := &ledger.Body{Wall: time.Unix(1_800_000_000, 0), Author: d.ID}
	for n := max(1, size/700); n > 0; n-- {
		body.Changes = append(body.Changes, ledger.Change{
			Record: record.ID{byte(n), byte(last.Seq)}, Kind: record.Detainee, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 1, Text: text}},
		})
	}
	e := ledger.Envelope{Office: Office, Seq: last.Seq + 1, Lamport: last.Lamport + 1, Deps: deps}
	if e.Seq > 1 {
		e.Prev = last.Hash
	}
	b, err := ledger.Write(e, body, plain{}, signer{d.Sign})
	if err != nil {
		t.Fatal(err)
	}
	return ledger.AppendFrame(nil, b), ledger.Tip{Device: d.ID, Seq: b.Seq, Hash: b.Hash, Lamport: b.Lamport}
}

// Statement is the device's word that it holds what it wrote itself.
func (d *Device) Statement(serial uint64) []byte {
	s := sync.Statement{
		Office: Office, Device: d.ID, Public: d.Sign.Public().(ed25519.PublicKey), Serial: serial,
		At: time.Unix(1_800_000_000, 0), Program: "test", Tips: []ledger.Tip{d.last},
	}
	return s.Sign(signer{d.Sign}.Sign)
}
