package present

import (
	"context"
	"errors"
	"slices"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
)

// Contact is the page of one contact: who, how he may safely be reached, what
// he consented to, whom he belongs to, and every talk with him.
type Contact struct {
	State     State
	Failure   Failure
	ID        record.ID
	Record    *record.Record
	Name      string
	Initials  string
	Line      string // paper, household
	Alerts    []Alert
	Safe      FactCard   // how to reach him, in the order in which a caller needs it
	Facts     []FactCard // identity, reach, consent
	Ties      []TieLine  // each detainee with his own status
	Log       []TalkLine // newest first
	Told      []ToldLine
	Steps     []TimelineLine
	Notes     []NoteLine
	Household *HouseholdLink
	Next      DueLine // the next contact that is due; empty What when none
	Stale     bool
	Elsewhere *Elsewhere // what was changed meanwhile

	env       Env
	ctx       context.Context
	latest    *Latest[*contactData]
	detainees []tie
	open      openForms
	shown     func()
}

// Alert is what must be read before calling.
type Alert struct {
	Text string
	Tone Tone
}

// HouseholdLink leads to the contact's household.
type HouseholdLink struct {
	ID   record.ID
	Name string
}

// TalkLine is one attempt of the log.
type TalkLine struct {
	ID      record.ID
	When    string
	Outcome Chip
	Line    string // channel, by whom, about whom
	Said    string
	Asked   string
	Next    string
}

// ToldLine is one telling of a death.
type ToldLine struct {
	ID    record.ID
	Title string
	Line  string
	Lines []Line
}

type contactData struct {
	record    *record.Record
	ties      []tie
	attempts  []*record.Record
	tellings  []*record.Record
	household *record.Record
	moments   []data.Moment
}

// NewContact makes the page of a contact; Open fills it.
func NewContact(ctx context.Context, env Env, id record.ID, shown func()) *Contact {
	return &Contact{env: env, ctx: ctx, ID: id, shown: shown, latest: NewLatest[*contactData](env.Run)}
}

// Open reads the page, or reads it again.
func (c *Contact) Open() {
	id := c.ID
	c.latest.Ask(c.ctx, func(ctx context.Context) (*contactData, error) {
		return readContact(ctx, c.env.API, id)
	}, func(d *contactData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			c.State, c.Failure = Failed, failure(c.env.Words, err)
		default:
			c.take(d)
		}
		c.shown()
	})
}

// Drop forgets what is under way.
func (c *Contact) Drop() { c.latest.Drop() }

// Heed takes an event, as Person.Heed does.
func (c *Contact) Heed(e data.Event) {
	touches := e.ID == c.ID || e.ID.IsZero() && e.Kind == record.Contact
	if touches && c.open.any() {
		c.Stale = true
	}
	switch e.Kind {
	case record.Contact:
		if !touches {
			return
		}
	case record.Relationship, record.Detainee, record.Attempt, record.Notification, record.Household:
	default:
		return
	}
	c.Open()
}

// GoOn takes what was changed meanwhile as known; the open form still rests on the
// record as it was.
func (c *Contact) GoOn() {
	c.open.seen(c.Record)
	c.Stale, c.Elsewhere = false, nil
}

// Done says that a form was saved or given up.
func (c *Contact) Done() {
	if c.open.end() {
		c.Stale, c.Elsewhere = false, nil
	}
}

func readContact(ctx context.Context, api data.API, id record.ID) (*contactData, error) {
	d := &contactData{}
	var err error
	if d.record, err = api.Get(ctx, id); err != nil {
		return nil, err
	}
	ties, err := api.Links(ctx, id, record.Relationship)
	for _, r := range ties {
		if other, e := api.Get(ctx, r.Ref("detainee")); e == nil {
			d.ties = append(d.ties, tie{record: r, other: other})
		}
	}
	attempts, e1 := api.Links(ctx, id, record.Attempt)
	tellings, e2 := api.Links(ctx, id, record.Notification)
	moments, e3 := api.Timeline(ctx, id)
	d.attempts, d.tellings, d.moments = attempts, tellings, moments
	data.AuditOf(api).Opened(d.record)
	if home := d.record.Ref("household"); !home.IsZero() {
		d.household, _ = api.Get(ctx, home) // without it the link is not drawn
	}
	return d, errors.Join(err, e1, e2, e3)
}

