package desktop

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/app"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
)

func backupBench(t *testing.T) (*bench, *fakeOffice) {
	t.Helper()
	b := newBench(t, app.Settings{Lang: assets.Spanish, Theme: app.ThemeLight, TextPercent: 100, BackupHours: 24, BackupKeep: 7})
	b.start("")
	o := newFakeOffice("Defensa y Familia Guayaquil", false)
	o.info.Dir = filepath.Join(b.home, "Paradero", "defensa")
	b.opened(o, o.info.Dir)
	b.until("the office is open", func() bool { return b.session != nil })
	return b, o
}

// The settings say how the last backup stands, make one, and say so.
func TestBackupFromTheSettings(t *testing.T) {
	b, o := backupBench(t)
	o.backups.state, o.backups.since = data.BackupState{At: testNow.Add(-80 * time.Hour), Path: fakeBackupFile, Changes: 10}, 214
	b.session.Go("settings", "")
	b.until("the state is told", func() bool { return b.shows(b.words.N("backup.since", 214, b.words.N("backup.days", 3))) })
	b.press(b.words.T("backup.now"))
	b.until("it is made", func() bool { return b.shows(b.words.T("backup.covered", b.words.T("backup.today"))) })
	if len(o.backups.made) != 1 || filepath.Dir(o.backups.made[0]) != filepath.Join(b.home, "Paradero", "respaldos") {
		t.Errorf("made %v", o.backups.made)
	}
}

// One that is due is made by itself; one that cannot be is told calmly and stays
// told in the settings until one is made.
func TestBackupByItself(t *testing.T) {
	b, o := backupBench(t)
	o.backups.since = 5
	o.backups.fail = fault.New(fault.NotFound, "backup", "backup_place_gone", "/media/rosa/MEMORIA")
	b.session.keepBackups(time.Millisecond, time.Hour)
	sentence, hint := app.Words(o.backups.fail, b.words)
	b.until("the failure is told", func() bool { return b.shows(b.words.T("backup.auto.failed", sentence, hint)) })
	b.session.Go("settings", "")
	b.until("the settings tell it too", func() bool { return b.shows(sentence) })
	o.mu.Lock()
	o.backups.fail = nil
	o.mu.Unlock()
	b.session.keepBackups(time.Millisecond, time.Hour)
	b.until("it is made and shown", func() bool { return b.shows(b.words.T("backup.covered", b.words.T("backup.today"))) })
	if b.session.backupErr != nil {
		t.Error("an old failure is still told")
	}
}

// From the welcome page: what is missing is said beside its field, a wrong
// passphrase in words, and the right one opens the restored office.
func TestRestoreFromTheWelcomePage(t *testing.T) {
	b := newBench(t, app.Settings{Lang: assets.Spanish, Theme: app.ThemeLight, TextPercent: 100})
	b.start("")
	b.showRestore()
	b.press(b.words.T("restore.make"))
	for _, key := range []string{"restore.pass.missing"} {
		if !b.shows(b.words.T(key)) {
			t.Errorf("%s is not told", key)
		}
	}
	fields := b.entries()
	fields[0].SetText(fakeBackupFile)
	fields[1].SetText("no es la frase")
	b.press(b.words.T("restore.make"))
	b.until("a wrong passphrase is told", func() bool { return b.shows(b.words.T("error.backup_passphrase_wrong")) })
	if !b.shows(b.words.T("restore.of", "Defensa y Familia Guayaquil")) {
		t.Error("whose backup it is, is not told")
	}
	fields[1].SetText(rightPass)
	b.press(b.words.T("restore.make"))
	b.until("the office opens", func() bool { return b.session != nil })
}

// Damage found while opening offers a backup to fetch from.
func TestDamageOffersABackup(t *testing.T) {
	b := newBench(t, app.Settings{Lang: assets.Spanish, Theme: app.ThemeLight, TextPercent: 100})
	b.start("")
	o := newFakeOffice("Defensa y Familia Guayaquil", false)
	o.damage = 1
	b.opened(o, o.info.Dir)
	b.until("it is offered", func() bool { return b.session != nil && b.shows(b.words.T("backup.refill")) })
}

// TestBackupTour draws the pages for a person to look at.
func TestBackupTour(t *testing.T) {
	dir := os.Getenv("PARADERO_TOUR")
	if dir == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, c := range []struct {
		lang  assets.Lang
		theme string
		w, h  float32
	}{{assets.Spanish, app.ThemeLight, 1280, 800}, {assets.English, app.ThemeDark, 1180, 680}} {
		b := newBench(t, app.Settings{Lang: c.lang, Theme: c.theme, TextPercent: 100, BackupHours: 24, BackupKeep: 7, LockMinutes: 10})
		name := "backup-" + string(c.lang) + "-" + c.theme + "-"
		b.start("")
		b.shoot(dir, name+"welcome", c.w, c.h)
		b.showRestore()
		b.press(b.words.T("restore.make"))
		b.shoot(dir, name+"restore-empty", c.w, c.h)
		fields := b.entries()
		fields[0].SetText(fakeBackupFile)
		fields[1].SetText("no es la frase")
		b.press(b.words.T("restore.make"))
		b.until("wrong", func() bool { return b.shows(b.words.T("error.backup_passphrase_wrong")) })
		b.shoot(dir, name+"restore-wrong", c.w, c.h)
		o := newFakeOffice("Defensa y Familia Guayaquil", false)
		o.damage = 1
		o.backups.state, o.backups.since = data.BackupState{At: testNow.Add(-80 * time.Hour), Path: fakeBackupFile, Changes: 10}, 214
		b.opened(o, o.info.Dir)
		b.until("open", func() bool { return b.session != nil })
		b.shoot(dir, name+"damage", c.w, c.h)
		b.session.Go("settings", "")
		b.until("state", func() bool { return b.shows(b.words.N("backup.since", 214, b.words.N("backup.days", 3))) })
		b.session.foot.trouble.Hide()
		b.shoot(dir, name+"settings", c.w, 1900)
		b.session.backupChanged(fault.New(fault.Full, "backup", "backup_full", "/media/rosa/MEMORIA", "120"))
		b.shoot(dir, name+"settings-failed", c.w, 1900)
	}
}
