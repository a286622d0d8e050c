package data

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"paradero/data/backup"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// Restoring says which backup is restored and what opens it: the passphrase, the
// recovery code or two shares that the office had when the backup was made.
type Restoring struct {
	File       string
	Passphrase []byte
	Code       string // when the passphrase is forgotten
	Shares     []string
}

// Restored is what a restore brought.
type Restored struct {
	At      time.Time // when the backup was made
	Changes int
	Lost    int       // stretches and batches that were damaged already when it was made
	Device  record.ID // the new device
	Before  record.ID // the one that it goes on for
}

// PeekBackup reads what stands on a backup before anybody signs in.
func PeekBackup(file string) (Sign, error) {
	const op = "read backup"
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return Sign{}, openFault(op, file, err)
	}
	defer func() { _ = f.Close() }()
	r, err := backup.NewReader(f)
	if err != nil {
		return Sign{}, backupFault(op, file, err)
	}
	p, err := vault.PeekCarried(r.Vault)
	if err != nil {
		return Sign{}, carriedFault(op, file, err)
	}
	return Sign{Office: p.Office, Demo: p.Demo, DemoPassphrase: p.DemoPassphrase}, nil
}

func openFault(op, file string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.NotFound, op, "backup_not_found", file)
	}
	return backupFault(op, file, err)
}

// carriedFault is vaultFault for the vault that a backup carries.
func carriedFault(op, file string, err error) error {
	switch {
	case errors.Is(err, vault.ErrDamaged):
		return fault.Wrap(err, fault.Damaged, op, "backup_damaged", file)
	case errors.Is(err, vault.ErrSecret):
		return fault.New(fault.Passphrase, op, "backup_passphrase_wrong")
	}
	return vaultFault(op, err)
}

// Restore makes an office in an empty folder from a backup, and gives it open.
// It is always a new device that goes on for the one that made the backup: that
// one may still live, and two devices that gave the same numbers to what they
// say would contradict each other for ever. Until everything was read and found
// whole there is no office in the folder.
func Restore(ctx context.Context, cfg Config, from Restoring) (*Office, Restored, error) {
	const op = "restore"
	cfg.defaults()
	f, err := os.Open(filepath.Clean(from.File))
	if err != nil {
		return nil, Restored{}, openFault(op, from.File, err)
	}
	defer func() { _ = f.Close() }()
	if err := restoreFolder(cfg.Dir); err != nil {
		return nil, Restored{}, err
	}
	if err := restoreRoom(&cfg, f); err != nil {
		return nil, Restored{}, err
	}
	reader, err := backup.NewReader(f)
	if err != nil {
		return nil, Restored{}, backupFault(op, from.File, err)
	}
	cfg.Progress(Progress{Phase: "unlock"})
	v, err := from.unlock(ctx, &cfg, reader.Vault)
	if err != nil {
		return nil, Restored{}, carriedFault(op, from.File, err)
	}
	lock, err := takeLock(cfg.Dir)
	if err != nil {
		return nil, Restored{}, err
	}
	r := &restoring{cfg: &cfg, file: from.File, vault: v, dir: filepath.Join(cfg.Dir, restoringName)}
	if err := r.run(ctx, reader); err != nil {
		return nil, Restored{}, release(lock, errors.Join(backupFault(op, from.File, err), r.undo()))
	}
	return r.open(ctx, lock)
}

func (from *Restoring) unlock(ctx context.Context, cfg *Config, carried []byte) (*vault.Vault, error) {
	if from.Code != "" {
		v, err := vault.RecoverCarried(ctx, carried, cfg.Rand, from.Code)
		if errors.Is(err, vault.ErrSecret) {
			return nil, fault.New(fault.Passphrase, "restore", "recovery_code_of_another")
		}
		return v, err
	}
	if len(from.Shares) > 0 {
		v, err := vault.RecoverCarriedShares(ctx, carried, cfg.Rand, from.Shares)
		return v, shareFault("restore", err)
	}
	return vault.UnlockCarried(ctx, carried, cfg.Rand, from.Passphrase)
}

