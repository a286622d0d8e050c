package desktop

import (
	"context"
	"time"
)

// bell is how long the rail waits before it asks again who is at the door: the two
// are on the telephone then, and whoever lets in sits in whatever room.
const bell = 20 * time.Second

// hearDoor asks again and again who asks to be let in. Where no invitation is out,
// nothing is asked for (courier.Knocks).
func (n *session) hearDoor() {
	n.later(bell, func() {
		n.askDoor()
		n.hearDoor()
	})
}

// askDoor counts who asks to be let in and was not yet; the rail says it beside the
// team's room. A way that cannot be reached is told on the page of exchange.
func (n *session) askDoor() {
	d := n.Door()
	if d == nil || n.courier == nil {
		return
	}
	n.Work("rail.door", func(ctx context.Context) func() {
		list, err := d.Knocks(ctx)
		if err != nil {
			return nil
		}
		knocks := 0
		for i := range list {
			if !list[i].Again {
				knocks++
			}
		}
		return func() {
			n.knocks = knocks
			n.drawAsked()
		}
	})
}

// drawAsked shows in the rail how much waits in the team's room: proposals for the
// word of who is signed in, and requests to be let in.
func (n *session) drawAsked() { n.rail.count("team", n.asked+n.knocks, n.shell.words) }
