package command

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
)

// bundleVerb writes a bundle for a colleague, or takes one in.
func bundleVerb(fs *pflag.FlagSet) action {
	dry := fs.Bool("dry-run", false, "")
	to := fs.String("for", "", "")
	most := fs.String("max", "", "")
	return func(c *call, args []string) error {
		switch args[0] {
		case "write":
			return c.withOffice(func(o *data.Office) error { return c.bundleWrite(o, args[1], *to, *most) })
		case "read":
			return c.withOffice(func(o *data.Office) error { return c.bundleRead(o, args[1], *dry) })
		}
		return usage("wrong_count", c.words.T("help.bundle.usage"))
	}
}

func (c *call) bundleWrite(o *data.Office, file, device, most string) error {
	var to data.BundleFor
	var err error
	if most != "" {
		if to.Most, err = sizeOf(most); err != nil {
			return err
		}
	}
	if device != "" {
		if to.Device, err = c.deviceNamed(o, device, func(d *data.TeamDevice) bool { return !d.This && d.Ended.IsZero() }); err != nil {
			return err
		}
	}
	made, err := o.WriteBundleFor(c.ctx, file, to, c.meter.show)
	if err != nil {
		return err
	}
	var out object
	out.put("file", made.File)
	out.put("files", made.Files)
	out.put("whole", made.Whole)
	out.put("batches", made.Batches)
	out.put("changes", made.Changes)
	out.put("bytes", made.Bytes)
	c.result(out, func() {
		c.text(c.words.N("command.bundle.written", made.Changes, filepath.Base(file)))
		if device != "" && made.Whole {
			c.print("command.bundle.all", device)
		}
		if len(made.Files) > 1 {
			c.print("command.bundle.parts", strconv.Itoa(len(made.Files)))
		}
	})
	return nil
}

// sizeOf reads "700MB", "2GB" or a plain number of bytes.
func sizeOf(typed string) (int64, error) {
	text, factor := strings.ToUpper(strings.TrimSpace(typed)), int64(1)
	for unit, f := range map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9} {
		if plain, ok := strings.CutSuffix(text, unit); ok {
			text, factor = strings.TrimSpace(plain), f
		}
	}
	n, err := strconv.ParseInt(text, 10, 48)
	if err != nil || n <= 0 || n > 1<<50/factor {
		return 0, usage("flag_value", "max", typed)
	}
	return n * factor, nil
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
	out.put("whole", seen.Whole)
	out.put("batches", seen.Batches)
	out.put("new", seen.New)
	out.put("changes", seen.Changes)
	out.put("misses", seen.Misses)
	if dry {
		out.put("contradictions", seen.Contradictions)
		out.put("records", bundleRecords(&seen))
		out.put("more", seen.More)
	} else {
		out.put("taken", got.Taken)
		out.put("refilled", got.Refilled)
		out.put("waiting", got.Waiting)
		out.put("refused", len(got.Refused))
	}
	c.result(out, func() { c.bundleWords(&seen, &got, dry) })
	return nil
}

func bundleRecords(seen *data.BundleSeen) []object {
	list := make([]object, 0, len(seen.Records))
	for _, r := range seen.Records {
		var o object
		o.put("id", r.ID.String())
		o.put("kind", r.Kind.String())
		o.put("name", r.Name)
		o.put("changes", r.Changes)
		o.put("new", r.New)
		o.put("contradictions", append([]string{}, r.Contradictions...))
		list = append(list, o)
	}
	return list
}

// shownRecords is how many records a preview lists for people.
const shownRecords = 20

func (c *call) bundleWords(seen *data.BundleSeen, got *data.Received, dry bool) {
	if seen.By != "" {
		c.print("command.bundle.by", seen.By, app.TimeText(seen.Made, c.words))
	}
	if dry {
		c.text(c.words.N("command.bundle.would", seen.Changes))
		c.bundleTable(seen)
	} else {
		c.text(c.words.N("command.bundle.taken", seen.Changes))
	}
	switch {
	case dry && seen.Misses > 0:
		c.text(c.words.N("command.bundle.misses", seen.Misses))
	case got.Waiting > 0:
		c.text(c.words.N("command.sync.waiting", got.Waiting))
	}
}

func (c *call) bundleTable(seen *data.BundleSeen) {
	var rows [][]string
	for _, r := range seen.Records[:min(len(seen.Records), shownRecords)] {
		state, clash := "", ""
		if r.New {
			state = c.words.T("command.bundle.new")
		}
		if len(r.Contradictions) > 0 {
			var fields []string
			for _, f := range r.Contradictions {
				fields = append(fields, c.words.T(r.Kind.String()+"."+f))
			}
			clash = strings.Join(fields, ", ")
		}
		rows = append(rows, []string{r.Name, c.words.T("kind." + r.Kind.String()), c.words.Count(r.Changes), state, clash})
	}
	if len(rows) > 0 {
		c.table([]string{
			c.words.T("command.bundle.name"), c.words.T("command.bundle.kind"), c.words.T("command.bundle.changes"), " ",
			c.words.T("command.bundle.contradicts"),
		}, rows)
	}
	if more := len(seen.Records) - len(rows) + seen.More; more > 0 {
		c.text(c.words.N("command.bundle.more", more))
	}
}
