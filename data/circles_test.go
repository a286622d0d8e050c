package data

import (
	"bytes"
	"context"
	"encoding/base32"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/search"
	"paradero/data/vault"
)

func boxText(public []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(public)
}

// withBox publishes the key of the office's own device.
func withBox(t *testing.T, o *Office) {
	t.Helper()
	public, err := vault.BoxPublic(o.vault.Keys().Box)
	if err != nil {
		t.Fatal(err)
	}
	save(t, o, Change{Record: o.Info().Device, Set: map[string]string{"box_key": boxText(public)}})
}

// three are a coordinator, a lawyer and another coordinator, each with a device, and
// the circle that the first two are in.
type three struct {
	t          *testing.T
	a, b, c    *Office
	ac, bc, cc Config
	circle     record.ID
}

func threeOf(t *testing.T) *three {
	t.Helper()
	w := &three{t: t}
	w.a, w.ac = founded(t)
	withBox(t, w.a)
	w.b, w.bc = colleague(t, w.a, "Luis Quispe", "lawyer")
	w.c, w.cc = colleague(t, w.a, "Ana Paz", "coordinator")
	w.meet()
	r, err := w.a.NewCircle(context.Background(), "Reservado 1", []record.ID{w.b.Info().Member})
	if err != nil {
		t.Fatal(err)
	}
	w.circle = r.ID
	w.meet()
	return w
}

// meet exchanges everything between all.
func (w *three) meet() {
	w.t.Helper()
	exchange(w.t, w.a, w.b)
	exchange(w.t, w.a, w.c)
	exchange(w.t, w.a, w.b)
	same(w.t, w.a, w.b)
	same(w.t, w.a, w.c)
}

