package match

// Sound gives how the words of a name sound here, as a key for comparing: b=v,
// s=z=soft c=sh, ll=y, soft g=j=x, silent h, qu=k=hard c, w=hu=gu, doubled
// letters once. Particles are dropped. Kichwa names are written in several
// ways: Quispe and Quishpe, Yupanqui and Yupangui, Guamán and Huamán agree.
func Sound(s string) string {
	var out []byte
	for _, w := range Tokens(s) {
		if len(out) > 0 {
			out = append(out, ' ')
		}
		out = AppendSound(out, w)
	}
	return string(out)
}

// AppendSound appends the sound of one folded word. In the result x is the
// sound of ch.
func AppendSound(dst []byte, w string) []byte {
	from := len(dst)
	for i := 0; i < len(w); {
		sound, n := letter(w, i)
		i += n
		for j := 0; j < len(sound); j++ {
			c := sound[j]
			if c == 'b' || c == 'p' { // Canpoverde and Campoverde
				if k := len(dst) - 1; k >= from && dst[k] == 'n' {
					dst[k] = 'm'
				}
			}
			if k := len(dst) - 1; k >= from && dst[k] == c {
				continue
			}
			dst = append(dst, c)
		}
	}
	return dst
}

// at gives the letter at i, 0 outside the word.
func at(w string, i int) byte {
	if i < 0 || i >= len(w) {
		return 0
	}
	return w[i]
}

func soft(c byte) bool { return c == 'e' || c == 'i' || c == 'y' }

func vowel(c byte) bool { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' }

// letter gives the sound at i and how many letters made it.
func letter(w string, i int) (string, int) {
	c, next := w[i], at(w, i+1)
	switch c {
	case 'v':
		return "b", 1
	case 'z':
		return "s", 1
	case 'x', 'j':
		return "j", 1
	case 'k':
		return "k", 1
	case 'c':
		return hardOrSoft(next)
	case 'q':
		if next == 'u' && soft(at(w, i+2)) {
			return "k", 2
		}
		return "k", 1
	case 'g':
		return soundG(w, i)
	case 'h':
		if next == 'u' && vowel(at(w, i+2)) {
			return "w", 2
		}
		return "", 1
	case 'l':
		if next == 'l' && at(w, i+2) != 0 {
			return "y", 2
		}
	case 'p':
		if next == 'h' {
			return "f", 2
		}
	case 's':
		return soundS(w, i)
	case 'y', 'i':
		return soundY(w, i)
	}
	return w[i : i+1], 1
}

func hardOrSoft(next byte) (string, int) {
	switch {
	case next == 'h':
		return "x", 2
	case soft(next):
		return "s", 1
	case next == 'k':
		return "k", 2
	}
	return "k", 1
}

// soundG: soft before e and i; gu before them only makes it hard, and so does
// an n before it (Yupangui); before a and o gu is w.
func soundG(w string, i int) (string, int) {
	next, third := at(w, i+1), at(w, i+2)
	switch {
	case next == 'u' && soft(third):
		if at(w, i-1) == 'n' {
			return "k", 2
		}
		return "g", 2
	case next == 'u' && vowel(third):
		return "w", 2
	case soft(next):
		return "j", 1
	}
	return "g", 1
}

// soundS: sh is s, and an s before a consonant at the beginning is said with an
// e before it (Stalin, Estalin).
func soundS(w string, i int) (string, int) {
	next := at(w, i+1)
	switch {
	case next == 'h':
		return "s", 2
	case next == 'c' && soft(at(w, i+2)):
		return "s", 2
	case i == 0 && next != 0 && !vowel(next) && next != 'y':
		return "es", 1
	}
	return "s", 1
}

// soundY: y is a consonant before a vowel and i elsewhere; i before a vowel at
// the beginning is that consonant.
func soundY(w string, i int) (string, int) {
	v := vowel(at(w, i+1))
	if w[i] == 'y' && v || i == 0 && v {
		return "y", 1
	}
	return "i", 1
}
