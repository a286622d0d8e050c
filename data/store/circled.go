package store

import (
	"fmt"

	"paradero/data/record"
)

// MarkCircled notes a record of which a circle holds something.
func (t *Tx) MarkCircled(id record.ID) error {
	t.size += 80
	if err := t.txn.set(append([]byte{prefixCircled}, id[:]...), nil); err != nil {
		return fmt.Errorf("mark record: %w", err)
	}
	return nil
}

// Circled gives the records that were marked so.
func (s *Store) Circled() (ids []record.ID, err error) {
	defer caught("read store", &err)
	prefix := []byte{prefixCircled}
	err = s.db.view(func(r reader) error {
		return r.each(prefix, prefix, 0, func(k []byte, _ func() ([]byte, error)) (bool, error) {
			ids = append(ids, record.ID(k[1:]))
			return true, nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read store: %w", err)
	}
	return ids, nil
}
