// Package crash holds tests of the finished program as faults meet it: killed
// in the middle of its work, its files cut, flipped or deleted, its disk full,
// a second copy of it at the door. It knows only the command line.
//
// What must not live here: anything but tests.
package crash
