package folder

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

// A pack is a file that is written once: its line, a head, frames, a foot. Head and
// frames are each a length (4 bytes, big-endian) and that many bytes; the foot is a
// length of zero and the SHA-256 of all before it. It is named by the device that
// wrote it, its number, its length and its hash, so that what is only half there,
// or was written into, is known by its name, and two that a program in between has
// given other names are one.
const (
	packLine    = "paradero pack 1\n"
	packExt     = ".pack"
	maxPack     = 128 << 20
	maxHead     = 1 << 20
	maxPart     = ledger.MaxBatch + 128<<10
	maxReplaced = 4096
)

// sum names a pack: the first bytes of its hash.
type sum [12]byte

func (s sum) String() string { return hex.EncodeToString(s[:]) }

// errPack says that a file is no whole pack of this office.
var errPack = errors.New("not a whole pack")

// packed is a pack as its file's name or its head tells of it.
type packed struct {
	path     string
	device   record.ID // who wrote the file
	number   uint64    // later ones of a device have greater ones
	size     int64
	sum      sum
	replaces []sum // packs of the same device that it was put together of; only the head tells
	before   []sum // those that these were put together of, and so on, as far back as there is room
}

// name is the file's.
func (p *packed) name() string {
	return fmt.Sprintf("%s-%d-%d-%s%s", p.device, p.number, p.size, p.sum, packExt)
}

// readName reads a pack's name; what a program in between has put into it, as in
// "….sync-conflict-20261125-101010-ABCDEFG.pack", is passed over.
func readName(name string) (p packed, ok bool) {
	plain, _, _ := strings.Cut(name, ".")
	parts := strings.Split(plain, "-")
	if len(parts) != 4 || !strings.HasSuffix(name, packExt) {
		return p, false
	}
	var err error
	if p.device, err = record.ParseID(parts[0]); err != nil {
		return p, false
	}
	if p.number, err = strconv.ParseUint(parts[1], 10, 62); err != nil {
		return p, false
	}
	if p.size, err = strconv.ParseInt(parts[2], 10, 62); err != nil || p.size > maxPack {
		return p, false
	}
	b, err := hex.DecodeString(parts[3])
	return p, err == nil && copy(p.sum[:], b) == len(p.sum) && len(b) == len(p.sum)
}

// packWriter writes a pack into a file.
type packWriter struct {
	file *os.File
	out  *bufio.Writer
	sum  hash.Hash
	size int64
}

func newPackWriter(f *os.File, office record.ID, p *packed) (*packWriter, error) {
	w := &packWriter{file: f, out: bufio.NewWriterSize(f, 1<<17), sum: sha256.New()}
	b := cbor.AppendArray(nil, 5)
	b = cbor.AppendBytes(cbor.AppendBytes(b, office[:]), p.device[:])
	b = cbor.AppendUint(b, p.number)
	for _, list := range [][]sum{p.replaces, p.before} {
		b = cbor.AppendArray(b, len(list))
		for _, s := range list {
			b = cbor.AppendBytes(b, s[:])
		}
	}
	if err := w.write([]byte(packLine)); err != nil {
		return nil, err
	}
	return w, w.part(b)
}

func (w *packWriter) write(b []byte) error {
	_, _ = w.sum.Write(b)
	w.size += int64(len(b))
	_, err := w.out.Write(b)
	return err
}

func (w *packWriter) part(b []byte) error {
	if err := w.write(binary.BigEndian.AppendUint32(nil, uint32(len(b)))); err != nil {
		return err
	}
	return w.write(b)
}

// end writes the foot and makes the file durable; p is told its length and hash.
func (w *packWriter) end(p *packed) error {
	if err := w.write(make([]byte, 4)); err != nil {
		return err
	}
	all := w.sum.Sum(nil)
	if _, err := w.out.Write(all); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	p.size, p.sum = w.size+int64(len(all)), sum(all)
	return w.file.Sync()
}

// packReader reads the frames of a pack that was checked.
type packReader struct {
	packed
	file  *os.File // nil while it is put aside
	in    *bufio.Reader
	left  int64
	buf   []byte
	frame []byte // the next, nil at the end and while it is put aside
	begin int64  // where it stands
	more  bool   // there is a next
	order uint64 // its Lamport time
	count int    // frames given before it
}

// aside closes the file until the next frame's turn has come: there may be
// thousands of packs, and of open files and room for their frames only so many.
func (r *packReader) aside() {
	r.close()
	r.file, r.in, r.buf, r.frame = nil, nil, nil, nil
}

