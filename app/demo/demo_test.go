package demo

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/data/search"
)

// today is a Sunday, so that the Monday and the Tuesday of the story lie in
// the week before last.
var today = time.Date(2026, 11, 22, 10, 30, 0, 0, time.UTC)

// standing is the demonstration as it always is, made once for all who only read it.
func standing(t *testing.T, dir string) {
	t.Helper()
	if _, err := data.Peek(dir); err != nil {
		construct(t, at(dir, today), Options{})
	}
}

func made(t *testing.T, opts Options) *data.Office {
	t.Helper()
	if opts.Size == 0 {
		standing(t, shared)
		return opened(t, at(shared, today))
	}
	return madeOn(t, opts, today)
}

func at(dir string, now time.Time) data.Config {
	return data.Config{Dir: dir, Clock: func() time.Time { return now }, Cost: data.Cost{Time: 1, Memory: 8, Threads: 1}}
}

func madeOn(t *testing.T, opts Options, now time.Time) *data.Office {
	t.Helper()
	cfg := at(t.TempDir()+"/demo", now)
	construct(t, cfg, opts)
	return opened(t, cfg)
}

func construct(t *testing.T, cfg data.Config, opts Options) {
	t.Helper()
	words, err := assets.LoadWords(assets.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	opts.Words = words
	if _, err := Build(t.Context(), cfg, opts); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, cfg data.Config) *data.Office {
	t.Helper()
	office, err := data.Open(t.Context(), cfg, []byte(Passphrase))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := office.Close(); err != nil {
			t.Error(err)
		}
	})
	return office
}

