package hub

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// proxy is a line that can be cut.
type proxy struct {
	ln net.Listener
	to string

	mu   gosync.Mutex
	open map[net.Conn]bool
	down bool
	left int // bytes until it breaks by itself; 0: never
}

func newProxy(t testing.TB, to string) *proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{ln: ln, to: to, open: map[net.Conn]bool{}}
	var all gosync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.carry(c) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		p.cut()
		all.Wait()
	})
	return p
}

func (p *proxy) carry(c net.Conn) {
	defer c.Close()
	p.mu.Lock()
	down, to := p.down, p.to
	p.mu.Unlock()
	if down {
		return
	}
	out, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer out.Close()
	p.mu.Lock()
	p.open[c], p.open[out] = true, true
	p.mu.Unlock()
	var both gosync.WaitGroup
	for _, way := range [][2]net.Conn{{c, out}, {out, c}} {
		both.Go(func() {
			defer c.Close()
			defer out.Close()
			buf := make([]byte, 4<<10)
			for {
				n, err := way[0].Read(buf)
				if err != nil || p.spent(n) {
					return
				}
				if _, err := way[1].Write(buf[:n]); err != nil {
					return
				}
			}
		})
	}
	both.Wait()
	p.mu.Lock()
	delete(p.open, c)
	delete(p.open, out)
	p.mu.Unlock()
}

// spent counts bytes and tells whether the line breaks at these.
func (p *proxy) spent(n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == 0 {
		return false
	}
	if p.left -= n; p.left > 0 {
		return false
	}
	p.left = 300 << 10
	return true
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
}

// through is the invitation by way of the proxy.
func through(t testing.TB, p *proxy, inv []byte) []byte {
	t.Helper()
	read, err := ReadInvitation(inv)
	if err != nil {
		t.Fatal(err)
	}
	read.URLs = []string{"tls://" + p.ln.Addr().String()}
	return read.Bytes()
}

