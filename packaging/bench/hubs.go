package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/sync/hub"
	"paradero/data/vault"
)

// hubProcess is the finished program as a hub.
type hubProcess struct {
	cmd        *exec.Cmd
	dir        string
	invitation []byte
}

// startHub starts `paradero hub` on loopback in a folder.
func (b *bench) startHub(ctx context.Context, dir string) (*hubProcess, error) {
	program := os.Getenv("PARADERO_BINARY")
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("the program is not built (make build): %w", err)
	}
	cmd := exec.CommandContext(ctx, program, "hub", "--at", dir, "--listen", "127.0.0.1:0", "--json")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	h := &hubProcess{cmd: cmd, dir: dir}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		h.stop()
		return nil, errors.New("the hub does not start")
	}
	go func() {
		for lines.Scan() { // what it tells is not measured
		}
	}()
	var said struct{ Invitation string }
	if err = json.Unmarshal(lines.Bytes(), &said); err == nil {
		h.invitation, err = os.ReadFile(said.Invitation)
	}
	if err != nil {
		h.stop()
		return nil, err
	}
	return h, nil
}

func (h *hubProcess) stop() {
	_ = h.cmd.Process.Signal(os.Interrupt)
	_ = h.cmd.Wait()
}

// resident gives the memory that a process holds now, in MB (Linux).
func resident(pid int) (float64, error) { return memoryLine(pid, "VmRSS:") }

// memoryLine reads one line of what Linux tells of a process's memory, in MB.
func memoryLine(pid int, name string) (float64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no %s for %d", name, pid)
}

// speaker is an invented device that says invented things: frames for a hub that
// never opens them.
type speaker struct {
	key    ed25519.PrivateKey
	hubKey []byte // seed
	office record.ID
	epoch  vault.Key
	seq    uint64
	prev   ledger.Hash
}

func newSpeaker() (*speaker, error) {
	s := &speaker{hubKey: make([]byte, ed25519.SeedSize)}
	var err error
	if _, s.key, err = ed25519.GenerateKey(rand.Reader); err == nil {
		_, err = rand.Read(s.hubKey)
	}
	return s, err
}

// Public implements ledger.Signer and hub.Signer.
func (s *speaker) Public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

// Sign implements both too.
func (s *speaker) Sign(m []byte) []byte { return ed25519.Sign(s.key, m) }

// Seal implements ledger.Keys.
func (s *speaker) Seal(_ uint32, ad, plain []byte) ([]byte, error) {
	return vault.Seal(rand.Reader, nil, &s.epoch, ad, plain)
}

// Open implements ledger.Keys.
func (s *speaker) Open(_ uint32, ad, sealed []byte) ([]byte, error) {
	return vault.Open(&s.epoch, ad, sealed)
}

func (s *speaker) device() hub.Device {
	return hub.Device{ID: ledger.DeviceOf(s.Public()), SignKey: s.Public(), HubKey: hub.HubKey(s.hubKey), Manages: true}
}

// dial brings the device in, after it has claimed the office's place where the hub
// is one of ours.
func (s *speaker) dial(ctx context.Context, invitation []byte) (*hub.Depot, error) {
	if _, err := hub.Register(ctx, invitation, []hub.Device{s.device()}, s); err != nil {
		return nil, err
	}
	return hub.Dial(ctx, invitation, hub.Identity{Device: s.device().ID, Seed: s.hubKey})
}

// frames says n batches of so many changes, each about documentSize bytes.
func (s *speaker) frames(n, changes int) ([][]byte, error) {
	text := strings.Repeat("cicatriz en el antebrazo ", documentSize/25)
	list := make([][]byte, 0, n)
	for range n {
		body := ledger.Body{Wall: time.Now()}
		for range changes {
			var id record.ID
			if _, err := rand.Read(id[:]); err != nil {
				return nil, err
			}
			body.Changes = append(body.Changes, ledger.Change{
				Record: id, Kind: record.Detainee, Op: ledger.OpEdit, Rights: 1, Fields: []ledger.Field{{Num: 54, Text: text}},
			})
		}
		s.seq++
		b, err := ledger.Write(ledger.Envelope{Office: s.office, Seq: s.seq, Prev: s.prev, Lamport: s.seq}, &body, s, s)
		if err != nil {
			return nil, err
		}
		s.prev = b.Hash
		list = append(list, ledger.AppendFrame(nil, b))
	}
	return list, nil
}

// pushFrames leaves new batches at a depot and gives the changes a second.
func pushFrames(ctx context.Context, d sync.Depot, s *speaker, n, changes int) (float64, error) {
	list, err := s.frames(n, changes)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	for len(list) > 0 {
		part := list[:min(len(list), 512)]
		list = list[len(part):]
		if _, err := d.Push(ctx, part, ""); err != nil {
			return 0, err
		}
	}
	return rate(n*changes, start), nil
}

