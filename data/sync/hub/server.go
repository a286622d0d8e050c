package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// Errors of starting a hub.
var (
	ErrRunning = errors.New("a hub is running in this folder")
	ErrListen  = errors.New("cannot listen at this address")
	ErrDisk    = errors.New("too little room on the disk")
	ErrNoHub   = errors.New("no hub was ever started in this folder")
	ErrOffice  = errors.New("an office of this name is there")
	ErrStart   = errors.New("the hub did not start")
)

// Options of a hub.
type Options struct {
	Dir     string   // everything it keeps
	Listen  string   // host:port; port 0: any, the same after a restart where it is free
	Address string   // host:port that the invitation names, several joined by commas; "" follows Listen
	Quota   int64    // bytes of each office's batches; 0: 20 GB
	Monitor string   // host:port of NATS's own monitoring; "": none
	Cluster []string // host:port of the routes of all hubs that are one, this one's too; nil: it is alone
	Route   string   // host:port where this one takes routes in
	Clock   func() time.Time
	Free    func(dir string) (uint64, error) // bytes on the disk; nil: not asked
	Tell    func(Event)                      // what an operator should see; nil: nobody
}

// Event is something that an operator should see. It names no person and no
// address.
type Event struct {
	What   string // one of the Event constants
	Office string // the operator's name of it
	Count  int
}

// What a hub tells of.
const (
	EventOffice  = "office"  // an office was added; its invitation was written
	EventRoster  = "roster"  // an office's devices changed: Count of them
	EventDisk    = "disk"    // too little room: nothing more is taken in
	EventRoom    = "room"    // there is room again
	EventTrouble = "trouble" // an office's file could not be read
	EventWaiting = "waiting" // for more of the Count hubs that are one
)

const (
	defaultQuota = 20 << 30
	leastFree    = 500 << 20 // below it a hub takes nothing in
	stateFile    = "state.json"
	storeDir     = "jetstream"
	lookEvery    = time.Second
	startTime    = 30 * time.Second
)

// state is what a hub remembers of itself beside its key and its offices.
type state struct {
	Version int      `json:"version"`
	Port    int      `json:"port"`
	URLs    []string `json:"urls"`
	Node    string   `json:"node,omitempty"`
}

// Server is a running hub.
type Server struct {
	opt   Options
	nats  *server.Server
	gate  *gate
	pin   []byte
	urls  []string
	node  string
	lock  *flock.Flock
	admin nkeys.KeyPair
	stop  context.CancelFunc
	done  sync.WaitGroup

	mu      sync.RWMutex
	offices map[string]*office // by the operator's name
	known   map[string]stamp   // of their files, as they were last read
	users   map[string]*office // by account
	inside  map[uint64]seat    // connections
	full    bool
}

// seat is whose a connection is. A key says nothing without its account: an office
// may list what keys it likes, also those of another's devices.
type seat struct{ account, key string }

// Start starts a hub and comes back when it listens. The first start makes its
// key, an office, and hub.invitation.
func Start(ctx context.Context, opt Options) (*Server, error) {
	if opt.Quota == 0 {
		opt.Quota = defaultQuota
	}
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.Tell == nil {
		opt.Tell = func(Event) {}
	}
	if err := os.MkdirAll(filepath.Join(opt.Dir, officesDir), 0o700); err != nil {
		return nil, err
	}
	h := &Server{opt: opt, offices: map[string]*office{}, known: map[string]stamp{}, users: map[string]*office{}, inside: map[uint64]seat{}}
	h.lock = flock.New(filepath.Join(opt.Dir, "lock"))
	if ok, err := h.lock.TryLock(); err != nil {
		return nil, err
	} else if !ok {
		return nil, ErrRunning
	}
	if err := h.start(ctx); err != nil {
		h.Stop()
		return nil, err
	}
	return h, nil
}