// contactGroups are the cards below the one that says how to reach him, which
// holds the fields of safe contact and speech.
var contactGroups = []string{"identity", "reach", "consent"}

func (c *Contact) take(d *contactData) {
	w, r := c.env.Words, d.record
	c.Elsewhere = c.open.changes(c.env, r)
	c.Stale = c.Elsewhere != nil
	c.State, c.Record, c.detainees = Ready, r, d.ties
	c.Name = fullName(w, r)
	c.Initials = initials(r.Get("paternal_surname"), r.Get("maternal_surname"), r.Get("given_names"), "")
	c.Household = nil
	if d.household != nil {
		c.Household = &HouseholdLink{ID: d.household.ID, Name: d.household.Get("name")}
	}
	c.Line = dot(paperText(w, r), bornText(w, r.Get("birth"), c.env.API.Now()))
	c.Alerts = alerts(c.env, r, d.household)
	c.Safe = FactCard{Group: "safe", Title: w.T("family.safe"), Lines: safeLines(c.env, r)}
	for _, card := range facts(c.env, r, []string{"safe_contact", "speech"}) {
		c.Safe.Fields = append(c.Safe.Fields, card.Fields...)
	}
	c.Facts = facts(c.env, r, contactGroups)
	c.Ties = tiedDetainees(w, d.ties)
	c.Log = talkLines(c.env, d.attempts)
	c.Told = toldLines(c.env, d.tellings)
	c.Steps = timeline(c.env, r.Kind, d.moments)
	c.Notes = noteLines(c.env, r)
	c.Next = DueLine{}
	if lines := due(c.env, &personData{ties: []tie{{record: r, other: r}}, attempts: d.attempts, tellings: d.tellings}); len(lines) > 0 {
		c.Next = lines[0]
	}
}

// paperText names the paper that tells somebody apart.
func paperText(w *assets.Words, r *record.Record) string {
	switch cedula := r.Get("cedula"); {
	case cedula != "" && cedula != record.NoCedula && cedula != record.UnknownCedula:
		return w.T("person.cedula", cedula)
	case r.Get("passport") != "":
		return w.T("person.passport", r.Get("passport"))
	}
	return w.T("person.no_paper")
}

// tiedDetainees gives each of a contact's people his own status and place.
func tiedDetainees(w *assets.Words, ties []tie) []TieLine {
	lines := make([]TieLine, 0, len(ties))
	for _, t := range ties {
		s := rule.Conclude(t.other)
		line := TieLine{
			Tie: t.record.ID, Other: t.other.ID, Kind: record.Detainee, Name: fullName(w, t.other),
			Kinship: optionLabel(w, record.Relationship, "kinship", t.record.Get("kinship")),
			Notes:   dot(whereText(w, s.Facility, s.Wing, ""), tieNotes(w, t.record)),
			Chip:    lifeChip(w, s.Life),
		}
		if len(s.Contradictions) > 0 {
			line.Danger = Chip{Text: w.T("people.mark.contradicted"), Tone: Warn}
		}
		lines = append(lines, line)
	}
	return lines
}

