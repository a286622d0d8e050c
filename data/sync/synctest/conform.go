package synctest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	gosync "sync"
	"sync/atomic"
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/sync"
)

// Open opens the depot of a test as a device. The suite closes what it opened.
type Open func(t *testing.T, d *Device) sync.Depot

// Conform runs what every depot must pass. make makes an empty depot and gives how
// devices open it.
func Conform(t *testing.T, make func(t *testing.T) Open) {
	for name, test := range map[string]func(*testing.T, *bench){
		"empty":           empty,
		"order and marks": orderAndMarks,
		"once only":       onceOnly,
		"fork and relay":  forkAndRelay,
		"broken off":      brokenOff,
		"strange marks":   strangeMarks,
		"the mark behind": markBehind,
		"single names":    singleNames,
		"statements":      statements,
		"letters":         letters,
		"live":            live,
		"large and many":  largeAndMany,
		"many at once":    manyAtOnce,
		"opened again":    openedAgain,
	} {
		t.Run(name, func(t *testing.T) { test(t, &bench{make(t)}) })
	}
}

type bench struct{ open Open }

func (b *bench) as(t *testing.T, d *Device) sync.Depot {
	t.Helper()
	depot := b.open(t, d)
	t.Cleanup(func() { _ = depot.Close() })
	return depot
}

// read gives all frames behind a mark and the marks behind each.
func read(t *testing.T, d sync.Depot, from sync.Mark) (frames [][]byte, marks []sync.Mark, end sync.Mark) {
	t.Helper()
	end, err := d.Since(t.Context(), from, func(f []byte, m sync.Mark) error {
		frames, marks = append(frames, bytes.Clone(f)), append(marks, m)
		return nil
	})
	if err != nil {
		t.Fatalf("since %q: %v", from, err)
	}
	return frames, marks, end
}

func push(t *testing.T, d sync.Depot, frames ...[]byte) {
	t.Helper()
	if _, err := d.Push(t.Context(), frames, ""); err != nil {
		t.Fatalf("push: %v", err)
	}
}

func names(t *testing.T, d sync.Depot) map[ledger.Hash]sync.Name {
	t.Helper()
	out := map[ledger.Hash]sync.Name{}
	if err := d.Names(t.Context(), func(n sync.Name) error { out[n.Hash] = n; return nil }); err != nil {
		t.Fatalf("names: %v", err)
	}
	return out
}

// holds checks that a depot has exactly these frames, each at least once from the
// beginning, and names them.
func holds(t *testing.T, d sync.Depot, want ...[]byte) {
	t.Helper()
	got, _, _ := read(t, d, "")
	named := names(t, d)
	for i, f := range want {
		if !slices.ContainsFunc(got, func(g []byte) bool { return bytes.Equal(f, g) }) {
			t.Errorf("frame %d is not given as it was pushed", i)
		}
		n, err := sync.NameOf(f)
		if err != nil {
			t.Fatal(err)
		}
		if named[n.Hash] != n {
			t.Errorf("frame %d is named %v, want %v", i, named[n.Hash], n)
		}
	}
	if len(named) != len(want) {
		t.Errorf("%d names, want %d", len(named), len(want))
	}
	for _, g := range got {
		if !slices.ContainsFunc(want, func(f []byte) bool { return bytes.Equal(f, g) }) {
			t.Error("a frame that nobody pushed")
		}
	}
}

func empty(t *testing.T, b *bench) {
	d := b.as(t, NewDevice(1))
	frames, _, end := read(t, d, "")
	if len(frames) != 0 || len(names(t, d)) != 0 {
		t.Error("an empty depot gives something")
	}
	if frames, _, _ = read(t, d, end); len(frames) != 0 {
		t.Error("nothing came and something is behind the mark")
	}
	if err := d.Told(t.Context(), func([]byte) error { return errors.New("a statement") }); err != nil {
		t.Error(err)
	}
	if _, err := d.GetBox(t.Context(), "nothing"); !errors.Is(err, sync.ErrNoBox) {
		t.Errorf("no letter: %v", err)
	}
	if d.Name() == "" || d.Name() != b.as(t, NewDevice(2)).Name() {
		t.Error("the same place has two names, or none")
	}
}

