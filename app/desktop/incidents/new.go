package incidents

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

// freshView is the page of an incident that is not yet recorded.
type freshView struct {
	host   room.Host
	page   *sheet.Page
	form   *present.Form
	editor *sheet.Editor
	made   func(record.ID)
}

// newFreshView opens the form; made is told the id of the saved incident, away
// is called when it is given up.
func newFreshView(h room.Host, made func(record.ID), away func()) *freshView {
	v := &freshView{host: h, made: made}
	v.page = sheet.NewPage(h, v.cards)
	v.form = present.NewIncidentForm(sheet.Env(h))
	sheet.OfferPlaces(h, v.form, func() {})
	v.editor = sheet.NewEditor(h.Words(), v.form, v.save, func() { v.page.GiveUp(away) })
	v.page.Keeps(record.Incident, record.ID{}, nil)
	v.page.Begin(func() *sheet.Open {
		return &sheet.Open{
			Draft: v.form.Typing(), Restored: v.editor.Sync, Away: away,
			Key: "new", Object: v.editor.Object(), Save: v.save,
			Dirty: func() bool { return v.form.Field("name").Value != "" || v.form.Field("confirmed_facts").Value != "" },
			Focus: func(c fyne.Canvas) { v.editor.Focus(c, "name") },
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

// Drop has nothing under way.
func (v *freshView) Drop() {}

func (v *freshView) cards() []fyne.CanvasObject {
	w := v.host.Words()
	open := v.page.Editing("new")
	if open == nil {
		return nil
	}
	return []fyne.CanvasObject{
		widget.Heading(w.T("incident.new.title")).Shrinks(), widget.Note(w.T("incident.new.text")),
		widget.Card("", open.Object),
	}
}

func (v *freshView) save() {
	v.editor.Busy(true)
	present.CreateIncident(context.Background(), sheet.Env(v.host), v.form, func(id record.ID, ok bool) {
		v.editor.Busy(false)
		v.editor.Sync()
		if !ok {
			v.page.Redraw()
			return
		}
		v.host.Say(v.host.Words().T("case.saved"))
		v.page.End()
		v.made(id)
	})
}
