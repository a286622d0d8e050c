package desktop

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
)

// joiner is where one comes into a team that exists.
type joiner interface {
	// Join answers an invitation in a folder; ResumeJoin gives what was asked there.
	Join(ctx context.Context, cfg data.Config, invitation, code string, passphrase []byte) (present.Applicant, error)
	ResumeJoin(ctx context.Context, cfg data.Config, passphrase []byte) (present.Applicant, error)
	// CompleteJoin takes the welcome: the office can be opened from then on.
	CompleteJoin(ctx context.Context, cfg data.Config, welcome, passphrase []byte) (present.Joined, error)
}

// joinPage is the form by which one answers an invitation.
type joinPage struct {
	s                *shell
	j                joiner
	file, code       *widget.Entry
	first, again     *widget.Entry
	device           *widget.Entry // what this computer is called in the team
	folder           *widget.Text
	dir              string
	fixed            bool // the folder is an office's on this computer: one more person signs in there
	fileErr, codeErr *widget.ErrorText
	passErr, sameErr *widget.ErrorText
	strength         *sheet.Strength
	trouble          *fyne.Container
	make             *widget.Button
}

// showJoin is the page that answers an invitation. With a folder, one more person
// is to sign in to the office that stands there.
func (s *shell) showJoin(dir string) {
	j, ok := s.offices.(joiner)
	if !ok {
		return
	}
	p := &joinPage{
		s: s, j: j, dir: dir, fixed: dir != "", file: widget.NewEntry(), code: widget.NewEntry(), first: widget.NewSecret(), again: widget.NewSecret(), device: widget.NewEntry(),
		folder: widget.Caption("").Shrinks(), fileErr: widget.NewErrorText(), codeErr: widget.NewErrorText(),
		passErr: widget.NewErrorText(), sameErr: widget.NewErrorText(), trouble: widget.VStack(0),
	}
	if !p.fixed {
		p.dir = freeFolder(filepath.Join(s.home, "Paradero", s.words.T("joinpage.folder.name")))
	}
	p.device.SetText(s.machine())
	p.folder.SetText(p.dir)
	p.strength = sheet.NewStrength(s.words, func() []string { return nil })
	p.file.OnChanged = func(string) { p.fileErr.Clear() }
	p.code.OnChanged = func(string) { p.codeErr.Clear() }
	p.first.OnChanged = func(t string) { p.strength.Set(t); p.passErr.Clear() }
	p.again.OnChanged = func(string) { p.sameErr.Clear() }
	next := func(to *widget.Entry) func(string) {
		return func(string) { s.win.Canvas().Focus(to) }
	}
	p.file.OnSubmitted, p.first.OnSubmitted = next(p.code), next(p.again)
	p.code.OnSubmitted = func(string) {
		if p.first.Text == "" || p.again.Text == "" {
			s.win.Canvas().Focus(p.first)
			return
		}
		p.submit() // it was mistyped, and is put right
	}
	p.again.OnSubmitted = func(string) { p.submit() }
	back := s.showWelcome
	if p.fixed {
		back = func() { s.showSignIn(dir) }
	}
	s.page(p.draw(back), func() { s.showJoin(dir) }, back)
	s.win.Canvas().Focus(p.file)
}

// freeFolder gives a folder that is not there yet.
func freeFolder(base string) string {
	dir := base
	for i := 2; i < 100; i++ {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return dir
		}
		dir = base + "-" + string([]byte{byte('0' + i/10), byte('0' + i%10)})
	}
	return dir
}

func (p *joinPage) draw(back func()) fyne.CanvasObject {
	w := p.s.words
	p.code.SetPlaceHolder(w.T("joinpage.code.hint"))
	show := fw.NewCheck(w.T("desk.show"), func(on bool) {
		p.first.SetSecret(!on)
		p.again.SetSecret(!on)
	})
	p.make = widget.Primary(w.T("joinpage.ask"), theme.NavigateNextIcon(), p.submit)
	place := []fyne.CanvasObject{widget.Caption(w.T("create.folder")), p.folder}
	text := w.T("joinpage.text.person")
	if !p.fixed {
		text = w.T("joinpage.text")
		place = append(place, widget.Quiet(w.T("create.folder.other"), theme.FolderOpenIcon(), func() {
			p.s.pickFolder(func(dir string) {
				p.dir = freeFolder(filepath.Join(dir, w.T("joinpage.folder.name")))
				p.folder.SetText(p.dir)
			})
		}))
	}
	return p.s.front(600, widget.VStack(12,
		widget.Heading(w.T("joinpage.title")),
		widget.NewParagraph(text).Muted(),
		widget.Card(w.T("joinpage.invitation"),
			widget.Field(w.T("joinpage.file"), widget.HFill(8, 0, p.file, widget.Plain(w.T("restore.choose"), theme.FolderOpenIcon(), p.pick)), p.fileErr),
			widget.Field(w.T("joinpage.code"), p.code, p.codeErr),
			widget.Note(w.T("joinpage.code.note"))),
		widget.CardWith(w.T("create.pass.card"), show,
			widget.Note(w.T("joinpage.pass.text")),
			widget.Columns(2, 220,
				widget.Field(w.T("create.pass"), p.first, p.passErr),
				widget.Field(w.T("create.pass.again"), p.again, p.sameErr)),
			p.strength.Object),
		widget.Card("", widget.Field(w.T("create.device"), p.device, nil), widget.Note(w.T("create.device.note")),
			widget.HFill(8, 1, place...)),
		p.trouble,
		widget.HFill(8, 1, widget.Plain(w.T("desk.back"), theme.NavigateBackIcon(), back), widget.Gap(0), p.make)))
}

