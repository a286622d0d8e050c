package data

import (
	"os"

	"golang.org/x/sys/unix"
)

// dropCache makes the reading back come from the medium and not from memory,
// where the system heeds it.
func dropCache(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }
