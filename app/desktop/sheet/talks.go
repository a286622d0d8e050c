package sheet

import (
	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
)

// attempt opens the form that logs one talk, about several people at once.
func (v *ContactView) attempt() {
	if v.vm.Record == nil {
		return
	}
	v.page.Begin(func() *Open {
		w, f := v.host.Words(), v.vm.NewAttempt()
		var editor *Editor
		save := func() {
			editor.Busy(true)
			f.Save(func(ok bool) {
				editor.Busy(false)
				Saved(v.host, v.page, editor, ok, v.vm.Open)
			})
		}
		editor = NewEditor(w, f.Form, save, v.page.Cancel,
			"channel", "outcome", "when", "by", "note", "asked", "next_due")
		about := widget.NewErrorText()
		boxes, checks := make([]fyne.CanvasObject, 0, len(f.About)), make([]*fw.Check, 0, len(f.About))
		for _, one := range f.About {
			check := fw.NewCheck(widget.Veil(one.Name), func(on bool) {
				f.Tick(one.ID, on)
				about.SetProblem(f.Field("about").Problem, false)
			})
			check.Checked = one.On
			boxes, checks = append(boxes, widget.HStack(8, check, Chip(one.Chip))), append(checks, check)
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
		return &Open{
			Key: "attempt", Object: widget.Card(w.T("family.attempt.title"), whom, editor.Object()), Save: save,
			Dirty: TypedBeside(f.Form, "contact", "about", "when", "by", "channel"), Done: v.vm.Done,
			Draft: f.Typing(), Restored: func() {
				for i, one := range f.About {
					checks[i].SetChecked(one.On)
				}
				editor.Sync()
			},
			Focus: func(c fyne.Canvas) { editor.Focus(c, "") },
		}
	})
}

// TypedBeside tells what a person typed from what was proposed to him.
func TypedBeside(f *present.Form, proposed ...string) func() bool {
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
	v.page.Begin(func() *Open {
		w, f := v.host.Words(), v.vm.NewTelling()
		who := newTellers(v.host, f)
		var editor *Editor
		save := func() {
			editor.Busy(true)
			f.Save(func(ok bool) {
				editor.Busy(false)
				who.mark()
				Saved(v.host, v.page, editor, ok, v.vm.Open)
			})
		}
		editor = NewEditor(w, f.Form, save, v.page.Cancel, f.Visible()...)
		who.chosen = editor.Sync
		editor.OnSet = func(name string) {
			if name == "mode" {
				editor.Show(f.Visible())
				v.page.Redraw()
			}
		}
		return &Open{
			Key: "telling", Save: save, Done: v.vm.Done,
			Object: widget.Card(w.T("family.told.form"), widget.Note(w.T("family.told.help")), who.object(), editor.Object()),
			Dirty:  TypedBeside(f.Form, "contact", "about", "when", "notifiers", "tie", "identity_source", "identity_method"),
			Focus:  func(c fyne.Canvas) { c.Focus(who.whose) },
			Draft:  f.Typing(), Restored: func() {
				who.restored()
				editor.Show(f.Visible())
			},
		}
	})
}

// tellers asks whose death was told and by which two.
type tellers struct {
	host          room.Host
	form          *present.TellingForm
	whose         *widget.Select
	first, second *widget.Entry
	belowWhose    *widget.ErrorText
	belowTwo      *widget.ErrorText
	chosen        func() // another dead person was chosen: what is known of him is filled in
}

func newTellers(h room.Host, f *present.TellingForm) *tellers {
	t := &tellers{
		host: h, form: f, first: widget.NewEntry().Personal(), second: widget.NewEntry().Personal(),
		belowWhose: widget.NewErrorText(), belowTwo: widget.NewErrorText(),
	}
	var values, labels []string
	for _, a := range f.About {
		values, labels = append(values, a.ID.String()), append(labels, widget.Veil(a.Name)+" — "+a.Chip.Text)
	}
	t.whose = widget.NewSelect(values, labels, h.Words().T("form.choose"))
	t.whose.SetValue(f.Field("about").Value)
	t.whose.OnValue = func(id string) {
		f.ChooseAboutText(id)
		t.mark()
		t.chosen()
	}
	t.first.SetText(f.First)
	told := func(string) {
		f.Notifiers(t.first.Text, t.second.Text)
		t.belowTwo.SetProblem(f.Field("notifiers").Warning, true)
	}
	t.first.OnChanged, t.second.OnChanged = told, told
	t.mark()
	return t
}

// restored shows what a draft brought back. Choosing fills in what is known,
// which must not take the place of what was typed.
func (t *tellers) restored() {
	choose, told := t.whose.OnValue, t.first.OnChanged
	first, second := t.form.First, t.form.Other
	t.whose.OnValue, t.first.OnChanged, t.second.OnChanged = nil, nil, nil
	t.whose.SetValue(t.form.Field("about").Value)
	t.first.SetText(first)
	t.second.SetText(second)
	t.whose.OnValue, t.first.OnChanged, t.second.OnChanged = choose, told, told
	t.mark()
}

// mark shows what is refused or doubted.
func (t *tellers) mark() {
	t.belowTwo.SetProblem(t.form.Field("notifiers").Problem, false)
	if problem := t.form.Field("about").Problem; problem != "" {
		t.belowWhose.SetProblem(problem, false)
		return
	}
	t.belowWhose.SetProblem(t.form.Doubt(), true)
}

func (t *tellers) object() fyne.CanvasObject {
	w := t.host.Words()
	return widget.VStack(10,
		widget.Field(w.T("family.told.whose")+" *", t.whose, t.belowWhose),
		widget.Columns(2, 210,
			widget.Field(w.T("family.told.first")+" *", t.first, nil),
			widget.Field(w.T("family.told.second")+" *", t.second, t.belowTwo)))
}
