package present

import (
	"context"
	"fmt"
	"testing"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/search"
)

// pump keeps work and answers until a test runs them, in the order it likes.
type pump struct{ work, back []func() }

func (p *pump) Go(do func())   { p.work = append(p.work, do) }
func (p *pump) Back(do func()) { p.back = append(p.back, do) }

func (p *pump) runWork(i int) { p.work[i]() }

func (p *pump) show() {
	for _, do := range p.back {
		do()
	}
	p.back = nil
}

// asked is an office that answers lists and remembers the questions.
type asked struct {
	data.API
	seen []data.ListQuery
	err  error
}

func (a *asked) List(ctx context.Context, q data.ListQuery) (*search.Result, error) {
	a.seen = append(a.seen, q)
	if a.err != nil {
		return nil, a.err
	}
	return a.API.List(context.Background(), q)
}

func people(t *testing.T) Env {
	t.Helper()
	env := realEnv(t)
	for i, name := range []string{"Núñez", "Guamán", "Cañarte"} {
		write(t, env, data.Change{Kind: record.Detainee, Set: map[string]string{
			"given_names": "Íñigo", "paternal_surname": name, "maternal_surname": "Vera", "cedula": []string{"1714307103", "1710034065", "0100000009"}[i], "birth": "1989-08-14",
		}})
	}
	write(t, env, data.Change{Kind: record.Contact, Set: map[string]string{"given_names": "Rosa", "paternal_surname": "Núñez", "threat": "extortion"}})
	return env
}

func TestSupersededAnswersAreDropped(t *testing.T) {
	env, p := people(t), &pump{}
	env.Run = p
	shown := 0
	list := NewPeople(context.Background(), env, func() { shown++ })
	list.Refresh()
	list.Type("n")
	list.Type("nunez")
	p.runWork(2) // the last question is answered first
	p.runWork(1)
	p.runWork(0)
	p.show()
	if shown != 1 || list.Len() != 1 || list.Row(0).Name != "Núñez Vera, Íñigo" {
		t.Fatalf("shown %d times, %d rows: %+v", shown, list.Len(), list.Row(0))
	}
	list.Type("x")
	list.Drop()
	p.runWork(3)
	p.show()
	if shown != 1 {
		t.Error("a list that was left shows nothing more")
	}
}

func TestPeopleSearchIgnoresAccentsAndOrder(t *testing.T) {
	env := people(t)
	list := NewPeople(context.Background(), env, func() {})
	list.Refresh()
	if list.State != Ready || list.Count != "3 personas" || list.Row(0).Name != "Cañarte Vera, Íñigo" {
		t.Fatalf("%v %q %+v", list.State, list.Count, list.Row(0))
	}
	for text, want := range map[string]int{"NUNEZ": 1, "iñigo guam": 1, "vera": 3, "1710": 1, "inigo": 3, "zzz": 0} {
		list.Type(text)
		if list.Len() != want {
			t.Errorf("%q finds %d, want %d", text, list.Len(), want)
		}
	}
	list.Type("zzz")
	if list.State != NoMatch {
		t.Errorf("state = %v", list.State)
	}
	list.Clear()
	if list.State != Ready || list.Text != "" {
		t.Errorf("cleared: %v %q", list.State, list.Text)
	}
}

func TestPeopleQuestions(t *testing.T) {
	env := people(t)
	a := &asked{API: env.API}
	env.API = a
	list := NewPeople(context.Background(), env, func() {})
	for _, c := range []struct {
		do   func()
		want data.ListQuery
	}{
		{list.Refresh, data.ListQuery{Kind: record.Detainee}},
		{func() { list.Only("contacts") }, data.ListQuery{Kind: record.Contact}},
		{func() { list.Only("everyone") }, data.ListQuery{}},
		{func() { list.Filter("dead") }, data.ListQuery{Kind: record.Detainee, Life: "confirmed_dead"}},
		{func() { list.Filter("reported_dead") }, data.ListQuery{Kind: record.Detainee, Life: "reported_dead"}},
		{func() { list.Filter("contradictory") }, data.ListQuery{Flag: search.Contradicted}},
		{func() { list.Filter("all"); list.At("CPL Guayas N°1") }, data.ListQuery{Kind: record.Detainee, Facility: "CPL Guayas N°1"}},
	} {
		c.do()
		if got := a.seen[len(a.seen)-1]; got != c.want {
			t.Errorf("asked %+v, want %+v", got, c.want)
		}
	}
	a.err = fault.New(fault.Damaged, "list", "no_such_words")
	list.Refresh()
	if list.State != Failed || list.Failure.Text == "" || list.Len() != 0 {
		t.Errorf("failed: %v %+v %d", list.State, list.Failure, list.Len())
	}
}

func TestEmptyListsAndThreats(t *testing.T) {
	env := realEnv(t)
	list := NewPeople(context.Background(), env, func() {})
	if list.State != Loading {
		t.Error("a list that was not read is loading")
	}
	list.Refresh()
	if list.State != Empty || list.Count != "0 personas" {
		t.Errorf("%v %q", list.State, list.Count)
	}
	contacts := NewContacts(context.Background(), people(t), func() {})
	contacts.Filter("threatened")
	if contacts.Len() != 1 || contacts.Row(0).Mark.Tone != Bad || contacts.Count != "1 familiar" {
		t.Errorf("%d %+v %q", contacts.Len(), contacts.Row(0), contacts.Count)
	}
	contacts.Only("households")
	if contacts.Count != "0 hogares" {
		t.Errorf("count %q", contacts.Count)
	}
}

func TestRowsSayLifeInWords(t *testing.T) {
	w := spanish(t)
	for life, want := range map[string]Chip{
		"reported_dead":   {"Muerte reportada", Grey},
		"confirmed_dead":  {"Muerte confirmada", Grey},
		"confirmed_alive": {"Vida confirmada", OK},
		"":                {"Sin noticias", Grey},
	} {
		if got := lifeChip(w, life); got != want {
			t.Errorf("%q: %+v, want %+v", life, got, want)
		}
	}
	for _, c := range [][5]string{
		{"Núñez", "Ñáñez", "Íñigo", "", "NÑ"}, {"Núñez", "", "Íñigo", "", "ÍN"}, {"", "", "", "Hogar Vera", "H"}, {"", "", "", "", "?"}, {"3", "", "", "", "?"},
	} {
		if got := initials(c[0], c[1], c[2], c[3]); got != c[4] {
			t.Errorf("initials%q = %q", fmt.Sprint(c[:4]), got)
		}
	}
}
