package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// Split is a list pane of fixed width, a line of one pixel and a page. Where
// there is too little width for both it shows the list or the page, and the
// page then has a way back.
type Split struct {
	fw.BaseWidget
	// OnBack is called when a person leaves the page for the list in the narrow form.
	OnBack func()

	pane, page fyne.CanvasObject
	width      float32
	least      float32
	detail     bool
	stacked    bool
	ground     *Fill
	line       fyne.CanvasObject
	back       *Button
}

// NewSplit makes one: the pane's width in pixels, and the word on the way back.
// It stacks when the page would be narrower than 520 px.
func NewSplit(width float32, pane, page fyne.CanvasObject, backWord string) *Split {
	s := &Split{pane: pane, page: page, width: width, least: 520, ground: newFill(ColorSurface, 0), line: VLine()}
	s.back = Quiet(backWord, theme.NavigateBackIcon(), func() { s.ShowList() })
	s.ExtendBaseWidget(s)
	return s
}

// ShowPage shows the page where only one of both has room.
func (s *Split) ShowPage() { s.set(true) }

// ShowList shows the list where only one of both has room, and calls OnBack.
func (s *Split) ShowList() {
	was := s.detail
	s.set(false)
	if was && s.OnBack != nil {
		s.OnBack()
	}
}

// Stacked says that only one of both has room now.
func (s *Split) Stacked() bool { return s.stacked }

// PageShown says that a person sees the page.
func (s *Split) PageShown() bool { return !s.stacked || s.detail }

// SetPage replaces the page.
func (s *Split) SetPage(page fyne.CanvasObject) {
	s.page = page
	s.Refresh()
}

func (s *Split) set(detail bool) {
	s.detail = detail
	s.Refresh()
}

func (s *Split) place(size fyne.Size) {
	w := U(s.width)
	s.stacked = size.Width-w-1 < U(s.least)
	show(s.pane, !s.stacked || !s.detail)
	show(s.ground, !s.stacked || !s.detail)
	show(s.page, !s.stacked || s.detail)
	show(s.line, !s.stacked)
	show(s.back, s.stacked && s.detail)
	if !s.stacked {
		s.put(s.ground, 0, 0, w, size.Height)
		s.put(s.pane, 0, 0, w, size.Height)
		s.put(s.line, w, 0, 1, size.Height)
		s.put(s.page, w+1, 0, size.Width-w-1, size.Height)
		return
	}
	if !s.detail {
		s.put(s.ground, 0, 0, size.Width, size.Height)
		s.put(s.pane, 0, 0, size.Width, size.Height)
		return
	}
	m := s.back.MinSize()
	s.put(s.back, U(8), U(4), m.Width, m.Height)
	top := m.Height + U(6)
	s.put(s.page, 0, top, size.Width, size.Height-top)
}

func (s *Split) put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// CreateRenderer draws both sides.
func (s *Split) CreateRenderer() fyne.WidgetRenderer { return &splitRenderer{s} }

type splitRenderer struct{ s *Split }

func (r *splitRenderer) Destroy()              {}
func (r *splitRenderer) Layout(size fyne.Size) { r.s.place(size) }
func (r *splitRenderer) MinSize() fyne.Size    { return fyne.NewSize(U(360), U(200)) }
func (r *splitRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.s.ground, r.s.pane, r.s.page, r.s.line, r.s.back}
}

func (r *splitRenderer) Refresh() {
	r.s.place(r.s.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
