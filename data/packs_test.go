package data

import (
	"context"
	"sync"
	"testing"

	"paradero/data/record"
)

// Packed, edited and deleted records: reopening, rebuilding, verifying,
// listing and counting agree, also while others read and edit.
func TestPackedRecordsAgree(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	importList(t, o, "SNAI", rowsOf(600, nil))
	res, _ := o.List(ctx, ListQuery{Kind: record.Detainee})
	want := map[record.ID]string{}
	for i := range res.Len() {
		switch id := res.ID(i); {
		case i%10 == 0:
			save(t, o, Change{Record: id, Delete: true})
		case i%10 == 1:
			save(t, o, Change{Record: id, Set: map[string]string{"paternal_surname": "Cambiado"}})
		}
	}
	check := func(when string) {
		t.Helper()
		n := 0
		err := o.Each(ctx, record.Detainee, func(r *record.Record) error {
			n++
			if text := dump(r); want[r.ID] == "" {
				want[r.ID] = text
			} else if want[r.ID] != text {
				t.Errorf("%s: another record\n%s\n%s", when, text, want[r.ID])
			}
			return nil
		})
		if err != nil || n != 540 || o.Count(record.Detainee) != 540 || len(want) != 540 {
			t.Errorf("%s: each gives %d, count %d, known %d, %v", when, n, o.Count(record.Detainee), len(want), err)
		}
		if found, err := o.Verify(ctx, nil); err != nil || damaged(found) {
			t.Errorf("%s: verify %v, %v", when, found, err)
		}
	}
	check("made")
	o = reopen(t, o, cfg)
	check("reopened")
	if err := o.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	check("rebuilt")

	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := range 30 {
				task(t, o, "entretanto")
				_, _ = o.Get(ctx, res.ID(i))
				_, _ = o.Timeline(ctx, res.ID(i+1))
				_, _ = o.List(ctx, ListQuery{Text: "cambiado"})
				_, _, _ = o.Damage(), o.Rebuilt(), o.Behind()
			}
		})
	}
	for range 3 {
		if err := o.Rebuild(ctx, nil); err != nil {
			t.Error(err)
		}
		if found, err := o.Verify(ctx, nil); err != nil || damaged(found) {
			t.Errorf("verify %v, %v", found, err)
		}
	}
	wg.Wait()
	check("meanwhile")
	if o = reopen(t, o, cfg); o.Count(record.Task) != 60 || o.Rebuilt() {
		t.Errorf("%d tasks, rebuilt %v", o.Count(record.Task), o.Rebuilt())
	}
	check("at last")
}
