package present

import (
	"context"
	"slices"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// Deciding is an office in which some changes wait for a second person's word.
type Deciding interface {
	Proposals(ctx context.Context, all bool) ([]data.Proposal, error)
	Approve(ctx context.Context, w record.Write, reason string) (data.Receipt, error)
	Refuse(ctx context.Context, w record.Write, reason string) (data.Receipt, error)
}

// ProposalCard is a proposal with all that the second person must see.
type ProposalCard struct {
	Write    record.Write
	What     string // one of data's Proposal constants
	Record   record.ID
	Kind     record.Kind
	Title    string // what is proposed, in a few words
	Name     string // whom it concerns
	Initials string
	Who      []Line // of a death: papers, birth, parents, marks, place
	Like     []PersonRow
	Claims   []ClaimLine // of a death: all that was said of life and place, the newest first
	Waiting  []Line      // of a death: the contacts who wait for news, and what is known of the last talk with each
	Says     []Shift     // the proposed change itself, whole
	By       string      // who proposes, when
	Reason   string
	State    Chip
	Decision string // who decided, when, why
	May      bool
	Mine     bool // who is signed in proposed it, and may take it back
	WhyNot   string
	Inside   string // that a circle sealed it; "" otherwise
	Deciders string // who may decide it, or that there is nobody yet; "" once it is decided
	Nobody   bool
}

// decidedLines is how many decided proposals are listed.
const decidedLines = 12

// namesakes is how many people with a like name are shown.
const namesakes = 5

// readProposals reads what waits, and the last that were decided.
func readProposals(ctx context.Context, env Env) (pending, decided []ProposalCard, err error) {
	o, ok := env.API.(Deciding)
	if !ok {
		return nil, nil, nil
	}
	all, err := o.Proposals(ctx, true)
	if err != nil {
		return nil, nil, err
	}
	for i := range all {
		switch p := &all[i]; {
		case p.State == data.ProposalWaiting:
			card, err := proposalCard(ctx, env, p, true)
			if err != nil {
				return nil, nil, err
			}
			pending = append(pending, card)
		case len(decided) < decidedLines:
			card, err := proposalCard(ctx, env, p, false)
			if err != nil {
				return nil, nil, err
			}
			decided = append(decided, card)
		}
	}
	slices.SortStableFunc(pending, func(a, b ProposalCard) int { // what waits for who is here stands first
		switch {
		case a.May == b.May:
			return 0
		case a.May:
			return -1
		}
		return 1
	})
	return pending, decided, nil
}

// ProposalsOf reads what waits about one record.
func ProposalsOf(ctx context.Context, env Env, id record.ID) ([]ProposalCard, error) {
	o, ok := env.API.(Deciding)
	if !ok {
		return nil, nil
	}
	all, err := o.Proposals(ctx, false)
	if err != nil {
		return nil, err
	}
	var out []ProposalCard
	for i := range all {
		if all[i].Record != id || all[i].State != data.ProposalWaiting {
			continue
		}
		card, err := proposalCard(ctx, env, &all[i], true)
		if err != nil {
			return nil, err
		}
		out = append(out, card)
	}
	return out, nil
}

func proposalCard(ctx context.Context, env Env, p *data.Proposal, whole bool) (ProposalCard, error) {
	w := env.Words
	c := ProposalCard{
		Write: p.Write, What: p.What, Record: p.Record, Kind: p.Kind, Name: p.Name, Initials: nameInitials(p.Name),
		Title: proposalTitle(w, p), By: w.T("proposal.by", p.ByName, stamp(w, p.At)), Reason: p.Reason, May: p.May, Mine: p.Mine,
		State: Chip{w.T("proposal.state." + p.State), Warn},
	}
	switch p.State {
	case data.ProposalApproved:
		c.State.Tone = OK
	case data.ProposalRefused:
		c.State.Tone = Grey
	}
	if p.Decision != nil {
		c.Decision = w.T("proposal.decided."+p.State, p.Decision.ByName, stamp(w, p.Decision.At))
		if p.Decision.Reason != "" {
			c.Decision += " " + w.T("timeline.reason", p.Decision.Reason)
		}
	}
	if !p.May && p.WhyNot != "" {
		c.WhyNot = w.T("proposal.why_not." + p.WhyNot)
	}
	if p.State == data.ProposalWaiting {
		c.deciders(w, p)
	}
	if !whole {
		return c, nil
	}
	if p.What == data.ProposalDeath {
		if err := deathCard(ctx, env, &c); err != nil {
			return c, err
		}
	}
	return c, proposedChange(ctx, env, &c)
}

// deciders says who may decide a proposal: whoever waits for a word must know whom
// to ask for it.
func (c *ProposalCard) deciders(w *assets.Words, p *data.Proposal) {
	if p.Circle != "" {
		c.Inside = w.T("proposal.inside", p.Circle)
	}
	switch {
	case len(p.Who) > 0:
		c.Deciders = w.T("proposal.who", join(", ", p.Who...))
	case p.May:
	case p.Circle != "":
		c.Deciders, c.Nobody = w.T("proposal.who.nobody_in", p.Circle), true
	default:
		c.Deciders, c.Nobody = w.T("proposal.who.nobody"), true
	}
}

func proposalTitle(w *assets.Words, p *data.Proposal) string {
	switch {
	case p.What == data.ProposalRole && p.Says != "":
		return w.T("proposal.what.role.to", roleText(w, p.Says))
	case p.What == data.ProposalDeath && p.Says != "":
		return optionLabel(w, record.Claim, "status", p.Says)
	}
	return w.T("proposal.what." + p.What)
}

// deathCard puts first what tells whether it is the right person: papers, birth,
// parents, marks, and those whose names are near (DESIGN §4).
func deathCard(ctx context.Context, env Env, c *ProposalCard) error {
	w := env.Words
	r, err := env.API.Get(ctx, c.Record)
	if err != nil {
		return err
	}
	c.Name = fullName(w, r)
	c.Initials = initials(r.Get("paternal_surname"), r.Get("maternal_surname"), r.Get("given_names"), "")
	line := func(label, value string) {
		if value == "" {
			value = w.T("proposal.unknown")
		}
		c.Who = append(c.Who, Line{Label: label, Value: value})
	}
	line(fieldLabel(w, record.Detainee, "cedula"), r.Get("cedula"))
	if passport := r.Get("passport"); passport != "" {
		line(fieldLabel(w, record.Detainee, "passport"), passport)
	}
	line(fieldLabel(w, record.Detainee, "birth"), dateText(w, r.Get("birth")))
	parents, err := parentsOf(ctx, env, r.ID)
	if err != nil {
		return err
	}
	line(w.T("proposal.parents"), parents)
	line(fieldLabel(w, record.Detainee, "marks"), join(" · ", r.List("marks")...))
	if row, ok := env.API.Row(r.ID); ok {
		line(w.T("person.where"), dot(row.Facility, row.Wing))
		c.Like, err = alike(ctx, env, r.ID, join(" ", row.Paternal, row.Maternal))
	}
	if err != nil {
		return err
	}
	c.Claims = claimLines(env, r)
	c.Waiting, err = whoWaits(ctx, env, r.ID)
	return err
}

// parentsOf names mother and father, as far as they are tied to a person.
func parentsOf(ctx context.Context, env Env, id record.ID) (string, error) {
	ties, err := env.API.Links(ctx, id, record.Relationship)
	if err != nil {
		return "", err
	}
	var out []string
	for _, r := range ties {
		kin := r.Get("kinship")
		if kin != "mother" && kin != "father" || r.Deleted {
			continue
		}
		if row, ok := env.API.Row(r.Ref("contact")); ok {
			out = append(out, listName(env.Words, row)+" ("+optionLabel(env.Words, record.Relationship, "kinship", kin)+")")
		}
	}
	slices.Sort(out)
	return join(" · ", out...), nil
}

// alike gives others with the same surnames, or ones that are near: brothers and
// cousins come into the same prisons, and might be meant instead.
func alike(ctx context.Context, env Env, id record.ID, name string) ([]PersonRow, error) {
	found, err := env.API.List(ctx, data.ListQuery{Kind: record.Detainee, Text: name})
	if err != nil {
		return nil, err
	}
	var out []PersonRow
	for i := range found.Len() {
		row := found.At(i)
		if row.ID == id {
			continue
		}
		if out = append(out, personRow(env, row)); len(out) == namesakes {
			break
		}
	}
	return out, nil
}

// proposedChange puts the change itself on the card, from the record's timeline.
func proposedChange(ctx context.Context, env Env, c *ProposalCard) error {
	moments, err := env.API.Timeline(ctx, c.Record)
	if fault.Is(err, fault.NotFound) {
		return nil // what it concerns is not here, or is hidden from this member
	}
	if err != nil {
		return err
	}
	for _, m := range moments {
		if m.Write.Batch == c.Write.Batch && m.Write.Index == c.Write.Index {
			c.Says = timelineLine(env, c.Kind, m).Changes
			if c.What == data.ProposalRights {
				c.Says = rightsShifts(env.Words, m.Fields)
			}
			if c.Reason == "" {
				c.Reason = m.Reason
			}
		}
	}
	return nil
}

// Decide approves or refuses a proposal. A refusal needs its reason; who takes his own
// back owes none.
func Decide(ctx context.Context, env Env, c ProposalCard, approve bool, reason string, done func(Failure, bool)) {
	o, ok := env.API.(Deciding)
	if !ok {
		return
	}
	if !approve && !c.Mine && record.CleanLong(reason) == "" {
		done(Failure{Text: env.Words.T("proposal.needs_reason")}, false)
		return
	}
	env.Run.Go(func() {
		var err error
		if approve {
			_, err = o.Approve(ctx, c.Write, reason)
		} else {
			_, err = o.Refuse(ctx, c.Write, reason)
		}
		env.Run.Back(func() {
			if err != nil {
				done(failure(env.Words, err), false)
				return
			}
			done(Failure{}, true)
		})
	})
}
