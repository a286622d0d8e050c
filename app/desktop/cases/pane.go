package cases

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
)

// pane is the left side: title, search, filters, rows, count.
type pane struct {
	room   *casesRoom
	search *widget.SearchBar
	states *sheet.Switch
	types  *widget.Select
	mine   *fw.Check
	rows   *widget.RowList
	body   *fyne.Container
	count  *widget.Text
}

func newPane(r *casesRoom) *pane {
	w := r.host.Words()
	p := &pane{room: r, rows: widget.NewRowList(), body: container.NewStack(), count: widget.Caption("").Shrinks()}
	p.search = widget.NewSearchBar(w.T("cases.search"), func(text string) { r.list.Type(text) })
	p.search.OnDown = func() {
		if p.rows.Len() > 0 {
			p.rows.Pick(0)
			r.host.Window().Canvas().Focus(p.rows.Focusable())
		}
	}
	p.states = sheet.NewSwitch(r.list.States, r.list.InState)
	values, labels := make([]string, 0, len(r.list.Types)), make([]string, 0, len(r.list.Types))
	for _, t := range r.list.Types {
		values, labels = append(values, t.Name), append(labels, t.Label)
	}
	p.types = widget.NewSelect(values[1:], labels[1:], labels[0])
	p.types.OnValue = func(v string) {
		if v == "" {
			v = values[0]
		}
		r.list.OfType(v)
	}
	p.mine = fw.NewCheck(w.T("cases.mine"), r.list.OnlyMine)
	p.rows.OnSelect = func(i int) {
		if row := r.list.Row(i); row.ID != r.ID {
			r.show(row.ID)
		} else {
			r.Split.ShowPage()
		}
	}
	p.rows.OnOpen = p.rows.OnSelect
	p.rows.OnEscape = r.Find
	p.rows.SetRows(0, p.row)
	p.body.Objects = []fyne.CanvasObject{widget.Loading(w.T("cases.loading"))}
	return p
}

func (p *pane) object() fyne.CanvasObject {
	w := p.room.host.Words()
	head := widget.VStack(8,
		widget.HFill(8, 0, widget.Heading(w.T("cases.title")).Shrinks(),
			widget.Primary(w.T("cases.new"), theme.ContentAddIcon(), p.room.NewRecord)),
		p.search, p.states, widget.HFill(10, 0, p.types, p.mine))
	return widget.VFill(0, 1,
		widget.Inset(12, 12, 10, 12, head),
		p.body,
		widget.VStack(0, widget.HLine(), widget.Inset(6, 12, 6, 12, p.count)))
}

func (p *pane) row(i int) widget.RowData {
	r := p.room.list.Row(i)
	d := widget.RowData{
		Initials: r.Initials, Title: r.Name, Caption: r.Line,
		Chip: r.Chip.Text, Tone: sheet.Tone(r.Chip.Tone), Mark: r.Mark.Text, MarkTone: sheet.Tone(r.Mark.Tone), Personal: true,
	}
	if r.Due != "" {
		d.Caption = r.Due
		if r.Short != "" {
			d.Caption = r.Short + " · " + r.Due
		}
	}
	return d
}

// draw shows what the list says now.
func (p *pane) draw() {
	w, list := p.room.host.Words(), p.room.list
	p.count.SetText(list.Count)
	p.states.Sync(list.States)
	switch list.State {
	case present.Failed:
		p.fill(widget.Inset(12, 12, 12, 12, widget.ErrorPanel(list.Failure.Text, list.Failure.Hint)))
		return
	case present.Empty:
		p.fill(widget.Empty(w.T("cases.empty.title"), w.T("cases.empty.text"),
			widget.Plain(w.T("cases.new"), theme.ContentAddIcon(), p.room.NewRecord)))
		return
	case present.NoMatch:
		p.fill(widget.Empty(w.T("cases.none.title"), w.T("cases.none.text"), widget.Plain(w.T("cases.clear"), nil, p.clear)))
		return
	}
	p.fill(p.rows)
	at := p.rows.Offset()
	p.rows.Resized(list.Len())
	p.rows.SetSelected(list.Index(p.room.ID))
	p.rows.SetOffset(at)
}

// choose marks the open case's row.
func (p *pane) choose() { p.rows.SetSelected(p.room.list.Index(p.room.ID)) }

func (p *pane) clear() {
	p.search.SetText("")
	p.types.SetValue("")
	p.mine.SetChecked(false)
	p.room.list.Clear()
}

func (p *pane) fill(o fyne.CanvasObject) {
	if len(p.body.Objects) == 1 && p.body.Objects[0] == o {
		return
	}
	p.body.Objects = []fyne.CanvasObject{o}
	p.body.Refresh()
}
