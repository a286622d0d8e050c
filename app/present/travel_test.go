package present

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"paradero/data"
	"paradero/data/record"
)

// What would leave is told by kind, what exists only here refuses until a
// verified backup holds it, and what is away is told on the first page and on
// its own with the way back.
func TestTravelTellsBeforeAnythingLeaves(t *testing.T) {
	env := realEnv(t)
	o, ok := env.API.(*data.Office)
	if !ok {
		t.Fatal("no real office")
	}
	man := write(t, env, data.Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Íñigo", "paternal_surname": "Núñez"}})
	write(t, env, data.Change{Kind: record.Case, Set: map[string]string{"detainee": man.String(), "type": "release", "number": "C-2026-017"}})
	v := NewTravel(context.Background(), env, func() {})
	v.Refresh()
	v.Type("c-2026")
	if len(v.Found) != 1 || v.Found[0].Kind != record.Case || v.Found[0].Name != "Núñez, Íñigo" || !strings.Contains(v.Found[0].Line, "C-2026-017") {
		t.Fatalf("%+v", v.Found)
	}
	v.Choose(v.Found[0])
	if v.Plan == nil || v.Plan.Records != 2 || len(v.Plan.Lines) != 2 || !strings.Contains(v.Plan.OnlyHere, "SOLO") || v.Ready() {
		t.Fatalf("%+v, %+v", v.Plan, v.Failure)
	}
	v.Type("nunez")
	if len(v.Found) != 1 { // himself; his case is chosen
		t.Errorf("%+v", v.Found)
	}
	file := filepath.Join(t.TempDir(), "copia.respaldo")
	if _, err := o.Backup(t.Context(), file, nil); err != nil {
		t.Fatal(err)
	}
	v.Refresh()
	if !v.Ready() || !strings.Contains(v.Plan.Kept, "copia.respaldo") || v.Away != "" {
		t.Fatalf("%+v", v.Plan)
	}
	if _, err := o.Travel(t.Context(), nil, v.IDs()...); err != nil {
		t.Fatal(err)
	}
	v.Clear()
	if v.Away != "2 registros están fuera de este equipo; están en copia.respaldo." || v.AwayFile != file || v.Plan != nil {
		t.Errorf("%q, %q", v.Away, v.AwayFile)
	}
	p := NewPerson(t.Context(), env, man, func() {})
	p.Open()
	if p.State != Failed || !p.Failure.Away || p.Failure.Hint == "" {
		t.Errorf("%+v", p.Failure)
	}
	today := NewToday(t.Context(), env, func() {})
	today.Load()
	if today.State != Ready || today.Away != v.Away {
		t.Errorf("%v, %q", today.State, today.Away)
	}
	v.Choose(PersonRow{ID: man})
	if v.Failure.Text == "" || v.Ready() {
		t.Error("what is away already may leave again")
	}
}
