package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// stack lays its objects out one after another with an own gap. The object at
// grow (an index, -1 for none) takes what is left.
type stack struct {
	gap        float32
	horizontal bool
	grow       int
}

// VStack puts objects under each other with a gap in pixels, all as wide as the
// box; hidden ones take no place.
func VStack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap: gap, grow: -1}, objects...)
}

// VFill is VStack whose object number grow takes the height that is left.
func VFill(gap float32, grow int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap: gap, grow: grow}, objects...)
}

// HStack puts objects beside each other with a gap, each as wide as it needs
// and in the middle of the height.
func HStack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap: gap, horizontal: true, grow: -1}, objects...)
}

// HFill is HStack whose object number grow takes the width that is left.
func HFill(gap float32, grow int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap: gap, horizontal: true, grow: grow}, objects...)
}

func (s *stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var along, across float32
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if s.horizontal {
			along, across = along+m.Width, max(across, m.Height)
		} else {
			along, across = along+m.Height, max(across, m.Width)
		}
		n++
	}
	if n > 1 {
		along += U(s.gap) * float32(n-1)
	}
	if s.horizontal {
		return fyne.NewSize(along, across)
	}
	return fyne.NewSize(across, along)
}

func (s *stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if !s.horizontal { // a text that wraps knows its height only at its width
		for _, o := range objects {
			if o.Visible() && o.Size().Width != size.Width {
				o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
			}
		}
	}
	need := s.MinSize(objects)
	spare := size.Height - need.Height
	if s.horizontal {
		spare = size.Width - need.Width
	}
	var at float32
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if s.horizontal {
			if i == s.grow {
				m.Width = max(0, m.Width+spare)
			}
			o.Resize(m)
			o.Move(fyne.NewPos(at, (size.Height-m.Height)/2))
			at += m.Width + U(s.gap)
			continue
		}
		if i == s.grow {
			m.Height = max(0, m.Height+spare)
		}
		o.Resize(fyne.NewSize(size.Width, m.Height))
		o.Move(fyne.NewPos(0, at))
		at += m.Height + U(s.gap)
	}
}

type inset struct{ top, right, bottom, left float32 }

// Inset puts space around one object: top, right, bottom, left in pixels.
func Inset(top, right, bottom, left float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&inset{top, right, bottom, left}, object)
}

func (p *inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m.AddWidthHeight(U(p.left+p.right), U(p.top+p.bottom))
}

func (p *inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(U(p.left), U(p.top)))
		o.Resize(size.SubtractWidthHeight(U(p.left+p.right), U(p.top+p.bottom)))
	}
}

// limit keeps its object within a width and in the middle (or at the left).
type limit struct {
	width  float32
	centre bool
}

// Limit keeps an object no wider than that many pixels, at the left.
func Limit(width float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&limit{width: width}, object)
}

// Centre keeps an object no wider than that many pixels, in the middle.
func Centre(width float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&limit{width: width, centre: true}, object)
}

func (l *limit) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (l *limit) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o := objects[0]
	w := min(size.Width, max(U(l.width), o.MinSize().Width))
	x := float32(0)
	if l.centre {
		x = (size.Width - w) / 2
	}
	o.Resize(fyne.NewSize(w, size.Height))
	o.Move(fyne.NewPos(x, 0))
}

// fixed gives its object a width of its own.
type fixed struct{ width, height float32 }

// Fixed gives an object at least that width and height in pixels; 0 leaves it.
func Fixed(width, height float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&fixed{width, height}, object)
}

func (f *fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := objects[0].MinSize()
	if f.width > 0 {
		m.Width = U(f.width)
	}
	if f.height > 0 {
		m.Height = max(m.Height, U(f.height))
	}
	return m
}

func (f *fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[0].Move(fyne.NewPos(0, 0))
}

// columns is a grid that has as many columns as fit.
type columns struct {
	most     int
	least    float32
	gap, row float32
	was      int
}

// Columns lays objects out in up to n columns of equal width, and in fewer when
// a column would be narrower than least pixels. Rows are as high as their
// highest object; heights follow the width that the box was given last.
func Columns(n int, least float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&columns{most: n, least: least, gap: 14, row: 8, was: n}, objects...)
}

// CardColumns is Columns with the space that stands between cards.
func CardColumns(n int, least float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&columns{most: n, least: least, gap: 14, row: 14, was: n}, objects...)
}

func (c *columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	shown := visible(objects)
	var width float32
	for _, o := range shown {
		width = max(width, o.MinSize().Width)
	}
	var height float32
	for i := 0; i < len(shown); i += c.was {
		height += rowHeight(shown[i:min(i+c.was, len(shown))])
		if i > 0 {
			height += U(c.row)
		}
	}
	return fyne.NewSize(width, height)
}

func (c *columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	shown := visible(objects)
	n := c.most
	for n > 1 && (size.Width-U(c.gap)*float32(n-1))/float32(n) < U(c.least) {
		n--
	}
	c.was = n
	w := (size.Width - U(c.gap)*float32(n-1)) / float32(n)
	var y float32
	for i := 0; i < len(shown); i += n {
		line := shown[i:min(i+n, len(shown))]
		h := rowHeight(line)
		for j, o := range line {
			o.Move(fyne.NewPos(float32(j)*(w+U(c.gap)), y))
			o.Resize(fyne.NewSize(w, h))
		}
		y += h + U(c.row)
	}
}

func visible(objects []fyne.CanvasObject) []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, 0, len(objects))
	for _, o := range objects {
		if o.Visible() {
			out = append(out, o)
		}
	}
	return out
}

func rowHeight(objects []fyne.CanvasObject) float32 {
	var h float32
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return h
}

// Scroll makes a page that scrolls up and down, with the page's margin.
func Scroll(content fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(Inset(16, 18, 20, 18, content))
}

// HLine is a line of one pixel across; VLine one down.
func HLine() fyne.CanvasObject { return newFill(theme.ColorNameSeparator, 1) }

// VLine is a line of one pixel down.
func VLine() fyne.CanvasObject { return newFill(theme.ColorNameSeparator, 1) }

// Gap is an empty place of that many pixels both ways.
func Gap(px float32) fyne.CanvasObject { return newFill(ColorClear, px) }
