package desktop

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data"
)

// wiping is the page that destroys an office, before signing in or within a
// session. It asks for no passphrase: a person under threat has no time, and
// whoever sits here could delete the files without it.
type wiping struct {
	s       *shell
	dir     string
	stake   data.Stake
	name    *widget.Entry
	below   *widget.ErrorText
	do      *widget.Button
	trouble *fyne.Container
}

// canWipe tells whether the page that is shown belongs to an office.
func (s *shell) canWipe() bool {
	return s.dir != "" && !s.wiping && (s.session != nil || s.signing)
}

// showWipe opens the page. An open office stays open behind it, with its drafts
// kept, until the name was typed.
func (s *shell) showWipe() {
	if !s.canWipe() {
		return
	}
	stake, err := s.offices.Stake(s.dir)
	if err != nil {
		s.fail(err)
		return
	}
	if n := s.active(); n != nil {
		n.leave() // what cannot be kept as a draft stays on its page
	}
	s.closeOverlays()
	s.work.stop("open")
	s.wiping = true
	p := &wiping{s: s, dir: s.dir, stake: stake, name: widget.NewEntry(), below: widget.NewErrorText(), trouble: widget.VStack(0)}
	p.show("")
}

func (p *wiping) show(typed string) {
	s := p.s
	p.name.OnChanged = func(string) { p.below.Clear() }
	p.name.OnSubmitted = func(string) { p.submit() }
	p.name.SetText(typed)
	s.page(p.draw(), func() { p.show(p.name.Text) }, p.leave)
	s.win.Canvas().Focus(p.name)
}

func (p *wiping) draw() fyne.CanvasObject {
	w := p.s.words
	p.do = widget.Danger(w.T("wipe.do"), theme.DeleteIcon(), p.submit)
	lines := app.StakeLines(p.stake, w)
	only := []fyne.CanvasObject{widget.NewParagraph(lines[0]).Bold()}
	for _, line := range lines[1:] {
		only = append(only, widget.NewParagraph(line).Muted())
	}
	return p.s.front(600, widget.VStack(12,
		widget.Heading(w.T("wipe.title")),
		widget.NewParagraph(w.T("wipe.text")),
		widget.Card(w.T("wipe.only.card"), only...),
		widget.Notice(widget.ToneWarn, w.T("wipe.beyond")),
		widget.Card("", widget.Field(w.T("wipe.name", p.stake.Office), p.name, p.below)),
		p.trouble,
		widget.HFill(8, 1, widget.Plain(w.T("desk.cancel"), nil, p.leave), widget.Gap(0), p.do)))
}

// leave goes back to where the person was; nothing was touched.
func (p *wiping) leave() {
	s := p.s
	s.wiping = false
	switch {
	case s.covered:
		s.cover()
	case s.session != nil:
		s.session.back()
	default:
		s.showSignIn(p.dir)
	}
}

func (p *wiping) submit() {
	if p.do.Disabled() {
		return
	}
	s, typed := p.s, p.name.Text
	if strings.TrimSpace(typed) == "" {
		p.below.SetProblem(s.words.T("wipe.name.missing", p.stake.Office), false)
		return
	}
	if !p.stake.Meant(typed) {
		p.below.SetProblem(s.words.T("error.wipe_name_differs", p.stake.Office), false)
		return
	}
	p.do.Disable()
	if s.session != nil {
		s.session.closeRooms()
		s.session.work.stopAll() // an import under way must not hold it up
	}
	p.trouble.Objects = []fyne.CanvasObject{widget.Note(s.words.T("wipe.busy"))}
	p.trouble.Refresh()
	n := s.session
	s.work.run("wipe", func(ctx context.Context) func() {
		var done data.Wiped
		var err error
		if n != nil {
			done, err = n.office.Wipe(typed)
		} else {
			done, err = s.offices.Wipe(ctx, p.dir, typed)
		}
		return func() { p.done(done, err) }
	})
}

// done says what became of it.
func (p *wiping) done(done data.Wiped, err error) {
	s := p.s
	if n := s.session; n != nil { // its office is closed
		s.session, s.covered, s.blurred = nil, false, false
		s.applyTheme()
		go n.work.close()
	}
	s.wiping = false
	s.forget(p.dir)
	s.showWiped(p.dir, done, err)
}

// forget takes a destroyed office out of the settings.
func (s *shell) forget(dir string) {
	if s.dir == dir {
		s.dir = ""
	}
	if s.settings.LastOffice != dir {
		return
	}
	s.settings.LastOffice = ""
	if err := s.save(s.settings); err != nil {
		s.fail(err)
	}
}

// showWiped says what is gone and what nobody could reach from here.
func (s *shell) showWiped(dir string, done data.Wiped, err error) {
	w := s.words
	all := []fyne.CanvasObject{widget.Heading(w.T("wipe.over"))}
	if err != nil {
		all = append(all, errorPanel(s, err, nil))
	}
	lines := app.WipedLines(done, w)
	for i, line := range lines {
		o := fyne.CanvasObject(widget.NewParagraph(line))
		if i == len(lines)-1 {
			o = widget.Notice(widget.ToneWarn, line)
		}
		all = append(all, o)
	}
	all = append(all, widget.HFill(8, 1, widget.Plain(w.T("signin.other"), nil, s.showWelcome), widget.Gap(0),
		widget.Primary(w.T("menu.quit"), nil, s.quit)))
	s.page(s.front(600, widget.VStack(12, all...)), func() { s.showWiped(dir, done, err) }, nil)
}
