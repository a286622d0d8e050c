package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// SearchBar is a line to search in as one types, with a cross that clears it.
// Down goes to the results, Esc clears and then leaves.
type SearchBar struct {
	fw.Entry
	// OnSearch is called with each change.
	OnSearch func(text string)
	// OnDown is called by the down key and by Enter: go to the results.
	OnDown func()
	// OnEscape is called by Esc in an empty bar.
	OnEscape func()
	cross    *fw.Button
}

// NewSearchBar makes a search bar; hint stands in it while it is empty.
func NewSearchBar(hint string, search func(string)) *SearchBar {
	s := &SearchBar{OnSearch: search}
	s.PlaceHolder = hint
	s.Wrapping = fyne.TextWrapOff
	s.Scroll = fyne.ScrollHorizontalOnly
	s.Icon = theme.SearchIcon()
	s.cross = fw.NewButtonWithIcon("", theme.CancelIcon(), func() { s.SetText("") })
	s.cross.Importance = fw.LowImportance
	s.cross.Hide()
	s.ActionItem = s.cross
	s.OnChanged = func(text string) {
		show(s.cross, text != "")
		if s.OnSearch != nil {
			s.OnSearch(text)
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey adds down, Enter and Esc.
func (s *SearchBar) TypedKey(k *fyne.KeyEvent) {
	Touched()
	switch k.Name {
	case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		if s.OnDown != nil {
			s.OnDown()
		}
	case fyne.KeyEscape:
		switch {
		case s.Text != "":
			s.SetText("")
		case s.OnEscape != nil:
			s.OnEscape()
		default:
			escape(s, k)
		}
	case fyne.KeyF1:
		forWindow(s, k)
	default:
		s.Entry.TypedKey(k)
	}
}

// TypedRune writes a sign.
func (s *SearchBar) TypedRune(r rune) {
	Touched()
	s.Entry.TypedRune(r)
}
