package data

import (
	"context"
	"path/filepath"
	"testing"

	"paradero/data/fault"
)

func calledBy(t *testing.T, o, whose *Office) string {
	t.Helper()
	st, err := o.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range st.Devices {
		if d.Device == whose.Info().Device {
			return d.Name
		}
	}
	t.Fatal("no such device")
	return ""
}

// A founder's computer is called as he says, and any later as its member or a
// coordinator says; nobody else names it.
func TestNameDevice(t *testing.T) {
	ctx := context.Background()
	a, _, err := Create(ctx, testConfig(filepath.Join(t.TempDir(), "a")), Founding{
		Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Device: " Portátil  de la sede\n", Passphrase: pass,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if got := calledBy(t, a, a); got != "Portátil de la sede" {
		t.Errorf("%q", got)
	}
	b, _ := joined(t, a, lawyer)
	c, _ := joined(t, a, Inviting{Name: "Ana Toaquiza", Role: "social-worker"})
	for _, o := range []*Office{b, c, b} {
		exchange(t, a, o)
	}
	for _, w := range []struct {
		by, whose *Office
		name      string
		may       bool
	}{{a, a, "Escritorio", true}, {a, b, "Latacunga", true}, {b, b, "", true}, {b, a, "mío", false}, {c, b, "mío", false}} {
		_, err := w.by.NameDevice(ctx, w.whose.Info().Device, w.name)
		if w.may != (err == nil) || !w.may && !fault.Is(err, fault.Refused) {
			t.Errorf("%s names that of %s: %v", w.by.Info().Name, w.whose.Info().Name, err)
		}
		exchange(t, a, b)
		exchange(t, a, c)
		if w.may && (calledBy(t, a, w.whose) != w.name || calledBy(t, c, w.whose) != w.name) {
			t.Errorf("%q, %q, not %q", calledBy(t, a, w.whose), calledBy(t, c, w.whose), w.name)
		}
	}
	_, err = a.NameDevice(ctx, a.Info().OfficeID, "x")
	wantFault(t, err, "device_unknown")
}
