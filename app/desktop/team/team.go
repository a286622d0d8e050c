// Package team is the room of the team: who is in and with which devices, what
// each role may do, what waits for a second person's word, and how somebody is
// let in or sent away.
//
// What must not live here: what a right or a removal means (data/team), what the
// room says (app/present), and anything that reads files for itself.
package team

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// Controls is what the window lends this room beyond what every room has.
type Controls interface {
	room.Host
	// Door lets people in; nil: that cannot be done here.
	Door() present.Door
	// ReadFile and WriteFile are for small files that a person chose. They are not
	// called on the screen's goroutine.
	ReadFile(path string) ([]byte, error)
	WriteFile(path string, b []byte) error
	// Guests lets one more person sign in on this computer; nil: that cannot be done here.
	Guests() present.Guests
	// PrintPaper prints a recovery code (number 0), leaving no file.
	PrintPaper(text string, number int, done func(error))
}

// teamRoom is one page; a member's devices open under his row.
type teamRoom struct {
	host    Controls
	vm      *present.Team
	page    *sheet.Page
	open    record.ID // whose devices are shown
	gone    bool      // those who left are shown
	told    string    // how the last change of the team ended
	waits   bool      // it waits for a second person
	paper   string    // the report that was just saved
	invited *present.Invited
	knocks  []present.Knock
	knock   *present.Knock // that is being looked at
	in      string         // who was let in just now
	welcome []byte         // what he needs, where it goes by a file
	turn    int            // rises whenever the room is opened or left
	guest   *guest         // who is to sign in here too, while he is at the keyboard

	rings       *present.Circles
	wantsCircle bool      // a new one is to be begun once they were read
	reads       *readings // shown in place of the page; nil: it is not
}

var (
	_ room.Room    = (*teamRoom)(nil)
	_ room.Watcher = (*teamRoom)(nil)
	_ room.Backer  = (*teamRoom)(nil)
	_ room.Newer   = (*teamRoom)(nil)
	_ room.Saver   = (*teamRoom)(nil)
	_ room.Dropper = (*teamRoom)(nil)
)

// New makes the room; nothing is read before it is opened.
func New(h Controls) room.Room {
	r := &teamRoom{host: h}
	r.page = sheet.NewPage(h, r.cards)
	r.vm = present.NewTeam(context.Background(), sheet.Env(h), r.draw)
	r.rings = present.NewCircles(context.Background(), sheet.Env(h), r.draw)
	r.page.Whole(widget.Loading(h.Words().T("teamroom.loading")))
	return r
}

// Key names the room.
func (r *teamRoom) Key() string { return "team" }

// Icon is the room's icon.
func (r *teamRoom) Icon() fyne.Resource { return theme.AccountIcon() }

// Open reads the team; arg "invite" begins an invitation, present.ReadingsPlace
// shows who read what, present.NewCirclePlace begins a circle.
func (r *teamRoom) Open(arg string) fyne.CanvasObject {
	if page := r.openReadings(arg); page != nil {
		return page
	}
	r.vm.Load()
	r.rings.Load()
	r.askKnocks()
	r.turn++
	r.listen(r.turn)
	if arg == "invite" && r.page.Editing(inviteForm) == nil {
		r.invite(present.TeamMember{})
	}
	r.wantsCircle = arg == present.NewCirclePlace
	return r.page.Object()
}

// Leave asks where something is typed.
func (r *teamRoom) Leave() bool {
	if !r.leaveGuest() || !r.page.Leave() {
		return false
	}
	r.turn++
	return true
}

// Focus puts the keyboard into the open form, if one is.
func (r *teamRoom) Focus() { r.page.Focus() }

// Save saves the open form.
func (r *teamRoom) Save() { r.page.Save() }

// NewRecord begins an invitation.
func (r *teamRoom) NewRecord() {
	if r.reads == nil && r.guest == nil && r.vm.State == present.Ready && r.vm.MayInvite {
		r.invite(present.TeamMember{})
	}
}

// Back closes a form, then what else stands open.
func (r *teamRoom) Back() bool {
	switch {
	case r.guest != nil:
		r.leaveGuest()
	case r.reads != nil: // it has nothing open: the window goes to the place before
		return false
	case r.page.Back():
	case r.knock != nil:
		r.knock = nil
		r.page.Redraw()
	case !r.open.IsZero():
		r.open = record.ID{}
		r.page.Redraw()
	default:
		return false
	}
	return true
}

// Changed reads again what an edit, ours or a colleague's, may have changed.
func (r *teamRoom) Changed(e data.Event) {
	if r.reads != nil && e.Kind == record.Access {
		r.reads.vm.Load()
	}
	r.vm.Load()
	if r.rings.Heeds(e) {
		r.rings.Load()
	}
	if e.Kind == record.Device || e.Kind == record.Member {
		r.askKnocks()
	}
}

// Dropped looks at a request that was dragged onto the page.
func (r *teamRoom) Dropped(paths []string) {
	if len(paths) > 0 && r.host.Door() != nil && r.guest == nil {
		r.lookAtFile(paths[0])
	}
}

