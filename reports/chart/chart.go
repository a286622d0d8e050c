// Package chart makes charts as scenes: plain bars, lines, dots and texts in
// points from the upper left corner, which the screen and the paper each draw
// with their own means, so that both show the same picture.
//
// What must not live here: a screen, a PDF, fonts, colours (a Role is given
// one by whoever draws), words, and anything that reads an office.
package chart

import "math"

// Role says what a mark is; the drawer gives it a colour. Roles from Series up
// are lines or bars of data, in turn.
type Role uint8

// The roles. None is red: the dead are not an alarm.
const (
	Grid Role = iota
	Axis
	Label
	Strong
	Own // the team's own named records
	Series
)

// SeriesRoles is how many colours of data a drawer must know; more series
// begin again.
const SeriesRoles = 6

// SeriesRole is the role of the i-th series.
func SeriesRole(i int) Role { return Series + Role(i%SeriesRoles) }

// Align says which end of a text stands at its X.
type Align uint8

// The alignments.
const (
	Left Align = iota
	Middle
	Right
)

// Point is a place in the scene.
type Point struct{ X, Y float64 }

// Line is a broken line.
type Line struct {
	Points []Point
	Width  float64
	Role   Role
	Dashed bool
}

// Bar is a filled rectangle.
type Bar struct {
	X, Y, W, H float64
	Role       Role
}

// Dot is a filled circle.
type Dot struct {
	X, Y, R float64
	Role    Role
}

// Text stands with its middle height at Y.
type Text struct {
	X, Y  float64
	Text  string
	Size  float64
	Align Align
	Role  Role
	Bold  bool
}

// Scene is a whole picture; it is drawn bars first, then lines, dots, texts.
type Scene struct {
	W, H  float64
	Bars  []Bar
	Lines []Line
	Dots  []Dot
	Texts []Text
}

// Frame is what every chart is told by the one who will draw it.
type Frame struct {
	W, H     float64
	FontSize float64
	Measure  func(text string, size float64) float64 // width of a text as it will be drawn
	Count    func(int) string                        // writes a number
}

func (f Frame) width(text string) float64 {
	if f.Measure == nil {
		return float64(len([]rune(text))) * f.FontSize * 0.55
	}
	return f.Measure(text, f.FontSize)
}

// ticks chooses round values from zero to at least top, four or five of them.
func ticks(top float64) []float64 {
	if top <= 0 {
		top = 1
	}
	raw := top / 4
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := unit * 10
	for _, m := range []float64{1, 2, 2.5, 5} {
		if unit*m >= raw {
			step = unit * m
			break
		}
	}
	if step < 1 {
		step = 1 // counts of people have no halves
	}
	if step == 2.5 {
		step = 5
	}
	var out []float64
	for v := 0.0; ; v += step {
		out = append(out, v)
		if v >= top {
			return out
		}
	}
}
