package data

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// whats names what a proposal is about, as Proposal.What does.
var whats = map[fold.Proposed]string{
	fold.ProposedDeath: ProposalDeath, fold.ProposedLetter: ProposalLetter, fold.ProposedErasure: ProposalErasure,
	fold.ProposedRole: ProposalRole, fold.ProposedRemoval: ProposalRemoval, fold.ProposedRights: ProposalRights,
}

// states gives Proposal.State by what was decided.
var states = map[string]string{
	"": ProposalWaiting, record.Approve: ProposalApproved, record.Refuse: ProposalRefused, record.Withdraw: ProposalWithdrawn,
}

// NeedsSecond tells whether a change of a kind, one of the Proposal constants, by
// the member who is signed in would wait for another one's word. While nobody else
// can be asked one word suffices.
func (o *Office) NeedsSecond(what string) bool {
	o.use.RLock()
	defer o.use.RUnlock()
	switch what {
	case ProposalRole, ProposalRemoval, ProposalRights:
		return o.law.Another(o.Info().Member)
	}
	return !o.law.Single()
}

// MayApprove gives the names of those who can be asked for a second word.
func (o *Office) MayApprove() []string { return o.MayApproveIn(record.ID{}) }

// Proposals gives what waits for a second member's word, newest first; with all
// also what was decided.
func (o *Office) Proposals(ctx context.Context, all bool) ([]Proposal, error) {
	const op = "read proposals"
	if err := o.enter(op); err != nil {
		return nil, err
	}
	ids, err := o.store.Asked()
	o.use.RUnlock()
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, op, "store_damaged")
	}
	ids = o.askedInside(ids)
	var out []Proposal
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Cancelled, op, "cancelled")
		}
		list, err := o.proposalsOf(ctx, op, id, all)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	out = together(out)
	slices.SortFunc(out, func(a, b Proposal) int {
		return cmp.Or(b.At.Compare(a.At), fold.CompareWrites(b.Write, a.Write))
	})
	return out, nil
}

// proposalsOf gives those of one record.
func (o *Office) proposalsOf(ctx context.Context, op string, id record.ID, all bool) ([]Proposal, error) {
	s, _, err := o.readState(id)
	if isMissing(err) || o.away.has(id) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Proposal
	for _, p := range s.Proposals() {
		if p.Verdict != "" && !all {
			continue
		}
		if s.Gone(s.Origins[p.Origin].Write) {
			continue
		}
		out = append(out, o.proposal(ctx, op, s, p))
	}
	return out, nil
}

func (o *Office) proposal(ctx context.Context, op string, s *fold.State, p fold.Proposal) Proposal {
	from, me := &s.Origins[p.Origin], o.Info().Member
	out := Proposal{
		Write: from.Write, What: whats[p.What], Record: s.ID, Kind: s.Kind, Name: o.nameOf(s), Says: p.Says,
		By: from.Author, ByName: o.names.get(from.Author), Device: from.Device, At: from.When(), State: states[p.Verdict], Mine: from.Author == me,
	}
	if _, body, err := o.change(ctx, op, from.Write); err == nil {
		out.Reason = body.Changes[from.Write.Index].Reason
	}
	if p.Decider >= 0 {
		e := &s.Entries[p.Decider]
		by := &s.Origins[e.Origin]
		l := ledger.Entry{Values: e.Values}
		out.Decision = &Decision{By: by.Author, ByName: o.names.get(by.Author), At: by.When(), Reason: l.Text(record.ApprovalReason)}
	}
	if out.State == ProposalWaiting {
		circle := o.sealedIn(s, out.Write)
		if c, ok := o.circles.circle(circle); ok {
			out.Circle = c.name
		}
		out.May, out.WhyNot = o.mayDecide(s, &out)
		out.Who = o.deciders(s, &out, circle)
	}
	return out
}

// mayDecide tells whether the member who is signed in may say yes or no.
func (o *Office) mayDecide(s *fold.State, p *Proposal) (bool, string) {
	if p.Mine || o.concerns(s) == o.Info().Member {
		return false, "own"
	}
	if circle := o.sealedIn(s, p.Write); !circle.IsZero() && !o.mine(circle) {
		return false, "circle"
	}
	c := writing(s, "")
	c.entry(record.Approval, map[string]string{"of": p.Write.String(), "verdict": record.Approve})
	if ok, why := o.mayNow(&c.change); !ok {
		if why == "cut" {
			return false, why
		}
		return false, "right"
	}
	return true, ""
}

// concerns gives the member whom a record of the team is about.
func (o *Office) concerns(s *fold.State) record.ID {
	switch s.Kind {
	case record.Member:
		return s.ID
	case record.Device:
		return fold.View(s, o.names.get).Ref("member")
	}
	return record.ID{}
}

// nameOf is how a record is called where it is spoken of.
func (o *Office) nameOf(s *fold.State) string {
	switch s.Kind {
	case record.Member:
		return o.names.get(s.ID)
	case record.Device:
		r := fold.View(s, o.names.get)
		return cmp.Or(r.Get("name"), o.names.get(r.Ref("member")))
	}
	row := rowOf(fold.View(s, o.names.get))
	if s.Kind == record.Document {
		if about, ok := o.Row(row.About); ok {
			row = about
		}
	}
	name := strings.Join(strings.Fields(row.Given+" "+row.Paternal+" "+row.Maternal), " ")
	return cmp.Or(name, row.Alias, row.Title, row.Paper)
}

