package sheet

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

// sure is the tick by which a person says that he knows what erasing means.
func (y *History) sure(f *present.Removal) fyne.CanvasObject {
	return fw.NewCheck(y.host.Words().T("erase.sure"), func(on bool) { f.Sure = on })
}

// mergeBox draws the form that makes two records one.
type mergeBox struct {
	y      *History
	form   *present.MergeForm
	search *widget.SearchBar
	reason *widget.Entry
	below  *widget.ErrorText
	box    *fyne.Container
}

func (y *History) mergeForm() {
	y.page.Begin(func() *Open {
		w := y.host.Words()
		m := &mergeBox{y: y, box: widget.VStack(10), reason: widget.NewMultiEntry(2), below: widget.NewErrorText()}
		m.form = present.NewMergeForm(context.Background(), y.env, y.kind, y.id, m.draw)
		m.search = widget.NewSearchBar(w.T("person.tie.search"), m.form.Search)
		m.reason.SetPlaceHolder(w.T("merge.reason.hint"))
		m.reason.OnChanged = func(s string) { m.form.Reason = s }
		y.merge = m
		m.fill()
		return &Open{
			Key: "merge", Object: widget.Card(w.T("merge.title"), widget.NewParagraph(w.T("merge.about")), m.box,
				widget.Field(w.T("claim.reason"), m.reason, m.below),
				widget.HStack(8, widget.Primary(w.T("merge.yes"), theme.ConfirmIcon(), m.save), widget.Plain(w.T("form.cancel"), nil, y.page.Cancel))),
			Dirty: m.form.Dirty, Save: m.save, Done: m.form.Drop, Draft: m.form.Typing(),
			Restored: func() {
				m.reason.SetText(m.form.Reason)
				m.draw()
			},
			Focus: func(c fyne.Canvas) { c.Focus(m.search) },
		}
	})
}

func (m *mergeBox) save() {
	m.form.Save(context.Background(), func(ok bool) {
		m.below.SetProblem(m.form.Problem, false)
		if !ok {
			return
		}
		m.y.host.Say(m.y.host.Words().T("merge.done"))
		m.y.page.End()
		m.y.again()
		m.y.Load()
	})
}

func (m *mergeBox) draw() {
	m.fill()
	m.below.SetProblem(m.form.Problem, false)
	m.y.page.Redraw()
}

// fill draws the search, or both records side by side.
func (m *mergeBox) fill() {
	w, f := m.y.host.Words(), m.form
	m.box.RemoveAll()
	if f.Chosen == nil {
		m.box.Add(widget.Caption(w.T("merge.who")))
		m.box.Add(m.search)
		for _, row := range f.Found {
			m.box.Add(widget.TapRow(Row(row), func() { f.Choose(row.ID) }))
		}
		m.box.Refresh()
		return
	}
	m.box.Add(widget.HFill(8, 0, widget.PersonRow(Row(*f.Chosen)), widget.Quiet(w.T("person.tie.change"), nil, func() {
		m.search.SetText("")
		f.Choose(record.ID{})
	})))
	if f.Lives[0].Text != "" {
		m.box.Add(widget.Columns(2, 220,
			widget.VStack(3, widget.Caption(w.T("merge.life.keep")), widget.FlowChips(Chip(f.Lives[0]))),
			widget.VStack(3, widget.Caption(w.T("merge.life.other")), widget.FlowChips(Chip(f.Lives[1])))))
		m.box.Add(widget.Note(w.T("merge.life.never")))
	}
	for _, d := range f.Doubts {
		var below []fyne.CanvasObject
		if !d.Warning {
			speak := fw.NewCheck(w.T("merge.spoken"), func(on bool) { f.Speak(d.Field, on) })
			speak.SetChecked(d.Spoken)
			below = append(below, speak)
		}
		m.box.Add(widget.Notice(widget.ToneWarn, d.Text, below...))
	}
	if len(f.Fields) > 0 {
		m.box.Add(m.table())
	}
	m.box.Refresh()
}

// table is each field of both, and whether the other's is taken.
func (m *mergeBox) table() fyne.CanvasObject {
	w, f := m.y.host.Words(), m.form
	rows := []fyne.CanvasObject{widget.Columns(3, 130,
		widget.NewText(w.T("merge.column.keep")).Bold().Shrinks(), widget.NewText(w.T("merge.column.other")).Bold().Shrinks(), widget.NewText(w.T("merge.column.take")).Bold().Shrinks())}
	for _, l := range f.Fields {
		take := fyne.CanvasObject(widget.Note(w.T("merge.same")))
		if l.Other != "" && l.Other != l.Keep {
			check := fw.NewCheck(w.T("merge.take"), func(on bool) { f.Take(l.Name, on) })
			check.SetChecked(l.Take)
			take = check
		} else if l.Other == "" {
			take = widget.Note(w.T("merge.nothing"))
		}
		rows = append(rows, widget.HLine(), widget.Columns(3, 130,
			widget.PersonalFact(l.Label, l.Keep), widget.PersonalFact(l.Label, l.Other), take))
	}
	return widget.VStack(6, rows...)
}
