package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// Tone is the meaning of a colour. Death is grey and plain, never error.
type Tone uint8

// The tones; the zero one is grey.
const (
	ToneGrey Tone = iota
	ToneAccent
	ToneOk
	ToneWarn
	ToneError
)

func (t Tone) colors() (ground, ink fyne.ThemeColorName) {
	switch t {
	case ToneAccent:
		return ColorChipAccentBg, theme.ColorNamePrimary
	case ToneOk:
		return ColorChipOkBg, theme.ColorNameSuccess
	case ToneWarn:
		return ColorChipWarnBg, theme.ColorNameWarning
	case ToneError:
		return ColorChipErrorBg, theme.ColorNameError
	}
	return ColorChipGreyBg, ColorMuted
}

// Chip is a word on a soft coloured ground.
type Chip struct {
	fw.BaseWidget
	text string
	tone Tone
	most float32
}

// NewChip makes a chip.
func NewChip(text string, tone Tone) *Chip {
	c := &Chip{text: text, tone: tone}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes text and tone; an empty text hides the chip.
func (c *Chip) Set(text string, tone Tone) {
	c.text, c.tone = text, tone
	if text == "" {
		c.Hide()
		return
	}
	c.Show()
	c.Refresh()
}

// Text gives the word.
func (c *Chip) Text() string { return c.text }

// CreateRenderer draws the chip.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewRectangle(nil)
	word := canvas.NewText("", nil)
	word.TextStyle.Bold = true
	word.Alignment = fyne.TextAlignCenter
	draw := func(s fyne.Size) {
		g, ink := c.tone.colors()
		ground.FillColor, word.Color = tint(g), tint(ink)
		word.TextSize = current().Size(theme.SizeNameCaptionText)
		word.Text = ellipsis(c.text, s.Width-U(14), word.TextSize, word.TextStyle)
		h := min(s.Height, U(18))
		ground.CornerRadius = h / 2
		ground.Resize(fyne.NewSize(s.Width, h))
		ground.Move(fyne.NewPos(0, (s.Height-h)/2))
		m := word.MinSize()
		word.Resize(fyne.NewSize(s.Width, m.Height))
		word.Move(fyne.NewPos(0, (s.Height-m.Height)/2))
	}
	return &plain{
		objects: []fyne.CanvasObject{ground, word},
		min: func() fyne.Size {
			w := fyne.MeasureText(c.text, current().Size(theme.SizeNameCaptionText), fyne.TextStyle{Bold: true}).Width
			if c.most > 0 {
				w = min(w, U(c.most))
			}
			return fyne.NewSize(w+U(18), U(18))
		},
		layout: draw,
		refresh: func() {
			draw(c.Size())
			ground.Refresh()
			word.Refresh()
		},
	}
}

// Avatar is a round ground with initials.
type Avatar struct {
	fw.BaseWidget
	initials string
	px       float32
}

// NewAvatar makes an avatar of 34 px.
func NewAvatar(initials string) *Avatar {
	a := &Avatar{initials: initials, px: 34}
	a.ExtendBaseWidget(a)
	return a
}

// Large makes it the size of a page's head (72 px).
func (a *Avatar) Large() *Avatar { a.px = 72; return a }

// SetInitials changes them.
func (a *Avatar) SetInitials(initials string) {
	if a.initials != initials {
		a.initials = initials
		a.Refresh()
	}
}

// CreateRenderer draws the avatar.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewCircle(nil)
	word := canvas.NewText("", nil)
	word.TextStyle.Bold = true
	word.Alignment = fyne.TextAlignCenter
	draw := func(s fyne.Size) {
		ground.FillColor, word.Color = tint(ColorChipAccentBg), tint(theme.ColorNamePrimary)
		d := min(s.Width, s.Height)
		word.TextSize, word.Text = d*0.36, a.initials
		if NamesBlurred() {
			word.Text = ""
		}
		ground.Resize(fyne.NewSquareSize(d))
		ground.Move(fyne.NewPos((s.Width-d)/2, (s.Height-d)/2))
		m := word.MinSize()
		word.Resize(fyne.NewSize(s.Width, m.Height))
		word.Move(fyne.NewPos(0, (s.Height-m.Height)/2))
	}
	return &plain{
		objects: []fyne.CanvasObject{ground, word},
		min:     func() fyne.Size { return fyne.NewSquareSize(U(a.px)) },
		layout:  draw,
		refresh: func() {
			draw(a.Size())
			ground.Refresh()
			word.Refresh()
		},
	}
}

// flow lays objects out like words in a line, going on in the next line.
type flow struct {
	gap  float32
	rows float32
}

// FlowChips puts chips (or buttons) beside each other and goes on in the next
// line where the width ends.
func FlowChips(objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &flow{gap: 6}, Objects: objects}
}

func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w, h float32
	for _, o := range visible(objects) {
		m := o.MinSize()
		w, h = max(w, m.Width), max(h, m.Height)
	}
	return fyne.NewSize(w, max(h, f.rows))
}

func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var x, y, line float32
	for _, o := range visible(objects) {
		m := o.MinSize()
		if x > 0 && x+m.Width > size.Width {
			x, y, line = 0, y+line+U(f.gap), 0
		}
		o.Resize(m)
		o.Move(fyne.NewPos(x, y))
		x += m.Width + U(f.gap)
		line = max(line, m.Height)
	}
	f.rows = y + line
}
