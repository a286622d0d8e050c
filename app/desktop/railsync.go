package desktop

import (
	"context"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
)

// railSync is the rail's foot: how the exchange stands, in words. It opens the
// page of exchange.
type railSync struct {
	railItem
	detail string
	tone   widget.Tone
}

func newRailSync(n *session) *railSync {
	r := &railSync{railItem: railItem{tap: func() { n.Go("sync", "") }}}
	r.ExtendBaseWidget(r)
	r.set(present.RailSync(n.shell.words, data.Status{}, nil))
	return r
}

func (r *railSync) set(head, detail string, tone present.Tone) {
	t := sheet.Tone(tone)
	if head == r.text && detail == r.detail && t == r.tone {
		return
	}
	r.text, r.detail, r.tone = head, detail, t
	r.Refresh()
}

func (r *railSync) CreateRenderer() fyne.WidgetRenderer {
	d := &railSyncRenderer{
		item: r, ground: canvas.NewRectangle(nil), dot: canvas.NewCircle(nil),
		head:   widget.NewText("").Sized(theme.SizeNameCaptionText).Colored(widget.ColorRailText).Shrinks(),
		detail: widget.Caption("").Colored(widget.ColorRailMuted).Shrinks(),
	}
	d.Refresh()
	return d
}

// railSyncRenderer draws two lines and a dot in the colour of a tone, which is
// never the only sign: the words stand beside it.
type railSyncRenderer struct {
	item         *railSync
	ground       *canvas.Rectangle
	dot          *canvas.Circle
	head, detail *widget.Text
}

func (r *railSyncRenderer) Destroy()           {}
func (r *railSyncRenderer) MinSize() fyne.Size { return fyne.NewSize(widget.U(120), widget.U(46)) }
func (r *railSyncRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.dot, r.head, r.detail}
}

func (r *railSyncRenderer) Layout(s fyne.Size) {
	u := widget.U
	r.ground.Resize(s)
	line, left := u(17), u(28)
	top := (s.Height - 2*line) / 2
	if r.item.detail == "" {
		top = (s.Height - line) / 2
	}
	r.dot.Resize(fyne.NewSquareSize(u(8)))
	r.dot.Move(fyne.NewPos(u(14), top+(line-u(8))/2))
	r.head.Move(fyne.NewPos(left, top))
	r.head.Resize(fyne.NewSize(s.Width-left-u(6), line))
	r.detail.Move(fyne.NewPos(left, top+line))
	r.detail.Resize(fyne.NewSize(s.Width-left-u(6), line))
}

func (r *railSyncRenderer) Refresh() {
	set := fyne.CurrentApp().Settings()
	color := func(n fyne.ThemeColorName) color.Color { return set.Theme().Color(n, set.ThemeVariant()) }
	ground, dot := widget.ColorClear, widget.ColorRailMuted
	switch {
	case r.item.chosen:
		ground = widget.ColorRailSelected
	case r.item.focused, r.item.hovered:
		ground = widget.ColorRailHover
	}
	switch r.item.tone {
	case widget.ToneAccent:
		dot = widget.ColorRailMark
	case widget.ToneOk:
		dot = widget.ColorRailOk
	case widget.ToneWarn:
		dot = widget.ColorRailWarn
	}
	r.ground.FillColor, r.dot.FillColor = color(ground), color(dot)
	r.ground.CornerRadius = widget.U(5)
	r.ground.StrokeColor, r.ground.StrokeWidth = color(widget.ColorRailMark), 0
	if r.item.focused {
		r.ground.StrokeWidth = 1
	}
	r.head.SetText(r.item.text)
	r.detail.SetText(r.item.detail)
	r.Layout(r.item.Size())
	r.ground.Refresh()
	r.dot.Refresh()
}

// settle is how long the rail waits for more before it asks where everything is.
const settle = 300 * time.Millisecond

// noteSync asks soon where the changes are and says it in the rail; what comes
// meanwhile is told once.
func (n *session) noteSync() {
	if n.asking {
		return
	}
	n.asking = true
	n.later(settle, func() {
		n.asking = false
		n.askSync()
		n.askArriving()
	})
}

// askSync says in the rail how the exchange stands. What cannot be read is told on
// its page.
func (n *session) askSync() {
	o, ok := n.office.(present.Exchanging)
	if !ok {
		return
	}
	n.Work("rail.sync", func(ctx context.Context) func() {
		st, err := o.Status(ctx)
		if err != nil {
			return nil
		}
		return func() {
			n.status = st
			n.drawSync()
		}
	})
}

// drawSync says in the rail what is known now.
func (n *session) drawSync() {
	ways := n.status.Ways
	if n.courier != nil {
		ways = n.courier.Ways()
	}
	n.rail.sync.set(present.RailSync(n.shell.words, n.status, ways))
}
