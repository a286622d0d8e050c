package data

import (
	"context"
	"io"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/search"
	"paradero/data/store"
)

// Config is what an office needs from outside; zero values mean the real thing.
type Config struct {
	Dir      string           // the office's folder
	Program  string           // the program's version, as it tells others what it holds
	Clock    func() time.Time // default time.Now
	Rand     io.Reader        // default crypto/rand
	Cost     Cost             // key derivation; zero: calibrated to about a second. Only Go tests and the demonstration, whose passphrase is public, set it
	Disk     ledger.Disk      // of the journal; default the machine's
	Store    store.Home       // of the working copy; default Badger on the machine's disk
	Progress func(Progress)   // called from any goroutine while opening or rebuilding; may be nil
	Probe    Prober           // tries a doubtful working copy in a process of its own; nil: it is opened here
	Careful  bool             // probe the working copy even if nothing speaks against it
	Device   string           // what this computer is called when it joins an office; "": as the machine is; Nameless: nothing
	Recheck  time.Duration    // how often an open office checks its counters; zero: every ten minutes, below zero: never
}

// Nameless is the Config's Device of a computer that joins without a name.
const Nameless = "-"

// Cost is Argon2id's: passes, KiB of memory, threads.
type Cost struct {
	Time    uint32
	Memory  uint32
	Threads uint8
}

// Progress of a longer work.
type Progress struct {
	Phase string // "unlock", "journal", "rebuild", "rows", "import", "verify", "issue", "receive", "fold"
	Done  int
	Total int // 0: unknown
}

// Founding is what a new office is born with.
type Founding struct {
	Office     string
	City       string
	Member     string
	Role       string // record.Roles
	Passphrase []byte
	Device     string // what this computer is called; "": nothing
	Demo       bool   // a demonstration office: its passphrase stands on its sign-in page
}

// Sign is what can be read of an office before anybody signs in.
type Sign struct {
	Office         string
	Demo           bool
	DemoPassphrase string // of a demonstration office only
	Joining        bool   // nobody here has been let in yet, see ResumeJoin
	People         int    // how many sign in here, each with a passphrase of his own
}

// Info is who and where, after signing in.
type Info struct {
	Office   string
	OfficeID record.ID
	City     string
	Demo     bool
	Dir      string
	Member   record.ID
	Name     string // the member's
	Role     string
	Licence  string
	Device   record.ID
}

// Change is one saved form or imported row: one record.
type Change struct {
	Record record.ID         // zero: a new record
	Kind   record.Kind       // needed for a new record
	Base   *record.Record    // as it stood on the screen when the form was opened; nil: as it stands now
	Set    map[string]string // field name → what the person typed or canonical text; "" clears
	Add    []Addition
	Reason string
	Delete bool
	List   string // the imported list that speaks; "" when the member does

	// The circle that alone reads it. Zero: as the record is restricted; a new one
	// that speaks of somebody restricted goes to the same circle.
	Circle record.ID

	checked bool // Set is canonical already: an import has read and checked its rows
}

// Addition is an entry to add: a claim, toll, note or step.
type Addition struct {
	Kind   record.Kind
	Values map[string]string
}

// Receipt of one change: durable when it is returned.
type Receipt struct {
	ID       record.ID
	Write    record.Write
	Entries  []record.ID     // ids of the added entries, in order
	Warnings []fault.Problem // doubtful, yet saved
}

// Event says which records changed.
type Event struct {
	Kind record.Kind
	ID   record.ID // zero: many of that kind, read the list again
}

// Moment is one step of a record's timeline, newest last.
type Moment struct {
	Write    record.Write
	At       time.Time
	By       string
	Device   record.ID
	List     string
	Reason   string
	Created  bool
	Deleted  bool
	Restored bool   // what had been deleted was brought back
	Erases   int    // how many changes it erased
	Erased   bool   // its values are gone
	Refused  string // the right that its author lacked: it has no effect
	Lost     bool   // it stands in a damaged stretch of the journal and cannot be read

	Circle    record.ID // that sealed it, or that it restricts the record to
	Closed    bool      // it cannot be read here: only its circle can
	Restricts bool      // it says who reads what is written from then on; Circle zero: everybody
	Fields    []Said
	Entries   []record.Entry
}

