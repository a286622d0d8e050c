package desktop

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/desktop/room"
	"paradero/app/desktop/settings"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// maker makes a room; rooms are made when first shown.
type maker struct {
	key   string
	make  func(room.Host) room.Room
	aside bool // it has no entry among the rooms of the rail
}

// place is where a person was.
type place struct{ room, arg string }

// session is an open office with its rooms; it is the rooms' Host.
type session struct {
	shell     *shell
	office    office
	work      *worker
	rooms     map[string]room.Room
	current   place
	history   []place
	rail      *rail
	page      *fyne.Container
	foot      *foot
	arriving  *arriving
	body      *fyne.Container // strip, page and foot
	backupErr error           // why the last backup that was due was not made
	offered   bool            // to make the working copy anew
	courier   carrier         // nil: nothing carries changes behind the screen
	status    data.Status     // where the changes were when that was asked last
	asking    bool            // where they are is asked soon
	moving    atomic.Bool     // that something moved is to be drawn
	halted    bool            // it was said that nothing can be saved until the office is opened again
	asked     int             // proposals that wait for the word of who is signed in
	knocks    int             // requests to be let in
}

var _ room.Host = (*session)(nil)

func newSession(s *shell, o office) *session {
	n := &session{shell: s, office: o, rooms: map[string]room.Room{}, page: container.NewStack()}
	n.work = newWorker(context.Background(), s.dispatch)
	go n.follow(o.Watch(n.work.base))
	if s.carry != nil {
		n.courier = s.carry(o, n.moved) // nil where nothing is to be carried
	}
	return n
}

// enter draws the window of the session and opens the first room.
func (n *session) enter() {
	n.draw()
	n.open(place{room: n.shell.rooms[0].key}, true)
	switch {
	case n.office.Damage() > 0:
		n.damaged()
	case n.office.Rebuilt():
		n.Say(n.shell.words.T("settings.rebuilt"))
	}
	n.keepBackups(app.BackupFirst, app.BackupLook)
	n.hearDoor()
}

// draw puts rail, page and foot on the window.
func (n *session) draw() {
	n.rail = newRail(n)
	n.foot = newFoot(n)
	n.arriving = newArriving()
	n.body = widget.VFill(0, 1, n.arriving.object, n.page, n.foot.object)
	var content fyne.CanvasObject = n.body
	if n.office.Info().Demo {
		content = widget.VFill(0, 1, demoBand(n.shell.words), content)
	}
	n.shell.put(container.New(&railLayout{}, n.rail.object, content))
	n.countClashes()
	n.countAsked()
	n.drawSync()
	n.noteSync()
	n.askArriving()
}

// remake makes the rooms anew, in another language, at the same place.
func (n *session) remake() {
	n.leave()
	n.closeRooms()
	n.rooms = map[string]room.Room{}
	n.draw()
	n.open(n.current, true)
	n.shell.buildMenu()
}

// closeRooms lets the rooms take back what they keep outside the office.
func (n *session) closeRooms() {
	for _, r := range n.rooms {
		if c, ok := r.(room.Closer); ok {
			c.Close()
		}
	}
}

func (n *session) room(key string) room.Room {
	if r, ok := n.rooms[key]; ok {
		return r
	}
	for _, m := range n.shell.rooms {
		if m.key == key {
			r := m.make(n)
			n.rooms[key] = r
			return r
		}
	}
	return nil
}

func (n *session) leave() bool {
	r, ok := n.rooms[n.current.room]
	return !ok || r.Leave()
}

// open shows a place; focus puts the keyboard there.
func (n *session) open(p place, focus bool) {
	r := n.room(p.room)
	if r == nil {
		return
	}
	n.current = p
	n.shell.win.Canvas().Unfocus()
	n.page.Objects = []fyne.CanvasObject{r.Open(p.arg)}
	n.page.Refresh()
	n.rail.choose(p.room)
	n.shell.buildMenu()
	if focus {
		r.Focus()
	}
}

// follow hands events to the open room.
func (n *session) follow(events <-chan data.Event) {
	for e := range events {
		n.Dispatch(func() {
			if n.work.base.Err() != nil {
				return
			}
			n.offerRebuild()
			n.offerReopen()
			n.countClashes()
			n.countAsked()
			n.noteSync()
			if w, ok := n.rooms[n.current.room].(room.Watcher); ok {
				w.Changed(e)
			}
			if e.Kind == record.OfficeKind || e.Kind == record.Member {
				n.rail.rename(n.office.Info(), n.shell.words)
			}
		})
	}
}

