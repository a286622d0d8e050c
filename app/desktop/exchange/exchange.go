// Package exchange is the page of how changes travel: what can be proved of where
// they are, which device has what, what waits, what was refused and why, and each
// way of exchange with how it went last.
//
// What must not live here: how anything is carried (data/sync), what a status
// means (app/present), and anything that reads files for itself.
package exchange

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
)

// Controls is what the window lends this page beyond what every room has.
type Controls interface {
	room.Host
	// Courier carries changes behind the screen; nil: nothing does.
	Courier() present.Courier
	// UseHub takes the hub of an invitation into use, UseFolder a folder of this
	// machine, "" gives it up. Both do so in the background; done is called on the
	// screen.
	UseHub(file string, done func(error))
	UseFolder(dir string, done func(error))
	// WriteBundle and ReadBundle carry changes by a file.
	WriteBundle(ctx context.Context, file string, to data.BundleFor, report func(data.Progress)) (data.BundleMade, error)
	ReadBundle(ctx context.Context, file string, report func(data.Progress)) (data.Received, error)
}

// page is the room: one page without a list beside it.
type page struct {
	host    Controls
	vm      *present.Sync
	page    *sheet.Page
	preview *present.BundlePreview // of a bundle that was chosen; nil: none
	told    string                 // how the last bundle went
	turn    int                    // of the clock that looks at the ways
}

var (
	_ room.Room    = (*page)(nil)
	_ room.Watcher = (*page)(nil)
	_ room.Backer  = (*page)(nil)
	_ room.Dropper = (*page)(nil)
)

// New makes the page; nothing is read before it is opened.
func New(h Controls) room.Room {
	r := &page{host: h}
	r.page = sheet.NewPage(h, r.cards)
	r.vm = present.NewSync(context.Background(), sheet.Env(h), h.Courier(), r.draw)
	r.page.Whole(widget.Loading(h.Words().T("sync.loading")))
	return r
}

// Key names the room.
func (r *page) Key() string { return "sync" }

// Icon is the room's icon.
func (r *page) Icon() fyne.Resource { return theme.ViewRefreshIcon() }

// Open reads where everything is, and looks at the ways while the page is shown.
func (r *page) Open(string) fyne.CanvasObject {
	r.vm.Load()
	r.turn++
	r.watch(r.turn)
	return r.page.Object()
}

// Leave never holds anybody back.
func (r *page) Leave() bool {
	r.turn++
	return true
}

// Focus puts the keyboard nowhere: nobody comes to type here.
func (r *page) Focus() {}

// Changed reads again: what was just saved is only here at first.
func (r *page) Changed(data.Event) { r.vm.Load() }

// Back closes the form or the preview of a bundle.
func (r *page) Back() bool {
	if r.page.Back() {
		return true
	}
	if r.preview == nil {
		return false
	}
	r.leavePreview()
	return true
}

// Dropped looks at a bundle that was dragged onto the page.
func (r *page) Dropped(paths []string) {
	if len(paths) > 0 {
		r.look(paths[0])
	}
}

// glance is how often the page looks at how the ways stand.
const glance = time.Second

// watch draws how the ways stand, every second, and reads the office again when an
// exchange ended.
func (r *page) watch(turn int) {
	timer, ok := r.host.(room.Timer)
	if !ok || r.host.Courier() == nil {
		return
	}
	timer.Later(glance, func() {
		if turn != r.turn {
			return
		}
		was := r.vm.Ways
		r.vm.Tick()
		if differ(was, r.vm.Ways) || r.vm.Stale {
			r.page.Redraw()
			if r.vm.State == present.Ready {
				r.vm.Load()
			}
		}
		r.watch(turn)
	})
}

func differ(a, b []present.SyncWay) bool {
	if len(a) != len(b) {
		return true
	}
	for i := range a {
		if a[i] != b[i] {
			return true
		}
	}
	return false
}

func (r *page) draw() {
	w := r.host.Words()
	switch r.vm.State {
	case present.Failed:
		r.page.Whole(widget.Inset(16, 16, 16, 16, widget.VStack(0, widget.ErrorPanel(r.vm.Failure.Text, r.vm.Failure.Hint,
			widget.Plain(w.T("sync.again"), theme.ViewRefreshIcon(), r.vm.Load)))))
	case present.Loading:
		r.page.Whole(widget.Loading(w.T("sync.loading")))
	default:
		r.page.Redraw()
	}
}

