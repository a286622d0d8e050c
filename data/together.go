package data

import (
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
)

// What takes two members: each names the rule by which a change waits for a
// second one's word (DOMAIN §3, DESIGN §4).
const (
	ProposalDeath   = "death"      // a claim that somebody is dead, confirmed
	ProposalLetter  = "condolence" // a condolence letter
	ProposalErasure = "erasure"
	ProposalRole    = "role"    // another role, also a coordinator's removal
	ProposalRemoval = "removal" // of a coordinator or one of his devices
	ProposalRights  = "rights"  // another table of rights
)

// How a proposal stands.
const (
	ProposalWaiting  = "waiting"
	ProposalApproved = "approved"
	ProposalRefused  = "refused"

	ProposalWithdrawn = "withdrawn" // by who proposed it
)

// Proposal is a change that has no effect before a second member with the right
// to approve names it. It is named by its write.
type Proposal struct {
	Write    record.Write
	What     string      // one of the Proposal constants
	Record   record.ID   // whom or what it concerns
	Kind     record.Kind // of that record
	Also     []record.ID // what is decided with it: all that an erasure takes, a removed member's devices
	Name     string      // as lists show it
	Says     string      // canonical: the status, the role, the kind of paper; "" for the rest
	By       record.ID   // the member who proposes
	ByName   string
	Device   record.ID
	At       time.Time
	Reason   string
	State    string // one of the states above
	Decision *Decision
	Mine     bool   // the member who is signed in proposed it
	May      bool   // the member who is signed in may decide it
	WhyNot   string // when he may not: "own", "right", "cut", or "circle" when it was sealed by one that he is not in

	Who    []string // while it waits: the names of those who may decide it
	Circle string   // that sealed it, so that only its people may; "" when everybody reads it
}

// Decision is the second member's word.
type Decision struct {
	By     record.ID
	ByName string
	At     time.Time
	Reason string
}

// TeamMember is a member with his devices, for the list of the team.
type TeamMember struct {
	ID                         record.ID
	Name, Role, Licence, Phone string
	Since                      time.Time
	Removed                    time.Time // zero: still here
	Why                        string    // the reason of the removal
	Me                         bool
	Devices                    []TeamDevice
}

// TeamDevice is a device that was let in.
type TeamDevice struct {
	ID      record.ID // by its key
	Record  record.ID // its record
	Member  record.ID
	Name    string
	Since   time.Time
	Ended   time.Time // zero: it may still sign
	Why     string
	This    bool
	Shared  bool // its computer is shared with another member's device
	Said    int  // changes it made that have effect
	Refused int  // changes it made that have none
}

// Removal is what removing a member or a device did.
type Removal struct {
	Receipt  Receipt
	Proposal *Proposal // set when a second coordinator has to agree first
	Devices  []record.ID
	Epoch    uint32 // of the new key, zero when the removal waits
}

// Sides of an exchange: what the ways are called in Way.Kind.
const (
	WayHub    = "hub"
	WayFolder = "folder"
	WayBundle = "bundle"
)

// Status is what can be proved of where the changes are.
type Status struct {
	Changes        int // that are here and whole
	OnHub          int // of them, that the hub was seen to hold
	OnlyHere       int // that neither the hub nor another device is known to hold
	Waiting        int // batches here that wait for others
	Contradictions int
	Devices        []DeviceStatus
	Ways           []Way
	Refused        []RefusedBatch // of the last exchanges, newest first
}

// DeviceStatus is what another device is known to hold, by its own signed word or
// by what its batches depend on.
type DeviceStatus struct {
	Device     record.ID
	Name       string
	Member     record.ID
	MemberName string
	This       bool
	Ended      bool
	Has        int       // changes of those here that it holds
	Lacks      int       // that it is not known to hold
	At         time.Time // of its word; zero: never heard of
	Signed     bool      // by its own statement; false: only inferred
	Program    string    // the version that it said it has; "": it said nothing
}

// Way is one way of exchange and how it went last.
type Way struct {
	Kind     string // WayHub, WayFolder or WayBundle
	Name     string // address or folder
	At       time.Time
	Sent     int // changes
	Got      int
	Error    string // key of the failure, "" when it went well
	Online   bool   // connected now
	Progress Progress
}

// Exchanged is what one exchange did.
type Exchanged struct {
	Sent, Got   int // changes
	SentBatches int
	Received    Received
	SentB, GotB int64 // bytes
	Complete    bool  // false: broken off, to be gone on with
	Tips        []ledger.Tip
}
