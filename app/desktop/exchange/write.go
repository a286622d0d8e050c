package exchange

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
)

const bundleForm = "bundle"

// writing asks for whom a bundle is to be and how large its parts may be.
func (r *page) writing() {
	r.told, r.preview = "", nil
	r.page.Begin(func() *sheet.Open {
		w := r.host.Words()
		choice := r.vm.NewBundle()
		about := widget.NewParagraph(choice.About(0)).Muted()
		to, most := widget.NewChoice(choice.For()), widget.NewChoice(choice.Sizes())
		to.SetSelectedIndex(0)
		most.SetSelectedIndex(0)
		to.OnChanged = func(string) { about.SetText(choice.About(to.SelectedIndex())) }
		save := func() { r.write(choice.Made(to.SelectedIndex(), most.SelectedIndex())) }
		return &sheet.Open{
			Key: bundleForm, Save: save, Dirty: func() bool { return false },
			Object: widget.Card(w.T("sync.bundle.write.title"),
				widget.Columns(2, 240, widget.Field(w.T("sync.bundle.for"), to, nil), widget.Field(w.T("sync.bundle.most"), most, nil)),
				about, widget.Note(w.T("sync.bundle.most.note")),
				widget.HStack(8, widget.Primary(w.T("sync.bundle.save"), theme.DocumentSaveIcon(), save), widget.Plain(w.T("form.cancel"), nil, r.page.Cancel))),
			Focus: func(c fyne.Canvas) { c.Focus(to) },
		}
	})
	r.page.ScrollTo(0)
}

// write asks where the bundle goes and writes it.
func (r *page) write(to present.BundleTo) {
	w := r.host.Words()
	name := w.T("sync.bundle.name") + "-" + r.host.Now().Format("2006-01-02") + ".paradero"
	r.host.PickSave(name, func(file string) {
		r.host.Progress(w.T("sync.bundle.writing"), func(ctx context.Context, report func(data.Progress)) func() {
			made, err := r.host.WriteBundle(ctx, file, to.For, report)
			return func() {
				if err != nil {
					r.host.Fail(err)
					return
				}
				names := make([]string, 0, len(made.Files))
				for _, f := range made.Files {
					names = append(names, filepath.Base(f))
				}
				r.told = r.vm.BundleWritten(to, &made, names)
				r.page.End()
				r.page.Redraw()
				r.vm.Load()
				r.page.ScrollTo(0)
			}
		})
	})
}
