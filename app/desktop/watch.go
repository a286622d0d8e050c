package desktop

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"
)

// presence lies under everything and notes the pointer where nothing else does.
type presence struct {
	fw.BaseWidget
	touch func()
}

var _ desktop.Hoverable = (*presence)(nil)

func newPresence(touch func()) *presence {
	p := &presence{touch: touch}
	p.ExtendBaseWidget(p)
	return p
}

func (p *presence) MouseIn(*desktop.MouseEvent)    { p.touch() }
func (p *presence) MouseMoved(*desktop.MouseEvent) { p.touch() }
func (p *presence) MouseOut()                      { p.touch() }

func (p *presence) CreateRenderer() fyne.WidgetRenderer {
	return fw.NewSimpleRenderer(fw.NewLabel(""))
}

// Between two looks at the clock; a gap this much longer means that the machine
// slept, and whoever wakes it is not known.
const (
	glance = time.Second
	slept  = 30 * time.Second
)

// watch locks the office when nobody has been there for the chosen minutes, when
// the machine has slept, and when another process asks for it.
func (s *shell) watch(ctx context.Context) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	last := s.clock().Round(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := s.clock().Round(0) // the wall's time goes on while the machine sleeps
		gap := now.Sub(last)
		last = now
		s.dispatch(func() {
			s.considerLocking(now, gap)
			s.heedRequest()
		})
	}
}

func (s *shell) considerLocking(now time.Time, gap time.Duration) {
	if s.session == nil || s.covered {
		return
	}
	idle := time.Duration(s.settings.LockMinutes) * time.Minute
	if gap > glance+slept || idle > 0 && now.Sub(s.touched.Round(0)) >= idle {
		s.lock()
	}
}

// heedRequest locks when somebody asked for it (paradero lock).
func (s *shell) heedRequest() {
	if s.session != nil && s.offices.LockAsked(s.dir) {
		s.lock()
	}
}
