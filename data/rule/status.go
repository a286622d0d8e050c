package rule

import (
	"bytes"
	"cmp"
	"slices"

	"paradero/data/record"
)

// How sure a life status is.
const (
	None      = 0
	Reported  = 1
	Confirmed = 2
)

// Days that claims of different sources may lie apart and still speak of the
// same moment in a person's life.
const (
	placeDays = 3  // nobody is in two prisons within three days without a transfer
	newsDays  = 30 // alive, then dead by another source: longer apart is no contradiction
)

// Status is what the claims about a person amount to.
type Status struct {
	Life, Release        string // words of DOMAIN §3; Life is "unknown" when nobody said anything
	Facility, Wing, Cell string
	LifeClaim            *record.Entry // the claim that decided, nil when none did
	ReleaseClaim         *record.Entry
	PlaceClaim           *record.Entry
	LifeSince            string // canonical moment, by the source
	ReleaseSince         string
	PlaceSince           string
	Level                int // of Life: None, Reported, Confirmed
	Contradictions       []Contradiction
}

// Contradiction is two claims that cannot both be true, until a person ends it
// with a claim that resolves both and says why.
type Contradiction struct {
	Field string // life_status, release_status, facility
	A, B  record.Entry
	Why   string // words: "contradiction.<why>"
}

// Conclude draws a person's status from his claims alone. The order in which
// they stand or arrived does not matter, and nobody else's record is looked at.
func Conclude(r *record.Record) Status {
	s := Status{Life: "unknown"}
	if r == nil {
		return s
	}
	claims := standing(r)
	if len(claims) == 0 {
		return s
	}
	life := aspect(claims, lifeSide)
	release := aspect(claims, releaseSide)
	place := aspect(claims, placeSide)
	s.concludeLife(life.claims)
	if n := len(release.claims); n > 0 {
		c := release.claims[n-1]
		s.Release, s.ReleaseClaim, s.ReleaseSince = c.status, c.entry, c.when
	}
	s.concludePlace(place.claims)
	if len(claims) > 1 {
		s.Contradictions = append(s.Contradictions, lifeConflicts(life)...)
		s.Contradictions = append(s.Contradictions, releaseConflicts(release)...)
		s.Contradictions = append(s.Contradictions, placeConflicts(place)...)
	}
	return s
}

// Contradicted reports whether a field is open to two readings.
func (s Status) Contradicted(field string) bool {
	return slices.ContainsFunc(s.Contradictions, func(c Contradiction) bool { return c.Field == field })
}

// claim is a claim with what the rules need of it at hand.
type claim struct {
	entry     *record.Entry
	when      string
	source    string // folded
	status    string // as far as its proof carries it
	life      string // "", "unknown", "alive", "missing", "dead"
	confirmed bool
	release   string
	facility  string // folded
	resolves  []string
}

