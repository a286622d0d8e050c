package desktop

import (
	"context"
	"os"

	"github.com/godbus/dbus/v5"
)

// Where systemd's logind is on the system's bus.
const (
	login        = "org.freedesktop.login1"
	loginPath    = dbus.ObjectPath("/org/freedesktop/login1")
	loginManager = login + ".Manager"
	sleepSignal  = loginManager + ".PrepareForSleep"
	lockSignal   = login + ".Session.Lock"
)

// sleeper locks before the machine sleeps, so that no key lies in the memory of
// a laptop that is carried about with its lid shut. It asks logind to wait until
// the drafts are kept and the office is closed. Where there is no logind, watch
// still sees afterwards that the machine slept.
type sleeper struct {
	s    *shell
	bus  *dbus.Conn
	hold *os.File        // while it is open, logind waits some seconds before sleeping
	why  string          // for whoever looks what delays the sleep
	own  dbus.ObjectPath // our session at the screen, which may be locked; "" when unknown
}

// heedSleep listens until the context ends.
func (s *shell) heedSleep(ctx context.Context, why string, connect func(...dbus.ConnOption) (*dbus.Conn, error)) {
	bus, err := connect(dbus.WithContext(ctx))
	if err != nil {
		return // no such bus here
	}
	defer func() { _ = bus.Close() }()
	p := &sleeper{s: s, bus: bus, why: why}
	for _, member := range []string{"PrepareForSleep", "Lock"} {
		if bus.AddMatchSignal(dbus.WithMatchSender(login), dbus.WithMatchMember(member)) != nil {
			return
		}
	}
	heard := make(chan *dbus.Signal, 8)
	bus.Signal(heard)
	manager := bus.Object(login, loginPath)
	if manager.CallWithContext(ctx, loginManager+".GetSessionByPID", 0, uint32(os.Getpid())).Store(&p.own) != nil {
		// A desktop may start its programs outside the session's own group.
		_ = manager.CallWithContext(ctx, loginManager+".GetSession", 0, os.Getenv("XDG_SESSION_ID")).Store(&p.own)
	}
	p.delay(ctx)
	defer p.release()
	for {
		select {
		case <-ctx.Done():
			return
		case signal, ok := <-heard:
			if !ok {
				return
			}
			p.heed(ctx, signal)
		}
	}
}

func (p *sleeper) heed(ctx context.Context, signal *dbus.Signal) {
	switch {
	case signal.Name == lockSignal && signal.Path == p.own:
		p.s.dispatch(p.s.lock)
	case signal.Name == sleepSignal && len(signal.Body) == 1:
		if falls, _ := signal.Body[0].(bool); !falls {
			p.delay(ctx) // awake again: wait before the next time too
			return
		}
		closed := make(chan struct{})
		p.s.dispatch(func() { p.s.lockThen(func() { close(closed) }) })
		select {
		case <-closed:
		case <-ctx.Done():
		}
		p.release()
	}
}

// delay asks logind to wait for us before it lets the machine sleep.
func (p *sleeper) delay(ctx context.Context) {
	if p.hold != nil {
		return
	}
	var fd dbus.UnixFD
	call := p.bus.Object(login, loginPath).CallWithContext(ctx, loginManager+".Inhibit", 0, "sleep", "Paradero", p.why, "delay")
	if call.Store(&fd) == nil {
		p.hold = os.NewFile(uintptr(fd), "sleep")
	}
}

func (p *sleeper) release() {
	if p.hold != nil {
		_ = p.hold.Close()
		p.hold = nil
	}
}
