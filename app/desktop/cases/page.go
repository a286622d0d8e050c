package cases

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// caseView is the page of one case.
type caseView struct {
	host room.Host
	vm   *present.Case
	page *sheet.Page
	past *sheet.History
	note *sheet.NoteBox
	stop context.CancelFunc
}

func newView(h room.Host, id record.ID) *caseView {
	ctx, stop := context.WithCancel(context.Background())
	v := &caseView{host: h, stop: stop}
	v.page = sheet.NewPage(h, v.cards)
	v.page.Over(v.stale)
	v.page.Whole(widget.Loading(h.Words().T("case.loading")))
	v.vm = present.NewCase(ctx, sheet.Env(h), id, v.draw)
	v.page.Keeps(record.Case, id, v.reopen)
	v.note = sheet.NewNoteBox(h, v.page, record.Case, id, v.vm.Open)
	v.past = sheet.NewHistory(h, v.page, record.Case, id, func() *record.Record { return v.vm.Record }, v.vm.Open)
	v.note.Circles = v.past.Known.Circles
	v.vm.Open()
	return v
}

// Object is what to place on the screen.
func (v *caseView) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *caseView) Page() *sheet.Page { return v.page }

// Heed takes an event.
func (v *caseView) Heed(e data.Event) {
	v.vm.Heed(e)
	v.past.Heed(e)
}

// Again reads the page again.
func (v *caseView) Again() { v.vm.Open() }

// Drop forgets what is under way.
func (v *caseView) Drop() {
	v.vm.Drop()
	v.stop()
}

func (v *caseView) draw() {
	if v.past.Gone() {
		return
	}
	if v.vm.State == present.Failed {
		v.page.Whole(sheet.Failed(v.host, v.vm.Failure))
		return
	}
	v.page.Redraw()
}

// told ends a change that was made by one tap.
func (v *caseView) told(f present.Failure, ok bool) {
	if !ok {
		v.host.Warn(f.Text + " " + f.Hint)
		return
	}
	v.host.Say(v.host.Words().T("case.saved"))
	v.vm.Open()
}

// cards are the page from the first look down.
func (v *caseView) cards() []fyne.CanvasObject {
	w := v.host.Words()
	if then := v.past.Past(); then != nil {
		return then
	}
	all := append(v.past.Known.Band(), v.head())
	for _, em := range v.vm.Emergencies {
		all = append(all, widget.Notice(widget.ToneAccent, em, widget.Note(w.T("incident.emergency.effect"))))
	}
	if v.vm.Kind == "release" {
		all = append(all, v.page.Card("step", v.steps), widget.CardColumns(2, 300, v.page.Card("next", v.next), v.term()))
	} else {
		all = append(all, v.page.Card("next", v.next))
	}
	if len(v.vm.Cards) > 0 {
		all = append(all, v.facts(v.vm.Cards[0]))
	}
	all = append(all, widget.CardColumns(2, 300, v.papers(), v.documents()))
	for _, card := range v.vm.Cards[min(1, len(v.vm.Cards)):] {
		all = append(all, v.facts(card))
	}
	return append(all, v.note.Object(v.vm.Notes), v.past.Object(v.vm.History), v.past.Tools())
}

// head is for whom, how he stands, and how the case stands.
func (v *caseView) head() fyne.CanvasObject {
	w := v.host.Words()
	chips := []fyne.CanvasObject{sheet.Chip(v.vm.Chip)}
	for _, c := range []present.Chip{v.vm.Person.Chip, v.vm.Release, v.vm.Clash, v.vm.Stuck} {
		if c.Text != "" {
			chips = append(chips, sheet.Chip(c))
		}
	}
	title := v.vm.Title
	if v.vm.Number != "" {
		title += " · " + v.vm.Number
	}
	lines := widget.VStack(4,
		widget.Caption(title).Shrinks(),
		widget.NewParagraph(v.vm.Person.Name).Sized(theme.SizeNameHeadingText).Bold().Personal(),
		widget.Note(v.vm.Person.Line).Personal(),
		widget.FlowChips(chips...))
	button := widget.Plain(w.T("case.close"), theme.ConfirmIcon(), func() { v.vm.Close(true, v.told) })
	if v.vm.Closed {
		button = widget.Plain(w.T("case.reopen"), theme.ViewRefreshIcon(), func() { v.vm.Close(false, v.told) })
	}
	who := widget.Quiet(w.T("case.open_person"), theme.AccountIcon(), func() { v.host.GoRecord(record.Detainee, v.vm.Person.ID) })
	buttons := []fyne.CanvasObject{who, button}
	if v.vm.Person.ID.IsZero() { // whose it is cannot be read here
		buttons = nil
	}
	return widget.Card("", widget.HFill(12, 1, widget.NewAvatar(v.vm.Person.Initials).Large(), lines), widget.FlowChips(buttons...))
}

