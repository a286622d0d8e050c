package present

import (
	"strings"
	"testing"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

type knowing struct{ data.API }

func (knowing) KnownTo(*record.Record) (string, []string) {
	return "Reservado 1", []string{"Rosa Guamán", "Luis Quispe"}
}

// Who is not in a circle sees that there is a record, and whom to ask.
func TestRestrictedIsSaid(t *testing.T) {
	w := spanish(t)
	row := search.Row{ID: record.ID{1}, Kind: record.Contact, Flags: search.Restricted}
	if got := listName(w, row); got != "Reservado" {
		t.Errorf("a row without a name is called %q", got)
	}
	if markChip(w, row.Flags).Text == "" || markChip(w, 0).Text != "" {
		t.Error("the row bears no mark")
	}
	r := &record.Record{ID: record.ID{1}, Kind: record.Contact, Circle: record.ID{2}, Circled: 1, Closed: 1}
	if got := fullName(w, r); got != "Reservado" {
		t.Errorf("the page is headed %q", got)
	}
	env := Env{API: knowing{}, Words: w}
	if got := restrictedText(env, r); !strings.Contains(got, "Reservado 1") || !strings.Contains(got, "Luis Quispe") {
		t.Errorf("it says %q", got)
	}
	if got := restrictedText(env, &record.Record{}); got != "" {
		t.Errorf("what is open says %q", got)
	}
	for want, m := range map[string]data.Moment{
		"timeline.closed": {Closed: true}, "timeline.restricts": {Restricts: true, Circle: record.ID{2}}, "timeline.lifted": {Restricts: true},
	} {
		if line := timelineLine(env, record.Contact, m); line.What != w.T(want) || !line.Write.IsZero() {
			t.Errorf("%s: %+v", want, line)
		}
	}
}
