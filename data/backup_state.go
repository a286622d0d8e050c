package data

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"paradero/data/backup"
	"paradero/data/fault"
	"paradero/data/ledger"
)

// storedState is the file. It can be read before anybody signs in, since a wipe
// tells of the last backup; nothing of what the office holds stands in it.
type storedState struct {
	Version   int        `json:"version"`
	At        time.Time  `json:"at"`
	Path      string     `json:"path"`
	Changes   int        `json:"changes"`
	Lost      int        `json:"lost,omitempty"`
	Rehearsed time.Time  `json:"rehearsed,omitzero"`
	End       ledger.Pos `json:"end"`
	Last      ledger.Pos `json:"last"`
	Hash      string     `json:"hash"`
}

const maxStored = 64 << 10

// readBackupState reads what is known of an office's last backup. A file that
// cannot be read is as good as none: the next backup writes it anew.
func readBackupState(dir string) BackupState {
	f, err := os.Open(filepath.Join(dir, backupsName))
	if err != nil {
		return BackupState{}
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxStored))
	var s storedState
	if err != nil || json.Unmarshal(b, &s) != nil || s.Version != 1 {
		return BackupState{}
	}
	out := BackupState{
		At: s.At, Path: s.Path, Changes: s.Changes, Lost: s.Lost, Rehearsed: s.Rehearsed, end: s.End, last: s.Last,
	}
	if n, err := hex.Decode(out.hash[:], []byte(s.Hash[:min(len(s.Hash), 64)])); err != nil || n != len(out.hash) {
		return BackupState{}
	}
	return out
}

func (o *Office) backupState() BackupState { return readBackupState(o.cfg.Dir) }

// keepBackupState writes it, whole or not at all.
func (o *Office) keepBackupState(s BackupState) error {
	b, err := json.MarshalIndent(storedState{
		1, s.At, s.Path, s.Changes, s.Lost, s.Rehearsed, s.end, s.last, hex.EncodeToString(s.hash[:]),
	}, "", "  ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "backup", "disk_failed")
	}
	path := filepath.Join(o.cfg.Dir, backupsName)
	f, err := o.disk.Open(path + ".new")
	if err != nil {
		return diskFault("backup", err)
	}
	if err = f.Truncate(0); err == nil {
		_, err = f.WriteAt(append(b, '\n'), 0)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = o.disk.Rename(path+".new", path)
	}
	if err == nil {
		err = o.disk.SyncDir(o.cfg.Dir)
	}
	return diskFault("backup", err)
}

// SinceBackup tells of the last backup that was verified and how many changes
// this machine holds that are not in it: all of them when there was none.
func (o *Office) SinceBackup(ctx context.Context) (int, BackupState, error) {
	ctx, done, err := o.backups.begin(ctx)
	if err != nil {
		return 0, BackupState{}, err
	}
	defer done()
	to, err := o.steady("count changes")
	if err != nil {
		return 0, BackupState{}, err
	}
	state := o.backupState()
	from := o.journal.Start()
	if o.covers(state) {
		from = state.end
	}
	n, err := o.countChanges(ctx, from, to)
	return n, state, err
}

// covers tells whether the journal is the one that a state speaks of.
func (o *Office) covers(s BackupState) bool {
	if s.None() {
		return false
	}
	b, _, err := o.journal.Read(s.last)
	return err == nil && bytes.Equal(b.Hash[:], s.hash[:])
}

// countChanges counts those between two places, from where it stopped last.
func (o *Office) countChanges(ctx context.Context, from, to ledger.Pos) (int, error) {
	b := o.backups
	b.mu.Lock()
	start, n := from, 0
	if c := &b.counted; c.from == from && !to.Before(c.to) {
		start, n = c.to, c.n
	}
	b.mu.Unlock()
	if start.Before(to) {
		_, err := o.journal.Scan(ctx, start, func(pos ledger.Pos, b *ledger.Batch) error {
			if !pos.Before(to) {
				return errEnough
			}
			n += len(b.Envelope.Payloads)
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return 0, diskFault("count changes", err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counted.from, b.counted.to, b.counted.n = from, to, n
	return n, nil
}

// backupFault gives a failure around a backup's file its code and key: a full
// stick, one that was pulled out, one that is write-protected, a file that is
// not what was written.
func backupFault(op, file string, err error) error {
	dir := filepath.Dir(file)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Cancelled, op, "cancelled")
	case errors.Is(err, backup.ErrForeign):
		return fault.Wrap(err, fault.Invalid, op, "backup_foreign", file)
	case errors.Is(err, backup.ErrOther):
		return fault.Wrap(err, fault.Refused, op, "backup_of_another", file)
	case errors.Is(err, backup.ErrNewer), errors.Is(err, ledger.ErrNewer):
		return fault.Wrap(err, fault.Newer, op, "newer_version")
	case errors.Is(err, backup.ErrDamaged):
		return fault.Wrap(err, fault.Damaged, op, "backup_damaged", file)
	case errors.Is(err, ledger.ErrFull), ledger.IsFull(err):
		return fault.Wrap(err, fault.Full, op, "backup_filled", dir)
	case errors.Is(err, fs.ErrPermission), isReadOnly(err):
		return fault.Wrap(err, fault.Internal, op, "backup_place_forbidden", dir)
	}
	return fault.Wrap(err, fault.Internal, op, "backup_place_gone", dir)
}

func megabytes(n uint64) string { return strconv.FormatUint((n+1<<20-1)>>20, 10) }
