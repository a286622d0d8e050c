// Package hub is the relay between devices that have a network: a NATS server
// with JetStream inside the program (Server), and the client that reads and writes
// it as a depot (Dial). The same client works against a NATS cluster that somebody
// else runs, prepared by Prepare.
//
// What must not live here: what a batch means and what is taken in (data), and
// trust. The hub sees ciphertext, pseudonyms, sizes and times. A client believes
// its own hash chain and never the hub's numbering.
//
// It is the only importer of NATS.
package hub

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
)

// The streams of an office's account.
const (
	streamBatches    = "batches"    // p.> r.> a.>: write-once, one message for each subject
	streamStatements = "statements" // s.*: the last word of each device
	streamBoxes      = "boxes"      // j.*: letters, which end after boxAge
)

// Bounds that the hub sets and the client keeps to.
const (
	maxPayload   = 512 << 10 // of any message
	maxStatement = 256 << 10
	inboxRoot    = "_I" // a device may listen below its own inbox only
	subjectInfo  = "hub.info"
)

// Errors beside those of package sync.
var (
	ErrInvitation = errors.New("not a hub's invitation")
	ErrRoster     = errors.New("the hub did not take the list of devices")
	ErrPin        = errors.New("another server answers at the hub's address")
)

// SubjectOf names the place of a batch that device from leaves at a hub:
//
//	p.<device>.<seq>.<hash>             its own
//	r.<from>.<device>.<seq>.<hash>      another's, which it passes on
//
// Devices are written as everywhere, the hash in small hexadecimal digits. A fifth
// or sixth token may follow: where somebody had taken the place with something
// else, the batch stands beside it.
func SubjectOf(from record.ID, n sync.Name) string {
	tail := n.Device.String() + "." + strconv.FormatUint(n.Seq, 10) + "." + hex.EncodeToString(n.Hash[:])
	if n.Device == from {
		return "p." + tail
	}
	return "r." + from.String() + "." + tail
}

// NameIn reads the name of a batch from its subject. What it says is the hub's
// word until the frame is looked at.
func NameIn(subject string) (sync.Name, bool) {
	parts := strings.Split(subject, ".")
	switch parts[0] {
	case "p":
		parts = parts[1:]
	case "r":
		if len(parts) < 2 {
			return sync.Name{}, false
		}
		parts = parts[2:]
	default:
		return sync.Name{}, false
	}
	if len(parts) < 3 || len(parts) > 4 || len(parts[2]) != 2*len(ledger.Hash{}) {
		return sync.Name{}, false
	}
	id, err := record.ParseID(parts[0])
	if err != nil {
		return sync.Name{}, false
	}
	seq, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		return sync.Name{}, false
	}
	n := sync.Name{Device: id, Seq: seq}
	if _, err := hex.Decode(n.Hash[:], []byte(parts[2])); err != nil {
		return sync.Name{}, false
	}
	return n, true
}

// whole tells whether a message is the batch that its subject names.
func whole(subject string, frame []byte) bool {
	want, ok := NameIn(subject)
	if !ok {
		return false
	}
	got, err := sync.NameOf(frame)
	return err == nil && got == want
}

// Grant is what a device may do with an office's account, in NATS's terms: the
// hub enforces it, and for a foreign cluster it is printed for its operator.
type Grant struct {
	Publish, Subscribe []string
}

// GrantFor gives a device's rights: to leave batches under its own name, to say
// its own word, to read the two streams without a consumer, and to hear live. It
// may make, change, purge and delete nothing. A consumer it may not have: that
// would let it use the server to write into the inbox of another. At a foreign
// cluster letters go by the same connection, and the streams are in an account that
// devices are not in.
func GrantFor(device record.ID, foreign bool) Grant {
	d := device.String()
	g := Grant{
		Publish: []string{
			"p." + d + ".>", "r." + d + ".>", "a." + d + ".>", "s." + d,
			"$JS.API.DIRECT.GET." + streamBatches,
			"$JS.API.DIRECT.GET." + streamStatements,
			"$JS.API.STREAM.INFO." + streamBatches,
		},
		Subscribe: []string{inboxRoot + "." + d + ".>", "p.>", "r.>"},
	}
	if foreign {
		g.Publish[len(g.Publish)-1] = subjectInfo
		g.Publish = append(g.Publish, "j.*", "$JS.API.DIRECT.GET."+streamBoxes+".j.*")
	}
	return g
}

// visitorGrant is what who holds an invitation may do in the visitors' account:
// letters by their names, and the list of devices.
func visitorGrant() Grant {
	return Grant{
		Publish:   []string{"j.*", "$JS.API.DIRECT.GET." + streamBoxes + ".j.*", subjectRosterPut, subjectRosterGet},
		Subscribe: []string{inboxRoot + ".v.>"},
	}
}

// away wraps what went wrong on the line.
func away(op string, err error) error {
	if err == nil || errors.Is(err, sync.ErrAway) {
		return err
	}
	return fmt.Errorf("%s: %w: %w", op, sync.ErrAway, err)
}
