package present

import (
	"context"
	"time"
)

// Joining is a person on the way into a team, as the joining page shows it.
type Joining struct {
	Office   string
	Name     string
	Role     string
	Words    string // to be compared on both screens
	Picture  string // the same as a text for a QR code
	Recovery string // the recovery code of this computer, only when it has just been made
	Expires  time.Time
	Hub      bool // the request goes by a hub, and the welcome comes that way
	Waits    bool // let in, and somebody who works on this computer has to sign in once
}

// Applicant answers an invitation and waits to be let in. Nothing of it is called
// on the screen's goroutine, save State.
type Applicant interface {
	State() Joining
	// Request is what goes to the coordinator.
	Request() []byte
	// Ask leaves the request at the hub and looks for the welcome there; nil: it has
	// not come yet.
	Ask(ctx context.Context) (welcome []byte, err error)
	// AskFolder does so in a folder that the office shares.
	AskFolder(ctx context.Context, dir string) (welcome []byte, err error)
	// Rehearse tells whether the recovery code was typed back right.
	Rehearse(code string) bool
}

// Joined is who was let in.
type Joined struct {
	Office string
	Name   string
	Waits  bool   // somebody who works on this computer has to sign in once
	Hub    []byte // by which the office is brought; nil: by a file
}
