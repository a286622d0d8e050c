// Package incidents is the room of incidents: what is confirmed and what is not,
// and every toll with its source beside those whom the team knows by name.
//
// What must not live here: conclusions and validation (data), what a screen
// says (app/present), and drawing that other rooms need too (app/desktop/sheet).
package incidents

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

// incidentsRoom keeps where the person was: text, filters, open incident.
type incidentsRoom struct {
	host room.Host
	env  present.Env
	list *present.Incidents
	pane *pane
	sheet.Stage
}

var (
	_ room.Room    = (*incidentsRoom)(nil)
	_ room.Finder  = (*incidentsRoom)(nil)
	_ room.Newer   = (*incidentsRoom)(nil)
	_ room.Saver   = (*incidentsRoom)(nil)
	_ room.Printer = (*incidentsRoom)(nil)
	_ room.Backer  = (*incidentsRoom)(nil)
	_ room.Watcher = (*incidentsRoom)(nil)
)

// icon is the window's own sign of an incident.
func icon() fyne.Resource {
	return theme.NewThemedResource(fyne.NewStaticResource("incident.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path d="M1 21h22L12 2 1 21zm12-3h-2v-2h2v2zm0-4h-2v-4h2v4z"/></svg>`)))
}

// New makes the room; nothing is read before it is opened.
func New(h room.Host) room.Room {
	r := &incidentsRoom{host: h, env: sheet.Env(h)}
	r.list = present.NewIncidents(context.Background(), r.env, func() { r.pane.draw() })
	r.pane = newPane(r)
	r.Split = widget.NewSplit(380, r.pane.object(), r.nothingChosen(), h.Words().T("incident.back"))
	r.None = r.nothingChosen
	r.Split.OnBack = func() { r.pane.rows.SetSelected(-1) }
	return r
}

// Key names the room.
func (r *incidentsRoom) Key() string { return "incidents" }

// Icon is the room's icon.
func (r *incidentsRoom) Icon() fyne.Resource { return icon() }

// Open shows the list, and what arg names: an incident's id, or "new".
func (r *incidentsRoom) Open(arg string) fyne.CanvasObject {
	r.list.Load()
	if r.View != nil {
		r.View.Again()
	}
	if arg == "new" {
		r.NewRecord()
		return r.Split
	}
	if id, err := record.ParseID(arg); err == nil && id != r.ID {
		r.show(id)
	}
	return r.Split
}

// Focus puts the keyboard into the search line.
func (r *incidentsRoom) Focus() { r.Find() }

// Find goes to the search line.
func (r *incidentsRoom) Find() {
	r.Split.ShowList()
	r.host.Window().Canvas().Focus(r.pane.search)
}

// NewRecord opens the form of a new incident.
func (r *incidentsRoom) NewRecord() {
	r.Settle(func() {
		r.ID = record.ID{}
		r.pane.rows.SetSelected(-1)
		r.Put(newFreshView(r.host, r.show, r.Clear))
	})
}

// Print goes to the report of the open incident.
func (r *incidentsRoom) Print() {
	if v, ok := r.View.(*incidentView); ok {
		v.print()
	}
}

// Changed reads again what an edit may have changed.
func (r *incidentsRoom) Changed(e data.Event) {
	if e.Kind == record.Incident {
		r.list.Load()
	}
	if r.View != nil {
		r.View.Heed(e)
	}
}

func (r *incidentsRoom) show(id record.ID) {
	r.Settle(func() {
		r.ID = id
		r.Put(newView(r.host, id))
		r.host.Here(id.String())
		r.pane.choose()
	})
}

func (r *incidentsRoom) nothingChosen() fyne.CanvasObject {
	w := r.host.Words()
	return widget.Empty(w.T("incidents.choose.title"), w.T("incidents.choose.text"))
}
