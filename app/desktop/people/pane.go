package people

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// pane is the left side: title, search, filters, rows, count.
type pane struct {
	room      *peopleRoom
	search    *widget.SearchBar
	kinds     *sheet.Switch
	filters   *sheet.Switch
	facility  *widget.Select
	rows      *widget.RowList
	body      *fyne.Container
	count     *widget.Text
	drawn     data.ListQuery
	hasDrawn  bool
	newButton *widget.Button
}

func newPane(r *peopleRoom) *pane {
	w := r.host.Words()
	p := &pane{room: r, rows: widget.NewRowList(), body: container.NewStack(), count: widget.Caption("").Shrinks()}
	p.search = widget.NewSearchBar(w.T("people.search"), func(text string) { r.list.Type(text) })
	p.search.OnDown = p.down
	p.kinds = sheet.NewSwitch(r.list.Kinds, func(name string) {
		r.list.Only(name)
		p.labels()
	})
	p.filters = sheet.NewSwitch(r.list.Filters, r.list.Filter)
	p.facility = widget.NewSelect(nil, nil, w.T("people.facility.all"))
	p.facility.OnValue = r.list.At
	p.newButton = widget.Primary(w.T("people.new"), theme.ContentAddIcon(), r.NewRecord)
	p.rows.OnSelect = func(i int) {
		if row := r.list.Row(i); row.ID != r.id {
			r.show(row.ID)
		} else {
			r.split.ShowPage()
		}
	}
	p.rows.OnOpen = p.rows.OnSelect
	p.rows.OnEscape = func() { r.Find() }
	p.body.Objects = []fyne.CanvasObject{widget.Loading(w.T("people.loading"))}
	return p
}

func (p *pane) object() fyne.CanvasObject {
	head := widget.VStack(8,
		widget.HFill(8, 0, widget.Heading(p.room.host.Words().T("people.title")).Shrinks(), p.newButton),
		p.search, p.kinds, p.filters, p.facility)
	return widget.VFill(0, 1,
		widget.Inset(12, 12, 10, 12, head),
		p.body,
		widget.VStack(0, widget.HLine(), widget.Inset(6, 12, 6, 12, p.count)))
}

// labels follows the kind that is listed.
func (p *pane) labels() {
	key := "people.new"
	if p.room.list.Query().Kind == record.Contact {
		key = "people.new_contact"
	}
	p.newButton.SetText(p.room.host.Words().T(key))
}

// down goes from the search line into the results.
func (p *pane) down() {
	if p.rows.Len() > 0 {
		p.rows.Pick(0)
		p.room.host.Window().Canvas().Focus(p.rows.Focusable())
	}
}

// draw shows what the list says now. The rows stay in place when the same
// question was asked again, since then only their content changed.
func (p *pane) draw() {
	w, list := p.room.host.Words(), p.room.list
	p.count.SetText(list.Count)
	p.kinds.Sync(list.Kinds)
	p.filters.Sync(list.Filters)
	switch list.State {
	case present.Failed:
		p.fill(widget.Inset(12, 12, 12, 12, widget.ErrorPanel(list.Failure.Text, list.Failure.Hint)))
		return
	case present.Empty:
		p.fill(widget.Empty(w.T("people.empty.title"), w.T("people.empty.text"),
			widget.Plain(w.T("people.new"), theme.ContentAddIcon(), p.room.NewRecord)))
		return
	case present.NoMatch:
		p.fill(widget.Empty(w.T("people.none.title"), w.T("people.none.text"),
			widget.Plain(w.T("people.none.clear"), nil, p.clear)))
		return
	}
	p.fill(p.rows)
	if q := list.Query(); !p.hasDrawn || q != p.drawn {
		p.drawn, p.hasDrawn = q, true
		p.rows.SetRows(list.Len(), func(i int) widget.RowData { return sheet.Row(list.Row(i)) })
		if i := list.Index(p.room.id); i >= 0 && i < 8 { // nobody is thrown about a long list while typing
			p.rows.SetSelected(i)
		}
		return
	}
	at := p.rows.Offset()
	p.rows.Resized(list.Len())
	p.rows.SetSelected(list.Index(p.room.id))
	p.rows.SetOffset(at)
}

// choose marks the open person's row.
func (p *pane) choose() {
	if p.hasDrawn {
		if i := p.room.list.Index(p.room.id); i != p.rows.Selected() {
			p.rows.SetSelected(i)
		}
	}
}

func (p *pane) clear() {
	p.search.SetText("")
	p.facility.SetValue("")
	p.room.list.Clear()
}

func (p *pane) fill(o fyne.CanvasObject) {
	if len(p.body.Objects) == 1 && p.body.Objects[0] == o {
		return
	}
	p.body.Objects = []fyne.CanvasObject{o}
	p.body.Refresh()
}

// readFacilities fills the choice of prisons.
func (p *pane) readFacilities() {
	p.room.host.Work("people.facilities", func(ctx context.Context) func() {
		names, err := present.Facilities(ctx, p.room.env.API)
		return func() {
			if err != nil {
				p.room.host.Fail(err)
				return
			}
			p.facility.SetChoices(names, names)
		}
	})
}
