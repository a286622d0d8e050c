package data

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"paradero/data/ledger"
	"paradero/data/record"
)

// A colleague's first batch, which holds his key, came again behind his others:
// they are read all the same when the working copy is made anew.
func TestFirstBatchCameAgainBehind(t *testing.T) {
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	first := save(t, b, Change{Kind: record.Task, Set: map[string]string{"what": "llamar"}})
	for range 3 {
		task(t, b, "llamar otra vez")
	}
	exchange(t, a, b)
	at, ok := a.where(first.Write.Batch)
	if !ok {
		t.Fatal("not here")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	flipAt(t, filepath.Join(cfg.Dir, journalDir, ledger.SegmentName(1)), at.Pos.Offset+200)
	a = openAgain(t, cfg)
	if err := a.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if n := a.Count(record.Task); n != 3 {
		t.Errorf("one batch is damaged, and %d tasks of 3 are here", n)
	}
	receive(t, a, framesOf(t, b))
	same(t, a, b)
	if err := a.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, a, b)
	if found, err := a.Verify(context.Background(), nil); err != nil || damaged(found) {
		t.Errorf("verify: %v, %v", found, err)
	}
}

// Law that came late is applied also when the line broke behind it and the
// program ended.
func TestLateLawSurvivesTheEnd(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "coordinator")
	c, ccfg := colleague(t, a, "Ana Paz", "lawyer")
	exchange(t, a, b)
	exchange(t, a, c)
	save(t, a, Change{Record: b.Info().Member, Set: map[string]string{"role": "lawyer"}})
	for range 3 {
		save(t, b, Change{Kind: record.Member, Set: map[string]string{"name": "Eva Paz", "role": "coordinator"}})
	}
	receive(t, c, framesOf(t, b))
	frames := framesOf(t, a)
	broken := errors.New("the line broke")
	if _, err := c.Receive(context.Background(), func() ([]byte, error) {
		if len(frames) == 0 {
			return nil, broken
		}
		f := frames[0]
		frames = frames[1:]
		return f, nil
	}, nil); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	c = reopen(t, c, ccfg)
	receive(t, a, framesOf(t, b))
	if err := a.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, a, c)
}

// Law that came without its values is refused and lacks them, also when the
// working copy was made anew meanwhile: it is whole when they come.
func TestLawWithoutItsValuesIsStillOwed(t *testing.T) {
	w := threeOf(t)
	b := w.b
	got, err := w.a.NewCircle(t.Context(), "Familia", []record.ID{b.Info().Member})
	if err != nil {
		t.Fatal(err)
	}
	frames := framesOf(t, w.a)
	less := make([][]byte, len(frames))
	for i := range frames {
		of, err := ledger.ReadFrame(frames[i])
		if err != nil {
			t.Fatal(err)
		}
		if of.Hash == got.Write.Batch {
			of.Payloads[got.Write.Index] = nil
		}
		less[i] = ledger.AppendFrame(nil, of)
	}
	receive(t, b, less)
	if err := b.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if !b.owed.has(got.Write.Batch) {
		t.Error("it is forgotten that values are missing")
	}
	receive(t, b, frames)
	same(t, w.a, b)
	if list, err := b.Circles(t.Context()); err != nil || len(list) != 2 || !list[0].Open {
		t.Errorf("circles: %+v, %v", list, err)
	}
}

// What waits for two others waits also when one of them has come.
func TestHeldForTwo(t *testing.T) {
	a, _ := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "lawyer")
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	exchange(t, a, b)
	exchange(t, a, c)
	base := len(framesOf(t, a))
	task(t, a, "uno")
	task(t, c, "dos")
	receive(t, c, framesOf(t, a))
	task(t, c, "tres")
	frames := framesOf(t, c)[base:]
	if len(frames) != 3 {
		t.Fatalf("%d frames", len(frames))
	}
	receive(t, b, frames[2:])
	if len(b.Waiting()) != 1 {
		t.Fatalf("%v", b.Waiting())
	}
	receive(t, b, frames[:1])
	if len(b.Waiting()) != 1 {
		t.Fatalf("%v", b.Waiting())
	}
	if err := b.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	b = reopen(t, b, bcfg)
	if len(b.Waiting()) != 1 {
		t.Errorf("what waited is forgotten: %v", b.Waiting())
	}
	receive(t, b, frames[1:2])
	same(t, b, c)
	b = reopen(t, b, bcfg)
	if w := b.Waiting(); len(w) != 0 {
		t.Errorf("what was taken in waits again: %v", w)
	}
}
