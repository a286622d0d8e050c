// Package store is the working copy in Badger: every record as it is folded,
// the rows that lists show, links, counters, which batches are here, and how
// far into the journal all this has come. It can be thrown away at any time and made again.
//
// What must not live here: the meaning of a record, how it is folded, and
// anything that exists nowhere else. This is the only package that knows Badger.
package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"paradero/data/record"
)

// Sealer seals a value for this store; ad is the value's key, so that no value
// can be put in another's place (Badger's own encryption is AES-CTR, which
// does not notice).
type Sealer interface {
	Seal(dst, ad, plain []byte) ([]byte, error)
	Open(dst, ad, sealed []byte) ([]byte, error)
}

// Key prefixes. A record's key does not tell its kind; a row's does.
const (
	prefixRecord  = 'r' // r id → places and state
	prefixRow     = 's' // s kind id → what lists show
	prefixLink    = 'x' // x target kind source → nothing
	prefixMeta    = 'm' // m name → counters, positions
	prefixPack    = 'p' // p pack → rows of records that were made together
	prefixGroup   = 'q' // q pack group → places and states of some of them
	prefixBatch   = 'b' // b hash → where the batch stands in the journal, and its place in its feed
	prefixHeld    = 'w' // w hash → a batch that waits for those it depends on
	prefixRefused = 'z' // z hash index → why a change has no effect
	prefixOwed    = 'o' // o hash → a payload of the batch is missing that nothing erased
	prefixPurge   = 'y' // y hash index → an erased payload is still in the journal
	prefixAsked   = 'a' // a id → something in the record takes or took a second member's word
	prefixCircled = 'c' // c id → nothing: a circle holds something of the record, or somebody would have it so
)

// engine keeps sealed values under keys: Badger, or for simulations a map.
type engine interface {
	// view lets do read one state of the whole.
	view(do func(reader) error) error
	begin() writer
	close() error
}

// reader reads one state of an engine.
type reader interface {
	// get gives a value to use, which must not be kept, or ErrMissing.
	get(key []byte, use func(value []byte) error) error
	// each gives keys and values with a prefix to do, in order, from a key on,
	// until it says false. Neither may be kept; ahead is how many to read ahead,
	// 0 when only the keys matter.
	each(prefix, from []byte, ahead int, do func(key []byte, value func() ([]byte, error)) (bool, error)) error
}

// writer is one transaction of an engine.
type writer interface {
	set(key, value []byte) error
	remove(key []byte) error
	commit() error
	discard()
}

// marker tells the next opening that this one crashed the program.
type marker interface {
	set()
	clear()
}

// ErrMissing says that there is no such key.
var ErrMissing = errors.New("not in the store")

// ErrSuspect says that the store did not survive its last opening and is to be
// made again.
var ErrSuspect = errors.New("store crashed when it was last opened")

// ErrTooBig says that a transaction holds more than Badger takes at once.
var ErrTooBig = errors.New("transaction too big")

// Store is an open store. Reading is safe for concurrent use; Update is for
// one goroutine.
type Store struct {
	db     engine
	seal   Sealer
	marker marker
	once   sync.Once
}

// Trusted is called when the first read after opening went well.
func (s *Store) Trusted() { s.once.Do(s.marker.clear) }

// Suspect marks the store as one to be made anew at the next opening.
func (s *Store) Suspect() {
	s.once.Do(func() {})
	s.marker.set()
}

