package hub

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// denied tells whether the hub forbids a device to publish under a subject.
func denied(t *testing.T, d *Depot, nc *nats.Conn, subject string, data []byte) bool {
	t.Helper()
	bell, done := d.notes.listen()
	defer done()
	first, _, _ := strings.Cut(subject, ".")
	d.notes.wasDenied(first)
	if err := nc.Publish(subject, data); err != nil {
		t.Fatal(err)
	}
	if err := nc.FlushTimeout(5 * time.Second); err != nil {
		t.Fatal(err)
	}
	select { // the error comes before the answer to the flush, and is told of beside it
	case <-bell:
	case <-time.After(300 * time.Millisecond):
	}
	return d.notes.wasDenied(first)
}

// deaf tells whether the hub forbids a device to listen to a subject.
func deaf(t *testing.T, d *Depot, nc *nats.Conn, subject string) bool {
	t.Helper()
	said := make(chan error, 10)
	nc.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { said <- err })
	defer nc.SetErrorHandler(d.notes.failed)
	sub, err := nc.SubscribeSync(subject)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	_ = nc.FlushTimeout(5 * time.Second)
	select {
	case err := <-said:
		return errors.Is(err, nats.ErrPermissionViolation) && strings.Contains(err.Error(), "Subscription")
	case <-time.After(300 * time.Millisecond):
		return false
	}
}

// streamState is what the hub itself knows of a stream.
func streamState(t *testing.T, h *Server, account, stream string) *nats.StreamInfo {
	t.Helper()
	nc, err := h.enter(account)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := nc.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	si, err := js.StreamInfo(stream)
	if err != nil {
		t.Fatal(err)
	}
	return si
}

// apis are all subjects of JetStream's administration and of the server's own.
func apis() []string {
	return []string{
		"$JS.API.INFO", "$JS.API.STREAM.CREATE.x", "$JS.API.STREAM.CREATE.batches", "$JS.API.STREAM.UPDATE.batches",
		"$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.STREAM.INFO.statements", "$JS.API.STREAM.INFO.boxes",
		"$JS.API.STREAM.DELETE.batches", "$JS.API.STREAM.PURGE.batches", "$JS.API.STREAM.PURGE.statements",
		"$JS.API.STREAM.MSG.DELETE.batches", "$JS.API.STREAM.MSG.GET.batches", "$JS.API.STREAM.SNAPSHOT.batches",
		"$JS.API.STREAM.RESTORE.batches", "$JS.API.STREAM.RESTORE.x", "$JS.API.STREAM.TEMPLATE.CREATE.x",
		"$JS.API.STREAM.LEADER.STEPDOWN.batches", "$JS.API.STREAM.PEER.REMOVE.batches",
		"$JS.API.CONSUMER.CREATE.batches", "$JS.API.CONSUMER.CREATE.batches.x", "$JS.API.CONSUMER.CREATE.batches.x.p.>",
		"$JS.API.CONSUMER.DURABLE.CREATE.batches.x", "$JS.API.CONSUMER.NAMES.batches", "$JS.API.CONSUMER.LIST.batches",
		"$JS.API.CONSUMER.INFO.batches.x", "$JS.API.CONSUMER.DELETE.batches.x", "$JS.API.CONSUMER.PAUSE.batches.x",
		"$JS.API.CONSUMER.MSG.NEXT.batches.x", "$JS.API.CONSUMER.LEADER.STEPDOWN.batches.x", "$JS.API.CONSUMER.RESET.batches.x",
		"$JS.API.DIRECT.GET.boxes", "$JS.API.DIRECT.GET.boxes.j.letter", "$JS.API.DIRECT.GET.batches.p.x", "$JS.API.DIRECT.GET.x",
		"$JS.API.META.LEADER.STEPDOWN", "$JS.API.SERVER.REMOVE", "$JS.API.ACCOUNT.PURGE.x", "$JS.API.ACCOUNT.STREAM.MOVE.a.batches",
		"$JS.ACK.batches.x.1.1.1.1.1", "$JS.FC.batches.x.1", "$JSC.CI.x.y", "$KV.x.y", "$O.x.C.y", "$MQTT.msgs.x",
		"$SYS.REQ.SERVER.PING", "$SYS.REQ.ACCOUNT.PING.CONNZ", "$SYS.REQ.USER.INFO", "$SYS.ACCOUNT.x.CONNECT", "$SRV.PING", "$G.x", "_R_.x.y",
		subjectRosterPut, subjectRosterGet, subjectGossip,
	}
}

