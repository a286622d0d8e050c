package desktop

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
)

// modal asks or tells one thing over the page. Esc takes it away. A nil then
// has only the one button.
func (s *shell) modal(title, text, yes string, danger bool, then func()) {
	var pop *fw.PopUp
	shut := func() { pop.Hide() }
	do := func() {
		shut()
		if then != nil {
			then()
		}
	}
	act := widget.Primary(yes, nil, do)
	if danger {
		act = widget.Danger(yes, nil, do)
	}
	buttons := []fyne.CanvasObject{widget.Gap(0), act}
	grow := 0
	var first fyne.Focusable = act
	if then != nil {
		cancel := widget.Plain(s.words.T("desk.cancel"), nil, shut)
		buttons = []fyne.CanvasObject{widget.Gap(0), cancel, act}
		if danger {
			first = cancel
		}
	}
	body := widget.VStack(12, widget.NewParagraph(title).Bold(), widget.NewParagraph(text), widget.HFill(8, grow, buttons...))
	pop = fw.NewModalPopUp(widget.Inset(12, 14, 10, 14, body), s.win.Canvas())
	pop.Resize(fyne.NewSize(widget.U(440), pop.MinSize().Height))
	pop.Show()
	pop.Resize(fyne.NewSize(widget.U(440), pop.MinSize().Height))
	s.win.Canvas().Focus(first)
}

// Ask implements room.Host.
func (n *session) Ask(title, text, yes string, danger bool, then func()) {
	n.shell.modal(title, text, yes, danger, then)
}

// Progress implements room.Host.
func (n *session) Progress(title string, do func(ctx context.Context, report func(data.Progress)) func()) {
	n.shell.progress(n.work, title, do)
}

// patience is how long a work may take before its panel is shown.
const patience = 500 * time.Millisecond

// progress runs a work with a panel: count, rate, time left, Cancel.
func (s *shell) progress(w *worker, title string, do func(ctx context.Context, report func(data.Progress)) func()) {
	var mu sync.Mutex
	var last data.Progress
	var seen bool
	over := make(chan struct{})
	stop := w.runToEnd(func(ctx context.Context) func() {
		then := do(ctx, func(p data.Progress) {
			mu.Lock()
			last, seen = p, true
			mu.Unlock()
		})
		close(over)
		return then
	})
	panel := widget.NewProgress(title, s.progressWords(), stop)
	var pop *fw.PopUp
	show := func() {
		mu.Lock()
		p, any := last, seen
		mu.Unlock()
		if pop == nil {
			pop = fw.NewModalPopUp(widget.Inset(12, 14, 12, 14, panel), s.win.Canvas())
			pop.Show()
			pop.Resize(fyne.NewSize(widget.U(460), pop.MinSize().Height))
		}
		if any {
			s.touch() // a person waits for it
			panel.SetTitle(s.phase(p, title))
			panel.Set(p.Done, p.Total, s.clock(), s.words.Count)
		}
	}
	go func() {
		wait := time.NewTimer(patience)
		defer wait.Stop()
		for {
			select {
			case <-over:
				s.dispatch(func() {
					if pop != nil {
						pop.Hide()
					}
				})
				return
			case <-wait.C:
				s.dispatch(func() {
					select {
					case <-over:
					default:
						show()
					}
				})
				wait.Reset(120 * time.Millisecond)
			}
		}
	}()
}

// phase names what a longer work is at.
func (s *shell) phase(p data.Progress, otherwise string) string {
	if key := "progress." + p.Phase; p.Phase != "" && s.words.Has(key) {
		return s.words.T(key)
	}
	return otherwise
}

func (s *shell) progressWords() widget.ProgressWords {
	return widget.ProgressWords{
		Count: s.words.T("desk.progress.count"), CountOpen: s.words.T("desk.progress.open"),
		Rate: s.words.T("desk.progress.rate"), Left: s.words.T("desk.progress.left"), Cancel: s.words.T("desk.cancel"),
	}
}

// Pick implements room.Host.
func (n *session) Pick(extensions []string, then func(string)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			n.Fail(fault.Wrap(err, fault.Internal, "pick file", "file_missing"))
			return
		}
		if r == nil {
			return
		}
		path := r.URI().Path()
		_ = r.Close()
		then(path)
	}, n.shell.win)
	if len(extensions) > 0 {
		d.SetFilter(storage.NewExtensionFileFilter(extensions))
	}
	n.shell.showFiles(d)
}

// PickSave implements room.Host. The file is not kept open: who writes it may do
// so whole or not at all.
func (n *session) PickSave(name string, then func(string)) {
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil {
			n.Fail(fault.Wrap(err, fault.Internal, "pick file", "not_permitted"))
			return
		}
		if w == nil {
			return
		}
		path := w.URI().Path()
		_ = w.Close()
		then(path)
	}, n.shell.win)
	d.SetFileName(name)
	n.shell.showFiles(d)
}

// PickFolder implements room.Host.
func (n *session) PickFolder(then func(string)) { n.shell.pickFolder(then) }

func (s *shell) pickFolder(then func(string)) {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err != nil {
			s.fail(fault.Wrap(err, fault.Internal, "pick folder", "file_missing"))
			return
		}
		if u != nil {
			then(u.Path())
		}
	}, s.win)
	s.showFiles(d)
}

// showFiles shows a dialog of files. It has no window before it is shown, so
// that giving it a size earlier ends the program.
func (s *shell) showFiles(d *dialog.FileDialog) {
	d.SetView(dialog.ListView) // icons cut long names apart
	d.Show()
	d.Resize(s.dialogSize())
	s.places(d)
}

func (s *shell) dialogSize() fyne.Size {
	c := s.win.Canvas().Size()
	return fyne.NewSize(min(c.Width*0.9, widget.U(860)), min(c.Height*0.9, widget.U(620)))
}

// Copy implements room.Host.
func (n *session) Copy(text string) { n.shell.app.Clipboard().SetContent(text) }

// Window implements room.Host.
func (n *session) Window() fyne.Window { return n.shell.win }

// OpenFile implements room.Host.
func (n *session) OpenFile(path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "open file", "file_missing")
	}
	if runtime.GOOS == "linux" {
		if _, err := exec.LookPath("xdg-open"); err != nil {
			return fault.Wrap(err, fault.NotFound, "open file", "no_viewer", abs)
		}
	}
	u := &url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}
	if err := n.shell.app.OpenURL(u); err != nil {
		return fault.Wrap(fmt.Errorf("open %s: %w", filepath.Base(abs), err), fault.Internal, "open file", "no_viewer", abs)
	}
	return nil
}
