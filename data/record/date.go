package record

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// lean says where a date without a year, or a weekday, is looked for.
type lean int

const (
	nearest lean = iota
	backward
	forward
)

// Why a date is not taken; each is a problem key.
const (
	dateMalformed  = "date_malformed"
	dateImpossible = "date_impossible"
)

// ParseDate reads a date or moment as people type it, day before month always,
// into canonical text. day is today: from it "15 días", "ayer" and "34 años"
// are counted. Not ok when it cannot be read or there is no such day.
func ParseDate(s string, day time.Time) (canonical string, ok bool) {
	d, problem := readDay(s, day, nearest)
	if problem != "" {
		return "", false
	}
	return d.String(), true
}

// readDay reads a typed date; problem is "" or a problem key.
func readDay(s string, day time.Time, to lean) (Day, string) {
	typed := CleanLine(s)
	if typed == "" || len(typed) > 80 {
		return Day{}, dateMalformed
	}
	if d, ok := ParseCanonical(typed); ok {
		return d, ""
	}
	if t, err := time.Parse(time.RFC3339, typed); err == nil {
		t = t.In(day.Location())
		d := dayOf(t)
		d.Hour, d.Minute, d.HasTime = t.Hour(), t.Minute(), true
		return existing(d)
	}
	text := dateText(typed)
	if d, ok := readAge(text, day); ok {
		return d, ""
	}
	text, hour, minute, timed, problem := cutClock(text)
	if problem != "" {
		return Day{}, problem
	}
	if text == "" && timed {
		text = "hoy"
	}
	d, problem := readPlainDay(text, day, to)
	if problem != "" || !timed {
		return d, problem
	}
	if !d.Exact() {
		return Day{}, dateMalformed
	}
	d.Hour, d.Minute, d.HasTime = hour, minute, true
	return existing(d)
}

// existing refuses a day that the calendar does not have.
func existing(d Day) (Day, string) {
	if !d.exists() {
		return Day{}, dateImpossible
	}
	return d, ""
}

