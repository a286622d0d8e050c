package sheet

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/assets"
)

// Strength shows how strong a passphrase is, in words and as a bar.
type Strength struct {
	Object fyne.CanvasObject
	words  *assets.Words
	known  func() []string
	bar    *widget.Bar
	word   *widget.Text
}

// NewStrength makes it; known gives the words that an attacker knows too.
func NewStrength(w *assets.Words, known func() []string) *Strength {
	m := &Strength{words: w, known: known, bar: widget.NewBar(), word: widget.Caption("").Shrinks()}
	m.Object = widget.VStack(4, m.bar, m.word)
	m.Set("")
	return m
}

// Set judges a passphrase.
func (m *Strength) Set(pass string) {
	st := app.PassphraseStrength(pass, m.known()...)
	tones := []widget.Tone{widget.ToneGrey, widget.ToneError, widget.ToneWarn, widget.ToneOk, widget.ToneOk}
	m.bar.SetTone(float32(st.Level)/4, tones[st.Level])
	m.word.SetText(m.words.T("strength." + string(rune('0'+st.Level))))
}

// Code draws a recovery code, its groups large and apart, as one copies them.
func Code(code string) fyne.CanvasObject {
	groups := make([]fyne.CanvasObject, 0, 6)
	for _, g := range strings.Split(code, "-") {
		groups = append(groups, widget.NewPanel(widget.ColorChipAccentBg, widget.ColorBorder,
			widget.Inset(8, 10, 8, 10, widget.NewText(g).Bold().Middle().Sized(theme.SizeNameHeadingText))))
	}
	return widget.Columns(3, 120, groups...)
}
