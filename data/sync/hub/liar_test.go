package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// liar is a hub of the test's own making: it speaks as JetStream does, and bends
// what it says.
type liar struct {
	nc *nats.Conn

	mu    gosync.Mutex
	born  time.Time
	msgs  []stored
	bend  func([]stored) []stored // what it gives for what it should give
	more  string                  // what it says is left; "" the truth
	loses bool                    // acknowledges and does not keep
	last  uint64                  // what it says its last number is; 0: the truth
}

// newLiar gives a liar and how to come to it.
func newLiar(t *testing.T) (*liar, []byte) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, MaxPayload: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("no server")
	}
	l := &liar{born: time.Now()}
	if l.nc, err = nats.Connect("", nats.InProcessServer(s)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.nc.Close)
	for subject, do := range map[string]func(*nats.Msg){
		"p.>": l.keep, "r.>": l.keep, "a.>": l.keep, "$JS.API.DIRECT.GET.batches": l.give, "$JS.API.STREAM.INFO.batches": l.info,
	} {
		if _, err := l.nc.Subscribe(subject, do); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.nc.Flush(); err != nil {
		t.Fatal(err)
	}
	inv := &Invitation{Version: invitationVersion, URLs: []string{s.ClientURL()}, Account: "liar", Foreign: true}
	return l, inv.Bytes()
}

func (l *liar) keep(m *nats.Msg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seq := uint64(len(l.msgs) + 1)
	if slices.ContainsFunc(l.msgs, func(s stored) bool { return s.subject == m.Subject }) {
		_ = m.Respond([]byte(`{"error":{"code":503,"description":"maximum messages per subject exceeded"}}`))
		return
	}
	if !l.loses {
		l.msgs = append(l.msgs, stored{m.Subject, seq, bytes.Clone(m.Data)})
	}
	_ = m.Respond(fmt.Appendf(nil, `{"stream":"batches","seq":%d}`, seq))
}

func (l *liar) info(m *nats.Msg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var i info
	i.Created, i.State.LastSeq, i.State.Subjects = l.born, max(l.last, uint64(len(l.msgs))), map[string]uint64{}
	for _, s := range l.msgs {
		i.State.Subjects[s.subject] = 1
	}
	i.Total = len(l.msgs)
	b, _ := json.Marshal(i)
	_ = m.Respond(b)
}

func (l *liar) give(m *nats.Msg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ask struct {
		Seq  uint64 `json:"seq"`
		Last string `json:"last_by_subj"`
	}
	_ = json.Unmarshal(m.Data, &ask)
	var out []stored
	for _, s := range l.msgs {
		if ask.Last == "" && s.seq >= ask.Seq || ask.Last == s.subject {
			out = append(out, s)
		}
	}
	if l.bend != nil {
		out = l.bend(out)
	}
	say := func(status string, s stored) {
		r := nats.NewMsg(m.Reply)
		r.Data = s.data
		if status == "" {
			r.Header.Set("Nats-Sequence", fmt.Sprint(s.seq))
			r.Header.Set("Nats-Subject", s.subject)
		} else {
			r.Header.Set("Status", status)
			r.Header.Set("Nats-Num-Pending", l.more+strings.Repeat("0", max(0, 1-len(l.more))))
		}
		_ = l.nc.PublishMsg(r)
	}
	if len(out) == 0 {
		say("404", stored{})
		return
	}
	for _, s := range out {
		say("", s)
	}
	if ask.Last == "" {
		say("204", stored{})
	}
}

func (l *liar) lie(bend func([]stored) []stored) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bend, l.more, l.loses, l.last = bend, "", false, 0
}

// bent maps a copy of each message.
func bent(how func(i int, s stored) stored) func([]stored) []stored {
	return func(list []stored) []stored {
		out := make([]stored, len(list))
		for i, s := range list {
			s.data = bytes.Clone(s.data)
			out[i] = how(i, s)
		}
		return out
	}
}

