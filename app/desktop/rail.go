package desktop

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/widget"
	"paradero/assets"
	"paradero/data"
)

// railWidth is the rail's, in pixels of the pictures.
const railWidth = 208

// railLayout puts the rail at the left and the rest beside it.
type railLayout struct{}

func (railLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[1].MinSize()
	return fyne.NewSize(m.Width+widget.U(railWidth), max(m.Height, o[0].MinSize().Height))
}

func (railLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	w := widget.U(railWidth)
	o[0].Resize(fyne.NewSize(w, s.Height))
	o[1].Move(fyne.NewPos(w, 0))
	o[1].Resize(fyne.NewSize(s.Width-w, s.Height))
}

// rail is the dark pane at the left: whose office, who is signed in, how the
// sync stands, the rooms, the lock.
type rail struct {
	object fyne.CanvasObject
	office *widget.Paragraph
	member *widget.Text
	role   *widget.Text
	sync   *railSync
	items  map[string]*railItem
}

func newRail(n *session) *rail {
	w := n.shell.words
	r := &rail{items: map[string]*railItem{}}
	r.office = widget.NewParagraph("").Bold().Sized(theme.SizeNameSubHeadingText).Colored(widget.ColorRailText)
	r.member = widget.Caption("").Colored(widget.ColorRailText).Shrinks()
	r.role = widget.Caption("").Colored(widget.ColorRailMuted).Shrinks()
	r.sync = newRailSync(n)
	r.rename(n.office.Info(), w)

	rooms := make([]fyne.CanvasObject, 0, len(n.shell.rooms))
	for _, m := range n.shell.rooms {
		if m.aside {
			continue
		}
		icon := roomIcons()[m.key]
		item := newRailItem(w.T("room."+m.key), icon, func() { n.Go(m.key, "") })
		r.items[m.key] = item
		rooms = append(rooms, item)
	}
	lock := newRailItem(w.T("desk.lock"), lockIcon(), n.Lock)
	body := widget.VFill(0, 2,
		widget.Inset(16, 14, 14, 20, widget.VStack(2, r.office, r.member, r.role)),
		widget.Inset(0, 8, 0, 8, widget.VStack(2, rooms...)),
		widget.Gap(0),
		widget.Inset(0, 8, 10, 8, widget.VStack(4, r.sync, lock)))
	r.object = container.NewStack(widget.NewFill(widget.ColorRail), body)
	return r
}

func (r *rail) rename(info data.Info, w *assets.Words) {
	r.office.SetText(info.Office)
	r.member.SetText(info.Name)
	role := info.Role
	if w.Has("role." + role) {
		role = w.T("role." + role)
	}
	r.role.SetText(role)
}

// count shows beside a room how much waits there.
func (r *rail) count(room string, n int, words *assets.Words) {
	item := r.items[room]
	if item == nil {
		return
	}
	text := ""
	if n > 0 {
		text = words.Count(n)
	}
	if text != item.badge {
		item.badge = text
		item.Refresh()
	}
}

func (r *rail) choose(key string) {
	for k, item := range r.items {
		item.setChosen(k == key)
	}
	r.sync.setChosen(key == "sync")
}

// railItem is one room in the rail.
type railItem struct {
	fw.BaseWidget
	text    string
	icon    fyne.Resource
	tap     func()
	badge   string // how much waits there, "" for nothing
	chosen  bool
	hovered bool
	focused bool
}

var (
	_ desktop.Hoverable = (*railItem)(nil)
	_ fyne.Focusable    = (*railItem)(nil)
)

func newRailItem(text string, icon fyne.Resource, tap func()) *railItem {
	i := &railItem{text: text, icon: icon, tap: tap}
	i.ExtendBaseWidget(i)
	return i
}

func (i *railItem) setChosen(on bool) {
	if i.chosen != on {
		i.chosen = on
		i.Refresh()
	}
}

