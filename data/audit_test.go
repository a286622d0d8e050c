package data

import (
	"context"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/rule"
)

func readings(t *testing.T, o *Office, f ReadingFilter) []Reading {
	t.Helper()
	list, err := o.Readings(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What is opened, printed and carried out is written in the ledger by the member
// who did, once an hour, and reaches the coordinator with everything else. It is
// no change of what was read, and nobody undoes it.
func TestWhoReadWhat(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "lawyer")
	ill := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel", "health": "epilepsia"}}).ID
	plain := save(t, a, Change{Kind: record.Contact, Set: map[string]string{"given_names": "Rosa"}}).ID
	exchange(t, a, b)
	before := get(t, b, ill)
	frames := len(framesOf(t, b))
	for range 3 {
		b.Opened(get(t, b, ill))
		b.Opened(get(t, b, plain))
	}
	b.Printed("habeas-corpus", "HC-2026-0001", ill)
	b.Exported("detainee", "health~epilepsia", 7)
	if n := len(framesOf(t, b)); n != frames {
		t.Error("opening a page wrote at once")
	}
	b = reopen(t, b, bcfg)
	if n := len(framesOf(t, b)); n != frames+1 {
		t.Errorf("%d batches, want one", n-frames)
	}
	b.Opened(get(t, b, ill)) // within the hour, after a closing
	b = reopen(t, b, bcfg)
	if n := len(framesOf(t, b)); n != frames+1 {
		t.Errorf("the same within the hour is written again: %d", n-frames)
	}
	if r := get(t, b, ill); !r.Changed.Equal(before.Changed) || r.Author != before.Author {
		t.Error("reading changed the record")
	}
	if _, err := b.Readings(ctx, ReadingFilter{}); !fault.Is(err, fault.Refused) {
		t.Errorf("a lawyer reads who read what: %v", err)
	}
	mine, err := b.Mine(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mine {
		if m.Kind == record.Access {
			t.Error("it stands among what he may undo")
		}
	}
	exchange(t, a, b)
	same(t, a, b)
	list := readings(t, a, ReadingFilter{Member: b.Info().Member})
	if len(list) != 3 {
		t.Fatalf("%+v", list)
	}
	want := map[string]Reading{
		record.AccessRead:   {Record: ill, Of: "detainee", Why: rule.SensitiveData},
		record.AccessPrint:  {Record: ill, Of: "habeas-corpus", Why: rule.SensitiveList, Detail: "HC-2026-0001"},
		record.AccessExport: {Of: "detainee", Why: rule.SensitiveList, Detail: "health~epilepsia", Count: 7},
	}
	for _, r := range list {
		w := want[r.What]
		if r.Record != w.Record || r.Of != w.Of || r.Why != w.Why || r.Detail != w.Detail || r.Count != w.Count || r.By != "Luis Quispe" || r.Device != b.Info().Device {
			t.Errorf("%+v", r)
		}
	}
	if n := len(readings(t, a, ReadingFilter{Record: ill, What: record.AccessRead})); n != 1 {
		t.Errorf("%d readings of him", n)
	}
}

// An hour later it is a new reading; and who keeps the record of readings cannot
// be undone, deleted or erased by anybody.
func TestReadingsStay(t *testing.T) {
	ctx := context.Background()
	a, cfg := founded(t)
	now := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	cfg.Clock = func() time.Time { return now }
	a = reopen(t, a, cfg)
	ill := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel", "health": "epilepsia"}}).ID
	a.Opened(get(t, a, ill))
	now = now.Add(90 * time.Minute)
	a.Opened(get(t, a, ill))
	a.Opened(get(t, a, ill))
	list := readings(t, a, ReadingFilter{})
	if len(list) != 2 || !list[0].At.After(list[1].At) {
		t.Fatalf("%+v", list)
	}
	id := a.auditRecord(now)
	_, told, err := a.tellings(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	w := told[0].Origin.Write
	if _, err := a.Undo(ctx, w, "fue un error"); !fault.Is(err, fault.Refused) {
		t.Errorf("undone: %v", err)
	}
	if _, err := a.Edit(ctx, Change{Record: id, Delete: true}); !fault.Is(err, fault.Refused) {
		t.Errorf("deleted: %v", err)
	}
	if _, err := a.ErasePlan(ctx, id); !fault.Is(err, fault.Refused) {
		t.Errorf("to be erased: %v", err)
	}
	// Nor by a program that does not ask.
	erase := &prepared{change: ledger.Change{Record: id, Kind: record.Access, Op: ledger.OpErase, Critical: true, Erases: []record.Write{w}}}
	gone := &prepared{change: ledger.Change{Record: id, Kind: record.Access, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: ledger.FieldDeleted, Text: "true"}}}}
	for _, p := range []*prepared{erase, gone} {
		if _, err := a.submit(ctx, []*prepared{p}, false); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(readings(t, a, ReadingFilter{})); n != 2 {
		t.Errorf("%d readings are left", n)
	}
	if list, _ := a.Powerless(ctx); len(list) != 2 {
		t.Errorf("powerless %+v", list)
	}
}
