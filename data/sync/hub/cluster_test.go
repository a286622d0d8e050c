package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// TestMain makes this program a plain NATS server when it is asked to be one, so
// that a cluster is of processes that can be killed.
func TestMain(m *testing.M) {
	file := os.Getenv("PARADERO_TEST_NATS")
	if file == "" {
		os.Exit(m.Run())
	}
	opts, err := server.ProcessConfigFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	opts.NoSigs = true
	s, err := server.NewServer(opts)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s.Start()
	_, _ = os.Stdin.Read(make([]byte, 1)) // ends with the test, however that ends
	os.Exit(0)
}

// node is one NATS server process.
type node struct {
	name, conf, url string
	cmd             *exec.Cmd
}

func (n *node) start(t testing.TB) {
	t.Helper()
	n.cmd = exec.Command(os.Args[0])
	n.cmd.Env = append(os.Environ(), "PARADERO_TEST_NATS="+n.conf)
	n.cmd.Stderr = os.Stderr
	if _, err := n.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// kill is kill -9.
func (n *node) kill() {
	if n.cmd != nil {
		_ = n.cmd.Process.Kill()
		_ = n.cmd.Wait()
		n.cmd = nil
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// foreigners starts a cluster that knows nothing of us but the permissions that we
// print for its operator.
func foreigners(t testing.TB, count int) []*node {
	t.Helper()
	dir := t.TempDir()
	var devices []Device
	for n := byte(1); n < 10; n++ {
		devices = append(devices, listed(synctest.NewDevice(n), false))
	}
	accounts := strings.Replace(Permissions(devices), "…", "secreto", 1)
	var nodes []*node
	var routes []string
	ports := make([]int, count)
	for i := range ports {
		ports[i] = freePort(t)
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", ports[i]))
	}
	for i := range count {
		n := &node{name: fmt.Sprintf("n%d", i), conf: filepath.Join(dir, fmt.Sprintf("n%d.conf", i))}
		client := freePort(t)
		n.url = fmt.Sprintf("nats://127.0.0.1:%d", client)
		text := fmt.Sprintf("server_name: %s\nlisten: \"127.0.0.1:%d\"\njetstream { store_dir: %q, sync_interval: always }\n", n.name, client, filepath.Join(dir, n.name))
		if count > 1 {
			text += fmt.Sprintf("cluster { name: c, listen: \"127.0.0.1:%d\", routes: [%s], no_advertise: true }\n", ports[i], strings.Join(routes, ", "))
		}
		if err := os.WriteFile(n.conf, []byte(text+accounts), 0o600); err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, n)
		n.start(t)
	}
	t.Cleanup(func() {
		for _, n := range nodes {
			n.kill()
		}
	})
	return nodes
}

// prepared gives the cluster's invitation, once it is able to.
func prepared(t testing.TB, nodes []*node) []byte {
	t.Helper()
	f := Foreign{Replicas: len(nodes), Quota: 1 << 30, OwnKeys: true}
	for _, n := range nodes {
		f.URLs = append(f.URLs, strings.Replace(n.url, "nats://", "nats://paradero-admin:secreto@", 1))
	}
	var inv *Invitation
	var err error
	for deadline := time.Now().Add(40 * time.Second); time.Now().Before(deadline); time.Sleep(300 * time.Millisecond) {
		if inv, err = Prepare(t.Context(), f); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	again, err := Prepare(t.Context(), f)
	if err != nil || string(again.Bytes()) != string(inv.Bytes()) {
		t.Fatalf("prepared again it is another: %v", err)
	}
	if strings.Contains(string(inv.Bytes()), "secreto") {
		t.Fatal("the invitation carries the operator's password")
	}
	return inv.Bytes()
}

// One server of others, with what we print for its operator: the client is the same.
func TestConformForeign(t *testing.T) {
	synctest.Conform(t, func(t *testing.T) synctest.Open {
		inv := prepared(t, foreigners(t, 1))
		return func(t *testing.T, d *synctest.Device) sync.Depot { return dialled(t, inv, d) }
	})
}

// What the operator is told to configure keeps devices from what is not theirs.
func TestForeignPermissionsHold(t *testing.T) {
	nodes := foreigners(t, 1)
	inv := prepared(t, nodes)
	evil, victim := synctest.NewDevice(2), synctest.NewDevice(3)
	d, own := dialled(t, inv, evil), dialled(t, inv, victim)
	if _, err := own.Push(t.Context(), [][]byte{victim.Frame(t, 500)}, ""); err != nil {
		t.Fatal(err)
	}
	for _, subject := range append(apis(), "p."+victim.ID.String()+".2.x", "s."+victim.ID.String()) {
		if strings.HasPrefix(subject, "$JS.API.DIRECT.GET.boxes.j.") {
			continue
		}
		if !denied(t, d, d.nc, subject, []byte("{}")) {
			t.Errorf("a device may publish %s", subject)
		}
	}
	// The answer to a question may go anywhere there; the streams are out of its reach.
	config := []byte(`{"name":"batches","subjects":["p.>","r.>","a.>"],"storage":"file","max_msgs":1,"discard":"old"}`)
	e := evil.ID.String()
	if err := d.send(t.Context(), streamBatches, []*item{{subject: "p." + e + ".trick", frame: config}}); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"$JS.API.STREAM.UPDATE.batches", "$JS.API.STREAM.PURGE.batches", "$JS.API.STREAM.DELETE.batches"} {
		_ = d.nc.PublishRequest("$JS.API.DIRECT.GET."+streamBatches, to, fmt.Appendf(nil, `{"last_by_subj":"p.%s.trick"}`, e))
	}
	_ = d.nc.Flush()
	time.Sleep(300 * time.Millisecond)
	admin, err := nats.Connect(nodes[0].url, nats.UserInfo("paradero-admin", "secreto"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	js, err := admin.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	si, err := js.StreamInfo(streamBatches)
	if err != nil || si.Config.MaxMsgs == 1 || si.State.Msgs < 2 {
		t.Fatalf("the streams were changed: %+v %v", si, err)
	}
}

func TestPrepareRefusesInWords(t *testing.T) {
	nodes := foreigners(t, 1)
	prepared(t, nodes)
	admin := strings.Replace(nodes[0].url, "nats://", "nats://paradero-admin:secreto@", 1)
	if _, err := Prepare(t.Context(), Foreign{URLs: []string{admin}, Replicas: 3}); !errors.Is(err, ErrReplicas) {
		t.Errorf("three replicas on one server: %v", err)
	}
	if _, err := Prepare(t.Context(), Foreign{URLs: []string{strings.Replace(admin, "secreto", "falso", 1)}, Replicas: 1}); !errors.Is(err, sync.ErrRefused) {
		t.Errorf("a wrong password: %v", err)
	}
	plain, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	plain.Start()
	defer plain.Shutdown()
	if !plain.ReadyForConnections(10 * time.Second) {
		t.Fatal("no server")
	}
	if _, err := Prepare(t.Context(), Foreign{URLs: []string{plain.ClientURL()}, Replicas: 1}); !errors.Is(err, ErrNoJetStream) {
		t.Errorf("without JetStream: %v", err)
	}
}

// Three real servers, of which the leader, another and all are killed while devices
// push: what was acknowledged is there afterwards.
func TestClusterKilled(t *testing.T) {
	if os.Getenv("PARADERO_HUB") == "" {
		t.Skip("long: make hub")
	}
	nodes := foreigners(t, 3)
	inv := prepared(t, nodes)
	var mu gosync.Mutex
	var acknowledged [][]byte
	ctx, stop := context.WithCancel(t.Context())
	var pushing gosync.WaitGroup
	for n := byte(1); n <= 3; n++ {
		dev := synctest.NewDevice(n)
		d := dialled(t, inv, dev)
		pushing.Go(func() {
			for ctx.Err() == nil {
				frames := [][]byte{dev.Frame(t, 600), dev.Frame(t, 8000)}
				for {
					_, err := d.Push(ctx, frames, "")
					if err == nil {
						mu.Lock()
						acknowledged = append(acknowledged, frames...)
						mu.Unlock()
						break
					}
					if ctx.Err() != nil {
						return
					}
					t.Logf("again: %v", err)
				}
			}
		})
	}
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(acknowledged) }
	more := func(what string) {
		t.Helper()
		from := count()
		for deadline := time.Now().Add(90 * time.Second); count() < from+60; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: nothing is acknowledged any more (%d)", what, count())
			}
		}
		t.Logf("%s: %d acknowledged", what, count())
	}
	more("all up")
	for range 2 {
		leader := leaderOf(t, nodes)
		leader.kill()
		more("leader killed")
		leader.start(t)
		more("leader back")
		other := nodes[0]
		if other == leaderOf(t, nodes) {
			other = nodes[1]
		}
		other.kill()
		more("follower killed")
		other.start(t)
		more("follower back")
		for _, n := range nodes {
			n.kill()
		}
		for _, n := range nodes {
			n.start(t)
		}
		more("all killed")
	}
	stop()
	pushing.Wait()
	got, _, err := readAll(t, dialled(t, inv, synctest.NewDevice(9)), "")
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, f := range got {
		times[string(f)]++
	}
	twice := 0
	for i, f := range acknowledged {
		switch times[string(f)] {
		case 0:
			t.Errorf("acknowledged frame %d is lost", i)
		case 1:
		default:
			twice++ // sent again while a new leader did not know yet that it had it
		}
	}
	t.Logf("%d acknowledged, %d there, %d of them twice", len(acknowledged), len(got), twice)
}

// leaderOf gives the node that leads the batches' stream.
func leaderOf(t *testing.T, nodes []*node) *node {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		for _, n := range nodes {
			nc, err := nats.Connect(n.url, nats.UserInfo("paradero-admin", "secreto"))
			if err != nil {
				continue
			}
			js, err := nc.JetStream(nats.MaxWait(2 * time.Second))
			var si *nats.StreamInfo
			if err == nil {
				si, err = js.StreamInfo(streamBatches)
			}
			nc.Close()
			if err != nil || si.Cluster == nil {
				continue
			}
			for _, m := range nodes {
				if m.name == si.Cluster.Leader {
					return m
				}
			}
		}
	}
	t.Fatal("nobody leads")
	return nil
}

// The suite against three servers.
func TestConformCluster(t *testing.T) {
	if os.Getenv("PARADERO_HUB") == "" {
		t.Skip("long: make hub")
	}
	synctest.Conform(t, func(t *testing.T) synctest.Open {
		inv := prepared(t, foreigners(t, 3))
		return func(t *testing.T, d *synctest.Device) sync.Depot { return dialled(t, inv, d) }
	})
}