func TestADeviceReachesNothingElse(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	evil, victim := synctest.NewDevice(2), synctest.NewDevice(3)
	d := dialled(t, inv, evil)
	own := dialled(t, inv, victim)
	frame := victim.Frame(t, 500)
	if _, err := own.Push(t.Context(), [][]byte{frame}, ""); err != nil {
		t.Fatal(err)
	}
	forbidden := apis()
	v, name := victim.ID.String(), strings.Repeat("0", 64)
	forbidden = append(
		forbidden, "p."+v+".2."+name, "r."+v+"."+v+".2."+name, "a."+v+".x", "s."+v, "s.x.y", "j.letter",
		"p", "x", "_I."+v+".x", "_I.v.x", "p.*.1.x", "p.>", ">", "*.*", "_INBOX.x",
	)
	for _, subject := range forbidden {
		if !denied(t, d, d.nc, subject, []byte("{}")) {
			t.Errorf("a device may publish %s", subject)
		}
	}
	for _, subject := range []string{
		">", "*", "_I.>", "_I." + v + ".>", "_I.*.x", "$JS.>", "$SYS.>", "s.*", "j.*", "a.>", "_INBOX.>", "hub.>", "$JS.EVENT.>", "*.>", "_R_.>", "$SRV.>",
	} {
		if !deaf(t, d, d.nc, subject) {
			t.Errorf("a device may listen to %s", subject)
		}
	}
	visitor, err := Visit(t.Context(), inv)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = visitor.Close() }()
	for _, subject := range append(forbidden, "p."+v+".2."+name, "s."+v, "$JS.API.DIRECT.GET.batches", "$JS.API.STREAM.INFO.batches") {
		if subject == subjectRosterGet || subject == subjectRosterPut || subject == "j.letter" || subject == "$JS.API.DIRECT.GET.boxes.j.letter" {
			continue
		}
		if !denied(t, visitor, visitor.visitor, subject, []byte("{}")) {
			t.Errorf("a visitor may publish %s", subject)
		}
	}
	if !deaf(t, visitor, visitor.visitor, "j.*") || !deaf(t, visitor, visitor.visitor, "p.>") || !deaf(t, visitor, visitor.visitor, ">") {
		t.Error("a visitor may listen to letters")
	}
	si := streamState(t, h, "O"+own.inv.Account, streamBatches)
	if si.State.Msgs != 1 || si.State.LastSeq != 1 || si.Config.MaxMsgsPerSubject != 1 {
		t.Errorf("the stream is not as it was: %+v", si.State)
	}
}

// An answer may go to an inbox and nowhere else. Without the gate, each of these
// changes what the device may not change.
func TestAnswersGoToInboxesOnly(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	evil, victim := synctest.NewDevice(2), synctest.NewDevice(3)
	before := streamState(t, h, "O"+dialled(t, inv, evil).inv.Account, streamBatches)
	e, v := evil.ID.String(), victim.ID.String()
	for _, to := range []string{
		"p." + v + ".1.x", "r." + v + ".x", "s." + v, "$JS.API.STREAM.UPDATE.batches", "$JS.API.STREAM.DELETE.batches", "$JS.API.STREAM.PURGE.batches",
		"$JS.API.CONSUMER.CREATE.batches.x", "_INBOX.x", "_Ix", "x",
	} {
		for what, ask := range map[string][2]string{
			"receipt": {"p." + e + ".1.x", "{}"}, "direct get": {"$JS.API.DIRECT.GET.batches", `{"seq":1}`}, "info": {"$JS.API.STREAM.INFO.batches", ""},
		} {
			d := dialled(t, inv, evil)
			_ = d.nc.PublishRequest(ask[0], to, []byte(ask[1]))
			_ = d.nc.FlushTimeout(200 * time.Millisecond)
			if d.era.Load() == 0 {
				time.Sleep(100 * time.Millisecond)
			}
			if d.era.Load() == 0 {
				t.Errorf("%s may be answered to %s", what, to)
			}
			_ = d.Close()
		}
	}
	after := streamState(t, h, "O"+dialled(t, inv, evil).inv.Account, streamBatches)
	if after.State.Msgs != before.State.Msgs || after.Config.MaxMsgs != before.Config.MaxMsgs {
		t.Errorf("something was written: %+v", after.State)
	}
}

