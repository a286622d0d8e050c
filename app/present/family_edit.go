package present

import (
	"context"
	"slices"

	"paradero/data/record"
	"paradero/data/rule"
)

// Edit opens a form on one card of the contact's facts.
func (c *Contact) Edit(card FactCard) *Form {
	c.open.begin(c.Record)
	return NewForm(record.Contact, c.Record, card.Fields, c.env.Words, c.env.API.Now())
}

// AttemptForm logs one attempt at a contact about several detainees at once.
type AttemptForm struct {
	*Form
	About []Choice // the contact's own people, each of whom it may be about

	env Env
	ctx context.Context
}

// Choice is something that may be ticked.
type Choice struct {
	ID   record.ID
	Name string
	Chip Chip
	On   bool
}

var attemptFields = []string{"contact", "about", "when", "by", "channel", "outcome", "note", "asked", "next_due"}

// NewAttempt opens the form, with what is likely filled in: now, by the one
// who is signed in, by the safe channel, about all of the contact's people.
func (c *Contact) NewAttempt() *AttemptForm {
	c.open.begin(c.Record)
	env := c.env
	f := &AttemptForm{Form: NewForm(record.Attempt, nil, attemptFields, env.Words, env.API.Now()), env: env, ctx: c.ctx}
	for _, t := range c.detainees {
		f.About = append(f.About, Choice{
			ID: t.other.ID, Name: fullName(env.Words, t.other), Chip: lifeChip(env.Words, rule.Conclude(t.other).Life), On: true,
		})
	}
	f.Propose("contact", c.ID.String())
	f.Propose("when", env.Minute())
	f.Propose("by", env.API.Info().Name)
	f.Propose("channel", c.Record.Get("preferred_channel"))
	f.tick()
	f.warn(c.Record)
	return f
}

// Tick says whether the attempt was about that person.
func (f *AttemptForm) Tick(id record.ID, yes bool) {
	for i := range f.About {
		if f.About[i].ID == id {
			f.About[i].On = yes
		}
	}
	f.tick()
}

func (f *AttemptForm) tick() { f.Set("about", ticked(f.About)) }

func ticked(choices []Choice) string {
	var ids []string
	for _, c := range choices {
		if c.On {
			ids = append(ids, c.ID.String())
		}
	}
	return record.JoinList(ids)
}

// SetChannel chooses the channel and warns of one the contact forbade.
func (f *AttemptForm) SetChannel(channel string, contact *record.Record) {
	f.Set("channel", channel)
	f.warn(contact)
}

func (f *AttemptForm) warn(contact *record.Record) {
	own := f.Field("channel")
	if slices.Contains(contact.List("forbidden_channels"), own.Value) {
		own.Warning = f.words.T("family.attempt.forbidden")
	}
}

// Save hands the attempt to the door.
func (f *AttemptForm) Save(done func(ok bool)) { SaveForm(f.ctx, f.env, f.Form, done) }

// TellingForm records the telling of a death (DOMAIN §5).
type TellingForm struct {
	*Form
	About []Choice // the contact's people whose death is reported or confirmed come first
	First string   // the two who told
	Other string

	env     Env
	ctx     context.Context
	tie     map[record.ID]string
	how     map[record.ID][2]string // source and method of the identity
	certain map[record.ID]bool      // the death is confirmed
}

var tellingFields = []string{
	"contact", "about", "notifiers", "mode", "when", "ended", "place", "phone_reason", "tie", "others_present", "interpreter",
	"identity_source", "identity_method", "words_said", "known_how", "known_before", "questions", "reaction", "safety",
	"handed_over", "next_contact", "signed",
}