// together makes one of what was proposed at once: an erasure of a person with
// all that speaks of him, a member's removal with his devices.
func together(list []Proposal) []Proposal {
	slices.SortFunc(list, func(a, b Proposal) int {
		member := func(p *Proposal) int {
			if p.Kind == record.Member {
				return 0
			}
			return 1
		}
		return cmp.Or(bytes.Compare(a.Write.Batch[:], b.Write.Batch[:]), cmp.Compare(member(&a), member(&b)), cmp.Compare(a.Write.Index, b.Write.Index))
	})
	var out []Proposal
	for _, p := range list {
		i := slices.IndexFunc(out, func(q Proposal) bool { return goesTogether(&q, &p) })
		if i >= 0 {
			out[i].Also = append(out[i].Also, p.Record)
			continue
		}
		out = append(out, p)
	}
	return out
}

func goesTogether(p, q *Proposal) bool {
	return (p.What == ProposalErasure || p.What == ProposalRemoval) && p.What == q.What &&
		p.Write.Batch == q.Write.Batch && p.By == q.By && p.Reason == q.Reason && p.State == q.State
}

// Approve is a second member's yes to exactly what a proposal says, by the hash
// that names it. What was proposed has its effect from then on.
func (o *Office) Approve(ctx context.Context, w record.Write, reason string) (Receipt, error) {
	const op = "approve"
	list, err := o.toDecide(ctx, op, w)
	if err != nil {
		return Receipt{}, err
	}
	if list[0].Mine {
		return Receipt{}, fault.New(fault.Refused, op, "approve_own")
	}
	if list[0].What == ProposalErasure {
		if err := o.heldBack(ctx, list); err != nil {
			return Receipt{}, err
		}
	}
	receipt, err := o.say(ctx, op, list, record.Approve, reason)
	if err != nil {
		return Receipt{}, err
	}
	return receipt, o.carriedOut(context.WithoutCancel(ctx), op, list)
}

// Refuse is a second member's no, with its reason; of one's own proposal it takes
// that back.
func (o *Office) Refuse(ctx context.Context, w record.Write, reason string) (Receipt, error) {
	const op = "refuse"
	list, err := o.toDecide(ctx, op, w)
	if err != nil {
		return Receipt{}, err
	}
	verdict := record.Refuse
	if list[0].Mine {
		verdict = record.Withdraw
	} else if record.CleanLong(reason) == "" {
		return Receipt{}, fault.New(fault.Invalid, op, "refuse_needs_reason")
	}
	return o.say(ctx, op, list, verdict, reason)
}

