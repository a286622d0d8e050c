package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// Fill is a rectangle in a colour of the theme.
type Fill struct {
	fw.BaseWidget
	name fyne.ThemeColorName
	px   float32
}

func newFill(name fyne.ThemeColorName, px float32) *Fill {
	f := &Fill{name: name, px: px}
	f.ExtendBaseWidget(f)
	return f
}

// NewFill is a ground in a colour of the theme, for container.NewStack.
func NewFill(name fyne.ThemeColorName) *Fill { return newFill(name, 0) }

// SetColor changes the colour's name.
func (f *Fill) SetColor(name fyne.ThemeColorName) { f.name = name; f.Refresh() }

// CreateRenderer draws the rectangle.
func (f *Fill) CreateRenderer() fyne.WidgetRenderer {
	r := canvas.NewRectangle(tint(f.name))
	return &plain{objects: []fyne.CanvasObject{r}, min: func() fyne.Size {
		if f.px == 1 {
			return fyne.NewSquareSize(1)
		}
		return fyne.NewSquareSize(U(f.px))
	}, layout: func(s fyne.Size) { r.Resize(s) }, refresh: func() {
		r.FillColor = tint(f.name)
		r.Refresh()
	}}
}

// plain is a renderer made of functions.
type plain struct {
	objects []fyne.CanvasObject
	min     func() fyne.Size
	layout  func(fyne.Size)
	refresh func()
}

func (p *plain) Destroy()                     {}
func (p *plain) Layout(s fyne.Size)           { p.layout(s) }
func (p *plain) MinSize() fyne.Size           { return p.min() }
func (p *plain) Objects() []fyne.CanvasObject { return p.objects }
func (p *plain) Refresh()                     { p.refresh() }

// Text is one line in a size and colour of the theme. It shows an ellipsis when
// it has too little width, where canvas.Text would run over its neighbour.
type Text struct {
	fw.BaseWidget
	text     string
	size     fyne.ThemeSizeName
	color    fyne.ThemeColorName
	bold     bool
	align    fyne.TextAlign
	shrinks  bool
	personal bool
}

// NewText is a line of ordinary text.
func NewText(text string) *Text {
	t := &Text{text: text, size: theme.SizeNameText, color: theme.ColorNameForeground}
	t.ExtendBaseWidget(t)
	return t
}

// Heading is the title of a page (20).
func Heading(text string) *Text { return NewText(text).Sized(theme.SizeNameHeadingText).Bold() }

// SubHeading is the title of a card (15).
func SubHeading(text string) *Text { return NewText(text).Sized(theme.SizeNameSubHeadingText).Bold() }

// Caption is a small muted line (11).
func Caption(text string) *Text {
	return NewText(text).Sized(theme.SizeNameCaptionText).Colored(ColorMuted)
}

// Sized sets the size's name.
func (t *Text) Sized(name fyne.ThemeSizeName) *Text { t.size = name; return t }

// Colored sets the colour's name.
func (t *Text) Colored(name fyne.ThemeColorName) *Text { t.color = name; return t }

// Bold makes it semibold.
func (t *Text) Bold() *Text { t.bold = true; return t }

// Weigh makes it semibold or regular.
func (t *Text) Weigh(bold bool) {
	if t.bold != bold {
		t.bold = bold
		t.Refresh()
	}
}

// Right aligns it to the right, for numbers that are compared.
func (t *Text) Right() *Text { t.align = fyne.TextAlignTrailing; return t }

// Middle aligns it to the centre.
func (t *Text) Middle() *Text { t.align = fyne.TextAlignCenter; return t }

// Shrinks lets it be narrower than its text, which then ends in an ellipsis.
func (t *Text) Shrinks() *Text { t.shrinks = true; return t }

// Personal marks it as a name: unreadable while names are blurred.
func (t *Text) Personal() *Text { t.personal = true; return t }

// SetText changes the text.
func (t *Text) SetText(text string) {
	if t.text != text {
		t.text = text
		t.Refresh()
	}
}

// SetColor changes the colour's name.
func (t *Text) SetColor(name fyne.ThemeColorName) {
	if t.color != name {
		t.color = name
		t.Refresh()
	}
}

// Text gives the text, never blurred.
func (t *Text) Text() string { return t.text }

func (t *Text) shown() string {
	if t.personal {
		return Veil(t.text)
	}
	return t.text
}

