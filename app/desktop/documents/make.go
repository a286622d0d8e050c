package documents

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
	"paradero/reports"
)

// makeView is the page on which a paper is made.
type makeView struct {
	room     *documentsRoom
	vm       *present.Making
	page     *sheet.Page
	preview  *preview
	finder   *sheet.Finder
	kinds    *widget.Select
	to       *widget.Select
	incident *widget.Select
	approved *widget.Entry
	place    *widget.Entry
	issue    *widget.Button
	issuing  bool
}

func newMakeView(r *documentsRoom) *makeView {
	w := r.host.Words()
	v := &makeView{room: r, preview: newPreview(r.host), approved: widget.NewEntry(), place: widget.NewEntry()}
	v.page = sheet.NewPage(r.host, v.cards)
	v.vm = present.NewMaking(context.Background(), r.env, r.desk, v.draw)
	v.finder = sheet.NewFinder(r.host, w.T("documents.make.person_search"), w.T("documents.make.person_none"), w.T("documents.make.person_change"),
		func(row present.PersonRow) { v.vm.About(row.ID) }, v.page.Redraw)
	var values, labels []string
	for _, k := range v.vm.Kinds {
		values, labels = append(values, k.Name), append(labels, k.Label)
	}
	v.kinds = widget.NewSelect(values, labels, "")
	v.kinds.OnValue = v.vm.OfKind
	v.to = widget.NewSelect(nil, nil, w.T("documents.make.to_auto"))
	v.to.OnValue = v.vm.To
	v.incident = widget.NewSelect(nil, nil, w.T("documents.make.incident_none"))
	v.incident.OnValue = func(id string) { v.vm.About(idOf(id)) }
	v.place.SetPlaceHolder(r.host.Office().Info().City)
	v.place.OnChanged = func(s string) { v.typed(func() { v.vm.Sign(s) }) }
	v.approved.OnChanged = func(s string) { v.typed(func() { v.vm.Approve(s) }) }
	v.issue = widget.Primary(w.T("documents.make.issue"), theme.ConfirmIcon(), v.Print)
	return v
}

// start opens the page with what is known.
func (v *makeView) start(kind string, person, work record.ID) {
	if !person.IsZero() && kind != "incident-report" {
		v.finder.Choose(present.PersonRowOf(v.room.env, person))
	}
	v.vm.Start(kind, person, work)
	v.kinds.SetValue(v.vm.Request.Kind)
	v.page.Redraw()
	if person.IsZero() && !v.vm.Incident {
		v.room.host.Window().Canvas().Focus(v.finder.Search)
	}
}

// from prepares another copy of a paper.
func (v *makeView) from(req reports.Request) {
	if len(req.For) == 0 {
		v.start(req.Kind, record.ID{}, record.ID{})
		return
	}
	if req.Kind != "incident-report" {
		v.finder.Choose(present.PersonRowOf(v.room.env, req.For[0]))
	}
	v.approved.SetText(req.ApprovedBy)
	v.vm.Repeat(req)
	v.kinds.SetValue(v.vm.Request.Kind)
	v.page.Redraw()
}

// pause is how long somebody stops typing before the paper is laid out again.
const pause = 250 * time.Millisecond

// typed does what the last key asks for once no other key follows it.
func (v *makeView) typed(do func()) {
	v.issue.SetEnabled(false) // not before the gate has seen what is being typed
	v.room.host.Work("documents.typed", func(ctx context.Context) func() {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
			return do
		}
	})
}

// Object is what to place on the screen.
func (v *makeView) Object() fyne.CanvasObject { return v.page.Object() }

// Heed takes an event: what was missing may be there now.
func (v *makeView) Heed(data.Event) { v.Again() }

// Again asks the gate once more.
func (v *makeView) Again() {
	if !v.issuing {
		v.vm.Look()
	}
}

