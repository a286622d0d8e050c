package desktop

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/desktop/sheet"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
)

// recovering is the page for a forgotten passphrase: the printed code or two
// shares, and a new passphrase.
type recovering struct {
	s                 *shell
	dir               string
	byShares          bool
	code              *widget.Entry
	shares            [data.SharesOpen]*widget.Entry
	first, again      *widget.Entry
	keyErr            *widget.ErrorText
	passErr, againErr *widget.ErrorText
	meter             *sheet.Strength
	trouble, keys     *fyne.Container
	set               *widget.Button
}

func (s *shell) showRecover(dir string) {
	r := &recovering{
		s: s, dir: dir, code: widget.NewEntry(), first: widget.NewSecret(), again: widget.NewSecret(),
		keyErr: widget.NewErrorText(), passErr: widget.NewErrorText(), againErr: widget.NewErrorText(),
		trouble: widget.VStack(0), keys: widget.VStack(8),
	}
	r.code.SetPlaceHolder("XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
	r.code.OnChanged = func(string) { r.keyErr.Clear() }
	for i := range r.shares {
		r.shares[i] = widget.NewEntry()
		r.shares[i].SetPlaceHolder("XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
		r.shares[i].OnChanged = func(string) { r.keyErr.Clear() }
	}
	r.meter = sheet.NewStrength(s.words, func() []string { return []string{s.sign.Office} })
	r.first.OnChanged = func(p string) { r.meter.Set(p); r.passErr.Clear() }
	r.again.OnChanged = func(string) { r.againErr.Clear() }
	r.again.OnSubmitted = func(string) { r.submit() }
	s.page(r.draw(), func() { s.showRecover(dir) }, func() { s.showSignIn(dir) })
	s.beforeSigningIn(dir)
	s.win.Canvas().Focus(r.code)
}

func (r *recovering) draw() fyne.CanvasObject {
	w := r.s.words
	r.set = widget.Primary(w.T("recover.set"), theme.ConfirmIcon(), r.submit)
	r.drawKeys()
	return r.s.front(600, widget.VStack(12,
		widget.Heading(w.T("recover.title")),
		widget.NewParagraph(w.T("recover.text")).Muted(),
		widget.Card("", r.keys),
		widget.Card(w.T("recover.pass.card"),
			widget.Columns(2, 220,
				widget.Field(w.T("create.pass"), r.first, r.passErr),
				widget.Field(w.T("create.pass.again"), r.again, r.againErr)),
			r.meter.Object),
		widget.Note(w.T("keys.lost")),
		r.trouble,
		widget.HFill(8, 1, widget.Plain(w.T("desk.back"), theme.NavigateBackIcon(), func() { r.s.showSignIn(r.dir) }), widget.Gap(0), r.set)))
}

// drawKeys shows the field of the code, or those of two shares.
func (r *recovering) drawKeys() {
	w := r.s.words
	other := widget.Quiet(w.T("recover.by_shares"), theme.AccountIcon(), func() { r.choose(true) })
	r.keys.Objects = []fyne.CanvasObject{widget.Field(w.T("recovery.rehearse.field"), r.code, r.keyErr), widget.HStack(8, other)}
	if r.byShares {
		other = widget.Quiet(w.T("recover.by_code"), theme.DocumentIcon(), func() { r.choose(false) })
		r.keys.Objects = []fyne.CanvasObject{
			widget.Field(w.T("recover.share.first"), r.shares[0], nil),
			widget.Field(w.T("recover.share.second"), r.shares[1], r.keyErr),
			widget.HStack(8, other),
		}
	}
	r.keys.Refresh()
}

func (r *recovering) choose(shares bool) {
	r.byShares = shares
	r.keyErr.Clear()
	r.drawKeys()
	r.s.win.Canvas().Focus(r.firstKey())
}

func (r *recovering) firstKey() *widget.Entry {
	if r.byShares {
		return r.shares[0]
	}
	return r.code
}

func (r *recovering) submit() {
	if r.set.Disabled() || !r.valid() {
		return
	}
	s, dir, code, pass := r.s, r.dir, r.code.Text, []byte(r.first.Text)
	var shares []string
	if r.byShares {
		for _, e := range r.shares {
			shares = append(shares, e.Text)
		}
	}
	r.set.Disable()
	r.trouble.RemoveAll()
	r.trouble.Add(widget.Note(s.words.T("progress.unlock")))
	s.work.run("recover", func(ctx context.Context) func() {
		var err error
		if len(shares) > 0 {
			err = s.offices.RecoverShares(ctx, dir, shares, pass)
		} else {
			err = s.offices.Recover(ctx, dir, code, pass)
		}
		return func() { r.done(err) }
	})
}

func (r *recovering) valid() bool {
	w, ok := r.s.words, true
	if !r.byShares && r.code.Text == "" {
		r.keyErr.SetProblem(w.T("recover.code.missing"), false)
		ok = false
	}
	if r.byShares && (r.shares[0].Text == "" || r.shares[1].Text == "") {
		r.keyErr.SetProblem(w.T("recover.shares.missing"), false)
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
		r.keyErr.SetProblem(sentence+" "+hint, false)
		r.s.win.Canvas().Focus(r.firstKey())
	default:
		r.trouble.Add(errorPanel(r.s, err, nil))
	}
}