// standing gives the claims that nobody took back and no second member refused,
// in the order of their source dates.
func standing(r *record.Record) []*claim {
	n := 0
	for i := range r.Entries {
		if r.Entries[i].Kind == record.Claim {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	gone := record.TakenBack(r.Entries)
	out := make([]*claim, 0, n)
	for i := range r.Entries {
		e := &r.Entries[i]
		if e.Kind == record.Claim && !gone[e.ID] && e.Second != record.Refuse && e.Second != record.Withdraw {
			out = append(out, read(e))
		}
	}
	slices.SortFunc(out, order)
	return out
}

// order is by source date, then by the ledger's order, which is the same on
// every device.
func order(a, b *claim) int {
	return cmp.Or(
		cmp.Compare(a.when, b.when),
		cmp.Compare(a.entry.Order, b.entry.Order),
		bytes.Compare(a.entry.Write.Batch[:], b.entry.Write.Batch[:]),
		cmp.Compare(a.entry.Write.Index, b.entry.Write.Index),
		bytes.Compare(a.entry.ID[:], b.entry.ID[:]),
	)
}

func read(e *record.Entry) *claim {
	c := &claim{entry: e, when: said(e), source: plain(cmp.Or(e.Get("source"), e.List, e.By)), facility: placeKey(e.Get("facility"))}
	c.status = Proven(e)
	switch c.status {
	case "unknown":
		c.life = "unknown"
	case "reported_alive", "reported_injured":
		c.life = "alive"
	case "confirmed_alive":
		c.life, c.confirmed = "alive", true
	case "reported_missing":
		c.life = "missing"
	case "reported_dead":
		c.life = "dead"
	case "confirmed_dead":
		c.life, c.confirmed = "dead", true
	default:
		c.release = c.status
	}
	// Without a reason nothing is resolved: the contradiction stays in sight.
	if e.Get("reason") != "" {
		c.resolves = record.SplitList(e.Get("resolves"))
	}
	return c
}

// Proven is the status of a claim as far as its proof carries it. A death is
// confirmed by two: until a second member has agreed it is reported.
func Proven(e *record.Entry) string {
	status := proven(e.Values)
	if status == "confirmed_dead" && e.Second != "" && e.Second != record.Approve {
		return "reported_dead"
	}
	return status
}

// proven is the status of a claim as far as its proof carries it: what calls
// itself a confirmation but has no method that confirms is a report.
func proven(values map[string]string) string {
	status := values["status"]
	switch status {
	case "confirmed_dead":
		if len(lacksForDeath(Completed(values))) > 0 {
			return "reported_dead"
		}
	case "confirmed_alive":
		if len(lacksForLife(Completed(values))) > 0 {
			return "reported_alive"
		}
	}
	return status
}

// The sides that a claim may take in one aspect; "" when it is silent there.
func lifeSide(c *claim) string    { return c.life }
func releaseSide(c *claim) string { return c.release }

func placeSide(c *claim) string {
	if c.facility != "" {
		return c.facility
	}
	if c.entry.Get("wing") != "" || c.entry.Get("cell") != "" {
		return "?" // a wing without its prison fits any
	}
	return ""
}

// view is what is said in one aspect: the claims that speak of it, and those
// by which a person ended a contradiction in it.
type view struct {
	claims   []*claim // in the order of source dates
	deciders []*claim
}

// aspect gathers the claims that speak of one aspect and were not set aside by
// a person who resolved a contradiction the other way. A resolution ends only
// quarrels of which it speaks: one about a prison does not decide about a life.
// One that says nothing itself ends every quarrel of those that it names.
func aspect(claims []*claim, side func(*claim) string) view {
	var v view
	var aside map[string]bool
	for _, r := range claims {
		if len(r.resolves) < 2 || (side(r) == "" && r.speaks()) {
			continue
		}
		v.deciders = append(v.deciders, r)
		for _, c := range claims {
			if id := c.entry.ID.String(); c != r && side(r) != "" && side(c) != side(r) && slices.Contains(r.resolves, id) {
				if aside == nil {
					aside = map[string]bool{}
				}
				aside[id] = true
			}
		}
	}
	for _, c := range claims {
		if side(c) != "" && (aside == nil || !aside[c.entry.ID.String()]) {
			v.claims = append(v.claims, c)
		}
	}
	return v
}

func (c *claim) speaks() bool {
	return lifeSide(c) != "" || releaseSide(c) != "" || placeSide(c) != ""
}

// ended reports whether a person already decided between a and b.
func (v view) ended(a, b *claim) bool {
	idA, idB := a.entry.ID.String(), b.entry.ID.String()
	for _, r := range v.deciders {
		byA := r == a || slices.Contains(r.resolves, idA)
		byB := r == b || slices.Contains(r.resolves, idB)
		if byA && byB {
			return true
		}
	}
	return false
}

func (s *Status) concludeLife(life []*claim) {
	c := decisive(life)
	if c == nil {
		return
	}
	s.Life, s.LifeClaim, s.LifeSince = c.status, c.entry, c.when
	switch {
	case c.confirmed:
		s.Level = Confirmed
	case c.life != "unknown":
		s.Level = Reported
	}
}

// decisive is the latest confirmation, else the latest report, else the latest
// word that nothing is known.
func decisive(life []*claim) *claim {
	var best *claim
	rank := func(c *claim) int {
		switch {
		case c.confirmed:
			return 2
		case c.life != "unknown":
			return 1
		}
		return 0
	}
	for _, c := range life { // in the order of source dates
		if best == nil || rank(c) >= rank(best) {
			best = c
		}
	}
	return best
}

// concludePlace takes the latest place; a wing or cell said before holds only
// while the prison and wing stay the same.
func (s *Status) concludePlace(place []*claim) {
	at, wingAt := "", ""
	for _, c := range place {
		if c.facility != "" {
			if c.facility != at {
				s.Wing, s.Cell, wingAt = "", "", ""
			}
			at, s.Facility = c.facility, c.entry.Get("facility")
		}
		if w := c.entry.Get("wing"); w != "" {
			if plain(w) != wingAt {
				s.Cell = ""
			}
			wingAt, s.Wing = plain(w), w
		}
		if cell := c.entry.Get("cell"); cell != "" {
			s.Cell = cell
		}
		s.PlaceClaim, s.PlaceSince = c.entry, c.when
	}
}
