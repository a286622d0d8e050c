package sheet

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
)

// Page is one record's page: cards under each other, of which one at most is
// being edited in its place. What is typed outlives every redrawing.
type Page struct {
	host   room.Host
	scroll *container.Scroll
	root   *fyne.Container
	draw   func() []fyne.CanvasObject
	open   *Open
	beside []beside
	drafts drafts
	over   func() fyne.CanvasObject // stays in sight above the cards; nil: nothing does
	overAt float32                  // how high that was
	leave  func() bool              // goes back from something shown in place of the page; nil or false: nothing is
}

// beside is something typed on the page outside the open form.
type beside struct {
	dirty  func() bool
	drop   func()
	form   string // name of its draft
	typing *present.Typing
	shown  func()
	auto   *present.Autosave // nil: no draft is kept of it
	begin  func()            // begins to keep what is typed anew
}

// Open is the form that stands open on a page.
type Open struct {
	Key    string            // which card it takes the place of
	Object fyne.CanvasObject // what is drawn there
	Dirty  func() bool
	Save   func()
	Done   func()              // it was saved or given up
	Focus  func(c fyne.Canvas) // puts the keyboard into it

	Draft    *present.Typing // nil: no draft is kept of it
	Name     string          // of the draft, where it is not Key
	Restored func()          // a draft was brought back: draws it
	Away     func()          // leaves a page that is nothing but this form
}

// NewPage makes a page; draw gives its cards.
func NewPage(h room.Host, draw func() []fyne.CanvasObject) *Page {
	return &Page{host: h, draw: draw, root: container.NewStack()}
}

// Object is what to place on the screen.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Redraw draws all cards anew and stays where it is.
func (p *Page) Redraw() {
	at := fyne.Position{}
	if p.scroll != nil {
		at = p.scroll.Offset
	}
	p.scroll = widget.Scroll(widget.VStack(14, append(p.bands(), p.draw()...)...))
	at.Y += p.place()
	p.scroll.ScrollToOffset(at)
}

// Over names what stays in sight above the cards while it gives something: what
// whoever types must know at once.
func (p *Page) Over(over func() fyne.CanvasObject) { p.over = over }

// place puts the cards on the screen, under what stays in sight. It gives by how
// much they are to be moved, so that the line in which somebody types stays where
// it is, unless it would be covered there.
func (p *Page) place() float32 {
	typed := p.typingAt()
	var over fyne.CanvasObject
	if p.over != nil {
		over = p.over()
	}
	p.root.Objects = []fyne.CanvasObject{p.scroll}
	if over != nil {
		over = widget.Inset(12, 18, 0, 18, over)
		p.root.Objects = []fyne.CanvasObject{container.New(under{}, p.scroll, over)}
	}
	p.root.Refresh()
	was := p.overAt
	p.overAt = 0
	if over != nil {
		p.overAt = over.Size().Height
	}
	if typed < p.overAt {
		return 0
	}
	return p.overAt - was
}

// typingAt is how far below the page's top the line is in which somebody types; 0
// where nobody does.
func (p *Page) typingAt() float32 {
	c := p.canvas()
	if c == nil {
		return 0
	}
	o, ok := c.Focused().(fyne.CanvasObject)
	if !ok || o == nil {
		return 0
	}
	driver := fyne.CurrentApp().Driver()
	return driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(p.root).Y
}

// under lays the first object out under the second, which stays in sight above it.
type under struct{}

func (under) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

func (under) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[1].Resize(fyne.NewSize(s.Width, o[1].MinSize().Height)) // a text that wraps knows its height only at its width
	h := min(o[1].MinSize().Height, s.Height/2)
	o[1].Resize(fyne.NewSize(s.Width, h))
	o[0].Move(fyne.NewPos(0, h))
	o[0].Resize(fyne.NewSize(s.Width, s.Height-h))
}

// Whole shows one object instead of cards: loading, an error.
func (p *Page) Whole(o fyne.CanvasObject) {
	p.scroll, p.overAt = nil, 0
	p.root.Objects = []fyne.CanvasObject{o}
	p.root.Refresh()
}

// ScrollTo goes to a height of the page, or to its end.
func (p *Page) ScrollTo(y float32) {
	if p.scroll != nil {
		p.scroll.ScrollToOffset(fyne.NewPos(0, y))
	}
}

// Editing gives the form that takes the place of a card, nil when none does.
func (p *Page) Editing(key string) *Open {
	if p.open != nil && p.open.Key == key {
		return p.open
	}
	return nil
}

// Card gives the open form in place of a card, else the card.
func (p *Page) Card(key string, card func() fyne.CanvasObject) fyne.CanvasObject {
	if o := p.Editing(key); o != nil {
		return o.Object
	}
	return card()
}

// Begin opens a form. One that stands open already is left, and its draft kept.
func (p *Page) Begin(form func() *Open) {
	p.settle(false, func() {
		p.open = form()
		p.begun()
		p.Redraw()
		p.Reveal(p.open.Object)
		p.Focus()
		p.revealAgain(p.open)
	})
}

// settled is how long what was just placed takes to know its height: a text that
// wraps knows it only once it was laid out at its width.
const settled = 80 * time.Millisecond

