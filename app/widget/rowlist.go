package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fw "fyne.io/fyne/v2/widget"
)

// keyList is Fyne's list with the keys that people expect: up, down, page,
// home and end choose at once, Enter opens.
type keyList struct {
	fw.List
	length  int
	chosen  int
	quiet   bool
	onPick  func(int)
	onEnter func(int)
	onEsc   func() bool
	perPage func() int
}

func (k *keyList) pick(i int) {
	if k.length == 0 {
		return
	}
	i = min(max(i, 0), k.length-1)
	k.Select(i)
	k.ScrollTo(i)
}

// TypedKey moves the choice.
func (k *keyList) TypedKey(e *fyne.KeyEvent) {
	Touched()
	switch e.Name {
	case fyne.KeyDown:
		k.pick(k.chosen + 1)
	case fyne.KeyUp:
		k.pick(k.chosen - 1)
	case fyne.KeyPageDown:
		k.pick(k.chosen + k.perPage())
	case fyne.KeyPageUp:
		k.pick(k.chosen - k.perPage())
	case fyne.KeyHome:
		k.pick(0)
	case fyne.KeyEnd:
		k.pick(k.length - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if k.chosen >= 0 && k.onEnter != nil {
			k.onEnter(k.chosen)
		}
	case fyne.KeyEscape:
		if k.onEsc == nil || !k.onEsc() {
			escape(k, e)
		}
	case fyne.KeyF1:
		forWindow(k, e)
	}
}

func (k *keyList) choose(i int) {
	Touched()
	k.chosen = i
	if !k.quiet && k.onPick != nil {
		k.onPick(i)
	}
}

func (k *keyList) setChosen(i int) {
	k.quiet = true
	defer func() { k.quiet = false }()
	if i < 0 || i >= k.length {
		k.chosen = -1
		k.UnselectAll()
		return
	}
	k.chosen = i
	k.Select(i)
	if k.Size().Height > 0 {
		k.ScrollTo(i)
	}
}

// RowList is a list of Rows of any length; only the visible ones are drawn.
type RowList struct {
	fw.BaseWidget
	// OnSelect is called when a person chooses a row by mouse or key.
	OnSelect func(i int)
	// OnOpen is called when Enter is pressed on a chosen row.
	OnOpen func(i int)
	// OnTap is called after OnSelect when a row is clicked, also the chosen one.
	OnTap func(i int)
	// OnEscape is called when Esc is pressed in the list; nil hands it on to the window.
	OnEscape func()

	list *keyList
	row  func(i int) RowData
	root fyne.CanvasObject
}

// NewRowList makes an empty list.
func NewRowList() *RowList {
	r := &RowList{}
	k := &keyList{chosen: -1}
	k.Length = func() int { return k.length }
	k.CreateItem = func() fyne.CanvasObject { return newListRow(r.tapped) }
	k.UpdateItem = func(i fw.ListItemID, o fyne.CanvasObject) {
		if r.row != nil && i < k.length {
			o.(*listRow).show(i, r.row(i))
		}
	}
	k.OnSelected = k.choose
	k.HideSeparators = true
	k.perPage = func() int { return max(1, int(k.Size().Height/U(54))-1) }
	k.onPick = func(i int) {
		if r.OnSelect != nil {
			r.OnSelect(i)
		}
	}
	k.onEnter = func(i int) {
		if r.OnOpen != nil {
			r.OnOpen(i)
		}
	}
	k.onEsc = func() bool {
		if r.OnEscape == nil {
			return false
		}
		r.OnEscape()
		return true
	}
	k.OnHighlighted = func(fw.ListItemID) { Touched() }
	k.ExtendBaseWidget(k)
	r.list = k
	r.root = container.NewThemeOverride(k, flat{})
	r.ExtendBaseWidget(r)
	return r
}

// tapped chooses a row by the mouse. Fyne's list keeps silent about a click on
// the chosen row, which yet means to open it again.
func (r *RowList) tapped(i int) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(r.list); c != nil {
		c.Focus(r.list)
	}
	if i == r.list.chosen {
		r.list.choose(i)
	} else {
		r.list.Select(i)
	}
	if r.OnTap != nil {
		r.OnTap(i)
	}
}

// listRow is a Row that knows its place in the list.
type listRow struct {
	fw.BaseWidget
	row *Row
	i   int
	tap func(int)
}

func newListRow(tap func(int)) *listRow {
	l := &listRow{row: NewRow(), i: -1, tap: tap}
	l.ExtendBaseWidget(l)
	return l
}

func (l *listRow) show(i int, d RowData) {
	l.i = i
	l.row.Set(d)
}

// Tapped chooses the row.
func (l *listRow) Tapped(*fyne.PointEvent) {
	Touched()
	if l.i >= 0 {
		l.tap(l.i)
	}
}

// CreateRenderer draws the row.
func (l *listRow) CreateRenderer() fyne.WidgetRenderer { return fw.NewSimpleRenderer(l.row) }

// SetRows shows n rows whose data row gives when they become visible. The
// choice is cleared; SetSelected puts it back.
func (r *RowList) SetRows(n int, row func(i int) RowData) {
	r.row, r.list.length = row, n
	r.list.setChosen(-1)
	r.list.ScrollToTop()
	r.list.Refresh()
}

// RefreshRows draws the visible rows again with the same length and choice.
func (r *RowList) RefreshRows() { r.list.Refresh() }

// Resized says that the list is n rows long now, and keeps place and choice.
func (r *RowList) Resized(n int) {
	r.list.length = n
	if r.list.chosen >= n {
		r.list.setChosen(-1)
	}
	r.list.Refresh()
}

// SetSelected chooses a row without calling OnSelect and brings it into view; -1 chooses none.
func (r *RowList) SetSelected(i int) { r.list.setChosen(i) }

// Selected gives the chosen row, -1 for none.
func (r *RowList) Selected() int { return r.list.chosen }

// Pick chooses a row as a person would, with OnSelect.
func (r *RowList) Pick(i int) { r.list.pick(i) }

// Len gives how many rows there are.
func (r *RowList) Len() int { return r.list.length }

// Focusable gives what takes the keyboard: canvas.Focus(list.Focusable()).
func (r *RowList) Focusable() fyne.Focusable { return r.list }

// Offset gives how far it is scrolled, SetOffset goes there: a room keeps its place by it.
func (r *RowList) Offset() float32 { return r.list.GetScrollOffset() }

// SetOffset scrolls to an offset.
func (r *RowList) SetOffset(y float32) { r.list.ScrollToOffset(y) }

// CreateRenderer draws the list.
func (r *RowList) CreateRenderer() fyne.WidgetRenderer { return fw.NewSimpleRenderer(r.root) }
