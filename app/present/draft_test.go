package present

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/draft"
	"paradero/data/record"
	"paradero/data/vault"
)

// Drafts of the fake office are in no folder that can be written.
func (o *workOffice) Drafts() data.Drafts { return noDrafts{} }

type noDrafts struct{}

var errNoDrafts = errors.New("no room")

func (noDrafts) Put(string, map[string]string, time.Time) error { return errNoDrafts }
func (noDrafts) Get(string) (data.Draft, bool, error)           { return data.Draft{}, false, nil }
func (noDrafts) List() ([]data.Draft, []string, error)          { return nil, nil, nil }
func (noDrafts) Drop(string) error                              { return nil }

// queues is a screen and what runs behind it, pumped by the test.
type queues struct{ work, shows []func() }

func (q *queues) Go(work func())   { q.work = append(q.work, work) }
func (q *queues) Back(show func()) { q.shows = append(q.shows, show) }
func (q *queues) pump() {
	for len(q.work)+len(q.shows) > 0 {
		work, shows := q.work, q.shows
		q.work, q.shows = nil, nil
		for _, do := range append(work, shows...) {
			do()
		}
	}
}

// clockOffice is a real office's drafts and nothing else, by a clock that the
// test sets.
type clockOffice struct {
	data.API
	drafts *draft.Store
	now    time.Time
	puts   int
}

func (o *clockOffice) Now() time.Time      { return o.now }
func (o *clockOffice) Drafts() data.Drafts { return counted{o.drafts, o} }

type counted struct {
	*draft.Store
	o *clockOffice
}

func (c counted) Put(key string, typed map[string]string, at time.Time) error {
	c.o.puts++
	return c.Store.Put(key, typed, at)
}

