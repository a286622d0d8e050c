package data

import (
	"context"
	"crypto/ed25519"
	"encoding/base32"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"paradero/data/backup"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/vault"
)

// Names of backups. The office's folder keeps what is known of the last one.
const (
	backupsName   = "backups"           // of the file of the state
	restoringName = "backups.restoring" // of the folder of a restore under way
	filesDir      = "files"             // attachments
	partialExt    = ".partial"          // of a backup that is not verified yet
	backupStart   = "paradero backup "  // what every backup begins with
)

// BackupState is what is known of the last backup that was verified whole.
type BackupState struct {
	At        time.Time // zero: there was none
	Path      string
	Changes   int       // that it holds
	Lost      int       // damaged stretches that the journal had then
	Rehearsed time.Time // when its restore was last rehearsed

	end, last ledger.Pos // what it covers of the journal: up to end, and where the last batch stands
	hash      ledger.Hash
}

// None tells that no backup was ever verified.
func (s BackupState) None() bool { return s.At.IsZero() }

// backups is an office's part in making them.
type backups struct {
	one     sync.Mutex // one is made at a time
	mu      sync.Mutex
	ctx     context.Context // ends when the office closes
	stop    context.CancelFunc
	running sync.WaitGroup
	counted struct { // changes of a stretch of the journal
		from, to ledger.Pos
		n        int
	}
}

func newBackups() *backups {
	b := &backups{}
	b.ctx, b.stop = context.WithCancel(context.Background())
	return b
}

// halt ends what is under way and waits for it: the journal is about to close.
func (b *backups) halt() {
	b.mu.Lock()
	b.stop()
	b.mu.Unlock()
	b.running.Wait()
}

// begin gives a context that ends with the office.
func (b *backups) begin(ctx context.Context) (context.Context, func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() != nil {
		return nil, nil, fault.New(fault.Cancelled, "backup", "office_closed")
	}
	b.running.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(b.ctx, cancel)
	return ctx, func() { unhook(); cancel(); b.running.Done() }, nil
}

// steady gives the journal's end at a moment when nobody writes. Who saves
// waits until what was saved before is folded, and no longer.
func (o *Office) steady(op string) (ledger.Pos, error) {
	o.closing.Lock()
	defer o.closing.Unlock()
	if o.closed {
		return ledger.Pos{}, fault.New(fault.Cancelled, op, "office_closed")
	}
	o.drain()
	return o.journal.End(), nil
}

// backupSecret is the secret of the office's backups: any of its devices reads them.
func backupSecret(keys *vault.Keys) (*[32]byte, error) {
	k, err := vault.Sub(&keys.Identity, "backup identity 1")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "backup", "keys_failed")
	}
	secret := [32]byte(*k)
	return &secret, nil
}

// BackupTag names this device's backups of this office in a folder, and tells
// nobody else whose they are.
func (o *Office) BackupTag() (string, error) {
	k, err := vault.Sub(&o.vault.Keys().Identity, "backup tag "+o.Info().Device.String())
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "backup", "keys_failed")
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(k[:5])), nil
}

// Backup writes the office as it stands now to a file, reads it back whole, and
// only then gives it its name. Whoever saves meanwhile is not held up, and what
// he saves is not in it. A file that is no backup is never written over.
func (o *Office) Backup(ctx context.Context, file string, progress func(Progress)) (BackupState, error) {
	const op = "backup"
	if progress == nil {
		progress = func(Progress) {}
	}
	ctx, done, err := o.backups.begin(ctx)
	if err != nil {
		return BackupState{}, err
	}
	defer done()
	o.backups.one.Lock()
	defer o.backups.one.Unlock()
	if file, err = o.backupPlace(file); err != nil {
		return BackupState{}, err
	}
	before := o.backupState()
	made, err := o.makeBackup(ctx, file, before, progress)
	if errors.Is(err, fs.ErrClosed) && ctx.Err() == nil {
		made, err = o.makeBackup(ctx, file, before, progress) // a segment was written anew under it
	}
	if err != nil {
		_ = o.disk.Remove(file + partialExt)
		return BackupState{}, backupFault(op, file, err)
	}
	made.Rehearsed = before.Rehearsed
	return made, o.keepBackupState(made)
}

// backupPlace judges where a backup is to go.
func (o *Office) backupPlace(file string) (string, error) {
	const op = "backup"
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, op, "backup_place_gone", file)
	}
	office, err := filepath.Abs(o.cfg.Dir)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, op, "folder_unreadable", o.cfg.Dir)
	}
	if rel, err := filepath.Rel(office, abs); err == nil && filepath.IsLocal(rel) {
		return "", fault.New(fault.Invalid, op, "backup_inside_office", abs)
	}
	if info, err := os.Stat(filepath.Dir(abs)); err != nil || !info.IsDir() {
		return "", fault.New(fault.NotFound, op, "backup_place_gone", filepath.Dir(abs))
	}
	switch mine, err := isBackup(abs); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil, !mine:
		return "", fault.New(fault.Invalid, op, "backup_file_taken", abs)
	}
	free, err := o.disk.Free(filepath.Dir(abs))
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, op, "backup_place_gone", filepath.Dir(abs))
	}
	need := uint64(o.journalSize()) + 16<<20
	if own, err := o.disk.Free(o.cfg.Dir); err == nil && own == free {
		need += minFree // the same disk, on which work must go on
	}
	if free < need {
		return "", fault.New(fault.Full, op, "backup_full", filepath.Dir(abs), megabytes(need))
	}
	return abs, nil
}

