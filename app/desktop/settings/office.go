package settings

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// officeFields are the office's own data that a person fills in here, in the
// order of the form; the long ones are texts of letters.
var officeFields = []struct {
	name string
	rows int
}{
	{"name", 1},
	{"city", 1},
	{"address", 1},
	{"phone", 1},
	{"help_contact", 1},
	{"condolence_text", 5},
	{"release_checklist", 5},
}

// officeForm edits the office's record.
type officeForm struct {
	h       Controls
	base    *record.Record
	entries map[string]*widget.Entry
	below   map[string]*widget.ErrorText
	loaded  map[string]string // as it stood when it was read
	button  *widget.Button
	card    fyne.CanvasObject
	draft   officeDraft
}

func newOfficeForm(h Controls) *officeForm {
	w := h.Words()
	f := &officeForm{h: h, entries: map[string]*widget.Entry{}, below: map[string]*widget.ErrorText{}, loaded: map[string]string{}}
	f.button = widget.Primary(w.T("desk.save"), theme.DocumentSaveIcon(), f.save)
	f.button.Disable()
	f.draft.offers = widget.VStack(8)
	f.draft.offers.Hide()
	var short, long []fyne.CanvasObject
	for _, field := range officeFields {
		e := widget.NewEntry()
		if field.rows > 1 {
			e = widget.NewMultiEntry(field.rows)
		}
		e.OnChanged = func(string) {
			f.below[field.name].Clear()
			f.button.SetEnabled(f.dirty())
			f.wake()
		}
		f.entries[field.name], f.below[field.name] = e, widget.NewErrorText()
		o := widget.Field(w.T("settings.office."+field.name), e, f.below[field.name])
		if field.rows > 1 {
			long = append(long, o)
		} else {
			short = append(short, o)
		}
	}
	f.card = widget.CardWith(w.T("settings.office"), f.button, f.draft.offers,
		widget.Columns(2, 260, short...), widget.Note(w.T("settings.office.note")), widget.Columns(2, 260, long...))
	return f
}

func (f *officeForm) dirty() bool {
	for name, e := range f.entries {
		if e.Text != f.loaded[name] {
			return true
		}
	}
	return false
}

// load reads the office's record; what is half typed is not overwritten.
func (f *officeForm) load() {
	id := f.h.Office().Info().OfficeID
	f.h.Work("settings.office", func(ctx context.Context) func() {
		rec, err := f.h.Office().Get(ctx, id)
		return func() {
			if err != nil {
				if !fault.Is(err, fault.NotFound) {
					f.h.Fail(err)
				}
				return
			}
			if !f.dirty() {
				f.show(rec)
			}
		}
	})
}

func (f *officeForm) show(rec *record.Record) {
	f.base = rec
	for name, e := range f.entries {
		f.loaded[name] = rec.Get(name)
		e.SetText(rec.Get(name))
		f.below[name].Clear()
	}
	f.button.SetEnabled(false)
	if f.draft.auto == nil {
		f.begin()
	}
}

// save writes what was changed, as one change.
func (f *officeForm) save() {
	if f.base == nil || !f.dirty() {
		return
	}
	set := map[string]string{}
	for name, e := range f.entries {
		if e.Text != f.loaded[name] {
			set[name] = e.Text
		}
	}
	change := data.Change{Record: f.base.ID, Kind: record.OfficeKind, Base: f.base, Set: set}
	f.button.Disable()
	f.h.Work("", func(ctx context.Context) func() {
		receipts, err := f.h.Office().Edit(ctx, change)
		var rec *record.Record
		if err == nil {
			rec, err = f.h.Office().Get(ctx, change.Record)
		}
		return func() {
			if err != nil {
				f.failed(err)
				return
			}
			f.over()
			f.show(rec)
			f.problems(receipts[0].Warnings)
			f.h.Say(f.h.Words().T("desk.saved"))
		}
	})
}

func (f *officeForm) failed(err error) {
	f.button.SetEnabled(true)
	f.problems(problemsOf(err))
	f.h.Fail(err)
}

// problems puts each problem under its field.
func (f *officeForm) problems(all []fault.Problem) {
	for _, p := range all {
		if below, ok := f.below[p.Field]; ok {
			below.SetProblem(app.ProblemText(p, f.h.Words()), p.Warning)
		}
	}
}

func problemsOf(err error) []fault.Problem {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Problems
	}
	return nil
}
