package data

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/data/search"
)

func inList(t *testing.T, o *Office, text string) []record.ID {
	t.Helper()
	res, err := o.List(context.Background(), ListQuery{Kind: record.Detainee, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	var ids []record.ID
	for i := range res.Len() {
		ids = append(ids, res.ID(i))
	}
	return ids
}

func TestMergeAndUnmerge(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	keep := person(t, o, map[string]string{"given_names": "José Luis", "paternal_surname": "Mora", "cedula": "1714307103", "wing": "5", "facility": "CPL Guayas N°1"},
		map[string]string{"status": "reported_alive", "source": "Hospital", "when": "2026-11-19"})
	other := person(t, o, map[string]string{"given_names": "Pepe", "paternal_surname": "Mora", "offence": "robo", "aliases": "El Flaco"},
		map[string]string{"status": "reported_alive", "source": "Lista", "when": "2026-11-20"})
	mother := save(t, o, Change{Kind: record.Contact, Set: map[string]string{"given_names": "Ana"}}).ID
	tie := save(t, o, Change{Kind: record.Relationship, Set: map[string]string{"contact": mother.String(), "detainee": other.String(), "kinship": "mother"}}).ID
	before := [2]*record.Record{get(t, o, keep), get(t, o, other)}
	if _, err := o.Merge(ctx, Merging{Keep: keep, Other: other}); !isKey(err, "merge_refused") {
		t.Errorf("without a reason: %v", err)
	}
	done, err := o.Merge(ctx, Merging{Keep: keep, Other: other, Reason: "la madre los reconoció como uno"})
	if err != nil {
		t.Fatal(err)
	}
	check := func() {
		t.Helper()
		if ids := inList(t, o, ""); !slices.Equal(ids, []record.ID{keep}) || o.Count(record.Detainee) != 1 {
			t.Errorf("listed %v, %d", ids, o.Count(record.Detainee))
		}
		for _, text := range []string{"Pepe", "flaco"} {
			if ids := inList(t, o, text); !slices.Equal(ids, []record.ID{keep}) {
				t.Errorf("%s finds %v", text, ids)
			}
		}
		k, m := get(t, o, keep), get(t, o, other)
		if k.Get("offence") != "robo" || k.Get("given_names") != "José Luis" || k.Get("aliases") != "El Flaco\nPepe Mora" {
			t.Errorf("kept %v", k.Values)
		}
		if m.MergedInto != keep || !k.MergedInto.IsZero() {
			t.Errorf("merged into %v", m.MergedInto)
		}
		if s := rule.Conclude(k); s.LifeClaim.Get("source") != "Hospital" || len(k.Entries) != len(before[0].Entries) {
			t.Errorf("a life crossed the merge: %+v", s)
		}
		links, err := o.Links(ctx, keep, record.Relationship)
		if err != nil || len(links) != 1 || links[0].ID != tie || links[0].Ref("detainee") != keep {
			t.Errorf("ties %v, %v", links, err)
		}
		if from, err := o.MergedFrom(ctx, keep); err != nil || len(from) != 1 || from[0].ID != other {
			t.Errorf("merged from %v, %v", from, err)
		}
		n := 0
		if err := o.Each(ctx, record.Detainee, func(*record.Record) error { n++; return nil }); err != nil || n != 1 {
			t.Errorf("each %d, %v", n, err)
		}
	}
	check()
	o = reopen(t, o, cfg)
	check()
	if err := o.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	check()
	if _, err := o.Edit(ctx, Change{Record: other, Set: map[string]string{"offence": "hurto"}}); !isKey(err, "record_merged") {
		t.Errorf("the merged one is edited: %v", err)
	}
	paper := map[string]string{"kind": "case-report", "number": "1", "about": other.String()}
	if _, err := o.Edit(ctx, Change{Kind: record.Document, Set: paper}); !isKey(err, "gate_refused") {
		t.Errorf("a paper about the merged one: %v", err)
	}
	if _, err := o.Edit(ctx, Change{Record: keep, Set: map[string]string{"merged_into": mother.String()}}); err == nil {
		t.Error("merged_into is typed in")
	}
	// The tie's form saved as it is shown must not bind it to the kept one for ever.
	if r := save(t, o, Change{Record: tie, Base: get(t, o, tie), Set: map[string]string{"detainee": keep.String()}}); !r.Write.IsZero() {
		t.Error("what is shown was saved as news")
	}
	for name, m := range map[string]Merging{
		"merge_already": {Keep: keep, Other: other}, "merge_itself": {Keep: keep, Other: keep}, "merge_kinds": {Keep: keep, Other: mother},
	} {
		m.Reason = "x"
		if _, err := o.Merge(ctx, m); !isKey(err, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.Unmerge(ctx, before[0].Values["cedula"][0].Write, ""); !isKey(err, "unmerge_no_merge") {
		t.Errorf("unmerge of an edit: %v", err)
	}
	if _, err := o.Unmerge(ctx, done.Write, "no era él"); err != nil {
		t.Fatal(err)
	}
	for i, id := range []record.ID{keep, other} {
		if now := get(t, o, id); !maps.Equal(shownOf(now), shownOf(before[i])) || !now.MergedInto.IsZero() {
			t.Errorf("after: %v, before: %v", shownOf(now), shownOf(before[i]))
		}
	}
	if len(inList(t, o, "")) != 2 || o.Count(record.Detainee) != 2 || get(t, o, tie).Ref("detainee") != other {
		t.Error("they are not two again")
	}
}

func shownOf(r *record.Record) map[string]string {
	out := map[string]string{}
	for name := range r.Values {
		if text := r.Get(name); text != "" {
			out[name] = text
		}
	}
	return out
}

func TestMergeDoubts(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	a := person(t, o, map[string]string{"given_names": "Luis", "cedula": "1714307103"}, map[string]string{"status": "reported_alive", "source": "Hospital", "when": "2026-11-19"})
	b := person(t, o, map[string]string{"given_names": "Luis", "cedula": "1710034065"}, map[string]string{"status": "reported_dead", "source": "Lista", "when": "2026-11-19"})
	_, err := o.Merge(ctx, Merging{Keep: a, Other: b, Reason: "el mismo"})
	var e *fault.Error
	if !isKey(err, "merge_refused") || !fault.Is(err, fault.Refused) {
		t.Fatalf("two papers, two lives: %v", err)
	}
	if errors.As(err, &e); len(e.Problems) != 2 {
		t.Errorf("problems %+v", e.Problems)
	}
	if _, err := o.Merge(ctx, Merging{Keep: a, Other: b, Reason: "el mismo", Despite: []string{"cedula"}}); !isKey(err, "merge_refused") {
		t.Errorf("the lives were not spoken to: %v", err)
	}
	r, err := o.Merge(ctx, Merging{Keep: a, Other: b, Reason: "el mismo", Despite: []string{"cedula", "life_status"}, Take: []string{"cedula"}})
	if err != nil || len(r.Warnings) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if k := get(t, o, a); k.Get("cedula") != "1710034065" || rule.Conclude(k).Life != "reported_alive" {
		t.Errorf("kept %v", k.Values)
	}
	if _, err := o.Merge(ctx, Merging{Keep: a, Other: b, Reason: "x", Take: []string{"facility"}}); err == nil {
		t.Error("a place crosses")
	}
}

// mergeAs merges as a colleague would who saw the records as they were.
func mergeAs(t *testing.T, o *Office, keep record.ID, other *record.Record) record.Write {
	t.Helper()
	s, _, err := o.readState(other.ID)
	if err != nil {
		t.Fatal(err)
	}
	p := writing(s, "a la vez")
	p.add(record.MergedIntoNum, other.Seen.Replaces(record.MergedIntoNum), keep.String())
	r, err := o.submit(context.Background(), []*prepared{p}, false)
	if err != nil {
		t.Fatal(err)
	}
	return r[0].Write
}

// Two who merge at once never make anybody disappear.
func TestConcurrentMergesHideNobody(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	ids := make([]record.ID, 3)
	for i := range ids {
		ids[i] = person(t, o, map[string]string{"given_names": fmt.Sprint("Luis ", string(rune('A'+i)))})
	}
	a, b := get(t, o, ids[0]), get(t, o, ids[1])
	toB := mergeAs(t, o, ids[1], a)
	toA := mergeAs(t, o, ids[0], b)
	o = reopen(t, o, cfg)
	if n := len(inList(t, o, "")); n != 3 || o.Count(record.Detainee) != 3 {
		t.Fatalf("a circle hides: %d", n)
	}
	if row, _ := o.Row(ids[0]); row.Flags&search.Contradicted == 0 {
		t.Error("a circle is not marked")
	}
	list := contradictions(t, o)
	if len(list) != 1 || list[0].Why != "merge_circle" || list[0].Field != "merged_into" || len(list[0].Sides) != 2 {
		t.Fatalf("contradictions %+v", list)
	}
	done, err := o.Resolve(ctx, Resolution{Record: ids[1], Field: "merged_into", Choose: toA, Reason: "la ficha de A es la vieja"})
	if err != nil {
		t.Fatal(err)
	}
	if get(t, o, ids[1]).MergedInto != ids[0] || !get(t, o, ids[0]).MergedInto.IsZero() || len(contradictions(t, o)) != 0 || len(inList(t, o, "")) != 2 {
		t.Errorf("after the decision: %+v", contradictions(t, o))
	}
	if row, _ := o.Row(ids[0]); row.Flags&search.Contradicted != 0 {
		t.Error("still marked")
	}
	if _, err := o.Undo(ctx, done.Write, ""); err != nil {
		t.Fatal(err)
	}
	if len(contradictions(t, o)) != 1 || len(inList(t, o, "")) != 3 {
		t.Error("the circle did not come back")
	}
	again, err := o.MergeOf(ctx, ids[0])
	if err != nil || again == toB {
		t.Fatalf("merge of a: %v, %v", again, err)
	}
	if _, err := o.Unmerge(ctx, again, ""); err != nil {
		t.Fatal(err)
	}
	mergeAs(t, o, ids[2], b) // b is merged into a and into c
	list = contradictions(t, o)
	if len(list) != 1 || list[0].Record != ids[1] || list[0].Flag != BetweenValues || len(inList(t, o, "")) != 3 {
		t.Fatalf("two merges of one: %+v, %v", list, inList(t, o, ""))
	}
	if _, err := o.Resolve(ctx, Resolution{Record: ids[1], Field: "merged_into", Choose: toA, Reason: "es A"}); err != nil {
		t.Fatal(err)
	}
	if get(t, o, ids[1]).MergedInto != ids[0] {
		t.Error("the decision does not hold")
	}
	save(t, o, Change{Record: ids[0], Delete: true})
	if ids := inList(t, o, ""); len(ids) != 2 {
		t.Errorf("who was merged into a deleted record vanished: %v", ids)
	}
}

// A list goes on speaking of the one it spoke of: his claims never become the other's.
func TestListAboutAMergedPerson(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	row := func(status string) *ImportRow {
		return &ImportRow{
			Row: 1, Kind: record.Detainee, Values: map[string]string{"given_names": "Luis", "paternal_surname": "Mora", "cedula": "1714307103"},
			Claims: []map[string]string{{"status": status, "source": "Lista", "when": "2026-11-20", "source_kind": "official_list"}},
		}
	}
	bring := func(list, status string) {
		t.Helper()
		if _, refused, err := o.Import(ctx, list, rowsOf(1, func(_ int, r *ImportRow) { *r = *row(status) }), nil); err != nil || len(refused) > 0 {
			t.Fatal(refused, err)
		}
	}
	bring("Lista", "reported_alive")
	other := inList(t, o, "")[0]
	keep := person(t, o, map[string]string{"given_names": "Luis Iván", "paternal_surname": "Mora"}, map[string]string{"status": "reported_alive", "source": "Ana", "when": "2026-11-20"})
	if _, err := o.Merge(ctx, Merging{Keep: keep, Other: other, Reason: "uno", Take: []string{}}); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"Lista", "Otra lista"} {
		bring(list, "reported_dead")
		if ids := inList(t, o, ""); !slices.Equal(ids, []record.ID{keep}) {
			t.Fatalf("%s makes a double: %v", list, ids)
		}
	}
	if rule.Conclude(get(t, o, keep)).Life != "reported_alive" || rule.Conclude(get(t, o, other)).Life != "reported_dead" {
		t.Error("a claim crossed")
	}
	list := contradictions(t, o)
	if len(list) != 1 || list[0].Record != keep || list[0].Why != "said_of_merged" || len(list[0].Sides) != 2 {
		t.Fatalf("what is said of the merged one is not shown: %+v", list)
	}
}

// Whatever two people have, merging and unmerging gives both back as they were,
// and no life changes by either.
func TestMergeIsReversible(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	values := map[string][]string{
		"given_names": {"", "Luis", "José"}, "paternal_surname": {"Mora", "Vera"}, "aliases": {"", "Pepe", "Pepe\nEl Flaco"},
		"cedula": {"", "1714307103", "1710034065"}, "offence": {"", "robo"}, "birth": {"", "1990-01-02"}, "facility": {"", "Turi"},
	}
	rapid.Check(t, func(rt *rapid.T) {
		made := [2]record.ID{}
		for i := range made {
			set := map[string]string{}
			for _, name := range slices.Sorted(maps.Keys(values)) {
				if v := rapid.SampledFrom(values[name]).Draw(rt, name); v != "" {
					set[name] = v
				}
			}
			claims := map[string]string{"status": rapid.SampledFrom(record.LifeStatuses[:5]).Draw(rt, "life"), "source": "Lista", "when": "2026-11-20"}
			made[i] = person(t, o, set, claims)
		}
		keep, other := get(t, o, made[0]), get(t, o, made[1])
		m := Merging{Keep: made[0], Other: made[1], Reason: "uno", Despite: []string{"cedula", "life_status"}}
		if rapid.Bool().Draw(rt, "choose") {
			m.Take = []string{}
			for name := range shownOf(other) {
				if f, _ := record.SchemaOf(record.Detainee).Field(name); takeable(f) && rapid.Bool().Draw(rt, name) {
					m.Take = append(m.Take, name)
				}
			}
		}
		done, err := o.Merge(ctx, m)
		if err != nil {
			rt.Fatal(err)
		}
		for i, was := range []*record.Record{keep, other} {
			if rule.Conclude(get(t, o, made[i])).Life != rule.Conclude(was).Life {
				rt.Fatal("a life changed by a merge")
			}
		}
		back, err := o.Unmerge(ctx, done.Write, "")
		if err != nil {
			rt.Fatal(err)
		}
		for i, was := range []*record.Record{keep, other} {
			if now := get(t, o, made[i]); !maps.Equal(shownOf(now), shownOf(was)) || rule.Conclude(now).Life != rule.Conclude(was).Life {
				rt.Fatalf("%v became %v", shownOf(was), shownOf(now))
			}
		}
		if _, err := o.Undo(ctx, back.Write, ""); err != nil {
			rt.Fatal(err)
		}
		if get(t, o, made[1]).MergedInto != made[0] {
			rt.Fatal("undoing the unmerge does not merge again")
		}
	})
}
