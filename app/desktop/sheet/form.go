package sheet

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/present"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data/record"
)

// Form draws a present.Form: a caption above each field, and what is wrong or
// doubted beside it.
type Form struct {
	// OnSet is called after a field took what was typed or chosen.
	OnSet func(name string)

	words *assets.Words
	form  *present.Form
	names []string
	cells map[string]*cell
	box   *fyne.Container
	whole *widget.ErrorText
}

// cell is one field on the screen.
type cell struct {
	object fyne.CanvasObject
	focus  fyne.Focusable
	below  *widget.ErrorText
	put    func(f *present.FormField) // takes the view-model's value over
	wide   bool
}

// NewForm draws the named fields of a form in that order; none means all.
func NewForm(w *assets.Words, form *present.Form, names ...string) *Form {
	v := &Form{words: w, form: form, cells: map[string]*cell{}, box: widget.VStack(12), whole: widget.NewErrorText()}
	if len(names) == 0 {
		for i := range form.Fields {
			names = append(names, form.Fields[i].Name)
		}
	}
	v.Show(names)
	return v
}

// Object is what to place on the screen.
func (v *Form) Object() fyne.CanvasObject { return widget.VStack(10, v.box, v.whole) }

// Show draws these fields instead; what they hold is kept.
func (v *Form) Show(names []string) {
	if slices.Equal(names, v.names) {
		v.Sync()
		return
	}
	v.names = slices.Clone(names)
	v.box.RemoveAll()
	var short []fyne.CanvasObject
	flush := func() {
		if len(short) > 0 {
			v.box.Add(widget.Columns(2, 210, short...))
			short = nil
		}
	}
	for _, name := range names {
		c := v.cell(name)
		if c == nil {
			continue
		}
		if c.wide {
			flush()
			v.box.Add(c.object)
			continue
		}
		short = append(short, c.object)
	}
	flush()
	v.Sync()
}

func (v *Form) cell(name string) *cell {
	if c := v.cells[name]; c != nil {
		return c
	}
	own := v.form.Field(name)
	if own == nil {
		return nil
	}
	c := v.make(own)
	v.cells[name] = c
	return c
}

// Sync draws what the view-model says now: problems, doubts, choices, and
// values that were set by something other than typing.
func (v *Form) Sync() {
	for name, c := range v.cells {
		own := v.form.Field(name)
		c.put(own)
		mark(c.below, own)
	}
	if v.form.Problem != "" {
		v.whole.SetProblem(strings.TrimSpace(v.form.Problem+" "+v.form.Hint), false)
	} else {
		v.whole.Clear()
	}
	v.box.Refresh()
}

func mark(below *widget.ErrorText, own *present.FormField) {
	switch {
	case own.Problem != "":
		below.SetProblem(own.Problem, false)
	case own.Warning != "":
		below.SetProblem(own.Warning, true)
	default:
		below.SetHint(own.Read)
	}
}

// Focus puts the keyboard into a field, "" into the first that is refused or
// else the first of all.
func (v *Form) Focus(c fyne.Canvas, name string) {
	if name == "" {
		for _, n := range v.names {
			if own := v.form.Field(n); own != nil && own.Problem != "" {
				name = n
				break
			}
		}
	}
	if name == "" && len(v.names) > 0 {
		name = v.names[0]
	}
	if one := v.cells[name]; one != nil && one.focus != nil && c != nil {
		c.Focus(one.focus)
	}
}

// set hands what was typed to the view-model and marks the field.
func (v *Form) set(name, typed string) {
	own := v.form.Set(name, typed)
	if own == nil {
		return
	}
	if c := v.cells[name]; c != nil {
		mark(c.below, own)
	}
	v.whole.Clear()
	if v.OnSet != nil {
		v.OnSet(name)
	}
}

func (v *Form) make(own *present.FormField) *cell {
	switch own.Type {
	case record.Enum, record.Ref:
		return v.choice(own)
	case record.Enums, record.Refs:
		return v.ticks(own)
	case record.Bool:
		return v.tick(own)
	case record.LongText:
		return v.typed(own, widget.NewMultiEntry(3), true)
	case record.Texts:
		e := widget.NewMultiEntry(2)
		e.SetPlaceHolder(v.words.T("form.one_per_line"))
		return v.typed(own, e, true)
	case record.Date, record.Moment:
		return v.date(own)
	}
	if len(own.Options) > 0 || own.Name == "facility" { // the prisons may be read only after the form is drawn
		return v.suggested(own)
	}
	return v.typed(own, widget.NewEntry(), false)
}

func (v *Form) typed(own *present.FormField, e *widget.Entry, wide bool) *cell {
	name := own.Name
	e.Personal()
	c := &cell{focus: e, below: widget.NewErrorText(), wide: wide}
	quiet := false
	e.OnChanged = func(s string) {
		if !quiet {
			v.set(name, s)
		}
	}
	c.put = func(f *present.FormField) {
		if e.Text != f.Shown {
			quiet = true
			e.SetText(f.Shown)
			quiet = false
		}
	}
	c.object = widget.Field(label(own), e, c.below)
	return c
}

