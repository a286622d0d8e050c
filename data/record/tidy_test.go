package record

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The short way must give what the long way gives.
func TestTidyIsClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ A-Za-zñÑáéíóúÜ\x{300}\x{301}ŉſŷ'.]{0,12}`)).Draw(t, "s")
		if long := strings.Join(strings.Fields(visible(s, false)), " "); CleanLine(s) != long {
			t.Fatalf("%q: %q, the long way %q", s, CleanLine(s), long)
		}
	})
}
