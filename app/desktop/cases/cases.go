// Package cases is the room of cases: what is due and for whom, and the page of
// one case with its steps, papers and documents.
//
// What must not live here: conclusions and validation (data), what a screen
// says (app/present), and drawing that other rooms need too (app/desktop/sheet).
package cases

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// view is a page beside the list.
type view interface {
	Object() fyne.CanvasObject
	Page() *sheet.Page
	Heed(e data.Event)
	Again() // reads again what may have changed while the room was not open
	Drop()
}

// casesRoom keeps where the person was: text, filters, open case.
type casesRoom struct {
	host  room.Host
	env   present.Env
	list  *present.Cases
	pane  *pane
	split *widget.Split
	page  view // nil: none is chosen
	id    record.ID
}

var (
	_ room.Room    = (*casesRoom)(nil)
	_ room.Finder  = (*casesRoom)(nil)
	_ room.Newer   = (*casesRoom)(nil)
	_ room.Saver   = (*casesRoom)(nil)
	_ room.Printer = (*casesRoom)(nil)
	_ room.Backer  = (*casesRoom)(nil)
	_ room.Watcher = (*casesRoom)(nil)
)

// New makes the room; nothing is read before it is opened.
func New(h room.Host) room.Room {
	r := &casesRoom{host: h, env: sheet.Env(h)}
	r.list = present.NewCases(context.Background(), r.env, func() { r.pane.draw() })
	r.pane = newPane(r)
	r.split = widget.NewSplit(380, r.pane.object(), r.nothingChosen(), h.Words().T("case.back"))
	r.split.OnBack = func() { r.pane.rows.SetSelected(-1) }
	return r
}

// Key names the room.
func (r *casesRoom) Key() string { return "cases" }

// Icon is the room's icon.
func (r *casesRoom) Icon() fyne.Resource { return theme.FolderIcon() }

// Open shows the list, and what arg names: a case's id, "new", or
// "new/<person>" with a type after another stroke.
func (r *casesRoom) Open(arg string) fyne.CanvasObject {
	r.list.Load()
	if r.page != nil {
		r.page.Again()
	}
	first, rest, _ := strings.Cut(arg, "/")
	if first == "new" {
		who, kind, _ := strings.Cut(rest, "/")
		id, err := record.ParseID(who)
		if err != nil {
			id = record.ID{}
		}
		r.newCase(id, kind)
		return r.split
	}
	if id, err := record.ParseID(arg); err == nil && id != r.id {
		r.show(id)
	}
	return r.split
}

// Leave keeps what is typed as a draft.
func (r *casesRoom) Leave() bool {
	return r.page == nil || r.page.Page().Leave()
}

// Focus puts the keyboard into the search line.
func (r *casesRoom) Focus() { r.Find() }

// Find goes to the search line.
func (r *casesRoom) Find() {
	r.split.ShowList()
	r.host.Window().Canvas().Focus(r.pane.search)
}

// NewRecord opens the form of a new case.
func (r *casesRoom) NewRecord() { r.newCase(record.ID{}, "") }

func (r *casesRoom) newCase(person record.ID, kind string) {
	r.settle(func() {
		r.id = record.ID{}
		r.pane.rows.SetSelected(-1)
		r.put(newCaseView(r.host, person, kind, r.show, r.nothing))
	})
}

// Save saves the open form.
func (r *casesRoom) Save() {
	if r.page != nil {
		r.page.Page().Save()
	}
}

// Print goes to the paper that this case is most about.
func (r *casesRoom) Print() {
	if v, ok := r.page.(*caseView); ok {
		v.print()
	}
}

// Back closes the open form, then the page where it covers the list.
func (r *casesRoom) Back() bool {
	if r.page != nil && r.page.Page().Back() {
		return true
	}
	if r.split.Stacked() && r.split.PageShown() {
		r.split.ShowList()
		return true
	}
	return false
}

// Changed reads again what an edit may have changed.
func (r *casesRoom) Changed(e data.Event) {
	if e.Kind == record.Case || e.Kind == record.Detainee {
		r.list.Load()
	}
	if r.page != nil {
		r.page.Heed(e)
	}
}

func (r *casesRoom) show(id record.ID) {
	r.settle(func() {
		r.id = id
		r.put(newView(r.host, id))
		r.host.Here(id.String())
		r.pane.choose()
	})
}

// settle leaves the open form and keeps its draft.
func (r *casesRoom) settle(then func()) {
	if r.page == nil {
		then()
		return
	}
	r.page.Page().Settle(then)
}

func (r *casesRoom) put(v view) {
	if r.page != nil {
		r.page.Drop()
	}
	r.page = v
	r.split.SetPage(v.Object())
	r.split.ShowPage()
}

// nothing leaves the page empty again.
func (r *casesRoom) nothing() {
	if r.page != nil {
		r.page.Drop()
	}
	r.page, r.id = nil, record.ID{}
	r.split.SetPage(r.nothingChosen())
	r.split.ShowList()
}

func (r *casesRoom) nothingChosen() fyne.CanvasObject {
	w := r.host.Words()
	return widget.Empty(w.T("cases.choose.title"), w.T("cases.choose.text"))
}
