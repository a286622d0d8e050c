package incidents

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
)

// pane is the left side: title, search, rows, count.
type pane struct {
	room   *incidentsRoom
	search *widget.SearchBar
	rows   *widget.RowList
	body   *fyne.Container
	count  *widget.Text
}

func newPane(r *incidentsRoom) *pane {
	w := r.host.Words()
	p := &pane{room: r, rows: widget.NewRowList(), body: container.NewStack(), count: widget.Caption("").Shrinks()}
	p.search = widget.NewSearchBar(w.T("incidents.search"), func(text string) { r.list.Type(text) })
	p.search.OnDown = func() {
		if p.rows.Len() > 0 {
			p.rows.Pick(0)
			r.host.Window().Canvas().Focus(p.rows.Focusable())
		}
	}
	p.rows.OnSelect = func(i int) {
		if row := r.list.Row(i); row.ID != r.ID {
			r.show(row.ID)
		} else {
			r.Split.ShowPage()
		}
	}
	p.rows.OnOpen = p.rows.OnSelect
	p.rows.OnEscape = r.Find
	p.rows.SetRows(0, func(i int) widget.RowData {
		row := r.list.Row(i)
		return widget.RowData{Icon: icon(), Title: row.Name, Caption: row.Line, Mark: row.Chip.Text, MarkTone: sheet.Tone(row.Chip.Tone)}
	})
	p.body.Objects = []fyne.CanvasObject{widget.Loading(w.T("incidents.loading"))}
	return p
}

func (p *pane) object() fyne.CanvasObject {
	w := p.room.host.Words()
	head := widget.VStack(8,
		widget.HFill(8, 0, widget.Heading(w.T("incidents.title")).Shrinks(),
			widget.Primary(w.T("incidents.new"), theme.ContentAddIcon(), p.room.NewRecord)),
		p.search)
	return widget.VFill(0, 1,
		widget.Inset(12, 12, 10, 12, head),
		p.body,
		widget.VStack(0, widget.HLine(), widget.Inset(6, 12, 6, 12, p.count)))
}

// draw shows what the list says now.
func (p *pane) draw() {
	w, list := p.room.host.Words(), p.room.list
	p.count.SetText(list.Count)
	switch list.State {
	case present.Failed:
		p.fill(widget.Inset(12, 12, 12, 12, widget.ErrorPanel(list.Failure.Text, list.Failure.Hint)))
		return
	case present.Empty:
		p.fill(widget.Empty(w.T("incidents.empty.title"), w.T("incidents.empty.text"),
			widget.Plain(w.T("incidents.new"), theme.ContentAddIcon(), p.room.NewRecord)))
		return
	case present.NoMatch:
		p.fill(widget.Empty(w.T("incidents.none.title"), w.T("incidents.none.text"),
			widget.Plain(w.T("cases.clear"), nil, func() { p.search.SetText(""); list.Type("") })))
		return
	}
	p.fill(p.rows)
	at := p.rows.Offset()
	p.rows.Resized(list.Len())
	p.rows.SetSelected(list.Index(p.room.ID))
	p.rows.SetOffset(at)
}

// choose marks the open incident's row.
func (p *pane) choose() { p.rows.SetSelected(p.room.list.Index(p.room.ID)) }

func (p *pane) fill(o fyne.CanvasObject) {
	if len(p.body.Objects) == 1 && p.body.Objects[0] == o {
		return
	}
	p.body.Objects = []fyne.CanvasObject{o}
	p.body.Refresh()
}