func (h *Server) start(ctx context.Context) error {
	if h.low() {
		return ErrDisk
	}
	cert, pin, err := certificate(h.opt.Dir, h.opt.Clock())
	if err != nil {
		return err
	}
	h.pin = pin
	ln, err := h.listen(ctx)
	if err != nil {
		return err
	}
	h.gate = newGate(ln, cert, nil, gateLimits{conns: 4000, perAddress: 400, burst: 1 << 30, rate: 8 << 20})
	if err := h.startNATS(cert); err != nil {
		return err
	}
	h.gate.nats = h.nats
	if err := h.firstOffice(); err != nil {
		return err
	}
	if err := h.look(ctx); err != nil {
		return err
	}
	h.done.Go(h.gate.serve)
	ctx, h.stop = context.WithCancel(context.WithoutCancel(ctx))
	h.done.Go(func() { h.lookOn(ctx) })
	return nil
}

// startNATS starts the server, which listens nowhere: only the gate and we reach it.
func (h *Server) startNATS(cert tls.Certificate) error {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return err
	}
	var err error
	if h.admin, err = nkeys.FromRawSeed(nkeys.PrefixByteUser, seed); err != nil {
		return err
	}
	o := &server.Options{
		ServerName: "paradero-hub", DontListen: true, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: filepath.Join(h.opt.Dir, storeDir), SyncAlways: true,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 1 << 50, // each office has its own bound
		MaxPayload: maxPayload + 1<<10, MaxControlLine: maxLine, MaxSubs: 64, MaxPending: 32 << 20,
		MaxConn: h.gate.limits.conns + 1000, AuthTimeout: handshakeTime.Seconds(), WriteDeadline: time.Minute,
		AlwaysEnableNonce: true, CustomClientAuthentication: h,
		DisableShortFirstPing: true, MaxClosedClients: 100, NoFastProducerStall: true,
	}
	if err := h.join(o, cert, h.node); err != nil {
		return err
	}
	if h.opt.Monitor != "" {
		host, port, err := net.SplitHostPort(h.opt.Monitor)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrListen, err)
		}
		o.HTTPHost = host
		if o.HTTPPort, err = strconv.Atoi(port); err != nil {
			return fmt.Errorf("%w: %w", ErrListen, err)
		}
	}
	if h.nats, err = server.NewServer(o); err != nil {
		return fmt.Errorf("%w: %w", ErrStart, err)
	}
	h.nats.Start()
	if !h.nats.ReadyForConnections(startTime) || !h.nats.JetStreamEnabled() {
		return fmt.Errorf("%w: JetStream", ErrStart)
	}
	return nil
}

// Stop ends the hub. What it has acknowledged is on the disk already.
func (h *Server) Stop() {
	if h.stop != nil {
		h.stop()
	}
	if h.gate != nil {
		h.gate.close()
	}
	h.done.Wait()
	h.mu.Lock()
	for _, o := range h.offices {
		if o.admin != nil {
			o.admin.Close()
		}
	}
	h.mu.Unlock()
	if h.nats != nil {
		h.nats.Shutdown()
		h.nats.WaitForShutdown()
	}
	_ = h.lock.Unlock()
}

// listen opens the address and settles what the invitation calls it.
func (h *Server) listen(ctx context.Context) (net.Listener, error) {
	host, port, err := net.SplitHostPort(h.opt.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrListen, err)
	}
	before, err := readState(h.opt.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ln net.Listener
	if port == "0" {
		ln = anyPort(ctx, host, before.Port)
	}
	if ln == nil {
		var config net.ListenConfig
		if ln, err = config.Listen(ctx, "tcp", h.opt.Listen); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrListen, err)
		}
	}
	at, ok := ln.Addr().(*net.TCPAddr)
	if !ok {
		_ = ln.Close()
		return nil, ErrListen
	}
	now := state{Version: 1, Port: at.Port, URLs: addresses(host, at.Port, h.opt.Address)}
	now.Node, err = nodeName(before)
	h.urls, h.node = now.URLs, now.Node
	var b []byte
	if err == nil {
		b, err = json.Marshal(now)
	}
	if err == nil {
		err = writeFile(filepath.Join(h.opt.Dir, stateFile), append(b, '\n'))
	}
	if err != nil {
		_ = ln.Close()
		return nil, err
	}
	return ln, nil
}

