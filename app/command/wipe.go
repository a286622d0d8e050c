package command

import (
	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
	"paradero/data/fault"
)

// lockVerb asks the window that has the office open to lock it. A command holds
// no office open, so there is nothing else to lock.
func lockVerb(*pflag.FlagSet) action {
	return func(c *call, _ []string) error {
		dir, err := c.dir()
		if err != nil {
			return err
		}
		state, err := data.AskLock(c.ctx, c.config(dir))
		if err != nil {
			return err
		}
		name := map[data.Locking]string{data.NotOpen: "not_open", data.Locked: "locked", data.Covered: "covered"}[state]
		var out object
		out.put("was_open", state != data.NotOpen)
		out.put("state", name)
		c.result(out, func() { c.print("command.lock." + name) })
		return nil
	}
}

// wipeVerb destroys an office. It asks for no passphrase and no second word: a
// person under threat has time for one line. Without --yes-destroy it only
// shows what would be lost.
func wipeVerb(fs *pflag.FlagSet) action {
	name := fs.String("yes-destroy", "", "")
	return func(c *call, _ []string) error {
		dir, err := c.dir()
		if err != nil {
			return err
		}
		stake, err := data.StakeOf(dir)
		if err != nil {
			return err
		}
		for _, line := range app.StakeLines(stake, c.words) {
			c.text(line)
		}
		if *name == "" {
			if c.common.json {
				c.line(stakeObject(stake, false))
			}
			return fault.New(fault.Refused, "wipe office", "wipe_not_meant", stake.Office)
		}
		done, err := data.Wipe(c.ctx, c.config(dir), *name)
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
			return err // nothing was touched
		}
		app.ForgetOffice(dir)
		out := stakeObject(stake, done.Keys)
		out.put("left", append([]string{}, done.Left...))
		out.put("other", append([]string{}, done.Other...))
		out.put("still_open", done.Open)
		c.result(out, func() {
			for _, line := range app.WipedLines(done, c.words) {
				c.text(line)
			}
		})
		return err
	}
}

func stakeObject(s data.Stake, destroyed bool) object {
	var out object
	out.put("office", s.Office)
	out.put("destroyed", destroyed)
	out.put("files", s.Files)
	out.put("bytes", s.Bytes)
	if s.BackedUp {
		out.put("backup", s.BackupPath)
		out.put("backup_at", s.BackupAt.Format("2006-01-02T15:04:05Z07:00"))
	}
	if s.OnlyHere >= 0 {
		out.put("only_here", s.OnlyHere)
	}
	return out
}
