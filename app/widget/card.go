package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// Panel is a ground with a thin border, in colours of the theme.
type Panel struct {
	fw.BaseWidget
	fill, stroke fyne.ThemeColorName
	radius       fyne.ThemeSizeName
	content      fyne.CanvasObject
}

// NewPanel puts an object on a ground with a border.
func NewPanel(fill, stroke fyne.ThemeColorName, content fyne.CanvasObject) *Panel {
	p := &Panel{fill: fill, stroke: stroke, radius: theme.SizeNameCardRadius, content: content}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer draws the ground under the object.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewRectangle(tint(p.fill))
	update := func() {
		ground.FillColor, ground.StrokeColor = tint(p.fill), tint(p.stroke)
		ground.StrokeWidth, ground.CornerRadius = 1, current().Size(p.radius)
	}
	update()
	return &plain{
		objects: []fyne.CanvasObject{ground, p.content},
		min:     func() fyne.Size { return p.content.MinSize() },
		layout: func(s fyne.Size) {
			ground.Resize(s)
			p.content.Resize(s)
		},
		refresh: func() {
			update()
			ground.Refresh()
			p.content.Refresh()
		},
	}
}

// Card is a white ground with a title and content under each other, 8 px apart.
// An empty title leaves the line out.
func Card(title string, content ...fyne.CanvasObject) *Panel {
	return CardWith(title, nil, content...)
}

// CardWith is Card with something at the right of its title: a button, a chip.
func CardWith(title string, right fyne.CanvasObject, content ...fyne.CanvasObject) *Panel {
	var all []fyne.CanvasObject
	switch {
	case title != "" && right != nil:
		all = append(all, HFill(8, 0, SubHeading(title).Shrinks(), right))
	case title != "":
		all = append(all, SubHeading(title).Shrinks())
	}
	all = append(all, content...)
	return NewPanel(ColorSurface, ColorBorder, Inset(14, 16, 16, 16, VStack(8, all...)))
}

// Notice is a coloured band with a text that wraps: accent, ok, warn, grey or
// error, with objects (buttons) under it.
func Notice(tone Tone, text string, below ...fyne.CanvasObject) *Panel {
	ground, ink := tone.colors()
	all := append([]fyne.CanvasObject{NewParagraph(text).Colored(ink)}, below...)
	return NewPanel(ground, ground, Inset(10, 14, 10, 14, VStack(8, all...)))
}

// ErrorText is the line under a field: nothing, a hint, a warning or an error.
type ErrorText struct {
	fw.BaseWidget
	text *Paragraph
}

// NewErrorText makes an empty line, which takes no place.
func NewErrorText() *ErrorText {
	e := &ErrorText{text: Note("")}
	e.ExtendBaseWidget(e)
	e.Hide()
	return e
}

// SetProblem shows a warning (doubtful, yet saved) or an error; "" clears it.
func (e *ErrorText) SetProblem(text string, warning bool) {
	if text == "" {
		e.Clear()
		return
	}
	name := theme.ColorNameError
	if warning {
		name = theme.ColorNameWarning
	}
	e.set(text, name)
}

// SetHint shows a muted line; "" clears it.
func (e *ErrorText) SetHint(text string) {
	if text == "" {
		e.Clear()
		return
	}
	e.set(text, ColorMuted)
}

// Clear takes the line away.
func (e *ErrorText) Clear() {
	e.text.SetText("")
	e.Hide()
}

// Text gives what it shows.
func (e *ErrorText) Text() string { return e.text.Text() }

func (e *ErrorText) set(text string, name fyne.ThemeColorName) {
	e.text.Colored(name)
	e.text.SetText(text)
	e.Show()
	e.Refresh()
}

// CreateRenderer draws the line.
func (e *ErrorText) CreateRenderer() fyne.WidgetRenderer { return fw.NewSimpleRenderer(e.text) }

// Field puts a caption above its control and the error line under it; below
// may be nil.
func Field(caption string, control fyne.CanvasObject, below *ErrorText) *fyne.Container {
	head := Inset(0, 0, 0, 1, Caption(caption).Shrinks())
	if below == nil {
		return container.New(&stack{gap: 3, grow: -1}, head, control)
	}
	return container.New(&stack{gap: 3, grow: -1}, head, control, below)
}

// Fact is a caption with a value to read under it; an empty value is a dash.
func Fact(caption, value string) *fyne.Container {
	if value == "" {
		value = "—"
	}
	return VStack(2, Caption(caption).Shrinks(), NewParagraph(value))
}

// PersonalFact is Fact for a value that is a name or the like.
func PersonalFact(caption, value string) *fyne.Container {
	if value == "" {
		value = "—"
	}
	return VStack(2, Caption(caption).Shrinks(), NewParagraph(value).Personal())
}
