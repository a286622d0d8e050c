package command

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/app/courier"
	"paradero/data"
	"paradero/data/fault"
)

// joinFlags are the flags of `join`.
type joinFlags struct {
	codeFile, out, device string
	folder                string // that the office shares
}

// joinVerb brings this device into an office: it answers an invitation, or takes
// the welcome that answers the request; without a file it tells where things stand
// and looks for the welcome at the hub.
func joinVerb(fs *pflag.FlagSet) action {
	var f joinFlags
	fs.StringVar(&f.codeFile, "code-file", "", "")
	fs.StringVarP(&f.out, "output", "o", "", "")
	fs.StringVar(&f.device, "device", "", "")
	fs.StringVar(&f.folder, "folder", "", "")
	return func(c *call, args []string) error {
		dir, err := c.dir()
		if err != nil {
			return err
		}
		cfg := c.config(dir)
		if cfg.Device = f.device; f.device == "" && fs.Changed("device") {
			cfg.Device = data.Nameless
		}
		if f.folder != "" {
			if f.folder, err = filepath.Abs(f.folder); err != nil {
				return usage("flag_value", "folder", f.folder)
			}
		}
		if len(args) == 0 {
			return c.joinAgain(cfg, &f)
		}
		b, err := readEnrolment(args[0])
		switch {
		case err != nil:
			return err
		case data.IsWelcome(b):
			secret, err := c.passphraseOf(dir)
			if err != nil {
				return err
			}
			defer clear(secret)
			return c.joinComplete(cfg, b, secret, f.folder)
		case data.IsRequest(b):
			return fault.New(fault.Invalid, "join", "join_is_request")
		}
		return c.joinAnswer(cfg, args[0], &f)
	}
}

// readEnrolment reads an invitation, a request or a welcome.
func readEnrolment(file string) ([]byte, error) {
	const op, most = "read file", 1 << 20
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, fault.Wrap(err, fault.NotFound, op, "file_missing", file)
	case !info.Mode().IsRegular() || info.Size() > most:
		return nil, fault.New(fault.Damaged, op, "enrolment_damaged")
	}
	b, err := os.ReadFile(filepath.Clean(file))
	return b, fault.Wrap(err, fault.Internal, op, "file_unreadable", file)
}

// passphraseOf asks for the passphrase of who joined or joins in a folder.
func (c *call) passphraseOf(dir string) ([]byte, error) {
	sign, err := data.Peek(dir)
	if err != nil {
		return nil, err
	}
	return c.passphrase(sign)
}

// joinAnswer makes this device's keys and its request.
func (c *call) joinAnswer(cfg data.Config, invite string, f *joinFlags) error {
	code, err := c.secret(f.codeFile, "command.ask.invitation")
	if err != nil {
		return err
	}
	defer clear(code)
	secret, err := c.newPassphrase(c.passphraseFile())
	if err != nil {
		return err
	}
	defer clear(secret)
	j, err := data.Join(c.ctx, cfg, invite, string(code), secret)
	c.meter.clear()
	if err != nil {
		return err
	}
	_, posted := c.joinAsk(j, f.folder)
	if f.out == "" && !posted {
		f.out = invite + "." + c.words.T("command.join.request.ending")
	}
	return c.joinSay(j, f, posted)
}

// joinAsk leaves the request at the hub of the invitation, where it names one, and in
// the folder that was given, and gives the welcome when that is there already.
func (c *call) joinAsk(j *data.Joining, folder string) (welcome []byte, posted bool) {
	ask := func(how func() ([]byte, error)) {
		if welcome != nil {
			return
		}
		got, err := how()
		if err != nil {
			sentence, _ := app.Words(err, c.words)
			c.note(c.words.T("command.join.no_hub", sentence))
		}
		welcome, posted = got, posted || err == nil
	}
	if len(j.Hub) > 0 {
		ask(func() ([]byte, error) { return courier.Knock(c.ctx, j) })
	}
	if folder != "" {
		ask(func() ([]byte, error) { return courier.KnockFolder(c.ctx, j, folder, time.Now) })
	}
	return welcome, posted
}