// A hub may say what it likes: nothing that was not pushed is given, nothing hangs,
// and once it is honest everything comes.
func TestAHubThatLies(t *testing.T) {
	dev := synctest.NewDevice(1)
	var want [][]byte
	for i := range 20 {
		want = append(want, dev.Frame(t, 400+200*i))
	}
	huge := uint64(1) << 60
	lies := map[string]func([]stored) []stored{
		"reorders":            func(l []stored) []stored { l = slices.Clone(l); slices.Reverse(l); return l },
		"reorders and counts": func(l []stored) []stored { return renumbered(l, func(i int) int { return len(l) - 1 - i }) },
		"repeats":             func(l []stored) []stored { return append(slices.Clone(l), l...) },
		"repeats and counts": func(l []stored) []stored {
			return renumbered(append(slices.Clone(l), l...), func(i int) int { return i })
		},
		"withholds": func(l []stored) []stored { return l[:len(l)/2] },
		"withholds the odd": func(l []stored) []stored {
			return slices.DeleteFunc(slices.Clone(l), func(s stored) bool { return s.seq%2 == 1 && s.seq > 1 })
		},
		"withholds all":    func([]stored) []stored { return nil },
		"truncates":        bent(func(i int, s stored) stored { s.data = s.data[:len(s.data)*(i%3)/3]; return s }),
		"flips":            bent(func(i int, s stored) stored { s.data = flipped(s.data, i*7); return s }),
		"swaps":            func(l []stored) []stored { return swapped(l) },
		"numbers too high": bent(func(_ int, s stored) stored { s.seq += huge; return s }),
		"numbers too low":  bent(func(_ int, s stored) stored { s.seq = 1; return s }),
		"no numbers":       bent(func(_ int, s stored) stored { s.seq = 0; return s }),
		"other subjects":   bent(func(_ int, s stored) stored { s.subject = "p.x.y.z"; return s }),
		"no subjects":      bent(func(_ int, s stored) stored { s.subject = ""; return s }),
		"too much":         bent(func(_ int, s stored) stored { s.data = make([]byte, 1<<20); return s }),
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			l, inv := newLiar(t)
			d, err := Dial(t.Context(), inv, identity(dev))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			if _, err := d.Push(t.Context(), want[:10], ""); err != nil {
				t.Fatal(err)
			}
			_, honest, err := readAll(t, d, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Push(t.Context(), want[10:], ""); err != nil {
				t.Fatal(err)
			}
			for _, from := range []sync.Mark{"", honest} {
				l.lie(lie)
				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
				var got [][]byte
				mark, err := d.Since(ctx, from, func(f []byte, _ sync.Mark) error { got = append(got, bytes.Clone(f)); return nil })
				cancel()
				if errors.Is(err, context.DeadlineExceeded) {
					t.Error("it is waited for without end")
				}
				for _, f := range got {
					if !containsFrame(want, f) {
						t.Fatal("something was given that nobody pushed")
					}
				}
				l.lie(nil)
				if _, _, err := readAll(t, d, mark); err != nil && !errors.Is(err, sync.ErrMark) {
					t.Fatalf("honest again: %v", err)
				}
				// What was passed over may be behind the mark: who misses something reads anew.
				whole, _, err := readAll(t, d, "")
				if err != nil || len(whole) != len(want) {
					t.Errorf("%d of %d, %v", len(whole), len(want), err)
				}
			}
		})
	}
}

func renumbered(l []stored, from func(int) int) []stored {
	out := make([]stored, len(l))
	for i := range l {
		out[i] = l[from(i)]
		out[i].seq = l[0].seq + uint64(i)
	}
	return out
}

func swapped(l []stored) []stored {
	out := slices.Clone(l)
	for i := 0; i+1 < len(out); i += 2 {
		out[i].data, out[i+1].data = out[i+1].data, out[i].data
	}
	return out
}

func flipped(b []byte, at int) []byte {
	if len(b) > 0 {
		b[at%len(b)] ^= 1
	}
	return b
}

// A hub that says that there is always more, gives receipts and keeps nothing, or
// claims a last number beyond what it has.
func TestAHubThatPromises(t *testing.T) {
	dev := synctest.NewDevice(1)
	l, inv := newLiar(t)
	d, err := Dial(t.Context(), inv, identity(dev))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	frames := [][]byte{dev.Frame(t, 500), dev.Frame(t, 500)}
	if _, err := d.Push(t.Context(), frames, ""); err != nil {
		t.Fatal(err)
	}
	l.lie(nil)
	l.mu.Lock()
	l.more = "9999"
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	seen := 0
	if _, err := d.Since(ctx, "", func([]byte, sync.Mark) error { seen++; return nil }); errors.Is(err, context.DeadlineExceeded) || seen != 2 {
		t.Errorf("always more: %d frames, %v", seen, err)
	}
	l.lie(nil)
	_, mark, err := readAll(t, d, "")
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.loses = true
	l.mu.Unlock()
	after, err := d.Push(t.Context(), [][]byte{dev.Frame(t, 500)}, mark)
	if err != nil {
		t.Fatal(err)
	}
	l.lie(nil)
	if _, _, err := readAll(t, d, after); !errors.Is(err, sync.ErrMark) {
		t.Errorf("it lost what it acknowledged, and the mark holds: %v", err)
	}
	l.mu.Lock()
	l.last = 1000
	l.mu.Unlock()
	if _, _, err := readAll(t, d, after); !errors.Is(err, sync.ErrMark) {
		t.Errorf("it claims to have more than it has: %v", err)
	}
}
