package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// Column is one column of a Table.
type Column struct {
	Title  string
	Width  float32 // pixels; the least width when it grows
	Grow   bool    // shares what width is left
	Number bool    // aligned to the right
}

// Cell is one cell's text.
type Cell struct {
	Text     string
	Bold     bool
	Muted    bool
	Chip     bool // shown as a chip of the tone
	Tone     Tone
	Personal bool
}

// Table is rows of cells under a heading that stays: one row is chosen at a
// time. It has no rows until it has a height, since a list of Fyne's makes one
// object for each row before its first layout.
type Table struct {
	fw.BaseWidget
	// OnSelect is called when a person chooses a row; OnOpen when Enter is pressed on it.
	OnSelect func(i int)
	OnOpen   func(i int)
	// OnSort is called when a heading is tapped; nil makes the headings plain text.
	OnSort func(column int)

	columns []Column
	cell    func(row, column int) Cell
	n       int
	list    *keyList
	head    *tableRow
	ground  *Fill
	line    fyne.CanvasObject
	body    fyne.CanvasObject
	whole   *fyne.Container // all rows at once; nil: those in sight, of a list
}

// NewTable makes an empty table.
func NewTable(columns []Column) *Table {
	t := &Table{columns: columns}
	k := &keyList{chosen: -1}
	k.Length = func() int { return k.length }
	k.CreateItem = func() fyne.CanvasObject { return newTableRow(t) }
	k.UpdateItem = func(i fw.ListItemID, o fyne.CanvasObject) { o.(*tableRow).set(i) }
	k.OnSelected = k.choose
	k.HideSeparators = true
	k.perPage = func() int { return max(1, int(k.Size().Height/U(32))-1) }
	k.onPick = func(i int) {
		if t.OnSelect != nil {
			t.OnSelect(i)
		}
	}
	k.onEnter = func(i int) {
		if t.OnOpen != nil {
			t.OnOpen(i)
		}
	}
	k.OnHighlighted = func(fw.ListItemID) { Touched() }
	k.ExtendBaseWidget(k)
	t.list = k
	t.head = newTableRow(t)
	t.head.heading = true
	t.ground = newFill(theme.ColorNameHeaderBackground, 0)
	t.line = HLine()
	t.body = container.NewThemeOverride(k, flat{})
	t.ExtendBaseWidget(t)
	return t
}

// Whole has the table show all its rows at once, to be read on a page that scrolls as
// one: the wheel over a list of rows would go no further. No row is chosen then.
func (t *Table) Whole() *Table {
	t.whole = VStack(0)
	t.body = t.whole
	return t
}

// SetRows shows n rows whose cells the callback gives when they become visible.
func (t *Table) SetRows(n int, cell func(row, column int) Cell) {
	t.n, t.cell = n, cell
	if t.whole != nil {
		t.whole.RemoveAll()
		for i := range n {
			r := newTableRow(t)
			r.row = i
			t.whole.Add(r)
		}
		return
	}
	t.list.length = 0
	t.list.setChosen(-1)
	if t.Size().Height > 0 {
		t.list.length = n
	}
	t.list.ScrollToTop()
	t.list.Refresh()
}

// shown is how many rows there are to draw.
func (t *Table) shown() int {
	if t.whole != nil {
		return t.n
	}
	return t.list.length
}

// SetColumns replaces the columns, in another language for example.
func (t *Table) SetColumns(columns []Column) {
	t.columns = columns
	t.Refresh()
}

// RefreshRows draws the visible rows again.
func (t *Table) RefreshRows() { t.list.Refresh() }

// Selected gives the chosen row, -1 for none.
func (t *Table) Selected() int { return t.list.chosen }

// SetSelected chooses a row without calling OnSelect.
func (t *Table) SetSelected(i int) { t.list.setChosen(i) }

// Focusable gives what takes the keyboard.
func (t *Table) Focusable() fyne.Focusable { return t.list }

// HeightOf gives the height that shows n rows without scrolling, for a table
// on a card.
func (t *Table) HeightOf(n int) float32 { return rowHeightOf() * float32(n+1) }

func rowHeightOf() float32 { return U(32) }

// widths shares the width among the columns.
func (t *Table) widths(total float32) []float32 {
	out := make([]float32, len(t.columns))
	left, grow := total-U(24), 0
	for i, c := range t.columns {
		out[i] = U(c.Width)
		left -= out[i]
		if c.Grow {
			grow++
		}
	}
	for i, c := range t.columns {
		if c.Grow && left > 0 {
			out[i] += left / float32(grow)
		}
	}
	return out
}

