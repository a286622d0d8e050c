// Package families is the room of relatives and households: how each may be
// reached safely, for whom he asks, what was said to him and when.
//
// What must not live here: conclusions and validation (data), what a screen
// says (app/present), and drawing that other rooms need too (app/desktop/sheet).
package families

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// familiesRoom keeps where the person was: text, filters, scroll, open page.
type familiesRoom struct {
	host room.Host
	env  present.Env
	list *present.People
	pane *sheet.Pane
	sheet.Stage
}

var (
	_ room.Room    = (*familiesRoom)(nil)
	_ room.Finder  = (*familiesRoom)(nil)
	_ room.Newer   = (*familiesRoom)(nil)
	_ room.Saver   = (*familiesRoom)(nil)
	_ room.Backer  = (*familiesRoom)(nil)
	_ room.Watcher = (*familiesRoom)(nil)
)

// New makes the room; nothing is read before it is opened.
func New(h room.Host) room.Room {
	r := &familiesRoom{host: h, env: sheet.Env(h)}
	w := h.Words()
	r.list = present.NewContacts(context.Background(), r.env, func() { r.pane.Draw() })
	r.pane = sheet.NewPane(h, r.list, sheet.PaneWords{
		Title: w.T("family.title"), Search: w.T("family.search"), New: w.T("family.new"),
		Empty: func() (string, string, string) { return r.emptyWords() },
	}, r.show, r.NewRecord)
	r.pane.OnKind = func() { r.pane.SetNew(r.newWord()) }
	r.None = r.nobody
	r.Split = widget.NewSplit(380, r.pane.Object(), r.nobody(), w.T("people.back"))
	r.Split.OnBack = r.pane.Unmark
	return r
}

func (r *familiesRoom) households() bool { return r.list.Query().Kind == record.Household }

func (r *familiesRoom) newWord() string {
	if r.households() {
		return r.host.Words().T("family.new_household")
	}
	return r.host.Words().T("family.new")
}

func (r *familiesRoom) emptyWords() (title, text, action string) {
	w := r.host.Words()
	if r.households() {
		return w.T("family.empty_households.title"), w.T("family.empty_households.text"), r.newWord()
	}
	return w.T("family.empty.title"), w.T("family.empty.text"), r.newWord()
}

// Key names the room.
func (r *familiesRoom) Key() string { return "families" }

// Icon is the room's icon.
func (r *familiesRoom) Icon() fyne.Resource { return theme.HomeIcon() }

// Open shows the list, and the contact or household whose id is given.
func (r *familiesRoom) Open(arg string) fyne.CanvasObject {
	r.list.Refresh() // nobody tells a closed room what changed
	if r.View != nil {
		r.View.Again()
	}
	if id, err := record.ParseID(arg); err == nil && id != r.ID {
		r.show(id)
	}
	switch arg {
	case "new":
		r.NewRecord()
	case "new/" + record.Contact.String():
		r.newOf(record.Contact)
	case "new/" + record.Household.String():
		r.newOf(record.Household)
	}
	return r.Split
}

// Focus puts the keyboard into the search line.
func (r *familiesRoom) Focus() { r.Find() }

// Find goes to the search line.
func (r *familiesRoom) Find() {
	r.Split.ShowList()
	r.pane.Focus()
}

// NewRecord opens the form of a new relative, or of a household where those
// are listed.
func (r *familiesRoom) NewRecord() {
	if r.households() {
		r.newOf(record.Household)
		return
	}
	r.newOf(record.Contact)
}

func (r *familiesRoom) newOf(kind record.Kind) {
	r.Settle(func() {
		r.ID = record.ID{}
		r.pane.Unmark()
		if kind == record.Household {
			r.put(newHouseholdForm(r.host, r.show, r.Clear))
			return
		}
		r.put(sheet.NewPersonView(r.host, record.Contact, r.show, r.Clear))
	})
}

// Changed reads again what an edit may have changed.
func (r *familiesRoom) Changed(e data.Event) {
	if e.Kind == record.Contact || e.Kind == record.Household {
		r.list.Refresh()
	}
	if r.View != nil {
		r.View.Heed(e)
	}
}

// show opens the page of a contact or a household.
func (r *familiesRoom) show(id record.ID) {
	r.Settle(func() {
		kind := record.Contact
		if row, ok := r.host.Office().Row(id); ok {
			kind = row.Kind
		}
		r.ID = id
		if kind == record.Household {
			r.put(NewHouseholdView(r.host, id))
		} else {
			r.put(sheet.NewContactView(r.host, id))
		}
		r.host.Here(id.String())
		r.pane.Mark(id)
	})
}

// put shows a page and gives it the keyboard.
func (r *familiesRoom) put(v sheet.View) {
	r.Put(v)
	v.Page().Focus()
}

// nobody is what stands beside the list while nobody is chosen.
func (r *familiesRoom) nobody() fyne.CanvasObject {
	w := r.host.Words()
	return widget.Empty(w.T("family.pick"), w.T("family.pick.text"))
}
