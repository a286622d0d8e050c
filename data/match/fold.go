// Package match is the one comparison of names: how a name is folded, how it
// sounds in the Spanish and Kichwa of Ecuador, which short forms stand for
// which names, and how alike two names are, with the reasons.
//
// What must not live here: indexes and storage (data/search, data/store), and
// any decision that two records are one person: a name finds candidates, a
// person decides.
package match

import (
	"strings"

	"paradero/data/record"
)

// Fold makes small letters without accents; ñ becomes n, and what is neither
// letter nor digit becomes one blank.
func Fold(s string) string { return record.Plain(s) }

// AppendFold appends what Fold gives.
func AppendFold(dst []byte, s string) []byte { return record.AppendPlain(dst, s) }

// particle words carry nothing when names are compared (DOMAIN §7).
func particle(w string) bool {
	switch w {
	case "de", "del", "la", "las", "los", "el", "y", "e", "san", "santa", "santo", "da", "do", "dos", "von", "van":
		return true
	}
	return false
}

// Tokens gives the folded words of a name without its particles; a name of
// particles only keeps them.
func Tokens(s string) []string {
	all := strings.Fields(Fold(s))
	out := make([]string, 0, len(all))
	for _, w := range all {
		if !particle(w) {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// fullForms are the names that a short or differently spelt form stands for.
// Forms that sound alike (Jhon, John) need no row.
var fullForms = map[string][]string{
	"ma": {"maria"}, "mari": {"maria"}, "maruja": {"maria"}, "mary": {"maria"}, "marujita": {"maria"}, "marita": {"maria"},
	"pepe": {"jose"}, "chepe": {"jose"}, "pepito": {"jose"}, "fco": {"francisco"},
	"paco": {"francisco"}, "pancho": {"francisco"}, "kiko": {"francisco"}, "pacha": {"francisca"}, "panchita": {"francisca"},
	"lucho": {"luis"}, "luchito": {"luis"}, "beto": {"alberto", "roberto", "humberto", "gilberto"}, "nacho": {"ignacio"},
	"memo": {"guillermo"}, "tono": {"antonio"}, "tonito": {"antonio"}, "lola": {"dolores"}, "charo": {"rosario"}, "concha": {"concepcion"},
	"conchita": {"concepcion"}, "quique": {"enrique"}, "kike": {"enrique"}, "chabela": {"isabel"}, "chabuca": {"isabel"}, "meche": {"mercedes"},
	"michita": {"mercedes"}, "nando": {"fernando"}, "lalo": {"eduardo", "gonzalo"}, "edu": {"eduardo"}, "rafa": {"rafael"},
	"alex": {"alejandro", "alexander", "alexis"}, "ale": {"alejandra", "alejandro"}, "fer": {"fernando", "fernanda"}, "gabo": {"gabriel"},
	"gaby": {"gabriela"}, "dani": {"daniel", "daniela"}, "danny": {"daniel"}, "johnny": {"john", "juan"}, "jhonny": {"jhon", "juan"}, "jonny": {"john"},
	"jony": {"john"}, "yoni": {"john"}, "yony": {"john"}, "jon": {"john"}, "johny": {"john"}, "jhony": {"john"}, "brayan": {"brian"}, "bryan": {"brian"},
	"braian": {"brian"}, "yeferson": {"jefferson"}, "yefferson": {"jefferson"}, "geferson": {"jefferson"}, "yeison": {"jason"}, "jeison": {"jason"}, "jeyson": {"jason"},
	"yonatan": {"jonathan"}, "jhonatan": {"jonathan"}, "yonathan": {"jonathan"}, "yimi": {"jimmy"}, "yimmy": {"jimmy"}, "yesica": {"jessica"}, "yessica": {"jessica"},
	"yeny": {"jenny"}, "yenny": {"jenny"}, "yennifer": {"jennifer"}, "yenifer": {"jennifer"}, "yoselin": {"joselyn"}, "yuleisi": {"yuleysi"}, "maikel": {"michael"},
	"maicol": {"michael"}, "maycol": {"michael"}, "jhoan": {"johan"}, "yojan": {"johan"}, "chuy": {"jesus"}, "chucho": {"jesus"}, "manolo": {"manuel"},
	"manuelito": {"manuel"}, "menche": {"carmen"}, "carmita": {"carmen"}, "rosita": {"rosa"}, "anita": {"ana"}, "juanito": {"juan"}, "carlitos": {"carlos"}, "miguelito": {"miguel"},
	"pedrito": {"pedro"}, "jorgito": {"jorge"}, "coco": {"jorge"}, "vicho": {"vicente"}, "chente": {"vicente"}, "tito": {"ernesto", "hector", "alberto"},
	"sebas": {"sebastian"}, "santi": {"santiago"}, "andy": {"andres"}, "javi": {"javier"}, "pato": {"patricio"}, "paty": {"patricia"}, "pati": {"patricia"},
	"caro": {"carolina"}, "cris": {"cristian", "cristina"}, "guille": {"guillermo"}, "checho": {"sergio"}, "nico": {"nicolas"}, "mauro": {"mauricio"}, "moncho": {"ramon"},
	"monchito": {"ramon"}, "polo": {"leopoldo", "hipolito"}, "teo": {"teodoro", "mateo"}, "toya": {"victoria"}, "vicky": {"victoria"}, "lupe": {"guadalupe"}, "licha": {"alicia"},
	"chela": {"graciela"}, "nena": {"elena"}, "gualter": {"walter"}, "ufredo": {"wilfredo"}, "klever": {"cleber"}, "kleber": {"cleber"}, "clever": {"cleber"},
}

// FullForms gives the folded names for which a folded given name may stand:
// "pepe" → "jose".
func FullForms(word string) []string { return fullForms[word] }
