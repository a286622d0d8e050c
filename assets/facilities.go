package assets

import (
	"encoding/json"
	"fmt"
)

// Facility is a prison that an office starts from. Everything about it is
// dated data that people edit afterwards; AsOf is "" where the day of the
// capacity is not known.
type Facility struct {
	Name     string   `json:"name"`
	KnownAs  []string `json:"known_as"`
	Province string   `json:"province"`
	Capacity int      `json:"capacity"` // 0: not known
	AsOf     string   `json:"as_of"`
	ClosedOn string   `json:"closed_on"`
}

// Facilities gives the prisons that an office starts from.
func Facilities() ([]Facility, error) {
	b, err := read("data/facilities.json")
	if err != nil {
		return nil, err
	}
	var out []Facility
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("parse facilities: %w", err)
	}
	return out, nil
}

// StepLimit is how many days a case may stand at a step before it counts as
// stuck, and when that holds: "" is open.
type StepLimit struct {
	Step  string `json:"step"`
	Days  int    `json:"days"`
	From  string `json:"from"`
	Until string `json:"until"`
}

// StepLimits gives the limits that an office starts from.
func StepLimits() ([]StepLimit, error) {
	b, err := read("data/step_limits.json")
	if err != nil {
		return nil, err
	}
	var out []StepLimit
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("parse step limits: %w", err)
	}
	return out, nil
}
