package rule

import (
	"maps"
	"slices"
	"strings"

	"paradero/data/record"
)

// sign is how people write a method in a sentence, folded.
type sign struct {
	method string
	words  []string // each must begin at the start of a word
}

// primarySigns come first: "reconocimiento visual y ADN" is a DNA match.
var primarySigns = []sign{
	{"fingerprints", []string{"huella", "dactilar", "dactilosc", "fingerprint", "necrodactil", "afis"}},
	{"dna", []string{"adn ", "dna ", "genetic", "perfil genetico"}},
	{"dental", []string{"dental", "odontograma", "odontolog", "dentadura", "ficha dentaria", "carta dentaria"}},
	{"implant_serial", []string{"implante", "implant ", "implants ", "protesis", "marcapaso", "pacemaker", "numero de serie", "serial number"}},
	{"death_record", []string{"acta de defuncion", "acta defuncion", "certificado de defuncion", "inscripcion de defuncion", "partida de defuncion", "death record", "death certificate"}},
}

var secondarySigns = []sign{
	{"video", []string{"video ", "videos ", "grabacion", "footage"}},
	{"visual", []string{"visual", "reconoci", "foto", "photo", "recogni", "lo vio muert", "vio el cuerpo", "vio su cuerpo", "saw the body"}},
	{"tattoos", []string{"tatuaje", "tattoo"}},
	{"clothing", []string{"ropa", "vestimenta", "vestido", "camiseta", "cloth"}},
	{"property", []string{"pertenencia", "efectos personales", "objetos personales", "belongings", "property", "effects"}},
	{"medical_findings", []string{"hallazgos medicos", "cicatriz", "hallazgo medico", "medical finding", "scar ", "radiograf", "x ray"}},
}

var aliveSigns = []sign{
	{"spoken_to", []string{"hablo", "hable ", "hablamos", "llamada", "llamo", "telefon", "videollamada", "videoconferencia", "audiencia telematica", "entrevist", "converso", "conversacion", "spoke", "spoken", "talked", "called", "phone call", "interview"}},
	{"seen", []string{"visto por", "vista por", "visto en persona", "visto con vida", "visita", "visite", "visito", "lo vi ", "la vi ", "lo vimos", "la vimos", "lo vio ", "la vio ", "seen by", "seen in person", "seen alive", "visited", "visit ", "met with", "met him", "met her", "saw him", "saw her"}},
}

// hearsay is what is seen on a screen: it never counts as having seen somebody.
var hearsay = []string{"video ", "videos ", "foto", "photo", "redes sociales", "noticia", "rumor", "facebook", "tiktok", "television"}

// denials in front of a method say that it is not there (yet).
var denials = []string{"sin", "no", "falta", "faltan", "pendiente", "pendientes", "esperando", "espera", "without", "not", "pending", "awaiting", "missing"}

// lacking behind a method says the same.
var lacking = []string{"pendiente", "pendientes", "negativo", "negativa", "negativas", "pending", "awaiting", "negative", "faltante", "faltantes"}

// InferMethod reads which method of identification, or of knowing somebody to
// be alive, a sentence of evidence names. The strongest wins; one that the
// sentence denies ("sin huellas", "ADN pendiente") does not count.
func InferMethod(evidence string) (method string, ok bool) {
	parts := clauses(evidence)
	for _, signs := range [][]sign{primarySigns, secondarySigns, aliveSigns} {
		if m := named(parts, signs); m != "" {
			return m, true
		}
	}
	return "", false
}

// inferAlive reads only what shows that somebody lives.
func inferAlive(evidence string) string {
	parts := clauses(evidence)
	for _, text := range parts {
		for _, w := range hearsay {
			if at(text, w, 0) >= 0 {
				return ""
			}
		}
	}
	return named(parts, aliveSigns)
}

// clauses cuts a text where a denial ends, and folds each part; a closing space
// lets a sign ask for the end of a word.
func clauses(s string) []string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(".,;:()\n", r) })
	for i, p := range parts {
		parts[i] = plain(p) + " "
	}
	return parts
}

func named(parts []string, signs []sign) string {
	for _, s := range signs {
		for _, w := range s.words {
			for _, text := range parts {
				for i := at(text, w, 0); i >= 0; i = at(text, w, i+1) {
					if !denied(text[:i], text[i+len(w):]) {
						return s.method
					}
				}
			}
		}
	}
	return ""
}

// at finds w where a word begins, from i on; -1 when it is not there.
func at(text, w string, i int) int {
	for i <= len(text) {
		j := strings.Index(text[i:], w)
		if j < 0 {
			return -1
		}
		if j += i; j == 0 || text[j-1] == ' ' {
			return j
		}
		i = j + 1
	}
	return -1
}

// denied reports whether one of the words just before or after says that the method is
// lacking. A "no" in front of a number is "N.º".
func denied(ahead, after string) bool {
	words := strings.Fields(ahead)
	words = words[max(0, len(words)-6):]
	for i, w := range words {
		numbered := w == "no" && i+1 < len(words) && words[i+1][0] >= '0' && words[i+1][0] <= '9'
		if slices.Contains(denials, w) && !numbered {
			return true
		}
	}
	words = strings.Fields(after)
	for i, w := range words[:min(3, len(words))] {
		if slices.Contains(lacking, w) {
			return true
		}
		if w == "no" && i+1 < len(words) && (words[i+1][0] < '0' || words[i+1][0] > '9') {
			return true
		}
	}
	return false
}

// Completed gives the values of a claim with method and proof read from its
// evidence where a confirmation leaves them open, so that a person who writes
// "ADN, informe 12" need not fill three boxes. The evidence then is the proof.
func Completed(values map[string]string) map[string]string {
	status, evidence := values["status"], values["evidence"]
	if evidence == "" || (status != "confirmed_dead" && status != "confirmed_alive") {
		return values
	}
	if values["method"] != "" && values["proof"] != "" {
		return values
	}
	out := maps.Clone(values)
	if out["method"] == "" {
		if status == "confirmed_alive" {
			out["method"] = inferAlive(evidence)
		} else if m, ok := InferMethod(evidence); ok {
			out["method"] = m
		}
	}
	if out["method"] != "" && out["proof"] == "" {
		out["proof"] = firstLine(evidence)
	}
	if out["method"] == "" {
		delete(out, "method")
	}
	return out
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}

// neverEnough reports whether a method is one that never confirms a death.
func neverEnough(method string) bool { return slices.Contains(record.SecondaryMethods, method) }
