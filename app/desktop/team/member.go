package team

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

// members are those who are in, with their devices under the one that is open.
func (r *teamRoom) members() fyne.CanvasObject {
	w := r.host.Words()
	box := widget.VStack(0)
	for i, m := range r.vm.Members {
		if i > 0 {
			box.Add(widget.HLine())
		}
		box.Add(r.member(m))
	}
	return widget.CardWith(w.T("teamroom.members"), widget.NewChip(w.Count(len(r.vm.Members)), widget.ToneGrey), box)
}

func (r *teamRoom) member(m present.TeamMember) fyne.CanvasObject {
	open := r.open == m.ID
	arrow := theme.MenuExpandIcon()
	if open {
		arrow = theme.MenuDropDownIcon()
	}
	row := widget.HFill(10, 1, widget.NewAvatar(m.Initials),
		widget.VStack(1, widget.NewText(m.Name).Bold().Shrinks(), widget.Caption(r.caption(m)).Shrinks()),
		sheet.Chip(m.Chip), widget.Fixed(18, 18, icon(arrow)))
	head := widget.NewTapper(widget.Inset(8, 6, 8, 6, row), func() {
		r.open = m.ID
		if open {
			r.open = record.ID{}
		}
		r.page.Redraw()
	})
	if !open {
		return head
	}
	return widget.VStack(0, head, widget.Inset(2, 6, 12, 48, r.devices(m)))
}

func (r *teamRoom) caption(m present.TeamMember) string {
	here := 0
	for _, d := range m.Devices {
		if !d.Ended {
			here++
		}
	}
	text := m.RoleText
	if m.Line != "" {
		text += " · " + m.Line
	}
	return text + " · " + r.host.Words().N("teamroom.devices", here)
}

// devices are a member's devices and what can be done with him.
func (r *teamRoom) devices(m present.TeamMember) fyne.CanvasObject {
	w := r.host.Words()
	box := widget.VStack(8)
	for _, d := range m.Devices {
		box.Add(r.device(m, d))
	}
	if len(m.Devices) == 0 {
		box.Add(widget.Note(w.T("teamroom.devices.none")))
	}
	for _, key := range []string{roleForm(m), removeForm(m.ID)} {
		if open := r.page.Editing(key); open != nil {
			box.Add(open.Object)
			return box
		}
	}
	var buttons []fyne.CanvasObject
	if r.vm.MayRoles {
		buttons = append(buttons, widget.Plain(w.T("teamroom.role"), theme.DocumentCreateIcon(), func() { r.changeRole(m) }))
	}
	if r.vm.MayInvite && r.host.Door() != nil {
		buttons = append(buttons, widget.Plain(w.T("teamroom.device.add"), theme.ContentAddIcon(), func() { r.invite(m) }))
	}
	if r.vm.MayRemove {
		buttons = append(buttons, widget.Quiet(w.T("teamroom.remove.member"), theme.DeleteIcon(), func() { r.remove(m, nil) }))
	}
	if len(buttons) == 0 {
		box.Add(widget.Note(w.T("teamroom.may_not")))
		return box
	}
	box.Add(widget.FlowChips(buttons...))
	return box
}

func (r *teamRoom) device(m present.TeamMember, d present.TeamDevice) fyne.CanvasObject {
	w := r.host.Words()
	lines := widget.VStack(1, widget.NewText(d.Name).Shrinks(), widget.Caption(d.Line).Shrinks())
	for _, text := range []string{d.Why, d.Mark} {
		if text != "" {
			lines.Add(widget.Note(text))
		}
	}
	row := widget.HFill(10, 1, widget.Fixed(18, 18, icon(theme.NewColoredResource(theme.ComputerIcon(), widget.ColorMuted))), lines, sheet.Chip(d.Chip))
	if r.vm.MayRemove && !d.This {
		row.Add(widget.Quiet(w.T("teamroom.breach"), theme.DocumentIcon(), func() { r.breach(d) }))
	}
	if r.vm.MayName(m, d) {
		row.Add(widget.Quiet(w.T("teamroom.name"), theme.DocumentCreateIcon(), func() { r.rename(d) }))
	}
	if r.vm.MayRemove && !d.Ended {
		row.Add(widget.Quiet(w.T("teamroom.remove.device"), nil, func() { r.remove(m, &d) }))
	}
	for _, key := range []string{nameForm(d.ID), removeForm(d.ID)} {
		if open := r.page.Editing(key); open != nil {
			return widget.VStack(8, row, open.Object)
		}
	}
	return row
}

