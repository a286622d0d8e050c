// Package today is the first room: what is overdue, what is due, which versions
// contradict each other, and which states of emergency run.
//
// What must not live here: what is due and when (app/present, data/rule).
package today

import (
	"context"

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

// todayRoom is one page without a list beside it.
type todayRoom struct {
	host room.Host
	vm   *present.Today
	page *sheet.Page
	mine *fw.Check
}

var (
	_ room.Room    = (*todayRoom)(nil)
	_ room.Watcher = (*todayRoom)(nil)
)

// New makes the room; nothing is read before it is opened.
func New(h room.Host) room.Room {
	r := &todayRoom{host: h}
	r.page = sheet.NewPage(h, r.cards)
	r.vm = present.NewToday(context.Background(), sheet.Env(h), r.draw)
	r.mine = fw.NewCheck(h.Words().T("today.mine"), r.vm.OnlyMine)
	r.page.Whole(widget.Loading(h.Words().T("today.loading")))
	return r
}

// Key names the room.
func (r *todayRoom) Key() string { return "today" }

// Icon is the room's icon.
func (r *todayRoom) Icon() fyne.Resource { return theme.HistoryIcon() }

// Open reads what is due.
func (r *todayRoom) Open(string) fyne.CanvasObject {
	r.vm.Load()
	return r.page.Object()
}

// Leave never holds anybody back.
func (r *todayRoom) Leave() bool { return true }

// Focus puts the keyboard on the only choice there is.
func (r *todayRoom) Focus() {
	if r.vm.State == present.Ready {
		r.host.Window().Canvas().Focus(r.mine)
	}
}

// Changed reads again: almost any edit may make something due or done.
func (r *todayRoom) Changed(e data.Event) {
	switch e.Kind {
	case record.Task, record.Case, record.Attempt, record.Notification, record.Incident, record.Detainee, record.Document, record.Member, record.Device:
		r.vm.Load()
	}
}

// BackupChanged is told when a backup was made by itself.
func (r *todayRoom) BackupChanged() { r.vm.Load() }

func (r *todayRoom) draw() {
	w := r.host.Words()
	switch r.vm.State {
	case present.Failed:
		r.page.Whole(widget.Inset(16, 16, 16, 16, widget.ErrorPanel(r.vm.Failure.Text, r.vm.Failure.Hint,
			widget.Plain(w.T("today.again"), theme.ViewRefreshIcon(), r.vm.Load))))
	case present.Empty:
		r.page.Whole(r.empty())
	default:
		r.page.Redraw()
	}
}

// empty is the page of an office in which there is nothing to do yet.
func (r *todayRoom) empty() fyne.CanvasObject {
	w := r.host.Words()
	text := w.T("today.empty.text")
	buttons := []fyne.CanvasObject{widget.Primary(w.T("today.empty.first"), theme.ContentAddIcon(), func() { r.host.Go("people", "new") })}
	if r.vm.Alone != "" {
		text += " " + r.vm.Alone
		buttons = append(buttons, r.invite())
	}
	return widget.Empty(w.T("today.empty.title"), text, buttons...)
}

// invite leads to where somebody is asked into the team.
func (r *todayRoom) invite() *widget.Button {
	return widget.Plain(r.host.Words().T("teamroom.invite"), theme.ContentAddIcon(), func() { r.host.Go("team", "invite") })
}

func (r *todayRoom) cards() []fyne.CanvasObject {
	w := r.host.Words()
	all := []fyne.CanvasObject{widget.HFill(10, 0,
		widget.VStack(2, widget.Heading(w.T("today.title")), widget.Note(r.vm.Date)), r.mine)}
	for _, e := range r.vm.Emergencies {
		all = append(all, widget.Notice(widget.ToneAccent, e.When, widget.NewParagraph(e.What), widget.HStack(0,
			widget.Quiet(e.Who, theme.NavigateNextIcon(), func() { r.open(e) }))))
	}
	if len(r.vm.Asked) > 0 {
		all = append(all, r.card("today.asked", r.vm.Asked, 0, widget.ToneWarn))
	}
	if r.vm.Backup != "" {
		all = append(all, widget.Notice(widget.ToneWarn, r.vm.Backup, widget.HStack(0,
			widget.Quiet(w.T("backup.settings"), theme.NavigateNextIcon(), func() { r.host.Go("settings", "") }))))
	}
	if r.vm.Alone != "" {
		all = append(all, widget.Notice(widget.ToneGrey, r.vm.Alone, widget.HStack(0, r.invite())))
	}
	if r.vm.Away != "" {
		all = append(all, widget.Notice(widget.ToneGrey, r.vm.Away, widget.HStack(0,
			widget.Quiet(w.T("travel.back"), theme.NavigateNextIcon(), func() { r.host.Go("settings", "travel") }))))
	}
	if len(r.vm.Drafts) > 0 || r.vm.Unreadable != "" {
		all = append(all, r.drafts())
	}
	all = append(all, widget.CardColumns(2, 420,
		r.card("today.late", r.vm.Late, r.vm.LateMore, widget.ToneWarn), r.card("today.due", r.vm.Due, r.vm.DueMore, widget.ToneGrey)))
	return append(all, r.card("today.contradictions", r.vm.Contradictions, r.vm.More, widget.ToneWarn))
}

// card lists some things with how many they are.
func (r *todayRoom) card(key string, lines []present.TodayLine, more int, tone widget.Tone) fyne.CanvasObject {
	w := r.host.Words()
	if len(lines) == 0 {
		return widget.Card(w.T(key), widget.Note(w.T(key+".none")))
	}
	box := widget.VStack(0)
	for _, l := range lines {
		box.Add(r.line(l))
	}
	if more > 0 {
		box.Add(widget.Inset(6, 6, 0, 6, widget.Note(w.N("today.more", more))))
	}
	return widget.CardWith(w.T(key), widget.NewChip(w.Count(len(lines)+more), tone), box)
}

func (r *todayRoom) line(l present.TodayLine) fyne.CanvasObject {
	text := widget.VStack(1, widget.NewText(l.What).Bold().Shrinks().Personal(), widget.Caption(l.Who).Shrinks().Personal())
	parts := []fyne.CanvasObject{text}
	if l.When != "" {
		when := widget.Caption(l.When).Right()
		parts = append(parts, when)
	}
	parts = append(parts, sheet.Chip(l.Chip))
	row := fyne.CanvasObject(widget.NewTapper(widget.Inset(6, 6, 6, 6, widget.HFill(10, 0, parts...)), func() { r.open(l) }))
	if !l.Task.IsZero() {
		done := widget.Plain(r.host.Words().T("today.done"), theme.ConfirmIcon(), func() {
			r.vm.Tick(l.Task, func(f present.Failure, ok bool) {
				if !ok {
					r.host.Warn(f.Text + " " + f.Hint)
					return
				}
				r.vm.Load()
			})
		})
		row = widget.HFill(6, 0, row, done)
	}
	return row
}

// open goes where the thing is to be done.
func (r *todayRoom) open(l present.TodayLine) {
	if l.Kind == record.Member || l.Kind == record.Device || l.Kind == record.OfficeKind {
		r.host.Go("team", "")
		return
	}
	r.host.GoRecord(l.Kind, l.ID)
}
