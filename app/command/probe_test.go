package command

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// The child's verb answers nobody but its parent: without a request it says
// nothing at all, and no help knows it.
func TestProbeVerbIsForNobody(t *testing.T) {
	for _, in := range []string{"", "hola", `{"dir":"/"}`} {
		var out, errs bytes.Buffer
		status := Main(context.Background(), []string{"probe"}, Env{Stdin: strings.NewReader(in), Stdout: &out, Stderr: &errs})
		if status != 1 || out.Len()+errs.Len() > 0 {
			t.Errorf("%q: %d, %q, %q", in, status, out.String(), errs.String())
		}
	}
	var out bytes.Buffer
	if Main(context.Background(), []string{"help"}, Env{Stdout: &out, Stderr: &out}); strings.Contains(out.String(), "probe") {
		t.Error("help lists the probe")
	}
}
