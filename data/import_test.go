package data

import (
	"context"
	"fmt"
	"io"
	"sync"
	"syscall"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

func importList(t *testing.T, o *Office, list string, rows func() (*ImportRow, error)) ImportCount {
	t.Helper()
	count, refused, err := o.Import(context.Background(), list, rows, nil)
	if err != nil || len(refused) != 0 {
		t.Fatalf("%+v, %v, %v", count, refused, err)
	}
	return count
}

// A list never brings back what somebody took away, whatever it now says.
func TestImportLeavesTheDeleted(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	importList(t, o, "SNAI", rowsOf(40, nil))
	res, _ := o.List(ctx, ListQuery{Kind: record.Detainee, Text: "apellido7"})
	id := res.ID(0)
	save(t, o, Change{Record: id, Delete: true, Reason: "no es de esta oficina"})
	o = reopen(t, o, cfg)
	end := o.journal.End()
	if c := importList(t, o, "SNAI", rowsOf(40, nil)); c.Unchanged != 40 || o.journal.End() != end {
		t.Errorf("the same list: %+v", c)
	}
	c := importList(t, o, "SNAI", rowsOf(40, func(i int, r *ImportRow) {
		if i == 7 {
			r.Values["given_names"], r.Notes = "Otro", []string{"trasladado"}
		}
	}))
	if c.Unchanged != 40 || o.journal.End() != end || o.Count(record.Detainee) != 39 {
		t.Errorf("with news of him: %+v, %d people", c, o.Count(record.Detainee))
	}
	end = o.journal.End()
	i := 0
	c = importList(t, o, "Hospital", func() (*ImportRow, error) {
		if i++; i > 1 {
			return nil, io.EOF
		}
		return &ImportRow{Row: 1, Kind: record.Claim, Parent: map[string]string{"id": id.String()}, Values: map[string]string{"status": "reported_alive", "source": "Hospital"}}, nil
	})
	if c.Unchanged != 1 || o.journal.End() != end {
		t.Errorf("a claim about him: %+v", c)
	}
}

// A list that first only repeated what was known, in its own spelling, still
// undoes no later edit.
func TestImportRemembersWhatItRepeated(t *testing.T) {
	o, cfg := newOffice(t)
	id := save(t, o, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Íñigo", "paternal_surname": "Núñez", "passport": "P1", "offence": "robo"}}).ID
	list := func() func() (*ImportRow, error) {
		return rowsOf(1, func(_ int, r *ImportRow) {
			r.Claims = nil
			r.Values = map[string]string{"given_names": "INIGO", "paternal_surname": "NUNEZ", "passport": "P1", "offence": "robo"}
		})
	}
	importList(t, o, "SNAI", list())
	if r := get(t, o, id); len(r.Values["given_names"]) != 1 || r.Get("given_names") != "Íñigo" {
		t.Fatalf("the list's spelling stands beside: %v", r.Values["given_names"])
	}
	if c := importList(t, o, "SNAI", list()); c.Unchanged != 1 {
		t.Errorf("again: %+v", c)
	}
	save(t, o, Change{Record: id, Set: map[string]string{"given_names": "Ignacio", "offence": "hurto"}})
	o = reopen(t, o, cfg)
	if c := importList(t, o, "SNAI", list()); c.Unchanged != 1 {
		t.Errorf("after an edit: %+v", c)
	}
	if r := get(t, o, id); r.Get("given_names") != "Ignacio" || r.Get("offence") != "hurto" || len(r.Values["given_names"]) != 1 {
		t.Errorf("an edit was undone: %v, %v", r.Values["given_names"], r.Values["offence"])
	}
}

// A row is only told to be durable when every row before it is.
func TestImportAcknowledgesNothingBehindAFailure(t *testing.T) {
	o, cfg, disk := faultOffice(t)
	acked := 0
	_, _, err := o.Import(context.Background(), "SNAI", rowsOf(3000, func(i int, _ *ImportRow) {
		if i == 900 {
			disk.set(func() { disk.write = syscall.ENOSPC })
		}
	}), func(n int) { acked = n })
	if !fault.Is(err, fault.Full) {
		t.Fatalf("%v", err)
	}
	o = reopen(t, o, cfg)
	if n := o.Count(record.Detainee); n < acked {
		t.Errorf("%d acknowledged, %d there", acked, n)
	}
	for i := range acked {
		if res, _ := o.List(context.Background(), ListQuery{Text: fmt.Sprintf("P%06d", i+1)}); res.Len() == 0 {
			t.Fatalf("row %d of %d acknowledged is lost", i+1, acked)
		}
	}
	if c := importList(t, o, "SNAI", rowsOf(3000, nil)); c.Imported+c.Unchanged != 3000 || o.Count(record.Detainee) != 3000 {
		t.Errorf("again: %+v, %d people", c, o.Count(record.Detainee))
	}
}

// Stopped half way, what is counted is there, and a second run does the rest.
func TestImportStopped(t *testing.T) {
	o, _ := newOffice(t)
	ctx, cancel := context.WithCancel(context.Background())
	list := func(i int, r *ImportRow) {
		if i%50 == 0 { // somebody who stood there before
			r.Values = map[string]string{"given_names": "Repetido", "passport": "P000001"}
		}
	}
	acked := 0
	count, _, err := o.Import(ctx, "SNAI", rowsOf(2000, func(i int, r *ImportRow) {
		list(i, r)
		if i == 1000 {
			cancel()
		}
	}), func(n int) { acked = n })
	if !fault.Is(err, fault.Cancelled) || count.Imported != o.Count(record.Detainee) || acked != 1000 {
		t.Fatalf("%+v of %d, acknowledged %d, %v", count, o.Count(record.Detainee), acked, err)
	}
	importList(t, o, "SNAI", rowsOf(2000, list))
	end := o.journal.End()
	if c := importList(t, o, "SNAI", rowsOf(2000, list)); c.Unchanged != 2000 || o.journal.End() != end {
		t.Errorf("again: %+v", c)
	}
}

// Two imports of one list at once make each person once.
func TestImportsAtOnce(t *testing.T) {
	o, cfg := newOffice(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { importList(t, o, "SNAI", rowsOf(300, func(_ int, r *ImportRow) { r.Notes = []string{"una"} })) })
	}
	wg.Wait()
	o = reopen(t, o, cfg)
	err := o.Each(context.Background(), record.Detainee, func(r *record.Record) error {
		if len(r.Entries) != 2 {
			return fmt.Errorf("%d entries", len(r.Entries))
		}
		return nil
	})
	if err != nil || o.Count(record.Detainee) != 300 {
		t.Errorf("%d people, %v", o.Count(record.Detainee), err)
	}
}

// Closing in the middle of an import keeps what was acknowledged.
func TestCloseDuringImport(t *testing.T) {
	o, cfg := newOffice(t)
	acked, done := 0, make(chan error)
	_, _, err := o.Import(context.Background(), "SNAI", rowsOf(5000, func(i int, _ *ImportRow) {
		if i == 2000 {
			go func() { done <- o.Close() }()
		}
	}), func(n int) { acked = n })
	if cerr := <-done; cerr != nil {
		t.Fatal(cerr)
	}
	if err != nil && !fault.Is(err, fault.Cancelled) {
		t.Errorf("%v", err)
	}
	o = openAgain(t, cfg)
	if n := o.Count(record.Detainee); n < acked || acked == 0 || o.Rebuilt() {
		t.Errorf("%d acknowledged, %d there, rebuilt %v", acked, n, o.Rebuilt())
	}
}

// A list makes no papers and no members: no gate would have looked at them.
func TestImportMakesNoPapers(t *testing.T) {
	o, _ := newOffice(t)
	for _, kind := range []record.Kind{record.Document, record.Notification, record.Member, record.OfficeKind} {
		count, refused, err := o.Import(context.Background(), "SNAI", rowsOf(1, func(_ int, r *ImportRow) {
			r.Kind, r.Claims = kind, nil
			r.Values = map[string]string{"kind": "condolence", "number": "1", "name": "Otro", "role": "coordinator"}
		}), nil)
		if err != nil || count.Refused != 1 || len(refused) != 1 {
			t.Errorf("%s: %+v, %v", kind, count, err)
		}
	}
}

// A paper that was registered as one thing does not become another unseen.
func TestGateOfAnEditedPaper(t *testing.T) {
	o, _ := newOffice(t)
	about := save(t, o, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Segundo", "paternal_surname": "Caiza"}}).ID
	paper := save(t, o, Change{Kind: record.Document, Set: map[string]string{"kind": "case-report", "number": "1", "about": about.String()}}).ID
	if _, err := o.Edit(context.Background(), Change{Record: paper, Set: map[string]string{"kind": "condolence"}}); !fault.Is(err, fault.Refused) {
		t.Errorf("%v", err)
	}
	save(t, o, Change{Record: paper, Set: map[string]string{"pages": "2"}})
}
