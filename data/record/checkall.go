package record

import (
	"sort"
	"strconv"
	"time"

	"paradero/data/fault"
)

// CheckAll checks all values of one record or entry: each field, those that
// must be there, and those that speak of each other. The canonical values hold
// every field that was given and not refused; an emptied field stays, empty.
func CheckAll(kind Kind, values map[string]string, day time.Time) (map[string]string, []fault.Problem) {
	out := map[string]string{}
	s := SchemaOf(kind)
	if s == nil {
		return out, []fault.Problem{{Key: "kind_unknown"}}
	}
	names := s.ordered(values)
	w := &whole{values: out, day: day, refused: map[string]bool{}}
	for _, name := range names {
		canonical, problems := Check(kind, name, values[name], day)
		w.problems = append(w.problems, problems...)
		if refused(problems) {
			w.refused[name] = true
			continue
		}
		out[name] = canonical
	}
	for _, f := range s.Fields {
		if f.Required && out[f.Name] == "" && !w.refused[f.Name] {
			w.refuse(f.Name, "required")
		}
	}
	if cross := crossChecks[kind]; cross != nil {
		cross(w)
	}
	return out, w.problems
}

// ordered gives the names of the given fields as the form has them; unknown ones
// come last.
func (s *Schema) ordered(values map[string]string) []string {
	names := make([]string, 0, len(values))
	for i := range s.Fields {
		if _, given := values[s.Fields[i].Name]; given {
			names = append(names, s.Fields[i].Name)
		}
	}
	if known := len(names); known < len(values) {
		for name := range values {
			if _, ok := s.byName[name]; !ok {
				names = append(names, name)
			}
		}
		sort.Strings(names[known:])
	}
	return names
}

func refused(problems []fault.Problem) bool {
	for _, p := range problems {
		if !p.Warning {
			return true
		}
	}
	return false
}

// whole is a record being checked.
type whole struct {
	values   map[string]string
	refused  map[string]bool
	day      time.Time
	problems []fault.Problem
}

func (w *whole) warn(field, key string, args ...string) {
	w.problems = append(w.problems, fault.Problem{Field: field, Key: key, Args: args, Warning: true})
}

func (w *whole) refuse(field, key string, args ...string) {
	w.problems = append(w.problems, fault.Problem{Field: field, Key: key, Args: args})
	delete(w.values, field)
}

// after reports whether all of one date surely lies after all of another; with
// both hours known, the hours count.
func (w *whole) after(later, earlier string) bool {
	a, okA := ParseCanonical(w.values[later])
	b, okB := ParseCanonical(w.values[earlier])
	if !okA || !okB {
		return false
	}
	if a.HasTime && b.HasTime {
		return a.Time(time.UTC).After(b.Time(time.UTC))
	}
	first, _ := a.Span()
	_, last := b.Span()
	return first.After(last)
}

var crossChecks = map[Kind]func(*whole){
	Detainee: checkDetainee, Contact: checkContact, Case: checkCase, Incident: checkIncident,
	Notification: checkNotification, Attempt: checkAttempt, Remains: checkRemains, Task: checkTask,
}

// identified: a person needs a name or a paper, or nobody can be told apart.
func (w *whole) identified() {
	for _, f := range []string{"given_names", "paternal_surname", "maternal_surname", "aliases", "original_name", "passport", "name_on_cedula", "other_papers"} {
		if w.values[f] != "" {
			return
		}
	}
	if c := w.values["cedula"]; c == "" || c == NoCedula || c == UnknownCedula {
		w.refuse("", "name_or_paper")
	}
}

func checkDetainee(w *whole) {
	w.identified()
	if w.after("birth", "detained_on") {
		w.refuse("detained_on", "detained_before_birth")
	}
	if w.after("birth", "offence_date") {
		w.refuse("offence_date", "offence_before_birth")
	}
	if w.after("offence_date", "detained_on") {
		w.warn("detained_on", "detained_before_offence")
	}
	if w.after("offence_date", "final_judgment_on") {
		w.warn("final_judgment_on", "judgment_before_offence")
	}
	said, err := strconv.Atoi(w.values["age"])
	if years, ok := AgeOn(w.values["birth"], w.day); ok && err == nil && (said > years+1 || said < years-1) {
		w.warn("age", "age_not_of_birth", strconv.Itoa(years))
	}
}

func checkContact(w *whole) {
	w.identified()
	if w.after("consent_on", "consent_withdrawn_on") {
		w.warn("consent_withdrawn_on", "withdrawn_before_consent")
	}
	preferred := w.values["preferred_channel"]
	for _, c := range SplitList(w.values["forbidden_channels"]) {
		if c == preferred {
			w.refuse("preferred_channel", "preferred_is_forbidden")
		}
	}
}

func checkCase(w *whole) {
	for _, pair := range [][3]string{
		{"filed_on", "hearing_on", "hearing_before_filing"},
		{"filed_on", "boleta_date", "boleta_before_filing"},
		{"boleta_date", "left_at", "left_before_boleta"},
		{"opened_on", "closed_on", "closed_before_opened"},
	} {
		if w.after(pair[0], pair[1]) {
			w.warn(pair[1], pair[2])
		}
	}
}

func checkIncident(w *whole) {
	if w.after("started", "ended") {
		w.refuse("ended", "ended_before_started")
	}
}

func checkNotification(w *whole) {
	if w.after("when", "ended") {
		w.refuse("ended", "ended_before_started")
	}
}

func checkAttempt(w *whole) {
	if w.after("when", "next_due") {
		w.warn("next_due", "next_before_attempt")
	}
}

func checkTask(w *whole) {
	if w.after("remind_on", "due") {
		w.warn("remind_on", "remind_after_due")
	}
}

func checkRemains(w *whole) {
	if w.after("found_at", "handed_on") {
		w.refuse("handed_on", "handed_before_found")
	}
	if w.values["identified_as"] != "" && w.values["method"] == "" {
		w.warn("method", "identified_without_method")
	}
}
