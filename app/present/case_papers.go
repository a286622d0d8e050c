package present

import (
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data/record"
)

// paperLines is the checklist: what is missing first, since that is the work.
// usual are the papers that the pathway usually asks for (DOMAIN §4) and that
// stand on neither list; they are offered, never assumed.
func paperLines(w *assets.Words, r *record.Record) (lines []PaperLine, usual []string) {
	lacks, has := r.List("papers_missing"), r.List("papers_held")
	for _, p := range lacks {
		lines = append(lines, PaperLine{Text: p})
	}
	for _, p := range has {
		lines = append(lines, PaperLine{Text: p, Held: true})
	}
	key := "case.papers." + r.Get("type")
	if r.Get("type") == "release" {
		key = "case.papers." + r.Get("pathway")
	}
	if !w.Has(key) {
		return lines, nil
	}
	for _, p := range strings.Split(w.T(key), "\n") {
		if !slices.Contains(lacks, p) && !slices.Contains(has, p) {
			usual = append(usual, p)
		}
	}
	return lines, usual
}