// Close flushes and closes.
func (s *Store) Close() (err error) {
	defer caught("close store", &err)
	s.Trusted()
	if err := s.db.close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

func recordKey(id record.ID) []byte { return append([]byte{prefixRecord}, id[:]...) }

func rowKey(kind record.Kind, id record.ID) []byte {
	return append([]byte{prefixRow, byte(kind)}, id[:]...)
}

func linkKey(target record.ID, kind record.Kind, source record.ID) []byte {
	k := append([]byte{prefixLink}, target[:]...)
	return append(append(k, byte(kind)), source[:]...)
}

func metaKey(name string) []byte { return append([]byte{prefixMeta}, name...) }

// Record reads what was put for a record, or ErrMissing.
func (s *Store) Record(id record.ID) ([]byte, error) { return s.get(recordKey(id)) }

// Meta reads a value by name, or ErrMissing.
func (s *Store) Meta(name string) ([]byte, error) { return s.get(metaKey(name)) }

func (s *Store) get(key []byte) (plain []byte, err error) {
	defer caught("read store", &err)
	err = s.db.view(func(r reader) error {
		return r.get(key, func(v []byte) error {
			plain, err = s.seal.Open(nil, key, v)
			return err
		})
	})
	if err != nil && !errors.Is(err, ErrMissing) {
		return nil, fmt.Errorf("read store: %w", err)
	}
	return plain, err
}

// caught turns a panic of the library into an error: damaged tables can cause
// one where an error is meant (DESIGN §5).
func caught(doing string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%s: %v", doing, p)
	}
}

