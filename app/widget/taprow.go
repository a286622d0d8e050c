package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// Tapper makes anything tappable, focusable and opened by Enter or Space, with
// the ground of a row under it.
type Tapper struct {
	fw.BaseWidget
	OnTap   func()
	content fyne.CanvasObject
	ground  *Fill
	hovered bool
	focused bool
}

var (
	_ fyne.Focusable    = (*Tapper)(nil)
	_ desktop.Hoverable = (*Tapper)(nil)
)

// NewTapper makes content tappable.
func NewTapper(content fyne.CanvasObject, tap func()) *Tapper {
	t := &Tapper{OnTap: tap, content: content, ground: newFill(ColorClear, 0)}
	t.ExtendBaseWidget(t)
	return t
}

// TapRow is a Row outside a list that can be tapped: a relative on a person's
// page, a case on a card.
func TapRow(d RowData, tap func()) *Tapper { return NewTapper(PersonRow(d), tap) }

func (t *Tapper) update() {
	switch {
	case t.focused:
		t.ground.SetColor(theme.ColorNameFocus)
	case t.hovered:
		t.ground.SetColor(theme.ColorNameHover)
	default:
		t.ground.SetColor(ColorClear)
	}
}

// Tapped opens it.
func (t *Tapper) Tapped(*fyne.PointEvent) {
	Touched()
	if t.OnTap != nil {
		t.OnTap()
	}
}

// Cursor is a hand.
func (t *Tapper) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn marks it.
func (t *Tapper) MouseIn(*desktop.MouseEvent) {
	Touched()
	t.hovered = true
	t.update()
}

// MouseMoved is not used.
func (t *Tapper) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the mark away.
func (t *Tapper) MouseOut() { t.hovered = false; t.update() }

// FocusGained marks it.
func (t *Tapper) FocusGained() { t.focused = true; t.update() }

// FocusLost takes the mark away.
func (t *Tapper) FocusLost() { t.focused = false; t.update() }

// TypedRune opens it by the space bar.
func (t *Tapper) TypedRune(r rune) {
	if r == ' ' {
		t.Tapped(nil)
	}
}

// TypedKey opens it by Enter.
func (t *Tapper) TypedKey(k *fyne.KeyEvent) {
	Touched()
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		t.Tapped(nil)
	case fyne.KeyEscape:
		escape(t, k)
	}
}

// CreateRenderer draws ground and content.
func (t *Tapper) CreateRenderer() fyne.WidgetRenderer {
	return &plain{
		objects: []fyne.CanvasObject{t.ground, t.content},
		min:     func() fyne.Size { return t.content.MinSize() },
		layout: func(s fyne.Size) {
			t.ground.Resize(s)
			t.content.Resize(s)
		},
		refresh: func() {
			t.ground.Refresh()
			t.content.Refresh()
		},
	}
}
