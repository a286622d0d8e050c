package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

// officeDraft keeps what is half typed in the office's data, so that a lock or
// a crash takes none of a letter's text.
type officeDraft struct {
	list   *present.Drafts
	auto   *present.Autosave
	offers *fyne.Container
	ticks  bool
}

// begin begins to keep the form, and offers what was typed another time.
func (f *officeForm) begin() {
	d := &f.draft
	of := present.DraftOf{Kind: record.OfficeKind, ID: f.base.ID, Form: "office"}
	d.auto = present.NewAutosave(sheet.Env(f.h), of, &present.Typing{Typed: f.typed, Restore: f.restore, Dirty: f.dirty}, f.h.Fail)
	if d.list == nil {
		d.list = present.NewDrafts(context.Background(), sheet.Env(f.h), of.Kind, of.ID, f.offer)
	}
	d.list.Load()
}

// typed is what a person changed.
func (f *officeForm) typed() map[string]string {
	all := map[string]string{}
	for name, e := range f.entries {
		if e.Text != f.loaded[name] {
			all[name] = e.Text
		}
	}
	return all
}

func (f *officeForm) restore(typed map[string]string) {
	for name, text := range typed {
		if e, ok := f.entries[name]; ok {
			e.SetText(text)
		}
	}
}

// offer draws the drafts of another time above the fields.
func (f *officeForm) offer() {
	d, w := &f.draft, f.h.Words()
	d.offers.RemoveAll()
	for _, line := range d.list.Lines {
		if line.Key == d.auto.Key() {
			continue
		}
		row := widget.HFill(10, 0, widget.NewParagraph(w.T("draft.offer", line.When)).Colored(theme.ColorNamePrimary),
			widget.Plain(w.T("draft.continue"), theme.DocumentCreateIcon(), func() {
				if err := d.auto.Continue(line); err != nil {
					f.h.Fail(err)
				}
				d.list.Load()
			}),
			widget.Quiet(w.T("draft.discard"), nil, func() { sheet.AskDiscard(f.h, line, d.list.Load) }))
		d.offers.Add(widget.NewPanel(widget.ColorChipAccentBg, widget.ColorChipAccentBg, widget.Inset(6, 8, 6, 14, row)))
	}
	d.offers.Hidden = len(d.offers.Objects) == 0
	d.offers.Refresh()
}

// wake looks at what is typed by the clock, until nothing is.
func (f *officeForm) wake() {
	timer, ok := f.h.(room.Timer)
	d := &f.draft
	if !ok || d.ticks || d.auto == nil {
		return
	}
	d.ticks = true
	var tick func()
	tick = func() {
		d.auto.Tick()
		d.ticks = f.dirty()
		if d.ticks {
			timer.Later(present.AutosavePause, tick)
		}
	}
	timer.Later(present.AutosavePause, tick)
}

// keep keeps what is half typed before the room is left. It is false where that
// cannot be done; it has then said why and asked.
func (f *officeForm) keep() bool {
	if f.draft.auto == nil {
		return true // nothing was read yet, so nothing was typed
	}
	kept, err := f.draft.auto.Keep()
	w := f.h.Words()
	if err != nil {
		f.h.Fail(err)
		f.h.Ask(w.T("form.discard.title"), w.T("form.discard.text"), w.T("form.discard.yes"), true, func() {
			f.over()
			f.show(f.base)
		})
		return false
	}
	if kept {
		f.h.Say(w.T("draft.kept"))
	}
	return true
}

// over forgets the draft: its text was saved or given up.
func (f *officeForm) over() {
	if f.draft.auto == nil {
		return
	}
	if err := f.draft.auto.Done(); err != nil {
		f.h.Fail(err)
	}
	f.draft.auto = nil
}
