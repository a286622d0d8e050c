package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"paradero/data"
)

// ProbeVerb is the argument with which the program starts itself to try a
// working copy that may end whoever opens it. It is for nobody's hands.
const ProbeVerb = "probe"

// probeTime bounds a probe: a large office takes seconds.
const probeTime = 10 * time.Minute

// Probe gives what tries a working copy in a process of its own: this same
// program; nil where the program cannot be found, and then nothing is tried
// beforehand. Nothing that the child says of itself reaches anybody.
func Probe() data.Prober {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	return func(ctx context.Context, request []byte) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, probeTime)
		defer cancel()
		cmd := exec.CommandContext(ctx, self, ProbeVerb)
		cmd.Env = append(os.Environ(), "GOTRACEBACK=none", "PARADERO_TRACE=")
		cmd.Stdin, cmd.Stderr = bytes.NewReader(request), nil
		answer := &short{}
		cmd.Stdout = answer
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("probe: %w", err)
		}
		return answer.text, nil
	}
}

// short keeps the beginning of what is written to it.
type short struct{ text []byte }

const mostOfAnswer = 4 << 10

// Write implements io.Writer.
func (s *short) Write(b []byte) (int, error) {
	if len(s.text)+len(b) > mostOfAnswer {
		return 0, io.ErrShortWrite
	}
	s.text = append(s.text, b...)
	return len(b), nil
}
