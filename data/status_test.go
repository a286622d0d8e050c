package data

import (
	"testing"

	"paradero/data/sync"
)

func status(t *testing.T, o *Office) Status {
	t.Helper()
	st, err := o.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func deviceOf(t *testing.T, st Status, o *Office) DeviceStatus {
	t.Helper()
	for _, d := range st.Devices {
		if d.Device == o.Info().Device {
			return d
		}
	}
	t.Fatal("a device is not told of")
	return DeviceStatus{}
}

// What is told of others is what they signed, or what their batches show.
func TestStatus(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	c, _ := colleague(t, a, "Ana Paz", "social-worker")
	d := sync.NewMemory()
	st := status(t, a)
	if st.Changes != 7 || st.OnHub != 0 || st.OnlyHere != 7 || st.Waiting != 0 || len(st.Devices) != 3 || !st.Devices[0].This || st.Devices[0].Has != 7 {
		t.Fatalf("alone: %+v", st)
	}
	syncWith(t, a, d)
	if st = status(t, a); st.OnHub != 7 || st.OnlyHere != 0 || deviceOf(t, st, b).Has != 0 || len(st.Ways) != 1 || st.Ways[0].Sent != 7 {
		t.Fatalf("on the hub: %+v", st)
	}
	b.cfg.Program = "1.4.0"
	syncWith(t, b, d)
	syncWith(t, a, d)
	if seen := deviceOf(t, status(t, a), b); seen.Program != "1.4.0" || seen.Has != 7 || !seen.Signed || seen.At.IsZero() || seen.MemberName != "Luis Quispe" {
		t.Errorf("by its word: %+v", seen)
	}
	task(t, a, "llamar")
	if st = status(t, a); st.Changes != 8 || st.OnlyHere != 1 || st.OnHub != 7 || deviceOf(t, st, b).Lacks != 1 {
		t.Errorf("one more: %+v", st)
	}
	// What a colleague wrote shows what he had read, also where he said nothing.
	exchange(t, a, c)
	task(t, c, "visitar")
	exchange(t, a, c)
	if st = status(t, a); deviceOf(t, st, c).Has != 9 || deviceOf(t, st, c).Signed || st.OnlyHere != 0 || st.OnHub != 7 {
		t.Errorf("by its batches: %+v", st)
	}
	frames := framesOf(t, a)
	e, _ := colleague(t, a, "Eva Ruiz", "lawyer")
	receive(t, e, frames[2:3])
	if st = status(t, e); st.Waiting != 1 || st.Changes != 0 {
		t.Errorf("one waits: %+v", st)
	}
}

// Counts are the same whether they are kept while batches come or counted anew.
func TestTally(t *testing.T) {
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	first := status(t, a).Changes
	for i := range 5 {
		task(t, a, "llamar")
		exchange(t, a, b)
		task(t, b, "visitar")
		task(t, b, "escribir")
		exchange(t, a, b)
		if got := status(t, a).Changes; got != first+3*(i+1) {
			t.Fatalf("%d changes", got)
		}
	}
	kept := status(t, a)
	a = reopen(t, a, cfg)
	if again := status(t, a); again.Changes != kept.Changes || deviceOf(t, again, b).Has != deviceOf(t, kept, b).Has {
		t.Errorf("%+v, counted anew %+v", kept, again)
	}
	if err := a.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if again := status(t, a); again.Changes != kept.Changes || deviceOf(t, again, b).Has != deviceOf(t, kept, b).Has {
		t.Errorf("%+v, after a rebuild %+v", kept, again)
	}
}