// Drop forgets what is under way.
func (v *makeView) Drop() {
	v.vm.Drop()
	v.finder.Drop()
	v.room.host.Stop("documents.typed")
	v.preview.drop()
}

// Save issues the paper.
func (v *makeView) Save() { v.Print() }

func (v *makeView) draw() {
	v.preview.set(v.vm.PDF)
	v.syncIncident()
	values, labels := make([]string, 0, len(v.vm.Tos)), make([]string, 0, len(v.vm.Tos))
	for _, o := range v.vm.Tos {
		values, labels = append(values, o.Value), append(labels, o.Label)
	}
	v.to.SetChoices(values, labels)
	to := ""
	if !v.vm.Request.To.IsZero() {
		to = v.vm.Request.To.String()
	}
	v.to.SetValue(to)
	v.issue.SetEnabled(v.vm.State == present.Ready && !v.vm.Blocked && !v.vm.Busy && !v.issuing)
	v.page.Redraw()
}

// syncIncident follows the choice of incidents, which is read late.
func (v *makeView) syncIncident() {
	values, labels := make([]string, 0, len(v.vm.Incidents)), make([]string, 0, len(v.vm.Incidents))
	for _, o := range v.vm.Incidents {
		values, labels = append(values, o.Value), append(labels, o.Label)
	}
	v.incident.SetChoices(values, labels)
	chosen := ""
	if v.vm.Incident && len(v.vm.Request.For) > 0 {
		chosen = v.vm.Request.For[0].String()
	}
	v.incident.SetValue(chosen)
}

func (v *makeView) cards() []fyne.CanvasObject {
	w := v.room.host.Words()
	all := []fyne.CanvasObject{
		widget.HFill(8, 0, widget.Heading(w.T("documents.make.title")).Shrinks(), v.issue),
		v.choices(),
	}
	switch v.vm.State {
	case present.Empty:
		first := w.T("documents.make.gate_first")
		if v.vm.Incident {
			first = w.T("documents.make.gate_first_incident")
		}
		return append(all, widget.Card(w.T("documents.make.gate"), widget.Note(first)))
	case present.Loading:
		return append(all, widget.Card(w.T("documents.make.gate"), widget.Note(w.T("documents.page_loading"))))
	case present.Failed:
		return append(all, widget.ErrorPanel(v.vm.Failure.Text, v.vm.Failure.Hint))
	}
	seen := []fyne.CanvasObject{v.preview.object()}
	if v.vm.Blocked {
		seen = append([]fyne.CanvasObject{widget.Note(w.T("documents.make.blocked")).Colored(theme.ColorNameWarning)}, seen...)
	}
	return append(all, v.gate(), widget.Card(w.T("documents.preview"), seen...))
}

// choices are kind, person, addressee and who approved.
func (v *makeView) choices() fyne.CanvasObject {
	w := v.room.host.Words()
	fields := []fyne.CanvasObject{widget.Field(w.T("documents.make.kind"), v.kinds, nil)}
	if v.vm.Addressed {
		fields = append(fields, widget.Field(w.T("documents.make.to"), v.to, nil))
	}
	fields = append(fields, widget.Field(w.T("documents.make.place"), v.place, nil))
	if second := v.vm.Second(); v.vm.Letter && second != "" {
		fields = append(fields, widget.Note(second))
	} else if v.vm.Letter {
		hint := widget.NewErrorText()
		hint.SetHint(w.T("documents.make.approved_hint"))
		fields = append(fields, widget.Field(w.T("documents.make.approved"), v.approved, hint))
	}
	about := fyne.CanvasObject(widget.VStack(4, widget.Caption(w.T("documents.make.person")), v.finder.Object()))
	if v.vm.Incident {
		about = widget.Field(w.T("documents.make.incident"), v.incident, nil)
	}
	parts := []fyne.CanvasObject{about, widget.Columns(2, 230, fields...)}
	if v.vm.Addressed && v.vm.State == present.Ready && len(v.vm.Tos) == 0 {
		parts = append(parts, widget.Note(w.T("documents.make.to_none")).Colored(theme.ColorNameWarning))
	}
	if len(v.vm.Others) > 0 {
		also := widget.VStack(2, widget.Caption(w.T("documents.make.also")))
		for _, o := range v.vm.Others {
			check := fw.NewCheck(o.Name, nil)
			check.SetChecked(o.On)
			check.OnChanged = func(on bool) { v.vm.Also(o.ID, on) }
			also.Add(widget.HFill(6, 0, check, sheet.Chip(o.Chip)))
		}
		parts = append(parts, also)
	}
	if v.vm.CanHide {
		check := fw.NewCheck(w.T("documents.make.anonymised"), nil)
		check.SetChecked(v.vm.Request.Anonymised)
		check.OnChanged = v.vm.Hide
		parts = append(parts, check)
	}
	return widget.Card("", parts...)
}