// joinAgain tells where a request stands, and writes it anew where that is asked.
func (c *call) joinAgain(cfg data.Config, f *joinFlags) error {
	secret, err := c.passphraseOf(cfg.Dir)
	if err != nil {
		return err
	}
	defer clear(secret)
	j, err := data.ResumeJoin(c.ctx, cfg, secret)
	c.meter.clear()
	if err != nil {
		return err
	}
	if j.Waits {
		return fault.New(fault.Refused, "join", "office_computer_waits", j.Office)
	}
	welcome, posted := c.joinAsk(j, f.folder)
	if welcome != nil {
		return c.joinComplete(cfg, welcome, secret, f.folder)
	}
	return c.joinSay(j, f, posted)
}

// joinSay writes the request and says what comes next.
func (c *call) joinSay(j *data.Joining, f *joinFlags, posted bool) error {
	if f.out != "" {
		if err := data.WriteEnrolment(f.out, j.Request()); err != nil {
			return err
		}
	}
	var out object
	out.put("office", j.Office)
	out.put("name", j.Name)
	out.put("role", j.Role)
	out.put("device", j.Device.String())
	out.put("words", j.Words)
	out.put("picture", j.Picture)
	out.put("expires", j.Expires.UTC().Format(time.RFC3339))
	out.put("state", "asked")
	out.put("posted", posted)
	if f.out != "" {
		out.put("request", f.out)
	}
	if j.RecoveryCode != "" {
		out.put("recovery_code", j.RecoveryCode)
	}
	c.result(out, func() {
		c.print("command.join.asked", j.Office, j.Name, c.role(j.Role))
		if f.out != "" {
			c.print("command.join.request", f.out)
		}
		if posted {
			c.print("command.join.posted")
		}
		c.print("command.join.words")
		c.text("\n    " + j.Words + "\n")
		c.print(map[bool]string{false: "command.join.next", true: "command.join.look"}[posted], app.TimeText(j.Expires, c.words))
		if j.RecoveryCode != "" {
			c.print("command.init.code")
			c.text("\n    " + j.RecoveryCode + "\n")
			c.print("command.init.keep")
		}
	})
	return nil
}

// joinComplete takes the welcome.
func (c *call) joinComplete(cfg data.Config, welcome, secret []byte, folder string) error {
	done, err := data.CompleteJoin(c.ctx, cfg, welcome, secret, c.meter.show)
	c.meter.clear()
	if err != nil {
		return err
	}
	var out object
	out.put("office", done.Office)
	out.put("name", done.Name)
	out.put("state", map[bool]string{false: "in", true: "computer_waits"}[done.Waits])
	out.put("hub", len(done.Hub) > 0)
	synced := false
	if (len(done.Hub) > 0 || folder != "") && !done.Waits {
		synced = c.joinSync(cfg, secret, folder)
		out.put("synced", synced)
	}
	c.result(out, func() {
		c.print("command.join.in", done.Name, done.Office)
		switch {
		case done.Waits:
			c.print("command.join.waits")
		case synced:
			c.print("command.join.synced")
		case len(done.Hub) > 0:
			c.print("command.join.sync")
		default:
			c.print("command.join.bundle")
		}
	})
	return nil
}

// joinSync fetches what the others said, as soon as one is in. That it does not
// come about now is no failure of joining.
func (c *call) joinSync(cfg data.Config, secret []byte, folder string) bool {
	o, err := data.Open(c.ctx, cfg, secret)
	if err == nil {
		ways := courier.WaysOf(o)
		if folder != "" {
			ways = append(ways, courier.FolderWay(o, folder, false))
		}
		err = courier.Once(c.ctx, o, ways, func(courier.Way, data.Exchanged, error) {}, c.meter.show)
		err = errors.Join(err, o.Close())
	}
	c.meter.clear()
	if err != nil {
		sentence, _ := app.Words(err, c.words)
		c.note(c.words.T("command.join.no_hub", sentence))
	}
	return err == nil
}
