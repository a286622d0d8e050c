package command

import (
	"path/filepath"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
)

// bundleVerb writes a bundle for a colleague, or takes one in.
func bundleVerb(fs *pflag.FlagSet) action {
	dry := fs.Bool("dry-run", false, "")
	return func(c *call, args []string) error {
		switch args[0] {
		case "write":
			return c.withOffice(func(o *data.Office) error { return c.bundleWrite(o, args[1]) })
		case "read":
			return c.withOffice(func(o *data.Office) error { return c.bundleRead(o, args[1], *dry) })
		}
		return usage("wrong_count", c.words.T("help.bundle.usage"))
	}
}

func (c *call) bundleWrite(o *data.Office, file string) error {
	made, err := o.WriteBundle(c.ctx, file, c.meter.show)
	if err != nil {
		return err
	}
	var out object
	out.put("file", made.File)
	out.put("batches", made.Batches)
	out.put("changes", made.Changes)
	out.put("bytes", made.Bytes)
	c.result(out, func() { c.text(c.words.N("command.bundle.written", made.Changes, filepath.Base(file))) })
	return nil
}

func (c *call) bundleRead(o *data.Office, file string, dry bool) error {
	seen, err := o.LookAtBundle(c.ctx, file)
	if err != nil {
		return err
	}
	var got data.Received
	if !dry {
		if got, err = o.ReadBundle(c.ctx, file, c.meter.show); err != nil {
			return err
		}
	}
	for _, r := range got.Refused {
		var out object
		out.put("refused", r.Why)
		out.put("device", r.Device.String())
		out.put("seq", r.Seq)
		c.result(out, func() { c.text(c.words.T("command.bundle.refused", c.words.T("refused."+r.Why))) })
	}
	var out object
	out.put("by", seen.By)
	out.put("made", seen.Made.UTC().Format("2006-01-02T15:04:05Z"))
	out.put("batches", seen.Batches)
	out.put("new", seen.New)
	out.put("changes", seen.Changes)
	if !dry {
		out.put("taken", got.Taken)
		out.put("refilled", got.Refilled)
		out.put("waiting", got.Waiting)
		out.put("refused", len(got.Refused))
	}
	c.result(out, func() {
		if seen.By != "" {
			c.print("command.bundle.by", seen.By, app.TimeText(seen.Made, c.words))
		}
		if dry {
			c.text(c.words.N("command.bundle.would", seen.Changes))
		} else {
			c.text(c.words.N("command.bundle.taken", seen.Changes))
		}
	})
	return nil
}