func isBackup(file string) (bool, error) {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	line := make([]byte, len(backupStart))
	n, err := io.ReadFull(f, line)
	if n == 0 && errors.Is(err, io.EOF) {
		return true, nil // an empty file holds nothing to be sorry for
	}
	return string(line[:n]) == backupStart, nil
}

func (o *Office) journalSize() int64 {
	var n int64
	for _, s := range o.journal.Segments() {
		if info, err := os.Stat(filepath.Join(o.cfg.Dir, journalDir, ledger.SegmentName(s))); err == nil {
			n += info.Size()
		}
	}
	return n
}

// making is one backup while it is written.
type making struct {
	o        *Office
	progress func(Progress)
	w        *backup.Writer
	end      ledger.Pos
	state    BackupState
	about    int // changes that it will hold, from the last one
}

func (o *Office) makeBackup(ctx context.Context, file string, before BackupState, progress func(Progress)) (BackupState, error) {
	end, err := o.steady("backup")
	if err != nil {
		return BackupState{}, err
	}
	o.verify.Lock()
	carried, err := o.vault.Carried()
	o.verify.Unlock()
	if err != nil {
		return BackupState{}, err
	}
	secret, err := backupSecret(o.vault.Keys())
	if err != nil {
		return BackupState{}, err
	}
	now := o.cfg.Clock()
	m := &making{
		o: o, progress: progress, end: end, about: before.Changes,
		state: BackupState{At: now, Path: file, end: end, Lost: o.lostStretches()},
	}
	head := backup.Head{Office: o.vault.Keys().Office, Device: o.Info().Device, At: now, Lost: m.state.Lost}
	count, err := m.write(ctx, file+partialExt, secret, carried, head)
	if err != nil {
		return BackupState{}, err
	}
	m.state.Changes = count.Changes
	unsound, err := o.readBack(ctx, file+partialExt, secret, head, count, progress)
	if err != nil {
		return BackupState{}, err
	}
	m.state.Lost += unsound
	if err := o.disk.Rename(file+partialExt, file); err != nil {
		return BackupState{}, err
	}
	return m.state, o.disk.SyncDir(filepath.Dir(file))
}

// lostStretches is how much of the journal was found damaged.
func (o *Office) lostStretches() int {
	o.use.RLock()
	defer o.use.RUnlock()
	return len(o.damage)
}

func (m *making) write(ctx context.Context, path string, secret *[32]byte, carried []byte, head backup.Head) (count backup.Count, err error) {
	f, err := m.o.disk.Open(path)
	if err != nil {
		return count, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.Truncate(0); err != nil {
		return count, err
	}
	if m.w, err = backup.NewWriter(io.NewOffsetWriter(f, 0), secret, carried, head); err != nil {
		return count, err
	}
	done := 0
	damage, err := m.o.journal.Scan(ctx, m.o.journal.Start(), func(pos ledger.Pos, b *ledger.Batch) error {
		if !pos.Before(m.end) {
			return errEnough
		}
		m.state.last, m.state.hash = pos, b.Hash
		done += len(b.Envelope.Payloads)
		m.progress(Progress{Phase: "backup", Done: done, Total: max(m.about, done)})
		return m.w.Batch(b)
	})
	if err != nil && !errors.Is(err, errEnough) {
		return count, err
	}
	for _, d := range damage {
		if d.Before(m.end) && m.state.Lost == 0 {
			m.state.Lost++ // found only now, so that the file's head does not say so
		}
	}
	if err := m.chunks(ctx); err != nil {
		return count, err
	}
	if count, err = m.w.Close(); err != nil {
		return count, err
	}
	return count, f.Sync()
}

// errEnough ends a scan where what is asked for ends.
var errEnough = errors.New("enough")

// chunks takes the attachments along, which stand sealed in a folder of their own.
func (m *making) chunks(ctx context.Context) error {
	root := filepath.Join(m.o.cfg.Dir, filesDir)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		for piece := make([]byte, backup.MaxChunk); ; {
			n, err := io.ReadFull(f, piece)
			if n > 0 {
				if err := m.w.Chunk(filepath.ToSlash(name), piece[:n]); err != nil {
					return err
				}
			}
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// readBack reads a backup that was just written, from the medium where the
// system lets us, and compares it with what was meant. It gives how many batches
// do not verify, in the journal as in the copy.
func (o *Office) readBack(ctx context.Context, path string, secret *[32]byte, head backup.Head, count backup.Count, progress func(Progress)) (int, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	dropCache(f)
	r, err := backup.NewReader(f)
	if err != nil {
		return 0, err
	}
	check := backup.NewChecker(ed25519.PrivateKey(o.sign).Public().(ed25519.PublicKey), nil)
	done := 0
	got, read, err := r.Each(ctx, secret, backup.Do{Batch: func(b *ledger.Batch, _ []byte) error {
		check.Add(b)
		done += len(b.Envelope.Payloads)
		progress(Progress{Phase: "backup_check", Done: done, Total: count.Changes})
		return nil
	}})
	if err != nil {
		return 0, err
	}
	head.At = time.Unix(head.At.Unix(), 0)
	if read != count || got.Office != head.Office || got.Device != head.Device || !got.At.Equal(head.At) {
		return 0, backup.ErrDamaged
	}
	return check.Unsound, nil
}
