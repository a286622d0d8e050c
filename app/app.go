// Package app holds what the desktop and the command line share above the
// office: the person's settings on this machine, and how failures, problems
// and dates become words.
//
// What must not live here: screens (app/desktop), commands (app/command),
// anything that reads or writes records.
package app

import (
	"paradero/data/fault"
	"paradero/data/record"
)

// ExitCode is the command line's exit status for an error: 0 done, 1 failed,
// 2 wrong usage, 3 refused by a rule or right, 4 passphrase wrong or office in
// use, 5 damage found.
func ExitCode(err error) int {
	switch fault.CodeOf(err) {
	case 0:
		return 0
	case fault.Usage:
		return 2
	case fault.Refused:
		return 3
	case fault.Passphrase, fault.InUse:
		return 4
	case fault.Damaged:
		return 5
	}
	return 1
}

// Roles are what a member may be; words "role.<role>".
func Roles() []string { return record.Roles }