func (v *Form) date(own *present.FormField) *cell {
	name := own.Name
	e := widget.NewOptionalDate(nil)
	c := &cell{focus: e, below: e.Below()}
	quiet := false
	e.OnEdit(func(s string) {
		if !quiet {
			v.set(name, s)
		}
	})
	c.put = func(f *present.FormField) {
		if e.Text != f.Shown {
			quiet = true
			e.SetText(f.Shown)
			quiet = false
		}
	}
	c.object = widget.Field(label(own), e, c.below)
	return c
}

func (v *Form) choice(own *present.FormField) *cell {
	name := own.Name
	values, labels := split(own.Options)
	s := widget.NewSelect(values, labels, v.words.T("form.none"))
	c := &cell{focus: s, below: widget.NewErrorText()}
	s.OnValue = func(value string) { v.set(name, value) }
	c.put = func(f *present.FormField) {
		values, labels := split(f.Options)
		s.SetChoices(values, labels)
		s.SetValue(f.Value)
	}
	c.object = widget.Field(label(own), s, c.below)
	return c
}

func split(options []present.Option) (values, labels []string) {
	for _, o := range options {
		values, labels = append(values, o.Value), append(labels, o.Label)
	}
	return values, labels
}

// ticks draws several boxes of which any may be chosen.
func (v *Form) ticks(own *present.FormField) *cell {
	name := own.Name
	c := &cell{below: widget.NewErrorText(), wide: true}
	boxes := make([]fyne.CanvasObject, 0, len(own.Options))
	checks := map[string]*fw.Check{}
	quiet := false
	for _, o := range own.Options {
		check := fw.NewCheck(o.Label, func(bool) {
			if quiet {
				return
			}
			var chosen []string
			for _, each := range own.Options {
				if checks[each.Value].Checked {
					chosen = append(chosen, each.Value)
				}
			}
			v.set(name, record.JoinList(chosen))
		})
		checks[o.Value] = check
		boxes = append(boxes, check)
		if c.focus == nil {
			c.focus = check
		}
	}
	c.put = func(f *present.FormField) {
		quiet = true
		chosen := record.SplitList(f.Value)
		for value, check := range checks {
			check.SetChecked(slices.Contains(chosen, value))
		}
		quiet = false
	}
	c.object = widget.Field(label(own), widget.FlowChips(boxes...), c.below)
	return c
}

func (v *Form) tick(own *present.FormField) *cell {
	name := own.Name
	c := &cell{below: widget.NewErrorText()}
	quiet := false
	check := fw.NewCheck(v.words.T("form.yes"), func(on bool) {
		if quiet {
			return
		}
		said := ""
		if on {
			said = "true"
		}
		v.set(name, said)
	})
	c.focus = check
	c.put = func(f *present.FormField) {
		quiet = true
		check.SetChecked(f.Value == "true")
		quiet = false
	}
	c.object = widget.Field(label(own), check, c.below)
	return c
}

// suggested is a line with the office's own words under it, to take by a tap.
// Anything else may be typed: a hospital is a place as well.
func (v *Form) suggested(own *present.FormField) *cell {
	c := v.typed(own, widget.NewEntry(), false)
	hints := widget.VStack(0)
	name := own.Name
	entry, ok := c.focus.(*widget.Entry)
	if !ok {
		return c
	}
	offer := func() {
		hints.RemoveAll()
		now := v.form.Field(name)
		if chips := v.near(now, entry); len(chips) > 0 {
			hints.Add(widget.FlowChips(chips...))
		}
		hints.Refresh()
		v.box.Refresh()
	}
	typed := entry.OnChanged
	entry.OnChanged = func(s string) {
		typed(s)
		offer()
	}
	c.object = widget.VStack(2, c.object, hints)
	return c
}

// near gives up to three offered words that hold what was typed.
func (v *Form) near(own *present.FormField, entry *widget.Entry) []fyne.CanvasObject {
	typed := record.Plain(entry.Text)
	if typed == "" {
		return nil
	}
	var chips []fyne.CanvasObject
	for _, o := range own.Options {
		if o.Value == entry.Text {
			return nil
		}
		if len(chips) < 3 && strings.Contains(record.Plain(o.Label), typed) {
			chips = append(chips, widget.Quiet(o.Label, nil, func() { entry.SetText(o.Value) }))
		}
	}
	return chips
}

func label(own *present.FormField) string {
	if own.Required {
		return own.Label + " *"
	}
	return own.Label
}

// Editor is a form with its buttons.
type Editor struct {
	*Form
	save   *widget.Button
	cancel *widget.Button
}

// NewEditor draws a form with Save and Cancel.
func NewEditor(w *assets.Words, form *present.Form, save, cancel func(), names ...string) *Editor {
	return &Editor{
		Form:   NewForm(w, form, names...),
		save:   widget.Primary(w.T("form.save"), nil, save),
		cancel: widget.Plain(w.T("form.cancel"), nil, cancel),
	}
}

// Busy keeps the buttons from being pressed twice while it is being saved.
func (e *Editor) Busy(on bool) {
	e.save.SetEnabled(!on)
	e.cancel.SetEnabled(!on)
}

// Object is the form with the buttons under it.
func (e *Editor) Object() fyne.CanvasObject { return widget.VStack(14, e.Fields(), e.Buttons()) }

// Fields are the form alone, for a page that puts something between it and the
// buttons; Buttons are those.
func (e *Editor) Fields() fyne.CanvasObject  { return e.Form.Object() }
func (e *Editor) Buttons() fyne.CanvasObject { return widget.HStack(8, e.save, e.cancel) }
