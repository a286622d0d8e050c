package present

import (
	"context"
	"errors"
	"slices"

	"paradero/data"
	"paradero/data/record"
)

// HouseholdPage is one household: contacts who must be approached as one, with
// one colleague who calls and one plan.
type HouseholdPage struct {
	State     State
	Failure   Failure
	ID        record.ID
	Record    *record.Record
	Name      string
	Line      string // address
	Speaker   string
	Assigned  string
	Alerts    []Alert
	Facts     []FactCard
	Members   []MemberLine
	People    []TieLine // the detainees of all members, each with his own status
	Steps     []TimelineLine
	Notes     []NoteLine
	Stale     bool
	Elsewhere *Elsewhere // what was changed meanwhile

	env     Env
	ctx     context.Context
	latest  *Latest[*householdData]
	members []*record.Record
	open    openForms
	shown   func()
}

// MemberLine is one contact of a household.
type MemberLine struct {
	ID     record.ID
	Name   string
	Role   Chip
	Line   string // phones, language
	Danger Chip
}

type householdData struct {
	record  *record.Record
	members []*record.Record
	ties    []tie
	moments []data.Moment
}

// NewHousehold makes the page of a household; Open fills it.
func NewHousehold(ctx context.Context, env Env, id record.ID, shown func()) *HouseholdPage {
	return &HouseholdPage{env: env, ctx: ctx, ID: id, shown: shown, latest: NewLatest[*householdData](env.Run)}
}

// Open reads the page, or reads it again.
func (h *HouseholdPage) Open() {
	id := h.ID
	h.latest.Ask(h.ctx, func(ctx context.Context) (*householdData, error) {
		return readHousehold(ctx, h.env.API, id)
	}, func(d *householdData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			h.State, h.Failure = Failed, failure(h.env.Words, err)
		default:
			h.take(d)
		}
		h.shown()
	})
}

// Drop forgets what is under way.
func (h *HouseholdPage) Drop() { h.latest.Drop() }

// Heed takes an event, as Person.Heed does.
func (h *HouseholdPage) Heed(e data.Event) {
	touches := e.ID == h.ID || e.ID.IsZero() && e.Kind == record.Household
	if touches && h.open.any() {
		h.Stale = true
	}
	switch e.Kind {
	case record.Household:
		if !touches {
			return
		}
	case record.Contact, record.Relationship, record.Detainee:
	default:
		return
	}
	h.Open()
}

// GoOn takes what was changed meanwhile as known; the open form still rests on the
// record as it was.
func (h *HouseholdPage) GoOn() {
	h.open.seen(h.Record)
	h.Stale, h.Elsewhere = false, nil
}

// Done says that a form was saved or given up.
func (h *HouseholdPage) Done() {
	if h.open.end() {
		h.Stale, h.Elsewhere = false, nil
	}
}

func readHousehold(ctx context.Context, api data.API, id record.ID) (*householdData, error) {
	d := &householdData{}
	var err error
	if d.record, err = api.Get(ctx, id); err != nil {
		return nil, err
	}
	if d.members, err = api.Links(ctx, id, record.Contact); err != nil {
		return nil, err
	}
	// The one who speaks for it is named in the household, the members name
	// their household: a link in either direction may be met here.
	d.members = slices.DeleteFunc(slices.Clone(d.members), func(m *record.Record) bool { return m.Ref("household") != id })
	seen := map[record.ID]bool{}
	for _, m := range d.members {
		links, e := api.Links(ctx, m.ID, record.Relationship)
		err = errors.Join(err, e)
		for _, l := range links {
			who := l.Ref("detainee")
			if seen[who] {
				continue
			}
			if other, e := api.Get(ctx, who); e == nil {
				seen[who] = true
				d.ties = append(d.ties, tie{record: l, other: other})
			}
		}
	}
	moments, e := api.Timeline(ctx, id)
	d.moments = moments
	data.AuditOf(api).Opened(d.record)
	return d, errors.Join(err, e)
}

func (h *HouseholdPage) take(d *householdData) {
	w, r := h.env.Words, d.record
	h.Elsewhere = h.open.changes(h.env, r)
	h.Stale = h.Elsewhere != nil
	h.State, h.Record, h.members = Ready, r, d.members
	h.Name, h.Line = titleOf(w, r), r.Get("address")
	h.Assigned = r.Get("assigned_to")
	h.Speaker = refName(h.env, r.Ref("speaks_for_it"))
	h.Alerts = householdAlerts(h.env, r)
	h.Facts = facts(h.env, r, []string{"household"})
	h.Members = h.Members[:0]
	for _, m := range d.members {
		h.Members = append(h.Members, memberLine(h.env, r, m))
	}
	slices.SortStableFunc(h.Members, func(a, b MemberLine) int { return speakerRank(r, a.ID) - speakerRank(r, b.ID) })
	h.People = tiedDetainees(w, d.ties)
	for i := range h.People { // whose brother he is depends on the member; the page speaks of all
		h.People[i].Kinship = ""
	}
	h.Steps = timeline(h.env, r.Kind, d.moments)
	h.Notes = noteLines(h.env, r)
}

