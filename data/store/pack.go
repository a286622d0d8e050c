package store

import (
	"context"
	"encoding/binary"
	"fmt"
)

// Records that are made together, by an import or a rebuild, are kept together:
// their rows in one value, their states in groups of a few. A hundred thousand
// people are then seven thousand values and not two hundred thousand, which is
// what a bulk write costs. A record that is changed afterwards gets values of
// its own, and those count.

// Pack names a pack: the place of its batch in the journal and the change in
// it that the pack begins with, so that the same batch always gives the same.
type Pack struct {
	Segment uint32
	Offset  int64
	Index   uint16
}

func (p Pack) key(prefix byte) []byte {
	k := binary.BigEndian.AppendUint32([]byte{prefix}, p.Segment)
	k = binary.BigEndian.AppendUint64(k, uint64(p.Offset))
	return binary.BigEndian.AppendUint16(k, p.Index)
}

func parsePack(key []byte) (Pack, error) {
	if len(key) != 15 {
		return Pack{}, fmt.Errorf("pack key of %d bytes", len(key))
	}
	return Pack{
		Segment: binary.BigEndian.Uint32(key[1:]), Offset: int64(binary.BigEndian.Uint64(key[5:])),
		Index: binary.BigEndian.Uint16(key[13:]),
	}, nil
}

func (p Pack) groupKey(group uint16) []byte {
	return binary.BigEndian.AppendUint16(p.key(prefixGroup), group)
}

// PackItem seals the rows of a pack.
func (s *Store) PackItem(p Pack, plain []byte) (Item, error) { return s.item(p.key(prefixPack), plain) }

// GroupItem seals the states of one group of a pack.
func (s *Store) GroupItem(p Pack, group uint16, plain []byte) (Item, error) {
	return s.item(p.groupKey(group), plain)
}

// Group reads what was put for a group, or ErrMissing.
func (s *Store) Group(p Pack, group uint16) ([]byte, error) { return s.get(p.groupKey(group)) }

// Packs gives the rows of every pack to do, in the order of the journal.
func (s *Store) Packs(ctx context.Context, do func(Pack, []byte) error) error {
	return s.values(ctx, prefixPack, 16, func(key, plain []byte) error {
		p, err := parsePack(key)
		if err != nil {
			return err
		}
		return do(p, plain)
	})
}
