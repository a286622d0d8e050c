package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	gosync "sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"paradero/data/record"
	"paradero/data/sync"
)

// Identity is the device that comes to a hub: its name, and the seed of the key by
// which it comes in, which is not its signing key: NATS has it sign what the server
// chooses.
type Identity struct {
	Device record.ID
	Seed   []byte // 32 bytes, Ed25519
}

// HubKey is the public key of a seed, as it stands in the roster.
func HubKey(seed []byte) []byte {
	if len(seed) != ed25519.SeedSize {
		return nil
	}
	return ed25519.NewKeyFromSeed(seed)[ed25519.SeedSize:]
}

// Depot is a hub as this device sees it: a sync.Depot. It connects anew by itself
// until it is closed.
type Depot struct {
	inv   *Invitation
	id    Identity
	nc    *nats.Conn
	notes notes

	mu      gosync.Mutex
	visitor *nats.Conn // made when a letter is sent or fetched

	era   atomic.Int64           // rises with every connection
	named atomic.Pointer[naming] // what the stream is called, for one era
}

// naming is a stream's own birth, which tells it from another in its place.
type naming struct {
	era  int64
	born string
}

var _ sync.Depot = (*Depot)(nil)

const (
	dialTime    = 10 * time.Second
	answerTime  = 15 * time.Second // without a sign of life
	patience    = 40 * time.Second // for a line that has gone to come back
	hearing     = 4 * time.Second  // as long, for who only listens: then people are told that it is gone
	everywhere  = time.Second      // until the other servers of a cluster have heard that one listens: what is left there before is asked for
	pingEvery   = 15 * time.Second
	comeBack    = 200 * time.Millisecond
	comeBackMax = 5 * time.Second
)

// Dial connects to the hub that an invitation names. sync.ErrRefused: the hub
// answers and does not let this device in (yet). sync.ErrAway: nobody answers.
// ErrPin: somebody else answers.
func Dial(ctx context.Context, invitation []byte, id Identity) (*Depot, error) {
	inv, err := ReadInvitation(invitation)
	if err != nil {
		return nil, err
	}
	d := &Depot{inv: inv, id: id, notes: notes{listeners: map[chan struct{}]bool{}}}
	if d.nc, err = d.connect(ctx, id.Seed, id.Device.String(), "O"); err != nil {
		return nil, err
	}
	return d, nil
}

// Visit connects to a hub for letters only: who joins and is in no roster yet.
func Visit(ctx context.Context, invitation []byte) (*Depot, error) {
	inv, err := ReadInvitation(invitation)
	if err != nil {
		return nil, err
	}
	d := &Depot{inv: inv, notes: notes{listeners: map[chan struct{}]bool{}}}
	if inv.Foreign {
		d.nc, err = d.connect(ctx, nil, "v", "O")
		return d, err
	}
	d.visitor, err = d.connect(ctx, inv.Visitor, "v", "V")
	return d, err
}

// connect opens one connection. room is the first letter of the account's name.
func (d *Depot) connect(ctx context.Context, seed []byte, inbox, room string) (*nats.Conn, error) {
	line := &dialer{ctx: ctx}
	opts := []nats.Option{
		nats.CustomInboxPrefix(inboxRoot + "." + inbox), nats.NoEcho(), nats.Timeout(dialTime), nats.PingInterval(pingEvery),
		nats.MaxPingsOutstanding(2), nats.MaxReconnects(-1), nats.ReconnectBufSize(-1), nats.SetCustomDialer(line),
		nats.CustomReconnectDelay(delay), nats.ErrorHandler(d.notes.failed),
		nats.ReconnectHandler(func(*nats.Conn) { d.era.Add(1); d.notes.ring() }),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { d.era.Add(1); d.notes.ring() }),
		nats.ClosedHandler(func(*nats.Conn) { d.notes.ring() }),
	}
	urls := strings.Join(d.inv.URLs, ",")
	secure, err := d.inv.tls()
	if err != nil {
		return nil, err
	}
	if d.inv.Foreign {
		opts = append(opts, d.foreign(secure)...)
	} else {
		line.tls = secure
		urls = strings.ReplaceAll(urls, "tls://", "nats://") // the line is TLS before NATS speaks
		kp, err := nkeys.FromRawSeed(nkeys.PrefixByteUser, seed)
		if err != nil {
			return nil, fmt.Errorf("%w: key", ErrInvitation)
		}
		public, err := kp.PublicKey()
		if err != nil {
			return nil, err
		}
		opts = append(opts, nats.Nkey(public, kp.Sign), nats.Name(room+d.inv.Account), nats.IgnoreDiscoveredServers())
	}
	nc, err := nats.Connect(urls, opts...)
	line.settle()
	if err != nil {
		return nil, refusedOrAway(ctx, "connect to hub", line.seen(err))
	}
	return nc, nil
}

