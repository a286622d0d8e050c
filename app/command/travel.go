package command

import (
	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/record"
)

// travelVerb takes people or cases off this machine, or brings them back.
func travelVerb(fs *pflag.FlagSet) action {
	dry := fs.Bool("dry-run", false, "")
	back := fs.Bool("back", false, "")
	from := fs.String("from", "", "")
	return func(c *call, args []string) error {
		if *back == (len(args) > 0) {
			return usage("wrong_count", c.words.T("help.travel.usage"))
		}
		return c.withOffice(func(o *data.Office) error {
			if *back {
				return c.comeBack(o, *from)
			}
			return c.travel(o, args, *dry)
		})
	}
}

func (c *call) travel(o *data.Office, args []string, dry bool) error {
	ids := make([]record.ID, len(args))
	for i, typed := range args {
		r, err := c.resolve(o, typed)
		if err != nil {
			return err
		}
		ids[i] = r.ID
	}
	var plan data.TravelPlan
	var err error
	if dry {
		plan, err = o.TravelPlan(c.ctx, ids...)
	} else {
		plan, err = o.Travel(c.ctx, c.meter.show, ids...)
	}
	if err != nil {
		return err
	}
	var out object
	out.put("away", !dry)
	out.put("records", len(plan.Records))
	out.put("changes", plan.Changes)
	out.put("only_here", plan.OnlyHere)
	out.put("backup", plan.Backup.Path)
	c.result(out, func() {
		if dry {
			c.text(c.words.N("command.travel.would", plan.Changes))
		} else {
			c.text(c.words.N("command.travel.done", plan.Changes))
		}
		if plan.OnlyHere > 0 {
			c.text(c.words.N("command.travel.only_here", plan.OnlyHere))
		} else {
			c.print("command.travel.kept", plan.Backup.Path)
		}
	})
	return nil
}

func (c *call) comeBack(o *data.Office, from string) error {
	lacking, err := o.Return(c.ctx, from, c.meter.show)
	if err != nil {
		return err
	}
	var out object
	out.put("away", lacking > 0)
	out.put("lacking", lacking)
	c.result(out, func() {
		if lacking > 0 {
			c.text(c.words.N("command.travel.lacking", lacking))
		} else {
			c.print("command.travel.back")
		}
	})
	return nil
}
