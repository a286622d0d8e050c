package hub

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// The gate stands between the network and the NATS server: it alone listens,
// speaks TLS, and lets through the few words of the protocol that a device needs.
//
// It is there because a subject permission does not look at where an answer is to
// go. Whoever may publish anything with an answer could have the server write the
// answer where he himself may not: the receipt of a message into another device's
// place, or, by Direct Get, a message of his own making into the API that changes
// and deletes streams (seen on 2.15.2). So an answer may only go to an inbox.
type gate struct {
	ln     net.Listener
	nats   *server.Server
	tls    *tls.Config
	limits gateLimits
	wait   sync.WaitGroup
	mu     sync.Mutex
	open   map[net.Conn]string // with the address it comes from
	closed atomic.Bool
}

// gateLimits bound what one device, or one address, can take from the others.
type gateLimits struct {
	conns, perAddress int
	burst, rate       int64 // bytes published at once, and a second from then on
}

const (
	handshakeTime = 20 * time.Second
	partingTime   = 5 * time.Second
	maxLine       = 4 << 10
)

var errGate = errors.New("not a word that the gate lets through")

func newGate(ln net.Listener, c tls.Certificate, s *server.Server, l gateLimits) *gate {
	return &gate{
		ln: ln, nats: s, limits: l, open: map[net.Conn]string{},
		tls: &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{c}, SessionTicketsDisabled: false},
	}
}

// serve takes connections in until the gate is closed.
func (g *gate) serve() {
	for {
		c, err := g.ln.Accept()
		if err != nil {
			if g.closed.Load() {
				return
			}
			time.Sleep(50 * time.Millisecond) // too many open files and the like
			continue
		}
		if !g.admit(c) {
			_ = c.Close()
			continue
		}
		g.wait.Go(func() {
			defer g.leave(c)
			g.handle(c)
		})
	}
}

// admit counts a connection in.
func (g *gate) admit(c net.Conn) bool {
	from, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	same := 0
	for _, f := range g.open {
		if f == from {
			same++
		}
	}
	if g.closed.Load() || len(g.open) >= g.limits.conns || same >= g.limits.perAddress {
		return false
	}
	g.open[c] = from
	return true
}

func (g *gate) leave(c net.Conn) {
	_ = c.Close()
	g.mu.Lock()
	delete(g.open, c)
	g.mu.Unlock()
}

// close ends all connections and waits until they have ended.
func (g *gate) close() {
	g.closed.Store(true)
	_ = g.ln.Close()
	g.mu.Lock()
	for c := range g.open {
		_ = c.Close()
	}
	g.mu.Unlock()
	g.wait.Wait()
}

func (g *gate) handle(raw net.Conn) {
	outside := tls.Server(raw, g.tls)
	if err := outside.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return
	}
	if err := outside.Handshake(); err != nil {
		return
	}
	_ = outside.SetDeadline(time.Time{})
	inside, err := g.nats.InProcessConn()
	if err != nil {
		return
	}
	var both sync.WaitGroup
	asked := newAsks()
	both.Go(func() { // what the server says is passed on as it is
		_ = asked.pass(outside, inside)
		close(asked.end)
		_ = outside.Close()
		_ = inside.Close()
	})
	both.Go(func() {
		w := &watch{in: bufio.NewReaderSize(outside, 64<<10), out: bufio.NewWriterSize(inside, 64<<10), asks: asked, left: g.limits.burst, limits: g.limits}
		_ = w.run()
		_ = inside.Close()
		// The server's last word, why it ends, may still be on its way through.
		_ = outside.SetWriteDeadline(time.Now().Add(partingTime))
	})
	both.Wait()
}

// watch reads what a client says and writes to the server what may be said.
type watch struct {
	in     *bufio.Reader
	out    *bufio.Writer
	asks   *asks
	limits gateLimits
	left   int64 // bytes that may be published at once
	at     time.Time
}

