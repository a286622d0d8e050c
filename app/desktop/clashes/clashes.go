// Package clashes is the contradictions desk: everything in the office that two
// said and that cannot both hold, and the page on which a person decides it.
//
// What must not live here: what contradicts what (data), what a screen says
// (app/present), and drawing that other rooms need too (app/desktop/sheet).
package clashes

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// clashRoom keeps where the person was: the open contradiction.
type clashRoom struct {
	host  room.Host
	desk  *present.Desk
	rows  *widget.RowList
	body  *fyne.Container
	done  *fyne.Container
	count *widget.Text
	key   string // of the open contradiction
	want  string // to be opened once the list is read
	sheet.Stage
}

var (
	_ room.Room    = (*clashRoom)(nil)
	_ room.Saver   = (*clashRoom)(nil)
	_ room.Backer  = (*clashRoom)(nil)
	_ room.Watcher = (*clashRoom)(nil)
)

// New makes the room; nothing is read before it is opened.
func New(h room.Host) room.Room {
	w := h.Words()
	r := &clashRoom{host: h, rows: widget.NewRowList(), body: container.NewStack(), done: widget.VStack(0), count: widget.Caption("").Shrinks()}
	r.desk = present.NewDesk(context.Background(), sheet.Env(h), r.draw)
	r.rows.OnSelect = func(i int) { r.show(r.desk.Lines[i]) }
	r.rows.OnOpen = r.rows.OnSelect
	r.rows.SetRows(0, r.row)
	r.body.Objects = []fyne.CanvasObject{widget.Loading(w.T("clashes.loading"))}
	pane := widget.VFill(0, 2,
		widget.VStack(0, widget.Inset(14, 12, 10, 12, widget.VStack(6, widget.Heading(w.T("clashes.title")).Shrinks(), widget.Note(w.T("clashes.about")))), widget.HLine()),
		r.done,
		r.body,
		widget.VStack(0, widget.HLine(), widget.Inset(6, 12, 6, 12, r.count)))
	r.None = r.nothingChosen
	r.Split = widget.NewSplit(380, pane, r.nothingChosen(), w.T("clashes.back"))
	r.Split.OnBack = func() { r.rows.SetSelected(-1) }
	return r
}

// Key names the room.
func (r *clashRoom) Key() string { return "contradictions" }

// Icon is the room's icon.
func (r *clashRoom) Icon() fyne.Resource { return theme.WarningIcon() }

// Open shows the list, and the contradiction that arg names: "<id>/<field>".
func (r *clashRoom) Open(arg string) fyne.CanvasObject {
	if strings.Contains(arg, "/") {
		r.want = arg
	}
	r.desk.Load()
	return r.Split
}

// Focus puts the keyboard into the list.
func (r *clashRoom) Focus() {
	if r.rows.Len() > 0 && (r.View == nil || !r.View.Page().IsOpen()) {
		r.host.Window().Canvas().Focus(r.rows.Focusable())
	}
}

// Changed reads again what an edit may have changed.
func (r *clashRoom) Changed(data.Event) { r.desk.Load() }

func (r *clashRoom) nothingChosen() fyne.CanvasObject {
	w := r.host.Words()
	if r.desk.State == present.Empty {
		return widget.Empty(w.T("clashes.empty.title"), w.T("clashes.empty.text"))
	}
	return widget.Empty(w.T("clashes.pick"), w.T("clashes.pick.text"))
}

func (r *clashRoom) row(i int) widget.RowData {
	l := r.desk.Lines[i]
	d := widget.RowData{Initials: l.Initials, Title: l.Who, Caption: l.What + " · " + l.Since, Mark: r.host.Words().T("people.mark.contradicted"), MarkTone: widget.ToneWarn, Personal: true}
	if d.Initials == "" {
		d.Icon = theme.WarningIcon()
	}
	return d
}

// draw shows what the desk says now.
func (r *clashRoom) draw() {
	w, d := r.host.Words(), r.desk
	r.count.SetText(d.Count)
	r.drawDone()
	switch d.State {
	case present.Failed:
		r.fill(widget.Inset(12, 12, 12, 12, widget.VStack(0, widget.ErrorPanel(d.Failure.Text, d.Failure.Hint, widget.Plain(w.T("clashes.again"), nil, d.Load)))))
	case present.Empty:
		r.fill(widget.Empty(w.T("clashes.empty.title"), w.T("clashes.empty.text")))
	default:
		r.fill(r.rows)
		at := r.rows.Offset()
		r.rows.Resized(len(d.Lines))
		r.rows.SetOffset(at)
	}
	if r.want != "" && d.State == present.Ready {
		if i := d.Index(r.want); i >= 0 {
			r.show(d.Lines[i])
		}
		r.want = ""
	}
	r.follow()
}

