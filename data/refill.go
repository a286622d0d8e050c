package data

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"

	"paradero/data/backup"
	"paradero/data/ledger"
)

// Refill takes from a backup of this office what the journal lost. The backup
// is read whole before anything of it is taken; what is here already stays as
// it is, and what was erased does not come back.
func (o *Office) Refill(ctx context.Context, file string, progress func(Progress)) (Received, error) {
	const op = "take from backup"
	if progress == nil {
		progress = func(Progress) {}
	}
	ctx, done, err := o.backups.begin(ctx)
	if err != nil {
		return Received{}, err
	}
	defer done()
	total := 0
	err = o.readBackup(ctx, file, func(b *ledger.Batch, _ []byte) error {
		total++
		progress(Progress{Phase: "backup_check", Done: total})
		return nil
	})
	if err != nil {
		return Received{}, backupFault(op, file, err)
	}
	if err := o.findDamage(ctx); err != nil {
		return Received{}, diskFault(op, err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	frames, ended := make(chan []byte), make(chan error, 1)
	go func() {
		err := o.readBackup(ctx, file, func(_ *ledger.Batch, frame []byte) error {
			select {
			case frames <- frame:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		close(frames)
		ended <- err
	}()
	got, err := o.Receive(ctx, func() ([]byte, error) {
		if frame, ok := <-frames; ok {
			return frame, nil
		}
		if err := <-ended; err != nil {
			ended <- err
			return nil, backupFault(op, file, err)
		}
		ended <- nil
		return nil, io.EOF
	}, func(p Progress) {
		p.Total = max(total, p.Done)
		progress(p)
	})
	stop()
	<-ended
	return got, err
}

// findDamage looks for damaged stretches of the journal: one that came about
// under a sound working copy is not known yet.
func (o *Office) findDamage(ctx context.Context) error {
	return o.still("take from backup", func() error { return o.lookForDamage(ctx) })
}

// lookForDamage is findDamage for one who holds the office still.
func (o *Office) lookForDamage(ctx context.Context) error {
	found, err := o.journal.Scan(ctx, o.journal.Start(), func(ledger.Pos, *ledger.Batch) error { return nil })
	if err != nil {
		return err
	}
	for _, d := range found {
		if !d.Tail && !slices.Contains(o.damage, d) {
			o.damage = append(o.damage, d)
		}
	}
	return nil
}

// readBackup reads a backup of this office with its own keys.
func (o *Office) readBackup(ctx context.Context, file string, do func(*ledger.Batch, []byte) error) error {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return openFault("read backup", file, err)
	}
	defer func() { _ = f.Close() }()
	reader, err := backup.NewReader(f)
	if err != nil {
		return err
	}
	secret, err := backupSecret(o.vault.Keys())
	if err != nil {
		return err
	}
	_, _, err = reader.Each(ctx, secret, backup.Do{Head: o.ownBackup, Batch: do})
	return err
}

// ownBackup refuses a backup of another office.
func (o *Office) ownBackup(h backup.Head) error {
	if h.Office != o.vault.Keys().Office {
		return backup.ErrOther
	}
	return nil
}
