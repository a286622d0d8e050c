package fold

import (
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
)

// What takes two members waits here for the second one's word: an approval is an
// entry of the same record that names the change by its hash. Whether it took a
// second word, and whether who approves may, is the law's matter (data/team): it
// marks origins and keeps out what has no right. That nobody seconds himself is
// checked here too, so that it holds whoever writes.

// Ask is a change, or the part of one, that waits for a second member's word, or
// had it. An erasure and what changes the team have no effect before.
type Ask struct {
	Origin int
	Fields []ledger.Field
	Erases []record.Write
	Erase  bool
	Done   bool // it has had its effect
}

// Proposal is something in a state that took, or takes, a second member's word.
type Proposal struct {
	Origin  int
	What    Proposed
	Verdict string // record.Approve, Refuse or Withdraw; "" while nobody decided
	Decider int    // the entry that decided, -1 when none did
	Says    string // a claim's status, a role, the kind of a paper
}

// Proposed is what a proposal is about.
type Proposed uint8

// What takes two members.
const (
	ProposedDeath Proposed = iota + 1
	ProposedLetter
	ProposedErasure
	ProposedRole
	ProposedRemoval
	ProposedRights
)

const confirmedDead = "confirmed_dead"

// twoFields are the fields that change the team.
func twoFields(k record.Kind) []string {
	switch k {
	case record.Member:
		return []string{"role", "removed_on"}
	case record.Device:
		return []string{"ended_at", "followed_by"}
	case record.OfficeKind:
		return []string{"rights", "rights_version"}
	}
	return nil
}

// hold takes out of a change what waits for a second member's word.
func (s *State) hold(c *ledger.Change, at int) []ledger.Field {
	names := twoFields(c.Kind)
	if len(names) == 0 || !s.Origins[at].Second {
		return c.Fields
	}
	ask := Ask{Origin: at}
	var rest []ledger.Field
	schema := record.SchemaOf(c.Kind)
	for _, f := range c.Fields {
		if d, ok := schema.FieldNum(f.Num); ok && slices.Contains(names, d.Name) {
			ask.Fields = append(ask.Fields, f)
		} else {
			rest = append(rest, f)
		}
	}
	if len(ask.Fields) > 0 && !c.Erased {
		s.Asks = append(s.Asks, ask)
	}
	return rest
}

// carryOut gives what another member has agreed to its effect.
func (s *State) carryOut() {
	for i := range s.Asks {
		a := &s.Asks[i]
		if a.Done {
			continue
		}
		verdict, _ := s.Decision(a.Origin)
		if a.Erase && s.approved(a.Origin) {
			// One yes suffices, whatever else was said: what is gone cannot come back
			// because somebody's no is heard later.
			a.Done = true
			s.erase(a.Erases)
			a.Erases = nil
			continue
		}
		if !a.Erase && verdict == record.Approve {
			a.Done = true
			for k := range a.Fields {
				s.write(&a.Fields[k], a.Origin, false)
			}
			a.Fields = nil
		}
	}
}

// words gives the entries that speak of a change's proposal.
func (s *State) words(origin int, do func(entry int, verdict string, own bool) bool) {
	from := &s.Origins[origin]
	name := ""
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Kind != record.Approval {
			continue
		}
		if name == "" {
			name = from.Write.String()
		}
		l := ledger.Entry{Values: e.Values}
		if l.Text(record.ApprovalOf) != name {
			continue
		}
		own := s.Origins[e.Origin].Author == from.Author
		if !do(i, l.Text(record.ApprovalVerdict), own) {
			return
		}
	}
}

// Decision gives what was said to a change's proposal: the first word of another
// member, or the proposer's own that takes it back. "" and -1: nobody decided.
func (s *State) Decision(origin int) (verdict string, entry int) {
	entry = -1
	s.words(origin, func(i int, said string, own bool) bool {
		switch {
		case own && (said == record.Withdraw || said == record.Refuse):
			verdict, entry = record.Withdraw, i
		case !own && (said == record.Approve || said == record.Refuse):
			verdict, entry = said, i
		}
		return entry < 0
	})
	return verdict, entry
}

// approved tells whether another member ever agreed.
func (s *State) approved(origin int) bool {
	yes := false
	s.words(origin, func(_ int, said string, own bool) bool {
		yes = !own && said == record.Approve
		return !yes
	})
	return yes
}

// SecondOf tells how what a change says stands that takes two: "" when one
// member's word suffices, else record.Waiting or the verdict.
func (s *State) SecondOf(origin int) string {
	if !s.Origins[origin].Second {
		return ""
	}
	verdict, _ := s.Decision(origin)
	if verdict == "" {
		return record.Waiting
	}
	return verdict
}