// follow brings the open page up to date: what was decided elsewhere closes,
// unless somebody is writing in it.
func (r *clashRoom) follow() {
	v, open := r.View.(*clashView)
	i := r.desk.Index(r.key)
	r.rows.SetSelected(i)
	switch {
	case !open:
		if r.View == nil {
			r.Split.SetPage(r.nothingChosen())
		}
	case i >= 0:
		v.update(r.desk.Lines[i])
	case v.page.IsOpen() && v.page.Dirty():
		v.gone()
	default:
		r.key = ""
		r.Clear()
	}
}

// drawDone offers to undo what was decided last.
func (r *clashRoom) drawDone() {
	w := r.host.Words()
	r.done.RemoveAll()
	if r.desk.Done != nil {
		undo := widget.Plain(w.T("clashes.undo"), theme.ContentUndoIcon(), r.undo)
		r.done.Add(widget.Inset(8, 12, 8, 12, widget.Notice(widget.ToneOk, widget.Veil(r.desk.Done.Text), widget.HStack(8, undo))))
		r.done.Add(widget.HLine())
	}
	r.done.Refresh()
}

func (r *clashRoom) undo() {
	r.desk.Undo(context.Background(), func(f present.Failure, ok bool) {
		if !ok {
			r.host.Warn(strings.TrimSpace(f.Text + " " + f.Hint))
			return
		}
		r.host.Say(r.host.Words().T("clashes.undone"))
		r.desk.Load()
	})
}

func (r *clashRoom) fill(o fyne.CanvasObject) {
	if len(r.body.Objects) == 1 && r.body.Objects[0] == o {
		return
	}
	r.body.Objects = []fyne.CanvasObject{o}
	r.body.Refresh()
}

func (r *clashRoom) show(line present.DeskLine) {
	if line.Key == r.key && r.View != nil {
		r.Split.ShowPage()
		return
	}
	r.Settle(func() {
		r.key, r.ID = line.Key, line.ID
		r.Put(newView(r, line))
		r.host.Here(line.Key)
		r.rows.SetSelected(r.desk.Index(line.Key))
	})
}

// clashView is the page of one contradiction.
type clashView struct {
	room *clashRoom
	host room.Host
	line present.DeskLine
	page *sheet.Page
	form *present.Decision // that stands open
	pick *widget.Select    // its choice
	lost bool              // it was decided elsewhere while somebody was writing here
}

func newView(r *clashRoom, line present.DeskLine) *clashView {
	v := &clashView{room: r, host: r.host, line: line}
	v.page = sheet.NewPage(r.host, v.cards)
	v.page.Keeps(line.Kind, line.ID, v.reopen)
	v.page.Redraw()
	return v
}

// Object is what to place on the screen.
func (v *clashView) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *clashView) Page() *sheet.Page { return v.page }

// Heed takes an event: the room reads the desk again.
func (v *clashView) Heed(data.Event) {}

// Again does nothing: the room reads the desk again.
func (v *clashView) Again() {}

// Drop forgets nothing: the page reads nothing itself.
func (v *clashView) Drop() {}

func (v *clashView) update(line present.DeskLine) {
	v.lost = false
	v.line = line
	v.page.Redraw()
}

func (v *clashView) gone() {
	v.lost = true
	v.page.Redraw()
}

