package page

import "paradero/reports/chart"

// points to millimetres at which charts are drawn on paper.
const chartUnit = ptToMM

// roles give a chart's marks colours that differ in grey as well: papers are
// copied in black and white.
var roles = []colour{
	chart.Grid: {0xE4, 0xE8, 0xEC}, chart.Axis: quiet, chart.Label: ink, chart.Strong: ink, chart.Own: accent,
	chart.Series: {0x0B, 0x6B, 0x70}, chart.Series + 1: {0x9A, 0x67, 0x00}, chart.Series + 2: {0x4B, 0x55, 0x8C},
	chart.Series + 3: {0x8A, 0x4B, 0x6E}, chart.Series + 4: {0x55, 0x7A, 0x2E}, chart.Series + 5: {0x66, 0x66, 0x66},
}

func roleColour(r chart.Role) colour {
	if int(r) < len(roles) {
		return roles[r]
	}
	return ink
}

// ChartWidth is how wide a scene may be, in its points.
func (s *Sheet) ChartWidth() float64 { return (s.right - s.left) / chartUnit }

// Measure gives a text's width in points, for who lays out a scene.
func (s *Sheet) Measure(text string, size float64) float64 {
	return s.width(s.script.clean(text), Style{Size: size / s.scale}) / ptToMM
}

// Chart draws a scene, never torn apart.
func (s *Sheet) Chart(sc chart.Scene) {
	height := sc.H * chartUnit
	s.room(height + 2)
	x := func(v float64) float64 { return s.left + v*chartUnit }
	y := func(v float64) float64 { return s.y + v*chartUnit }
	for _, b := range sc.Bars {
		c := roleColour(b.Role)
		s.pdf.SetFillColor(c.r, c.g, c.b)
		s.pdf.Rect(x(b.X), y(b.Y), b.W*chartUnit, b.H*chartUnit, "F")
	}
	for _, l := range sc.Lines {
		c := roleColour(l.Role)
		s.pdf.SetDrawColor(c.r, c.g, c.b)
		s.pdf.SetLineWidth(l.Width * chartUnit)
		if l.Dashed {
			s.pdf.SetDashPattern([]float64{1.4, 1}, 0)
		}
		for i := 1; i < len(l.Points); i++ {
			s.pdf.Line(x(l.Points[i-1].X), y(l.Points[i-1].Y), x(l.Points[i].X), y(l.Points[i].Y))
		}
		s.pdf.SetDashPattern(nil, 0)
	}
	for _, d := range sc.Dots {
		c := roleColour(d.Role)
		s.pdf.SetFillColor(c.r, c.g, c.b)
		s.pdf.Circle(x(d.X), y(d.Y), d.R*chartUnit, "F")
	}
	for _, t := range sc.Texts {
		st := Style{Size: t.Size / s.scale, Bold: t.Bold, colour: roleColour(t.Role)}
		text := s.script.clean(t.Text)
		left := x(t.X)
		switch t.Align {
		case chart.Middle:
			left -= s.width(text, st) / 2
		case chart.Right:
			left -= s.width(text, st)
		}
		s.put(left, y(t.Y)+t.Size*ptToMM*0.36, text, st)
	}
	s.y += height
	s.Gap(3)
}
