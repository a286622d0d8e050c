package sheet

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

// NoteBox is the card of a record's notes, with the line in which the next one
// is written. That line outlives every redrawing of its page.
type NoteBox struct {
	host  room.Host
	page  *Page
	kind  record.Kind
	id    record.ID
	again func()
	entry *widget.Entry
	takes present.NoteLine // the note that is being corrected; without an id none is
	below *widget.ErrorText
	busy  bool
	saved func() // its draft is no longer needed

	readers *Readers

	// ReadOnly tells whether nothing may be written there; nil: never.
	ReadOnly func() bool
	// Circles gives those for which a note can be written; nil: for none.
	Circles func() []present.CircleChoice
}

// NewNoteBox makes the card of a record's notes; again reads the page anew.
func NewNoteBox(h room.Host, p *Page, kind record.Kind, id record.ID, again func()) *NoteBox {
	n := &NoteBox{host: h, page: p, kind: kind, id: id, again: again, entry: widget.NewMultiEntry(2).Personal(), below: widget.NewErrorText()}
	n.readers = NewReaders(h)
	n.entry.SetPlaceHolder(h.Words().T("person.note.hint"))
	typed, saved := p.BesideKept("note", n.readers.Keep(n.typing()), n.clear, func() {
		p.Reveal(n.entry)
		h.Window().Canvas().Focus(n.entry)
	})
	n.saved = saved
	n.entry.OnChanged = func(string) { typed() }
	n.readers.OnChanged = typed
	return n
}

// typing lends the line to its draft.
func (n *NoteBox) typing() *present.Typing {
	return &present.Typing{
		Typed: func() map[string]string {
			typed := map[string]string{"text": n.entry.Text}
			if !n.takes.ID.IsZero() {
				typed["corrects"] = n.takes.ID.String()
			}
			return typed
		},
		Restore: func(typed map[string]string) {
			if id, err := record.ParseID(typed["corrects"]); err == nil {
				n.takes = present.NoteLine{ID: id}
			}
			if text, ok := typed["text"]; ok {
				n.entry.SetText(text)
			}
		},
		Dirty: func() bool {
			text := strings.TrimSpace(n.entry.Text)
			return text != "" && text != strings.TrimSpace(n.takes.Text)
		},
	}
}

func (n *NoteBox) clear() {
	n.takes = present.NoteLine{}
	n.readers.Reset()
	n.entry.SetText("")
	n.below.Clear()
}

// Object draws the notes.
func (n *NoteBox) Object(notes []present.NoteLine) fyne.CanvasObject {
	w := n.host.Words()
	label := w.T("person.note.add")
	buttons := widget.HStack(8)
	if !n.takes.ID.IsZero() {
		label = w.T("person.note.correct_this")
		buttons.Add(widget.Plain(w.T("form.cancel"), nil, func() {
			n.clear()
			n.saved()
			n.page.Redraw()
		}))
	}
	buttons.Objects = append([]fyne.CanvasObject{widget.Plain(label, theme.ContentAddIcon(), n.Save)}, buttons.Objects...)
	write := widget.VStack(6, n.entry, n.below)
	if who := n.whoReads(); who != nil {
		write.Add(who)
	}
	write.Add(buttons)
	box := widget.VStack(10, write)
	if n.onlyRead() {
		box = widget.VStack(10)
		if len(notes) == 0 {
			box.Add(widget.Note(w.T("person.nothing_yet")))
		}
	}
	for _, one := range notes {
		box.Add(n.line(one))
	}
	return widget.Card(w.T("person.notes"), box)
}

// whoReads is the choice of who may read the note; a correction is read by whoever
// read what it corrects.
func (n *NoteBox) whoReads() fyne.CanvasObject {
	switch {
	case !n.takes.ID.IsZero() && n.takes.Circle != "":
		return widget.Note(n.host.Words().T("readers.same", n.takes.Circle))
	case !n.takes.ID.IsZero() || n.Circles == nil:
		return nil
	}
	n.readers.Offer(n.Circles())
	if !n.readers.Object().Visible() {
		return nil
	}
	return widget.Limit(460, n.readers.Object())
}

func (n *NoteBox) onlyRead() bool { return n.ReadOnly != nil && n.ReadOnly() }

func (n *NoteBox) line(one present.NoteLine) fyne.CanvasObject {
	w := n.host.Words()
	meta := one.By
	if one.Corrects {
		meta += " · " + w.T("person.note.corrects")
	}
	text := widget.NewParagraph(one.Text).Personal()
	if one.Corrected {
		meta += " · " + w.T("person.note.corrected")
		text.Muted()
	}
	foot := widget.HFill(8, 0, widget.Caption(meta).Shrinks())
	if one.Circle != "" {
		foot.Add(widget.NewChip(w.T("readers.chip", one.Circle), widget.ToneAccent))
	}
	if !one.Corrected && !n.onlyRead() {
		foot.Add(widget.Quiet(w.T("person.note.correct"), nil, func() { n.Correct(one) }))
	}
	return widget.VStack(2, widget.HLine(), widget.Inset(6, 0, 0, 0, text), foot)
}

// Correct begins a note that takes the place of an older one, which stays in
// sight.
func (n *NoteBox) Correct(one present.NoteLine) {
	n.takes = one
	n.entry.SetText(one.Text)
	n.page.Redraw()
	n.page.Reveal(n.entry)
	n.host.Window().Canvas().Focus(n.entry)
}

// Save writes the note, or the correction of an older one.
func (n *NoteBox) Save() {
	w := n.host.Words()
	if strings.TrimSpace(n.entry.Text) == "" {
		n.below.SetProblem(w.T("person.note.empty"), false)
		return
	}
	if n.busy {
		return
	}
	n.busy = true
	corrects, circle := "", n.readers.Circle()
	if !n.takes.ID.IsZero() {
		corrects, circle = n.takes.ID.String(), record.ID{}
	}
	present.AddNote(context.Background(), Env(n.host), n.kind, n.id, n.entry.Text, corrects, circle, func(f present.Failure, ok bool) {
		n.busy = false
		if !ok {
			n.below.SetProblem(strings.TrimSpace(f.Text+" "+f.Hint), false)
			return
		}
		n.clear()
		n.saved()
		n.host.Say(w.T("form.saved"))
		n.again()
	})
}

// Entry is the line in which a note is written.
func (n *NoteBox) Entry() *widget.Entry { return n.entry }
