package rule

import (
	"reflect"
	"testing"
	"time"

	"paradero/data/record"

	"pgregory.net/rapid"
)

func TestEndOfSentence(t *testing.T) {
	r := rec(record.Detainee, 1, vals{"detained_on": "2016-10-31T09:00", "penalty_months": "64", "credited_days": "120", "legal_status": "sentenced"})
	e, ok := EndOfSentence(r, "2021-10-16")
	if !ok || e.Date != "2021-10-31" || e.DaysLeft != 15 || len(e.Doubts) != 0 || len(e.Inputs) != 4 {
		t.Errorf("got %+v %v", e, ok)
	}
	set(r, "detained_on", "2016-10")
	set(r, "credited_days", "")
	set(r, "legal_status", "remand")
	e, _ = EndOfSentence(r, "2021-10-16")
	if want := []string{"detained_on_inexact", "credited_days_unknown", "not_sentenced"}; !reflect.DeepEqual(e.Doubts, want) {
		t.Errorf("doubts %v", e.Doubts)
	}
	for _, missing := range []string{"detained_on", "penalty_months"} {
		set(r, missing, "")
		if _, ok := EndOfSentence(r, "2021-10-16"); ok {
			t.Errorf("an estimate without %s", missing)
		}
	}
}

func TestAddMonthsStaysInItsMonth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(2000, 1, 1+rapid.IntRange(0, 20000).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		n := rapid.IntRange(0, 400).Draw(t, "months")
		got := addMonths(from, n)
		if want := (int(from.Month()) - 1 + n) % 12; int(got.Month())-1 != want {
			t.Fatalf("%v + %d months = %v", from, n, got)
		}
		if got.Day() > from.Day() {
			t.Fatalf("%v + %d months = %v", from, n, got)
		}
	})
}

func TestStuck(t *testing.T) {
	limits := []StepLimit{{Step: "filed", Days: 15, From: "2020-01-01", Until: "2021-12-31"}, {Step: "filed", Days: 40, From: "2022-01-01"}}
	c := rec(record.Case, 1, vals{"step": "filed", "opened_on": "2021-01-01"})
	c.Entries = []record.Entry{{ID: id(2), Kind: record.Step, Values: vals{"step": "filed", "when": "2021-10-01"}}}
	for today, want := range map[string]bool{"2021-10-16": false, "2021-10-17": true} {
		if days, got := Stuck(c, limits, today); got != want {
			t.Errorf("%s: %d days, stuck %v", today, days, got)
		}
	}
	if _, got := Stuck(c, limits[1:], "2021-12-31"); got {
		t.Error("a limit not yet in force")
	}
	set(c, "state", "closed")
	if _, got := Stuck(c, limits, "2021-12-30"); got {
		t.Error("a closed case is stuck")
	}
}

func TestNextContact(t *testing.T) {
	told := rec(record.Notification, 1, vals{"when": "2021-10-10T10:00"})
	call := rec(record.Attempt, 2, vals{"when": "2021-10-14", "outcome": "reached", "next_due": "2021-11-30"})
	missed := rec(record.Attempt, 3, vals{"when": "2021-10-14", "outcome": "no_answer"})
	for name, c := range map[string]struct {
		attempts, told []*record.Record
		want           Due
	}{
		"told":              {nil, []*record.Record{told}, Due{"2021-10-13", "told_72h"}},
		"no answer":         {[]*record.Record{missed}, []*record.Record{told}, Due{"2021-10-13", "told_72h"}},
		"called after":      {[]*record.Record{call}, []*record.Record{told}, Due{"2021-10-24", "told_2weeks"}},
		"only as agreed":    {[]*record.Record{call}, nil, Due{"2021-11-30", "asked"}},
		"nothing to be due": {nil, nil, Due{}},
	} {
		got, ok := NextContact(c.attempts, c.told)
		if got != c.want || ok != (c.want != Due{}) {
			t.Errorf("%s: %v %v", name, got, ok)
		}
	}
}

