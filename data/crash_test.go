package data

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// faultDisk is the machine's disk with faults of a test's choosing.
type faultDisk struct {
	ledger.OS
	mu    sync.Mutex
	free  uint64 // when not zero
	write error  // half of the next write comes to the disk, then this
	sync  error  // of the next flush
	read  error  // of every read
}

func (d *faultDisk) set(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

func (d *faultDisk) Free(dir string) (uint64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.free != 0 {
		return d.free, nil
	}
	return d.OS.Free(dir)
}

func (d *faultDisk) Open(path string) (ledger.File, error) {
	f, err := d.OS.Open(path)
	return &faultFile{f, d}, err
}

type faultFile struct {
	ledger.File
	disk *faultDisk
}

func (f *faultFile) WriteAt(b []byte, at int64) (int, error) {
	f.disk.mu.Lock()
	err := f.disk.write
	f.disk.write = nil
	f.disk.mu.Unlock()
	if err != nil {
		n, _ := f.File.WriteAt(b[:len(b)/2], at)
		return n, err
	}
	return f.File.WriteAt(b, at)
}

func (f *faultFile) Sync() error {
	f.disk.mu.Lock()
	err := f.disk.sync
	f.disk.sync = nil
	f.disk.mu.Unlock()
	if err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultFile) ReadAt(b []byte, at int64) (int, error) {
	f.disk.mu.Lock()
	err := f.disk.read
	f.disk.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return f.File.ReadAt(b, at)
}

// faultOffice is an office on such a disk.
func faultOffice(t *testing.T) (*Office, Config, *faultDisk) {
	t.Helper()
	disk := &faultDisk{}
	cfg := testConfig(filepath.Join(t.TempDir(), "oficina"))
	cfg.Disk = disk
	o, _, err := Create(context.Background(), cfg, Founding{Office: "Sede Ibarra", Member: "Byron Caiza", Role: "lawyer", Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o, cfg, disk
}

func openAgain(t *testing.T, cfg Config) *Office {
	t.Helper()
	o, err := Open(context.Background(), cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func task(t *testing.T, o *Office, what string) record.ID {
	t.Helper()
	return save(t, o, Change{Kind: record.Task, Set: map[string]string{"what": what}}).ID
}

// keepCopy copies the working copy of a closed office aside; the function it
// gives puts it back: then the journal is ahead, as after a crash between
// append and fold.
func keepCopy(t *testing.T, cfg Config) (back func()) {
	t.Helper()
	dir, aside := filepath.Join(cfg.Dir, recordsDir), filepath.Join(t.TempDir(), "aside")
	if err := os.CopyFS(aside, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(aside))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestJournalAheadOfTheCopy(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	if _, _, err := o.Import(ctx, "SNAI", rowsOf(100, nil), nil); err != nil {
		t.Fatal(err)
	}
	res, _ := o.List(ctx, ListQuery{Kind: record.Detainee})
	edited, deleted, own := res.ID(3), res.ID(4), task(t, o, "llamar")
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	back := keepCopy(t, cfg)
	o = openAgain(t, cfg)
	save(t, o, Change{Record: edited, Set: map[string]string{"birth": "1990"}})
	save(t, o, Change{Record: deleted, Delete: true})
	save(t, o, Change{Record: own, Set: map[string]string{"due": "2027-01-02"}})
	task(t, o, "visitar")
	want, wantOwn := dump(get(t, o, edited)), dump(get(t, o, own))
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	back()
	o = openAgain(t, cfg)
	if o.Rebuilt() {
		t.Error("the whole copy was made anew for four changes")
	}
	if got := dump(get(t, o, edited)); got != want {
		t.Errorf("a packed record\n%s\nwas\n%s", got, want)
	}
	if got := dump(get(t, o, own)); got != wantOwn {
		t.Errorf("a record\n%s\nwas\n%s", got, wantOwn)
	}
	if _, err := o.Get(ctx, deleted); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleted: %v", err)
	}
	if o.Count(record.Detainee) != 99 || o.Count(record.Task) != 2 {
		t.Errorf("%d people, %d tasks", o.Count(record.Detainee), o.Count(record.Task))
	}
	o = reopen(t, o, cfg)
	if found, err := o.Verify(ctx, nil); err != nil || len(found) != 0 || o.Rebuilt() {
		t.Errorf("verify %v, %v", found, err)
	}
}

// A full disk refuses clearly, loses nothing, and is forgotten when there is room.
func TestFullDisk(t *testing.T) {
	ctx := context.Background()
	o, cfg, disk := faultOffice(t)
	before := task(t, o, "antes")
	edit := func() error {
		_, err := o.Edit(ctx, Change{Kind: record.Task, Set: map[string]string{"what": "sin espacio"}})
		return err
	}
	disk.set(func() { disk.free = 1 << 20 })
	if err := edit(); !fault.Is(err, fault.Full) {
		t.Errorf("little room: %v", err)
	}
	disk.set(func() { disk.free, disk.write = 0, fmt.Errorf("write: %w", syscall.ENOSPC) })
	if err := edit(); !fault.Is(err, fault.Full) {
		t.Errorf("a full disk: %v", err)
	}
	after := task(t, o, "después")
	disk.set(func() { disk.sync = syscall.EIO })
	if err := edit(); err == nil {
		t.Error("a failed flush was acknowledged")
	}
	if err := edit(); err == nil {
		t.Error("after a failed flush nobody knows what is on the disk, and yet it was written on")
	}
	o = reopen(t, o, cfg)
	get(t, o, before)
	get(t, o, after)
	task(t, o, "otra vez")
	if found, err := o.Verify(ctx, nil); err != nil || damaged(found) {
		t.Errorf("verify %v, %v", found, err)
	}
	_ = o.Close()
	disk.set(func() { disk.free = 1 << 20 })
	if o, err := Open(ctx, cfg, pass); err == nil { // reading needs no room
		get(t, o, before)
		_ = o.Close()
	} else {
		t.Errorf("opened with little room: %v", err)
	}
	_ = os.RemoveAll(filepath.Join(cfg.Dir, recordsDir))
	if _, err := Open(ctx, cfg, pass); !fault.Is(err, fault.Full) {
		t.Errorf("rebuilt without room: %v", err)
	}
}
