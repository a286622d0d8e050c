package people

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// listFiles are the files that a list comes in.
var listFiles = []string{".csv", ".txt", ".tsv", ".xlsx"}

// importView is the page that brings a list in: what was found in the file,
// then what became of it.
type importView struct {
	room    *peopleRoom
	page    *sheet.Page
	path    string
	form    present.ImportForm
	preview *present.ImportPreview
	result  *present.ImportResult
	err     error
	reading bool
	kind    *widget.Select
	source  *widget.Entry
	asOf    *widget.OptionalDate
}

// Import asks for a list and shows what is in it.
func (r *peopleRoom) Import() { r.host.Pick(listFiles, r.importFile) }

// Dropped takes a list that was dragged onto the room.
func (r *peopleRoom) Dropped(paths []string) {
	if len(paths) > 0 {
		r.importFile(paths[0])
	}
}

func (r *peopleRoom) importFile(path string) {
	r.Settle(func() {
		r.ID = record.ID{}
		r.pane.Unmark()
		r.put(newImportView(r, path))
	})
}

func newImportView(r *peopleRoom, path string) *importView {
	w, env := r.host.Words(), r.env
	v := &importView{room: r, path: path, form: present.ImportForm{As: present.ImportKinds[0]}}
	labels := make([]string, len(present.ImportKinds))
	for i, k := range present.ImportKinds {
		labels[i] = w.T("import.kind." + k)
	}
	v.kind = widget.NewSelect(present.ImportKinds, labels, "")
	v.kind.SetValue(v.form.As)
	v.kind.OnValue = func(as string) {
		if as != "" && as != v.form.As {
			v.form.As = as
			v.look()
		}
	}
	v.source = widget.NewEntry()
	v.source.SetPlaceHolder(filepath.Base(path))
	v.asOf = widget.NewOptionalDate(func(typed string) (string, string) { return present.ImportDay(env, typed) })
	v.page = sheet.NewPage(r.host, v.cards)
	v.look()
	return v
}

// withFile opens the list for as long as do takes.
func (v *importView) withFile(do func(present.ListFile) error) error {
	f, err := os.Open(v.path)
	if err != nil {
		return app.FileFault(err, "import", v.path)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return app.FileFault(err, "import", v.path)
	}
	return do(present.ListFile{ReaderAt: f, Size: info.Size(), Name: filepath.Base(v.path)})
}

// look reads the whole list without saving anything.
func (v *importView) look() {
	v.reading, v.preview, v.err = true, nil, nil
	v.page.Redraw()
	form, env := v.form, v.room.env
	v.room.host.Progress(v.room.host.Words().T("import.looking"), func(ctx context.Context, report func(data.Progress)) func() {
		var p *present.ImportPreview
		err := v.withFile(func(f present.ListFile) (err error) {
			p, err = present.LookAtList(ctx, env, f, form, report)
			return err
		})
		return func() {
			if form == v.form {
				v.reading, v.preview, v.err = false, p, err
				v.page.Redraw()
			}
		}
	})
}

// take imports it.
func (v *importView) take() {
	form, env := v.form, v.room.env
	form.Source, form.AsOf = v.source.Text, v.asOf.Text
	if form.AsOf != "" {
		if _, problem := present.ImportDay(env, form.AsOf); problem != "" {
			v.room.host.Window().Canvas().Focus(v.asOf)
			return
		}
	}
	total := v.preview.Good()
	v.reading = true
	v.page.Redraw()
	v.room.host.Progress(v.room.host.Words().T("progress.import"), func(ctx context.Context, report func(data.Progress)) func() {
		var res *present.ImportResult
		err := v.withFile(func(f present.ListFile) (err error) {
			res, err = present.TakeList(ctx, env, f, form, total, report)
			return err
		})
		return func() {
			v.reading, v.result, v.err = false, res, err
			v.room.list.Refresh()
			v.page.Redraw()
		}
	})
}

// Object is what to place on the screen.
func (v *importView) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page's mechanism.
func (v *importView) Page() *sheet.Page { return v.page }

// Heed has nothing to learn of single records.
func (v *importView) Heed(data.Event) {}

// Again has nothing to read again: the file is the person's.
func (v *importView) Again() {}

// Drop lets go.
func (v *importView) Drop() {}

func (v *importView) cards() []fyne.CanvasObject {
	w := v.room.host.Words()
	all := []fyne.CanvasObject{widget.HFill(8, 0, widget.Heading(w.T("import.title")).Shrinks(),
		widget.Plain(w.T("import.other"), theme.FolderOpenIcon(), v.room.Import))}
	if v.err != nil {
		return append(all, v.room.host.ErrorPanel(v.err, v.look))
	}
	if v.result != nil {
		return append(all, v.done()...)
	}
	all = append(all, widget.Card(filepath.Base(v.path),
		widget.Columns(3, 170,
			widget.Field(w.T("import.as"), v.kind, nil),
			widget.Field(w.T("import.source"), v.source, nil),
			widget.Field(w.T("import.as_of"), v.asOf, v.asOf.Below())),
		widget.Note(w.T("import.as_of.note"))))
	if v.reading || v.preview == nil {
		return append(all, widget.Loading(w.T("import.looking")))
	}
	return append(all, v.found()...)
}

