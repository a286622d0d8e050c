// Package window holds tests of the real window on a display of its own, worked
// by keyboard and clipboard as a person works it. They need the tag "window"
// and the binary that make built; make test runs them last.
//
// What must not live here: anything but tests, and what a test of a room
// without a display can show as well.
package window
