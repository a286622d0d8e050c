package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/reports/chart"
)

// ChartView draws a scene of reports/chart, the same that is printed. It asks
// for a new scene at every width, so that words never shrink with the window.
type ChartView struct {
	fw.BaseWidget
	height float32
	scene  func(chart.Frame) chart.Scene
}

// NewChartView makes a chart of a height in pixels; scene is asked for the
// picture that fits the frame.
func NewChartView(height float32, scene func(chart.Frame) chart.Scene) *ChartView {
	v := &ChartView{height: height, scene: scene}
	v.ExtendBaseWidget(v)
	return v
}

// CreateRenderer draws the scene.
func (v *ChartView) CreateRenderer() fyne.WidgetRenderer {
	r := &chartRenderer{view: v}
	return r
}

type chartRenderer struct {
	view    *ChartView
	objects []fyne.CanvasObject
}

func (r *chartRenderer) Destroy()                     {}
func (r *chartRenderer) MinSize() fyne.Size           { return fyne.NewSize(U(220), U(r.view.height)) }
func (r *chartRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *chartRenderer) Layout(s fyne.Size) { r.draw(s) }

func (r *chartRenderer) Refresh() {
	r.draw(r.view.Size())
	canvas.Refresh(r.view)
}

func (r *chartRenderer) draw(s fyne.Size) {
	r.objects = nil
	if s.Width <= 0 || s.Height <= 0 || r.view.scene == nil {
		return
	}
	size := current().Size(theme.SizeNameCaptionText)
	sc := r.view.scene(chart.Frame{
		W: float64(s.Width), H: float64(s.Height), FontSize: float64(size),
		Measure: func(text string, size float64) float64 {
			return float64(fyne.MeasureText(text, float32(size), fyne.TextStyle{Bold: true}).Width)
		},
	})
	for _, b := range sc.Bars {
		o := canvas.NewRectangle(chartTint(b.Role))
		o.Resize(fyne.NewSize(float32(b.W), float32(b.H)))
		o.Move(fyne.NewPos(float32(b.X), float32(b.Y)))
		r.objects = append(r.objects, o)
	}
	for _, l := range sc.Lines {
		r.line(l)
	}
	for _, d := range sc.Dots {
		o := canvas.NewCircle(chartTint(d.Role))
		o.Resize(fyne.NewSquareSize(float32(2 * d.R)))
		o.Move(fyne.NewPos(float32(d.X-d.R), float32(d.Y-d.R)))
		r.objects = append(r.objects, o)
	}
	for _, t := range sc.Texts {
		r.text(t, s.Width)
	}
}

func (r *chartRenderer) line(l chart.Line) {
	for i := 1; i < len(l.Points); i++ {
		a, b := l.Points[i-1], l.Points[i]
		if !l.Dashed {
			r.segment(a, b, l)
			continue
		}
		const dash, space = 5, 4
		for x := a.X; x < b.X; x += dash + space { // dashed lines are levels
			r.segment(chart.Point{X: x, Y: a.Y}, chart.Point{X: min(x+dash, b.X), Y: a.Y}, l)
		}
	}
}

func (r *chartRenderer) segment(a, b chart.Point, l chart.Line) {
	o := canvas.NewLine(chartTint(l.Role))
	o.StrokeWidth = float32(l.Width)
	o.Position1, o.Position2 = fyne.NewPos(float32(a.X), float32(a.Y)), fyne.NewPos(float32(b.X), float32(b.Y))
	r.objects = append(r.objects, o)
}

func (r *chartRenderer) text(t chart.Text, width float32) {
	o := canvas.NewText(t.Text, chartTint(t.Role))
	o.TextSize, o.TextStyle.Bold = float32(t.Size), t.Bold
	if t.Align == chart.Left {
		o.Text = ellipsis(t.Text, width-float32(t.X), o.TextSize, o.TextStyle)
	}
	m := o.MinSize()
	x := float32(t.X)
	switch t.Align {
	case chart.Middle:
		x -= m.Width / 2
	case chart.Right:
		x -= m.Width
	}
	o.Resize(m)
	o.Move(fyne.NewPos(x, float32(t.Y)-m.Height/2))
	r.objects = append(r.objects, o)
}

// chartPairs are the colours of data, light and dark. Each stands at least
// 4.5:1 against a card, since the labels are written in them; none is red.
var chartPairs = [chart.SeriesRoles]pair{
	{hex(0x0B6B70), hex(0x4FB8B4)},
	{hex(0x9A6700), hex(0xF2C14E)},
	{hex(0x5B4B9A), hex(0xB3A5F0)},
	{hex(0x1F6399), hex(0x7CB8F0)},
	{hex(0x6F4E37), hex(0xD9B48F)},
	{hex(0x3F6B1F), hex(0x9BD48A)},
}

func chartTint(role chart.Role) color.Color {
	switch role {
	case chart.Grid:
		return tint(ColorBorder)
	case chart.Axis, chart.Label:
		return tint(ColorMuted)
	case chart.Strong, chart.Own:
		return tint(theme.ColorNameForeground)
	}
	p := chartPairs[int(role-chart.Series)%len(chartPairs)]
	if t, ok := current().(*Theme); ok && t.Dark() {
		return p.dark
	}
	return p.light
}
