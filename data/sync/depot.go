// Package sync is how devices of one office exchange what they said: the depot,
// which is any place where batches can be left for others (a hub, a shared folder,
// for tests the memory), and a device's signed word of what it holds.
//
// What must not live here: what is taken in and what it means (data), any depot's
// own mechanism (data/sync/hub, data/sync/folder, data/sync/bundle), and trust: a
// depot may lie, repeat, withhold and lose, and whoever reads it checks everything.
package sync

import (
	"context"
	"errors"

	"paradero/data/ledger"
	"paradero/data/record"
)

// Errors of a depot.
var (
	ErrMark    = errors.New("depot does not know this mark")     // it was emptied, restored or replaced: read from the beginning
	ErrNotLive = errors.New("depot tells nothing by itself")     // it has to be asked
	ErrNoBox   = errors.New("no such letter box")                // GetBox only
	ErrAway    = errors.New("depot cannot be reached")           // no network, no such folder now: try again later
	ErrRefused = errors.New("depot does not let this device in") // trying again does not help
	ErrFull    = errors.New("depot has no room")
	ErrDamaged = errors.New("depot is damaged") // it goes on with what is whole where it can
)

// Bounds of what a depot carries besides batches.
const (
	MaxBox     = 256 << 10 // bytes of a letter
	MaxBoxName = 64        // of a letter box: a-z, 0-9, '-', '_'
)

// Name is what a depot can tell of a batch without its frame.
type Name struct {
	Device record.ID
	Seq    uint64
	Hash   ledger.Hash
}

// Mark is how far a depot was read: its own text, which says nothing to others;
// "" is the beginning.
type Mark string

// Depot is a place where batches are left for others. It need not be honest. It is
// safe for concurrent use; errors of reaching it wrap one of the errors above.
type Depot interface {
	// Name is its address or folder, for people. It is always the same for the
	// same place.
	Name() string

	// Since gives the frames behind a mark to do, in the order in which they came
	// there, each with the mark behind it, and at the end how far it has read:
	// also when do or the line broke off, so that it can be gone on with. A frame
	// may come more than once; it is do's only until do returns.
	// A mark of what was emptied, restored or replaced is ErrMark. Nothing new is
	// told at the price of one small request.
	Since(ctx context.Context, m Mark, do func(frame []byte, next Mark) error) (Mark, error)

	// Names gives what it says it holds, in any order.
	Names(ctx context.Context, do func(Name) error) error

	// Push leaves frames there, in this order; nil is durable. A batch that is
	// there already is no error, and stays as it is. read is how far this device
	// has read: where nothing of others came between, the mark behind the frames
	// is given, so that it does not get back what it sent itself, else read.
	Push(ctx context.Context, frames [][]byte, read Mark) (Mark, error)

	// Live gives frames to do as they come, until ctx ends (its error) or the line
	// breaks (ErrAway). do(nil) says that it listens from now on, and again when
	// something may have been missed meanwhile: then Since is to be asked. ErrNotLive
	// when it cannot. Frames of one's own may be left out.
	Live(ctx context.Context, do func(frame []byte)) error

	// Tell leaves this device's statement in the place of its last (Statement).
	Tell(ctx context.Context, statement []byte) error

	// Told gives the last statement of each device to do, this one's too.
	Told(ctx context.Context, do func(statement []byte) error) error

	// PutBox and GetBox are letters by name: join requests and welcomes. A letter
	// replaces the one before; an empty one takes it away.
	PutBox(ctx context.Context, box string, b []byte) error
	GetBox(ctx context.Context, box string) ([]byte, error)

	Close() error
}

// Teller is a depot that can tell of single batches whether it holds them, at less
// than the price of all its names.
type Teller interface {
	// Holds gives those of the names that it says it holds to do, in any order.
	Holds(ctx context.Context, names []Name, do func(Name) error) error
}

// NameOf reads what a frame is named by, checking no more than that it is whole.
func NameOf(frame []byte) (Name, error) {
	b, err := ledger.ReadFrame(frame)
	if err != nil {
		return Name{}, err
	}
	return Name{b.Device, b.Seq, b.Hash}, nil
}

// GoodBox tells whether a letter box may have this name: it can be a subject, a
// file name and a part of both.
func GoodBox(name string) bool {
	if name == "" || len(name) > MaxBoxName {
		return false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
