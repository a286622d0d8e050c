package sync

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

// Bounds of a statement against hostile input.
const (
	MaxStatement = 400 << 10
	maxTips      = 4096
	maxLacks     = 1024
	maxProgram   = 64
)

const statementPrefix = "paradero statement 1"

// ErrStatement says that bytes are no statement, or not signed by the device that
// they name.
var ErrStatement = errors.New("not a statement of the device that it names")

// Statement is a device's signed word of what it holds: every batch up to the
// tips, save what it lacks. Of two the one with the greater serial is the newer.
type Statement struct {
	Office  record.ID
	Device  record.ID
	Public  []byte // its Ed25519 key
	Serial  uint64
	At      time.Time
	Program string // its version
	Tips    []ledger.Tip
	Lacks   []Name // below the tips: lost in a damaged stretch, and not here again yet
}

// Sign encodes and signs a statement. What does not fit is left out: it is not
// claimed then.
func (s *Statement) Sign(sign func(message []byte) []byte) []byte {
	body := s.encode()
	out := cbor.AppendBytes(cbor.AppendArray(nil, 2), body)
	return cbor.AppendBytes(out, sign(append([]byte(statementPrefix), body...)))
}

func (s *Statement) encode() []byte {
	tips := s.Tips
	if len(s.Lacks) > maxLacks { // what is not claimed cannot be wrong
		tips = nil
	}
	tips = tips[:min(len(tips), maxTips)]
	b := cbor.AppendUint(cbor.AppendArray(nil, 9), 1)
	b = cbor.AppendBytes(cbor.AppendBytes(b, s.Office[:]), s.Device[:])
	b = cbor.AppendBytes(b, s.Public)
	b = cbor.AppendUint(b, s.Serial)
	b = cbor.AppendUint(b, uint64(max(s.At.Unix(), 0)))
	b = cbor.AppendText(b, s.Program[:min(len(s.Program), maxProgram)])
	b = cbor.AppendArray(b, 4*len(tips))
	for _, t := range tips {
		b = cbor.AppendUint(cbor.AppendBytes(b, t.Device[:]), t.Seq)
		b = cbor.AppendUint(cbor.AppendBytes(b, t.Hash[:]), t.Lamport)
	}
	lacks := s.Lacks
	if tips == nil {
		lacks = nil
	}
	b = cbor.AppendArray(b, 3*len(lacks))
	for _, n := range lacks {
		b = cbor.AppendUint(cbor.AppendBytes(b, n.Device[:]), n.Seq)
		b = cbor.AppendBytes(b, n.Hash[:])
	}
	return b
}

// ReadStatement reads a statement and checks that it is signed by the device that
// it names. Whether that device is of the office is the caller's to ask.
func ReadStatement(b []byte) (*Statement, error) {
	if len(b) > MaxStatement {
		return nil, fmt.Errorf("%w: %d bytes", ErrStatement, len(b))
	}
	r := cbor.NewReader(b)
	if r.Array(2) != 2 {
		r.Fail("statement has not two parts")
	}
	body, sig := r.Bytes(), r.Bytes()
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	s, err := readStatement(body)
	if err != nil {
		return nil, err
	}
	if len(s.Public) != ed25519.PublicKeySize || ledger.DeviceOf(s.Public) != s.Device ||
		!ed25519.Verify(s.Public, append([]byte(statementPrefix), body...), sig) {
		return nil, fmt.Errorf("%w: signature", ErrStatement)
	}
	return s, nil
}

func readStatement(body []byte) (*Statement, error) {
	var s Statement
	r := cbor.NewReader(body)
	if r.Array(9) != 9 {
		r.Fail("statement has not nine parts")
	}
	if v := r.Uint(); r.Err() == nil && v != 1 {
		return nil, fmt.Errorf("%w: version %d", ErrStatement, v)
	}
	r.Fixed(s.Office[:])
	r.Fixed(s.Device[:])
	s.Public = bytes.Clone(r.Bytes())
	s.Serial = r.Below(1 << 62)
	s.At = time.Unix(int64(r.Below(1<<40)), 0)
	if s.Program = r.Text(); len(s.Program) > maxProgram {
		r.Fail("program of %d bytes", len(s.Program))
	}
	n := r.Array(4 * maxTips)
	if n%4 != 0 {
		r.Fail("half a tip")
	}
	for range n / 4 {
		var t ledger.Tip
		r.Fixed(t.Device[:])
		t.Seq = r.Below(1 << 62)
		r.Fixed(t.Hash[:])
		t.Lamport = r.Below(1 << 62)
		s.Tips = append(s.Tips, t)
	}
	n = r.Array(3 * maxLacks)
	if n%3 != 0 {
		r.Fail("half of what it lacks")
	}
	for range n / 3 {
		var l Name
		r.Fixed(l.Device[:])
		l.Seq = r.Below(1 << 62)
		r.Fixed(l.Hash[:])
		s.Lacks = append(s.Lacks, l)
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	return &s, nil
}