func (r *teamRoom) draw() {
	w := r.host.Words()
	if r.guest != nil { // the keyboard is his until he is done
		r.page.Whole(r.guest.root)
		return
	}
	switch r.vm.State {
	case present.Failed:
		r.page.Whole(widget.Inset(16, 16, 16, 16, widget.VStack(0, widget.ErrorPanel(r.vm.Failure.Text, r.vm.Failure.Hint,
			widget.Plain(w.T("sync.again"), theme.ViewRefreshIcon(), r.vm.Load)))))
	case present.Loading:
		r.page.Whole(widget.Loading(w.T("teamroom.loading")))
	case present.Empty:
		r.page.Whole(widget.Empty(w.T("teamroom.empty.title"), w.T("teamroom.empty.text"),
			widget.Plain(w.T("sync.again"), theme.ViewRefreshIcon(), r.vm.Load)))
	default:
		r.page.Redraw()
		r.beginWanted()
	}
}

// cards are what waits, who is in, what each may do, and the circles.
func (r *teamRoom) cards() []fyne.CanvasObject {
	w := r.host.Words()
	all := []fyne.CanvasObject{r.head()}
	if r.told != "" {
		tone := widget.ToneOk
		if r.waits {
			tone = widget.ToneWarn
		}
		all = append(all, widget.Notice(tone, r.told, r.openPaper()...))
	}
	all = append(all, r.letIn()...)
	for _, c := range r.vm.Pending {
		all = append(all, sheet.Proposal(r.host, r.page, c, r.vm.Load))
	}
	if text := r.vm.Few + r.vm.Alone; text != "" {
		var below []fyne.CanvasObject
		if r.vm.MayInvite && r.host.Door() != nil {
			below = append(below, widget.HStack(0, widget.Plain(w.T("teamroom.invite"), theme.ContentAddIcon(), func() { r.invite(present.TeamMember{}) })))
		}
		all = append(all, widget.Notice(widget.ToneWarn, text, below...))
	}
	all = append(all, r.members())
	if len(r.vm.Here) > 0 {
		all = append(all, r.here())
	}
	all = append(all, r.circles(), r.rights())
	if r.vm.MayRemove {
		all = append(all, widget.CardColumns(2, 380, r.decided(), r.audit()))
	} else {
		all = append(all, r.decided())
	}
	if len(r.vm.Gone) > 0 {
		all = append(all, r.left())
	}
	return all
}

// openPaper opens the report that was just saved.
func (r *teamRoom) openPaper() []fyne.CanvasObject {
	if r.paper == "" {
		return nil
	}
	w := r.host.Words()
	return []fyne.CanvasObject{widget.Note(w.T("teamroom.breach.note")), widget.HStack(8, widget.Plain(w.T("teamroom.breach.open"), theme.DocumentIcon(), func() {
		if err := r.host.OpenFile(r.paper); err != nil {
			r.host.Fail(err)
		}
	}), widget.Quiet(w.T("desk.close"), nil, func() {
		r.told, r.paper = "", ""
		r.page.Redraw()
	}))}
}

// head is the title with what can be begun here.
func (r *teamRoom) head() fyne.CanvasObject {
	w := r.host.Words()
	title := widget.VStack(2, widget.Heading(w.T("room.team")).Shrinks(), widget.Note(w.T("teamroom.about")))
	if !r.vm.MayInvite || r.host.Door() == nil {
		return title
	}
	return widget.HFill(10, 0, title,
		widget.Plain(w.T("teamroom.request.read"), theme.FolderOpenIcon(), r.readRequest),
		widget.Primary(w.T("teamroom.invite"), theme.ContentAddIcon(), func() { r.invite(present.TeamMember{}) }))
}

// rights is the table of what each role may do.
func (r *teamRoom) rights() fyne.CanvasObject {
	w, t := r.host.Words(), r.vm.Rights
	columns := []widget.Column{{Title: w.T("teamroom.rights.what"), Width: 180, Grow: true}}
	for _, role := range t.Roles {
		columns = append(columns, widget.Column{Title: role, Width: 96})
	}
	columns = append(columns, widget.Column{Title: w.T("teamroom.rights.second"), Width: 112})
	table := widget.NewTable(columns).Whole()
	table.SetRows(len(t.Rows), func(i, column int) widget.Cell {
		row := t.Rows[i]
		switch {
		case column == 0:
			return widget.Cell{Text: row.Text}
		case column <= len(row.May):
			if row.May[column-1] {
				return widget.Cell{Text: w.T("teamroom.rights.yes"), Bold: true}
			}
			return widget.Cell{Text: "–", Muted: true}
		case row.Second:
			return widget.Cell{Text: w.T("teamroom.rights.two"), Muted: true}
		}
		return widget.Cell{}
	})
	height := table.HeightOf(len(t.Rows)) / widget.U(1)
	lines := []fyne.CanvasObject{widget.Note(w.T("teamroom.rights.note")), widget.Fixed(0, height, table)}
	return widget.Card(w.T("teamroom.rights"), append(lines, r.changeRights()...)...)
}

// decided are the proposals that were decided last.
func (r *teamRoom) decided() fyne.CanvasObject {
	w := r.host.Words()
	if len(r.vm.Decided) == 0 {
		return widget.Card(w.T("teamroom.decided"), widget.Note(w.T("teamroom.decided.none")))
	}
	box := widget.VStack(8)
	for _, c := range r.vm.Decided {
		title := w.T("proposal.what." + c.What)
		if past := "proposal.past." + c.What; w.Has(past) {
			title = w.T(past)
		}
		if c.Name != "" {
			title += " · " + c.Name
		}
		box.Add(widget.HFill(8, 0, widget.VStack(1, widget.NewParagraph(title).Bold().Personal(), widget.Note(c.By), widget.Note(c.Decision)), sheet.Chip(c.State)))
	}
	return widget.Card(w.T("teamroom.decided"), box)
}
