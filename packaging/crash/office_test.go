package crash

import (
	"testing"

	"paradero/packaging/program"
)

// office is an office that a test damages.
type office struct {
	*program.Office
	t *testing.T
}

// found makes a new office by the command line.
func found(t *testing.T) *office { return &office{program.Found(t), t} }

// prepare prepares an office below a folder without making it yet.
func prepare(t *testing.T, base string) *office { return &office{program.Prepare(t, base), t} }
