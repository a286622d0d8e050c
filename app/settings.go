package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"paradero/assets"
	"paradero/data/fault"
)

// Settings are what a person prefers on this machine. They are plain text on
// the disk, so nothing personal stands in them: no name, no search, no record.
type Settings struct {
	Lang        assets.Lang `json:"lang"`
	Theme       string      `json:"theme"`        // "light", "dark" or "system"
	TextPercent int         `json:"text_percent"` // 100 to 200
	LockMinutes int         `json:"lock_minutes"` // 0: never by itself
	LastOffice  string      `json:"last_office"`  // the folder, nothing of what is in it

	BackupFolder string `json:"backup_folder"` // "": beside the office
	BackupHours  int    `json:"backup_hours"`  // between two backups; 0: never by itself
	BackupKeep   int    `json:"backup_keep"`   // how many
}

// The themes.
const (
	ThemeSystem = "system"
	ThemeLight  = "light"
	ThemeDark   = "dark"
)

// TextPercents are the text sizes offered, LockChoices the minutes.
func TextPercents() []int { return []int{100, 110, 125, 150, 175, 200} }

// LockChoices are the minutes without a key or a click after which it locks.
func LockChoices() []int { return []int{2, 5, 10, 15, 30, 60, 0} }

// DefaultSettings are those of a first start; env gives the environment, from
// which the language is taken: Spanish unless the system speaks English.
func DefaultSettings(env func(string) string) Settings {
	s := Settings{Lang: assets.Spanish, Theme: ThemeSystem, TextPercent: 100, LockMinutes: 10, BackupHours: 24, BackupKeep: 7}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			if strings.HasPrefix(v, "en") {
				s.Lang = assets.English
			}
			break
		}
	}
	return s
}

// SettingsPath is where they are kept.
func SettingsPath() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "find settings", "settings_place")
	}
	return filepath.Join(dir, "paradero", "settings.json"), nil
}

// LoadSettings reads them. Without a file they are the default ones; a file
// that cannot be read is no reason not to start, so the default ones come with
// the error, for a note.
func LoadSettings(path string) (Settings, error) {
	s := DefaultSettings(os.Getenv)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fault.Wrap(err, fault.Internal, "read settings", "settings_unreadable")
	}
	read := s
	if err := json.Unmarshal(b, &read); err != nil {
		return s, fault.Wrap(err, fault.Damaged, "read settings", "settings_unreadable")
	}
	return read.sound(s), nil
}

// sound replaces what no screen could have written.
func (s Settings) sound(def Settings) Settings {
	if _, ok := assets.ParseLang(string(s.Lang)); !ok {
		s.Lang = def.Lang
	}
	if s.Theme != ThemeLight && s.Theme != ThemeDark {
		s.Theme = ThemeSystem
	}
	s.TextPercent = min(max(s.TextPercent, 100), 200)
	s.LockMinutes = min(max(s.LockMinutes, 0), 240)
	s.BackupHours = min(max(s.BackupHours, 0), 24*31)
	s.BackupKeep = min(max(s.BackupKeep, 1), 365)
	return s
}

// Save writes them, whole or not at all, readable by this user alone.
func (s Settings) Save(path string) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "save settings", "settings_unwritable")
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(err, fault.Internal, "save settings", "settings_unwritable")
	}
	f, err := os.CreateTemp(dir, "settings-*")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "save settings", "settings_unwritable")
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(b, '\n'))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return fault.Wrap(err, fault.Internal, "save settings", "settings_unwritable")
}
