package desktop

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"

	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/desktop/sheet"
	"paradero/app/widget"
	"paradero/data/fault"
)

// paper is a recovery code that has just been made. It is shown this once, and asked
// for again: a code that cannot be read from its paper is no code.
type paper struct {
	s            *shell
	office, code string
	rehearse     func(typed string) bool
	then         func()
}

// showRecovery shows the recovery code of an office that was just made.
func (s *shell) showRecovery(o office, dir, name, code string) {
	(&paper{s, name, code, o.Rehearse, func() { s.opened(o, dir) }}).show()
}

// show shows the code.
func (p *paper) show() {
	s, w := p.s, p.s.words
	done := widget.NewErrorText()
	printIt := widget.Plain(w.T("recovery.print"), theme.DocumentPrintIcon(), nil)
	printIt.OnTapped = func() {
		printIt.Disable()
		s.work.run("print", func(ctx context.Context) func() {
			err := printRecovery(ctx, s, p.office, p.code)
			return func() {
				printIt.Enable()
				if err != nil {
					sentence, hint := app.Words(err, w)
					done.SetProblem(sentence+" "+hint, false)
					return
				}
				done.SetHint(w.T("recovery.printed"))
			}
		})
	}
	content := widget.VStack(12,
		widget.Heading(w.T("recovery.title")),
		widget.NewParagraph(w.T("recovery.text")),
		widget.Card("", sheet.Code(p.code), widget.HStack(8, printIt), done),
		widget.Notice(widget.ToneWarn, w.T("recovery.warning")),
		widget.HFill(8, 0, widget.Gap(0), widget.Primary(w.T("recovery.next"), theme.NavigateNextIcon(), p.ask)))
	s.page(s.front(600, content), p.show, nil)
}

// ask asks for the code back.
func (p *paper) ask() {
	s, w := p.s, p.s.words
	entry := widget.NewEntry()
	entry.SetPlaceHolder("XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
	wrong := widget.NewErrorText()
	check := func() {
		if p.rehearse(entry.Text) {
			p.then()
			return
		}
		wrong.SetProblem(w.T("recovery.wrong"), false)
	}
	entry.OnChanged = func(string) { wrong.Clear() }
	entry.OnSubmitted = func(string) { check() }
	content := widget.VStack(12,
		widget.Heading(w.T("recovery.rehearse.title")),
		widget.NewParagraph(w.T("recovery.rehearse.text")),
		widget.Card("", widget.Field(w.T("recovery.rehearse.field"), entry, wrong)),
		widget.HFill(8, 1, widget.Plain(w.T("recovery.again"), theme.NavigateBackIcon(), p.show), widget.Gap(0),
			widget.Primary(w.T("recovery.check"), theme.ConfirmIcon(), check)))
	s.page(s.front(600, content), p.ask, p.show)
	s.win.Canvas().Focus(entry)
}

// printRecovery prints the sheet of a recovery code.
func printRecovery(ctx context.Context, s *shell, name, code string) error {
	sheet, err := app.RecoverySheet(name, code, s.clock(), s.words)
	if err != nil {
		return err
	}
	return printSheet(ctx, sheet)
}

// printSheet sends a sheet to the system's printer without a file: a key must
// not lie on the disk that it opens.
func printSheet(ctx context.Context, sheet []byte) error {
	lp, err := exec.LookPath("lp")
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "print recovery code", "no_printer")
	}
	cmd := exec.CommandContext(ctx, lp, "-t", "Paradero", "-")
	cmd.Stdin = bytes.NewReader(sheet)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fault.Wrap(fmt.Errorf("%w: %s", err, out), fault.Internal, "print recovery code", "no_printer")
	}
	return nil
}

// showSignIn is the page that opens an office.
func (s *shell) showSignIn(dir string) { s.signInSaying(dir, "") }

// signInSaying is that page with a word under the field about what was just done.
func (s *shell) signInSaying(dir, key string) {
	sign, err := s.offices.Peek(dir)
	if err != nil {
		s.showUnopenable(dir, err)
		return
	}
	s.sign, s.dir = sign, dir
	g := s.newSignIn(dir)
	s.page(g.draw(sign.Office, sign.Demo, sign.DemoPassphrase), func() { s.signInSaying(dir, key) }, g.leave)
	s.beforeSigningIn(dir)
	if key != "" {
		g.wrong.SetHint(s.words.T(key))
	}
	s.win.Canvas().Focus(g.pass)
}

// showUnopenable says why an office cannot even be asked for its passphrase.
func (s *shell) showUnopenable(dir string, err error) {
	w := s.words
	content := widget.VStack(12,
		widget.Heading(w.T("signin.title")),
		widget.Caption(dir).Shrinks(),
		errorPanel(s, err, func() { s.showSignIn(dir) },
			widget.Plain(w.T("welcome.open"), theme.FolderOpenIcon(), func() { s.pickFolder(s.showSignIn) }),
			widget.Plain(w.T("signin.other"), nil, s.showWelcome)))
	s.page(s.front(600, content), func() { s.showUnopenable(dir, err) }, s.showWelcome)
	s.beforeSigningIn(dir)
}

// beforeSigningIn says whose page is shown: its office can be destroyed from there.
func (s *shell) beforeSigningIn(dir string) {
	s.dir, s.signing = dir, true
	s.buildMenu()
}
