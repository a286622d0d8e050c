package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// Button is Fyne's button with a thin border, so that a white one is seen on a
// white card.
type Button struct {
	fw.Button
}

// Primary is the one filled button of a page: what one came to do.
func Primary(text string, icon fyne.Resource, tapped func()) *Button {
	return newButton(text, icon, fw.HighImportance, tapped)
}

// Plain is any other button.
func Plain(text string, icon fyne.Resource, tapped func()) *Button {
	return newButton(text, icon, fw.MediumImportance, tapped)
}

// Danger is a button for what cannot be taken back.
func Danger(text string, icon fyne.Resource, tapped func()) *Button {
	return newButton(text, icon, fw.DangerImportance, tapped)
}

// Quiet is a button without ground, for a small action beside a text.
func Quiet(text string, icon fyne.Resource, tapped func()) *Button {
	return newButton(text, icon, fw.LowImportance, tapped)
}

func newButton(text string, icon fyne.Resource, importance fw.Importance, tapped func()) *Button {
	b := &Button{}
	b.Text, b.Icon, b.Importance, b.OnTapped = text, icon, importance, tapped
	b.ExtendBaseWidget(b)
	return b
}

// SetEnabled enables or disables it.
func (b *Button) SetEnabled(on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// TypedKey lets Enter press a focused button, as people expect, beside Space.
func (b *Button) TypedKey(k *fyne.KeyEvent) {
	Touched()
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	case fyne.KeyEscape:
		escape(b, k)
	case fyne.KeyF1:
		forWindow(b, k)
	default:
		b.Button.TypedKey(k)
	}
}

// Tapped presses it.
func (b *Button) Tapped(e *fyne.PointEvent) {
	Touched()
	b.Button.Tapped(e)
}

// CreateRenderer draws the button and its border.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	return newBordered(b.Button.CreateRenderer(), func() fyne.ThemeColorName {
		if b.Importance == fw.MediumImportance {
			return theme.ColorNameInputBorder
		}
		return ColorClear
	}, theme.SizeNameButtonRadius)
}

// bordered adds a border to a renderer of Fyne's.
type bordered struct {
	fyne.WidgetRenderer
	line   *canvas.Rectangle
	color  func() fyne.ThemeColorName
	radius fyne.ThemeSizeName
}

func newBordered(r fyne.WidgetRenderer, color func() fyne.ThemeColorName, radius fyne.ThemeSizeName) *bordered {
	b := &bordered{WidgetRenderer: r, line: canvas.NewRectangle(nil), color: color, radius: radius}
	b.update()
	return b
}

func (b *bordered) update() {
	b.line.FillColor = tint(ColorClear)
	b.line.StrokeColor = tint(b.color())
	b.line.StrokeWidth = current().Size(theme.SizeNameInputBorder)
	b.line.CornerRadius = current().Size(b.radius)
}

func (b *bordered) Layout(s fyne.Size) {
	b.WidgetRenderer.Layout(s)
	b.line.Resize(s)
}

func (b *bordered) Objects() []fyne.CanvasObject {
	inner := b.WidgetRenderer.Objects()
	return append(inner[:len(inner):len(inner)], b.line)
}

func (b *bordered) Refresh() {
	b.WidgetRenderer.Refresh()
	b.update()
	b.line.Refresh()
}