func TestUnclaimed(t *testing.T) {
	r := rec(record.Remains, 1, vals{"found_at": "2021-10-01T05:00"})
	for today, want := range map[string]Clock{
		"2021-10-05": {"2021-10-01", 4, 26, 0},
		"2021-10-08": {"2021-10-01", 7, 23, 7},
		"2021-10-26": {"2021-10-01", 25, 5, 25},
		"2021-11-05": {"2021-10-01", 35, -5, 25},
	} {
		if got, ok := Unclaimed(r, UnclaimedDays, UnclaimedWarnings(), today); !ok || got != want {
			t.Errorf("%s: %+v", today, got)
		}
	}
	set(r, "handed_on", "2021-10-20")
	if _, ok := Unclaimed(r, UnclaimedDays, UnclaimedWarnings(), "2021-10-25"); ok {
		t.Error("handed over, yet unclaimed")
	}
}

func TestAtLeast(t *testing.T) {
	for _, c := range []struct {
		birth     string
		yes, sure bool
	}{
		{"1956-10-20", true, true},
		{"1956-10-21", false, true},
		{"1956", true, false},
		{"1957", false, true},
		{"1950", true, true},
		{"~70@2021-10-01", true, true},
		{"~64@2021-10-01", false, false},
		{"", false, false},
	} {
		yes, sure := AtLeast(c.birth, 65, "2021-10-20")
		if yes != c.yes || sure != c.sure {
			t.Errorf("%s: %v %v", c.birth, yes, sure)
		}
	}
}

func TestEmergencyEnd(t *testing.T) {
	r := rec(record.Incident, 1, vals{"emergency_from": "2021-09-29", "emergency_days": "60"})
	if end, long, ok := EmergencyEnd(r); end != "2021-11-28" || long || !ok {
		t.Errorf("%s %v %v", end, long, ok)
	}
	set(r, "emergency_days", "75")
	if _, long, _ := EmergencyEnd(r); !long {
		t.Error("75 days is longer than the law knows")
	}
}

func TestTolls(t *testing.T) {
	r := &record.Record{Kind: record.Incident}
	for i, v := range []vals{
		{"category": "dead", "count": "18", "source": "SNAI", "when": "2021-09-28", "unit": "people"},
		{"category": "dead", "count": "31", "source": "snai", "when": "2021-09-29", "unit": "people"},
		{"category": "dead", "count": "29", "source": "Fiscalía", "when": "2021-09-29", "unit": "people"},
		{"category": "dead", "count": "290", "source": "Fiscalía", "when": "2021-09-30", "unit": "people"},
		{"category": "injured", "count": "86", "source": "MSP", "when": "2021-09-30"},
		{"category": "bodies", "count": "40", "source": "ML", "when": "2021-09-30", "unit": "bodies"},
		{"category": "bodies", "count": "52", "source": "SNAI", "when": "2021-09-30", "unit": "bodies_and_parts"},
	} {
		r.Entries = append(r.Entries, record.Entry{ID: id(i + 1), Kind: record.Toll, Values: v, Order: uint64(i)})
	}
	r.Entries = append(r.Entries, record.Entry{ID: id(50), Kind: record.Toll, Values: vals{"corrects": id(4).String()}})
	got := Tolls(r)
	if len(got) != 3 {
		t.Fatalf("%d categories", len(got))
	}
	dead := got[0]
	if dead.Category != "dead" || len(dead.Sources) != 2 || dead.Min != 29 || dead.Max != 31 || !dead.Contradictory || dead.UnitsDiffer {
		t.Errorf("dead %+v", dead)
	}
	if l := dead.Sources[0].Latest(); l.Count != 31 || len(dead.Sources[0].Points) != 2 {
		t.Errorf("SNAI %+v", dead.Sources[0])
	}
	if got[1].Contradictory {
		t.Error("one source contradicts itself")
	}
	if bodies := got[2]; bodies.Contradictory || !bodies.UnitsDiffer {
		t.Errorf("bodies %+v", bodies)
	}
}
