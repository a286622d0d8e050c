package data

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

func contradictions(t *testing.T, o *Office) []Contradiction {
	t.Helper()
	list, err := o.Contradictions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func person(t *testing.T, o *Office, set map[string]string, claims ...map[string]string) record.ID {
	t.Helper()
	c := Change{Kind: record.Detainee, Set: set}
	for _, values := range claims {
		c.Add = append(c.Add, Addition{Kind: record.Claim, Values: values})
	}
	return save(t, o, c).ID
}

func TestWriteText(t *testing.T) {
	w := record.Write{Index: 17}
	for i := range w.Batch {
		w.Batch[i] = byte(i * 7)
	}
	text := w.String()
	if start, place, _ := strings.Cut(text, "."); len(start) != 52 || place != "17" {
		t.Fatalf("text %q", text)
	}
	if back, err := record.ParseWrite(strings.ToUpper(text)); err != nil || back != w {
		t.Errorf("read back %v, %v", back, err)
	}
	for _, bad := range []string{"", "abc", text[:51], text[:52], text + ".1", text[:52] + ".70000", text[:10] + "1.2"} {
		if _, err := record.ParseWrite(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q is read: %v", bad, err)
		}
	}
}

// Two colleagues who change a critical field at once contradict each other until
// one of them decides; undoing the decision brings the contradiction back.
func TestFieldContradictionIsResolvedAndComesBack(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	id := save(t, o, Change{Kind: record.Contact, Set: map[string]string{"given_names": "Rosa", "paternal_surname": "Chávez", "do_not_contact": "false"}}).ID
	base := get(t, o, id)
	a := save(t, o, Change{Record: id, Base: base, Set: map[string]string{"do_not_contact": "true"}})
	if len(contradictions(t, o)) != 0 {
		t.Fatal("one value contradicts nobody")
	}
	b := save(t, o, Change{Record: id, Base: base, Set: map[string]string{"do_not_contact": ""}})
	list := contradictions(t, o)
	if len(list) != 1 || list[0].Record != id || list[0].Field != "do_not_contact" || list[0].Flag != BetweenValues || len(list[0].Sides) != 2 {
		t.Fatalf("contradictions %+v", list)
	}
	if s := list[0].Sides[0]; s.Write != b.Write || s.By != "Lucía Chamorro" || s.DeviceName != "Lucía Chamorro" || s.At.IsZero() {
		t.Errorf("side %+v", s)
	}
	for key, d := range map[string]Resolution{
		"resolve_refused":     {Record: id, Field: "do_not_contact", Choose: a.Write, Reason: " "},
		"resolve_no_side":     {Record: id, Field: "do_not_contact", Choose: record.Write{}, Reason: "lo dijo ella"},
		"resolve_other_field": {Record: id, Field: "threat", Choose: a.Write, Reason: "lo dijo ella"},
	} {
		if _, err := o.Resolve(ctx, d); !isKey(err, key) || !fault.Is(err, fault.Refused) {
			t.Errorf("%s: %v", key, err)
		}
	}
	done, err := o.Resolve(ctx, Resolution{Record: id, Field: "do_not_contact", Choose: a.Write, Reason: "lo dijo ella"})
	if err != nil {
		t.Fatal(err)
	}
	if r := get(t, o, id); r.Get("do_not_contact") != "true" || len(r.Values["do_not_contact"]) != 1 || len(contradictions(t, o)) != 0 {
		t.Fatalf("after the decision: %v", r.Values["do_not_contact"])
	}
	if _, err := o.Resolve(ctx, Resolution{Record: id, Field: "do_not_contact", Choose: a.Write, Reason: "otra vez"}); !isKey(err, "resolve_nothing") {
		t.Errorf("resolved twice: %v", err)
	}
	undo, err := o.Undo(ctx, done.Write, "me equivoqué")
	if err != nil {
		t.Fatal(err)
	}
	o = reopen(t, o, cfg)
	if list := contradictions(t, o); len(list) != 1 || len(list[0].Sides) != 2 || list[0].Sides[0].Text != "" {
		t.Fatalf("the contradiction did not come back as it was: %+v", list)
	}
	if _, err := o.Undo(ctx, undo.Write, ""); err != nil {
		t.Fatal(err)
	}
	if r := get(t, o, id); r.Get("do_not_contact") != "true" || len(contradictions(t, o)) != 0 {
		t.Errorf("undo of the undo: %v", r.Values["do_not_contact"])
	}
}

func isKey(err error, key string) bool {
	var e *fault.Error
	return errors.As(err, &e) && e.Key == key
}

func TestClaimContradictionIsResolved(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	id := person(t, o, map[string]string{"given_names": "Luis", "paternal_surname": "Mora"},
		map[string]string{"status": "reported_alive", "source": "Hospital", "when": "2026-11-18"},
		map[string]string{"status": "reported_dead", "source": "Lista oficial", "when": "2026-11-19"},
		map[string]string{"status": "reported_dead", "source": "Prensa", "when": "2026-11-19"})
	list := contradictions(t, o)
	if len(list) != 1 || list[0].Field != "life_status" || list[0].Flag != BetweenClaims || len(list[0].Sides) != 3 || list[0].Why != "alive_and_dead" {
		t.Fatalf("contradictions %+v", list)
	}
	i := slices.IndexFunc(list[0].Sides, func(s Side) bool { return s.Text == "reported_alive" })
	done, err := o.Resolve(ctx, Resolution{Record: id, Field: "life_status", Entry: list[0].Sides[i].Entry, Reason: "hablamos con la enfermera"})
	if err != nil {
		t.Fatal(err)
	}
	if s := rule.Conclude(get(t, o, id)); s.Life != "reported_alive" || len(s.Contradictions) != 0 || s.LifeSince != "2026-11-18" {
		t.Fatalf("status %+v", s)
	}
	if len(contradictions(t, o)) != 0 {
		t.Error("the row still says contradicted")
	}
	if _, err := o.Undo(ctx, done.Write, ""); err != nil {
		t.Fatal(err)
	}
	if list := contradictions(t, o); len(list) != 1 || len(list[0].Sides) != 3 {
		t.Errorf("undone: %+v", list)
	}
}

// Who deletes a record while another writes in it does not make that vanish.
func TestDeletionKeepsAConcurrentEdit(t *testing.T) {
	ctx := context.Background()
	for _, choose := range []string{"deleted", "edited"} {
		o, cfg := newOffice(t)
		id := person(t, o, map[string]string{"given_names": "Luis", "paternal_surname": "Mora"})
		base := get(t, o, id)
		save(t, o, Change{Record: id, Base: base, Set: map[string]string{"aliases": "El Flaco"}})
		save(t, o, Change{Record: id, Base: base, Delete: true, Reason: "doble"})
		o = reopen(t, o, cfg)
		r := get(t, o, id)
		if !r.EditedAfterDelete || r.Get("aliases") != "El Flaco" {
			t.Fatalf("record %+v", r)
		}
		if _, ok := o.Row(id); !ok || o.Count(record.Detainee) != 1 {
			t.Fatal("it left the lists")
		}
		list := contradictions(t, o)
		if len(list) != 1 || list[0].Field != "deleted" || list[0].Flag != BetweenDeletion || len(list[0].Sides) != 2 {
			t.Fatalf("contradictions %+v", list)
		}
		if e := list[0].Sides[1]; e.Text != "edited" || !slices.Equal(e.Fields, []string{"aliases"}) || e.By != "Lucía Chamorro" {
			t.Errorf("side %+v", e)
		}
		i := slices.IndexFunc(list[0].Sides, func(s Side) bool { return s.Text == choose })
		done, err := o.Resolve(ctx, Resolution{Record: id, Field: "deleted", Choose: list[0].Sides[i].Write, Reason: "revisado"})
		if err != nil {
			t.Fatal(err)
		}
		if len(contradictions(t, o)) != 0 {
			t.Errorf("%s: still open", choose)
		}
		_, err = o.Get(ctx, id)
		if gone := fault.Is(err, fault.NotFound); gone != (choose == "deleted") {
			t.Errorf("%s: %v", choose, err)
		}
		if _, err := o.Undo(ctx, done.Write, ""); err != nil {
			t.Fatal(err)
		}
		if choose == "edited" && len(contradictions(t, o)) != 0 {
			t.Error("undoing the decision to keep deletes it, knowingly")
		}
	}
}

// A deletion that saw everything deletes, also of a record of many changes.
func TestDeletionOfAllThatWasSeen(t *testing.T) {
	o, _ := newOffice(t)
	id := person(t, o, map[string]string{"given_names": "Luis"})
	for range 9 {
		save(t, o, Change{Record: id, Add: []Addition{{Kind: record.Note, Values: map[string]string{"text": "nota"}}}})
	}
	save(t, o, Change{Record: id, Base: get(t, o, id), Delete: true})
	if _, err := o.Get(context.Background(), id); !fault.Is(err, fault.NotFound) || len(contradictions(t, o)) != 0 {
		t.Errorf("not deleted: %v", err)
	}
}

func TestUndo(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	id := person(t, o, map[string]string{"given_names": "Luis", "paternal_surname": "Mora", "offence": "robo"})
	edit := save(t, o, Change{Record: id, Set: map[string]string{"paternal_surname": "Morán", "maternal_surname": "Vera", "offence": ""}, Add: []Addition{
		{Kind: record.Claim, Values: map[string]string{"status": "reported_dead", "source": "rumor", "when": "2026-11-19"}},
		{Kind: record.Note, Values: map[string]string{"text": "vino el tío"}},
	}})
	save(t, o, Change{Record: id, Set: map[string]string{"maternal_surname": "Veas"}})
	plan, err := o.UndoPlan(ctx, edit.Write)
	if err != nil || len(plan.Parts) != 4 || len(plan.Kept) != 1 || plan.Kept[0].Field != "maternal_surname" {
		t.Fatalf("plan %+v, %v", plan, err)
	}
	undo, err := o.Undo(ctx, edit.Write, "persona equivocada")
	if err != nil || len(undo.Warnings) != 1 {
		t.Fatalf("undo %+v, %v", undo, err)
	}
	r := get(t, o, id)
	if r.Get("paternal_surname") != "Mora" || r.Get("maternal_surname") != "Veas" || r.Get("offence") != "robo" {
		t.Errorf("values %v", r.Values)
	}
	if s := rule.Conclude(r); s.Life != "unknown" || len(r.Standing(record.Note)) != 0 {
		t.Errorf("entries stand: %+v", s)
	}
	if _, err := o.Undo(ctx, edit.Write, ""); !isKey(err, "undo_nothing") {
		t.Errorf("undone twice: %v", err)
	}
	if _, err := o.Undo(ctx, undo.Write, ""); err != nil {
		t.Fatal(err)
	}
	r = get(t, o, id)
	if s := rule.Conclude(r); s.Life != "reported_dead" || len(r.Standing(record.Note)) != 1 || r.Get("paternal_surname") != "Morán" || r.Get("offence") != "" {
		t.Errorf("undo of the undo: %+v %v", s, r.Values)
	}
}

func TestUndoOfMakingAndDeleting(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	made := save(t, o, Change{Kind: record.Contact, Set: map[string]string{"given_names": "Ana"}})
	gone, err := o.Undo(ctx, made.Write, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Get(ctx, made.ID); !fault.Is(err, fault.NotFound) {
		t.Fatalf("it is still here: %v", err)
	}
	if _, err := o.Undo(ctx, gone.Write, ""); err != nil {
		t.Fatal(err)
	}
	get(t, o, made.ID)
	save(t, o, Change{Record: made.ID, Set: map[string]string{"paternal_surname": "Loor"}})
	if _, err := o.Undo(ctx, made.Write, ""); !isKey(err, "undo_made_and_changed") {
		t.Errorf("made and changed: %v", err)
	}
	away := save(t, o, Change{Record: made.ID, Delete: true})
	if _, err := o.Undo(ctx, away.Write, ""); err != nil {
		t.Fatal(err)
	}
	get(t, o, made.ID)
	dad := person(t, o, map[string]string{"given_names": "Iván"})
	tied := save(t, o, Change{Kind: record.Contact, Set: map[string]string{"given_names": "Eva"}})
	save(t, o, Change{Kind: record.Relationship, Set: map[string]string{"contact": tied.ID.String(), "detainee": dad.String(), "kinship": "mother"}})
	if _, err := o.Undo(ctx, tied.Write, ""); !isKey(err, "undo_made_and_linked") {
		t.Errorf("made and tied: %v", err)
	}
	if _, err := o.Undo(ctx, get(t, o, o.Info().Member).Values["name"][0].Write, ""); !isKey(err, "undo_not_of_kind") {
		t.Errorf("the founder: %v", err)
	}
}

func TestMineAndFindChange(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	id := person(t, o, map[string]string{"given_names": "Luis"})
	edit := save(t, o, Change{Record: id, Set: map[string]string{"given_names": "Luis Iván"}})
	undo, err := o.Undo(ctx, edit.Write, "")
	if err != nil {
		t.Fatal(err)
	}
	mine, err := o.Mine(ctx, 10)
	if err != nil || len(mine) != 3 {
		t.Fatalf("mine %+v, %v", mine, err)
	}
	if mine[0].Write != undo.Write || mine[0].Undoes != edit.Write || mine[0].Undone || !mine[1].Undone || mine[2].Undone || !mine[2].Created {
		t.Errorf("mine %+v", mine)
	}
	if f := mine[1].Fields; len(f) != 1 || f[0].Was != "Luis" || f[0].Text != "Luis Iván" {
		t.Errorf("fields %+v", f)
	}
	for _, text := range []string{edit.Write.String(), edit.Write.String()[:12]} {
		for _, in := range []record.ID{{}, id} {
			if w, err := o.FindChange(ctx, text, in); err != nil || w != edit.Write {
				t.Errorf("%s: %v, %v", text, w, err)
			}
		}
	}
	if _, err := o.FindChange(ctx, "aaaaaaaaaaaa", record.ID{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing begins so: %v", err)
	}
}

func TestAsOf(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	id := person(t, o, map[string]string{"given_names": "Luis"}, map[string]string{"status": "reported_alive", "source": "Hospital", "when": "2026-11-19"})
	first := get(t, o, id).Changed
	save(t, o, Change{Record: id, Set: map[string]string{"given_names": "Luis Iván"}, Add: []Addition{
		{Kind: record.Claim, Values: map[string]string{"status": "reported_dead", "source": "Lista", "when": "2026-11-19"}},
	}})
	second := get(t, o, id).Changed
	save(t, o, Change{Record: id, Delete: true})
	r, err := o.AsOf(ctx, id, first)
	if err != nil || r.Get("given_names") != "Luis" || rule.Conclude(r).Life != "reported_alive" || r.Deleted || len(Contradicted(r)) != 0 {
		t.Errorf("then: %+v, %v", r, err)
	}
	if r, err = o.AsOf(ctx, id, second); err != nil || r.Get("given_names") != "Luis Iván" || len(Contradicted(r)) != 1 {
		t.Errorf("later: %+v, %v", r, err)
	}
	if r, err = o.AsOf(ctx, id, o.Now()); err != nil || !r.Deleted {
		t.Errorf("now: %+v, %v", r, err)
	}
	if _, err := o.AsOf(ctx, id, first.Add(-time.Hour)); !isKey(err, "not_known_then") {
		t.Errorf("before: %v", err)
	}
}

// BenchmarkContradictions asks for the open contradictions of an office of
// 20,000 people, of whom 50 are contradicted.
func BenchmarkContradictions(b *testing.B) {
	ctx := context.Background()
	cfg := testConfig(filepath.Join(b.TempDir(), "oficina"))
	o, _, err := Create(ctx, cfg, Founding{Office: "Sede Tulcán", Member: "Lucía Chamorro", Role: "coordinator", Passphrase: pass})
	if err != nil {
		b.Fatal(err)
	}
	defer o.Close()
	_, _, err = o.Import(ctx, "Lista", rowsOf(20_000, func(i int, r *ImportRow) {
		if i%400 == 0 {
			r.Claims = []map[string]string{
				{"status": "reported_alive", "source": "Hospital", "when": "2026-11-18"}, {"status": "reported_dead", "source": "Lista", "when": "2026-11-19"},
			}
		}
	}), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		list, err := o.Contradictions(ctx)
		if err != nil || len(list) < 40 {
			b.Fatal(len(list), err)
		}
	}
}
