package present

import (
	"context"
	"strings"
	"testing"

	"paradero/data"
	"paradero/data/record"
)

func TestLastUndoStepsBack(t *testing.T) {
	env, ctx := realEnv(t), context.Background()
	id := write(t, env, data.Change{Kind: record.Contact, Set: map[string]string{"given_names": "Rosa"}})
	write(t, env, data.Change{Record: id, Set: map[string]string{"address": "Durán"}})
	write(t, env, data.Change{Record: id, Set: map[string]string{"address": "Milagro"}})
	for _, want := range []string{"Dirección: Milagro → Durán", "Dirección: Durán → (vacío)", "el registro se borra"} {
		offer, err := LastUndo(ctx, env)
		if err != nil || offer == nil {
			t.Fatalf("%s: %v", want, err)
		}
		if text := offer.Text(env); !strings.Contains(text, want) || !strings.Contains(text, "Rosa") {
			t.Fatalf("%q, want %q", text, want)
		}
		ok := false
		Undo(ctx, env, offer.Write, func(_ Failure, done bool) { ok = done })
		if !ok {
			t.Fatalf("%s is not undone", want)
		}
	}
	if _, err := env.API.Get(ctx, id); err == nil {
		t.Error("what was made is not taken back")
	}
	if offer, err := LastUndo(ctx, env); err != nil || offer != nil {
		t.Errorf("offered %+v, %v", offer, err)
	}
}

func TestDeskSaysBothSides(t *testing.T) {
	env := realEnv(t)
	id := write(t, env, data.Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Íñigo", "paternal_surname": "Núñez"}, Add: []data.Addition{
		claimed(map[string]string{"status": "reported_alive", "source": "Hospital", "when": "2026-11-18"}),
		claimed(map[string]string{"status": "reported_dead", "source": "Lista", "when": "2026-11-19"}),
	}})
	d := NewDesk(context.Background(), env, func() {})
	d.Load()
	if d.State != Ready || len(d.Lines) != 1 || d.Count != "1 contradicción" {
		t.Fatalf("%+v", d)
	}
	l := d.Lines[0]
	if l.ID != id || l.Who != "Íñigo Núñez" || l.Initials == "" || l.What != "Estado de vida" || l.Matters == "" || len(l.Sides) != 2 {
		t.Errorf("%+v", l)
	}
	for _, s := range l.Sides {
		if !strings.Contains(s.Source, "cierto el") || !strings.Contains(s.When, "Lucía Chamorro") || !strings.Contains(s.Device, "Lucía Chamorro") {
			t.Errorf("%+v", s)
		}
	}
	f := d.Decide(l, 0)
	f.Save(context.Background(), func(ok bool) {
		if ok {
			t.Error("decided without a reason")
		}
	})
	typed := f.Typing()
	f.Reason = "Hablamos con él"
	kept := typed.Typed()
	again := d.Decide(l, -1)
	again.Typing().Restore(kept)
	if again.Choice != f.Choice || again.Reason != f.Reason {
		t.Errorf("the draft gives %+v", again)
	}
	again.Save(context.Background(), func(ok bool) {
		if !ok {
			t.Error(again.Problem)
		}
	})
	d.Load()
	if d.State != Empty || d.Done == nil {
		t.Fatalf("%+v", d)
	}
	d.Undo(context.Background(), func(_ Failure, ok bool) {
		if !ok {
			t.Error("the decision is not undone")
		}
	})
	if d.Load(); len(d.Lines) != 1 || d.Done != nil {
		t.Errorf("%+v", d.Lines)
	}
}

func TestPastReadsDaysAsTheyAreTyped(t *testing.T) {
	env := realEnv(t)
	id := write(t, env, data.Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Íñigo"}})
	for typed, bad := range map[string]bool{"hoy": false, "31/2/2020": true, "nunca": true, "ayer": false} {
		if _, problem := PastDay(env, typed); (problem != "") != bad {
			t.Errorf("%q: %q", typed, problem)
		}
	}
	p := NewPast(context.Background(), env, id, func() {})
	if p.At("ayer"); p.State != Failed {
		t.Errorf("yesterday nothing was known: %+v", p)
	}
	if p.At("hoy"); p.State != Ready || p.Name != "Íñigo" || len(p.Steps) != 1 || p.Life.Text == "" {
		t.Errorf("%+v", p)
	}
}
