package present

import (
	"context"
	"slices"
	"strings"

	"paradero/data"
	"paradero/data/record"
)

// NewDetaineeFields are asked for a new person; the rest is added on his page.
var newDetaineeFields = []string{
	"given_names", "paternal_surname", "maternal_surname", "aliases", "cedula", "passport", "birth", "sex",
	"facility", "wing", "cell", "legal_status",
}

var newContactFields = []string{
	"given_names", "paternal_surname", "maternal_surname", "cedula", "phones", "address", "preferred_channel", "safe_hours", "language",
}

// NewPersonForm makes a new detainee or contact, and says while a person is
// typing whether somebody of that name or paper is there already.
type NewPersonForm struct {
	*Form
	Doubles []PersonRow // at most five
	Saving  bool
	Circle  record.ID // who alone is to read him; zero: the whole team

	env    Env
	ctx    context.Context
	latest *Latest[[]PersonRow]
	shown  func()
}

// NewPersonOf opens the form for a new detainee or contact.
func NewPersonOf(ctx context.Context, env Env, kind record.Kind, shown func()) *NewPersonForm {
	fields := newDetaineeFields
	if kind == record.Contact {
		fields = newContactFields
	}
	return &NewPersonForm{
		Form: NewForm(kind, nil, fields, env.Words, env.API.Now()),
		env:  env, ctx: ctx, shown: shown, latest: NewLatest[[]PersonRow](env.Run),
	}
}

// Type takes what was typed in a field and looks for doubles.
func (f *NewPersonForm) Type(name, typed string) {
	f.Set(name, typed)
	f.Looked(name)
}

// Drop forgets what is under way.
func (f *NewPersonForm) Drop() { f.latest.Drop() }

// Looked looks for doubles after a field took what was typed.
func (f *NewPersonForm) Looked(name string) {
	switch name {
	case "given_names", "paternal_surname", "maternal_surname", "cedula", "passport":
		f.look()
	}
}

// look finds who is there already: by paper, or by surname with a given name.
// A name finds candidates; a person decides.
func (f *NewPersonForm) look() {
	var asks []data.ListQuery
	for _, paper := range []string{f.value("cedula"), f.value("passport")} {
		if len(paper) >= 5 {
			asks = append(asks, data.ListQuery{Kind: f.Kind, Text: paper})
		}
	}
	if f.value("paternal_surname") != "" && f.value("given_names") != "" {
		name := strings.Join([]string{f.value("paternal_surname"), f.value("maternal_surname"), f.value("given_names")}, " ")
		asks = append(asks, data.ListQuery{Kind: f.Kind, Text: strings.Join(strings.Fields(name), " ")})
	}
	if len(asks) == 0 {
		f.latest.Drop()
		f.Doubles = nil
		f.shown()
		return
	}
	f.latest.Ask(f.ctx, func(ctx context.Context) ([]PersonRow, error) {
		return findDoubles(ctx, f.env, asks)
	}, func(rows []PersonRow, err error) {
		if err != nil { // a hint that cannot be given is no reason to stop anybody
			rows = nil
		}
		f.Doubles = rows
		f.shown()
	})
}