func draftEnv(t *testing.T) (Env, *clockOffice, *queues) {
	t.Helper()
	var k vault.Key
	if _, err := rand.Read(k[:]); err != nil {
		t.Fatal(err)
	}
	s, err := draft.New(t.TempDir(), &k, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o, q := &clockOffice{drafts: s, now: testDay}, &queues{}
	return Env{API: o, Words: spanish(t), Run: q}, o, q
}

func newForm(env Env) *Form {
	return NewForm(record.Detainee, nil, newDetaineeFields, env.Words, env.API.Now())
}

var ofNew = DraftOf{Kind: record.Detainee, Form: "new"}

func begin(t *testing.T, env Env, f *Form) *Autosave {
	t.Helper()
	return NewAutosave(env, ofNew, f.Typing(), func(err error) { t.Errorf("not kept: %v", err) })
}

func lines(t *testing.T, env Env) []DraftLine {
	t.Helper()
	all, bad, err := ReadDrafts(context.Background(), env)
	if err != nil || bad != 0 {
		t.Fatalf("%d unreadable, %v", bad, err)
	}
	return all
}

func TestAutosaveAfterAPause(t *testing.T) {
	env, o, q := draftEnv(t)
	f := newForm(env)
	a := begin(t, env, f)
	look := func() {
		o.now = o.now.Add(AutosavePause)
		a.Tick()
		q.pump()
	}
	look()
	if o.puts != 0 {
		t.Fatal("an untouched form was kept")
	}
	f.Set("paternal_surname", "Ñá")
	look()
	f.Set("paternal_surname", "Ñáñez")
	look()
	if o.puts != 0 {
		t.Fatal("it was kept in the middle of a word")
	}
	look()
	look()
	if o.puts != 1 {
		t.Fatalf("kept %d times after one pause", o.puts)
	}
	for _, text := range []string{"a", "b", "c", "d", "e"} { // who never pauses is kept all the same
		f.Set("given_names", text)
		look()
	}
	if o.puts != 2 {
		t.Fatalf("kept %d times while typing on", o.puts)
	}
	got := lines(t, env)
	if len(got) != 1 || got[0].Who != "e Ñáñez" || got[0].What != "Persona nueva" || !strings.HasPrefix(got[0].When, "hoy ") {
		t.Fatalf("%+v", got)
	}
	f.Set("given_names", "")
	f.Set("paternal_surname", "")
	look()
	if got := lines(t, env); len(got) != 0 {
		t.Fatalf("what was taken back by hand is still kept: %+v", got)
	}
}

// A write that waits behind the screen is dropped when a newer one came first,
// and never takes back what leaving the form has kept or saving it has dropped.
func TestAutosaveDropsWhatIsSuperseded(t *testing.T) {
	env, o, q := draftEnv(t)
	f := newForm(env)
	a := begin(t, env, f)
	f.Set("given_names", "Tránsito")
	a.Tick()
	a.Tick() // waits in the queue
	f.Set("given_names", "Tránsito Guadalupe")
	if kept, err := a.Keep(); !kept || err != nil {
		t.Fatalf("%v %v", kept, err)
	}
	q.pump()
	if got := lines(t, env); o.puts != 1 || len(got) != 1 || got[0].Who != "Tránsito Guadalupe" {
		t.Fatalf("%d puts, %+v", o.puts, got)
	}
	f.Set("given_names", "Guadalupe")
	a.Tick()
	a.Tick()
	if err := a.Done(); err != nil {
		t.Fatal(err)
	}
	q.pump()
	a.Tick()
	q.pump()
	if got := lines(t, env); len(got) != 0 {
		t.Fatalf("a saved form is still a draft: %+v", got)
	}
}

func TestContinueGivesBackWhatWasTyped(t *testing.T) {
	env, o, _ := draftEnv(t)
	f := newForm(env)
	f.Set("paternal_surname", "Quishpe")
	f.Set("birth", "31/2/1990") // refused, and kept as it was typed
	a := begin(t, env, f)
	if _, err := a.Keep(); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.AddDate(0, 0, 1)
	again := newForm(env)
	b := begin(t, env, again)
	again.Set("given_names", "Segundo") // typed before the draft is continued
	if _, err := b.Keep(); err != nil {
		t.Fatal(err)
	}
	got := lines(t, env)
	if len(got) != 2 || !strings.HasPrefix(got[1].When, "ayer ") {
		t.Fatalf("neither takes the other's place: %+v", got)
	}
	if err := b.Continue(got[1]); err != nil {
		t.Fatal(err)
	}
	v := again.Values()
	if v["paternal_surname"] != "Quishpe" || v["given_names"] != "Segundo" || again.Field("birth").Shown != "31/2/1990" || again.Field("birth").Problem == "" {
		t.Fatalf("%v, %+v", v, again.Field("birth"))
	}
	if got := lines(t, env); len(got) != 1 || got[0].Who != "Segundo Quishpe" || got[0].Key != b.Key() {
		t.Fatalf("%+v", got)
	}
	if err := b.Done(); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, env); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
}

