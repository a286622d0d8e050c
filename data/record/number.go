package record

import (
	"regexp"
	"strconv"
	"strings"
)

const maxInt = 1_000_000_000

// limits of whole numbers: outside the first two a value is refused, outside
// the second two it is doubted.
var limits = map[string][4]int{
	"age":            {0, maxAge, 18, maxAge},
	"height_cm":      {20, 260, 130, 210},
	"penalty_months": {0, 1200, 0, 480},
	"credited_days":  {0, 40000, 0, 15000},
	"emergency_days": {0, 3660, 1, 90},
}

var (
	thousands = regexp.MustCompile(`^\d{1,3}(?:[.,\x{00a0}\x{202f} ]\d{3})+$`)
	unitTail  = regexp.MustCompile(`^(\d+) ?(?:anos?|a|dias?|d|cm|cms|centimetros|meses|mes|m|personas|years?|days?|months?)$`)
	term      = regexp.MustCompile(`^(?:(\d+) ?(?:anos?|a|years?|y))? ?(?:y |and )?(?:(\d+) ?(?:meses|mes|m|months?))?$`)
	metres    = regexp.MustCompile(`^([12])[.,](\d{2}) ?(?:m|mts?|metros)?\.?$`)
	zeroTail  = regexp.MustCompile(`^(\d+)[.,]0$`)
)

// number reads a whole number as people write it.
func (c *checking) number(line string) string {
	n, ok := readNumber(c.field.Name, line)
	if !ok {
		if strings.HasPrefix(line, "-") {
			return c.refuse("number_negative", line)
		}
		return c.refuse("not_a_number", line)
	}
	l, limited := limits[c.field.Name]
	if !limited {
		l = [4]int{0, maxInt, 0, maxInt}
	}
	if n < l[0] || n > l[1] {
		return c.refuse("number_out_of_range", strconv.Itoa(l[0]), strconv.Itoa(l[1]))
	}
	if n < l[2] || n > l[3] {
		c.warn("number_unusual", strconv.Itoa(n))
	}
	return strconv.Itoa(n)
}

func readNumber(field, line string) (int, bool) {
	whole := func(s string) (int, bool) {
		n, err := strconv.Atoi(s)
		return n, err == nil && n >= 0
	}
	if m := zeroTail.FindStringSubmatch(line); m != nil {
		return whole(m[1])
	}
	if field == "height_cm" {
		if m := metres.FindStringSubmatch(line); m != nil {
			return whole(m[1] + m[2])
		}
	}
	if thousands.MatchString(line) {
		digits, _ := digitsOf(strings.NewReplacer(",", "", "\u202f", "").Replace(line))
		return whole(digits)
	}
	plain := Plain(line)
	if field == "penalty_months" {
		if m := term.FindStringSubmatch(plain); m != nil && plain != "" {
			years, _ := strconv.Atoi("0" + m[1])
			months, _ := strconv.Atoi("0" + m[2])
			return years*12 + months, years <= maxAge && months <= 12*maxAge
		}
	}
	if m := unitTail.FindStringSubmatch(plain); m != nil && !strings.ContainsAny(line, ".,-") {
		return whole(m[1])
	}
	return whole(strings.TrimPrefix(line, "+"))
}
