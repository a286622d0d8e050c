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
	list  []sum // of whole, in order: a mark is written for every frame
}

// have notes that a pack was read whole.
func (p *place) have(s sum) {
	if p.whole[s] {
		return
	}
	p.whole[s] = true
	at, _ := slices.BinarySearchFunc(p.list, s, compareSums)
	p.list = slices.Insert(p.list, at, s)
}

// lose forgets a pack.
func (p *place) lose(s sum) {
	if !p.whole[s] {
		return
	}
	delete(p.whole, s)
	if at, ok := slices.BinarySearchFunc(p.list, s, compareSums); ok {
		p.list = slices.Delete(p.list, at, at+1)
	}
}

func compareSums(a, b sum) int { return bytes.Compare(a[:], b[:]) }

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
	p.list = sorted(p.whole)
	return p, nil
}

// mark writes the place down.
func (p *place) mark() sync.Mark {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(p.whole)))
	b = slices.Grow(b, len(p.list)*len(sum{})+len(p.part)*onePart)
	for _, s := range p.list {
		b = append(b, s[:]...)
	}
	for _, s := range sorted(p.part) {
		b = binary.BigEndian.AppendUint32(append(b, s[:]...), p.part[s])
	}
	return sync.Mark(markPrefix + base64.RawURLEncoding.EncodeToString(b))
}

func sorted[V any](m map[sum]V) []sum {
	return slices.SortedFunc(maps.Keys(m), compareSums)
}
