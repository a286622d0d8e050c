package command

import (
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"paradero/app/demo"
	"paradero/data/fault"
)

// demoVerb makes the demonstration office, and opens it where there is a
// desktop.
func demoVerb(fs *pflag.FlagSet) action {
	at := fs.String("at", "", "")
	size := fs.Int("size", 0, "")
	noWindow := fs.Bool("no-window", false, "")
	return func(c *call, _ []string) error {
		if *size < 0 || *size > 10_000_000 {
			return usage("flag_value", "size", fs.Lookup("size").Value.String())
		}
		dir, err := c.demoDir(*at)
		if err != nil {
			return err
		}
		made, err := demo.Build(c.ctx, c.config(dir), demo.Options{Words: c.words, Size: *size, Progress: c.meter.show})
		if err != nil {
			return err
		}
		var out object
		out.put("office", dir)
		out.put("made", made.New)
		out.put("detainees", made.Detainees)
		out.put("passphrase", demo.Passphrase)
		c.meter.clear()
		c.result(out, func() {
			if made.New {
				c.print("command.demo.made", dir, c.words.Count(made.Detainees))
			} else {
				c.print("command.demo.there", dir)
			}
			c.print("command.demo.passphrase", demo.Passphrase)
		})
		if *noWindow || c.env.OpenWindow == nil {
			return nil
		}
		if status := c.env.OpenWindow(dir); status != 0 {
			return &silent{status}
		}
		return nil
	}
}

// demoDir is where the demonstration is made: --at, else the office that was
// named, else a folder of its own in the person's home.
func (c *call) demoDir(at string) (string, error) {
	if at == "" {
		at = c.common.office
	}
	if at == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fault.Wrap(err, fault.Usage, "make demonstration", "office_not_named")
		}
		at = demo.Dir(home)
	}
	abs, err := filepath.Abs(at)
	return abs, fault.Wrap(err, fault.Usage, "make demonstration", "office_not_named")
}
