package backup

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"filippo.io/age"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
)

// Writer writes one backup. Close ends it; a backup that was not closed is not
// whole, and reading it says so.
type Writer struct {
	out    *bufio.Writer
	stream io.WriteCloser
	items  *bufio.Writer
	sums   *sums
	buf    []byte
}

// NewWriter begins a backup: the vault's bytes as they stand in its file, and
// what it is of.
func NewWriter(to io.Writer, secret *[32]byte, vault []byte, head Head) (*Writer, error) {
	if len(vault) > maxVault {
		return nil, fmt.Errorf("write backup: vault of %d bytes", len(vault))
	}
	id, err := Identity(secret)
	if err != nil {
		return nil, err
	}
	w := &Writer{out: bufio.NewWriterSize(to, 256<<10), sums: newSums()}
	_, _ = w.out.WriteString(firstLine) // a buffered writer keeps its first error
	_, _ = w.out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(vault))))
	_, _ = w.out.Write(vault)
	if w.stream, err = age.Encrypt(w.out, id.Recipient()); err != nil {
		return nil, fmt.Errorf("write backup: %w", err)
	}
	w.items = bufio.NewWriterSize(w.stream, 64<<10)
	return w, w.item(itemHead, head.encode(vault), 0)
}

// Batch adds a batch.
func (w *Writer) Batch(b *ledger.Batch) error {
	w.buf = ledger.AppendFrame(w.buf[:0], b)
	return w.item(itemBatch, w.buf, len(b.Envelope.Payloads))
}

// Chunk adds a piece of an attachment, by its name in the folder of files.
func (w *Writer) Chunk(name string, piece []byte) error {
	b := cbor.AppendText(cbor.AppendArray(nil, 2), name)
	return w.item(itemChunk, cbor.AppendBytes(b, piece), 0)
}

// Close writes the trailer and gives what the backup holds.
func (w *Writer) Close() (Count, error) {
	trailer := w.sums.trailer()
	count := w.sums.count
	if err := w.item(itemTrailer, trailer, 0); err != nil {
		return Count{}, err
	}
	for _, end := range []func() error{w.items.Flush, w.stream.Close, w.out.Flush} {
		if err := end(); err != nil {
			return Count{}, fmt.Errorf("write backup: %w", err)
		}
	}
	return count, nil
}

func (w *Writer) item(letter byte, body []byte, changes int) error {
	if len(body) > maxItem {
		return fmt.Errorf("write backup: item of %d bytes", len(body))
	}
	w.sums.add(letter, body, changes)
	_, err := w.items.Write(itemStart(letter, len(body)))
	if err == nil {
		_, err = w.items.Write(body)
	}
	if err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return nil
}
