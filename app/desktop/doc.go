// Package desktop is the window: welcome, sign-in, the rail and the way between
// the rooms, each of which is a package below this one.
//
// What must not live here: what a screen concludes or a form does (app/present),
// anything that reads records for itself, and words for people. Everything but
// the work behind Host.Work belongs to the one goroutine of the interface.
package desktop
