// Package cbor writes and reads the one canonical form of RFC 8949 §4.2 that
// the ledger uses: shortest integers, definite lengths, map keys ascending. A
// value has exactly one accepted encoding, so that a hash names a meaning.
//
// What must not live here: floats, tags, indefinite lengths, reflection, and
// any knowledge of what is encoded.
package cbor

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// Major types of RFC 8949 §3.1.
const (
	majUint  = 0 << 5
	majBytes = 2 << 5
	majText  = 3 << 5
	majArray = 4 << 5
	majMap   = 5 << 5
	majOther = 7 << 5
)

// MaxDepth bounds nesting against hostile input (DESIGN §3).
const MaxDepth = 8

// ErrMalformed is wrapped by every error of a Reader.
var ErrMalformed = errors.New("malformed cbor")

// AppendUint appends an unsigned integer.
func AppendUint(b []byte, n uint64) []byte { return appendHead(b, majUint, n) }

// AppendBytes appends a byte string.
func AppendBytes(b, v []byte) []byte { return append(appendHead(b, majBytes, uint64(len(v))), v...) }

// AppendText appends a text string, which must be valid UTF-8.
func AppendText(b []byte, v string) []byte {
	return append(appendHead(b, majText, uint64(len(v))), v...)
}

// AppendArray appends the head of an array of n items.
func AppendArray(b []byte, n int) []byte { return appendHead(b, majArray, uint64(n)) }

// AppendMap appends the head of a map of n pairs; the caller writes the keys
// in ascending order.
func AppendMap(b []byte, n int) []byte { return appendHead(b, majMap, uint64(n)) }

// AppendBool appends true or false.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, majOther|21)
	}
	return append(b, majOther|20)
}

func appendHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= math.MaxUint8:
		return append(b, major|24, byte(n))
	case n <= math.MaxUint16:
		return append(b, major|25, byte(n>>8), byte(n))
	case n <= math.MaxUint32:
		return append(b, major|26, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	default:
		return append(b, major|27, byte(n>>56), byte(n>>48), byte(n>>40), byte(n>>32),
			byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
}

// Reader reads canonical CBOR from a slice. The first error sticks: later
// reads give zero values, and Err or Done tells it. It never allocates more
// than its input justifies.
type Reader struct {
	rest []byte
	err  error
}

// NewReader reads b, which must not change while it is read.
func NewReader(b []byte) *Reader { return &Reader{rest: b} }

// Err gives the first error.
func (r *Reader) Err() error { return r.err }

// Done gives the first error, or an error when bytes are left.
func (r *Reader) Done() error {
	if r.err == nil && len(r.rest) > 0 {
		r.fail("%d bytes left over", len(r.rest))
	}
	return r.err
}

// Fail records an error of the caller's, so that what is read stays strict.
func (r *Reader) Fail(format string, args ...any) { r.fail(format, args...) }

func (r *Reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
	}
	r.rest = nil
}

