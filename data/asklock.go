package data

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"paradero/data/fault"
	"paradero/data/vault"
)

// askName is a file in the office's folder by which another process asks the
// window to lock. It says nothing but that it is there; whoever may write into
// the folder may ask.
const askName = "lock.asked"

// Locking is what became of a request to lock.
type Locking int

// What may become of it.
const (
	NotOpen Locking = iota // no process has the office open
	Locked                 // the window kept its drafts, closed the office and asks for the passphrase
	Covered                // it asks for the passphrase too, but had to keep the office open: a draft could not be written
)

// The window looks for a request every second.
const (
	askEvery = 50 * time.Millisecond
	askWait  = 10 * time.Second // for the window to answer
	askClose = 20 * time.Second // for it to close the office afterwards
)

// AskLock asks the window that has an office open to lock it, and waits until
// it has. A command that is just at work in the office does not answer; that is
// an InUse error after some seconds.
func AskLock(ctx context.Context, cfg Config) (Locking, error) {
	const op = "lock office"
	cfg.defaults()
	if _, err := vault.Peek(cfg.Dir); errors.Is(err, vault.ErrMissing) {
		return NotOpen, vaultFault(op, err)
	}
	path := filepath.Join(cfg.Dir, askName)
	free, err := unlocked(cfg.Dir)
	if err != nil || free {
		_ = os.Remove(path) // an old one, which nobody answered
		return NotOpen, err
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return NotOpen, diskFault(op, err)
	}
	defer func() { _ = os.Remove(path) }()
	answered := false
	for waited := time.Duration(0); waited < askWait || answered && waited < askClose; waited += askEvery {
		if free, err := unlocked(cfg.Dir); err != nil || free {
			return Locked, err
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			answered = true
		}
		if err := pause(ctx, askEvery); err != nil {
			return NotOpen, diskFault(op, err)
		}
	}
	if answered {
		return Covered, nil
	}
	return NotOpen, fault.New(fault.InUse, op, "lock_not_answered")
}

// LockAsked tells whether somebody asked for the office in a folder to be
// locked, and takes the request away. The window asks every second.
func LockAsked(dir string) bool { return os.Remove(filepath.Join(dir, askName)) == nil }

// unlocked tells whether no process has the office open.
func unlocked(dir string) (bool, error) {
	lock, err := takeLock(dir)
	switch {
	case fault.Is(err, fault.InUse):
		return false, nil
	case err != nil:
		return false, err
	}
	return true, release(lock, nil)
}

// pause waits, unless it is stopped.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
