package record

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// months as people write and shorten them, Spanish and English.
var months = tableOf(map[string]string{
	"1": "enero ene january jan", "2": "febrero feb february", "3": "marzo mar march", "4": "abril abr april apr",
	"5": "mayo may", "6": "junio jun june", "7": "julio jul july", "8": "agosto ago august aug",
	"9": "septiembre setiembre sep sept set september", "10": "octubre oct october",
	"11": "noviembre nov november", "12": "diciembre dic december dec",
})

// weekdays, Sunday is 0.
var weekdays = tableOf(map[string]string{
	"0": "domingo sunday", "1": "lunes monday", "2": "martes tuesday", "3": "miercoles wednesday",
	"4": "jueves thursday", "5": "viernes friday", "6": "sabado saturday",
})

// nearDays are days named from today.
var nearDays = map[string]int{
	"hoy": 0, "today": 0, "ahora": 0, "now": 0, "ayer": -1, "yesterday": -1, "anoche": -1, "anteayer": -2, "antier": -2,
	"antes de ayer": -2, "manana": 1, "tomorrow": 1, "pasado manana": 2,
}

func tableOf(words map[string]string) map[string]int {
	t := map[string]int{}
	for n, list := range words {
		num, _ := strconv.Atoi(n)
		for _, w := range strings.Fields(list) {
			t[w] = num
		}
	}
	return t
}

var (
	spokenSpan = regexp.MustCompile(`^(hace |dentro de |en |in |a |faltan )?(\d{1,4}|un|una|one|a) ?(dias?|d|days?|semanas?|sem|weeks?|mes|meses|months?|anos?|years?)( ago| atras| antes)?$`)
	spokenWeek = regexp.MustCompile(`^(?:el |este |this |on )?(proximo |next |pasado |last |ultimo )?([a-z]+)( pasado| proximo| que viene)?$`)

	dayNamed  = regexp.MustCompile(`^(?:el )?(\d{1,2})(?:st|nd|rd|th)?(?: ?[/.\- ] ?| de )([a-z]+)\.?(?:(?: ?[/.\- ] ?| de | del )(\d{2}|\d{4}))?$`)
	namedDay  = regexp.MustCompile(`^([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?$`)
	monthYear = regexp.MustCompile(`^([a-z]+)\.?(?: ?[/.\- ] ?| de | del )(\d{4})$`)
)

// readSpoken reads hoy, ayer, "15 días", "hace 2 semanas" and weekdays.
func readSpoken(text string, day time.Time, to lean) (Day, string, bool) {
	today := dateOf(day)
	if n, ok := nearDays[text]; ok {
		d, p := existing(dayOf(today.AddDate(0, 0, n)))
		return d, p, true
	}
	if m := spokenSpan.FindStringSubmatch(text); m != nil {
		return spanFrom(m, today)
	}
	m := spokenWeek.FindStringSubmatch(text)
	if m == nil {
		return Day{}, "", false
	}
	wanted, ok := weekdays[m[2]]
	if !ok {
		return Day{}, "", false
	}
	ahead := to == forward
	switch strings.TrimSpace(m[1] + m[3]) {
	case "proximo", "next", "que viene":
		ahead = true
	case "pasado", "last", "ultimo":
		ahead = false
	}
	step := (wanted - int(today.Weekday()) + 7) % 7
	if ahead && step == 0 {
		step = 7
	}
	if !ahead && step != 0 || !ahead && m[1]+m[3] != "" {
		step -= 7
	}
	d, p := existing(dayOf(today.AddDate(0, 0, step)))
	return d, p, true
}

// spanFrom counts from today. What lies back by months or years is known only
// so far as it was said.
func spanFrom(m []string, today time.Time) (Day, string, bool) {
	n, err := strconv.Atoi(m[2])
	if err != nil {
		n = 1
	}
	back := m[1] == "hace " || m[4] != ""
	if back && m[1] != "" && m[1] != "hace " || m[1] == "hace " && m[4] != "" {
		return Day{}, dateMalformed, true
	}
	if back {
		n = -n
	}
	unit := m[3]
	if m[1] == "" && !back && (unit[0] == 'a' || unit[0] == 'y') {
		return Day{}, dateMalformed, true // a bare number of years is an age, and this is not one
	}
	var d Day
	switch unit[0] {
	case 'd':
		d = dayOf(today.AddDate(0, 0, n))
	case 's', 'w':
		d = dayOf(today.AddDate(0, 0, 7*n))
	case 'm':
		d = dayOf(addMonths(today, n))
		if back {
			d.Day = 0
		}
	default:
		d = dayOf(addMonths(today, 12*n))
		if back {
			d.Month, d.Day = 0, 0
		}
	}
	d, p := existing(d)
	return d, p, true
}

// addMonths keeps the day, or takes the last day of a shorter month.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// readNamedMonth reads "3 de mayo de 2021", "May 3, 2021", "mayo 2021", "3-may-21".
func readNamedMonth(text string, day time.Time, to lean) (Day, string, bool) {
	if m := monthYear.FindStringSubmatch(text); m != nil && months[m[1]] != 0 {
		year, _ := strconv.Atoi(m[2])
		d, p := existing(Day{Year: year, Month: months[m[1]]})
		return d, p, true
	}
	dayText, month, year := "", "", ""
	if m := dayNamed.FindStringSubmatch(text); m != nil {
		dayText, month, year = m[1], m[2], m[3]
	} else if m := namedDay.FindStringSubmatch(text); m != nil {
		dayText, month, year = m[2], m[1], m[3]
	}
	if months[month] == 0 {
		return withoutWeekday(text, day, to)
	}
	n, _ := strconv.Atoi(dayText)
	d, p := withYear(n, months[month], year, day, to)
	return d, p, true
}

// withoutWeekday reads "lunes 3 de mayo de 2021": the weekday adds nothing.
func withoutWeekday(text string, day time.Time, to lean) (Day, string, bool) {
	first, rest, ok := strings.Cut(text, " ")
	if _, is := weekdays[first]; !ok || !is {
		return Day{}, "", false
	}
	if d, p, ok := readNumbers(rest, day, to); ok {
		return d, p, true
	}
	if _, again := weekdays[strings.SplitN(rest, " ", 2)[0]]; again {
		return Day{}, "", false
	}
	return readNamedMonth(rest, day, to)
}
