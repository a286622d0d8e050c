package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// FirstOffice is the office that a hub has from the beginning.
const FirstOffice = "first"

// Subjects by which a client and a hub of ours speak of the roster; visitors only.
const (
	subjectRosterPut = "hub.roster.put"
	subjectRosterGet = "hub.roster.get"
)

// stamp tells whether a file was written anew.
type stamp struct {
	size int64
	at   time.Time
}

func (h *Server) firstOffice() error {
	if _, err := os.Stat(officeFile(h.opt.Dir, FirstOffice)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	o, err := newOffice(FirstOffice, h.opt.Quota)
	if err != nil {
		return err
	}
	return o.save(h.opt.Dir)
}

// AddOffice adds an office to the hub in a folder, whether it runs or not, and
// gives the file of its invitation. A hub that runs sees it within a second or two.
func AddOffice(dir, name string, quota int64) (string, error) {
	s, err := readState(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNoHub
	}
	if err != nil {
		return "", err
	}
	_, pin, err := certificate(dir, time.Now())
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(officeFile(dir, name)); err == nil {
		return "", ErrOffice
	}
	if quota == 0 {
		quota = defaultQuota
	}
	o, err := newOffice(name, quota)
	if err != nil {
		return "", err
	}
	if err := o.save(dir); err != nil {
		return "", err
	}
	file := invitationFile(dir, name)
	return file, writeFile(file, o.invitation(s.URLs, pin).Bytes())
}

// ReleaseOffice forgets an office's devices, so that it can be claimed anew with
// its invitation: for an office that has lost every device that managed. Its
// batches stay.
func ReleaseOffice(dir, name string) error {
	o, err := loadOffice(dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoOffice
	}
	if err != nil {
		return err
	}
	o.Roster = nil
	return o.save(dir)
}

// ErrNoOffice says that the hub has no office of this name.
var ErrNoOffice = errors.New("no office of this name")

func invitationFile(dir, name string) string {
	if name == FirstOffice {
		name = "hub"
	}
	return filepath.Join(dir, name+".invitation")
}

// look reads the offices' files that were written since, and lets their devices in.
func (h *Server) look(ctx context.Context) error {
	names, err := officeNames(h.opt.Dir)
	if err != nil {
		return err
	}
	var first error
	for _, name := range names {
		info, err := os.Stat(officeFile(h.opt.Dir, name))
		if err != nil {
			continue
		}
		now := stamp{info.Size(), info.ModTime()}
		h.mu.RLock()
		same := h.known[name] == now
		h.mu.RUnlock()
		if same {
			continue
		}
		if err := h.take(ctx, name, now); err != nil {
			h.opt.Tell(Event{What: EventTrouble, Office: name})
			first = errors.Join(first, err)
		}
	}
	return first
}

// take brings an office in as its file says.
func (h *Server) take(ctx context.Context, name string, at stamp) error {
	o, err := loadOffice(h.opt.Dir, name)
	if err != nil {
		return err
	}
	h.mu.RLock()
	old := h.offices[name]
	h.mu.RUnlock()
	if old != nil && old.Account == o.Account {
		o.inside, o.lobby, o.admin = old.inside, old.lobby, old.admin
	} else if err := h.open(ctx, o); err != nil {
		return err
	}
	if err := h.writeInvitation(o); err != nil {
		return err
	}
	h.mu.Lock()
	h.offices[name], h.known[name] = o, at
	h.mu.Unlock()
	h.reseat()
	if old == nil && name != FirstOffice {
		h.opt.Tell(Event{What: EventOffice, Office: name})
	}
	return nil
}

// writeInvitation writes what has changed of an invitation, which is its address.
func (h *Server) writeInvitation(o *office) error {
	file, text := invitationFile(h.opt.Dir, o.name), o.invitation(h.urls, h.pin).Bytes()
	if b, err := os.ReadFile(file); err == nil && string(b) == string(text) {
		return nil
	}
	return writeFile(file, text)
}

// open makes an office's accounts and streams, or finds them as they were.
func (h *Server) open(ctx context.Context, o *office) error {
	var err error
	n := h.replicas() // each counts against what the account may keep
	if o.inside, err = h.account("O"+o.Account, int64(n)*(2*o.Quota+64<<20), 2); err != nil {
		return err
	}
	if o.lobby, err = h.account("V"+o.Account, int64(n)*256<<20, 1); err != nil {
		return err
	}
	in, err := h.enter("O" + o.Account)
	if err != nil {
		return err
	}
	defer in.Close()
	if o.admin, err = h.enter("V" + o.Account); err != nil {
		return err
	}
	if err := h.gather(ctx, in, batchesConfig(n, o.Quota), statementsConfig(n)); err != nil {
		return err
	}
	if err := h.gather(ctx, o.admin, boxesConfig(n)); err != nil {
		return err
	}
	if err := h.gossip(o); err != nil {
		return err
	}
	return h.serveRoster(o)
}

// account makes an account that may keep so much.
func (h *Server) account(name string, bytes int64, streams int) (*server.Account, error) {
	acc, _ := h.nats.LookupOrRegisterAccount(name)
	err := acc.EnableJetStream(map[string]server.JetStreamAccountLimits{"": {
		MaxStore: bytes, MaxStreams: streams, MaxConsumers: 1, MaxBytesRequired: true,
	}}, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: account: %w", ErrStart, err)
	}
	return acc, nil
}

// enter connects us to an account, inside the process.
func (h *Server) enter(account string) (*nats.Conn, error) {
	key, err := h.admin.PublicKey()
	if err != nil {
		return nil, err
	}
	return nats.Connect("", nats.InProcessServer(h.nats), nats.Name(account), nats.Nkey(key, h.admin.Sign),
		nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond), nats.Timeout(startTime))
}

