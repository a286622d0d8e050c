package desktop

import (
	"time"

	"paradero/app/desktop/room"
)

var _ room.Timer = (*session)(nil)

// Later implements room.Timer.
func (n *session) Later(after time.Duration, do func()) { n.later(after, do) }
