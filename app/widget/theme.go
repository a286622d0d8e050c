package widget

import (
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/assets"
)

// Own colour names beside Fyne's; every theme made by NewTheme knows them.
const (
	ColorSurface      fyne.ThemeColorName = "paradero.surface" // cards and lists
	ColorMuted        fyne.ThemeColorName = "paradero.muted"   // captions
	ColorBorder       fyne.ThemeColorName = "paradero.border"  // 1 px lines
	ColorRail         fyne.ThemeColorName = "paradero.rail"
	ColorRailText     fyne.ThemeColorName = "paradero.rail.text"
	ColorRailMuted    fyne.ThemeColorName = "paradero.rail.muted"
	ColorRailSelected fyne.ThemeColorName = "paradero.rail.selected"
	ColorRailHover    fyne.ThemeColorName = "paradero.rail.hover"
	ColorRailMark     fyne.ThemeColorName = "paradero.rail.mark"
	ColorRailOk       fyne.ThemeColorName = "paradero.rail.ok"   // all is well with the exchange
	ColorRailWarn     fyne.ThemeColorName = "paradero.rail.warn" // something is only here or failed
	ColorChipAccentBg fyne.ThemeColorName = "paradero.chip.accent"
	ColorChipOkBg     fyne.ThemeColorName = "paradero.chip.ok"
	ColorChipWarnBg   fyne.ThemeColorName = "paradero.chip.warn"
	ColorChipGreyBg   fyne.ThemeColorName = "paradero.chip.grey"
	ColorChipErrorBg  fyne.ThemeColorName = "paradero.chip.error"
	ColorRowSelected  fyne.ThemeColorName = "paradero.row.selected"
	ColorClear        fyne.ThemeColorName = "paradero.clear" // nothing is drawn
)

// SizeUnit is how many units one pixel of the pictures takes: the text size
// that the person chose, 1 to 2.
const SizeUnit fyne.ThemeSizeName = "paradero.unit"

// Theme is the look of the program. It is immutable: a change of brightness,
// size or blur is another Theme, and setting it redraws everything.
type Theme struct {
	dark    bool
	blurred bool
	unit    float32
	touched func()
}

var _ fyne.Theme = (*Theme)(nil)

// NewTheme gives the light or the dark look at 100 %.
func NewTheme(dark bool) *Theme { return &Theme{dark: dark, unit: 1} }

// Scaled gives the same look with text and spaces that many times larger,
// between 1 and 2.
func (t Theme) Scaled(unit float32) *Theme {
	t.unit = min(max(unit, 1), 2)
	return &t
}

// Blurring gives the same look with names made unreadable, or readable again.
func (t Theme) Blurring(on bool) *Theme {
	t.blurred = on
	return &t
}

// Watching gives the same look with do called whenever a person types, chooses
// or points in one of these widgets: Fyne tells nobody that somebody is there,
// and an office that locks by itself must know.
func (t Theme) Watching(do func()) *Theme {
	t.touched = do
	return &t
}

// Touched says that a person did something.
func Touched() {
	if t, ok := current().(*Theme); ok && t.touched != nil {
		t.touched()
	}
}

// escape hands Esc on to the window, where a widget has no use for it.
func escape(o fyne.CanvasObject, k *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return
	}
	c.Unfocus()
	if do := c.OnTypedKey(); do != nil {
		do(k)
	}
}

// forWindow hands a function key (F1) on to the window without leaving the
// field, and says whether it was one.
func forWindow(o fyne.CanvasObject, k *fyne.KeyEvent) bool {
	if k.Name != fyne.KeyF1 {
		return false
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(k)
	}
	return true
}

// Dark says whether this is the dark look.
func (t *Theme) Dark() bool { return t.dark }

// Blurred says whether names are unreadable.
func (t *Theme) Blurred() bool { return t.blurred }

// Color gives the colour of a name; the variant is ignored, since light or dark
// is the person's choice and not only the system's.
func (t *Theme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if pair, ok := palette[name]; ok {
		if t.dark {
			return pair.dark
		}
		return pair.light
	}
	if t.dark {
		return theme.DefaultTheme().Color(name, theme.VariantDark)
	}
	return theme.DefaultTheme().Color(name, theme.VariantLight)
}

