// Package record holds the words of the field as types: what kinds of record
// there are, which fields they have, how a person's typing becomes a stored
// value, and what a folded record looks like to those who read it.
//
// What must not live here: conclusions from several claims (data/rule), how
// changes become a record (data/fold), storage, keys, screens. It imports
// nothing of ours but the error type.
package record

import (
	"encoding/base32"
	"strings"
	"time"

	"paradero/data/fault"
)

// ID names a record for ever, on every device. Text form: 26 lowercase letters
// and digits (base32 without padding, alphabet a–z 2–7).
type ID [16]byte

var idText = base32.StdEncoding.WithPadding(base32.NoPadding)

// String gives the text form.
func (id ID) String() string { return strings.ToLower(idText.EncodeToString(id[:])) }

// IsZero reports whether the id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// ParseID reads the text form, capitals allowed.
func ParseID(s string) (ID, error) {
	var id ID
	b, err := idText.DecodeString(strings.ToUpper(strings.TrimSpace(s)))
	if err != nil || len(b) != len(id) {
		return ID{}, fault.New(fault.Invalid, "read id", "id_malformed", s)
	}
	copy(id[:], b)
	return id, nil
}

// Write names one change by the hash of its batch and its place therein; with
// a field it is the identity of one write (DESIGN §3). Never (device, number).
type Write struct {
	Batch [32]byte
	Index uint16
}

// Val is one live value of a field: a write that no other write names.
type Val struct {
	Text    string // canonical text, see Type
	Write   Write
	Lamport uint64
	At      time.Time // the writer's wall clock, shown, never used for order
	By      string    // member's name at that time, or the list's name
	Device  ID
	List    string // the imported list that says so, "" when a member does
}

// Entry is a row that belongs to a record and is only ever added: a claim, a
// toll, a note, a step. A correction is a new entry that names the old one in
// its field "corrects".
type Entry struct {
	ID        ID
	Kind      Kind // Claim, Toll, Note, Step
	Values    map[string]string
	Write     Write
	Order     uint64 // lamport of the adding change
	At        time.Time
	By        string
	Device    ID
	List      string
	Author    ID     // the member who added it
	Key       ID     // of the circle that sealed it; zero: whoever reads the record reads it
	Second    string // of a claim that takes a second member's word: Waiting or a verdict
	Decided   string // who gave that word
	DecidedAt time.Time
}

// Waiting is how something stands that takes two members and that nobody decided.
const Waiting = "waiting"

// Get gives a value by field name, "" when it has none.
func (e *Entry) Get(name string) string { return e.Values[name] }

// Record is what one record's changes fold to, read-only for its readers.
type Record struct {
	ID      ID
	Kind    Kind
	Values  map[string][]Val // by field name; the shown value first, the rest are kept beside it
	Entries []Entry          // oldest first in (order, write)
	Deleted bool
	// Somebody took the record away while another wrote in it without knowing:
	// it stays in sight until a person decides.
	EditedAfterDelete bool
	MergedInto        ID  // the record that this one is the same person as; zero when it stands for itself
	Circle            ID  // whom what is written of it from now on is restricted to; zero: the whole team
	Circled           int // changes of it that a circle sealed
	Closed            int // of these, the ones that cannot be read here
	Created           time.Time
	Changed           time.Time
	Author            string // who made it
	Second            string // of a letter that takes a second member's word: Waiting or a verdict
	Seen              Seen   // what an edit of this, as it is now, replaces
}

// Seen remembers which writes stood on the screen when a form was opened, also
// those of a field that had been cleared.
type Seen interface {
	Replaces(field uint16) []Write
}

// Restricted tells whether a circle holds any of it.
func (r *Record) Restricted() bool { return !r.Circle.IsZero() || r.Circled > 0 }

// Get gives the shown value of a field, "" when it has none.
func (r *Record) Get(name string) string {
	if r == nil || len(r.Values[name]) == 0 {
		return ""
	}
	return r.Values[name][0].Text
}

// Ref reads a field of type Ref as an id; the zero id when empty or malformed.
func (r *Record) Ref(name string) ID {
	id, err := ParseID(r.Get(name))
	if err != nil {
		return ID{}
	}
	return id
}

// List reads a field that holds several values (Texts, Refs, Enums).
func (r *Record) List(name string) []string { return SplitList(r.Get(name)) }

// Refs reads a field of type Refs.
func (r *Record) Refs(name string) []ID {
	var ids []ID
	for _, s := range r.List(name) {
		if id, err := ParseID(s); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// Of gives the entries of one kind, oldest first.
func (r *Record) Of(k Kind) []Entry {
	var out []Entry
	for _, e := range r.Entries {
		if e.Kind == k {
			out = append(out, e)
		}
	}
	return out
}

// SplitList splits the canonical text of a list value, one item a line.
func SplitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// JoinList is the canonical text of a list value.
func JoinList(items []string) string { return strings.Join(items, "\n") }
