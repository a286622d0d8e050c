package cases

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
)

// steps is the way from the first look to the street, with who did what when.
func (v *caseView) steps() fyne.CanvasObject {
	w := v.host.Words()
	box := widget.VStack(0)
	for i, s := range v.vm.Steps {
		state := widget.StepAhead
		switch {
		case s.Current:
			state = widget.StepReached
		case s.Done:
			state = widget.StepDone
		}
		row := widget.NewStepRow(state, i == 0, i == len(v.vm.Steps)-1, v.step(s))
		if s.Next && !v.vm.Closed { // its line holds a button
			row = row.At(14)
		}
		box.Add(row)
	}
	return widget.Card(w.T("case.steps"), box)
}

func (v *caseView) step(s present.StepLine) fyne.CanvasObject {
	w := v.host.Words()
	label := widget.NewText(s.Label).Shrinks()
	switch {
	case s.Current:
		label = label.Bold()
	case !s.Done:
		label.SetColor(widget.ColorMuted)
	}
	right := widget.Caption(dots(s.When, s.Who)).Right()
	if s.Done && s.When == "" {
		right.SetText(s.Note)
	}
	row := []fyne.CanvasObject{label, right}
	if s.Next && !v.vm.Closed {
		row = []fyne.CanvasObject{label, widget.Primary(w.T("case.step.advance"), nil, func() { v.advance(s.Name) })}
	}
	line := fyne.CanvasObject(widget.HFill(8, 0, row...))
	if s.Done && s.When != "" && s.Note != "" {
		line = widget.VStack(1, line, widget.Note(s.Note).Personal())
	}
	if s.Next || v.vm.Closed {
		return line
	}
	// Any other step may be recorded as well: a hearing is suspended, an order
	// comes before anybody asked for it.
	return widget.NewTapper(line, func() { v.advance(s.Name) })
}

// advance opens the form of a step in the place of the step line.
func (v *caseView) advance(step string) {
	v.page.Begin(func() *sheet.Open {
		w, a := v.host.Words(), v.vm.Advance(step)
		facts := sheet.NewForm(w, a.Facts)
		var editor *sheet.Editor
		save := func() {
			editor.Busy(true)
			v.vm.SaveStep(a, func(ok bool) {
				editor.Busy(false)
				facts.Sync()
				sheet.Saved(v.host, v.page, editor, ok, v.vm.Open)
				if !ok && a.Facts.Refused() {
					facts.Focus(v.host.Window().Canvas(), "")
				}
			})
		}
		editor = sheet.NewEditor(w, a.Entry, save, v.page.Cancel, a.Shown()...)
		parts := []fyne.CanvasObject{}
		if key := "case.step." + step + "_note"; w.Has(key) {
			parts = append(parts, widget.Note(w.T(key)))
		}
		if len(a.Facts.Fields) > 0 {
			parts = append(parts, facts.Object())
		}
		parts = append(parts, editor.Object())
		return &sheet.Open{
			Key: "step", Object: widget.Card(w.T("case.step.form", a.Label), parts...), Save: save, Done: v.vm.Done,
			Dirty: func() bool { return a.Facts.Dirty() || a.Typed() },
			Name:  "step." + step, Draft: a.Typing(), Restored: func() { facts.Sync(); editor.Sync() },
			Focus: func(c fyne.Canvas) {
				if len(a.Facts.Fields) > 0 {
					facts.Focus(c, "")
					return
				}
				editor.Focus(c, "note")
			},
		}
	})
}

// documents are those that were issued and those that can be made, each with
// what is missing for it.
func (v *caseView) documents() fyne.CanvasObject {
	w := v.host.Words()
	box := widget.VStack(10)
	for _, m := range v.vm.Make {
		button := widget.Plain(w.T("case.documents.make"), theme.DocumentPrintIcon(), func() { v.prepare(m.Kind) })
		line := widget.VStack(2, widget.HFill(8, 0, widget.NewText(m.Label).Bold().Shrinks(), button))
		if m.Allowed {
			line.Add(widget.Note(w.T("case.documents.ready")).Colored(theme.ColorNameSuccess))
		} else {
			line.Add(widget.Note(w.T("case.documents.missing")).Colored(theme.ColorNameWarning))
			for _, reason := range m.Missing {
				line.Add(widget.Note("• " + reason))
			}
		}
		box.Add(line)
	}
	if len(v.vm.Issued) > 0 {
		box.Add(widget.HLine())
	}
	for _, d := range v.vm.Issued {
		box.Add(widget.TapRow(widget.RowData{Icon: theme.DocumentIcon(), Title: d.Kind, Caption: dots(d.Number, d.When)},
			func() { v.host.Go("documents", d.ID.String()) }))
	}
	return widget.Card(w.T("case.documents"), box)
}

// prepare goes to the room of documents with what is known here.
func (v *caseView) prepare(kind string) {
	v.host.Go("documents", "make/"+kind+"/"+v.vm.Person.ID.String()+"/"+v.vm.ID.String())
}

// print prepares the first paper of this type of case.
func (v *caseView) print() {
	if len(v.vm.Make) > 0 {
		v.prepare(v.vm.Make[0].Kind)
	}
}

func dots(parts ...string) string {
	out := ""
	for _, p := range parts {
		switch {
		case p == "":
		case out == "":
			out = p
		default:
			out += " · " + p
		}
	}
	return out
}