func found(t *testing.T, o *Office, text string) int {
	t.Helper()
	rows, err := o.List(context.Background(), ListQuery{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return rows.Len()
}

// Who is in the circle reads a restricted record and finds it by name, after a
// closing and a rebuild too; who is not knows that there is one and whom to ask,
// keeps it and passes it on; and all of them agree.
func TestRestrictedRecord(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	id := save(t, w.a, Change{Kind: record.Contact, Circle: w.circle, Set: map[string]string{"given_names": "Zoila", "paternal_surname": "Guambo", "threat": "extortion"}}).ID
	// The one who is not in it stands between the two who are.
	exchange(t, w.a, w.c)
	exchange(t, w.c, w.b)
	same(t, w.a, w.b)
	same(t, w.a, w.c)
	look := func(when string) {
		t.Helper()
		for _, o := range []*Office{w.a, w.b} {
			r := get(t, o, id)
			if r.Get("given_names") != "Zoila" || r.Closed != 0 || r.Circle != w.circle || !r.Restricted() {
				t.Errorf("%s: inside: %v closed %d", when, r.Values, r.Closed)
			}
			if n := found(t, o, "guambo"); n != 1 {
				t.Errorf("%s: the search inside finds %d", when, n)
			}
		}
		r := get(t, w.c, id)
		if len(r.Values) != 0 || r.Closed != 1 || r.Kind != record.Contact || r.Circle != w.circle {
			t.Errorf("%s: outside: %+v", when, r)
		}
		if n := found(t, w.c, "guambo"); n != 0 {
			t.Errorf("%s: the search outside finds it", when)
		}
		if row, ok := w.c.Row(id); !ok || row.Flags&search.Restricted == 0 || row.Paternal != "" {
			t.Errorf("%s: row outside %+v", when, row)
		}
		if name, people := w.c.KnownTo(r); name != "Reservado 1" || len(people) != 2 || people[1] != "Luis Quispe" {
			t.Errorf("%s: known to %q %v", when, name, people)
		}
		moments, err := w.c.Timeline(ctx, id)
		if err != nil || len(moments) != 2 || !moments[0].Restricts || !moments[1].Closed || len(moments[1].Fields) > 0 || moments[1].Circle != w.circle {
			t.Errorf("%s: timeline outside %+v, %v", when, moments, err)
		}
		if r, err := w.c.AsOf(ctx, id, w.c.Now().Add(time.Hour)); err != nil || len(r.Values) != 0 {
			t.Errorf("%s: as of, outside: %v, %v", when, r, err)
		}
		if r, err := w.b.AsOf(ctx, id, w.b.Now().Add(time.Hour)); err != nil || r.Get("given_names") != "Zoila" {
			t.Errorf("%s: as of, inside: %v, %v", when, r, err)
		}
	}
	look("at once")
	for _, o := range []*Office{w.a, w.b, w.c} {
		secretFree(t, o, id, "Zoila")
		sound(t, o)
	}
	w.a, w.b, w.c = reopen(t, w.a, w.ac), reopen(t, w.b, w.bc), reopen(t, w.c, w.cc)
	look("after closing")
	for _, o := range []*Office{w.a, w.b, w.c} {
		if err := o.Rebuild(ctx, nil); err != nil {
			t.Fatal(err)
		}
		secretFree(t, o, id, "Zoila")
	}
	look("after a rebuild")
	w.meet()
	if _, err := w.c.Edit(ctx, Change{Record: id, Set: map[string]string{"phones": "0991234567"}}); !fault.Is(err, fault.Refused) {
		t.Errorf("written from outside: %v", err)
	}
	save(t, w.b, Change{Record: id, Set: map[string]string{"email": "zoila@example.org"}})
	w.meet()
	if r := get(t, w.a, id); r.Get("email") != "zoila@example.org" {
		t.Errorf("%v", r.Values)
	}
	if r := get(t, w.c, id); len(r.Values) != 0 || r.Closed != 2 {
		t.Errorf("outside: %v", r.Values)
	}
	look2(t, w, id)
}

// look2: who may not read it may take it away all the same, and it is gone for all.
func look2(t *testing.T, w *three, id record.ID) {
	t.Helper()
	ctx := context.Background()
	save(t, w.c, Change{Record: id, Delete: true})
	w.meet()
	for _, o := range []*Office{w.a, w.b, w.c} {
		if _, err := o.Get(ctx, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("still there: %v", err)
		}
		if found(t, o, "guambo") != 0 {
			t.Error("still found")
		}
	}
	moments, err := w.b.Timeline(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.b.Undo(ctx, moments[len(moments)-1].Write, "no era"); err != nil {
		t.Fatal(err)
	}
	w.meet()
	if r := get(t, w.a, id); r.Get("given_names") != "Zoila" || found(t, w.a, "guambo") != 1 {
		t.Errorf("brought back: %v", r.Values)
	}
	if n := payloadsOf(t, w.b, id); n == 0 {
		t.Fatal("no payloads")
	}
	if _, err := w.a.Erase(ctx, id, "lo pidió la familia", nil); err != nil {
		t.Fatal(err)
	}
	w.meet()
	waiting, err := w.c.Proposals(ctx, false) // the second one cannot read it either
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%+v, %v", waiting, err)
	}
	if _, err := w.c.Approve(ctx, waiting[0].Write, "de acuerdo"); err != nil {
		t.Fatal(err)
	}
	w.meet()
	for _, o := range []*Office{w.b, w.c} {
		if n := payloadsOf(t, o, id); n > 3 { // who restricted it, the erasing change, and the second one's word
			t.Errorf("%d payloads are left", n)
		}
		sound(t, o)
	}
}

// secretFree looks for a text in what the working copy keeps of a record.
func secretFree(t *testing.T, o *Office, id record.ID, text string) {
	t.Helper()
	o.order.wait()
	b, err := o.store.Record(id)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte(text)) {
		t.Error("the working copy keeps what the circle sealed")
	}
	err = o.store.Rows(context.Background(), 0, 1, func(_ record.Kind, _ record.ID, row []byte) error {
		if bytes.Contains(row, []byte(text)) {
			t.Error("a row of the working copy names who is restricted")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A single note can be a circle's in a record that all read.
func TestPrivilegedNote(t *testing.T) {
	w := threeOf(t)
	man := person(t, w.a, map[string]string{"given_names": "Ángel"})
	w.meet()
	save(t, w.b, Change{Record: man, Circle: w.circle, Add: []Addition{{Kind: record.Note, Values: map[string]string{"text": "confesó a su abogado"}}}})
	save(t, w.b, Change{Record: man, Add: []Addition{{Kind: record.Note, Values: map[string]string{"text": "llamar el lunes"}}}})
	w.meet()
	for o, want := range map[*Office]int{w.a: 2, w.b: 2, w.c: 1} {
		r := get(t, o, man)
		if n := len(r.Of(record.Note)); n != want || r.Get("given_names") != "Ángel" || !r.Restricted() {
			t.Errorf("%d notes, want %d; %v", n, want, r.Values)
		}
		if found(t, o, "angel") != 1 {
			t.Error("he is not found by his name")
		}
		secretFree(t, o, man, "confesó")
	}
	save(t, w.c, Change{Record: man, Set: map[string]string{"birth": "1990"}}) // all may go on writing in it
	w.meet()
	if get(t, w.b, man).Get("birth") != "1990" {
		t.Error("the record is closed to the others")
	}
	// What replaces a value that the circle sealed is sealed too.
	save(t, w.b, Change{Record: man, Circle: w.circle, Set: map[string]string{"health": "VIH"}})
	save(t, w.b, Change{Record: man, Set: map[string]string{"health": "VIH, con tratamiento"}})
	w.meet()
	if get(t, w.a, man).Get("health") != "VIH, con tratamiento" || get(t, w.c, man).Get("health") != "" {
		t.Error("what replaced a sealed value is open")
	}
	moments, _ := w.b.Timeline(context.Background(), man)
	if _, err := w.b.Undo(context.Background(), moments[len(moments)-1].Write, "error"); err != nil {
		t.Fatal(err)
	}
	w.meet()
	if get(t, w.a, man).Get("health") != "VIH" || get(t, w.c, man).Get("health") != "" {
		t.Errorf("undone: %q, %q", get(t, w.a, man).Get("health"), get(t, w.c, man).Get("health"))
	}
}

// A new device of a member of the circle waits until somebody of it gives it the
// keys, and then reads everything; who is taken out reads nothing new.
func TestCircleKeysComeAndGo(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	id := save(t, w.a, Change{Kind: record.Contact, Circle: w.circle, Set: map[string]string{"given_names": "Zoila", "paternal_surname": "Guambo"}}).ID
	d, dcfg := enrolledAs(t, w.a, w.b.Info().Member)
	exchange(t, w.a, d)
	if r := get(t, d, id); len(r.Values) != 0 || found(t, d, "guambo") != 0 {
		t.Errorf("a device reads without a key: %v", r.Values)
	}
	circles := func(o *Office) Circle {
		t.Helper()
		list, err := o.Circles(ctx)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0]
	}
	if c := circles(w.a); c.Waiting != 1 || !c.Open || c.Records != 1 {
		t.Errorf("%+v", c)
	}
	if c := circles(d); c.Open || !c.Inside {
		t.Errorf("%+v", c)
	}
	if _, err := d.Edit(ctx, Change{Record: id, Set: map[string]string{"email": "z@example.org"}}); !fault.Is(err, fault.Refused) {
		t.Errorf("written without a key: %v", err)
	}
	w.meet()
	if err := w.b.ShareCircle(ctx, w.circle); err != nil {
		t.Fatal(err)
	}
	w.meet()
	exchange(t, w.a, d)
	same(t, w.a, d)
	if r := get(t, d, id); r.Get("given_names") != "Zoila" || found(t, d, "guambo") != 1 {
		t.Errorf("with its key: %v", r.Values)
	}
	d = reopen(t, d, dcfg)
	save(t, d, Change{Record: id, Set: map[string]string{"email": "z@example.org"}})
	exchange(t, w.a, d)
	if c := circles(w.a); c.Waiting != 0 {
		t.Errorf("%+v", c)
	}
	// Luis is taken out: both of his devices keep what they could read.
	if _, err := w.a.ChangeCircle(ctx, w.circle, "", []record.ID{w.a.Info().Member, w.c.Info().Member}, "cambió de oficina"); err != nil {
		t.Fatal(err)
	}
	save(t, w.a, Change{Record: id, Set: map[string]string{"address": "Loja, calle Bolívar"}})
	w.meet()
	exchange(t, w.a, d)
	for _, o := range []*Office{w.b, d} {
		if r := get(t, o, id); r.Get("given_names") != "Zoila" || r.Get("address") != "" || r.Closed != 1 {
			t.Errorf("taken out: %v, closed %d", r.Values, r.Closed)
		}
		if found(t, o, "guambo") != 0 {
			t.Error("who was taken out still has it in the lists")
		}
		if _, err := o.Edit(ctx, Change{Record: id, Set: map[string]string{"email": "otra@example.org"}}); !fault.Is(err, fault.Refused) {
			t.Errorf("and writes in it: %v", err)
		}
	}
	// Ana came in, and reads all.
	if r := get(t, w.c, id); r.Get("address") != "Loja, calle Bolívar" || r.Get("given_names") != "Zoila" || found(t, w.c, "guambo") != 1 {
		t.Errorf("came in: %v", r.Values)
	}
	if c := circles(w.a); len(c.Before) != 1 || c.Before[0] != "Luis Quispe" {
		t.Errorf("who holds the rest: %+v", c)
	}
	w.c = reopen(t, w.c, w.cc)
	w.b = reopen(t, w.b, w.bc)
	if found(t, w.c, "guambo") != 1 || found(t, w.b, "guambo") != 0 {
		t.Error("otherwise after closing")
	}
	w.meet()
}

// What is restricted later keeps what stood there open; and who is not in a circle
// puts nobody in, takes nothing out of it, and gives it no keys.
func TestOutsidersChangeNoCircle(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	id := save(t, w.a, Change{Kind: record.Contact, Set: map[string]string{"given_names": "Zoila", "paternal_surname": "Guambo"}}).ID
	w.meet()
	if _, err := w.c.Restrict(ctx, id, w.circle, "amenaza"); !fault.Is(err, fault.Refused) {
		t.Errorf("restricted from outside: %v", err)
	}
	if _, err := w.a.Restrict(ctx, id, w.circle, "amenaza"); err != nil {
		t.Fatal(err)
	}
	save(t, w.a, Change{Record: id, Set: map[string]string{"address": "Loja"}})
	w.meet()
	if r := get(t, w.c, id); r.Get("given_names") != "Zoila" || r.Get("address") != "" {
		t.Errorf("outside: %v", r.Values)
	}
	if found(t, w.c, "guambo") != 0 || found(t, w.b, "guambo") != 1 {
		t.Error("the name of somebody restricted stands in the common lists")
	}
	// A program that does not ask.
	me := w.c.Info().Member
	mallory := []ledger.Change{
		{Record: id, Kind: record.Contact, Op: ledger.OpRestrict, Critical: true},
		{Record: w.circle, Kind: record.Circle, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 2, Text: me.String()}}},
		{Record: w.circle, Kind: record.Circle, Op: ledger.OpEdit, Entries: []ledger.Entry{{Kind: record.CircleKey, Values: []ledger.Text{{Num: 1, Text: record.ID{9}.String()}, {Num: 2, Text: w.a.Info().Device.String()}, {Num: 3, Text: "AAAA"}}}}},
		{Record: w.circle, Kind: record.Circle, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: ledger.FieldDeleted, Text: "true"}}},
		{Record: id, Kind: record.Contact, Op: ledger.OpEdit, Circle: record.ID{7}, Fields: []ledger.Field{{Num: 1, Text: "otra"}}},
	}
	w.c.circles.mu.Lock()
	w.c.circles.ring[record.ID{7}] = vault.Key{1}
	w.c.circles.mu.Unlock()
	for _, c := range mallory {
		list := []*prepared{{change: c}}
		j := &job{done: make(chan outcome, 1), changes: []ledger.Change{list[0].change}}
		if err := w.c.hand(ctx, j); err != nil {
			t.Fatal(err)
		}
		if out := <-j.done; out.err != nil {
			t.Fatal(out.err)
		}
	}
	w.meet()
	if list, _ := w.b.Powerless(ctx); len(list) != 4 {
		t.Errorf("%d without effect: %+v", len(list), list)
	}
	list, err := w.b.Circles(ctx)
	if err != nil || len(list) != 1 || len(list[0].Members) != 2 || !list[0].Open || list[0].Waiting != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	if r := get(t, w.b, id); r.Circle != w.circle || r.Get("address") != "Loja" || r.Closed != 1 {
		t.Errorf("inside: %v closed %d", r.Values, r.Closed)
	}
	save(t, w.b, Change{Record: id, Set: map[string]string{"email": "z@example.org"}})
	w.meet()
	if r := get(t, w.c, id); r.Get("email") != "" {
		t.Error("what was written afterwards is read outside")
	}
	w.b = reopen(t, w.b, w.bc)
	if err := w.c.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	w.meet()
}

