package command

import (
	"os"
	"slices"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
	"paradero/data/record"
)

// initVerb creates an office and prints its recovery code, this once.
func initVerb(fs *pflag.FlagSet) action {
	name := fs.String("name", "", "")
	member := fs.String("member", "", "")
	role := fs.String("role", "", "")
	city := fs.String("city", "", "")
	device := fs.String("device", "", "")
	return func(c *call, _ []string) error {
		dir, err := c.dir()
		if err != nil {
			return err
		}
		for flag, value := range map[string]string{"name": *name, "member": *member, "role": *role} {
			if value == "" {
				return usage("flag_missing", flag, c.words.T("help.init.usage"))
			}
		}
		if !slices.Contains(record.Roles, *role) {
			return usage("flag_value", "role", *role)
		}
		secret, err := c.newPassphrase(c.passphraseFile(), *name, *member, *city)
		if err != nil {
			return err
		}
		defer clear(secret)
		o, code, err := app.Found(c.ctx, c.config(dir), data.Founding{Office: *name, City: *city, Member: *member, Role: *role, Device: deviceName(fs, *device), Passphrase: secret})
		if o == nil {
			return err
		}
		info := o.Info()
		if closeErr := o.Close(); err == nil {
			err = closeErr
		}
		var out object
		out.put("office", info.OfficeID.String())
		out.put("name", info.Office)
		out.put("member", info.Member.String())
		out.put("device", info.Device.String())
		out.put("recovery_code", code)
		out.put("dir", dir)
		c.result(out, func() {
			c.print("command.init.made", info.Office, dir)
			c.print("command.init.code")
			c.text("\n    " + code + "\n")
			c.print("command.init.keep")
		})
		return err
	}
}

// deviceName is what this computer is called in the team: as was said, also nothing,
// else as the machine is.
func deviceName(fs *pflag.FlagSet, said string) string {
	if fs.Changed("device") {
		return said
	}
	name, _ := os.Hostname() // without it the device has no name
	return name
}
