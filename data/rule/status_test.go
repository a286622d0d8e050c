package rule

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"paradero/data/record"

	"pgregory.net/rapid"
)

type vals = map[string]string

func id(n int) record.ID { return record.ID{byte(n), byte(n >> 8), 7} }

func claimOf(n int, v vals) record.Entry {
	return record.Entry{ID: id(n), Kind: record.Claim, Values: v, Order: uint64(n), At: time.Date(2021, 10, 20, 8, n%60, 0, 0, time.UTC)}
}

// person has the claims given, numbered from 1.
func person(claims ...vals) *record.Record {
	r := &record.Record{ID: id(900), Kind: record.Detainee, Values: map[string][]record.Val{}}
	for i, v := range claims {
		r.Entries = append(r.Entries, claimOf(i+1, v))
	}
	return r
}

func both(a, b int) string { return record.JoinList([]string{id(a).String(), id(b).String()}) }

var (
	dna  = vals{"status": "confirmed_dead", "source": "Medicina Legal", "method": "dna", "proof": "informe 12", "when": "2021-10-05"}
	seen = vals{"status": "confirmed_alive", "source": "Trabajo social", "method": "seen", "through": "Rosa Quishpe", "when": "2021-10-05"}
)

func report(status, source, when string) vals {
	return vals{"status": status, "source": source, "when": when}
}

func TestConcludeLife(t *testing.T) {
	for name, c := range map[string]struct {
		claims []vals
		life   string
		level  int
		why    []string
	}{
		"nobody said anything":            {nil, "unknown", None, nil},
		"one report":                      {[]vals{report("reported_dead", "lista", "2021-10-01")}, "reported_dead", Reported, nil},
		"latest by source, not arrival":   {[]vals{report("reported_injured", "a", "2021-10-03"), report("reported_alive", "b", "2021-10-01")}, "reported_injured", Reported, nil},
		"injured agrees with alive":       {[]vals{report("reported_alive", "a", "2021-10-01"), report("reported_injured", "b", "2021-10-01")}, "reported_injured", Reported, nil},
		"hospital alive, list dead":       {[]vals{report("reported_alive", "Hospital", "2021-10-01"), report("reported_dead", "Lista", "2021-10-02")}, "reported_dead", Reported, []string{"alive_and_dead"}},
		"dead, then alive elsewhere":      {[]vals{report("reported_dead", "Lista", "2021-10-01"), report("reported_alive", "Hospital", "2022-02-02")}, "reported_alive", Reported, []string{"dead_then_alive"}},
		"alive in January, dead in fall":  {[]vals{report("reported_alive", "Hospital", "2021-01-01"), report("reported_dead", "Lista", "2021-10-02")}, "reported_dead", Reported, nil},
		"a list corrects itself":          {[]vals{report("reported_dead", "Lista SNAI", "2021-10-01"), report("reported_injured", "LISTA  snai", "2021-10-02")}, "reported_injured", Reported, nil},
		"missing, then dead":              {[]vals{report("reported_missing", "Familia", "2021-10-01"), report("reported_dead", "Lista", "2021-10-02")}, "reported_dead", Reported, nil},
		"dead, then missing":              {[]vals{report("reported_dead", "Lista", "2021-10-01"), report("reported_missing", "Familia", "2021-10-02")}, "reported_missing", Reported, []string{"dead_and_missing"}},
		"unknown does not hide a report":  {[]vals{report("reported_dead", "Lista", "2021-10-01"), report("unknown", "Familia", "2021-10-02")}, "reported_dead", Reported, nil},
		"report against confirmed death":  {[]vals{dna, report("reported_alive", "vecino", "2021-10-09")}, "confirmed_dead", Confirmed, []string{"report_against_confirmation"}},
		"alive before he died":            {[]vals{dna, report("reported_alive", "Hospital", "2021-10-01")}, "confirmed_dead", Confirmed, nil},
		"report against one seen alive":   {[]vals{seen, report("reported_dead", "Lista", "2021-10-06")}, "confirmed_alive", Confirmed, []string{"report_against_confirmation"}},
		"seen after he was reported dead": {[]vals{seen, report("reported_dead", "Lista", "2021-10-03")}, "confirmed_alive", Confirmed, nil},
		"seen, then died":                 {[]vals{seen, merge(dna, vals{"when": "2021-10-08"})}, "confirmed_dead", Confirmed, nil},
		"dead, then seen":                 {[]vals{merge(dna, vals{"when": "2021-10-01"}), seen}, "confirmed_alive", Confirmed, []string{"two_confirmations"}},
		"seen and dead on one day":        {[]vals{seen, dna}, "confirmed_dead", Confirmed, []string{"two_confirmations"}},
		"a video confirms nothing":        {[]vals{{"status": "confirmed_dead", "source": "padre", "method": "video", "proof": "video"}}, "reported_dead", Reported, nil},
		"evidence carries the method":     {[]vals{{"status": "confirmed_dead", "source": "ML", "evidence": "ADN, informe 12"}}, "confirmed_dead", Confirmed, nil},
		"taken back":                      {[]vals{dna, {"corrects": id(1).String(), "source": "ML", "reason": "cuerpo de otra persona"}}, "unknown", None, nil},
		"resolved to alive": {[]vals{
			report("reported_alive", "Hospital", "2021-10-01"), report("reported_dead", "Lista", "2021-10-02"),
			{"status": "reported_alive", "source": "Ana", "resolves": both(1, 2), "reason": "la lista era de otro", "when": "2021-10-04"},
		}, "reported_alive", Reported, nil},
		"resolved without a reason": {[]vals{
			report("reported_alive", "Hospital", "2021-10-01"), report("reported_dead", "Lista", "2021-10-02"),
			{"status": "reported_alive", "source": "Ana", "resolves": both(1, 2), "when": "2021-10-04"},
		}, "reported_alive", Reported, []string{"alive_and_dead", "dead_then_alive"}},
		"a wrong identification reversed": {[]vals{
			dna, report("reported_alive", "Hospital", "2021-10-06"),
			{"status": "reported_alive", "source": "Ana", "resolves": both(1, 2), "reason": "la muestra era de otro", "when": "2021-10-07"},
		}, "reported_alive", Reported, nil},
		"resolved, then a new list": {[]vals{
			report("reported_alive", "Hospital", "2021-10-01"), report("reported_dead", "Lista", "2021-10-02"),
			{"status": "reported_alive", "source": "Ana", "resolves": both(1, 2), "reason": "vive", "when": "2021-10-04"},
			report("reported_dead", "Otra lista", "2021-10-05"),
		}, "reported_dead", Reported, []string{"alive_and_dead", "alive_and_dead"}},
		"only a place was resolved": {[]vals{
			report("reported_alive", "Hospital", "2021-10-01"), report("reported_dead", "Lista", "2021-10-02"),
			{"facility": "Morgue", "source": "Ana", "resolves": both(1, 2), "reason": "traslado", "when": "2021-10-04"},
		}, "reported_dead", Reported, []string{"alive_and_dead"}},
		"resolved by words alone": {[]vals{
			report("reported_alive", "Hospital", "2021-10-01"), report("reported_dead", "Lista", "2021-10-02"),
			{"source": "Ana", "resolves": both(1, 2), "reason": "murió en el hospital", "when": "2021-10-04"},
		}, "reported_dead", Reported, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := Conclude(person(c.claims...))
			if s.Life != c.life || s.Level != c.level {
				t.Errorf("life %s level %d, want %s %d", s.Life, s.Level, c.life, c.level)
			}
			var why []string
			for _, x := range s.Contradictions {
				if x.Field != "life_status" {
					t.Errorf("contradiction of %s", x.Field)
				}
				why = append(why, x.Why)
			}
			if !reflect.DeepEqual(why, c.why) {
				t.Errorf("contradictions %v, want %v", why, c.why)
			}
			if (s.LifeClaim == nil) != (s.Level == None) {
				t.Errorf("deciding claim %v at level %d", s.LifeClaim, s.Level)
			}
		})
	}
}

