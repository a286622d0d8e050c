package present

import (
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
)

// StepLine is one step of a release on the step line.
type StepLine struct {
	Name    string
	Label   string
	When    string
	Who     string
	Note    string
	Done    bool
	Current bool // the step that the case has reached
	Next    bool // the step after it
}

// stepFields are what each step must leave written (DOMAIN §4). The last one
// needs the hour and a witness: an order is not yet a man in the street.
var stepFields = map[string][]string{
	"eligible":         {"pathway", "legal_basis"},
	"papers_collected": {},
	"filed":            {"court", "process_number", "filed_on"},
	"hearing":          {"hearing_on", "judge"},
	"ordered":          {"boleta_number", "boleta_date", "judge", "conditions"},
	"left":             {"left_at", "left_seen_by"},
}

// stepNeeds are those of them without which the step is not believed.
var stepNeeds = map[string][]string{
	"eligible": {"pathway"},
	"filed":    {"court", "filed_on"},
	"hearing":  {"hearing_on"},
	"ordered":  {"boleta_number", "boleta_date", "judge"},
	"left":     {"left_at", "left_seen_by"},
}

// stepLines shows how far a release is, with who did each step and when. A
// step that was passed without a word is done, and says that it has no entry.
func stepLines(env Env, r *record.Record) []StepLine {
	w := env.Words
	reached := slices.Index(record.CaseSteps, r.Get("step"))
	said := map[string]record.Entry{}
	for _, e := range r.Standing(record.Step) {
		said[e.Get("step")] = e // the last word on a step stands
	}
	lines := make([]StepLine, len(record.CaseSteps))
	for i, name := range record.CaseSteps {
		lines[i] = StepLine{
			Name: name, Label: optionLabel(w, record.Case, "step", name),
			Done: i <= reached, Current: i == reached, Next: i == reached+1,
		}
		e, ok := said[name]
		switch {
		case !lines[i].Done:
		case !ok:
			lines[i].Note = w.T("case.step.no_entry")
		default:
			when := e.Get("when")
			if when == "" {
				when = e.At.Format("2006-01-02T15:04")
			}
			lines[i].When, lines[i].Note = dateText(w, when), e.Get("note")
			if lines[i].Who = e.Get("who"); lines[i].Who == "" {
				lines[i].Who = e.By
			}
		}
	}
	return lines
}

// Advance is the form that takes a release to a step: what the step must leave
// written, and who did it when.
type Advance struct {
	Step  string
	Label string
	Facts *Form // fields of the case
	Entry *Form // when, who, note
	words *assets.Words
}

// Typed reports whether somebody typed about the step itself: when and who are
// proposed.
func (a *Advance) Typed() bool { return a.Entry.Field("note").Value != "" }

// Shown are the fields of the entry that a person fills. Somebody left when he
// left: the hour is asked once.
func (a *Advance) Shown() []string {
	if a.Step == "left" {
		return []string{"who", "note"}
	}
	return []string{"when", "who", "note"}
}

// Advance opens the form of a step. Going back is a step like any other: a
// hearing can be suspended, and what was said before stays.
func (c *Case) Advance(step string) *Advance {
	c.open.begin(c.Record)
	w, now := c.env.Words, c.env.API.Now()
	a := &Advance{
		Step: step, Label: optionLabel(w, record.Case, "step", step), words: w,
		Facts: NewForm(record.Case, c.Record, stepFields[step], w, now),
		Entry: NewForm(record.Step, nil, []string{"step", "when", "who", "note"}, w, now),
	}
	a.Facts.Require(stepNeeds[step]...)
	a.Entry.Propose("step", step) // not shown: it is what the form is about
	a.Entry.Propose("when", c.env.Minute())
	a.Entry.Propose("who", c.env.API.Info().Name)
	if step == "left" {
		a.Entry.Require("who")
	}
	return a
}

// check puts beside the fields what the step still needs.
func (a *Advance) check() bool {
	if a.Step != "left" {
		return true
	}
	at := a.Facts.Field("left_at")
	if at.Value != "" && at.Problem == "" && !strings.Contains(at.Value, "T") {
		at.Problem = a.words.T("case.left_needs_hour")
		return false
	}
	return true
}

// SaveStep saves a step: the case's fields, the entry that says who and when,
// and, where it changes how the person stands, a claim about him. All of it is
// saved or nothing.
func (c *Case) SaveStep(a *Advance, done func(bool)) {
	change, factsOK := a.Facts.Change()
	if a.Step == "left" {
		a.Entry.Propose("when", a.Facts.Field("left_at").Value)
	}
	entry, entryOK := a.Entry.Addition()
	hourOK := a.check()
	if !factsOK || !entryOK || !hourOK {
		done(false)
		return
	}
	change.Set["step"] = a.Step
	change.Add = append(change.Add, entry)
	changes := []data.Change{change}
	if claim := c.stepClaim(a); claim != nil {
		changes = append(changes, data.Change{Record: c.Record.Ref("detainee"), Kind: record.Detainee, Add: []data.Addition{*claim}})
	}
	saveForm(c.ctx, c.env, a.Facts, done, changes...)
}

// stepClaim is what a step says about the person: an order makes him one whose
// release is ordered; only having been seen outside makes him released.
func (c *Case) stepClaim(a *Advance) *data.Addition {
	v := a.Facts.Values()
	w := c.env.Words
	number := c.Record.Get("number")
	switch a.Step {
	case "ordered":
		return &data.Addition{Kind: record.Claim, Values: map[string]string{
			"status": "ordered_released", "source": v["judge"], "source_kind": "authority", "when": v["boleta_date"],
			"through": c.env.API.Info().Name, "evidence": w.T("case.claim.boleta", v["boleta_number"], number),
		}}
	case "left":
		return &data.Addition{Kind: record.Claim, Values: map[string]string{
			"status": "released", "source": v["left_seen_by"], "source_kind": "other", "when": v["left_at"],
			"through": c.env.API.Info().Name, "evidence": w.T("case.claim.left", number),
		}}
	}
	return nil
}

// stepLimits are how long a release may stand at a step before somebody should
// look at it. They are a habit of offices, not law (DOMAIN §4).
var stepLimits = []rule.StepLimit{
	{Step: "", Days: 7},
	{Step: "screened", Days: 7},
	{Step: "eligible", Days: 14},
	{Step: "papers_collected", Days: 7},
	{Step: "filed", Days: 15},
	{Step: "hearing", Days: 10},
	{Step: "ordered", Days: 1},
	{Step: "checked_at_prison", Days: 1},
}

// stuckChip warns of a release that stands still.
func stuckChip(env Env, r *record.Record) Chip {
	if r.Get("type") != "release" {
		return Chip{}
	}
	days, stuck := rule.Stuck(r, stepLimits, env.Day())
	if !stuck {
		return Chip{}
	}
	return Chip{Text: env.Words.N("cases.stuck", days), Tone: Warn}
}