func all(t *testing.T, o data.API, kind record.Kind) []*record.Record {
	t.Helper()
	var list []*record.Record
	err := o.Each(context.Background(), kind, func(r *record.Record) error {
		list = append(list, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func is(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, want %d", what, got, want)
	}
}

func TestTheSituation(t *testing.T) {
	o := made(t, Options{})
	if !o.Info().Demo {
		t.Error("the office does not say that it is a demonstration")
	}
	is(t, "detainees", o.Count(record.Detainee), situation())
	life := map[string]int{}
	grave, contradicted, over65 := 0, 0, 0
	cedulas := map[string]bool{}
	for _, r := range all(t, o, record.Detainee) {
		s := rule.Conclude(r)
		life[s.Life]++
		if len(s.Contradictions) > 0 {
			contradicted++
		}
		if r.Get("risk_flags") != "" {
			grave++
		}
		if yes, sure := rule.AtLeast(r.Get("birth"), 65, day(today)); yes && sure {
			over65++
		}
		c := r.Get("cedula")
		if _, _, reason := record.CheckCedula(c); reason != "" || cedulas[c] {
			t.Errorf("cédula %s of %s: %q, or it stands twice", c, r.Get("given_names"), reason)
		}
		cedulas[c] = true
		if s.Life == "confirmed_dead" && rule.Conclude(r).Level != rule.Confirmed {
			t.Errorf("%s is dead without proof", r.ID)
		}
	}
	is(t, "confirmed dead", life["confirmed_dead"], Identified)
	is(t, "injured", life["reported_injured"], Injured)
	is(t, "gravely injured", grave, Gravely)
	is(t, "reported dead: by the video, and by a colleague who waits for a second word", life["reported_dead"], 1+waitingDeaths)
	is(t, "missing, with the third brother", life["reported_missing"], missing+1-waitingDeaths)
	is(t, "confirmed alive: the two brothers at home", life["confirmed_alive"], 2)
	is(t, "contradictions", contradicted, contested)
	is(t, "over 65", over65, elders)
	is(t, "facilities", o.Count(record.Facility), 18)
}

func TestTheDead(t *testing.T) {
	o := made(t, Options{})
	is(t, "bodies", o.Count(record.Remains), Dead)
	named, returned, told := 0, 0, 0
	for _, r := range all(t, o, record.Remains) {
		if r.Get("identified_as") == "" {
			continue
		}
		named++
		who, err := o.Get(t.Context(), r.Ref("identified_as"))
		if err != nil {
			t.Fatal(err)
		}
		if rule.Conclude(who).Life != "confirmed_dead" || !slices.Contains(record.PrimaryMethods, r.Get("method")) {
			t.Errorf("body %s: %s by %s", r.Get("code"), rule.Conclude(who).Life, r.Get("method"))
		}
		notifications, err := o.Links(t.Context(), who.ID, record.Notification)
		if err != nil {
			t.Fatal(err)
		}
		if len(notifications) > 0 {
			told++
		}
		if r.Get("handed_on") != "" {
			returned++
			if len(notifications) == 0 || r.Get("handed_to") != notifications[0].Get("contact") {
				t.Errorf("body %s was handed over to somebody who was not told", r.Get("code"))
			}
		}
	}
	is(t, "identified", named, Identified)
	is(t, "returned", returned, Returned)
	is(t, "families told", told, Returned+11)
	for _, n := range all(t, o, record.Notification) {
		if n.Get("mode") != "in_person" || len(n.List("notifiers")) != 2 {
			t.Errorf("told %s by %v", n.Get("mode"), n.List("notifiers"))
		}
	}
}

func TestTheCounts(t *testing.T) {
	o := made(t, Options{})
	incidents := all(t, o, record.Incident)
	is(t, "incidents", len(incidents), 2)
	last := func(r *record.Record, source, category string) (counts []int) {
		entries := r.Of(record.Toll)
		slices.SortStableFunc(entries, func(a, b record.Entry) int { return strings.Compare(a.Get("when"), b.Get("when")) })
		for _, e := range entries {
			if e.Get("source") == source && e.Get("category") == category {
				n, err := strconv.Atoi(e.Get("count"))
				if err != nil {
					t.Fatal(err)
				}
				counts = append(counts, n)
			}
		}
		return counts
	}
	for _, r := range incidents {
		if r.Get("facility") == regional {
			if got := last(r, prisons, "dead"); !slices.Equal(got, []int{18, 31}) {
				t.Errorf("the second riot's dead: %v", got)
			}
			if got := last(r, prisons, "hostages"); !slices.Equal(got, []int{17}) {
				t.Errorf("hostages: %v", got)
			}
			if b, p := last(r, police, "bodies"), last(r, prosecutor, "remains"); b[len(b)-1] >= p[len(p)-1] {
				t.Errorf("bodies %v and bodies with parts %v do not contradict", b, p)
			}
			continue
		}
		for category, want := range map[string]int{"dead": Dead, "injured": Injured, "gravely_injured": Gravely} {
			if got := last(r, prisons, category); got[len(got)-1] != want {
				t.Errorf("%s: %v, want %d at the end", category, got, want)
			}
		}
		for category, want := range map[string]int{"identified": Identified, "returned": Returned} {
			if got := last(r, morgue, category); got[len(got)-1] != want {
				t.Errorf("%s: %v, want %d at the end", category, got, want)
			}
		}
		if r.Get("emergency_days") != "60" {
			t.Errorf("emergency of %s days", r.Get("emergency_days"))
		}
	}
}

func TestTheSonAndTheThree(t *testing.T) {
	o := made(t, Options{})
	son := one(t, o, "Kevin Alexander Morán Bajaña")
	if s := rule.Conclude(son); s.Life != "reported_dead" || s.Level != rule.Reported || s.LifeClaim.Get("reliability") != "low" || s.LifeClaim.Get("source_kind") != "video" {
		t.Errorf("the son: %+v", s)
	}
	end, ok := rule.EndOfSentence(son, day(today))
	if want := day(today.AddDate(0, 0, daysToServe)); !ok || end.Date != want {
		t.Errorf("the son's sentence ends on %+v, want %s", end, want)
	}
	spoke, err := time.Parse("2006-01-02T15:04", son.Get("last_contact_on"))
	if err != nil || spoke.Weekday() != time.Monday {
		t.Errorf("they last spoke on %v (%v)", spoke.Weekday(), err)
	}
	father := one(t, o, "Segundo Manuel Caicedo Preciado")
	ties, err := o.Links(t.Context(), father.ID, record.Relationship)
	if err != nil {
		t.Fatal(err)
	}
	var lives []string
	for _, tie := range ties {
		r, err := o.Get(t.Context(), tie.Ref("detainee"))
		if err != nil {
			t.Fatal(err)
		}
		s := rule.Conclude(r)
		lives = append(lives, s.Life+" "+s.Release)
	}
	slices.Sort(lives)
	if !slices.Equal(lives, []string{"confirmed_alive released", "confirmed_alive released", "reported_missing detained"}) {
		t.Errorf("the three sons: %v", lives)
	}
}

// TestAnyDay: the story holds on whatever day and at whatever hour it is told.
func TestAnyDay(t *testing.T) {
	west := time.FixedZone("Guayaquil", -5*60*60)
	for _, now := range []time.Time{
		time.Date(2028, 2, 29, 0, 1, 0, 0, west), time.Date(2027, 3, 16, 23, 59, 0, 0, west), time.Date(2026, 12, 31, 8, 59, 0, 0, west),
		time.Date(2026, 11, 24, 9, 0, 0, 0, west), time.Date(2026, 11, 25, 2, 0, 0, 0, west), time.Date(2028, 2, 14, 12, 0, 0, 0, west),
	} {
		o := madeOn(t, Options{}, now)
		son := one(t, o, "Kevin Alexander Morán Bajaña")
		if end, ok := rule.EndOfSentence(son, day(now)); !ok || end.DaysLeft != daysToServe {
			t.Errorf("on %s the son has %d days to serve", day(now), end.DaysLeft)
		}
		for _, kind := range []record.Kind{record.Attempt, record.Notification} {
			for _, r := range all(t, o, kind) {
				if hour := r.Get("when")[11:13]; hour < "09" || hour > "16" {
					t.Errorf("on %s a family was called at %s", day(now), r.Get("when"))
				}
			}
		}
		for _, r := range all(t, o, record.Remains) {
			for _, e := range r.Of(record.Step) {
				if e.Get("when") > moment(now) {
					t.Errorf("on %s: %s will happen at %s", day(now), e.Get("step"), e.Get("when"))
				}
			}
		}
	}
}

// one finds a record by its whole name.
func one(t *testing.T, o data.API, name string) *record.Record {
	t.Helper()
	res, err := o.List(context.Background(), data.ListQuery{Text: name})
	if err != nil || res.Len() == 0 {
		t.Fatalf("%s is not found: %v", name, err)
	}
	r, err := o.Get(context.Background(), res.At(0).ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestThereIsWorkToDo(t *testing.T) {
	o := made(t, Options{})
	var overdue, due, later, done int
	for _, r := range all(t, o, record.Task) {
		switch d := r.Get("due"); {
		case r.Get("done_on") != "":
			done++
		case d < day(today):
			overdue++
		case d == day(today):
			due++
		default:
			later++
		}
	}
	for what, n := range map[string]int{"overdue": overdue, "due today": due, "to come": later, "done": done} {
		if n == 0 {
			t.Errorf("no task is %s", what)
		}
	}
	types := map[string]int{}
	for _, r := range all(t, o, record.Case) {
		types[r.Get("type")]++
	}
	if types["release"] < 8 || types["tracing"] != 17 || types["condolence"] != 1 || types["medical"] != Gravely {
		t.Errorf("cases: %v", types)
	}
	for _, kind := range []record.Kind{record.Detainee, record.Contact, record.Incident, record.Case, record.Task, record.Notification, record.Remains, record.Attempt, record.Household} {
		for _, r := range all(t, o, kind) {
			for field := range r.Values {
				if strings.Contains(r.Get(field), "⟦") {
					t.Fatalf("%s.%s has no words: %s", kind, field, r.Get(field))
				}
			}
			for _, e := range r.Entries {
				for field, text := range e.Values {
					if strings.Contains(text, "⟦") {
						t.Fatalf("%s.%s has no words: %s", e.Kind, field, text)
					}
				}
			}
		}
	}
}

func TestSameSeedSamePeople(t *testing.T) {
	names := func(seed uint64) []string {
		p, err := newPeople(seed, today)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for range 200 {
			x := p.someone(false, 18, 60)
			list = append(list, x.name()+" "+x.Cedula+" "+day(x.Birth))
		}
		return list
	}
	if !slices.Equal(names(7), names(7)) {
		t.Error("the same seed makes other people")
	}
	if slices.Equal(names(7), names(8)) {
		t.Error("another seed makes the same people")
	}
}

func TestSizeIsHowManyThereAre(t *testing.T) {
	o := made(t, Options{Size: 1500})
	is(t, "detainees", o.Count(record.Detainee), 1500)
	res, err := o.List(t.Context(), data.ListQuery{Kind: record.Detainee, Flag: search.Contradicted})
	if err != nil {
		t.Fatal(err)
	}
	is(t, "contradicted in the list", res.Len(), contested)
}

func TestBuildTouchesNothingElse(t *testing.T) {
	words, err := assets.LoadWords(assets.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	cfg := data.Config{Dir: t.TempDir(), Cost: data.Cost{Time: 1, Memory: 8, Threads: 1}}
	o, _, err := data.Create(t.Context(), cfg, data.Founding{Office: "Real", Member: "Rosa", Role: "lawyer", Passphrase: []byte("una frase de verdad")})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(t.Context(), cfg, Options{Words: words}); err == nil {
		t.Error("the demonstration was made over a real office")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cfg.Dir = t.TempDir() + "/nueva"
	if _, err := Build(ctx, cfg, Options{Words: words}); err == nil {
		t.Error("a cancelled demonstration was made")
	}
	if _, err := data.Peek(cfg.Dir); err == nil {
		t.Error("half a demonstration stands there")
	}
}