func merge(a, b vals) vals {
	out := vals{}
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		out[k] = v
	}
	return out
}

func TestConcludePlaceAndRelease(t *testing.T) {
	at := func(facility, wing, source, when, status string) vals {
		return vals{"facility": facility, "wing": wing, "source": source, "when": when, "status": status}
	}
	for name, c := range map[string]struct {
		claims                  []vals
		facility, wing, release string
		why                     string
	}{
		"one list": {[]vals{at("CPL Guayas N°1", "5", "lista", "2021-10-01", "detained")}, "CPL Guayas N°1", "5", "detained", ""},
		"one prison, written otherwise": {
			[]vals{at("CPL Guayas N°1", "5", "lista", "2021-10-01", ""), at("CPL GUAYAS Nro. 1", "", "otra", "2021-10-02", "")},
			"CPL GUAYAS Nro. 1", "5", "", "",
		},
		"two prisons in two days": {
			[]vals{at("CPL Guayas N°1", "5", "lista", "2021-10-01", ""), at("CPL Cotopaxi N°1", "", "familia", "2021-10-02", "")},
			"CPL Cotopaxi N°1", "", "", "two_places",
		},
		"moved weeks later": {
			[]vals{at("CPL Guayas N°1", "5", "lista", "2021-10-01", ""), at("CPL Cotopaxi N°1", "", "familia", "2021-10-20", "")},
			"CPL Cotopaxi N°1", "", "", "",
		},
		"taken to hospital": {
			[]vals{at("CPL Guayas N°1", "5", "lista", "2021-10-01", "detained"), at("Hospital Guasmo Sur", "", "familia", "2021-10-02", "hospitalised")},
			"Hospital Guasmo Sur", "", "hospitalised", "",
		},
		"free, yet on the list": {
			[]vals{at("", "", "familia", "2021-10-01", "released"), at("CPL Guayas N°1", "", "lista", "2021-10-03", "detained")},
			"CPL Guayas N°1", "", "detained", "released_and_held",
		},
		"the way out": {
			[]vals{at("CPL Guayas N°1", "", "lista", "2021-10-01", "ordered_released"), at("", "", "familia", "2021-10-03", "released")},
			"CPL Guayas N°1", "", "released", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := Conclude(person(c.claims...))
			why := ""
			for _, x := range s.Contradictions {
				why += x.Why
			}
			if s.Facility != c.facility || s.Wing != c.wing || s.Release != c.release || why != c.why {
				t.Errorf("got %q %q %q %q", s.Facility, s.Wing, s.Release, why)
			}
		})
	}
}

