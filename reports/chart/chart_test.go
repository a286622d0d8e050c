package chart

import (
	"strconv"
	"testing"
	"time"
)

func at(day, hour int) time.Time { return time.Date(2026, 9, day, hour, 0, 0, 0, time.UTC) }

func sample() Steps {
	return Steps{
		Frame: Frame{W: 700, H: 240, FontSize: 11, Count: strconv.Itoa},
		Voices: []Voice{
			{Name: "SNAI", Said: []Said{{at(28, 16), 24}, {at(29, 9), 116}, {at(30, 12), 118}}},
			{Name: "Fiscalía", Said: []Said{{at(29, 7), 100}, {at(30, 18), 119}}},
		},
		Own: 118, OwnAs: "Con nombre",
		Day: func(t time.Time) string { return t.Format("2 Jan") },
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		top  float64
		last float64
		n    int
	}{{0, 1, 2}, {1, 1, 2}, {3, 3, 4}, {7, 8, 5}, {31, 40, 5}, {118, 150, 4}, {100, 100, 5}, {9, 10, 3}} {
		got := ticks(c.top)
		if got[0] != 0 || got[len(got)-1] != c.last || len(got) != c.n {
			t.Errorf("ticks(%v) = %v, want %d up to %v", c.top, got, c.n, c.last)
		}
	}
}

func TestStepsHoldALevelUntilTheNextWord(t *testing.T) {
	sc := sample().Scene()
	var data []Line
	for _, l := range sc.Lines {
		if l.Role >= Series {
			data = append(data, l)
		}
	}
	if len(data) != 2 {
		t.Fatalf("want a line for each source, got %d", len(data))
	}
	p := data[0].Points
	if len(p) != 6 {
		t.Fatalf("three words make six points with their steps and the end, got %d: %v", len(p), p)
	}
	if p[0].Y != p[1].Y || p[1].X != p[2].X {
		t.Errorf("a level must hold and then step: %v", p)
	}
	if p[2].Y >= p[1].Y {
		t.Errorf("116 must stand above 24: %v", p)
	}
}

func TestStepsLabelsDoNotStandOnEachOther(t *testing.T) {
	sc := sample().Scene()
	var ys []float64
	for _, tx := range sc.Texts {
		if tx.Bold {
			ys = append(ys, tx.Y)
		}
	}
	if len(ys) != 3 {
		t.Fatalf("want two sources and our own, got %v", ys)
	}
	for i := 1; i < len(ys); i++ {
		if ys[i]-ys[i-1] < 11 {
			t.Errorf("labels %v overlap", ys)
		}
	}
}

func TestStepsStaysInside(t *testing.T) {
	for _, s := range []Steps{sample(), {Frame: sample().Frame}, {Frame: sample().Frame, Voices: []Voice{{Name: "SNAI", Said: []Said{{at(1, 1), 5}}}}, Day: sample().Day}} {
		sc := s.Scene()
		for _, d := range sc.Dots {
			if d.X < 0 || d.X > sc.W || d.Y < 0 || d.Y > sc.H {
				t.Errorf("dot outside: %+v", d)
			}
		}
		for _, l := range sc.Lines {
			for _, p := range l.Points {
				if p.X < 0 || p.X > sc.W || p.Y < 0 || p.Y > sc.H {
					t.Errorf("line outside: %+v", p)
				}
			}
		}
	}
}
