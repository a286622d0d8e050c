package app

import (
	"os"
	"path/filepath"
	"strings"

	"paradero/assets"
	"paradero/data"
)

// StakeLines says what a wipe of an office takes from this machine, what of it
// exists nowhere else first.
func StakeLines(s data.Stake, w *assets.Words) []string {
	var lines []string
	switch {
	case !s.BackedUp:
		lines = append(lines, w.T("wipe.only.all", s.Office))
	case s.OnlyHere < 0:
		lines = append(lines, w.T("wipe.only.since", DateFull(s.BackupAt.Local().Format("2006-01-02"), w), s.BackupPath))
	case s.OnlyHere == 0:
		lines = append(lines, w.T("wipe.only.none", DateFull(s.BackupAt.Local().Format("2006-01-02"), w), s.BackupPath))
	default:
		lines = append(lines, w.N("wipe.only.changes", s.OnlyHere, DateFull(s.BackupAt.Local().Format("2006-01-02"), w), s.BackupPath))
	}
	size := w.T("wipe.size", w.Count(s.Files), w.Count(int(max(1, s.Bytes>>20))))
	if !s.Last.IsZero() {
		size += " " + w.T("wipe.last", DateFull(s.Last.Local().Format("2006-01-02"), w), s.Last.Local().Format("15:04"))
	}
	return append(lines, size)
}

// WipedLines says what a wipe did and what it cannot reach.
func WipedLines(d data.Wiped, w *assets.Words) []string {
	var lines []string
	if d.Keys {
		lines = append(lines, w.T("wipe.done"))
	}
	if d.Open {
		lines = append(lines, w.T("wipe.still_open"))
	}
	if len(d.Other) > 0 {
		lines = append(lines, w.T("wipe.other", strings.Join(d.Other, ", ")))
	}
	return append(lines, w.T("wipe.beyond"))
}

// ForgetOffice takes a destroyed office's folder out of this machine's settings.
// Nobody waits for it: that it fails is no reason to stop.
func ForgetOffice(dir string) {
	path, err := SettingsPath()
	if err != nil {
		return
	}
	if _, err := os.Stat(path); err != nil {
		return
	}
	set, err := LoadSettings(path)
	if err != nil || set.LastOffice == "" || filepath.Clean(set.LastOffice) != filepath.Clean(dir) {
		return
	}
	set.LastOffice = ""
	_ = set.Save(path)
}