// foreign is how a cluster that others run lets a device in.
func (d *Depot) foreign(secure *tls.Config) []nats.Option {
	var opts []nats.Option
	if secure != nil {
		opts = append(opts, nats.Secure(secure))
	}
	switch {
	case d.inv.Creds != "":
		opts = append(opts, nats.UserCredentialBytes([]byte(d.inv.Creds)))
	case d.inv.Nkey != "":
		if kp, err := nkeys.FromSeed([]byte(d.inv.Nkey)); err == nil {
			if public, err := kp.PublicKey(); err == nil {
				opts = append(opts, nats.Nkey(public, kp.Sign))
			}
		}
	case d.inv.User != "":
		opts = append(opts, nats.UserInfo(d.inv.User, d.inv.Password))
	case d.inv.OwnKeys && len(d.id.Seed) > 0: // the operator knows each device by its own key
		if kp, err := nkeys.FromRawSeed(nkeys.PrefixByteUser, d.id.Seed); err == nil {
			opts = append(opts, nats.Nkey(userKey(HubKey(d.id.Seed)), kp.Sign))
		}
	}
	return opts
}

// delay is how long to wait before the line is tried again.
func delay(attempts int) time.Duration {
	return min(comeBackMax, comeBack<<min(max(attempts-1, 0), 6))
}

// dialer opens the line, TLS included where the hub is ours. The first time it
// keeps to who asked.
type dialer struct {
	tls *tls.Config

	mu  gosync.Mutex
	ctx context.Context
	err error
}

// Dial opens the line.
func (l *dialer) Dial(network, address string) (net.Conn, error) {
	l.mu.Lock()
	ctx := l.ctx
	l.mu.Unlock()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var c net.Conn
	var err error
	if l.tls != nil {
		c, err = (&tls.Dialer{Config: l.tls}).DialContext(ctx, network, address)
	} else {
		c, err = (&net.Dialer{}).DialContext(ctx, network, address)
	}
	l.mu.Lock()
	l.err = err
	l.mu.Unlock()
	return c, err
}

func (l *dialer) settle() {
	l.mu.Lock()
	l.ctx = nil
	l.mu.Unlock()
}

// seen puts what the line said before what NATS makes of it.
func (l *dialer) seen(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	return err
}

// refusedOrAway says what a failure of the line means.
func refusedOrAway(ctx context.Context, op string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", op, ctx.Err())
	case errors.Is(err, ErrPin):
		return fmt.Errorf("%s: %w: %w", op, sync.ErrRefused, ErrPin)
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked),
		errors.Is(err, nats.ErrPermissionViolation), errors.Is(err, nats.ErrMaxConnectionsExceeded):
		return fmt.Errorf("%s: %w: %w", op, sync.ErrRefused, err)
	}
	return away(op, err)
}

// notes are what a connection says by itself: that it has come back, and that it
// may not do something.
type notes struct {
	mu        gosync.Mutex
	listeners map[chan struct{}]bool
	denied    map[string]bool // first parts of subjects
}

