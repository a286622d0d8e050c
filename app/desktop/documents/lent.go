package documents

import (
	"os"
	"path/filepath"
	"sync"
	"time"

	"paradero/data/fault"
)

// lent are the decrypted copies that were handed to the system's viewer: each
// in a folder that only this user can read, deleted when the office is locked
// or closed.
type lent struct {
	root string
	mu   sync.Mutex
	dirs []string
}

const lentPattern = "paradero-print-"

// staleAfter is when a copy that a crash left behind is taken away.
const staleAfter = 12 * time.Hour

func newLent(root string) *lent {
	l := &lent{root: root}
	old, err := filepath.Glob(filepath.Join(root, lentPattern+"*"))
	if err != nil {
		return l // the pattern is ours and well-formed
	}
	for _, dir := range old {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.RemoveAll(dir) // another user's is not ours to delete
		}
	}
	return l
}

// lend writes a copy and gives its path.
func (l *lent) lend(name string, pdf []byte) (string, error) {
	const op = "open document"
	dir, err := os.MkdirTemp(l.root, lentPattern)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, op, "file_not_written")
	}
	l.mu.Lock()
	l.dirs = append(l.dirs, dir)
	l.mu.Unlock()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		return "", fault.Wrap(err, fault.Internal, op, "file_not_written")
	}
	return path, nil
}

// takeBack deletes every copy.
func (l *lent) takeBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.dirs[:0]
	for _, dir := range l.dirs {
		if err := os.RemoveAll(dir); err != nil { // a viewer of Windows may hold it: tried again at the next lock
			kept = append(kept, dir)
		}
	}
	l.dirs = kept
}