// left are those who are in no more.
func (r *teamRoom) left() fyne.CanvasObject {
	w := r.host.Words()
	text := w.N("teamroom.gone.show", len(r.vm.Gone))
	if r.gone {
		text = w.T("teamroom.gone.hide")
	}
	toggle := widget.Quiet(text, nil, func() {
		r.gone = !r.gone
		r.page.Redraw()
	})
	if !r.gone {
		return widget.HStack(0, toggle)
	}
	box := widget.VStack(10, widget.HStack(0, toggle))
	for _, m := range r.vm.Gone {
		lines := widget.VStack(2, widget.NewText(m.Name).Bold().Shrinks(), widget.Caption(r.caption(m)).Shrinks(), widget.Note(m.Why))
		for _, d := range m.Devices {
			lines.Add(r.device(m, d))
		}
		box.Add(widget.HFill(10, 1, widget.NewAvatar(m.Initials), lines, sheet.Chip(m.Chip)))
	}
	return widget.Card(w.T("teamroom.gone"), box)
}

func roleForm(m present.TeamMember) string { return "role." + m.ID.String() }
func removeForm(id record.ID) string       { return "remove." + id.String() }

// changeRole opens the form of another role.
func (r *teamRoom) changeRole(m present.TeamMember) {
	r.begin(func() *sheet.Open {
		w := r.host.Words()
		values, labels := r.roles()
		role := widget.NewSelect(values, labels, w.T("create.role.none"))
		role.SetValue(m.Role)
		reason, below := widget.NewMultiEntry(2), widget.NewErrorText()
		save := func() {
			switch {
			case role.Value() == "" || role.Value() == m.Role:
				below.SetProblem(w.T("teamroom.role.same"), false)
			case reason.Text == "":
				below.SetProblem(w.T("teamroom.needs_reason"), false)
			default:
				r.vm.SetRole(m, role.Value(), reason.Text, r.ended(below))
			}
		}
		return r.form(roleForm(m), w.T("teamroom.role"), []fyne.CanvasObject{
			widget.Note(w.T("teamroom.role.note")),
			widget.Field(w.T("create.role"), role, nil),
			widget.Field(w.T("teamroom.reason"), reason, below),
		}, widget.Primary(w.T("teamroom.role.do"), theme.ConfirmIcon(), save), save, reason)
	})
}

// remove opens the form that sends a member, or one of his devices, away: it says
// plainly what that does.
func (r *teamRoom) remove(m present.TeamMember, d *present.TeamDevice) {
	id, name := m.ID, m.Name
	do := "teamroom.remove.member.do"
	if d != nil {
		id, name = d.ID, d.Name
		do = "teamroom.remove.device.do"
	}
	r.begin(func() *sheet.Open {
		w := r.host.Words()
		var lines []fyne.CanvasObject
		for _, text := range r.vm.Removing(m, d) {
			lines = append(lines, widget.NewParagraph("• "+text))
		}
		reason, below := widget.NewMultiEntry(2), widget.NewErrorText()
		save := func() {
			if reason.Text == "" {
				below.SetProblem(w.T("teamroom.needs_reason"), false)
				return
			}
			r.vm.Remove(id, name, reason.Text, r.ended(below))
		}
		lines = append(lines, widget.Field(w.T("teamroom.reason"), reason, below))
		return r.form(removeForm(id), w.T("teamroom.removing.title", name), lines, widget.Danger(w.T(do), nil, save), save, reason)
	})
}

// begin opens a form; what was told before is told no more.
func (r *teamRoom) begin(form func() *sheet.Open) {
	r.told, r.paper = "", ""
	r.page.Begin(form)
}

// form is a form in its place on the page.
func (r *teamRoom) form(key, title string, lines []fyne.CanvasObject, act *widget.Button, save func(), reason *widget.Entry) *sheet.Open {
	w := r.host.Words()
	lines = append(lines, widget.HStack(8, act, widget.Plain(w.T("form.cancel"), nil, r.page.Cancel)))
	return &sheet.Open{
		Key: key, Save: save, Dirty: func() bool { return reason.Text != "" },
		Object: widget.NewPanel(widget.ColorSurface, widget.ColorBorder, widget.Inset(12, 14, 14, 14,
			widget.VStack(8, append([]fyne.CanvasObject{widget.SubHeading(title).Shrinks()}, lines...)...))),
		Focus: func(c fyne.Canvas) { c.Focus(reason) },
	}
}

// ended closes the form of a change of the team and says how it ended.
func (r *teamRoom) ended(below *widget.ErrorText) func(present.Outcome, present.Failure, bool) {
	return func(out present.Outcome, f present.Failure, ok bool) {
		if !ok {
			below.SetProblem(f.Text+" "+f.Hint, false)
			return
		}
		r.told, r.waits, r.paper = out.Text, out.Waits, ""
		r.page.End()
		r.page.Redraw()
		r.page.ScrollTo(0)
	}
}

// roles are the roles with their words.
func (r *teamRoom) roles() (values, labels []string) {
	for _, role := range app.Roles() {
		values, labels = append(values, role), append(labels, r.host.Words().T("role."+role))
	}
	return values, labels
}
