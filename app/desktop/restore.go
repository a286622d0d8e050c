package desktop

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
)

// restoring is the page that makes an office of a backup: the file, what opens
// it, and an empty folder.
type restoring struct {
	s                        *shell
	file, pass, code, folder *widget.Entry
	fileErr, passErr, dirErr *widget.ErrorText
	trouble                  *fyne.Container
	make                     *widget.Button
}

func (s *shell) showRestore() {
	r := &restoring{
		s: s, file: widget.NewEntry(), pass: widget.NewSecret(), code: widget.NewEntry(), folder: widget.NewEntry(),
		fileErr: widget.NewErrorText(), passErr: widget.NewErrorText(), dirErr: widget.NewErrorText(), trouble: widget.VStack(0),
	}
	r.code.SetPlaceHolder("XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
	r.folder.SetText(filepath.Join(s.home, "Paradero", s.words.T("restore.folder.name")))
	r.file.OnChanged = func(string) { r.fileErr.Clear() }
	r.pass.OnChanged = func(string) { r.passErr.Clear() }
	r.code.OnChanged = func(string) { r.passErr.Clear() }
	r.folder.OnChanged = func(string) { r.dirErr.Clear() }
	r.pass.OnSubmitted = func(string) { r.submit() }
	r.code.OnSubmitted = r.pass.OnSubmitted
	s.page(r.draw(), s.showRestore, s.showWelcome)
	s.win.Canvas().Focus(r.file)
}

func (r *restoring) draw() fyne.CanvasObject {
	w := r.s.words
	r.make = widget.Primary(w.T("restore.make"), theme.HistoryIcon(), r.submit)
	return r.s.front(600, widget.VStack(12,
		widget.Heading(w.T("restore.title")),
		widget.NewParagraph(w.T("restore.text")).Muted(),
		widget.Card("",
			widget.Field(w.T("restore.file"), widget.HFill(8, 0, r.file, widget.Plain(w.T("restore.choose"), theme.FolderOpenIcon(), r.pick)), r.fileErr)),
		widget.Card(w.T("restore.opens"),
			widget.Field(w.T("restore.pass"), r.pass, nil),
			widget.Field(w.T("restore.code"), r.code, nil),
			r.passErr, widget.Note(w.T("restore.pass.note"))),
		widget.Card("",
			widget.Field(w.T("restore.folder"), widget.HFill(8, 0, r.folder, widget.Plain(w.T("backup.choose"), theme.FolderOpenIcon(), func() {
				r.s.pickFolder(r.folder.SetText)
			})), r.dirErr)),
		r.trouble,
		widget.HFill(8, 1, widget.Plain(w.T("desk.back"), theme.NavigateBackIcon(), r.s.showWelcome), widget.Gap(0), r.make)))
}

// pick asks for the backup and says whose it is.
func (r *restoring) pick() {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil || f == nil {
			return
		}
		path := f.URI().Path()
		_ = f.Close()
		r.file.SetText(path)
		r.peek(path)
	}, r.s.win)
	r.s.showFiles(d)
}

// peek tells whose backup it is before anybody types a passphrase.
func (r *restoring) peek(path string) bool {
	w := r.s.words
	sign, err := r.s.offices.PeekBackup(path)
	if err != nil {
		sentence, hint := app.Words(err, w)
		r.fileErr.SetProblem(sentence+" "+hint, false)
		return false
	}
	r.fileErr.SetHint(w.T("restore.of", sign.Office))
	return true
}

func (r *restoring) submit() {
	w := r.s.words
	if r.make.Disabled() {
		return
	}
	ok := true
	if r.file.Text == "" {
		sentence, hint := app.Words(fault.New(fault.Invalid, "restore", "backup_not_chosen"), w)
		r.fileErr.SetProblem(sentence+" "+hint, false)
		ok = false
	} else {
		ok = r.peek(r.file.Text)
	}
	if r.pass.Text == "" && r.code.Text == "" {
		r.passErr.SetProblem(w.T("restore.pass.missing"), false)
		ok = false
	}
	if r.folder.Text == "" {
		r.dirErr.SetProblem(w.T("restore.folder.missing"), false)
		ok = false
	}
	if !ok {
		return
	}
	s, dir := r.s, r.folder.Text
	from := data.Restoring{File: r.file.Text, Passphrase: []byte(r.pass.Text), Code: r.code.Text}
	r.trouble.RemoveAll()
	s.progress(s.work, w.T("restore.doing"), func(ctx context.Context, report func(data.Progress)) func() {
		o, told, err := s.offices.Restore(ctx, data.Config{Dir: dir, Progress: report}, from)
		if err == nil && ctx.Err() != nil {
			closeOffice(o) // stopped at the last moment: it is there, and can be opened
			return nil
		}
		return func() { r.done(o, told, dir, err) }
	})
}

func (r *restoring) done(o office, told data.Restored, dir string, err error) {
	if err != nil {
		r.trouble.RemoveAll()
		r.trouble.Add(errorPanel(r.s, err, nil))
		r.trouble.Refresh()
		return
	}
	r.s.opened(o, dir)
	if n := r.s.session; n != nil {
		day := app.DateFull(told.At.Local().Format("2006-01-02"), r.s.words)
		n.Say(r.s.words.N("command.restore.done", told.Changes, o.Info().Office, day))
	}
}
