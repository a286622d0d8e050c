package record

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSplitName(t *testing.T) {
	for _, c := range []struct {
		full, given, paternal, maternal string
		doubtful                        bool
	}{
		{"NUÑEZ ÑAÑEZ IÑIGO ANDRES", "IÑIGO ANDRES", "NUÑEZ", "ÑAÑEZ", false},
		{"NUÑEZ ÑAÑEZ, IÑIGO", "IÑIGO", "NUÑEZ", "ÑAÑEZ", false},
		{"DE LA CRUZ NUÑEZ JUAN CARLOS", "JUAN CARLOS", "DE LA CRUZ", "NUÑEZ", false},
		{"NUÑEZ DE LA CRUZ JUAN CARLOS", "JUAN CARLOS", "NUÑEZ", "DE LA CRUZ", false},
		{"DEL POZO SAN MARTIN ROSA ELENA", "ROSA ELENA", "DEL POZO", "SAN MARTIN", false},
		{"SANTA CRUZ DE LOS RIOS LUIS ALBERTO", "LUIS ALBERTO", "SANTA CRUZ", "DE LOS RIOS", false},
		{"PEREZ LOPEZ MARIA DE LOS ANGELES", "MARIA DE LOS ANGELES", "PEREZ", "LOPEZ", false},
		{"ORTEGA Y GASSET MORA LUIS", "LUIS", "ORTEGA Y GASSET", "MORA", false},
		{"PEREZ LOPEZ JUAN", "JUAN", "PEREZ", "LOPEZ", false},
		{"PEREZ JUAN CARLOS", "JUAN CARLOS", "PEREZ", "", false},
		{"QUISHPE MAMANI ARIRUMA", "ARIRUMA", "QUISHPE", "MAMANI", true},
		{"PEREZ LOPEZ JUAN CARLOS ANDRES", "JUAN CARLOS ANDRES", "PEREZ", "LOPEZ", false},
		{"PEREZ LOPEZ TOAPANTA JUAN CARLOS", "TOAPANTA JUAN CARLOS", "PEREZ", "LOPEZ", true},
		{"JUAN CARLOS PEREZ LOPEZ", "PEREZ LOPEZ", "JUAN", "CARLOS", true},
		{"PEREZ JUAN", "JUAN", "PEREZ", "", false},
		{"QUISHPE ARIRUMA", "ARIRUMA", "QUISHPE", "", true},
		{"PEREZ", "", "PEREZ", "", true},
		{"", "", "", "", false},
		{"DE LA", "", "DE LA", "", true},
	} {
		given, paternal, maternal, doubtful := SplitName(c.full)
		if given != c.given || paternal != c.paternal || maternal != c.maternal || doubtful != c.doubtful {
			t.Errorf("SplitName(%q) = %q | %q | %q %v", c.full, given, paternal, maternal, doubtful)
		}
	}
}

func TestSplitGivenFirst(t *testing.T) {
	for _, c := range []struct {
		full, given, paternal, maternal string
		doubtful                        bool
	}{
		{"Juan Carlos Pérez López", "Juan Carlos", "Pérez", "López", false},
		{"Íñigo Núñez de la Cruz", "Íñigo", "Núñez", "de la Cruz", false},
		{"María de los Ángeles Pérez López", "María de los Ángeles", "Pérez", "López", false},
		{"Juan Carlos Pérez", "Juan Carlos", "Pérez", "", false},
		{"Ariruma Quishpe Mamani", "Ariruma", "Quishpe", "Mamani", true},
		{"Rosa Pilco", "Rosa", "Pilco", "", false},
		{"Pilco Toapanta, Rosa", "Rosa", "Pilco", "Toapanta", false},
		{"Rosa", "Rosa", "", "", false},
	} {
		given, paternal, maternal, doubtful := SplitGivenFirst(c.full)
		if given != c.given || paternal != c.paternal || maternal != c.maternal || doubtful != c.doubtful {
			t.Errorf("SplitGivenFirst(%q) = %q | %q | %q %v", c.full, given, paternal, maternal, doubtful)
		}
	}
}

func TestSplitKeepsEveryWord(t *testing.T) {
	word := rapid.SampledFrom([]string{"de", "la", "DEL", "San", "y", "Cruz", "Juan", "María", "Quishpe", "Ñáñez", ",", "los"})
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 0, 8).Draw(t, "words")
		full := strings.Join(words, " ")
		for _, split := range []func(string) (string, string, string, bool){SplitName, SplitGivenFirst} {
			given, paternal, maternal, _ := split(full)
			if got, want := len(strings.Fields(Plain(given+" "+paternal+" "+maternal))), len(strings.Fields(Plain(full))); got != want {
				t.Fatalf("%q: %d words became %d: %q %q %q", full, want, got, given, paternal, maternal)
			}
		}
	})
}

func TestTitleName(t *testing.T) {
	for in, want := range map[string]string{
		"NUÑEZ DE LA CRUZ": "Nuñez de la Cruz", "PEREZ-LOPEZ": "Perez-Lopez", "O'BRIEN": "O'Brien", "SAN MARTIN": "San Martin",
		"Íñigo": "Íñigo", "McDonald": "McDonald", "MA. DEL CARMEN": "Ma. del Carmen", "juan pérez": "Juan Pérez", "ÑAÑEZ": "Ñañez", "": "",
	} {
		if got := TitleName(in); got != want {
			t.Errorf("TitleName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Núñez Ñáñez, Íñigo": "nunez nanez inigo", "O'Brien": "obrien", "N\u0303andu\u0301": "nandu", "Straße": "strasse",
		"  A--B ": "a b", "Łódź": "lodz", "N.º 4": "n 4", "ΑΒΓ": "αβγ", "": "",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}
