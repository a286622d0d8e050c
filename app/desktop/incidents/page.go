package incidents

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// incidentView is the page of one incident.
type incidentView struct {
	host room.Host
	vm   *present.Incident
	page *sheet.Page
	stop context.CancelFunc

	known *sheet.Restricted
}

func newView(h room.Host, id record.ID) *incidentView {
	ctx, stop := context.WithCancel(context.Background())
	v := &incidentView{host: h, stop: stop}
	v.page = sheet.NewPage(h, v.cards)
	v.page.Over(v.stale)
	v.page.Whole(widget.Loading(h.Words().T("incident.loading")))
	v.vm = present.NewIncident(ctx, sheet.Env(h), id, v.draw)
	v.page.Keeps(record.Incident, id, v.reopen)
	v.known = sheet.NewRestricted(h, v.page, record.Incident, id, v.vm.Open)
	v.vm.Open()
	return v
}

// Object is what to place on the screen.
func (v *incidentView) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *incidentView) Page() *sheet.Page { return v.page }

// Heed takes an event.
func (v *incidentView) Heed(e data.Event) {
	v.vm.Heed(e)
	v.known.Heed(e)
}

// Again reads the page again.
func (v *incidentView) Again() { v.vm.Open() }

// Drop forgets what is under way.
func (v *incidentView) Drop() {
	v.vm.Drop()
	v.stop()
}

func (v *incidentView) draw() {
	if v.vm.State == present.Failed {
		v.page.Whole(widget.Inset(16, 16, 16, 16, widget.ErrorPanel(v.vm.Failure.Text, v.vm.Failure.Hint)))
		return
	}
	v.page.Redraw()
}

// cards are the page from the first look down.
func (v *incidentView) cards() []fyne.CanvasObject {
	all := append(v.known.Band(), v.head(), v.page.Card("toll", v.tolls))
	if len(v.vm.Categories) > 0 {
		all = append(all, widget.CardColumns(2, 300, v.own(), v.gap()), v.table())
	}
	all = append(all,
		widget.CardColumns(2, 300, v.text("confirmed"), v.text("unconfirmed")),
		widget.CardColumns(2, 300, v.emergency(), v.text("needs")),
		v.facts(v.vm.Card("incident")))
	if len(v.vm.Issued) > 0 {
		all = append(all, v.documents())
	}
	return append(all, v.known.Tools()...)
}

func (v *incidentView) head() fyne.CanvasObject {
	lines := widget.VStack(4,
		widget.NewParagraph(v.vm.Name).Sized(theme.SizeNameHeadingText).Bold(),
		widget.Note(v.vm.Line))
	if em := v.vm.Emergency; em != nil {
		lines.Add(widget.FlowChips(sheet.Chip(em.Chip)))
	}
	w := v.host.Words()
	add := widget.Primary(w.T("incident.tolls.add"), theme.ContentAddIcon(), func() { v.addToll(record.ID{}) })
	report := widget.Plain(w.T("incident.report"), theme.DocumentPrintIcon(), v.print)
	return widget.Card("", lines, widget.FlowChips(add, report))
}

// tolls is every source over time, of the chosen category.
func (v *incidentView) tolls() fyne.CanvasObject {
	w := v.host.Words()
	if len(v.vm.Categories) == 0 {
		return widget.Card(w.T("incident.tolls"), widget.Note(w.T("incident.tolls.none")))
	}
	parts := []fyne.CanvasObject{
		widget.Note(w.T("incident.tolls.caption")),
		sheet.NewSwitch(v.vm.Categories, v.vm.Show),
		widget.NewChartView(240, v.vm.Chart),
	}
	if v.vm.UnitsDiffer {
		parts = append(parts, widget.Note(w.T("incident.tolls.units")).Colored(theme.ColorNameWarning))
	}
	chip := widget.NewChip(w.T("incident.tolls.disagree"), widget.ToneWarn)
	if !v.vm.Disagree {
		chip.Hide()
	}
	return widget.CardWith(w.T("incident.tolls"), chip, parts...)
}

