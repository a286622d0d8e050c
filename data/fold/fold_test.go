package fold

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"paradero/data/ledger"
	"paradero/data/record"
)

// said is one change with what it came from and those it has seen.
type said struct {
	change ledger.Change
	origin Origin
	seen   []int
}

// history draws changes by several devices, each having seen some of those
// before; a write replaces what was live in what its author had seen.
func history(t *rapid.T) []said {
	n := rapid.IntRange(1, 12).Draw(t, "changes")
	var all []said
	for i := range n {
		past := map[int]bool{}
		for j := range i {
			if rapid.Bool().Draw(t, fmt.Sprintf("%d has seen %d", i, j)) {
				past[j] = true
				for _, k := range all[j].seen {
					past[k] = true
				}
			}
		}
		var seen []int
		view, lamport := &State{}, uint64(0)
		for j := range i {
			if past[j] {
				seen = append(seen, j)
				Apply(view, &all[j].change, all[j].origin)
				lamport = max(lamport, all[j].origin.Lamport)
			}
		}
		c := ledger.Change{Record: record.ID{1}, Kind: record.Detainee, Op: ledger.OpEdit}
		for range rapid.IntRange(1, 2).Draw(t, "fields") {
			num := uint16(rapid.IntRange(1, 2).Draw(t, "num"))
			if len(c.Fields) > 0 && c.Fields[0].Num == num {
				continue
			}
			c.Fields = append(c.Fields, ledger.Field{Num: num, Text: rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "text"), Pred: view.Replaces(num)})
		}
		if rapid.Bool().Draw(t, "claims") {
			c.Entries = []ledger.Entry{{Kind: record.Claim, Values: []ledger.Text{{Num: 1, Text: "reported_alive"}}}}
		}
		o := Origin{Write: record.Write{Batch: [32]byte{byte(rapid.IntRange(0, 3).Draw(t, "hash")), byte(i)}}, Lamport: lamport + 1, Wall: int64(i)}
		if rapid.Bool().Draw(t, "by a list") {
			o.List = rapid.SampledFrom([]string{"SNAI", "Hospital"}).Draw(t, "list")
		}
		all = append(all, said{c, o, seen})
	}
	return all
}

// shuffled gives another order in which each change still comes after those
// that its author had seen.
func shuffled(t *rapid.T, all []said) []int {
	var order []int
	placed := map[int]bool{}
	for len(order) < len(all) {
		var ready []int
	next:
		for i := range all {
			if placed[i] {
				continue
			}
			for _, j := range all[i].seen {
				if !placed[j] {
					continue next
				}
			}
			ready = append(ready, i)
		}
		i := rapid.SampledFrom(ready).Draw(t, "next")
		placed[i] = true
		order = append(order, i)
	}
	return order
}

// Whatever the order of arrival, the record is the same, byte for byte.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := history(t)
		a, b := &State{}, &State{}
		for i := range all {
			Apply(a, &all[i].change, all[i].origin)
		}
		for _, i := range shuffled(t, all) {
			Apply(b, &all[i].change, all[i].origin)
		}
		if x, y := a.Encode(nil), b.Encode(nil); !bytes.Equal(x, y) {
			t.Fatalf("two orders, two records:\n%+v\n%+v", a, b)
		}
	})
}

// A state survives its encoding, and a value is gone only when somebody who
// had seen it wrote another.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := history(t)
		s := &State{}
		for i := range all {
			Apply(s, &all[i].change, all[i].origin)
		}
		got, err := Decode(s.Encode(nil))
		if err != nil || !bytes.Equal(got.Encode(nil), s.Encode(nil)) {
			t.Fatalf("encoding: %v", err)
		}
		entries := 0
		for i := range all {
			entries += len(all[i].change.Entries)
			for _, f := range all[i].change.Fields {
				replaced := false
				for j := range all {
					for _, g := range all[j].change.Fields {
						for _, p := range g.Pred {
							replaced = replaced || g.Num == f.Num && p == all[i].origin.Write
						}
					}
				}
				live := false
				for _, v := range s.Vals(f.Num) {
					live = live || s.Origins[v.Origin].Write == all[i].origin.Write && v.Text == f.Text
				}
				if live == replaced {
					t.Fatalf("write %d of field %d: live %v, replaced %v", i, f.Num, live, replaced)
				}
			}
		}
		if len(s.Entries) != entries {
			t.Fatalf("%d entries of %d", len(s.Entries), entries)
		}
	})
}

// Two forms open at once: the later shows, the other is kept beside it.
func TestConcurrentEdits(t *testing.T) {
	s := &State{}
	first := record.Write{Batch: [32]byte{1}}
	set := func(text string, pred []record.Write, lamport uint64, hash byte) {
		c := ledger.Change{Record: record.ID{1}, Kind: record.Contact, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 22, Text: text, Pred: pred}}}
		Apply(s, &c, Origin{Write: record.Write{Batch: [32]byte{hash}}, Lamport: lamport})
	}
	set("Durán", nil, 1, 1)
	set("Guayaquil", []record.Write{first}, 2, 2)
	set("Daule", []record.Write{first}, 2, 3)
	r := View(s, func(record.ID) string { return "" })
	if r.Get("address") != "Daule" || len(r.Values["address"]) != 2 || r.Values["address"][1].Text != "Guayaquil" {
		t.Errorf("values %v", r.Values)
	}
	set("Samborondón", s.Replaces(22), 3, 4)
	r = View(s, func(record.ID) string { return "" })
	if len(r.Values["address"]) != 1 || r.Get("address") != "Samborondón" {
		t.Errorf("after naming both: %v", r.Values)
	}
}

func TestPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Place {
			return Place{ledger.Pos{Segment: rapid.Uint32().Draw(t, "s"), Offset: rapid.Int64Min(0).Draw(t, "o")}, rapid.Uint16().Draw(t, "i")}
		})).Draw(t, "places")
		got, rest, err := DecodePlaces(append(EncodePlaces(nil, places), 1, 2))
		if err != nil || len(rest) != 2 || fmt.Sprint(got) != fmt.Sprint(places) {
			t.Fatalf("%v, %v, %v", got, rest, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	s := &State{}
	Apply(s, &ledger.Change{Record: record.ID{1}, Kind: record.Task, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 1, Text: "x"}}}, Origin{Lamport: 1})
	f.Add(s.Encode(nil))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if s, err := Decode(b); err == nil {
			_ = View(s, func(record.ID) string { return "" })
		}
	})
}
