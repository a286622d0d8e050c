package sheet

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

// drafts are a page's unfinished forms: those it offers, and the keeping of
// the one that stands open.
type drafts struct {
	kind   record.Kind
	id     record.ID
	list   *present.Drafts        // nil: nothing is kept of this page
	reopen func(form string) bool // opens a form of the page by its name
	auto   *present.Autosave      // of the open form
	offers *fyne.Container        // above the open form
	resume *present.DraftLine     // to be continued by the form that is being opened
	ticks  bool
}

// Keeps says whose page this is, so that what is typed in its forms is kept.
// id is zero for a record that is not yet made. reopen opens a form by its
// name; it is false where that form cannot be opened any more, and nil on a
// page that always has its form open.
func (p *Page) Keeps(kind record.Kind, id record.ID, reopen func(form string) bool) {
	d := &p.drafts
	d.kind, d.id, d.reopen, d.offers = kind, id, reopen, widget.VStack(8)
	d.offers.Hide()
	d.list = present.NewDrafts(context.Background(), Env(p.host), kind, id, p.offered)
	d.list.Load()
}

// offered shows what was found; where the page is still being read, it is
// drawn with the page.
func (p *Page) offered() {
	p.syncOffers()
	if p.scroll != nil {
		p.Redraw()
	}
}

// kept reports whether a draft is the one that is being typed right now.
func (p *Page) kept(line present.DraftLine) bool {
	if p.drafts.auto != nil && p.drafts.auto.Key() == line.Key {
		return true
	}
	for _, b := range p.beside {
		if b.auto != nil && b.typing.Dirty() && b.auto.Key() == line.Key {
			return true
		}
	}
	return false
}

// formName is what the open form's draft is called.
func (p *Page) formName() string {
	switch {
	case p.open == nil || p.open.Draft == nil:
		return ""
	case p.open.Name != "":
		return p.open.Name
	}
	return p.open.Key
}

// begun starts to keep a form that was just opened, and offers what was typed
// in it another time.
func (p *Page) begun() {
	d := &p.drafts
	line := d.resume
	d.resume = nil
	if d.list == nil || p.open.Draft == nil {
		return
	}
	of := present.DraftOf{Kind: d.kind, ID: d.id, Form: p.formName()}
	p.open.Draft.Dirty = p.open.Dirty
	d.auto = present.NewAutosave(Env(p.host), of, p.open.Draft, p.host.Fail)
	d.offers = widget.VStack(8)
	p.open.Object = widget.VStack(10, d.offers, p.open.Object)
	if line != nil && line.Of == of {
		p.take(*line)
	}
	p.syncOffers()
	p.wake()
}

// take continues a draft in the open form.
func (p *Page) take(line present.DraftLine) {
	if err := p.drafts.auto.Continue(line); err != nil {
		p.host.Fail(err)
	}
	if p.open.Restored != nil {
		p.open.Restored()
	}
}

// syncOffers draws the drafts of the open form above it.
func (p *Page) syncOffers() {
	d := &p.drafts
	if d.list == nil {
		return
	}
	d.offers.RemoveAll()
	if name := p.formName(); name != "" {
		for _, line := range d.list.Lines {
			if line.Of.Form == name && !p.kept(line) {
				d.offers.Add(p.offer(line, p.host.Words().T("draft.offer", line.When), func() {
					p.take(line)
					d.list.Load()
					p.Focus()
				}))
			}
		}
	}
	d.offers.Hidden = len(d.offers.Objects) == 0
	d.offers.Refresh()
}

// bands are the drafts of forms that do not stand open, at the head of the page.
func (p *Page) bands() []fyne.CanvasObject {
	d := &p.drafts
	if d.list == nil || d.reopen == nil {
		return nil
	}
	var all []fyne.CanvasObject
	for _, line := range d.list.Lines {
		if line.Of.Form == p.formName() || p.kept(line) {
			continue
		}
		text := p.host.Words().T("draft.offer_form", line.When, line.What)
		all = append(all, p.offer(line, text, func() { p.goOn(line) }))
	}
	return all
}

