// Package people is the room of persons: the list of up to a hundred thousand,
// found while one types, and the page of one detainee.
//
// What must not live here: conclusions and validation (data), what a screen
// says (app/present), and drawing that other rooms need too (app/desktop/sheet).
package people

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

// view is a page that the room shows beside its list.
type view interface {
	Object() fyne.CanvasObject
	Page() *sheet.Page
	Heed(e data.Event)
	Again()
	Drop()
}

// peopleRoom keeps where the person was: text, filters, scroll, open page.
type peopleRoom struct {
	host  room.Host
	env   present.Env
	list  *present.People
	pane  *sheet.Pane
	where *widget.Select
	split *widget.Split
	page  view // nil: nobody is chosen
	id    record.ID
}

var (
	_ room.Room    = (*peopleRoom)(nil)
	_ room.Finder  = (*peopleRoom)(nil)
	_ room.Newer   = (*peopleRoom)(nil)
	_ room.Saver   = (*peopleRoom)(nil)
	_ room.Backer  = (*peopleRoom)(nil)
	_ room.Printer = (*peopleRoom)(nil)
	_ room.Watcher = (*peopleRoom)(nil)

	_ room.Importer = (*peopleRoom)(nil)
	_ room.Exporter = (*peopleRoom)(nil)
	_ room.Dropper  = (*peopleRoom)(nil)
)

// New makes the room; nothing is read before it is opened.
func New(h room.Host) room.Room {
	r := &peopleRoom{host: h, env: sheet.Env(h), where: widget.NewSelect(nil, nil, h.Words().T("people.facility.all"))}
	w := h.Words()
	r.list = present.NewPeople(context.Background(), r.env, func() { r.pane.Draw() })
	r.pane = sheet.NewPane(h, r.list, sheet.PaneWords{
		Title: w.T("people.title"), Search: w.T("people.search"), New: w.T("people.new"),
		Empty: func() (string, string, string) {
			return w.T("people.empty.title"), w.T("people.empty.text"), r.newWord()
		},
	}, r.show, r.NewRecord)
	r.pane.Lists(widget.Quiet(w.T("import.button"), theme.DownloadIcon(), r.Import), widget.Quiet(w.T("export.button"), theme.UploadIcon(), r.Export))
	r.pane.OnImport = r.Import
	r.pane.OnKind = func() { r.pane.SetNew(r.newWord()) }
	r.where.OnValue = r.list.At
	r.pane.Under(r.where, func() { r.where.SetValue("") })
	r.split = widget.NewSplit(380, r.pane.Object(), r.nobody(), w.T("people.back"))
	r.split.OnBack = r.pane.Unmark
	return r
}

func (r *peopleRoom) newWord() string {
	if r.list.Query().Kind == record.Contact {
		return r.host.Words().T("people.new_contact")
	}
	return r.host.Words().T("people.new")
}

// readFacilities fills the choice of prisons.
func (r *peopleRoom) readFacilities() {
	r.host.Work("people.facilities", func(ctx context.Context) func() {
		names, err := present.Facilities(ctx, r.env.API)
		return func() {
			if err != nil {
				r.host.Fail(err)
				return
			}
			r.where.SetChoices(names, names)
		}
	})
}

// Key names the room.
func (r *peopleRoom) Key() string { return "people" }

// Icon is the room's icon.
func (r *peopleRoom) Icon() fyne.Resource { return theme.AccountIcon() }

// Open shows the list, and the person whose id is given.
func (r *peopleRoom) Open(arg string) fyne.CanvasObject {
	r.list.Refresh() // nobody tells a closed room what changed
	r.readFacilities()
	if r.page != nil {
		r.page.Again()
	}
	if id, err := record.ParseID(arg); err == nil && id != r.id {
		r.show(id)
	}
	switch arg {
	case "new":
		r.NewRecord()
	case "new/" + record.Detainee.String():
		r.newOf(record.Detainee)
	}
	return r.split
}

// Leave keeps what is typed as a draft.
func (r *peopleRoom) Leave() bool {
	return r.page == nil || r.page.Page().Leave()
}

// Focus puts the keyboard into the search line.
func (r *peopleRoom) Focus() { r.Find() }

// Find goes to the search line.
func (r *peopleRoom) Find() {
	r.split.ShowList()
	r.pane.Focus()
}

// NewRecord opens the form of a new person; of a relative where relatives are listed.
func (r *peopleRoom) NewRecord() {
	kind := record.Detainee
	if r.list.Query().Kind == record.Contact {
		kind = record.Contact
	}
	r.newOf(kind)
}

func (r *peopleRoom) newOf(kind record.Kind) {
	r.settle(func() {
		r.id = record.ID{}
		r.pane.Unmark()
		r.put(sheet.NewPersonView(r.host, kind, func(id record.ID) { r.show(id) }, r.nothing))
	})
}

// Save saves the open form.
func (r *peopleRoom) Save() {
	if r.page != nil {
		r.page.Page().Save()
	}
}

// Print goes to the papers that can be made for the open person.
func (r *peopleRoom) Print() {
	if v, ok := r.page.(*personView); ok {
		v.papers()
	}
}

// Back closes the open form, then the page where it covers the list.
func (r *peopleRoom) Back() bool {
	if r.page != nil && r.page.Page().Back() {
		return true
	}
	if _, ok := r.page.(*importView); ok {
		r.nothing()
		return true
	}
	if r.split.Stacked() && r.split.PageShown() {
		r.split.ShowList()
		return true
	}
	return false
}

// Changed reads again what an edit may have changed.
func (r *peopleRoom) Changed(e data.Event) {
	if e.Kind == record.Detainee || e.Kind == record.Contact {
		r.list.Refresh()
	}
	if e.Kind == record.Facility {
		r.readFacilities()
	}
	if r.page != nil {
		r.page.Heed(e)
	}
}

// show opens a person's page, of whichever kind he is.
func (r *peopleRoom) show(id record.ID) {
	r.settle(func() {
		kind := record.Detainee
		if row, ok := r.host.Office().Row(id); ok {
			kind = row.Kind
		}
		r.id = id
		if kind == record.Contact {
			r.put(sheet.NewContactView(r.host, id))
		} else {
			r.put(newPersonView(r.host, id))
		}
		r.host.Here(id.String())
		r.pane.Mark(id)
	})
}

// settle leaves the open form and keeps its draft.
func (r *peopleRoom) settle(then func()) {
	if r.page == nil {
		then()
		return
	}
	r.page.Page().Settle(then)
}

func (r *peopleRoom) put(v view) {
	if r.page != nil {
		r.page.Drop()
	}
	r.page = v
	r.split.SetPage(v.Object())
	r.split.ShowPage()
	v.Page().Focus()
}

// nothing leaves the page empty again.
func (r *peopleRoom) nothing() {
	if r.page != nil {
		r.page.Drop()
	}
	r.page, r.id = nil, record.ID{}
	r.split.SetPage(r.nobody())
	r.split.ShowList()
}

// nobody is what stands beside the list while nobody is chosen.
func (r *peopleRoom) nobody() fyne.CanvasObject {
	w := r.host.Words()
	return widget.Empty(w.T("people.pick"), w.T("people.pick.text"))
}
