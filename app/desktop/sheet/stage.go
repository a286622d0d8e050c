package sheet

import (
	"fyne.io/fyne/v2"

	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// View is a page beside a room's list.
type View interface {
	Object() fyne.CanvasObject
	Page() *Page
	Heed(e data.Event)
	Again() // reads again what may have changed while the room was not open
	Drop()
}

// Stage is the place beside a room's list: which page stands there, of which
// record, and how one leaves it without losing what is typed.
type Stage struct {
	Split *widget.Split
	View  View      // nil: none is chosen
	ID    record.ID // of the record that is open, zero for none
	None  func() fyne.CanvasObject
}

// Leave keeps what is typed as a draft.
func (s *Stage) Leave() bool { return s.View == nil || s.View.Page().Leave() }

// Save saves the open form.
func (s *Stage) Save() {
	if s.View != nil {
		s.View.Page().Save()
	}
}

// Back closes the open form, then the page where it covers the list.
func (s *Stage) Back() bool {
	if s.View != nil && s.View.Page().Back() {
		return true
	}
	if s.Split.Stacked() && s.Split.PageShown() {
		s.Split.ShowList()
		return true
	}
	return false
}

// Settle leaves the open form, keeps its draft, and goes on.
func (s *Stage) Settle(then func()) {
	if s.View == nil {
		then()
		return
	}
	s.View.Page().Settle(then)
}

// Put shows a page in place of the one that is there.
func (s *Stage) Put(v View) {
	if s.View != nil {
		s.View.Drop()
	}
	s.View = v
	s.Split.SetPage(v.Object())
	s.Split.ShowPage()
}

// Clear leaves the page empty again.
func (s *Stage) Clear() {
	if s.View != nil {
		s.View.Drop()
	}
	s.View, s.ID = nil, record.ID{}
	s.Split.SetPage(s.None())
	s.Split.ShowList()
}
