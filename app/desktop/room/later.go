package room

import "time"

// Timer is what a Host offers whose rooms keep something by the clock.
type Timer interface {
	// Later runs do on the goroutine of the user interface after a while, unless
	// the office was closed meanwhile.
	Later(after time.Duration, do func())
}