// Links gives the records of a kind that refer to a target; kind 0 is any.
func (s *Store) Links(target record.ID, kind record.Kind) (ids []record.ID, err error) {
	defer caught("read links", &err)
	prefix := append([]byte{prefixLink}, target[:]...)
	if kind != 0 {
		prefix = append(prefix, byte(kind))
	}
	err = s.db.view(func(r reader) error {
		return r.each(prefix, prefix, 0, func(k []byte, _ func() ([]byte, error)) (bool, error) {
			ids = append(ids, record.ID(k[len(k)-16:]))
			return true, nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	return ids, nil
}

// Rows gives every row of a kind, or of all when kind is 0, to do, from
// several goroutines at once. Ids are random or keyed hashes, so equal ranges
// of their first byte are equal shares.
func (s *Store) Rows(ctx context.Context, kind record.Kind, workers int, do func(record.Kind, record.ID, []byte) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	kinds := []record.Kind{kind}
	var wg sync.WaitGroup
	if kind == 0 {
		kinds = kinds[:0]
		for _, schema := range record.Kinds() {
			if !schema.Entry {
				kinds = append(kinds, schema.Kind)
			}
		}
	}
	for w := range workers {
		wg.Go(func() {
			for _, k := range kinds {
				if err := s.rows(ctx, k, w*256/workers, (w+1)*256/workers, do); err != nil {
					stop(err)
					return
				}
			}
			if w == 0 && kind == 0 { // who asks for one goroutine gets one
				if err := s.strangeRows(ctx, kinds, do); err != nil {
					stop(err)
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	return nil
}

func (s *Store) rows(ctx context.Context, kind record.Kind, from, to int, do func(record.Kind, record.ID, []byte) error) (err error) {
	defer caught("read rows", &err)
	prefix := []byte{prefixRow, byte(kind)}
	return s.db.view(func(r reader) error {
		return r.each(prefix, append(prefix[:2:2], byte(from)), 256, func(key []byte, value func() ([]byte, error)) (bool, error) {
			if int(key[2]) >= to {
				return false, nil
			}
			if err := ctx.Err(); err != nil {
				return false, err
			}
			v, err := value()
			if err != nil {
				return false, err
			}
			plain, err := s.seal.Open(nil, key, v)
			if err != nil {
				return false, err
			}
			return true, do(kind, record.ID(key[2:]), plain)
		})
	})
}

// strangeRows gives the rows of the kinds that only a newer version knows.
func (s *Store) strangeRows(ctx context.Context, known []record.Kind, do func(record.Kind, record.ID, []byte) error) error {
	var strange []record.Kind
	for k := 0; k < 256; {
		kind, ok, err := s.nextKind(k)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if !slices.Contains(known, kind) {
			strange = append(strange, kind)
		}
		k = int(kind) + 1
	}
	for _, k := range strange {
		if err := s.rows(ctx, k, 0, 256, do); err != nil {
			return err
		}
	}
	return nil
}

// nextKind gives the first kind from a number on of which there is a row.
func (s *Store) nextKind(from int) (kind record.Kind, ok bool, err error) {
	defer caught("read rows", &err)
	prefix := []byte{prefixRow}
	err = s.db.view(func(r reader) error {
		return r.each(prefix, append(prefix, byte(from)), 0, func(key []byte, _ func() ([]byte, error)) (bool, error) {
			kind, ok = record.Kind(key[1]), true
			return false, nil
		})
	})
	return kind, ok, err
}

// Tx is one transaction: what it puts is all there or not at all.
type Tx struct {
	txn  writer
	seal Sealer
	size int
}

// MaxTx is the size at which a transaction is to be committed: Badger refuses
// one of more than 15 % of its memtable.
const MaxTx = 900 << 10

// Begin begins a transaction; Commit or Discard ends it.
func (s *Store) Begin() *Tx { return &Tx{txn: s.db.begin(), seal: s.seal} }

// Size is roughly what Badger will count, in bytes.
func (t *Tx) Size() int { return t.size }

// Commit makes the transaction visible.
func (t *Tx) Commit() (err error) {
	defer caught("commit to store", &err)
	if err := t.txn.commit(); err != nil {
		return fmt.Errorf("commit to store: %w", err)
	}
	return nil
}

// Discard forgets the transaction.
func (t *Tx) Discard() { t.txn.discard() }

// Item is a sealed value with its key, ready to be put.
type Item struct{ key, value []byte }

func (s *Store) item(key, plain []byte) (Item, error) {
	v, err := s.seal.Seal(make([]byte, 0, len(plain)+64), key, plain)
	if err != nil {
		return Item{}, fmt.Errorf("seal value: %w", err)
	}
	return Item{key, v}, nil
}

// RecordItem seals a record's places and state. Safe for concurrent use, as
// sealing is the larger part of a bulk import.
func (s *Store) RecordItem(id record.ID, plain []byte) (Item, error) {
	return s.item(recordKey(id), plain)
}

// RowItem seals what lists show; an empty row marks a deleted record.
func (s *Store) RowItem(kind record.Kind, id record.ID, plain []byte) (Item, error) {
	return s.item(rowKey(kind, id), plain)
}

// Put puts sealed items.
func (t *Tx) Put(items ...Item) error {
	for _, i := range items {
		t.size += len(i.key) + len(i.value) + 32
		if err := t.txn.set(i.key, i.value); err != nil {
			return fmt.Errorf("put in store: %w", err)
		}
	}
	return nil
}

// Link keeps the way back from a target to one that refers to it. The value is
// empty: the key says all, and Badger encrypts it.
func (t *Tx) Link(target record.ID, kind record.Kind, source record.ID) error {
	t.size += 80
	if err := t.txn.set(linkKey(target, kind, source), nil); err != nil {
		return fmt.Errorf("link: %w", err)
	}
	return nil
}

// Unlink takes a link away.
func (t *Tx) Unlink(target record.ID, kind record.Kind, source record.ID) error {
	t.size += 80
	if err := t.txn.remove(linkKey(target, kind, source)); err != nil {
		return fmt.Errorf("unlink: %w", err)
	}
	return nil
}

// PutMeta puts a value by name.
func (t *Tx) PutMeta(name string, plain []byte) error {
	v, err := t.seal.Seal(nil, metaKey(name), plain)
	if err != nil {
		return fmt.Errorf("seal value: %w", err)
	}
	return t.Put(Item{metaKey(name), v})
}

// DropMeta takes a value away by name.
func (t *Tx) DropMeta(name string) error {
	if err := t.txn.remove(metaKey(name)); err != nil {
		return fmt.Errorf("drop value: %w", err)
	}
	return nil
}

// EncodeCounts and DecodeCounts write how many rows of each kind there are.
func EncodeCounts(counts map[record.Kind]int) []byte {
	var b []byte
	for kind := range 256 { // also those that only a newer version knows
		if n := counts[record.Kind(kind)]; n != 0 {
			b = binary.AppendUvarint(append(b, byte(kind)), uint64(max(n, 0)))
		}
	}
	return b
}

// DecodeCounts reads what EncodeCounts wrote.
func DecodeCounts(b []byte) (map[record.Kind]int, error) {
	counts := map[record.Kind]int{}
	for len(b) > 0 {
		n, size := binary.Uvarint(b[1:])
		if size <= 0 {
			return nil, errors.New("malformed counts")
		}
		counts[record.Kind(b[0])] = int(n)
		b = b[1+size:]
	}
	return counts, nil
}
