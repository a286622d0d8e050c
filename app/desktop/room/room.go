// Package room is the contract between the window and its rooms: what a room
// offers, and what it may ask of the window. Rooms (people, families, cases…)
// import it; the window imports the rooms.
//
// What must not live here: anything that draws or decides. It is a leaf.
package room

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// Room is one room of the rail. Each room's package has
//
//	func New(h room.Host) room.Room
//
// which must be quick: nothing is read before Open. Everything is called on
// the goroutine of the user interface. When language or office changes, the
// window forgets its rooms and makes them anew.
type Room interface {
	// Key names the room: words "room.<key>" in the rail.
	Key() string
	// Icon is a plain icon; the window colours it.
	Icon() fyne.Resource
	// Open shows a place in the room and gives what to draw: arg is what Here
	// was told, or "" for wherever the person was last. It may always give the
	// same object. Reading goes on behind it (Host.Work).
	Open(arg string) fyne.CanvasObject
	// Leave is asked before another room or page is shown, and before locking.
	// A room saves its drafts here; false stays (it has then said why).
	Leave() bool
	// Focus puts the keyboard where a person begins: the search line, the list.
	Focus()
}

// A room offers more by having more methods; the menu enables what the open
// room has.
type (
	// Finder goes to the room's search line (Ctrl+F).
	Finder interface{ Find() }
	// Newer begins a new record (Ctrl+N).
	Newer interface{ NewRecord() }
	// Saver saves the open form (Ctrl+S).
	Saver interface{ Save() }
	// Printer prints or issues what is open (Ctrl+P).
	Printer interface{ Print() }
	// Importer brings a list in (Ctrl+I), Exporter writes one (Ctrl+E).
	Importer interface{ Import() }
	Exporter interface{ Export() }
	// Backer goes one step back inside the room (Esc, Alt+Left): closes a form,
	// a preview. False when there is nothing to close; the window then goes to
	// the place before.
	Backer interface{ Back() bool }
	// Watcher is told that records changed, ours or another's; only while open.
	Watcher interface{ Changed(data.Event) }
	// Closer lets go of what it keeps outside the office, as a paper that was
	// opened for printing: asked before the room is forgotten, the office locked
	// or the program ended.
	Closer interface{ Close() }
	// Dropper takes files dragged onto its page.
	Dropper interface{ Dropped(paths []string) }
)

// Host is what the window gives its rooms.
type Host interface {
	Office() data.API
	Words() *assets.Words
	Settings() Settings
	// Today is the office's day, Now its clock.
	Now() time.Time
	Window() fyne.Window

	// Dispatch runs do on the goroutine of the user interface.
	Dispatch(do func())
	// Work runs do in the background. What do returns (it may be nil) runs on
	// the goroutine of the user interface, unless a newer Work of the same slot
	// was begun meanwhile: a superseded question is cancelled by its context and
	// its answer dropped. A slot is named "<room>.<what>"; "" is never superseded.
	Work(slot string, do func(ctx context.Context) func())
	// Stop cancels what runs in a slot.
	Stop(slot string)
	// Progress is Work with a panel over the page: count, rate, time left and
	// Cancel, shown when it takes longer than half a second. report may be called
	// from any goroutine.
	Progress(title string, do func(ctx context.Context, report func(data.Progress)) func())

	// Go shows a place in a room and remembers the present one, to come back to.
	Go(roomKey, arg string)
	// GoRecord shows a record in the room of its kind.
	GoRecord(kind record.Kind, id record.ID)
	// Here says what the room shows now, so that coming back shows it again.
	Here(arg string)
	// Back goes to the place before.
	Back()

	// Say shows a line at the foot of the window for some seconds ("Guardado").
	Say(text string)
	// Warn says in the same place why something was not done.
	Warn(text string)
	// Fail shows an error in words, with its way out, at the foot of the window.
	Fail(err error)
	// ErrorPanel gives an error in words to stand in a page; retry may be nil.
	ErrorPanel(err error, retry func()) fyne.CanvasObject
	// Ask asks before something that cannot be taken back. The words are keys'
	// texts; danger makes the button red. Esc and Cancel do nothing.
	Ask(title, text, yes string, danger bool, then func())
	// Pick asks for a file to read; the extensions are like ".csv", none is any.
	Pick(extensions []string, then func(path string))
	// PickSave asks where to write; name is offered.
	PickSave(name string, then func(path string))
	// PickFolder asks for a folder.
	PickFolder(then func(path string))
	// OpenFile opens a file with the system's program (to print a PDF).
	OpenFile(path string) error
	// Copy puts a text on the clipboard.
	Copy(text string)
	// Lock closes the office and shows the sign-in page.
	Lock()
}

// Settings is what a person prefers on this machine.
type Settings interface {
	Dark() bool
	Blurred() bool
	Lang() assets.Lang
}
