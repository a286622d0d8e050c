package people

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// personView is the page of one detainee.
type personView struct {
	host room.Host
	env  present.Env
	ctx  context.Context
	stop context.CancelFunc
	vm   *present.Person
	page *sheet.Page
	note *sheet.NoteBox
	past *sheet.History
}

func newPersonView(h room.Host, id record.ID) *personView {
	ctx, stop := context.WithCancel(context.Background())
	v := &personView{host: h, env: sheet.Env(h), ctx: ctx, stop: stop}
	v.page = sheet.NewPage(h, v.cards)
	v.page.Over(v.stale)
	v.page.Whole(widget.Loading(h.Words().T("person.loading")))
	v.vm = present.NewPerson(ctx, v.env, id, v.draw)
	v.page.Keeps(record.Detainee, id, v.reopen)
	v.note = sheet.NewNoteBox(h, v.page, record.Detainee, id, v.vm.Open)
	v.past = sheet.NewHistory(h, v.page, record.Detainee, id, func() *record.Record { return v.vm.Record }, v.vm.Open)
	v.note.ReadOnly, v.note.Circles = v.past.ReadOnly, v.past.Known.Circles
	v.vm.Open()
	return v
}

// Object is what to place on the screen.
func (v *personView) Object() fyne.CanvasObject { return v.page.Object() }

// Page is the page.
func (v *personView) Page() *sheet.Page { return v.page }

// Heed takes an event.
func (v *personView) Heed(e data.Event) {
	v.vm.Heed(e)
	v.past.Heed(e)
}

// Again reads the page again.
func (v *personView) Again() { v.vm.Open() }

// Drop forgets what is under way.
func (v *personView) Drop() {
	v.vm.Drop()
	v.stop()
}

func (v *personView) draw() {
	if v.past.Gone() {
		return
	}
	if v.vm.State == present.Failed {
		v.page.Whole(sheet.Failed(v.host, v.vm.Failure))
		return
	}
	v.page.Redraw()
}

// cards are the page from the first look down.
func (v *personView) cards() []fyne.CanvasObject {
	if then := v.past.Past(); then != nil {
		return then
	}
	all := v.past.Bands()
	all = append(all, v.head())
	for _, c := range v.vm.Head.Clashes {
		all = append(all, v.clash(c))
	}
	all = append(all, widget.CardColumns(2, 300, v.due(), v.knows()), v.claims())
	all = append(append(all, v.past.Merged()...), v.family())
	all = append(all, widget.CardColumns(2, 420, v.facts()...))
	return append(all, v.cases(), v.note.Object(v.vm.Notes), v.past.Object(v.vm.Steps), v.past.Tools())
}

// head is who, where, how sure, since when.
func (v *personView) head() fyne.CanvasObject {
	w, h := v.host.Words(), v.vm.Head
	lines := []fyne.CanvasObject{
		widget.NewParagraph(h.Name).Sized(theme.SizeNameHeadingText).Bold().Personal(),
		widget.Note(joinDots(h.Paper, h.Age, aliases(w.T, h.Aliases))).Personal(),
	}
	for _, doubt := range []string{h.Doubt, h.Original} {
		if doubt != "" {
			lines = append(lines, widget.Note(doubt).Colored(theme.ColorNameWarning).Personal())
		}
	}
	add := widget.Primary(w.T("person.claim.add"), theme.ContentAddIcon(), func() { v.claimForm("claim", v.vm.NewClaim) })
	papers := widget.Plain(w.T("person.papers"), theme.DocumentIcon(), v.papers)
	if !v.past.ReadOnly() {
		lines = append(lines, widget.Inset(5, 0, 0, 0, widget.HStack(8, add, papers)))
	}
	top := widget.HFill(14, 1, widget.NewAvatar(h.Initials).Large(), widget.VStack(3, lines...))

	where := h.Where
	if where == "" {
		where = w.T("person.where_unknown")
	}
	place := widget.VStack(2, widget.Caption(w.T("person.where")), widget.NewParagraph(where).Bold())
	if h.WhereBy != "" {
		place.Add(widget.Note(h.WhereBy))
	}
	sure := widget.VStack(3, widget.Caption(w.T("person.how_sure")), widget.FlowChips(chips(h.Life, h.Release)...))
	for _, line := range []string{h.Sure, h.Since} {
		if line != "" {
			sure.Add(widget.Note(line))
		}
	}
	return widget.Card("", top, widget.HLine(), widget.Columns(2, 230, place, sure))
}

// papers goes to what can be made for this person: a notice, a letter, a report.
func (v *personView) papers() { v.host.Go("documents", "make//"+v.vm.ID.String()) }

func chips(all ...present.Chip) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, c := range all {
		if c.Text != "" {
			out = append(out, sheet.Chip(c))
		}
	}
	return out
}

func aliases(t func(string, ...string) string, names string) string {
	if names == "" {
		return ""
	}
	return t("person.aliases", names)
}

func joinDots(parts ...string) string {
	out := ""
	for _, p := range parts {
		switch {
		case p == "":
		case out == "":
			out = p
		default:
			out += " · " + p
		}
	}
	return out
}

