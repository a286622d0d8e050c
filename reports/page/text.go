package page

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Style of a run of text.
type Style struct {
	Size   float64 // points; 0 means the body's
	Bold   bool
	Italic bool
	Quiet  bool
	colour colour
}

func (st Style) face() string {
	switch {
	case st.Bold:
		return "B"
	case st.Italic:
		return "I"
	}
	return ""
}

func (st Style) ink() colour {
	switch {
	case st.colour != colour{}:
		return st.colour
	case st.Quiet:
		return quiet
	}
	return ink
}

// script makes text printable, and remembers what could not be.
type script struct {
	fonts    *Fonts
	buf      sfnt.Buffer
	wide     bool // whole fonts are in use
	beyond   bool // the text has letters beyond the cut ones
	replaced int
}

// clean composes accents, drops what controls a terminal and not a page, and
// replaces what no font here has: gofpdf fails the whole document over one
// emoji, and misplaces an accent that stands apart from its letter.
func (sc *script) clean(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFC.String(s) {
		sc.write(&b, r)
	}
	out := b.String()
	for strings.Contains(out, "  ") {
		out = strings.ReplaceAll(out, "  ", " ")
	}
	return strings.Trim(out, " ")
}

func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' && c != '\n') || c > '~' {
			return false
		}
	}
	return true
}

func (sc *script) write(b *strings.Builder, r rune) {
	switch {
	case r == '\n':
		b.WriteRune(r)
		return
	case r == '\t', r == '\u2028', r == '\u2029', r == '\u3000':
		b.WriteByte(' ')
		return
	case r == '\u202f', r == '\u2009', r == '\u2007': // a space between thousands
		b.WriteRune('\u00a0')
		return
	case r == '\u2212': // minus
		b.WriteRune('–')
		return
	case r == '\u2011': // hyphen that does not break
		b.WriteByte('-')
		return
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return
	}
	if r < utf8.RuneSelf || sc.latin(r) {
		b.WriteRune(r)
		return
	}
	if sc.has(r) && !unicode.Is(unicode.Mn, r) {
		sc.beyond = true
		b.WriteRune(r)
		return
	}
	sc.replace(b, r)
}

// replace writes the nearest thing that can be printed: the plain letter of a
// decorated one, nothing for a picture or a stray accent, and a mark that is
// seen for a letter of a script that we have no font for.
func (sc *script) replace(b *strings.Builder, r rune) {
	if plain := norm.NFKC.String(string(r)); plain != string(r) {
		ok := true
		for _, p := range plain {
			ok = ok && (p < utf8.RuneSelf || sc.latin(p))
		}
		if ok {
			b.WriteString(plain)
			return
		}
	}
	sc.replaced++
	if unicode.IsLetter(r) || unicode.IsNumber(r) {
		b.WriteByte('?')
	}
}

func (sc *script) latin(r rune) bool {
	code, ok := charmap.Windows1252.EncodeRune(r)
	return ok && sc.fonts.faces[""].latin[code] > 0
}

func (sc *script) has(r rune) bool {
	if r > 0xFFFF {
		return false
	}
	for _, fc := range sc.fonts.faces {
		if _, ok := fc.advance(&sc.buf, r); !ok {
			return false
		}
	}
	return true
}

// width of clean text in millimetres.
func (s *Sheet) width(text string, st Style) float64 {
	fc := s.fonts.faces[st.face()]
	sum := 0
	for _, r := range text {
		if code, ok := charmap.Windows1252.EncodeRune(r); ok {
			sum += fc.latin[code]
		} else if w, ok := fc.advance(&s.script.buf, r); ok {
			sum += w
		}
	}
	return float64(sum) / 1000 * s.size(st) * ptToMM
}

func (s *Sheet) size(st Style) float64 {
	if st.Size == 0 {
		return s.body() * s.scale
	}
	return st.Size * s.scale
}

func (s *Sheet) body() float64 {
	if s.frame.Letter {
		return 11
	}
	return 10
}

// leading is the distance between two lines.
func (s *Sheet) leading(st Style) float64 {
	f := 1.36
	if s.frame.Letter && st.Size == 0 {
		f = 1.5
	}
	return s.size(st) * ptToMM * f
}

// put writes one line of clean text with its baseline at y.
func (s *Sheet) put(x, y float64, text string, st Style) {
	if text == "" {
		return
	}
	style := st.face()
	if !s.added[style] {
		fc := s.fonts.faces[style]
		if s.script.wide {
			s.pdf.AddUTF8FontFromBytes(family, style, bytes.Clone(fc.whole)) // gofpdf writes into it
		} else {
			s.pdf.AddFontFromBytes(family, style, fc.def, fc.cut)
		}
		s.added[style] = true
	}
	s.pdf.SetFont(family, style, s.size(st))
	c := st.ink()
	s.pdf.SetTextColor(c.r, c.g, c.b)
	s.pdf.Text(x, y, s.encode(text))
}

func (s *Sheet) encode(text string) string {
	if s.script.wide {
		return text
	}
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if code, ok := charmap.Windows1252.EncodeRune(r); ok {
			b = append(b, code)
		}
	}
	return string(b)
}

// wrap cleans text and breaks it into lines of at most width; a word longer
// than a line is cut where the line ends.
func (s *Sheet) wrap(text string, width float64, st Style) []string {
	var lines []string
	space := s.width(" ", st)
	for para := range strings.SplitSeq(s.script.clean(text), "\n") {
		cur, used := "", 0.0
		for _, word := range strings.Fields(strings.ReplaceAll(para, "\u00a0", "\u2060")) {
			word = strings.ReplaceAll(word, "\u2060", "\u00a0")
			w := s.width(word, st)
			if cur != "" && used+space+w <= width {
				cur, used = cur+" "+word, used+space+w
				continue
			}
			if cur != "" {
				lines = append(lines, cur)
			}
			for w > width {
				head := s.first(word, width, st)
				lines = append(lines, head)
				word = word[len(head):]
				w = s.width(word, st)
			}
			cur, used = word, w
		}
		lines = append(lines, cur)
	}
	return lines
}

// first gives as much of a text's beginning as a line holds, at least one
// character.
func (s *Sheet) first(text string, width float64, st Style) string {
	text = s.script.clean(text)
	used := 0.0
	for i, r := range text {
		used += s.width(string(r), st)
		if used > width && i > 0 {
			return text[:i]
		}
	}
	return text
}
