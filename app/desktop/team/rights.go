package team

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/sheet"
	"paradero/app/widget"
)

const rightsForm = "rights"

// changeRights is the way to change who holds a right, under the table.
func (r *teamRoom) changeRights() []fyne.CanvasObject {
	if open := r.page.Editing(rightsForm); open != nil {
		return []fyne.CanvasObject{open.Object}
	}
	if !r.vm.MayChangeRights() {
		return nil
	}
	return []fyne.CanvasObject{widget.HStack(0, widget.Plain(r.host.Words().T("teamroom.rights.change"), theme.DocumentCreateIcon(), r.changeRight))}
}

// changeRight opens the form that gives a right to other roles.
func (r *teamRoom) changeRight() {
	r.begin(func() *sheet.Open {
		w, table := r.host.Words(), r.vm.Rights
		labels := make([]string, 0, len(table.Rows))
		for _, row := range table.Rows {
			labels = append(labels, row.Text)
		}
		which := widget.NewChoice(labels)
		checks := make([]*fw.Check, len(table.Roles))
		roles := make([]fyne.CanvasObject, len(table.Roles))
		for i, role := range table.Roles {
			checks[i] = fw.NewCheck(role, nil)
			roles[i] = checks[i]
		}
		show := func(string) {
			for i := range checks {
				checks[i].SetChecked(table.Rows[which.SelectedIndex()].May[i])
			}
		}
		which.SetSelectedIndex(0)
		show("")
		which.OnChanged = show
		reason, below := widget.NewMultiEntry(2), widget.NewErrorText()
		save := func() {
			if reason.Text == "" {
				below.SetProblem(w.T("teamroom.needs_reason"), false)
				return
			}
			on := make([]bool, len(checks))
			for i := range checks {
				on[i] = checks[i].Checked
			}
			r.vm.SetRight(table.Rows[which.SelectedIndex()], on, reason.Text, r.ended(below))
		}
		return r.form(rightsForm, w.T("teamroom.rights.change.title"), []fyne.CanvasObject{
			widget.Note(w.T("teamroom.rights.change.note")),
			widget.Field(w.T("teamroom.rights.what"), which, nil),
			widget.FlowChips(roles...),
			widget.Field(w.T("teamroom.reason"), reason, below),
		}, widget.Primary(w.T("teamroom.rights.do"), theme.ConfirmIcon(), save), save, reason)
	})
}
