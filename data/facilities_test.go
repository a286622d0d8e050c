package data

import (
	"context"
	"testing"

	"paradero/data/record"
	"paradero/data/rule"
)

// One prison by all its names is one place; an unknown one stays as written.
func TestFacilityNames(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	save(t, o, Change{Kind: record.Facility, Set: map[string]string{"name": "CPL Guayas N°1", "known_as": "Penitenciaría del Litoral"}})
	o = reopen(t, o, cfg)
	for written, want := range map[string]string{
		"CPL GUAYAS Nº 1": "CPL Guayas N°1", "cpl guayas No. 1": "CPL Guayas N°1", "PENITENCIARIA DEL LITORAL": "CPL Guayas N°1",
		"CPL Guayas N°2": "CPL Guayas N°2", "Cuartel": "Cuartel",
	} {
		r := save(t, o, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ana", "facility": written}})
		if s := rule.Conclude(get(t, o, r.ID)); s.Facility != want {
			t.Errorf("%q: %q, want %q", written, s.Facility, want)
		}
	}
	list := func() func() (*ImportRow, error) {
		return rowsOf(40, func(_ int, r *ImportRow) { r.Claims[0]["facility"] = "PENITENCIARIA DEL LITORAL" })
	}
	if _, _, err := o.Import(ctx, "SNAI", list(), nil); err != nil {
		t.Fatal(err)
	}
	if count, _, err := o.Import(ctx, "SNAI", list(), nil); err != nil || count.Unchanged != 40 {
		t.Errorf("the same list again: %+v, %v", count, err)
	}
}
