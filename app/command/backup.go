package command

import (
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/data"
	"paradero/data/fault"
)

// backupVerb writes a backup and reads it back whole before it counts.
func backupVerb(*pflag.FlagSet) action {
	return func(c *call, args []string) error {
		return c.withOffice(func(o *data.Office) error {
			s, err := o.Backup(c.ctx, args[0], c.meter.show)
			c.meter.clear()
			if err != nil {
				return err
			}
			var size int64
			if info, err := os.Stat(s.Path); err == nil {
				size = info.Size()
			}
			var out object
			out.put("file", s.Path)
			out.put("at", s.At.Format(time.RFC3339))
			out.put("changes", s.Changes)
			out.put("bytes", size)
			out.put("lost", s.Lost)
			out.put("verified", true)
			c.result(out, func() {
				c.text(c.words.N("command.backup.done", s.Changes, filepath.Base(s.Path)))
				c.print("command.backup.opens")
			})
			if s.Lost > 0 {
				c.note(c.words.N("command.backup.lost", s.Lost))
			}
			return nil
		})
	}
}

// restoreVerb makes an office in an empty folder from a backup.
func restoreVerb(fs *pflag.FlagSet) action {
	codeFile := fs.String("code-file", "", "")
	shareFiles := fs.StringArray("share-file", nil, "")
	sharesFile := fs.String("shares-file", "", "")
	return func(c *call, args []string) error {
		dir, err := c.dir()
		if err != nil {
			return err
		}
		sign, err := data.PeekBackup(args[0])
		if err != nil {
			return err
		}
		from := data.Restoring{File: args[0]}
		if len(*shareFiles) > 0 || *sharesFile != "" {
			if *codeFile != "" {
				return usage("recover_by_one")
			}
			from.Shares, err = readShares(*shareFiles, *sharesFile)
		} else {
			err = c.opensBackup(&from, *codeFile, sign)
		}
		if err != nil {
			return err
		}
		defer clear(from.Passphrase)
		o, told, err := data.Restore(c.ctx, c.config(dir), from)
		c.meter.clear()
		if err != nil {
			return err
		}
		info := o.Info()
		if err := o.Close(); err != nil {
			return err
		}
		var out object
		out.put("office", dir)
		out.put("name", info.Office)
		out.put("device", told.Device.String())
		out.put("succeeds", told.Before.String())
		out.put("changes", told.Changes)
		out.put("at", told.At.Format(time.RFC3339))
		out.put("lost", told.Lost)
		c.result(out, func() {
			day := app.DateFull(told.At.Local().Format("2006-01-02"), c.words)
			c.text(c.words.N("command.restore.done", told.Changes, info.Office, day))
			c.print("command.restore.device")
		})
		if told.Lost > 0 {
			c.note(c.words.N("command.backup.lost", told.Lost))
		}
		return nil
	}
}

// opensBackup reads what opens a backup: the recovery code where a file of it is
// named, else the passphrase that the office had then.
func (c *call) opensBackup(from *data.Restoring, codeFile string, sign data.Sign) error {
	if codeFile != "" {
		code, err := readSecret(codeFile)
		if err != nil {
			return err
		}
		from.Code = string(code)
		if from.Code == "" {
			return fault.New(fault.Invalid, "restore", "passphrase_file_empty")
		}
		return nil
	}
	var err error
	from.Passphrase, err = c.passphrase(sign)
	return err
}
