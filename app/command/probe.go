package command

import (
	"context"

	"paradero/data"
)

// probe is the child that the program starts to try a working copy. It stands
// in no table and no help, takes everything from its standard input, and says
// nothing but its answer.
func probe(ctx context.Context, env Env) int {
	if err := data.RunProbe(ctx, env.Stdin, env.Stdout); err != nil {
		return 1
	}
	return 0
}
