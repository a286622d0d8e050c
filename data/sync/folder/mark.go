package folder

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"maps"
	"slices"

	"paradero/data/sync"
)

// place is how far a folder was read: which packs whole, and how many frames of
// others. A mark is its text.
type place struct {
	whole map[sum]bool
	part  map[sum]uint32
}

const (
	markPrefix = "f1:"
	maxMark    = 1 << 20
	onePart    = len(sum{}) + 4
)

// readMark reads a mark; what nobody wrote is one of another folder.
func readMark(m sync.Mark) (place, error) {
	p := place{whole: map[sum]bool{}, part: map[sum]uint32{}}
	if m == "" {
		return p, nil
	}
	if len(m) > maxMark || len(m) < len(markPrefix) || m[:len(markPrefix)] != markPrefix {
		return p, sync.ErrMark
	}
	b, err := base64.RawURLEncoding.DecodeString(string(m[len(markPrefix):]))
	if err != nil || len(b) < 4 {
		return p, sync.ErrMark
	}
	n := uint64(binary.BigEndian.Uint32(b))
	b = b[4:]
	if n*uint64(len(sum{})) > uint64(len(b)) || (uint64(len(b))-n*uint64(len(sum{})))%uint64(onePart) != 0 {
		return p, sync.ErrMark
	}
	for range n {
		p.whole[sum(b[:len(sum{})])] = true
		b = b[len(sum{}):]
	}
	for ; len(b) > 0; b = b[onePart:] {
		p.part[sum(b[:len(sum{})])] = binary.BigEndian.Uint32(b[len(sum{}):])
	}
	return p, nil
}

// mark writes the place down.
func (p *place) mark() sync.Mark {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(p.whole)))
	for _, s := range sorted(p.whole) {
		b = append(b, s[:]...)
	}
	for _, s := range sorted(p.part) {
		b = binary.BigEndian.AppendUint32(append(b, s[:]...), p.part[s])
	}
	return sync.Mark(markPrefix + base64.RawURLEncoding.EncodeToString(b))
}

func sorted[V any](m map[sum]V) []sum {
	return slices.SortedFunc(maps.Keys(m), func(a, b sum) int { return bytes.Compare(a[:], b[:]) })
}
