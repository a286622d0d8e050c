package data

import (
	"context"
	"slices"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// What a lost device held is told: what is known to have reached it apart from what
// it could read, the people with what is sensitive of them, its circles, and what
// was read on it. What no key of it opens is not there.
func TestBreach(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	ill := person(t, w.a, map[string]string{"given_names": "Ángel", "paternal_surname": "Núñez", "health": "epilepsia", "cedula": "1714307103"})
	plain := person(t, w.a, map[string]string{"given_names": "Iván"})
	secret := save(t, w.a, Change{Kind: record.Contact, Circle: w.circle, Set: map[string]string{"given_names": "Zoila", "threat": "extortion"}}).ID
	w.meet()
	save(t, w.a, Change{Record: plain, Set: map[string]string{"ethnicity": "kichwa"}}) // nobody has it yet
	w.b.Opened(get(t, w.b, ill))
	late := person(t, w.a, map[string]string{"given_names": "Segundo"})
	receive(t, w.a, framesOf(t, w.b))
	w.b.writeAudit()
	receive(t, w.a, framesOf(t, w.b))
	of := func(o *Office) *Breach {
		t.Helper()
		b, err := w.a.Breach(ctx, o.Info().Device, nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	who := func(b *Breach, id record.ID) *BreachPerson {
		i := slices.IndexFunc(b.People, func(p BreachPerson) bool { return p.ID == id })
		if i < 0 {
			return nil
		}
		return &b.People[i]
	}
	inside := of(w.b)
	if inside.Name != "Luis Quispe" || inside.Ended || inside.LastWrote.IsZero() || len(inside.Readings) != 1 || inside.Readings[0].Record != ill {
		t.Errorf("%+v", inside)
	}
	if len(inside.Circles) != 1 || inside.Circles[0].Keys != 1 || inside.Restricted != 0 {
		t.Errorf("circles %+v, %d", inside.Circles, inside.Restricted)
	}
	if inside.ChangesKnown >= inside.Changes || inside.ChangesKnown == 0 {
		t.Errorf("%d known of %d", inside.ChangesKnown, inside.Changes)
	}
	if p := who(inside, ill); p == nil || !p.Known || p.Name != "Ángel Núñez" || !slices.Equal(p.Fields, []string{"health", "cedula"}) || p.Why != rule.SensitiveData {
		t.Errorf("%+v", p)
	}
	if p := who(inside, secret); p == nil || p.Name != "Zoila" || !p.Restricted || !slices.Contains(p.Fields, "threat") {
		t.Errorf("%+v", p)
	}
	if p := who(inside, late); p == nil || p.Known {
		t.Errorf("what came later is known to be there: %+v", p)
	}
	outside := of(w.c)
	if len(outside.Circles) != 0 || outside.Restricted != 1 {
		t.Errorf("outside: %+v, %d", outside.Circles, outside.Restricted)
	}
	if p := who(outside, secret); p == nil || p.Name != "" || len(p.Fields) > 0 || p.Restricted {
		t.Errorf("outside: %+v", p)
	}
	if _, err := w.b.Breach(ctx, w.c.Info().Device, nil); !fault.Is(err, fault.Refused) {
		t.Errorf("a lawyer reads it: %v", err)
	}
	if _, err := w.a.Breach(ctx, record.ID{1}, nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("a device that is none: %v", err)
	}
	if !inside.Due.After(inside.Made.AddDate(0, 0, 4)) {
		t.Errorf("due %v", inside.Due)
	}
	// What a new key seals a device that was left out of it cannot read.
	if _, err := w.a.newEpoch(ctx, w.c.Info().Device); err != nil {
		t.Fatal(err)
	}
	after := person(t, w.a, map[string]string{"given_names": "Tomás"})
	if p := who(of(w.c), after); p != nil {
		t.Errorf("sealed with a key that it was not given: %+v", p)
	}
	if p := who(of(w.b), after); p == nil {
		t.Error("what it has the key of is left out")
	}
	if b := of(w.c); len(b.Epochs) != 1 || b.AllEpochs != 2 {
		t.Errorf("epochs %v of %d", b.Epochs, b.AllEpochs)
	}
}