// nodes compares a hub of ours, one node that flushes each message, with three
// nodes of a cluster that do.
func (b *bench) nodes(ctx context.Context) error {
	c, why, err := b.startCluster(ctx)
	if err != nil {
		return err
	}
	if c == nil {
		fmt.Fprintf(b.out, "three nodes: left out, %s\n", why)
		return nil
	}
	defer c.stop()
	dir, err := b.folder("one-node")
	if err != nil {
		return err
	}
	h, err := b.startHub(ctx, dir)
	if err != nil {
		return err
	}
	defer h.stop()
	prepared, err := hub.Prepare(ctx, hub.Foreign{URLs: c.urls, Replicas: 3, Quota: 1 << 30})
	if err != nil {
		return err
	}
	var sides []side
	for _, of := range []struct {
		name       string
		invitation []byte
	}{{"three nodes, sync_interval always", prepared.Bytes()}, {"the hub, one node", h.invitation}} {
		s, err := newSpeaker()
		if err != nil {
			return err
		}
		d, err := s.dial(ctx, of.invitation)
		if err != nil {
			return fmt.Errorf("%s: %w", of.name, err)
		}
		defer func() { _ = d.Close() }()
		sides = append(sides, side{name: of.name, run: func(ctx context.Context) (float64, error) { return pushFrames(ctx, d, s, 400, 50) }})
		sides = append(sides, side{name: of.name + ", one by one", run: func(ctx context.Context) (float64, error) { return pushFrames(ctx, d, s, 1000, 1) }})
	}
	for i, name := range []string{"batches of 50 changes", "batches of one change"} {
		two := []side{sides[i+2], sides[i]}
		two[0].name, two[1].name = "the hub, one node", "three nodes, sync_interval always"
		err := contest{
			name: name + " left at a hub, each flushed before its receipt", unit: "changes/s", rounds: min(b.rounds, 3), sides: two,
		}.run(ctx, b.out)
		if err != nil {
			return err
		}
	}
	return nil
}

// manyOffices measures what a hub holds of memory and disk with 1, 10 and 100 offices,
// each with a device that is connected and has left people.
func (b *bench) manyOffices(ctx context.Context) error {
	dir, err := b.folder("offices")
	if err != nil {
		return err
	}
	h, err := b.startHub(ctx, dir)
	if err != nil {
		return err
	}
	defer h.stop()
	const people = 1000
	fmt.Fprintf(b.out, "a hub's memory and disk; each office has a device that is connected, and %s people\n", grouped(people))
	n := 0
	for _, want := range []int{1, 10, 100} {
		for ; n < want; n++ {
			invitation := h.invitation
			if n > 0 {
				file, err := hub.AddOffice(dir, fmt.Sprintf("oficina-%d", n), 1<<30)
				if err != nil {
					return err
				}
				if invitation, err = os.ReadFile(file); err != nil {
					return err
				}
			}
			d, err := joinWhenReady(ctx, invitation)
			if err != nil {
				return err
			}
			defer func() { _ = d.Close() }()
		}
		memory, err := resident(h.cmd.Process.Pid)
		if err != nil {
			return err
		}
		disk, err := onDisk(filepath.Join(dir, "jetstream"))
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "  %-34s %12s MB memory %s MB disk\n", fmt.Sprintf("%d %s", n, plural(n, "office")), figure(memory), figure(disk))
	}
	return nil
}

// joinWhenReady brings an invented device in at a hub that may not have seen its
// office yet, and leaves people there.
func joinWhenReady(ctx context.Context, invitation []byte) (*hub.Depot, error) {
	s, err := newSpeaker()
	if err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		d, err := s.dial(ctx, invitation)
		if err == nil {
			_, err = pushFrames(ctx, d, s, 4, 250)
			return d, err
		}
		if try > 50 || ctx.Err() != nil {
			return nil, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// onDisk gives what the files below a folder take, in MB.
func onDisk(dir string) (float64, error) {
	out, err := exec.Command("du", "-sk", dir).Output()
	if err != nil {
		return 0, err
	}
	kb, err := strconv.ParseFloat(strings.Fields(string(out))[0], 64)
	return kb / 1024, err
}

// cluster is three real nats-server processes on loopback.
type cluster struct {
	urls  []string
	nodes []*exec.Cmd
}

func (c *cluster) stop() {
	for _, n := range c.nodes {
		_ = n.Process.Kill()
		_ = n.Wait()
	}
}

// startCluster starts three servers that flush each message; why says what is missing.
func (b *bench) startCluster(ctx context.Context) (c *cluster, why string, err error) {
	server := os.Getenv("PARADERO_NATS")
	if _, err := os.Stat(server); err != nil {
		return nil, "no nats-server was built (make bench builds it)", nil
	}
	dir, err := b.folder("cluster")
	if err != nil {
		return nil, "", err
	}
	ports, err := freePorts(ctx, 6)
	if err != nil {
		return nil, "", err
	}
	c = &cluster{}
	for i := range 3 {
		config := fmt.Sprintf(`server_name: n%d
listen: 127.0.0.1:%d
cluster { name: paradero, listen: 127.0.0.1:%d, routes: [ nats://127.0.0.1:%d, nats://127.0.0.1:%d, nats://127.0.0.1:%d ] }
jetstream { store_dir: %q, sync_interval: always }
accounts { OFICINA { jetstream: enabled, users: [ { user: oficina, password: medida } ] } }
`, i, ports[i], ports[3+i], ports[3], ports[4], ports[5], filepath.Join(dir, strconv.Itoa(i)))
		file := filepath.Join(dir, fmt.Sprintf("n%d.conf", i))
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			c.stop()
			return nil, "", err
		}
		cmd := exec.CommandContext(ctx, server, "-c", file, "-l", file+".log")
		if err := cmd.Start(); err != nil {
			c.stop()
			return nil, "", err
		}
		c.nodes = append(c.nodes, cmd)
		c.urls = append(c.urls, fmt.Sprintf("nats://oficina:medida@127.0.0.1:%d", ports[i]))
	}
	for try := 0; ; try++ { // until it has a leader
		if _, err = hub.Prepare(ctx, hub.Foreign{URLs: c.urls, Replicas: 3, Quota: 1 << 30}); err == nil {
			return c, "", nil
		}
		if try > 60 || ctx.Err() != nil {
			c.stop()
			return nil, "", err
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func freePorts(ctx context.Context, n int) (ports []int, err error) {
	var config net.ListenConfig
	for range n {
		l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
