package rule

import "paradero/data/record"

// Issued tells whether a row of the register is a paper that was issued: one that
// takes two members counts only when a second one has agreed and it was handed out.
func Issued(document *record.Record) bool { return Proposed(document) == "" }

// Proposed tells how a paper stands that was not issued: record.Waiting for a
// second member's word, approved and not handed out yet, refused or withdrawn; ""
// for one that was issued.
func Proposed(document *record.Record) string {
	switch {
	case document.Second != "" && document.Second != record.Approve:
		return document.Second
	case document.Get("state") == "proposed":
		return record.Approve
	}
	return ""
}
