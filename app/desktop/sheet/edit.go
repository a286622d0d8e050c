package sheet

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

// Saved ends a form that was saved, or shows why it was not.
func Saved(h room.Host, p *Page, e *Editor, ok bool, again func()) {
	if !ok {
		e.Sync()
		e.Focus(p.canvas(), "")
		if !e.blamed() {
			return
		}
		h.Warn(h.Words().T("form.fix"))
		return
	}
	h.Say(h.Words().T("form.saved"))
	p.End()
	again()
}

func (v *Form) blamed() bool {
	for i := range v.form.Fields {
		if v.form.Fields[i].Problem != "" {
			return true
		}
	}
	return false
}

// Edit is a card of facts as a form in its place.
func Edit(h room.Host, p *Page, key, title string, f *present.Form, done, again func(), names ...string) *Open {
	var editor *Editor
	save := func() {
		editor.Busy(true)
		present.SaveForm(context.Background(), Env(h), f, func(ok bool) {
			editor.Busy(false)
			Saved(h, p, editor, ok, again)
		})
	}
	editor = NewEditor(h.Words(), f, save, p.Cancel, names...)
	OfferPlaces(h, f, editor.Sync)
	return &Open{
		Key: key, Object: widget.Card(title, editor.Object()), Dirty: f.Dirty, Save: save, Done: done,
		Draft: f.Typing(), Restored: editor.Sync,
		Focus: func(c fyne.Canvas) { editor.Focus(c, "") },
	}
}

// TieRow draws a relative, or one of a contact's people with his own status.
func TieRow(t present.TieLine, tap func()) fyne.CanvasObject {
	caption := t.Kinship
	if t.Notes != "" {
		if caption != "" {
			caption += " · "
		}
		caption += t.Notes
	}
	return widget.TapRow(widget.RowData{
		Icon: theme.AccountIcon(), Title: t.Name, Caption: caption, Chip: t.Chip.Text, Tone: Tone(t.Chip.Tone),
		Mark: t.Danger.Text, MarkTone: Tone(t.Danger.Tone), Personal: true,
	}, tap)
}

// finder is the search for the other end of a tie: results while typing, one
// to take, or a new one.
type finder struct {
	host   room.Host
	form   *present.TieForm
	search *widget.SearchBar
	box    *fyne.Container
	fresh  *Form
	page   *Page
}

func newFinder(h room.Host, p *Page) *finder { return &finder{host: h, page: p, box: widget.VStack(6)} }

func (f *finder) start(form *present.TieForm) {
	f.form = form
	f.search = widget.NewSearchBar(f.host.Words().T("person.tie.search"), form.Search)
	f.draw()
}

// draw shows the search, the one chosen, or the form of a new one.
func (f *finder) draw() {
	w := f.host.Words()
	f.box.RemoveAll()
	f.box.Add(widget.Caption(w.T("person.tie.who")))
	switch {
	case f.form.Chosen != nil:
		f.box.Add(widget.HFill(8, 0, widget.PersonRow(Row(*f.form.Chosen)),
			widget.Quiet(w.T("person.tie.change"), nil, func() { f.search.SetText(""); f.form.Search("") })))
	case f.form.New != nil:
		if f.fresh == nil || f.fresh.form != f.form.New.Form {
			f.fresh = NewForm(w, f.form.New.Form)
			f.fresh.OnSet = f.form.New.Looked
		}
		f.fresh.Sync()
		if len(f.form.New.Doubles) > 0 {
			rows := make([]fyne.CanvasObject, 0, len(f.form.New.Doubles))
			for _, d := range f.form.New.Doubles {
				rows = append(rows, widget.TapRow(Row(d), func() { f.form.Take(d) }))
			}
			f.box.Add(widget.Notice(widget.ToneWarn, w.T("person.new.doubles"), rows...))
		}
		f.box.Add(f.fresh.Object())
		f.box.Add(widget.HStack(0, widget.Quiet(w.T("person.tie.search"), theme.SearchIcon(), func() { f.form.New = nil; f.draw() })))
	default:
		f.box.Add(f.search)
		for _, row := range f.form.Found {
			f.box.Add(widget.TapRow(Row(row), func() { f.form.Take(row) }))
		}
		if f.form.Searched && len(f.form.Found) == 0 {
			f.box.Add(widget.Note(w.T("person.tie.none")))
		}
		f.box.Add(widget.HStack(0, widget.Quiet(w.T("person.tie.fresh"), theme.ContentAddIcon(), f.form.Fresh)))
	}
	problem := ""
	for _, name := range []string{"contact", "detainee"} {
		if own := f.form.Field(name); own != nil && own.Problem != "" && f.form.Chosen == nil && f.form.New == nil {
			problem = own.Problem
		}
	}
	if problem != "" {
		f.box.Add(widget.Note(problem).Colored(theme.ColorNameError))
	}
	f.box.Refresh()
	f.page.Object().Refresh()
}

// Tie is the form that ties somebody to the record of that kind.
func Tie(h room.Host, p *Page, kind record.Kind, id record.ID, again func()) *Open {
	w := h.Words()
	find := newFinder(h, p)
	form := present.NewTie(context.Background(), Env(h), kind, id, find.draw)
	var editor *Editor
	save := func() {
		editor.Busy(true)
		form.Save(func(ok bool) {
			editor.Busy(false)
			find.draw()
			Saved(h, p, editor, ok, again)
		})
	}
	editor = NewEditor(w, form.Form, save, p.Cancel, "kinship", "next_of_kin", "proof", "note")
	find.start(form)
	title := w.T("person.tie.add")
	if kind == record.Contact {
		title = w.T("person.tie.add_detainee")
	}
	return &Open{
		Key: "tie", Object: widget.Card(title, find.box, editor.Object()), Save: save,
		Dirty: form.TypedInto, Draft: form.Typing(), Restored: func() { find.draw(); editor.Sync() },
		Focus: func(c fyne.Canvas) { c.Focus(find.search) },
	}
}

// Member is the form that brings a contact into a household.
func Member(h room.Host, p *Page, home *present.HouseholdPage, again func()) *Open {
	w := h.Words()
	find := newFinder(h, p)
	form := home.NewMember(find.draw)
	find.start(form.TieForm)
	role := widget.NewSelect(nil, nil, w.T("form.choose"))
	values, labels := split(form.Roles())
	role.SetChoices(values, labels)
	role.SetValue(form.Role)
	role.OnValue = func(v string) { form.Role = v }
	whole := widget.NewErrorText()
	save := func() {
		form.Save(func(ok bool) {
			find.draw()
			whole.SetProblem(form.Trouble(), false)
			if !ok {
				return
			}
			h.Say(w.T("form.saved"))
			p.End()
			again()
		})
	}
	buttons := widget.HStack(8, widget.Primary(w.T("form.save"), nil, save), widget.Plain(w.T("form.cancel"), nil, p.Cancel))
	return &Open{
		Key:    "tie",
		Object: widget.Card(w.T("family.member.add"), find.box, widget.Columns(2, 210, widget.Field(w.T("family.role.label"), role, nil)), whole, buttons),
		Save:   save, Done: home.Done,
		Name:  "member",
		Dirty: form.TypedInto, Draft: form.Typing(), Restored: func() { find.draw(); role.SetValue(form.Role) },
		Focus: func(c fyne.Canvas) { c.Focus(find.search) },
	}
}
