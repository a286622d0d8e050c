package data

import (
	"context"
	"slices"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

// A death that is claimed inside a circle is decided by somebody of the circle: who
// is not in it neither sees the proposal nor counts as the second word, whatever
// program he has.
func TestDeathInsideACircle(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	closed := save(t, w.a, Change{Kind: record.Detainee, Circle: w.circle, Set: map[string]string{"given_names": "Ángel"}}).ID
	open := person(t, w.a, map[string]string{"given_names": "Iván"})
	w.meet()
	for name, c := range map[string]Change{"a restricted man": deathOf(closed), "a single claim": deathOf(open)} {
		c.Circle = w.circle
		receipt := save(t, w.b, c)
		if len(receipt.Warnings) != 1 || receipt.Warnings[0].Key != "waits_for_second" || receipt.Warnings[0].Args[0] != "Rosa Guamán" {
			t.Errorf("%s: %+v", name, receipt.Warnings)
		}
		w.meet()
		if list, err := w.c.Proposals(ctx, false); err != nil || len(list) != 0 {
			t.Errorf("%s: seen from outside: %+v, %v", name, list, err)
		}
		if _, err := w.c.Approve(ctx, receipt.Write, "sí"); !fault.Is(err, fault.Refused) {
			t.Errorf("%s: approved from outside: %v", name, err)
		}
		p := writing(stateOf(t, w.c, c.Record), "") // a program that does not ask
		p.entry(record.Approval, map[string]string{"of": receipt.Write.String(), "verdict": record.Approve})
		if _, err := w.c.submit(ctx, []*prepared{p}, false); err != nil {
			t.Fatal(err)
		}
		w.meet()
		for _, o := range []*Office{w.a, w.b} {
			if life := livesOf(t, o, c.Record); life != "reported_dead" {
				t.Errorf("%s: a word from outside counts: %s", name, life)
			}
		}
		of := waitingOf(t, w.a)
		if of.What != ProposalDeath || !of.May || of.ByName != "Luis Quispe" || of.Circle != "Reservado 1" || !slices.Equal(of.Who, []string{"Rosa Guamán"}) {
			t.Errorf("%s: %+v", name, of)
		}
		if of := waitingOf(t, w.b); !of.Mine || of.May || !slices.Equal(of.Who, []string{"Rosa Guamán"}) {
			t.Errorf("%s: %+v", name, of)
		}
		if _, err := w.a.Approve(ctx, of.Write, "visto"); err != nil {
			t.Fatal(err)
		}
		w.meet()
		if livesOf(t, w.a, c.Record) != "confirmed_dead" || livesOf(t, w.b, c.Record) != "confirmed_dead" || livesOf(t, w.c, c.Record) != "unknown" {
			t.Errorf("%s: %s, %s, outside %s", name, livesOf(t, w.a, c.Record), livesOf(t, w.b, c.Record), livesOf(t, w.c, c.Record))
		}
	}
	w.b, w.c = reopen(t, w.b, w.bc), reopen(t, w.c, w.cc)
	if err := w.a.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	w.meet()
	if livesOf(t, w.a, closed) != "confirmed_dead" || livesOf(t, w.b, open) != "confirmed_dead" {
		t.Error("otherwise after a rebuild")
	}
}

// Where nobody else in the circle may approve, that is said when it is proposed, and
// it waits; who is taken out of the circle decides nothing of it any more, and who
// comes in does.
func TestDeathWaitsForWhoComesIn(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	man := save(t, w.b, Change{Kind: record.Detainee, Circle: w.circle, Set: map[string]string{"given_names": "Ángel"}}).ID
	w.meet()
	receipt := save(t, w.a, deathOf(man)) // the lawyer may not approve it
	if len(receipt.Warnings) != 1 || receipt.Warnings[0].Key != "waits_for_circle" || receipt.Warnings[0].Args[0] != "Reservado 1" {
		t.Errorf("%+v", receipt.Warnings)
	}
	if names := w.a.MayApproveIn(w.circle); len(names) != 0 {
		t.Errorf("may approve: %q", names)
	}
	if names := w.a.MayApprove(); !slices.Equal(names, []string{"Ana Paz"}) {
		t.Errorf("may approve outside: %q", names)
	}
	w.meet()
	if p := waitingOf(t, w.b); p.May || p.WhyNot != "right" || len(p.Who) != 0 {
		t.Errorf("%+v", p)
	}
	if _, err := w.b.Approve(ctx, receipt.Write, ""); !fault.Is(err, fault.Refused) {
		t.Error(err)
	}
	in := []record.ID{w.a.Info().Member, w.b.Info().Member, w.c.Info().Member}
	if _, err := w.a.ChangeCircle(ctx, w.circle, "", in, "hace falta otra coordinadora"); err != nil {
		t.Fatal(err)
	}
	w.meet()
	if p := waitingOf(t, w.c); !p.May || !slices.Equal(p.Who, []string{"Ana Paz"}) {
		t.Errorf("%+v", p)
	}
	if _, err := w.a.ChangeCircle(ctx, w.circle, "", in[:2], "ya no"); err != nil {
		t.Fatal(err)
	}
	w.meet()
	if p := waitingOf(t, w.c); p.May || p.WhyNot != "circle" { // she keeps what she could read
		t.Errorf("%+v", p)
	}
	if _, err := w.c.Approve(ctx, receipt.Write, ""); !fault.Is(err, fault.Refused) {
		t.Errorf("approved after leaving: %v", err)
	}
	if _, err := w.a.ChangeCircle(ctx, w.circle, "", in, "otra vez"); err != nil {
		t.Fatal(err)
	}
	w.meet()
	if _, err := w.c.Approve(ctx, receipt.Write, ""); err != nil {
		t.Fatal(err)
	}
	w.meet()
	if livesOf(t, w.a, man) != "confirmed_dead" {
		t.Error(livesOf(t, w.a, man))
	}
}

// What corrects a privileged note is privileged too, without anybody saying so.
func TestCorrectionOfAPrivilegedNote(t *testing.T) {
	w := threeOf(t)
	man := person(t, w.a, map[string]string{"given_names": "Ángel"})
	w.meet()
	note := save(t, w.b, Change{Record: man, Circle: w.circle, Add: []Addition{{Kind: record.Note, Values: map[string]string{"text": "confesó a su abogado"}}}}).Entries[0]
	save(t, w.b, Change{Record: man, Add: []Addition{{Kind: record.Note, Values: map[string]string{"text": "confesó a su abogada", "corrects": note.String()}}}})
	w.meet()
	if n := get(t, w.a, man).Of(record.Note); len(n) != 2 || n[0].Key.IsZero() || n[1].Key.IsZero() || w.a.CircleOfKey(n[1].Key) != "Reservado 1" {
		t.Errorf("inside: %+v", n)
	}
	if n := get(t, w.c, man).Of(record.Note); len(n) != 0 {
		t.Errorf("read outside: %+v", n)
	}
	secretFree(t, w.c, man, "confesó")
}