// countClashes shows in the rail how many contradictions are open. What cannot
// be read is told in their room.
func (n *session) countClashes() {
	n.Work("rail.contradictions", func(ctx context.Context) func() {
		list, err := n.office.Contradictions(ctx)
		if err != nil {
			return nil
		}
		return func() { n.rail.count("contradictions", len(list), n.shell.words) }
	})
}

// undo takes back what was typed last in the field that has the keyboard, else
// the member's last change, after saying what that does.
func (n *session) undo() {
	if field, ok := n.shell.win.Canvas().Focused().(interface{ Undo() }); ok {
		field.Undo()
		return
	}
	sheet.AskUndo(n, func(ctx context.Context) (*present.UndoOffer, error) {
		return present.LastUndo(ctx, sheet.Env(n))
	}, func() {})
}

// release stops all work and closes the office. It may take a moment and is
// best called away from the screen's goroutine.
func (n *session) release() {
	n.closeRooms()
	if n.courier != nil {
		n.courier.Close()
	}
	n.work.close()
	closeOffice(n.office)
}

// closeOffice lets an office go; what was acknowledged is on the disk already,
// so that a failure here is for developers.
func closeOffice(o office) {
	if err := o.Close(); err != nil {
		fyne.LogError("close office", err)
	}
}

func (n *session) dropped(paths []string) {
	if d, ok := n.rooms[n.current.room].(room.Dropper); ok {
		d.Dropped(paths)
	}
}

// Office implements room.Host.
func (n *session) Office() data.API { return n.office }

// Words implements room.Host.
func (n *session) Words() *assets.Words { return n.shell.words }

// Settings implements room.Host.
func (n *session) Settings() room.Settings { return preferences{n.shell} }

// Now implements room.Host.
func (n *session) Now() time.Time { return n.office.Now() }

// Dispatch implements room.Host.
func (n *session) Dispatch(do func()) { n.shell.dispatch(do) }

// Work implements room.Host.
func (n *session) Work(slot string, do func(ctx context.Context) func()) { n.work.run(slot, do) }

// Stop implements room.Host.
func (n *session) Stop(slot string) { n.work.stop(slot) }

// Go implements room.Host.
func (n *session) Go(key, arg string) {
	to := place{key, arg}
	if to == n.current || !n.leave() {
		return
	}
	n.history = append(n.history, n.current)
	if len(n.history) > 200 {
		n.history = n.history[1:]
	}
	n.open(to, true)
}

// roomsOfKinds says in which room a kind of record is shown.
var roomsOfKinds = map[record.Kind]string{
	record.Detainee: "people", record.Contact: "families", record.Household: "families", record.Case: "cases",
	record.Incident: "incidents", record.Document: "documents", record.OfficeKind: "settings",
}

// GoRecord implements room.Host.
func (n *session) GoRecord(kind record.Kind, id record.ID) {
	if key, ok := roomsOfKinds[kind]; ok {
		n.Go(key, id.String())
	}
}

// Here implements room.Host.
func (n *session) Here(arg string) { n.current.arg = arg }

// Back implements room.Host.
func (n *session) Back() {
	if b, ok := n.rooms[n.current.room].(room.Backer); ok && b.Back() {
		return
	}
	if len(n.history) == 0 || !n.leave() {
		return
	}
	last := n.history[len(n.history)-1]
	n.history = n.history[:len(n.history)-1]
	n.open(last, true)
}

// Lock implements room.Host.
func (n *session) Lock() { n.shell.lock() }

// preferences shows rooms what they may know of the settings.
type preferences struct{ s *shell }

func (p preferences) Dark() bool        { return p.s.dark }
func (p preferences) Blurred() bool     { return p.s.blurred }
func (p preferences) Lang() assets.Lang { return p.s.settings.Lang }

// demoBand stands over every page of an invented office.
func demoBand(w *assets.Words) fyne.CanvasObject {
	return container.NewStack(widget.NewFill(widget.ColorChipWarnBg),
		widget.Inset(4, 12, 4, 12, widget.NewText(w.T("desk.demo")).Bold().Middle().
			Sized(theme.SizeNameCaptionText).Colored(theme.ColorNameWarning).Shrinks()))
}

var _ settings.Controls = (*session)(nil)