// CreateRenderer draws heading and rows.
func (t *Table) CreateRenderer() fyne.WidgetRenderer {
	return &plain{
		objects: []fyne.CanvasObject{t.ground, t.body, t.head, t.line},
		min:     func() fyne.Size { return fyne.NewSize(U(200), rowHeightOf()*2) },
		layout: func(s fyne.Size) {
			h := rowHeightOf()
			t.ground.Resize(fyne.NewSize(s.Width, h))
			t.head.Resize(fyne.NewSize(s.Width, h))
			t.line.Resize(fyne.NewSize(s.Width, 1))
			t.line.Move(fyne.NewPos(0, h-1))
			t.body.Move(fyne.NewPos(0, h))
			t.body.Resize(fyne.NewSize(s.Width, max(0, s.Height-h)))
			if t.whole == nil && s.Height > 0 && t.list.length != t.n {
				t.list.length = t.n
				t.list.Refresh()
			}
		},
		refresh: func() {
			t.ground.Refresh()
			t.head.Refresh()
			t.line.Refresh()
			t.body.Refresh()
		},
	}
}

// tableRow is one row, or the heading.
type tableRow struct {
	fw.BaseWidget
	table   *Table
	heading bool
	row     int
	texts   []*Text
	chips   []*Chip
	line    *Fill
}

func newTableRow(t *Table) *tableRow {
	r := &tableRow{table: t, row: -1, line: newFill(ColorBorder, 1)}
	r.ExtendBaseWidget(r)
	return r
}

func (r *tableRow) set(i int) {
	r.row = i
	r.Refresh()
}

// Tapped sorts by the heading under the pointer; a row below is chosen by the list.
func (r *tableRow) Tapped(e *fyne.PointEvent) {
	if !r.heading {
		if r.row >= 0 && r.table.whole == nil {
			r.table.list.pick(r.row)
			if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil {
				c.Focus(r.table.list)
			}
		}
		return
	}
	x := U(12)
	for i, w := range r.table.widths(r.Size().Width) {
		if e.Position.X >= x && e.Position.X < x+w && r.table.OnSort != nil {
			r.table.OnSort(i)
			return
		}
		x += w
	}
}

func (r *tableRow) fill() {
	for len(r.texts) < len(r.table.columns) {
		r.texts = append(r.texts, NewText("").Shrinks())
		r.chips = append(r.chips, NewChip("", ToneGrey))
	}
	for i, text := range r.texts {
		if i >= len(r.table.columns) {
			text.text, r.chips[i].text = "", ""
			continue
		}
		cell := Cell{Text: r.table.columns[i].Title, Muted: true}
		if !r.heading {
			cell = Cell{}
			if r.row >= 0 && r.row < r.table.shown() && r.table.cell != nil {
				cell = r.table.cell(r.row, i)
			}
		}
		text.text, text.bold, text.personal = cell.Text, cell.Bold, cell.Personal
		text.size, text.color, text.align = theme.SizeNameText, theme.ColorNameForeground, fyne.TextAlignLeading
		if r.heading {
			text.size = theme.SizeNameCaptionText
		}
		if cell.Muted {
			text.color = ColorMuted
		}
		if r.table.columns[i].Number {
			text.align = fyne.TextAlignTrailing
		}
		r.chips[i].text, r.chips[i].tone = cell.Text, cell.Tone
		show(text, !cell.Chip)
		show(r.chips[i], cell.Chip && cell.Text != "")
	}
}

func (r *tableRow) place(s fyne.Size) {
	x := U(12)
	for i, w := range r.table.widths(s.Width) {
		if i >= len(r.texts) {
			break
		}
		inner := max(w-U(10), 0)
		r.texts[i].Resize(fyne.NewSize(inner, s.Height))
		r.texts[i].Move(fyne.NewPos(x, 0))
		m := r.chips[i].MinSize()
		r.chips[i].Resize(fyne.NewSize(min(m.Width, inner), s.Height))
		r.chips[i].Move(fyne.NewPos(x, 0))
		x += w
	}
	r.line.Resize(fyne.NewSize(s.Width, 1))
	r.line.Move(fyne.NewPos(0, s.Height-1))
}

// CreateRenderer draws the row.
func (r *tableRow) CreateRenderer() fyne.WidgetRenderer { return &tableRowRenderer{r} }

type tableRowRenderer struct{ r *tableRow }

func (t *tableRowRenderer) Destroy()           {}
func (t *tableRowRenderer) Layout(s fyne.Size) { t.r.fill(); t.r.place(s) }
func (t *tableRowRenderer) MinSize() fyne.Size { return fyne.NewSize(U(100), rowHeightOf()) }
func (t *tableRowRenderer) Refresh() {
	t.r.fill()
	t.r.place(t.r.Size())
	for _, o := range t.Objects() {
		o.Refresh()
	}
}

func (t *tableRowRenderer) Objects() []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, 0, 2*len(t.r.texts)+1)
	for i := range t.r.texts {
		out = append(out, t.r.texts[i], t.r.chips[i])
	}
	return append(out, t.r.line)
}
