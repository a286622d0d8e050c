package desktop

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data"
)

// arriving is the strip over the pages of a device that has just come into a team:
// what is here already, and how far the rest has come. It goes when all is here.
type arriving struct {
	object *fyne.Container
	here   *widget.Paragraph
	rest   *widget.Text
	bar    *widget.Bar
	track  *fyne.Container // holds it
	on     bool
}

func newArriving() *arriving {
	a := &arriving{here: widget.NewParagraph(""), rest: widget.Caption("").Shrinks(), bar: widget.NewBar()}
	a.track = widget.Fixed(160, 6, a.bar)
	line := widget.HFill(10, 1, a.track, a.rest)
	a.object = container.NewStack(widget.NewFill(widget.ColorChipAccentBg),
		widget.Inset(8, 16, 9, 16, widget.VStack(5, a.here, line)))
	a.object.Hide()
	return a
}

// opens is an office that tells how its first arrival stands.
type opens interface {
	Opening(ctx context.Context) (data.Opening, bool)
}

var _ opens = (*data.Office)(nil)

// askArriving draws the strip as the first arrival stands now.
func (n *session) askArriving() {
	o, ok := n.office.(opens)
	if !ok {
		return
	}
	n.Work("arriving", func(ctx context.Context) func() {
		at, on := o.Opening(ctx)
		return func() { n.drawArriving(&at, on) }
	})
}

func (n *session) drawArriving(at *data.Opening, on bool) {
	a, w := n.arriving, n.shell.words
	if !on {
		if a.on {
			a.object.Hide()
			n.body.Refresh()
			n.Say(w.T("arriving.over"))
		}
		a.on = false
		return
	}
	here, rest := app.OpeningWords(at, w)
	if at.Records > 0 {
		here += " " + w.T("arriving.read_only")
	}
	a.here.SetText(here)
	a.rest.SetText(rest)
	a.track.Hide()
	if at.Total > 0 {
		a.track.Show()
		a.bar.Set(float32(at.Here) / float32(at.Total))
	}
	a.on = true
	a.object.Show()
	n.body.Refresh()
}