// CreateRenderer draws the line.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	c := canvas.NewText("", color.Transparent)
	draw := func(s fyne.Size) {
		c.TextSize, c.TextStyle.Bold, c.Alignment = current().Size(t.size), t.bold, t.align
		c.Color = tint(t.color)
		c.Text = ellipsis(t.shown(), s.Width, c.TextSize, c.TextStyle)
		m := c.MinSize()
		c.Resize(fyne.NewSize(s.Width, m.Height))
		c.Move(fyne.NewPos(0, (s.Height-m.Height)/2))
	}
	return &plain{objects: []fyne.CanvasObject{c}, min: func() fyne.Size {
		m := fyne.MeasureText(t.shown(), current().Size(t.size), fyne.TextStyle{Bold: t.bold})
		if t.shrinks {
			m.Width = min(m.Width, U(24))
		}
		return m
	}, layout: draw, refresh: func() {
		draw(t.Size())
		c.Refresh()
	}}
}

// ellipsis cuts a text to a width. A text without any width yet is kept, since
// its first layout is still to come.
func ellipsis(text string, width, size float32, style fyne.TextStyle) string {
	if width <= 0 || fyne.MeasureText(text, size, style).Width <= width+0.5 {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if fyne.MeasureText(string(runes[:mid])+"…", size, style).Width <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	for low > 0 && runes[low-1] == ' ' {
		low--
	}
	return string(runes[:low]) + "…"
}

// Paragraph is a text of several lines that wraps by words. It stands flush
// with its neighbours: the space that Fyne puts around rich text is taken back.
type Paragraph struct {
	fw.BaseWidget
	rich     *fw.RichText
	seg      *fw.TextSegment
	text     string
	personal bool
}

// NewParagraph makes a wrapping text in ordinary colour and size.
func NewParagraph(text string) *Paragraph {
	p := &Paragraph{text: text, seg: &fw.TextSegment{Text: text, Style: fw.RichTextStyle{
		ColorName: theme.ColorNameForeground, SizeName: theme.SizeNameText,
	}}}
	p.rich = fw.NewRichText(p.seg)
	p.rich.Wrapping = fyne.TextWrapWord
	p.ExtendBaseWidget(p)
	return p
}

// Note is a wrapping text, small and muted.
func Note(text string) *Paragraph {
	return NewParagraph(text).Muted().Sized(theme.SizeNameCaptionText)
}

// Sized sets the size's name.
func (p *Paragraph) Sized(name fyne.ThemeSizeName) *Paragraph { p.seg.Style.SizeName = name; return p }

// Muted makes the colour muted.
func (p *Paragraph) Muted() *Paragraph { return p.Colored(ColorMuted) }

// Middle aligns it to the centre.
func (p *Paragraph) Middle() *Paragraph { p.seg.Style.Alignment = fyne.TextAlignCenter; return p }

// Bold makes it semibold.
func (p *Paragraph) Bold() *Paragraph { p.seg.Style.TextStyle.Bold = true; return p }

// Personal marks it as holding names: unreadable while names are blurred.
func (p *Paragraph) Personal() *Paragraph { p.personal = true; return p }

// Colored sets the colour's name.
func (p *Paragraph) Colored(name fyne.ThemeColorName) *Paragraph {
	p.seg.Style.ColorName = name
	return p
}

// SetColor changes the colour's name.
func (p *Paragraph) SetColor(name fyne.ThemeColorName) { p.seg.Style.ColorName = name; p.Refresh() }

// SetText changes the text.
func (p *Paragraph) SetText(text string) { p.text = text; p.Refresh() }

// Text gives the text, never blurred.
func (p *Paragraph) Text() string { return p.text }

// Resize wraps the text anew and tells those around it at once when its height
// changed, so that a page need not be laid out twice.
func (p *Paragraph) Resize(s fyne.Size) {
	was := p.rich.MinSize().Height
	p.BaseWidget.Resize(s)
	if p.rich.MinSize().Height != was {
		p.BaseWidget.Refresh()
	}
}

// CreateRenderer draws the text.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	pad := func() float32 { return current().Size(theme.SizeNameInnerPadding) }
	place := func(s fyne.Size) {
		p.rich.Resize(s.AddWidthHeight(2*pad(), 2*pad()))
		p.rich.Move(fyne.NewPos(-pad(), -pad()))
	}
	return &plain{objects: []fyne.CanvasObject{p.rich}, min: func() fyne.Size {
		m := p.rich.MinSize().SubtractWidthHeight(2*pad(), 2*pad())
		return fyne.NewSize(max(m.Width, 0), max(m.Height, 0))
	}, layout: place, refresh: func() {
		p.seg.Text = p.text
		if p.personal {
			p.seg.Text = Veil(p.text)
		}
		p.rich.Refresh()
		place(p.Size())
	}}
}
