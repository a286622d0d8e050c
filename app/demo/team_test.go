package demo

import (
	"slices"
	"testing"

	"paradero/data"
	"paradero/data/record"
)

// What takes two people was said by two, each on a computer of his own, and all of it
// holds before the law.
func TestTheTeam(t *testing.T) {
	o := made(t, Options{})
	findings, err := o.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Damage {
			t.Errorf("verify: %+v", f)
		}
	}
	members, err := o.Team(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	is(t, "members", len(members), 4)
	ended, powerless := 0, 0
	for _, m := range members {
		for _, d := range m.Devices {
			powerless += d.Refused
			if !d.Ended.IsZero() {
				ended++
				continue
			}
			if d.Said == 0 && m.Name != secondCoordinator {
				t.Errorf("the computer %s of %s said nothing", d.Name, m.Name)
			}
		}
	}
	is(t, "stolen computers", ended, 1)
	is(t, "changes without effect", powerless, afterTheft)
	if o.LoneCoordinator() {
		t.Error("there is nobody to approve what the founder proposes")
	}
	proposals, err := o.Proposals(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	states, mine, mayDecide := map[string]int{}, 0, 0
	for _, p := range proposals {
		states[p.What+" "+p.State]++
		if p.State == data.ProposalWaiting && p.Mine {
			mine++
		}
		if p.May {
			mayDecide++
		}
		if p.State == data.ProposalApproved && (p.ByName == p.Decision.ByName || p.Decision.ByName != coordinator) {
			t.Errorf("%s proposed by %s and approved by %s", p.Name, p.ByName, p.Decision.ByName)
		}
	}
	is(t, "deaths approved", states["death approved"], Identified)
	is(t, "deaths refused", states["death refused"], 1)
	is(t, "deaths that wait", states["death waiting"], waitingDeaths)
	is(t, "roles that wait", states["role waiting"], 2)
	is(t, "proposed by who signs in", mine, 1)
	is(t, "to be decided by who signs in", mayDecide, waitingDeaths+1)
}

// The pages of exchange, circles and readings have something to show.
func TestTheTeamSpeaksAndReads(t *testing.T) {
	o := made(t, Options{})
	st, err := o.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	signed := 0
	for _, d := range st.Devices {
		if d.Signed && !d.This {
			signed++
		}
	}
	is(t, "computers whose word is known", signed, 4)
	is(t, "what waits for what has not come", st.Waiting, 0)
	if st.OnlyHere == 0 || st.OnlyHere == st.Changes || len(st.Refused) > 0 {
		t.Errorf("%d of %d changes are only here; refused %v", st.OnlyHere, st.Changes, st.Refused)
	}
	circles, err := o.Circles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in := 0
	for _, c := range circles {
		if c.Inside {
			in++
		}
	}
	is(t, "circles", len(circles), 2)
	is(t, "circles of who signs in", in, 1)
	readings, err := o.Readings(t.Context(), data.ReadingFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var what, who []string
	for _, r := range readings {
		what, who = append(what, r.What), append(who, r.By)
	}
	for _, want := range []string{record.AccessRead, record.AccessPrint, record.AccessExport} {
		if !slices.Contains(what, want) {
			t.Errorf("nobody did %s: %q", want, what)
		}
	}
	if !slices.Contains(who, lawyer) || !slices.Contains(who, socialWorker) {
		t.Errorf("read by %q", who)
	}
}
