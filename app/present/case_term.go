package present

import (
	"context"
	"slices"
	"strconv"
	"time"

	"paradero/data/record"
	"paradero/data/rule"
)

// Term is the end of a sentence as an estimate, with everything it was
// computed from; a lawyer decides.
type Term struct {
	Headline string // "15 días restantes"; "" while something is missing
	Date     string
	Past     bool
	Inputs   []Line
	Doubts   []string
	Lacks    string // what must be known first; "" when it could be computed
}

// termOf estimates the end of a person's sentence.
func termOf(env Env, person *record.Record) *Term {
	w := env.Words
	est, ok := rule.EndOfSentence(person, env.Day())
	if !ok {
		return &Term{Lacks: w.T("case.term.lacks")}
	}
	t := &Term{Date: dateFull(w, est.Date)}
	switch {
	case est.DaysLeft > 0:
		t.Headline = w.N("case.term.left", est.DaysLeft)
	case est.DaysLeft == 0:
		t.Headline = w.T("case.term.today")
	default:
		t.Headline, t.Past = w.N("case.term.past", -est.DaysLeft), true
	}
	for _, in := range est.Inputs {
		t.Inputs = append(t.Inputs, Line{Label: w.T("case.term.input." + in.Field), Value: termValue(env, in)})
	}
	for _, d := range est.Doubts {
		t.Doubts = append(t.Doubts, w.T("case.term.doubt."+d))
	}
	return t
}

func termValue(env Env, in rule.Input) string {
	w := env.Words
	n, err := strconv.Atoi(in.Value)
	switch {
	case in.Field == "penalty_months" && err == nil:
		if n >= 12 && n%12 == 0 {
			return w.N("case.term.years", n/12)
		}
		return w.N("case.term.months", n)
	case in.Field == "credited_days" && err == nil:
		return w.N("case.term.days", n)
	}
	return dateText(w, in.Value)
}

// emergencyOf reads the state of emergency of an incident, with its end; nil
// while none is recorded.
func emergencyOf(env Env, incident *record.Record) *Emergency {
	if incident.Get("emergency_from") == "" && incident.Get("emergency_decree") == "" {
		return nil
	}
	w := env.Words
	em := &Emergency{Place: incident.Get("emergency_place")}
	if em.Place == "" {
		em.Place = incident.Get("facility")
	}
	end, long, ok := rule.EmergencyEnd(incident)
	if !ok {
		em.Chip = Chip{Text: w.T("incident.emergency.no_end"), Tone: Warn}
		return em
	}
	em.End = dateText(w, end)
	days := daysUntil(env, end)
	switch {
	case days < 0:
		em.Over, em.Chip = true, Chip{Text: w.T("incident.emergency.over", em.End)}
	default:
		em.Chip = Chip{Text: w.T("incident.emergency.until", em.End), Tone: Accent}
		em.Left = w.N("incident.emergency.left", days)
	}
	if long {
		em.Doubt = w.T("incident.emergency.long")
	}
	return em
}

// inForce names the states of emergency that run today, wherever they were
// declared: which deadlines they touch a lawyer decides.
func inForce(ctx context.Context, env Env) ([]string, error) {
	var out []string
	err := env.API.Each(ctx, record.Incident, func(r *record.Record) error {
		if em := emergencyOf(env, r); em != nil && !em.Over && !r.Deleted {
			if text := dot(em.Chip.Text, em.Place); !slices.Contains(out, text) { // one decree, two incidents
				out = append(out, text)
			}
		}
		return nil
	})
	return out, err
}

// daysUntil counts the days from the office's today to a canonical day.
func daysUntil(env Env, day string) int {
	to, err1 := time.Parse(time.DateOnly, day)
	from, err2 := time.Parse(time.DateOnly, env.Day())
	if err1 != nil || err2 != nil {
		return 0
	}
	return int(to.Sub(from).Hours() / 24)
}
