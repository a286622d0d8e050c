package record

import (
	"strings"
	"testing"
	"time"

	"paradero/data/fault"
	"pgregory.net/rapid"
)

// today of these tests: Wednesday 24 November 2021, 10:00.
var today = time.Date(2021, 11, 24, 10, 0, 0, 0, time.FixedZone("ECT", -5*3600))

func TestCedula(t *testing.T) {
	for _, c := range []struct{ typed, canonical, suggestion, reason string }{
		{"1714307103", "1714307103", "", ""},
		{"1710034065", "1710034065", "", ""},
		{"0100000009", "0100000009", "", ""},
		{"2400000010", "2400000010", "", ""},
		{"3001234560", "3001234560", "", ""},
		{"0960000016", "0960000016", "", ""},
		{"171430710-3", "1714307103", "", ""},
		{" 17 1430 7103 ", "1714307103", "", ""},
		{"1714307103.0", "1714307103", "", ""},
		{"1714307104", "1714307104", "", CedulaDigit},
		{"171430710", "171430710", "0171430710", CedulaZero},
		{"100000009", "100000009", "0100000009", CedulaZero},
		{"1714307103001", "1714307103001", "1714307103", CedulaLength},
		{"17143", "17143", "", CedulaLength},
		{"2500000001", "2500000001", "", CedulaProvince},
		{"0000000000", "0000000000", "", CedulaProvince},
		{"AB123456", "AB123456", "", CedulaLetters},
		{"none", NoCedula, "", ""},
		{"Ninguna", NoCedula, "", ""},
		{"no tiene", NoCedula, "", ""},
		{"unknown", UnknownCedula, "", ""},
		{"DESCONOCIDA", UnknownCedula, "", ""},
		{"s/d", UnknownCedula, "", ""},
		{"", "", "", ""},
	} {
		canonical, suggestion, reason := CheckCedula(c.typed)
		if canonical != c.canonical || suggestion != c.suggestion || reason != c.reason {
			t.Errorf("CheckCedula(%q) = %q %q %q, want %q %q %q", c.typed, canonical, suggestion, reason, c.canonical, c.suggestion, c.reason)
		}
	}
	got, problems := Check(Detainee, "cedula", "171430710", today)
	if got != "171430710" || len(problems) != 1 || !problems[0].Warning || problems[0].Key != "cedula_zero_offer" || problems[0].Args[0] != "0171430710" {
		t.Errorf("a lost zero: %q %+v", got, problems)
	}
}

func TestCourtNumber(t *testing.T) {
	for s, want := range map[string]bool{
		"09286-2019-01234": true, "17U05202100123": true, "09281-2021-00077G": true, "09286 2019 01234": true,
		"25286-2019-01234": false, "123-2019": false, "": false, "09286-1819-01234": false,
	} {
		if CourtNumber(s) != want {
			t.Errorf("CourtNumber(%q) = %v", s, !want)
		}
	}
}