// Facilities names the office's prisons, by name.
func Facilities(ctx context.Context, api data.API) ([]string, error) {
	var names []string
	err := api.Each(ctx, record.Facility, func(r *record.Record) error {
		if !r.Deleted && r.Get("name") != "" {
			names = append(names, r.Get("name"))
		}
		return nil
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

// IncidentChoices gives the office's incidents to choose from, the newest first.
func IncidentChoices(ctx context.Context, api data.API) ([]Option, error) {
	var all []*record.Record
	err := api.Each(ctx, record.Incident, func(r *record.Record) error {
		if !r.Deleted {
			all = append(all, r)
		}
		return nil
	})
	var choices []Option
	for _, r := range sorted(all, "started") {
		choices = append(choices, Option{Value: r.ID.String(), Label: r.Get("name")})
	}
	return choices, err
}

func findDoubles(ctx context.Context, env Env, asks []data.ListQuery) ([]PersonRow, error) {
	var rows []PersonRow
	seen := map[record.ID]bool{}
	for _, q := range asks {
		result, err := env.API.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := 0; i < result.Len() && len(rows) < 5; i++ {
			if row := result.At(i); !seen[row.ID] {
				seen[row.ID] = true
				rows = append(rows, personRow(env, row))
			}
		}
	}
	return rows, nil
}

func (f *NewPersonForm) value(name string) string {
	if own := f.Field(name); own != nil {
		return own.Value
	}
	return ""
}

// Save makes the person and gives his id. Somebody without name and paper
// cannot be found again, so one of them is needed.
func (f *NewPersonForm) Save(done func(record.ID, bool)) {
	change, ok := f.Change()
	if ok && f.value("given_names") == "" && f.value("paternal_surname") == "" && f.value("maternal_surname") == "" &&
		f.value("cedula") == "" && f.value("passport") == "" && f.value("aliases") == "" {
		f.Problem, ok = f.words.T("person.new.needs_name"), false
	}
	if !ok {
		done(record.ID{}, false)
		return
	}
	f.Saving, change.Circle = true, f.Circle
	create(f.ctx, f.env, f.Form, func(id record.ID, ok bool) {
		f.Saving = false
		done(id, ok)
	}, change)
}

// SaveForm hands one form's change to the door; refusals stand beside fields.
func SaveForm(ctx context.Context, env Env, f *Form, done func(ok bool)) {
	change, ok := f.Change()
	if !ok {
		done(false)
		return
	}
	if len(change.Set) == 0 && !change.Record.IsZero() { // nothing was changed: nothing to write
		done(true)
		return
	}
	saveForm(ctx, env, f, done, change)
}

// Save hands the claim to the door.
func (f *ClaimForm) Save(ctx context.Context, env Env, done func(ok bool)) {
	change, ok := f.Change()
	if !ok {
		done(false)
		return
	}
	saveForm(ctx, env, f.Form, done, change)
}

// AddNote writes a short note on a record, or one that corrects an older one. circle
// is who alone reads it; zero: whoever reads the record, and of a correction whoever
// read what it corrects.
func AddNote(ctx context.Context, env Env, kind record.Kind, id record.ID, text, corrects string, circle record.ID, done func(Failure, bool)) {
	values := map[string]string{"text": strings.TrimSpace(text)}
	if corrects != "" {
		values["corrects"] = corrects
	}
	save(ctx, env, done, data.Change{
		Record: id, Kind: kind, Circle: circle, Add: []data.Addition{{Kind: record.Note, Values: values}},
	})
}

// TieForm ties a contact and a detainee: one of them is given, the other is
// found by search or made new.
type TieForm struct {
	*Form           // of the relationship
	Text     string // of the search
	Found    []PersonRow
	Chosen   *PersonRow
	New      *NewPersonForm // not nil while a new one is being typed
	Searched bool

	env    Env
	ctx    context.Context
	own    string // field of the given side
	other  string // field of the side to find
	latest *Latest[[]PersonRow]
	shown  func()
}

var tieFields = []string{"contact", "detainee", "kinship", "next_of_kin", "proof", "note"}

// NewTie opens the form that ties someone to the record of that kind.
func NewTie(ctx context.Context, env Env, kind record.Kind, id record.ID, shown func()) *TieForm {
	f := &TieForm{
		Form: NewForm(record.Relationship, nil, tieFields, env.Words, env.API.Now()),
		env:  env, ctx: ctx, shown: shown, own: "detainee", other: "contact",
		latest: NewLatest[[]PersonRow](env.Run),
	}
	if kind == record.Contact {
		f.own, f.other = "contact", "detainee"
	}
	f.Propose(f.own, id.String())
	return f
}

// OtherKind is what is being looked for.
func (f *TieForm) OtherKind() record.Kind {
	if f.other == "detainee" {
		return record.Detainee
	}
	return record.Contact
}

// Search finds those who may be tied, while a person types.
func (f *TieForm) Search(text string) {
	f.Text, f.Chosen = text, nil
	if strings.TrimSpace(text) == "" {
		f.latest.Drop()
		f.Found, f.Searched = nil, false
		f.shown()
		return
	}
	ask := []data.ListQuery{{Kind: f.OtherKind(), Text: strings.TrimSpace(text)}}
	f.latest.Ask(f.ctx, func(ctx context.Context) ([]PersonRow, error) {
		return findDoubles(ctx, f.env, ask)
	}, func(rows []PersonRow, err error) {
		if isCancelled(err) {
			return
		}
		if err != nil {
			fail := failure(f.words, err)
			f.Problem, f.Hint = fail.Text, fail.Hint
		}
		f.Found, f.Searched = rows, true
		f.shown()
	})
}

// Take chooses one of those found.
func (f *TieForm) Take(row PersonRow) {
	f.Chosen, f.New = &row, nil
	f.Choose(f.other, row.ID, row.Name)
	f.shown()
}

// Fresh opens the form of a new one, with the searched text as surnames and
// given names left to the person: a name is not split by guessing here.
func (f *TieForm) Fresh() {
	f.Chosen = nil
	f.Set(f.other, "")
	f.Field(f.other).Problem = ""
	f.New = NewPersonOf(f.ctx, f.env, f.OtherKind(), f.shown)
	f.shown()
}

// Save makes the new person, where there is one, and then the tie. If the tie
// is refused the new person stays chosen, and is not made a second time.
func (f *TieForm) Save(done func(ok bool)) {
	if f.New == nil {
		f.saveTie(done)
		return
	}
	if f.Field("kinship").Value == "" {
		f.Field("kinship").Problem = f.words.T("form.required")
		done(false)
		return
	}
	f.New.Save(func(id record.ID, ok bool) {
		if !ok {
			done(false)
			return
		}
		f.Choose(f.other, id, fullOf(f.New.Form))
		f.Chosen, f.New = &PersonRow{ID: id, Kind: f.OtherKind(), Name: fullOf(f.New.Form)}, nil
		f.saveTie(done)
	})
}

func (f *TieForm) saveTie(done func(ok bool)) {
	change, ok := f.Change()
	if !ok {
		if own := f.Field(f.other); own.Value == "" {
			own.Problem = f.words.T("person.tie.whom")
		}
		done(false)
		return
	}
	saveForm(f.ctx, f.env, f.Form, done, change)
}

func fullOf(f *Form) string {
	v := f.Values()
	return join(" ", v["given_names"], v["paternal_surname"], v["maternal_surname"])
}
