package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Home is where working copies are kept.
type Home interface {
	// Exists tells whether a folder holds a store.
	Exists(dir string) bool
	// Open opens the store in a folder, made when it is missing. key is the
	// engine's own encryption key.
	Open(dir string, key []byte, seal Sealer) (*Store, error)
	// Remove throws a store away.
	Remove(dir string) error
	// SetAside moves a store out of the way: it may hold what a damaged journal
	// has lost.
	SetAside(dir string) error
}

// Badger keeps working copies on the machine's disk.
type Badger struct{}

// Exists implements Home.
func (Badger) Exists(dir string) bool { return Exists(dir) }

// Open implements Home.
func (Badger) Open(dir string, key []byte, seal Sealer) (*Store, error) { return Open(dir, key, seal) }

// Remove implements Home.
func (Badger) Remove(dir string) error { return Remove(dir) }

// SetAside implements Home.
func (Badger) SetAside(dir string) error { return SetAside(dir) }

// Exists tells whether a folder holds a store.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "MANIFEST"))
	return err == nil
}

// Open opens the store in dir, made when it is missing. key is Badger's own
// encryption key. A marker beside dir tells whether an earlier opening crashed
// the program: a damaged table can do that (DESIGN §5), but not twice.
func Open(dir string, key []byte, seal Sealer) (s *Store, err error) {
	marker := markerOf(dir)
	if _, err := os.Stat(string(marker)); err == nil {
		return nil, ErrSuspect
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := os.WriteFile(string(marker), nil, 0o600); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, fmt.Errorf("open store: %v", p)
		}
		if err != nil {
			marker.clear()
		}
	}()
	if err := dropSums(dir); err != nil {
		return nil, err
	}
	db, err := badger.Open(settings(dir, key))
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return &Store{db: badgerEngine{db, dir}, seal: seal, marker: marker}, nil
}

// OpenToRead opens a store that is there and changes no byte on the disk: where
// there is no room, Badger's mapped files would end the program. Nothing can be
// put into it.
func OpenToRead(dir string, key []byte, seal Sealer) (s *Store, err error) {
	if _, err := os.Stat(string(markerOf(dir))); err == nil {
		return nil, ErrSuspect
	}
	defer caught("open store", &err)
	db, err := badger.Open(settings(dir, key).WithReadOnly(true))
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return &Store{db: badgerEngine{db, ""}, seal: seal, marker: noMarker{}}, nil
}

// noMarker is for a store that is only read.
type noMarker struct{}

func (noMarker) set()   {}
func (noMarker) clear() {}

// markerFile is a marker as a file: empty while a store is being opened, with a
// line in it when the store was found wrong.
type markerFile string

func markerOf(dir string) markerFile { return markerFile(dir + ".opening") }

func (m markerFile) set()   { _ = os.WriteFile(string(m), []byte("to be made anew\n"), 0o600) }
func (m markerFile) clear() { _ = os.Remove(string(m)) }

// settings are those measured for a desktop (DESIGN §5): the defaults took
// 1.8 GB of memory where these take 55 MB.
func settings(dir string, key []byte) badger.Options {
	o := badger.DefaultOptions(dir).
		WithLogger(nil).
		WithMetricsEnabled(false).
		WithEncryptionKey(key).
		WithEncryptionKeyRotationDuration(10 * 365 * 24 * time.Hour).
		WithIndexCacheSize(8 << 20).
		WithBlockCacheSize(16 << 20).
		WithMemTableSize(8 << 20).
		WithBlockSize(16 << 10). // see below
		WithNumMemtables(2).
		WithValueLogFileSize(32 << 20).
		WithNumCompactors(2).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(4).
		WithValueThreshold(128 << 10). // a pack of rows stays in the tables
		WithCompression(options.None). // sealed values do not compress
		WithDetectConflicts(false).    // one goroutine writes
		WithSyncWrites(false).         // the journal is the truth
		WithChecksumVerificationMode(options.OnTableRead)
	// Several tables are made at once, each in memory of its own, which is kept for the
	// next: while much is written that was 100 MB and more. A value that is larger than
	// a block makes its table's maker take several times as much, and tables that grow
	// with their level are made of more.
	o.TableSizeMultiplier = 1
	return o
}

