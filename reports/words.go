package reports

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"paradero/data/record"
)

// The Spanish of papers: dates in words, names as people write them, lists
// that end in "y".

// fullName is given names, then both surnames; what a list wrote in one column
// when nothing else is known.
func (d *dossier) fullName(r *record.Record) string {
	name := clip(r.Get("given_names") + " " + r.Get("paternal_surname") + " " + r.Get("maternal_surname"))
	for _, s := range []string{name, clip(r.Get("original_name")), clip(strings.Join(r.List("aliases"), ", "))} {
		if s != "" {
			return s
		}
	}
	return d.texts.T("doc.unnamed")
}

// date writes a canonical date or moment in words: "21 de noviembre de 2026",
// with the hour where it is known.
func (d *dossier) date(canonical string) string {
	if age, on, ok := strings.Cut(strings.TrimPrefix(canonical, "~"), "@"); ok {
		return d.texts.T("doc.age_on", age, d.date(on))
	}
	if t, err := time.Parse("2006-01-02T15:04", canonical); err == nil {
		return d.momentWords(t)
	}
	if t, err := time.Parse("2006-01-02", canonical); err == nil {
		return d.day(t)
	}
	if t, err := time.Parse("2006-01", canonical); err == nil {
		return d.texts.T("date.month", "", d.month(t), strconv.Itoa(t.Year()))
	}
	return canonical
}

func (d *dossier) day(t time.Time) string {
	return d.texts.T("date.full", strconv.Itoa(t.Day()), d.month(t), strconv.Itoa(t.Year()))
}

func (d *dossier) momentWords(t time.Time) string {
	return d.texts.T("doc.moment", d.day(t), t.Format("15:04"))
}

func (d *dossier) month(t time.Time) string {
	return d.texts.T("month." + strconv.Itoa(int(t.Month())))
}

// short is the date of a source: narrow enough for its column.
func (d *dossier) short(canonical string) string {
	for in, out := range map[string]string{"2006-01-02T15:04": "02/01/2006 15:04", "2006-01-02": "02/01/2006", "2006-01": "01/2006"} {
		if t, err := time.Parse(in, canonical); err == nil {
			return t.Format(out)
		}
	}
	return canonical
}

// and joins names: "Ana, Luis e Inés".
func and(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := items[len(items)-1]
	return strings.Join(items[:len(items)-1], ", ") + conjunction(last) + last
}

// conjunction is "e" before the sound of i, save where it is a half-vowel.
func conjunction(next string) string {
	w := strings.ToLower(next)
	for _, p := range []string{"hia", "hie", "hio", "ia", "ie", "io", "iu"} {
		if strings.HasPrefix(w, p) {
			return " y "
		}
	}
	for _, p := range []string{"i", "í", "hi", "hí"} {
		if strings.HasPrefix(w, p) {
			return " e "
		}
	}
	if strings.HasPrefix(w, "y") && len(w) > 1 && !strings.ContainsRune("aeiouáéíóú", []rune(w)[1]) {
		return " e "
	}
	return " y "
}

// word gives the Spanish of an option, the option itself where there is none.
func (d *dossier) word(group, option string) string {
	if option == "" {
		return ""
	}
	if key := "word." + group + "." + option; d.texts.Has(key) {
		return d.texts.T(key)
	}
	return option
}

func (d *dossier) role() string {
	if key := "role." + d.info.Role; d.texts.Has(key) {
		return d.texts.T(key)
	}
	return d.info.Role
}

// capital begins a value that stands at the start of a line.
func capital(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// phone writes a stored number as people read it here.
func phone(s string) string {
	if digits, ok := strings.CutPrefix(s, "+593"); ok && len(digits) == 9 {
		return "0" + digits[:2] + "\u00a0" + digits[2:5] + "\u00a0" + digits[5:] // one number stays on one line
	}
	return s
}
