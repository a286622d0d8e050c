package sheet

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// ContactView is the page of one contact.
type ContactView struct {
	host room.Host
	env  present.Env
	ctx  context.Context
	stop context.CancelFunc
	vm   *present.Contact
	page *Page
	note *NoteBox
	past *History
}

// NewContactView opens the page of a contact.
func NewContactView(h room.Host, id record.ID) *ContactView {
	ctx, stop := context.WithCancel(context.Background())
	v := &ContactView{host: h, env: Env(h), ctx: ctx, stop: stop}
	v.page = NewPage(h, v.cards)
	v.page.Over(v.stale)
	v.page.Whole(widget.Loading(h.Words().T("person.loading")))
	v.vm = present.NewContact(ctx, v.env, id, v.draw)
	v.page.Keeps(record.Contact, id, v.reopen)
	v.note = NewNoteBox(h, v.page, record.Contact, id, v.vm.Open)
	v.past = NewHistory(h, v.page, record.Contact, id, func() *record.Record { return v.vm.Record }, v.vm.Open)
	v.note.ReadOnly, v.note.Circles = v.past.ReadOnly, v.past.Known.Circles
	v.vm.Open()
	return v
}

// Object is what to place on the screen.
func (v *ContactView) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *ContactView) Page() *Page { return v.page }

// Heed takes an event.
func (v *ContactView) Heed(e data.Event) {
	v.vm.Heed(e)
	v.past.Heed(e)
}

// Again reads the page again.
func (v *ContactView) Again() { v.vm.Open() }

// Drop forgets what is under way.
func (v *ContactView) Drop() {
	v.vm.Drop()
	v.stop()
}

func (v *ContactView) draw() {
	if v.past.Gone() {
		return
	}
	if v.vm.State == present.Failed {
		v.page.Whole(Failed(v.host, v.vm.Failure))
		return
	}
	v.page.Redraw()
}

// cards are the page: first what keeps the family safe, then for whom they
// ask, then what was said.
func (v *ContactView) cards() []fyne.CanvasObject {
	w := v.host.Words()
	if then := v.past.Past(); then != nil {
		return then
	}
	all := v.past.Bands()
	all = append(all, v.head())
	all = append(all, Alerts(v.vm.Alerts)...)
	all = append(all, v.safe(), v.ties(), v.log(), v.told())
	var facts []fyne.CanvasObject
	for _, card := range v.vm.Facts {
		key := "facts." + card.Group
		facts = append(facts, v.page.Card(key, func() fyne.CanvasObject {
			return Facts(w, card, v.past.Edits(func() { v.edit(key, card) }), v.past.Take)
		}))
	}
	all = append(all, widget.CardColumns(2, 420, facts...))
	all = append(all, v.past.Merged()...)
	return append(all, v.note.Object(v.vm.Notes), v.past.Object(v.vm.Steps), v.past.Tools())
}

func (v *ContactView) head() fyne.CanvasObject {
	w := v.host.Words()
	lines := []fyne.CanvasObject{widget.NewParagraph(v.vm.Name).Sized(theme.SizeNameHeadingText).Bold().Personal()}
	if v.vm.Line != "" {
		lines = append(lines, widget.Note(v.vm.Line).Personal())
	}
	if h := v.vm.Household; h != nil {
		lines = append(lines, widget.HStack(0, widget.Quiet(w.T("family.household", h.Name), theme.HomeIcon(), func() {
			v.host.GoRecord(record.Household, h.ID)
		})))
	}
	if next := v.vm.Next; next.When != "" {
		text := widget.Note(w.T("family.next", next.When))
		if next.Late {
			text = widget.Note(w.T("family.next.late", next.When)).Colored(theme.ColorNameError)
		}
		lines = append(lines, text)
	}
	if !v.past.ReadOnly() {
		log := widget.Primary(w.T("family.attempt.add"), theme.ContentAddIcon(), v.attempt)
		lines = append(lines, widget.Inset(5, 0, 0, 0, widget.HStack(8, log)))
	}
	return widget.Card("", widget.HFill(14, 1, widget.NewAvatar(v.vm.Initials).Large(), widget.VStack(3, lines...)))
}

func (v *ContactView) safe() fyne.CanvasObject {
	w := v.host.Words()
	return v.page.Card("facts.safe", func() fyne.CanvasObject {
		edit := v.past.Offer(widget.Quiet(w.T("person.edit"), theme.DocumentCreateIcon(), func() { v.edit("facts.safe", v.vm.Safe) }))
		if len(v.vm.Safe.Lines) <= 1 {
			return widget.CardWith(v.vm.Safe.Title, edit, widget.Note(w.T("family.safe.none")), CopyLines(w, v.vm.Safe.Lines, 3))
		}
		return widget.CardWith(v.vm.Safe.Title, edit, CopyLines(w, v.vm.Safe.Lines, 3))
	})
}