// toDecide finds a proposal that waits, with what was proposed together with it.
func (o *Office) toDecide(ctx context.Context, op string, w record.Write) ([]Proposal, error) {
	_, body, err := o.change(ctx, op, w)
	if err != nil {
		return nil, err
	}
	var all []Proposal
	seen := map[record.ID]bool{}
	for i := range body.Changes {
		id := body.Changes[i].Record
		if seen[id] {
			continue
		}
		seen[id] = true
		list, err := o.proposalsOf(ctx, op, id, true)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	i := slices.IndexFunc(all, func(p Proposal) bool { return p.Write == w })
	if i < 0 {
		return nil, fault.New(fault.Refused, op, "not_a_proposal")
	}
	first := all[i]
	if first.State != ProposalWaiting {
		who := ""
		if first.Decision != nil {
			who = first.Decision.ByName
		}
		return nil, fault.New(fault.Refused, op, "proposal_decided", who)
	}
	out := []Proposal{first}
	for _, p := range all {
		if p.Write != w && goesTogether(&first, &p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// heldBack refuses an erasure of what somebody says must be kept, and one that
// would leave what was written since it was proposed.
func (o *Office) heldBack(ctx context.Context, list []Proposal) error {
	var problems []fault.Problem
	for _, p := range list {
		s, told, err := o.tellings(ctx, p.Record)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(s.Asks, func(a fold.Ask) bool { return s.Origins[a.Origin].Write == p.Write })
		for k := range told {
			t := &told[k]
			if t.lost || t.refused != "" || t.Change.Op != ledger.OpEdit || fold.SaysYesOrNo(t.Change) || i < 0 || s.Gone(t.Origin.Write) {
				continue
			}
			if !slices.Contains(s.Asks[i].Erases, t.Origin.Write) {
				return fault.New(fault.Refused, "approve", "erase_written_since", p.Name)
			}
		}
		if why := s.Held(); why != "" {
			problems = append(problems, fault.Problem{Field: fold.HoldField, Key: "legal_hold", Args: []string{why}})
		}
	}
	if len(problems) > 0 {
		return fault.Refuse("approve", "erase_held", problems)
	}
	return nil
}

// say writes a word on each of the proposals that go together.
func (o *Office) say(ctx context.Context, op string, list []Proposal, verdict, reason string) (Receipt, error) {
	reason = record.CleanLong(reason)
	var changes []*prepared
	for i := range list {
		s, _, err := o.readState(list[i].Record)
		if err != nil {
			return Receipt{}, err
		}
		if circle := o.sealedIn(s, list[i].Write); verdict != record.Withdraw && !circle.IsZero() && !o.mine(circle) {
			c, _ := o.circles.circle(circle)
			return Receipt{}, fault.New(fault.Refused, op, "approve_outside", c.name, strings.Join(o.namesOf(c.members), ", "))
		}
		p := writing(s, "")
		p.entry(record.Approval, map[string]string{"of": list[i].Write.String(), "verdict": verdict, "reason": reason})
		p.size += len(reason)
		if ok, why := o.mayNow(&p.change); !ok {
			if verdict != record.Withdraw && why != "cut" {
				if o.concerns(s) == o.Info().Member {
					return Receipt{}, fault.New(fault.Refused, op, "approve_own")
				}
				why = "approve"
			}
			return Receipt{}, o.noRight(op, why)
		}
		changes = append(changes, p)
	}
	receipts := make([]Receipt, 0, len(changes))
	for len(changes) > 0 {
		n, size := 0, 0
		for n < len(changes) && n < ledger.MaxChanges && size+changes[n].size < batchRoom {
			size += changes[n].size
			n++
		}
		got, err := o.submit(ctx, changes[:n], false)
		if err != nil {
			return Receipt{}, err
		}
		receipts, changes = append(receipts, got...), changes[n:]
	}
	return receipts[0], nil
}

// noRight says why a change would have no effect.
func (o *Office) noRight(op, why string) error {
	if why == "cut" {
		key := "device_ended"
		o.use.RLock()
		act, ok := o.law.Removed(o.Info().Member)
		o.use.RUnlock()
		if ok {
			return fault.New(fault.Refused, op, "member_removed", act.Change.Reason)
		}
		return fault.New(fault.Refused, op, key)
	}
	return fault.New(fault.Refused, op, "right_missing", why, o.Info().Role)
}

// carriedOut does what an approval brings with it on this machine.
func (o *Office) carriedOut(ctx context.Context, op string, list []Proposal) error {
	o.order.wait()
	switch list[0].What {
	case ProposalErasure:
		plan := ErasePlan{}
		for _, p := range list {
			plan.Records = append(plan.Records, Erasing{ID: p.Record, Kind: p.Kind})
		}
		o.dropDrafts(&plan)
		return diskFault(op, o.purge(ctx, nil))
	case ProposalRemoval:
		_, err := o.renewKeys(ctx, o.devicesOf(list))
		return err
	}
	return nil
}

// proposed gives the proposal that a change has just made; nil when it took nobody
// else's word.
func (o *Office) proposed(ctx context.Context, op string, w record.Write) (*Proposal, error) {
	if w.IsZero() {
		return nil, nil
	}
	o.order.wait()
	list, err := o.toDecide(ctx, op, w)
	if fault.Is(err, fault.Refused) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	one := together(list)
	return &one[0], nil
}

// ProposalOf gives the proposal that waits in a record and was made by a change;
// nil when that took nobody else's word.
func (o *Office) ProposalOf(ctx context.Context, w record.Write) (*Proposal, error) {
	return o.proposed(ctx, "read proposals", w)
}

// today is the office's day, as a field of type Date holds it.
func (o *Office) today() string { return o.Now().Format(time.DateOnly) }

// waits warns of what a change says that waits for a second member's word.
func (o *Office) waits(list []*prepared) {
	for _, p := range list {
		deaths := slices.ContainsFunc(p.change.Entries, func(e ledger.Entry) bool {
			return e.Kind == record.Claim && e.Text(statusNum) == "confirmed_dead"
		})
		if !deaths && !team.Concerns(p.change.Kind) {
			continue
		}
		if ok := o.secondNow(&p.change); !ok {
			continue
		}
		p.warnings = slices.DeleteFunc(p.warnings, func(w fault.Problem) bool { return w.Key == "second_person_missing" })
		p.warnings = append(p.warnings, o.waitsFor(p))
	}
}

// statusNum is the number of a claim's status.
const statusNum = 1

// secondNow tells whether a change that this device makes now takes a second word.
func (o *Office) secondNow(c *ledger.Change) bool {
	o.use.RLock()
	defer o.use.RUnlock()
	a := o.actNow(c)
	return o.law.Second(&a)
}

// FindProposal gives the proposal that the beginning of its name means.
func (o *Office) FindProposal(ctx context.Context, text string) (record.Write, error) {
	start, index, err := record.SplitWrite(text)
	if err != nil {
		return record.Write{}, err
	}
	list, err := o.Proposals(ctx, false)
	if err != nil {
		return record.Write{}, err
	}
	var found []record.Write
	for _, p := range list {
		if strings.HasPrefix(p.Write.String(), start) && (index < 0 || int(p.Write.Index) == index) {
			found = append(found, p.Write)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return o.FindChange(ctx, text, record.ID{})
}