// batchesConfig is the stream of an office's batches. A subject takes one message
// and no second; a full stream refuses instead of dropping what is old. An
// operator can still take out what an office had erased; no device can.
func batchesConfig(replicas int, quota int64) *nats.StreamConfig {
	return &nats.StreamConfig{
		Name: streamBatches, Subjects: []string{"p.>", "r.>", "a.>"}, Storage: nats.FileStorage, Replicas: replicas,
		MaxMsgsPerSubject: 1, Discard: nats.DiscardNew, DiscardNewPerSubject: true,
		MaxBytes: quota, MaxMsgs: 20_000_000, MaxMsgSize: maxPayload, AllowDirect: true, MaxConsumers: -1,
		Duplicates: time.Second,
	}
}

// statementsConfig is the stream of the devices' last words.
func statementsConfig(replicas int) *nats.StreamConfig {
	return &nats.StreamConfig{
		Name: streamStatements, Subjects: []string{"s.*"}, Storage: nats.FileStorage, Replicas: replicas,
		MaxMsgsPerSubject: 1, Discard: nats.DiscardOld, MaxBytes: 32 << 20, MaxMsgs: 2 * maxDevices,
		MaxMsgSize: maxStatement, AllowDirect: true, MaxConsumers: -1, Duplicates: time.Second,
	}
}

// boxAge is how long a letter waits.
const boxAge = 30 * 24 * time.Hour

// boxesConfig is the stream of the letters; the oldest go first.
func boxesConfig(replicas int) *nats.StreamConfig {
	return &nats.StreamConfig{
		Name: streamBoxes, Subjects: []string{"j.*"}, Storage: nats.FileStorage, Replicas: replicas,
		MaxMsgsPerSubject: 1, Discard: nats.DiscardOld, MaxBytes: 64 << 20, MaxMsgs: 2000, MaxAge: boxAge,
		MaxMsgSize: maxPayload, AllowDirect: true, MaxConsumers: -1, Duplicates: time.Second,
	}
}

// ensure makes the streams, or brings their limits up to date.
func ensure(nc *nats.Conn, patience time.Duration, streams ...*nats.StreamConfig) error {
	js, err := nc.JetStream(nats.MaxWait(patience))
	if err != nil {
		return err
	}
	for _, c := range streams {
		_, err := js.StreamInfo(c.Name)
		if errors.Is(err, nats.ErrStreamNotFound) {
			_, err = js.AddStream(c)
		} else if err == nil {
			_, err = js.UpdateStream(c)
		}
		if err != nil {
			return fmt.Errorf("%w: stream %s: %w", ErrStart, c.Name, err)
		}
	}
	return nil
}

