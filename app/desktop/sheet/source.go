package sheet

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/widget"
)

// Sourced shows where a fact comes from while the mouse rests on it; the
// timeline has it in full, so nothing is only to be found by hovering.
type Sourced struct {
	fw.BaseWidget
	content fyne.CanvasObject
	text    string
	value   string
	copying string
	pop     *fw.PopUp
}

var (
	_ desktop.Hoverable      = (*Sourced)(nil)
	_ fyne.SecondaryTappable = (*Sourced)(nil)
)

// WithSource makes an object show its source on hover, and its value be copied
// by a right click; copying is the word for that.
func WithSource(content fyne.CanvasObject, source, value, copying string) *Sourced {
	s := &Sourced{content: content, text: source, value: value, copying: copying}
	s.ExtendBaseWidget(s)
	return s
}

// TappedSecondary offers to copy the value.
func (s *Sourced) TappedSecondary(e *fyne.PointEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	if c == nil || s.value == "" || s.copying == "" || widget.NamesBlurred() {
		return
	}
	s.MouseOut()
	fw.ShowPopUpMenuAtPosition(fyne.NewMenu("", fyne.NewMenuItem(s.copying, func() {
		fyne.CurrentApp().Clipboard().SetContent(s.value)
	})), c, e.AbsolutePosition)
}

// MouseIn shows the source under the fact.
func (s *Sourced) MouseIn(*desktop.MouseEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	if c == nil || s.pop != nil || s.text == "" {
		return
	}
	s.pop = fw.NewPopUp(widget.Inset(2, 4, 2, 4, widget.Caption(s.text)), c)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s)
	size := s.pop.MinSize()
	x := min(at.X, c.Size().Width-size.Width-widget.U(8))
	s.pop.ShowAtPosition(fyne.NewPos(max(x, 0), at.Y+s.Size().Height+widget.U(2)))
}

// MouseMoved is not used.
func (s *Sourced) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes it away.
func (s *Sourced) MouseOut() {
	if s.pop != nil {
		s.pop.Hide()
		s.pop = nil
	}
}

// CreateRenderer draws the content alone.
func (s *Sourced) CreateRenderer() fyne.WidgetRenderer { return fw.NewSimpleRenderer(s.content) }