// dateText makes small letters without accents, but leaves the marks that
// divide dates and hours.
func dateText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '/', ':', '.', '-', '~', '@', '+':
			b.WriteRune(r)
		case '–', '—', '−':
			b.WriteByte('-')
		case 'º', '°', 'ª':
		default:
			if p := AppendPlain(nil, string(r)); len(p) > 0 {
				b.Write(p)
			} else {
				b.WriteByte(' ')
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var (
	saidAge = regexp.MustCompile(`^(?:unos |unas |aprox\.? |aproximadamente |about |c\. ?|~ ?)?(\d{1,3}) ?(?:anos?|a\.?|years?|yrs?|y\.?o\.?)(?: de edad| old| of age| aprox\.?| cumplidos)?$`)

	clock12 = regexp.MustCompile(`(?:^|[ t])(?:a las? |at )?(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|a\.m\.?|p\.m\.?|a m|p m)$`)
	clock24 = regexp.MustCompile(`(?:^|[ t])(?:a las? |at )?(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?| ?h ?(\d{2})?| ?horas?| ?hrs?\.?| ?hs\.?)(?: ?(?:h|hrs?\.?|horas?))?$`)
	clockAt = regexp.MustCompile(`(?:^|[ t])(?:a las?|at) (\d{1,2})$`)
)

// readAge reads "34 años". Nobody writes a term of more than two years as a
// date, so an age is any number of years.
func readAge(text string, day time.Time) (Day, bool) {
	m := saidAge.FindStringSubmatch(text)
	if m == nil {
		return Day{}, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n > maxAge {
		return Day{}, false
	}
	return Day{Age: n, Said: dayOf(day).String()}, true
}

// cutClock takes the hour off the end of a text.
func cutClock(text string) (rest string, hour, minute int, timed bool, problem string) {
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	cut := func(at int) string { return strings.TrimRight(strings.TrimSpace(text[:at]), ",") }
	if m := clock12.FindStringSubmatchIndex(text); m != nil {
		sub := clock12.FindStringSubmatch(text)
		hour, minute = num(sub[1]), num(sub[2])
		if hour < 1 || hour > 12 || minute > 59 {
			return "", 0, 0, false, dateImpossible
		}
		hour %= 12
		if sub[3][0] == 'p' {
			hour += 12
		}
		return cut(m[0]), hour, minute, true, ""
	}
	if m := clock24.FindStringSubmatchIndex(text); m != nil {
		sub := clock24.FindStringSubmatch(text)
		hour, minute = num(sub[1]), num(sub[2]+sub[4])
		if hour > 23 || minute > 59 {
			return "", 0, 0, false, dateImpossible
		}
		// A spreadsheet writes a bare day with seconds, all of them zero.
		bare := sub[3] != "" && hour == 0 && minute == 0 && num(sub[3]) == 0
		return cut(m[0]), hour, minute, !bare, ""
	}
	if m := clockAt.FindStringSubmatchIndex(text); m != nil {
		if hour = num(clockAt.FindStringSubmatch(text)[1]); hour > 23 {
			return "", 0, 0, false, dateImpossible
		}
		return cut(m[0]), hour, 0, true, ""
	}
	return text, 0, 0, false, ""
}

// readPlainDay reads a date without hour.
func readPlainDay(text string, day time.Time, to lean) (Day, string) {
	if d, ok := ParseCanonical(text); ok && d.Said == "" {
		return d, ""
	}
	for _, read := range []func(string, time.Time, lean) (Day, string, bool){readSpoken, readNumbers, readNamedMonth} {
		if d, problem, ok := read(text, day, to); ok {
			return d, problem
		}
	}
	return Day{}, dateMalformed
}

var (
	numbers3 = regexp.MustCompile(`^(\d{1,2}) ?[/.\- ] ?(\d{1,2}) ?[/.\- ] ?(\d{2}|\d{4})$`)
	yearLead = regexp.MustCompile(`^(\d{4}) ?[/.\- ] ?(\d{1,2})(?: ?[/.\- ] ?(\d{1,2}))?$`)
	monthNum = regexp.MustCompile(`^(\d{1,2}) ?[/.\-] ?(\d{4})$`)
	dayMonth = regexp.MustCompile(`^(\d{1,2}) ?[/\-] ?(\d{1,2})$`)
	packed8  = regexp.MustCompile(`^((?:18|19|20|21)\d\d)(\d\d)(\d\d)$`)
)

// readNumbers reads 3/5/21, 2021-05-03, 05/2021, 20210503 and 3/5.
func readNumbers(text string, day time.Time, to lean) (Day, string, bool) {
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := numbers3.FindStringSubmatch(text); m != nil {
		d, p := withYear(num(m[1]), num(m[2]), m[3], day, to)
		return d, p, true
	}
	m := packed8.FindStringSubmatch(text)
	if m == nil {
		m = yearLead.FindStringSubmatch(text)
	}
	if m != nil {
		d := Day{Year: num(m[1]), Month: num(m[2]), Day: num(m[3])}
		if d.Month == 0 || m[3] != "" && d.Day == 0 {
			return Day{}, dateImpossible, true
		}
		d, p := existing(d)
		return d, p, true
	}
	if m := monthNum.FindStringSubmatch(text); m != nil {
		d := Day{Year: num(m[2]), Month: num(m[1])}
		if d.Month == 0 {
			return Day{}, dateImpossible, true
		}
		d, p := existing(d)
		return d, p, true
	}
	if m := dayMonth.FindStringSubmatch(text); m != nil {
		d, p := withYear(num(m[1]), num(m[2]), "", day, to)
		return d, p, true
	}
	return Day{}, "", false
}

// withYear completes a day and month with a year that was written with four
// digits, with two, or not at all.
func withYear(dayNum, month int, year string, day time.Time, to lean) (Day, string) {
	d := Day{Month: month, Day: dayNum}
	if month < 1 || dayNum < 1 {
		return Day{}, dateImpossible
	}
	switch len(year) {
	case 4:
		d.Year, _ = strconv.Atoi(year)
	case 2:
		d.Year = century(year, d, day, to)
	default:
		return leanYear(d, day, to)
	}
	return existing(d)
}

// century: two digits are of this century unless that lies far ahead, or ahead
// at all where the date must be past.
func century(year string, d Day, day time.Time, to lean) int {
	y, _ := strconv.Atoi(year)
	y += day.Year() / 100 * 100
	d.Year = y
	first, _ := d.Span()
	if y > day.Year()+20 || to == backward && first.After(dateOf(day)) && y > day.Year() {
		y -= 100
	}
	return y
}

// leanYear finds the year of a day that was said without one.
func leanYear(d Day, day time.Time, to lean) (Day, string) {
	today := dateOf(day)
	best, found := Day{}, false
	var gap time.Duration
	for y := today.Year() - 4; y <= today.Year()+4; y++ {
		c := d
		c.Year = y
		if !c.exists() {
			continue
		}
		at, _ := c.Span()
		away := at.Sub(today)
		if to == backward && away > 0 || to == forward && away < 0 {
			continue
		}
		if away < 0 {
			away = -away
		}
		if !found || away < gap {
			best, gap, found = c, away, true
		}
	}
	if !found {
		return Day{}, dateImpossible
	}
	return best, ""
}
