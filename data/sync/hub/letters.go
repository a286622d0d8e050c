package hub

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"paradero/data/sync"
)

// Tell leaves this device's statement in the place of its last.
func (d *Depot) Tell(ctx context.Context, statement []byte) error {
	if len(statement) > maxStatement {
		return fmt.Errorf("tell hub: %w", sync.ErrFull)
	}
	return d.send(ctx, streamStatements, []*item{{subject: "s." + d.id.Device.String(), frame: statement}})
}

// Told gives the last statement of each device.
func (d *Depot) Told(ctx context.Context, do func(statement []byte) error) error {
	return d.walk(ctx, streamStatements, mark{}, func(s stored) error {
		if !strings.HasPrefix(s.subject, "s.") {
			return nil
		}
		return do(s.data)
	})
}

// lobby is the connection for letters: at our own hub that of all visitors, in
// whose account no batch can be reached.
func (d *Depot) lobby(ctx context.Context) (*nats.Conn, error) {
	if d.inv.Foreign {
		return d.nc, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visitor != nil && !d.visitor.IsClosed() {
		return d.visitor, nil
	}
	nc, err := d.connect(ctx, d.inv.Visitor, "v", "V")
	if err != nil {
		return nil, err
	}
	d.visitor = nc
	return nc, nil
}

// PutBox leaves a letter under a name.
func (d *Depot) PutBox(ctx context.Context, box string, b []byte) error {
	if !sync.GoodBox(box) {
		return fmt.Errorf("letter to hub: %w: name", sync.ErrNoBox)
	}
	if len(b) > sync.MaxBox {
		return fmt.Errorf("letter to hub: %w: too large", sync.ErrFull)
	}
	nc, err := d.lobby(ctx)
	if err != nil {
		return err
	}
	m, err := d.ask(ctx, nc, "j."+box, b)
	if err != nil {
		return err
	}
	_, err = readReceipt(m, streamBoxes)
	return err
}

// GetBox fetches the letter under a name.
func (d *Depot) GetBox(ctx context.Context, box string) ([]byte, error) {
	if !sync.GoodBox(box) {
		return nil, sync.ErrNoBox
	}
	nc, err := d.lobby(ctx)
	if err != nil {
		return nil, err
	}
	m, err := d.ask(ctx, nc, "$JS.API.DIRECT.GET."+streamBoxes+".j."+box, nil)
	if err != nil {
		return nil, err
	}
	if m.Header.Get("Status") != "" || len(m.Data) == 0 {
		return nil, sync.ErrNoBox
	}
	return m.Data, nil
}

// What may have come live and wait for who takes it in: more is rather asked for.
const (
	liveCount = 1 << 14
	liveBytes = 16 << 20
)

// Live gives frames as they come. do(nil) says that it listens, first and again
// when the line was broken or something was lost: then Since is to be asked.
func (d *Depot) Live(ctx context.Context, do func(frame []byte)) error {
	if d.nc == nil {
		return sync.ErrRefused
	}
	bell, done := d.notes.listen()
	defer done()
	came, end := make(chan *nats.Msg), make(chan struct{})
	defer close(end)
	for _, subject := range []string{"p.>", "r.>"} {
		sub, err := d.nc.Subscribe(subject, func(m *nats.Msg) {
			select {
			case came <- m:
			case <-end:
			}
		})
		if err == nil {
			defer func() { _ = sub.Unsubscribe() }()
			err = sub.SetPendingLimits(liveCount, liveBytes)
		}
		if err != nil {
			return refusedOrAway(ctx, "listen to hub", err)
		}
	}
	if err := d.listening(ctx, do); err != nil {
		return err
	}
	heard := time.After(everywhere)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-heard:
			do(nil)
		case m := <-came:
			if whole(m.Subject, m.Data) {
				do(m.Data)
			}
		case <-bell:
			if err := d.listening(ctx, do); err != nil {
				return err
			}
			heard = time.After(everywhere)
		}
	}
}

// listening waits until the hub has heard that we listen, and says so.
func (d *Depot) listening(ctx context.Context, do func(frame []byte)) error {
	if err := d.back(ctx, d.nc, hearing); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if err := d.nc.FlushWithContext(ctx); err != nil {
		return refusedOrAway(ctx, "listen to hub", err)
	}
	do(nil)
	return nil
}

// Roster gives the list of devices that the hub goes by; nil when nobody has
// claimed the account. Whoever holds the invitation may read it.
func (d *Depot) Roster(ctx context.Context) (*Roster, error) {
	nc, err := d.lobby(ctx)
	if err != nil {
		return nil, err
	}
	m, err := d.ask(ctx, nc, subjectRosterGet, nil)
	if err != nil || len(m.Data) == 0 {
		return nil, err
	}
	return trustedRoster(m.Data, d.inv.Account)
}

// Register gives the hub the office's devices, signed by one that manages, and
// tells whether the hub's list changed. At a cluster that others run there is no
// list: its operator lets devices in.
func Register(ctx context.Context, invitation []byte, devices []Device, by Signer) (bool, error) {
	inv, err := ReadInvitation(invitation)
	if err != nil || inv.Foreign {
		return false, err
	}
	d, err := Visit(ctx, invitation)
	if err != nil {
		return false, err
	}
	defer func() { _ = d.Close() }()
	for range 5 {
		before, err := d.Roster(ctx)
		if err != nil {
			return false, err
		}
		if before.Same(devices) {
			return false, nil
		}
		next, claim := Roster{Account: inv.Account, Serial: 1, Devices: devices}, inv.Claim
		if before != nil {
			next.Serial, claim = before.Serial+1, nil
		}
		if err := next.check(); err != nil {
			return false, err
		}
		if taken, err := d.putRoster(ctx, "register at hub", next.Sign(by, claim)); taken || err != nil {
			return taken, err
		}
	}
	return false, fmt.Errorf("register at hub: %w", ErrRoster)
}

// putRoster gives the hub a signed list. false without an error: another was
// quicker, and its list is to be read first.
func (d *Depot) putRoster(ctx context.Context, op string, signed []byte) (taken bool, err error) {
	m, err := d.ask(ctx, d.visitor, subjectRosterPut, signed)
	if err != nil {
		return false, err
	}
	switch string(m.Data) {
	case rosterTaken:
		return true, nil
	case rosterOld:
		return false, nil
	case rosterRefused:
		return false, fmt.Errorf("%s: %w: %w", op, sync.ErrRefused, ErrRoster)
	}
	return false, fmt.Errorf("%s: %w", op, sync.ErrFull)
}
