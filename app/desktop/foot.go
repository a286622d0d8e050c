package desktop

import (
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data/fault"
)

// sayFor is how long a line at the foot stands.
const sayFor = 8 * time.Second

// foot is the line under every page: what was just done, or what failed.
type foot struct {
	object  fyne.CanvasObject
	line    *widget.Text
	trouble *fyne.Container
	turn    int
}

func newFoot(n *session) *foot {
	f := &foot{line: widget.Caption("").Shrinks(), trouble: container.NewStack()}
	f.trouble.Hide()
	f.object = widget.VStack(0, f.trouble, widget.HLine(),
		container.NewStack(widget.NewFill(widget.ColorSurface), widget.Inset(4, 16, 5, 16, f.line)))
	return f
}

// Say implements room.Host.
func (n *session) Say(text string) {
	n.atFoot("✓ " + text + " · " + n.shell.clock().Format("15:04:05"))
}

// Warn implements room.Host.
func (n *session) Warn(text string) { n.atFoot(text) }

func (n *session) atFoot(text string) {
	if !n.halted { // that nothing can be saved stays until it is closed
		n.foot.trouble.Hide()
	}
	n.foot.turn++
	mine := n.foot.turn
	n.foot.line.SetText(text)
	n.later(sayFor, func() {
		if n.foot.turn == mine {
			n.foot.line.SetText("")
		}
	})
}

// Fail implements room.Host. A failure stays until it is closed or something
// else succeeds.
func (n *session) Fail(err error) {
	if err == nil {
		return
	}
	sentence, hint := app.Words(err, n.shell.words)
	for _, reason := range app.Reasons(err, n.shell.words) {
		hint += "\n• " + reason
	}
	n.trouble(sentence, hint, n.waysOut(err)...)
}

// waysOut are the buttons of failures that the window itself can mend.
func (n *session) waysOut(err error) []fyne.CanvasObject {
	w := n.shell.words
	var e *fault.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Key {
	case "journal_broken":
		return []fyne.CanvasObject{widget.HStack(0, widget.Primary(w.T("halted.reopen"), nil, n.Lock))}
	case "store_damaged":
		return []fyne.CanvasObject{widget.HStack(0, widget.Primary(w.T("settings.rebuild"), nil, n.rebuildNow))}
	case "journal_damaged":
		return []fyne.CanvasObject{widget.HStack(0, widget.Primary(w.T("backup.refill"), nil, n.refill))}
	case "record_away":
		return []fyne.CanvasObject{widget.HStack(0, widget.Primary(w.T("travel.back"), nil, func() { n.Go("settings", "travel") }))}
	}
	return nil
}

// trouble puts what failed at the foot, with what can be done about it.
func (n *session) trouble(sentence, hint string, ways ...fyne.CanvasObject) {
	n.foot.turn++
	n.foot.line.SetText("")
	shut := widget.Quiet("", theme.CancelIcon(), func() { n.foot.trouble.Hide() })
	text := widget.VStack(2, append([]fyne.CanvasObject{
		widget.NewParagraph(sentence).Bold().Colored(theme.ColorNameError), widget.NewParagraph(hint),
	}, ways...)...)
	n.foot.trouble.Objects = []fyne.CanvasObject{container.NewStack(widget.NewFill(widget.ColorChipErrorBg),
		widget.Inset(10, 10, 10, 16, widget.HFill(8, 0, text, shut)))}
	n.foot.trouble.Show()
	n.foot.trouble.Refresh()
}

// ErrorPanel implements room.Host.
func (n *session) ErrorPanel(err error, retry func()) fyne.CanvasObject {
	return errorPanel(n.shell, err, retry)
}

func errorPanel(s *shell, err error, retry func(), more ...fyne.CanvasObject) fyne.CanvasObject {
	sentence, hint := app.Words(err, s.words)
	for _, reason := range app.Reasons(err, s.words) {
		hint += "\n• " + reason
	}
	if retry != nil {
		more = append([]fyne.CanvasObject{widget.Plain(s.words.T("desk.retry"), theme.ViewRefreshIcon(), retry)}, more...)
	}
	return widget.ErrorPanel(sentence, hint, more...)
}

// later does something on the screen's goroutine after a while, unless the
// session ended.
func (n *session) later(after time.Duration, do func()) {
	time.AfterFunc(after, func() {
		n.Dispatch(func() {
			if n.work.base.Err() == nil {
				do()
			}
		})
	})
}
