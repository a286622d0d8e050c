package courier

import (
	"context"
	"errors"
	"path/filepath"
	gosync "sync"
	"sync/atomic"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/sync"
)

var pass = []byte("cuatro gatos en la azotea")

func config(dir string) data.Config {
	return data.Config{Dir: dir, Cost: data.Cost{Time: 1, Memory: 8, Threads: 1}}
}

// two are an office on two devices: the second is the first's backup, restored.
func two(t *testing.T) (a, b *data.Office) {
	t.Helper()
	home := t.TempDir()
	a, _, err := data.Create(t.Context(), config(filepath.Join(home, "a")), data.Founding{
		Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Passphrase: pass,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	copied := filepath.Join(home, "copia")
	if _, err := a.Backup(t.Context(), copied, func(data.Progress) {}); err != nil {
		t.Fatal(err)
	}
	b, _, err = data.Restore(t.Context(), config(filepath.Join(home, "b")), data.Restoring{File: copied, Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return a, b
}

func add(t *testing.T, o *data.Office, name string) record.ID {
	t.Helper()
	r, err := o.Edit(t.Context(), data.Change{Kind: record.Detainee, Set: map[string]string{"given_names": name}})
	if err != nil {
		t.Fatal(err)
	}
	return r[0].ID
}

// comes waits until a record is there, and gives how long that took.
func comes(t *testing.T, o *data.Office, id record.ID) time.Duration {
	t.Helper()
	began := time.Now()
	for time.Since(began) < 20*time.Second {
		if _, err := o.Get(t.Context(), id); err == nil {
			return time.Since(began)
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatal("it does not come")
	return 0
}

func waysTo(d sync.Depot, kind string) func() []Way {
	return func() []Way {
		return []Way{{Kind: kind, Name: d.Name(), Open: func(context.Context) (sync.Depot, error) { return d, nil }}}
	}
}

// What one saves is on the other's screen within a second, both ways, through a
// depot that tells by itself.
func TestLive(t *testing.T) {
	a, b := two(t)
	d := sync.NewMemory()
	for _, o := range []*data.Office{a, b} {
		c := Start(o, Options{Ways: waysTo(d, data.WayHub)})
		t.Cleanup(c.Close)
	}
	comes(t, b, add(t, a, "Ángel"))
	for range 3 {
		if took := comes(t, b, add(t, a, "Iván")); took > time.Second {
			t.Errorf("it took %v", took)
		}
		if took := comes(t, a, add(t, b, "Óscar")); took > time.Second {
			t.Errorf("back it took %v", took)
		}
	}
	if ways := a.Ways(); len(ways) != 1 || !ways[0].Online {
		t.Errorf("%+v", ways)
	}
}

// A shared folder is looked at by itself.
func TestFolder(t *testing.T) {
	a, b := two(t)
	dir := t.TempDir()
	quick := func(d time.Duration) <-chan time.Time { return time.After(min(d, 50*time.Millisecond)) }
	for _, o := range []*data.Office{a, b} {
		c := Start(o, Options{After: quick})
		t.Cleanup(c.Close)
		if err := c.SetFolder(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	comes(t, b, add(t, a, "Ángel"))
	comes(t, a, add(t, b, "Iván"))
	c := Start(a, Options{After: quick})
	defer c.Close()
	if err := c.SetFolder(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if len(a.Ways()) != 0 {
		t.Error("a folder that was given up is a way still")
	}
}

// broken is a depot whose line breaks, and that cannot be reached now and then.
type broken struct {
	*sync.Memory
	tries, calls atomic.Int64
	every        int64
}

func (b *broken) open(context.Context) (sync.Depot, error) {
	if b.tries.Add(1)%3 != 0 {
		return nil, sync.ErrAway
	}
	return b, nil
}

func (b *broken) fails() bool { return b.calls.Add(1)%b.every == 0 }

func (b *broken) Since(ctx context.Context, m sync.Mark, do func([]byte, sync.Mark) error) (sync.Mark, error) {
	if b.fails() {
		return m, sync.ErrAway
	}
	return b.Memory.Since(ctx, m, do)
}

func (b *broken) Push(ctx context.Context, frames [][]byte, m sync.Mark) (sync.Mark, error) {
	if b.fails() {
		return m, sync.ErrAway
	}
	return b.Memory.Push(ctx, frames, m)
}

func (b *broken) Live(ctx context.Context, do func([]byte)) error {
	ctx, stop := context.WithTimeout(ctx, 60*time.Millisecond)
	defer stop()
	err := b.Memory.Live(ctx, do)
	if errors.Is(err, context.DeadlineExceeded) {
		return sync.ErrAway
	}
	return err
}

// A line that breaks again and again loses nothing; who waits to try again waits
// longer each time, and not at all when he is told to.
func TestBrokenLine(t *testing.T) {
	a, b := two(t)
	m := sync.NewMemory()
	quick := func(d time.Duration) <-chan time.Time { return time.After(d / 50) }
	for _, o := range []*data.Office{a, b} {
		d := &broken{Memory: m, every: 3}
		ways := func() []Way { return []Way{{Kind: data.WayHub, Name: "x", Open: d.open}} }
		c := Start(o, Options{Ways: ways, After: quick})
		t.Cleanup(c.Close)
	}
	for range 5 {
		comes(t, b, add(t, a, "Ángel"))
		comes(t, a, add(t, b, "Iván"))
	}
}

func TestBacksOff(t *testing.T) {
	a, _ := two(t)
	var mu gosync.Mutex
	var waits []time.Duration
	never := make(chan time.Time)
	after := func(d time.Duration) <-chan time.Time {
		mu.Lock()
		defer mu.Unlock()
		if d == lookOther {
			return never
		}
		waits = append(waits, d)
		if len(waits) > 12 {
			return never
		}
		now := make(chan time.Time, 1)
		now <- time.Time{}
		return now
	}
	tried := make(chan bool, 100)
	away := func(context.Context) (sync.Depot, error) { tried <- true; return nil, sync.ErrAway }
	c := Start(a, Options{After: after, Jitter: func() float64 { return 0.5 }, Ways: func() []Way {
		return []Way{{Kind: data.WayHub, Name: "x", Open: away}}
	}})
	for range 13 {
		<-tried
	}
	for {
		mu.Lock()
		n := len(waits)
		mu.Unlock()
		if n == 13 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	mu.Lock()
	if waits[0] != backFirst || waits[1] != 2*backFirst || waits[12] != backMost {
		t.Errorf("%v", waits)
	}
	mu.Unlock()
	if ways := a.Ways(); len(ways) != 1 || ways[0].Online || ways[0].Error != "sync_away" {
		t.Errorf("%+v", ways)
	}
	c.Exchange("") // somebody says that the network is there
	<-tried
	done := make(chan bool)
	go func() { c.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("it does not end")
	}
}