// table is every count with its source, unit and time; a tap corrects one.
func (v *incidentView) table() fyne.CanvasObject {
	w := v.host.Words()
	table := widget.NewTable([]widget.Column{
		{Title: w.T("incident.tolls.when"), Width: 140},
		{Title: w.T("incident.tolls.source"), Width: 130, Grow: true},
		{Title: w.T("incident.tolls.count"), Width: 64, Number: true},
		{Title: w.T("incident.tolls.unit"), Width: 120},
		{Title: w.T("incident.tolls.note"), Width: 90, Grow: true},
		{Title: "", Width: 90},
	})
	table.SetRows(len(v.vm.Tolls), func(row, column int) widget.Cell {
		t := v.vm.Tolls[row]
		cell := widget.Cell{Muted: t.Replaced}
		switch column {
		case 0:
			cell.Text = t.When
		case 1:
			cell.Text = t.Source
		case 2:
			cell.Text, cell.Bold = t.Count, t.Latest
		case 3:
			cell.Text = t.Unit
		case 4:
			cell.Text = t.Note
		case 5:
			switch {
			case t.Replaced:
				cell.Text, cell.Chip = w.T("incident.tolls.replaced"), true
			case t.Latest:
				cell.Text, cell.Chip, cell.Tone = w.T("incident.tolls.latest"), true, widget.ToneAccent
			}
		}
		return cell
	})
	correct := widget.Quiet(w.T("incident.tolls.correct"), theme.DocumentCreateIcon(), func() {
		if i := table.Selected(); i >= 0 && i < len(v.vm.Tolls) {
			v.addToll(v.vm.Tolls[i].ID)
		}
	})
	correct.SetEnabled(false)
	table.OnSelect = func(i int) { correct.SetEnabled(!v.vm.Tolls[i].Replaced) }
	table.OnOpen = func(i int) {
		if !v.vm.Tolls[i].Replaced {
			v.addToll(v.vm.Tolls[i].ID)
		}
	}
	height := table.HeightOf(min(len(v.vm.Tolls), 12)) / widget.U(1)
	return widget.CardWith(w.T("incident.tolls.table"), correct, widget.Fixed(0, height, table))
}

// own is what this office can name, which is what it vouches for.
func (v *incidentView) own() fyne.CanvasObject {
	lines := widget.VStack(4, widget.NewText(v.vm.Own.Total).Sized(theme.SizeNameHeadingText).Bold().Shrinks())
	for _, l := range v.vm.Own.Lines {
		lines.Add(widget.HFill(8, 0, widget.Caption(l.Label).Shrinks(), widget.NewText(l.Value).Right()))
	}
	return widget.Card(v.host.Words().T("incident.own"), lines)
}

// gap is what nobody has explained yet, source by source.
func (v *incidentView) gap() fyne.CanvasObject {
	w := v.host.Words()
	box := widget.VStack(6)
	for line := range strings.SplitSeq(v.vm.Gap, "\n") {
		box.Add(widget.NewParagraph(line))
	}
	if v.vm.Gap == "" {
		box = widget.VStack(6, widget.Note(w.T("incident.own_none")))
	}
	return widget.Card(w.T("incident.gap"), box, widget.Note(w.T("incident.gap.note")))
}

// text is a card that holds one long text.
func (v *incidentView) text(group string) fyne.CanvasObject {
	card := v.vm.Card(group)
	key := "facts." + group
	return v.page.Card(key, func() fyne.CanvasObject {
		w := v.host.Words()
		label, body := w.T("case.fill"), fyne.CanvasObject(widget.Note(w.T("case.nothing")))
		if len(card.Lines) > 0 {
			label, body = w.T("case.edit"), widget.NewParagraph(card.Lines[0].Value).Personal()
		}
		return widget.CardWith(card.Title, widget.Quiet(label, theme.DocumentCreateIcon(), func() { v.edit(key, card) }), body)
	})
}

func (v *incidentView) facts(card present.FactCard) fyne.CanvasObject {
	key := "facts." + card.Group
	return v.page.Card(key, func() fyne.CanvasObject {
		return sheet.Facts(v.host.Words(), card, func() { v.edit(key, card) })
	})
}

func (v *incidentView) edit(key string, card present.FactCard) {
	v.page.Begin(func() *sheet.Open {
		form := v.vm.Edit(card)
		sheet.OfferPlaces(v.host, form, func() {})
		return sheet.Edit(v.host, v.page, key, card.Title, form, v.vm.Done, v.vm.Open)
	})
}