func (r *Reader) head(major byte) uint64 {
	if r.err != nil {
		return 0
	}
	got, n, size, ok := parseHead(r.rest)
	if !ok {
		r.fail("bad head")
		return 0
	}
	if got != major {
		r.fail("major type %d where %d was expected", got>>5, major>>5)
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// parseHead reads one head; ok is false when it is short or not the shortest form.
func parseHead(b []byte) (major byte, n uint64, size int, ok bool) {
	if len(b) == 0 {
		return 0, 0, 0, false
	}
	major, info := b[0]&0xe0, b[0]&0x1f
	if info < 24 {
		return major, uint64(info), 1, true
	}
	if info > 27 {
		return 0, 0, 0, false
	}
	size = 1 << (info - 24)
	if len(b) < 1+size {
		return 0, 0, 0, false
	}
	for _, c := range b[1 : 1+size] {
		n = n<<8 | uint64(c)
	}
	shortest := [...]uint64{24, math.MaxUint8 + 1, math.MaxUint16 + 1, math.MaxUint32 + 1}
	return major, n, 1 + size, n >= shortest[info-24]
}

// Uint reads an unsigned integer.
func (r *Reader) Uint() uint64 { return r.head(majUint) }

// Below reads an unsigned integer and refuses one of max or more.
func (r *Reader) Below(limit uint64) uint64 {
	n := r.Uint()
	if n >= limit && r.err == nil {
		r.fail("number %d not below %d", n, limit)
		return 0
	}
	return n
}

// Bytes reads a byte string; the result shares the input's memory.
func (r *Reader) Bytes() []byte { return r.span(majBytes) }

// Text reads a text string.
func (r *Reader) Text() string {
	b := r.span(majText)
	if !utf8.Valid(b) {
		r.fail("text is not UTF-8")
		return ""
	}
	return string(b)
}

func (r *Reader) span(major byte) []byte {
	n := r.head(major)
	if n > uint64(len(r.rest)) {
		r.fail("string of %d bytes in %d", n, len(r.rest))
		return nil
	}
	v := r.rest[:n:n]
	r.rest = r.rest[n:]
	return v
}

// Fixed reads a byte string of exactly len(dst) bytes into dst.
func (r *Reader) Fixed(dst []byte) {
	v := r.Bytes()
	if r.err == nil && len(v) != len(dst) {
		r.fail("byte string of %d where %d was expected", len(v), len(dst))
	}
	copy(dst, v)
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	n := r.head(majOther)
	if r.err == nil && n != 20 && n != 21 {
		r.fail("simple value %d", n)
	}
	return n == 21
}

// Array reads the head of an array, at most limit items.
func (r *Reader) Array(limit int) int { return r.count(majArray, limit, 1) }

// Map reads the head of a map, at most limit pairs; read its keys with a Keys.
func (r *Reader) Map(limit int) int { return r.count(majMap, limit, 2) }

func (r *Reader) count(major byte, limit, each int) int {
	n := r.head(major)
	if n > uint64(limit) || n*uint64(each) > uint64(len(r.rest)) {
		r.fail("%d items are too many", n)
		return 0
	}
	return int(n)
}

// Keys checks that the keys of one map ascend.
type Keys struct {
	r    *Reader
	last uint64
	any  bool
}

// Keys begins the keys of a map whose head was just read.
func (r *Reader) Keys() Keys { return Keys{r: r} }

// Next reads the next key.
func (k *Keys) Next() uint64 {
	n := k.r.Uint()
	if k.any && n <= k.last {
		k.r.fail("map keys do not ascend")
	}
	k.last, k.any = n, true
	return n
}

// Skip reads one item of any accepted kind and gives its bytes, so that what
// a newer version wrote is kept.
func (r *Reader) Skip() []byte {
	if r.err != nil {
		return nil
	}
	n := skip(r.rest, MaxDepth)
	if n < 0 {
		r.fail("bad item")
		return nil
	}
	v := r.rest[:n:n]
	r.rest = r.rest[n:]
	return v
}

// skip gives the length of the item that b begins with, -1 when it is malformed.
func skip(b []byte, depth int) int {
	major, n, size, ok := parseHead(b)
	if !ok || depth == 0 {
		return -1
	}
	items := uint64(0)
	switch major {
	case majUint, majUint | 1<<5:
		return size
	case majBytes, majText:
		if n > uint64(len(b)-size) {
			return -1
		}
		return size + int(n)
	case majOther:
		if n < 20 || n > 22 || size != 1 {
			return -1
		}
		return size
	case majArray:
		items = n
	case majMap:
		items = 2 * n
	default:
		return -1
	}
	if items > uint64(len(b)) {
		return -1
	}
	for range items {
		m := skip(b[size:], depth-1)
		if m < 0 {
			return -1
		}
		size += m
	}
	return size
}