// ties are the contact's people, each with his own status.
func (v *ContactView) ties() fyne.CanvasObject {
	w := v.host.Words()
	add := v.past.Offer(widget.Quiet(w.T("person.tie.add_detainee"), theme.ContentAddIcon(), func() {
		v.page.Begin(func() *Open {
			return Tie(v.host, v.page, record.Contact, v.vm.ID, v.vm.Open)
		})
	}))
	card := widget.CardWith(w.T("family.ties"), add, widget.Note(w.T("family.ties.none")))
	if len(v.vm.Ties) > 0 {
		rows := make([]fyne.CanvasObject, 0, len(v.vm.Ties))
		for _, t := range v.vm.Ties {
			rows = append(rows, TieRow(t, func() { v.host.GoRecord(t.Kind, t.Other) }))
		}
		card = widget.CardWith(w.T("family.ties"), add, widget.VStack(0, rows...))
	}
	if open := v.page.Editing("tie"); open != nil {
		return widget.VStack(14, open.Object, card)
	}
	return card
}

// log is every attempt, the newest first.
func (v *ContactView) log() fyne.CanvasObject {
	w := v.host.Words()
	add := v.past.Offer(widget.Quiet(w.T("family.attempt.add"), theme.ContentAddIcon(), v.attempt))
	body := []fyne.CanvasObject{}
	if len(v.vm.Log) == 0 {
		body = append(body, widget.Note(w.T("family.log.none")))
	}
	for i, t := range v.vm.Log {
		if i > 0 {
			body = append(body, widget.HLine())
		}
		body = append(body, talk(v.host, t))
	}
	card := widget.CardWith(w.T("family.log"), add, body...)
	if open := v.page.Editing("attempt"); open != nil {
		return widget.VStack(14, open.Object, card)
	}
	return card
}

func talk(h room.Host, t present.TalkLine) fyne.CanvasObject {
	w := h.Words()
	lines := []fyne.CanvasObject{
		widget.HFill(8, 1, Chip(t.Outcome), widget.NewText("").Shrinks(), widget.Caption(t.When)),
		widget.Note(t.Line).Personal(),
	}
	if t.Said != "" {
		lines = append(lines, widget.NewParagraph(t.Said).Personal())
	}
	if t.Asked != "" {
		lines = append(lines, widget.Note(w.T("family.talk.asked", t.Asked)).Personal())
	}
	if t.Next != "" {
		lines = append(lines, widget.Note(t.Next))
	}
	return widget.VStack(3, lines...)
}

// told is the record of each death that this contact was told of.
func (v *ContactView) told() fyne.CanvasObject {
	w := v.host.Words()
	add := v.past.Offer(widget.Quiet(w.T("family.told.add"), theme.ContentAddIcon(), v.telling))
	body := []fyne.CanvasObject{}
	if len(v.vm.Told) == 0 {
		body = append(body, widget.Note(w.T("family.told.none")))
	}
	for i, t := range v.vm.Told {
		if i > 0 {
			body = append(body, widget.HLine())
		}
		body = append(body, widget.NewParagraph(t.Title).Bold().Personal(), widget.Note(t.Line).Personal(), CopyLines(w, t.Lines, 2))
	}
	card := widget.CardWith(w.T("family.told"), add, body...)
	if open := v.page.Editing("telling"); open != nil {
		return widget.VStack(14, open.Object, card)
	}
	return card
}

func (v *ContactView) edit(key string, card present.FactCard) {
	v.page.Begin(func() *Open {
		return Edit(v.host, v.page, key, card.Title, v.vm.Edit(card), v.vm.Done, v.vm.Open, editable(card.Fields)...)
	})
}

// reopen opens a form of the page by the name of its draft.
func (v *ContactView) reopen(form string) bool {
	if v.vm.Record == nil {
		return false
	}
	switch form {
	case "attempt":
		v.attempt()
		return true
	case "telling":
		v.telling()
		return true
	case "tie":
		v.page.Begin(func() *Open { return Tie(v.host, v.page, record.Contact, v.vm.ID, v.vm.Open) })
		return true
	}
	return v.past.Reopen(form) || Reopen(form, append([]present.FactCard{v.vm.Safe}, v.vm.Facts...), v.edit)
}

// Reopen opens the form of the card that a draft is of.
func Reopen(form string, cards []present.FactCard, edit func(key string, card present.FactCard)) bool {
	for _, card := range cards {
		if form == "facts."+card.Group {
			edit(form, card)
			return true
		}
	}
	return false
}

// editable leaves out what is chosen elsewhere: the household on its own page.
func editable(fields []string) []string {
	var names []string
	for _, f := range fields {
		if f != "household" {
			names = append(names, f)
		}
	}
	return names
}

// stale is the banner over an open form whose record was changed meanwhile.
func (v *ContactView) stale() fyne.CanvasObject {
	if !v.vm.Stale {
		return nil
	}
	return Stale(v.host.Words(), v.vm.Elsewhere, func() { v.page.Settle(v.vm.Open) }, func() {
		v.vm.GoOn()
		v.page.Redraw()
	})
}
