package rule

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"paradero/data/record"
)

// Estimate is a computed date with everything it was computed from; a lawyer
// decides.
type Estimate struct {
	Date     string
	DaysLeft int // negative when it is past
	Inputs   []Input
	Doubts   []string // words: "estimate.doubt.<doubt>"
}

// Input is one number that went into an estimate; words: "estimate.<field>".
type Input struct{ Field, Value string }

// EndOfSentence is the day on which a sentence is served: detention, plus the
// penalty, less the days credited. ok is false when detention or penalty is
// not known.
func EndOfSentence(r *record.Record, today string) (Estimate, bool) {
	from, exact, ok := day(r.Get("detained_on"))
	if !ok {
		return Estimate{}, false
	}
	months, err := strconv.Atoi(r.Get("penalty_months"))
	if err != nil || months <= 0 || months > 1200 {
		return Estimate{}, false
	}
	now, _, ok := day(today)
	if !ok {
		return Estimate{}, false
	}
	credited, err := strconv.Atoi(r.Get("credited_days"))
	e := Estimate{Inputs: []Input{
		{"detained_on", r.Get("detained_on")},
		{"penalty_months", strconv.Itoa(months)},
		{"credited_days", strconv.Itoa(credited)},
		{"today", today},
	}}
	end := addMonths(from, months).AddDate(0, 0, -credited)
	e.Date, e.DaysLeft = end.Format(dayForm), daysBetween(now, end)
	doubt := func(when bool, name string) {
		if when {
			e.Doubts = append(e.Doubts, name)
		}
	}
	doubt(!exact, "detained_on_inexact")
	doubt(err != nil, "credited_days_unknown")
	doubt(r.Get("legal_status") != "sentenced", "not_sentenced")
	doubt(r.Get("other_cases") != "", "other_cases")
	doubt(differ(r.Values["penalty_months"]) || differ(r.Values["detained_on"]) || differ(r.Values["credited_days"]), "values_differ")
	return e, true
}

// StepLimit is how long a case may stand at a step before it counts as stuck;
// dated, since practice and law change.
type StepLimit struct {
	Step        string
	Days        int
	From, Until string // canonical dates, "" open
}

// Stuck says for how many days a case has stood at its step and whether that is
// longer than the step allows on that day.
func Stuck(c *record.Record, limits []StepLimit, today string) (days int, stuck bool) {
	if c == nil || c.Deleted || c.Get("state") == "closed" || c.Get("left_at") != "" {
		return 0, false
	}
	since, ok := stepSince(c)
	now, _, okNow := day(today)
	if !ok || !okNow {
		return 0, false
	}
	days = daysBetween(since, now)
	for _, l := range limits {
		inForce := (l.From == "" || l.From <= today) && (l.Until == "" || today <= l.Until)
		if l.Step == c.Get("step") && inForce {
			return days, days > l.Days
		}
	}
	return days, false
}

// stepSince is the day on which the case came to its present step.
func stepSince(c *record.Record) (time.Time, bool) {
	latest := ""
	for _, e := range c.Standing(record.Step) {
		if w := said(&e); e.Get("step") == c.Get("step") && w > latest {
			latest = w
		}
	}
	if t, _, ok := day(latest); ok {
		return t, true
	}
	if v := c.Values["step"]; len(v) > 0 && !v[0].At.IsZero() {
		t, _, ok := day(v[0].At.Format(dayForm))
		return t, ok
	}
	if t, _, ok := day(c.Get("opened_on")); ok {
		return t, true
	}
	if c.Created.IsZero() {
		return time.Time{}, false
	}
	t, _, ok := day(c.Created.Format(dayForm))
	return t, ok
}

// Due is a day on which something is to be done; words: "due.<why>".
type Due struct {
	Date string
	Why  string // asked, told_72h, told_2weeks, told_1month
}

