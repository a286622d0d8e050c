// Package rule draws pure conclusions: status and place from claims, what a
// paper lacks before it may be issued, deadlines, counts. Same input, same
// answer; the day is an argument.
//
// What must not live here: storage, clocks, words for people, screens.
package rule