func TestWithoutDateCountsFromArrival(t *testing.T) {
	s := Conclude(person(vals{"status": "reported_alive", "source": "madre"}))
	if s.LifeSince != "2021-10-20T08:01" {
		t.Errorf("since %q", s.LifeSince)
	}
}

func anyClaim(t *rapid.T, n int) record.Entry {
	v := vals{
		"status": rapid.SampledFrom(append(append([]string{""}, record.LifeStatuses...), record.ReleaseStatuses...)).Draw(t, "status"),
		"source": rapid.SampledFrom([]string{"Lista", "Hospital", "Familia", "Fiscalía"}).Draw(t, "source"),
		"when":   rapid.SampledFrom([]string{"", "2021", "2021-10", "2021-10-01", "2021-10-02", "2021-10-02T10:00", "2021-12-01"}).Draw(t, "when"),
		"method": rapid.SampledFrom([]string{"", "dna", "video", "seen"}).Draw(t, "method"),
		"proof":  rapid.SampledFrom([]string{"", "informe 1"}).Draw(t, "proof"),
	}
	v["facility"] = rapid.SampledFrom([]string{"", "CPL Guayas N°1", "CPL Azuay N°1"}).Draw(t, "facility")
	if n > 2 && rapid.IntRange(0, 4).Draw(t, "resolve") == 0 {
		v["resolves"], v["reason"] = both(rapid.IntRange(1, n-1).Draw(t, "a"), rapid.IntRange(1, n-1).Draw(t, "b")), "se aclaró"
	}
	if n > 1 && rapid.IntRange(0, 6).Draw(t, "correct") == 0 {
		v["corrects"] = id(rapid.IntRange(1, n-1).Draw(t, "gone")).String()
	}
	return claimOf(n, v)
}

func anyPerson(t *rapid.T) *record.Record {
	r := &record.Record{ID: id(900), Kind: record.Detainee}
	for n := 1; n <= rapid.IntRange(0, 9).Draw(t, "claims"); n++ {
		r.Entries = append(r.Entries, anyClaim(t, n))
	}
	return r
}

// summary is what Conclude says without pointers into the record.
func summary(s Status) string {
	name := func(e *record.Entry) string {
		if e == nil {
			return "-"
		}
		return e.ID.String()
	}
	out := fmt.Sprint(s.Life, s.Level, s.Release, s.Facility, s.Wing, s.Cell, s.LifeSince, s.PlaceSince, name(s.LifeClaim), name(s.ReleaseClaim), name(s.PlaceClaim))
	for _, c := range s.Contradictions {
		out += fmt.Sprint("|", c.Field, c.Why, c.A.ID, c.B.ID)
	}
	return out
}

func TestConcludeOrderIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyPerson(t)
		want := summary(Conclude(r))
		r.Entries = rapid.Permutation(r.Entries).Draw(t, "order")
		if got := summary(Conclude(r)); got != want {
			t.Fatalf("other order, other answer:\n%s\n%s", got, want)
		}
	})
}

func TestReportNeverLowersConfirmation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyPerson(t)
		was := Conclude(r)
		if was.Level != Confirmed {
			return
		}
		r.Entries = append(r.Entries, claimOf(50, report(
			rapid.SampledFrom(record.LifeStatuses[:5]).Draw(t, "report"), "Prensa",
			rapid.SampledFrom([]string{"", "2020", "2021-10-02", "2022-01-01"}).Draw(t, "report when"))))
		if now := Conclude(r); now.Life != was.Life || now.Level != was.Level {
			t.Fatalf("%s %d became %s %d", was.Life, was.Level, now.Life, now.Level)
		}
	})
}

func TestFieldContradictions(t *testing.T) {
	r := &record.Record{Kind: record.Contact, Values: map[string][]record.Val{
		"do_not_contact": {{Text: "false"}, {Text: "true"}},
		"cedula":         {{Text: "1714307103"}},
		"given_names":    {{Text: "Ana"}, {Text: "Anita"}},
	}}
	if got := FieldContradictions(r); !reflect.DeepEqual(got, []string{"do_not_contact"}) {
		t.Errorf("got %v", got)
	}
}

func BenchmarkConclude(b *testing.B) {
	r := person(report("reported_alive", "Hospital", "2021-10-01"), report("reported_dead", "Lista", "2021-10-02"), vals{"facility": "CPL Guayas N°1", "source": "Lista", "when": "2021-10-01"})
	b.ReportAllocs()
	for b.Loop() {
		Conclude(r)
	}
}
