package store

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"

	"paradero/data/record"
)

// BatchItem seals where a batch stands and its place in its feed.
func (s *Store) BatchItem(hash [32]byte, plain []byte) (Item, error) {
	return s.item(batchKey(prefixBatch, hash), plain)
}

// Batch reads what was put for a batch, or ErrMissing.
func (s *Store) Batch(hash [32]byte) ([]byte, error) { return s.get(batchKey(prefixBatch, hash)) }

func batchKey(prefix byte, hash [32]byte) []byte { return append([]byte{prefix}, hash[:]...) }

// EachBatch gives every batch that is here to do.
func (s *Store) EachBatch(ctx context.Context, do func(hash [32]byte, plain []byte) error) error {
	return s.values(ctx, prefixBatch, 64, func(key, plain []byte) error { return do([32]byte(key[1:]), plain) })
}

// values unseals every value of a prefix for do.
func (s *Store) values(ctx context.Context, kind byte, ahead int, do func(key, plain []byte) error) (err error) {
	defer caught("read store", &err)
	err = s.db.view(func(r reader) error {
		prefix := []byte{kind}
		return r.each(prefix, prefix, ahead, func(key []byte, value func() ([]byte, error)) (bool, error) {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			sealed, err := value()
			if err != nil {
				return false, err
			}
			plain, err := s.seal.Open(nil, key, sealed)
			if err != nil {
				return false, err
			}
			return true, do(key, plain)
		})
	})
	if err != nil {
		return fmt.Errorf("read store: %w", err)
	}
	return nil
}

// Bare tells whether nothing was ever folded into the store.
func (s *Store) Bare() (bare bool, err error) {
	defer caught("read store", &err)
	bare = true
	err = s.db.view(func(r reader) error {
		for _, kind := range []byte{prefixRecord, prefixRow, prefixPack, prefixBatch} {
			prefix := []byte{kind}
			err := r.each(prefix, prefix, 0, func([]byte, func() ([]byte, error)) (bool, error) {
				bare = false
				return false, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return bare, err
}

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
func (s *Store) Held(do func(frame []byte) error) error {
	return s.values(context.Background(), prefixHeld, 4, func(_, plain []byte) error { return do(plain) })
}

// RefusedItem seals why a change has no effect.
func (s *Store) RefusedItem(w record.Write, plain []byte) (Item, error) {
	return s.item(writeKey(prefixRefused, w), plain)
}

// Refused gives the changes that have no effect to do, and why.
func (s *Store) Refused(do func(record.Write, []byte) error) error {
	return s.writes(prefixRefused, do)
}

// OwedItem notes a batch of which a payload is missing that nothing erased.
func (s *Store) OwedItem(hash [32]byte) (Item, error) { return s.item(batchKey(prefixOwed, hash), nil) }

// Owed gives the batches of which a payload is missing that nothing erased.
func (s *Store) Owed() (list [][32]byte, err error) {
	err = s.values(context.Background(), prefixOwed, 16, func(key, _ []byte) error {
		list = append(list, [32]byte(key[1:]))
		return nil
	})
	return list, err
}

// Paid forgets that a payload of a batch is missing.
func (t *Tx) Paid(hash [32]byte) error { return t.txn.remove(batchKey(prefixOwed, hash)) }

// PurgeItem notes that an erasure's payload is still to be taken out of the journal.
func (s *Store) PurgeItem(w record.Write) (Item, error) {
	return s.item(writeKey(prefixPurge, w), nil)
}

// Purges gives the changes whose payloads are still to be taken out.
func (s *Store) Purges() (list []record.Write, err error) {
	err = s.writes(prefixPurge, func(w record.Write, _ []byte) error {
		list = append(list, w)
		return nil
	})
	return list, err
}

// Purged forgets purges that are done.
func (s *Store) Purged(list ...record.Write) error {
	for len(list) > 0 {
		n := min(len(list), 1024)
		tx := s.Begin()
		for _, w := range list[:n] {
			if err := tx.txn.remove(writeKey(prefixPurge, w)); err != nil {
				tx.Discard()
				return fmt.Errorf("end purge: %w", err)
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

func writeKey(prefix byte, w record.Write) []byte {
	return binary.BigEndian.AppendUint16(batchKey(prefix, w.Batch), w.Index)
}

func (s *Store) writes(kind byte, do func(record.Write, []byte) error) error {
	return s.values(context.Background(), kind, 16, func(key, plain []byte) error {
		return do(record.Write{Batch: [32]byte(key[1:33]), Index: binary.BigEndian.Uint16(key[33:])}, plain)
	})
}

// AskedItem notes that something in a record takes or took a second member's word.
func (s *Store) AskedItem(id record.ID) (Item, error) {
	return s.item(append([]byte{prefixAsked}, id[:]...), nil)
}

// Asked gives the records in which something takes or took a second member's word.
func (s *Store) Asked() (list []record.ID, err error) {
	err = s.values(context.Background(), prefixAsked, 16, func(key, _ []byte) error {
		list = append(list, record.ID(key[1:]))
		return nil
	})
	return list, err
}
