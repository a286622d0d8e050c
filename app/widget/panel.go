package widget

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// ProgressWords are the words of a Progress panel; Rate and Left have the blank
// {0}, Count has {0} of {1}.
type ProgressWords struct {
	Count, CountOpen, Rate, Left, Cancel string
}

// Progress shows how far a longer work is: count, rate, time left, Cancel.
type Progress struct {
	fw.BaseWidget
	words   ProgressWords
	title   *Text
	detail  *Text
	bar     *Bar
	cancel  *Button
	started time.Time
	root    fyne.CanvasObject
}

// NewProgress makes a panel; a nil cancel shows no button.
func NewProgress(title string, words ProgressWords, cancel func()) *Progress {
	p := &Progress{words: words, title: SubHeading(title).Shrinks(), detail: Caption("").Shrinks(), bar: NewBar()}
	p.cancel = Plain(words.Cancel, nil, nil)
	p.cancel.OnTapped = func() {
		p.cancel.Disable()
		cancel()
	}
	if cancel == nil {
		p.cancel.Hide()
	}
	p.root = VStack(8, p.title, p.bar, HFill(8, 0, p.detail, p.cancel))
	p.ExtendBaseWidget(p)
	return p
}

// SetTitle changes the title.
func (p *Progress) SetTitle(title string) { p.title.SetText(title) }

// Set shows how many are done of how many (0: unknown) at a moment; rate and
// time left are reckoned from the first call on. count writes numbers in the
// person's language.
func (p *Progress) Set(done, total int, now time.Time, count func(int) string) {
	if p.started.IsZero() || done == 0 {
		p.started = now
	}
	if count == nil {
		count = strconv.Itoa
	}
	text := fill(p.words.CountOpen, count(done))
	if total > 0 {
		text = fill(p.words.Count, count(done), count(total))
		p.bar.Set(float32(done) / float32(total))
	}
	if spent := now.Sub(p.started).Seconds(); spent >= 1 && done > 0 {
		rate := float64(done) / spent
		text += " · " + fill(p.words.Rate, count(int(rate+0.5)))
		if total > done && rate > 0 {
			left := int(float64(total-done)/rate + 0.5)
			text += " · " + fill(p.words.Left, fmt.Sprintf("%d:%02d", left/60, left%60))
		}
	}
	p.detail.SetText(text)
}

func fill(pattern string, args ...string) string {
	out := pattern
	for i, a := range args {
		out = strings.ReplaceAll(out, "{"+strconv.Itoa(i)+"}", a)
	}
	return out
}

// CreateRenderer draws the panel.
func (p *Progress) CreateRenderer() fyne.WidgetRenderer { return fw.NewSimpleRenderer(p.root) }

// Bar is a thin bar from 0 to 1 in a tone.
type Bar struct {
	fw.BaseWidget
	value float32
	tone  Tone
}

// NewBar makes an empty bar in the accent.
func NewBar() *Bar {
	b := &Bar{tone: ToneAccent}
	b.ExtendBaseWidget(b)
	return b
}

// Set sets the value, 0 to 1.
func (b *Bar) Set(value float32) { b.value = min(max(value, 0), 1); b.Refresh() }

// SetTone sets the value and its tone: how strong a passphrase is.
func (b *Bar) SetTone(value float32, tone Tone) { b.tone = tone; b.Set(value) }

// Value gives the value.
func (b *Bar) Value() float32 { return b.value }

// CreateRenderer draws the bar.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	ground, done := canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	draw := func(s fyne.Size) {
		_, ink := b.tone.colors()
		ground.FillColor, done.FillColor = tint(ColorChipGreyBg), tint(ink)
		ground.CornerRadius, done.CornerRadius = s.Height/2, s.Height/2
		ground.Resize(s)
		done.Resize(fyne.NewSize(s.Width*b.value, s.Height))
	}
	return &plain{
		objects: []fyne.CanvasObject{ground, done},
		min:     func() fyne.Size { return fyne.NewSize(U(40), U(6)) },
		layout:  draw,
		refresh: func() { draw(b.Size()); ground.Refresh(); done.Refresh() },
	}
}

// Empty is the state of a room that has nothing yet: what it is for, and the
// first step (actions may be left out).
func Empty(title, text string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	body := []fyne.CanvasObject{SubHeading(title).Middle(), NewParagraph(text).Muted().Middle()}
	if len(actions) > 0 {
		body = append(body, container.NewCenter(HStack(8, actions...)))
	}
	return middle(420, VStack(8, body...))
}

// Loading says that something is being fetched.
func Loading(text string) fyne.CanvasObject {
	a := fw.NewActivity()
	a.Start()
	return middle(320, VStack(8, container.NewCenter(a), NewParagraph(text).Muted().Middle()))
}

// ErrorPanel says what failed and the way out; retry may be left out.
func ErrorPanel(title, hint string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	body := []fyne.CanvasObject{NewParagraph(title).Bold().Colored(theme.ColorNameError), NewParagraph(hint)}
	if len(actions) > 0 {
		body = append(body, HStack(8, actions...))
	}
	return NewPanel(ColorSurface, theme.ColorNameError, Inset(14, 16, 16, 16, VStack(8, body...)))
}

// middle keeps an object within a width and in the middle both ways, a little
// above the centre, where the eye rests.
func middle(width float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&centred{width}, o)
}

type centred struct{ width float32 }

func (c *centred) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(U(120), objects[0].MinSize().Height)
}

func (c *centred) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	o := objects[0]
	w := min(s.Width-U(24), U(c.width))
	o.Resize(fyne.NewSize(w, o.MinSize().Height))
	h := o.MinSize().Height
	o.Resize(fyne.NewSize(w, h))
	o.Move(fyne.NewPos((s.Width-w)/2, max(0, (s.Height-h)*0.42)))
}
