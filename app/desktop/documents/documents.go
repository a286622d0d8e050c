// Package documents is the room of papers: the register of what was issued,
// whether each still holds, the check of a copy, and the making of a new one
// with everything that it lacks named beside the button.
//
// What must not live here: gates and what a paper states (reports, data/rule),
// what a screen says (app/present), and drawing that other rooms need too.
package documents

import (
	"context"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports"
)

// view is a page beside the register.
type view interface {
	Object() fyne.CanvasObject
	Heed(e data.Event)
	Again()
	Drop()
	Print()
	Save()
}

// documentsRoom keeps where the person was, and the papers issued since the
// office was opened: the register keeps a paper's hash, not the paper.
type documentsRoom struct {
	host  room.Host
	env   present.Env
	desk  *reports.Desk
	list  *present.Documents
	pane  *pane
	split *widget.Split
	page  view
	id    record.ID
	kept  map[record.ID][]byte
	lent  *lent
}

var (
	_ room.Room    = (*documentsRoom)(nil)
	_ room.Finder  = (*documentsRoom)(nil)
	_ room.Newer   = (*documentsRoom)(nil)
	_ room.Saver   = (*documentsRoom)(nil)
	_ room.Printer = (*documentsRoom)(nil)
	_ room.Backer  = (*documentsRoom)(nil)
	_ room.Watcher = (*documentsRoom)(nil)
	_ room.Dropper = (*documentsRoom)(nil)
	_ room.Closer  = (*documentsRoom)(nil)
)

// New makes the room; nothing is read before it is opened.
func New(h room.Host) room.Room {
	r := &documentsRoom{host: h, env: sheet.Env(h), desk: reports.NewDesk(h.Office()), kept: map[record.ID][]byte{}, lent: newLent(os.TempDir())}
	r.list = present.NewDocuments(context.Background(), r.env, func() { r.pane.draw() })
	r.pane = newPane(r)
	r.split = widget.NewSplit(380, r.pane.object(), r.nothingChosen(), h.Words().T("documents.back"))
	r.split.OnBack = func() { r.pane.rows.SetSelected(-1) }
	return r
}

// Key names the room.
func (r *documentsRoom) Key() string { return "documents" }

// Icon is the room's icon.
func (r *documentsRoom) Icon() fyne.Resource { return theme.DocumentIcon() }

// Open shows the register, and what arg names: a paper's id, "check", or
// "make" with a kind, a person and a case after strokes.
func (r *documentsRoom) Open(arg string) fyne.CanvasObject {
	r.list.Load()
	if r.page != nil {
		r.page.Again()
	}
	parts := strings.Split(arg, "/")
	switch parts[0] {
	case "make", "new":
		r.make(part(parts, 1), idOf(part(parts, 2)), idOf(part(parts, 3)))
		return r.split
	case "check":
		r.check()
		return r.split
	}
	if id, err := record.ParseID(arg); err == nil && id != r.id {
		r.show(id)
	}
	return r.split
}

func part(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return ""
}

func idOf(s string) record.ID {
	id, err := record.ParseID(s)
	if err != nil {
		return record.ID{}
	}
	return id
}

// Leave never holds anybody back: a paper that is being prepared is kept.
func (r *documentsRoom) Leave() bool { return true }

// Close takes back what was lent to the system's viewer. It may be called from
// any goroutine.
func (r *documentsRoom) Close() { r.lent.takeBack() }

// Focus puts the keyboard into the search line.
func (r *documentsRoom) Focus() { r.Find() }

// Find goes to the search line.
func (r *documentsRoom) Find() {
	r.split.ShowList()
	r.host.Window().Canvas().Focus(r.pane.search)
}

// NewRecord prepares a paper.
func (r *documentsRoom) NewRecord() { r.make("", record.ID{}, record.ID{}) }

// Save saves the open paper as a PDF, or issues the one that is prepared.
func (r *documentsRoom) Save() {
	if r.page != nil {
		r.page.Save()
	}
}

// Print opens the paper for printing, or issues the one that is prepared.
func (r *documentsRoom) Print() {
	if r.page != nil {
		r.page.Print()
	}
}

// Back goes from the page to the register where the page covers it.
func (r *documentsRoom) Back() bool {
	if r.split.Stacked() && r.split.PageShown() {
		r.split.ShowList()
		return true
	}
	if r.id.IsZero() && r.page != nil { // a check or a paper being prepared
		r.nothing()
		return true
	}
	return false
}

// Changed reads again what an edit may have changed: any record may be stated
// in some paper.
func (r *documentsRoom) Changed(e data.Event) {
	switch e.Kind {
	case record.Document, record.Detainee, record.Case, record.Contact, record.Notification, record.Relationship:
		r.list.Load()
	default:
		return
	}
	if r.page != nil {
		r.page.Heed(e)
	}
}

// maxPDF is more than any of our papers; a larger file is none of them.
const maxPDF = 20 << 20

// Dropped checks a file that was dragged onto the room.
func (r *documentsRoom) Dropped(paths []string) {
	if len(paths) > 0 {
		r.checkFile(paths[0])
	}
}

func (r *documentsRoom) checkFile(path string) {
	r.host.Work("documents.file", func(context.Context) func() {
		pdf, err := readPDF(path)
		return func() {
			if err != nil {
				r.host.Fail(err)
				return
			}
			r.checked(pdf)
		}
	})
}

func readPDF(path string) ([]byte, error) {
	const op = "check document"
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, op, "file_missing")
	}
	if info.IsDir() || info.Size() > maxPDF {
		return nil, fault.New(fault.Invalid, op, "document_not_pdf")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "file_missing")
	}
	if !strings.HasPrefix(string(b[:min(5, len(b))]), "%PDF-") {
		return nil, fault.New(fault.Invalid, op, "document_not_pdf")
	}
	return b, nil
}

func (r *documentsRoom) show(id record.ID) {
	v := newPaperView(r)
	r.put(id, v)
	v.vm.Open(id)
	r.host.Here(id.String())
	r.pane.choose()
}

// check shows the page on which a copy is checked.
func (r *documentsRoom) check() {
	r.put(record.ID{}, newCheckView(r))
	r.pane.rows.SetSelected(-1)
}

// checked shows what the register says of a copy.
func (r *documentsRoom) checked(numberOrPDF []byte) {
	v := newCheckView(r)
	r.put(record.ID{}, v)
	r.pane.rows.SetSelected(-1)
	v.ask(numberOrPDF)
}

func (r *documentsRoom) make(kind string, person, work record.ID) {
	v := newMakeView(r)
	r.put(record.ID{}, v)
	r.pane.rows.SetSelected(-1)
	v.start(kind, person, work)
}

func (r *documentsRoom) put(id record.ID, v view) {
	if r.page != nil {
		r.page.Drop()
	}
	r.page, r.id = v, id
	r.split.SetPage(v.Object())
	r.split.ShowPage()
}

// nothing leaves the page empty again.
func (r *documentsRoom) nothing() {
	if r.page != nil {
		r.page.Drop()
	}
	r.page, r.id = nil, record.ID{}
	r.split.SetPage(r.nothingChosen())
	r.split.ShowList()
}

func (r *documentsRoom) nothingChosen() fyne.CanvasObject {
	w := r.host.Words()
	return widget.Empty(w.T("documents.choose.title"), w.T("documents.choose.text"),
		widget.Plain(w.T("documents.check"), theme.SearchIcon(), r.check))
}
