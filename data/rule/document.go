package rule

import (
	"slices"
	"strings"

	"paradero/data/record"
)

// Superseded names the facts that an issued paper states and that are no longer
// so. current must hold every fact as it would be stated today: one that is no
// longer there has changed too.
func Superseded(document *record.Record, current map[string]string) []string {
	var out []string
	for _, line := range document.List("stated") {
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		now, known := current[name]
		if (!known || oneLine(now) != oneLine(value)) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// oneLine is how a value stands in "stated", which keeps one fact a line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
