package folder

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

func open(t *testing.T, dir string, d *synctest.Device) *Depot {
	t.Helper()
	depot, err := Open(Options{Dir: dir, Office: synctest.Office, Device: d.ID, Clock: time.Now, Begin: true})
	if err != nil {
		t.Fatal(err)
	}
	return depot
}

func TestConform(t *testing.T) {
	synctest.Conform(t, func(t *testing.T) synctest.Open {
		dir := t.TempDir()
		return func(t *testing.T, d *synctest.Device) sync.Depot { return open(t, dir, d) }
	})
}

func push(t *testing.T, d *Depot, frames ...[]byte) {
	t.Helper()
	if _, err := d.Push(t.Context(), frames, ""); err != nil {
		t.Fatal(err)
	}
}

func since(t *testing.T, d *Depot, m sync.Mark) (out [][]byte, end sync.Mark) {
	t.Helper()
	end, err := d.Since(t.Context(), m, func(f []byte, _ sync.Mark) error { out = append(out, bytes.Clone(f)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return out, end
}

func packsIn(t *testing.T, d *Depot) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(d.dir, "*"+packExt))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// What programs that share folders do to files harms nothing.
func TestSharedByOthers(t *testing.T) {
	a, c := synctest.NewDevice(1), synctest.NewDevice(2)
	dir := t.TempDir()
	d, other := open(t, dir, a), open(t, dir, c)
	one, two, three := a.Frame(t, 900), a.Frame(t, 900), a.Frame(t, 900)
	push(t, d, one)
	push(t, d, two)
	push(t, d, three)
	packs := packsIn(t, d)
	whole, err := os.ReadFile(packs[1])
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(d.dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	base := filepath.Base(packs[1])
	plain := strings.TrimSuffix(base, packExt)
	put(plain+".sync-conflict-20261125-101010-ABCDEFG"+packExt, whole) // the same again
	put(".syncthing."+base+".tmp", whole[:40])
	put("léeme.txt", []byte("foreign"))
	put("x.pack", []byte("no pack"))
	if err := os.Mkdir(filepath.Join(d.dir, strings.Replace(base, "-1", "-2", 1)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(d.dir, strings.Replace(base, "-1", "-3", 1))); err != nil {
		t.Fatal(err)
	}
	got, mark := since(t, other, "")
	if !slices.EqualFunc(got, [][]byte{one, two, three}, bytes.Equal) {
		t.Fatalf("%d frames", len(got))
	}
	// Half there: not yet there.
	if err := os.WriteFile(packs[1], whole[:len(whole)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(d.dir, plain+".sync-conflict-20261125-101010-ABCDEFG"+packExt))
	if got, _ = since(t, open(t, dir, c), ""); !slices.EqualFunc(got, [][]byte{one, three}, bytes.Equal) {
		t.Errorf("with one half there: %d frames", len(got))
	}
	if _, err := other.Since(t.Context(), mark, nil); !errors.Is(err, sync.ErrMark) {
		t.Errorf("what was read is gone: %v", err)
	}
	// Every flipped bit is noticed, whoever looks anew.
	for at := 0; at < len(whole); at += 7 {
		bad := bytes.Clone(whole)
		bad[at] ^= 4
		put(base, bad)
		if got, _ = since(t, open(t, dir, c), ""); !slices.EqualFunc(got, [][]byte{one, three}, bytes.Equal) {
			t.Fatalf("flipped at %d: %d frames", at, len(got))
		}
	}
	put(base, whole)
	if got, _ = since(t, open(t, dir, c), mark); len(got) != 0 {
		t.Errorf("whole again: %d frames behind the mark", len(got))
	}
}

// Many small packs become few, and whoever has read them reads nothing again.
func TestPutTogether(t *testing.T) {
	a, c := synctest.NewDevice(1), synctest.NewDevice(2)
	dir := t.TempDir()
	now := time.Unix(1_800_000_000, 0)
	d, other := open(t, dir, a), open(t, dir, c)
	d.opt.Clock = func() time.Time { now = now.Add(time.Second); return now }
	var want [][]byte
	_, mark := since(t, other, "")
	read := 0
	for i := range 80 {
		f := a.Frame(t, 500)
		want = append(want, f)
		push(t, d, f)
		if i%7 == 0 {
			got, next := since(t, other, mark)
			read, mark = read+len(got), next
		}
		now = now.Add(time.Hour)
	}
	if n := len(packsIn(t, d)); n > 45 {
		t.Errorf("%d files for %d pushes", n, len(want))
	}
	rest, end := since(t, other, mark)
	if read += len(rest); read != len(want) {
		t.Errorf("%d frames were read, %d once", read, len(want))
	}
	if got, _ := since(t, open(t, dir, c), ""); !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%d frames of %d, in their order", len(got), len(want))
	}
	now = now.Add(48 * time.Hour)
	push(t, d, a.Frame(t, 500))
	if got, _ := since(t, open(t, dir, c), end); len(got) != 1 {
		t.Errorf("%d frames behind the end", len(got))
	}
}

// A folder that is not there is away; one of a stick that is not plugged in too.
func TestAway(t *testing.T) {
	a := synctest.NewDevice(1)
	for name, opt := range map[string]Options{
		"no folder":      {Dir: filepath.Join(t.TempDir(), "no")},
		"an empty mount": {Dir: t.TempDir()},
	} {
		opt.Office, opt.Device, opt.Clock = synctest.Office, a.ID, time.Now
		if _, err := Open(opt); !errors.Is(err, sync.ErrAway) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	d := open(t, dir, a)
	if err := os.RemoveAll(d.dir); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Push(t.Context(), [][]byte{a.Frame(t, 500)}, ""); !errors.Is(err, sync.ErrAway) {
		t.Errorf("it was pulled out: %v", err)
	}
}

// Another office's packs in the same folder are not this one's.
func TestAnotherOffice(t *testing.T) {
	a := synctest.NewDevice(1)
	dir := t.TempDir()
	d := open(t, dir, a)
	push(t, d, a.Frame(t, 500))
	other, err := Open(Options{Dir: dir, Office: a.ID, Device: a.ID, Clock: time.Now, Begin: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := since(t, other, ""); len(got) != 0 {
		t.Error("another office's frames")
	}
	b, _ := os.ReadFile(packsIn(t, d)[0])
	if err := os.WriteFile(filepath.Join(other.dir, filepath.Base(packsIn(t, d)[0])), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, _ := since(t, other, ""); len(got) != 0 {
		t.Error("another office's pack is taken")
	}
}

// What is half written stays while it may still be written, and goes when it is old.
func TestHalfWrittenIsSweptWhenOld(t *testing.T) {
	dir, a := t.TempDir(), synctest.NewDevice(1)
	opt := Options{Dir: dir, Office: synctest.Office, Device: a.ID, Clock: time.Now, Begin: true}
	d, err := Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(d.dir, d.half()+"1"+halfExt)
	if err := os.WriteFile(half, []byte("medio"), 0o600); err != nil {
		t.Fatal(err)
	}
	there := func() bool {
		t.Helper()
		if _, err := Open(opt); err != nil {
			t.Fatal(err)
		}
		_, err := os.Stat(half)
		return err == nil
	}
	if !there() {
		t.Error("taken from under who writes it")
	}
	opt.Clock = func() time.Time { return time.Now().Add(time.Hour) }
	if there() {
		t.Error("what a crash left stays for ever")
	}
}
