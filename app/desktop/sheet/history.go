package sheet

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// History is what every page of a record has below its own cards: each change
// with its author, the record as it was on a day, undoing, merging with another
// record of the same person, and taking the record away.
type History struct {
	host   room.Host
	page   *Page
	env    present.Env
	kind   record.Kind
	id     record.ID
	record func() *record.Record // as it stands on the page
	again  func()                // reads the page anew

	standing *present.Standing
	asked    []present.ProposalCard // what waits about it for a second person
	past     *present.Past
	day      *widget.OptionalDate
	gone     bool // taken away from here: nothing else is drawn
	merge    *mergeBox
	away     *present.Removal

	Known *Restricted // who alone reads it
}

// NewHistory makes it for the page of a record; Load fills it.
func NewHistory(h room.Host, p *Page, kind record.Kind, id record.ID, current func() *record.Record, again func()) *History {
	y := &History{host: h, page: p, env: Env(h), kind: kind, id: id, record: current, again: again}
	y.day = widget.NewOptionalDate(func(typed string) (string, string) { return present.PastDay(y.env, typed) })
	y.day.SetPlaceHolder(h.Words().T("past.hint"))
	y.day.OnSubmitted = func(string) { y.look() }
	p.leave = y.Leave
	y.Known = NewRestricted(h, p, kind, id, again)
	y.Load()
	return y
}

// Load reads what is out of the ordinary with the record as a whole.
func (y *History) Load() {
	if y.kind != record.Detainee && y.kind != record.Contact {
		return
	}
	y.host.Work("", func(ctx context.Context) func() {
		s, err := present.ReadStanding(ctx, y.env, y.id)
		var asked []present.ProposalCard
		if err == nil {
			asked, err = present.ProposalsOf(ctx, y.env, y.id)
		}
		return func() {
			if err != nil {
				return // the page itself says that it cannot be read
			}
			y.standing, y.asked = s, asked
			if y.page.scroll != nil {
				y.page.Redraw()
			}
		}
	})
}

// Heed takes an event.
func (y *History) Heed(e data.Event) {
	if e.Kind == y.kind {
		y.Load()
	}
	y.Known.Heed(e)
}

// ReadOnly reports whether the record was found to be the same as another one: what
// is to be said is said there, and saving here would be refused.
func (y *History) ReadOnly() bool {
	r := y.record()
	return r != nil && !r.MergedInto.IsZero()
}

// Offer gives a way to change the record, or nothing where it is only read.
func (y *History) Offer(o fyne.CanvasObject) fyne.CanvasObject {
	if y.ReadOnly() {
		return nil
	}
	return o
}

// Edits gives what opens a form, or nothing where the record is only read.
func (y *History) Edits(do func()) func() {
	if y.ReadOnly() {
		return nil
	}
	return do
}

// Gone reports whether the record was just taken away from here.
func (y *History) Gone() bool { return y.gone }

// Reopen opens a form of it by the name of its draft.
func (y *History) Reopen(form string) bool {
	if field, ok := strings.CutPrefix(form, "clash."); ok {
		y.host.Go("contradictions", y.id.String()+"/"+field)
		return true
	}
	switch form {
	case "merge":
		y.mergeForm()
	case "delete":
		y.deleteForm()
	case "erase":
		y.eraseForm()
	default:
		return false
	}
	return true
}

// Form is the merge that stands open, nil when none does.
func (y *History) Form() *present.MergeForm {
	if y.merge == nil || y.page.Editing("merge") == nil {
		return nil
	}
	return y.merge.form
}

// Removing is the removal that stands open, nil when none does.
func (y *History) Removing() *present.Removal { return y.away }

// Bands are drawn above everything: where the record went, and what is open.
func (y *History) Bands() []fyne.CanvasObject {
	w := y.host.Words()
	all := y.Known.Band()
	if y.standing == nil {
		return all
	}
	if s := y.standing; s.Into != nil {
		open := widget.Plain(w.T("merge.open"), theme.AccountIcon(), func() { y.host.GoRecord(y.kind, s.Into.ID) })
		undo := widget.Plain(w.T("merge.undo"), theme.ContentUndoIcon(), func() { y.unmerge(s.Merge) })
		all = append(all, widget.Notice(widget.ToneAccent, w.T("merge.into"), widget.PersonRow(Row(*s.Into)), widget.NewParagraph(w.T("merge.into.text")), widget.HStack(8, open, undo)))
	}
	for _, c := range y.asked {
		all = append(all, Proposal(y.host, y.page, c, y.decided))
	}
	if y.standing.Conflict {
		all = append(all, widget.Notice(widget.ToneWarn, w.T("contradiction.edited_after_delete"),
			widget.HStack(8, widget.Plain(w.T("clashes.go"), nil, func() { y.host.Go("contradictions", y.id.String()+"/deleted") }))))
	}
	return all
}