// What is not of the protocol, or too much, ends the connection and nothing else.
func TestTheGateLetsNothingElseThrough(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	good := dialled(t, inv, synctest.NewDevice(1))
	for name, text := range map[string]string{
		"nothing":       "\r\n",
		"unknown word":  "INFO {}\r\n",
		"route word":    "RS+ A b\r\n",
		"http":          "GET / HTTP/1.1\r\n",
		"control":       "PUB a\x00b 1\r\nx\r\n",
		"bare return":   "PUB a\rb 1\r\nx\r\n",
		"no size":       "PUB a\r\n",
		"negative":      "PUB a -1\r\n",
		"too large":     "PUB a 9999999\r\n",
		"huge":          "PUB a 99999999999999999999\r\n",
		"answer to API": "PUB a $JS.API.STREAM.PURGE.batches 1\r\nx\r\n",
		"many words":    "PUB a b c 1\r\nx\r\n",
		"no end":        "PUB a 1\r\nxyz",
		"endless line":  "SUB " + strings.Repeat("a", 8<<10) + "\r\n",
		"headers":       "HPUB a _I.x.y z 99999 5\r\n",
	} {
		c, err := tls.Dial("tcp", h.Address(), pinned(good.inv.Pin))
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		in := bufio.NewReader(c)
		if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "INFO ") {
			t.Fatalf("%s: greeted by %q %v", name, line, err)
		}
		_, _ = io.WriteString(c, text)
		var timeout net.Error
		if _, err := io.Copy(io.Discard, in); errors.As(err, &timeout) && timeout.Timeout() {
			t.Errorf("%s: the gate keeps the line open", name)
		}
		_ = c.Close()
	}
	if c, err := net.Dial("tcp", h.Address()); err == nil {
		_, _ = io.WriteString(c, "CONNECT {}\r\nPING\r\n")
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		b, _ := io.ReadAll(c)
		if bytes.Contains(b, []byte("INFO")) || bytes.Contains(b, []byte("PONG")) {
			t.Error("it speaks without TLS")
		}
		_ = c.Close()
	}
	if c, err := tls.Dial("tcp", h.Address(), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}); err == nil {
		t.Error("it speaks TLS 1.2")
		_ = c.Close()
	}
	if _, _, err := readAll(t, good, ""); err != nil {
		t.Error(err)
	}
}

func readAll(t *testing.T, d sync.Depot, m sync.Mark) (frames [][]byte, end sync.Mark, err error) {
	t.Helper()
	end, err = d.Since(t.Context(), m, func(f []byte, _ sync.Mark) error { frames = append(frames, bytes.Clone(f)); return nil })
	return frames, end, err
}

