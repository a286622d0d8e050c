package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
)

// How backups are made by themselves: at first soon after an office was opened,
// then looked at again every so often.
const (
	BackupFirst = 2 * time.Minute
	BackupLook  = 15 * time.Minute
)

// backupStale is after how long without a backup the first page says so.
const backupStale = 3 * 24 * time.Hour

// backupUnmade is with how many changes the first page says that none was made.
const backupUnmade = 100

// BackupHours and BackupKeeps are what is offered: the hours between two
// backups, 0 never by itself; and how many are kept.
func BackupHours() []int { return []int{4, 12, 24, 72, 168, 0} }

// BackupKeeps are how many backups may be kept.
func BackupKeeps() []int { return []int{3, 7, 14, 30} }

const backupExt = ".respaldo"

// BackupOffice is what the making of backups asks of an office.
type BackupOffice interface {
	Info() data.Info
	Now() time.Time
	Backup(ctx context.Context, file string, progress func(data.Progress)) (data.BackupState, error)
	BackupTag() (string, error)
	SinceBackup(ctx context.Context) (int, data.BackupState, error)
	Away() (records int, backup string)
}

// BackupFolderOf is where an office's backups go: the chosen folder, else one
// beside the office.
func (s Settings) BackupFolderOf(office string) string {
	if s.BackupFolder != "" {
		return s.BackupFolder
	}
	return filepath.Join(filepath.Dir(office), "respaldos")
}

// BackupDue tells whether it is time: something changed since the last backup
// and that one is old enough. A demonstration holds nobody real and is left out.
func BackupDue(ctx context.Context, o BackupOffice, s Settings) (bool, error) {
	if s.BackupHours <= 0 || o.Info().Demo {
		return false, nil
	}
	n, state, err := o.SinceBackup(ctx)
	if err != nil || n == 0 {
		return false, err
	}
	return o.Now().Sub(state.At) >= time.Duration(s.BackupHours)*time.Hour, nil
}

// BackupNow makes a backup in the folder of the settings, under a name that
// tells nobody whose it is, and then takes away those beyond the number to keep.
// While the journal is damaged, or something is off this machine, none is taken
// away: an older one may hold what the newer lacks.
func BackupNow(ctx context.Context, o BackupOffice, s Settings, progress func(data.Progress)) (data.BackupState, error) {
	tag, err := o.BackupTag()
	if err != nil {
		return data.BackupState{}, err
	}
	dir := s.BackupFolderOf(o.Info().Dir)
	if s.BackupFolder == "" { // one that a person chose may be a stick, which is not made by making its folder
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return data.BackupState{}, fault.Wrap(err, fault.Internal, "backup", "backup_place_forbidden", dir)
		}
	}
	start := "paradero-" + tag + "-"
	state, err := o.Backup(ctx, filepath.Join(dir, start+o.Now().Format("20060102-150405")+backupExt), progress)
	if away, _ := o.Away(); err == nil && state.Lost == 0 && away == 0 {
		pruneBackups(dir, start, s.BackupKeep)
	}
	return state, err
}

// pruneBackups takes away the oldest beyond a number. What cannot be removed
// stays; the next time tries again.
func pruneBackups(dir, start string, keep int) {
	found, err := filepath.Glob(filepath.Join(dir, start+"*"+backupExt))
	if err != nil || keep < 1 || len(found) <= keep {
		return
	}
	slices.Sort(found) // by day and hour
	for _, path := range found[:len(found)-keep] {
		_ = os.Remove(path)
	}
}

// BackupLine says how the last backup stands.
func BackupLine(since int, s data.BackupState, now time.Time, w *assets.Words) string {
	if s.None() {
		return w.N("backup.none", since)
	}
	days := int(now.Sub(s.At) / (24 * time.Hour))
	when := w.T("backup.today")
	if days > 0 {
		when = w.N("backup.days", days)
	}
	if since == 0 {
		return w.T("backup.covered", when)
	}
	return w.N("backup.since", since, when)
}

// BackupStale tells whether the last backup is so old that the first page says so.
func BackupStale(since int, s data.BackupState, now time.Time) bool {
	if s.None() {
		return since >= backupUnmade
	}
	return since > 0 && now.Sub(s.At) >= backupStale
}
