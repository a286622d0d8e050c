package ledger

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"paradero/data/ledger/cbor"
)

// A frame is a batch as journal, bundle and hub carry it: a head of twelve
// bytes (magic, length and CRC-32C of the body, big-endian) and the body, CBOR
// [envelope, signature, [payload…]] with an empty payload where one is erased.
//
// A filler is a head with another magic and zeros: it keeps the room of a payload
// that was taken out, so that everything behind it stands where it stood. Its
// checksum is turned over, so that no flipped bit makes a filler of a frame.
const (
	frameMagic  = "PdB1"
	fillerMagic = "PdX1"
	frameHead   = 12
	maxFrame    = MaxBatch + 64<<10 // a batch and its heads
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errNoFrame says that no whole frame stands here.
var errNoFrame = fmt.Errorf("%w: no frame", ErrMalformed)

// AppendFrame appends the frame of a batch.
func AppendFrame(dst []byte, b *Batch) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, frameHead)...)
	dst = cbor.AppendArray(dst, 3)
	dst = cbor.AppendBytes(dst, b.Bytes)
	dst = cbor.AppendBytes(dst, b.Sig)
	dst = cbor.AppendArray(dst, len(b.Payloads))
	for _, p := range b.Payloads {
		dst = cbor.AppendBytes(dst, p)
	}
	body := dst[at+frameHead:]
	copy(dst[at:], frameMagic)
	binary.BigEndian.PutUint32(dst[at+4:], uint32(len(body)))
	binary.BigEndian.PutUint32(dst[at+8:], crc32.Checksum(body, castagnoli))
	return dst
}

// FrameSize is the length of the batch's frame, in bytes.
func (b *Batch) FrameSize() int {
	n := frameHead + len(cbor.AppendArray(nil, 3))
	for _, part := range [][]byte{b.Bytes, b.Sig} {
		n += bytesSize(part)
	}
	n += len(cbor.AppendArray(nil, len(b.Payloads)))
	for _, p := range b.Payloads {
		n += bytesSize(p)
	}
	return n
}

// bytesSize is the length of a byte string with its head.
func bytesSize(p []byte) int {
	head := 1
	switch n := len(p); {
	case n >= 1<<16:
		head = 5
	case n >= 1<<8:
		head = 3
	case n >= 24:
		head = 2
	}
	return head + len(p)
}

// appendFiller appends a filler of n bytes, at least frameHead of them.
func appendFiller(dst []byte, n int) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, n)...)
	copy(dst[at:], fillerMagic)
	binary.BigEndian.PutUint32(dst[at+4:], uint32(n-frameHead))
	binary.BigEndian.PutUint32(dst[at+8:], ^crc32.Checksum(dst[at+frameHead:], castagnoli))
	return dst
}

// checkFiller tells whether a whole filler is what was written.
func checkFiller(filler []byte) bool {
	return ^crc32.Checksum(filler[frameHead:], castagnoli) == binary.BigEndian.Uint32(filler[8:])
}

// fillerSize gives the length of the filler that b begins with, 0 when none does.
func fillerSize(b []byte) int {
	if len(b) < frameHead || string(b[:4]) != fillerMagic {
		return 0
	}
	n := binary.BigEndian.Uint32(b[4:])
	if n > maxFrame {
		return 0
	}
	return frameHead + int(n)
}

// frameSize reads a frame's head: the whole length, or errNoFrame.
func frameSize(head []byte) (int, error) {
	if len(head) < frameHead || string(head[:4]) != frameMagic {
		return 0, errNoFrame
	}
	n := binary.BigEndian.Uint32(head[4:])
	if n == 0 || n > maxFrame {
		return 0, errNoFrame
	}
	return frameHead + int(n), nil
}

// checkFrame tells whether a whole frame is what was written.
func checkFrame(frame []byte) bool {
	return crc32.Checksum(frame[frameHead:], castagnoli) == binary.BigEndian.Uint32(frame[8:])
}

// ReadFrame reads one frame that is exactly b. The batch shares b's memory.
func ReadFrame(b []byte) (*Batch, error) {
	size, err := frameSize(b)
	if err != nil || size != len(b) || !checkFrame(b) {
		return nil, fmt.Errorf("%w: frame", ErrMalformed)
	}
	var out Batch
	r := cbor.NewReader(b[frameHead:])
	if r.Array(3) != 3 {
		r.Fail("frame has not three parts")
	}
	out.Bytes, out.Sig = r.Bytes(), r.Bytes()
	n := r.Array(MaxChanges)
	out.Payloads = make([][]byte, n)
	for i := range out.Payloads {
		if p := r.Bytes(); len(p) > 0 {
			out.Payloads[i] = p
		}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	e, err := ReadEnvelope(out.Bytes)
	if err != nil {
		return nil, err
	}
	if len(e.Payloads) != n {
		return nil, fmt.Errorf("%w: %d payloads of %d", ErrMalformed, n, len(e.Payloads))
	}
	out.Envelope = *e
	out.Hash = HashOf(out.Bytes)
	return &out, nil
}
