// Package fault is the one error type of Paradero: a code that decides what
// happens next, the operation that failed, and a key from which the app finds
// words and a way out for people.
//
// What must not live here: sentences for people (they are in assets, chosen by
// key and language), and anything that knows a record, a file or a screen.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of failure it is; the command line's exit status and the
// screen's manner of telling follow from it alone.
type Code uint8

// The codes. Their order is not stored anywhere.
const (
	Internal   Code = iota + 1 // a fault of the program or of the machine: exit 1
	NotFound                   // no such record, file or office: exit 1
	Invalid                    // input that cannot be taken as it is: exit 1
	Usage                      // the command line is wrong: exit 2
	Refused                    // a rule, a gate or a right says no: exit 3
	Passphrase                 // wrong passphrase or code: exit 4
	InUse                      // the office is open in another process: exit 4
	Damaged                    // a file is not what was written: exit 5
	Full                       // too little room on the disk: exit 1
	Newer                      // written by a newer version of the program: exit 1
	Cancelled                  // a person stopped it: exit 1
)

// Error is a failure. Key names the sentence for people in the catalogue as
// "error.<key>" and its way out as "error.<key>.hint"; Args fill its blanks
// {0}, {1}… and hold no personal data beyond what the person just typed.
type Error struct {
	Code     Code
	Op       string // "open office", "import": lowercase, what was being done
	Key      string
	Args     []string
	Problems []Problem // for Invalid and Refused: each reason, with its field
	Err      error     // the cause, for developers; may be nil
}

// Problem is one reason why something is refused or doubted.
type Problem struct {
	Field   string   // snake_case name of the field, "" when it is about the whole
	Key     string   // words: "problem.<key>"
	Args    []string // fill the blanks
	Warning bool     // doubtful, yet saved
}

// New makes an error with no deeper cause.
func New(code Code, op, key string, args ...string) *Error {
	return &Error{Code: code, Op: op, Key: key, Args: args}
}

// Wrap makes an error of a cause. It returns nil for a nil cause, and leaves a
// cause that already is an *Error with its own code and key.
func Wrap(err error, code Code, op, key string, args ...string) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{Code: code, Op: op, Key: key, Args: args, Err: err}
}

// Refuse makes a refusal that names each missing thing.
func Refuse(op, key string, problems []Problem, args ...string) *Error {
	return &Error{Code: Refused, Op: op, Key: key, Args: args, Problems: problems}
}

// Error is for developers and logs: operation, key, cause. It holds no Args,
// since they may repeat what a person typed.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Op, e.Key)
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "; %s %s", p.Field, p.Key)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the code of an error, Internal when it has none, 0 for nil.
func CodeOf(err error) Code {
	if err == nil {
		return 0
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Is reports whether err carries the code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