func (p *joinPage) pick() {
	p.s.pickFile(func(path string) {
		p.file.SetText(path)
		p.s.win.Canvas().Focus(p.code)
	})
}

// pickFile asks for a file before anybody has signed in.
func (s *shell) pickFile(then func(path string)) {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil || f == nil {
			return
		}
		path := f.URI().Path()
		_ = f.Close()
		then(path)
	}, s.win)
	s.showFiles(d)
}

// pickSave asks where to write before anybody has signed in.
func (s *shell) pickSave(name string, then func(path string)) {
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if err != nil || f == nil {
			return
		}
		path := f.URI().Path()
		_ = f.Close()
		then(path)
	}, s.win)
	d.SetFileName(name)
	s.showFiles(d)
}

// valid says beside each field what is missing.
func (p *joinPage) valid() bool {
	w, ok := p.s.words, true
	bad := func(e *widget.ErrorText, key string) {
		e.SetProblem(w.T(key), false)
		ok = false
	}
	if p.file.Text == "" {
		bad(p.fileErr, "joinpage.file.missing")
	}
	if p.code.Text == "" {
		bad(p.codeErr, "joinpage.code.missing")
	}
	if !app.PassphraseStrength(p.first.Text).Enough() {
		bad(p.passErr, "create.pass.weak")
	}
	if p.first.Text != p.again.Text {
		bad(p.sameErr, "create.pass.differs")
	}
	return ok
}

func (p *joinPage) submit() {
	if p.make.Disabled() || !p.valid() {
		return
	}
	s, dir, pass := p.s, p.dir, []byte(p.first.Text)
	file, code, device := p.file.Text, p.code.Text, strings.TrimSpace(p.device.Text)
	if device == "" {
		device = data.Nameless
	}
	p.make.Disable()
	p.trouble.RemoveAll()
	p.trouble.Add(widget.Note(s.words.T("create.busy")))
	s.work.run("join", func(ctx context.Context) func() {
		err := fault.Wrap(os.MkdirAll(filepath.Dir(dir), 0o700), fault.Internal, "join", "not_permitted")
		var a present.Applicant
		if err == nil {
			a, err = p.j.Join(ctx, data.Config{Dir: dir, Device: device}, file, code, pass)
		}
		return func() {
			p.make.Enable()
			p.trouble.RemoveAll()
			if err != nil {
				p.refused(err)
				return
			}
			s.remember(dir)
			q := &waitPage{s: s, j: p.j, a: a, dir: dir, pass: pass}
			if a.State().Recovery != "" {
				q.showCode()
				return
			}
			q.show()
		}
	})
}

// refused puts what is wrong beside its field.
func (p *joinPage) refused(err error) {
	sentence, hint := app.Words(err, p.s.words)
	if fault.Is(err, fault.Passphrase) {
		p.codeErr.SetProblem(sentence+" "+hint, false)
		p.s.win.Canvas().Focus(p.code)
		return
	}
	p.trouble.Add(errorPanel(p.s, err, nil))
}

// resumeJoin shows the page of waiting where the passphrase is right and its person
// was not let in yet; false: the failure is another.
func (s *shell) resumeJoin(err error, dir, pass string) bool {
	j, ok := s.offices.(joiner)
	var e *fault.Error
	if !ok || !errors.As(err, &e) || e.Key != "office_joining" && e.Key != "office_computer_waits" {
		return false
	}
	s.work.run("join", func(ctx context.Context) func() {
		a, err := j.ResumeJoin(ctx, data.Config{Dir: dir}, []byte(pass))
		return func() {
			if err != nil {
				s.fail(err)
				return
			}
			(&waitPage{s: s, j: j, a: a, dir: dir, pass: []byte(pass)}).show()
		}
	})
	return true
}
