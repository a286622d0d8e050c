package command

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// teamFlags are those of the sub-words of team.
type teamFlags struct {
	reason string
	all    bool

	member, role, out, words string // of invite and approve
	look, yes                bool
	circle                   circleFlags
}

// teamVerb shows who is in the office, with which devices and what waits for a
// second word, and changes it.
func teamVerb(fs *pflag.FlagSet) action {
	var f teamFlags
	fs.StringVar(&f.reason, "reason", "", "")
	fs.BoolVar(&f.all, "decided", false, "")
	fs.StringVar(&f.member, "member", "", "")
	fs.StringVar(&f.role, "role", "", "")
	fs.StringVarP(&f.out, "output", "o", "", "")
	fs.StringVar(&f.words, "words", "", "")
	fs.BoolVar(&f.look, "look", false, "")
	fs.BoolVar(&f.yes, "yes", false, "")
	f.circle.register(fs)
	return func(c *call, args []string) error {
		do := c.teamWord(&f, args)
		if do == nil {
			return usage("wrong_count", c.words.T("help.team.usage"))
		}
		return c.withOffice(do)
	}
}

// teamWord gives what a sub-word of team does; nil when there is none such.
func (c *call) teamWord(f *teamFlags, args []string) func(*data.Office) error {
	word := strings.Join([]string{args[0], strconv.Itoa(len(args) - 1)}, " ")
	switch word {
	case "list 0":
		return c.teamList
	case "invite 0":
		return func(o *data.Office) error { return c.teamInvite(o, f) }
	case "approve 1":
		return func(o *data.Office) error { return c.teamApprove(o, f, args[1]) }
	case "requests 0":
		return c.teamRequests
	case "invitations 0":
		return c.teamInvitations
	case "withdraw 1":
		return func(o *data.Office) error { return c.teamWithdraw(o, args[1]) }
	case "here 0":
		return c.teamHere
	case "leave 1":
		return func(o *data.Office) error { return c.teamLeave(o, args[1]) }
	case "name 2":
		return func(o *data.Office) error { return c.teamName(o, args[1], args[2]) }
	case "rights 0":
		return c.teamRights
	case "rights 2":
		return func(o *data.Office) error { return c.teamSetRight(o, args[1], args[2], f.reason) }
	case "pending 0":
		return func(o *data.Office) error { return c.teamPending(o, f.all) }
	case "role 2":
		return func(o *data.Office) error { return c.teamRole(o, args[1], args[2], f.reason) }
	case "remove 1":
		return func(o *data.Office) error { return c.teamRemove(o, args[1], f.reason) }
	}
	return c.circleWord(f, args)
}

