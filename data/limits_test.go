package data

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
)

func notes(n, letters int) []Addition {
	list := make([]Addition, n)
	for i := range list {
		list[i] = Addition{Kind: record.Note, Values: map[string]string{"text": fmt.Sprint(i, " ") + strings.Repeat("ñ", letters)}}
	}
	return list
}

// One change that is too large is refused by itself, never those that others
// save at the same moment.
func TestChangeTooLarge(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	id := task(t, o, "una")
	save(t, o, Change{Record: id, Add: notes(2, 14000)}) // 56 KB
	for name, add := range map[string][]Addition{"84 KB": notes(3, 14000), "65 entries": notes(65, 1)} {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := o.Edit(ctx, Change{Record: id, Add: add}); !fault.Is(err, fault.Invalid) {
					t.Errorf("%s: %v", name, err)
				}
			})
			wg.Go(func() {
				if _, err := o.Edit(ctx, Change{Kind: record.Task, Set: map[string]string{"what": "otra"}}); err != nil {
					t.Errorf("%s: an innocent one: %v", name, err)
				}
			})
		}
		wg.Wait()
	}
	count, refused, err := o.Import(ctx, "SNAI", rowsOf(40, func(i int, r *ImportRow) {
		if i == 7 {
			for k := range 70 {
				r.Notes = append(r.Notes, fmt.Sprint("nota ", k))
			}
		}
	}), nil)
	if err != nil || count.Imported != 39 || count.Refused != 1 || len(refused) != 1 || refused[0].Row != 7 {
		t.Errorf("import %+v, %v, %v", count, refused, err)
	}
	if _, _, err := o.Import(ctx, "SNAI \xff 2026", rowsOf(2, nil), nil); err != nil {
		t.Errorf("a list with a broken name: %v", err)
	}
	want := dump(get(t, o, id))
	_ = o.Close()
	_ = os.RemoveAll(filepath.Join(cfg.Dir, recordsDir))
	o = openAgain(t, cfg)
	if o.Damage() != 0 || o.Count(record.Task) != 17 || dump(get(t, o, id)) != want {
		t.Errorf("after a rebuild: %d damaged, %d tasks", o.Damage(), o.Count(record.Task))
	}
}

// Many long records that one batch touches are more than one transaction holds.
func TestLargeRecordsInOneBatch(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	n := 60
	for range 3 {
		count, _, err := o.Import(ctx, "SNAI", rowsOf(n, func(i int, r *ImportRow) {
			for k := range 3 {
				r.Notes = append(r.Notes, fmt.Sprint(k)+strings.Repeat("larga ", 1300))
			}
			r.Claims = nil
		}), nil)
		if err != nil {
			t.Fatalf("%+v, %v", count, err)
		}
	}
	// 60 records of 24 KB each, touched by one batch of small changes.
	if _, _, err := o.Import(ctx, "Hospital", rowsOf(n, nil), nil); err != nil || o.Behind() {
		t.Fatalf("%v, behind %v", err, o.Behind())
	}
	_ = o.Close()
	_ = os.RemoveAll(filepath.Join(cfg.Dir, recordsDir))
	o = openAgain(t, cfg)
	if o.Count(record.Detainee) != n {
		t.Errorf("%d people", o.Count(record.Detainee))
	}
}

// More values at once than one write may name: nothing is lost, and saving
// again brings them down to one.
func TestManyValuesAtOnce(t *testing.T) {
	o, cfg := newOffice(t)
	id := task(t, o, "una")
	form := get(t, o, id)
	for i := range 70 {
		save(t, o, Change{Record: id, Base: form, Set: map[string]string{"what": fmt.Sprint("versión ", i)}})
	}
	if n := len(get(t, o, id).Values["what"]); n != 70 {
		t.Fatalf("%d values", n)
	}
	o = reopen(t, o, cfg)
	for range 2 {
		save(t, o, Change{Record: id, Set: map[string]string{"what": "la buena"}})
	}
	if v := get(t, o, id).Values["what"]; len(v) != 1 || v[0].Text != "la buena" {
		t.Errorf("%v", v)
	}
}

// A record of a kind that a newer version made is kept whole, whatever this
// one does with it.
func TestUnknownKindIsKept(t *testing.T) {
	o, cfg := newOffice(t)
	id, kind := record.ID{9}, record.Kind(50)
	say := func(num uint16) {
		j := &job{done: make(chan outcome, 1), changes: []ledger.Change{{Record: id, Kind: kind, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: num, Text: "x"}}}}}
		if err := o.hand(context.Background(), j); err != nil {
			t.Fatal(err)
		}
		if out := <-j.done; out.err != nil {
			t.Fatal(out.err)
		}
	}
	say(1)
	o = reopen(t, o, cfg)
	say(2)
	s, places, err := o.readState(id)
	if err != nil || len(places) != 2 || len(s.Cells) != 2 {
		t.Errorf("%+v, %v, %v", s, places, err)
	}
	_ = fold.View(s, o.names.get)
}

// Who reads after the office was closed is told so, and the next opening is
// none the worse for it.
func TestReadAfterClose(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	id := task(t, o, "una")
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := o.Get(ctx, id); err != nil && !fault.Is(err, fault.Cancelled) {
					t.Error(err)
					return
				}
				_, _ = o.Timeline(ctx, id)
			}
		})
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	close(stop)
	wg.Wait()
	for name, err := range map[string]error{
		"get":   func() error { _, err := o.Get(ctx, id); return err }(),
		"links": func() error { _, err := o.Links(ctx, id, 0); return err }(),
		"each":  o.Each(ctx, record.Relationship, func(*record.Record) error { return nil }),
		"line":  func() error { _, err := o.Timeline(ctx, id); return err }(),
		"edit": func() error {
			_, err := o.Edit(ctx, Change{Record: id, Set: map[string]string{"what": "x"}})
			return err
		}(),
	} {
		if !fault.Is(err, fault.Cancelled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if o = openAgain(t, cfg); o.Rebuilt() {
		t.Error("the copy was made anew because somebody read too late")
	}
}

// A save that comes too late is not hidden in a record that is gone.
func TestEditOfDeleted(t *testing.T) {
	o, _ := newOffice(t)
	id := task(t, o, "una")
	save(t, o, Change{Record: id, Delete: true})
	if _, err := o.Edit(context.Background(), Change{Record: id, Set: map[string]string{"what": "dos"}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}
