package match

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSoundsAlike(t *testing.T) {
	for _, p := range [][2]string{
		{"Quispe", "Quishpe"},
		{"Yupanqui", "Yupangui"},
		{"Guamán", "Huamán"},
		{"Guaman", "Waman"},
		{"Vásquez", "Básques"},
		{"Zambrano", "Sambrano"},
		{"Cevallos", "Zeballos"},
		{"Cevallos", "Sevayos"},
		{"Giménez", "Jiménez"},
		{"Ximénez", "Jiménez"},
		{"Hernández", "Ernandes"},
		{"Quezada", "Kesada"},
		{"Javier", "Xavier"},
		{"Huila", "Wila"},
		{"Stalin", "Estalin"},
		{"Freddy", "Fredi"},
		{"Llerena", "Yerena"},
		{"De la Cruz", "Cruz"},
		{"Jhon", "Jon"},
		{"John", "Jhon"},
		{"Chávez", "Chabes"},
		{"Campoverde", "Canpoberde"},
		{"Ruth", "Rut"},
		{"Sofía", "Sophia"},
		{"San Martín", "Martin"},
		{"Muñoz", "Munos"},
	} {
		if Sound(p[0]) != Sound(p[1]) {
			t.Errorf("%s = %q, %s = %q", p[0], Sound(p[0]), p[1], Sound(p[1]))
		}
	}
	for _, p := range [][2]string{
		{"Chávez", "Cáceres"}, {"Guerra", "Huerta"}, {"Pérez", "Peña"}, {"Gómez", "Guamán"}, {"Mora", "Moya"}, {"Cueva", "Ceva"}, {"Chasi", "Casi"},
	} {
		if Sound(p[0]) == Sound(p[1]) {
			t.Errorf("%s and %s both sound %q", p[0], p[1], Sound(p[0]))
		}
	}
}

func TestCompare(t *testing.T) {
	base := Name{Given: "José Luis", Paternal: "Quishpe", Maternal: "Núñez"}
	for _, c := range []struct {
		what   string
		other  Name
		lo, hi float64
		why    string
	}{
		{"himself", base, 1, 1, "name"},
		{"no accents, ñ lost", Name{Given: "JOSE LUIS", Paternal: "QUISHPE", Maternal: "NUNEZ"}, 0.97, 0.999, "near"},
		{"by sound", Name{Given: "José Luis", Paternal: "Quispe", Maternal: "Núñez"}, 0.9, 0.98, "sound"},
		{"swapped", Name{Given: "José Luis", Paternal: "Núñez", Maternal: "Quishpe"}, 0.9, 0.98, "swapped"},
		{"reordered", Name{Given: "Luis José", Paternal: "Quishpe", Maternal: "Núñez"}, 0.9, 0.999, "reordered"},
		{"short", Name{Given: "Pepe", Paternal: "Quishpe", Maternal: "Núñez"}, 0.85, 0.95, "short_form"},
		{"one given name", Name{Given: "José", Paternal: "Quishpe", Maternal: "Núñez"}, 0.9, 0.99, "given_name"},
		{"no maternal", Name{Given: "José Luis", Paternal: "Quishpe"}, 0.85, 0.95, "surname"},
		{"brother", Name{Given: "Marco", Paternal: "Quishpe", Maternal: "Núñez"}, 0.3, 0.7, "surnames"},
		{"another", Name{Given: "Rosa", Paternal: "Pilco", Maternal: "Toapanta"}, 0, 0, ""},
		{"surname only", Name{Paternal: "Quishpe"}, 0.5, 0.8, "surname"},
		{"nothing", Name{}, 0, 0, ""},
	} {
		score, why := Compare(base, c.other)
		if score < c.lo || score > c.hi || c.why != "" && !slices.Contains(why, c.why) || c.why == "" && len(why) > 0 {
			t.Errorf("%s: %.3f %v, want %.2f–%.2f %s", c.what, score, why, c.lo, c.hi, c.why)
		}
	}
	if s, why := Compare(Name{Given: "Ma. Belén", Paternal: "Chasi"}, Name{Given: "María Belén", Paternal: "Chasi"}); s < 0.8 || !slices.Contains(why, WhyShort) {
		t.Errorf("Ma.: %.2f %v", s, why)
	}
	if s, why := Compare(Name{Aliases: []string{"El Gato Negro"}}, Name{Given: "Luis", Aliases: []string{"gato negro"}}); s != 0.5 || !slices.Contains(why, WhyAlias) {
		t.Errorf("alias: %.2f %v", s, why)
	}
}

func TestDifferentPeopleScoreLess(t *testing.T) {
	a := Name{Given: "Juan Carlos", Paternal: "Pérez", Maternal: "López"}
	self, _ := Compare(a, a)
	brother, _ := Compare(a, Name{Given: "Pedro", Paternal: "Pérez", Maternal: "López"})
	cousin, _ := Compare(a, Name{Given: "Pedro", Paternal: "Pérez", Maternal: "Mora"})
	stranger, _ := Compare(a, Name{Given: "Pedro", Paternal: "Zambrano", Maternal: "Mora"})
	if self <= brother || brother <= cousin || cousin <= stranger {
		t.Errorf("%.2f %.2f %.2f %.2f", self, brother, cousin, stranger)
	}
}

func names() *rapid.Generator[Name] {
	word := rapid.SampledFrom([]string{"", "Quishpe", "Quispe", "Núñez", "Nunez", "de la Cruz", "Guamán", "Huamán", "Pérez", "Peres", "San Martín"})
	given := rapid.SampledFrom([]string{"", "José", "Pepe", "Ma. Luisa", "María Luisa", "Jhon", "Jhonny", "J. Luis", "Luis José"})
	return rapid.Custom(func(t *rapid.T) Name {
		n := Name{Given: given.Draw(t, "given"), Paternal: word.Draw(t, "paternal"), Maternal: word.Draw(t, "maternal")}
		if rapid.Bool().Draw(t, "alias") {
			n.Aliases = []string{given.Draw(t, "alias")}
		}
		return n
	})
}

func TestCompareIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := names().Draw(t, "a"), names().Draw(t, "b")
		ab, _ := Compare(a, b)
		ba, _ := Compare(b, a)
		if diff := ab - ba; diff > 1e-9 || diff < -1e-9 {
			t.Fatalf("%v %v: %f and %f", a, b, ab, ba)
		}
		if ab < 0 || ab > 1+1e-9 {
			t.Fatalf("%v %v: %f", a, b, ab)
		}
		if self, _ := Compare(a, a); a.Paternal != "" && self < ab-1e-9 {
			t.Fatalf("%v is more like %v (%f) than itself (%f)", a, b, ab, self)
		}
	})
}

func TestSoundNeverPanicsAndFolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if Sound(s) != Sound(strings.ToUpper(Fold(s))) && !strings.ContainsFunc(s, func(r rune) bool { return r > 0x17f }) {
			t.Fatalf("%q sounds %q, folded %q", s, Sound(s), Sound(Fold(s)))
		}
	})
}
