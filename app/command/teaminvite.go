package command

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"paradero/app"
	"paradero/app/courier"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// teamInvite makes an invitation; its code is printed this once.
func (c *call) teamInvite(o *data.Office, f *teamFlags) error {
	if f.member == "" || f.out == "" {
		missing := "member"
		if f.member != "" {
			missing = "output"
		}
		return usage("flag_missing", missing, c.words.T("help.team.usage"))
	}
	who := data.Inviting{Name: f.member}
	if f.role == "" { // a further device of somebody who is here
		m, err := c.resolve(o, f.member, record.Member)
		if err != nil {
			return err
		}
		who.Member = m.ID
	} else {
		role, problems := record.Check(record.Member, "role", f.role, o.Now())
		if len(problems) > 0 {
			return &fault.Error{Code: fault.Invalid, Op: "invite", Key: "invalid", Problems: problems}
		}
		who.Role = role
	}
	in, err := o.Invite(c.ctx, who, f.out)
	if err != nil {
		return err
	}
	var out object
	out.put("file", in.File)
	out.put("code", in.Code)
	out.put("id", in.ID.String())
	out.put("fingerprint", in.Fingerprint)
	out.put("expires", in.Expires.UTC().Format(time.RFC3339))
	c.result(out, func() {
		c.print("command.invite.made", in.File, app.TimeText(in.Expires, c.words))
		c.print("command.invite.code")
		c.text("\n    " + in.Code + "\n")
		c.print("command.invite.next")
	})
	return nil
}

// teamApprove lets in who asks: by the file of his request, or by the name of his
// device or his own where the request came by the office's hub or folder. --words
// are the digits on his screen: where they differ nobody is let in.
func (c *call) teamApprove(o *data.Office, f *teamFlags, what string) error {
	request, came, err := c.requestOf(o, what)
	if err != nil {
		return err
	}
	look, err := o.LookAtRequest(c.ctx, request)
	if err != nil {
		return err
	}
	if f.words != "" && !sameDigits(f.words, look.Words) {
		return fault.New(fault.Refused, "admit", "words_differ", look.Words)
	}
	if f.look {
		c.sayRequest(&look)
		return nil
	}
	if err := c.compared(&look, f); err != nil {
		return err
	}
	welcome, err := o.Admit(c.ctx, request)
	if err != nil {
		return err
	}
	sent := c.sendWelcome(o, request, welcome)
	if f.out == "" && (!came || !sent) {
		f.out = what + "." + c.words.T("command.join.welcome.ending")
	}
	if f.out != "" {
		if err := data.WriteEnrolment(f.out, welcome); err != nil {
			return err
		}
	}
	c.sayApproved(&look, f.out, sent)
	if sent {
		c.sendNewest(o, request)
	}
	return nil
}

// sendNewest leaves the picture of the newest records behind the welcome. Without it
// nothing is lost but time.
func (c *call) sendNewest(o *data.Office, request []byte) {
	err := courier.SendOpening(c.ctx, o, courier.WaysOf(o), request, c.meter.show)
	c.meter.clear()
	c.note(c.words.T(map[bool]string{true: "command.team.newest", false: "command.team.newest_not"}[err == nil]))
}

// requestOf reads a request from its file, or finds it among those that came by the
// ways of the office.
func (c *call) requestOf(o *data.Office, what string) (request []byte, came bool, err error) {
	if _, err := os.Stat(what); err == nil {
		b, err := readEnrolment(what)
		return b, false, err
	}
	list, err := courier.Knocks(c.ctx, o, courier.WaysOf(o))
	if err != nil {
		return nil, false, err
	}
	var found []byte
	for _, k := range list {
		named := record.Plain(k.Name) == record.Plain(what) || record.Plain(k.DeviceName) == record.Plain(what)
		if named || len(what) >= 6 && strings.HasPrefix(k.Device.String(), strings.ToLower(what)) {
			if found != nil {
				return nil, false, fault.New(fault.Invalid, "admit", "request_not_one", what)
			}
			found = k.Request
		}
	}
	if found == nil {
		return nil, false, fault.New(fault.NotFound, "admit", "request_not_found", what)
	}
	return found, true, nil
}

// sendWelcome leaves the welcome by the ways of the office, and tells them who is in
// now; false where there are none or none can be reached.
func (c *call) sendWelcome(o *data.Office, request, welcome []byte) bool {
	ways := courier.WaysOf(o)
	if len(ways) == 0 {
		return false
	}
	err := courier.Once(c.ctx, o, ways, func(courier.Way, data.Exchanged, error) {}, c.meter.show)
	err = errors.Join(err, courier.SendWelcome(c.ctx, o, ways, request, welcome))
	c.meter.clear()
	if err != nil {
		sentence, _ := app.Words(err, c.words)
		c.note(c.words.T("command.join.no_hub", sentence))
	}
	return err == nil
}

