package data

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/sync"
)

func syncWith(t *testing.T, o *Office, d sync.Depot) Exchanged {
	t.Helper()
	out, err := o.SyncWith(t.Context(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Received.Refused) > 0 {
		t.Errorf("refused: %+v", out.Received.Refused)
	}
	return out
}

// Two who meet at a depot are the same afterwards; who has nothing to do asks once.
func TestSyncOverADepot(t *testing.T) {
	a, _ := founded(t)
	b, cfg := colleague(t, a, "Luis Quispe", "lawyer")
	d := sync.NewMemory()
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
	if out := syncWith(t, a, d); out.SentBatches != 4 || out.Sent != 6 || out.Got != 0 || !out.Complete {
		t.Fatalf("%+v", out)
	}
	if out := syncWith(t, b, d); out.Got != 6 || out.Received.Taken != 4 || out.Sent != 0 {
		t.Fatalf("%+v", out)
	}
	same(t, a, b)
	save(t, b, Change{Record: man, Set: map[string]string{"birth": "1990"}})
	b = reopen(t, b, cfg)
	if out := syncWith(t, b, d); out.Sent != 1 || out.Got != 0 {
		t.Fatalf("%+v", out)
	}
	if out := syncWith(t, a, d); out.Got != 1 || out.Sent != 0 {
		t.Fatalf("%+v", out)
	}
	same(t, a, b)
	syncWith(t, b, d)
	fixed := b.cfg.Clock() // this clock goes on a second at every look
	b.cfg.Clock = func() time.Time { return fixed }
	syncWith(t, b, d)
	before := d.Requests
	syncWith(t, b, d)
	if n := d.Requests - before; n != 1 {
		t.Errorf("nothing to do took %d requests", n)
	}
}

// A depot that was emptied, restored from an old backup or lost something in
// silence gets again what it lacks, from whoever has it.
func TestSyncFillsTheDepotAgain(t *testing.T) {
	for name, harm := range map[string]func(*sync.Memory){
		"emptied":         (*sync.Memory).Empty,
		"restored":        func(m *sync.Memory) { m.Keep(func(i int) bool { return i < 2 }) },
		"lost in silence": func(m *sync.Memory) { m.Lose(func(i int) bool { return i == 3 }) },
	} {
		t.Run(name, func(t *testing.T) {
			a, cfg := founded(t)
			b, _ := colleague(t, a, "Luis Quispe", "lawyer")
			d := sync.NewMemory()
			for range 3 {
				task(t, a, "llamar")
			}
			syncWith(t, a, d)
			syncWith(t, b, d)
			task(t, b, "visitar")
			syncWith(t, b, d)
			n := d.Len()
			harm(d)
			if name == "lost in silence" { // it is found when all names are compared, once a day
				_ = a.Close()
				later := cfg.Clock
				if later == nil {
					later = time.Now
				}
				cfg.Clock = func() time.Time { return later().Add(25 * time.Hour) }
				a = openAgain(t, cfg)
			}
			syncWith(t, a, d)
			syncWith(t, b, d)
			if d.Len() != n {
				t.Errorf("it holds %d of %d", d.Len(), n)
			}
			syncWith(t, a, d)
			same(t, a, b)
		})
	}
}

// What came on a stick reaches the hub through whoever read it.
func TestSyncCarriesOthersOn(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	c, _ := colleague(t, a, "Ana Paz", "social-worker")
	exchange(t, a, b)
	task(t, a, "llamar")
	stick := filepath.Join(t.TempDir(), "paquete")
	if _, err := a.WriteBundle(t.Context(), stick, nil); err != nil {
		t.Fatal(err)
	}
	d := sync.NewMemory()
	syncWith(t, b, d)
	if _, err := b.ReadBundle(t.Context(), stick, nil); err != nil {
		t.Fatal(err)
	}
	if out := syncWith(t, b, d); out.SentBatches == 0 {
		t.Error("what another wrote is not carried on")
	}
	syncWith(t, c, d)
	same(t, a, c)
}

// A damaged stretch is asked of the depot from its beginning, and only once.
func TestSyncMendsDamage(t *testing.T) {
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
	save(t, a, Change{Record: man, Set: map[string]string{"birth": "1990"}})
	d := sync.NewMemory()
	syncWith(t, a, d)
	syncWith(t, b, d)
	places, err := placesOf(a, man)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Close()
	flipAt(t, filepath.Join(cfg.Dir, journalDir, "00000001.journal"), places[1].Pos.Offset+100)
	a = openAgain(t, cfg)
	if out := syncWith(t, a, d); out.Received.Refilled+out.Received.Taken != 1 {
		t.Errorf("%+v", out)
	}
	same(t, a, b)
	if found, err := a.Verify(t.Context(), nil); err != nil || damaged(found) {
		t.Errorf("verify: %v, %v", found, err)
	}
}

// What a depot answers with is told in words, and nothing is lost by it.
func TestSyncFaults(t *testing.T) {
	for err, want := range map[error]string{
		sync.ErrAway: "sync_away", sync.ErrRefused: "sync_refused", sync.ErrFull: "sync_full", sync.ErrDamaged: "sync_damaged",
	} {
		if key := faultKey(syncFault("exchange", err)); key != want {
			t.Errorf("%v: %s", err, key)
		}
	}
	if !fault.Is(syncFault("exchange", sync.ErrRefused), fault.Refused) {
		t.Error("a refusal is no refusal")
	}
}

// slow is a depot from which much comes, and that does not end before it is told.
type slow struct {
	*sync.Memory
	seen chan bool
	on   chan bool
}

func (s slow) Since(ctx context.Context, m sync.Mark, do func([]byte, sync.Mark) error) (sync.Mark, error) {
	n := 0
	return s.Memory.Since(ctx, m, func(f []byte, next sync.Mark) error {
		if n++; n == pullBatches+2 {
			s.seen <- true
			<-s.on
		}
		return do(f, next)
	})
}

// What is saved while much arrives does not wait for the end of it.
func TestOwnGoesOutWhileMuchArrives(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	d := sync.NewMemory()
	syncWith(t, a, d)
	syncWith(t, b, d)
	var frames [][]byte
	for range pullBatches + 10 {
		task(t, a, "llamar")
	}
	frames = framesOf(t, a)
	if _, err := d.Push(t.Context(), frames, ""); err != nil {
		t.Fatal(err)
	}
	s := slow{d, make(chan bool), make(chan bool)}
	done := make(chan error, 1)
	task(t, b, "visitar")
	go func() { _, err := b.SyncWith(t.Context(), s, nil); done <- err }()
	<-s.seen
	n := len(frames)
	for range 1000 {
		if d.Len() > n {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if d.Len() <= n {
		t.Error("what was said here waits for all to arrive")
	}
	close(s.on)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	syncWith(t, a, d)
	same(t, a, b)
}