// Font gives Inter, regular or semibold.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if style.Monospace || style.Symbol {
		return theme.DefaultTheme().Font(style)
	}
	f := fonts()
	switch {
	case f.regular == nil || f.semibold == nil:
		return theme.DefaultTheme().Font(style)
	case style.Bold:
		return f.semibold
	}
	return f.regular
}

// Icon gives Fyne's own icons.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size gives a size in the person's scale; lines stay one pixel.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s * t.unit
	}
	if s, ok := lines[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name) * t.unit
}

var sizes = map[fyne.ThemeSizeName]float32{
	SizeUnit:                     1,
	theme.SizeNameText:           13,
	theme.SizeNameCaptionText:    11,
	theme.SizeNameSubHeadingText: 15,
	theme.SizeNameHeadingText:    20,
	theme.SizeNamePadding:        4,
	theme.SizeNameInnerPadding:   6,
	theme.SizeNameLineSpacing:    4,
	theme.SizeNameInlineIcon:     16,
	theme.SizeNameScrollBar:      9,
	theme.SizeNameScrollBarSmall: 4,
}

var lines = map[fyne.ThemeSizeName]float32{
	theme.SizeNameSeparatorThickness: 1,
	theme.SizeNameInputBorder:        1,
	theme.SizeNameInputRadius:        4,
	theme.SizeNameButtonRadius:       4,
	theme.SizeNameCardRadius:         6,
	theme.SizeNameSelectionRadius:    3,
	theme.SizeNamePopupRadius:        6,
	theme.SizeNameMenuRadius:         6,
	theme.SizeNameDialogRadius:       8,
	theme.SizeNameModalBlurRadius:    0,
}

type fontPair struct{ regular, semibold fyne.Resource }

// fonts reads the embedded faces once: a theme is made anew at every change of
// look, and Fyne keeps parsed faces by resource.
var fonts = sync.OnceValue(func() fontPair {
	load := func(name string) fyne.Resource {
		b, err := assets.Font(name)
		if err != nil {
			return nil
		}
		return fyne.NewStaticResource(name, b)
	}
	return fontPair{regular: load("Inter-Regular.otf"), semibold: load("Inter-SemiBold.otf")}
})

type pair struct{ light, dark color.NRGBA }

func hex(n uint32) color.NRGBA {
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 0xff}
}

func veil(n uint32, alpha uint8) color.NRGBA {
	c := hex(n)
	c.A = alpha
	return c
}

