package team

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data/record"
)

// readings is the page of who read, printed or exported what.
type readings struct {
	host   room.Host
	vm     *present.Readings
	root   *fyne.Container
	body   *fyne.Container // under the filters
	about  *fyne.Container // the record that it is narrowed to
	member *widget.Select
	what   *widget.Select
	since  *widget.OptionalDate
	until  *widget.OptionalDate
	search *widget.SearchBar
	table  *widget.Table
	list   *fyne.Container // table and foot
	foot   *fyne.Container
	chosen present.ReadingRow
}

// newReadings makes the page, of one record where an id is given.
func newReadings(h room.Host, of record.ID) *readings {
	a := &readings{host: h, root: container.NewStack(), body: container.NewStack(), about: widget.VStack(0)}
	a.vm = present.NewReadings(context.Background(), sheet.Env(h), a.draw)
	a.filters()
	a.root.Add(widget.Inset(14, 18, 14, 18, widget.VFill(12, 3, a.head(), a.bar(), a.about, a.body)))
	a.body.Add(widget.Loading(h.Words().T("readings.loading")))
	a.vm.About(of)
	return a
}

func (a *readings) head() fyne.CanvasObject {
	w := a.host.Words()
	return widget.HFill(10, 0, widget.VStack(2, widget.Heading(w.T("readings.title")).Shrinks(), widget.Note(w.T("readings.note"))),
		widget.Plain(w.T("readings.back"), theme.NavigateBackIcon(), func() { a.host.Go("team", "") }))
}

// filters makes what narrows the list.
func (a *readings) filters() {
	w := a.host.Words()
	a.member = widget.NewSelect(nil, nil, w.T("readings.everybody"))
	a.member.OnValue = a.vm.By
	whats := []string{record.AccessRead, record.AccessPrint, record.AccessExport}
	labels := make([]string, len(whats))
	for i, what := range whats {
		labels[i] = w.T("readings.what." + what)
	}
	a.what = widget.NewSelect(whats, labels, w.T("readings.anything"))
	a.what.OnValue = a.vm.What
	day := func(typed string) (string, string) { return present.ReadingDay(sheet.Env(a.host), typed) }
	a.since, a.until = widget.NewOptionalDate(day), widget.NewOptionalDate(day)
	for _, d := range []*widget.OptionalDate{a.since, a.until} {
		d.SetPlaceHolder(w.T("readings.any_day"))
		d.OnSubmitted = func(string) { a.period() }
		d.OnEdit(func(typed string) {
			if strings.TrimSpace(typed) == "" { // emptied: what it left out is wanted again
				a.period()
			}
		})
	}
	a.search = widget.NewSearchBar(w.T("readings.search"), a.vm.Search)
}

func (a *readings) period() { a.vm.Between(a.since.Text, a.until.Text) }

// bar is the line of filters.
func (a *readings) bar() fyne.CanvasObject {
	w := a.host.Words()
	look := widget.Plain(w.T("readings.look"), theme.SearchIcon(), a.period)
	return widget.VStack(8, a.search, widget.Columns(5, 150,
		widget.Field(w.T("readings.by"), a.member, nil),
		widget.Field(w.T("readings.did"), a.what, nil),
		widget.Field(w.T("readings.since"), a.since, a.since.Below()),
		widget.Field(w.T("readings.until"), a.until, a.until.Below()),
		widget.VStack(3, widget.Caption(" "), widget.HStack(0, look))))
}

func (a *readings) draw() {
	w := a.host.Words()
	values, labels := make([]string, 0, len(a.vm.People)), make([]string, 0, len(a.vm.People))
	for _, p := range a.vm.People {
		values, labels = append(values, p.Value), append(labels, p.Label)
	}
	a.member.SetChoices(values, labels)
	a.about.RemoveAll()
	if of := a.vm.Of(); of != "" {
		a.about.Add(widget.HFill(8, 0, widget.NewParagraph(w.T("readings.about", of)).Bold().Personal(),
			widget.Quiet(w.T("readings.about.all"), theme.CancelIcon(), func() { a.vm.About(record.ID{}) })))
	}
	a.body.Objects = []fyne.CanvasObject{a.content()}
	a.body.Refresh()
	a.root.Refresh()
}

func (a *readings) content() fyne.CanvasObject {
	w := a.host.Words()
	switch a.vm.State {
	case present.Loading:
		return widget.Loading(w.T("readings.loading"))
	case present.Failed:
		return widget.VStack(0, widget.ErrorPanel(a.vm.Failure.Text, a.vm.Failure.Hint,
			widget.Plain(w.T("sync.again"), theme.ViewRefreshIcon(), a.vm.Load)))
	case present.Empty:
		return widget.Empty(w.T("readings.none"), w.T("readings.none.text"))
	case present.NoMatch:
		return widget.Empty(w.T("readings.no_match"), w.T("readings.no_match.text"),
			widget.Plain(w.T("readings.clear"), theme.CancelIcon(), a.clear))
	}
	a.fill(w)
	a.under()
	return a.list
}

