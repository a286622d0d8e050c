package exchange

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
)

// ways is a card for each way of exchange.
func (r *page) ways() fyne.CanvasObject {
	cards := make([]fyne.CanvasObject, 0, len(r.vm.Ways))
	for _, y := range r.vm.Ways {
		cards = append(cards, r.way(y))
	}
	return widget.CardColumns(3, 250, cards...)
}

func (r *page) way(y present.SyncWay) fyne.CanvasObject {
	w := r.host.Words()
	lines := []fyne.CanvasObject{widget.Note(w.T("sync.way." + y.Kind + ".about"))}
	if y.Name != "" {
		lines = append(lines, widget.NewParagraph(y.Name).Bold())
	}
	switch {
	case y.Busy:
		bar := widget.NewBar()
		count := w.T("desk.progress.open", w.Count(y.Done))
		if y.Total > 0 {
			bar.Set(float32(y.Done) / float32(y.Total))
			count = w.T("desk.progress.count", w.Count(y.Done), w.Count(y.Total))
		}
		lines = append(lines, widget.NewParagraph(y.Doing), bar, widget.Caption(count))
	case y.Error != "":
		lines = append(lines, widget.NewParagraph(y.Error).Colored(theme.ColorNameWarning))
	}
	if y.When != "" {
		lines = append(lines, widget.Note(y.When))
	} else if y.SetUp && !y.Busy && y.Error == "" {
		lines = append(lines, widget.Note(w.T("sync.way.never")))
	}
	if y.Kind == data.WayHub && !y.SetUp {
		lines = append(lines, widget.Note(w.T("sync.hub.where")))
	}
	lines = append(lines, widget.Inset(4, 0, 0, 0, widget.FlowChips(r.buttons(y)...)))
	return widget.CardWith(w.T("sync.way."+y.Kind), sheet.Chip(y.Chip), lines...)
}

// buttons are what can be done with a way now.
func (r *page) buttons(y present.SyncWay) []fyne.CanvasObject {
	w := r.host.Words()
	now := widget.Primary(w.T("sync.now"), theme.ViewRefreshIcon(), func() {
		r.vm.Exchange(y.Kind)
		r.page.Redraw()
	})
	now.SetEnabled(!y.Busy && r.host.Courier() != nil)
	switch {
	case y.Kind == data.WayBundle:
		return []fyne.CanvasObject{
			widget.Plain(w.T("sync.bundle.write"), theme.UploadIcon(), r.writing),
			widget.Plain(w.T("sync.bundle.read"), theme.DownloadIcon(), r.read),
		}
	case y.Kind == data.WayHub && y.SetUp:
		return []fyne.CanvasObject{now, widget.Quiet(w.T("sync.hub.other"), nil, r.hub)}
	case y.Kind == data.WayHub:
		return []fyne.CanvasObject{widget.Plain(w.T("sync.hub.load"), theme.FolderOpenIcon(), r.hub)}
	case y.SetUp:
		return []fyne.CanvasObject{now, widget.Quiet(w.T("sync.folder.other"), nil, r.folder), widget.Quiet(w.T("sync.folder.drop"), nil, r.dropFolder)}
	}
	return []fyne.CanvasObject{widget.Plain(w.T("sync.folder.choose"), theme.FolderOpenIcon(), r.folder)}
}

// hub asks for a hub's invitation and takes it into use.
func (r *page) hub() {
	r.host.Pick(nil, func(file string) { r.host.UseHub(file, r.done("sync.hub.set")) })
}

// folder asks for the folder of exchange.
func (r *page) folder() {
	r.host.PickFolder(func(dir string) { r.host.UseFolder(dir, r.done("sync.folder.set")) })
}

func (r *page) dropFolder() { r.host.UseFolder("", r.done("sync.folder.dropped")) }

// done says how setting up a way ended.
func (r *page) done(key string) func(error) {
	return func(err error) {
		if err != nil {
			r.host.Fail(err)
			return
		}
		r.host.Say(r.host.Words().T(key))
		r.vm.Load()
	}
}

// read asks for a bundle and shows what it would bring.
func (r *page) read() { r.host.Pick(nil, r.look) }

// look reads a bundle whole, and takes nothing in.
func (r *page) look(file string) {
	w := r.host.Words()
	r.told = ""
	r.host.Progress(w.T("sync.bundle.reading"), func(ctx context.Context, _ func(data.Progress)) func() {
		seen, err := present.LookAtBundle(ctx, sheet.Env(r.host), file)
		return func() {
			if err != nil {
				r.host.Fail(err)
				return
			}
			r.preview = seen
			r.page.Redraw()
			r.page.ScrollTo(0)
		}
	})
}

func (r *page) leavePreview() {
	r.preview = nil
	r.page.Redraw()
}

// previewCard is what a bundle would bring, and the choice.
func (r *page) previewCard() fyne.CanvasObject {
	w, p := r.host.Words(), r.preview
	lines := []fyne.CanvasObject{
		widget.NewParagraph(p.Says).Bold(), sheet.Lines(p.Lines, 3), widget.Note(w.T("sync.bundle.sound")),
	}
	for _, d := range p.Doubts {
		lines = append(lines, widget.NewParagraph(d).Colored(theme.ColorNameWarning))
	}
	if len(p.Records) > 0 {
		lines = append(lines, r.speaks(p))
	}
	buttons := []fyne.CanvasObject{widget.Plain(w.T("sync.bundle.leave"), nil, r.leavePreview)}
	if p.Empty {
		buttons = []fyne.CanvasObject{widget.Plain(w.T("desk.close"), nil, r.leavePreview)}
	} else {
		buttons = append([]fyne.CanvasObject{widget.Primary(w.T("sync.bundle.take"), theme.DownloadIcon(), r.take)}, buttons...)
	}
	return widget.Card(w.T("sync.bundle.preview"), append(lines, widget.HStack(8, buttons...))...)
}

// speaks lists whom a bundle speaks of.
func (r *page) speaks(p *present.BundlePreview) fyne.CanvasObject {
	w := r.host.Words()
	cells := make([]fyne.CanvasObject, 0, len(p.Records))
	for _, l := range p.Records {
		name := l.Name
		if name == "" {
			name = l.Kind
		}
		cell := widget.VStack(1, widget.NewText(name).Bold().Shrinks().Personal(), widget.Caption(l.Kind+" · "+l.What).Shrinks())
		if l.Clash != "" {
			cell.Add(widget.Note(l.Clash).Colored(theme.ColorNameWarning))
		}
		cells = append(cells, cell)
	}
	box := widget.VStack(6, widget.Caption(w.T("sync.bundle.speaks")), widget.Columns(3, 220, cells...))
	if p.More != "" {
		box.Add(widget.Note(p.More))
	}
	return box
}

// take takes in what the bundle brings.
func (r *page) take() {
	w, file := r.host.Words(), r.preview.File
	before := r.preview
	r.host.Progress(w.T("sync.bundle.taking"), func(ctx context.Context, report func(data.Progress)) func() {
		got, err := r.host.ReadBundle(ctx, file, report)
		return func() {
			if err != nil {
				r.host.Fail(err)
				return
			}
			parts := []string{w.N("sync.bundle.taken", before.Changes)}
			if got.Waiting > 0 {
				parts = append(parts, w.N("sync.bundle.waits", got.Waiting))
			}
			if n := len(got.Refused); n > 0 {
				parts = append(parts, w.N("sync.bundle.refused", n))
			}
			r.preview, r.told = nil, strings.Join(parts, " ")
			r.vm.Load()
		}
	})
}
