package present

import (
	"slices"
	"testing"

	"paradero/assets"
	"paradero/data"
)

// A change of the table is told right by right, and only what changes.
func TestRightsShifts(t *testing.T) {
	w, err := assets.LoadWords(assets.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	got := rightsShifts(w, []data.Said{
		{Field: "rights_version", Text: "2", Was: "1"},
		{
			Field: "rights", Was: `{"version":1,"rights":{"edit":["coordinator","lawyer"],"invite":["coordinator"],"erase":["coordinator"]}}`,
			Text: `{"version":2,"rights":{"edit":["lawyer","coordinator"],"invite":["coordinator","lawyer"],"erase":[]}}`,
		},
	})
	want := []Shift{
		{Label: "Invitar y admitir", Was: "Coordinación", Is: "Coordinación, Defensa legal"},
		{Label: "Borrar para siempre", Was: "Coordinación", Is: "nadie"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

// A role's rights are said in words.
func TestRightsOfARole(t *testing.T) {
	w, err := assets.LoadWords(assets.English)
	if err != nil {
		t.Fatal(err)
	}
	table := rightsTable(w, map[string][]string{"edit": {"coordinator", "lawyer"}, "erase": {"coordinator"}})
	if got := table.Of(1); !slices.Equal(got, []string{"Record and change"}) {
		t.Errorf("%q", got)
	}
	if got := table.Of(9); got != nil {
		t.Errorf("%q", got)
	}
}
