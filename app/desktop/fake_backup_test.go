package desktop

import (
	"context"
	"path/filepath"
	"time"

	"paradero/data"
	"paradero/data/fault"
)

// fakeBackup is a fake office's backups.
type fakeBackup struct {
	state    data.BackupState
	since    int
	fail     error
	made     []string
	refilled []string
}

func (o *fakeOffice) BackupTag() (string, error) { return "k3m9pq7a", nil }

func (o *fakeOffice) Backup(_ context.Context, file string, _ func(data.Progress)) (data.BackupState, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.backups.fail != nil {
		return data.BackupState{}, o.backups.fail
	}
	o.backups.made = append(o.backups.made, file)
	o.backups.state, o.backups.since = data.BackupState{At: testNow, Path: file, Changes: 2310}, 0
	return o.backups.state, nil
}

func (o *fakeOffice) Away() (int, string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.trip.away, o.trip.file
}

func (o *fakeOffice) SinceBackup(context.Context) (int, data.BackupState, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.backups.since, o.backups.state, nil
}

func (o *fakeOffice) Refill(_ context.Context, file string, _ func(data.Progress)) (data.Received, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.backups.refilled = append(o.backups.refilled, file)
	return data.Received{Taken: 1, Refilled: 2}, nil
}

// fakeBackupFile is the one backup that there is.
const fakeBackupFile = "/media/rosa/MEMORIA/paradero-k3m9pq7a-20261120-090000.respaldo"

func (f *fakeOffices) PeekBackup(file string) (data.Sign, error) {
	if file != fakeBackupFile {
		return data.Sign{}, fault.New(fault.NotFound, "read backup", "backup_not_found", filepath.Base(file))
	}
	return data.Sign{Office: "Defensa y Familia Guayaquil"}, nil
}

func (f *fakeOffices) Restore(_ context.Context, cfg data.Config, from data.Restoring) (office, data.Restored, error) {
	if string(from.Passphrase) != rightPass && from.Code != rightCode {
		return nil, data.Restored{}, fault.New(fault.Passphrase, "restore", "backup_passphrase_wrong")
	}
	o := newFakeOffice("Defensa y Familia Guayaquil", false)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.by[cfg.Dir] = o
	return o, data.Restored{At: testNow.Add(-72 * time.Hour), Changes: 2310}, nil
}
