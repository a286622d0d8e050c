package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Destroy makes a vault worthless: both copies, and any half-written one, are
// written over, flushed and removed, so that whatever was sealed under it stays
// sealed for ever. It needs no passphrase, goes on where one of them fails, and
// tells of every failure. A folder without a vault is no failure.
//
// What it cannot reach: blocks that an SSD has set aside, and copies elsewhere.
func Destroy(dir string, random io.Reader) error {
	paths := []string{filepath.Join(dir, fileName), filepath.Join(dir, spareName)}
	torn, err := filepath.Glob(filepath.Join(dir, HalfWritten))
	if err != nil {
		torn = nil // only a malformed pattern, and then there is nothing to find
	}
	paths = append(paths, torn...)
	var failed []error
	for _, path := range paths { // all are unreadable before the first is gone
		failed = append(failed, overwrite(path, random))
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, fmt.Errorf("destroy vault: %w", err))
		}
	}
	return errors.Join(append(failed, syncDir(dir))...)
}

// overwrite writes random bytes over a file, in place, and flushes them.
func overwrite(path string, random io.Reader) (err error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("destroy vault: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil // a link: what it leads to is not ours to write over
	}
	_ = os.Chmod(path, 0o600) // where somebody made it read-only
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("destroy vault: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	noise := make([]byte, info.Size())
	if _, err := io.ReadFull(random, noise); err != nil {
		clear(noise) // zeroes do as well
	}
	if _, err := f.WriteAt(noise, 0); err != nil {
		return fmt.Errorf("destroy vault: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("destroy vault: %w", err)
	}
	return nil
}
