package desktop

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app"
	"paradero/app/desktop/sheet"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

func newIcon(r fyne.Resource) fyne.CanvasObject { return fw.NewIcon(r) }

// creation is the form for a new office.
type creation struct {
	s                         *shell
	office, city, name        *widget.Entry
	device                    *widget.Entry // what this computer is called in the team
	first, again              *widget.Entry
	role                      *widget.Select
	folder                    *widget.Text
	dir                       string
	chosen                    bool // the folder was picked, and no longer follows the name
	officeErr, nameErr        *widget.ErrorText
	roleErr, passErr, sameErr *widget.ErrorText
	strength                  *sheet.Strength
	trouble                   *fyne.Container
	make                      *widget.Button
}

// showCreate is the page that makes an office.
func (s *shell) showCreate() {
	c := &creation{
		s: s, office: widget.NewEntry(), city: widget.NewEntry(), name: widget.NewEntry(), device: widget.NewEntry(),
		first: widget.NewSecret(), again: widget.NewSecret(), folder: widget.Caption("").Shrinks(),
		officeErr: widget.NewErrorText(), nameErr: widget.NewErrorText(), roleErr: widget.NewErrorText(),
		passErr: widget.NewErrorText(), sameErr: widget.NewErrorText(), trouble: widget.VStack(0),
	}
	values, labels := s.roles()
	c.role = widget.NewSelect(values, labels, s.words.T("create.role.none"))
	c.strength = sheet.NewStrength(s.words, func() []string { return []string{c.office.Text, c.name.Text, c.city.Text} })
	c.first.OnChanged = func(p string) { c.strength.Set(p); c.passErr.Clear() }
	c.again.OnChanged = func(string) { c.sameErr.Clear() }
	c.office.OnChanged = func(string) { c.officeErr.Clear(); c.follow() }
	c.name.OnChanged = func(string) { c.nameErr.Clear() }
	c.role.OnValue = func(string) { c.roleErr.Clear() }
	c.again.OnSubmitted = func(string) { c.submit() }
	c.device.SetText(s.machine())
	c.follow()
	s.page(c.draw(), s.showCreate, s.showWelcome)
	s.win.Canvas().Focus(c.office)
}

func (c *creation) draw() fyne.CanvasObject {
	w := c.s.words
	c.office.SetPlaceHolder(w.T("create.office.example"))
	c.city.SetPlaceHolder(w.T("create.city.example"))
	show := fw.NewCheck(w.T("desk.show"), func(on bool) {
		c.first.SetSecret(!on)
		c.again.SetSecret(!on)
	})
	c.make = widget.Primary(w.T("create.make"), theme.ConfirmIcon(), c.submit)
	pick := widget.Quiet(w.T("create.folder.other"), theme.FolderOpenIcon(), func() {
		c.s.pickFolder(func(dir string) {
			c.dir, c.chosen = filepath.Join(dir, slug(c.office.Text)), true
			c.folder.SetText(c.dir)
		})
	})
	return c.s.front(600, widget.VStack(12,
		widget.Heading(w.T("create.title")),
		widget.NewParagraph(w.T("create.text")).Muted(),
		widget.Card(w.T("create.office.card"), widget.Columns(2, 220,
			widget.Field(w.T("create.office"), c.office, c.officeErr),
			widget.Field(w.T("create.city"), c.city, nil)),
			widget.HFill(8, 1, widget.Caption(w.T("create.folder")), c.folder, pick)),
		widget.Card(w.T("create.you.card"), widget.Columns(2, 220,
			widget.Field(w.T("create.name"), c.name, c.nameErr),
			widget.Field(w.T("create.role"), c.role, c.roleErr)),
			widget.Field(w.T("create.device"), c.device, nil), widget.Note(w.T("create.device.note"))),
		widget.CardWith(w.T("create.pass.card"), show,
			widget.Note(w.T("create.pass.text")),
			widget.Columns(2, 220,
				widget.Field(w.T("create.pass"), c.first, c.passErr),
				widget.Field(w.T("create.pass.again"), c.again, c.sameErr)),
			c.strength.Object,
			widget.Note(w.T("create.pass.warning"))),
		c.trouble,
		widget.HFill(8, 1, widget.Plain(w.T("desk.back"), theme.NavigateBackIcon(), c.s.showWelcome), widget.Gap(0), c.make)))
}

// follow offers a folder named as the office.
func (c *creation) follow() {
	if c.chosen {
		return
	}
	c.dir = filepath.Join(c.s.home, "Paradero", slug(c.office.Text))
	c.folder.SetText(c.dir)
}

// slug makes a folder's name of an office's.
func slug(name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return ' '
	}, record.Plain(name))
	if s := strings.Join(strings.Fields(plain), "-"); s != "" {
		return s
	}
	return "oficina"
}

// valid says beside each field what is missing.
func (c *creation) valid() bool {
	w, ok := c.s.words, true
	bad := func(e *widget.ErrorText, key string) {
		e.SetProblem(w.T(key), false)
		ok = false
	}
	if strings.TrimSpace(c.office.Text) == "" {
		bad(c.officeErr, "create.office.missing")
	}
	if strings.TrimSpace(c.name.Text) == "" {
		bad(c.nameErr, "create.name.missing")
	}
	if c.role.Value() == "" {
		bad(c.roleErr, "create.role.missing")
	}
	if !app.PassphraseStrength(c.first.Text, c.office.Text, c.name.Text, c.city.Text).Enough() {
		bad(c.passErr, "create.pass.weak")
	}
	if c.first.Text != c.again.Text {
		bad(c.sameErr, "create.pass.differs")
	}
	return ok
}

func (c *creation) submit() {
	if c.make.Disabled() || !c.valid() {
		return
	}
	s, dir := c.s, c.dir
	founding := data.Founding{
		Office: strings.TrimSpace(c.office.Text), City: strings.TrimSpace(c.city.Text),
		Member: strings.TrimSpace(c.name.Text), Role: c.role.Value(), Device: strings.TrimSpace(c.device.Text), Passphrase: []byte(c.first.Text),
	}
	c.make.Disable()
	c.trouble.RemoveAll()
	c.trouble.Add(widget.Note(s.words.T("create.busy")))
	s.work.run("create", func(ctx context.Context) func() {
		var o office
		var code string
		err := os.MkdirAll(filepath.Dir(dir), 0o700)
		err = fault.Wrap(err, fault.Internal, "create office", "not_permitted")
		if err == nil {
			o, code, err = s.offices.Create(ctx, data.Config{Dir: dir}, founding)
		}
		return func() {
			if err != nil {
				c.make.Enable()
				c.trouble.RemoveAll()
				c.trouble.Add(errorPanel(s, err, nil))
				return
			}
			s.unborn = o
			s.remember(dir)
			s.showRecovery(o, dir, founding.Office, code)
		}
	})
}

// machine is what this computer calls itself; "" when it does not say.
func (s *shell) machine() string {
	if s.hostname == nil {
		return ""
	}
	name, err := s.hostname()
	if err != nil {
		return ""
	}
	return name
}
