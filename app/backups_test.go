package app

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/fault"
)

// backupOffice is an office that only makes backups.
type backupOffice struct {
	away  int // records that are off the machine
	dir   string
	now   time.Time
	demo  bool
	since int
	state data.BackupState
	lost  int
	fail  error
}

func (o *backupOffice) Info() data.Info            { return data.Info{Dir: o.dir, Demo: o.demo} }
func (o *backupOffice) Now() time.Time             { return o.now }
func (o *backupOffice) BackupTag() (string, error) { return "abcdefgh", nil }
func (o *backupOffice) Away() (int, string)        { return o.away, "" }

func (o *backupOffice) SinceBackup(context.Context) (int, data.BackupState, error) {
	return o.since, o.state, nil
}

func (o *backupOffice) Backup(_ context.Context, file string, _ func(data.Progress)) (data.BackupState, error) {
	if o.fail != nil {
		return data.BackupState{}, o.fail
	}
	o.state = data.BackupState{At: o.now, Path: file, Lost: o.lost}
	return o.state, os.WriteFile(file, []byte("x"), 0o600)
}

func TestBackupDue(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	set := Settings{BackupHours: 24, BackupKeep: 3}
	at := func(hours int) data.BackupState {
		return data.BackupState{At: now.Add(-time.Duration(hours) * time.Hour)}
	}
	for _, c := range []struct {
		name  string
		o     backupOffice
		hours int
		want  bool
	}{
		{"never made", backupOffice{since: 5}, 24, true},
		{"nothing changed", backupOffice{since: 0, state: at(100)}, 24, false},
		{"made an hour ago", backupOffice{since: 5, state: at(1)}, 24, false},
		{"made yesterday", backupOffice{since: 5, state: at(24)}, 24, true},
		{"never by itself", backupOffice{since: 5}, 0, false},
		{"demonstration", backupOffice{since: 5, demo: true}, 24, false},
	} {
		c.o.now, set.BackupHours = now, c.hours
		if got, err := BackupDue(context.Background(), &c.o, set); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
}

// Old ones go only after a new one is verified, never when the journal is
// damaged, and never what is another's.
func TestBackupNowKeepsTheNewest(t *testing.T) {
	home := t.TempDir()
	o := &backupOffice{dir: filepath.Join(home, "oficina"), now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	set := Settings{BackupKeep: 3}
	dir := filepath.Join(home, "respaldos")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "paradero-zzzzzzzz-20200101-000000"+backupExt)
	if err := os.WriteFile(other, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		found, _ := filepath.Glob(filepath.Join(dir, "paradero-abcdefgh-*"))
		return len(found)
	}
	for i := range 5 {
		o.now = o.now.Add(24 * time.Hour)
		if _, err := BackupNow(context.Background(), o, set, nil); err != nil {
			t.Fatal(err)
		}
		if want := min(i+1, 3); count() != want {
			t.Errorf("after %d: %d are there", i+1, count())
		}
	}
	o.now, o.fail = o.now.Add(time.Hour), fault.New(fault.Full, "backup", "backup_filled", dir)
	if _, err := BackupNow(context.Background(), o, set, nil); err == nil || count() != 3 {
		t.Errorf("a failed one took old ones away: %d", count())
	}
	o.now, o.fail, o.lost = o.now.Add(time.Hour), nil, 1
	if _, err := BackupNow(context.Background(), o, set, nil); err != nil || count() != 4 {
		t.Errorf("one of a damaged journal took old ones away: %d", count())
	}
	o.now, o.lost, o.away = o.now.Add(time.Hour), 0, 1
	if _, err := BackupNow(context.Background(), o, set, nil); err != nil || count() != 5 {
		t.Errorf("one made on a journey took away what holds the travellers: %d", count())
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("another office's backup is gone")
	}
	set.BackupFolder = filepath.Join(home, "memoria")
	if _, err := BackupNow(context.Background(), o, set, nil); err == nil {
		t.Error("a stick that is not plugged in was made up")
	}
}

func TestBackupStale(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	old := data.BackupState{At: now.Add(-73 * time.Hour)}
	if !BackupStale(1, old, now) || BackupStale(0, old, now) || BackupStale(9, data.BackupState{At: now}, now) ||
		BackupStale(5, data.BackupState{}, now) || !BackupStale(500, data.BackupState{}, now) {
		t.Error("wrong")
	}
}