// singleNames: who can tell of single batches tells of those that are there, of
// whomever, and of no others.
func singleNames(t *testing.T, b *bench) {
	a, other := NewDevice(1), NewDevice(2)
	d := b.as(t, a)
	teller, ok := d.(sync.Teller)
	if !ok {
		t.Skip("it tells of all only")
	}
	for _, n := range []int{2, 40} {
		var there, all []sync.Name
		for i := range n {
			own, his := a.Frame(t, 300), other.Frame(t, 300)
			for _, f := range [][]byte{own, his} {
				name, err := sync.NameOf(f)
				if err != nil {
					t.Fatal(err)
				}
				if all = append(all, name); i%2 == 0 {
					push(t, d, f)
					there = append(there, name)
				}
			}
		}
		all = append(all, sync.Name{Device: there[0].Device, Seq: there[0].Seq, Hash: ledger.Hash{1}})
		var got []sync.Name
		if err := teller.Holds(t.Context(), all, func(n sync.Name) error { got = append(got, n); return nil }); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(there) || slices.ContainsFunc(there, func(n sync.Name) bool { return !slices.Contains(got, n) }) {
			t.Errorf("of %d it tells %d, and holds %d", len(all), len(got), len(there))
		}
	}
}

func orderAndMarks(t *testing.T, b *bench) {
	a := NewDevice(1)
	from, to := b.as(t, a), b.as(t, NewDevice(2))
	_, _, start := read(t, to, "")
	var want [][]byte
	for range 3 {
		portion := [][]byte{a.Frame(t, 500), a.Frame(t, 3000), a.Frame(t, 500), a.Frame(t, 500)}
		push(t, from, portion...)
		want = append(want, portion...)
	}
	for _, mark := range []sync.Mark{"", start} {
		got, marks, end := read(t, to, mark)
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Fatalf("behind %q are %d frames, not the %d in their order", mark, len(got), len(want))
		}
		for i, m := range marks {
			rest, _, _ := read(t, to, m)
			if !slices.EqualFunc(rest, want[i+1:], bytes.Equal) {
				t.Errorf("behind mark %d (%q) are %d frames, want %d", i, m, len(rest), len(want)-i-1)
			}
		}
		if rest, _, again := read(t, to, end); len(rest) != 0 {
			t.Errorf("%d frames behind the end; %q", len(rest), again)
		}
	}
	_, _, end := read(t, to, "")
	last := a.Frame(t, 500)
	push(t, from, last)
	if rest, _, _ := read(t, to, end); len(rest) != 1 || !bytes.Equal(rest[0], last) {
		t.Errorf("one more came, %d are behind the mark", len(rest))
	}
}

func onceOnly(t *testing.T, b *bench) {
	a := NewDevice(1)
	d, other := b.as(t, a), b.as(t, NewDevice(2))
	one, two := a.Frame(t, 500), a.Frame(t, 500)
	push(t, d, one)
	push(t, d, one, two)
	push(t, other, two, one) // brought by another
	push(t, d)
	holds(t, d, one, two)
	got, _, _ := read(t, other, "")
	if len(got) != 2 {
		t.Errorf("two batches are %d frames", len(got))
	}
}

func forkAndRelay(t *testing.T, b *bench) {
	a, relay := NewDevice(1), NewDevice(2)
	d := b.as(t, relay)
	one, two := a.Frame(t, 500), a.Frame(t, 500)
	twin := a.Twin(t)
	push(t, d, one, two, twin)
	own := relay.Frame(t, 500)
	push(t, d, own)
	holds(t, b.as(t, a), one, two, twin, own)
}

