package team

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

func nameForm(id record.ID) string { return "name." + id.String() }

// rename opens the form of another name for a device.
func (r *teamRoom) rename(d present.TeamDevice) {
	r.begin(func() *sheet.Open {
		w := r.host.Words()
		name, below := widget.NewEntry(), widget.NewErrorText()
		name.SetText(d.Named)
		save := func() {
			r.vm.Rename(d, strings.TrimSpace(name.Text), r.ended(below))
		}
		name.OnSubmitted = func(string) { save() }
		return &sheet.Open{
			Key: nameForm(d.ID), Save: save, Dirty: func() bool { return name.Text != d.Named },
			Object: widget.NewPanel(widget.ColorSurface, widget.ColorBorder, widget.Inset(12, 14, 14, 14, widget.VStack(8,
				widget.Field(w.T("teamroom.name.field"), name, below), widget.Note(w.T("teamroom.name.note")),
				widget.HStack(8, widget.Primary(w.T("teamroom.name.do"), theme.ConfirmIcon(), save), widget.Plain(w.T("form.cancel"), nil, r.page.Cancel))))),
			Focus: func(c fyne.Canvas) { c.Focus(name) },
		}
	})
}
