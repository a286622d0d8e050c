package desktop

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data/fault"
)

// recovering is the page for a forgotten passphrase: the printed code and a
// new passphrase.
type recovering struct {
	s                          *shell
	dir                        string
	code, first, again         *widget.Entry
	codeErr, passErr, againErr *widget.ErrorText
	meter                      *passphraseMeter
	trouble                    *fyne.Container
	set                        *widget.Button
}

func (s *shell) showRecover(dir string) {
	r := &recovering{
		s: s, dir: dir, code: widget.NewEntry(), first: widget.NewSecret(), again: widget.NewSecret(),
		codeErr: widget.NewErrorText(), passErr: widget.NewErrorText(), againErr: widget.NewErrorText(), trouble: widget.VStack(0),
	}
	r.code.SetPlaceHolder("XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
	r.meter = newMeter(s, func() []string { return []string{s.sign.Office} })
	r.code.OnChanged = func(string) { r.codeErr.Clear() }
	r.first.OnChanged = func(p string) { r.meter.set(p); r.passErr.Clear() }
	r.again.OnChanged = func(string) { r.againErr.Clear() }
	r.again.OnSubmitted = func(string) { r.submit() }
	s.page(r.draw(), func() { s.showRecover(dir) }, func() { s.showSignIn(dir) })
	s.win.Canvas().Focus(r.code)
}

func (r *recovering) draw() fyne.CanvasObject {
	w := r.s.words
	r.set = widget.Primary(w.T("recover.set"), theme.ConfirmIcon(), r.submit)
	return r.s.front(600, widget.VStack(12,
		widget.Heading(w.T("recover.title")),
		widget.NewParagraph(w.T("recover.text")).Muted(),
		widget.Card("", widget.Field(w.T("recovery.rehearse.field"), r.code, r.codeErr)),
		widget.Card(w.T("recover.pass.card"),
			widget.Columns(2, 220,
				widget.Field(w.T("create.pass"), r.first, r.passErr),
				widget.Field(w.T("create.pass.again"), r.again, r.againErr)),
			r.meter.object),
		r.trouble,
		widget.HFill(8, 1, widget.Plain(w.T("desk.back"), theme.NavigateBackIcon(), func() { r.s.showSignIn(r.dir) }), widget.Gap(0), r.set)))
}

func (r *recovering) submit() {
	if r.set.Disabled() || !r.valid() {
		return
	}
	s, dir, code, pass := r.s, r.dir, r.code.Text, []byte(r.first.Text)
	r.set.Disable()
	r.trouble.RemoveAll()
	r.trouble.Add(widget.Note(s.words.T("progress.unlock")))
	s.work.run("recover", func(ctx context.Context) func() {
		err := s.offices.Recover(ctx, dir, code, pass)
		return func() { r.done(err) }
	})
}

func (r *recovering) valid() bool {
	w, ok := r.s.words, true
	if r.code.Text == "" {
		r.codeErr.SetProblem(w.T("recover.code.missing"), false)
		ok = false
	}
	if !app.PassphraseStrength(r.first.Text, r.s.sign.Office).Enough() {
		r.passErr.SetProblem(w.T("create.pass.weak"), false)
		ok = false
	}
	if r.first.Text != r.again.Text {
		r.againErr.SetProblem(w.T("create.pass.differs"), false)
		ok = false
	}
	return ok
}

func (r *recovering) done(err error) {
	r.set.Enable()
	r.trouble.RemoveAll()
	switch {
	case err == nil:
		r.s.signInSaying(r.dir, "recover.done")
	case fault.Is(err, fault.Passphrase):
		sentence, hint := app.Words(err, r.s.words)
		r.codeErr.SetProblem(sentence+" "+hint, false)
		r.s.win.Canvas().Focus(r.code)
	default:
		r.trouble.Add(errorPanel(r.s, err, nil))
	}
}
