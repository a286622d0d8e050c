package data

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/team"
)

// kept are the rights that a coordinator keeps whatever the table: without them
// nobody could give them back.
var kept = []string{"approve", "invite", "remove", "change_roles"}

// coordinating is the role that keeps them.
const coordinating = "coordinator"

// Rights gives the table of what each role may do, as it holds now.
func (o *Office) Rights() map[string][]string {
	out := map[string][]string{}
	if table := o.rights.Load(); table != nil {
		for right, roles := range table.Rights {
			out[right] = slices.Clone(roles)
		}
	}
	return out
}

// SetRights gives roles other rights: those that are named, the others stay. Where
// another coordinator can be asked it waits for his word, and the proposal is given.
func (o *Office) SetRights(ctx context.Context, changed map[string][]string, reason string) (Receipt, *Proposal, error) {
	const op = "change rights"
	if reason = record.CleanLong(reason); reason == "" {
		return Receipt{}, nil, fault.New(fault.Invalid, op, "rights_need_reason")
	}
	office, err := o.Get(ctx, o.Info().OfficeID)
	if err != nil {
		return Receipt{}, nil, err
	}
	now := o.Rights()
	next := maps.Clone(now)
	for right, roles := range changed {
		next[right] = inOrder(roles)
	}
	if maps.EqualFunc(now, next, func(a, b []string) bool { return slices.Equal(inOrder(a), inOrder(b)) }) {
		return Receipt{}, nil, fault.New(fault.Refused, op, "rights_same")
	}
	version, _ := strconv.Atoi(office.Get("rights_version")) // one that is none counts from the first
	text, err := json.MarshalIndent(team.Rights{Version: max(version, 1) + 1, Rights: next}, "", "  ")
	if err != nil {
		return Receipt{}, nil, fault.Wrap(err, fault.Internal, op, "rights_unsound")
	}
	receipts, err := o.Edit(ctx, Change{Record: office.ID, Base: office, Reason: reason, Set: map[string]string{
		"rights": string(text), "rights_version": strconv.Itoa(max(version, 1) + 1),
	}})
	if err != nil {
		return Receipt{}, nil, err
	}
	p, err := o.proposed(ctx, op, receipts[0].Write)
	return receipts[0], p, err
}

// inOrder gives roles each once, as they are always listed; what is no role last.
func inOrder(roles []string) []string {
	out := slices.DeleteFunc(slices.Clone(record.Roles), func(r string) bool { return !slices.Contains(roles, r) })
	for _, r := range roles {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// soundRights refuses a table that a program could not read or that would leave the
// office without anybody who could change it again.
func soundRights(set map[string]string) error {
	const op = "change rights"
	text, given := set["rights"]
	if !given {
		return nil
	}
	table, err := team.ParseRights(text)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, op, "rights_unsound")
	}
	first, err := team.ParseRights(team.FirstRights())
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "rights_unsound")
	}
	for right, roles := range table.Rights {
		if _, ok := first.Rights[right]; !ok {
			return fault.New(fault.Invalid, op, "right_unknown", right)
		}
		for _, r := range roles {
			if !slices.Contains(record.Roles, r) {
				return fault.New(fault.Invalid, op, "role_unknown", r)
			}
		}
	}
	for _, right := range kept {
		if !table.May(coordinating, right) {
			return fault.New(fault.Refused, op, "right_kept", right)
		}
	}
	return nil
}
