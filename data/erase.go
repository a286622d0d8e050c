package data

import (
	"context"
	"slices"
	"strings"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// ErasePlan is what an erasure will take away, to be seen before it is done.
type ErasePlan struct {
	Records []Erasing // the record itself first, then what speaks of nobody else
	Changes int       // all that was ever said of them
	Holds   []Hold    // why some must be kept: then nothing is erased
	May     bool      // whether the member who is signed in has the right
	Backups bool      // always true: copies made before keep it until they are replaced
	Second  bool      // whether it takes a second member's word before it is done

	Proposal *Proposal // what Erase proposed, when it did: nothing is gone yet
}

// Erasing is one record that goes.
type Erasing struct {
	ID      record.ID
	Kind    record.Kind
	Changes int
	writes  []record.Write
}

// Hold is a person's word that a record must be kept.
type Hold struct {
	ID     record.ID
	Kind   record.Kind
	Reason string
}

// ErasePlan says what Erase would take away. A person goes with his ties and
// with the cases, tasks, attempts, tellings and papers that speak of nobody else.
func (o *Office) ErasePlan(ctx context.Context, id record.ID) (ErasePlan, error) {
	const op = "erase"
	s, _, err := o.tellings(ctx, id)
	if err != nil {
		return ErasePlan{}, err
	}
	if team.Concerns(s.Kind) || ownWay(s.Kind) {
		return ErasePlan{}, fault.New(fault.Refused, op, "erase_team")
	}
	ids, err := o.goesWith(ctx, id, s.Kind)
	if err != nil {
		return ErasePlan{}, err
	}
	plan := ErasePlan{May: o.mayErase(), Backups: true, Second: o.NeedsSecond(ProposalErasure)}
	for _, id := range ids {
		s, told, err := o.tellings(ctx, id)
		if err != nil {
			return ErasePlan{}, err
		}
		e := Erasing{ID: id, Kind: s.Kind}
		for i := range told {
			t := &told[i]
			if t.lost || t.Change.Op != ledger.OpEdit || s.Gone(t.Origin.Write) || fold.SaysYesOrNo(t.Change) {
				continue // who agreed to an erasure stays known
			}
			e.writes = append(e.writes, t.Origin.Write)
		}
		e.Changes = len(e.writes)
		if e.Changes == 0 {
			continue
		}
		plan.Records, plan.Changes = append(plan.Records, e), plan.Changes+e.Changes
		if why := s.Held(); why != "" {
			plan.Holds = append(plan.Holds, Hold{id, s.Kind, why})
		}
	}
	if len(plan.Records) == 0 {
		return ErasePlan{}, fault.New(fault.NotFound, op, "erased_already", id.String())
	}
	return plan, nil
}

// goesWith gives a record, those that were merged into it, and those that speak
// of nobody else.
func (o *Office) goesWith(ctx context.Context, id record.ID, kind record.Kind) ([]record.ID, error) {
	ids := append([]record.ID{id}, o.merges.from(id)...)
	if kind != record.Detainee && kind != record.Contact {
		return ids, nil
	}
	same := map[record.ID]bool{}
	for _, id := range ids {
		same[id] = true
	}
	for _, id := range ids[:len(ids):len(ids)] {
		linked, err := o.Links(ctx, id, 0)
		if err != nil {
			return nil, err
		}
		for _, r := range linked {
			if speaksOnlyOf(r, same) && !slices.Contains(ids, r.ID) {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids, nil
}

// speaksOnlyOf tells whether a record that refers to a person, under one of his
// records, is about nobody else.
func speaksOnlyOf(r *record.Record, same map[record.ID]bool) bool {
	switch r.Kind {
	case record.Relationship, record.Notification:
		return true // without either of the two it says nothing
	case record.Case:
		return same[r.Ref("detainee")]
	case record.Task:
		return same[r.Ref("about")]
	case record.Attempt:
		about := r.Refs("about")
		return same[r.Ref("contact")] || len(about) == 1 && same[about[0]]
	case record.Document:
		about := r.Refs("about")
		return len(about) == 1 && same[about[0]]
	}
	return false
}

// last is the place behind all that has been said.
var last = team.Place{Lamport: 1<<64 - 1}

// mayNow tells whether a change that this device makes now would have effect.
func (o *Office) mayNow(c *ledger.Change) (bool, string) {
	o.use.RLock() // feeds and law are made anew with the working copy
	defer o.use.RUnlock()
	a := o.actNow(c)
	return o.law.Judge(&a)
}

// actNow is a change as this device would make it now.
func (o *Office) actNow(c *ledger.Change) team.Act {
	next := o.feeds.Last(o.Info().Device).Seq + 1
	return team.Act{At: last, Device: o.Info().Device, Seq: next, Author: o.vault.Keys().Member, Change: c}
}

func (o *Office) mayErase() bool {
	ok, _ := o.mayNow(&ledger.Change{Kind: record.Detainee, Op: ledger.OpErase})
	return ok
}

// checkRights refuses what would have no effect: the member who is signed in may
// not. It is checked again by every device that takes the change in (DESIGN §4).
func (o *Office) checkRights(list []*prepared) error {
	for _, p := range list {
		if ok, why := o.mayNow(&p.change); !ok {
			return o.noRight("save", why)
		}
	}
	o.waits(list)
	return nil
}

// Erase takes a record and what speaks of nobody else away for ever, here and on
// every device that takes this in: its values leave the records, the lists and
// the journal, and do not come back whoever still has them. What remains is that
// there was something, who erased it, when and why. It needs the right, and is
// refused while a person says that one of these must be kept. In a team it is a
// proposal, and is done when another member with the right approves.
func (o *Office) Erase(ctx context.Context, id record.ID, reason string, progress func(Progress)) (ErasePlan, error) {
	const op = "erase"
	if reason = record.CleanLong(reason); reason == "" {
		return ErasePlan{}, fault.New(fault.Invalid, op, "erase_needs_reason")
	}
	plan, err := o.ErasePlan(ctx, id)
	if err != nil {
		return plan, err
	}
	if len(plan.Holds) > 0 {
		var problems []fault.Problem
		for _, h := range plan.Holds {
			problems = append(problems, fault.Problem{Field: fold.HoldField, Key: "legal_hold", Args: []string{h.Reason}})
		}
		return plan, fault.Refuse(op, "erase_held", problems)
	}
	if !plan.May {
		return plan, fault.New(fault.Refused, op, "right_missing", "erase", o.Info().Role)
	}
	var first record.Write
	for _, group := range erasures(&plan, reason) {
		receipts, err := o.submit(ctx, group, false)
		if err != nil {
			return plan, err
		}
		if first.IsZero() {
			first = receipts[0].Write
		}
	}
	ctx = context.WithoutCancel(ctx) // what is acknowledged is carried out
	o.order.wait()
	if plan.Second {
		plan.Proposal, err = o.proposed(ctx, op, first)
		return plan, err
	}
	o.dropDrafts(&plan)
	return plan, diskFault(op, o.purge(ctx, progress))
}

// erasures makes the changes of an erasure, in groups that fit one batch each.
// Two changes of one record never share a batch.
func erasures(plan *ErasePlan, reason string) [][]*prepared {
	var groups [][]*prepared
	var group []*prepared
	size := 0
	for _, e := range plan.Records {
		for part := range slices.Chunk(e.writes, ledger.MaxErases) {
			c := ledger.Change{Record: e.ID, Kind: e.Kind, Op: ledger.OpErase, Critical: true, Rights: 1, Reason: reason, Erases: part}
			p := &prepared{change: c, size: 400 + len(reason) + 38*len(part)}
			if len(group) > 0 && (size+p.size > batchRoom || len(group) == ledger.MaxChanges || group[len(group)-1].change.Record == e.ID) {
				groups, group, size = append(groups, group), nil, 0
			}
			group, size = append(group, p), size+p.size
		}
	}
	return append(groups, group)
}

// dropDrafts gives up the unfinished forms about what was erased.
func (o *Office) dropDrafts(plan *ErasePlan) {
	drafts, _, err := o.drafts.List()
	if err != nil {
		return // they are sealed, and the person is told of them when they are next listed
	}
	for _, d := range drafts {
		if slices.ContainsFunc(plan.Records, func(e Erasing) bool { return strings.Contains(d.Key, e.ID.String()) }) {
			_ = o.drafts.Drop(d.Key)
		}
	}
}

// Powerless is a change that has no effect: who made it may not.
type Powerless struct {
	Write  record.Write
	Why    string // the right that is missing, "enrolled": device or author are nobody here; "team"; "cut": the device had ended
	Device record.ID
	Author string
}

// Powerless gives the changes that are kept and have no effect.
func (o *Office) Powerless(ctx context.Context) ([]Powerless, error) {
	const op = "read refused changes"
	if err := o.enter(op); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	var out []Powerless
	err := o.store.Refused(func(w record.Write, b []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := decodeRefusal(w, b)
		out = append(out, Powerless{w, r.why, r.device, o.names.get(r.author)})
		return err
	})
	return out, diskFault(op, err)
}
