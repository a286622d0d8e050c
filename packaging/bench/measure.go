package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// side is one contender in a comparison; run gives its figure.
type side struct {
	name string
	run  func(context.Context) (float64, error)
	aim  float64 // the ratio ours : this side that is wanted; 0: none
}

// contest compares ours with its peers, turn by turn on the same disk, so that
// what disturbs the machine disturbs all.
type contest struct {
	name   string
	unit   string
	rounds int
	lower  bool    // a lower figure is the better one (times, memory)
	aim    float64 // the ratio ours : first peer that is wanted; 0: none
	sides  []side  // ours first
}

// run takes the turns and prints the medians with their spread.
func (c contest) run(ctx context.Context, out io.Writer) error {
	got := make([][]float64, len(c.sides))
	for round := range c.rounds {
		for turn := range c.sides {
			i := (turn + round) % len(c.sides) // whoever goes first changes
			v, err := c.sides[i].run(ctx)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.name, c.sides[i].name, err)
			}
			got[i] = append(got[i], v)
		}
	}
	fmt.Fprintf(out, "%s\n", c.name)
	for i, s := range c.sides {
		fmt.Fprintf(out, "  %-34s %12s %s", s.name, figure(median(got[i])), c.unit)
		if c.rounds > 1 {
			fmt.Fprintf(out, "  (%s to %s)", figure(slices.Min(got[i])), figure(slices.Max(got[i])))
		}
		if i > 0 {
			ratios := make([]float64, c.rounds)
			for r := range ratios {
				ratios[r] = got[0][r] / got[i][r]
			}
			fmt.Fprintf(out, "   ours ×%.2f of it (×%.2f to ×%.2f)", median(ratios), slices.Min(ratios), slices.Max(ratios))
			aim := s.aim
			if i == 1 && c.aim > 0 {
				aim = c.aim
			}
			if aim > 0 {
				fmt.Fprintf(out, "   aim %s: %s", c.wanted(aim), verdict(c.meets(median(ratios), aim)))
			}
		}
		fmt.Fprintln(out)
	}
	return nil
}

func (c contest) wanted(aim float64) string {
	if c.lower {
		return fmt.Sprintf("at most ×%.2f", aim)
	}
	return fmt.Sprintf("at least ×%.2f", aim)
}

func (c contest) meets(ratio, aim float64) bool {
	if c.lower {
		return ratio <= aim
	}
	return ratio >= aim
}

// spread prints the median of several turns with the least and the most.
func spread(out io.Writer, name string, v []float64, unit string, atMost float64) {
	fmt.Fprintf(out, "  %-34s %12s %-3s (%s to %s)", name, figure(median(v)), unit, figure(slices.Min(v)), figure(slices.Max(v)))
	if atMost > 0 {
		fmt.Fprintf(out, "   aim at most %s: %s", figure(atMost), verdict(median(v) <= atMost))
	}
	fmt.Fprintln(out)
}

// report prints one figure against an absolute aim.
func report(out io.Writer, name string, value float64, unit string, atMost float64) {
	fmt.Fprintf(out, "  %-34s %12s %s", name, figure(value), unit)
	if atMost > 0 {
		fmt.Fprintf(out, "   aim at most %s: %s", figure(atMost), verdict(value <= atMost))
	}
	fmt.Fprintln(out)
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "NOT MET"
}

func median(v []float64) float64 { return quantile(v, 0.5) }

func quantile(v []float64, q float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	if q == 0.5 && len(s)%2 == 0 {
		return (s[len(s)/2-1] + s[len(s)/2]) / 2
	}
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

// figure writes a number with as many digits as mean something.
func figure(v float64) string {
	switch {
	case v >= 100:
		return grouped(int64(v + 0.5))
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

func grouped(n int64) string {
	s := fmt.Sprint(n)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), " ")
}