// A line that breaks every few hundred kilobytes, in the middle of anything.
func TestALineThatBreaks(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	p := newProxy(t, h.Address())
	p.left = 300 << 10
	bad := through(t, p, inv)
	dev, other := synctest.NewDevice(1), synctest.NewDevice(2)
	d, o := dialled(t, bad, dev), dialled(t, bad, other)
	var want [][]byte
	for range 100 {
		want = append(want, dev.Frame(t, 20<<10))
	}
	if _, err := d.Push(t.Context(), want, ""); err != nil {
		t.Fatal(err)
	}
	if err := d.Tell(t.Context(), dev.Statement(1)); err != nil {
		t.Fatal(err)
	}
	got, end, err := readAll(t, o, "")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range got {
		seen[string(f)] = true
	}
	for i, f := range want {
		if !seen[string(f)] {
			t.Errorf("frame %d was acknowledged and is not there", i)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d frames, want %d", len(got), len(want))
	}
	if again, _, err := readAll(t, o, end); err != nil || len(again) != 0 {
		t.Errorf("%d frames behind the end, %v", len(again), err)
	}
	if d.era.Load() == 0 && o.era.Load() == 0 {
		t.Error("the line never broke")
	}
}

// Live goes on over a break and says that something may have been missed.
func TestLiveOverABreak(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	p := newProxy(t, h.Address())
	dev := synctest.NewDevice(1)
	d, o := dialled(t, inv, dev), dialled(t, through(t, p, inv), synctest.NewDevice(2))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	came, ended := make(chan []byte, 100), make(chan error, 1)
	go func() { ended <- o.Live(ctx, func(f []byte) { came <- bytes.Clone(f) }) }()
	next := func(want []byte) {
		t.Helper()
		for {
			select {
			case f := <-came:
				if f == nil && want != nil {
					continue // more than once is allowed
				}
				if !bytes.Equal(f, want) {
					t.Fatal("another frame")
				}
				return
			case <-time.After(20 * time.Second):
				t.Fatal("nothing comes")
			}
		}
	}
	next(nil)
	one := dev.Frame(t, 500)
	began := time.Now()
	if _, err := d.Push(t.Context(), [][]byte{one}, ""); err != nil {
		t.Fatal(err)
	}
	next(one)
	t.Logf("live after %v", time.Since(began))
	p.cut()
	next(nil)
	two := dev.Frame(t, 500)
	if _, err := d.Push(t.Context(), [][]byte{two}, ""); err != nil {
		t.Fatal(err)
	}
	next(two)
	p.mu.Lock()
	p.down = true
	p.mu.Unlock()
	p.cut()
	short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := o.Since(short, "", func([]byte, sync.Mark) error { return nil }); err == nil {
		t.Error("reads over no line")
	}
	select { // whoever looks at the screen is to know soon that the hub is gone
	case err := <-ended:
		if !errors.Is(err, sync.ErrAway) {
			t.Error(err)
		}
	case <-time.After(2 * hearing):
		t.Error("still listens to a hub that is gone")
	}
}

// Who answers at the address must hold the hub's key.
func TestAnotherServerAnswers(t *testing.T) {
	right, wrong := started(t, t.TempDir()), started(t, t.TempDir())
	inv := claimed(t, right)
	claimed(t, wrong)
	p := newProxy(t, wrong.Address())
	_, err := Dial(t.Context(), through(t, p, inv), identity(synctest.NewDevice(1)))
	if !errors.Is(err, ErrPin) || !errors.Is(err, sync.ErrRefused) {
		t.Errorf("another server: %v", err)
	}
	p.mu.Lock()
	p.to = "127.0.0.1:1"
	p.mu.Unlock()
	if _, err := Dial(t.Context(), through(t, p, inv), identity(synctest.NewDevice(1))); !errors.Is(err, sync.ErrAway) {
		t.Errorf("nobody there: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Dial(gone, inv, identity(synctest.NewDevice(1))); !errors.Is(err, context.Canceled) {
		t.Errorf("one who has gone: %v", err)
	}
	for _, b := range []string{"", "{}", "null", "[]", `{"paradero_hub":2}`, `{"paradero_hub":1,"urls":["http://x"],"account":"a"}`, strings.Repeat("x", maxInvitation+1)} {
		if _, err := ReadInvitation([]byte(b)); !errors.Is(err, ErrInvitation) {
			t.Errorf("invitation %.20q: %v", b, err)
		}
	}
}

// A hub that was put back to an old copy, emptied, or replaced says so by refusing
// the mark, and takes again what it lacks.
func TestAHubThatForgot(t *testing.T) {
	dir := t.TempDir()
	dev, other := synctest.NewDevice(1), synctest.NewDevice(2)
	h, err := Start(context.Background(), Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	inv := claimed(t, h)
	d, o := dialled(t, inv, dev), dialled(t, inv, other)
	var want [][]byte
	push := func(frames ...[]byte) {
		t.Helper()
		want = append(want, frames...)
		if _, err := d.Push(t.Context(), frames, ""); err != nil {
			t.Fatal(err)
		}
	}
	push(dev.Frame(t, 500), dev.Frame(t, 3000))
	h.Stop()
	old := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	restart := func() {
		t.Helper()
		var err error
		if h, err = Start(context.Background(), Options{Dir: dir, Listen: "127.0.0.1:0"}); err != nil {
			t.Fatal(err)
		}
	}
	restart()
	push(dev.Frame(t, 500), dev.Frame(t, 3000))
	_, mark, err := readAll(t, o, "")
	if err != nil {
		t.Fatal(err)
	}
	forget := func(what string, how func()) {
		t.Helper()
		h.Stop()
		how()
		restart()
		// Somebody else is quicker than we, and fills the numbers that were ours.
		if _, err := o.Push(t.Context(), [][]byte{other.Frame(t, 500), other.Frame(t, 500), other.Frame(t, 500)}, ""); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readAll(t, o, mark); !errors.Is(err, sync.ErrMark) {
			t.Errorf("%s: the mark still holds: %v", what, err)
		}
		if _, err := d.Push(t.Context(), want, ""); err != nil {
			t.Fatal(err)
		}
		got, end, err := readAll(t, o, "")
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range want {
			if !containsFrame(got, f) {
				t.Errorf("%s: frame %d is not there again", what, i)
			}
		}
		mark = end
	}
	forget("an old copy", func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(dir, os.DirFS(old)); err != nil {
			t.Fatal(err)
		}
	})
	forget("emptied", func() {
		if err := os.RemoveAll(filepath.Join(dir, storeDir)); err != nil {
			t.Fatal(err)
		}
	})
	h.Stop()
}

func containsFrame(list [][]byte, f []byte) bool {
	for _, g := range list {
		if bytes.Equal(f, g) {
			return true
		}
	}
	return false
}

// Nothing new costs one small question.
func TestNothingNewCostsLittle(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	dev := synctest.NewDevice(1)
	d, o := dialled(t, inv, dev), dialled(t, inv, synctest.NewDevice(2))
	var list [][]byte
	for range 50 {
		list = append(list, dev.Frame(t, 30<<10))
	}
	mark, err := d.Push(t.Context(), list, "")
	if err != nil {
		t.Fatal(err)
	}
	_, end, err := readAll(t, o, "")
	if err != nil || end != mark {
		t.Fatalf("%q and %q, %v", end, mark, err)
	}
	before := o.nc.Stats()
	began := time.Now()
	const times = 50
	for range times {
		if got, again, err := readAll(t, o, end); err != nil || len(got) != 0 || again != end {
			t.Fatalf("%d frames, %q, %v", len(got), again, err)
		}
	}
	took, after := time.Since(began)/times, o.nc.Stats()
	in, out := (after.InBytes-before.InBytes)/times, (after.OutBytes-before.OutBytes)/times
	t.Logf("nothing new: %v, %d bytes in, %d out", took, in, out)
	if in+out > 800 {
		t.Errorf("nothing new costs %d bytes", in+out)
	}
}

// Both ends of a push whose receipts were lost agree.
func TestLostReceipts(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	dev := synctest.NewDevice(1)
	d := dialled(t, inv, dev)
	frames := [][]byte{dev.Frame(t, 500), dev.Frame(t, 500), dev.Frame(t, 500)}
	for _, f := range frames {
		n, err := sync.NameOf(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.nc.Publish(SubjectOf(dev.ID, n), f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Push(t.Context(), frames, ""); err != nil {
		t.Fatal(err)
	}
	if got, _, err := readAll(t, d, ""); err != nil || len(got) != len(frames) {
		t.Errorf("%d frames, %v", len(got), err)
	}
}

var _ io.Closer = (*Depot)(nil)