// clash names both sides of a contradiction, and offers the way out of it.
func (v *personView) clash(c present.Clash) fyne.CanvasObject {
	w := v.host.Words()
	var below []fyne.CanvasObject
	for _, side := range c.Sides {
		below = append(below, widget.NewParagraph("• "+side).Personal())
	}
	if c.Field != "" && !v.past.ReadOnly() {
		below = append(below, widget.HStack(8, widget.Plain(w.T("person.clash.resolve"), nil, func() {
			if c.Field == "merged_into" {
				v.host.Go("contradictions", v.vm.ID.String()+"/"+c.Field)
				return
			}
			v.resolveField(c)
		})))
	}
	if len(c.IDs) > 1 && !v.past.ReadOnly() {
		below = append(below, widget.HStack(8, widget.Plain(w.T("person.clash.resolve"), nil, func() {
			v.claimForm(resolving(c), func() *present.ClaimForm { return v.vm.Resolve(c) })
		})))
	}
	notice := widget.Notice(widget.ToneWarn, w.T("person.clash.title")+": "+c.What, below...)
	if open := v.page.Editing("clash." + c.Field); open != nil && c.Field != "" {
		return widget.VStack(14, notice, open.Object)
	}
	return notice
}

func (v *personView) due() fyne.CanvasObject {
	w := v.host.Words()
	if len(v.vm.Head.Due) == 0 {
		return widget.Card(w.T("person.due.title"), widget.Note(w.T("person.due.none")))
	}
	lines := make([]fyne.CanvasObject, 0, len(v.vm.Head.Due))
	for _, d := range v.vm.Head.Due {
		when := widget.Note(d.When)
		if d.Late {
			when = widget.Note(w.T("person.due.late", d.When)).Colored(theme.ColorNameError)
		}
		lines = append(lines, widget.VStack(0, widget.NewParagraph(d.What).Personal(), when))
	}
	return widget.Card(w.T("person.due.title"), widget.VStack(8, lines...))
}

func (v *personView) knows() fyne.CanvasObject {
	w := v.host.Words()
	if len(v.vm.Head.Knows) == 0 {
		return widget.Card(w.T("person.knows.title"), widget.Note(w.T("person.knows.none")))
	}
	lines := make([]fyne.CanvasObject, 0, len(v.vm.Head.Knows))
	for _, k := range v.vm.Head.Knows {
		lines = append(lines, widget.HFill(8, 0,
			widget.VStack(0, widget.NewParagraph(joinDots(k.Name, k.Tie)).Personal(), widget.Note(k.What)),
			sheet.Chip(k.Chip)))
	}
	return widget.Card(w.T("person.knows.title"), widget.VStack(8, lines...))
}

// facts are the cards that are edited in their place.
func (v *personView) facts() []fyne.CanvasObject {
	w := v.host.Words()
	var all []fyne.CanvasObject
	for _, card := range v.vm.Facts {
		key := "facts." + card.Group
		all = append(all, v.page.Card(key, func() fyne.CanvasObject {
			return sheet.Facts(w, card, v.past.Edits(func() { v.edit(key, card) }), v.past.Take)
		}))
	}
	return all
}

func (v *personView) edit(key string, card present.FactCard) {
	v.page.Begin(func() *sheet.Open {
		form := v.vm.Edit(card)
		return sheet.Edit(v.host, v.page, key, card.Title, form, v.vm.Done, v.vm.Open)
	})
}

// reopen opens a form of the page by the name of its draft.
func (v *personView) reopen(form string) bool {
	if v.vm.Record == nil {
		return false
	}
	name, of, _ := strings.Cut(form, ".")
	switch name {
	case "claim":
		v.claimForm(form, v.vm.NewClaim)
	case "place":
		v.claimForm(form, v.vm.NewPlace)
	case "tie":
		v.tie()
	case "correct":
		id, err := record.ParseID(of)
		if err != nil {
			return false
		}
		v.claimForm(form, func() *present.ClaimForm { return v.vm.CorrectClaim(id) })
	case "resolve", "choose":
		return v.reclash(form)
	default:
		return v.past.Reopen(form) || sheet.Reopen(form, v.vm.Facts, v.edit)
	}
	return true
}

// reclash opens the form that ends a contradiction, while there still is one.
func (v *personView) reclash(form string) bool {
	for _, c := range v.vm.Head.Clashes {
		switch form {
		case "choose." + c.Field:
			v.resolveField(c)
			return true
		case resolving(c):
			v.claimForm(form, func() *present.ClaimForm { return v.vm.Resolve(c) })
			return true
		}
	}
	return false
}

// resolving is what the draft of a contradiction's end is called.
func resolving(c present.Clash) string {
	name := "resolve"
	for _, id := range c.IDs {
		name += "." + id.String()
	}
	return name
}

// stale is the banner over an open form whose record was changed meanwhile.
func (v *personView) stale() fyne.CanvasObject {
	if !v.vm.Stale {
		return nil
	}
	return sheet.Stale(v.host.Words(), v.vm.Elsewhere, func() { v.page.Settle(v.vm.Open) }, func() {
		v.vm.GoOn()
		v.page.Redraw()
	})
}