var palette = map[fyne.ThemeColorName]pair{
	theme.ColorNameBackground:          {hex(0xF4F5F7), hex(0x14191E)},
	theme.ColorNameForeground:          {hex(0x1D2733), hex(0xE7ECF1)},
	theme.ColorNamePlaceHolder:         {hex(0x5A6675), hex(0x98A4B1)},
	theme.ColorNameDisabled:            {hex(0x6B7683), hex(0x8592A0)},
	theme.ColorNamePrimary:             {hex(0x0B6B70), hex(0x4FB8B4)},
	theme.ColorNameHyperlink:           {hex(0x0B6B70), hex(0x4FB8B4)},
	theme.ColorNameForegroundOnPrimary: {hex(0xFFFFFF), hex(0x0B1A1A)},
	theme.ColorNameError:               {hex(0xB3261E), hex(0xF28B82)},
	theme.ColorNameForegroundOnError:   {hex(0xFFFFFF), hex(0x2A0E0C)},
	theme.ColorNameWarning:             {hex(0x9A6700), hex(0xF2C14E)},
	theme.ColorNameForegroundOnWarning: {hex(0xFFFFFF), hex(0x241A05)},
	theme.ColorNameSuccess:             {hex(0x1B7A43), hex(0x6FCF97)},
	theme.ColorNameForegroundOnSuccess: {hex(0xFFFFFF), hex(0x08210F)},
	theme.ColorNameButton:              {hex(0xFFFFFF), hex(0x2A323B)},
	theme.ColorNameDisabledButton:      {hex(0xE9ECEF), hex(0x20272E)},
	theme.ColorNameInputBackground:     {hex(0xFFFFFF), hex(0x171D23)},
	theme.ColorNameInputBorder:         {hex(0xC5CCD4), hex(0x3C4754)},
	theme.ColorNameSeparator:           {hex(0xDEE3E8), hex(0x2B343D)},
	theme.ColorNameHeaderBackground:    {hex(0xF4F5F7), hex(0x14191E)},
	theme.ColorNameMenuBackground:      {hex(0xFFFFFF), hex(0x1B2229)},
	theme.ColorNameOverlayBackground:   {hex(0xFFFFFF), hex(0x1B2229)},
	theme.ColorNameHover:               {veil(0x1D2733, 0x0D), veil(0xFFFFFF, 0x0F)},
	theme.ColorNamePressed:             {veil(0x1D2733, 0x24), veil(0xFFFFFF, 0x24)},
	theme.ColorNameFocus:               {veil(0x0B6B70, 0x38), veil(0x4FB8B4, 0x48)},
	theme.ColorNameSelection:           {veil(0x0B6B70, 0x33), veil(0x4FB8B4, 0x48)},
	theme.ColorNameScrollBar:           {veil(0x5A6675, 0x90), veil(0x98A4B1, 0x80)},
	theme.ColorNameScrollBarBackground: {veil(0x000000, 0x00), veil(0x000000, 0x00)},
	theme.ColorNameShadow:              {veil(0x000000, 0x30), veil(0x000000, 0x70)},

	ColorSurface:      {hex(0xFFFFFF), hex(0x1B2229)},
	ColorMuted:        {hex(0x5A6675), hex(0x98A4B1)},
	ColorBorder:       {hex(0xDEE3E8), hex(0x2B343D)},
	ColorRail:         {hex(0x13343B), hex(0x0F1418)},
	ColorRailText:     {hex(0xFFFFFF), hex(0xE7ECF1)},
	ColorRailMuted:    {hex(0xA9C0C3), hex(0x98A4B1)},
	ColorRailSelected: {hex(0x1F4C54), hex(0x1E2A31)},
	ColorRailHover:    {hex(0x18404A), hex(0x171E24)},
	ColorRailMark:     {hex(0x4FB8B4), hex(0x4FB8B4)},
	ColorRailOk:       {hex(0x6FCF97), hex(0x6FCF97)},
	ColorRailWarn:     {hex(0xF2C14E), hex(0xF2C14E)},
	ColorChipAccentBg: {hex(0xDDEFF0), hex(0x1D3B3D)},
	ColorChipOkBg:     {hex(0xDDF3E4), hex(0x1C3A2A)},
	ColorChipWarnBg:   {hex(0xFCEFD0), hex(0x40341A)},
	ColorChipGreyBg:   {hex(0xE9ECEF), hex(0x2A323B)},
	ColorChipErrorBg:  {hex(0xFBE4E2), hex(0x43211F)},
	ColorRowSelected:  {hex(0xE6F1F2), hex(0x22323A)},
	ColorClear:        {},
}

// current gives the theme in force, also inside a list that overrides sizes.
func current() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// tint gives a colour of the theme in force.
func tint(name fyne.ThemeColorName) color.Color {
	return current().Color(name, fyne.CurrentApp().Settings().ThemeVariant())
}

// U turns pixels of the pictures into units of the person's scale.
func U(px float32) float32 {
	u := current().Size(SizeUnit)
	if u <= 0 {
		u = 1
	}
	return px * u
}

// NamesBlurred says whether names are to be unreadable now.
func NamesBlurred() bool {
	t, ok := current().(*Theme)
	return ok && t.blurred
}

// Veil makes a text unreadable and keeps its length and spaces, when names are
// blurred; otherwise it gives the text.
func Veil(text string) string {
	if !NamesBlurred() {
		return text
	}
	out := []rune(text)
	for i, r := range out {
		if r != ' ' && r != '\n' && r != ',' {
			out[i] = '•'
		}
	}
	return string(out)
}

// flat is the theme in force without the padding that Fyne's list puts between
// its rows; the rows have their own.
type flat struct{}

func (flat) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch n {
	case theme.ColorNameSelection:
		n = ColorRowSelected
	case theme.ColorNameSeparator:
		n = ColorClear
	}
	return current().Color(n, v)
}
func (flat) Font(s fyne.TextStyle) fyne.Resource     { return current().Font(s) }
func (flat) Icon(n fyne.ThemeIconName) fyne.Resource { return current().Icon(n) }
func (flat) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNamePadding, theme.SizeNameSelectionRadius:
		return 0
	}
	return current().Size(n)
}