// restoreFolder makes the folder, and clears away what a restore left there that
// the machine's end interrupted: where there is a vault, it is an office.
func restoreFolder(dir string) error {
	if dir != "" {
		_, err := vault.Peek(dir)
		_, left := os.Stat(filepath.Join(dir, restoringName))
		if left == nil && errors.Is(err, vault.ErrMissing) {
			for _, name := range []string{journalDir, filesDir, restoringName} {
				_ = os.RemoveAll(filepath.Join(dir, name))
			}
		}
	}
	return emptyFolder(dir)
}

func restoreRoom(cfg *Config, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "restore", "backup_place_gone", filepath.Dir(f.Name()))
	}
	free, err := cfg.Disk.Free(cfg.Dir)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "restore", "folder_unreadable", cfg.Dir)
	}
	if need := uint64(info.Size())*2 + minFree; free < need { // journal and working copy
		return fault.New(fault.Full, "restore", "backup_full", cfg.Dir, megabytes(need))
	}
	return nil
}

// restoring is one restore.
type restoring struct {
	cfg     *Config
	file    string
	dir     string // where everything stands until it is whole
	vault   *vault.Vault
	before  ed25519.PrivateKey // the old device's
	keys    vault.Keys         // the new one's
	journal *ledger.Journal
	check   *backup.Checker
	pending []*ledger.Batch
	size    int
	state   BackupState
	told    Restored
	done    int
	first   map[uint32]uint64 // of each epoch, the Lamport time at which it was first used
}

func (r *restoring) run(ctx context.Context, reader *backup.Reader) (err error) {
	old := r.vault.Keys()
	secret, err := backupSecret(old)
	if err != nil {
		return err
	}
	r.before = ed25519.NewKeyFromSeed(old.Sign)
	if err := r.newDevice(old); err != nil {
		return err
	}
	if r.journal, err = ledger.OpenJournal(r.cfg.Disk, filepath.Join(r.dir, journalDir)); err != nil {
		return err
	}
	r.check = backup.NewChecker(r.before.Public().(ed25519.PublicKey), newEpochKeys(r.cfg.Rand, old.Epochs))
	err = r.take(ctx, reader, secret)
	if cerr := r.journal.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return r.settle()
}

// newDevice draws the keys that this machine must not share with the old one,
// and keeps those of the office.
func (r *restoring) newDevice(old *vault.Keys) error {
	r.keys = *old
	fresh, err := newKeys(r.cfg.Rand)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "restore", "random_failed")
	}
	r.told.Before = ledger.DeviceOf(r.before.Public().(ed25519.PublicKey))
	r.keys.Before = append(slices.Clone(old.Before), vault.Former{Device: r.told.Before, Box: old.Box})
	r.keys.Sign, r.keys.Box, r.keys.Store = fresh.Sign, fresh.Box, fresh.Store
	r.told.Device = ledger.DeviceOf(r.signer().Public())
	if r.keys.Founder == [16]byte{} {
		r.keys.Founder = r.told.Before
	}
	return nil
}

func (r *restoring) signer() deviceKey { return deviceKey{ed25519.NewKeyFromSeed(r.keys.Sign)} }

// take reads the whole backup into the new journal and writes the succession.
func (r *restoring) take(ctx context.Context, reader *backup.Reader, secret *[32]byte) error {
	head, count, err := reader.Each(ctx, secret, backup.Do{
		Head: func(h backup.Head) error {
			if h.Office != r.keys.Office || h.Device != r.told.Before && len(r.vault.People()) == 1 {
				return backup.ErrOther
			}
			return nil
		},
		Batch: r.batch, Chunk: r.chunk,
	})
	if err != nil {
		return err
	}
	if err := r.append(); err != nil {
		return err
	}
	r.told.At, r.told.Changes, r.told.Lost = head.At, count.Changes, head.Lost+r.check.Unsound
	r.state.At, r.state.Path, r.state.Changes, r.state.Lost, r.state.end = head.At, r.file, count.Changes, r.told.Lost, r.journal.End()
	if abs, err := filepath.Abs(r.file); err == nil {
		r.state.Path = abs
	}
	return r.succeed()
}

