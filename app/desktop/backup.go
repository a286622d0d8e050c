package desktop

import (
	"context"
	"time"

	"paradero/app"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// keepBackups makes backups by itself as long as the office is open. It never
// says that one was made, and says calmly when one could not be.
func (n *session) keepBackups(first, look time.Duration) {
	n.work.run("backup.auto", func(ctx context.Context) func() {
		for wait := first; ; wait = look {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(wait):
			}
			n.backUpIfDue(ctx)
		}
	})
}

func (n *session) backUpIfDue(ctx context.Context) {
	set := n.preferencesNow(ctx)
	due, err := app.BackupDue(ctx, n.office, set)
	if err == nil && due {
		_, err = app.BackupNow(ctx, n.office, set, func(data.Progress) {})
	}
	if ctx.Err() != nil || err == nil && !due {
		return
	}
	n.Dispatch(func() {
		if n.work.base.Err() != nil {
			return
		}
		if err != nil {
			sentence, hint := app.Words(err, n.shell.words)
			n.Warn(n.shell.words.T("backup.auto.failed", sentence, hint))
		}
		n.backupChanged(err)
	})
}

// preferencesNow reads the settings on the screen's goroutine, where they change.
func (n *session) preferencesNow(ctx context.Context) app.Settings {
	got := make(chan app.Settings, 1)
	n.Dispatch(func() { got <- n.shell.settings })
	select {
	case s := <-got:
		return s
	case <-ctx.Done():
		return app.Settings{}
	}
}

// backupChanged lets the open room show the new state.
func (n *session) backupChanged(err error) {
	n.backupErr = err
	if r, ok := n.rooms[n.current.room].(interface{ BackupChanged() }); ok {
		r.BackupChanged()
	}
}

// BackupState implements settings.Controls.
func (n *session) BackupState(ctx context.Context) (int, data.BackupState, error) {
	return n.office.SinceBackup(ctx)
}

// BackupFailure implements settings.Controls.
func (n *session) BackupFailure() error { return n.backupErr }

// BackupNow implements settings.Controls.
func (n *session) BackupNow(ctx context.Context, set app.Settings, report func(data.Progress)) (data.BackupState, error) {
	return app.BackupNow(ctx, n.office, set, report)
}

// BackupMade implements settings.Controls.
func (n *session) BackupMade() { n.backupErr = nil }

// Refill implements settings.Controls.
func (n *session) Refill(ctx context.Context, file string, report func(data.Progress)) (data.Received, error) {
	return n.office.Refill(ctx, file, report)
}

// Travel implements settings.Controls.
func (n *session) Travel(ctx context.Context, report func(data.Progress), ids ...record.ID) (data.TravelPlan, error) {
	return n.office.Travel(ctx, report, ids...)
}

// Return implements settings.Controls.
func (n *session) Return(ctx context.Context, file string, report func(data.Progress)) (lacking int, err error) {
	return n.office.Return(ctx, file, report)
}

// damaged says that the journal was found damaged, with the way to fetch from a
// backup what it lost.
func (n *session) damaged() {
	n.Fail(fault.New(fault.Damaged, "open office", "journal_damaged"))
}

// refill asks for a backup and takes from it what is missing here.
func (n *session) refill() {
	w := n.shell.words
	n.Pick(nil, func(file string) {
		n.foot.trouble.Hide()
		n.Progress(w.T("backup.refilling"), func(ctx context.Context, report func(data.Progress)) func() {
			got, err := n.office.Refill(ctx, file, report)
			return func() {
				if err != nil {
					n.Fail(err)
					return
				}
				n.Say(w.N("backup.refilled", got.Taken+got.Refilled))
			}
		})
	})
}
