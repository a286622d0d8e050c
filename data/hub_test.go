package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	gosync "sync"
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
	"paradero/data/sync/hub"
)

// hubTeam is several devices of one office and their hub.
type hubTeam struct {
	dir     string
	hub     *hub.Server
	inv     []byte
	offices []*Office
	depots  []*hub.Depot
}

func startHub(t *testing.T, dir string) *hub.Server {
	t.Helper()
	h, err := hub.Start(context.Background(), hub.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// atHub founds an office of n devices that a hub lets in.
func atHub(t *testing.T, n int) *hubTeam {
	t.Helper()
	w := &hubTeam{dir: filepath.Join(t.TempDir(), "hub")}
	w.hub = startHub(t, w.dir)
	t.Cleanup(func() { w.hub.Stop() })
	inv, err := os.ReadFile(w.hub.InvitationFile())
	if err != nil {
		t.Fatal(err)
	}
	w.inv = inv
	first, cfg := founded(t)
	var others []*Office
	for i := 1; i < n; i++ {
		role := []string{"lawyer", "social-worker"}[i%2]
		if i == 1 {
			role = "coordinator" // one more; a third would wait for the second one's word
		}
		o, cfg := colleague(t, first, fmt.Sprintf("Colega %d", i), role)
		cfg.Store = store.NewMemory()
		others = append(others, reopen(t, o, cfg))
	}
	cfg.Store = store.NewMemory()
	first = reopen(t, first, cfg)
	w.offices = append([]*Office{first}, others...)
	roster, err := first.Roster(t.Context())
	if err != nil || len(roster) != n {
		t.Fatalf("a roster of %d, %v", len(roster), err)
	}
	var devices []hub.Device
	for _, d := range roster {
		devices = append(devices, hub.Device{ID: d.Device, SignKey: d.SignKey, HubKey: d.HubKey, Manages: d.Manages})
	}
	if changed, err := hub.Register(t.Context(), w.inv, devices, first.HubSigner()); err != nil || !changed {
		t.Fatalf("register: %v %v", changed, err)
	}
	for _, o := range w.offices {
		w.depots = append(w.depots, dialHub(t, o, w.inv))
	}
	w.settle(t) // who wrote before he knew that he was let in would have no right to
	return w
}

func dialHub(t *testing.T, o *Office, inv []byte) *hub.Depot {
	t.Helper()
	seed, err := o.HubSeed()
	if err != nil {
		t.Fatal(err)
	}
	d, err := hub.Dial(t.Context(), inv, hub.Identity{Device: o.Info().Device, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// settle exchanges until nobody gets anything any more, and checks that all are the
// same and whole.
func (w *hubTeam) settle(t *testing.T) {
	t.Helper()
	for round := range 8 {
		got := 0
		for i, o := range w.offices {
			out := syncWith(t, o, w.depots[i])
			got += out.Got + out.Sent
		}
		if got == 0 && round > 0 {
			break
		}
	}
	for _, o := range w.offices[1:] {
		same(t, w.offices[0], o)
		if n := len(o.Waiting()) + len(o.Gaps()); n != 0 {
			t.Errorf("%d wait or are missing", n)
		}
	}
}

// work lets every device write, exchange at the hub, and some by stick, all at once.
func (w *hubTeam) work(t *testing.T, man record.ID, turns int) {
	t.Helper()
	var all gosync.WaitGroup
	for i, o := range w.offices {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 7))
			for turn := range turns {
				at := strconv.Itoa(i) + "/" + strconv.Itoa(turn)
				if _, err := o.Edit(t.Context(), Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Persona " + at}}); err != nil {
					t.Error(err)
				}
				if _, err := o.Get(t.Context(), man); err == nil {
					if _, err := o.Edit(t.Context(), Change{Record: man, Set: map[string]string{"given_names": "Ángel " + at, "age": strconv.Itoa(20 + i)}}); err != nil {
						t.Error(err)
					}
				}
				if r.IntN(3) > 0 {
					if _, err := o.SyncWith(t.Context(), w.depots[i], nil); err != nil {
						t.Error(err)
					}
				}
				if r.IntN(4) == 0 {
					w.stick(t, o, w.offices[r.IntN(len(w.offices))])
				}
			}
		})
	}
	all.Wait()
}

// stick carries everything from one to another.
func (w *hubTeam) stick(t *testing.T, from, to *Office) {
	t.Helper()
	if from == to {
		return
	}
	file := filepath.Join(t.TempDir(), from.Info().Device.String()+".paquete")
	if _, err := from.WriteBundle(t.Context(), file, nil); err != nil {
		t.Error(err)
		return
	}
	if _, err := to.ReadBundle(t.Context(), file, nil); err != nil {
		t.Error(err)
	}
	_ = os.Remove(file)
}

func (w *hubTeam) man(t *testing.T) record.ID {
	t.Helper()
	return save(t, w.offices[0], Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel", "paternal_surname": "Núñez"}}).ID
}

func TestReplicasThroughAHub(t *testing.T) {
	sizes := []int{2, 5}
	if os.Getenv("PARADERO_HUB") != "" {
		sizes = append(sizes, 50)
	}
	for _, n := range sizes {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			w := atHub(t, n)
			man := w.man(t)
			w.work(t, man, 4)
			w.settle(t)
			if people := w.offices[n-1].Count(record.Detainee); people != 1+4*n {
				t.Errorf("%d people, want %d", people, 1+4*n)
			}
		})
	}
}

