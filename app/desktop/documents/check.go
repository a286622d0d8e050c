package documents

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
)

// checkView compares a number or a file with the register.
type checkView struct {
	room  *documentsRoom
	vm    *present.Paper
	page  *sheet.Page
	entry *widget.Entry
	asked bool
	last  []byte
}

func newCheckView(r *documentsRoom) *checkView {
	w := r.host.Words()
	v := &checkView{room: r, entry: widget.NewEntry()}
	v.entry.SetPlaceHolder(w.T("documents.check.number"))
	v.entry.OnSubmitted = func(s string) { v.Save() }
	v.page = sheet.NewPage(r.host, v.cards)
	v.vm = present.NewPaper(context.Background(), r.env, v.page.Redraw)
	v.page.Redraw()
	return v
}

// ask compares what is given.
func (v *checkView) ask(numberOrPDF []byte) {
	v.asked, v.last = true, numberOrPDF
	v.vm.Check(numberOrPDF)
}

// Object is what to place on the screen.
func (v *checkView) Object() fyne.CanvasObject { return v.page.Object() }

// Heed takes an event.
func (v *checkView) Heed(data.Event) { v.Again() }

// Again compares once more.
func (v *checkView) Again() {
	if v.asked {
		v.vm.Check(v.last)
	}
}

// Drop forgets what is under way.
func (v *checkView) Drop() { v.vm.Drop() }

// Print has nothing to print.
func (v *checkView) Print() {}

// Save checks the number that stands in the line.
func (v *checkView) Save() {
	if v.entry.Text != "" {
		v.ask([]byte(v.entry.Text))
	}
}

func (v *checkView) cards() []fyne.CanvasObject {
	w := v.room.host.Words()
	pick := widget.Plain(w.T("documents.check.file"), theme.FileIcon(), func() {
		v.room.host.Pick([]string{".pdf"}, v.room.checkFile)
	})
	all := []fyne.CanvasObject{
		widget.Heading(w.T("documents.check.title")).Shrinks(),
		widget.Card("", widget.Note(w.T("documents.check.text")),
			widget.HFill(8, 0, v.entry, widget.Primary(w.T("documents.check.go"), nil, v.Save), pick)),
	}
	if !v.asked || v.vm.State == present.Loading {
		return all
	}
	if v.vm.State == present.Failed {
		return append(all, widget.ErrorPanel(v.vm.Failure.Text, v.vm.Failure.Hint))
	}
	all = append(all, widget.Notice(sheet.Tone(v.vm.Verdict.Tone), v.vm.Verdict.Text, widget.NewParagraph(v.vm.Says)))
	if !v.vm.Known {
		return all
	}
	open := widget.Quiet(w.T("documents.check.open"), theme.NavigateNextIcon(), func() { v.room.show(v.vm.ID) })
	facts := []fyne.CanvasObject{}
	for _, p := range v.vm.About {
		facts = append(facts, widget.TapRow(sheet.Row(p), func() { v.room.host.GoRecord(p.Kind, p.ID) }))
	}
	return append(all, widget.CardWith(v.vm.Title, open, append(facts, sheet.Lines(v.vm.Facts, 3))...))
}
