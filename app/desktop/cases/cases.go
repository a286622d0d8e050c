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

// casesRoom keeps where the person was: text, filters, open case.
type casesRoom struct {
	host room.Host
	env  present.Env
	list *present.Cases
	pane *pane
	sheet.Stage
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
	r.Split = widget.NewSplit(380, r.pane.object(), r.nothingChosen(), h.Words().T("case.back"))
	r.None = r.nothingChosen
	r.Split.OnBack = func() { r.pane.rows.SetSelected(-1) }
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
	if r.View != nil {
		r.View.Again()
	}
	first, rest, _ := strings.Cut(arg, "/")
	if first == "new" {
		who, kind, _ := strings.Cut(rest, "/")
		id, err := record.ParseID(who)
		if err != nil {
			id = record.ID{}
		}
		r.newCase(id, kind)
		return r.Split
	}
	if id, err := record.ParseID(arg); err == nil && id != r.ID {
		r.show(id)
	}
	return r.Split
}

// Focus puts the keyboard into the search line.
func (r *casesRoom) Focus() { r.Find() }

// Find goes to the search line.
func (r *casesRoom) Find() {
	r.Split.ShowList()
	r.host.Window().Canvas().Focus(r.pane.search)
}

// NewRecord opens the form of a new case.
func (r *casesRoom) NewRecord() { r.newCase(record.ID{}, "") }

func (r *casesRoom) newCase(person record.ID, kind string) {
	r.Settle(func() {
		r.ID = record.ID{}
		r.pane.rows.SetSelected(-1)
		r.Put(newCaseView(r.host, person, kind, r.show, r.Clear))
	})
}

// Print goes to the paper that this case is most about.
func (r *casesRoom) Print() {
	if v, ok := r.View.(*caseView); ok {
		v.print()
	}
}

// Changed reads again what an edit may have changed.
func (r *casesRoom) Changed(e data.Event) {
	if e.Kind == record.Case || e.Kind == record.Detainee {
		r.list.Load()
	}
	if r.View != nil {
		r.View.Heed(e)
	}
}

func (r *casesRoom) show(id record.ID) {
	r.Settle(func() {
		r.ID = id
		r.Put(newView(r.host, id))
		r.host.Here(id.String())
		r.pane.choose()
	})
}

func (r *casesRoom) nothingChosen() fyne.CanvasObject {
	w := r.host.Words()
	return widget.Empty(w.T("cases.choose.title"), w.T("cases.choose.text"))
}