func stamped(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (c *call) teamList(o *data.Office) error {
	list, err := o.Team(c.ctx)
	if err != nil {
		return err
	}
	for i := range list {
		m := &list[i]
		var out object
		out.put("id", m.ID.String())
		out.put("name", m.Name)
		out.put("role", m.Role)
		out.put("since", stamped(m.Since))
		out.put("me", m.Me)
		if !m.Removed.IsZero() {
			out.put("removed", stamped(m.Removed))
			out.put("reason", m.Why)
		}
		devices := make([]object, 0, len(m.Devices))
		for k := range m.Devices {
			devices = append(devices, teamDevice(&m.Devices[k]))
		}
		out.put("devices", devices)
		c.result(out, func() { c.teamLines(m) })
	}
	if o.LoneCoordinator() {
		c.note(c.words.T("finding.lone_coordinator"))
	}
	return nil
}

func teamDevice(d *data.TeamDevice) object {
	var out object
	out.put("id", d.ID.String())
	out.put("name", d.Name)
	out.put("since", stamped(d.Since))
	out.put("this", d.This)
	out.put("changes", d.Said)
	out.put("refused", d.Refused)
	if !d.Ended.IsZero() {
		out.put("ended", stamped(d.Ended))
		out.put("reason", d.Why)
	}
	return out
}

// teamLines tells of a member and his devices, one line each.
func (c *call) teamLines(m *data.TeamMember) {
	line := m.ID.String() + "  " + m.Name + ", " + c.role(m.Role)
	if m.Me {
		line += " " + c.words.T("command.team.me")
	}
	if !m.Removed.IsZero() {
		line += " " + c.words.T("command.team.removed", app.TimeText(m.Removed, c.words), m.Why)
	}
	c.text(line)
	for _, d := range m.Devices {
		line := "  " + d.ID.String() + "  " + d.Name + " " + c.words.N("command.team.said", d.Said)
		if d.This {
			line += " " + c.words.T("command.team.this")
		}
		if d.Refused > 0 {
			line += " " + c.words.N("command.team.refused", d.Refused)
		}
		if !d.Ended.IsZero() {
			line += " " + c.words.T("command.team.ended", app.TimeText(d.Ended, c.words), d.Why)
		}
		c.text(line)
	}
}

// role is the name of a role for people.
func (c *call) role(role string) string {
	if key := "option.member.role." + role; c.words.Has(key) {
		return c.words.T(key)
	}
	return role
}

func (c *call) teamRole(o *data.Office, who, role, reason string) error {
	member, err := c.memberNamed(o, who)
	if err != nil {
		return err
	}
	m, err := o.Get(c.ctx, member)
	if err != nil {
		return err
	}
	canonical, problems := record.Check(record.Member, "role", role, o.Now())
	if len(problems) > 0 {
		return &fault.Error{Code: fault.Invalid, Op: "change role", Key: "invalid", Problems: problems}
	}
	receipt, p, err := o.SetRole(c.ctx, m.ID, canonical, reason)
	if err != nil {
		return err
	}
	var out object
	out.put("id", m.ID.String())
	out.put("role", canonical)
	out.put("change", receipt.Write.String())
	c.putProposal(&out, p)
	c.result(out, func() {
		if p == nil {
			c.print("command.team.role", m.Get("name"), c.role(canonical))
		}
	})
	c.sayProposal(p)
	return nil
}

func (c *call) teamRemove(o *data.Office, who, reason string) error {
	id, err := record.ParseID(who)
	if err != nil {
		if id, err = c.memberNamed(o, who); err != nil {
			return err
		}
	}
	if strings.TrimSpace(reason) == "" {
		return usage("flag_missing", "reason", c.words.T("help.team.usage"))
	}
	done, err := o.Remove(c.ctx, id, reason)
	if err != nil {
		return err
	}
	var out object
	out.put("id", id.String())
	devices := make([]string, 0, len(done.Devices))
	for _, d := range done.Devices {
		devices = append(devices, d.String())
	}
	out.put("devices", devices)
	out.put("change", done.Receipt.Write.String())
	out.put("epoch", done.Epoch)
	c.putProposal(&out, done.Proposal)
	c.result(out, func() {
		if done.Proposal == nil {
			c.text(c.words.N("command.team.gone", len(devices)))
		}
	})
	c.sayProposal(done.Proposal)
	return nil
}

// putProposal names a proposal in what a command prints.
func (c *call) putProposal(out *object, p *data.Proposal) {
	if p != nil {
		out.put("proposal", p.Write.String())
	}
}

// sayProposal tells people that something waits, for whose word, and by what name.
func (c *call) sayProposal(p *data.Proposal) {
	if p == nil {
		return
	}
	c.print("command.proposal", p.Write.String())
	switch {
	case len(p.Who) > 0:
		c.print("command.proposal.may", strings.Join(p.Who, ", "))
	case p.Circle != "":
		c.print("command.proposal.nobody_in", p.Circle)
	default:
		c.print("command.proposal.nobody")
	}
}

func (c *call) teamPending(o *data.Office, all bool) error {
	list, err := o.Proposals(c.ctx, all)
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		out := proposalObject(p)
		c.result(out, func() { c.text(c.proposalLine(p)) })
	}
	if len(list) == 0 {
		c.print("command.team.nothing")
	}
	return nil
}

func proposalObject(p *data.Proposal) object {
	var out object
	out.put("id", p.Write.String())
	out.put("what", p.What)
	out.put("record", p.Record.String())
	out.put("kind", p.Kind.String())
	out.put("name", p.Name)
	if p.Says != "" {
		out.put("says", p.Says)
	}
	if len(p.Also) > 0 {
		out.put("also", len(p.Also))
	}
	out.put("by", p.ByName)
	out.put("at", stamped(p.At))
	out.put("reason", p.Reason)
	out.put("state", p.State)
	out.put("may", p.May)
	if len(p.Who) > 0 {
		out.put("who", p.Who)
	}
	if p.Circle != "" {
		out.put("circle", p.Circle)
	}
	if p.WhyNot != "" {
		out.put("why_not", p.WhyNot)
	}
	if d := p.Decision; d != nil {
		out.put("decided_by", d.ByName)
		out.put("decided_at", stamped(d.At))
		out.put("decided_reason", d.Reason)
	}
	return out
}

// proposalLine is a proposal for people.
func (c *call) proposalLine(p *data.Proposal) string {
	what := c.words.T("proposal.what." + p.What)
	if p.Says != "" && p.What == data.ProposalRole {
		what += " (" + c.role(p.Says) + ")"
	}
	line := p.Write.String() + "  " + c.words.T("command.proposal.line", what, p.Name, p.ByName, app.TimeText(p.At, c.words))
	if p.Reason != "" {
		line += " " + p.Reason
	}
	if p.State != data.ProposalWaiting {
		line += " [" + c.words.T("proposal.state."+p.State) + "]"
	}
	return line
}
