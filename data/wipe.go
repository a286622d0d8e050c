package data

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/vault"
)

// Stake is what a wipe would take from this machine, as far as it can be told
// without a key, so that it can be shown before anybody signs in.
type Stake struct {
	Office string // its name; the folder's where the vault cannot be read
	Files  int
	Bytes  int64
	Last   time.Time // when something was last saved; zero: never

	// The last backup that was verified; without one, all of it exists only here.
	BackedUp   bool
	BackupAt   time.Time
	BackupPath string
	OnlyHere   int // changes since then, which exist only here; -1: not known
}

// Meant tells whether what a person typed is this office's name: accents,
// capitals and spaces do not matter to somebody in a hurry.
func (s Stake) Meant(typed string) bool { return meant(s.Office, typed) }

// Wiped is what a wipe did.
type Wiped struct {
	Keys  bool     // the keys are gone: whatever is left of the office is noise
	Left  []string // what of the office could not be removed, by name
	Other []string // what lies in its folder and is not the office's
	Open  bool     // another process still has it open, with its keys in memory
}

// mine are the names of everything that an office keeps in its folder, in the
// order in which a wipe takes them after the vault.
func mine() []string {
	return []string{
		journalDir, recordsDir, recordsDir + ".*", "files", draftsDir, waysDir, "backups", "backups.*", travelName, travelName + ".*", verifiedName, verifiedName + ".*",
		invitesName + "-*", openingName, openingName + ".*", "vault", "vault.*", vault.HalfWritten, askName, lockName,
	}
}

// StakeOf tells what a wipe of the office in a folder would take.
func StakeOf(dir string) (Stake, error) {
	const op = "wipe office"
	s := Stake{Office: filepath.Base(dir), OnlyHere: -1}
	switch p, err := vault.Peek(dir); {
	case err == nil:
		s.Office = p.Office
	case errors.Is(err, vault.ErrMissing) && len(present(dir)) == 0:
		return Stake{}, vaultFault(op, err)
	}
	for _, path := range present(dir) {
		err := filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil // what cannot be read is counted by nobody
			}
			info, err := d.Info()
			if err != nil {
				return nil
			}
			s.Files++
			s.Bytes += info.Size()
			if filepath.Base(filepath.Dir(at)) == journalDir && info.ModTime().After(s.Last) {
				s.Last = info.ModTime()
			}
			return nil
		})
		if err != nil {
			return Stake{}, fault.Wrap(err, fault.Internal, op, "folder_unreadable", dir)
		}
	}
	s.BackupAt, s.BackupPath, s.OnlyHere, s.BackedUp = lastBackup(dir)
	return s, nil
}

// present are the office's own files and folders, in the order of mine.
func present(dir string) []string {
	var all []string
	for _, pattern := range mine() {
		found, err := filepath.Glob(filepath.Join(escaped(dir), pattern))
		if err != nil {
			continue // the patterns are ours and well formed
		}
		for _, path := range found {
			if !slices.Contains(all, path) {
				all = append(all, path)
			}
		}
	}
	return all
}

// escaped makes a folder's path mean itself in a pattern.
func escaped(dir string) string {
	if filepath.Separator == '\\' {
		return dir // Windows knows no escapes, and no such names in a path
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

// Wipe destroys the office in a folder. It needs no passphrase: a person under
// threat must be able to. The keys go first, both copies written over and
// flushed, so that it may be stopped at any later moment and nothing of the
// office can be read any more; then all its files. name is what the person
// typed as the office's, to show that he means this one. A window that has the
// office open is asked to lock.
//
// It does not reach what an SSD has set aside, backups, papers, and what
// another process holds in memory.
func Wipe(ctx context.Context, cfg Config, name string) (Wiped, error) {
	const op = "wipe office"
	cfg.defaults()
	stake, err := StakeOf(cfg.Dir)
	if err != nil {
		return Wiped{}, err
	}
	if !stake.Meant(name) {
		return Wiped{}, fault.New(fault.Invalid, op, "wipe_name_differs", stake.Office)
	}
	failed := vault.Destroy(cfg.Dir, cfg.Rand)
	done := Wiped{Keys: failed == nil}
	if free, err := unlocked(cfg.Dir); err == nil && !free {
		done.Open = !closed(ctx, cfg.Dir)
	}
	wait, stop := context.WithTimeout(ctx, askWait)
	defer stop()
	_ = outwaitProbe(wait, filepath.Join(cfg.Dir, recordsDir)) // it may be putting files there
	return done.finish(cfg.Dir, failed)
}

// closed asks the window to close the office and tells whether it did.
func closed(ctx context.Context, dir string) bool {
	path := filepath.Join(dir, askName)
	if os.WriteFile(path, nil, 0o600) != nil {
		return false
	}
	for waited := time.Duration(0); waited < askWait; waited += askEvery {
		if free, err := unlocked(dir); err == nil && free {
			return true
		}
		if pause(ctx, askEvery) != nil {
			return false
		}
	}
	return false
}

// Wipe destroys the office that is open, and closes it.
func (o *Office) Wipe(name string) (Wiped, error) {
	if !meant(o.Info().Office, name) {
		return Wiped{}, fault.New(fault.Invalid, "wipe office", "wipe_name_differs", o.Info().Office)
	}
	o.verify.Lock()
	failed := vault.Destroy(o.cfg.Dir, o.cfg.Rand)
	o.verify.Unlock()
	_ = o.Close() // what it still would have written is not wanted any more
	done := Wiped{Keys: failed == nil}
	return done.finish(o.cfg.Dir, failed)
}

// finish removes everything else, and says what stays.
func (done Wiped) finish(dir string, failed error) (Wiped, error) {
	const op = "wipe office"
	for _, path := range present(dir) {
		if err := os.RemoveAll(path); err != nil {
			done.Left = append(done.Left, filepath.Base(path))
		}
	}
	entries, _ := os.ReadDir(dir) // where it cannot be read, nothing is said of it
	for _, e := range entries {
		if !slices.Contains(done.Left, e.Name()) {
			done.Other = append(done.Other, e.Name())
		}
	}
	if len(entries) == 0 {
		_ = os.Remove(dir) // its name tells of the office too; that it stays harms little
	}
	switch {
	case failed != nil:
		return done, fault.Wrap(failed, fault.Internal, op, "wipe_keys_left")
	case len(done.Left) > 0:
		return done, fault.New(fault.Internal, op, "wipe_files_left", strings.Join(done.Left, ", "))
	}
	return done, nil
}

func meant(office, typed string) bool {
	if plain := record.Plain(office); plain != "" {
		return plain == record.Plain(typed)
	}
	return strings.TrimSpace(office) == strings.TrimSpace(typed)
}
