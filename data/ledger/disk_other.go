//go:build !linux

package ledger

import (
	"fmt"
	"os"
)

// syncData flushes the file; on macOS os.File.Sync asks for F_FULLFSYNC.
func syncData(f *os.File) error {
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	return nil
}
