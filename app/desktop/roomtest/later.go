package roomtest

import (
	"time"

	"paradero/app/desktop/room"
)

var _ room.Timer = (*Host)(nil)

// Later waits until the test lets time pass.
func (h *Host) Later(_ time.Duration, do func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting = append(h.waiting, do)
}

// Pass lets the time go by that everything waits for, so many times.
func (h *Host) Pass(times int) {
	for range times {
		h.mu.Lock()
		due := h.waiting
		h.waiting = nil
		h.mu.Unlock()
		for _, do := range due {
			do()
		}
		h.Pump()
	}
}