func TestPhone(t *testing.T) {
	for _, c := range []struct {
		typed, want string
		ok          bool
	}{
		{"0987654321", "+593987654321", true},
		{"098 765 4321", "+593987654321", true},
		{"987654321", "+593987654321", true},
		{"+593 98 765 4321", "+593987654321", true},
		{"593987654321", "+593987654321", true},
		{"00593987654321", "+593987654321", true},
		{"+5930987654321", "+593987654321", true},
		{"(04) 234-5678", "+59342345678", true},
		{"02 234 5678 ext. 12", "+59322345678 ext. 12", true},
		{"022345678 extensión 12", "+59322345678 ext. 12", true},
		{"0987654321 (vecina Rosa)", "+593987654321 (vecina Rosa)", true},
		{"+57 300 123 4567", "+573001234567", true},
		{"2345678", "2345678", false},
		{"no tiene", "no tiene", false},
		{"0187654321", "0187654321", false},
	} {
		got, ok := NormalPhone(c.typed)
		if got != c.want || ok != c.ok {
			t.Errorf("NormalPhone(%q) = %q %v, want %q %v", c.typed, got, ok, c.want, c.ok)
		}
	}
	got, problems := Check(Contact, "phones", "0987654321 / 042345678\n0987654321", today)
	if got != "+593987654321\n+59342345678" || len(problems) != 0 {
		t.Errorf("phones = %q %v", got, problems)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		kind         Kind
		field, typed string
		want         string
		problem      string // key; refused when it begins with !
	}{
		{Detainee, "given_names", "  José\u0301  Luis\u200b ", "José\u0301 Luis", ""},
		{Detainee, "given_names", "Jose\u0301 Luis", "José Luis", ""},
		{Detainee, "given_names", "NUÑEZ", "NUÑEZ", ""},
		{Detainee, "paternal_surname", "Quispe2", "Quispe2", "name_digits"},
		{Detainee, "birth", "3/5/85", "1985-05-03", ""},
		{Detainee, "birth", "34 años", "~34@2021-11-24", ""},
		{Detainee, "birth", "31/2/1985", "", "!date_impossible"},
		{Detainee, "birth", "31/2/2021", "", "!date_impossible"},
		{Detainee, "birth", "3/5/2030", "", "!date_in_future"},
		{Detainee, "birth", "3/5/1890", "", "!birth_too_old"},
		{Detainee, "birth", "3/5/2015", "2015-05-03", "birth_minor"},
		{Detainee, "birth", "el otro año", "", "!date_malformed"},
		{Detainee, "detained_on", "3/5/21 14h30", "2021-05-03T14:30", ""},
		{Detainee, "detained_on", "mañana", "", "!date_in_future"},
		{Detainee, "detained_on", "34 años", "", "!date_is_age"},
		{Detainee, "last_contact_on", "lunes", "2021-11-22", ""},
		{Detainee, "final_judgment_on", "2021-05-03 10:00", "2021-05-03", ""},
		{Task, "due", "15 días", "2021-12-09", ""},
		{Task, "due", "viernes", "2021-11-26", ""},
		{Task, "due", "3/5", "2022-05-03", ""},
		{Detainee, "legal_status", "SENTENCIADO", "sentenced", ""},
		{Detainee, "legal_status", "procesada", "remand", ""},
		{Detainee, "legal_status", "Contraventor", "contravention", ""},
		{Detainee, "legal_status", "apremio", "coercive", ""},
		{Detainee, "legal_status", "astronauta", "", "!enum_unknown"},
		{Detainee, "sex", "Hombre", "male", ""},
		{Detainee, "sex", "F", "female", ""},
		{Claim, "status", "Fallecido", "reported_dead", ""},
		{Claim, "status", "libre", "released", ""},
		{Claim, "status", "HERIDO", "reported_injured", ""},
		{Claim, "status", "desaparecido", "reported_missing", ""},
		{Relationship, "kinship", "mamá", "mother", ""},
		{Relationship, "next_of_kin", "sí", "true", ""},
		{Relationship, "next_of_kin", "tal vez", "", "!bool_unknown"},
		{Contact, "forbidden_channels", "carta, teléfono", "phone\nletter", ""},
		{Contact, "safe_hours", "8 a 12", "08:00-12:00", ""},
		{Contact, "safe_hours", "de 2pm a 5:30pm", "14:00-17:30", ""},
		{Contact, "safe_hours", "08h00 - 12h30", "08:00-12:30", ""},
		{Contact, "safe_hours", "por la tarde", "", "!hours_malformed"},
		{Contact, "email", "rosa en gmail", "rosa en gmail", "email_doubtful"},
		{Detainee, "penalty_months", "26 años 8 meses", "320", ""},
		{Detainee, "penalty_months", "60", "60", ""},
		{Detainee, "height_cm", "1,72 m", "172", ""},
		{Detainee, "age", "34 años", "34", ""},
		{Detainee, "age", "340", "", "!number_out_of_range"},
		{Facility, "capacity", "4,519", "4519", ""},
		{Facility, "capacity", "4.519", "4519", ""},
		{Facility, "capacity", "12.5", "", "!not_a_number"},
		{Facility, "capacity", "muchos", "", "!not_a_number"},
		{Toll, "count", "-3", "", "!number_negative"},
		{Case, "process_number", "123", "123", "court_number"},
		{Case, "detainee", "no-id", "", "!id_malformed"},
		{Case, "detainee", "AAAAAAAAAAAAAAAAAAAAAAAAAE", "aaaaaaaaaaaaaaaaaaaaaaaaae", ""},
		{Detainee, "shoe_size", "42", "", "!field_unknown"},
		{Detainee, "marks", "Tatuaje de un cóndor, brazo\n\n  Cicatriz, ceja ", "Tatuaje de un cóndor, brazo\nCicatriz, ceja", ""},
		{Detainee, "offence", strings.Repeat("x", 3000), "", "!text_too_long"},
	} {
		got, problems := Check(c.kind, c.field, c.typed, today)
		key := ""
		if len(problems) > 0 {
			key = problems[0].Key
			if !problems[0].Warning {
				key = "!" + key
			}
		}
		if got != c.want || key != c.problem {
			t.Errorf("Check(%v.%s, %.40q) = %q %q, want %q %q", c.kind, c.field, c.typed, got, key, c.want, c.problem)
		}
	}
}

func keys(problems []fault.Problem) string {
	var out []string
	for _, p := range problems {
		k := p.Field + " " + p.Key
		if !p.Warning {
			k = "!" + k
		}
		out = append(out, k)
	}
	return strings.Join(out, "; ")
}

