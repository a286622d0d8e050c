package folder

import (
	"bytes"
	"encoding/binary"
	"os"
	"runtime"
	"testing"

	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// lay leaves a pack in the folder as whoever can write there might: its name, its
// hash and its head are right.
func lay(t *testing.T, d *Depot, p packed, fill func(w *packWriter)) {
	t.Helper()
	if err := d.write(&p, func(w *packWriter) error { fill(w); return nil }); err != nil {
		t.Fatal(err)
	}
}

// A pack that is whole by its hash and has no whole frames from somewhere on keeps
// nobody from what stands in others.
func TestAPackThatBreaksOff(t *testing.T) {
	dir := t.TempDir()
	a, b := synctest.NewDevice(1), synctest.NewDevice(2)
	bad, good := open(t, dir, a), open(t, dir, b)
	first := a.Frame(t, 500)
	lay(t, bad, packed{device: a.ID, number: 1}, func(w *packWriter) {
		_ = w.part(first)
		_ = w.write(binary.BigEndian.AppendUint32(nil, 1<<30))
		_ = w.write([]byte("junk"))
	})
	var want [][]byte
	for range 3 {
		f := b.Frame(t, 500)
		want = append(want, f)
		push(t, good, f)
	}
	got, mark := since(t, open(t, dir, synctest.NewDevice(3)), "")
	for _, f := range append(want, first) {
		if !containsFrame(got, f) {
			t.Error("a whole frame does not come")
		}
	}
	if got, mark = since(t, open(t, dir, synctest.NewDevice(3)), mark); len(got) != 0 {
		t.Errorf("%d frames come again", len(got))
	}
	if got, _ = since(t, open(t, dir, synctest.NewDevice(3)), mark); len(got) != 0 {
		t.Errorf("%d frames come again and again", len(got))
	}
}

func containsFrame(list [][]byte, f []byte) bool {
	for _, g := range list {
		if bytes.Equal(g, f) {
			return true
		}
	}
	return false
}

// A pack that says it holds others, and does not, does not keep them away for ever:
// who reads from the beginning reads everything.
func TestAPackThatSaysItHoldsOthers(t *testing.T) {
	dir := t.TempDir()
	a, evil := synctest.NewDevice(1), synctest.NewDevice(2)
	honest := open(t, dir, a)
	frame := a.Frame(t, 500)
	push(t, honest, frame)
	list, err := honest.list()
	if err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	lay(t, open(t, dir, evil), packed{device: evil.ID, number: 1 << 60, replaces: []sum{list[0].sum, {1}}}, func(w *packWriter) {
		_ = w.part(evil.Frame(t, 500))
	})
	if got, _ := since(t, open(t, dir, synctest.NewDevice(3)), ""); !containsFrame(got, frame) {
		t.Error("it is kept away")
	}
}

// Many packs do not take as many open files and as much memory, and each of their
// frames does not cost as much as there are packs.
func TestManyPacks(t *testing.T) {
	dir := t.TempDir()
	for n := range byte(10) {
		dev := synctest.NewDevice(n + 1)
		d := open(t, dir, dev)
		for i := range uint64(20) {
			lay(t, d, packed{device: dev.ID, number: i + 1}, func(w *packWriter) {
				for range 5 {
					_ = w.part(dev.Frame(t, 500))
				}
			})
		}
	}
	reader := open(t, dir, synctest.NewDevice(99))
	count := func() int {
		l, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("files that are open cannot be counted on ", runtime.GOOS)
		}
		return len(l)
	}
	before, most, got := count(), 0, map[record.ID]uint64{}
	end, err := reader.Since(t.Context(), "", func(f []byte, _ sync.Mark) error {
		n, err := sync.NameOf(f)
		if err != nil || n.Seq != got[n.Device]+1 {
			t.Errorf("batch %d comes behind %d, %v", n.Seq, got[n.Device], err)
		}
		got[n.Device] = n.Seq
		most = max(most, count())
		return nil
	})
	if err != nil || len(got) != 10 || most > before+maxOpen+4 {
		t.Errorf("%d devices, %d files more are open, %v", len(got), most-before, err)
	}
	if count() > before {
		t.Errorf("%d files stay open", count()-before)
	}
	if again, _ := since(t, reader, end); len(again) != 0 {
		t.Errorf("%d frames come again", len(again))
	}
}
