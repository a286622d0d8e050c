package rule

import (
	"slices"
	"strings"
	"time"

	"paradero/data/record"
)

const (
	dayForm    = "2006-01-02"
	minuteForm = "2006-01-02T15:04"
)

// said gives when an entry was true by its source; what arrived without a time
// counts from when it was written down.
func said(e *record.Entry) string {
	if w := e.Get("when"); w != "" {
		return w
	}
	if e.At.IsZero() {
		return ""
	}
	return e.At.Format(minuteForm)
}

// span is the time that a canonical date or moment may mean: a year alone may
// be any of its days. ok is false for what is no date.
func span(when string) (from, to time.Time, ok bool) {
	forms := []struct {
		form string
		next func(time.Time) time.Time
	}{
		{minuteForm, func(t time.Time) time.Time { return t.Add(time.Minute) }},
		{dayForm, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
		{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
		{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
	}
	for _, f := range forms {
		if len(f.form) != len(when) {
			continue
		}
		t, err := time.Parse(f.form, when)
		if err != nil {
			return time.Time{}, time.Time{}, false
		}
		return t, f.next(t).Add(-time.Second), true
	}
	return time.Time{}, time.Time{}, false
}

// EndOf gives the last moment of a canonical date or moment, by the clock of a place.
func EndOf(when string, place *time.Location) (time.Time, bool) {
	_, to, ok := span(when)
	if !ok {
		return time.Time{}, false
	}
	y, m, d := to.Date()
	return time.Date(y, m, d, to.Hour(), to.Minute(), to.Second(), 999_999_999, place), true
}

// before reports whether a is certainly earlier than b. What has no readable
// time is never certain.
func before(a, b string) bool {
	_, aEnd, ok := span(a)
	if !ok {
		return false
	}
	bStart, _, ok := span(b)
	return ok && aEnd.Before(bStart)
}

// within reports whether a and b may lie at most days apart; unreadable times
// may.
func within(a, b string, days int) bool {
	aFrom, aTo, ok := span(a)
	if !ok {
		return true
	}
	bFrom, bTo, ok := span(b)
	if !ok {
		return true
	}
	reach := time.Duration(days) * 24 * time.Hour
	return !bFrom.After(aTo.Add(reach)) && !aFrom.After(bTo.Add(reach))
}

// day reads the day of a canonical date or moment; exact is false when only
// the month or year is known, and the first day of it is given.
func day(when string) (t time.Time, exact, ok bool) {
	from, _, ok := span(when)
	if !ok {
		return time.Time{}, false, false
	}
	return from.Truncate(24 * time.Hour), len(when) >= len(dayForm), true
}

// daysBetween counts days from a to b, negative when b is earlier.
func daysBetween(a, b time.Time) int { return int(b.Sub(a).Hours() / 24) }

// addMonths adds whole months and stays in the month meant: 31 January and one
// month is the last of February, not a day in March.
func addMonths(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, months, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// plain folds a text for comparison: two spellings of one source are one source.
func plain(s string) string { return record.Plain(s) }

// placeKey folds the name of a prison; lists write its number as "N°1", "Nº 1",
// "No. 1" or "1".
func placeKey(name string) string {
	words := strings.Fields(plain(name))
	out := words[:0]
	for _, w := range words {
		switch digits := strings.TrimLeft(w, "n"); {
		case slices.Contains([]string{"n", "no", "nro", "num", "numero"}, w):
			continue
		case w != digits && number(strings.TrimLeft(digits, "ro")):
			w = strings.TrimLeft(digits, "ro")
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

func number(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
