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
	pop     *fw.PopUp
}

var _ desktop.Hoverable = (*Sourced)(nil)

// WithSource makes an object show its source on hover.
func WithSource(content fyne.CanvasObject, text string) fyne.CanvasObject {
	if text == "" {
		return content
	}
	s := &Sourced{content: content, text: text}
	s.ExtendBaseWidget(s)
	return s
}

// MouseIn shows the source under the fact.
func (s *Sourced) MouseIn(*desktop.MouseEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	if c == nil || s.pop != nil {
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
