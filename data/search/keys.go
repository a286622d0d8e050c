package search

import (
	"strings"
	"unicode/utf8"

	"paradero/data/match"
	"paradero/data/record"
)

// A row's search key is one run of bytes in an arena:
//
//	'\n' slot(4 bytes ≥ 0x80) Words of each field, the fields divided by marks
//
// Every word begins with a capital, or with # where it begins with a digit or
// another script's letter, so that a prefix of a word is found by looking for
// one rare byte; nothing else in the arena is a capital or #.
const (
	rowStart   = '\n'
	slotBytes  = 4
	markGiven  = 1 // before it stand the surnames
	markAlias  = 2
	markPaper  = 3
	markTitle  = 4
	anyMark    = 0x10 // bytes below divide fields or rows
	deadSlot   = 1<<28 - 1
	headBytes  = 1 + slotBytes
	digitStart = '#'
)

func appendSlot(dst []byte, slot uint32) []byte {
	return append(dst, 0x80|byte(slot>>21&0x7f), 0x80|byte(slot>>14&0x7f), 0x80|byte(slot>>7&0x7f), 0x80|byte(slot&0x7f))
}

func setSlot(at []byte, slot uint32) { appendSlot(at[:0], slot) }

func readSlot(b []byte) uint32 {
	return uint32(b[0]&0x7f)<<21 | uint32(b[1]&0x7f)<<14 | uint32(b[2]&0x7f)<<7 | uint32(b[3]&0x7f)
}

// capital marks the first letter of a folded word.
func capital(dst []byte, w []byte) []byte {
	if len(w) == 0 {
		return dst
	}
	if c := w[0]; c >= 'a' && c <= 'z' {
		dst = append(dst, c-'a'+'A')
		return append(dst, w[1:]...)
	}
	dst = append(dst, digitStart)
	return append(dst, w...)
}

// keyMaker builds keys; each goroutine has its own.
type keyMaker struct{ fold, word []byte }

// each calls do with each folded word of s.
func (k *keyMaker) each(s string, do func(w []byte)) {
	if s == "" {
		return
	}
	k.fold = match.AppendFold(k.fold[:0], s)
	rest := k.fold
	for len(rest) > 0 {
		n := 0
		for n < len(rest) && rest[n] != ' ' {
			n++
		}
		if n > 0 {
			do(rest[:n])
		}
		rest = rest[min(n+1, len(rest)):]
	}
}

// appendKey appends the search key of a row, its slot still unset.
func (k *keyMaker) appendKey(dst []byte, r *Row) []byte {
	dst = appendSlot(append(dst, rowStart), deadSlot)
	put := func(w []byte) { dst = capital(dst, w) }
	k.each(r.Paternal, put)
	k.each(r.Maternal, put)
	dst = append(dst, markGiven)
	k.each(r.Given, put)
	if r.Alias != "" {
		dst = append(dst, markAlias)
		k.each(r.Alias, put)
	}
	if r.Paper != "" {
		dst = k.numbered(append(dst, markPaper), r.Paper)
	}
	if r.Title != "" {
		dst = k.numbered(append(dst, markTitle), r.Title)
	}
	return dst
}

// numbered appends the words of a text that may hold numbers: 09286-2019-01234
// is found by its whole and by its parts.
func (k *keyMaker) numbered(dst []byte, s string) []byte {
	for _, part := range strings.Fields(s) {
		n := 0
		if strings.ContainsAny(part, "0123456789") {
			whole := k.joined(part)
			dst, n = capital(dst, whole), len(whole)
		}
		k.each(part, func(w []byte) {
			if len(w) != n {
				dst = capital(dst, w)
			}
		})
	}
	return dst
}

// joined folds a paper's number without what divides it.
func (k *keyMaker) joined(s string) []byte {
	k.word = k.word[:0]
	k.each(s, func(w []byte) { k.word = append(k.word, w...) })
	return k.word
}

// appendSounds appends the key of how a row's names sound: surnames, then the
// given names and the full forms that they may stand for.
func (k *keyMaker) appendSounds(dst []byte, r *Row) []byte {
	dst = appendSlot(append(dst, rowStart), deadSlot)
	put := func(w []byte) {
		k.word = match.AppendSound(k.word[:0], string(w))
		dst = capital(dst, k.word)
	}
	k.each(r.Paternal, put)
	k.each(r.Maternal, put)
	dst = append(dst, markGiven)
	given := func(w []byte) {
		put(w)
		for _, full := range match.FullForms(string(w)) {
			put([]byte(full))
		}
	}
	k.each(r.Given, given)
	if r.Alias != "" {
		dst = append(dst, markAlias)
		k.each(r.Alias, given)
	}
	return dst
}

// appendSortKey writes ñ as n~, which comes after every other n.
func appendSortKey(dst []byte, r *Row) []byte {
	from := len(dst)
	for _, part := range []string{r.Paternal, r.Maternal, r.Given} {
		if part == "" {
			continue
		}
		if len(dst) > from {
			dst = append(dst, 1)
		}
		dst = appendSpanish(dst, part)
	}
	if len(dst) == from {
		dst = appendSpanish(dst, r.Title)
	}
	if len(dst) == from {
		dst = appendSpanish(dst, r.Alias)
	}
	if len(dst) == from {
		dst = appendSpanish(append(dst, '~'), r.Paper)
	}
	return dst
}

func appendSpanish(dst []byte, s string) []byte {
	if !hasEnye(s) {
		return match.AppendFold(dst, s)
	}
	s = record.CleanLine(s) // composed, so that n and its tilde are one letter
	for s != "" {
		i := strings.IndexAny(s, "ñÑ")
		if i < 0 {
			return append(dst, tail(s)...)
		}
		dst = append(dst, tail(s[:i])...)
		dst = append(dst, 'n', '~')
		_, size := utf8.DecodeRuneInString(s[i:])
		s = s[i+size:]
	}
	return dst
}

// tail folds a piece of a word, keeping the blanks at its ends.
func tail(s string) string {
	f := match.Fold(s)
	if f == "" {
		return ""
	}
	if s[0] == ' ' {
		f = " " + f
	}
	if s[len(s)-1] == ' ' {
		f += " "
	}
	return f
}

// hasEnye reports whether an ñ may stand in s: its bytes, or a loose tilde.
func hasEnye(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == 0xc3 && (s[i+1] == 0xb1 || s[i+1] == 0x91) || s[i] == 0xcc && s[i+1] == 0x83 {
			return true
		}
	}
	return false
}
