//go:build unix

package ledger

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

func freeBytes(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("free space: %w", err)
	}
	return s.Bavail * uint64(s.Bsize), nil
}

// IsFull recognises a full disk or quota in any wrapped error.
func IsFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}