// found shows what the list holds.
func (v *importView) found() []fyne.CanvasObject {
	w, p := v.room.host.Words(), v.preview
	count := w.N("import.rows", p.Total)
	if n := p.Total - p.Good(); n > 0 {
		count += " · " + w.N("import.rows_refused", n)
	}
	act := widget.Primary(w.N("import.go", p.Good()), theme.ConfirmIcon(), v.take)
	act.SetEnabled(p.Good() > 0)
	all := []fyne.CanvasObject{widget.Card("", widget.HFill(8, 0, widget.NewText(count).Bold().Shrinks(),
		widget.Plain(w.T("desk.cancel"), nil, v.room.Clear), act))}
	if len(p.Refused) > 0 {
		all = append(all, v.refused(p.Refused))
	}
	columns := widget.NewTable([]widget.Column{{Title: w.T("import.column.heading"), Width: 220, Grow: true}, {Title: w.T("import.column.becomes"), Width: 220, Grow: true}})
	columns.SetRows(len(p.Columns), func(i, at int) widget.Cell {
		c := p.Columns[i]
		switch {
		case at == 0:
			return widget.Cell{Text: c.Heading}
		case c.Unread:
			return widget.Cell{Text: c.Becomes, Chip: true, Tone: widget.ToneWarn}
		}
		return widget.Cell{Text: c.Becomes, Bold: true}
	})
	if len(p.Rows) > 0 {
		all = append(all, widget.Card(w.T("import.first_rows"), v.firstRows()))
	}
	return append(all, widget.Card(w.T("import.columns"), widget.Fixed(0, columns.HeightOf(len(p.Columns)), columns)))
}

// firstRows shows the first people as they would be saved, each with its
// fields: a table of twenty columns would be cut off in most windows.
func (v *importView) firstRows() fyne.CanvasObject {
	p := v.preview
	var rows []fyne.CanvasObject
	for i, cells := range p.Rows {
		if i > 0 {
			rows = append(rows, widget.HLine())
		}
		var facts []fyne.CanvasObject
		for at, text := range cells {
			if text != "" {
				facts = append(facts, widget.PersonalFact(p.Heads[at], text))
			}
		}
		rows = append(rows, widget.Columns(5, 120, facts...))
	}
	return widget.VStack(8, rows...)
}

// shownRefusals is how many rows of the table of refusals are seen at once.
const shownRefusals = 8

// refused lists what cannot be taken, to be copied or saved.
func (v *importView) refused(rows []present.RefusedRow) fyne.CanvasObject {
	w, h := v.room.host.Words(), v.room.host
	table := widget.NewTable([]widget.Column{
		{Title: w.T("import.refused.row"), Width: 54, Number: true},
		{Title: w.T("import.refused.column"), Width: 150},
		{Title: w.T("import.refused.what"), Width: 100},
		{Title: w.T("import.refused.reason"), Width: 200, Grow: true},
	})
	table.SetRows(len(rows), func(i, at int) widget.Cell {
		r := rows[i]
		switch {
		case at == 0:
			return widget.Cell{Text: strconv.Itoa(r.Row)}
		case at == 1:
			return widget.Cell{Text: r.Column}
		case at == 3:
			return widget.Cell{Text: r.Reason, Personal: true}
		case r.Whole:
			return widget.Cell{Text: w.T("import.refused.whole"), Chip: true, Tone: widget.ToneWarn}
		}
		return widget.Cell{Text: w.T("import.refused.field"), Chip: true, Tone: widget.ToneGrey}
	})
	whole := widget.NewParagraph(rows[0].Reason).Muted().Personal() // of the chosen row, which the table may cut
	table.OnSelect = func(i int) { whole.SetText(rows[i].Reason) }
	table.SetSelected(0)
	keep := widget.HStack(8,
		widget.Quiet(w.T("import.refused.copy"), theme.ContentCopyIcon(), func() {
			h.Copy(present.RefusedText(w, rows))
			h.Say(w.T("import.refused.copied"))
		}),
		widget.Quiet(w.T("import.refused.save"), theme.DocumentSaveIcon(), func() {
			h.PickSave(w.T("import.refused.file"), func(path string) {
				v.room.write(path, func(to io.Writer) error {
					_, err := to.Write(present.RefusedCSV(w, rows))
					return err
				})
			})
		}))
	return widget.CardWith(w.T("import.refused.title"), keep, widget.Fixed(0, table.HeightOf(min(len(rows), shownRefusals)), table), whole)
}

// done says what became of the list.
func (v *importView) done() []fyne.CanvasObject {
	w, r := v.room.host.Words(), v.result
	n := w.Count
	tone, title := widget.ToneOk, w.T("import.done")
	if r.Stopped {
		tone, title = widget.ToneWarn, w.T("import.stopped")
	}
	facts := widget.Columns(4, 110,
		widget.Fact(w.T("import.done.new"), n(r.New)), widget.Fact(w.T("import.done.updated"), n(r.Updated)),
		widget.Fact(w.T("import.done.unchanged"), n(r.Unchanged)), widget.Fact(w.T("import.done.refused"), n(r.Refused)))
	buttons := []fyne.CanvasObject{widget.Primary(w.T("import.done.list"), theme.NavigateNextIcon(), v.room.Clear)}
	if r.Stopped {
		buttons = append(buttons, widget.Plain(w.T("import.again"), theme.ViewRefreshIcon(), func() { v.result = nil; v.take() }))
	}
	all := []fyne.CanvasObject{widget.Notice(tone, title), widget.Card(filepath.Base(v.path), facts, widget.HStack(8, buttons...))}
	if r.Doubles > 0 {
		all = append(all, widget.Notice(widget.ToneWarn, w.N("import.doubles", r.Doubles)))
	}
	if len(r.Rows) > 0 {
		all = append(all, v.refused(r.Rows))
	}
	return all
}
