// Package sheet draws the parts of a view-model that several rooms show in the
// same way: a form, a card of facts, a timeline, notes, alerts, and the page of
// a contact, which opens beside the list of people as well as in his own room.
//
// What must not live here: reading or saving anything, and what only one room
// shows.
package sheet

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/assets"
)

// hostDispatcher lets view-models work through the window.
type hostDispatcher struct{ host room.Host }

// Go runs work in the background.
func (d hostDispatcher) Go(work func()) {
	d.host.Work("", func(context.Context) func() {
		work()
		return nil
	})
}

// Back runs show on the goroutine of the user interface.
func (d hostDispatcher) Back(show func()) { d.host.Dispatch(show) }

// Env gives view-models what they need of the window.
func Env(h room.Host) present.Env {
	return present.Env{API: h.Office(), Words: h.Words(), Run: hostDispatcher{h}}
}

// Tone gives the drawn tone of a view-model's.
func Tone(t present.Tone) widget.Tone {
	switch t {
	case present.Accent:
		return widget.ToneAccent
	case present.OK:
		return widget.ToneOk
	case present.Warn:
		return widget.ToneWarn
	case present.Bad:
		return widget.ToneError
	}
	return widget.ToneGrey
}

// Chip draws a chip; one without text takes no place.
func Chip(c present.Chip) *widget.Chip {
	chip := widget.NewChip("", Tone(c.Tone))
	chip.Set(c.Text, Tone(c.Tone))
	return chip
}

// Failed is a page that could not be read. Of what is off this machine it says
// calmly so, with the way to bring it back.
func Failed(h room.Host, f present.Failure) fyne.CanvasObject {
	if !f.Away {
		return widget.Inset(16, 16, 16, 16, widget.VStack(0, widget.ErrorPanel(f.Text, f.Hint)))
	}
	w := h.Words()
	line, _ := present.AwayLine(h.Office(), w)
	return widget.Empty(f.Text, strings.TrimSpace(line+" "+f.Hint),
		widget.Primary(w.T("travel.back"), theme.DownloadIcon(), func() { h.Go("settings", "travel") }))
}

// Alerts draws what must be read first: one band for each tone, the gravest
// above.
func Alerts(alerts []present.Alert) []fyne.CanvasObject {
	var bands []fyne.CanvasObject
	for _, tone := range []present.Tone{present.Bad, present.Warn} {
		var texts []string
		for _, a := range alerts {
			if a.Tone == tone {
				texts = append(texts, a.Text)
			}
		}
		if len(texts) > 0 {
			bands = append(bands, widget.Notice(Tone(tone), strings.Join(texts, "\n")))
		}
	}
	return bands
}

// Stale draws the banner over an open form whose record was changed meanwhile: by
// whom, which fields, and what stands in them now. again leaves the form, whose
// draft is kept, and shows the record as it is; goOn goes on writing.
func Stale(w *assets.Words, e *present.Elsewhere, again, goOn func()) fyne.CanvasObject {
	if e == nil {
		return widget.Notice(widget.ToneWarn, w.T("person.stale"))
	}
	below := make([]fyne.CanvasObject, 0, len(e.Changes)+2)
	for _, c := range e.Changes {
		below = append(below, widget.NewParagraph("• "+shift(w, c)).Personal())
	}
	return widget.Notice(widget.ToneWarn, e.Text, append(below, widget.NewParagraph(w.T("stale.keep")), widget.HStack(8,
		widget.Plain(w.T("person.stale.again"), theme.VisibilityIcon(), again), widget.Quiet(w.T("stale.go_on"), nil, goOn)))...)
}

// Lines draws captions with their values in columns. Doubts stand under their
// value in amber words.
func Lines(lines []present.Line, columns int) fyne.CanvasObject { return draw(lines, columns, "", nil) }

// CopyLines is Lines whose values are copied by a right click.
func CopyLines(w *assets.Words, lines []present.Line, columns int) fyne.CanvasObject {
	return draw(lines, columns, w.T("person.copy"), nil)
}

