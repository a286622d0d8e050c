package team

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
)

// here are those who sign in on this computer, each with a passphrase of his own.
func (r *teamRoom) here() fyne.CanvasObject {
	w := r.host.Words()
	box := widget.VStack(0)
	for i, l := range r.vm.Here {
		if i > 0 {
			box.Add(widget.HLine())
		}
		row := widget.HFill(10, 1, widget.NewAvatar(l.Initials),
			widget.VStack(1, widget.NewText(l.Name).Bold().Shrinks(), widget.Caption(l.Line).Shrinks()))
		if l.Chip.Text != "" {
			row.Add(sheet.Chip(l.Chip))
		}
		if !l.Me {
			row.Add(widget.Quiet(w.T("teamroom.here.remove"), theme.DeleteIcon(), func() { r.removeHere(l) }))
		}
		box.Add(widget.Inset(8, 6, 8, 6, row))
	}
	lines := []fyne.CanvasObject{widget.Note(w.T("teamroom.here.note")), box}
	if r.host.Guests() != nil {
		lines = append(lines, widget.FlowChips(
			widget.Plain(w.T("teamroom.here.add"), theme.ContentAddIcon(), r.addPerson),
			widget.Quiet(w.T("teamroom.here.change"), theme.LoginIcon(), r.host.Lock)))
	}
	return widget.CardWith(w.T("teamroom.here"), widget.NewChip(w.Count(len(r.vm.Here)), widget.ToneGrey), lines...)
}

// removeHere takes a person off this computer, after saying what that does.
func (r *teamRoom) removeHere(l present.HereLine) {
	w := r.host.Words()
	r.host.Ask(w.T("teamroom.here.removing", l.Name), w.T("teamroom.here.removing.text"), w.T("teamroom.here.remove"), true, func() {
		r.vm.RemoveHere(l, func(out present.Outcome, f present.Failure, ok bool) {
			if !ok {
				r.host.Warn(f.Text + " " + f.Hint)
				return
			}
			r.told, r.waits = out.Text, false
			r.page.Redraw()
		})
	})
}