// gate lists what the paper requires: what is there, what is missing, what
// should be looked at.
func (v *makeView) gate() fyne.CanvasObject {
	w := v.room.host.Words()
	box, missing, doubts := widget.VStack(6), 0, 0
	for _, g := range v.vm.Gate {
		chip := widget.NewChip(w.T("documents.gate.ok"), widget.ToneOk)
		switch {
		case g.OK:
		case g.Doubt:
			doubts++
			chip.Set(w.T("documents.gate.doubt"), widget.ToneWarn)
		default:
			missing++
			chip.Set(w.T("documents.gate.missing"), widget.ToneError)
		}
		line := widget.VStack(1, widget.NewParagraph(g.Label))
		for _, reason := range g.Reasons {
			line.Add(widget.Note(reason))
		}
		box.Add(widget.HFill(10, 1, widget.Fixed(72, 0, chip), line))
	}
	says := widget.Note(w.T("documents.make.gate_ok")).Colored(theme.ColorNameSuccess)
	if doubts > 0 {
		says = widget.Note(w.T("documents.make.gate_doubt")).Colored(theme.ColorNameSuccess)
	}
	if v.vm.Blocked {
		says = widget.Note(w.N("documents.make.gate_no", missing)).Colored(theme.ColorNameWarning)
	}
	fix, kind, icon := w.T("documents.make.fix_person"), record.Detainee, theme.AccountIcon()
	if v.vm.Incident {
		fix, kind, icon = w.T("documents.make.fix_incident"), record.Incident, theme.WarningIcon()
	}
	buttons := []fyne.CanvasObject{widget.Quiet(fix, icon, func() { v.room.host.GoRecord(kind, v.vm.Person.ID) })}
	if !v.vm.Request.Case.IsZero() {
		buttons = append(buttons, widget.Quiet(w.T("documents.make.fix_case"), theme.FolderIcon(), func() {
			v.room.host.Go("cases", v.vm.Request.Case.String())
		}))
	}
	return widget.Card(w.T("documents.make.gate"), says, box, widget.FlowChips(buttons...))
}

// Print issues the paper after asking: it cannot be taken back.
func (v *makeView) Print() {
	if v.vm.Blocked || v.vm.State != present.Ready || v.issuing {
		return
	}
	h, w := v.room.host, v.room.host.Words()
	h.Ask(w.T("documents.make.issue_title"), w.T("documents.make.issue_text"), w.T("documents.make.issue"), false, func() {
		v.issuing = true
		v.issue.SetEnabled(false)
		v.vm.Issue(context.Background(), func(issued reports.Issued, err error) {
			v.issuing = false
			if _, may, proposed := reports.Proposed(err); proposed {
				h.Say(w.T("documents.make.proposed", may))
				v.room.list.Load()
				return
			}
			if err != nil {
				h.Fail(err)
				return
			}
			v.room.kept[issued.ID] = issued.PDF
			h.Say(w.T("documents.make.issued", issued.Number))
			v.room.list.Load()
			v.room.show(issued.ID)
		})
	})
}
