package cases

import (
	"context"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// freshView is the page of a case that is not yet recorded.
type freshView struct {
	host   room.Host
	page   *sheet.Page
	form   *present.Form
	finder *sheet.Finder
	who    *widget.ErrorText
	editor *sheet.Editor
	given  string // the person with whom the form was opened
	made   func(record.ID)
}

// newCaseView opens the form; made is told the id of the saved case, away is
// called when it is given up.
func newCaseView(h room.Host, person record.ID, kind string, made func(record.ID), away func()) *freshView {
	w, env := h.Words(), sheet.Env(h)
	v := &freshView{host: h, made: made, who: widget.NewErrorText()}
	v.page = sheet.NewPage(h, v.cards)
	v.form = present.NewCaseForm(env, person, kind)
	v.finder = sheet.NewFinder(h, w.T("case.new.person_search"), w.T("case.new.person_none"), w.T("case.new.person_change"),
		func(row present.PersonRow) {
			v.form.Choose("detainee", row.ID, row.Name)
			v.who.Clear()
		}, func() { v.page.Redraw() })
	if !person.IsZero() {
		v.finder.Choose(present.PersonRowOf(env, person))
	}
	v.editor = sheet.NewEditor(w, v.form, v.save, func() { v.page.GiveUp(away) },
		"type", "number", "assigned_to", "opened_on", "summary", "next_step", "next_step_due")
	v.given = v.form.Field("detainee").Value
	v.page.Keeps(record.Case, record.ID{}, nil)
	v.page.Begin(func() *sheet.Open {
		return &sheet.Open{
			Key: "new", Object: v.editor.Object(), Save: v.save, Dirty: v.dirty,
			Draft: v.form.Typing(), Away: away, Restored: v.restored,
			Focus: func(c fyne.Canvas) {
				if v.form.Field("detainee").Value == "" {
					c.Focus(v.finder.Search)
				}
			},
		}
	})
	return v
}

// Object is what to place on the screen.
func (v *freshView) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *freshView) Page() *sheet.Page { return v.page }

// Heed takes no notice of events: nothing of this is stored yet.
func (v *freshView) Heed(data.Event) {}

// Again has nothing to read.
func (v *freshView) Again() {}

// Drop forgets what is under way.
func (v *freshView) Drop() { v.finder.Drop() }

// dirty looks only at what a person types; the rest is proposed.
func (v *freshView) dirty() bool {
	if v.form.Field("detainee").Value != v.given {
		return true
	}
	for _, name := range []string{"number", "summary", "next_step", "next_step_due"} {
		if v.form.Field(name).Value != "" {
			return true
		}
	}
	return false
}

// restored shows whom and what a draft brought back.
func (v *freshView) restored() {
	if id, err := record.ParseID(v.form.Field("detainee").Value); err == nil {
		v.finder.Choose(present.PersonRowOf(sheet.Env(v.host), id))
	}
	v.editor.Sync()
}

func (v *freshView) cards() []fyne.CanvasObject {
	w := v.host.Words()
	open := v.page.Editing("new")
	if open == nil {
		return nil
	}
	person := widget.VStack(4, widget.Caption(w.T("case.new.person")+" *"), v.finder.Object(), v.who)
	return []fyne.CanvasObject{
		widget.Heading(w.T("case.new.title")).Shrinks(),
		widget.Note(w.T("case.new.text")),
		widget.Card("", person, open.Object),
	}
}

func (v *freshView) save() {
	v.editor.Busy(true)
	present.CreateCase(context.Background(), sheet.Env(v.host), v.form, func(id record.ID, ok bool) {
		v.editor.Busy(false)
		v.editor.Sync()
		if !ok {
			v.who.SetProblem(v.form.Field("detainee").Problem, false)
			v.page.Redraw()
			return
		}
		v.host.Say(v.host.Words().T("case.saved"))
		v.page.End()
		v.made(id)
	})
}
