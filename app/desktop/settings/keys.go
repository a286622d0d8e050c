package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
)

// keys is the card of what opens the office when the passphrase is forgotten.
func (r *Room) keys() fyne.CanvasObject {
	w := r.h.Words()
	r.made = widget.NewParagraph("")
	r.tellShares()
	return widget.Card(w.T("keys.title"),
		widget.NewParagraph(w.T("keys.text")).Muted(),
		r.made,
		widget.HStack(8,
			widget.Plain(w.T("keys.shares.make"), theme.AccountIcon(), func() { r.show(newPapersPage(r, true)) }),
			widget.Plain(w.T("keys.check"), theme.ConfirmIcon(), func() { r.show(newCheckPage(r)) }),
			widget.Plain(w.T("keys.code.renew"), theme.ViewRefreshIcon(), func() { r.show(newPapersPage(r, false)) })),
		widget.Note(w.T("keys.lost")))
}

// tellShares says whether there are shares, and since when.
func (r *Room) tellShares() {
	w, made := r.h.Words(), r.h.SharesMade()
	if made.IsZero() {
		r.made.SetText(w.T("keys.shares.none"))
		return
	}
	r.made.SetText(w.T("keys.shares.made", app.DateFull(made.Local().Format("2006-01-02"), w)))
}

// danger is the card of destroying the office.
func (r *Room) danger() fyne.CanvasObject {
	w := r.h.Words()
	return widget.Card(w.T("wipe.card"),
		widget.NewParagraph(w.T("wipe.card.text")).Muted(),
		widget.HStack(8, widget.Plain(w.T("wipe.open"), theme.DeleteIcon(), r.h.ShowWipe)))
}

// sub is a page within the room, in the place of the settings until it is left.
type sub interface {
	object() fyne.CanvasObject
	focus() fyne.Focusable
}

func (r *Room) show(s sub) {
	r.sub = s
	r.stack.Objects = []fyne.CanvasObject{widget.Scroll(widget.Inset(0, 0, 0, 0, widget.Limit(720, s.object())))}
	r.stack.Refresh()
	if f := s.focus(); f != nil && r.h.Window() != nil {
		r.h.Window().Canvas().Focus(f)
	}
}

// home goes back to the settings.
func (r *Room) home() {
	if p, ok := r.sub.(*travelPage); ok {
		p.vm.Drop()
	}
	r.sub = nil
	r.h.Here("")
	r.tellShares()
	r.care.load()
	r.away.load()
	r.stack.Objects = []fyne.CanvasObject{r.page}
	r.stack.Refresh()
}

// Back implements room.Backer.
func (r *Room) Back() bool {
	if r.sub == nil {
		return false
	}
	r.home()
	return true
}

// checkPage reads a paper back: the code's or a share's.
type checkPage struct {
	r     *Room
	entry *widget.Entry
	below *widget.ErrorText
	all   fyne.CanvasObject
}

func newCheckPage(r *Room) *checkPage {
	w := r.h.Words()
	p := &checkPage{r: r, entry: widget.NewEntry(), below: widget.NewErrorText()}
	p.entry.SetPlaceHolder(codeShape)
	p.entry.OnChanged = func(string) { p.below.Clear() }
	p.entry.OnSubmitted = func(string) { p.check() }
	p.all = widget.VStack(12,
		widget.Heading(w.T("keys.check")),
		widget.NewParagraph(w.T("keys.check.text")).Muted(),
		widget.Card("", widget.Field(w.T("keys.check.field"), p.entry, p.below)),
		widget.HFill(8, 1, widget.Plain(w.T("desk.back"), theme.NavigateBackIcon(), r.home), widget.Gap(0),
			widget.Primary(w.T("keys.check.do"), theme.ConfirmIcon(), p.check)))
	return p
}

func (p *checkPage) object() fyne.CanvasObject { return p.all }
func (p *checkPage) focus() fyne.Focusable     { return p.entry }

func (p *checkPage) check() {
	h, w := p.r.h, p.r.h.Words()
	if h.Rehearse(p.entry.Text) {
		p.below.SetHint(w.T("keys.check.code"))
		return
	}
	n, err := h.RehearseShare(p.entry.Text)
	if err == nil {
		p.below.SetHint(w.T("keys.check.share", w.Count(n)))
		return
	}
	if isCode(p.entry.Text) {
		p.below.SetProblem(w.T("keys.check.code.wrong"), false)
		return
	}
	sentence, hint := app.Words(err, w)
	p.below.SetProblem(sentence+" "+hint, false)
}
