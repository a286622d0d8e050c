package record

import (
	"strings"
	"unicode"
)

// particles join the word behind them; y joins both sides.
var particles = wordSet("de del la las los lo da das do dos di du von van der den san santa santo mc mac")

// lowParticles stay small when a name in capitals is written out.
var lowParticles = wordSet("de del la las los lo y e da das do dos di du von van der den")

// givenNames are first names that are common in Ecuador and are hardly ever a
// surname. They decide where the surnames of a list end; a name that is not
// here decides nothing.
var givenNames = wordSet(`
abel abigail abraham adan adela adolfo adrian adriana agustin aida alan alba alejandra alejandro alex alexander alexandra alexis alfredo
alicia allison alvaro amada amalia amelia ana anahi andrea andres angel angela angelica angelina angelo anibal anita antonia antonio
ariana ariel armando arnulfo arturo augusto aurelio aurora azucena beatriz belen bertha bethzabe bismarck blanca bolivar braulio bryan brayan brian
bruno byron camila camilo carla carlos carmelina carmen carolina catalina cecilia celia cesar christian cristian cristhian cinthya cindy clara claudia
claudio cleofe concepcion consuelo cristina cristobal dalia damian daniel daniela danilo danny dario darwin dayana david delia denisse dennis
diana diego dolores dora doris edgar edison edita edith edmundo eduardo edwin efrain elena eliana elias elizabeth eloisa elsa elvia elvira emanuel
emerson emilia emilio enrique erick erika ernesto esperanza estefania esteban estela ester esther eugenia eugenio eulalia eva evelyn ezequiel fabian fabiola
fabricio fanny fatima fausto felipe felix fernanda fernando fidel flor francisca francisco franklin freddy fredy gabriel gabriela galo genesis
geovanny german gerardo gilberto gina giovanni gisela gladys gloria gonzalo graciela gregorio grace guadalupe guido guillermo gustavo hector henry herlinda
hernan hilda holger homero hortensia hugo humberto ignacio ines ingrid inigo inti irene iris irma isaac isabel isaias ismael israel ivan ivonne
jacinto jacqueline jahaira jaime jairo janeth javier jean jefferson jeferson yeferson jenny jennifer jessica jesus jhon jhonny john johnny johanna joaquin joel
johan jonathan jhonatan jorge jose josefa josefina joselyn joshua josue juan juana judith julia juliana julio karen karina karla katherine kevin
klever kleber lady laura lenin leonardo leonel leonor leonidas leopoldo lesly leticia lidia ligia lilia liliana lizbeth lorena lourdes lucas lucia luciano
lucila luis luisa luz luzmila mabel magaly manuel manuela marcela marcelo marcia marco marcos margarita margoth maria mariana mariano maribel maricela mario marisol
marjorie marlene marlon martha maruja mateo matilde matias mauricio maximo maxi maya mayra melania melissa mercedes miguel milena milton mireya miriam moises
monica myriam nancy narcisa natalia nathaly nelly nelson nestor nicol nicolas nicole nidia noe noemi norma nube olga oliver omar orlando oscar oswaldo otilia
pablo pamela paola patricia patricio paul paula paulina pedro petrona piedad priscila rafael rafaela ramiro ramon ramona raquel raul rebeca rene
ricardo richard rita robert roberto rocio rodolfo rodrigo roger rolando romulo ronald ronny rosa rosalia rosalina rosana rosario rosaura roxana ruben ruth
sabina samuel sandra santiago sara saul sebastian segundo selena sergio shirley sheyla silvana silvia simon sixto sofia solange soledad sonia stalin stefany steven
susana tamara tania tatiana teodoro teofilo teresa ulises valentina valeria vanessa veronica vicenta vicente victor victoria vilma violeta
virgilio vinicio viviana wagner walter washington wellington wendy wilfrido william wilmer wilson wladimir xavier ximena yadira yajaira yandry yolanda yuri
zoila zulema ma jhonathan estuardo estiven stiven asuncion nayeli sisa tupac pacha saywa rumi kuri amaru nina tamia samay
`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// nameUnits splits a name into its units: a word with the particles before it
// ("de la Cruz", "San Martín"), or two joined by y ("Ortega y Gasset").
func nameUnits(s string) []string {
	var units []string
	held := ""
	joinNext := false
	for _, w := range strings.Fields(strings.Trim(CleanLine(s), " ,;.")) {
		p := Plain(w)
		switch {
		case p == "y" && len(units) > 0 && held == "":
			units[len(units)-1] += " " + w
			joinNext = true
			continue
		case particles[p] && !strings.HasSuffix(w, "."):
			held = strings.TrimSpace(held + " " + w)
			continue
		}
		unit := strings.TrimSpace(held + " " + w)
		held = ""
		if joinNext {
			units[len(units)-1] += " " + unit
			joinNext = false
			continue
		}
		units = append(units, unit)
	}
	switch {
	case held == "":
	case len(units) == 0 || joinNext:
		units = append(units, held)
	default:
		units[len(units)-1] += " " + held
	}
	return units
}

// isGiven reports whether a unit is surely a given name. "de los Ángeles" is
// one that follows another.
func isGiven(unit string) bool {
	words := strings.Fields(Plain(unit))
	return len(words) == 1 && givenNames[words[0]]
}

// SplitName splits a name written surnames first, as lists of offices do
// ("APELLIDOS Y NOMBRES"), with or without a comma. It is doubtful when another
// split reads as well; the caller keeps the original beside it.
func SplitName(full string) (given, paternal, maternal string, doubtful bool) {
	if before, after, ok := strings.Cut(full, ","); ok {
		return splitComma(before, after)
	}
	u := nameUnits(full)
	switch len(u) {
	case 0:
		return "", "", "", false
	case 1:
		if isGiven(u[0]) {
			return u[0], "", "", true
		}
		return "", u[0], "", true
	case 2:
		return u[1], u[0], "", !isGiven(u[1]) || isGiven(u[0])
	}
	surnames, doubtful := surnamesBefore(u)
	given = strings.Join(u[surnames:], " ")
	if surnames == 1 {
		return given, u[0], "", doubtful
	}
	return given, u[0], strings.Join(u[1:surnames], " "), doubtful
}

// surnamesBefore says how many of three or more units are surnames.
func surnamesBefore(u []string) (n int, doubtful bool) {
	first := len(u)
	for i := len(u) - 1; i > 0; i-- {
		if isGiven(u[i]) {
			first = i
		}
	}
	switch {
	case isGiven(u[0]):
		return 2, true // perhaps the given names stand first
	case len(u) == 3 && first == 1:
		return 1, !isGiven(u[2]) && !follows(u[2])
	case len(u) == 3:
		return 2, first != 2
	case len(u) == 4:
		return 2, first == 1 || first == 3
	case first == 2:
		return 2, len(u) > 6
	}
	return 2, true
}

// follows: "de los Ángeles", "del Carmen" go on a given name.
func follows(unit string) bool {
	return strings.HasPrefix(Plain(unit), "de ") || strings.HasPrefix(Plain(unit), "del ")
}

func splitComma(surnames, rest string) (given, paternal, maternal string, doubtful bool) {
	given = strings.Join(nameUnits(strings.ReplaceAll(rest, ",", " ")), " ")
	u := nameUnits(surnames)
	switch len(u) {
	case 0:
		return given, "", "", true
	case 1:
		return given, u[0], "", given == ""
	}
	return given, u[0], strings.Join(u[1:], " "), len(u) > 2 || given == ""
}

// SplitGivenFirst splits a name written as people say it, given names first.
// With a comma the surnames stand first all the same.
func SplitGivenFirst(full string) (given, paternal, maternal string, doubtful bool) {
	if before, after, ok := strings.Cut(full, ","); ok {
		return splitComma(before, after)
	}
	u := nameUnits(full)
	switch len(u) {
	case 0:
		return "", "", "", false
	case 1:
		return u[0], "", "", !isGiven(u[0])
	case 2:
		return u[0], u[1], "", isGiven(u[1])
	}
	last := 0 // the last unit that is surely a given name, the first always being one
	for i, s := range u {
		if isGiven(s) || i == last+1 && i < len(u)-2 && follows(s) {
			last = i
		}
	}
	n := len(u) - 2
	switch {
	case len(u) == 3 && last == 1:
		return strings.Join(u[:2], " "), u[2], "", false
	case len(u) == 3:
		doubtful = last != 0 || !isGiven(u[0])
	default:
		doubtful = last >= n || len(u) > 4 && last != n-1
	}
	return strings.Join(u[:n], " "), u[n], u[n+1], doubtful
}

// TitleName writes a name that a list gives in capitals (or all in small
// letters) as people write it: "NUÑEZ DE LA CRUZ" → "Nuñez de la Cruz". Words
// that already mix both stay. Accents that a list dropped are not guessed.
func TitleName(s string) string {
	words := strings.Fields(CleanLine(s))
	allLow := strings.ToLower(s) == s
	for i, w := range words {
		if !allLow && strings.ToUpper(w) != w {
			continue
		}
		low := strings.ToLower(w)
		if lowParticles[low] {
			words[i] = low
			continue
		}
		words[i] = capitals(low)
	}
	return strings.Join(words, " ")
}

// capitals makes the first letter of each part of a word great: Pérez-López,
// O'Brien.
func capitals(w string) string {
	start := true
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !unicode.IsDigit(r) {
			start = true
			return r
		}
		if start {
			start = false
			return unicode.ToTitle(r)
		}
		return r
	}, w)
}
