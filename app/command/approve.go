package command

import (
	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/record"
)

// approveVerb is the second person's yes to a proposal.
func approveVerb(fs *pflag.FlagSet) action {
	reason := fs.String("reason", "", "")
	return func(c *call, args []string) error {
		return c.withOffice(func(o *data.Office) error {
			return c.decide(o, args[0], "approved", func(w record.Write) (data.Receipt, error) { return o.Approve(c.ctx, w, *reason) })
		})
	}
}

// refuseVerb is his no, or takes one's own proposal back.
func refuseVerb(fs *pflag.FlagSet) action {
	reason := fs.String("reason", "", "")
	return func(c *call, args []string) error {
		if *reason == "" {
			return usage("flag_missing", "reason", c.words.T("help.refuse.usage"))
		}
		return c.withOffice(func(o *data.Office) error {
			return c.decide(o, args[0], "refused", func(w record.Write) (data.Receipt, error) { return o.Refuse(c.ctx, w, *reason) })
		})
	}
}

// decide finds the proposal, among those that wait first, and says the word.
func (c *call) decide(o *data.Office, text, done string, say func(record.Write) (data.Receipt, error)) error {
	w, err := o.FindProposal(c.ctx, text)
	if err != nil {
		return err
	}
	receipt, err := say(w)
	if err != nil {
		return err
	}
	var out object
	out.put("id", receipt.ID.String())
	out.put("proposal", w.String())
	out.put("change", receipt.Write.String())
	out.put("state", done)
	c.result(out, func() { c.print("command." + done) })
	return nil
}
