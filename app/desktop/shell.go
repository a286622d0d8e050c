package desktop

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data"
)

// world is what the window needs from outside.
type world struct {
	app      fyne.App
	offices  offices
	settings app.Settings
	save     func(app.Settings) error
	clock    func() time.Time
	dispatch func(func())
	version  string
	home     string                 // where new offices are offered a folder
	hostname func() (string, error) // what the computer calls itself; nil: nothing
	rooms    []maker
	carry    func(o office, moved func()) carrier // begins to exchange behind the screen; nil: nothing does
}

// shell is the window. It is in one of its pages: welcome, create, recovery,
// sign-in, or a session with its rooms.
type shell struct {
	world
	win     fyne.Window
	words   *assets.Words
	root    *fyne.Container
	dark    bool
	blurred bool
	work    *worker // of the pages before signing in
	session *session
	unborn  office    // created, its recovery code not yet rehearsed
	covered bool      // the session is there, behind a page that asks for the passphrase
	wiping  bool      // the page that destroys an office is shown, before the session where there is one
	signing bool      // the page that is shown is of the office in dir, before signing in
	wait    *waitPage // of who asked to be let in, while it is shown
	dir     string    // the office of the sign-in page or session
	sign    data.Sign // what could be read of it
	again   func()    // draws the present page anew, in another language
	back    func()    // Esc on the present page before signing in; nil: nothing
	touched time.Time // when a person last did something
	ended   bool
}

// newShell makes the window, still without a page.
func newShell(ctx context.Context, w world) (*shell, error) {
	words, err := assets.LoadWords(w.settings.Lang)
	if err != nil {
		return nil, err
	}
	s := &shell{world: w, words: words, root: container.NewStack(), touched: w.clock()}
	s.work = newWorker(ctx, w.dispatch)
	s.applyTheme()
	translateFyne(words)
	w.app.SetIcon(fyne.NewStaticResource("paradero.png", assets.Icon()))
	s.win = w.app.NewWindow("Paradero")
	s.win.SetPadded(false)
	s.win.SetContent(container.NewStack(newPresence(s.touch), s.root))
	s.win.Resize(fyne.NewSize(1280, 800))
	s.win.SetMaster()
	s.win.Canvas().SetOnTypedKey(s.typedKey)
	s.win.SetCloseIntercept(s.quit)
	s.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { s.dropped(uris) })
	return s, nil
}

// start shows the first page: the office that was asked for, the last one, or
// the welcome page.
func (s *shell) start(dir string) {
	if dir == "" && s.settings.LastOffice != "" {
		if _, err := os.Stat(s.settings.LastOffice); err == nil {
			dir = s.settings.LastOffice
		}
	}
	if dir == "" {
		s.showWelcome()
		return
	}
	s.showSignIn(dir)
}

// touch notes that somebody is there.
func (s *shell) touch() { s.touched = s.clock() }

// applyTheme puts the person's choices into force.
func (s *shell) applyTheme() {
	s.dark = s.settings.Theme == app.ThemeDark ||
		s.settings.Theme == app.ThemeSystem && s.app.Settings().ThemeVariant() == theme.VariantDark
	s.app.Settings().SetTheme(widget.NewTheme(s.dark).
		Scaled(float32(s.settings.TextPercent) / 100).
		Blurring(s.blurred).
		Watching(s.touch))
}

// followSystem changes to dark or light with the system, where that was chosen.
func (s *shell) followSystem() {
	s.app.Settings().AddListener(func(set fyne.Settings) {
		dark := set.ThemeVariant() == theme.VariantDark
		s.dispatch(func() {
			if s.settings.Theme == app.ThemeSystem && dark != s.dark {
				s.applyTheme()
			}
		})
	})
}

// change saves settings and puts them into force; a change of language draws
// the page anew.
func (s *shell) change(set app.Settings) {
	was := s.settings
	s.settings = set
	if was.Theme != set.Theme || was.TextPercent != set.TextPercent {
		s.applyTheme()
	}
	if was.Lang != set.Lang {
		words, err := assets.LoadWords(set.Lang)
		if err != nil {
			s.settings.Lang = was.Lang
			s.fail(err)
			return
		}
		s.words = words
		translateFyne(words)
		s.redraw()
	}
	if err := s.save(s.settings); err != nil {
		s.fail(err)
	}
}

func (s *shell) redraw() {
	if n := s.active(); n != nil {
		n.remake()
		return
	}
	if s.again != nil {
		s.again()
	}
}

// page puts a page before signing in on the window.
func (s *shell) page(content fyne.CanvasObject, again, back func()) {
	s.again, s.back, s.signing = again, back, false
	s.put(content)
	s.buildMenu()
}

