package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
)

// Disk is what the journal needs of a file system, so that a simulation can
// crash it, fill it and tear its writes.
type Disk interface {
	// Open opens a file for reading and writing, made when it is missing.
	Open(path string) (File, error)
	// List gives the names in a folder, sorted; none when it is missing.
	List(dir string) ([]string, error)
	MakeDir(dir string) error
	SyncDir(dir string) error
	// Rename puts a closed file in the place of another; SyncDir makes it durable.
	Rename(from, to string) error
	// Remove takes a file away; one that is missing is no error.
	Remove(path string) error
	// Free is the room left for this user, in bytes.
	Free(dir string) (uint64, error)
}

// File is an open file of a Disk.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Size() (int64, error)
	// Sync returns once the contents and the length survive a power cut.
	Sync() error
	Truncate(size int64) error
}

// OS is the machine's own disk.
type OS struct{}

// Open implements Disk.
func (OS) Open(path string) (File, error) {
	f, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return osFile{f}, nil
}

// List implements Disk.
func (OS) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	sort.Strings(names)
	return names, nil
}

// MakeDir implements Disk.
func (OS) MakeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	return nil
}

// Rename implements Disk.
func (OS) Rename(from, to string) error {
	if err := os.Rename(filepath.Clean(from), filepath.Clean(to)); err != nil {
		return fmt.Errorf("rename: %w", err)
	}
	return nil
}

// Remove implements Disk.
func (OS) Remove(path string) error {
	if err := os.Remove(filepath.Clean(path)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove: %w", err)
	}
	return nil
}

// SyncDir implements Disk; where folders cannot be synced (Windows) names are
// journaled by the file system itself.
func (OS) SyncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrPermission) && !errors.Is(err, os.ErrInvalid) {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}

// Free implements Disk.
func (OS) Free(dir string) (uint64, error) { return freeBytes(dir) }

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("size: %w", err)
	}
	return info.Size(), nil
}

func (f osFile) Sync() error { return syncData(f.File) }
