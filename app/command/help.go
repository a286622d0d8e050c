package command

import (
	"sort"
	"strings"

	"github.com/spf13/pflag"
)

// helpVerb lists the verbs, or explains one with an example.
func helpVerb(*pflag.FlagSet) action {
	return func(c *call, args []string) error {
		if len(args) == 1 {
			v, err := c.find(args[0])
			if err != nil {
				return err
			}
			return c.helpOf(v)
		}
		var rows [][]string
		for _, v := range verbs() {
			if c.common.json {
				c.line(c.helpObject(v))
				continue
			}
			rows = append(rows, []string{"  " + v.name, c.words.T("help." + v.name + ".short")})
		}
		if c.common.json {
			return nil
		}
		c.print("help.intro")
		c.text("")
		c.pairs(rows)
		c.text("")
		c.print("help.common")
		c.pairs(c.flagRows("", commonFlags()))
		c.text("")
		c.print("help.exits")
		return nil
	}
}

func (c *call) helpOf(v verb) error {
	if c.common.json {
		c.line(c.helpObject(v))
		return nil
	}
	c.text(c.words.T("help." + v.name + ".usage"))
	c.text("")
	c.print("help." + v.name + ".about")
	fs := pflag.NewFlagSet(v.name, pflag.ContinueOnError)
	v.setup(fs)
	if fs.HasFlags() {
		c.text("")
		c.print("help.flags")
		c.pairs(c.flagRows(v.name, fs))
	}
	c.text("")
	c.print("help.example")
	for _, line := range strings.Split(c.words.T("help."+v.name+".example"), "\n") {
		c.text("  " + line)
	}
	return nil
}

func (c *call) helpObject(v verb) object {
	var o object
	o.put("verb", v.name)
	o.put("usage", c.words.T("help."+v.name+".usage"))
	o.put("about", c.words.T("help."+v.name+".about"))
	o.put("example", c.words.T("help."+v.name+".example"))
	return o
}

func commonFlags() *pflag.FlagSet {
	fs := pflag.NewFlagSet("common", pflag.ContinueOnError)
	var shared common
	shared.register(fs)
	return fs
}

// flagRows are the flags of a set with what they mean, by name.
func (c *call) flagRows(verb string, fs *pflag.FlagSet) [][]string {
	var rows [][]string
	fs.VisitAll(func(f *pflag.Flag) {
		key := "help." + verb + ".flag." + f.Name
		if !c.words.Has(key) {
			key = "help.flag." + f.Name
		}
		name := "  --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		rows = append(rows, []string{name, c.words.T(key)})
	})
	sort.Slice(rows, func(i, j int) bool { return strings.TrimLeft(rows[i][0], " -") < strings.TrimLeft(rows[j][0], " -") })
	return rows
}
