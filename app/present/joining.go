package present

import (
	"context"
	"time"

	"paradero/data/record"
)

// Inviting is who is to be invited: somebody new, or another device of a member.
type Inviting struct {
	Name   string
	Role   string
	Member record.ID // zero: somebody new
}

// Invited is an invitation that was made: a file that may travel by any way, and
// a code that must not travel with it.
type Invited struct {
	File        string
	Code        string
	Fingerprint string
	Expires     time.Time
}

// Knock is a request to be let in, as the coordinator sees it.
type Knock struct {
	Name    string
	Role    string
	Device  string
	Words   string // to be compared on both screens
	Picture string // the same as a text for a QR code
	Request []byte // as it came
	Known   bool   // a member already: another device of his
	Again   bool   // let in before: admitting gives the same welcome anew
}

// Door is what lets people in. The window lends it to the team room.
type Door interface {
	Invite(ctx context.Context, in Inviting, file string) (Invited, error)
	// LookAt reads a request that somebody brought.
	LookAt(ctx context.Context, request []byte) (Knock, error)
	// Knocks gives the requests that came by hub or folder.
	Knocks(ctx context.Context) ([]Knock, error)
	// Admit lets a device in. The welcome goes by hub or folder where the request
	// came that way, and in any case to the file that its caller writes.
	Admit(ctx context.Context, request []byte) (welcome []byte, err error)
}
