package app

import (
	"context"
	"errors"
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
	return func(ctx context.Context, talk func(io.Writer, io.Reader) error) error {
		ctx, cancel := context.WithTimeout(ctx, probeTime)
		defer cancel()
		cmd := exec.CommandContext(ctx, self, ProbeVerb)
		cmd.Env = append(os.Environ(), "GOTRACEBACK=none", "PARADERO_TRACE=")
		in, err := cmd.StdinPipe() // the system closes it when this process is killed, and the child ends
		if err != nil {
			return fmt.Errorf("probe: %w", err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return fmt.Errorf("probe: %w", errors.Join(err, in.Close()))
		}
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("probe: %w", err)
		}
		said := talk(in, out)
		_ = in.Close() // a child that was not heard to its end ends now
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("probe: %w", errors.Join(said, err))
		}
		return said
	}
}
