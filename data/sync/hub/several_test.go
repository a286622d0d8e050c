package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	gosync "sync"
	"testing"
	"time"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// Three hubs of ours as one: one ends and comes back, and neither a batch nor a
// device that has ended is forgotten.
func TestSeveralHubs(t *testing.T) {
	if os.Getenv("PARADERO_HUB") == "" {
		t.Skip("long: make hub")
	}
	const count = 3
	dirs := make([]string, count)
	opts := make([]Options, count)
	var routes []string
	for i := range count {
		routes = append(routes, fmt.Sprintf("127.0.0.1:%d", freePort(t)))
		dirs[i] = filepath.Join(t.TempDir(), "hub")
		opts[i] = Options{Dir: dirs[i], Listen: fmt.Sprintf("127.0.0.1:%d", freePort(t)), Route: routes[i]}
	}
	addresses := opts[0].Listen + "," + opts[1].Listen + "," + opts[2].Listen
	for i := range count {
		opts[i].Cluster, opts[i].Address = routes, addresses
	}
	// What is the same at all of them is made by the first and carried to the others.
	alone := opts[0]
	alone.Cluster, alone.Listen = nil, "127.0.0.1:0"
	h, err := Start(context.Background(), alone)
	if err != nil {
		t.Fatal(err)
	}
	h.Stop()
	if err := os.RemoveAll(filepath.Join(dirs[0], storeDir)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs[1:] {
		for _, name := range []string{"hub.key", filepath.Join(officesDir, FirstOffice+".json")} {
			b, err := os.ReadFile(filepath.Join(dirs[0], name))
			if err == nil {
				err = os.MkdirAll(filepath.Join(dir, officesDir), 0o700)
			}
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	hubs := make([]*Server, count)
	var starting gosync.WaitGroup
	for i := range count {
		starting.Go(func() {
			var err error
			if hubs[i], err = Start(context.Background(), opts[i]); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	if t.Failed() {
		t.FailNow()
	}
	stop := func(i int) { hubs[i].Stop(); hubs[i] = nil }
	t.Cleanup(func() {
		for i := range hubs {
			if hubs[i] != nil {
				stop(i)
			}
		}
	})
	inv := claimed(t, hubs[0])
	for _, h := range hubs[1:] {
		if b := invitationOf(t, h); string(b) != string(inv) {
			t.Error("two of them have different invitations")
		}
	}
	boss, worker := synctest.NewDevice(1), synctest.NewDevice(2)
	time.Sleep(time.Second)
	d, w := dialled(t, inv, boss), dialled(t, inv, worker)
	var want [][]byte
	push := func() {
		t.Helper()
		f := []([]byte){boss.Frame(t, 600), boss.Frame(t, 3000)}
		if _, err := d.Push(t.Context(), f, ""); err != nil {
			t.Fatal(err)
		}
		want = append(want, f...)
	}
	push()
	stop(2)
	push()
	if changed, err := Register(t.Context(), inv, []Device{listed(boss, true)}, signer{boss}); err != nil || !changed {
		t.Fatalf("%v %v", changed, err)
	}
	for deadline := time.Now().Add(2 * gossipEvery); err == nil && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		_, err = w.Push(t.Context(), [][]byte{worker.Frame(t, 600)}, "") // it may be at another hub than the one that was told
	}
	if !errors.Is(err, sync.ErrRefused) {
		t.Errorf("a device that has ended: %v", err)
	}
	if hubs[2], err = Start(context.Background(), opts[2]); err != nil {
		t.Fatal(err)
	}
	push()
	time.Sleep(2 * gossipEvery)
	one, err := ReadInvitation(inv)
	if err != nil {
		t.Fatal(err)
	}
	one.URLs = []string{"tls://" + opts[2].Listen} // it was down when the device ended
	if _, err := Dial(t.Context(), one.Bytes(), identity(worker)); !errors.Is(err, sync.ErrRefused) {
		t.Errorf("the hub that was away lets in who has ended: %v", err)
	}
	stop(0)
	push()
	got, _, err := readAll(t, dialled(t, one.Bytes(), boss), "")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range want {
		if !containsFrame(got, f) {
			t.Errorf("frame %d is lost", i)
		}
	}
}
