package documents

import (
	"context"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports"
)

// paperView is the page of a paper of the register.
type paperView struct {
	room    *documentsRoom
	vm      *present.Paper
	page    *sheet.Page
	preview *preview
	stop    context.CancelFunc
	ctx     context.Context
	pdf     []byte // the very file, where it was issued since the office was opened
}

func newPaperView(r *documentsRoom) *paperView {
	ctx, stop := context.WithCancel(context.Background())
	v := &paperView{room: r, ctx: ctx, stop: stop, preview: newPreview(r.host)}
	v.page = sheet.NewPage(r.host, v.cards)
	v.page.Whole(widget.Loading(r.host.Words().T("documents.page_loading")))
	v.vm = present.NewPaper(ctx, r.env, v.draw)
	return v
}

// Object is what to place on the screen.
func (v *paperView) Object() fyne.CanvasObject { return v.page.Object() }

// Heed takes an event: what the paper states may have changed.
func (v *paperView) Heed(data.Event) { v.Again() }

// Again compares the paper with the present data again.
func (v *paperView) Again() {
	if !v.vm.ID.IsZero() {
		v.vm.Open(v.vm.ID)
	}
}

// Drop forgets what is under way.
func (v *paperView) Drop() {
	v.vm.Drop()
	v.room.host.Stop("documents.layout")
	v.preview.drop()
	v.stop()
}

func (v *paperView) draw() {
	if v.vm.State == present.Failed {
		v.page.Whole(widget.Inset(16, 16, 16, 16, widget.ErrorPanel(v.vm.Failure.Text, v.vm.Failure.Hint)))
		return
	}
	v.page.Redraw()
	if v.pdf = v.room.kept[v.vm.ID]; v.pdf != nil {
		v.preview.set(v.pdf)
		return
	}
	v.layout()
}

// layout draws how another copy would look today: the register keeps a paper's
// hash, never the paper.
func (v *paperView) layout() {
	req := v.vm.Request
	v.room.host.Work("documents.layout", func(ctx context.Context) func() {
		p, err := reports.MakePreview(ctx, v.room.host.Office(), req)
		return func() {
			if err != nil {
				v.preview.set(nil)
				return
			}
			v.preview.set(p.PDF)
		}
	})
}

func (v *paperView) cards() []fyne.CanvasObject {
	w := v.room.host.Words()
	all := []fyne.CanvasObject{v.head()}
	if v.vm.Verdict.Tone != present.OK {
		all = append(all, widget.Notice(sheet.Tone(v.vm.Verdict.Tone), v.vm.Says))
	}
	for _, c := range v.vm.Asked {
		all = append(all, sheet.Proposal(v.room.host, v.page, c, v.Again))
	}
	all = append(all, v.stated())
	seen := []fyne.CanvasObject{v.preview.object()}
	if v.room.kept[v.vm.ID] == nil {
		seen = append([]fyne.CanvasObject{widget.Note(w.T("documents.preview.now"))}, seen...)
	}
	return append(all, widget.Card(w.T("documents.preview"), seen...), widget.Card(w.T("documents.facts"), sheet.Lines(v.vm.Facts, 3)))
}

func (v *paperView) head() fyne.CanvasObject {
	w := v.room.host.Words()
	lines := widget.VStack(4,
		widget.Caption(v.vm.Number),
		widget.NewParagraph(v.vm.Title).Sized(theme.SizeNameHeadingText).Bold(),
		widget.FlowChips(sheet.Chip(v.vm.Verdict)))
	for _, p := range v.vm.About {
		lines.Add(widget.TapRow(sheet.Row(p), func() { v.room.host.GoRecord(p.Kind, p.ID) }))
	}
	var buttons []fyne.CanvasObject
	if v.room.kept[v.vm.ID] != nil {
		buttons = append(buttons,
			widget.Primary(w.T("documents.open"), theme.DocumentPrintIcon(), v.Print),
			widget.Plain(w.T("documents.save_as"), theme.DocumentSaveIcon(), v.Save))
	}
	req := v.vm.Request
	buttons = append(buttons, widget.Plain(w.T("documents.copy"), theme.ContentCopyIcon(), func() {
		v.room.again(req)
	}))
	return widget.Card("", lines, widget.FlowChips(buttons...))
}

// stated are the facts of the paper, those that are no longer so first.
func (v *paperView) stated() fyne.CanvasObject {
	w := v.room.host.Words()
	if len(v.vm.Stated) == 0 {
		return widget.Card(w.T("documents.stated"), widget.Note(w.T("documents.stated_none")))
	}
	lines := make([]present.Line, 0, len(v.vm.Stated))
	for _, s := range v.vm.Stated {
		label := s.Label
		if s.About != "" {
			label += " · " + s.About
		}
		line := present.Line{Label: label, Value: s.Value}
		if s.Changed {
			line.Mark = present.Chip{Text: w.T("documents.stated_changed"), Tone: present.Warn}
			if s.Now != "" {
				line.Mark.Text = w.T("documents.stated_now", s.Now)
			}
		}
		lines = append(lines, line)
	}
	return widget.Card(w.T("documents.stated"), sheet.Lines(lines, 3))
}

// Save writes the PDF where a person says.
func (v *paperView) Save() { v.room.saveAs(v.vm.Number, v.pdf) }

// Print hands the paper to the system's viewer, after saying what that means.
func (v *paperView) Print() { v.room.openOutside(v.vm.Number, v.pdf) }

// saveAs writes a paper that is still at hand.
func (r *documentsRoom) saveAs(number string, pdf []byte) {
	if pdf == nil {
		r.host.Say(r.host.Words().T("documents.preview.now"))
		return
	}
	r.host.PickSave(number+".pdf", func(path string) {
		r.host.Work("documents.save", func(context.Context) func() {
			err := fault.Wrap(os.WriteFile(path, pdf, 0o600), fault.Internal, "save document", "file_not_written")
			return func() {
				if err != nil {
					r.host.Fail(err)
					return
				}
				r.host.Say(r.host.Words().T("documents.saved", path))
			}
		})
	})
}

// openOutside lends a decrypted copy to the system's viewer.
func (r *documentsRoom) openOutside(number string, pdf []byte) {
	w := r.host.Words()
	if pdf == nil {
		r.host.Say(w.T("documents.preview.now"))
		return
	}
	r.host.Ask(w.T("documents.open.title"), w.T("documents.open.text"), w.T("documents.open.yes"), false, func() {
		path, err := r.lent.lend(number+".pdf", pdf)
		if err == nil {
			err = r.host.OpenFile(path)
		}
		if err != nil {
			r.host.Fail(err)
		}
	})
}

// again prepares another copy of the same paper.
func (r *documentsRoom) again(req reports.Request) {
	v := newMakeView(r)
	r.put(record.ID{}, v)
	r.pane.rows.SetSelected(-1)
	v.from(req)
}