// decided reads again what waits, and the page.
func (y *History) decided() {
	y.Load()
	y.again()
}

// Merged tells of those who were found to be this person: what was said of them
// stands beside, and never decides.
func (y *History) Merged() []fyne.CanvasObject {
	w := y.host.Words()
	if y.standing == nil {
		return nil
	}
	var all []fyne.CanvasObject
	for _, m := range y.standing.From {
		open := widget.Quiet(w.T("clashes.open"), theme.AccountIcon(), func() { y.host.GoRecord(y.kind, m.ID) })
		undo := widget.Quiet(w.T("merge.undo"), theme.ContentUndoIcon(), func() { y.unmerge(m.Merge) })
		body := []fyne.CanvasObject{widget.NewParagraph(m.Name).Bold().Personal(), widget.Note(w.T("merge.beside"))}
		if m.Life.Text != "" {
			body = append(body, widget.FlowChips(Chip(m.Life)))
		}
		if m.Differ {
			body = append(body, widget.Note(w.T("merge.differ")).Colored(theme.ColorNameWarning))
		}
		for _, c := range m.Claims {
			body = append(body, widget.HLine(), widget.HFill(8, 0, widget.FlowChips(Chip(c.What)), widget.Caption(c.When)),
				widget.Note(c.Source).Personal())
		}
		all = append(all, widget.CardWith(w.T("merge.also"), widget.HStack(4, open, undo), body...))
	}
	return all
}

// Object is the timeline with the way to any day of it.
func (y *History) Object(steps []present.TimelineLine) fyne.CanvasObject {
	w := y.host.Words()
	look := widget.Plain(w.T("past.look"), theme.HistoryIcon(), y.look)
	when := widget.HStack(8, widget.Fixed(230, 0, widget.Field(w.T("past.field"), y.day, y.day.Below())), widget.Inset(20, 0, 0, 0, look))
	undo := y.undo
	if y.ReadOnly() {
		undo = nil
	}
	return widget.Card(w.T("timeline.title"), when, widget.HLine(), timelineBox(w, steps, undo))
}

func (y *History) look() {
	if y.day.Text == "" {
		return
	}
	past := present.NewPast(context.Background(), y.env, y.id, func() { y.page.Redraw() })
	if problem := past.At(y.day.Text); problem != "" {
		y.day.Below().SetProblem(problem, false)
		return
	}
	y.page.Settle(func() {
		y.past = past
		y.page.Redraw()
		y.page.ScrollTo(0)
	})
}

// Leave goes back from the past to today; false when today is shown.
func (y *History) Leave() bool {
	if y.past == nil {
		return false
	}
	y.past.Drop()
	y.past = nil
	y.page.Redraw()
	return true
}

// Take puts the other of two values in the place of the one that is shown.
func (y *History) Take(field, text string) {
	if r := y.record(); r != nil {
		present.TakeOther(context.Background(), y.env, r, field, text, told(y.host, "form.saved", y.again))
	}
}

