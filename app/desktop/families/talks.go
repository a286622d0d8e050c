package families

import (
	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
)

// attempt opens the form that logs one talk, about several people at once.
func (v *ContactView) attempt() {
	if v.vm.Record == nil {
		return
	}
	v.page.Begin(func() *sheet.Open {
		w, f := v.host.Words(), v.vm.NewAttempt()
		var editor *sheet.Editor
		save := func() {
			editor.Busy(true)
			f.Save(func(ok bool) {
				editor.Busy(false)
				sheet.Saved(v.host, v.page, editor, ok, v.vm.Open)
			})
		}
		editor = sheet.NewEditor(w, f.Form, save, v.page.Cancel,
			"channel", "outcome", "when", "by", "note", "asked", "next_due")
		about := widget.NewErrorText()
		boxes := make([]fyne.CanvasObject, 0, len(f.About))
		for _, one := range f.About {
			check := fw.NewCheck(widget.Veil(one.Name), func(on bool) {
				f.Tick(one.ID, on)
				about.SetProblem(f.Field("about").Problem, false)
			})
			check.Checked = one.On
			boxes = append(boxes, widget.HStack(8, check, sheet.Chip(one.Chip)))
		}
		if len(boxes) == 0 {
			boxes = append(boxes, widget.Note(w.T("family.attempt.about_none")))
		}
		editor.OnSet = func(name string) {
			if name == "channel" {
				f.SetChannel(f.Field("channel").Value, v.vm.Record)
				editor.Sync()
			}
		}
		whom := widget.Field(w.T("family.attempt.about"), widget.VStack(2, boxes...), about)
		saveBoth := save
		save = func() {
			saveBoth()
			about.SetProblem(f.Field("about").Problem, false)
		}
		return &sheet.Open{
			Key: "attempt", Object: widget.Card(w.T("family.attempt.title"), whom, editor.Object()), Save: save,
			Dirty: typedBeside(f.Form, "contact", "about", "when", "by", "channel"), Done: v.vm.Done,
			Focus: func(c fyne.Canvas) { editor.Focus(c, "") },
		}
	})
}

// typedBeside tells what a person typed from what was proposed to him.
func typedBeside(f *present.Form, proposed ...string) func() bool {
	was := map[string]string{}
	for _, name := range proposed {
		was[name] = f.Field(name).Value
	}
	return func() bool {
		for i := range f.Fields {
			own := &f.Fields[i]
			if old, ok := was[own.Name]; ok && old == own.Value {
				continue
			}
			if own.Changed() {
				return true
			}
		}
		return false
	}
}

// telling opens the form that records the telling of a death.
func (v *ContactView) telling() {
	if v.vm.Record == nil {
		return
	}
	v.page.Begin(func() *sheet.Open {
		w, f := v.host.Words(), v.vm.NewTelling()
		whose := widget.NewErrorText()
		values, labels := []string{}, []string{}
		for _, a := range f.About {
			values, labels = append(values, a.ID.String()), append(labels, a.Name+" — "+a.Chip.Text)
		}
		choice := widget.NewSelect(values, labels, w.T("form.choose"))
		choice.SetValue(f.Field("about").Value)
		two := widget.NewErrorText()
		first, second := widget.NewEntry().Personal(), widget.NewEntry().Personal()
		first.SetText(f.First)
		told := func(string) {
			f.Notifiers(first.Text, second.Text)
			two.SetProblem(f.Field("notifiers").Warning, true)
		}
		first.OnChanged, second.OnChanged = told, told
		var editor *sheet.Editor
		mark := func() {
			whose.SetProblem(f.Field("about").Problem, false)
			if doubt := f.Doubt(); doubt != "" && f.Field("about").Problem == "" {
				whose.SetProblem(doubt, true)
			}
			own := f.Field("notifiers")
			two.SetProblem(own.Problem, false)
		}
		save := func() {
			editor.Busy(true)
			f.Save(func(ok bool) {
				editor.Busy(false)
				mark()
				sheet.Saved(v.host, v.page, editor, ok, v.vm.Open)
			})
		}
		editor = sheet.NewEditor(w, f.Form, save, v.page.Cancel, f.Visible()...)
		choice.OnValue = func(id string) {
			f.ChooseAboutText(id)
			mark()
			editor.Sync()
		}
		editor.OnSet = func(name string) {
			if name == "mode" {
				editor.Show(f.Visible())
				v.page.Redraw()
			}
		}
		mark()
		two.Clear()
		return &sheet.Open{
			Key: "telling",
			Object: widget.Card(w.T("family.told.form"), widget.Note(w.T("family.told.help")),
				widget.Field(w.T("family.told.whose"), choice, whose),
				widget.Columns(2, 210, widget.Field(w.T("family.told.first")+" *", first, nil), widget.Field(w.T("family.told.second")+" *", second, two)),
				editor.Object()),
			Save: save, Done: v.vm.Done,
			Dirty: typedBeside(f.Form, "contact", "about", "when", "notifiers", "tie", "identity_source", "identity_method"),
			Focus: func(c fyne.Canvas) { c.Focus(choice) },
		}
	})
}
