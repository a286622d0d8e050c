// Package draft keeps unfinished forms: one sealed file each in a folder beside
// the ledger, so that a lock, a crash or a power cut takes nothing of what was
// typed, and nothing of it can be read without the office's key.
//
// What must not live here: records, the journal, what a form means, and any
// word for people. A draft is no entry of the ledger and never leaves the
// machine.
package draft

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"paradero/data/fault"
	"paradero/data/vault"
)

const (
	suffix = ".draft"
	// version is sealed with each file, with its name: a file that was renamed
	// or written by a later version does not open as another's draft.
	version = "paradero draft 1\n"
	// MaxSize is how long a draft's text may be. A form holds a few pages; what
	// is longer is not a form.
	MaxSize = 1 << 20
)

// Draft is what was typed in one form.
type Draft struct {
	Key   string            `json:"key"` // which form; it says nothing to this package
	Typed map[string]string `json:"typed"`
	At    time.Time         `json:"at"` // when it was kept last
}

// Store keeps the drafts of one office. It is safe for concurrent use.
type Store struct {
	dir    string
	random io.Reader
	seal   *vault.Key
	name   *vault.Key

	mu sync.Mutex
}

// New makes a store over a folder, which is made when something is first kept.
// What a crash left half written there is cleared away.
func New(dir string, key *vault.Key, random io.Reader) (*Store, error) {
	const op = "open drafts"
	seal, err := vault.Sub(key, "draft")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	name, err := vault.Sub(key, "draft name")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	s := &Store{dir: dir, random: random, seal: seal, name: name}
	torn, err := filepath.Glob(filepath.Join(dir, vault.HalfWritten))
	if err == nil {
		for _, path := range torn {
			_ = os.Remove(path) // it stays in nobody's way if it cannot be removed
		}
	}
	return s, nil
}

// file is the name of a key's file. It is an HMAC, so that the names of files
// tell nobody whose record is being worked on.
func (s *Store) file(key string) string {
	h := hmac.New(sha256.New, s.name[:])
	_, _ = h.Write([]byte(key))
	return hex.EncodeToString(h.Sum(nil)) + suffix
}

func associated(file string) []byte { return []byte(version + file) }

// Put keeps what was typed, in the place of what was kept under that key. When
// it returns without an error, a power cut no longer takes it.
func (s *Store) Put(key string, typed map[string]string, at time.Time) error {
	const op = "keep draft"
	plain, err := json.Marshal(Draft{Key: key, Typed: typed, At: at})
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "draft_not_kept")
	}
	if len(plain) > MaxSize {
		return fault.New(fault.Invalid, op, "draft_too_large")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fault.Wrap(err, fault.Internal, op, "draft_not_kept")
	}
	file := s.file(key)
	sealed, err := vault.Seal(s.random, nil, s.seal, associated(file), plain)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "draft_not_kept")
	}
	return fault.Wrap(vault.Replace(filepath.Join(s.dir, file), sealed), fault.Internal, op, "draft_not_kept")
}

// Get gives the draft of a key; not ok where there is none that can be read.
func (s *Store) Get(key string) (d Draft, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err = s.read(s.file(key))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errUnreadable):
		return Draft{}, false, nil
	case err != nil:
		return Draft{}, false, fault.Wrap(err, fault.Internal, "read draft", "draft_unreadable")
	}
	return d, true, nil
}

// List gives all drafts, the newest first, and the names of the files that do
// not open: damaged ones and those of another key. They are left where they
// are and stand in nobody's way.
func (s *Store) List() (drafts []Draft, unreadable []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Internal, "list drafts", "draft_unreadable")
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		d, err := s.read(e.Name())
		if err != nil {
			unreadable = append(unreadable, e.Name())
			continue
		}
		drafts = append(drafts, d)
	}
	slices.SortStableFunc(drafts, func(a, b Draft) int { return b.At.Compare(a.At) })
	return drafts, unreadable, nil
}

// Drop forgets the draft of a key. That there is none is no error.
func (s *Store) Drop(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := os.Remove(filepath.Join(s.dir, s.file(key)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fault.Wrap(err, fault.Internal, "drop draft", "draft_not_dropped")
}

// errUnreadable says that a file is not one that this store wrote.
var errUnreadable = errors.New("not a draft of this office")

func (s *Store) read(file string) (Draft, error) {
	path := filepath.Join(s.dir, file)
	info, err := os.Lstat(path)
	if err != nil {
		return Draft{}, fmt.Errorf("read draft: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > MaxSize+vault.Overhead {
		return Draft{}, errUnreadable
	}
	sealed, err := os.ReadFile(path)
	if err != nil {
		return Draft{}, fmt.Errorf("read draft: %w", err)
	}
	plain, err := vault.Open(s.seal, associated(file), sealed)
	if err != nil {
		return Draft{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	var d Draft
	if err := json.Unmarshal(plain, &d); err != nil {
		return Draft{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if s.file(d.Key) != file {
		return Draft{}, errUnreadable
	}
	return d, nil
}