func brokenOff(t *testing.T, b *bench) {
	a := NewDevice(1)
	d := b.as(t, a)
	want := [][]byte{a.Frame(t, 500), a.Frame(t, 500), a.Frame(t, 500)}
	push(t, d, want...)
	stop := errors.New("stop")
	seen := 0
	mark, err := d.Since(t.Context(), "", func([]byte, sync.Mark) error {
		if seen++; seen == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || seen != 2 {
		t.Fatalf("broken off after %d: %v", seen, err)
	}
	if rest, _, _ := read(t, d, mark); !slices.EqualFunc(rest, want[1:], bytes.Equal) {
		t.Errorf("behind what was read stand %d frames, want 2", len(rest))
	}
	if err := d.Names(t.Context(), func(sync.Name) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("names: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Since(gone, "", func([]byte, sync.Mark) error { return nil }); err == nil {
		t.Error("reads for one who has gone")
	}
	more := a.Frame(t, 500)
	if _, err := d.Push(gone, [][]byte{more}, ""); err == nil {
		t.Error("takes from one who has gone")
	}
	push(t, d, more)
	holds(t, d, append(want, more)...)
}

func strangeMarks(t *testing.T, b *bench) {
	a := NewDevice(1)
	d := b.as(t, a)
	push(t, d, a.Frame(t, 500))
	for _, m := range []sync.Mark{"nonsense", "-1", "99999999999999999999", "a.b.c", "\x00", sync.Mark(bytes.Repeat([]byte{'9'}, 5000))} {
		if _, err := d.Since(t.Context(), m, func([]byte, sync.Mark) error { return nil }); !errors.Is(err, sync.ErrMark) {
			t.Errorf("mark %.20q: %v", m, err)
		}
	}
}

func markBehind(t *testing.T, b *bench) {
	a, c := NewDevice(1), NewDevice(2)
	d, other := b.as(t, a), b.as(t, c)
	_, _, mark := read(t, d, "")
	mark, err := d.Push(t.Context(), [][]byte{a.Frame(t, 500), a.Frame(t, 500)}, mark)
	if err != nil {
		t.Fatal(err)
	}
	theirs := c.Frame(t, 500)
	push(t, other, theirs)
	if mark, err = d.Push(t.Context(), [][]byte{a.Frame(t, 500)}, mark); err != nil {
		t.Fatal(err)
	}
	got, _, end := read(t, d, mark)
	if !slices.ContainsFunc(got, func(f []byte) bool { return bytes.Equal(f, theirs) }) {
		t.Error("what another left between is passed over")
	}
	if got, _, _ = read(t, d, end); len(got) != 0 {
		t.Errorf("%d frames behind the end", len(got))
	}
}

func statements(t *testing.T, b *bench) {
	a, c := NewDevice(1), NewDevice(2)
	d, other := b.as(t, a), b.as(t, c)
	a.Frame(t, 500)
	tell := func(d sync.Depot, s []byte) {
		t.Helper()
		if err := d.Tell(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	told := func(d sync.Depot) (out [][]byte) {
		t.Helper()
		if err := d.Told(t.Context(), func(s []byte) error { out = append(out, bytes.Clone(s)); return nil }); err != nil {
			t.Fatal(err)
		}
		return out
	}
	tell(d, a.Statement(1))
	tell(other, c.Statement(7))
	tell(d, a.Statement(2))
	for _, depot := range []sync.Depot{d, other} {
		all := told(depot)
		for _, want := range [][]byte{a.Statement(2), c.Statement(7)} {
			if !slices.ContainsFunc(all, func(s []byte) bool { return bytes.Equal(s, want) }) {
				t.Error("a device's last word is missing")
			}
		}
		if len(all) != 2 {
			t.Errorf("%d statements of two devices", len(all))
		}
	}
	if len(names(t, d)) != 0 {
		t.Error("a statement is named as a batch")
	}
}

func letters(t *testing.T, b *bench) {
	d, other := b.as(t, NewDevice(1)), b.as(t, NewDevice(2))
	letter := bytes.Repeat([]byte("carta "), 4000)
	put := func(d sync.Depot, name string, l []byte) {
		t.Helper()
		if err := d.PutBox(t.Context(), name, l); err != nil {
			t.Fatal(err)
		}
	}
	put(d, "join-1", []byte("primera"))
	put(d, "join-1", letter)
	put(d, "join-2", []byte("otra"))
	if got, err := other.GetBox(t.Context(), "join-1"); err != nil || !bytes.Equal(got, letter) {
		t.Errorf("letter of %d bytes: %v", len(got), err)
	}
	put(other, "join-1", nil)
	if _, err := d.GetBox(t.Context(), "join-1"); !errors.Is(err, sync.ErrNoBox) {
		t.Errorf("taken away: %v", err)
	}
	if got, err := d.GetBox(t.Context(), "join-2"); err != nil || string(got) != "otra" {
		t.Errorf("the other letter: %q, %v", got, err)
	}
	for _, name := range []string{"", "a.b", "../up", "A", "a/b", "*", ">", string(bytes.Repeat([]byte{'a'}, 65))} {
		if err := d.PutBox(t.Context(), name, []byte("x")); err == nil {
			t.Errorf("a letter box named %q", name)
		}
	}
	if err := d.PutBox(t.Context(), "big", make([]byte, sync.MaxBox+1)); err == nil {
		t.Error("a letter without bounds")
	}
}

// everything gives all frames of a depot.
func everything(t *testing.T, d sync.Depot) [][]byte {
	t.Helper()
	frames, _, _ := read(t, d, "")
	return frames
}

func live(t *testing.T, b *bench) {
	a := NewDevice(1)
	d, other := b.as(t, a), b.as(t, NewDevice(2))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	came, ended := make(chan []byte, 100), make(chan error, 1)
	var had [][]byte
	go func() { ended <- other.Live(ctx, func(f []byte) { came <- bytes.Clone(f) }) }()
	next := func(want []byte) {
		t.Helper()
		for end := time.After(10 * time.Second); ; {
			select {
			case f := <-came:
				// Something may have been missed: a cluster's other servers hear a moment later
				// that somebody listens here.
				if bytes.Equal(f, want) || f == nil && slices.ContainsFunc(everything(t, other), func(g []byte) bool { return bytes.Equal(g, want) }) {
					return
				}
				if f != nil && !slices.ContainsFunc(had, func(g []byte) bool { return bytes.Equal(g, f) }) {
					t.Fatalf("another frame came, of %d bytes", len(f))
				}
			case <-end:
				t.Fatal("nothing comes")
			}
		}
	}
	select {
	case err := <-ended:
		if errors.Is(err, sync.ErrNotLive) {
			t.Skip("it tells nothing by itself")
		}
		t.Fatal(err)
	case f := <-came:
		if f != nil {
			t.Fatal("it does not say that it listens")
		}
	}
	for range 3 {
		want := a.Frame(t, 2000)
		push(t, d, want)
		next(want)
		had = append(had, want)
	}
	stop()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended by %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("does not end")
	}
}

func largeAndMany(t *testing.T, b *bench) {
	a := NewDevice(1)
	d := b.as(t, a)
	var want [][]byte
	for i := range 300 {
		size := 400
		if i%100 == 99 {
			size = 240 << 10
		}
		want = append(want, a.Frame(t, size))
	}
	push(t, d, want...)
	got, _, _ := read(t, b.as(t, NewDevice(2)), "")
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%d frames, want %d in their order", len(got), len(want))
	}
}

func manyAtOnce(t *testing.T, b *bench) {
	var all [][]byte
	var group gosync.WaitGroup
	failed := make(chan error, 4)
	var seen atomic.Int64
	for n := range byte(4) {
		dev := NewDevice(n + 1)
		d := b.as(t, dev)
		var own [][]byte
		for range 20 {
			own = append(own, dev.Frame(t, 500))
		}
		all = append(all, own...)
		group.Go(func() {
			mark, err := sync.Mark(""), error(nil)
			for len(own) > 0 && err == nil {
				if _, err = d.Push(t.Context(), own[:2], mark); err == nil {
					own = own[2:]
					mark, err = d.Since(t.Context(), mark, func([]byte, sync.Mark) error { seen.Add(1); return nil })
				}
			}
			failed <- err
		})
	}
	group.Wait()
	for range 4 {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	holds(t, b.as(t, NewDevice(9)), all...)
	if seen.Load() == 0 {
		t.Error("nobody saw anything")
	}
}

func openedAgain(t *testing.T, b *bench) {
	a := NewDevice(1)
	d := b.open(t, a)
	one := a.Frame(t, 500)
	push(t, d, one)
	_, _, mark := read(t, d, "")
	if err := d.Tell(t.Context(), a.Statement(1)); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = b.as(t, a)
	if rest, _, _ := read(t, d, mark); len(rest) != 0 {
		t.Errorf("%d frames behind the mark of the last time", len(rest))
	}
	two := a.Frame(t, 500)
	push(t, d, two)
	holds(t, d, one, two)
}