// forth goes on with what was put aside.
func (r *packReader) forth() error {
	if r.file != nil {
		return nil
	}
	f, err := openRegular(r.path)
	if err != nil {
		return err
	}
	if at, err := f.Stat(); err != nil || at.Size() != r.size {
		_ = f.Close()
		return errors.Join(err, errPack)
	}
	body := r.size - sha256.Size
	r.file, r.in, r.left = f, bufio.NewReaderSize(io.NewSectionReader(f, r.begin, body-r.begin), 1<<16), body-r.begin
	return r.read()
}

// openPack opens a file, checks it whole and stands before its first frame.
func (d *Depot) openPack(p packed) (*packReader, error) {
	f, err := openRegular(p.path)
	if err != nil {
		return nil, err
	}
	r := &packReader{packed: p, file: f}
	if err := r.check(d); err != nil {
		_ = f.Close()
		return nil, err
	}
	return r, nil
}

// openRegular opens a plain file: nobody is led elsewhere by a link or kept waiting
// by a pipe.
func openRegular(path string) (*os.File, error) {
	at, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !at.Mode().IsRegular() || at.Size() > maxPack {
		return nil, errPack
	}
	return os.Open(filepath.Clean(path))
}

// check reads the whole file once: its length, its hash, its head.
func (r *packReader) check(d *Depot) error {
	at, err := r.file.Stat()
	if err != nil {
		return err
	}
	if at.Size() != r.size || r.size < int64(len(packLine))+8+sha256.Size {
		return errPack
	}
	body := r.size - sha256.Size
	h := sha256.New()
	if !d.checked(r.sum) {
		if _, err := io.Copy(h, io.NewSectionReader(r.file, 0, body)); err != nil {
			return err
		}
		foot := make([]byte, sha256.Size)
		if _, err := r.file.ReadAt(foot, body); err != nil {
			return err
		}
		if all := h.Sum(nil); !bytes.Equal(all, foot) || sum(all[:len(r.sum)]) != r.sum {
			return errPack
		}
	}
	r.in, r.left = bufio.NewReaderSize(io.NewSectionReader(r.file, 0, body), 1<<16), body
	line := make([]byte, len(packLine))
	if _, err := io.ReadFull(r.in, line); err != nil || string(line) != packLine {
		return errPack
	}
	r.left -= int64(len(packLine))
	head, err := r.part(maxHead)
	if err != nil {
		return err
	}
	if err := r.readHead(head, d.opt.Office); err != nil {
		return err
	}
	d.check(r.sum)
	return r.next()
}

func (r *packReader) readHead(b []byte, office record.ID) error {
	var of, device record.ID
	c := cbor.NewReader(b)
	if c.Array(5) != 5 {
		c.Fail("head has not five parts")
	}
	c.Fixed(of[:])
	c.Fixed(device[:])
	number := c.Uint()
	r.replaces, r.before = nil, nil
	for _, list := range []*[]sum{&r.replaces, &r.before} {
		for range c.Array(maxReplaced) {
			var s sum
			c.Fixed(s[:])
			*list = append(*list, s)
		}
	}
	if err := c.Done(); err != nil || of != office || device != r.device || number != r.number {
		return errPack
	}
	return nil
}

func (r *packReader) part(limit uint32) ([]byte, error) {
	var size [4]byte
	if err := r.full(size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if r.left -= 4 + int64(n); n > limit || r.left < 0 {
		return nil, errPack
	}
	if cap(r.buf) < int(n) {
		r.buf = make([]byte, n)
	}
	b := r.buf[:n]
	return b, r.full(b)
}

// full reads so much; errPack says that there is not so much.
func (r *packReader) full(b []byte) error {
	_, err := io.ReadFull(r.in, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errPack
	}
	return err
}

// next goes on to the next frame; at the end there is none.
func (r *packReader) next() error {
	if r.more {
		r.count++
	}
	return r.read()
}

// read reads the frame that stands where the reader does.
func (r *packReader) read() error {
	r.frame, r.more = nil, false
	if r.left == 4 { // the foot's length
		return nil
	}
	r.begin = r.size - sha256.Size - r.left
	b, err := r.part(maxPart)
	if err != nil {
		return err
	}
	r.frame, r.order, r.more = b, 0, true
	if batch, err := ledger.ReadFrame(b); err == nil {
		r.order = batch.Lamport
	}
	return nil
}

func (r *packReader) close() {
	if r.file != nil {
		_ = r.file.Close()
	}
}