// NewTelling opens the form, with the source and method of the identity taken
// from the claim that decided.
func (c *Contact) NewTelling() *TellingForm {
	c.open.begin(c.Record)
	env := c.env
	f := &TellingForm{
		Form: NewForm(record.Notification, nil, tellingFields, env.Words, env.API.Now()), env: env, ctx: c.ctx,
		tie: map[record.ID]string{}, how: map[record.ID][2]string{}, certain: map[record.ID]bool{},
	}
	for _, t := range c.detainees {
		s := rule.Conclude(t.other)
		f.About = append(f.About, Choice{ID: t.other.ID, Name: fullName(env.Words, t.other), Chip: lifeChip(env.Words, s.Life)})
		f.certain[t.other.ID] = s.Life == "confirmed_dead"
		f.tie[t.other.ID] = optionLabel(env.Words, record.Relationship, "kinship", t.record.Get("kinship"))
		if s.LifeClaim != nil {
			method := optionLabel(env.Words, record.Claim, "method", s.LifeClaim.Get("method"))
			f.how[t.other.ID] = [2]string{claimSource(env.Words, s.LifeClaim), dot(method, s.LifeClaim.Get("proof"))}
		}
	}
	slices.SortStableFunc(f.About, func(a, b Choice) int { return deadFirst(c, a.ID) - deadFirst(c, b.ID) })
	f.Propose("contact", c.ID.String())
	f.Propose("when", env.Minute())
	f.First = env.API.Info().Name
	f.Notifiers(f.First, "")
	f.Field("notifiers").Problem = ""
	if len(f.About) > 0 && deadFirst(c, f.About[0].ID) == 0 {
		f.ChooseAbout(f.About[0].ID)
	}
	return f
}

func deadFirst(c *Contact, id record.ID) int {
	for _, t := range c.detainees {
		if t.other.ID == id {
			switch rule.Conclude(t.other).Life {
			case "confirmed_dead":
				return 0
			case "reported_dead":
				return 1
			}
		}
	}
	return 2
}

// ChooseAbout says whose death was told, and fills in what is known of it.
func (f *TellingForm) ChooseAbout(id record.ID) {
	for i := range f.About {
		f.About[i].On = f.About[i].ID == id
	}
	f.Set("about", id.String())
	f.Propose("tie", f.tie[id])
	f.Propose("identity_source", f.how[id][0])
	f.Propose("identity_method", f.how[id][1])
}

// ChooseAboutText is ChooseAbout for an id as a choice holds it; "" chooses none.
func (f *TellingForm) ChooseAboutText(id string) {
	parsed, err := record.ParseID(id)
	if err != nil {
		f.Set("about", "")
		for i := range f.About {
			f.About[i].On = false
		}
		return
	}
	f.ChooseAbout(parsed)
}

// Doubt warns that the death of the one chosen is not confirmed: it must not
// be told as certain.
func (f *TellingForm) Doubt() string {
	for _, a := range f.About {
		if a.On && !f.certain[a.ID] {
			return f.words.T("family.told.not_confirmed")
		}
	}
	return ""
}

// Visible names the fields to be asked, in the order of the talk.
func (f *TellingForm) Visible() []string {
	names := []string{"mode", "when", "ended", "place"}
	if f.ByPhone() {
		names = append(names, "phone_reason")
	}
	return append(names, "tie", "others_present", "interpreter", "identity_source", "identity_method", "words_said",
		"known_how", "known_before", "questions", "reaction", "safety", "handed_over", "next_contact", "signed")
}

// Notifiers takes the two who told.
func (f *TellingForm) Notifiers(first, other string) {
	f.First, f.Other = first, other
	var names []string
	for _, n := range []string{first, other} {
		if n = record.CleanLine(n); n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	f.Set("notifiers", record.JoinList(names))
}

// ByPhone reports whether the reason for telling by phone is to be asked.
func (f *TellingForm) ByPhone() bool { return f.Field("mode").Value == "phone" }

// Save hands the record to the door; it is never told by one person alone, and
// by phone only for a reason that is written down.
func (f *TellingForm) Save(done func(ok bool)) {
	if own := f.Field("phone_reason"); !f.ByPhone() && own.Value != "" {
		f.Set("phone_reason", "") // what is no longer asked for is no longer said
	}
	ok := f.valid()
	if own := f.Field("notifiers"); len(record.SplitList(own.Value)) < 2 {
		own.Problem, ok = f.words.T("family.told.two_needed"), false
	}
	if own := f.Field("phone_reason"); f.ByPhone() && own.Value == "" {
		own.Problem, ok = f.words.T("family.told.phone_reason_needed"), false
	}
	if !ok {
		done(false)
		return
	}
	SaveForm(f.ctx, f.env, f.Form, done)
}
