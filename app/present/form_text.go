package present

import (
	"errors"
	"strings"
	"time"

	"paradero/app"
	"paradero/assets"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// problemText says one reason in words.
func problemText(w *assets.Words, p fault.Problem) string { return app.ProblemText(p, w) }

// failure says an error in words, with every reason it carries.
func failure(w *assets.Words, err error) Failure {
	text, hint := app.Words(err, w)
	var e *fault.Error
	if errors.As(err, &e) {
		for _, p := range e.Problems {
			if !p.Warning {
				text = join(" ", text, problemText(w, p))
			}
		}
	}
	return Failure{Text: text, Hint: hint, Away: e != nil && e.Key == "record_away"}
}

// dateText writes a canonical date or moment as people read it, exactly as
// exact as it is known: "21 nov 2026, 14:30", "nov 2026", "2026".
func dateText(w *assets.Words, canonical string) string { return app.DateText(canonical, w) }

// dateFull writes it with the month in full, as a form reads a date back.
func dateFull(w *assets.Words, canonical string) string { return app.DateFull(canonical, w) }

// stamp writes when something was written down.
func stamp(w *assets.Words, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return dateText(w, t.Format("2006-01-02T15:04"))
}

// bornText says how old somebody is, and that it is about where only the year
// or an age is known.
func bornText(w *assets.Words, birth string, now time.Time) string {
	years, ok := record.AgeOn(birth, now)
	if !ok {
		return ""
	}
	d, _ := record.ParseCanonical(birth)
	if d.Exact() {
		return w.N("person.age", years)
	}
	return w.N("person.age_about", years)
}

// valueText says a value in words, by its type.
func valueText(env Env, kind record.Kind, f *record.Field, text string) string {
	w := env.Words
	if text == "" {
		return ""
	}
	switch f.Type {
	case record.Date, record.Moment:
		if f.Name == "birth" {
			return join(" · ", dateText(w, text), bornOnce(w, text, env.API.Now()))
		}
		return dateText(w, text)
	case record.Bool:
		return w.T("form." + text)
	case record.Enum:
		return optionLabel(w, kind, f.Name, text)
	case record.Enums:
		items := record.SplitList(text)
		for i := range items {
			items[i] = optionLabel(w, kind, f.Name, items[i])
		}
		return strings.Join(items, ", ")
	case record.Texts:
		if f.Name == "phones" {
			phones := record.SplitList(text)
			for i := range phones {
				phones[i] = phoneText(phones[i])
			}
			return strings.Join(phones, "; ")
		}
		return strings.ReplaceAll(text, "\n", "; ")
	case record.Ref, record.Refs:
		names := record.SplitList(text)
		for i := range names {
			if id, err := record.ParseID(names[i]); err == nil {
				names[i] = refName(env, id)
			}
		}
		return strings.Join(names, "; ")
	case record.Phone:
		return phoneText(text)
	case record.Cedula:
		return cedulaText(w, kind, text)
	}
	return text
}

// cedulaText says in words that there is none, or that it is not known.
func cedulaText(w *assets.Words, kind record.Kind, text string) string {
	if text == record.NoCedula || text == record.UnknownCedula {
		return optionLabel(w, kind, "cedula", text)
	}
	return text
}

// bornOnce adds the age to a birth, save where the birth is itself an age.
func bornOnce(w *assets.Words, birth string, now time.Time) string {
	if strings.HasPrefix(birth, "~") {
		return ""
	}
	return bornText(w, birth, now)
}

// phoneText groups an Ecuadorian number for reading aloud.
func phoneText(s string) string {
	if rest, ok := strings.CutPrefix(s, "+5939"); ok && len(rest) == 8 {
		return "+593 9" + rest[:1] + " " + rest[1:4] + " " + rest[4:]
	}
	return s
}

// read checks what was typed and gives its canonical text, or what was typed
// when that is refused, with the reason in words.
func (f *Form) read(name, typed string) (value, problem, warning string) {
	canonical, problems := record.Check(f.Kind, name, typed, f.day)
	value = canonical
	for _, p := range problems {
		if p.Warning {
			warning = join(" ", warning, problemText(f.words, p))
			continue
		}
		value, problem = typed, join(" ", problem, problemText(f.words, p))
	}
	return value, problem, warning
}

// readAll checks the fields together, as the door will.
func (f *Form) readAll() []fault.Problem {
	if f.Kind == record.Claim {
		return nil // a claim's rules are those of its status: see ClaimForm
	}
	values := map[string]string{}
	if f.Base != nil {
		for name := range f.Base.Values {
			values[name] = f.Base.Get(name)
		}
	}
	for i := range f.Fields {
		values[f.Fields[i].Name] = f.Fields[i].Value
	}
	_, problems := record.CheckAll(f.Kind, values, f.day)
	return problems
}

// claimProblems is what a claim lacks, by the rules.
func claimProblems(values map[string]string) []fault.Problem { return rule.CheckClaim(values) }

// doubtOf says why a stored value is doubted, "" when it is not.
func doubtOf(w *assets.Words, kind record.Kind, field, value string, now time.Time) string {
	if value == "" {
		return ""
	}
	_, problems := record.Check(kind, field, value, now)
	var reasons []string
	for _, p := range problems {
		reasons = append(reasons, problemText(w, p))
	}
	return join(" ", reasons...)
}

// entryText is what stands in an entry for a canonical value: a date in words,
// anything else as it is.
func (f *Form) entryText(own *FormField) string {
	switch own.Type {
	case record.Date, record.Moment:
		return dateText(f.words, own.Value)
	}
	return own.Value
}

// understood says how a date or a phone was read, where that adds something.
func (f *Form) understood(own *FormField) string {
	if own.Value == "" {
		return ""
	}
	switch own.Type {
	case record.Date, record.Moment:
		if own.Name == "birth" {
			return join(" · ", dateFull(f.words, own.Value), bornOnce(f.words, own.Value, f.day))
		}
		return dateFull(f.words, own.Value)
	case record.Phone:
		if text := phoneText(own.Value); text != own.Shown {
			return text
		}
	}
	return ""
}
