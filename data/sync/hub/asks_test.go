package hub

import (
	"crypto/tls"
	"fmt"
	"runtime"
	"testing"
	"time"

	"paradero/data/sync/synctest"
)

// A device that asks for much on many lines and reads nothing does not fill the
// hub's memory.
func TestWhoAsksAndDoesNotRead(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	evil, other := synctest.NewDevice(2), synctest.NewDevice(3)
	writer := dialled(t, inv, other)
	var items []*item
	for i := range 60 {
		items = append(items, &item{subject: fmt.Sprintf("p.%s.%d.x", other.ID, i), frame: make([]byte, 400<<10)})
	}
	if err := writer.send(t.Context(), streamBatches, items); err != nil {
		t.Fatal(err)
	}
	items = nil
	var mem runtime.MemStats
	heap := func() uint64 { runtime.GC(); runtime.ReadMemStats(&mem); return mem.HeapAlloc >> 20 }
	before := heap()
	for range 6 {
		c, err := tls.Dial("tcp", h.Address(), pinned(writer.inv.Pin))
		if err != nil {
			t.Fatal(err)
		}
		s := speak(t, c, writer.inv.Account, evil)
		s.say(t, fmt.Sprintf("SUB _I.%s.> 1\r\n", evil.ID))
		for i := range 20 {
			body := fmt.Sprintf(`{"seq":1,"batch":60,"max_bytes":%d}`, mostBytes)
			s.say(t, fmt.Sprintf("PUB $JS.API.DIRECT.GET.batches _I.%s.%d %d\r\n%s\r\n", evil.ID, i, len(body), body))
		}
	}
	time.Sleep(2 * time.Second)
	if after := heap(); after > before+250 { // each has 10 MB on the way, in the server and at the gate
		t.Errorf("from %d to %d MB", before, after)
	}
	if _, err := writer.Push(t.Context(), [][]byte{other.Frame(t, 500)}, ""); err != nil {
		t.Errorf("others are kept away: %v", err)
	}
}

// No more is asked for at once than a reader of ours asks for.
func TestTooMuchIsAskedFor(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	dev := synctest.NewDevice(2)
	good := dialled(t, inv, dev)
	for _, body := range []string{
		`{"seq":1,"batch":100000,"max_bytes":1000}`, `{"seq":1,"batch":100}`, `{"seq":1,"batch":100,"max_bytes":100000000}`, `{"seq":1,"batch":-1}`, `x`,
	} {
		c, err := tls.Dial("tcp", h.Address(), pinned(good.inv.Pin))
		if err != nil {
			t.Fatal(err)
		}
		s := speak(t, c, good.inv.Account, dev)
		s.say(t, fmt.Sprintf("PUB $JS.API.DIRECT.GET.batches _I.%s.x %d\r\n%s\r\n", dev.ID, len(body), body))
		if s.answers() {
			t.Errorf("%s is asked", body)
		}
	}
}

// Whose answers come goes on asking, however often; what is never answered is
// forgotten.
func TestAnswersMakeRoom(t *testing.T) {
	a := newAsks()
	for i := range 100 {
		reply := fmt.Sprintf("_I.x.%d", i)
		if !a.begin(reply, &ask{cost: mostBytes + maxPayload, many: true}) {
			t.Fatal("ended")
		}
		a.came(reply, false)
		if a.size == 0 {
			t.Fatal("it is not over")
		}
		a.came(reply, true)
	}
	if a.size != 0 || len(a.open) != 0 {
		t.Errorf("%d bytes are owed", a.size)
	}
	for i := range 3 {
		a.begin(fmt.Sprint(i), &ask{cost: mostBytes, many: true})
	}
	if a.old(time.Now().Add(askTime)); a.size != 0 || len(a.open) != 0 {
		t.Errorf("%d bytes are owed for ever", a.size)
	}
	a.begin("x", &ask{cost: mostAsked})
	close(a.end)
	if a.begin("y", &ask{cost: mostAsked}) {
		t.Error("a line that has ended asks")
	}
}