// keptExt marks a store that was set aside.
const keptExt = ".kept"

// SetAside moves a store out of the way, still sealed, to a folder beside it: it
// may hold what a damaged journal has lost. One that was set aside before is
// kept, being nearer to the loss, and this one is thrown away.
func SetAside(dir string) error {
	kept := dir + keptExt
	if _, err := os.Stat(kept); err == nil {
		return Remove(dir)
	}
	if err := again(func() error { return os.Rename(dir, kept) }); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("set store aside: %w", err)
	}
	return Remove(dir) // its marker
}

// DropAside throws away what SetAside kept: what was erased may stand in it.
func DropAside(dir string) error {
	if err := os.RemoveAll(dir + keptExt); err != nil {
		return fmt.Errorf("drop store: %w", err)
	}
	return nil
}

// again tries for a second what fails while something else, a virus scanner or
// what indexes files, just holds a file.
func again(do func() error) error {
	err := do()
	for wait := 10 * time.Millisecond; err != nil && !errors.Is(err, os.ErrNotExist) && wait < time.Second; wait *= 2 {
		time.Sleep(wait)
		err = do()
	}
	return err
}

// Remove throws a store away, with its marker.
func Remove(dir string) error {
	if err := again(func() error { return os.RemoveAll(dir) }); err != nil {
		return fmt.Errorf("remove store: %w", err)
	}
	if err := os.Remove(string(markerOf(dir))); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove store: %w", err)
	}
	return nil
}

// badgerEngine is Badger as an engine.
type badgerEngine struct {
	db  *badger.DB
	dir string // "" when it is only read
}

func (e badgerEngine) view(do func(reader) error) error {
	return e.db.View(func(txn *badger.Txn) error { return do(badgerTxn{txn}) })
}

func (e badgerEngine) begin() writer { return badgerTxn{e.db.NewTransaction(true)} }

func (e badgerEngine) close() error {
	if err := e.db.Close(); err != nil {
		return err
	}
	if e.dir != "" {
		_ = writeSums(e.dir) // without it the next opening only takes longer
	}
	return nil
}

// badgerTxn is a transaction, for reading or for writing.
type badgerTxn struct{ txn *badger.Txn }

func (t badgerTxn) get(key []byte, use func([]byte) error) error {
	item, err := t.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return ErrMissing
	}
	if err != nil {
		return err
	}
	return item.Value(use)
}

func (t badgerTxn) each(prefix, from []byte, ahead int, do func([]byte, func() ([]byte, error)) (bool, error)) error {
	it := t.txn.NewIterator(badger.IteratorOptions{Prefix: prefix, PrefetchValues: ahead > 0, PrefetchSize: ahead})
	defer it.Close()
	for it.Seek(from); it.Valid(); it.Next() {
		item := it.Item()
		more, err := do(item.KeyCopy(nil), func() ([]byte, error) { return item.ValueCopy(nil) })
		if err != nil || !more {
			return err
		}
	}
	return nil
}

func (t badgerTxn) set(key, value []byte) error { return tooBig(t.txn.Set(key, value)) }
func (t badgerTxn) remove(key []byte) error     { return tooBig(t.txn.Delete(key)) }
func (t badgerTxn) commit() error               { return tooBig(t.txn.Commit()) }
func (t badgerTxn) discard()                    { t.txn.Discard() }

// tooBig makes Badger's refusal known by this package's error.
func tooBig(err error) error {
	if errors.Is(err, badger.ErrTxnTooBig) {
		return fmt.Errorf("%w: %w", ErrTooBig, err)
	}
	return err
}
