package store

import (
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
)

// BatchItem seals where a batch stands and its place in its feed.
func (s *Store) BatchItem(hash [32]byte, plain []byte) (Item, error) {
	return s.item(batchKey(prefixBatch, hash), plain)
}

// Batch reads what was put for a batch, or ErrMissing.
func (s *Store) Batch(hash [32]byte) ([]byte, error) { return s.get(batchKey(prefixBatch, hash)) }

func batchKey(prefix byte, hash [32]byte) []byte { return append([]byte{prefix}, hash[:]...) }

// MaxFound is how many batches FindBatches gives at most.
const MaxFound = 16

// FindBatches gives the batches whose hash begins, in lower-case base32, with a
// text of some characters: nobody types all fifty-two.
func (s *Store) FindBatches(begins string) (found [][32]byte, err error) {
	defer caught("find batch", &err)
	text := base32.StdEncoding.WithPadding(base32.NoPadding)
	known, err := text.DecodeString(strings.ToUpper(begins[:len(begins)/8*8])) // whole bytes
	if err != nil {
		return nil, nil //nolint:nilerr // no hash begins so
	}
	prefix := append([]byte{prefixBatch}, known...)
	err = s.db.view(func(r reader) error {
		return r.each(prefix, prefix, 0, func(key []byte, _ func() ([]byte, error)) (bool, error) {
			hash := [32]byte(key[1:])
			if strings.HasPrefix(strings.ToLower(text.EncodeToString(hash[:])), strings.ToLower(begins)) {
				found = append(found, hash)
			}
			return len(found) < MaxFound, nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("find batch: %w", err)
	}
	return found, nil
}

// Hold keeps the bytes of a batch that waits for another, until Release.
func (s *Store) Hold(hash [32]byte, frame []byte) error {
	tx := s.Begin()
	defer tx.Discard()
	item, err := s.item(batchKey(prefixHeld, hash), frame)
	if err != nil {
		return err
	}
	if err := tx.Put(item); err != nil {
		return err
	}
	return tx.Commit()
}

// Release forgets batches that wait no more.
func (s *Store) Release(hashes ...[32]byte) error {
	tx := s.Begin()
	defer tx.Discard()
	for _, h := range hashes {
		if err := tx.txn.remove(batchKey(prefixHeld, h)); err != nil {
			return fmt.Errorf("release batch: %w", err)
		}
	}
	return tx.Commit()
}

// Held gives the bytes of every batch that waits to do.
func (s *Store) Held(do func(frame []byte) error) (err error) {
	defer caught("read held batches", &err)
	err = s.db.view(func(r reader) error {
		prefix := []byte{prefixHeld}
		return r.each(prefix, prefix, 4, func(key []byte, value func() ([]byte, error)) (bool, error) {
			sealed, err := value()
			if err != nil {
				return false, err
			}
			plain, err := s.seal.Open(nil, key, sealed)
			if err != nil {
				return false, err
			}
			return true, do(plain)
		})
	})
	if err != nil && !errors.Is(err, ErrMissing) {
		return fmt.Errorf("read held batches: %w", err)
	}
	return nil
}
