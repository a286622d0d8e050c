package data

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
)

// A device whose clock ran years ahead when it wrote a bundle is believed again
// when it was put right.
func TestAWordAfterAClockThatRanAhead(t *testing.T) {
	a, _ := founded(t)
	b, cfg := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	ahead := 9 * 365 * 24 * time.Hour
	cfg.Clock = func() time.Time { return time.Now().Add(ahead) }
	b = openAgain(t, cfg)
	stick := filepath.Join(t.TempDir(), "paquete")
	if _, err := b.WriteBundle(t.Context(), stick, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := a.ReadBundle(t.Context(), stick, nil); err != nil {
		t.Fatal(err)
	}
	ahead = 0
	d := sync.NewMemory()
	task(t, a, "llamar")
	syncWith(t, a, d)
	syncWith(t, b, d)
	syncWith(t, a, d)
	if seen := deviceOf(t, status(t, a), b); seen.Lacks != 0 {
		t.Errorf("its word of today counts for nothing: %+v", seen)
	}
}

// What one lacks below his tips is held by two together only when the other has it.
func TestTwoTogetherLackWhatNeitherHas(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	d := sync.NewMemory()
	syncWith(t, a, d) // the hub has what was said so far
	task(t, a, "uno")
	task(t, a, "dos")
	frames := framesOf(t, a)
	lost, err := ledger.ReadFrame(frames[len(frames)-2])
	if err != nil {
		t.Fatal(err)
	}
	s := b.statement()
	s.Tips, s.Serial = a.ends().Tips(), 1<<50
	s.Lacks = []sync.Name{{Device: lost.Device, Seq: lost.Seq, Hash: lost.Hash}}
	if !a.hear(&s) {
		t.Fatal("not heard")
	}
	if st := status(t, a); st.OnlyHere != len(lost.Payloads) {
		t.Errorf("only here: %d, and not %d", st.OnlyHere, len(lost.Payloads))
	}
}

// A bundle that could not be taken in is not noted as one that was.
func TestABundleThatFailedIsNotedSo(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	task(t, a, "llamar")
	stick := filepath.Join(t.TempDir(), "paquete")
	if _, err := a.WriteBundle(t.Context(), stick, nil); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if _, err := b.ReadBundle(ctx, stick, func(Progress) { stop() }); err == nil {
		t.Fatal("nothing failed")
	}
	ways := b.Ways()
	if len(ways) != 1 || ways[0].Error == "" || ways[0].Got != 0 {
		t.Errorf("%+v", ways)
	}
	if err := os.WriteFile(stick, []byte("paradero bundle 1\nx"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ReadBundle(t.Context(), stick, nil); !fault.Is(err, fault.Damaged) {
		t.Fatal(err)
	}
	if ways = b.Ways(); len(ways) != 1 || ways[0].Error != "bundle_damaged" {
		t.Errorf("%+v", ways)
	}
}

// Whoever writes a bundle onto a slow stick keeps nobody waiting, whatever else
// wants the working copy meanwhile.
func TestASlowStickKeepsNobodyWaiting(t *testing.T) {
	a, _ := founded(t)
	for range 5 {
		task(t, a, "llamar")
	}
	slow, going := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 2)
	go func() {
		first := true
		ended <- a.Frames(t.Context(), func([]byte) error {
			if first {
				first = false
				close(going)
				<-slow
			}
			return nil
		})
	}()
	<-going
	go func() { ended <- a.Rebuild(t.Context(), nil) }()
	time.Sleep(100 * time.Millisecond) // it wants the working copy for itself
	read := make(chan error, 1)
	go func() {
		_, err := a.Get(t.Context(), a.Info().Member)
		read <- err
	}()
	select {
	case err := <-read:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody can read anything")
	}
	close(slow)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if a.Count(record.Task) != 5 {
		t.Error("something is lost")
	}
}
