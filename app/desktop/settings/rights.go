package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
)

// rightsCard says in words what each role may do.
type rightsCard struct {
	h      Controls
	body   *fyne.Container
	object fyne.CanvasObject
}

func newRightsCard(h Controls) *rightsCard {
	w := h.Words()
	c := &rightsCard{h: h, body: widget.VStack(8)}
	c.object = widget.Card(w.T("teamroom.rights"), widget.Note(w.T("teamroom.rights.note")), c.body,
		widget.HStack(0, widget.Quiet(w.T("settings.rights.go"), theme.NavigateNextIcon(), func() { h.Go("team", "") })))
	return c
}

// load reads the table behind the screen.
func (c *rightsCard) load() {
	c.h.Work("settings.rights", func(ctx context.Context) func() {
		table, err := present.ReadRights(ctx, sheet.Env(c.h))
		return func() {
			if err != nil {
				c.body.Objects = []fyne.CanvasObject{c.h.ErrorPanel(err, c.load)}
			} else {
				c.body.Objects = []fyne.CanvasObject{c.roles(table)}
			}
			c.body.Refresh()
		}
	})
}

func (c *rightsCard) roles(table present.RightsTable) fyne.CanvasObject {
	columns := make([]fyne.CanvasObject, 0, len(table.Roles))
	for i, role := range table.Roles {
		lines := widget.VStack(3, widget.NewParagraph(role).Bold())
		for _, text := range table.Of(i) {
			lines.Add(widget.NewParagraph("• " + text))
		}
		columns = append(columns, lines)
	}
	return widget.Columns(3, 240, columns...)
}
