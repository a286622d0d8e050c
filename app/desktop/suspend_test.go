package desktop

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// loginManagerFake stands in for systemd's on a bus of the test's own.
type loginManagerFake struct {
	delays atomic.Int32
	held   chan *os.File // the reading ends: they end when the window lets go
}

func (m *loginManagerFake) Inhibit(what, _, _, mode string) (dbus.UnixFD, *dbus.Error) {
	r, w, err := os.Pipe()
	if err != nil || what != "sleep" || mode != "delay" {
		return 0, dbus.MakeFailedError(os.ErrInvalid)
	}
	fd := dbus.UnixFD(w.Fd())
	m.delays.Add(1)
	m.held <- r
	go func() { time.Sleep(100 * time.Millisecond); _ = w.Close() }() // once it was sent, only the window holds it
	return fd, nil
}

func (m *loginManagerFake) GetSessionByPID(uint32) (dbus.ObjectPath, *dbus.Error) {
	return loginPath + "/session/_31", nil
}

// bus starts a message bus that nobody else knows.
func bus(t *testing.T) string {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("no message bus here")
	}
	cmd := exec.CommandContext(t.Context(), daemon, "--session", "--nofork", "--print-address=1", "--address=unix:path="+filepath.Join(t.TempDir(), "bus"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("no message bus here: %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Skipf("no message bus here: %v", err)
	}
	return strings.TrimSpace(line)
}

// The machine may sleep only once the drafts are kept and the office is closed;
// the screen's lock locks too.
func TestLocksBeforeSleep(t *testing.T) {
	address := bus(t)
	manager := &loginManagerFake{held: make(chan *os.File, 8)}
	system, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = system.Close() }()
	if err := system.Export(manager, loginPath, loginManager); err != nil {
		t.Fatal(err)
	}
	if _, err := system.RequestName(login, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	b, o := signedIn(t)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		b.heedSleep(ctx, "test", func(opts ...dbus.ConnOption) (*dbus.Conn, error) { return dbus.Connect(address, opts...) })
	}()
	b.until("it asks logind to wait", func() bool { time.Sleep(time.Millisecond); b.poke(); return manager.delays.Load() == 1 })
	held := <-manager.held
	gone := make(chan bool, 1)
	go func() {
		_, err := held.Read(make([]byte, 1))
		gone <- err != nil
	}()
	time.Sleep(150 * time.Millisecond)
	if len(gone) > 0 {
		t.Fatal("it lets the machine sleep while the office is open")
	}
	if err := system.Emit(loginPath, sleepSignal, true); err != nil {
		t.Fatal(err)
	}
	b.until("locked", func() bool { return b.session == nil })
	b.until("the machine may sleep", func() bool { time.Sleep(time.Millisecond); b.poke(); return len(gone) > 0 })
	if n := o.timesClosed(); n != 1 {
		t.Fatalf("closed %d times", n)
	}
	if err := system.Emit(loginPath, sleepSignal, false); err != nil {
		t.Fatal(err)
	}
	b.until("it asks again after waking", func() bool { time.Sleep(time.Millisecond); b.poke(); return manager.delays.Load() == 2 })
	b.until("the sign-in page", func() bool { return b.shows("Frase de acceso") })
	b.entries()[0].SetText(rightPass)
	b.press("Abrir")
	b.until("it opens", func() bool { return b.session != nil })
	for _, path := range []dbus.ObjectPath{loginPath + "/session/_32", loginPath + "/session/_31"} {
		if b.session == nil {
			t.Fatal("another's screen locks it")
		}
		if err := system.Emit(path, lockSignal); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		b.poke()
	}
	b.until("locked with the screen", func() bool { b.poke(); return b.session == nil })
	cancel()
	<-over
}

// poke lets until look again though nothing came.
func (b *bench) poke() {
	select {
	case b.queue <- func() {}:
	default:
	}
}
