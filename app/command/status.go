package command

import (
	"strconv"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
)

// statusVerb tells where the changes are: one line for each device, then the sums.
func statusVerb(*pflag.FlagSet) action {
	return func(c *call, _ []string) error {
		return c.withOffice(func(o *data.Office) error {
			st, err := o.Status(c.ctx)
			if err != nil {
				return err
			}
			if c.common.json {
				c.statusLines(o, &st)
				return nil
			}
			c.statusWords(&st)
			c.sayArriving(o)
			return nil
		})
	}
}

func (c *call) statusLines(o *data.Office, st *data.Status) {
	for _, d := range st.Devices {
		var out object
		out.put("device", d.Device.String())
		out.put("name", d.Name)
		out.put("member", d.Member.String())
		out.put("member_name", d.MemberName)
		out.put("this", d.This)
		out.put("ended", d.Ended)
		out.put("has", d.Has)
		out.put("lacks", d.Lacks)
		out.put("at", nil)
		if !d.At.IsZero() {
			out[len(out)-1].value = d.At.UTC().Format("2006-01-02T15:04:05Z")
		}
		out.put("signed", d.Signed)
		if d.Program != "" {
			out.put("program", d.Program)
		}
		c.line(out)
	}
	var out object
	out.put("changes", st.Changes)
	out.put("on_hub", st.OnHub)
	out.put("only_here", st.OnlyHere)
	out.put("waiting", st.Waiting)
	out.put("contradictions", st.Contradictions)
	if at, on := o.Opening(c.ctx); on {
		putArriving(&out, &at)
	}
	c.line(out)
}

// putArriving tells how the first arrival on this device stands.
func putArriving(out *object, at *data.Opening) {
	out.put("arriving", true)
	out.put("here", at.Here)
	out.put("of", at.Total)
	out.put("newest", at.Records)
	if at.Records > 0 {
		out.put("newest_by", at.By)
		out.put("newest_at", at.At.UTC().Format("2006-01-02T15:04:05Z"))
	}
}

// sayArriving is the same in words, while it is under way.
func (c *call) sayArriving(o *data.Office) {
	at, on := o.Opening(c.ctx)
	if !on {
		return
	}
	here, rest := app.OpeningWords(&at, c.words)
	c.text(here)
	if at.Records > 0 {
		c.text(c.words.T("arriving.read_only"))
	}
	c.text(rest + ".")
}

func (c *call) statusWords(st *data.Status) {
	rows := make([][]string, 0, len(st.Devices))
	for _, d := range st.Devices {
		state := ""
		switch {
		case d.This:
			state = c.words.T("command.status.this")
		case d.Ended:
			state = c.words.T("command.status.ended")
		case d.Signed:
			state = c.words.T("command.status.said", app.TimeText(d.At, c.words))
		case d.Has > 0:
			state = c.words.T("command.status.inferred")
		default:
			state = c.words.T("command.status.unheard")
		}
		name := d.Name
		if name == "" {
			name = d.Device.String()[:8]
		}
		lacks := ""
		if d.Lacks > 0 {
			lacks = c.words.Count(d.Lacks)
		}
		rows = append(rows, []string{name, d.MemberName, c.words.Count(d.Has), lacks, state})
	}
	c.table([]string{
		c.words.T("command.status.device"), c.words.T("command.status.member"), c.words.T("command.status.has"),
		c.words.T("command.status.lacks"), c.words.T("command.status.known"),
	}, rows)
	c.text("")
	c.text(c.proof(st))
	if st.Waiting > 0 {
		c.text(c.words.N("command.sync.waiting", st.Waiting))
	}
	if st.Contradictions > 0 {
		c.text(c.words.N("command.status.contradictions", st.Contradictions))
	}
	for _, w := range st.Ways {
		line := c.words.T("command.status.way", w.Name, app.TimeText(w.At, c.words), c.words.Count(w.Got), c.words.Count(w.Sent))
		if w.At.IsZero() {
			line = c.words.T("command.status.way.never", w.Name)
		}
		if w.Error != "" {
			line += " " + c.words.T("error."+w.Error)
		}
		c.text(line)
	}
	for _, r := range st.Refused[:min(len(st.Refused), 10)] {
		c.text(c.words.T("command.bundle.refused", c.words.T("refused."+r.Why)))
	}
}

// proof is the one sentence: where all changes are, or how many are only here.
func (c *call) proof(st *data.Status) string {
	whole := 0
	for _, d := range st.Devices {
		if !d.This && !d.Ended && d.Lacks == 0 {
			whole++
		}
	}
	all := c.words.Count(st.Changes)
	switch {
	case st.Changes == 0:
		return c.words.T("command.status.empty")
	case st.OnlyHere > 0:
		return c.words.T("command.status.only_here", all, c.words.Count(st.OnlyHere))
	case st.OnHub == st.Changes && whole > 0:
		return c.words.T("command.status.hub_and_devices", all, strconv.Itoa(whole))
	case st.OnHub == st.Changes:
		return c.words.T("command.status.on_hub", all)
	case whole > 0:
		return c.words.T("command.status.on_devices", all, strconv.Itoa(whole))
	}
	return c.words.T("command.status.spread", all)
}
