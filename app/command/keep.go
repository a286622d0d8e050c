package command

import (
	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/fault"
)

// verifyVerb checks every signature, link, counter and sealed value. What is
// damaged is named on standard output, one finding a line.
func verifyVerb(*pflag.FlagSet) action {
	return func(c *call, _ []string) error {
		o, err := c.openWith(func(cfg *data.Config) { cfg.Careful = true })
		if err != nil {
			// An office too damaged to open is a finding too.
			if fault.Is(err, fault.Damaged) {
				c.verdict(1, 1)
				c.complain(err)
				return &silent{5}
			}
			return err
		}
		findings, err := o.Verify(c.ctx, c.meter.show)
		c.meter.clear()
		if closeErr := o.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
		damaged := 0
		for _, f := range findings {
			if f.Damage {
				damaged++
			}
			c.finding(f)
		}
		c.verdict(len(findings), damaged)
		if damaged > 0 {
			c.note(c.words.N("command.verify.damaged", damaged))
			return &silent{5}
		}
		return nil
	}
}

func (c *call) finding(f data.Finding) {
	text := f.Key
	if key := "finding." + f.Key; c.words.Has(key) {
		text = c.words.T(key, f.Args...)
	}
	var out object
	out.put("finding", f.Key)
	out.put("damage", f.Damage)
	out.put("file", f.File)
	out.put("args", append([]string{}, f.Args...))
	out.put("text", text)
	c.result(out, func() {
		mark := "command.verify.note"
		if f.Damage {
			mark = "command.verify.damage"
		}
		c.text(join(c.words.T(mark), f.File) + ": " + text)
	})
}

func (c *call) verdict(findings, damaged int) {
	var out object
	out.put("ok", damaged == 0)
	out.put("findings", findings)
	out.put("damaged", damaged)
	c.result(out, func() {
		if damaged == 0 {
			c.print("command.verify.ok")
		}
	})
}

// rebuildVerb makes the working copy anew from the journal; with --from it first
// fetches from a backup what the journal lost.
func rebuildVerb(fs *pflag.FlagSet) action {
	from := fs.String("from", "", "")
	return func(c *call, _ []string) error {
		return c.withOffice(func(o *data.Office) error {
			var out object
			var got data.Received
			if *from != "" {
				var err error
				if got, err = o.Refill(c.ctx, *from, c.meter.show); err != nil {
					return err
				}
				out.put("taken", got.Taken)
				out.put("refilled", got.Refilled)
				out.put("known", got.Known)
				out.put("waiting", got.Waiting)
				out.put("refused", len(got.Refused))
			}
			if err := o.Rebuild(c.ctx, c.meter.show); err != nil {
				return err
			}
			total := 0
			for _, k := range newKinds {
				out.put(k.String(), o.Count(k))
				total += o.Count(k)
			}
			c.result(out, func() {
				if *from != "" {
					c.text(c.words.N("command.rebuild.from", got.Taken+got.Refilled))
				}
				c.text(c.words.N("command.rebuild.done", total))
			})
			return nil
		})
	}
}

func versionVerb(*pflag.FlagSet) action {
	return func(c *call, _ []string) error {
		var out object
		out.put("version", c.env.Version)
		c.result(out, func() { c.text("paradero " + c.env.Version) })
		return nil
	}
}