// Forged, stale and foreign rosters; and what a new one does to those it leaves out.
func TestRoster(t *testing.T) {
	h := started(t, t.TempDir())
	inv := invitationOf(t, h)
	boss, worker, evil := synctest.NewDevice(1), synctest.NewDevice(2), synctest.NewDevice(7)
	read, err := ReadInvitation(inv)
	if err != nil {
		t.Fatal(err)
	}
	visitor, err := Visit(t.Context(), inv)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = visitor.Close() }()
	put := func(b []byte) string {
		t.Helper()
		m, err := visitor.ask(t.Context(), visitor.visitor, subjectRosterPut, b)
		if err != nil {
			t.Fatal(err)
		}
		return string(m.Data)
	}
	roster := func(serial uint64, devices ...Device) *Roster {
		return &Roster{Account: read.Account, Serial: serial, Devices: devices}
	}
	other := *read
	other.Claim = make([]byte, seedSize)
	if _, err := Register(t.Context(), other.Bytes(), []Device{listed(evil, true)}, signer{evil}); !errors.Is(err, sync.ErrRefused) {
		t.Errorf("claimed without the secret: %v", err)
	}
	if _, err := Dial(t.Context(), inv, identity(boss)); !errors.Is(err, sync.ErrRefused) {
		t.Errorf("let in before the roster: %v", err)
	}
	first := roster(1, listed(boss, true), listed(worker, false)).Sign(signer{boss}, read.Claim)
	if got := put(first); got != rosterTaken {
		t.Fatal(got)
	}
	bossDepot, workerDepot := dialled(t, inv, boss), dialled(t, inv, worker)
	wrongName := listed(evil, false)
	wrongName.ID = boss.ID
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"replayed":             {first, rosterOld},
		"claimed again":        {roster(2, listed(evil, true)).Sign(signer{evil}, read.Claim), rosterRefused},
		"signed by a worker":   {roster(2, listed(boss, true), listed(worker, true)).Sign(signer{worker}, nil), rosterRefused},
		"signed by a stranger": {roster(2, listed(boss, true), listed(evil, true)).Sign(signer{evil}, nil), rosterRefused},
		"nobody manages":       {roster(2, listed(boss, false)).Sign(signer{boss}, nil), rosterRefused},
		"twice":                {roster(2, listed(boss, true), listed(boss, true)).Sign(signer{boss}, nil), rosterRefused},
		"another's name":       {roster(2, listed(boss, true), wrongName).Sign(signer{boss}, nil), rosterRefused},
		"another account":      {(&Roster{Account: "x", Serial: 2, Devices: []Device{listed(boss, true)}}).Sign(signer{boss}, nil), rosterRefused},
		"nothing":              {nil, rosterRefused},
		"noise":                {[]byte("\x84\xff\xff"), rosterRefused},
		"too large":            {make([]byte, maxRoster+1), rosterRefused},
	} {
		if got := put(c.b); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for i := range first {
		bad := bytes.Clone(first)
		bad[i] ^= 1
		if got, err := readRoster(bad, read.Account, read.Claim, nil); err == nil {
			t.Fatalf("with byte %d flipped it is taken: %+v", i, got)
		}
	}
	if _, err := Dial(t.Context(), inv, identity(evil)); !errors.Is(err, sync.ErrRefused) {
		t.Errorf("a stranger is let in: %v", err)
	}
	if changed, err := Register(t.Context(), inv, []Device{listed(boss, true)}, signer{boss}); err != nil || !changed {
		t.Fatalf("a device ends: %v %v", changed, err)
	}
	if changed, err := Register(t.Context(), inv, []Device{listed(boss, true)}, signer{boss}); err != nil || changed {
		t.Errorf("the same again: %v %v", changed, err)
	}
	if _, err := workerDepot.Push(t.Context(), [][]byte{worker.Frame(t, 500)}, ""); !errors.Is(err, sync.ErrRefused) {
		t.Errorf("a device that has ended still pushes: %v", err)
	}
	if _, err := Dial(t.Context(), inv, identity(worker)); !errors.Is(err, sync.ErrRefused) {
		t.Errorf("a device that has ended is let in: %v", err)
	}
	if bossDepot.era.Load() != 0 {
		t.Error("the others were dropped")
	}
	if _, err := bossDepot.Push(t.Context(), [][]byte{boss.Frame(t, 500)}, ""); err != nil {
		t.Error(err)
	}
	if err := ReleaseOffice(h.opt.Dir, FirstOffice); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err = Register(t.Context(), inv, []Device{listed(evil, true)}, signer{evil}); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if err != nil {
		t.Errorf("after the operator released it: %v", err)
	}
}

