package present

import (
	"errors"
	"slices"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// Option is one choice of a field.
type Option struct {
	Value string
	Label string
}

// FormField is one field as a form shows it.
type FormField struct {
	Name     string
	Label    string
	Type     record.Type
	Of       record.Kind // for Ref and Refs: what may be chosen
	Required bool
	Options  []Option // for Enum and Enums, and for Ref where a room offers a few
	Value    string   // canonical text; what was typed while it is refused
	Shown    string   // what stands in the entry
	Read     string   // how a date or a phone was understood, in full; "" when it adds nothing
	Problem  string   // why it cannot be saved
	Warning  string   // why it is doubted, though it is saved

	start      string // canonical value when the form was opened
	startShown string // and how it stood in the entry
}

// Changed reports whether the field differs from what it was when the form
// was opened.
func (f *FormField) Changed() bool { return f.Value != f.start }

// Form edits some fields of one record, or makes a new record or entry. The
// record as it stood when the form was opened goes with the change, so that
// what somebody else wrote meanwhile is seen as a second value and never
// silently replaced.
type Form struct {
	Kind    record.Kind
	Base    *record.Record // nil: a new one
	Fields  []FormField
	Problem string // about the whole, not about one field
	Hint    string // the way out of it
	Reason  string // why it is changed, where the room asks for it

	words *assets.Words
	day   time.Time
}

// NewForm opens a form on the named fields of base, or of a new record or
// entry where base is nil. A name that the kind does not have is left out.
// day is the office's now, against which "yesterday" or an age is read.
func NewForm(kind record.Kind, base *record.Record, fields []string, words *assets.Words, day time.Time) *Form {
	f := &Form{Kind: kind, Base: base, words: words, day: day}
	schema := record.SchemaOf(kind)
	if schema == nil {
		return f
	}
	for _, name := range fields {
		field, ok := schema.Field(name)
		if !ok {
			continue
		}
		value := base.Get(name)
		f.Fields = append(f.Fields, FormField{
			Name: name, Label: fieldLabel(words, kind, name), Type: field.Type, Of: field.Of,
			Required: field.Required, Options: options(words, kind, field),
			Value: value, start: value,
		})
		own := &f.Fields[len(f.Fields)-1]
		own.Shown = f.entryText(own)
		own.startShown = own.Shown
		if value != "" { // what is stored may be doubtful: the doubt stays beside it
			_, _, own.Warning = f.read(name, value)
		}
	}
	return f
}

// options names the choices of an Enum or Enums in the order of the schema.
func options(words *assets.Words, kind record.Kind, field *record.Field) []Option {
	var all []Option
	for _, o := range field.Options {
		all = append(all, Option{Value: o, Label: optionLabel(words, kind, field.Name, o)})
	}
	return all
}

// Field finds a field of the form.
func (f *Form) Field(name string) *FormField {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// Set takes what was typed or chosen and checks it at once. For an Enum it is
// the option's value, for Enums and Refs one a line, for a Ref the id.
func (f *Form) Set(name, typed string) *FormField {
	own := f.Field(name)
	if own == nil {
		return nil
	}
	f.Problem, f.Hint = "", ""
	own.Shown = typed
	if typed == own.startShown { // what stood there is what was meant, also where its words are not read back
		typed = own.start
	}
	value, problem, warning := f.read(name, typed)
	own.Value, own.Problem, own.Warning, own.Read = value, problem, warning, ""
	if problem == "" {
		own.Read = f.understood(own)
	}
	return own
}

// Choose sets a Ref together with the name that stands for it on the screen.
func (f *Form) Choose(name string, id record.ID, shown string) {
	if own := f.Set(name, id.String()); own != nil {
		own.Shown = shown
	}
}

// Start gives a field its value before anybody has typed: a concluded place,
// a usual channel. It does not make the form dirty.
func (f *Form) Start(name, value string) {
	if own := f.Field(name); own != nil {
		own.Value, own.start = value, value
		own.Shown = f.entryText(own)
		own.startShown = own.Shown
	}
}

// Propose fills a field of a new record with what is likely (today, the one
// detainee a contact has); it is saved unless the person changes it.
func (f *Form) Propose(name, value string) {
	if own := f.Set(name, value); own != nil {
		own.Shown = f.entryText(own)
	}
}

// Offer gives a field choices that come from the office rather than from the
// schema: its facilities, the persons a contact is tied to.
func (f *Form) Offer(name string, choices []Option) {
	if own := f.Field(name); own != nil {
		own.Options = choices
	}
}

// Require makes a field one that must be filled in this form.
func (f *Form) Require(names ...string) {
	for _, name := range names {
		if own := f.Field(name); own != nil {
			own.Required = true
		}
	}
}

// Dirty reports whether anything differs from what was there at the start.
func (f *Form) Dirty() bool {
	return slices.ContainsFunc(f.Fields, func(own FormField) bool { return own.Changed() })
}

// Values gives the canonical values that are not empty.
func (f *Form) Values() map[string]string {
	values := map[string]string{}
	for i := range f.Fields {
		if f.Fields[i].Value != "" {
			values[f.Fields[i].Name] = f.Fields[i].Value
		}
	}
	return values
}

// Typed gives what differs from the start as it stands in the entries, for a
// draft that outlives the screen.
func (f *Form) Typed() map[string]string {
	typed := map[string]string{}
	for i := range f.Fields {
		if own := &f.Fields[i]; own.Changed() {
			typed[own.Name] = own.Value
		}
	}
	return typed
}

// Restore brings a draft back.
func (f *Form) Restore(typed map[string]string) {
	for name, value := range typed {
		f.Propose(name, value)
	}
}

// Change gives what is to be saved: only the fields that changed, with the
// record as it stood when the form was opened. It is not ok while a field is
// refused or a required one is empty; the reasons then stand beside them.
func (f *Form) Change() (data.Change, bool) {
	if !f.valid() {
		return data.Change{}, false
	}
	change := data.Change{Kind: f.Kind, Base: f.Base, Set: map[string]string{}, Reason: f.Reason}
	if f.Base != nil {
		change.Record = f.Base.ID
	}
	for i := range f.Fields {
		if own := &f.Fields[i]; own.Changed() {
			change.Set[own.Name] = own.Value
		}
	}
	return change, true
}

// Addition gives the entry that a form of an entry kind stands for.
func (f *Form) Addition() (data.Addition, bool) {
	if !f.valid() {
		return data.Addition{}, false
	}
	return data.Addition{Kind: f.Kind, Values: f.Values()}, true
}

// valid checks the whole and puts each reason beside its field.
func (f *Form) valid() bool {
	f.recheck()
	return f.complete()
}

// recheck takes back what an earlier attempt to save was told: a reason that
// stood beside one field may have gone with the change of another.
func (f *Form) recheck() {
	f.Problem, f.Hint = "", ""
	for i := range f.Fields {
		own := &f.Fields[i]
		_, own.Problem, _ = f.read(own.Name, own.Value)
	}
}

// complete asks for what is needed and checks the fields together.
func (f *Form) complete() bool {
	ok := true
	for i := range f.Fields {
		own := &f.Fields[i]
		if own.Required && own.Value == "" && own.Problem == "" {
			own.Problem = f.words.T("form.required")
		}
		ok = ok && own.Problem == ""
	}
	if !ok {
		return false
	}
	return !f.place(f.readAll())
}

// Refuse takes the door's answer to a save: its reasons are put beside their
// fields, the rest stands for the whole. It reports whether err was an error.
func (f *Form) Refuse(err error) bool {
	if err == nil {
		return false
	}
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Problems) == 0 || f.place(e.Problems) {
		fail := failure(f.words, err)
		if f.Problem == "" && !f.blamed() {
			f.Problem, f.Hint = fail.Text, fail.Hint
		}
	}
	return true
}

// Refused reports whether a field of the form bears a reason.
func (f *Form) Refused() bool { return f.blamed() }

// blamed reports whether a field bears a reason.
func (f *Form) blamed() bool {
	return slices.ContainsFunc(f.Fields, func(own FormField) bool { return own.Problem != "" })
}

// place puts problems beside their fields and reports whether one forbids
// saving. A warning never does.
func (f *Form) place(problems []fault.Problem) bool {
	refused := false
	for _, p := range problems {
		text := problemText(f.words, p)
		own := f.Field(p.Field)
		switch {
		case p.Warning && own != nil:
			own.Warning = text
		case p.Warning:
		case own != nil:
			own.Problem, refused = text, true
		default:
			f.Problem, refused = join(" ", f.Problem, text), true
		}
	}
	return refused
}
