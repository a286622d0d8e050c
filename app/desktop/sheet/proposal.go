package sheet

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
)

// ProposalForm is what the form that decides a proposal is called.
func ProposalForm(c present.ProposalCard) string { return "proposal." + c.Write.String() }

// Proposal draws what waits for a second person's word: whom it concerns first,
// with those whose names are near; then what is proposed, by whom; then the
// decision, for who may make it, and otherwise why not. done is called once it was
// decided.
func Proposal(h room.Host, p *Page, c present.ProposalCard, done func()) fyne.CanvasObject {
	w := h.Words()
	lines := proposalWho(h, c)
	lines = append(lines, widget.Caption(w.T("proposal.proposes")), widget.NewParagraph(c.Title).Bold())
	for _, s := range c.Says {
		lines = append(lines, widget.NewParagraph(shift(w, s)).Personal())
	}
	lines = append(lines, widget.Note(c.By))
	lines = append(lines, proposalKnown(h, c)...)
	if c.Reason != "" {
		lines = append(lines, widget.Note(w.T("timeline.reason", c.Reason)).Personal())
	}
	if c.Inside != "" {
		lines = append(lines, widget.Note(c.Inside))
	}
	switch {
	case c.Nobody:
		lines = append(lines, widget.Notice(widget.ToneWarn, c.Deciders))
	case c.Deciders != "" && !c.May: // who may decide it needs not be told
		lines = append(lines, widget.Note(c.Deciders))
	}
	switch {
	case p.Editing(ProposalForm(c)) != nil:
		lines = append(lines, p.Editing(ProposalForm(c)).Object)
	case c.May:
		lines = append(lines, widget.Inset(4, 0, 0, 0, widget.HStack(8,
			widget.Primary(w.T("proposal.approve"), theme.ConfirmIcon(), func() { decide(h, p, c, true, done) }),
			widget.Plain(w.T("proposal.refuse"), theme.CancelIcon(), func() { decide(h, p, c, false, done) }))))
	case c.WhyNot != "":
		lines = append(lines, widget.Note(c.WhyNot))
		if c.Mine {
			lines = append(lines, widget.HStack(0, widget.Quiet(w.T("proposal.withdraw"), theme.ContentUndoIcon(), func() { decide(h, p, c, false, done) })))
		}
	}
	if c.Decision != "" {
		lines = append(lines, widget.Note(c.Decision))
	}
	return widget.CardWith(w.T("proposal.what."+c.What), Chip(c.State), lines...)
}

// proposalWho is whom a proposal concerns, and who might be meant instead.
func proposalWho(h room.Host, c present.ProposalCard) []fyne.CanvasObject {
	w := h.Words()
	name := widget.NewParagraph(c.Name).Sized(theme.SizeNameSubHeadingText).Bold().Personal()
	if len(c.Who) == 0 {
		if c.Name == "" {
			return nil
		}
		return []fyne.CanvasObject{name}
	}
	lines := []fyne.CanvasObject{
		widget.Note(w.T("proposal.look")),
		widget.HFill(14, 1, widget.NewAvatar(c.Initials).Large(), widget.VStack(8, name, Lines(c.Who, 3))),
	}
	if len(c.Like) == 0 {
		return append(lines, widget.Note(w.T("proposal.like.none")), widget.HLine())
	}
	box := widget.VStack(0)
	for _, r := range c.Like {
		box.Add(widget.TapRow(widget.RowData{
			Initials: r.Initials, Title: r.Name, Caption: r.Line, Chip: r.Chip.Text, Tone: Tone(r.Chip.Tone), Personal: true,
		}, func() { h.GoRecord(r.Kind, r.ID) }))
	}
	return append(lines, widget.NewParagraph(w.N("proposal.like", len(c.Like))).Colored(theme.ColorNameWarning), box, widget.HLine())
}

// decide opens the form in which the second person says why.
func decide(h room.Host, p *Page, c present.ProposalCard, approve bool, done func()) {
	p.Begin(func() *Open {
		w := h.Words()
		reason, below := widget.NewMultiEntry(2), widget.NewErrorText()
		text, icon, caption := w.T("proposal."+verb(c, approve)+".do"), theme.ConfirmIcon(), w.T("proposal.reason.may")
		if !approve {
			icon = theme.CancelIcon()
			if !c.Mine {
				caption = w.T("proposal.reason.must")
			}
		}
		var act *widget.Button
		save := func() {
			act.Disable()
			present.Decide(context.Background(), Env(h), c, approve, reason.Text, func(f present.Failure, ok bool) {
				act.Enable()
				if !ok {
					below.SetProblem(f.Text+" "+f.Hint, false)
					return
				}
				h.Say(w.T("proposal.said"))
				p.End()
				done()
			})
		}
		act = widget.Primary(text, icon, save)
		return &Open{
			Key: ProposalForm(c), Save: save, Dirty: func() bool { return reason.Text != "" },
			Object: widget.VStack(8, widget.HLine(), widget.NewParagraph(w.T("proposal.sure."+verb(c, approve), c.Name)).Personal(),
				widget.Field(caption, reason, below),
				widget.HStack(8, act, widget.Plain(w.T("form.cancel"), nil, p.Cancel))),
			Focus: func(canvas fyne.Canvas) { canvas.Focus(reason) },
		}
	})
}

func verb(c present.ProposalCard, approve bool) string {
	switch {
	case approve:
		return "approve"
	case c.Mine:
		return "withdraw"
	}
	return "refuse"
}

// knownClaims is how many of what was said of a person a proposal shows.
const knownClaims = 8

// proposalKnown is what is known beside a death that is proposed: everything that was
// said, by whom and when, and who waits for news.
func proposalKnown(h room.Host, c present.ProposalCard) []fyne.CanvasObject {
	if len(c.Claims)+len(c.Waiting) == 0 {
		return nil
	}
	w := h.Words()
	lines := []fyne.CanvasObject{widget.HLine()}
	if len(c.Claims) > 0 {
		lines = append(lines, widget.Caption(w.T("proposal.claims")))
	}
	for i, l := range c.Claims {
		if i == knownClaims {
			lines = append(lines, widget.Note(w.N("proposal.claims.more", len(c.Claims)-i)))
			break
		}
		text := widget.VStack(1, widget.NewParagraph(joined(l.Source, l.When, l.Place)).Personal())
		for _, more := range []string{l.Meta, l.Evidence, l.Note} {
			if more != "" {
				text.Add(widget.Note(more).Personal())
			}
		}
		by := l.By
		if l.Corrected {
			by += " · " + w.T("proposal.claims.corrected")
		}
		text.Add(widget.Note(by))
		lines = append(lines, widget.HFill(10, 1, widget.Fixed(150, 0, widget.HStack(0, Chip(l.What))), text))
	}
	if len(c.Waiting) == 0 {
		return append(lines, widget.Note(w.T("proposal.waiting.none")), widget.HLine())
	}
	return append(lines, widget.Caption(w.T("proposal.waiting")), Lines(c.Waiting, 2), widget.HLine())
}