// Past is the page as it was on a day, nil while today is shown.
func (y *History) Past() []fyne.CanvasObject {
	if y.past == nil {
		return nil
	}
	w, p := y.host.Words(), y.past
	back := widget.Primary(w.T("past.back"), theme.NavigateBackIcon(), func() { y.Leave() })
	all := []fyne.CanvasObject{widget.Notice(widget.ToneAccent, w.T("past.banner", p.Day), widget.NewParagraph(w.T("past.text")), widget.HStack(8, back))}
	switch p.State {
	case present.Loading:
		return append(all, widget.Loading(w.T("past.loading")))
	case present.Failed:
		return append(all, widget.ErrorPanel(p.Failure.Text, p.Failure.Hint))
	}
	head := widget.VStack(4, widget.NewParagraph(p.Name).Sized(theme.SizeNameHeadingText).Bold().Personal())
	if p.Mark != "" {
		head.Add(widget.Note(p.Mark).Colored(theme.ColorNameWarning).Personal())
	}
	if p.Life.Text != "" {
		where := p.Where
		if where == "" {
			where = w.T("person.where_unknown")
		}
		head.Add(widget.NewParagraph(where))
		chips := []fyne.CanvasObject{Chip(p.Life)}
		if p.Release.Text != "" {
			chips = append(chips, Chip(p.Release))
		}
		head.Add(widget.FlowChips(chips...))
	}
	all = append(all, widget.Card("", head))
	for _, c := range p.Clashes {
		var sides []fyne.CanvasObject
		for _, s := range c.Sides {
			sides = append(sides, widget.NewParagraph("• "+s).Personal())
		}
		all = append(all, widget.Notice(widget.ToneWarn, w.T("person.clash.title")+": "+c.What, sides...))
	}
	var cards []fyne.CanvasObject
	for _, card := range p.Facts {
		cards = append(cards, widget.Card(card.Title, CopyLines(w, card.Lines, 3)))
	}
	all = append(all, widget.CardColumns(2, 420, cards...))
	if len(p.Claims) > 0 {
		var lines []fyne.CanvasObject
		for i, c := range p.Claims {
			if i > 0 {
				lines = append(lines, widget.HLine())
			}
			lines = append(lines, widget.HFill(8, 0, widget.FlowChips(Chip(c.What)), widget.Caption(c.When)),
				widget.NewParagraph(joined(c.Source, c.Place)).Personal(), widget.Note(c.By))
		}
		all = append(all, widget.Card(w.T("person.claims"), lines...))
	}
	return append(all, Timeline(w, p.Steps))
}

func joined(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}

// undo offers to take a change back, after saying what that does.
func (y *History) undo(s present.TimelineLine) {
	AskUndo(y.host, func(ctx context.Context) (*present.UndoOffer, error) { return present.OfferUndo(ctx, y.env, s.Write) }, y.again)
}

// AskUndo reads what an undo would do, asks, and does it.
func AskUndo(h room.Host, read func(ctx context.Context) (*present.UndoOffer, error), then func()) {
	h.Work("", func(ctx context.Context) func() {
		offer, err := read(ctx)
		return func() {
			w := h.Words()
			switch {
			case err != nil:
				h.Fail(err)
			case offer == nil:
				h.Warn(w.T("undo.none"))
			case len(offer.Does) == 0:
				h.Warn(strings.Join(append([]string{offer.Title}, offer.Keeps...), " "))
			default:
				h.Ask(w.T("undo.title"), widget.Veil(offer.Text(Env(h))), w.T("undo.yes"), false, func() {
					present.Undo(context.Background(), Env(h), offer.Write, told(h, "undo.done", then))
				})
			}
		}
	})
}

// told says how something ended, and goes on where it went well.
func told(h room.Host, key string, then func()) func(present.Failure, bool) {
	return func(f present.Failure, ok bool) {
		if !ok {
			h.Warn(joinedWords(f))
			return
		}
		h.Say(h.Words().T(key))
		then()
	}
}

func joinedWords(f present.Failure) string { return strings.TrimSpace(f.Text + " " + f.Hint) }

func (y *History) unmerge(w record.Write) {
	words := y.host.Words()
	y.host.Ask(words.T("merge.undo.title"), words.T("merge.undo.text"), words.T("merge.undo.yes"), false, func() {
		present.Unmerge(context.Background(), y.env, w, told(y.host, "merge.undone", func() {
			y.again()
			y.Load()
		}))
	})
}

// Tools are what is done with the record as a whole.
func (y *History) Tools() fyne.CanvasObject {
	w := y.host.Words()
	buttons := []fyne.CanvasObject{}
	people := y.kind == record.Detainee || y.kind == record.Contact
	merged := y.standing != nil && y.standing.Into != nil
	if people && !merged {
		buttons = append(buttons, widget.Plain(w.T("merge.button"), theme.ContentCopyIcon(), y.mergeForm))
	}
	if !merged {
		buttons = append(buttons, widget.Plain(w.T("remove.button"), theme.DeleteIcon(), y.deleteForm))
	}
	buttons = append(append(buttons, widget.Plain(w.T("erase.button"), theme.ContentClearIcon(), y.eraseForm)), y.Known.Buttons()...)
	all := append([]fyne.CanvasObject{widget.Card(w.T("tools.title"), widget.FlowChips(buttons...))}, y.Known.Open()...)
	for _, key := range []string{"merge", "delete", "erase"} {
		if open := y.page.Editing(key); open != nil {
			all = append(all, open.Object)
		}
	}
	return widget.VStack(14, all...)
}

