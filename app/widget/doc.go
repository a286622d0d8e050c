// Package widget holds the theme and the widgets that several rooms use: cards,
// fields, rows, lists, chips, panels and the layouts between them, in the look
// of the project (colour tokens, Inter, 1 px lines, no extra theme padding).
//
// What must not live here: data access, words for people (every text is handed
// in), and anything that knows a kind of record. All of it belongs to the one
// goroutine of the user interface.
package widget
