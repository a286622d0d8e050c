package desktop

import (
	"context"

	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

// goTo opens the line in which one types whom or what to go to.
func (n *session) goTo() {
	w := n.shell.words
	list := widget.NewRowList()
	var rows []search.Row
	var pop *fw.PopUp
	pick := func(i int) {
		if i < 0 || i >= len(rows) {
			return
		}
		row := rows[i]
		pop.Hide()
		n.GoRecord(row.Kind, row.ID)
	}
	count := widget.Caption("")
	ask := func(text string) {
		n.Work("desk.goto", func(ctx context.Context) func() {
			found, total, err := n.find(ctx, text)
			return func() {
				if err != nil {
					n.Fail(err)
					return
				}
				rows = found
				list.SetRows(len(rows), func(i int) widget.RowData { return n.rowData(rows[i]) })
				count.SetText(w.N("desk.goto.found", total))
			}
		})
	}
	bar := widget.NewSearchBar(w.T("desk.goto.hint"), ask)
	bar.OnDown = func() {
		if len(rows) == 1 {
			pick(0)
			return
		}
		list.SetSelected(0)
		n.shell.win.Canvas().Focus(list.Focusable())
	}
	bar.OnEscape = func() { pop.Hide() }
	list.OnOpen = pick
	list.OnEscape = func() { pop.Hide() }
	list.OnTap = pick
	body := widget.Inset(8, 8, 6, 8, widget.VFill(8, 1, bar, list, count))
	pop = fw.NewModalPopUp(body, n.shell.win.Canvas())
	size := fyne.NewSize(widget.U(560), widget.U(420))
	pop.Resize(size)
	pop.Show()
	pop.Resize(size)
	n.shell.win.Canvas().Focus(bar)
}

// gotoMost is how many are offered: more are found by typing on.
const gotoMost = 60

func (n *session) find(ctx context.Context, text string) ([]search.Row, int, error) {
	if text == "" {
		return nil, 0, nil
	}
	var out []search.Row
	total := 0
	for _, k := range []record.Kind{0, record.Household, record.Case, record.Incident, record.Document} {
		found, err := n.office.List(ctx, data.ListQuery{Kind: k, Text: text})
		if err != nil {
			return nil, 0, err
		}
		total += found.Len()
		for i := 0; i < found.Len() && len(out) < gotoMost; i++ {
			if row := found.At(i); roomsOfKinds[row.Kind] != "" {
				out = append(out, row)
			}
		}
	}
	return out, total, nil
}

func (n *session) rowData(r search.Row) widget.RowData {
	w := n.shell.words
	d := widget.RowData{Title: r.Title, Caption: r.Paper, Chip: w.T("kind." + r.Kind.String()), Personal: true}
	if d.Title == "" {
		surnames := joined(" ", r.Paternal, r.Maternal)
		d.Title = joined(", ", surnames, r.Given)
		d.Initials = initials(joined(" ", r.Paternal, r.Maternal))
	} else if icon, ok := roomIcons()[roomsOfKinds[r.Kind]]; ok {
		d.Icon = mutedIcon(icon)
	}
	if d.Title == "" && r.Flags&search.Restricted != 0 {
		d.Title = w.T("person.restricted")
	}
	d.Caption = joined(" · ", r.Paper, r.Facility)
	return d
}

func joined(sep string, parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += sep
		}
		out += p
	}
	return out
}
