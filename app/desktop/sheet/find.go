package sheet

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
)

// Finder is the search line for one detainee with what it finds under it, and
// the one who was chosen.
type Finder struct {
	Search *widget.SearchBar

	host   room.Host
	vm     *present.Find
	box    *fyne.Container
	none   string
	change string
	chosen *present.PersonRow
	take   func(present.PersonRow)
	grown  func()
}

// NewFinder makes the search. hint stands in the line, none is said where
// nobody matches, change is on the button that looks for another; take is told
// who was chosen, grown that the search is higher or lower than before.
func NewFinder(h room.Host, hint, none, change string, take func(present.PersonRow), grown func()) *Finder {
	f := &Finder{host: h, box: widget.VStack(6), none: none, change: change, take: take, grown: grown}
	f.vm = present.NewFind(context.Background(), Env(h), f.draw)
	f.Search = widget.NewSearchBar(hint, f.vm.Type)
	f.fill()
	return f
}

// Object is what to place on the screen.
func (f *Finder) Object() fyne.CanvasObject { return f.box }

// Choose shows somebody as chosen without telling anybody.
func (f *Finder) Choose(row present.PersonRow) {
	f.chosen = &row
	f.fill()
}

// Drop forgets what is under way.
func (f *Finder) Drop() { f.vm.Drop() }

func (f *Finder) draw() {
	f.fill()
	if f.grown != nil {
		f.grown()
	}
}

func (f *Finder) fill() {
	f.box.RemoveAll()
	if f.chosen != nil {
		f.box.Add(widget.HFill(8, 0, widget.PersonRow(Row(*f.chosen)), widget.Quiet(f.change, nil, func() {
			f.chosen = nil
			f.Search.SetText("")
			f.draw()
			f.host.Window().Canvas().Focus(f.Search)
		})))
		f.box.Refresh()
		return
	}
	f.box.Add(f.Search)
	for _, row := range f.vm.Found {
		f.box.Add(widget.TapRow(Row(row), func() {
			f.Choose(row)
			f.take(row)
			if f.grown != nil {
				f.grown()
			}
		}))
	}
	switch {
	case f.vm.Failure.Text != "":
		f.box.Add(widget.Note(f.vm.Failure.Text).Colored(theme.ColorNameError))
	case f.vm.Searched && len(f.vm.Found) == 0:
		f.box.Add(widget.Note(f.none))
	}
	f.box.Refresh()
}
