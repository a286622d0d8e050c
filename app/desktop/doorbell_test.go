package desktop

import (
	"context"
	"testing"

	"paradero/app/desktop/roomtest"
	"paradero/data"
)

// ringing is a carrier by which people ask to be let in.
type ringing struct {
	fakeCarrier
	list []data.JoinRequest
}

func (c *ringing) Knocks(context.Context) ([]data.JoinRequest, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.list, nil
}

func (c *ringing) SendWelcome(context.Context, []byte, []byte) error { return nil }

func (c *ringing) ring(list ...data.JoinRequest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = list
}

// In whatever room one is, the rail tells that somebody asks to be let in; who was
// let in already and only fetches his welcome again does not count.
func TestRailTellsWhoIsAtTheDoor(t *testing.T) {
	b := newBench(t, spanish())
	c := &ringing{}
	b.shell.rooms = rooms()
	b.carry = func(office, func()) carrier { return c }
	boss := roomtest.Office(t, roomtest.Day())
	b.opened(boss, boss.Info().Dir)
	badge := func() string { return b.session.rail.items["team"].badge }
	before := badge()

	c.ring(data.JoinRequest{Name: "Tomás Quishpe"}, data.JoinRequest{Name: "Rosa Chango", Known: true})
	b.session.askDoor()
	b.until("one is at the door", func() bool { return badge() == "1" })

	c.ring()
	b.session.askDoor()
	b.until("nobody is at the door", func() bool { return badge() == before })
}
