package match

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Name is a name as a record holds it; each part may be missing.
type Name struct {
	Given    string
	Paternal string
	Maternal string
	Aliases  []string
}

// Why two names are alike; the words are stable, their texts are "why.<word>".
const (
	WhyName     = "name"     // every part is the same
	WhySurname  = "surname"  // a surname is the same
	WhySurnames = "surnames" // both are
	WhyGiven    = "given_name"
	WhySound    = "sound"
	WhySwapped  = "swapped"    // the surnames stand the other way round
	WhyShort    = "short_form" // Pepe, Ma.
	WhyNear     = "near"       // one letter apart, or ñ for n
	WhyAlias    = "alias"
	WhyInitial  = "initial"
	WhyReorder  = "reordered" // given names in another order
)

// How alike two words are.
const (
	same      = 1.0
	nearEnye  = 0.96
	sameSound = 0.9
	shortForm = 0.85
	nearWord  = 0.75
	initial   = 0.6
)

// Compare says how alike two names are, from 0 to 1, and why. It is the same
// whichever name stands first. A part that one of them lacks neither speaks for
// nor against them, but a likeness resting on less counts less.
func Compare(a, b Name) (score float64, why []string) {
	r := reasons{}
	surnames, surnameWeight := compareSurnames(a, b, r)
	given, givenWeight := compareGiven(a.Given, b.Given, r)
	total := surnameWeight + givenWeight
	if total > 0 {
		score = (surnames*surnameWeight + given*givenWeight) / total
		score *= 0.6 + 0.4*total // both surnames and the given names: 1
	}
	if s := compareAliases(a, b); s > score {
		score = s
		r[WhyAlias] = true
	}
	if score > 0.999 && r[WhySurnames] && r[WhyGiven] {
		return score, []string{WhyName}
	}
	return score, r.list()
}

type reasons map[string]bool

func (r reasons) list() []string {
	var out []string
	for _, w := range []string{WhySurnames, WhySurname, WhyGiven, WhySwapped, WhyReorder, WhyShort, WhySound, WhyNear, WhyInitial, WhyAlias} {
		if r[w] && (w != WhySurname || !r[WhySurnames]) {
			out = append(out, w)
		}
	}
	return out
}

const (
	paternalWeight = 0.38
	maternalWeight = 0.24
	givenWeight    = 0.38
	swapFactor     = 0.92
)

// compareSurnames takes the better of the two ways in which surnames may stand.
func compareSurnames(a, b Name, r reasons) (score, weight float64) {
	straight, straightWeight, why := pair(a.Paternal, a.Maternal, b.Paternal, b.Maternal, paternalWeight, maternalWeight)
	const middle = (paternalWeight + maternalWeight) / 2
	swapped, swappedWeight, swappedWhy := pair(a.Paternal, a.Maternal, b.Maternal, b.Paternal, middle, middle)
	swapped *= swapFactor
	if swapped*swappedWeight > straight*straightWeight {
		straight, straightWeight, why = swapped, swappedWeight, swappedWhy
		if swapped > 0 {
			why[WhySwapped] = true
		}
	}
	for w := range why {
		r[w] = true
	}
	return straight, straightWeight
}

func pair(a1, a2, b1, b2 string, w1, w2 float64) (score, weight float64, why reasons) {
	why = reasons{}
	exact := 0
	for _, p := range []struct {
		a, b string
		w    float64
	}{{a1, b1, w1}, {a2, b2, w2}} {
		if p.a == "" || p.b == "" {
			continue
		}
		s, kind := part(p.a, p.b)
		score += s * p.w
		weight += p.w
		switch {
		case kind == "":
		case kind == WhyName:
			exact++
			why[WhySurname] = true
		default:
			why[kind] = true
		}
	}
	if weight == 0 {
		return 0, 0, why
	}
	if exact == 2 {
		why[WhySurnames] = true
	}
	return score / weight, weight, why
}

// part compares a surname of one or more words as a whole.
func part(a, b string) (float64, string) {
	ta, tb := Tokens(a), Tokens(b)
	if len(ta) == 1 && len(tb) == 1 {
		return word(a, b, ta[0], tb[0], false)
	}
	return word(a, b, strings.Join(ta, ""), strings.Join(tb, ""), false)
}

