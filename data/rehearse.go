package data

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"paradero/data/backup"
	"paradero/data/fault"
	"paradero/data/ledger"
)

// backupOld is how long an office may work on without a new backup before that
// is worth a note.
const backupOld = 7 * 24 * time.Hour

// rehearse adds to the findings how a restore of the last backup would go. The
// caller holds closing.
func (o *Office) rehearse(ctx context.Context, progress func(Progress), found []Finding) ([]Finding, error) {
	state := o.backupState()
	if state.None() {
		if born, err := o.bornAt(ctx); err == nil && o.cfg.Clock().Sub(born) > 24*time.Hour {
			found = append(found, Finding{Key: "backup_none"})
		}
		return found, nil
	}
	name, day := filepath.Base(state.Path), dayOf(state.At)
	f, err := os.Open(filepath.Clean(state.Path))
	if errors.Is(err, fs.ErrNotExist) {
		return append(found, Finding{Key: "backup_missing", File: name, Args: []string{day}}), nil
	}
	if err != nil {
		return append(found, Finding{Key: "backup_unreadable", File: name, Args: []string{day}}), nil
	}
	defer func() { _ = f.Close() }()
	here, err := o.heldHashes(ctx)
	if err != nil {
		return nil, diskFault("verify", err)
	}
	r := &rehearsal{o: o, here: here, progress: progress, total: state.Changes}
	head, count, err := r.read(ctx, f)
	switch err = backupFault("verify", state.Path, err); {
	case fault.Is(err, fault.Cancelled):
		return nil, err
	case fault.Is(err, fault.Internal):
		return append(found, Finding{Key: "backup_unreadable", File: name, Args: []string{day}}), nil
	case err != nil:
		return append(found, Finding{Key: "backup_damaged", Damage: true, File: name, Args: []string{day}}), nil
	}
	return append(found, r.findings(state, head, count)...), nil
}

func dayOf(t time.Time) string { return t.Local().Format("2006-01-02") }

// rehearsal reads a backup as a restore would, and writes nothing.
type rehearsal struct {
	o        *Office
	here     map[ledger.Hash]struct{} // what the journal holds
	check    *backup.Checker
	lost     int // changes that only the backup has
	done     int
	total    int
	progress func(Progress)
}

func (r *rehearsal) read(ctx context.Context, f *os.File) (backup.Head, backup.Count, error) {
	dropCache(f)
	reader, err := backup.NewReader(f)
	if err != nil {
		return backup.Head{}, backup.Count{}, err
	}
	secret, err := backupSecret(r.o.vault.Keys())
	if err != nil {
		return backup.Head{}, backup.Count{}, err
	}
	r.check = backup.NewChecker(ed25519.PrivateKey(r.o.sign).Public().(ed25519.PublicKey), r.o.keys)
	return reader.Each(ctx, secret, backup.Do{
		Head: r.o.ownBackup,
		Batch: func(b *ledger.Batch, _ []byte) error {
			r.check.Add(b)
			if _, ok := r.here[b.Hash]; !ok {
				r.lost += len(b.Envelope.Payloads)
			}
			r.done += len(b.Envelope.Payloads)
			r.progress(Progress{Phase: "rehearse", Done: r.done, Total: r.total})
			return nil
		},
	})
}

// findings tells how the rehearsal went: what a restore would bring, what the
// backup has and the journal has lost, and whether it is time for a new one.
func (r *rehearsal) findings(state BackupState, head backup.Head, count backup.Count) []Finding {
	name, day, now := filepath.Base(state.Path), dayOf(head.At), r.o.cfg.Clock()
	changes := strconv.Itoa(count.Changes)
	found := []Finding{{Key: "backup_rehearsed", File: name, Args: []string{day, changes}}}
	if n := r.check.Unsound + r.check.Missing(); n > 0 {
		found = append(found, Finding{Key: "backup_incomplete", File: name, Args: []string{day, strconv.Itoa(n)}})
	}
	if r.lost > 0 {
		found = append(found, Finding{Key: "backup_has_more", Damage: true, File: name, Args: []string{day, strconv.Itoa(r.lost)}})
	}
	if days := int(now.Sub(head.At) / (24 * time.Hour)); now.Sub(head.At) > backupOld {
		found = append(found, Finding{Key: "backup_old", File: name, Args: []string{day, strconv.Itoa(days)}})
	}
	state.Rehearsed = now
	if r.o.keepBackupState(state) != nil {
		return found // only the note of when it was rehearsed is lost
	}
	return found
}

// heldHashes gives the hashes of all batches that stand whole in the journal.
func (o *Office) heldHashes(ctx context.Context) (map[ledger.Hash]struct{}, error) {
	here := map[ledger.Hash]struct{}{}
	_, err := o.journal.Scan(ctx, o.journal.Start(), func(_ ledger.Pos, b *ledger.Batch) error {
		here[b.Hash] = struct{}{}
		return nil
	})
	return here, err
}

// bornAt is when the first batch that can be read was written.
func (o *Office) bornAt(ctx context.Context) (at time.Time, err error) {
	_, err = o.journal.Scan(ctx, o.journal.Start(), func(_ ledger.Pos, b *ledger.Batch) error {
		body, err := b.Open(o.keys)
		if err != nil {
			return nil // the next one, then
		}
		at = body.Wall
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return at, err
}