// Two offices at one hub: neither reaches the other, not even by listing its keys.
func TestOfficesAreApart(t *testing.T) {
	dir := t.TempDir()
	h := started(t, dir)
	inv := claimed(t, h)
	file, err := AddOffice(dir, "otra", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	otherInv, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := synctest.NewDevice(2), synctest.NewDevice(11)
	d := dialled(t, inv, ours)
	frame := ours.Frame(t, 500)
	if _, err := d.Push(t.Context(), [][]byte{frame}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Register(t.Context(), otherInv, []Device{listed(theirs, true), listed(ours, false)}, signer{theirs}); err != nil {
		t.Fatal(err)
	}
	if got, _, err := readAll(t, dialled(t, inv, ours), ""); err != nil || len(got) != 1 {
		t.Errorf("another office's list leads a device astray: %d frames, %v", len(got), err)
	}
	o := dialled(t, otherInv, theirs)
	if got, _, err := readAll(t, o, ""); err != nil || len(got) != 0 {
		t.Errorf("an office reads another's %d frames, %v", len(got), err)
	}
	read, err := ReadInvitation(inv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(t.Context(), read.Bytes(), identity(theirs)); !errors.Is(err, sync.ErrRefused) {
		t.Errorf("a device of another office is let in: %v", err)
	}
	if _, err := o.GetBox(t.Context(), "letter"); !errors.Is(err, sync.ErrNoBox) {
		t.Error(err)
	}
	if err := d.PutBox(t.Context(), "letter", []byte("carta")); err != nil {
		t.Fatal(err)
	}
	if _, err := o.GetBox(t.Context(), "letter"); !errors.Is(err, sync.ErrNoBox) {
		t.Errorf("another office's letter: %v", err)
	}
}

// Something else in a batch's place does not keep the batch away, and is given to
// nobody.
func TestForgedPlaces(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	evil, victim, honest := synctest.NewDevice(2), synctest.NewDevice(3), synctest.NewDevice(4)
	bad := dialled(t, inv, evil)
	frame := victim.Frame(t, 3000)
	n, err := sync.NameOf(frame)
	if err != nil {
		t.Fatal(err)
	}
	own := evil.Frame(t, 500)
	for _, junk := range []*item{
		{subject: SubjectOf(evil.ID, n), frame: []byte("junk")},
		{subject: SubjectOf(evil.ID, sync.Name{Device: victim.ID, Seq: 2, Hash: n.Hash}), frame: frame},
		{subject: SubjectOf(evil.ID, sync.Name{Device: evil.ID, Seq: 9, Hash: n.Hash}), frame: own},
		{subject: "p." + evil.ID.String() + ".junk", frame: []byte("x")},
		{subject: "a." + evil.ID.String() + ".junk", frame: frame},
	} {
		if err := bad.send(t.Context(), streamBatches, []*item{junk}); err != nil {
			t.Fatal(err)
		}
	}
	// The same place again is refused by the hub, whatever stands there.
	again := &item{subject: "p." + evil.ID.String() + ".junk", frame: []byte("other")}
	if err := bad.send(t.Context(), streamBatches, []*item{again}); err != nil || !again.taken {
		t.Errorf("a place is written twice: %v", err)
	}
	relay := dialled(t, inv, honest)
	if _, err := relay.Push(t.Context(), [][]byte{frame}, ""); err != nil {
		t.Fatal(err)
	}
	got, _, err := readAll(t, relay, "")
	if err != nil || len(got) != 1 || !bytes.Equal(got[0], frame) {
		t.Errorf("%d frames, %v", len(got), err)
	}
	// An author whose own place was taken (at a hub that let that happen).
	h2, err := h.enter("O" + relay.inv.Account)
	if err != nil {
		t.Fatal(err)
	}
	defer h2.Close()
	next := victim.Frame(t, 500)
	n2, err := sync.NameOf(next)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h2.Request(SubjectOf(victim.ID, n2), []byte("junk"), 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := dialled(t, inv, victim).Push(t.Context(), [][]byte{next}, ""); err != nil {
		t.Fatal(err)
	}
	if got, _, err := readAll(t, relay, ""); err != nil || len(got) != 2 || !bytes.Equal(got[1], next) {
		t.Errorf("%d frames, %v", len(got), err)
	}
}

// Who floods fills his office's quota and is told so; who reads is not kept from it.
func TestFloodAndQuota(t *testing.T) {
	dir := t.TempDir()
	h, err := Start(context.Background(), Options{Dir: dir, Listen: "127.0.0.1:0", Quota: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Stop)
	inv := claimed(t, h)
	good := synctest.NewDevice(1)
	g := dialled(t, inv, good)
	frame := good.Frame(t, 2000)
	if _, err := g.Push(t.Context(), [][]byte{frame}, ""); err != nil {
		t.Fatal(err)
	}
	evil := synctest.NewDevice(2)
	d := dialled(t, inv, evil)
	var flood []*item
	for i := range 40 {
		flood = append(flood, &item{subject: fmt.Sprintf("p.%s.%d.x", evil.ID, i), frame: make([]byte, 100<<10)})
	}
	if err := d.send(t.Context(), streamBatches, flood); !errors.Is(err, sync.ErrFull) {
		t.Errorf("the quota does not hold: %v", err)
	}
	if err := d.send(t.Context(), streamBatches, []*item{{subject: "p." + evil.ID.String() + ".big", frame: make([]byte, maxPayload+1)}}); err == nil {
		t.Error("a message without bounds")
	}
	if got, _, err := readAll(t, g, ""); err != nil || len(got) != 1 {
		t.Errorf("others cannot read: %d %v", len(got), err)
	}
	var open []*Depot
	for range 20 {
		c, err := Dial(t.Context(), inv, identity(evil))
		if err != nil {
			break
		}
		open = append(open, c)
	}
	if len(open) > 8 {
		t.Errorf("one device has %d connections", len(open))
	}
	for _, c := range open {
		_ = c.Close()
	}
	_, err = g.Push(t.Context(), [][]byte{good.Frame(t, 200<<10)}, "")
	if !errors.Is(err, sync.ErrFull) {
		t.Errorf("a full office: %v", err)
	}
	if err := g.Tell(t.Context(), good.Statement(1)); err != nil {
		t.Errorf("statements have room of their own: %v", err)
	}
}

// Before the disk is full the hub takes nothing more in, and can still be read.
func TestLittleRoom(t *testing.T) {
	dir := t.TempDir()
	var free uint64 = 100 << 20
	told := make(chan string, 10)
	opt := Options{
		Dir: dir, Listen: "127.0.0.1:0", Free: func(string) (uint64, error) { return free, nil },
		Tell: func(e Event) { told <- e.What },
	}
	if _, err := Start(context.Background(), opt); !errors.Is(err, ErrDisk) {
		t.Fatalf("starts on a full disk: %v", err)
	}
	free = 100 << 30
	h, err := Start(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Stop)
	inv := claimed(t, h)
	dev := synctest.NewDevice(1)
	d := dialled(t, inv, dev)
	if _, err := d.Push(t.Context(), [][]byte{dev.Frame(t, 500)}, ""); err != nil {
		t.Fatal(err)
	}
	free = 100 << 20
	h.watchRoom()
	late := dev.Frame(t, 500)
	if _, err := d.Push(t.Context(), [][]byte{late}, ""); !errors.Is(err, sync.ErrFull) {
		t.Errorf("takes more in: %v", err)
	}
	if got, _, err := readAll(t, d, ""); err != nil || len(got) != 1 {
		t.Errorf("cannot be read: %d %v", len(got), err)
	}
	free = 100 << 30
	h.watchRoom()
	if _, err := d.Push(t.Context(), [][]byte{late}, ""); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	for _, want := range []string{EventRoster, EventDisk, EventRoom} {
		if got := <-told; got != want {
			t.Errorf("told of %s, want %s", got, want)
		}
	}
}
