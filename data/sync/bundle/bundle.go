// Package bundle is the file by which two devices of an office exchange what they
// said without a network: a head, batches as the journal holds them, and a foot
// that counts and signs them all.
//
// What must not live here: what is taken in and what it means (data), keys, and
// any other way of carrying batches. The batches are sealed and signed by those
// who wrote them; a bundle adds who put them together and that nothing is missing.
package bundle

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

const (
	line       = "paradero bundle 1\n"
	linePrefix = "paradero bundle "
	signPrefix = "paradero bundle signature 1"
	maxHead    = 4 << 20
	maxPart    = ledger.MaxBatch + 128<<10
	maxTips    = 1 << 16
)

// Errors of reading a bundle.
var (
	ErrDamaged   = errors.New("bundle is damaged or incomplete")
	ErrNewer     = errors.New("bundle of a newer version")
	ErrNoBundle  = errors.New("not a bundle")
	ErrSignature = errors.New("bundle is not signed by the device that it names")
)

// Head says whose bundle it is.
type Head struct {
	Office record.ID
	Device record.ID // who put it together
	Public []byte    // its Ed25519 key
	Made   time.Time
	Tips   []ledger.Tip // where all feeds end that it holds itself: what need not be sent to it
	Whole  bool         // everything that it holds; false: only what another lacked
}

// A bundle is its line, then parts: each a length (4 bytes, big-endian, zero for
// the foot) and that many bytes. The first is the head, the others are frames.
// The foot is the count (8 bytes), the SHA-256 of all before it, and the device's
// Ed25519 signature over that.

// Writer writes a bundle.
type Writer struct {
	out   *bufio.Writer
	sum   hash.Hash
	count uint64
}

// NewWriter begins a bundle.
func NewWriter(w io.Writer, h Head) (*Writer, error) {
	b := &Writer{out: bufio.NewWriterSize(w, 1<<16), sum: sha256.New()}
	if err := b.write([]byte(line)); err != nil {
		return nil, err
	}
	return b, b.part(h.encode())
}

// Frame adds a batch's frame.
func (b *Writer) Frame(frame []byte) error {
	b.count++
	return b.part(frame)
}

// Close ends the bundle, signed.
func (b *Writer) Close(sign func(message []byte) []byte) error {
	foot := binary.BigEndian.AppendUint64(make([]byte, 4, 12), b.count)
	if err := b.write(foot); err != nil {
		return err
	}
	sum := b.sum.Sum(nil)
	if err := b.write(append(sum, sign(append([]byte(signPrefix), sum...))...)); err != nil {
		return err
	}
	if err := b.out.Flush(); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

func (b *Writer) part(p []byte) error {
	if err := b.write(binary.BigEndian.AppendUint32(nil, uint32(len(p)))); err != nil {
		return err
	}
	return b.write(p)
}

func (b *Writer) write(p []byte) error {
	_, _ = b.sum.Write(p)
	if _, err := b.out.Write(p); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

func (h *Head) encode() []byte {
	b := cbor.AppendArray(nil, 6)
	b = cbor.AppendBytes(cbor.AppendBytes(b, h.Office[:]), h.Device[:])
	b = cbor.AppendBytes(b, h.Public)
	b = cbor.AppendUint(b, uint64(max(h.Made.Unix(), 0)))
	b = cbor.AppendArray(b, 4*len(h.Tips))
	for _, t := range h.Tips {
		b = cbor.AppendUint(cbor.AppendBytes(b, t.Device[:]), t.Seq)
		b = cbor.AppendUint(cbor.AppendBytes(b, t.Hash[:]), t.Lamport)
	}
	return cbor.AppendBool(b, h.Whole)
}

func readHead(p []byte) (h Head, err error) {
	r := cbor.NewReader(p)
	if r.Array(6) != 6 {
		r.Fail("head has not six parts")
	}
	r.Fixed(h.Office[:])
	r.Fixed(h.Device[:])
	h.Public = append([]byte(nil), r.Bytes()...)
	h.Made = time.Unix(int64(r.Below(1<<40)), 0)
	for range r.Array(4*maxTips) / 4 {
		var t ledger.Tip
		r.Fixed(t.Device[:])
		t.Seq = r.Uint()
		r.Fixed(t.Hash[:])
		t.Lamport = r.Uint()
		h.Tips = append(h.Tips, t)
	}
	h.Whole = r.Bool()
	if err := r.Done(); err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return h, nil
}

// Read reads a bundle to its end and gives each frame to do, which may be nil. A
// bundle that is cut, damaged or signed by another is an error at its end, so
// that whoever must be sure reads it once before he takes anything of it.
func Read(r io.Reader, do func(Head, []byte) error) (Head, int, error) {
	b := &reader{in: bufio.NewReaderSize(r, 1<<16), sum: sha256.New()}
	first := make([]byte, len(line))
	if _, err := io.ReadFull(b.in, first); err != nil || string(first[:len(linePrefix)]) != linePrefix {
		return Head{}, 0, ErrNoBundle
	}
	if string(first) != line {
		return Head{}, 0, ErrNewer
	}
	_, _ = b.sum.Write(first)
	p, _, err := b.part(maxHead)
	if err != nil {
		return Head{}, 0, err
	}
	h, err := readHead(p)
	if err != nil {
		return Head{}, 0, err
	}
	count := 0
	for {
		frame, foot, err := b.part(maxPart)
		if err != nil {
			return h, count, err
		}
		if foot {
			return h, count, b.end(&h, count)
		}
		count++
		if do != nil {
			if err := do(h, frame); err != nil {
				return h, count, err
			}
		}
	}
}

type reader struct {
	in  *bufio.Reader
	sum hash.Hash
}

func (b *reader) full(p []byte) error {
	if _, err := io.ReadFull(b.in, p); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return ErrDamaged
		}
		return fmt.Errorf("read bundle: %w", err)
	}
	return nil
}

func (b *reader) part(limit uint32) (p []byte, foot bool, err error) {
	var size [4]byte
	if err := b.full(size[:]); err != nil {
		return nil, false, err
	}
	_, _ = b.sum.Write(size[:])
	n := binary.BigEndian.Uint32(size[:])
	if n > limit {
		return nil, false, ErrDamaged
	}
	if n == 0 {
		return nil, true, nil
	}
	p = make([]byte, n)
	if err := b.full(p); err != nil {
		return nil, false, err
	}
	_, _ = b.sum.Write(p)
	return p, false, nil
}

// end checks the foot.
func (b *reader) end(h *Head, count int) error {
	var n [8]byte
	if err := b.full(n[:]); err != nil {
		return err
	}
	_, _ = b.sum.Write(n[:])
	want := b.sum.Sum(nil)
	rest := make([]byte, len(want)+ed25519.SignatureSize)
	if err := b.full(rest); err != nil {
		return err
	}
	if _, err := b.in.ReadByte(); !errors.Is(err, io.EOF) || binary.BigEndian.Uint64(n[:]) != uint64(count) || string(rest[:len(want)]) != string(want) {
		return ErrDamaged
	}
	if len(h.Public) != ed25519.PublicKeySize || ledger.DeviceOf(h.Public) != h.Device ||
		!ed25519.Verify(h.Public, append([]byte(signPrefix), want...), rest[len(want):]) {
		return ErrSignature
	}
	return nil
}
