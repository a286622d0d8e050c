package command

import (
	"strconv"

	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/record"
)

// eraseVerb takes a record and what speaks of nobody else away for ever. What
// it reaches and what it does not is said before, and with --dry-run only that.
func eraseVerb(fs *pflag.FlagSet) action {
	reason := fs.String("reason", "", "")
	dry := fs.Bool("dry-run", false, "")
	return func(c *call, args []string) error {
		if *reason == "" && !*dry {
			return usage("flag_missing", "reason", c.words.T("help.erase.usage"))
		}
		return c.withOffice(func(o *data.Office) error {
			id, err := c.erasable(o, args[0])
			if err != nil {
				return err
			}
			var plan data.ErasePlan
			if *dry {
				plan, err = o.ErasePlan(c.ctx, id)
			} else {
				plan, err = o.Erase(c.ctx, id, *reason, c.meter.show)
			}
			if err != nil {
				return err
			}
			c.erased(id, plan, !*dry && plan.Proposal == nil)
			c.sayProposal(plan.Proposal)
			return nil
		})
	}
}

// erasable finds the record, also one that was deleted: its values are still there.
func (c *call) erasable(o *data.Office, typed string) (record.ID, error) {
	if id, err := record.ParseID(typed); err == nil {
		return id, nil
	}
	r, err := c.resolve(o, typed)
	if err != nil {
		return record.ID{}, err
	}
	return r.ID, nil
}

func (c *call) erased(id record.ID, plan data.ErasePlan, done bool) {
	var out object
	out.put("id", id.String())
	out.put("erased", done)
	out.put("changes", plan.Changes)
	counts := map[string]int{}
	for _, e := range plan.Records {
		counts[e.Kind.String()]++
	}
	out.put("records", counts)
	holds := []string{}
	for _, h := range plan.Holds {
		holds = append(holds, h.Reason)
	}
	out.put("holds", holds)
	out.put("may", plan.May)
	c.putProposal(&out, plan.Proposal)
	c.result(out, func() {
		for _, s := range record.Kinds() {
			if n := counts[s.Name]; n > 0 {
				c.text(strconv.Itoa(n) + " " + c.words.T("kind."+s.Name))
			}
		}
		if done {
			c.text(c.words.N("command.erase.done", plan.Changes))
		} else {
			c.text(c.words.N("command.erase.would", plan.Changes))
		}
		c.print("command.erase.reach")
	})
}