// letterFields are those that a letter's approval is for.
var letterFields = []string{"kind", "about", "addressee", "case", "sha256", "stated", "number", "approved_by"}

// letter tells how a condolence letter stands: as the least of the changes from
// which what it says comes. The change to be decided is given too.
func (s *State) letter() (second string, origin int) {
	if s.Kind != record.Document {
		return "", -1
	}
	schema := record.SchemaOf(record.Document)
	kind, _ := schema.Field("kind")
	if !slices.ContainsFunc(s.Vals(kind.Num), func(v Val) bool { return v.Text == record.Letter }) {
		return "", -1
	}
	second, origin = "", -1
	for _, name := range letterFields {
		f, ok := schema.Field(name)
		if !ok {
			continue
		}
		for _, v := range s.Vals(f.Num) {
			stands := s.SecondOf(v.Origin)
			if stands != "" && (origin < 0 || second == record.Approve && stands != record.Approve) {
				second, origin = stands, v.Origin
			}
		}
	}
	return second, origin
}

// Proposals gives all in the record that takes or took a second member's word, in
// the order in which it was said.
func (s *State) Proposals() []Proposal {
	var out []Proposal
	add := func(origin int, what Proposed, says string) {
		if slices.ContainsFunc(out, func(p Proposal) bool { return p.Origin == origin }) {
			return
		}
		p := Proposal{Origin: origin, What: what, Says: says}
		p.Verdict, p.Decider = s.Decision(origin)
		out = append(out, p)
	}
	for i := range s.Asks {
		a := &s.Asks[i]
		add(a.Origin, s.asked(a), s.askSays(a))
		if p := &out[len(out)-1]; a.Done && p.Origin == a.Origin {
			p.Verdict = record.Approve
		}
	}
	for i := range s.Entries {
		if e := &s.Entries[i]; s.Origins[e.Origin].Second && deathClaim(e) {
			add(e.Origin, ProposedDeath, confirmedDead)
		}
	}
	if _, origin := s.letter(); origin >= 0 {
		add(origin, ProposedLetter, record.Letter)
	}
	slices.SortStableFunc(out, func(a, b Proposal) int { return s.Origins[a.Origin].Order(&s.Origins[b.Origin]) })
	return out
}

func deathClaim(e *Entry) bool {
	if e.Kind != record.Claim {
		return false
	}
	status, _ := record.SchemaOf(record.Claim).Field("status")
	return slices.ContainsFunc(e.Values, func(v ledger.Text) bool { return v.Num == status.Num && v.Text == confirmedDead })
}

func (s *State) asked(a *Ask) Proposed {
	switch {
	case a.Erase:
		return ProposedErasure
	case s.Kind == record.OfficeKind:
		return ProposedRights
	case s.Kind == record.Device:
		return ProposedRemoval
	}
	f, _ := record.SchemaOf(record.Member).Field("removed_on")
	if slices.ContainsFunc(a.Fields, func(v ledger.Field) bool { return v.Num == f.Num }) || a.Done && slices.ContainsFunc(s.Vals(f.Num), func(v Val) bool { return v.Origin == a.Origin }) {
		return ProposedRemoval
	}
	return ProposedRole
}

func (s *State) askSays(a *Ask) string {
	if s.Kind != record.Member {
		return ""
	}
	f, _ := record.SchemaOf(record.Member).Field("role")
	for _, v := range a.Fields {
		if v.Num == f.Num {
			return v.Text
		}
	}
	for _, v := range s.Vals(f.Num) {
		if v.Origin == a.Origin {
			return v.Text
		}
	}
	return ""
}

// keepsWords leaves out of an erasure the changes that said yes or no: without
// them nobody could tell whether it was allowed.
func (s *State) keepsWords(writes []record.Write) []record.Write {
	kept := map[record.Write]bool{}
	for i := range s.Entries {
		if s.Entries[i].Kind == record.Approval {
			kept[s.Origins[s.Entries[i].Origin].Write] = true
		}
	}
	if len(kept) == 0 {
		return writes
	}
	return slices.DeleteFunc(slices.Clone(writes), func(w record.Write) bool { return kept[w] })
}

// SaysYesOrNo tells whether nothing else is in a change than words on proposals.
func SaysYesOrNo(c *ledger.Change) bool {
	return len(c.Fields) == 0 && len(c.Entries) > 0 && !slices.ContainsFunc(c.Entries, func(e ledger.Entry) bool { return e.Kind != record.Approval })
}