// emergency is the state of emergency with the end that follows from it.
func (v *incidentView) emergency() fyne.CanvasObject {
	card := v.vm.Card("emergency")
	return v.page.Card("facts.emergency", func() fyne.CanvasObject {
		w := v.host.Words()
		em := v.vm.Emergency
		if em == nil {
			button := widget.Quiet(w.T("case.fill"), theme.DocumentCreateIcon(), func() { v.edit("facts.emergency", card) })
			return widget.CardWith(card.Title, button, widget.Note(w.T("incident.emergency.none")))
		}
		button := widget.Quiet(w.T("case.edit"), theme.DocumentCreateIcon(), func() { v.edit("facts.emergency", card) })
		box := widget.VStack(6)
		if em.End != "" {
			head := w.T("incident.emergency.end", em.End)
			if em.Left != "" {
				head += " · " + em.Left
			}
			box.Add(widget.NewParagraph(head).Bold())
		}
		if em.Doubt != "" {
			box.Add(widget.Note(em.Doubt).Colored(theme.ColorNameWarning))
		}
		box.Add(sheet.Lines(card.Lines, 2))
		if !em.Over {
			box.Add(widget.Note(w.T("incident.emergency.effect")))
		}
		return widget.CardWith(card.Title, button, box)
	})
}

// addToll opens the form of a count in the place of the chart.
func (v *incidentView) addToll(corrects record.ID) {
	v.page.Begin(func() *sheet.Open {
		w, form := v.host.Words(), v.vm.AddToll(corrects)
		var editor *sheet.Editor
		save := func() {
			editor.Busy(true)
			v.vm.SaveToll(form, corrects, func(ok bool) {
				editor.Busy(false)
				sheet.Saved(v.host, v.page, editor, ok, v.vm.Open)
			})
		}
		editor = sheet.NewEditor(w, form, save, v.page.Cancel)
		title, name, parts := w.T("incident.tolls.add_title"), "toll", []fyne.CanvasObject{}
		if !corrects.IsZero() {
			name = "toll." + corrects.String()
			title = w.T("incident.tolls.correct_title")
			parts = append(parts, widget.Note(w.T("incident.tolls.correct_text")))
		}
		parts = append(parts, editor.Object())
		return &sheet.Open{
			Key: "toll", Object: widget.Card(title, parts...), Save: save,
			Name: name, Draft: form.Typing(), Restored: editor.Sync,
			Dirty: func() bool {
				return form.Field("count").Value != "" || corrects.IsZero() && form.Field("source").Value != ""
			},
			Focus: func(c fyne.Canvas) { editor.Focus(c, "count") },
		}
	})
}

// reopen opens a form of the page by the name of its draft.
func (v *incidentView) reopen(form string) bool {
	if v.vm.State != present.Ready {
		return false
	}
	if of, ok := strings.CutPrefix(form, "toll"); ok {
		id, err := record.ParseID(strings.TrimPrefix(of, "."))
		if err != nil {
			id = record.ID{}
		}
		v.addToll(id)
		return true
	}
	return sheet.Reopen(form, v.vm.Cards, v.edit)
}

// print goes to where the report of this incident is made.
func (v *incidentView) print() { v.host.Go("documents", "make/incident-report/"+v.vm.ID.String()) }

func (v *incidentView) documents() fyne.CanvasObject {
	box := widget.VStack(4)
	for _, d := range v.vm.Issued {
		box.Add(widget.TapRow(widget.RowData{Icon: theme.DocumentIcon(), Title: d.Kind, Caption: d.Number + " · " + d.When},
			func() { v.host.Go("documents", d.ID.String()) }))
	}
	return widget.Card(v.host.Words().T("incident.documents"), box)
}

// stale is the banner over an open form whose record was changed meanwhile.
func (v *incidentView) stale() fyne.CanvasObject {
	if !v.vm.Stale {
		return nil
	}
	return sheet.Stale(v.host.Words(), v.vm.Elsewhere, func() { v.page.Settle(v.vm.Open) }, func() {
		v.vm.GoOn()
		v.page.Redraw()
	})
}
