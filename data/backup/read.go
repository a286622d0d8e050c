package backup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
)

// Reader reads one backup from its beginning.
type Reader struct {
	from  *source
	in    *bufio.Reader
	Vault []byte // the vault's bytes, which nobody has checked yet
}

// NewReader reads the beginning that needs no key.
func NewReader(from io.Reader) (*Reader, error) {
	src := &source{r: from}
	r := &Reader{from: src, in: bufio.NewReaderSize(src, 256<<10)}
	line := make([]byte, len(firstLine)+4)
	if err := r.full(line); err != nil {
		return nil, err
	}
	switch {
	case !strings.HasPrefix(string(line), anyLine):
		return nil, ErrForeign
	case !strings.HasPrefix(string(line), firstLine):
		if i := bytes.IndexByte(line, '\n'); i > len(anyLine) && len(bytes.Trim(line[len(anyLine):i], "0123456789")) == 0 {
			return nil, ErrNewer
		}
		return nil, fmt.Errorf("%w: first line", ErrDamaged)
	}
	n := binary.BigEndian.Uint32(line[len(firstLine):])
	if n == 0 || n > maxVault {
		return nil, fmt.Errorf("%w: length of the keys", ErrDamaged)
	}
	r.Vault = make([]byte, n)
	return r, r.full(r.Vault)
}

func (r *Reader) full(b []byte) error {
	_, err := io.ReadFull(r.in, b)
	return r.told(err, "beginning")
}

// told tells a disk that does not read from a file that is not what was written.
func (r *Reader) told(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case r.from.err != nil:
		return fmt.Errorf("read backup: %w", r.from.err)
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrNewer):
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, what, err)
}

// Do is what is done with what a backup holds. Any of it may be nil.
type Do struct {
	Head  func(Head) error
	Batch func(b *ledger.Batch, frame []byte) error // their memory is theirs
	Chunk func(name string, piece []byte) error
}

// Each reads all items, in order, and checks that they are whole: each byte of
// the stream, each frame, and at the end the counts and the hash of all. Only
// when it returns without an error was everything that Do was given what was
// written.
func (r *Reader) Each(ctx context.Context, secret *[32]byte, do Do) (Head, Count, error) {
	id, err := Identity(secret)
	if err != nil {
		return Head{}, Count{}, err
	}
	plain, err := age.Decrypt(r.in, id)
	var stranger *age.NoIdentityMatchError
	if errors.As(err, &stranger) && r.from.err == nil {
		return Head{}, Count{}, fmt.Errorf("%w: %w", ErrOther, err)
	}
	if err != nil {
		return Head{}, Count{}, r.told(err, "head of the stream")
	}
	e := &items{reader: r, in: bufio.NewReaderSize(plain, 128<<10), sums: newSums(), do: do}
	for {
		if err := ctx.Err(); err != nil {
			return e.head, e.sums.count, fmt.Errorf("read backup: %w", err)
		}
		done, err := e.next()
		if err != nil || done {
			return e.head, e.sums.count, err
		}
	}
}

// items reads the inside.
type items struct {
	reader *Reader
	in     *bufio.Reader
	sums   *sums
	do     Do
	head   Head
	begun  bool
}

func (e *items) next() (done bool, err error) {
	var start [5]byte
	if _, err := io.ReadFull(e.in, start[:]); err != nil {
		return false, e.reader.told(err, "it ends too early")
	}
	n := binary.BigEndian.Uint32(start[1:])
	if n > maxItem {
		return false, fmt.Errorf("%w: item of %d bytes", ErrDamaged, n)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(e.in, body); err != nil {
		return false, e.reader.told(err, "it ends too early")
	}
	if e.begun == (start[0] == itemHead) {
		return false, fmt.Errorf("%w: head", ErrDamaged)
	}
	switch start[0] {
	case itemHead:
		e.begun = true
		err = e.takeHead(body)
	case itemBatch:
		return false, e.batch(body)
	case itemChunk:
		err = e.chunk(body)
	case itemTrailer:
		return true, e.trailer(body)
	default:
		err = fmt.Errorf("%w: item %q", ErrNewer, start[0])
	}
	e.sums.add(start[0], body, 0)
	return false, err
}

func (e *items) takeHead(body []byte) (err error) {
	if e.head, err = decodeHead(body, e.reader.Vault); err != nil || e.do.Head == nil {
		return err
	}
	return e.do.Head(e.head)
}

func (e *items) batch(body []byte) error {
	b, err := ledger.ReadFrame(body)
	if errors.Is(err, ledger.ErrNewer) {
		return fmt.Errorf("%w: %w", ErrNewer, err)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	e.sums.add(itemBatch, body, len(b.Envelope.Payloads))
	if e.do.Batch == nil {
		return nil
	}
	return e.do.Batch(b, body)
}

func (e *items) chunk(body []byte) error {
	r := cbor.NewReader(body)
	if r.Array(2) != 2 {
		r.Fail("chunk has not two parts")
	}
	name, piece := r.Text(), r.Bytes()
	if err := r.Done(); err != nil {
		return fmt.Errorf("%w: chunk: %w", ErrDamaged, err)
	}
	if e.do.Chunk == nil {
		return nil
	}
	return e.do.Chunk(name, piece)
}

// trailer compares what was read with what was written, and that nothing follows.
func (e *items) trailer(body []byte) error {
	if !bytes.Equal(body, e.sums.trailer()) {
		return fmt.Errorf("%w: counts or hash", ErrDamaged)
	}
	if _, err := e.in.ReadByte(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("something follows")
		}
		return e.reader.told(err, "end")
	}
	if _, err := e.reader.in.ReadByte(); !errors.Is(err, io.EOF) {
		return e.reader.told(errors.Join(err, errors.New("something follows")), "end")
	}
	return nil
}

// source remembers what the disk itself said.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
