package today

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

// drafts lists what was begun and neither saved nor given up, so that nobody
// forgets a form that belongs to no record yet.
func (r *todayRoom) drafts() fyne.CanvasObject {
	w := r.host.Words()
	box := widget.VStack(0)
	for _, line := range r.vm.Drafts {
		text := widget.VStack(1,
			widget.NewText(line.What).Bold().Shrinks(), widget.Caption(line.Who).Shrinks().Personal())
		row := widget.NewTapper(widget.Inset(6, 6, 6, 6,
			widget.HFill(10, 0, text, widget.Caption(line.When).Right())), func() { r.resume(line) })
		box.Add(widget.HFill(6, 0, row,
			widget.Plain(w.T("draft.open"), theme.DocumentCreateIcon(), func() { r.resume(line) }),
			widget.Quiet(w.T("draft.discard"), nil, func() { sheet.AskDiscard(r.host, line, r.vm.Load) })))
	}
	if r.vm.Unreadable != "" {
		box.Add(widget.Inset(6, 6, 0, 6, widget.Note(r.vm.Unreadable)))
	}
	return widget.CardWith(w.T("draft.card"), widget.NewChip(w.Count(len(r.vm.Drafts)), widget.ToneAccent), box)
}

// newIn is the room in which a record of a kind is made.
var newIn = map[record.Kind]string{
	record.Detainee: "people", record.Contact: "families", record.Household: "families",
	record.Case: "cases", record.Incident: "incidents",
}

// resume goes to the page on which the form is offered.
func (r *todayRoom) resume(line present.DraftLine) {
	if !line.Of.ID.IsZero() {
		r.host.GoRecord(line.Of.Kind, line.Of.ID)
		return
	}
	key, arg := newIn[line.Of.Kind], "new"
	if key == "people" || key == "families" { // which make more than one kind
		arg += "/" + line.Of.Kind.String()
	}
	if key != "" {
		r.host.Go(key, arg)
	}
}
