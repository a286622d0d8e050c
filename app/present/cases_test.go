package present

import (
	"context"
	"slices"
	"strings"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

func names(c *Cases) []string {
	var out []string
	for i := range c.Len() {
		out = append(out, c.Row(i).Name+" "+c.Row(i).Line)
	}
	return out
}

func TestCasesListNarrows(t *testing.T) {
	o := newWorkOffice()
	ivan, _ := o.family()
	nina := o.put(record.Detainee, "nina", map[string]string{"given_names": "Nina Sisa", "paternal_surname": "Íñiguez"})
	o.put(record.Case, "t", map[string]string{"detainee": nina.String(), "type": "tracing", "number": "B-1", "assigned_to": "Luis Mora", "next_step_due": "2026-12-01"})
	o.put(record.Case, "c", map[string]string{"detainee": ivan.String(), "type": "medical", "number": "M-9", "state": "closed"})
	c := NewCases(context.Background(), o.env(t), func() {})
	c.Load()
	if c.State != Ready || c.Len() != 2 || c.Row(0).Name != "Vera Quishpe, Iván Andrés" || !c.Row(0).Late {
		t.Fatalf("the late one comes first and closed ones stay out: %v %q %+v", c.State, names(c), c.Row(0))
	}
	if got := c.Row(0).Due; !strings.Contains(got, "19 nov 2026") || !strings.Contains(got, "Llamar al juzgado") {
		t.Errorf("due = %q", got)
	}
	for _, step := range []struct {
		do   func()
		want int
	}{
		{func() { c.Type("iniguez") }, 1},
		{func() { c.Type("1714307103") }, 1},
		{func() { c.Type("nadie") }, 0},
		{func() { c.Clear() }, 3},
		{func() { c.OfType("medical") }, 1},
		{func() { c.Clear(); c.InState("late") }, 1},
		{func() { c.Clear(); c.InState("closed") }, 1},
		{func() { c.Clear(); c.OnlyMine(true) }, 1},
	} {
		step.do()
		if c.Len() != step.want {
			t.Errorf("got %q, want %d", names(c), step.want)
		}
	}
	c.OnlyMine(false)
	c.Type("nadie")
	if c.State != NoMatch {
		t.Errorf("state = %v, want no match", c.State)
	}
}

func TestCasesListEmptyAndFailed(t *testing.T) {
	o := newWorkOffice()
	c := NewCases(context.Background(), o.env(t), func() {})
	if c.State != Loading {
		t.Error("a list that was never read is loading")
	}
	c.Load()
	if c.State != Empty {
		t.Errorf("state = %v, want empty", c.State)
	}
	o.fail = fault.New(fault.Damaged, "list", "records_damaged")
	c.Load()
	if c.State != Failed || c.Failure.Text == "" {
		t.Errorf("state = %v %+v, want failed with words", c.State, c.Failure)
	}
}

func openCase(t *testing.T, o *workOffice, id record.ID) *Case {
	t.Helper()
	c := NewCase(context.Background(), o.env(t), id, func() {})
	c.Open()
	if c.State != Ready {
		t.Fatalf("state %v: %+v", c.State, c.Failure)
	}
	return c
}

func TestCasePage(t *testing.T) {
	o := newWorkOffice()
	_, work := o.family()
	c := openCase(t, o, work)
	if c.Person.Name != "Vera Quishpe, Iván Andrés" || c.Where != "CPL Guayas N°1 · 5" {
		t.Errorf("person %+v where %q", c.Person, c.Where)
	}
	if c.Term == nil || c.Term.Headline != "15 días restantes" || len(c.Term.Inputs) != 4 {
		t.Errorf("term = %+v", c.Term)
	}
	if !c.Next.Late || c.Next.What != "Llamar al juzgado" {
		t.Errorf("next = %+v", c.Next)
	}
	if c.Papers[0].Held || c.Papers[0].Text != "Boleta de excarcelación" || len(c.Papers) != 2 {
		t.Errorf("papers = %+v", c.Papers)
	}
	if !slices.Contains(c.Usual, "Examen médico de salida") || slices.Contains(c.Usual, "Boleta de excarcelación") {
		t.Errorf("usual = %q", c.Usual)
	}
	steps := c.Steps
	if len(steps) != 8 || !steps[3].Current || !steps[4].Next || steps[5].Done {
		t.Fatalf("steps = %+v", steps)
	}
	if steps[3].Who != "Ximena Cañarte" || steps[3].When != "12 nov 2026, 09:15" || steps[3].Note != "Ventanilla 3" {
		t.Errorf("filed = %+v", steps[3])
	}
	if steps[1].Note == "" || steps[1].When != "" {
		t.Errorf("a step passed without a word must say so: %+v", steps[1])
	}
}

func TestCaseMakeNamesWhatIsMissing(t *testing.T) {
	o := newWorkOffice()
	_, work := o.family()
	c := openCase(t, o, work)
	if len(c.Make) != 2 || c.Make[0].Kind != "release-notice" || c.Make[0].Allowed {
		t.Fatalf("make = %+v", c.Make)
	}
	if n := len(c.Make[0].Missing); n < 3 {
		t.Errorf("boleta, date, judge and basis are missing; named: %q", c.Make[0].Missing)
	}
	if !c.Make[1].Allowed {
		t.Errorf("a case report needs nothing more: %+v", c.Make[1])
	}
	o.put(record.Case, "case", map[string]string{"boleta_number": "BE-1", "boleta_date": "2026-11-20", "judge": "Inés Yépez", "legal_basis": "COIP", "process_number": "09281-2024-01234"})
	c.Open()
	if !c.Make[0].Allowed {
		t.Errorf("with the order recorded the notice can be made: %q", c.Make[0].Missing)
	}
}

func TestAdvanceNeedsItsFacts(t *testing.T) {
	o := newWorkOffice()
	person, work := o.family()
	c := openCase(t, o, work)
	saved := false
	done := func(ok bool) { saved = ok }

	a := c.Advance("ordered")
	c.SaveStep(a, done)
	if saved || a.Facts.Field("boleta_number").Problem == "" || a.Facts.Field("boleta_date").Problem == "" || a.Facts.Field("judge").Problem == "" {
		t.Fatalf("an order without number, date and judge was taken: %+v", a.Facts.Fields)
	}
	a.Facts.Set("boleta_number", "BE-2026-00871")
	a.Facts.Set("boleta_date", "20/11/2026")
	a.Facts.Set("judge", "Inés Yépez")
	c.SaveStep(a, done)
	if !saved {
		t.Fatalf("refused: %+v %+v", a.Facts, a.Entry)
	}
	r := o.all[work]
	if r.Get("step") != "ordered" || r.Get("boleta_date") != "2026-11-20" {
		t.Errorf("case = %v %v", r.Get("step"), r.Get("boleta_date"))
	}
	last := r.Entries[len(r.Entries)-1]
	if last.Kind != record.Step || last.Get("step") != "ordered" || last.Get("who") != "Ximena Cañarte" || last.Get("when") == "" {
		t.Errorf("entry = %+v", last.Values)
	}
	row, _ := o.Row(person)
	if row.Release != "ordered_released" {
		t.Errorf("the order must be said of the person: %q", row.Release)
	}
}

func TestLeftNeedsHourAndWitness(t *testing.T) {
	o := newWorkOffice()
	person, work := o.family()
	c := openCase(t, o, work)
	for _, try := range []struct {
		at, seen string
		ok       bool
	}{
		{"", "Luis Mora", false},
		{"2026-11-21", "Luis Mora", false},
		{"2026-11-21T12:10", "", false},
		{"2026-11-21T12:10", "Luis Mora", true},
	} {
		a := c.Advance("left")
		a.Facts.Set("left_at", try.at)
		a.Facts.Set("left_seen_by", try.seen)
		saved := false
		c.SaveStep(a, func(ok bool) { saved = ok })
		if saved != try.ok {
			t.Errorf("left at %q seen by %q: saved %v", try.at, try.seen, saved)
		}
	}
	if row, _ := o.Row(person); row.Release != "released" {
		t.Errorf("release = %q", row.Release)
	}
}

func TestCasePapersMove(t *testing.T) {
	o := newWorkOffice()
	_, work := o.family()
	c := openCase(t, o, work)
	ok := func(f Failure, saved bool) {
		if !saved {
			t.Fatal(f)
		}
		c.Open()
	}
	c.SetPaper("Boleta de excarcelación", true, ok)
	if got := o.all[work].Get("papers_missing"); got != "" {
		t.Errorf("missing = %q", got)
	}
	c.SetPaper("Carta del patrono", false, ok)
	c.AddUsual(ok)
	if len(c.Usual) != 0 || !slices.Contains(o.all[work].List("papers_missing"), "Examen médico de salida") {
		t.Errorf("usual %q, missing %q", c.Usual, o.all[work].Get("papers_missing"))
	}
	c.DropPaper("Carta del patrono", ok)
	if slices.Contains(o.all[work].List("papers_missing"), "Carta del patrono") {
		t.Error("a paper that was taken off is still there")
	}
}

func TestCaseEditKeepsBase(t *testing.T) {
	o := newWorkOffice()
	_, work := o.family()
	c := openCase(t, o, work)
	f := c.EditNext()
	f.Set("next_step_due", "30/11/2026")
	saved := false
	SaveForm(context.Background(), o.env(t), f, func(ok bool) { saved = ok })
	last := o.said[len(o.said)-1]
	if !saved || last.Base == nil || len(last.Set) != 1 || last.Set["next_step_due"] != "2026-11-30" {
		t.Errorf("change = %+v", last)
	}
	o.fail = fault.Refuse("edit", "refused", []fault.Problem{{Field: "next_step_due", Key: "date_impossible"}})
	f = c.EditNext()
	f.Set("next_step_due", "1/12/2026")
	SaveForm(context.Background(), o.env(t), f, func(ok bool) { saved = ok })
	if saved || f.Field("next_step_due").Problem == "" {
		t.Error("a refusal must stand beside its field")
	}
}

func TestCreateCase(t *testing.T) {
	o := newWorkOffice()
	person, _ := o.family()
	env := o.env(t)
	f := NewCaseForm(env, record.ID{}, "tracing")
	CreateCase(context.Background(), env, f, func(_ record.ID, ok bool) {
		if ok {
			t.Fatal("a case for nobody was made")
		}
	})
	f.Choose("detainee", person, "Iván")
	var made record.ID
	CreateCase(context.Background(), env, f, func(id record.ID, ok bool) { made = id })
	r := o.all[made]
	if r == nil || r.Get("type") != "tracing" || r.Ref("detainee") != person || r.Get("state") != "open" || r.Get("assigned_to") != "Ximena Cañarte" {
		t.Fatalf("made %+v", r)
	}
}