// Two who write at once in a restricted record contradict each other for those who
// see it, and decide; what speaks of somebody restricted is restricted with him.
func TestContradictionInACircle(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	id := save(t, w.a, Change{Kind: record.Contact, Circle: w.circle, Set: map[string]string{"given_names": "Zoila", "do_not_contact": "false"}}).ID
	man := person(t, w.a, map[string]string{"given_names": "Ángel"})
	tie := save(t, w.a, Change{Kind: record.Relationship, Set: map[string]string{"contact": id.String(), "detainee": man.String(), "kinship": "mother"}}).ID
	w.meet()
	for o, want := range map[*Office]int{w.a: 1, w.b: 1, w.c: 0} {
		links, err := o.Links(ctx, man, record.Relationship)
		if err != nil || len(links) != want {
			t.Errorf("%d ties, want %d: %v", len(links), want, err)
		}
	}
	if r := get(t, w.c, tie); len(r.Values) > 0 || r.Circle != w.circle {
		t.Errorf("the tie is read outside: %v", r.Values)
	}
	save(t, w.a, Change{Record: id, Set: map[string]string{"do_not_contact": "true"}})
	save(t, w.b, Change{Record: id, Set: map[string]string{"do_not_contact": ""}})
	w.meet()
	if n := len(contradictions(t, w.c)); n != 0 {
		t.Errorf("%d contradictions outside", n)
	}
	list := contradictions(t, w.b)
	if len(list) != 1 || list[0].Field != "do_not_contact" {
		t.Fatalf("inside: %+v", list)
	}
	if _, err := w.b.Resolve(ctx, Resolution{Record: id, Field: "do_not_contact", Choose: list[0].Sides[0].Write, Reason: "lo pidió ella"}); err != nil {
		t.Fatal(err)
	}
	w.meet()
	if n := len(contradictions(t, w.a)); n != 0 {
		t.Error("it is not decided")
	}
	if r := get(t, w.c, id); len(r.Values) != 0 {
		t.Errorf("the decision is read outside: %v", r.Values)
	}
	other := person(t, w.a, map[string]string{"given_names": "Angel"})
	if _, err := w.a.Restrict(ctx, other, w.circle, "amenaza"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.a.Merge(ctx, Merging{Keep: man, Other: other, Reason: "el mismo"}); !fault.Is(err, fault.Refused) {
		t.Errorf("what is restricted is merged into what is open: %v", err)
	}
	if _, err := w.a.Merge(ctx, Merging{Keep: other, Other: man, Reason: "el mismo"}); err != nil {
		t.Errorf("and the other way round: %v", err)
	}
	w.meet()
	for _, o := range []*Office{w.a, w.b, w.c} {
		sound(t, o)
	}
}

// A paper about somebody restricted stands in the register for all, by its number
// and check code; whom it is about and what it states only its circle reads.
func TestPaperAboutSomebodyRestricted(t *testing.T) {
	w := threeOf(t)
	man := save(t, w.a, Change{Kind: record.Detainee, Circle: w.circle, Set: map[string]string{"given_names": "Ángel"}}).ID
	paper := save(t, w.a, Change{Kind: record.Document, Set: map[string]string{
		"kind": "case-report", "number": "IC-2026-0001", "about": man.String(), "stated": "given_names=Ángel", "sha256": "00",
	}}).ID
	w.meet()
	for o, want := range map[*Office]string{w.b: man.String(), w.c: ""} {
		r := get(t, o, paper)
		if r.Get("number") != "IC-2026-0001" || r.Get("kind") != "case-report" || r.Get("about") != want {
			t.Errorf("%v", r.Values)
		}
	}
	if list, _ := w.c.Powerless(context.Background()); len(list) > 0 {
		t.Errorf("%+v", list)
	}
	var _ *fold.State
}

// Who is sent away from the team reads nothing of his circles that is written
// afterwards, though nobody took him out of them: a new key is drawn first.
func TestCircleWithoutWhoWasSentAway(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	id := save(t, w.a, Change{Kind: record.Contact, Circle: w.circle, Set: map[string]string{"given_names": "Zoila"}}).ID
	w.meet()
	if _, err := w.a.Remove(ctx, w.b.Info().Member, "se fue"); err != nil {
		t.Fatal(err)
	}
	save(t, w.a, Change{Record: id, Set: map[string]string{"address": "Loja"}})
	c, ok := w.a.circles.circle(w.circle)
	if !ok || len(c.keys) != 2 {
		t.Fatalf("%d keys", len(c.keys))
	}
	for _, d := range c.keys[1].to {
		if d == w.b.Info().Device {
			t.Error("the new key was given to who was sent away")
		}
	}
	s, _, err := w.a.readState(id)
	if err != nil || s.Circled[len(s.Circled)-1].Key != c.keys[1].id {
		t.Errorf("sealed with the old key: %v", err)
	}
	if r := get(t, w.a, id); r.Get("address") != "Loja" || r.Closed != 0 {
		t.Errorf("%v closed %d", r.Values, r.Closed)
	}
}
