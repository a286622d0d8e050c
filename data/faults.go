package data

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/vault"
)

// takeLock takes the kernel's lock on an office, which dies with the process.
func takeLock(dir string) (*flock.Flock, error) {
	l := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "open office", "folder_not_writable", dir)
	}
	if !ok {
		return nil, fault.New(fault.InUse, "open office", "office_in_use", dir)
	}
	return l, nil
}

// lockSoon is takeLock for one who may come right after a process was killed: a
// child that it was just starting holds the lock until it runs a program of its own.
func lockSoon(ctx context.Context, dir string) (*flock.Flock, error) {
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		lock, err := takeLock(dir)
		if !fault.Is(err, fault.InUse) || wait > 100*time.Millisecond || pause(ctx, wait) != nil {
			return lock, err
		}
	}
}

// release unlocks and passes an error on.
func release(l *flock.Flock, err error) error {
	if uerr := l.Unlock(); err == nil && uerr != nil {
		return fault.Wrap(uerr, fault.Internal, "close office", "close_failed")
	}
	return err
}

// room refuses to go on where the disk is nearly full.
func room(disk ledger.Disk, dir, op string) error {
	free, err := disk.Free(dir)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "folder_unreadable", dir)
	}
	if free < minFree {
		return fault.New(fault.Full, op, "disk_full")
	}
	return nil
}

// vaultFault gives a vault's error its code and key.
func vaultFault(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, vault.ErrSecret):
		return fault.New(fault.Passphrase, op, "passphrase_wrong")
	case errors.Is(err, vault.ErrTaken):
		return fault.New(fault.Refused, op, "passphrase_taken")
	case errors.Is(err, vault.ErrCode):
		return fault.New(fault.Passphrase, op, "recovery_code_mistyped")
	case errors.Is(err, vault.ErrMissing):
		return fault.New(fault.NotFound, op, "office_missing")
	case errors.Is(err, vault.ErrNewer):
		return fault.Wrap(err, fault.Newer, op, "newer_version")
	case errors.Is(err, vault.ErrDamaged):
		return fault.Wrap(err, fault.Damaged, op, "vault_damaged")
	}
	return diskFault(op, err)
}

// diskFault gives an error of journal, store or file its code and key.
func diskFault(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ledger.ErrBroken):
		return fault.Wrap(err, fault.Internal, op, "journal_broken")
	case errors.Is(err, ledger.ErrFull), ledger.IsFull(err):
		return fault.Wrap(err, fault.Full, op, "disk_full")
	case errors.Is(err, ledger.ErrNewer):
		return fault.Wrap(err, fault.Newer, op, "newer_version")
	case errors.Is(err, ledger.ErrMalformed), errors.Is(err, ledger.ErrSignature), errors.Is(err, vault.ErrSealed):
		return fault.Wrap(err, fault.Damaged, op, "journal_damaged")
	case errors.Is(err, ledger.ErrTooLarge):
		return fault.Wrap(err, fault.Invalid, op, "batch_too_large")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Cancelled, op, "cancelled")
	case errors.Is(err, os.ErrPermission):
		return fault.Wrap(err, fault.Internal, op, "folder_not_writable")
	}
	return fault.Wrap(err, fault.Internal, op, "disk_failed")
}
