package data

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

func backUp(t *testing.T, o *Office, file string) BackupState {
	t.Helper()
	s, err := o.Backup(context.Background(), file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func restore(t *testing.T, file string) (*Office, Restored, Config) {
	t.Helper()
	cfg := testConfig(filepath.Join(t.TempDir(), "otra"))
	o, told, err := Restore(context.Background(), cfg, Restoring{File: file, Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o, told, cfg
}

func hasFinding(found []Finding, key string) bool {
	for _, f := range found {
		if f.Key == key {
			return true
		}
	}
	return false
}

func verify(t *testing.T, o *Office) []Finding {
	t.Helper()
	found, err := o.Verify(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What was saved is restored; it is a new device, by the old one's word; both go
// on editing and neither's numbers are the other's.
func TestRestoreIsANewDevice(t *testing.T) {
	o, _ := newOffice(t)
	id := task(t, o, "llamar a la madre")
	file := filepath.Join(t.TempDir(), "copia")
	state := backUp(t, o, file)
	if n, s, err := o.SinceBackup(context.Background()); err != nil || n != 0 || !s.At.Equal(state.At) || s.Path != file {
		t.Errorf("%d since, %+v, %v", n, s, err)
	}
	n, told, cfg := restore(t, file)
	if told.Changes != state.Changes || told.Lost != 0 || told.Before != o.Info().Device || told.Device != n.Info().Device || told.Device == told.Before {
		t.Errorf("told %+v, made %+v", told, state)
	}
	if got := get(t, n, id).Get("what"); got != get(t, o, id).Get("what") || got == "" {
		t.Errorf("restored %q", got)
	}
	keys := n.vault.Keys()
	if keys.Founder != [16]byte(told.Before) || bytes.Equal(keys.Sign, o.vault.Keys().Sign) || keys.Store == o.vault.Keys().Store || keys.Office != o.vault.Keys().Office {
		t.Error("the new vault holds what is the old device's, or lacks what is the office's")
	}
	if since, _, err := n.SinceBackup(context.Background()); err != nil || since != 1 {
		t.Errorf("%d changes since the backup, %v: only the succession is new", since, err)
	}
	device := get(t, n, told.Device)
	public, err := team.ParseKey(device.Get("sign_key"))
	if err != nil || ledger.DeviceOf(public) != told.Device || device.Get("succeeds") != told.Before.String() {
		t.Fatalf("the new device's record: %v", err)
	}
	before, err := team.ParseKey(get(t, n, told.Before).Get("sign_key"))
	if err != nil || team.CheckEndorsement(before, n.Info().OfficeID, public, device.Get("endorsement")) != nil {
		t.Error("the old device's word does not hold")
	}
	mine, theirs := task(t, n, "en la nueva"), task(t, o, "en la vieja")
	n = reopen(t, n, cfg)
	if get(t, n, mine).Get("what") != "en la nueva" || get(t, o, theirs).Get("what") != "en la vieja" {
		t.Error("one of the two does not go on")
	}
	for _, at := range []*Office{o, n} {
		if found := verify(t, at); damaged(found) {
			t.Errorf("%v", found)
		}
	}
	seen := map[string]ledger.Hash{}
	for _, at := range []*Office{o, n} {
		_, err := at.journal.Scan(context.Background(), at.journal.Start(), func(_ ledger.Pos, b *ledger.Batch) error {
			k := fmt.Sprint(b.Device, b.Seq)
			if h, ok := seen[k]; ok && h != b.Hash {
				t.Errorf("device %v gave number %d twice", b.Device, b.Seq)
			}
			seen[k] = b.Hash
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRestoreAsksForWhatOpensTheOffice(t *testing.T) {
	cfg := testConfig(filepath.Join(t.TempDir(), "oficina"))
	o, code, err := Create(context.Background(), cfg, Founding{Office: "Sede Tulcán", Member: "Lucía Chamorro", Role: "coordinator", Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	file := filepath.Join(t.TempDir(), "copia")
	backUp(t, o, file)
	if sign, err := PeekBackup(file); err != nil || sign.Office != "Sede Tulcán" {
		t.Errorf("%+v, %v", sign, err)
	}
	to := testConfig(filepath.Join(t.TempDir(), "otra"))
	_, _, err = Restore(context.Background(), to, Restoring{File: file, Passphrase: []byte("no es")})
	if !fault.Is(err, fault.Passphrase) {
		t.Errorf("%v", err)
	}
	if _, err := Peek(to.Dir); !fault.Is(err, fault.NotFound) {
		t.Errorf("a refused restore left an office: %v", err)
	}
	n, _, err := Restore(context.Background(), to, Restoring{File: file, Code: code})
	if err != nil {
		t.Fatal(err)
	}
	if !n.Rehearse(code) {
		t.Error("the code does not open what it restored")
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = Restore(context.Background(), to, Restoring{File: file, Passphrase: pass})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("restored over an office: %v", err)
	}
	if n, err = Open(context.Background(), to, pass); err != nil {
		t.Fatalf("the passphrase of the backup's day opens it too: %v", err)
	}
	defer n.Close()
}

// A file that is cut or has a flipped byte is never an office.
func TestRestoreRefusesWhatIsNotWhole(t *testing.T) {
	o, _ := newOffice(t)
	for i := range 30 {
		task(t, o, fmt.Sprint("tarea ", i))
	}
	file := filepath.Join(t.TempDir(), "copia")
	backUp(t, o, file)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, b []byte) {
		bad := filepath.Join(t.TempDir(), "mala")
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := testConfig(filepath.Join(t.TempDir(), "otra"))
		n, _, err := Restore(context.Background(), cfg, Restoring{File: bad, Passphrase: pass})
		if err == nil {
			_ = n.Close()
			t.Fatalf("%s: restored", what)
		}
		if _, err := Peek(cfg.Dir); !fault.Is(err, fault.NotFound) {
			t.Fatalf("%s: left an office", what)
		}
		left, _ := os.ReadDir(cfg.Dir)
		for _, e := range left {
			if e.Name() != lockName {
				t.Fatalf("%s: left %s", what, e.Name())
			}
		}
	}
	for i := range 40 {
		n := len(whole) * i / 40
		try(fmt.Sprint("cut at ", n), whole[:n])
		bad := bytes.Clone(whole)
		bad[n] ^= 1 << (i % 8)
		try(fmt.Sprint("flipped at ", n), bad)
	}
	if _, _, cfg := restore(t, file); cfg.Dir == "" {
		t.Error("the whole one is refused")
	}
}

// A backup that is made while people save holds what was saved before it began,
// holds nobody up, and is closed under what it builds on.
func TestBackupWhileEditing(t *testing.T) {
	o, _ := newOffice(t)
	first := task(t, o, "antes")
	var stop atomic.Bool
	var wg sync.WaitGroup
	var saved atomic.Int64
	for i := range 3 {
		wg.Go(func() {
			for k := 0; !stop.Load() && k < 2000; k++ {
				if _, err := o.Edit(context.Background(), Change{Kind: record.Task, Set: map[string]string{"what": fmt.Sprint(i, "-", k)}}); err != nil {
					t.Error(err)
					return
				}
				saved.Add(1)
			}
		})
	}
	dir := t.TempDir()
	var files []string
	for i := range 4 {
		file := filepath.Join(dir, fmt.Sprint("copia", i))
		backUp(t, o, file)
		files = append(files, file)
	}
	stop.Store(true)
	wg.Wait()
	since, state, err := o.SinceBackup(context.Background())
	if err != nil || state.Changes+since < int(saved.Load()) {
		t.Errorf("%d in the backup, %d since, %d saved, %v", state.Changes, since, saved.Load(), err)
	}
	if found := verify(t, o); damaged(found) || !hasFinding(found, "backup_rehearsed") || hasFinding(found, "backup_incomplete") {
		t.Errorf("%v", found)
	}
	n, told, _ := restore(t, files[3])
	if told.Changes != state.Changes || get(t, n, first).Get("what") != "antes" {
		t.Errorf("told %+v, state %+v", told, state)
	}
	if found := verify(t, n); damaged(found) {
		t.Errorf("%v", found)
	}
}

// verify says what became of the last backup, and that it has what the journal lost.
func TestVerifyRehearsesTheBackup(t *testing.T) {
	o, cfg := newOffice(t)
	for i := range 5 {
		task(t, o, fmt.Sprint("tarea ", i))
	}
	file := filepath.Join(t.TempDir(), "copia")
	backUp(t, o, file)
	if found := verify(t, o); !hasFinding(found, "backup_rehearsed") || len(found) != 1 {
		t.Errorf("whole: %v", found)
	}
	if o.backupState().Rehearsed.IsZero() {
		t.Error("that it was rehearsed is not kept")
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(whole)
	bad[len(bad)-200] ^= 4
	if err := os.WriteFile(file, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if found := verify(t, o); !hasFinding(found, "backup_damaged") || !damaged(found) {
		t.Errorf("flipped: %v", found)
	}
	_ = os.Remove(file)
	if found := verify(t, o); !hasFinding(found, "backup_missing") || damaged(found) {
		t.Errorf("gone: %v", found)
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	b := readSegment(t, cfg)
	b[frames(b)[3]+100] ^= 1
	writeSegment(t, cfg, b)
	o = openAgain(t, cfg)
	defer o.Close()
	if found := verify(t, o); !hasFinding(found, "backup_has_more") {
		t.Errorf("journal damaged: %v", found)
	}
	o.cfg.Clock = func() time.Time { return time.Now().AddDate(1, 0, 0) }
	if found := verify(t, o); !hasFinding(found, "backup_old") {
		t.Errorf("a year later: %v", found)
	}
}

// stickDisk is a disk on which backups meet what sticks do.
type stickDisk struct {
	ledger.OS
	fail atomic.Pointer[error]
	name string
}

func (d *stickDisk) Open(path string) (ledger.File, error) {
	f, err := d.OS.Open(path)
	if err != nil || !strings.HasPrefix(filepath.Base(path), d.name) {
		return f, err
	}
	return &stickFile{f, d}, nil
}

type stickFile struct {
	ledger.File
	d *stickDisk
}

func (f *stickFile) WriteAt(b []byte, at int64) (int, error) {
	if err := f.d.fail.Load(); err != nil {
		return 0, *err
	}
	return f.File.WriteAt(b, at)
}

func TestBackupMeetsTheStick(t *testing.T) {
	disk := &stickDisk{name: "copia"}
	cfg := testConfig(filepath.Join(t.TempDir(), "oficina"))
	cfg.Disk = disk
	o, _, err := Create(context.Background(), cfg, Founding{Office: "Sede Tulcán", Member: "Lucía Chamorro", Role: "coordinator", Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	for range 50 {
		task(t, o, strings.Repeat("larga ", 20))
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "copia")
	backUp(t, o, file)
	old, _ := os.ReadFile(file)
	for _, c := range []struct {
		err error
		key string
	}{{syscall.ENOSPC, "backup_filled"}, {syscall.EIO, "backup_place_gone"}, {syscall.EROFS, "backup_place_forbidden"}} {
		disk.fail.Store(&c.err)
		task(t, o, "otra")
		_, err := o.Backup(context.Background(), file, nil)
		var f *fault.Error
		if !errors.As(err, &f) || f.Key != c.key {
			t.Errorf("%v: %v", c.err, err)
		}
		if now, _ := os.ReadFile(file); !bytes.Equal(now, old) {
			t.Errorf("%v: the old backup is gone", c.err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*"+partialExt)); len(left) > 0 {
			t.Errorf("%v: left %v", c.err, left)
		}
	}
	disk.fail.Store(nil)
	if n, s, err := o.SinceBackup(context.Background()); err != nil || n != 3 || s.None() {
		t.Errorf("%d since, %v, %v", n, s, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err = o.Backup(ctx, file, func(p Progress) { cancel() })
	if !fault.Is(err, fault.Cancelled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestBackupPlaces(t *testing.T) {
	o, cfg := newOffice(t)
	dir := t.TempDir()
	precious := filepath.Join(dir, "tesis.odt")
	if err := os.WriteFile(precious, []byte("años de trabajo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, key := range map[string]string{
		filepath.Join(cfg.Dir, "copia"):             "backup_inside_office",
		filepath.Join(dir, "no", "hay", "tal"):      "backup_place_gone",
		precious:                                    "backup_file_taken",
		filepath.Join(cfg.Dir, "journal", "dentro"): "backup_inside_office",
	} {
		var f *fault.Error
		if _, err := o.Backup(context.Background(), file, nil); !errors.As(err, &f) || f.Key != key {
			t.Errorf("%s: %v, want %s", file, err, key)
		}
	}
	if b, _ := os.ReadFile(precious); string(b) != "años de trabajo" {
		t.Error("a file that is no backup was written over")
	}
	for name, text := range map[string]string{"backup_foreign": "años de trabajo, y no una copia de la oficina"} {
		bad := filepath.Join(dir, name)
		_ = os.WriteFile(bad, []byte(text), 0o600)
		var f *fault.Error
		if _, err := PeekBackup(bad); !errors.As(err, &f) || f.Key != name {
			t.Errorf("%v", err)
		}
	}
}

// A wipe tells of backups without a key, and leaves the journal alone.
func TestWipeKnowsTheLastBackup(t *testing.T) {
	o, cfg := newOffice(t)
	if s, err := StakeOf(cfg.Dir); err != nil || s.BackedUp || s.OnlyHere != -1 {
		t.Errorf("%+v, %v", s, err)
	}
	file := filepath.Join(t.TempDir(), "copia")
	backUp(t, o, file)
	task(t, o, "una")
	task(t, o, "dos")
	before := readSegment(t, cfg)
	if s, err := StakeOf(cfg.Dir); err != nil || !s.BackedUp || s.OnlyHere != 2 || s.BackupPath != file {
		t.Errorf("%+v, %v", s, err)
	}
	if !bytes.Equal(before, readSegment(t, cfg)) {
		t.Error("looking changed the journal")
	}
}

// A second restore of one backup is a third device.
func TestRestoredTwice(t *testing.T) {
	o, _ := newOffice(t)
	file := filepath.Join(t.TempDir(), "copia")
	backUp(t, o, file)
	a, _, _ := restore(t, file)
	b, _, _ := restore(t, file)
	if a.Info().Device == b.Info().Device {
		t.Error("two restored offices are one device")
	}
	again := filepath.Join(t.TempDir(), "copia de la copia")
	task(t, a, "una más")
	backUp(t, a, again)
	c, told, _ := restore(t, again)
	if told.Before != a.Info().Device || c.vault.Keys().Founder != [16]byte(o.Info().Device) {
		t.Error("the law is no longer traced back to the founder's device")
	}
	if found := verify(t, c); damaged(found) {
		t.Errorf("%v", found)
	}
	if ed25519.PrivateKey(c.sign).Equal(a.sign) {
		t.Error("a key lives on")
	}
}

// What a damaged stretch of the journal held comes again from a backup, and
// verify finds nothing more.
func TestRefillFromBackup(t *testing.T) {
	ctx := context.Background()
	for i := range 10 {
		which, lost := i/2, i%2 == 1
		t.Run(fmt.Sprintf("frame %d, copy lost %v", which, lost), func(t *testing.T) {
			o, cfg := newOffice(t)
			ids := []record.ID{o.Info().Member}
			for i := range 4 {
				ids = append(ids, task(t, o, fmt.Sprint("tarea ", i)))
			}
			file := filepath.Join(t.TempDir(), "copia")
			backUp(t, o, file)
			last := task(t, o, "después")
			if err := o.Close(); err != nil {
				t.Fatal(err)
			}
			b := readSegment(t, cfg)
			b[frames(b)[which]+150] ^= 1
			writeSegment(t, cfg, b)
			if lost {
				_ = os.RemoveAll(filepath.Join(cfg.Dir, recordsDir))
			}
			o = openAgain(t, cfg)
			if found := verify(t, o); !damaged(found) {
				t.Fatalf("no damage: %v", found)
			}
			got, err := o.Refill(ctx, file, nil)
			if err != nil || got.Taken+got.Refilled != 1 || len(got.Refused) > 0 {
				t.Fatalf("%+v, %v", got, err)
			}
			for _, id := range append(ids, last) {
				if _, err := o.Get(ctx, id); err != nil {
					t.Errorf("%v", err)
				}
			}
			if found := verify(t, o); damaged(found) || !hasFinding(found, "backup_rehearsed") {
				t.Errorf("after: %v", found)
			}
			o = reopen(t, o, cfg)
			if found := verify(t, o); damaged(found) {
				t.Errorf("after opening again: %v", found)
			}
			other, _ := newOffice(t)
			if _, err := other.Refill(ctx, file, nil); !fault.Is(err, fault.Refused) {
				t.Errorf("another office's backup: %v", err)
			}
		})
	}
}
