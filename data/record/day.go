package record

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Day is a date as exactly as it is known: day, month, year only, or an age
// with the day on which it was said; with the hour where that is known.
type Day struct {
	Year, Month, Day int    // Month and Day are 0 when unknown; all are 0 for an age
	Age              int    // years, when Said is not empty
	Said             string // the day on which the age was said, 2026-11-21
	Hour, Minute     int
	HasTime          bool
}

// IsZero reports whether nothing is known.
func (d Day) IsZero() bool { return d == Day{} }

// Exact reports whether the day is known, not only month, year or age.
func (d Day) Exact() bool { return d.Day != 0 }

// String is the canonical text. It is written without fmt: every save reads
// back each of its days.
func (d Day) String() string {
	if d.Said != "" {
		return "~" + strconv.Itoa(d.Age) + "@" + d.Said
	}
	if d.Year == 0 && d.Month == 0 && d.Day == 0 && !d.HasTime {
		return ""
	}
	b := appendDigits(make([]byte, 0, 16), d.Year, 4)
	if d.Month != 0 || d.Day != 0 || d.HasTime {
		b = appendDigits(append(b, '-'), d.Month, 2)
	}
	if d.Day != 0 || d.HasTime {
		b = appendDigits(append(b, '-'), d.Day, 2)
	}
	if d.HasTime {
		b = appendDigits(append(b, 'T'), d.Hour, 2)
		b = appendDigits(append(b, ':'), d.Minute, 2)
	}
	return string(b)
}

// appendDigits writes a number with leading zeros.
func appendDigits(b []byte, n, width int) []byte {
	s := strconv.Itoa(n)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

// Span gives the first and the last day that it may be; of an age, the days of
// birth that agree with it.
func (d Day) Span() (first, last time.Time) {
	at := func(y, m, day int) time.Time { return time.Date(y, time.Month(m), day, 0, 0, 0, 0, time.UTC) }
	switch {
	case d.Said != "":
		said, ok := ParseCanonical(d.Said)
		if !ok {
			return time.Time{}, time.Time{}
		}
		return at(said.Year-d.Age-1, said.Month, said.Day+1), at(said.Year-d.Age, said.Month, said.Day)
	case d.Day != 0:
		return at(d.Year, d.Month, d.Day), at(d.Year, d.Month, d.Day)
	case d.Month != 0:
		return at(d.Year, d.Month, 1), at(d.Year, d.Month+1, 0)
	case d.Year != 0:
		return at(d.Year, 1, 1), at(d.Year, 12, 31)
	}
	return time.Time{}, time.Time{}
}

// Time gives the moment in a place's time; a day without an hour begins at
// midnight, a month or year at its first day.
func (d Day) Time(loc *time.Location) time.Time {
	first, _ := d.Span()
	return time.Date(first.Year(), first.Month(), first.Day(), d.Hour, d.Minute, 0, 0, loc)
}

// ParseCanonical reads the canonical text of a Date or Moment; false when it is
// empty, malformed or names a day that does not exist.
func ParseCanonical(s string) (Day, bool) {
	if age, said, ok := strings.Cut(strings.TrimPrefix(s, "~"), "@"); ok {
		n, err := strconv.Atoi(age)
		day, dayOK := ParseCanonical(said)
		if !strings.HasPrefix(s, "~") || err != nil || n < 0 || n > maxAge || !dayOK || len(said) != 10 || !day.Exact() {
			return Day{}, false
		}
		return canonicalOr(Day{Age: n, Said: said}, s)
	}
	date, clock, timed := strings.Cut(s, "T")
	parts := strings.Split(date, "-")
	var d Day
	for i, to := range []*int{&d.Year, &d.Month, &d.Day} {
		if i >= len(parts) {
			break
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 1 {
			return Day{}, false
		}
		*to = n
	}
	if timed {
		d.HasTime = true
		if _, err := fmt.Sscanf(clock, "%02d:%02d", &d.Hour, &d.Minute); err != nil || len(parts) != 3 {
			return Day{}, false
		}
	}
	if len(parts) > 3 || !d.exists() {
		return Day{}, false
	}
	return canonicalOr(d, s)
}

// canonicalOr refuses whatever is not written exactly as we write it.
func canonicalOr(d Day, s string) (Day, bool) {
	if d.String() != s {
		return Day{}, false
	}
	return d, true
}

// exists reports whether the calendar has this day.
func (d Day) exists() bool {
	if d.Year < minYear || d.Year > maxYear || d.Month < 0 || d.Month > 12 || d.Hour < 0 || d.Hour > 23 || d.Minute < 0 || d.Minute > 59 {
		return false
	}
	if d.Day == 0 {
		return true
	}
	t := time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
	return d.Month > 0 && d.Day > 0 && t.Day() == d.Day && int(t.Month()) == d.Month
}

const (
	minYear = 1800
	maxYear = 2199
	maxAge  = 120
)

// dayOf is the day of a moment, as its own clock shows it.
func dayOf(t time.Time) Day { return Day{Year: t.Year(), Month: int(t.Month()), Day: t.Day()} }

// dateOf is the same day at midnight UTC, for counting days.
func dateOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// AgeOn gives the age in full years on a day. Of a birth known by month, year
// or age alone it takes the middle of the days that it may be, so that it is
// the most likely and at most a year off; Span tells what is certain.
func AgeOn(birth string, day time.Time) (years int, ok bool) {
	d, ok := ParseCanonical(birth)
	if !ok {
		return 0, false
	}
	first, last := d.Span()
	today := dateOf(day)
	if d.Said != "" {
		said, _ := ParseCanonical(d.Said)
		since, _ := said.Span()
		if today.Before(since) {
			return d.Age, true
		}
		return d.Age + yearsBetween(since, today), true
	}
	if first.After(today) {
		return 0, false
	}
	born := first.Add(last.Sub(first) / 2)
	return max(0, yearsBetween(born, today)), true
}

// yearsBetween counts full years; one born on 29 February turns a year older
// on 1 March of other years.
func yearsBetween(from, to time.Time) int {
	n := to.Year() - from.Year()
	if to.Month() < from.Month() || to.Month() == from.Month() && to.Day() < from.Day() {
		n--
	}
	return n
}

// BirthFromAge is the canonical birth of a person who was so old on a day.
func BirthFromAge(years int, day time.Time) string {
	return Day{Age: years, Said: dayOf(day).String()}.String()
}
