package data

import (
	"context"
	"slices"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

// What two devices do apart meets on both in the same way: merges of each
// other's record, a deletion of what the other writes in, a decision.
func TestTwoDevicesDecide(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, _ := colleague(t, a, "Rosa Quishpe", "social-worker")
	x := person(t, a, map[string]string{"given_names": "Luis", "paternal_surname": "Mora"})
	y := person(t, a, map[string]string{"given_names": "Lucho", "paternal_surname": "Mora"})
	z := person(t, a, map[string]string{"given_names": "Iván", "paternal_surname": "Vera"})
	exchange(t, a, b)

	if _, err := a.Merge(ctx, Merging{Keep: x, Other: y, Reason: "uno"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Merge(ctx, Merging{Keep: y, Other: x, Reason: "uno"}); err != nil {
		t.Fatal(err)
	}
	save(t, a, Change{Record: z, Delete: true, Reason: "repetido"})
	save(t, b, Change{Record: z, Set: map[string]string{"aliases": "El Zurdo"}})
	if _, err := a.Get(ctx, z); !fault.Is(err, fault.NotFound) {
		t.Fatalf("deleted: %v", err)
	}
	exchange(t, a, b)
	for _, o := range []*Office{a, b} {
		if ids := inList(t, o, ""); !slices.Contains(ids, x) || !slices.Contains(ids, y) || !slices.Contains(ids, z) {
			t.Fatalf("somebody vanished: %v", ids)
		}
		list := contradictions(t, o)
		if len(list) != 2 {
			t.Fatalf("contradictions %+v", list)
		}
		for _, c := range list {
			devices := map[record.ID]bool{}
			for _, s := range c.Sides {
				devices[s.Device] = true
			}
			if len(devices) != 2 || c.Sides[0].By == c.Sides[1].By {
				t.Errorf("both sides are one's: %+v", c.Sides)
			}
		}
	}
	same(t, a, b)

	for _, c := range contradictions(t, b) {
		if _, err := b.Resolve(ctx, Resolution{Record: c.Record, Field: c.Field, Choose: c.Sides[0].Write, Reason: "revisado"}); err != nil {
			t.Fatalf("%s: %v", c.Field, err)
		}
	}
	exchange(t, a, b)
	for _, o := range []*Office{a, b} {
		if list := contradictions(t, o); len(list) != 0 || o.Count(record.Detainee) != 1 {
			t.Errorf("after the decisions: %+v, %d people", list, o.Count(record.Detainee))
		}
	}
	same(t, a, b)
}