// next is what must happen next, by whom and when.
func (v *caseView) next() fyne.CanvasObject {
	w := v.host.Words()
	edit := func() {
		v.page.Begin(func() *sheet.Open {
			return sheet.Edit(v.host, v.page, "next", w.T("case.next"), v.vm.EditNext(), v.vm.Done, v.vm.Open)
		})
	}
	n := v.vm.Next
	if n.What == "" && n.When == "" {
		return widget.Card(w.T("case.next"), widget.Note(w.T("case.next.none")), widget.HStack(0, widget.Plain(w.T("case.next.set"), nil, edit)))
	}
	when := widget.Note(n.When)
	if n.Late {
		when = when.Colored(theme.ColorNameError)
	}
	lines := widget.VStack(3, widget.NewParagraph(n.What).Bold().Personal())
	if n.When != "" {
		lines.Add(when)
	}
	if n.Who != "" {
		lines.Add(widget.Note(w.T("case.assigned_to") + ": " + n.Who))
	}
	return widget.CardWith(w.T("case.next"), widget.Quiet(w.T("case.edit"), theme.DocumentCreateIcon(), edit), lines)
}

// term is the end of the sentence with everything it was computed from.
func (v *caseView) term() fyne.CanvasObject {
	w, t := v.host.Words(), v.vm.Term
	if t == nil {
		return widget.Card(w.T("case.term"), widget.Note(w.T("case.term.lacks")))
	}
	if t.Lacks != "" {
		return widget.Card(w.T("case.term"), widget.Note(t.Lacks),
			widget.HStack(0, widget.Plain(w.T("case.open_person"), nil, func() { v.host.GoRecord(record.Detainee, v.vm.Person.ID) })))
	}
	head := widget.NewText(t.Headline).Sized(theme.SizeNameHeadingText).Bold().Shrinks()
	if t.Past {
		head.SetColor(theme.ColorNameError)
	}
	lines := widget.VStack(4, head, widget.Note(w.T("case.term.date", t.Date)))
	for _, in := range t.Inputs {
		lines.Add(widget.HFill(8, 0, widget.Caption(in.Label).Shrinks(), widget.NewText(in.Value).Right()))
	}
	for _, d := range t.Doubts {
		lines.Add(widget.Note(d).Colored(theme.ColorNameWarning))
	}
	return widget.CardWith(w.T("case.term"), widget.NewChip(w.T("case.term.chip"), widget.ToneGrey), lines, widget.Note(w.T("case.term.estimate")))
}

func (v *caseView) facts(card present.FactCard) fyne.CanvasObject {
	key := "facts." + card.Group
	return v.page.Card(key, func() fyne.CanvasObject {
		return sheet.Facts(v.host.Words(), card, func() { v.edit(key, card) }, v.past.Take)
	})
}

func (v *caseView) edit(key string, card present.FactCard) {
	v.page.Begin(func() *sheet.Open {
		form := v.vm.Edit(card)
		v.offerContacts(form)
		return sheet.Edit(v.host, v.page, key, card.Title, form, v.vm.Done, v.vm.Open)
	})
}

// reopen opens a form of the page by the name of its draft.
func (v *caseView) reopen(form string) bool {
	if v.vm.State != present.Ready {
		return false
	}
	if step, ok := strings.CutPrefix(form, "step."); ok {
		v.advance(step)
		return true
	}
	return sheet.Reopen(form, v.vm.Cards, v.edit)
}

// offerContacts puts the person's relatives under "who fetches".
func (v *caseView) offerContacts(f *present.Form) {
	if f.Field("fetched_by") != nil {
		f.Offer("fetched_by", v.vm.Relatives)
	}
}

// papers is the checklist: what is missing first.
func (v *caseView) papers() fyne.CanvasObject {
	w := v.host.Words()
	missing := 0
	box := widget.VStack(2)
	for _, p := range v.vm.Papers {
		if !p.Held {
			missing++
		}
		check := fw.NewCheck("", nil)
		check.SetChecked(p.Held)
		check.OnChanged = func(held bool) { v.vm.SetPaper(p.Text, held, v.told) }
		text := widget.NewParagraph(p.Text)
		if p.Held {
			text = text.Muted()
		}
		drop := widget.Quiet("", theme.CancelIcon(), func() { v.vm.DropPaper(p.Text, v.told) })
		box.Add(widget.HFill(6, 1, check, text, drop))
	}
	chip := widget.NewChip(w.T("case.papers.complete"), widget.ToneOk)
	switch {
	case len(v.vm.Papers) == 0:
		chip.Hide()
		box.Add(widget.Note(w.T("case.papers.none")))
	case missing > 0:
		chip = widget.NewChip(w.N("case.papers.missing", missing), widget.ToneWarn)
	}
	entry := widget.NewEntry()
	entry.SetPlaceHolder(w.T("case.papers.add"))
	add := func() {
		if entry.Text != "" {
			v.vm.SetPaper(entry.Text, false, v.told)
		}
	}
	entry.OnSubmitted = func(string) { add() }
	parts := []fyne.CanvasObject{box, widget.HFill(6, 0, entry, widget.Plain(w.T("case.papers.add_button"), nil, add))}
	if len(v.vm.Usual) > 0 {
		parts = append(parts, widget.HStack(0, widget.Quiet(w.T("case.papers.usual"), theme.ContentAddIcon(), func() { v.vm.AddUsual(v.told) })))
	}
	return widget.CardWith(w.T("case.papers"), chip, parts...)
}

// stale is the banner over an open form whose record was changed meanwhile.
func (v *caseView) stale() fyne.CanvasObject {
	if !v.vm.Stale {
		return nil
	}
	return sheet.Stale(v.host.Words(), v.vm.Elsewhere, func() { v.page.Settle(v.vm.Open) }, func() {
		v.vm.GoOn()
		v.page.Redraw()
	})
}
