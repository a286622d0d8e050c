package desktop

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"paradero/app"
	"paradero/app/desktop/room"
	"paradero/assets"
)

// shortcut is one key combination with what it does, as menu and help show it.
type shortcut struct {
	word string // "menu.<word>"
	keys string // as written in help: "Ctrl+F"
	key  fyne.KeyName
	mod  fyne.KeyModifier
	do   func()
	off  bool // not to be had on this page
	mark bool // switched on
}

// group is one menu.
type group struct {
	word  string
	items []*shortcut // nil: a line between
}

// ctrl is Ctrl, or the command key on a Mac.
const ctrl = fyne.KeyModifierShortcutDefault

// menu gives every menu with its shortcuts. Fields that have the keyboard
// swallow shortcuts of the window, but not those of the menu: all are here.
func (s *shell) menu() []group {
	n := s.active()
	var open room.Room
	if n != nil {
		open = n.rooms[n.current.room]
	}
	in := n != nil
	newer, canNew := open.(room.Newer)
	saver, canSave := open.(room.Saver)
	printer, canPrint := open.(room.Printer)
	finder, canFind := open.(room.Finder)
	importer, canImport := open.(room.Importer)
	exporter, canExport := open.(room.Exporter)
	file := group{word: "file", items: []*shortcut{
		{word: "new", keys: "Ctrl+N", key: fyne.KeyN, mod: ctrl, off: !canNew, do: func() { newer.NewRecord() }},
		{word: "save", keys: "Ctrl+S", key: fyne.KeyS, mod: ctrl, off: !canSave, do: func() { saver.Save() }},
		{word: "print", keys: "Ctrl+P", key: fyne.KeyP, mod: ctrl, off: !canPrint, do: func() { printer.Print() }},
		nil,
		{word: "import", keys: "Ctrl+I", key: fyne.KeyI, mod: ctrl, off: !canImport, do: func() { importer.Import() }},
		{word: "export", keys: "Ctrl+E", key: fyne.KeyE, mod: ctrl, off: !canExport, do: func() { exporter.Export() }},
		nil,
		{word: "lock", keys: "Ctrl+L", key: fyne.KeyL, mod: ctrl, off: !in, do: s.lock},
		{word: "wipe", keys: "Ctrl+Shift+W", key: fyne.KeyW, mod: ctrl | fyne.KeyModifierShift, off: !s.canWipe(), do: s.showWipe},
		{word: "quit", keys: "Ctrl+Q", key: fyne.KeyQ, mod: ctrl, do: s.quit},
	}}
	edit := group{word: "edit", items: []*shortcut{
		{word: "undo", keys: "Ctrl+Z", key: fyne.KeyZ, mod: ctrl, off: !in, do: func() { n.undo() }},
		nil,
		{word: "find", keys: "Ctrl+F", key: fyne.KeyF, mod: ctrl, off: !canFind, do: func() { finder.Find() }},
		{word: "goto", keys: "Ctrl+K", key: fyne.KeyK, mod: ctrl, off: !in, do: func() { n.goTo() }},
		{word: "back", keys: "Alt+←", key: fyne.KeyLeft, mod: fyne.KeyModifierAlt, do: s.goBack},
	}}
	return []group{file, edit, s.viewMenu(), {word: "help", items: []*shortcut{
		{word: "shortcuts", keys: "F1", key: fyne.KeyF1, do: s.help},
		{word: "about", do: s.about},
	}}}
}

func (s *shell) viewMenu() group {
	view := group{word: "view"}
	if n := s.active(); n != nil {
		for i, m := range s.rooms {
			view.items = append(view.items, &shortcut{
				word: "room." + m.key, keys: "Ctrl+" + strconv.Itoa((i+1)%10),
				key: fyne.KeyName(strconv.Itoa((i + 1) % 10)), mod: ctrl, do: func() { n.Go(m.key, "") }, mark: n.current.room == m.key,
			})
		}
		view.items = append(view.items, nil)
	}
	view.items = append(view.items,
		&shortcut{word: "blur", keys: "Ctrl+B", key: fyne.KeyB, mod: ctrl, off: s.active() == nil, mark: s.blurred, do: func() {
			s.setBlur(!s.blurred)
			s.buildMenu()
		}},
		&shortcut{word: "dark", keys: "Ctrl+D", key: fyne.KeyD, mod: ctrl, mark: s.dark, do: s.toggleDark},
		&shortcut{word: "larger", keys: "Ctrl++", key: fyne.KeyPlus, mod: ctrl, do: func() { s.resizeText(1) }},
		&shortcut{word: "smaller", keys: "Ctrl+−", key: fyne.KeyMinus, mod: ctrl, do: func() { s.resizeText(-1) }},
	)
	view.items = append(view.items, nil)
	for _, l := range []assets.Lang{assets.Spanish, assets.English} {
		view.items = append(view.items, &shortcut{word: "lang." + string(l), mark: l == s.settings.Lang, do: func() {
			set := s.settings
			set.Lang = l
			s.change(set)
		}})
	}
	return view
}

func (s *shell) toggleDark() {
	set := s.settings
	set.Theme = app.ThemeDark
	if s.dark {
		set.Theme = app.ThemeLight
	}
	s.change(set)
	s.buildMenu()
}

// resizeText goes to the next larger or smaller size offered.
func (s *shell) resizeText(step int) {
	sizes := app.TextPercents()
	at := 0
	for i, p := range sizes {
		if p <= s.settings.TextPercent {
			at = i
		}
	}
	set := s.settings
	set.TextPercent = sizes[min(max(at+step, 0), len(sizes)-1)]
	s.change(set)
}

// buildMenu draws the menu for the present page.
func (s *shell) buildMenu() {
	var menus []*fyne.Menu
	for _, g := range s.menu() {
		m := fyne.NewMenu(s.words.T("menu." + g.word))
		for _, c := range g.items {
			if c == nil {
				m.Items = append(m.Items, fyne.NewMenuItemSeparator())
				continue
			}
			m.Items = append(m.Items, s.menuItem(c))
		}
		menus = append(menus, m)
	}
	s.win.SetMainMenu(fyne.NewMainMenu(menus...))
}

func (s *shell) menuItem(c *shortcut) *fyne.MenuItem {
	item := fyne.NewMenuItem(s.wordOf(c), func() {
		s.touch()
		c.do()
	})
	if c.key != "" && c.mod != 0 {
		item.Shortcut = &desktop.CustomShortcut{KeyName: c.key, Modifier: c.mod}
	}
	item.Disabled, item.Checked = c.off, c.mark
	item.IsQuit = c.word == "quit"
	return item
}

func (s *shell) wordOf(c *shortcut) string {
	if s.words.Has("menu." + c.word) {
		return s.words.T("menu." + c.word)
	}
	return s.words.T(c.word) // a name that stands elsewhere: a room's, a language's
}
