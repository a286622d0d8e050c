package chart

import (
	"sort"
	"time"
)

// Said is one count at its time.
type Said struct {
	At    time.Time
	Count int
}

// Voice is one source's counts over time. A line holds its level until the
// source says something else: nobody counted in between.
type Voice struct {
	Name string
	Said []Said // oldest first
}

// Steps is a chart of sources over time.
type Steps struct {
	Frame
	Voices []Voice
	Own    int    // what the team can name itself; drawn as a dashed level
	OwnAs  string // its name; "" leaves it out
	Day    func(time.Time) string
}

// lineHeight of labels, in font sizes: end labels are pushed apart to it.
const lineHeight = 1.35

// Scene draws the chart. Nothing said gives an empty picture with its axis.
func (s Steps) Scene() Scene {
	sc := Scene{W: s.W, H: s.H}
	from, to, top := s.extent()
	marks := ticks(top)
	left := 0.0
	for _, v := range marks {
		left = max(left, s.width(s.Count(int(v))))
	}
	left += 10
	right := s.W - s.labelWidth() - 12
	up, down := s.FontSize, s.H-s.FontSize*2
	y := func(v float64) float64 { return down - (down-up)*v/marks[len(marks)-1] }
	x := func(t time.Time) float64 {
		if !to.After(from) {
			return left + (right-left)/2
		}
		return left + 8 + (right-left-16)*float64(t.Sub(from))/float64(to.Sub(from))
	}
	for _, v := range marks {
		sc.Lines = append(sc.Lines, Line{Points: []Point{{left, y(v)}, {right, y(v)}}, Width: 1, Role: Grid})
		sc.Texts = append(sc.Texts, Text{X: left - 8, Y: y(v), Text: s.Count(int(v)), Size: s.FontSize, Align: Right, Role: Axis})
	}
	s.days(&sc, from, to, left, right, x)
	var ends []Text
	for i, v := range s.Voices {
		if len(v.Said) == 0 {
			continue
		}
		ends = append(ends, s.voice(&sc, v, SeriesRole(i), x, y, right))
	}
	if s.OwnAs != "" {
		sc.Lines = append(sc.Lines, Line{Points: []Point{{left, y(float64(s.Own))}, {right, y(float64(s.Own))}}, Width: 1.5, Role: Own, Dashed: true})
		ends = append(ends, Text{Y: y(float64(s.Own)), Text: s.ownLabel(), Role: Own})
	}
	s.endLabels(&sc, ends, right)
	return sc
}

func (s Steps) extent() (from, to time.Time, top float64) {
	for _, v := range s.Voices {
		for _, p := range v.Said {
			if from.IsZero() || p.At.Before(from) {
				from = p.At
			}
			if p.At.After(to) {
				to = p.At
			}
			top = max(top, float64(p.Count))
		}
	}
	if s.OwnAs != "" {
		top = max(top, float64(s.Own))
	}
	return from, to, top
}

func (s Steps) ownLabel() string { return s.OwnAs + "  " + s.Count(s.Own) }

func voiceLabel(v Voice, count func(int) string) string {
	return v.Name + "  " + count(v.Said[len(v.Said)-1].Count)
}

// labelWidth is the room for the names at the lines' ends, at most two fifths.
func (s Steps) labelWidth() float64 {
	w := 0.0
	if s.OwnAs != "" {
		w = s.width(s.ownLabel())
	}
	for _, v := range s.Voices {
		if len(v.Said) > 0 {
			w = max(w, s.width(voiceLabel(v, s.Count)))
		}
	}
	return min(w, s.W*0.4)
}

func (s Steps) voice(sc *Scene, v Voice, role Role, x func(time.Time) float64, y func(float64) float64, right float64) Text {
	line := Line{Width: 2, Role: role}
	for i, p := range v.Said {
		px, py := x(p.At), y(float64(p.Count))
		if i > 0 {
			line.Points = append(line.Points, Point{px, line.Points[len(line.Points)-1].Y})
		}
		line.Points = append(line.Points, Point{px, py})
		sc.Dots = append(sc.Dots, Dot{X: px, Y: py, R: 3.5, Role: role})
	}
	last := line.Points[len(line.Points)-1]
	line.Points = append(line.Points, Point{right, last.Y})
	sc.Lines = append(sc.Lines, line)
	return Text{Y: last.Y, Text: voiceLabel(v, s.Count), Role: role}
}

// endLabels names each line where it ends, pushed apart where levels are near.
func (s Steps) endLabels(sc *Scene, ends []Text, right float64) {
	sort.SliceStable(ends, func(i, j int) bool { return ends[i].Y < ends[j].Y })
	gap := s.FontSize * lineHeight
	for i := 1; i < len(ends); i++ {
		ends[i].Y = max(ends[i].Y, ends[i-1].Y+gap)
	}
	if n := len(ends); n > 0 {
		floor := s.H - s.FontSize
		for i := n - 1; i >= 0 && ends[i].Y > floor; i-- {
			ends[i].Y, floor = floor, floor-gap
		}
	}
	for _, t := range ends {
		t.X, t.Size, t.Align, t.Bold = right+6, s.FontSize, Left, true
		sc.Texts = append(sc.Texts, t)
	}
}

// days writes the times of first and last word and, where there is room, days
// between them.
func (s Steps) days(sc *Scene, from, to time.Time, left, right float64, x func(time.Time) float64) {
	if from.IsZero() || s.Day == nil {
		return
	}
	y := s.H - s.FontSize*0.8
	put := func(t time.Time) float64 {
		label := s.Day(t)
		half := s.width(label) / 2
		px := min(max(x(t), left+half-8), right-half+4)
		sc.Texts = append(sc.Texts, Text{X: px, Y: y, Text: label, Size: s.FontSize, Align: Middle, Role: Axis})
		return px + half
	}
	if !to.After(from) {
		put(from)
		return
	}
	if s.Day(from) == s.Day(to) {
		put(from.Add(to.Sub(from) / 2))
		return
	}
	const gap = 12
	end := put(from)
	lastHalf := s.width(s.Day(to)) / 2
	lastStart := min(x(to), right-lastHalf+4) - lastHalf
	for d := midnight(from).AddDate(0, 0, 1); d.Before(midnight(to)); d = d.AddDate(0, 0, 1) {
		half := s.width(s.Day(d)) / 2
		if x(d)-half > end+gap && x(d)+half < lastStart-gap {
			end = put(d)
		}
	}
	put(to)
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
