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

// People are shown what they can do; the cause only where a variable asks for it.
func TestCause(t *testing.T) {
	for value, want := range map[string]bool{"": false, "1": true} {
		var out, errs bytes.Buffer
		env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(name string) string {
			return map[string]string{"PARADERO_CAUSE": value}[name]
		}}
		status := Main(context.Background(), []string{"find", "nadie", "--office", t.TempDir()}, env)
		if got := strings.Contains(errs.String(), "cause: open office: office_missing"); status != 1 || got != want {
			t.Errorf("%q: %d, %q", value, status, errs.String())
		}
	}
}