// compareGiven pairs the given names of the shorter side with the other's in
// the best way.
func compareGiven(a, b string, r reasons) (score, weight float64) {
	ta, tb := rawTokens(a), rawTokens(b)
	if len(ta) == 0 || len(tb) == 0 {
		return 0, 0
	}
	if len(ta) > len(tb) {
		ta, tb = tb, ta
	}
	p := &pairing{a: ta, b: tb, used: make([]bool, len(tb)), now: make([]int, len(ta))}
	p.from(0, 0, 0)
	exact := 0
	for i, j := range p.best {
		if j < 0 {
			continue
		}
		_, kind := word(ta[i], tb[j], Fold(ta[i]), Fold(tb[j]), true)
		if kind != WhyName {
			r[kind] = true
			continue
		}
		exact++
		if i != j {
			r[WhyReorder] = true
		}
	}
	if exact > 0 && exact == len(ta) {
		r[WhyGiven] = true
	}
	// A second given name that one side lacks is common and counts little.
	missing := float64(len(tb)-len(ta)) * 0.06
	score = p.sum/float64(len(ta)) - min(missing, 0.15)
	if r[WhyReorder] {
		score *= 0.97
	}
	return max(0, score), givenWeight
}

// pairing tries the ways to pair two short lists of words.
type pairing struct {
	a, b  []string
	used  []bool
	now   []int // for each of a the place in b, -1 for none
	best  []int
	sum   float64
	moved int
}

// mostGiven: more given names than these are not told apart any further.
const mostGiven = 5

func (p *pairing) from(i int, sum float64, moved int) {
	if i == len(p.a) || i == mostGiven {
		if p.best == nil || sum > p.sum || sum == p.sum && moved < p.moved {
			p.best, p.sum, p.moved = append([]int(nil), p.now[:i]...), sum, moved
		}
		return
	}
	p.now[i] = -1
	p.from(i+1, sum, moved)
	for j := range min(len(p.b), mostGiven) {
		if p.used[j] {
			continue
		}
		s, _ := word(p.a[i], p.b[j], Fold(p.a[i]), Fold(p.b[j]), true)
		if s == 0 {
			continue
		}
		off := 0
		if i != j {
			off = 1
		}
		p.used[j], p.now[i] = true, j
		p.from(i+1, sum+s, moved+off)
		p.used[j], p.now[i] = false, -1
	}
}

// rawTokens are the words of a name with their ñ, without particles.
func rawTokens(s string) []string {
	var out []string
	for _, w := range strings.Fields(s) {
		f := Fold(w)
		if f != "" && !particle(f) {
			out = append(out, w)
		}
	}
	return out
}

// word compares two words; the raw ones show whether an ñ stands in one only.
func word(rawA, rawB, a, b string, given bool) (float64, string) {
	switch {
	case a == "" || b == "":
		return 0, ""
	case a == b && enyes(rawA) == enyes(rawB):
		return same, WhyName
	case a == b:
		return nearEnye, WhyNear
	case string(AppendSound(nil, a)) == string(AppendSound(nil, b)):
		return sameSound, WhySound
	case given && sameForm(a, b):
		return shortForm, WhyShort
	case given && (len(a) == 1 || len(b) == 1) && a[0] == b[0]:
		return initial, WhyInitial
	case len(a) >= 5 && len(b) >= 5 && oneApart(string(AppendSound(nil, a)), string(AppendSound(nil, b))):
		return nearWord, WhyNear
	}
	return 0, ""
}

// enyes counts the ñ of a text, composed or not.
func enyes(s string) int {
	s = norm.NFC.String(s)
	return strings.Count(s, "ñ") + strings.Count(s, "Ñ")
}

// sameForm reports whether two given names may stand for one.
func sameForm(a, b string) bool {
	for _, x := range append([]string{a}, fullForms[a]...) {
		for _, y := range append([]string{b}, fullForms[b]...) {
			if x == y || string(AppendSound(nil, x)) == string(AppendSound(nil, y)) {
				return true
			}
		}
	}
	return false
}

// oneApart reports whether one letter changed, missing or swapped with its
// neighbour makes one word of the other.
func oneApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		if i == len(a) || a[i+1:] == b[i+1:] {
			return true
		}
		return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
	return a[i:] == b[i+1:]
}

// compareAliases: an alias of one that is an alias, or the whole name, of the other.
func compareAliases(a, b Name) float64 {
	best := 0.0
	for _, x := range a.Aliases {
		for _, y := range append([]string{b.Given, b.Given + " " + b.Paternal}, b.Aliases...) {
			best = max(best, alias(x, y))
		}
	}
	for _, y := range b.Aliases {
		for _, x := range []string{a.Given, a.Given + " " + a.Paternal} {
			best = max(best, alias(x, y))
		}
	}
	return best
}

// alias: one nickname is little to go by, the more so the shorter it is.
func alias(a, b string) float64 {
	fa, fb := strings.Join(Tokens(a), " "), strings.Join(Tokens(b), " ")
	if fa == "" || fa != fb {
		return 0
	}
	if utf8.RuneCountInString(fa) < 4 {
		return 0.3
	}
	return 0.5
}
