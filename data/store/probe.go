package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// Clear takes the marker of an opening that ended badly away, once a probe has
// found the store whole. The mark of a store that was found wrong stays.
func Clear(dir string) {
	if c, _ := Look(dir); c != Condemned {
		markerOf(dir).clear()
	}
}

// Probe opens the store in dir as an office would, checks every checksum, reads
// and unseals every value, and closes it in order. A damaged store can end the
// program meanwhile, in a goroutine of the library's or by a signal, where
// nothing can be caught: it is for a process of its own.
func Probe(ctx context.Context, dir string, key []byte, seal Sealer) (values int, err error) {
	Clear(dir)
	s, err := Open(dir, key, seal)
	if err != nil {
		return 0, err
	}
	values, err = s.readAll(ctx)
	if err != nil {
		// Not closed: what cannot be trusted is not written to.
		return values, err
	}
	return values, s.Close()
}

func (s *Store) readAll(ctx context.Context) (values int, err error) {
	defer caught("probe store", &err)
	engine, ok := s.db.(badgerEngine)
	if !ok {
		return 0, errors.New("probe store: it stands on no disk")
	}
	if err := engine.db.VerifyChecksum(); err != nil {
		return 0, fmt.Errorf("probe store: %w", err)
	}
	err = engine.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 64})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.readItem(it.Item()); err != nil {
				return err
			}
			values++
		}
		return nil
	})
	if err != nil {
		return values, fmt.Errorf("probe store: %w", err)
	}
	return values, nil
}

var errStrangeKey = errors.New("a key of no kind that is kept here")

func (s *Store) readItem(item *badger.Item) error {
	key := item.KeyCopy(nil)
	if len(key) == 0 {
		return errStrangeKey
	}
	switch key[0] {
	case prefixLink, prefixCircled:
		return nil // their values are empty
	case prefixRecord, prefixRow, prefixMeta, prefixPack, prefixGroup, prefixBatch, prefixHeld, prefixRefused, prefixOwed, prefixPurge, prefixAsked:
		return item.Value(func(v []byte) error {
			_, err := s.seal.Open(nil, key, v)
			return err
		})
	case '!':
		return nil // Badger's own
	}
	return errStrangeKey
}