func (w *watch) run() error {
	for {
		line, err := w.in.ReadSlice('\n')
		if err != nil || len(line) > maxLine {
			return errGate
		}
		if err := w.word(bytes.TrimSuffix(line[:len(line)-1], []byte{'\r'})); err != nil {
			return err
		}
		if w.in.Buffered() == 0 {
			if err := w.out.Flush(); err != nil {
				return err
			}
		}
	}
}

// word lets one line through, and what belongs to it. Each line is written anew
// from what was understood of it, so that the server understands nothing else.
func (w *watch) word(line []byte) error {
	for _, c := range line {
		if c < ' ' && c != '\t' || c == 0x7f {
			return errGate
		}
	}
	parts := bytes.Fields(line)
	if len(parts) == 0 {
		return errGate
	}
	switch op := string(bytes.ToUpper(parts[0])); op {
	case "PING", "PONG":
		return w.say(op)
	case "CONNECT":
		return w.say(op + " " + string(bytes.TrimSpace(line[len(parts[0]):])))
	case "SUB", "UNSUB":
		return w.say(op + " " + string(bytes.Join(parts[1:], []byte{' '})))
	case "PUB": // and not HPUB: no device of ours sends headers, and the server's own go to readers in the same place
		return w.publish(op, parts[1:])
	}
	return errGate
}

func (w *watch) say(line string) error {
	_, err := w.out.WriteString(line + "\r\n")
	return err
}

// publish lets a message through: its subject, perhaps where the answer is to go,
// and its size.
func (w *watch) publish(op string, args [][]byte) error {
	if len(args) != 2 && len(args) != 3 {
		return errGate
	}
	if len(args) == 3 && !bytes.HasPrefix(args[1], []byte(inboxRoot+".")) {
		return fmt.Errorf("%w: an answer may only go to an inbox", errGate)
	}
	size, err := strconv.ParseUint(string(args[len(args)-1]), 10, 31)
	if err != nil || size > maxPayload+maxLine {
		return errGate
	}
	if err := w.pace(int64(size)); err != nil {
		return err
	}
	if subject := string(args[0]); len(args) == 3 && isAsk(subject) {
		return w.question(op, subject, string(args[1]), int(size))
	}
	if err := w.say(op + " " + string(bytes.Join(args, []byte{' '}))); err != nil {
		return err
	}
	if _, err := io.CopyN(w.out, w.in, int64(size)); err != nil {
		return err
	}
	return w.ended()
}

// ended passes on the end of a message.
func (w *watch) ended() error {
	var end [2]byte
	if _, err := io.ReadFull(w.in, end[:]); err != nil || end != [2]byte{'\r', '\n'} {
		return errGate
	}
	_, err := w.out.Write(end[:])
	return err
}

// question lets a question through when what was asked before is answered.
func (w *watch) question(op, subject, reply string, size int) error {
	if size > maxRoster+maxLine || size > askBody && strings.HasPrefix(subject, "$") {
		return errGate
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(w.in, body); err != nil {
		return err
	}
	body, q, err := readAsk(subject, body)
	if err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if !w.asks.begin(reply, q) {
		return errGate
	}
	if err := w.say(op + " " + subject + " " + reply + " " + strconv.Itoa(len(body))); err != nil {
		return err
	}
	if _, err := w.out.Write(body); err != nil {
		return err
	}
	return w.ended()
}

// pace slows who publishes much for long; nothing is refused.
func (w *watch) pace(size int64) error {
	now := time.Now()
	if !w.at.IsZero() {
		w.left = min(w.limits.burst, w.left+int64(now.Sub(w.at).Seconds()*float64(w.limits.rate)))
	}
	w.at = now
	w.left -= size + 256 // a message costs more than its bytes
	if w.left >= 0 {
		return nil
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	time.Sleep(min(time.Second, time.Duration(-w.left)*time.Second/time.Duration(w.limits.rate)))
	return nil
}