func (y *History) deleteForm() {
	r := y.record()
	if r == nil {
		return
	}
	y.page.Begin(func() *Open {
		return y.removal("delete", present.NewDelete(context.Background(), y.env, r))
	})
}

func (y *History) eraseForm() {
	y.page.Begin(func() *Open {
		box := widget.VStack(10)
		var f *present.Removal
		f = present.NewErase(context.Background(), y.env, y.id, y.kind, func() { y.sayErase(box, f) })
		box.Add(widget.Note(y.host.Words().T("erase.reading")))
		return y.removal("erase", f, box)
	})
}

// sayErase says plainly what an erasure reaches and what it does not.
func (y *History) sayErase(box *fyne.Container, f *present.Removal) {
	w := y.host.Words()
	box.RemoveAll()
	if f.State == present.Failed {
		box.Add(widget.ErrorPanel(f.Failure.Text, f.Failure.Hint))
	} else {
		goes := make([]fyne.CanvasObject, 0, len(f.Goes))
		for _, g := range f.Goes {
			goes = append(goes, widget.NewParagraph("• "+g))
		}
		box.Add(widget.Card(w.T("erase.reaches"), append(goes, widget.NewParagraph(w.T("erase.reaches.text")))...))
		box.Add(widget.Card(w.T("erase.not"), widget.NewParagraph(w.T("erase.not.text"))))
		if len(f.Holds) > 0 {
			box.Add(widget.Notice(widget.ToneWarn, w.T("erase.held"), widget.NewParagraph(strings.Join(f.Holds, "\n")).Personal()))
		}
		if !f.May {
			box.Add(widget.Notice(widget.ToneWarn, w.T("erase.may_not")))
		}
		if f.Second {
			box.Add(widget.Notice(widget.ToneAccent, w.T("erase.second")))
		}
	}
	box.Refresh()
	y.page.Redraw()
}

// removal is the form that takes the record away.
func (y *History) removal(key string, f *present.Removal, above ...fyne.CanvasObject) *Open {
	w := y.host.Words()
	y.away = f
	reason, below := widget.NewMultiEntry(2), widget.NewErrorText()
	reason.OnChanged = func(s string) { f.Reason = s }
	save := func() {
		if f.State == present.Failed || !f.May || len(f.Holds) > 0 {
			y.host.Warn(w.T("erase.cannot"))
			return
		}
		f.Save(context.Background(), nil, func(ok bool) {
			below.SetProblem(f.Problem, false)
			if ok {
				y.removed(key, f)
			}
		})
	}
	body := []fyne.CanvasObject{widget.NewParagraph(w.T(key + ".about"))}
	body = append(body, above...)
	body = append(body, widget.Field(w.T("claim.reason"), reason, below))
	if f.Ever {
		body = append(body, y.sure(f))
	}
	body = append(body, widget.HStack(8, widget.Danger(w.T(key+".yes"), nil, save), widget.Plain(w.T("form.cancel"), nil, y.page.Cancel)))
	return &Open{
		Key: key, Object: widget.Card(w.T(key+".title"), body...), Dirty: f.Dirty, Save: save,
		Done: func() { y.away = nil }, Draft: f.Typing(), Restored: func() { reason.SetText(f.Reason) },
		Focus: func(c fyne.Canvas) { c.Focus(reason) },
	}
}

// removed leaves in place of the page what can still be done.
func (y *History) removed(key string, f *present.Removal) {
	w := y.host.Words()
	if f.Waits {
		y.page.End()
		y.host.Say(w.T("erase.proposed"))
		y.decided()
		return
	}
	y.gone = true
	y.page.End()
	y.host.Say(w.T(key + ".done"))
	body := []fyne.CanvasObject{}
	if !f.Ever {
		body = append(body, widget.HStack(8, widget.Plain(w.T("clashes.undo"), theme.ContentUndoIcon(), func() {
			present.Undo(context.Background(), y.env, f.Write, told(y.host, "undo.done", func() {
				y.gone = false
				y.again()
			}))
		})))
	}
	y.page.Whole(widget.Inset(16, 16, 16, 16, widget.VStack(0, widget.Notice(widget.ToneGrey, w.T(key+".done.text"), body...))))
}
