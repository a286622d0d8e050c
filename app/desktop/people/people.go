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

// peopleRoom keeps where the person was: text, filters, scroll, open page.
type peopleRoom struct {
	host  room.Host
	env   present.Env
	list  *present.People
	pane  *sheet.Pane
	where *widget.Select
	sheet.Stage
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
	r.None = r.nobody
	r.Split = widget.NewSplit(380, r.pane.Object(), r.nobody(), w.T("people.back"))
	r.Split.OnBack = r.pane.Unmark
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
	if r.View != nil {
		r.View.Again()
	}
	if id, err := record.ParseID(arg); err == nil && id != r.ID {
		r.show(id)
	}
	switch arg {
	case "new":
		r.NewRecord()
	case "new/" + record.Detainee.String():
		r.newOf(record.Detainee)
	}
	return r.Split
}

// Focus puts the keyboard into the form that stands open, else into the search line.
func (r *peopleRoom) Focus() {
	if r.View != nil && r.View.Page().Opened() {
		r.View.Page().Focus()
		return
	}
	r.Find()
}

// Find goes to the search line.
func (r *peopleRoom) Find() {
	r.Split.ShowList()
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
	r.Settle(func() {
		r.ID = record.ID{}
		r.pane.Unmark()
		r.put(sheet.NewPersonView(r.host, kind, func(id record.ID) { r.show(id) }, r.Clear))
	})
}

// Print goes to the papers that can be made for the open person.
func (r *peopleRoom) Print() {
	if v, ok := r.View.(*personView); ok {
		v.papers()
	}
}

// Back closes the open form or the import, then the page where it covers the list.
func (r *peopleRoom) Back() bool {
	if _, ok := r.View.(*importView); ok {
		if !r.View.Page().Back() {
			r.Clear()
		}
		return true
	}
	return r.Stage.Back()
}

// Changed reads again what an edit may have changed.
func (r *peopleRoom) Changed(e data.Event) {
	if e.Kind == record.Detainee || e.Kind == record.Contact {
		r.list.Refresh()
	}
	if e.Kind == record.Facility {
		r.readFacilities()
	}
	if r.View != nil {
		r.View.Heed(e)
	}
}

// show opens a person's page, of whichever kind he is.
func (r *peopleRoom) show(id record.ID) {
	r.Settle(func() {
		kind := record.Detainee
		if row, ok := r.host.Office().Row(id); ok {
			kind = row.Kind
		}
		r.ID = id
		if kind == record.Contact {
			r.put(sheet.NewContactView(r.host, id))
		} else {
			r.put(newPersonView(r.host, id))
		}
		r.host.Here(id.String())
		r.pane.Mark(id)
	})
}

// put shows a page and gives it the keyboard.
func (r *peopleRoom) put(v sheet.View) {
	r.Put(v)
	v.Page().Focus()
}

// nobody is what stands beside the list while nobody is chosen.
func (r *peopleRoom) nobody() fyne.CanvasObject {
	w := r.host.Words()
	return widget.Empty(w.T("people.pick"), w.T("people.pick.text"))
}
