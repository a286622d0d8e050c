package record

import (
	"regexp"
	"strings"
)

var (
	// phoneParts: the number, then what people write behind it.
	phoneParts = regexp.MustCompile(`^(\+?[0-9(][0-9 ().\-–]*[0-9])(.*)$`)
	extension  = regexp.MustCompile(`(?i)^[ ,;]*(?:ext(?:ensi[oó]n)?\.?|x)[ :.]*([0-9]{1,6})$`)
	phoneEC    = regexp.MustCompile(`^(9[0-9]{8}|[2-7][0-9]{7})$`)
	// severalPhones: numbers that were typed on one line.
	severalPhones = regexp.MustCompile(`\s*[/;,\n]\s*`)
)

// NormalPhone gives an Ecuadorian number as +593…, a foreign one as + and its
// digits; an extension or a remark behind it is kept ("+593987654321 vecina").
// What it does not understand it gives back as typed, with false.
func NormalPhone(s string) (canonical string, ok bool) {
	typed := CleanLine(s)
	m := phoneParts.FindStringSubmatch(typed)
	if m == nil {
		return typed, false
	}
	digits, _ := digitsOf(strings.NewReplacer("(", "", ")", "", "+", "").Replace(m[1]))
	rest := strings.TrimSpace(m[2])
	if e := extension.FindStringSubmatch(m[2]); e != nil {
		rest = "ext. " + e[1]
	}
	number, ok := dial(digits, strings.HasPrefix(m[1], "+"))
	if !ok {
		return typed, false
	}
	if rest != "" {
		number += " " + rest
	}
	return number, true
}

// dial gives the international form of digits, plus when a + stood before them.
func dial(digits string, plus bool) (string, bool) {
	if !plus && strings.HasPrefix(digits, "00") {
		digits, plus = digits[2:], true
	}
	if home, ok := strings.CutPrefix(digits, "593"); ok && (plus || len(digits) > 10) {
		home = strings.TrimPrefix(home, "0")
		return "+593" + home, phoneEC.MatchString(home)
	}
	if plus {
		return "+" + digits, len(digits) >= 7 && len(digits) <= 15
	}
	if home, ok := strings.CutPrefix(digits, "0"); ok {
		return "+593" + home, phoneEC.MatchString(home)
	}
	// A spreadsheet took the leading zero of a mobile.
	return "+593" + digits, len(digits) == 9 && phoneEC.MatchString(digits)
}

// normalPhones reads several numbers, one a line or divided by / ; or a comma.
func normalPhones(s string) (canonical string, doubtful []string) {
	var out []string
	for _, line := range SplitList(CleanList(s)) {
		parts := severalPhones.Split(line, -1)
		for _, p := range parts {
			if d, _ := digitsOf(p); len(parts) > 1 && len(d) < 6 {
				parts = []string{line} // the mark stands within a remark, not between numbers
				break
			}
		}
		for _, p := range parts {
			n, ok := NormalPhone(p)
			if !ok {
				doubtful = append(doubtful, n)
			}
			out = append(out, n)
		}
	}
	return CleanList(JoinList(out)), doubtful
}
