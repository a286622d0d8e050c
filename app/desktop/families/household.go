package families

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// HouseholdView is the page of one household.
type HouseholdView struct {
	host room.Host
	env  present.Env
	ctx  context.Context
	stop context.CancelFunc
	vm   *present.HouseholdPage
	page *sheet.Page
	note *sheet.NoteBox

	known *sheet.Restricted
}

// NewHouseholdView opens the page of a household.
func NewHouseholdView(h room.Host, id record.ID) *HouseholdView {
	ctx, stop := context.WithCancel(context.Background())
	v := &HouseholdView{host: h, env: sheet.Env(h), ctx: ctx, stop: stop}
	v.page = sheet.NewPage(h, v.cards)
	v.page.Over(v.stale)
	v.page.Whole(widget.Loading(h.Words().T("person.loading")))
	v.vm = present.NewHousehold(ctx, v.env, id, v.draw)
	v.page.Keeps(record.Household, id, v.reopen)
	v.note = sheet.NewNoteBox(h, v.page, record.Household, id, v.vm.Open)
	v.known = sheet.NewRestricted(h, v.page, record.Household, id, v.vm.Open)
	v.note.Circles = v.known.Circles
	v.vm.Open()
	return v
}

// Object is what to place on the screen.
func (v *HouseholdView) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *HouseholdView) Page() *sheet.Page { return v.page }

// Heed takes an event.
func (v *HouseholdView) Heed(e data.Event) {
	v.vm.Heed(e)
	v.known.Heed(e)
}

// Again reads the page again.
func (v *HouseholdView) Again() { v.vm.Open() }

// Drop forgets what is under way.
func (v *HouseholdView) Drop() {
	v.vm.Drop()
	v.stop()
}

func (v *HouseholdView) draw() {
	if v.vm.State == present.Failed {
		v.page.Whole(sheet.Failed(v.host, v.vm.Failure))
		return
	}
	v.page.Redraw()
}

func (v *HouseholdView) cards() []fyne.CanvasObject {
	w := v.host.Words()
	all := append(v.known.Band(), v.head())
	all = append(all, sheet.Alerts(v.vm.Alerts)...)
	all = append(all, v.members(), v.people())
	for _, card := range v.vm.Facts {
		all = append(all, v.page.Card("facts", func() fyne.CanvasObject {
			card.Title = w.T("family.facts")
			return sheet.Facts(w, card, v.edit)
		}))
	}
	all = append(all, v.note.Object(v.vm.Notes), sheet.Timeline(w, v.vm.Steps))
	return append(all, v.known.Tools()...)
}

func (v *HouseholdView) head() fyne.CanvasObject {
	w := v.host.Words()
	lines := []fyne.CanvasObject{widget.NewParagraph(v.vm.Name).Sized(theme.SizeNameHeadingText).Bold().Personal()}
	if v.vm.Line != "" {
		lines = append(lines, widget.Note(v.vm.Line).Personal())
	}
	speaker := widget.Note(w.T("family.speaker_none")).Colored(theme.ColorNameWarning)
	if v.vm.Speaker != "" {
		speaker = widget.Note(w.T("family.speaker", v.vm.Speaker)).Personal()
	}
	lines = append(lines, speaker)
	if v.vm.Assigned != "" {
		lines = append(lines, widget.Note(w.T("family.assigned", v.vm.Assigned)))
	}
	return widget.Card("", widget.VStack(3, lines...))
}

func (v *HouseholdView) members() fyne.CanvasObject {
	w := v.host.Words()
	add := widget.Quiet(w.T("family.member.add"), theme.ContentAddIcon(), v.member)
	card := widget.CardWith(w.T("family.members"), add, widget.Note(w.T("family.members.none")))
	if len(v.vm.Members) > 0 {
		rows := make([]fyne.CanvasObject, 0, len(v.vm.Members))
		for _, m := range v.vm.Members {
			rows = append(rows, widget.TapRow(widget.RowData{
				Icon: theme.AccountIcon(), Title: m.Name, Caption: m.Line, Chip: m.Role.Text, Tone: sheet.Tone(m.Role.Tone),
				Mark: m.Danger.Text, MarkTone: sheet.Tone(m.Danger.Tone), Personal: true,
			}, func() { v.host.GoRecord(record.Contact, m.ID) }))
		}
		card = widget.CardWith(w.T("family.members"), add, widget.VStack(0, rows...))
	}
	if open := v.page.Editing("tie"); open != nil {
		return widget.VStack(14, open.Object, card)
	}
	return card
}