func (s *shell) put(content fyne.CanvasObject) {
	s.win.Canvas().Unfocus()
	s.root.Objects = []fyne.CanvasObject{content}
	s.root.Refresh()
}

// active gives the session that is on the screen, nil when there is none.
func (s *shell) active() *session {
	if s.covered || s.wiping {
		return nil
	}
	return s.session
}

// fail shows an error wherever the person is.
func (s *shell) fail(err error) {
	if n := s.active(); n != nil {
		n.Fail(err)
		return
	}
	sentence, hint := app.Words(err, s.words)
	s.modal(sentence, hint, s.words.T("desk.close"), false, nil)
}

// remember keeps the folder of the office opened last, and nothing of it.
func (s *shell) remember(dir string) {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	s.dir = dir
	if s.settings.LastOffice == dir {
		return
	}
	s.settings.LastOffice = dir
	if err := s.save(s.settings); err != nil {
		s.fail(err)
	}
}

// typedKey takes the keys that no field wanted.
func (s *shell) typedKey(k *fyne.KeyEvent) {
	s.touch()
	switch k.Name {
	case fyne.KeyEscape:
		s.goBack()
	case fyne.KeyF1:
		s.help()
	}
}

func (s *shell) goBack() {
	if top := s.win.Canvas().Overlays().Top(); top != nil {
		s.win.Canvas().Overlays().Remove(top)
		return
	}
	if n := s.active(); n != nil {
		n.Back()
		return
	}
	if s.back != nil {
		s.back()
	}
}

func (s *shell) dropped(uris []fyne.URI) {
	s.touch()
	n := s.active()
	if n == nil {
		return
	}
	paths := make([]string, 0, len(uris))
	for _, u := range uris {
		paths = append(paths, u.Path())
	}
	n.dropped(paths)
}

// quit leaves the room, closes the office and ends. A room may stay.
func (s *shell) quit() {
	if n := s.active(); n != nil && !n.leave() {
		return
	}
	s.end()
	s.win.SetCloseIntercept(nil)
	s.app.Quit()
}

// end releases the office; it may be called more than once.
func (s *shell) end() {
	if s.ended {
		return
	}
	s.ended = true
	s.work.stopAll()
	if s.unborn != nil {
		closeOffice(s.unborn)
		s.unborn = nil
	}
	if s.session != nil {
		s.session.release()
		s.session = nil
	}
}

// opened begins a session with an office that was just opened or created.
func (s *shell) opened(o office, dir string) {
	s.remember(dir)
	s.again, s.back, s.unborn = nil, nil, nil
	s.touch()
	s.session = newSession(s, o)
	s.session.enter()
	s.buildMenu()
	go debug.FreeOSMemory() // deriving the key took much, and is over
}

// lock leaves the room, closes the office and asks for the passphrase again.
// Where something half typed would be lost, the office stays open behind the
// page that asks.
func (s *shell) lock() { s.lockThen(func() {}) }

// lockThen is lock; then is called, on any goroutine, once that is done.
func (s *shell) lockThen(then func()) {
	if s.session == nil || s.covered {
		then()
		return
	}
	s.wiping = false
	left := s.session.leave()
	s.closeOverlays()
	s.blurred = false
	s.applyTheme()
	if !left {
		s.cover()
		then()
		return
	}
	ended := s.session
	s.session = nil
	s.showClosing()
	dir := s.dir
	go func() {
		ended.release()
		then()
		s.dispatch(func() {
			if !s.ended {
				s.showSignIn(dir)
			}
		})
	}()
}

// cover hides the session until somebody knows the passphrase.
func (s *shell) cover() {
	n, info := s.session, s.session.office.Info()
	s.covered = true
	g := s.newSignIn(s.dir)
	g.ask = func(ctx context.Context, pass []byte, _ func(data.Progress)) func() {
		err := n.office.Check(ctx, pass)
		return func() {
			if err != nil {
				g.opened(nil, err)
				return
			}
			s.covered = false
			s.touch()
			n.back()
		}
	}
	pass := ""
	if sign, err := s.offices.Peek(s.dir); err == nil {
		s.sign, pass = sign, sign.DemoPassphrase // more may sign in here by now
	}
	s.page(g.draw(info.Office, info.Demo, pass), s.cover, nil)
	s.win.Canvas().Focus(g.pass)
}

// back shows a session again that was hidden.
func (n *session) back() {
	n.draw()
	n.rail.choose(n.current.room)
	n.shell.buildMenu()
}

func (s *shell) closeOverlays() {
	for top := s.win.Canvas().Overlays().Top(); top != nil; top = s.win.Canvas().Overlays().Top() {
		s.win.Canvas().Overlays().Remove(top)
	}
}

// setBlur makes names unreadable or readable again.
func (s *shell) setBlur(on bool) {
	s.blurred = on
	s.applyTheme()
}