// serveRoster answers those who ask for an office's devices or change them.
func (h *Server) serveRoster(o *office) error {
	name := o.name
	if _, err := o.admin.QueueSubscribe(subjectRosterGet, clusterName, func(m *nats.Msg) {
		h.mu.RLock()
		var b []byte
		if o := h.offices[name]; o != nil {
			b = o.Roster
		}
		h.mu.RUnlock()
		_ = m.Respond(b)
	}); err != nil {
		return err
	}
	if _, err := o.admin.QueueSubscribe(subjectRosterPut, clusterName, func(m *nats.Msg) {
		_ = m.Respond([]byte(h.putRoster(name, m.Data)))
	}); err != nil {
		return err
	}
	return o.admin.FlushTimeout(startTime)
}

// Answers to a roster.
const (
	rosterTaken   = "taken"
	rosterOld     = "old"
	rosterRefused = "refused"
	rosterFailed  = "failed"
)

// putRoster checks a roster and lets in whom it names. Who is not in it any more
// loses his connection at once.
func (h *Server) putRoster(name string, b []byte) string {
	h.mu.Lock()
	o := h.offices[name]
	if o == nil {
		h.mu.Unlock()
		return rosterFailed
	}
	r, err := readRoster(b, o.Account, o.Claim, o.roster)
	if err != nil {
		h.mu.Unlock()
		if errors.Is(err, errRosterOld) {
			return rosterOld
		}
		return rosterRefused
	}
	if err := h.seat(name, o, b, r); err != nil {
		h.mu.Unlock()
		return rosterFailed
	}
	h.mu.Unlock()
	h.reseat()
	h.spread()
	h.opt.Tell(Event{What: EventRoster, Office: name, Count: len(r.Devices)})
	return rosterTaken
}

// seat writes a roster down and goes by it. The lock is held.
func (h *Server) seat(name string, o *office, b []byte, r *Roster) error {
	next := *o
	next.Roster, next.roster = append([]byte(nil), b...), r
	if err := next.save(h.opt.Dir); err != nil {
		return err
	}
	h.offices[name] = &next
	if info, err := os.Stat(officeFile(h.opt.Dir, name)); err == nil {
		h.known[name] = stamp{info.Size(), info.ModTime()}
	}
	return nil
}

// reseat ends the connections of those whom no office lets in any more.
func (h *Server) reseat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.users)
	for _, o := range h.offices {
		h.users[o.Account] = o
	}
	for id, s := range h.inside {
		o := h.users[s.account]
		if o != nil {
			if _, _, ok := o.who(s.key); ok {
				continue
			}
		}
		_ = h.nats.DisconnectClientByID(id)
		delete(h.inside, id)
	}
}

// lookOn looks for new offices and for room on the disk until the hub ends.
func (h *Server) lookOn(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_ = h.look(ctx) // told of already
		if n%10 == 0 {
			h.watchRoom()
		}
		if len(h.opt.Cluster) > 0 && n%int(gossipEvery/lookEvery) == 0 {
			h.spread()
		}
	}
}

// low tells whether there is too little room to take anything in.
func (h *Server) low() bool {
	if h.opt.Free == nil {
		return false
	}
	free, err := h.opt.Free(h.opt.Dir)
	return err == nil && free < leastFree
}

// watchRoom closes the hub to what is new before the disk is full: a full disk
// would end JetStream. Everybody connects anew and finds other rights.
func (h *Server) watchRoom() {
	low := h.low()
	h.mu.Lock()
	changed := low != h.full
	h.full = low
	if changed {
		for id := range h.inside {
			_ = h.nats.DisconnectClientByID(id)
			delete(h.inside, id)
		}
	}
	h.mu.Unlock()
	if changed && low {
		h.opt.Tell(Event{What: EventDisk})
	} else if changed {
		h.opt.Tell(Event{What: EventRoom})
	}
}

// readOnly leaves of what may be published only the questions.
func readOnly(publish []string) []string {
	var out []string
	for _, p := range publish {
		if strings.HasPrefix(p, "$JS.API.") || p == subjectRosterGet {
			out = append(out, p)
		}
	}
	return out
}