// NextContact is when a family is to be called again: what the last talk
// agreed, or the follow-ups that the telling of a death asks for (DOMAIN §5),
// whichever comes first of those that no talk has yet kept.
func NextContact(attempts, notifications []*record.Record) (Due, bool) {
	lastTalk, agreed := "", ""
	for _, a := range attempts {
		if a == nil || a.Deleted {
			continue
		}
		when := a.Get("when")
		if a.Get("outcome") == "reached" && dayText(when) > lastTalk {
			lastTalk = dayText(when)
		}
	}
	latest := ""
	for _, a := range attempts {
		if a != nil && !a.Deleted && a.Get("when") >= latest {
			latest, agreed = a.Get("when"), a.Get("next_due")
		}
	}
	var dues []Due
	if agreed != "" {
		dues = append(dues, Due{agreed, "asked"})
	}
	for _, n := range notifications {
		if n == nil || n.Deleted {
			continue
		}
		for _, d := range FollowUps(n) {
			if d.Date > lastTalk {
				dues = append(dues, d)
			}
		}
	}
	if len(dues) == 0 {
		return Due{}, false
	}
	return slices.MinFunc(dues, func(a, b Due) int { return strings.Compare(a.Date, b.Date) }), true
}

// FollowUps are the next contacts after a death was told: within 72 hours or
// as agreed, after two weeks, after a month.
func FollowUps(notification *record.Record) []Due {
	told, exact, ok := day(notification.Get("when"))
	if !ok || !exact {
		return nil
	}
	first := Due{told.AddDate(0, 0, 3).Format(dayForm), "told_72h"}
	if next := notification.Get("next_contact"); next != "" {
		first = Due{next, "asked"}
	}
	return []Due{first, {told.AddDate(0, 0, 14).Format(dayForm), "told_2weeks"}, {addMonths(told, 1).Format(dayForm), "told_1month"}}
}

func dayText(when string) string { return when[:min(len(when), len(dayForm))] }

// Clock is how long a body has lain unclaimed.
type Clock struct {
	Since string
	Day   int // days since it was found
	Left  int // until burial or donation may start
	Warn  int // the highest warning day reached, 0 for none
}

// UnclaimedDays and UnclaimedWarnings are where the clock starts from (DOMAIN
// §4, to confirm): callers may pass others.
const UnclaimedDays = 30

// UnclaimedWarnings are the days on which the clock warns.
func UnclaimedWarnings() []int { return []int{7, 15, 25} }

// Unclaimed reads the clock of remains that were not handed over.
func Unclaimed(remains *record.Record, limit int, warnings []int, today string) (Clock, bool) {
	if remains == nil || remains.Get("handed_on") != "" || remains.Get("handed_to") != "" {
		return Clock{}, false
	}
	found, _, ok := day(remains.Get("found_at"))
	now, _, okNow := day(today)
	if !ok || !okNow || now.Before(found) {
		return Clock{}, false
	}
	c := Clock{Since: found.Format(dayForm), Day: daysBetween(found, now)}
	c.Left = limit - c.Day
	for _, w := range warnings {
		if c.Day >= w {
			c.Warn = max(c.Warn, w)
		}
	}
	return c, true
}

// AtLeast reports whether a person is so many years old on a day; sure is
// false when the birth is known too roughly to say.
func AtLeast(birth string, years int, on string) (yes, sure bool) {
	born, ok := record.ParseCanonical(birth)
	now, _, okNow := day(on)
	if !ok || !okNow {
		return false, false
	}
	first, last := born.Span()
	if first.IsZero() {
		return false, false
	}
	turns := func(t time.Time) time.Time {
		return time.Date(t.Year()+years, t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	certain, possible := !turns(last).After(now), !turns(first).After(now)
	return possible && (certain || likely(birth, years, now)), certain == possible
}

func likely(birth string, years int, now time.Time) bool {
	age, ok := record.AgeOn(birth, now)
	return ok && age >= years
}

// EmergencyEnd is the day on which an incident's state of emergency ends. long
// says that it is declared for longer than 60 days, or 90 with its renewal.
func EmergencyEnd(incident *record.Record) (end string, long, ok bool) {
	from, _, ok := day(incident.Get("emergency_from"))
	if !ok {
		return "", false, false
	}
	days, err := strconv.Atoi(incident.Get("emergency_days"))
	if err != nil || days <= 0 || days > 3660 {
		return "", false, false
	}
	return from.AddDate(0, 0, days).Format(dayForm), days > 60 && days != 90, true
}
