package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// Entry is a line of input. Marked Personal, it hides its text while names are
// blurred.
type Entry struct {
	fw.Entry
	// OnEscape is called when Esc is typed in it; nil hands the key on to the window.
	OnEscape func()
	personal bool
	secret   bool
	lines    bool
}

// NewEntry is one line of input.
func NewEntry() *Entry {
	e := &Entry{}
	e.Wrapping = fyne.TextWrapOff
	e.Scroll = fyne.ScrollHorizontalOnly
	e.ExtendBaseWidget(e)
	return e
}

// NewSecret is one line whose text is not shown; SetSecret shows it.
func NewSecret() *Entry {
	e := NewEntry()
	e.secret = true
	e.Password = true
	return e
}

// NewMultiEntry is an input of several lines, rows of them visible. Tab leaves
// it, where Fyne's own would write a tab.
func NewMultiEntry(rows int) *Entry {
	e := &Entry{lines: true}
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.ExtendBaseWidget(e)
	e.SetMinRowsVisible(rows)
	return e
}

// Personal marks the text as a name or the like.
func (e *Entry) Personal() *Entry { e.personal = true; return e }

// SetSecret hides or shows the text of a NewSecret.
func (e *Entry) SetSecret(on bool) {
	e.secret = on
	e.Refresh()
}

// AcceptsTab lets Tab go to the next field, also from several lines.
func (e *Entry) AcceptsTab() bool { return false }

// CreateRenderer draws it.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	// Fyne adds an eye to what is a password when it is first drawn; ours is a box
	// with a word beside it.
	secret := e.Password
	e.Password = false
	r := e.Entry.CreateRenderer()
	e.Password = secret
	return r
}

// Refresh follows the blur of names.
func (e *Entry) Refresh() {
	e.Password = e.secret || e.personal && NamesBlurred()
	e.Entry.Refresh()
}

// TypedKey tells of Esc, which a field hands on to the window.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	Touched()
	switch {
	case k.Name == fyne.KeyEscape && e.OnEscape != nil:
		e.OnEscape()
	case k.Name == fyne.KeyEscape:
		escape(e, k)
	case forWindow(e, k):
	default:
		e.Entry.TypedKey(k)
	}
}

// TypedRune writes a sign.
func (e *Entry) TypedRune(r rune) {
	Touched()
	e.Entry.TypedRune(r)
}

// OptionalDate is a line in which a date is typed as people type it; the full
// date as it was understood stands under it. Empty is valid.
type OptionalDate struct {
	Entry
	// Read turns what was typed into the date in full words, or into a problem
	// in words. It is asked for every change that is not empty.
	Read  func(typed string) (full, problem string)
	below *ErrorText
}

// NewOptionalDate makes a date field; read explains what was typed.
func NewOptionalDate(read func(typed string) (full, problem string)) *OptionalDate {
	d := &OptionalDate{Read: read, below: NewErrorText()}
	d.Wrapping = fyne.TextWrapOff
	d.Scroll = fyne.ScrollHorizontalOnly
	d.ExtendBaseWidget(d)
	d.OnChanged = func(string) { d.explain() }
	return d
}

// Below gives the line under the field: the date in full, or what is wrong.
func (d *OptionalDate) Below() *ErrorText { return d.below }

// Explain asks Read again, after a SetText.
func (d *OptionalDate) explain() {
	if d.Text == "" || d.Read == nil {
		d.below.Clear()
		return
	}
	full, problem := d.Read(d.Text)
	if problem != "" {
		d.below.SetProblem(problem, false)
		return
	}
	d.below.SetHint(full)
}

// OnEdit sets what is called with each change, after the explanation.
func (d *OptionalDate) OnEdit(do func(string)) {
	d.OnChanged = func(s string) {
		d.explain()
		if do != nil {
			do(s)
		}
	}
}

// Select offers one of several; "" is none of them, and SetValue("") clears
// it, which Fyne's own ignores.
type Select struct {
	fw.Select
	values []string
	quiet  bool
	// OnValue is called with the value (not its label) when a person chooses.
	OnValue func(value string)
}

// NewSelect makes a choice between values, shown by their labels; none is what
// is shown when nothing is chosen, and the first choice that clears it.
func NewSelect(values, labels []string, none string) *Select {
	s := &Select{}
	s.PlaceHolder = none
	s.ExtendBaseWidget(s)
	s.SetChoices(values, labels)
	s.OnChanged = func(string) {
		Touched()
		if i := s.SelectedIndex(); i == 0 && !s.quiet {
			s.SetValue("")
		}
		if !s.quiet && s.OnValue != nil {
			s.OnValue(s.Value())
		}
	}
	return s
}

// SetChoices replaces the values and their labels and keeps the chosen value
// where it is still among them.
func (s *Select) SetChoices(values, labels []string) {
	was := s.Value()
	s.values = append([]string{""}, values...)
	s.Options = append([]string{s.PlaceHolder}, labels...)
	s.SetValue(was)
}

// Value gives the chosen value, "" when there is none.
func (s *Select) Value() string {
	if i := s.SelectedIndex(); i > 0 && i < len(s.values) {
		return s.values[i]
	}
	return ""
}

// SetValue chooses a value without calling OnValue.
func (s *Select) SetValue(value string) {
	s.quiet = true
	defer func() { s.quiet = false }()
	for i, v := range s.values {
		if i > 0 && v == value {
			s.SetSelectedIndex(i)
			return
		}
	}
	s.ClearSelected()
}

// TypedKey opens the choices by Enter too, and hands Esc on to the window.
func (s *Select) TypedKey(k *fyne.KeyEvent) {
	Touched()
	switch k.Name {
	case fyne.KeyEscape:
		escape(s, k)
	case fyne.KeyReturn, fyne.KeyEnter:
		s.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	case fyne.KeyF1:
		forWindow(s, k)
	default:
		s.Select.TypedKey(k)
	}
}

// CreateRenderer draws the choice and its border.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	return newBordered(s.Select.CreateRenderer(), func() fyne.ThemeColorName {
		return theme.ColorNameInputBorder
	}, theme.SizeNameInputRadius)
}

// Choice offers one of several, of which one is always chosen.
type Choice struct {
	fw.Select
}

// NewChoice makes a choice between labels.
func NewChoice(labels []string) *Choice {
	c := &Choice{}
	c.Options = labels
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey opens the choices by Enter too, and hands Esc on to the window.
func (c *Choice) TypedKey(k *fyne.KeyEvent) {
	Touched()
	switch k.Name {
	case fyne.KeyEscape:
		escape(c, k)
	case fyne.KeyReturn, fyne.KeyEnter:
		c.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	case fyne.KeyF1:
		forWindow(c, k)
	default:
		c.Select.TypedKey(k)
	}
}

// CreateRenderer draws the choice and its border.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	return newBordered(c.Select.CreateRenderer(), func() fyne.ThemeColorName {
		return theme.ColorNameInputBorder
	}, theme.SizeNameInputRadius)
}