// offer draws one draft with what can be done with it.
func (p *Page) offer(line present.DraftLine, text string, goOn func()) fyne.CanvasObject {
	w := p.host.Words()
	row := widget.HFill(10, 0, widget.NewParagraph(text).Colored(theme.ColorNamePrimary),
		widget.Plain(w.T("draft.continue"), theme.DocumentCreateIcon(), goOn),
		widget.Quiet(w.T("draft.discard"), nil, func() { AskDiscard(p.host, line, p.drafts.list.Load) }))
	return widget.NewPanel(widget.ColorChipAccentBg, widget.ColorChipAccentBg, widget.Inset(6, 8, 6, 14, row))
}

// AskDiscard forgets a draft, after asking: it cannot be brought back.
func AskDiscard(h room.Host, line present.DraftLine, then func()) {
	w := h.Words()
	h.Ask(w.T("draft.discard.title"), w.T("draft.discard.text"), w.T("draft.discard.yes"), true, func() {
		if err := present.DropDraft(Env(h), line); err != nil {
			h.Fail(err)
			return
		}
		h.Say(w.T("draft.discarded"))
		then()
	})
}

// goOn opens the form of a draft and continues it there.
func (p *Page) goOn(line present.DraftLine) {
	for i := range p.beside {
		b := &p.beside[i]
		if b.form != line.Of.Form || b.auto == nil {
			continue
		}
		if err := b.auto.Continue(line); err != nil {
			p.host.Fail(err)
		}
		p.wake()
		p.Redraw()
		if b.shown != nil {
			b.shown()
		}
		return
	}
	p.drafts.resume = &line
	if !p.drafts.reopen(line.Of.Form) {
		p.drafts.resume = nil
	}
}

// keep keeps what is typed; all of the page or only the open form. False, once
// it has said why, where something would be lost.
func (p *Page) keep(all bool) bool {
	kept := false
	try := func(auto *present.Autosave, dirty bool) bool {
		if auto == nil {
			return !dirty
		}
		one, err := auto.Keep()
		if err != nil {
			p.host.Fail(err)
			return false
		}
		kept = kept || one
		return true
	}
	if p.open != nil && !try(p.drafts.auto, p.open.Dirty()) {
		return false
	}
	for i := range p.beside {
		if b := &p.beside[i]; all && !try(b.auto, b.dirty()) {
			return false
		}
	}
	if kept {
		p.host.Say(p.host.Words().T("draft.kept"))
	}
	return true
}

// forget gives the drafts of what is typed up, as the person said.
func (p *Page) forget(all bool) {
	autos := []*present.Autosave{p.drafts.auto}
	for i := range p.beside {
		if all {
			autos = append(autos, p.beside[i].auto)
		}
	}
	for _, auto := range autos {
		if auto == nil {
			continue
		}
		if err := auto.Done(); err != nil {
			p.host.Fail(err)
		}
	}
}

// wake begins to look at what is typed, until nothing is.
func (p *Page) wake() {
	timer, ok := p.host.(room.Timer)
	if !ok || p.drafts.ticks {
		return
	}
	p.drafts.ticks = true
	var tick func()
	tick = func() {
		open := p.drafts.auto != nil
		if open {
			p.drafts.auto.Tick()
		}
		for i := range p.beside {
			if b := &p.beside[i]; b.auto != nil {
				open = open || b.typing.Dirty()
				b.auto.Tick()
			}
		}
		p.drafts.ticks = open
		if open {
			timer.Later(present.AutosavePause, tick)
		}
	}
	timer.Later(present.AutosavePause, tick)
}

// BesideKept is Beside for something of which a draft is kept; shown is called
// when one was brought back. It gives what to call when something was typed,
// and when it was saved or given up.
func (p *Page) BesideKept(form string, typing *present.Typing, drop, shown func()) (changed, saved func()) {
	p.beside = append(p.beside, beside{dirty: typing.Dirty, drop: drop, form: form, typing: typing, shown: shown})
	at := len(p.beside) - 1
	begin := func() {
		if p.drafts.list != nil {
			of := present.DraftOf{Kind: p.drafts.kind, ID: p.drafts.id, Form: form}
			p.beside[at].auto = present.NewAutosave(Env(p.host), of, typing, p.host.Fail)
		}
	}
	p.beside[at].begin = begin
	begin()
	saved = func() {
		if auto := p.beside[at].auto; auto != nil {
			if err := auto.Done(); err != nil {
				p.host.Fail(err)
			}
			begin()
		}
	}
	return p.wake, saved
}