// Said is one field as a change set it.
type Said struct {
	Field string
	Text  string
	Was   string // what it replaced, "" when nothing
}

// ImportRow is one row of a list, already read and checked by data/exchange.
type ImportRow struct {
	Row    int // 1 is the first row after the heading
	Kind   record.Kind
	Key    string              // the id by which the world knows the record, where the list has such ids: the same in every list
	Values map[string]string   // canonical
	Claims []map[string]string // for a detainee: place and status, said by the list
	Notes  []string
	Parent map[string]string // for an entry kind (claims, tolls): how to find its record: id, cedula, passport, incident
}

// ImportCount is the outcome of an import.
type ImportCount struct {
	Imported, Updated, Unchanged, Refused int
	Doubles                               []Double // likely the same person as one already here: reported, never merged
}

// Double names an imported row and the record that it resembles.
type Double struct {
	Row  int
	ID   record.ID
	With record.ID
}

// Refusal is one row, or one field of a row, that could not be taken.
type Refusal struct {
	Row     int
	Column  string
	Whole   bool // the row was refused; otherwise only the field was left out
	Problem fault.Problem
}

// Finding is what verify found.
type Finding struct {
	Key    string // words: "finding.<key>"
	Damage bool   // false: a note
	File   string // relative to the office
	Args   []string
}

// ListQuery asks for rows.
type ListQuery struct {
	Kind record.Kind // 0: any kind that people look for (detainee, contact, remains)
	Text string
	// Only those whose field is one of the values: life, release, facility, state, legal, flags.
	Life, Release, Facility, State string
	Flag                           uint32
}

// API is the door as its users see it; *Office fulfils it. Rooms and tests may
// hold it as an interface.
type API interface {
	Info() Info
	Edit(ctx context.Context, changes ...Change) ([]Receipt, error)
	Get(ctx context.Context, id record.ID) (*record.Record, error)
	Links(ctx context.Context, id record.ID, kind record.Kind) ([]*record.Record, error)
	Each(ctx context.Context, kind record.Kind, do func(*record.Record) error) error
	List(ctx context.Context, q ListQuery) (*search.Result, error)
	Row(id record.ID) (search.Row, bool)
	Count(kind record.Kind) int
	Timeline(ctx context.Context, id record.ID) ([]Moment, error)
	Watch(ctx context.Context) <-chan Event
	Import(ctx context.Context, list string, rows func() (*ImportRow, error), acked func(done int)) (ImportCount, []Refusal, error)
	Drafts() Drafts
	Contradictions(ctx context.Context) ([]Contradiction, error)
	Resolve(ctx context.Context, r Resolution) (Receipt, error)
	Undo(ctx context.Context, w record.Write, reason string) (Receipt, error)
	UndoPlan(ctx context.Context, w record.Write) (Undoing, error)
	Mine(ctx context.Context, limit int) ([]Recent, error)
	AsOf(ctx context.Context, id record.ID, at time.Time) (*record.Record, error)
	MergePlan(ctx context.Context, keep, other record.ID) (MergePlan, error)
	Merge(ctx context.Context, m Merging) (Receipt, error)
	Unmerge(ctx context.Context, w record.Write, reason string) (Receipt, error)
	MergedFrom(ctx context.Context, id record.ID) ([]*record.Record, error)
	FindChange(ctx context.Context, text string, in record.ID) (record.Write, error)
	DeviceName(ctx context.Context, id record.ID) string
	ErasePlan(ctx context.Context, id record.ID) (ErasePlan, error)
	Erase(ctx context.Context, id record.ID, reason string, progress func(Progress)) (ErasePlan, error)
	Team(ctx context.Context) ([]TeamMember, error)
	SetRole(ctx context.Context, member record.ID, role, reason string) (Receipt, *Proposal, error)
	Remove(ctx context.Context, id record.ID, reason string) (Removal, error)
	Proposals(ctx context.Context, all bool) ([]Proposal, error)
	Approve(ctx context.Context, w record.Write, reason string) (Receipt, error)
	Refuse(ctx context.Context, w record.Write, reason string) (Receipt, error)
	ProposalOf(ctx context.Context, w record.Write) (*Proposal, error)
	NeedsSecond(what string) bool
	MayApprove() []string
	LoneCoordinator() bool
	Now() time.Time
}
