package rule

import (
	"slices"

	"paradero/data/fault"
	"paradero/data/record"
)

// CheckClaim says what a claim lacks before it may be written down. A warning
// does not keep it out.
func CheckClaim(values map[string]string) []fault.Problem {
	values = Completed(values)
	var out []fault.Problem
	if values["source"] == "" {
		out = append(out, fault.Problem{Field: "source", Key: "claim_needs_source"})
	}
	status := values["status"]
	life := slices.Contains(record.LifeStatuses, status)
	known := life || slices.Contains(record.ReleaseStatuses, status)
	place := values["facility"] != "" || values["wing"] != "" || values["cell"] != ""
	takesBack := values["corrects"] != "" || values["resolves"] != ""
	switch {
	case status != "" && !known:
		out = append(out, fault.Problem{Field: "status", Key: "claim_status_unknown", Args: []string{status}})
	case status == "" && !place && !takesBack:
		out = append(out, fault.Problem{Field: "status", Key: "claim_says_nothing"})
	case status == "confirmed_dead":
		out = append(out, lacksForDeath(values)...)
		out = append(out, second(values)...)
	case status == "confirmed_alive":
		out = append(out, lacksForLife(values)...)
	}
	return append(out, checkResolution(values)...)
}

// lacksForDeath: one primary method and its paper confirm; recognising a face,
// a tattoo or a video never does (DOMAIN §3).
func lacksForDeath(values map[string]string) []fault.Problem {
	var out []fault.Problem
	switch m := values["method"]; {
	case m == "":
		out = append(out, fault.Problem{Field: "method", Key: "death_needs_method"})
	case neverEnough(m):
		out = append(out, fault.Problem{Field: "method", Key: "method_never_enough"})
	case !slices.Contains(record.PrimaryMethods, m):
		out = append(out, fault.Problem{Field: "method", Key: "method_not_of_death"})
	}
	if values["proof"] == "" {
		out = append(out, fault.Problem{Field: "proof", Key: "death_needs_proof"})
	}
	return out
}

// lacksForLife: somebody saw or spoke to him, and we know who.
func lacksForLife(values map[string]string) []fault.Problem {
	var out []fault.Problem
	if !slices.Contains(record.AliveMethods, values["method"]) {
		out = append(out, fault.Problem{Field: "method", Key: "alive_needs_method"})
	}
	if values["through"] == "" && values["source"] == "" {
		out = append(out, fault.Problem{Field: "through", Key: "alive_needs_whom"})
	}
	return out
}

// second warns while the word of a second person is not there.
func second(values map[string]string) []fault.Problem {
	approved := plain(values["approved_by"])
	if approved == "" || approved == plain(values["proposed_by"]) {
		return []fault.Problem{{Field: "approved_by", Key: "second_person_missing", Warning: true}}
	}
	return nil
}

func checkResolution(values map[string]string) []fault.Problem {
	if values["resolves"] == "" {
		return nil
	}
	var out []fault.Problem
	if len(record.SplitList(values["resolves"])) < 2 {
		out = append(out, fault.Problem{Field: "resolves", Key: "resolution_names_both"})
	}
	if values["reason"] == "" {
		out = append(out, fault.Problem{Field: "reason", Key: "resolution_needs_reason"})
	}
	return out
}

// Blocking gives the problems that are more than a warning.
func Blocking(problems []fault.Problem) []fault.Problem {
	var out []fault.Problem
	for _, p := range problems {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}