// cards are who it is about, what contradicts and why it matters, each side,
// and the decision.
func (v *clashView) cards() []fyne.CanvasObject {
	w, l := v.host.Words(), v.line
	head := widget.VStack(3,
		widget.Caption(l.What).Shrinks(),
		widget.NewParagraph(l.Who).Sized(theme.SizeNameHeadingText).Bold().Personal(),
		widget.Note(w.T("clashes.since", l.Since)))
	if opens(l.Kind) {
		head.Add(widget.Inset(5, 0, 0, 0, widget.HStack(8, widget.Plain(w.T("clashes.open"), theme.AccountIcon(), func() { v.host.GoRecord(l.Kind, l.ID) }))))
	}
	all := []fyne.CanvasObject{widget.Card("", head)}
	if v.lost {
		all = append(all, widget.Notice(widget.ToneWarn, w.T("clashes.lost")))
	}
	var matters []fyne.CanvasObject
	if l.Matters != "" {
		matters = append(matters, widget.NewParagraph(l.Matters))
	}
	all = append(all, widget.Notice(widget.ToneWarn, w.T("person.clash.title")+": "+l.Why, matters...))
	sides := make([]fyne.CanvasObject, 0, len(l.Sides))
	for i, s := range l.Sides {
		sides = append(sides, v.side(i, s))
	}
	all = append(all, widget.CardColumns(2, 260, sides...))
	if open := v.page.Editing(v.formName()); open != nil {
		all = append(all, open.Object)
	}
	return append(all, widget.Note(w.T("clashes.kept")))
}

// opens tells whether records of a kind have a page.
func opens(k record.Kind) bool {
	switch k {
	case record.Detainee, record.Contact, record.Household, record.Case, record.Incident, record.Document:
		return true
	}
	return false
}

// side is what one says, by whom, when and on which device.
func (v *clashView) side(i int, s present.DeskSide) fyne.CanvasObject {
	w := v.host.Words()
	lines := []fyne.CanvasObject{widget.NewParagraph(s.Text).Bold().Personal()}
	if s.Source != "" {
		lines = append(lines, widget.NewParagraph(w.T("clashes.source", s.Source)).Personal())
	}
	for _, text := range []string{s.Record, s.When, s.Device} {
		if text != "" {
			lines = append(lines, widget.Note(text).Personal())
		}
	}
	choose := widget.Plain(w.T("clashes.choose"), theme.ConfirmIcon(), func() { v.decide(i) })
	lines = append(lines, widget.Inset(4, 0, 0, 0, widget.HStack(0, choose)))
	return widget.Card(w.T("clashes.side", w.Count(i+1)), lines...)
}

func (v *clashView) formName() string { return "clash." + v.line.Field }

// decide opens the form that ends the contradiction; where it stands open, it
// chooses there.
func (v *clashView) decide(i int) {
	if v.form != nil && v.page.Editing(v.formName()) != nil && i >= 0 {
		v.form.Choose(v.line.Sides[i])
		v.pick.SetValue(v.form.Choice)
		v.page.Focus()
		return
	}
	v.page.Begin(func() *sheet.Open {
		w, f := v.host.Words(), v.room.desk.Decide(v.line, i)
		values, labels := make([]string, 0, len(f.Sides)), make([]string, 0, len(f.Sides))
		for _, o := range f.Sides {
			values, labels = append(values, o.Value), append(labels, widget.Veil(o.Label))
		}
		choice := widget.NewSelect(values, labels, w.T("form.choose"))
		choice.SetValue(f.Choice)
		choice.OnValue = func(value string) { f.Choice = value }
		v.form, v.pick = f, choice
		reason, below := widget.NewMultiEntry(3), widget.NewErrorText()
		reason.SetPlaceHolder(w.T("clashes.reason.hint"))
		reason.OnChanged = func(s string) { f.Reason = s }
		save := func() {
			f.Save(context.Background(), func(ok bool) {
				below.SetProblem(f.Problem, false)
				if !ok {
					return
				}
				v.host.Say(w.T("clashes.said"))
				v.page.End()
				v.room.desk.Load()
			})
		}
		return &sheet.Open{
			Key: v.formName(), Save: save, Dirty: f.Dirty, Draft: f.Typing(), Restored: func() {
				choice.SetValue(f.Choice)
				reason.SetText(f.Reason)
			},
			Object: widget.Card(w.T("clashes.decide"),
				widget.Field(w.T("clashes.stands"), choice, nil),
				widget.Field(w.T("clashes.reason"), reason, below),
				widget.HStack(8, widget.Primary(w.T("clashes.save"), theme.ConfirmIcon(), save), widget.Plain(w.T("form.cancel"), nil, v.page.Cancel))),
			Focus: func(c fyne.Canvas) { c.Focus(reason) },
		}
	})
}

// reopen opens the decision of which a draft was kept.
func (v *clashView) reopen(form string) bool {
	if form != v.formName() {
		return false
	}
	v.decide(-1)
	return true
}