// What a colleague changed since the draft was typed is said beside the field.
func TestADraftSaysWhatChangedMeanwhile(t *testing.T) {
	env := realEnv(t)
	id := write(t, env, data.Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Tránsito", "wing": "5"}})
	open := func() *Form {
		r, err := env.API.Get(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		return NewForm(record.Detainee, r, []string{"given_names", "aliases"}, env.Words, env.API.Now())
	}
	of := DraftOf{Kind: record.Detainee, ID: id, Form: "facts.identity"}
	f := open()
	a := NewAutosave(env, of, f.Typing(), func(err error) { t.Error(err) })
	f.Set("given_names", "Tránsito Guadalupe")
	f.Set("aliases", "La Colorada")
	if _, err := a.Keep(); err != nil {
		t.Fatal(err)
	}
	write(t, env, data.Change{Record: id, Kind: record.Detainee, Set: map[string]string{"given_names": "María Tránsito"}})
	d := NewDrafts(context.Background(), env, record.Detainee, id, func() {})
	d.Load()
	if len(d.Lines) != 1 || d.Lines[0].What != "Identidad" {
		t.Fatalf("%+v", d.Lines)
	}
	g := open()
	if err := NewAutosave(env, of, g.Typing(), func(err error) { t.Error(err) }).Continue(d.Lines[0]); err != nil {
		t.Fatal(err)
	}
	if own := g.Field("given_names"); own.Value != "Tránsito Guadalupe" || !strings.Contains(own.Warning, "María Tránsito") {
		t.Fatalf("%+v", own)
	}
	if own := g.Field("aliases"); own.Value != "La Colorada" || own.Warning != "" {
		t.Fatalf("%+v", own)
	}
}

func TestADraftThatCannotBeKeptIsSaidOnce(t *testing.T) {
	env := Env{API: newWorkOffice(), Words: spanish(t), Run: workNow{}}
	f, said := newForm(env), 0
	a := NewAutosave(env, ofNew, f.Typing(), func(error) { said++ })
	f.Set("given_names", "Tránsito")
	for range 10 {
		a.Tick()
	}
	if said != 1 {
		t.Fatalf("said %d times", said)
	}
	if kept, err := a.Keep(); kept || !errors.Is(err, errNoDrafts) {
		t.Fatalf("%v %v", kept, err)
	}
}

func TestUnreadableDraftsBlockNothing(t *testing.T) {
	env := realEnv(t)
	f := newForm(env)
	f.Set("given_names", "Tránsito")
	if _, err := begin(t, env, f).Keep(); err != nil {
		t.Fatal(err)
	}
	if err := env.API.Drafts().Put("of a later version", nil, env.API.Now()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(env.API.Info().Dir, "drafts", "00.draft"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	today := NewToday(context.Background(), env, func() {})
	today.Load()
	if today.State != Ready || len(today.Drafts) != 1 || !strings.Contains(today.Unreadable, "2 borradores") {
		t.Fatalf("%v %+v %q", today.State, today.Drafts, today.Unreadable)
	}
}

// Forms of several parts give back all of them: whom a tie is with, a new
// relative being typed, who was told of and by whom.
func TestFormsOfSeveralPartsComeBack(t *testing.T) {
	s := threeSons(t)
	ctx := context.Background()
	tie := NewTie(ctx, s.env, record.Detainee, s.ana, func() {})
	tie.Fresh()
	tie.New.Set("given_names", "Rosa")
	tie.Set("kinship", "mother")
	if !tie.Typing().Dirty() {
		t.Error("a new relative was typed")
	}
	again := NewTie(ctx, s.env, record.Detainee, s.ana, func() {})
	if again.Typing().Dirty() {
		t.Error("nothing was typed yet")
	}
	again.Typing().Restore(tie.Typing().Typed())
	if again.New == nil || again.New.value("given_names") != "Rosa" || again.Field("kinship").Value != "mother" {
		t.Errorf("%+v", again)
	}
	tie = NewTie(ctx, s.env, record.Detainee, s.ana, func() {})
	tie.Take(PersonRowOf(s.env, s.father))
	again = NewTie(ctx, s.env, record.Detainee, s.ana, func() {})
	again.Typing().Restore(tie.Typing().Typed())
	if again.Chosen == nil || again.Chosen.ID != s.father || again.New != nil {
		t.Errorf("%+v", again.Chosen)
	}

	c := NewContact(ctx, s.env, s.father, func() {})
	c.Open()
	told := c.NewTelling()
	told.ChooseAbout(s.inigo)
	told.Notifiers("Lucía Chamorro", "Tomás Quishpe")
	told.Set("tie", "Padre de crianza")
	told.Set("mode", "in_person")
	back := c.NewTelling()
	back.Typing().Restore(told.Typing().Typed())
	if back.Other != "Tomás Quishpe" || back.Field("about").Value != s.inigo.String() || back.Field("tie").Value != "Padre de crianza" || back.Doubt() == "" {
		t.Errorf("%+v", back.Values())
	}
	talk := c.NewAttempt()
	talk.Tick(s.byron, false)
	talk.Set("note", "Pide verlo")
	later := c.NewAttempt()
	later.Typing().Restore(talk.Typing().Typed())
	on := 0
	for _, a := range later.About {
		if a.On {
			on++
		}
		if a.ID == s.byron && a.On {
			t.Error("about whom it was not")
		}
	}
	if on != len(later.About)-1 || later.Field("note").Value != "Pide verlo" {
		t.Errorf("%d of %d, %v", on, len(later.About), later.Values())
	}
}