// appendSize is how much is made durable at once.
const appendSize = 4 << 20

func (r *restoring) batch(b *ledger.Batch, frame []byte) error {
	if r.check.Add(b) {
		r.used(b)
	}
	r.done += len(b.Envelope.Payloads)
	r.cfg.Progress(Progress{Phase: "restore", Done: r.done})
	r.pending, r.size = append(r.pending, b), r.size+len(frame)
	if r.size < appendSize {
		return nil
	}
	return r.append()
}

// used notes an epoch whose key is here; the last one that came into use seals
// the new device's first batch.
func (r *restoring) used(b *ledger.Batch) {
	if r.first == nil {
		r.first = map[uint32]uint64{}
	}
	if at, ok := r.first[b.Epoch]; !ok || b.Lamport < at {
		r.first[b.Epoch] = b.Lamport
	}
}

func (r *restoring) epoch() uint32 {
	last := r.keys.Current
	for epoch, at := range r.first {
		if at > r.first[last] || at == r.first[last] && epoch > last {
			last = epoch
		}
	}
	return last
}

func (r *restoring) append() error {
	if len(r.pending) == 0 {
		return nil
	}
	at, err := r.journal.Append(r.pending...)
	if err != nil {
		return err
	}
	r.state.last, r.state.hash = at[len(at)-1], r.pending[len(at)-1].Hash
	r.pending, r.size = nil, 0
	return nil
}

// chunk puts a piece of an attachment behind those of the same name.
func (r *restoring) chunk(name string, piece []byte) error {
	path := filepath.FromSlash(name)
	if !filepath.IsLocal(path) {
		return backup.ErrDamaged
	}
	path = filepath.Join(r.dir, filesDir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(piece)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// succeed writes the new device's first batch: that it goes on for the old one,
// by that one's word. The old key is not kept any longer than this.
func (r *restoring) succeed() error {
	e := r.check.Feeds.Next(r.keys.Office, r.told.Device)
	e.Epoch = r.epoch()
	c, err := successionOf(r.before, &r.keys)
	if err != nil {
		return err
	}
	body := &ledger.Body{Wall: r.cfg.Clock().Truncate(time.Millisecond), Author: r.keys.Member, Changes: []ledger.Change{c}}
	b, err := ledger.Write(e, body, newEpochKeys(r.cfg.Rand, r.keys.Epochs), r.signer())
	if err != nil {
		return err
	}
	_, err = r.journal.Append(b)
	return err
}

// settle puts everything in its place; the vault comes last, for it makes the
// folder an office.
func (r *restoring) settle() error {
	for _, name := range []string{journalDir, filesDir} {
		err := r.cfg.Disk.Rename(filepath.Join(r.dir, name), filepath.Join(r.cfg.Dir, name))
		if err != nil && !(name == filesDir && errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	if err := r.cfg.Disk.SyncDir(r.cfg.Dir); err != nil {
		return err
	}
	if err := r.vault.Settle(r.cfg.Dir, r.keys); err != nil {
		return err
	}
	clear(r.before)
	_ = os.RemoveAll(r.dir) // an empty folder that stays harms nobody
	return nil
}

// undo leaves the folder as empty as it was.
func (r *restoring) undo() error {
	for _, name := range []string{restoringName, filesDir, backupsName} {
		_ = os.RemoveAll(filepath.Join(r.cfg.Dir, name))
	}
	return unmake(r.cfg.Dir, nil)
}

// open opens the new office, and remembers that what came from the backup
// stands in one.
func (r *restoring) open(ctx context.Context, lock *flock.Flock) (*Office, Restored, error) {
	o, err := assemble(ctx, *r.cfg, lock, r.vault)
	if err != nil {
		return nil, r.told, err
	}
	if err := o.keepBackupState(r.state); err != nil {
		return nil, r.told, errors.Join(err, o.Close())
	}
	return o, r.told, nil
}