func householdAlerts(env Env, r *record.Record) []Alert {
	w := env.Words
	var all []Alert
	if t := r.Get("threat"); t == "threat" || t == "extortion" {
		all = append(all, Alert{Text: w.T("family.alert."+t, ""), Tone: Bad})
	}
	if names := join(", ", r.List("must_not_be_told")...); names != "" {
		all = append(all, Alert{Text: w.T("family.alert.not_to", names), Tone: Warn})
	}
	if who := r.Get("assigned_to"); who != "" && who != env.API.Info().Name {
		all = append(all, Alert{Text: w.T("family.alert.assigned", who), Tone: Warn})
	}
	return all
}

func speakerRank(household *record.Record, id record.ID) int {
	if household.Ref("speaks_for_it") == id {
		return 0
	}
	return 1
}

func memberLine(env Env, household, m *record.Record) MemberLine {
	w := env.Words
	line := MemberLine{ID: m.ID, Name: fullName(w, m), Danger: dangerChip(w, m)}
	phones := m.List("phones")
	for i := range phones {
		phones[i] = phoneText(phones[i])
	}
	line.Line = dot(join(", ", phones...), optionLabel(w, record.Contact, "preferred_channel", m.Get("preferred_channel")))
	switch role := m.Get("role_in_household"); {
	case household.Ref("speaks_for_it") == m.ID || role == "speaks_for_it":
		line.Role = Chip{Text: w.T("family.role.speaks"), Tone: Accent}
	case role == "must_not_be_told":
		line.Role = Chip{Text: w.T("family.role.must_not"), Tone: Bad}
	}
	return line
}

// Edit opens the form of the household's facts, with its members to choose
// from as the one who speaks for it.
func (h *HouseholdPage) Edit() *Form {
	h.open.begin(h.Record)
	f := NewForm(record.Household, h.Record, householdFields, h.env.Words, h.env.API.Now())
	choices := make([]Option, 0, len(h.members))
	for _, m := range h.members {
		choices = append(choices, Option{Value: m.ID.String(), Label: fullName(h.env.Words, m)})
	}
	f.Offer("speaks_for_it", choices)
	return f
}

var householdFields = []string{"name", "address", "speaks_for_it", "must_not_be_told", "assigned_to", "plan", "threat"}

// NewHouseholdForm makes a household; members are added on its page.
func NewHouseholdForm(env Env) *Form {
	fields := slices.DeleteFunc(slices.Clone(householdFields), func(n string) bool { return n == "speaks_for_it" })
	f := NewForm(record.Household, nil, fields, env.Words, env.API.Now())
	f.Propose("assigned_to", env.API.Info().Name)
	return f
}

// SaveNew makes the record of a form and gives its id.
func SaveNew(ctx context.Context, env Env, f *Form, done func(record.ID, bool)) {
	change, ok := f.Change()
	if !ok {
		done(record.ID{}, false)
		return
	}
	create(ctx, env, f, done, change)
}

// MemberForm brings an existing contact into a household, or a new one.
type MemberForm struct {
	*TieForm
	Role string // option of role_in_household

	home record.ID
}

// NewMember opens the form.
func (h *HouseholdPage) NewMember(shown func()) *MemberForm {
	h.open.begin(h.Record)
	f := &MemberForm{TieForm: NewTie(h.ctx, h.env, record.Detainee, record.ID{}, shown), home: h.ID, Role: "member"}
	f.Field("detainee").Problem = ""
	return f
}

// Roles are what a member may be in a household.
func (f *MemberForm) Roles() []Option {
	schema := record.SchemaOf(record.Contact)
	own, ok := schema.Field("role_in_household")
	if !ok {
		return nil
	}
	return options(f.words, record.Contact, own)
}

// Trouble is why it could not be saved, where no field can bear the reason.
func (f *MemberForm) Trouble() string { return join(" ", f.Problem, f.Hint) }

// Save brings the contact in. An existing contact keeps all else he has.
func (f *MemberForm) Save(done func(ok bool)) {
	set := map[string]string{"household": f.home.String(), "role_in_household": f.Role}
	if f.New != nil {
		change, ok := f.New.Change()
		if !ok {
			done(false)
			return
		}
		for name, value := range set {
			change.Set[name] = value
		}
		saveForm(f.ctx, f.env, f.New.Form, done, change)
		return
	}
	if f.Chosen == nil {
		f.Field("contact").Problem = f.words.T("person.tie.whom")
		done(false)
		return
	}
	saveForm(f.ctx, f.env, f.Form, done, data.Change{Record: f.Chosen.ID, Kind: record.Contact, Set: set})
}