// under is how many there are, and the chosen one in full.
func (a *readings) under() {
	a.foot.RemoveAll()
	count := a.vm.Count
	if a.vm.More != "" {
		count += " · " + a.vm.More
	}
	a.foot.Add(widget.Note(count))
	if i := a.table.Selected(); i >= 0 && i < len(a.vm.Rows) {
		a.foot.Add(a.whole(a.vm.Rows[i]))
	}
	a.list.Refresh()
}

func (a *readings) clear() {
	a.member.SetValue("")
	a.what.SetValue("")
	a.since.SetText("")
	a.until.SetText("")
	a.search.SetText("")
	a.vm.Clear()
}

// fill draws the rows.
func (a *readings) fill(w *assets.Words) {
	if a.table == nil {
		a.table = widget.NewTable([]widget.Column{
			{Title: w.T("readings.when"), Width: 150},
			{Title: w.T("readings.by"), Width: 150, Grow: true},
			{Title: w.T("readings.did"), Width: 100},
			{Title: w.T("readings.of"), Width: 210, Grow: true},
			{Title: w.T("readings.detail"), Width: 110, Grow: true},
			{Title: w.T("readings.why"), Width: 130, Grow: true},
		})
		a.table.OnSelect = func(i int) {
			a.chosen = a.vm.Rows[i]
			a.under()
		}
		a.table.OnOpen = func(i int) { a.open(a.vm.Rows[i]) }
		a.foot = widget.VStack(6)
		a.list = widget.VFill(8, 0, widget.NewPanel(widget.ColorSurface, widget.ColorBorder, widget.Inset(1, 1, 1, 1, a.table)), a.foot)
	}
	rows := a.vm.Rows
	a.table.SetRows(len(rows), func(i, column int) widget.Cell { return readingCell(rows, i, column) })
	a.table.SetSelected(slices.Index(rows, a.chosen)) // a line that came meanwhile takes nobody's place
}

func readingCell(rows []present.ReadingRow, i, column int) widget.Cell {
	if i >= len(rows) {
		return widget.Cell{}
	}
	row := rows[i]
	switch column {
	case 0:
		return widget.Cell{Text: row.When, Muted: true}
	case 1:
		return widget.Cell{Text: row.By, Bold: true}
	case 2:
		return widget.Cell{Text: row.What.Text, Chip: true, Tone: sheet.Tone(row.What.Tone)}
	case 3:
		return widget.Cell{Text: row.Of, Personal: true}
	case 4:
		return widget.Cell{Text: row.Detail, Muted: true, Personal: true}
	}
	return widget.Cell{Text: row.Why, Muted: true}
}

// whole is the chosen line in full, with the ways on from it.
func (a *readings) whole(row present.ReadingRow) fyne.CanvasObject {
	w := a.host.Words()
	line := widget.HFill(8, 0, widget.NewParagraph(w.T("readings.whole", row.By, strings.ToLower(row.What.Text), row.Of, row.When, row.Device)).Personal())
	if !row.Record.IsZero() {
		if a.vm.Of() == "" {
			line.Add(widget.Plain(w.T("readings.only"), nil, func() { a.vm.About(row.Record) }))
		}
		line.Add(widget.Plain(w.T("readings.open"), theme.AccountIcon(), func() { a.open(row) }))
	}
	return line
}

func (a *readings) open(row present.ReadingRow) {
	if !row.Record.IsZero() {
		a.host.GoRecord(row.Opens, row.Record)
	}
}

// audit is the way to that page, for who may see it.
func (r *teamRoom) audit() fyne.CanvasObject {
	w := r.host.Words()
	return widget.Card(w.T("readings.title"), widget.Note(w.T("readings.note")),
		widget.HStack(0, widget.Plain(w.T("readings.go"), theme.VisibilityIcon(), func() { r.host.Go("team", present.ReadingsPlace) })))
}

// openReadings gives the page where a place in the room means it; nil where not.
func (r *teamRoom) openReadings(arg string) fyne.CanvasObject {
	if r.reads != nil {
		r.reads.vm.Drop()
		r.reads = nil
	}
	place, of, _ := strings.Cut(arg, "/")
	if place != present.ReadingsPlace {
		return nil
	}
	id, _ := record.ParseID(of)
	r.reads = newReadings(r.host, id)
	return r.reads.root
}