// revealAgain brings a form's buttons into sight too, which lay lower than was known
// when it was placed.
func (p *Page) revealAgain(o *Open) {
	if t, ok := p.host.(room.Timer); ok {
		t.Later(settled, func() {
			if p.open == o {
				p.Reveal(o.Object)
			}
		})
	}
}

// Opened tells whether a form stands open.
func (p *Page) Opened() bool { return p.open != nil }

// Focus puts the keyboard into the open form. A room calls it too once it has
// placed a page that opened with a form: before, there was nothing to focus.
func (p *Page) Focus() {
	if c := p.canvas(); c != nil && p.open != nil && p.open.Focus != nil {
		p.open.Focus(c)
	}
}

// End closes the open form, which was saved: its draft is no longer needed.
func (p *Page) End() {
	if p.open == nil {
		return
	}
	p.forget(false)
	p.shut()
}

// shut closes the open form; its draft stays as it is.
func (p *Page) shut() {
	if p.open == nil {
		return
	}
	done := p.open.Done
	p.open = nil
	if p.drafts.auto != nil {
		p.drafts.auto.Close()
		p.drafts.auto = nil
	}
	if done != nil {
		done()
	}
	if p.drafts.list != nil {
		p.drafts.list.Load()
	}
}

// Beside names something else in which a person types on this page: whether
// something stands there, and how it is given up.
func (p *Page) Beside(dirty func() bool, drop func()) {
	p.beside = append(p.beside, beside{dirty: dirty, drop: drop})
}

// Dirty reports whether something is typed that is not saved.
func (p *Page) Dirty() bool {
	if p.open != nil && p.open.Dirty() {
		return true
	}
	return slices.ContainsFunc(p.beside, func(b beside) bool { return b.dirty() })
}

// IsOpen reports whether a form stands open.
func (p *Page) IsOpen() bool { return p.open != nil }

// Settle does what leaves the page. What is typed is kept as a draft; only
// what cannot be kept is asked about, and nothing happens when the person then
// thinks better.
func (p *Page) Settle(then func()) { p.settle(true, then) }

func (p *Page) settle(all bool, then func()) {
	leave := func() {
		p.shut()
		for i := range p.beside {
			if all {
				p.beside[i].leave()
			}
		}
		then()
	}
	if p.keep(all) {
		leave()
		return
	}
	p.askDiscard(func() {
		p.forget(all)
		leave()
	})
}

// leave empties it; its draft stays as it is.
func (b *beside) leave() {
	if b.auto != nil {
		b.auto.Close()
	}
	b.drop()
	if b.begin != nil {
		b.begin()
	}
}

// Leave keeps what is typed, and leaves it standing for whoever comes back. It
// is false where something cannot be kept; it has then said why and asked.
func (p *Page) Leave() bool {
	if p.keep(true) {
		return true
	}
	p.askDiscard(func() {
		p.forget(true)
		p.shut()
		for i := range p.beside {
			p.beside[i].leave()
		}
		p.Redraw()
	})
	return false
}

// GiveUp closes the open form and forgets its draft, after asking where
// something was typed in it.
func (p *Page) GiveUp(then func()) {
	give := func() {
		p.forget(false)
		p.shut()
		then()
	}
	if p.open == nil || !p.open.Dirty() {
		give()
		return
	}
	p.askDiscard(give)
}

func (p *Page) askDiscard(then func()) {
	w := p.host.Words()
	p.host.Ask(w.T("form.discard.title"), w.T("form.discard.text"), w.T("form.discard.yes"), true, then)
}

// Save saves the open form.
func (p *Page) Save() {
	if p.open != nil {
		p.open.Save()
	}
}

// Cancel gives the open form up, after asking when something was typed in it;
// a note begun beside it stays.
func (p *Page) Cancel() { p.GiveUp(p.away()) }

// away is what stands there once the open form does not.
func (p *Page) away() func() {
	if p.open != nil && p.open.Away != nil {
		return p.open.Away
	}
	return p.Redraw
}

// Back closes the open form and keeps its draft; false when there is none.
func (p *Page) Back() bool {
	if p.open == nil {
		return p.leave != nil && p.leave()
	}
	p.settle(false, p.away())
	return true
}

// canvas is the window's. The driver knows the canvas of an object only once it
// was painted, which a page that was just placed is not.
func (p *Page) canvas() fyne.Canvas {
	if w := p.host.Window(); w != nil {
		return w.Canvas()
	}
	return nil
}

// Reveal scrolls until the head of an object is in sight.
func (p *Page) Reveal(o fyne.CanvasObject) {
	if p.scroll == nil || p.canvas() == nil {
		return
	}
	driver := fyne.CurrentApp().Driver()
	y := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(p.scroll).Y
	top, bottom := float32(0), p.scroll.Size().Height
	height := max(o.Size().Height, o.MinSize().Height) // one that was just placed has no size yet
	if y < top || y+min(height, bottom) > bottom {
		p.scroll.ScrollToOffset(fyne.NewPos(0, p.scroll.Offset.Y+y-widget.U(14)))
	}
}
