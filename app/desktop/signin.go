package desktop

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
)

// signIn asks for the passphrase and opens an office behind the page.
type signIn struct {
	s     *shell
	dir   string
	pass  *widget.Entry
	wrong *widget.ErrorText
	open  *widget.Button
	show  *fw.Check
	state *fyne.Container
	busy  bool
	away  *widget.Button // to the welcome page
	// ask tries the passphrase in the background; what it gives is run on the screen.
	ask func(ctx context.Context, pass []byte, report func(data.Progress)) func()
}

func (s *shell) newSignIn(dir string) *signIn {
	g := &signIn{s: s, dir: dir, pass: widget.NewSecret(), wrong: widget.NewErrorText(), state: widget.VStack(8)}
	g.away = widget.Quiet(s.words.T("signin.other"), theme.NavigateBackIcon(), g.leave)
	if s.covered {
		g.away.Hide()
	}
	g.ask = func(ctx context.Context, pass []byte, report func(data.Progress)) func() {
		o, err := s.offices.Open(ctx, data.Config{Dir: dir, Progress: report}, pass)
		if err == nil && ctx.Err() != nil {
			_ = o.Close() // stopped just as it opened: nobody waits for it
			return nil
		}
		return func() { g.opened(o, err) }
	}
	return g
}

func (g *signIn) draw(name string, demo bool, demoPass string) fyne.CanvasObject {
	w := g.s.words
	g.open = widget.Primary(w.T("signin.open"), theme.LoginIcon(), g.submit)
	g.show = fw.NewCheck(w.T("desk.show"), func(on bool) { g.pass.SetSecret(!on) })
	g.pass.OnSubmitted = func(string) { g.submit() }
	g.pass.OnChanged = func(string) { g.wrong.Clear() }
	all := []fyne.CanvasObject{
		widget.Heading(name).Shrinks(),
		widget.Caption(g.dir).Shrinks(),
	}
	if demo {
		all = append([]fyne.CanvasObject{demoBand(w)}, all...)
		all = append(all, widget.Notice(widget.ToneAccent, w.T("signin.demo", demoPass), widget.HStack(8,
			widget.Plain(w.T("signin.demo.use"), nil, func() {
				g.pass.SetText(demoPass)
				g.submit()
			}))))
	}
	all = append(all,
		widget.CardWith("", nil, widget.HFill(8, 0, widget.Caption(w.T("signin.pass")), g.show),
			g.pass, g.wrong, g.state, widget.HFill(8, 0, widget.Gap(0), g.open)),
		widget.HFill(8, 1, g.away, widget.Gap(0), widget.Quiet(w.T("signin.forgot"), nil, func() {
			g.s.work.stop("open")
			g.s.showRecover(g.dir)
		})))
	if g.s.covered && g.s.sign.People > 1 {
		all = append(all, widget.Note(w.T("signin.covered")))
	}
	if _, ok := g.s.offices.(joiner); ok && !demo && !g.s.covered {
		all = append(all, widget.HFill(8, 0, widget.Note(w.T("signin.several")), widget.Quiet(w.T("signin.person"), nil, func() {
			g.s.work.stop("open")
			g.s.showJoin(g.dir)
		})))
	}
	return g.s.front(460, widget.VStack(12, all...))
}

// leave goes to the welcome page and stops what is being opened.
func (g *signIn) leave() {
	g.s.work.stop("open")
	g.s.showWelcome()
}

func (g *signIn) setBusy(on bool) {
	g.busy = on
	g.open.SetEnabled(!on)
	if on {
		g.pass.Disable()
	} else {
		g.pass.Enable()
	}
	g.state.RemoveAll()
}

func (g *signIn) submit() {
	if g.busy {
		return
	}
	if g.pass.Text == "" {
		g.wrong.SetProblem(g.s.words.T("error.passphrase_empty"), false)
		return
	}
	s := g.s
	pass := []byte(g.pass.Text)
	g.wrong.Clear()
	g.setBusy(true)
	panel := widget.NewProgress(s.words.T("progress.unlock"), s.progressWords(), func() { s.work.stop("open"); g.stopped() })
	g.state.Add(panel)
	report := g.reporter(panel)
	s.work.run("open", func(ctx context.Context) func() {
		return g.ask(ctx, pass, report)
	})
}

// reporter shows progress at most eight times a second, from any goroutine.
func (g *signIn) reporter(panel *widget.Progress) func(data.Progress) {
	var mu sync.Mutex
	var last time.Time
	var phase string
	return func(p data.Progress) {
		now := time.Now()
		mu.Lock()
		due := p.Phase != phase || now.Sub(last) > 120*time.Millisecond
		if due {
			last, phase = now, p.Phase
		}
		mu.Unlock()
		if !due {
			return
		}
		g.s.dispatch(func() {
			if !g.busy {
				return
			}
			panel.SetTitle(g.s.phase(p, g.s.words.T("progress.unlock")))
			if p.Done > 0 || p.Total > 0 {
				panel.Set(p.Done, p.Total, now, g.s.words.Count)
			}
		})
	}
}

func (g *signIn) stopped() {
	g.setBusy(false)
	g.s.win.Canvas().Focus(g.pass)
}

func (g *signIn) opened(o office, err error) {
	if err == nil {
		g.pass.SetText("")
		g.s.opened(o, g.dir)
		return
	}
	g.setBusy(false)
	if fault.Is(err, fault.Cancelled) {
		return
	}
	if g.s.resumeJoin(err, g.dir, g.pass.Text) {
		return
	}
	if fault.Is(err, fault.Passphrase) {
		sentence, hint := app.Words(err, g.s.words)
		g.wrong.SetProblem(sentence+" "+hint, false)
		g.s.win.Canvas().Focus(g.pass)
		g.pass.TypedShortcut(&fyne.ShortcutSelectAll{})
		return
	}
	g.state.Add(errorPanel(g.s, err, g.submit))
}
