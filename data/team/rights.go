// Package team holds who may do what: the rights table that an office is born
// with and that its genesis batch carries.
//
// What must not live here: storage, keys, how changes travel, and the rules of
// the domain (data/rule), which bind everybody alike.
package team

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

//go:embed rights.json
var firstRights string

// Rights is a table of rights: which roles hold each (DESIGN §4, version 1).
type Rights struct {
	Version int                 `json:"version"`
	Rights  map[string][]string `json:"rights"`
}

// FirstRights is the text of version 1, as a genesis batch carries it.
func FirstRights() string { return firstRights }

// ParseRights reads a table as it stands in the ledger.
func ParseRights(text string) (Rights, error) {
	var r Rights
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Rights{}, fmt.Errorf("read rights: %w", err)
	}
	if r.Version < 1 || len(r.Rights) == 0 {
		return Rights{}, fmt.Errorf("read rights: version %d with %d rights", r.Version, len(r.Rights))
	}
	return r, nil
}

// May tells whether a role holds a right. A right that the table does not
// name is nobody's.
func (r Rights) May(role, right string) bool { return slices.Contains(r.Rights[right], role) }