// failed is NATS's report of what nobody waits for.
func (n *notes) failed(_ *nats.Conn, _ *nats.Subscription, err error) {
	if errors.Is(err, nats.ErrBadHeaderMsg) {
		return // it came all the same, and whoever wakes for it reads it again and wakes again
	}
	if errors.Is(err, nats.ErrPermissionViolation) {
		_, rest, _ := strings.Cut(err.Error(), `Publish to "`)
		first, _, _ := strings.Cut(strings.SplitN(rest, `"`, 2)[0], ".")
		n.mu.Lock()
		if n.denied == nil {
			n.denied = map[string]bool{}
		}
		n.denied[first] = true
		n.mu.Unlock()
	}
	n.ring() // a slow listener has lost something
}

// wasDenied tells, once, whether something under this first part was denied.
func (n *notes) wasDenied(first string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	was := n.denied[first]
	delete(n.denied, first)
	return was
}

func (n *notes) isDenied(first string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.denied[first]
}

func (n *notes) ring() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.listeners {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (n *notes) listen() (bell chan struct{}, done func()) {
	bell = make(chan struct{}, 1)
	n.mu.Lock()
	n.listeners[bell] = true
	n.mu.Unlock()
	return bell, func() {
		n.mu.Lock()
		delete(n.listeners, bell)
		n.mu.Unlock()
	}
}

// Name is the hub's address.
func (d *Depot) Name() string { return d.inv.Address() }

// Online tells whether the line stands now.
func (d *Depot) Online() bool { return d.nc != nil && d.nc.IsConnected() }

// Close ends the connection.
func (d *Depot) Close() error {
	if d.nc != nil {
		d.nc.Close()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visitor != nil {
		d.visitor.Close()
	}
	return nil
}

// back waits until the line stands again.
func (d *Depot) back(ctx context.Context, nc *nats.Conn, patience time.Duration) error {
	bell, done := d.notes.listen()
	defer done()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case nc.IsConnected():
			return nil
		case nc.IsClosed():
			return refusedOrAway(ctx, "connect to hub", cmpErr(nc.LastError(), nats.ErrConnectionClosed))
		}
		select {
		case <-ctx.Done():
		case <-bell:
		case <-time.After(comeBack):
		case <-limit.C:
			return away("connect to hub", nats.ErrDisconnected)
		}
	}
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// ask sends one message and waits for its answer, again when the line broke.
func (d *Depot) ask(ctx context.Context, nc *nats.Conn, subject string, data []byte) (*nats.Msg, error) {
	if nc == nil {
		return nil, sync.ErrRefused
	}
	first, _, _ := strings.Cut(subject, ".")
	var err error
	for began, pause := time.Now(), comeBack/2; time.Since(began) < patience; pause = min(2*pause, time.Second) {
		if err = d.back(ctx, nc, patience); err != nil {
			return nil, err
		}
		d.notes.wasDenied(first)
		var m *nats.Msg
		if m, err = d.once(ctx, nc, subject, data); err == nil {
			return m, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if d.notes.wasDenied(first) {
			return nil, d.closedToUs(first)
		}
		wait(ctx, pause) // the line broke, or a cluster chooses a leader
	}
	return nil, refusedOrAway(ctx, "ask hub", err)
}

// once is one try of ask; a denial ends it early.
func (d *Depot) once(ctx context.Context, nc *nats.Conn, subject string, data []byte) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	bell, done := d.notes.listen()
	defer done()
	go func() {
		select {
		case <-bell:
			cancel()
		case <-ctx.Done():
		}
	}()
	return nc.RequestWithContext(ctx, subject, data)
}

// closedToUs is what it means to be denied: our own hub takes nothing in when its
// disk is full, and nothing else is ever denied there to who is let in.
func (d *Depot) closedToUs(what string) error {
	if d.inv.Foreign || what == "$JS" {
		return fmt.Errorf("%w: %s", sync.ErrRefused, what)
	}
	return sync.ErrFull
}