func TestCheckAll(t *testing.T) {
	id := ID{1}.String()
	for name, c := range map[string]struct {
		kind   Kind
		values map[string]string
		want   string
	}{
		"good":             {Detainee, map[string]string{"given_names": "Íñigo", "cedula": "1714307103"}, ""},
		"nobody":           {Detainee, map[string]string{"wing": "7", "cedula": "ninguna"}, "! name_or_paper"},
		"paper only":       {Contact, map[string]string{"cedula": "1714307103"}, ""},
		"before birth":     {Detainee, map[string]string{"given_names": "Ana", "birth": "1990", "detained_on": "1989-12"}, "!detained_on detained_before_birth"},
		"same year":        {Detainee, map[string]string{"given_names": "Ana", "birth": "1990", "detained_on": "1990"}, ""},
		"age and birth":    {Detainee, map[string]string{"given_names": "Ana", "birth": "1990-01-01", "age": "40"}, "age age_not_of_birth"},
		"required":         {Case, map[string]string{"type": "libertad"}, "!detainee required"},
		"refused required": {Case, map[string]string{"detainee": "x", "type": "libertad"}, "!detainee id_malformed"},
		"hearing":          {Case, map[string]string{"detainee": id, "type": "release", "filed_on": "3/11/21", "hearing_on": "2/11/21 10:00"}, "hearing_on hearing_before_filing"},
		"ended":            {Incident, map[string]string{"name": "Motín", "started": "2021-11-12T19:00", "ended": "2021-11-12T18:00"}, "!ended ended_before_started"},
		"forbidden":        {Contact, map[string]string{"given_names": "Rosa", "preferred_channel": "sms", "forbidden_channels": "sms"}, "!preferred_channel preferred_is_forbidden"},
		"unknown kind":     {Kind(200), nil, "! kind_unknown"},
	} {
		_, problems := CheckAll(c.kind, c.values, today)
		if got := keys(problems); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestRefusedValueIsLeftOut(t *testing.T) {
	got, problems := CheckAll(Detainee, map[string]string{"given_names": "Ana", "birth": "31/2/2021", "wing": ""}, today)
	if _, ok := got["birth"]; ok || got["given_names"] != "Ana" || len(problems) != 1 {
		t.Errorf("%v %v", got, problems)
	}
	if empty, ok := got["wing"]; !ok || empty != "" {
		t.Error("an emptied field must stay, empty")
	}
}

// typing draws what people and files put into fields.
func typing() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[0-9]{1,4}[/\-. ][0-9]{1,2}([/\-. ][0-9]{1,4})?( [0-9]{1,2}[:h][0-9]{2})?`),
		rapid.StringMatching(`(hace |en |~)?[0-9]{1,3} (días|años|meses|semanas)( ago)?`),
		rapid.StringMatching(`[0-9]{1,2} (de )?(mayo|ene|sept|dec)\.? ?(de )?[0-9]{0,4}`),
		rapid.StringMatching(`\+?[0-9 ()\-]{5,16}( ext\.? [0-9]+| vecina)?`),
		rapid.SampledFrom([]string{"sí", "no", "Sentenciado", "M", "lunes pasado", "ayer 14:30", "8 a 12", "1.72", "ninguna", "aaaaaaaaaaaaaaaaaaaaaaaaae", "2021-11-24T10:00:00Z"}),
	)
}

func TestCanonicalIsFixed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		f := rapid.SampledFrom(s.Fields).Draw(t, "field")
		typed := typing().Draw(t, "typed")
		fixed(t, s.Kind, f.Name, typed)
	})
}

type failer interface {
	Fatalf(string, ...any)
}

func fixed(t failer, kind Kind, field, typed string) {
	once, problems := Check(kind, field, typed, today)
	if refused(problems) && once != "" {
		t.Fatalf("%v.%s %q: refused, yet %q", kind, field, typed, once)
	}
	twice, again := Check(kind, field, once, today)
	if twice != once || refused(again) {
		t.Fatalf("%v.%s %q: %q, read again %q (%v)", kind, field, typed, once, twice, again)
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"1714307103", "3/5/21 14:30", "0987654321 / 042345678", "José\u0301", "26 años 8 meses", "8 a 12", "\x00\xff", "carta; sms"} {
		f.Add(uint8(Detainee), uint8(3), s)
		f.Add(uint8(Contact), uint8(11), s)
	}
	f.Fuzz(func(t *testing.T, kind, field uint8, typed string) {
		s := SchemaOf(Kind(kind))
		if s == nil {
			return
		}
		fixed(t, s.Kind, s.Fields[int(field)%len(s.Fields)].Name, typed)
	})
}

func TestSynonymsNameRealOptions(t *testing.T) {
	for field, words := range Synonyms {
		options := map[string]bool{}
		for _, s := range Kinds() {
			if f, ok := s.Field(field); ok {
				for _, o := range f.Options {
					options[o] = true
				}
			}
		}
		for word, option := range words {
			if !options[option] {
				t.Errorf("%s: %q means %q, which no field has", field, word, option)
			}
			if Plain(word) != word {
				t.Errorf("%s: %q is not folded: it will never be found", field, word)
			}
		}
	}
}

// A wing is its name: lists write the word before it, people do not.
func TestWingIsItsName(t *testing.T) {
	for typed, want := range map[string]string{"PABELLÓN 5": "5", "Pab. Transitoria": "Transitoria", "5": "5", "Pabellón": "Pabellón", "Pabellon pabellón 2": "2"} {
		for _, kind := range []Kind{Detainee, Claim} {
			if got, _ := Check(kind, "wing", typed, today); got != want {
				t.Errorf("%q: %q, want %q", typed, got, want)
			}
		}
	}
	if got, _ := Check(Detainee, "cell", "CELDA B14", today); got != "B14" {
		t.Errorf("cell %q", got)
	}
}
