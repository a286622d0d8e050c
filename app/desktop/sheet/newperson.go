package sheet

import (
	"context"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// NewPersonPage is the page of somebody who is not yet recorded: a short form,
// and a hint while typing that he may be here already.
type NewPersonPage struct {
	host    room.Host
	page    *Page
	form    *present.NewPersonForm
	editor  *Editor
	doubles *fyne.Container
	readers *Readers // whose name is to stand nowhere openly is made for a circle
	made    func(record.ID)
}

// NewPersonView opens the form of a new detainee or contact. made is called
// with his id once he is saved, or with that of the double that was opened
// instead; away when it is given up.
func NewPersonView(h room.Host, kind record.Kind, made func(record.ID), away func()) *NewPersonPage {
	v := &NewPersonPage{host: h, made: made, doubles: widget.VStack(0), readers: NewReaders(h)}
	env, w := Env(h), h.Words()
	v.page = NewPage(h, v.draw)
	v.form = present.NewPersonOf(context.Background(), env, kind, v.hint)
	v.editor = NewEditor(w, v.form.Form, v.save, func() { v.page.GiveUp(away) })
	OfferPlaces(h, v.form.Form, v.editor.Sync)
	v.editor.OnSet = func(name string) { v.form.Looked(name) }
	v.page.Keeps(kind, record.ID{}, nil)
	v.readers.Load(h)
	v.page.Begin(func() *Open {
		return &Open{
			Key: "new", Object: widget.VStack(14, v.editor.Fields(), v.readers.Object(), v.editor.Buttons()), Dirty: v.form.Dirty, Save: v.save,
			Draft: v.readers.Keep(v.form.Typing()), Away: away, Restored: func() { v.editor.Sync(); v.form.Looked("cedula") },
			Focus: func(c fyne.Canvas) { v.editor.Focus(c, "") },
		}
	})
	return v
}

// Object is what to place on the screen.
func (v *NewPersonPage) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *NewPersonPage) Page() *Page { return v.page }

// Heed takes no notice of events: nothing of this is stored yet.
func (v *NewPersonPage) Heed(data.Event) {}

// Again has nothing to read.
func (v *NewPersonPage) Again() {}

// Drop forgets what is under way.
func (v *NewPersonPage) Drop() { v.form.Drop() }

func (v *NewPersonPage) draw() []fyne.CanvasObject {
	w := v.host.Words()
	title := w.T("person.new.title")
	if v.form.Kind == record.Contact {
		title = w.T("person.new.title_contact")
	}
	open := v.page.Editing("new")
	if open == nil {
		return nil
	}
	return []fyne.CanvasObject{
		widget.Heading(title).Shrinks(),
		v.doubles,
		widget.Card("", open.Object, widget.Note(w.T("person.new.more"))),
	}
}

// hint shows who of that name or paper is here already.
func (v *NewPersonPage) hint() {
	v.doubles.RemoveAll()
	if len(v.form.Doubles) > 0 {
		rows := make([]fyne.CanvasObject, 0, len(v.form.Doubles))
		for _, d := range v.form.Doubles {
			rows = append(rows, widget.TapRow(Row(d), func() {
				v.page.Settle(func() { v.made(d.ID) })
			}))
		}
		v.doubles.Add(widget.Notice(widget.ToneWarn, v.host.Words().T("person.new.doubles"), rows...))
	}
	v.doubles.Refresh()
	v.page.Object().Refresh()
}

func (v *NewPersonPage) save() {
	if v.form.Saving {
		return
	}
	v.editor.Busy(true)
	v.form.Circle = v.readers.Circle()
	v.form.Save(func(id record.ID, ok bool) {
		v.editor.Busy(false)
		v.editor.Sync()
		if !ok {
			v.editor.Focus(v.page.canvas(), "")
			return
		}
		v.host.Say(v.host.Words().T("form.saved"))
		v.page.End()
		v.made(id)
	})
}

// OfferPlaces puts the office's prisons under the field of a place, and its
// incidents into the choice of one; then is called when they are there.
func OfferPlaces(h room.Host, f *present.Form, then func()) {
	if f.Field("facility") == nil && f.Field("incident") == nil {
		return
	}
	h.Work("", func(ctx context.Context) func() {
		names, err := present.Facilities(ctx, h.Office())
		incidents, err2 := present.IncidentChoices(ctx, h.Office())
		return func() {
			if err != nil || err2 != nil { // a place may be typed all the same
				return
			}
			choices := make([]present.Option, 0, len(names))
			for _, n := range names {
				choices = append(choices, present.Option{Value: n, Label: n})
			}
			f.Offer("facility", choices)
			f.Offer("incident", incidents)
			then()
		}
	})
}
