package record

import (
	"regexp"
	"strings"
)

// NoCedula and UnknownCedula are the canonical words of a person who has none
// and of one whose number is not known; they are answers, not gaps.
const (
	NoCedula      = "none"
	UnknownCedula = "unknown"
)

// Provinces are the first two digits of a cédula and of a court number, with
// the names of DOMAIN §7. 30 is given to those registered abroad.
var Provinces = map[string]string{
	"01": "Azuay", "02": "Bolívar", "03": "Cañar", "04": "Carchi", "05": "Cotopaxi", "06": "Chimborazo",
	"07": "El Oro", "08": "Esmeraldas", "09": "Guayas", "10": "Imbabura", "11": "Loja", "12": "Los Ríos",
	"13": "Manabí", "14": "Morona Santiago", "15": "Napo", "16": "Pastaza", "17": "Pichincha", "18": "Tungurahua",
	"19": "Zamora Chinchipe", "20": "Galápagos", "21": "Sucumbíos", "22": "Orellana",
	"23": "Santo Domingo de los Tsáchilas", "24": "Santa Elena", "30": "Exterior",
}

// Why a cédula is doubted; each is a problem key.
const (
	CedulaDigit    = "cedula_digit"
	CedulaLength   = "cedula_length"
	CedulaZero     = "cedula_zero" // too short by the leading zero that spreadsheets lose
	CedulaProvince = "cedula_province"
	CedulaLetters  = "cedula_letters"
)

// cedulaWords are what people write where there is no number.
var cedulaWords = map[string]string{
	"none": NoCedula, "ninguna": NoCedula, "ninguno": NoCedula, "no tiene": NoCedula, "sin cedula": NoCedula,
	"no posee": NoCedula, "indocumentado": NoCedula, "indocumentada": NoCedula, "has none": NoCedula, "no cedula": NoCedula,
	"unknown": UnknownCedula, "desconocida": UnknownCedula, "desconocido": UnknownCedula, "se desconoce": UnknownCedula,
	"no se sabe": UnknownCedula, "no sabe": UnknownCedula, "s d": UnknownCedula, "sd": UnknownCedula,
	"n d": UnknownCedula, "nd": UnknownCedula, "no registra": UnknownCedula, "not known": UnknownCedula,
}

// CheckCedula reads a cédula (DOMAIN §7). The canonical text is the ten digits,
// NoCedula, UnknownCedula, or what was typed when it is doubted; the reason is
// then a problem key, and the suggestion what the person may have meant. It
// never refuses: papers with mistakes exist and people carry them.
func CheckCedula(s string) (canonical, suggestion, reason string) {
	typed := CleanLine(s)
	if typed == "" {
		return "", "", ""
	}
	if word, ok := cedulaWords[Plain(typed)]; ok {
		return word, "", ""
	}
	digits, other := digitsOf(strings.TrimSuffix(typed, ".0"))
	switch {
	case other:
		return typed, "", CedulaLetters
	case len(digits) == 9 && Provinces["0"+digits[:1]] != "":
		return typed, "0" + digits, CedulaZero
	case len(digits) == 13 && strings.HasSuffix(digits, "001") && sound10(digits[:10]):
		return typed, digits[:10], CedulaLength // a taxpayer's number: the cédula and 001
	case len(digits) != 10:
		return typed, "", CedulaLength
	case Provinces[digits[:2]] == "":
		return digits, "", CedulaProvince
	case !sound10(digits):
		return digits, "", CedulaDigit
	}
	return digits, "", ""
}

// sound10 reports whether the tenth digit checks the nine before it.
func sound10(d string) bool {
	sum := 0
	for i := range 9 {
		n := int(d[i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return int(d[9]-'0') == (10-sum%10)%10
}

// digitsOf gives the digits of a number typed with blanks, dots and dashes, and
// whether anything else stands in it.
func digitsOf(s string) (digits string, other bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '.' || r == '–' || r == '\u00a0':
		default:
			other = true
		}
	}
	return b.String(), other || b.Len() == 0
}

// courtNumber is how a judicial process is numbered (DOMAIN §7); warn only.
var courtNumber = regexp.MustCompile(`^(0[1-9]|1\d|2[0-4])[0-9A-Z]\d{2}-?(19|20)\d{2}-?\d{5}[A-Z]?$`)

// CourtNumber reports whether a process number has the form of a court's.
func CourtNumber(s string) bool {
	return courtNumber.MatchString(strings.ToUpper(strings.ReplaceAll(CleanLine(s), " ", "")))
}
