package hub

import (
	"context"
	"testing"
	"time"

	"paradero/data/sync/synctest"
)

// What comes live faster than it is taken in does not fill the memory: it is let go,
// and asked for when there is time.
func TestLiveHoldsLittle(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	dev := synctest.NewDevice(2)
	writer, reader := dialled(t, inv, dev), dialled(t, inv, synctest.NewDevice(3))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	hold, ready, asked := make(chan struct{}), make(chan struct{}, 1), make(chan struct{}, 100)
	got, first := 0, true
	ended := make(chan error, 1)
	go func() {
		ended <- reader.Live(ctx, func(f []byte) {
			switch {
			case f != nil:
				<-hold
				got += len(f)
			case first:
				first = false
				ready <- struct{}{}
			default:
				asked <- struct{}{}
			}
		})
	}()
	<-ready
	sent := 0
	for range 24 {
		var frames [][]byte
		for range 20 {
			f := dev.Frame(t, 200<<10)
			frames, sent = append(frames, f), sent+len(f)
		}
		if _, err := writer.Push(t.Context(), frames, ""); err != nil {
			t.Fatal(err)
		}
	}
	close(hold)
	select {
	case <-asked:
	case <-time.After(20 * time.Second):
		t.Error("nobody is told that something was lost")
	}
	stop()
	<-ended
	if got > 20<<20 {
		t.Errorf("%d MB of %d waited in memory", got>>20, sent>>20)
	}
}
