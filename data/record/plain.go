package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Longest texts that are taken, in letters. A change may not pass 64 KB, and a
// long entry becomes unusable on the screen well before that.
const (
	maxLine = 2000
	maxLong = 15000
)

// CleanLine is the canonical text of one line: NFC, no control or invisible
// characters, blanks collapsed, trimmed. Capitals stay as the person wrote them.
func CleanLine(s string) string {
	if tidy(s) {
		return s
	}
	return strings.Join(strings.Fields(visible(s, false)), " ")
}

// tidy reports whether a line surely is canonical already, as nearly all lines
// of a list are: printing ASCII and the composed letters of Latin names, single
// blanks between, none at the ends.
func tidy(s string) bool {
	blank := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			if blank {
				return false
			}
			blank = true
			continue
		case c > ' ' && c < 0x7f:
		case c >= 0xc3 && c <= 0xc5 && i+1 < len(s) && s[i+1] >= 0x80 && s[i+1] < 0xc0:
			i++ // U+00C0 to U+017F
		default:
			return false
		}
		blank = false
	}
	return !blank || s == ""
}

// CleanLong is the canonical text of several lines: as CleanLine, but lines and
// the blanks within them stay.
func CleanLong(s string) string {
	lines := strings.Split(visible(s, true), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRightFunc(l, unicode.IsSpace)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// CleanList is the canonical text of short texts, one a line, none twice.
func CleanList(s string) string {
	var items []string
	seen := map[string]bool{}
	for _, l := range strings.Split(visible(s, true), "\n") {
		l = CleanLine(l)
		if l != "" && !seen[l] {
			seen[l] = true
			items = append(items, l)
		}
	}
	return JoinList(items)
}

// visible drops what cannot be seen (a stray direction mark would make two
// equal names differ) and composes accents.
func visible(s string, lines bool) string {
	s = strings.ToValidUTF8(s, "")
	if lines {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\t' || r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// Plain folds a text for comparing: small letters, no accents (ñ becomes n),
// everything that is neither letter nor digit becomes one blank.
func Plain(s string) string {
	var room [64]byte
	return string(AppendPlain(room[:0], s))
}

// AppendPlain appends what Plain gives; lists of names are folded by the
// hundred thousand, so the common letters take no detour.
func AppendPlain(dst []byte, s string) []byte {
	from := len(dst)
	gap := false
	put := func(b ...byte) {
		if gap && len(dst) > from {
			dst = append(dst, ' ')
		}
		gap = false
		dst = append(dst, b...)
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
				put(c)
			case c >= 'A' && c <= 'Z':
				put(c + 'a' - 'A')
			case c != '\'':
				gap = true
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r < 0x180 && latin[r] != "" {
			put([]byte(latin[r])...)
			continue
		}
		switch {
		case r == '’' || r == '´' || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		case r == 'º' || r == 'ª': // N.º 4 and N° 4 are the same
			gap = true
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			put(rare(r)...)
		default:
			gap = true
		}
	}
	return dst
}

// rare folds a letter outside the Latin tables.
func rare(r rune) []byte {
	var out []byte
	for _, d := range norm.NFKD.String(string(r)) {
		if unicode.Is(unicode.Mn, d) || !unicode.IsLetter(d) && !unicode.IsNumber(d) {
			continue
		}
		out = utf8.AppendRune(out, unicode.ToLower(d))
	}
	return out
}

// latin folds the accented letters of European names.
var latin = latinTable()

func latinTable() [0x180]string {
	var t [0x180]string
	for r := rune(0x80); r < 0x180; r++ {
		if !unicode.IsLetter(r) {
			continue
		}
		base := []rune(norm.NFKD.String(string(r)))[0]
		if r != 'º' && r != 'ª' && base < utf8.RuneSelf && unicode.IsLetter(base) {
			t[r] = string(unicode.ToLower(base))
		}
	}
	for r, s := range map[rune]string{
		'ß': "ss", 'æ': "ae", 'Æ': "ae", 'ø': "o", 'Ø': "o", 'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d",
		'ł': "l", 'Ł': "l", 'œ': "oe", 'Œ': "oe", 'þ': "th", 'Þ': "th", 'ı': "i",
	} {
		t[r] = s
	}
	return t
}

// placeWords stand before the name of a wing or cell in lists; the name alone is
// kept, or «Pabellón 5» and «5» would be two places.
var placeWords = map[string][]string{
	"wing": {Plain("pabellón"), Plain("pab."), "pab", "wing"},
	"cell": {"celda", "cell"},
}

// bareName takes such a word away.
func bareName(field, line string) string {
	words := placeWords[field]
	if words == nil {
		return line
	}
	for again := true; again; {
		again = false
		for _, w := range words {
			i := strings.IndexByte(line, ' ')
			if i > 0 && Plain(line[:i]) == w {
				line, again = strings.TrimSpace(line[i:]), true
			}
		}
	}
	return line
}
