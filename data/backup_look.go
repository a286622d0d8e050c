package data

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"paradero/data/ledger"
)

// lastBackup is where a wipe learns of backups, without a key: the last one of
// the office in a folder that was verified, and how many changes came since; -1
// where that cannot be told.
func lastBackup(dir string) (at time.Time, path string, since int, ok bool) {
	s := readBackupState(dir)
	if s.None() {
		return time.Time{}, "", -1, false
	}
	n, err := changesSince(dir, s)
	if err != nil {
		n = -1
	}
	return s.At, s.Path, n, true
}

// changesSince counts what a journal holds beyond a backup, without opening the
// office and without touching a file: somebody may have it open.
func changesSince(dir string, s BackupState) (n int, err error) {
	j, err := ledger.OpenJournal(lookDisk{}, filepath.Join(dir, journalDir))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	b, _, err := j.Read(s.last)
	if err != nil {
		return 0, err
	}
	if b.Hash != s.hash {
		return 0, errStale
	}
	_, err = j.Scan(context.Background(), s.end, func(_ ledger.Pos, b *ledger.Batch) error {
		n += len(b.Envelope.Payloads)
		return nil
	})
	return n, err
}

// lookDisk is the machine's disk for one who only looks.
type lookDisk struct{ ledger.OS }

// Open implements ledger.Disk.
func (lookDisk) Open(path string) (ledger.File, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return lookFile{f}, nil
}

// MakeDir implements ledger.Disk.
func (lookDisk) MakeDir(string) error { return nil }

// Remove implements ledger.Disk.
func (lookDisk) Remove(string) error { return nil }

type lookFile struct{ *os.File }

// Size implements ledger.File.
func (f lookFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("size: %w", err)
	}
	return info.Size(), nil
}

// Truncate implements ledger.File.
func (lookFile) Truncate(int64) error { return fs.ErrPermission }