func (i *railItem) Tapped(*fyne.PointEvent)        { widget.Touched(); i.tap() }
func (i *railItem) Cursor() desktop.Cursor         { return desktop.PointerCursor }
func (i *railItem) MouseIn(*desktop.MouseEvent)    { widget.Touched(); i.hovered = true; i.Refresh() }
func (i *railItem) MouseMoved(*desktop.MouseEvent) {}
func (i *railItem) MouseOut()                      { i.hovered = false; i.Refresh() }
func (i *railItem) FocusGained()                   { i.focused = true; i.Refresh() }
func (i *railItem) FocusLost()                     { i.focused = false; i.Refresh() }
func (i *railItem) TypedRune(r rune) {
	if r == ' ' {
		i.Tapped(nil)
	}
}

func (i *railItem) TypedKey(k *fyne.KeyEvent) {
	widget.Touched()
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		i.Tapped(nil)
	case fyne.KeyEscape:
		if c := fyne.CurrentApp().Driver().CanvasForObject(i); c != nil {
			c.Unfocus()
		}
	}
}

func (i *railItem) CreateRenderer() fyne.WidgetRenderer {
	r := &railItemRenderer{
		item: i, ground: canvas.NewRectangle(nil), mark: canvas.NewRectangle(nil),
		text: widget.NewText(i.text).Shrinks(), icon: fw.NewIcon(i.icon), badge: widget.NewChip("", widget.ToneWarn),
	}
	r.Refresh()
	return r
}

type railItemRenderer struct {
	item         *railItem
	ground, mark *canvas.Rectangle
	text         *widget.Text
	icon         *fw.Icon
	badge        *widget.Chip
}

func (r *railItemRenderer) Destroy() {}

func (r *railItemRenderer) MinSize() fyne.Size { return fyne.NewSize(widget.U(120), widget.U(36)) }

func (r *railItemRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.mark, r.icon, r.text, r.badge}
}

func (r *railItemRenderer) Layout(s fyne.Size) {
	u := widget.U
	r.ground.Resize(s)
	r.mark.Resize(fyne.NewSize(u(3), s.Height-u(14)))
	r.mark.Move(fyne.NewPos(u(3), u(7)))
	r.icon.Resize(fyne.NewSquareSize(u(18)))
	r.icon.Move(fyne.NewPos(u(14), (s.Height-u(18))/2))
	room := s.Width - u(50)
	if r.item.badge != "" {
		m := r.badge.MinSize()
		r.badge.Resize(m)
		r.badge.Move(fyne.NewPos(s.Width-m.Width-u(8), (s.Height-m.Height)/2))
		room -= m.Width + u(4)
	}
	r.text.Resize(fyne.NewSize(room, s.Height))
	r.text.Move(fyne.NewPos(u(42), 0))
}

func (r *railItemRenderer) Refresh() {
	set := fyne.CurrentApp().Settings()
	color := func(n fyne.ThemeColorName) { r.ground.FillColor = set.Theme().Color(n, set.ThemeVariant()) }
	ink := widget.ColorRailMuted
	switch {
	case r.item.chosen:
		color(widget.ColorRailSelected)
		ink = widget.ColorRailText
	case r.item.focused, r.item.hovered:
		color(widget.ColorRailHover)
	default:
		color(widget.ColorClear)
	}
	r.ground.CornerRadius = widget.U(5)
	r.mark.FillColor = set.Theme().Color(widget.ColorRailMark, set.ThemeVariant())
	r.mark.CornerRadius = widget.U(1.5)
	r.mark.Hidden = !r.item.chosen
	r.ground.StrokeColor = set.Theme().Color(widget.ColorRailMark, set.ThemeVariant())
	r.ground.StrokeWidth = 0
	if r.item.focused {
		r.ground.StrokeWidth = 1
	}
	r.badge.Set(r.item.badge, widget.ToneWarn)
	r.badge.Hidden = r.item.badge == ""
	r.Layout(r.item.Size())
	r.text.Weigh(r.item.chosen)
	r.text.SetColor(ink)
	if r.item.icon != nil {
		r.icon.SetResource(theme.NewColoredResource(r.item.icon, ink))
	}
	r.ground.Refresh()
	r.mark.Refresh()
	r.text.Refresh()
}

// initials of a name, for an avatar: the first letters of its first and last word.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	first := []rune(words[0])[:1]
	if len(words) == 1 {
		return strings.ToUpper(string(first))
	}
	return strings.ToUpper(string(first) + string([]rune(words[len(words)-1])[:1]))
}
