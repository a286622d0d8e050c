package desktop

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/widget"
)

func mutedIcon(r fyne.Resource) fyne.Resource {
	return theme.NewColoredResource(r, widget.ColorMuted)
}

// help shows every shortcut, as the menus have them, and the keys of lists and
// forms.
func (s *shell) help() {
	w := s.words
	var cards []fyne.CanvasObject
	for _, g := range s.menu() {
		var lines []fyne.CanvasObject
		for _, c := range g.items {
			if c != nil && c.keys != "" {
				lines = append(lines, keyLine(s.wordOf(c), c.keys))
			}
		}
		cards = append(cards, widget.Card(w.T("menu."+g.word), lines...))
	}
	var lines []fyne.CanvasObject
	for _, k := range []string{"esc", "tab", "arrows", "enter", "space"} {
		lines = append(lines, keyLine(w.T("help."+k), w.T("help."+k+".keys")))
	}
	cards = append(cards, widget.Card(w.T("help.anywhere"), lines...))
	s.sheet(w.T("menu.shortcuts"), 720, widget.CardColumns(2, 280, cards...))
}

func keyLine(word, keys string) fyne.CanvasObject {
	return widget.HFill(8, 0, widget.NewText(word).Shrinks(), widget.NewChip(keys, widget.ToneGrey))
}

// about says what this is, which version, and under which licences it stands.
func (s *shell) about() {
	w := s.words
	s.sheet("Paradero", 480, widget.VStack(10,
		widget.NewText(w.T("desk.version", s.version)),
		widget.NewParagraph(w.T("about.text")),
		widget.NewParagraph(w.T("about.offline")).Muted(),
		widget.Note(w.T("about.licences"))))
}

// sheet shows something to read over the page, until Esc.
func (s *shell) sheet(title string, width float32, content fyne.CanvasObject) {
	var pop *fw.PopUp
	shut := widget.Plain(s.words.T("desk.close"), nil, func() { pop.Hide() })
	size := s.win.Canvas().Size()
	body := widget.VFill(10, 1, widget.HFill(8, 0, widget.Heading(title).Shrinks(), shut),
		container.NewVScroll(content))
	pop = fw.NewModalPopUp(widget.Inset(10, 12, 10, 12, body), s.win.Canvas())
	full := fyne.NewSize(min(widget.U(width), size.Width*0.94), size.Height*0.86)
	content.Resize(fyne.NewSize(full.Width-widget.U(40), content.MinSize().Height))
	full.Height = min(full.Height, content.MinSize().Height+widget.U(100))
	pop.Resize(full)
	pop.Show()
	pop.Resize(full)
	s.win.Canvas().Focus(shut)
}