// anyPort listens at the port of last time, else at one below those that systems
// lend to outgoing connections (RFC 6335 §6, Linux from 32768): one of these would
// sometimes be lent when the hub comes back, and all invitations would be wrong.
// nil: none of those tried is free.
func anyPort(ctx context.Context, host string, last int) net.Listener {
	const lowest, ports, tries = 20000, 12000, 32
	var config net.ListenConfig
	for try := range tries {
		port := last
		if last == 0 || try > 0 {
			port = lowest + mathrand.IntN(ports)
		}
		if ln, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port))); err == nil {
			return ln
		}
	}
	return nil
}

func readState(dir string) (s state, err error) {
	b, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("%s: %w", stateFile, err)
	}
	return s, nil
}

// addresses are what the invitation says: the address that was asked for, else
// where it listens; where that is everywhere, each address of this machine.
func addresses(host string, port int, asked string) []string {
	var urls []string
	for one := range strings.SplitSeq(asked, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(one); err != nil {
			one = net.JoinHostPort(one, strconv.Itoa(port))
		}
		urls = append(urls, "tls://"+one)
	}
	if len(urls) > 0 {
		return urls
	}
	ip := net.ParseIP(host)
	if host != "" && (ip == nil || !ip.IsUnspecified()) {
		return []string{"tls://" + net.JoinHostPort(host, strconv.Itoa(port))}
	}
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			urls = append(urls, "tls://"+net.JoinHostPort(n.IP.String(), strconv.Itoa(port)))
		}
	}
	if len(urls) == 0 {
		urls = []string{"tls://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
	}
	return urls
}

// Address is where the hub listens.
func (h *Server) Address() string { return h.gate.ln.Addr().String() }

// InvitationFile is the file of the first office's invitation.
func (h *Server) InvitationFile() string { return filepath.Join(h.opt.Dir, "hub.invitation") }

// Check is NATS's question whether a connection may come in, and as whom.
func (h *Server) Check(c server.ClientAuthentication) bool {
	if c.Kind() != server.CLIENT || c.RemoteAddress() == nil || c.RemoteAddress().Network() != "pipe" {
		return false // only by the gate, which is inside the process
	}
	key := c.GetOpts().Nkey
	if !signed(key, c.GetOpts().Sig, c.GetNonce()) {
		return false
	}
	if own, err := h.admin.PublicKey(); err == nil && own == key {
		return h.checkAdmin(c)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	name := c.GetOpts().Name
	o := h.users[name[min(1, len(name)):]]
	if o == nil || h.connections(seat{o.Account, key}) >= connsPerKey(o, key) {
		return false
	}
	acc, grant, ok := o.who(key)
	if !ok || acc == nil {
		return false
	}
	if h.full {
		grant.Publish = readOnly(grant.Publish)
	}
	c.RegisterUser(&server.User{Username: key, Account: acc, Permissions: &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: grant.Publish},
		Subscribe: &server.SubjectPermission{Allow: grant.Subscribe},
	}})
	h.inside[c.GetID()] = seat{o.Account, key}
	return true
}

// checkAdmin lets our own connections in; their name says to which account.
func (h *Server) checkAdmin(c server.ClientAuthentication) bool {
	acc, err := h.nats.LookupAccount(c.GetOpts().Name)
	if err != nil {
		return false
	}
	c.RegisterUser(&server.User{Username: "hub", Account: acc})
	return true
}

// connections counts what a device has open, and forgets what has ended.
func (h *Server) connections(of seat) (n int) {
	for id, s := range h.inside {
		if h.nats.GetClient(id) == nil {
			delete(h.inside, id)
		} else if s == of {
			n++
		}
	}
	return n
}

// connsPerKey is how often a device may be connected; all visitors share a key.
func connsPerKey(o *office, key string) int {
	if visitor, err := publicOf(o.Visitor); err == nil && visitor == key {
		return 256
	}
	return 8
}

// signed tells whether who connects holds the key.
func signed(key, sig string, nonce []byte) bool {
	if key == "" || len(nonce) == 0 {
		return false
	}
	b, err := base64.RawURLEncoding.DecodeString(sig)
	if err != nil {
		return false
	}
	kp, err := nkeys.FromPublicKey(key)
	return err == nil && kp.Verify(nonce, b) == nil
}