// teamRequests lists who asks to be let in, by the ways of the office.
func (c *call) teamRequests(o *data.Office) error {
	list, err := courier.Knocks(c.ctx, o, courier.WaysOf(o))
	if err != nil {
		return err
	}
	for i := range list {
		c.sayRequest(&list[i])
	}
	if len(list) > 0 {
		c.note(c.words.T("command.approve.how", list[0].Device.String()[:8]))
	}
	if len(list) == 0 {
		c.print("command.team.nothing")
	}
	return nil
}

// compared has a person at a terminal say that the other screen shows the same
// numbers. A script is not asked; it is told that nobody compared.
func (c *call) compared(look *data.JoinRequest, f *teamFlags) error {
	switch {
	case f.words != "" || f.yes:
		return nil
	case !c.env.IsTerminal(c.env.Stdin):
		c.note(c.words.T("command.warning", c.words.T("command.approve.not_compared")))
		return nil
	}
	_, _ = fmt.Fprintf(c.env.Stderr, "%s\n\n    %s\n\n", c.words.T("command.approve.asks", look.Name, c.role(look.Role), look.DeviceName), look.Words)
	yes, err := c.confirm("command.approve.same")
	if err == nil && !yes {
		err = fault.New(fault.Refused, "admit", "words_differ", look.Words)
	}
	return err
}

// sameDigits compares what people read to each other.
func sameDigits(a, b string) bool {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, s)
	}
	return digits(a) == digits(b)
}

// sayRequest tells of who asks.
func (c *call) sayRequest(look *data.JoinRequest) {
	c.result(requestObject(look), func() { c.requestLines(look) })
}

// sayApproved tells who was let in, and by which file he completes it.
func (c *call) sayApproved(look *data.JoinRequest, welcome string, sent bool) {
	out := requestObject(look)
	if welcome != "" {
		out.put("welcome", welcome)
	}
	out.put("sent", sent)
	c.result(out, func() {
		c.requestLines(look)
		if welcome != "" {
			c.print("command.approve.done", welcome)
		}
		if sent {
			c.print("command.approve.sent")
		}
	})
}

func (c *call) requestLines(look *data.JoinRequest) {
	c.print("command.approve.asks", look.Name, c.role(look.Role), look.DeviceName)
	c.print("command.approve.words")
	c.text("\n    " + look.Words + "\n")
}

func requestObject(look *data.JoinRequest) object {
	var out object
	out.put("device", look.Device.String())
	out.put("device_name", look.DeviceName)
	out.put("member", look.Name)
	out.put("role", look.Role)
	out.put("words", look.Words)
	out.put("picture", look.Picture)
	out.put("invitation", look.Invitation.String())
	out.put("invited_by", look.InvitedBy)
	out.put("known", look.Known)
	return out
}

// teamInvitations lists what this device has out.
func (c *call) teamInvitations(o *data.Office) error {
	list, err := o.Invitations(c.ctx)
	if err != nil {
		return err
	}
	for _, i := range list {
		state := "open"
		switch {
		case i.Used:
			state = "used"
		case i.Over:
			state = "over"
		}
		var out object
		out.put("id", i.ID.String())
		out.put("name", i.Name)
		out.put("role", i.Role)
		out.put("made", stamped(i.Made))
		out.put("expires", stamped(i.Expires))
		out.put("state", state)
		c.result(out, func() {
			c.text(i.ID.String() + "  " + i.Name + ", " + c.role(i.Role) + " [" + c.words.T("command.invite.state."+state) + "]")
		})
	}
	return nil
}

func (c *call) teamWithdraw(o *data.Office, text string) error {
	id, err := record.ParseID(text)
	if err != nil {
		return err
	}
	return o.Withdraw(id)
}

// teamHere lists who signs in on this computer.
func (c *call) teamHere(o *data.Office) error {
	list, err := o.Persons(c.ctx)
	if err != nil {
		return err
	}
	for _, p := range list {
		var out object
		out.put("device", p.Device.String())
		out.put("name", p.Name)
		out.put("me", p.Me)
		out.put("waits", p.Waits)
		c.result(out, func() {
			line := p.Device.String() + "  " + p.Name
			if p.Me {
				line += " " + c.words.T("command.team.me")
			}
			if p.Waits {
				line += " " + c.words.T("command.here.waits")
			}
			c.text(line)
		})
	}
	return nil
}

// teamLeave takes a person off this computer; he stays in the team.
func (c *call) teamLeave(o *data.Office, text string) error {
	device, err := record.ParseID(text)
	if err != nil {
		return err
	}
	return o.RemovePerson(c.ctx, device)
}

// teamName gives a device another name.
func (c *call) teamName(o *data.Office, which, name string) error {
	id, err := c.deviceNamed(o, which, nil)
	if err != nil {
		return err
	}
	receipt, err := o.NameDevice(c.ctx, id, name)
	if err != nil {
		return err
	}
	var out object
	out.put("id", id.String())
	out.put("name", record.CleanLine(name))
	out.put("change", receipt.Write.String())
	c.result(out, func() { c.print("command.team.named", record.CleanLine(name)) })
	return nil
}