func draw(lines []present.Line, columns int, copying string, take func(field, text string)) fyne.CanvasObject {
	cells := make([]fyne.CanvasObject, 0, len(lines))
	for _, l := range lines {
		cell := []fyne.CanvasObject{widget.PersonalFact(l.Label, l.Value)}
		if l.Mark.Text != "" {
			cell = append(cell, widget.Note(l.Mark.Text).Colored(theme.ColorNameWarning))
		}
		for _, o := range l.Others {
			if take != nil {
				cell = append(cell, widget.HStack(0, widget.Quiet(o.Label, nil, func() { take(l.Field, o.Value) })))
			}
		}
		cells = append(cells, WithSource(widget.VStack(1, cell...), l.Source, l.Value, copying))
	}
	return widget.Columns(columns, 190, cells...)
}

// Facts draws a card of facts with its button; a nil edit leaves it out. take, where it is given, puts the
// other of two values in the place of the shown one.
func Facts(w *assets.Words, card present.FactCard, edit func(), take ...func(field, text string)) fyne.CanvasObject {
	label := w.T("person.edit")
	if len(card.Lines) == 0 {
		label = w.T("person.fill")
	}
	var button fyne.CanvasObject
	if edit != nil {
		button = widget.Quiet(label, theme.DocumentCreateIcon(), edit)
	}
	if len(card.Lines) == 0 {
		return widget.CardWith(card.Title, button, widget.Note(w.T("person.nothing_yet")))
	}
	if len(take) > 0 && edit != nil {
		return widget.CardWith(card.Title, button, draw(card.Lines, 3, w.T("person.copy"), take[0]))
	}
	return widget.CardWith(card.Title, button, CopyLines(w, card.Lines, 3))
}

// Timeline draws changes, the newest first; long histories show their first
// twenty until the rest is asked for.
func Timeline(w *assets.Words, steps []present.TimelineLine) fyne.CanvasObject {
	return widget.Card(w.T("timeline.title"), timelineBox(w, steps, nil))
}

// timelineBox is the timeline without its card; undo may be nil.
func timelineBox(w *assets.Words, steps []present.TimelineLine, undo func(present.TimelineLine)) fyne.CanvasObject {
	if len(steps) == 0 {
		return widget.Note(w.T("timeline.none"))
	}
	const first = 20
	box := widget.VStack(12)
	for i := range min(first, len(steps)) {
		box.Add(step(w, steps[i], undo))
	}
	if rest := len(steps) - first; rest > 0 {
		var more *widget.Button
		more = widget.Quiet(w.N("timeline.more", rest), nil, func() {
			box.Remove(more)
			for i := first; i < len(steps); i++ {
				box.Add(step(w, steps[i], undo))
			}
			box.Refresh()
		})
		box.Add(more)
	}
	return box
}

func step(w *assets.Words, s present.TimelineLine, undo func(present.TimelineLine)) fyne.CanvasObject {
	parts := []fyne.CanvasObject{widget.HFill(8, 0,
		widget.NewText(s.What).Bold().Shrinks(),
		widget.Caption(s.When+" · "+s.By))}
	foot := widget.HFill(8, 0, widget.Caption(s.Device).Shrinks())
	if undo != nil && !s.Write.IsZero() {
		foot.Add(widget.Quiet(w.T("undo.step"), theme.ContentUndoIcon(), func() { undo(s) }))
	}
	if s.Device != "" || len(foot.Objects) > 1 {
		parts = append(parts, foot)
	}
	if s.Mark != "" {
		parts = append(parts, widget.Note(s.Mark).Colored(theme.ColorNameWarning))
	}
	if s.Reason != "" {
		parts = append(parts, widget.Note(w.T("timeline.reason", s.Reason)))
	}
	if len(s.Changes) > 4 && plain(s.Changes) { // a record as it was made reads better as one text
		said := make([]string, 0, len(s.Changes))
		for _, c := range s.Changes {
			said = append(said, shift(w, c))
		}
		return widget.VStack(2, append(parts, widget.Note(strings.Join(said, " · ")).Personal())...)
	}
	for _, c := range s.Changes {
		parts = append(parts, widget.Note(shift(w, c)).Personal())
	}
	return widget.VStack(2, parts...)
}

// plain reports whether nothing replaced anything.
func plain(changes []present.Shift) bool {
	return !slices.ContainsFunc(changes, func(c present.Shift) bool { return c.Was != "" })
}

func shift(w *assets.Words, c present.Shift) string {
	is := c.Is
	if is == "" {
		is = w.T("timeline.blank")
	}
	if c.Was == "" {
		return w.T("timeline.is", c.Label, is)
	}
	return w.T("timeline.was", c.Label, c.Was, is)
}
