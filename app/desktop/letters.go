package desktop

import (
	"context"

	"paradero/app/courier"
	"paradero/data"
)

var (
	_ carrier      = (*courier.Courier)(nil)
	_ postman      = (*courier.Courier)(nil)
	_ firstCarrier = (*courier.Courier)(nil)
)

// askAtHub leaves a request at the hub that its invitation names, and looks for the
// welcome there.
func askAtHub(ctx context.Context, j *data.Joining) ([]byte, error) { return courier.Knock(ctx, j) }
