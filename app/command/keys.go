package command

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"paradero/data"
)

// passphraseVerb replaces the passphrase of an office, or the recovery code
// that stands in for it.
func passphraseVerb(fs *pflag.FlagSet) action {
	next := fs.String("new-passphrase-file", "", "")
	renew := fs.Bool("renew-code", false, "")
	return func(c *call, _ []string) error {
		if *renew {
			return c.withOffice(c.renewCode)
		}
		dir, err := c.dir()
		if err != nil {
			return err
		}
		sign, err := data.Peek(dir)
		if err != nil {
			return err
		}
		old, err := c.passphrase(sign)
		if err != nil {
			return err
		}
		defer clear(old)
		secret, err := c.newPassphrase(*next)
		if err != nil {
			return err
		}
		defer clear(secret)
		if err := data.ChangePassphrase(c.ctx, c.config(dir), old, secret); err != nil {
			return err
		}
		var out object
		out.put("ok", true)
		c.result(out, func() { c.print("command.passphrase.changed") })
		return nil
	}
}

// renewCode prints a new recovery code, this once. It counts only when it was
// printed, so that a broken pipe costs nobody the code that he has on paper.
func (c *call) renewCode(o *data.Office) error {
	papers, err := o.NewCode()
	if err != nil {
		return err
	}
	var out object
	out.put("office", o.Info().OfficeID.String())
	out.put("recovery_code", papers.Texts[0])
	c.result(out, func() {
		c.print("command.code.new")
		c.text("\n    " + papers.Texts[0] + "\n")
	})
	if c.outErr != nil {
		return c.outErr
	}
	if err := o.KeepPapers(papers); err != nil {
		return err
	}
	c.print("command.code.kept")
	c.print("command.init.keep")
	return nil
}

// recoverVerb sets a new passphrase by the printed recovery code or by two
// shares; with --check it only tells whether they open the office.
func recoverVerb(fs *pflag.FlagSet) action {
	codeFile := fs.String("code-file", "", "")
	shareFiles := fs.StringArray("share-file", nil, "")
	sharesFile := fs.String("shares-file", "", "")
	check := fs.Bool("check", false, "")
	next := fs.String("new-passphrase-file", "", "")
	return func(c *call, _ []string) error {
		dir, err := c.dir()
		if err != nil {
			return err
		}
		sign, err := data.Peek(dir)
		if err != nil {
			return err
		}
		byShares := len(*shareFiles) > 0 || *sharesFile != ""
		if byShares && *codeFile != "" {
			return usage("recover_by_one")
		}
		var shares []string
		var code []byte
		if byShares {
			shares, err = readShares(*shareFiles, *sharesFile)
		} else {
			code, err = c.secret(*codeFile, "command.ask.code", sign.Office)
		}
		if err != nil {
			return err
		}
		defer clear(code)
		if *check {
			return c.checkRecovery(dir, string(code), shares)
		}
		secret, err := c.newPassphrase(*next, sign.Office)
		if err != nil {
			return err
		}
		defer clear(secret)
		done := "command.recover.done"
		if byShares {
			done, err = "command.recover.shares", data.RecoverShares(c.ctx, c.config(dir), shares, secret)
		} else {
			err = data.Recover(c.ctx, c.config(dir), string(code), secret)
		}
		if err != nil {
			return err
		}
		var out object
		out.put("ok", true)
		c.result(out, func() { c.print(done) })
		return nil
	}
}

// checkRecovery tries a code or shares and changes nothing.
func (c *call) checkRecovery(dir, code string, shares []string) error {
	var err error
	if len(shares) > 0 {
		err = data.CheckShares(c.ctx, c.config(dir), shares)
	} else {
		err = data.CheckCode(c.ctx, c.config(dir), code)
	}
	if err != nil {
		return err
	}
	var out object
	out.put("ok", true)
	c.result(out, func() { c.print("command.recover.checked") })
	return nil
}

// readShares reads one share from each file, and from the last any number, one
// a line.
func readShares(files []string, together string) ([]string, error) {
	var all []string
	for _, path := range files {
		b, err := readSecret(path)
		if err != nil {
			return nil, err
		}
		all = append(all, strings.TrimSpace(string(b)))
	}
	if together == "" {
		return all, nil
	}
	b, err := readSecret(together)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.ReplaceAll(string(b), "\r", ""), "\n")
	return append(all, slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })...), nil
}

// secret comes from a file, or is asked for: like a passphrase it never stands
// on the command line.
func (c *call) secret(path, ask string, args ...string) ([]byte, error) {
	if path != "" {
		return readSecret(path)
	}
	return c.ask(ask, args...)
}

// sharesVerb prints a set of shares, this once; "shares check" reads one back.
func sharesVerb(fs *pflag.FlagSet) action {
	file := fs.String("share-file", "", "")
	return func(c *call, args []string) error {
		switch {
		case len(args) == 0:
			return c.withOffice(c.makeShares)
		case args[0] != "check":
			return usage("wrong_count", c.words.T("help.shares.usage"))
		}
		return c.withOffice(func(o *data.Office) error {
			text, err := c.secret(*file, "command.ask.share", o.Info().Office)
			if err != nil {
				return err
			}
			defer clear(text)
			n, err := o.RehearseShare(string(text))
			if err != nil {
				return err
			}
			var out object
			out.put("ok", true)
			out.put("share", n)
			out.put("made", o.SharesMade().Format("2006-01-02T15:04:05Z07:00"))
			c.result(out, func() { c.print("command.shares.right", c.words.Count(n)) })
			return nil
		})
	}
}

func (c *call) makeShares(o *data.Office) error {
	replaces := !o.SharesMade().IsZero()
	papers, err := o.NewShares()
	if err != nil {
		return err
	}
	var out object
	out.put("office", o.Info().OfficeID.String())
	out.put("shares", papers.Texts)
	out.put("enough", data.SharesOpen)
	out.put("replaces", replaces)
	c.result(out, func() {
		c.print("command.shares.made")
		c.text("")
		for i, text := range papers.Texts {
			c.text("  " + c.words.T("command.shares.share", c.words.Count(i+1)) + "   " + text)
		}
		c.text("")
	})
	if c.outErr != nil {
		return c.outErr
	}
	if err := o.KeepPapers(papers); err != nil {
		return err
	}
	if replaces {
		c.print("command.shares.replaced")
	}
	c.print("command.shares.keep")
	return nil
}