// The hub is put back to an old copy, emptied, and replaced by a new one, while the
// devices go on: it gets again what it lacks, and who comes late gets all.
func TestTheHubForgets(t *testing.T) {
	w := atHub(t, 4)
	man := w.man(t)
	late, depotOfLate := w.offices[3], w.depots[3]
	w.offices, w.depots = w.offices[:3], w.depots[:3]
	w.settle(t)
	w.hub.Stop()
	old := filepath.Join(t.TempDir(), "old")
	if err := os.CopyFS(old, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	for what, how := range map[string]func(){
		"an old copy": func() {
			if err := errors.Join(os.RemoveAll(w.dir), os.CopyFS(w.dir, os.DirFS(old))); err != nil {
				t.Fatal(err)
			}
		},
		"emptied": func() {
			if err := os.RemoveAll(filepath.Join(w.dir, "jetstream")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		w.hub = startHub(t, w.dir)
		w.work(t, man, 2)
		w.settle(t)
		w.hub.Stop()
		how()
		w.hub = startHub(t, w.dir)
		for i, o := range w.offices[1:] { // the first stays away: others bring what is its own
			save(t, o, Change{Kind: record.Detainee, Set: map[string]string{"given_names": what}})
			syncWith(t, o, w.depots[i+1])
		}
		w.settle(t)
		w.hub.Stop()
	}
	w.hub = startHub(t, w.dir)
	w.offices, w.depots = append(w.offices, late), append(w.depots, depotOfLate)
	syncWith(t, late, depotOfLate)
	same(t, w.offices[0], late)
}

// What a device of the team that means harm leaves at the hub is refused by all, is
// told of, and keeps nothing away.
func TestForgeriesAtTheHub(t *testing.T) {
	w := atHub(t, 3)
	man := w.man(t)
	w.settle(t)
	evil := w.depots[2]
	save(t, w.offices[0], Change{Record: man, Set: map[string]string{"birth": "1990"}})
	frames := framesOf(t, w.offices[0])
	last, err := ledger.ReadFrame(frames[len(frames)-1])
	if err != nil {
		t.Fatal(err)
	}
	bent := func(how func(b *ledger.Batch)) []byte {
		b := *last
		b.Bytes, b.Sig, b.Payloads = bytes.Clone(b.Bytes), bytes.Clone(b.Sig), append([][]byte(nil), b.Payloads...)
		how(&b)
		return ledger.AppendFrame(nil, &b)
	}
	forged := [][]byte{
		bent(func(b *ledger.Batch) { b.Sig[0] ^= 1 }),
		bent(func(b *ledger.Batch) { b.Payloads[0] = []byte("other") }),
		bent(func(b *ledger.Batch) { b.Bytes[len(b.Bytes)-1] ^= 1 }),
	}
	if _, err := evil.Push(t.Context(), forged, ""); err != nil {
		t.Fatal(err)
	}
	before, err := w.offices[1].Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, err := w.offices[1].SyncWith(t.Context(), w.depots[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Received.Refused) == 0 {
		t.Error("nobody is told of forgeries")
	}
	after, err := w.offices[1].Digest(t.Context())
	if err != nil || len(after) != len(before) || after[man] != before[man] {
		t.Errorf("something forged was applied: %v", err)
	}
	for range 3 { // the true one comes all the same
		for i, o := range w.offices {
			if _, err := o.SyncWith(t.Context(), w.depots[i], nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	same(t, w.offices[0], w.offices[1])
	same(t, w.offices[0], w.offices[2])
	if r, err := w.offices[1].Get(t.Context(), man); err != nil || r.Get("birth") != "1990" {
		t.Errorf("kept away: %v %v", r, err)
	}
}

// A network that drops every second while all work.
func TestANetworkThatDrops(t *testing.T) {
	w := atHub(t, 3)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	line := &droppingLine{ln: ln, to: w.hub.Address()}
	line.all.Go(line.serve)
	t.Cleanup(func() { _ = ln.Close(); line.drop(); line.all.Wait() })
	inv, err := hub.ReadInvitation(w.inv)
	if err != nil {
		t.Fatal(err)
	}
	inv.URLs = []string{"tls://" + ln.Addr().String()}
	for i, o := range w.offices {
		w.depots[i] = dialHub(t, o, inv.Bytes())
	}
	stop := make(chan struct{})
	line.all.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(700 * time.Millisecond):
				line.drop()
			}
		}
	})
	man := w.man(t)
	for range 3 {
		w.work(t, man, 3)
		time.Sleep(300 * time.Millisecond)
	}
	close(stop)
	w.settle(t)
	if line.drops() == 0 {
		t.Error("the line never dropped")
	}
}

// droppingLine carries connections until they are dropped.
type droppingLine struct {
	ln  net.Listener
	to  string
	all gosync.WaitGroup

	mu    gosync.Mutex
	open  []net.Conn
	count int
}

func (l *droppingLine) serve() {
	for {
		c, err := l.ln.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", l.to)
		if err != nil {
			_ = c.Close()
			continue
		}
		l.mu.Lock()
		l.open = append(l.open, c, out)
		l.mu.Unlock()
		for _, way := range [][2]net.Conn{{c, out}, {out, c}} {
			l.all.Go(func() {
				_, _ = io.Copy(way[0], way[1])
				_ = way[0].Close()
				_ = way[1].Close()
			})
		}
	}
}

func (l *droppingLine) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count += len(l.open)
	for _, c := range l.open {
		_ = c.Close()
	}
	l.open = nil
}

func (l *droppingLine) drops() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}
