package sheet

import (
	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/present"
	"paradero/app/widget"
)

// Switch is a row of words of which exactly one is chosen.
type Switch struct {
	fw.BaseWidget
	buttons map[string]*pill
	root    fyne.CanvasObject
}

// NewSwitch draws the filters; choose is called with the name of the tapped one.
func NewSwitch(filters []present.Filter, choose func(name string)) *Switch {
	s := &Switch{buttons: map[string]*pill{}}
	objects := make([]fyne.CanvasObject, 0, len(filters))
	for _, f := range filters {
		b := newPill(f.Label, f.On, func() { choose(f.Name) })
		s.buttons[f.Name] = b
		objects = append(objects, b.tap)
	}
	s.root = widget.FlowChips(objects...)
	s.ExtendBaseWidget(s)
	for _, f := range filters {
		name := f.Name
		s.buttons[name].tap.OnTap = func() {
			for n, b := range s.buttons {
				b.set(n == name)
			}
			choose(name)
		}
	}
	return s
}

// Sync follows a choice that was made elsewhere.
func (s *Switch) Sync(filters []present.Filter) {
	for _, f := range filters {
		if b := s.buttons[f.Name]; b != nil {
			b.set(f.On)
		}
	}
}

// Tap chooses by name, as a tap does.
func (s *Switch) Tap(name string) {
	if b := s.buttons[name]; b != nil {
		b.tap.OnTap()
	}
}

// CreateRenderer draws the row.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer { return fw.NewSimpleRenderer(s.root) }

// pill is a chip that can be tapped.
type pill struct {
	tap  *widget.Tapper
	chip *widget.Chip
	text string
}

func newPill(text string, on bool, tap func()) *pill {
	p := &pill{chip: widget.NewChip(text, widget.ToneGrey), text: text}
	p.tap = widget.NewTapper(p.chip, tap)
	p.set(on)
	return p
}

func (p *pill) set(on bool) {
	tone := widget.ToneGrey
	if on {
		tone = widget.ToneAccent
	}
	p.chip.Set(p.text, tone)
}

// Row draws a row of people.
func Row(r present.PersonRow) widget.RowData {
	return widget.RowData{
		Initials: r.Initials, Title: r.Name, Caption: r.Line, Chip: r.Chip.Text, Tone: Tone(r.Chip.Tone),
		Mark: r.Mark.Text, MarkTone: Tone(r.Mark.Tone), Personal: true,
	}
}