// cards are the proof, the ways, the devices, what waits and what was refused.
func (r *page) cards() []fyne.CanvasObject {
	w := r.host.Words()
	all := []fyne.CanvasObject{widget.VStack(2, widget.Heading(w.T("sync.title")), widget.Note(w.T("sync.about")))}
	if r.preview != nil {
		all = append(all, r.previewCard())
	}
	if open := r.page.Editing(bundleForm); open != nil {
		all = append(all, open.Object)
	}
	if r.told != "" {
		all = append(all, widget.Notice(widget.ToneOk, r.told))
	}
	if r.vm.Newer != "" {
		all = append(all, widget.Notice(widget.ToneAccent, r.vm.Newer))
	}
	all = append(all, r.proof(), r.ways(), r.devices())
	return append(all, widget.CardColumns(2, 380,
		r.list("sync.waiting", r.vm.Waiting, 0, w.T("sync.waiting.note")),
		r.list("sync.refused", r.vm.Refused, r.vm.More, "")))
}

// proof is the one sentence above all.
func (r *page) proof() fyne.CanvasObject {
	ground, ink := widget.ColorChipGreyBg, theme.ColorNameForeground
	switch r.vm.Tone {
	case present.OK:
		ground, ink = widget.ColorChipOkBg, theme.ColorNameSuccess
	case present.Warn:
		ground, ink = widget.ColorChipWarnBg, theme.ColorNameWarning
	}
	lines := []fyne.CanvasObject{widget.NewParagraph(r.vm.Proof).Sized(theme.SizeNameSubHeadingText).Bold().Colored(ink)}
	for _, n := range r.vm.Notes {
		lines = append(lines, widget.NewParagraph(n))
	}
	return widget.NewPanel(ground, ground, widget.Inset(12, 16, 12, 16, widget.VStack(6, lines...)))
}

// list is a card of sentences, or the word that there are none.
func (r *page) list(key string, lines []string, more int, note string) fyne.CanvasObject {
	w := r.host.Words()
	if len(lines) == 0 {
		return widget.Card(w.T(key), widget.Note(w.T(key+".none")))
	}
	box := widget.VStack(6)
	for _, l := range lines {
		box.Add(widget.NewParagraph(l))
	}
	if more > 0 {
		box.Add(widget.Note(w.N(key+".more", more)))
	}
	if note != "" {
		box.Add(widget.Note(note))
	}
	return widget.CardWith(w.T(key), widget.NewChip(w.Count(len(lines)+more), widget.ToneWarn), box)
}

// wholeRows is how many devices stand on the page without a list that scrolls by itself.
const wholeRows = 12

// devices is the table of which device has what.
func (r *page) devices() fyne.CanvasObject {
	w := r.host.Words()
	rows := r.vm.Devices
	if len(rows) == 0 {
		return widget.Card(w.T("sync.devices"), widget.Note(w.T("sync.devices.none")))
	}
	table := widget.NewTable([]widget.Column{
		{Title: w.T("sync.col.device"), Width: 150, Grow: true},
		{Title: w.T("sync.col.member"), Width: 140, Grow: true},
		{Title: w.T("sync.col.has"), Width: 70, Number: true},
		{Title: w.T("sync.col.lacks"), Width: 70, Number: true},
		{Width: 8},
		{Title: w.T("sync.col.heard"), Width: 205},
		{Title: w.T("sync.col.program"), Width: 80},
		{Title: w.T("sync.col.state"), Width: 120},
	})
	if len(rows) <= wholeRows {
		table.Whole()
	}
	table.SetRows(len(rows), func(i, column int) widget.Cell {
		d := rows[i]
		switch column {
		case 0:
			return widget.Cell{Text: d.Name, Bold: true}
		case 1:
			return widget.Cell{Text: d.Member}
		case 2:
			return widget.Cell{Text: d.Has}
		case 3:
			return widget.Cell{Text: d.Lacks}
		case 4:
			return widget.Cell{}
		case 5:
			return widget.Cell{Text: d.Heard, Muted: true}
		case 6:
			return widget.Cell{Text: d.Program, Muted: true}
		}
		return widget.Cell{Text: d.Chip.Text, Chip: true, Tone: sheet.Tone(d.Chip.Tone)}
	})
	height := table.HeightOf(min(len(rows), wholeRows)) / widget.U(1)
	return widget.Card(w.T("sync.devices"), widget.Fixed(0, height, table), widget.Note(w.T("sync.devices.note")))
}
