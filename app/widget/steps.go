package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// StepState is how far a step of a pipeline is.
type StepState uint8

// The states of a step.
const (
	StepAhead StepState = iota
	StepDone
	StepReached // the last one done
)

// StepRow is one step of a pipeline: a mark on a line that joins it to the
// steps before and after, the step with what is said of it, and something at
// the right.
type StepRow struct {
	fw.BaseWidget
	state       StepState
	first, last bool
	middle      float32 // of the content's first line, from its top
	content     fyne.CanvasObject
}

// NewStepRow makes a row; first and last end the line.
func NewStepRow(state StepState, first, last bool, content fyne.CanvasObject) *StepRow {
	r := &StepRow{state: state, first: first, last: last, middle: 9, content: content}
	r.ExtendBaseWidget(r)
	return r
}

// At says where the middle of the content's first line is, in pixels from its
// top, when that line holds more than text.
func (r *StepRow) At(middle float32) *StepRow { r.middle = middle; return r }

// CreateRenderer draws the mark, its line and the content.
func (r *StepRow) CreateRenderer() fyne.WidgetRenderer {
	up, down := canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	dot := canvas.NewCircle(nil)
	const edge, space = 28, 5 // where the content begins; above and below it
	paint := func() {
		ahead, done := tint(ColorBorder), tint(theme.ColorNamePrimary)
		up.FillColor, down.FillColor = ahead, ahead
		dot.FillColor, dot.StrokeColor, dot.StrokeWidth = tint(ColorSurface), tint(theme.ColorNameInputBorder), 1.5
		if r.state != StepAhead {
			up.FillColor, dot.FillColor, dot.StrokeColor = done, done, done
		}
		if r.state == StepDone {
			down.FillColor = done
		}
		up.Hidden, down.Hidden = r.first, r.last
	}
	layout := func(s fyne.Size) {
		d, x := U(11), U(9)
		if r.state == StepReached {
			d = U(15)
		}
		y := U(space + r.middle)
		up.Move(fyne.NewPos(x-1, 0))
		up.Resize(fyne.NewSize(2, y))
		down.Move(fyne.NewPos(x-1, y))
		down.Resize(fyne.NewSize(2, s.Height-y))
		dot.Move(fyne.NewPos(x-d/2, y-d/2))
		dot.Resize(fyne.NewSquareSize(d))
		r.content.Move(fyne.NewPos(U(edge), U(space)))
		r.content.Resize(fyne.NewSize(max(0, s.Width-U(edge)), s.Height-U(2*space)))
	}
	paint()
	return &plain{
		objects: []fyne.CanvasObject{up, down, dot, r.content}, layout: layout,
		min:     func() fyne.Size { return r.content.MinSize().AddWidthHeight(U(edge), U(2*space)) },
		refresh: func() { paint(); layout(r.Size()); canvas.Refresh(r) },
	}
}
