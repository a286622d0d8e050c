package present

import (
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// ClaimLine is one claim: what one source said, and when it was true.
type ClaimLine struct {
	ID        record.ID
	What      Chip
	Place     string
	Source    string
	When      string
	Meta      string // reliability, through whom, method, proof
	Evidence  string
	By        string // who wrote it down, and when
	Corrected bool   // a later claim takes it back; it stays in sight
	Note      string // that it corrects or resolves, and why
	Circle    string // that alone reads it; "" where whoever reads the page does
}

// claimLines lists a detainee's claims, the newest by source date first.
func claimLines(env Env, r *record.Record) []ClaimLine {
	w := env.Words
	claims, taken := r.Of(record.Claim), record.TakenBack(r.Entries)
	slices.Reverse(claims)
	slices.SortStableFunc(claims, func(a, b record.Entry) int { return strings.Compare(saidAt(&b), saidAt(&a)) })
	lines := make([]ClaimLine, 0, len(claims))
	for i := range claims {
		line := claimLine(w, &claims[i])
		line.Corrected, line.Circle = taken[claims[i].ID], circleOf(env, r, &claims[i])
		lines = append(lines, line)
	}
	return lines
}

func saidAt(e *record.Entry) string {
	if when := e.Get("when"); when != "" {
		return when
	}
	return e.At.Format("2006-01-02T15:04")
}

func claimLine(w *assets.Words, e *record.Entry) ClaimLine {
	line := ClaimLine{ID: e.ID, Source: claimSource(w, e), When: claimWhen(w, e), Evidence: e.Get("evidence")}
	switch status := e.Get("status"); {
	case slices.Contains(record.LifeStatuses, status):
		line.What = lifeChip(w, status)
	case status != "":
		line.What = Chip{Text: optionLabel(w, record.Claim, "status", status), Tone: Accent}
	case e.Get("facility") != "" || e.Get("wing") != "" || e.Get("cell") != "":
		line.What = Chip{Text: w.T("person.claim.place"), Tone: Accent}
	default:
		line.What = Chip{Text: w.T("person.claim.resolution"), Tone: Grey}
	}
	line.Place = whereText(w, e.Get("facility"), e.Get("wing"), e.Get("cell"))
	through := e.Get("through")
	if through != "" {
		through = w.T("person.claim.through", through)
	}
	reliability := ""
	if e.Get("reliability") != "" {
		reliability = w.T("person.claim.reliability", strings.ToLower(optionLabel(w, record.Claim, "reliability", e.Get("reliability"))))
	}
	line.Meta = dot(optionLabel(w, record.Claim, "source_kind", e.Get("source_kind")), reliability, through,
		optionLabel(w, record.Claim, "method", e.Get("method")), e.Get("proof"), e.Get("authority"), secondPerson(w, e))
	line.By = w.T("person.claim.by", e.By, stamp(w, e.At))
	if e.List != "" {
		line.By = w.T("person.claim.by_list", e.List, stamp(w, e.At))
	}
	if e.Second == record.Approve && e.Decided != "" {
		line.By = dot(line.By, w.T("person.claim.approved", e.Decided, stamp(w, e.DecidedAt)))
	}
	switch {
	case e.Get("resolves") != "":
		line.Note = w.T("person.claim.resolves", e.Get("reason"))
	case e.Get("corrects") != "":
		line.Note = w.T("person.claim.corrects", e.Get("reason"))
	}
	return line
}

func secondPerson(w *assets.Words, e *record.Entry) string {
	if e.Second != "" || e.Get("proposed_by") == "" && e.Get("approved_by") == "" {
		return "" // what stands beside it was signed by who said it
	}
	if e.Get("approved_by") == "" {
		return w.T("person.claim.one", e.Get("proposed_by"))
	}
	return w.T("person.claim.two", e.Get("proposed_by"), e.Get("approved_by"))
}

// ClaimForm adds a claim: a status, a place or both. A claim is never edited;
// to correct one is to add another that names it.
type ClaimForm struct {
	*Form
	Title   string
	OnPlace bool // only the place is asked for

	person record.ID
	base   *record.Record
	second bool // a confirmed death waits for another member's word

	Circle record.ID // who alone reads it; zero: whoever reads the person
}

// NewClaim opens the form for a new claim about a status.
func (p *Person) NewClaim() *ClaimForm { return p.claimForm("person.claim.add", false) }

// NewPlace opens the form for a new claim about a place alone.
func (p *Person) NewPlace() *ClaimForm { return p.claimForm("person.claim.add_place", true) }

// CorrectClaim opens the form on an older claim: what it said is there to be
// put right, and the reason is asked for.
func (p *Person) CorrectClaim(id record.ID) *ClaimForm {
	f := p.claimForm("person.claim.correct", false)
	for _, e := range p.Record.Entries {
		if e.ID != id || e.Kind != record.Claim {
			continue
		}
		for name, value := range e.Values {
			if name != "corrects" && name != "resolves" && name != "reason" {
				f.Start(name, value)
			}
		}
	}
	f.Start("corrects", id.String())
	f.Require("reason")
	return f
}

// Resolve opens the form that ends a contradiction: which of the two stands,
// and why. Both stay in sight.
func (p *Person) Resolve(c Clash) *ClaimForm {
	f := p.claimForm("person.claim.resolve", false)
	ids := make([]string, 0, len(c.IDs))
	for _, id := range c.IDs {
		ids = append(ids, id.String())
	}
	f.Start("resolves", record.JoinList(ids))
	f.Require("reason")
	return f
}

var claimFields = []string{
	"status", "facility", "wing", "cell", "source", "source_kind", "when", "through", "reliability",
	"method", "proof", "authority", "proposed_by", "approved_by", "evidence", "corrects", "resolves", "reason",
}

func (p *Person) claimForm(title string, place bool) *ClaimForm {
	env := p.env
	p.open.begin(p.Record)
	f := &ClaimForm{
		Form:  NewForm(record.Claim, nil, claimFields, env.Words, env.API.Now()),
		Title: env.Words.T(title), OnPlace: place, person: p.ID, base: p.Record,
		second: env.API.NeedsSecond(data.ProposalDeath),
	}
	f.Start("when", env.Minute())
	return f
}

// Second says who must agree before a confirmed death counts, and whether there is
// nobody yet who may; "" where one word suffices.
func (f *ClaimForm) Second(env Env) (text string, nobody bool) {
	if !f.second {
		return "", false
	}
	circle := f.Circle
	if circle.IsZero() && f.base != nil {
		circle = f.base.Circle
	}
	return secondText(env, circle)
}

// secondText names those who can be asked for the second word on what is written
// for a circle; zero: for the whole team.
func secondText(env Env, circle record.ID) (text string, nobody bool) {
	who, key := env.API.MayApprove(), "proposal.waits.nobody"
	if o, ok := env.API.(interface {
		MayApproveIn(circle record.ID) []string
	}); ok && !circle.IsZero() {
		who, key = o.MayApproveIn(circle), "proposal.waits.nobody_in"
	}
	if len(who) == 0 {
		return env.Words.T(key), true
	}
	return env.Words.T("proposal.waits", join(", ", who...)), false
}

// Visible names the fields that make sense for what is being said: the method
// and proof of a confirmation only where there is one, and only the methods
// that the status can have.
func (f *ClaimForm) Visible() []string {
	status := f.Field("status").Value
	names := []string{"status", "facility", "wing", "cell", "source", "source_kind", "when", "reliability", "through"}
	if f.OnPlace {
		names = names[1:]
	}
	switch status {
	case "confirmed_dead":
		names = append(names, "method", "proof", "authority")
		if !f.second { // who proposes and who approves is known where each signs for himself
			names = append(names, "proposed_by", "approved_by")
		}
	case "confirmed_alive":
		names = append(names, "method", "proof")
	case "reported_dead":
		names = append(names, "method")
	}
	names = append(names, "evidence")
	if f.Field("corrects").Value != "" || f.Field("resolves").Value != "" {
		names = append(names, "reason")
	}
	return names
}

// SetStatus chooses the status and offers the methods that go with it.
func (f *ClaimForm) SetStatus(status, member string) {
	f.Set("status", status)
	methods := record.Methods
	switch status {
	case "confirmed_alive":
		methods = record.AliveMethods
	case "confirmed_dead":
		methods = record.PrimaryMethods
		if f.Field("proposed_by").Value == "" {
			f.Propose("proposed_by", member)
		}
	case "reported_dead":
		methods = record.IdentificationMethods
	}
	choices := make([]Option, 0, len(methods))
	for _, m := range methods {
		choices = append(choices, Option{Value: m, Label: optionLabel(f.words, record.Claim, "method", m)})
	}
	f.Offer("method", choices)
	if m := f.Field("method"); m.Value != "" && !slices.Contains(methods, m.Value) {
		f.Set("method", "")
	}
}

// speaks reports whether the claim says a status or a place; one that takes an
// older claim back need not.
func (f *ClaimForm) speaks() bool {
	for _, name := range []string{"status", "facility", "wing", "cell", "corrects"} {
		if f.Field(name).Value != "" {
			return true
		}
	}
	return false
}

// Change gives the claim as an addition to its person. A claim that says
// nothing is not one, and what a confirmation lacks stands beside its field.
func (f *ClaimForm) Change() (data.Change, bool) {
	shown := f.Visible()
	for i := range f.Fields { // what is no longer asked for is no longer said
		own := &f.Fields[i]
		if own.Name != "corrects" && own.Name != "resolves" && !slices.Contains(shown, own.Name) {
			own.Value, own.Problem, own.Warning = "", "", ""
		}
	}
	f.recheck()
	lacking := f.place(claimProblems(f.Values())) // first, so that all reasons are seen at once
	if !f.speaks() {
		own := f.Field("status")
		if f.OnPlace {
			own = f.Field("facility")
		}
		own.Problem, lacking = f.words.T("person.claim.says_nothing"), true
	}
	if !f.complete() || lacking {
		return data.Change{}, false
	}
	return data.Change{
		Record: f.person, Kind: record.Detainee, Base: f.base, Reason: f.Field("reason").Value,
		Circle: f.Circle, Add: []data.Addition{{Kind: record.Claim, Values: f.Values()}},
	}, true
}