// people are those for whom the household asks, each with his own status.
func (v *HouseholdView) people() fyne.CanvasObject {
	w := v.host.Words()
	if len(v.vm.People) == 0 {
		return widget.Card(w.T("family.people"), widget.Note(w.T("family.ties.none")))
	}
	rows := make([]fyne.CanvasObject, 0, len(v.vm.People))
	for _, t := range v.vm.People {
		rows = append(rows, sheet.TieRow(t, func() { v.host.GoRecord(t.Kind, t.Other) }))
	}
	return widget.Card(w.T("family.people"), widget.VStack(0, rows...))
}

// reopen opens a form of the page by the name of its draft.
func (v *HouseholdView) reopen(form string) bool {
	switch {
	case v.vm.State != present.Ready:
		return false
	case form == "facts":
		v.edit()
	case form == "member":
		v.member()
	default:
		return false
	}
	return true
}

func (v *HouseholdView) member() {
	v.page.Begin(func() *sheet.Open { return sheet.Member(v.host, v.page, v.vm, v.vm.Open) })
}

func (v *HouseholdView) edit() {
	v.page.Begin(func() *sheet.Open {
		return sheet.Edit(v.host, v.page, "facts", v.host.Words().T("family.facts"), v.vm.Edit(), v.vm.Done, v.vm.Open)
	})
}

// householdForm is the page of a household that is not yet recorded.
type householdForm struct {
	host room.Host
	page *sheet.Page
	form *present.Form
}

func newHouseholdForm(h room.Host, made func(record.ID), away func()) *householdForm {
	v := &householdForm{host: h}
	w, env := h.Words(), sheet.Env(h)
	v.form = present.NewHouseholdForm(env)
	v.page = sheet.NewPage(h, func() []fyne.CanvasObject {
		open := v.page.Editing("new")
		if open == nil {
			return nil
		}
		return []fyne.CanvasObject{
			widget.Heading(w.T("family.new_household")).Shrinks(),
			widget.Card("", open.Object, widget.Note(w.T("family.members.none"))),
		}
	})
	var editor *sheet.Editor
	save := func() {
		editor.Busy(true)
		present.SaveNew(context.Background(), env, v.form, func(id record.ID, ok bool) {
			editor.Busy(false)
			sheet.Saved(h, v.page, editor, ok, func() { made(id) })
		})
	}
	editor = sheet.NewEditor(w, v.form, save, func() { v.page.GiveUp(away) })
	v.page.Keeps(record.Household, record.ID{}, nil)
	v.page.Begin(func() *sheet.Open {
		return &sheet.Open{
			Key: "new", Object: editor.Object(), Save: save, Draft: v.form.Typing(), Restored: editor.Sync, Away: away,
			Dirty: sheet.TypedBeside(v.form, "assigned_to"), Focus: func(c fyne.Canvas) { editor.Focus(c, "") },
		}
	})
	return v
}

// Object is what to place on the screen.
func (v *householdForm) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *householdForm) Page() *sheet.Page { return v.page }

// Heed takes no notice of events: nothing of this is stored yet.
func (v *householdForm) Heed(data.Event) {}

// Again has nothing to read.
func (v *householdForm) Again() {}

// Drop has nothing to forget.
func (v *householdForm) Drop() {}

// stale is the banner over an open form whose record was changed meanwhile.
func (v *HouseholdView) stale() fyne.CanvasObject {
	if !v.vm.Stale {
		return nil
	}
	return sheet.Stale(v.host.Words(), v.vm.Elsewhere, func() { v.page.Settle(v.vm.Open) }, func() {
		v.vm.GoOn()
		v.page.Redraw()
	})
}