// alerts are what a colleague must read before calling, the gravest first.
func alerts(env Env, r, household *record.Record) []Alert {
	w := env.Words
	var all []Alert
	add := func(tone Tone, key string, args ...string) {
		all = append(all, Alert{Text: w.T(key, args...), Tone: tone})
	}
	if r.Get("do_not_contact") == "true" {
		add(Bad, "family.alert.do_not_contact")
	}
	if day := r.Get("consent_withdrawn_on"); day != "" {
		add(Bad, "family.alert.withdrawn", dateText(w, day))
	}
	for _, one := range []*record.Record{r, household} {
		if t := one.Get("threat"); t == "threat" || t == "extortion" {
			add(Bad, "family.alert."+t, one.Get("threat_note"))
			break
		}
	}
	if r.Get("role_in_household") == "must_not_be_told" {
		add(Bad, "family.alert.must_not_be_told")
	}
	if names := join(", ", append(r.List("must_not_be_told"), household.List("must_not_be_told")...)...); names != "" {
		add(Warn, "family.alert.not_to", names)
	}
	if forbidden := r.List("forbidden_channels"); len(forbidden) > 0 {
		for i := range forbidden {
			forbidden[i] = optionLabel(w, record.Contact, "forbidden_channels", forbidden[i])
		}
		add(Warn, "family.alert.forbidden", join(", ", forbidden...))
	}
	if who := household.Get("assigned_to"); who != "" && who != env.API.Info().Name {
		add(Warn, "family.alert.assigned", who)
	}
	return all
}

// safeFields are what a caller reads before dialling, in this order.
var safeFields = []string{
	"preferred_channel", "phones", "safe_hours", "who_may_answer", "code_phrase", "voicemail",
	"phone_shared_with", "language", "literacy", "form_of_address",
}

func safeLines(env Env, r *record.Record) []Line {
	schema := record.SchemaOf(record.Contact)
	var lines []Line
	for _, name := range safeFields {
		f, ok := schema.Field(name)
		if !ok {
			continue
		}
		line := Line{Label: fieldLabel(env.Words, record.Contact, name)}
		if vals := r.Values[name]; len(vals) > 0 && vals[0].Text != "" {
			line = factLine(env, record.Contact, f, vals)
		} else if name == "voicemail" { // what holds where nobody asked (DOMAIN §5)
			line.Value = env.Words.T("family.voicemail_default")
		} else {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// talkLines lists attempts, the newest first; one row is one call, however
// many people it was about.
func talkLines(env Env, attempts []*record.Record) []TalkLine {
	w := env.Words
	lines := make([]TalkLine, 0, len(attempts))
	for _, a := range sorted(attempts, "when") {
		names := make([]string, 0, 3)
		for _, id := range a.Refs("about") {
			names = append(names, refName(env, id))
		}
		line := TalkLine{
			ID: a.ID, When: dateText(w, a.Get("when")), Said: a.Get("note"), Asked: a.Get("asked"),
			Outcome: Chip{Text: optionLabel(w, record.Attempt, "outcome", a.Get("outcome"))},
		}
		switch a.Get("outcome") {
		case "reached":
			line.Outcome.Tone = OK
		case "unsafe":
			line.Outcome.Tone = Bad
		case "refused", "wrong_number":
			line.Outcome.Tone = Warn
		}
		about := ""
		if len(names) > 0 {
			about = w.T("family.talk.about", join("; ", names...))
		}
		line.Line = dot(optionLabel(w, record.Attempt, "channel", a.Get("channel")), a.Get("by"), about)
		if day := a.Get("next_due"); day != "" {
			line.Next = w.T("family.talk.next", dateText(w, day))
		}
		lines = append(lines, line)
	}
	return lines
}

// toldLines lists the tellings of a death with all that was recorded.
func toldLines(env Env, tellings []*record.Record) []ToldLine {
	w := env.Words
	schema := record.SchemaOf(record.Notification)
	skip := []string{"contact", "about", "when", "mode", "notifiers"}
	lines := make([]ToldLine, 0, len(tellings))
	for _, n := range sorted(tellings, "when") {
		line := ToldLine{
			ID:    n.ID,
			Title: w.T("family.told.title", refName(env, n.Ref("about"))),
			Line: dot(dateText(w, n.Get("when")), optionLabel(w, record.Notification, "mode", n.Get("mode")),
				w.T("family.told.by", join(", ", n.List("notifiers")...))),
		}
		for i := range schema.Fields {
			f := &schema.Fields[i]
			if value := n.Get(f.Name); value != "" && !slices.Contains(skip, f.Name) {
				line.Lines = append(line.Lines, Line{Label: fieldLabel(w, n.Kind, f.Name), Value: valueText(env, n.Kind, f, value)})
			}
		}
		lines = append(lines, line)
	}
	return lines
}
