package sheet

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// PaneWords are what a list of people says about itself.
type PaneWords struct {
	Title, Search, New string
	Empty              func() (title, text, action string)
}

// Pane is a list of people with its search, filters and count: the left side
// of a room.
type Pane struct {
	// OnKind is called when another kind of person is listed.
	OnKind func()
	// OnImport brings a list in; an empty room offers it where it is set.
	OnImport func()

	host    room.Host
	list    *present.People
	words   PaneWords
	fresh   func()
	open    func(record.ID)
	search  *widget.SearchBar
	kinds   *Switch
	filters *Switch
	rows    *widget.RowList
	body    *fyne.Container
	count   *widget.Text
	button  *widget.Button
	root    fyne.CanvasObject
	extra   *fyne.Container
	lists   *fyne.Container
	cleared func()
	drawn   data.ListQuery
	begun   bool
	marked  record.ID
}

// NewPane makes the pane of a list; open is called for a chosen row, fresh for
// a new record.
func NewPane(h room.Host, list *present.People, words PaneWords, open func(record.ID), fresh func()) *Pane {
	p := &Pane{
		host: h, list: list, words: words, open: open, fresh: fresh, rows: widget.NewRowList(),
		body: container.NewStack(), count: widget.Caption("").Shrinks(), extra: widget.VStack(0), lists: widget.HStack(0),
	}
	p.search = widget.NewSearchBar(words.Search, list.Type)
	p.search.OnDown = p.down
	p.kinds = NewSwitch(list.Kinds, func(name string) {
		list.Only(name)
		if p.OnKind != nil {
			p.OnKind()
		}
	})
	p.filters = NewSwitch(list.Filters, list.Filter)
	p.button = widget.Primary(words.New, theme.ContentAddIcon(), fresh)
	p.rows.OnSelect = func(i int) { open(list.Row(i).ID) }
	p.rows.OnOpen = p.rows.OnSelect
	p.rows.OnEscape = p.Focus
	p.body.Objects = []fyne.CanvasObject{widget.Loading(h.Words().T("people.loading"))}
	head := widget.VStack(9,
		widget.HFill(8, 0, widget.Heading(words.Title).Shrinks(), p.button),
		p.search, p.kinds, p.filters, p.extra)
	p.root = widget.VFill(0, 1,
		widget.VStack(0, widget.Inset(14, 12, 10, 12, head), widget.HLine()),
		p.body,
		widget.VStack(0, widget.HLine(), widget.Inset(6, 12, 6, 12, widget.HFill(8, 0, p.count, p.lists))))
	return p
}

// Object is what to place on the screen.
func (p *Pane) Object() fyne.CanvasObject { return p.root }

// Under puts something under the filters; clear is called when all filters are
// taken away.
func (p *Pane) Under(o fyne.CanvasObject, clear func()) {
	p.extra.Objects = []fyne.CanvasObject{o}
	p.cleared = clear
	p.root.Refresh()
}

// Lists puts the ways to bring a list in and out beside the count.
func (p *Pane) Lists(buttons ...fyne.CanvasObject) {
	p.lists.Objects = buttons
	p.root.Refresh()
}

// SetNew names the button of a new record.
func (p *Pane) SetNew(text string) { p.button.SetText(text) }

// Focus goes to the search line.
func (p *Pane) Focus() { p.host.Window().Canvas().Focus(p.search) }

// Search types into the search line, as a person does.
func (p *Pane) Search(text string) { p.search.SetText(text) }

// Mark shows which record is open.
func (p *Pane) Mark(id record.ID) {
	p.marked = id
	if p.begun {
		if i := p.list.Index(id); i != p.rows.Selected() {
			p.rows.SetSelected(i)
		}
	}
}

// Unmark shows that none is.
func (p *Pane) Unmark() {
	p.marked = record.ID{}
	p.rows.SetSelected(-1)
}

// down goes from the search line into the results.
func (p *Pane) down() {
	if p.rows.Len() > 0 {
		p.rows.Pick(0)
		p.host.Window().Canvas().Focus(p.rows.Focusable())
	}
}

// Draw shows what the list says now. The rows stay in place when the same
// question was asked again, since then only their content changed.
func (p *Pane) Draw() {
	w, list := p.host.Words(), p.list
	p.count.SetText(list.Count)
	p.kinds.Sync(list.Kinds)
	p.filters.Sync(list.Filters)
	switch list.State {
	case present.Failed:
		p.fill(widget.Inset(12, 12, 12, 12, widget.VStack(0, widget.ErrorPanel(list.Failure.Text, list.Failure.Hint))))
		p.begun = false
		return
	case present.Empty:
		title, text, action := p.words.Empty()
		steps := []fyne.CanvasObject{widget.Plain(action, theme.ContentAddIcon(), p.fresh)}
		if p.OnImport != nil {
			steps = append(steps, widget.Plain(w.T("import.button"), theme.DownloadIcon(), p.OnImport))
		}
		p.fill(widget.Empty(title, text, steps...))
		p.begun = false
		return
	case present.NoMatch:
		p.fill(widget.Empty(w.T("people.none.title"), w.T("people.none.text"), widget.Plain(w.T("people.none.clear"), nil, p.clear)))
		p.begun = false
		return
	}
	p.fill(p.rows)
	if q := list.Query(); !p.begun || q != p.drawn {
		first := !p.begun
		p.drawn, p.begun = q, true
		p.rows.SetRows(list.Len(), func(i int) widget.RowData { return Row(list.Row(i)) })
		if i := list.Index(p.marked); i >= 0 && (first || i < 8) { // nobody is thrown about a long list while typing
			p.rows.SetSelected(i)
		}
		return
	}
	at := p.rows.Offset()
	p.rows.Resized(list.Len())
	p.rows.SetSelected(list.Index(p.marked))
	p.rows.SetOffset(at)
}

func (p *Pane) clear() {
	p.search.SetText("")
	if p.cleared != nil {
		p.cleared()
	}
	p.list.Clear()
}

func (p *Pane) fill(o fyne.CanvasObject) {
	if len(p.body.Objects) == 1 && p.body.Objects[0] == o {
		return
	}
	p.body.Objects = []fyne.CanvasObject{o}
	p.body.Refresh()
}
