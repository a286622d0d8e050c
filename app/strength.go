package app

import (
	"math"
	"strings"
	"unicode"

	"paradero/data/record"
)

// Strength is how hard a passphrase is to guess.
type Strength struct {
	Bits  float64 // an estimate from below: what an attacker who tries words first needs
	Level int     // 0 none, 1 weak, 2 fair, 3 good, 4 strong; words "strength.<level>"
}

// Enough says that an office may be locked with it: with the costly key
// derivation, guessing would take years.
func (s Strength) Enough() bool { return s.Level >= 2 }

// Bits that a word, a common word and a repeated sign are worth. An attacker
// takes words from a list of some four thousand, common ones first.
const (
	bitsWord   = 12
	bitsCommon = 4
	bitsRepeat = 1
	bitsYear   = 6
)

// PassphraseStrength estimates how hard a passphrase is to guess. Known are
// texts that an attacker also knows, as the names of office and person: they
// count as common words. It is the lesser of two counts: by words and by signs.
func PassphraseStrength(pass string, known ...string) Strength {
	pass = strings.TrimSpace(pass)
	if pass == "" {
		return Strength{}
	}
	common := map[string]bool{}
	for _, w := range commonWords {
		common[w] = true
	}
	for _, k := range known {
		for _, w := range strings.Fields(record.Plain(k)) {
			common[w] = true
		}
	}
	bits := math.Min(bitsByWords(pass, common), bitsBySigns(pass))
	s := Strength{Bits: bits}
	switch {
	case bits >= 64:
		s.Level = 4
	case bits >= 50:
		s.Level = 3
	case bits >= 36:
		s.Level = 2
	default:
		s.Level = 1
	}
	return s
}

// bitsByWords takes the passphrase apart as an attacker with a list of words
// would: runs of letters are words, runs of digits numbers, each other sign one
// of few.
func bitsByWords(pass string, common map[string]bool) float64 {
	var bits float64
	seen := map[string]bool{}
	for _, part := range parts(pass) {
		plain := record.Plain(part)
		switch {
		case seen[plain]:
			bits += bitsRepeat
		case isDigits(part):
			bits += numberBits(part)
		case common[plain]:
			bits += bitsCommon
		case len([]rune(plain)) <= 2:
			bits += float64(len([]rune(plain))) * 4
		case looksLikeWord(plain):
			bits += bitsWord
		default:
			bits += float64(len([]rune(plain))) * math.Log2(26)
		}
		if hasInnerCapital(part) {
			bits += 2
		}
		seen[plain] = true
	}
	return bits
}

// bitsBySigns counts single signs, those that follow from the one before for
// almost nothing: aaa, 123, qwerty.
func bitsBySigns(pass string) float64 {
	var bits float64
	var before rune
	for i, r := range strings.ToLower(pass) {
		switch {
		case i > 0 && follows(before, r):
			bits += bitsRepeat
		case unicode.IsDigit(r):
			bits += math.Log2(10)
		case unicode.IsLetter(r):
			bits += math.Log2(26)
		default:
			bits += 4
		}
		before = r
	}
	return bits
}

func parts(s string) []string {
	kind := func(r rune) int {
		switch {
		case unicode.IsLetter(r):
			return 1
		case unicode.IsDigit(r):
			return 2
		case unicode.IsSpace(r) || r == '-' || r == '_' || r == '.':
			return 0
		}
		return 3
	}
	var out []string
	var cur []rune
	last := 0
	for _, r := range s {
		k := kind(r)
		if k != last && len(cur) > 0 {
			out = append(out, string(cur))
			cur = nil
		}
		if k != 0 {
			cur = append(cur, r)
		}
		last = k
	}
	if len(cur) > 0 {
		out = append(out, string(cur))
	}
	return out
}

func isDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

func numberBits(s string) float64 {
	if len(s) == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20")) {
		return bitsYear
	}
	return math.Min(bitsBySigns(s), float64(len(s))*math.Log2(10))
}

// looksLikeWord says that a run of letters could stand in a list of words:
// vowels and consonants in turn, as Spanish, English and Kichwa have them.
func looksLikeWord(s string) bool {
	vowels, run, worst := 0, 0, 0
	for _, r := range s {
		if strings.ContainsRune("aeiouyáéíóúü", r) {
			vowels++
			run = 0
			continue
		}
		run++
		worst = max(worst, run)
	}
	n := len([]rune(s))
	return n <= 14 && worst <= 3 && vowels*5 >= n
}

func hasInnerCapital(s string) bool {
	for i, r := range s {
		if i > 0 && unicode.IsUpper(r) && s != strings.ToUpper(s) {
			return true
		}
	}
	return false
}

func follows(a, b rune) bool {
	if a == b || b == a+1 || b == a-1 {
		return true
	}
	for _, row := range keyboardRows {
		i := strings.IndexRune(row, a)
		if i >= 0 && (strings.HasPrefix(row[i+1:], string(b)) || i > 0 && rune(row[i-1]) == b) {
			return true
		}
	}
	return false
}

var keyboardRows = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"}

// commonWords are those tried first in Ecuador: folded, without accents.
var commonWords = []string{
	"password", "clave", "contrasena", "frase", "acceso", "paradero", "oficina", "ecuador", "quito", "guayaquil",
	"cuenca", "loja", "manabi", "barcelona", "emelec", "liga", "amor", "dios", "jesus", "maria", "jose", "juan",
	"luis", "carlos", "ana", "hola", "admin", "usuario", "test", "prueba", "demo", "demostracion", "secreto", "secreta",
	"familia", "casa", "vida", "abogado", "abogada", "defensoria", "carcel", "penitenciaria", "libertad", "justicia",
	"welcome", "letmein", "monkey", "dragon", "qwerty", "iloveyou", "princesa", "el", "la", "los", "las", "de", "del",
	"y", "que", "en", "un", "una", "mi", "tu", "es", "the", "of", "and", "my", "is", "a", "i",
}
