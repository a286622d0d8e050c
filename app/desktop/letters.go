package desktop

import (
	"context"
	"time"

	"paradero/app/courier"
	"paradero/data"
)

var (
	_ carrier      = (*courier.Courier)(nil)
	_ postman      = (*courier.Courier)(nil)
	_ firstCarrier = (*courier.Courier)(nil)
	_ asker        = (*courier.Courier)(nil)
)

// askAtHub leaves a request at the hub that its invitation names, and looks for the
// welcome there.
func askAtHub(ctx context.Context, j *data.Joining) ([]byte, error) { return courier.Knock(ctx, j) }

// askInFolder does so in a folder that the office shares.
func askInFolder(ctx context.Context, j *data.Joining, dir string) ([]byte, error) {
	return courier.KnockFolder(ctx, j, dir, time.Now)
}
