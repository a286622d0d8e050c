package people

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

// claims is what has been said, each with its source and time.
func (v *personView) claims() fyne.CanvasObject {
	if open := v.page.Editing("claim"); open != nil {
		return widget.VStack(14, open.Object, v.claimCard())
	}
	return v.claimCard()
}

func (v *personView) claimCard() fyne.CanvasObject {
	w := v.host.Words()
	add := widget.Quiet(w.T("person.claim.add"), theme.ContentAddIcon(), func() { v.claimForm("claim", v.vm.NewClaim) })
	place := widget.Quiet(w.T("person.claim.add_place"), nil, func() { v.claimForm("place", v.vm.NewPlace) })
	body := []fyne.CanvasObject{widget.Note(w.T("person.claims.help"))}
	if len(v.vm.Claims) == 0 {
		body = append(body, widget.NewParagraph(w.T("person.claims.none")).Muted())
	}
	for _, c := range v.vm.Claims {
		body = append(body, widget.HLine(), v.claim(c))
	}
	return widget.CardWith(w.T("person.claims"), v.past.Offer(widget.HStack(4, place, add)), body...)
}

func (v *personView) claim(c present.ClaimLine) fyne.CanvasObject {
	w := v.host.Words()
	marks := chips(c.What)
	if c.Corrected {
		marks = append(marks, widget.NewChip(w.T("person.claim.corrected"), widget.ToneGrey))
	}
	if c.Circle != "" {
		marks = append(marks, widget.NewChip(w.T("readers.chip", c.Circle), widget.ToneAccent))
	}
	head := widget.HFill(8, 0, widget.FlowChips(marks...), widget.Caption(c.When))
	lines := []fyne.CanvasObject{head}
	if c.Place != "" {
		lines = append(lines, widget.NewParagraph(c.Place))
	}
	lines = append(lines, widget.NewParagraph(c.Source).Bold().Personal())
	if c.Meta != "" {
		lines = append(lines, widget.Note(c.Meta))
	}
	if c.Evidence != "" {
		lines = append(lines, widget.Note(w.T("person.claim.evidence", c.Evidence)).Personal())
	}
	if c.Note != "" {
		lines = append(lines, widget.Note(c.Note).Personal())
	}
	foot := widget.HFill(8, 0, widget.Caption(c.By).Shrinks())
	if !c.Corrected && !v.past.ReadOnly() {
		foot.Add(widget.Quiet(w.T("person.claim.correct_one"), nil, func() {
			v.claimForm("correct."+c.ID.String(), func() *present.ClaimForm { return v.vm.CorrectClaim(c.ID) })
		}))
	}
	return widget.VStack(3, append(lines, foot)...)
}

// claimForm opens the form of a claim above the claims; name is its draft's.
func (v *personView) claimForm(name string, open func() *present.ClaimForm) {
	if v.vm.Record == nil {
		return
	}
	v.page.Begin(func() *sheet.Open {
		w, f := v.host.Words(), open()
		member := v.host.Office().Info().Name
		f.SetStatus(f.Field("status").Value, member)
		var editor *sheet.Editor
		save := func() {
			editor.Busy(true)
			f.Save(v.ctx, v.env, func(ok bool) {
				editor.Busy(false)
				sheet.Saved(v.host, v.page, editor, ok, v.vm.Open)
			})
		}
		editor = sheet.NewEditor(w, f.Form, save, v.page.Cancel, f.Visible()...)
		sheet.OfferPlaces(v.host, f.Form, editor.Sync)
		two := widget.VStack(0)
		readers := sheet.NewReaders(v.host)
		if f.Field("corrects").Value == "" && f.Field("resolves").Value == "" {
			readers.Offer(v.past.Known.Circles())
		}
		follow := func() {
			f.Circle = readers.Circle()
			two.Objects = v.twoPeople(f)
			two.Refresh()
		}
		readers.OnChanged = func() {
			follow()
			v.page.Redraw()
		}
		follow()
		editor.OnSet = func(name string) {
			if name == "status" {
				f.SetStatus(f.Field("status").Value, member)
				editor.Show(f.Visible())
				follow()
				v.page.Redraw()
			}
		}
		body := []fyne.CanvasObject{two, editor.Fields(), readers.Object(), editor.Buttons()}
		if f.Field("resolves").Value != "" {
			body = append([]fyne.CanvasObject{widget.Note(w.T("person.claim.resolve_help"))}, body...)
		}
		return &sheet.Open{
			Key: "claim", Object: widget.Card(f.Title, body...), Dirty: f.Dirty, Save: save, Done: v.vm.Done,
			Focus: func(c fyne.Canvas) { editor.Focus(c, "") },
			Name:  name, Draft: readers.Keep(f.Typing()), Restored: func() {
				editor.Show(f.Visible())
				follow()
			},
		}
	})
}

// twoPeople says of a confirmed death who must agree, and loudly where there is
// nobody who may.
func (v *personView) twoPeople(f *present.ClaimForm) []fyne.CanvasObject {
	if f.Field("status").Value != "confirmed_dead" {
		return nil
	}
	text, nobody := f.Second(v.env)
	switch {
	case text == "":
		return []fyne.CanvasObject{widget.Note(v.host.Words().T("person.claim.two_people"))}
	case nobody:
		return []fyne.CanvasObject{widget.Notice(widget.ToneWarn, text)}
	}
	return []fyne.CanvasObject{widget.Note(text)}
}

// family is the detainee's relatives.
func (v *personView) family() fyne.CanvasObject {
	if open := v.page.Editing("tie"); open != nil {
		return widget.VStack(14, open.Object, v.familyCard())
	}
	return v.familyCard()
}

func (v *personView) familyCard() fyne.CanvasObject {
	w := v.host.Words()
	add := v.past.Offer(widget.Quiet(w.T("person.tie.add"), theme.ContentAddIcon(), v.tie))
	if len(v.vm.Ties) == 0 {
		return widget.CardWith(w.T("person.family"), add, widget.Note(w.T("person.family.none")))
	}
	rows := make([]fyne.CanvasObject, 0, len(v.vm.Ties))
	for _, t := range v.vm.Ties {
		rows = append(rows, sheet.TieRow(t, func() { v.host.GoRecord(t.Kind, t.Other) }))
	}
	return widget.CardWith(w.T("person.family"), add, widget.VStack(0, rows...))
}

// tie opens the form that ties a relative to the detainee.
func (v *personView) tie() {
	v.page.Begin(func() *sheet.Open {
		return sheet.Tie(v.host, v.page, record.Detainee, v.vm.ID, v.vm.Open)
	})
}

// cases are the works for this detainee.
func (v *personView) cases() fyne.CanvasObject {
	w := v.host.Words()
	add := v.past.Offer(widget.Quiet(w.T("person.case.add"), theme.ContentAddIcon(), func() {
		v.host.Go("cases", "new/"+v.vm.ID.String())
	}))
	if len(v.vm.Cases) == 0 {
		return widget.CardWith(w.T("person.cases"), add, widget.Note(w.T("person.cases.none")))
	}
	rows := make([]fyne.CanvasObject, 0, len(v.vm.Cases))
	for _, c := range v.vm.Cases {
		rows = append(rows, widget.TapRow(widget.RowData{
			Icon: theme.FolderIcon(), Title: c.Title, Caption: c.Line, Chip: c.Chip.Text, Tone: sheet.Tone(c.Chip.Tone),
		}, func() { v.host.GoRecord(record.Case, c.ID) }))
	}
	return widget.CardWith(w.T("person.cases"), add, widget.VStack(0, rows...))
}
