package team

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/record"
)

const newCircleForm = "circle.new"

func circleForm(id record.ID) string { return "circle." + id.String() }

// circles are the groups of people who keep something to themselves: those that
// one is in whole, of the others whom to ask.
func (r *teamRoom) circles() fyne.CanvasObject {
	w, vm := r.host.Words(), r.rings
	if open := r.page.Editing(newCircleForm); open != nil {
		return widget.Card(w.T("circles.title"), open.Object)
	}
	add := widget.Plain(w.T("circles.new"), theme.ContentAddIcon(), r.newCircle)
	switch vm.State {
	case present.Loading:
		return widget.Card(w.T("circles.title"), widget.Note(w.T("circles.loading")))
	case present.Failed:
		return widget.Card(w.T("circles.title"), widget.ErrorPanel(vm.Failure.Text, vm.Failure.Hint,
			widget.Plain(w.T("sync.again"), theme.ViewRefreshIcon(), vm.Load)))
	case present.Empty:
		lines := []fyne.CanvasObject{widget.NewParagraph(w.T("circles.empty"))}
		if vm.May {
			lines = append(lines, widget.HStack(0, add))
		}
		return widget.Card(w.T("circles.title"), lines...)
	}
	lines := []fyne.CanvasObject{widget.Note(w.T("circles.note"))}
	for _, c := range vm.Mine {
		lines = append(lines, widget.HLine(), r.circle(c))
	}
	for _, c := range vm.Others {
		lines = append(lines, widget.HLine(), widget.HFill(8, 0,
			widget.VStack(1, widget.NewParagraph(c.Name).Bold(), widget.Note(w.T("circles.ask", c.People)), widget.Note(c.Line)),
			widget.NewChip(w.T("circles.out"), widget.ToneGrey)))
	}
	return widget.CardWith(w.T("circles.title"), add, lines...)
}

// beginWanted begins the new circle that somebody came for, once all is read.
func (r *teamRoom) beginWanted() {
	if r.wantsCircle && r.rings.May {
		r.wantsCircle = false
		r.newCircle()
	}
}

// circle is one that one is in, with what is to be done about it.
func (r *teamRoom) circle(c present.CircleCard) fyne.CanvasObject {
	w := r.host.Words()
	if open := r.page.Editing(circleForm(c.ID)); open != nil {
		return open.Object
	}
	text := widget.VStack(1, widget.NewParagraph(c.Name).Bold(), widget.NewParagraph(w.T("circles.read_by", c.People)), widget.Note(c.Line))
	if c.Before != "" {
		text.Add(widget.Note(c.Before))
	}
	row := widget.HFill(8, 0, text, widget.NewChip(w.T("circles.in"), widget.ToneAccent))
	box := widget.VStack(8, row)
	if c.Closed != "" {
		box.Add(widget.Notice(widget.ToneWarn, c.Closed))
		return box
	}
	row.Add(widget.Quiet(w.T("circles.change"), theme.DocumentCreateIcon(), func() { r.changeCircle(c) }))
	if c.Warning != "" {
		box.Add(widget.Notice(widget.ToneWarn, c.Warning))
	}
	for _, d := range c.Waits {
		line := widget.HFill(8, 0, widget.NewParagraph(d.Text))
		if !d.Unable {
			var give *widget.Button
			give = widget.Plain(w.T("circles.share"), theme.ConfirmIcon(), func() {
				give.Disable()
				r.rings.Share(c, d.Device, func(f present.Failure, ok bool) {
					give.Enable()
					if !ok {
						r.host.Warn(strings.TrimSpace(f.Text + " " + f.Hint))
						return
					}
					r.host.Say(w.T("circles.shared"))
				})
			})
			line.Add(give)
		}
		box.Add(line)
	}
	return box
}

// chooser is the list of people of whom some are chosen.
type chooser struct {
	people  []present.CirclePerson
	checks  []*fw.Check
	changed func()
}

func (r *teamRoom) chooser(chosen []record.ID, fixed bool) *chooser {
	c := &chooser{people: r.rings.People}
	for _, p := range c.people {
		label := p.Name
		if p.Me {
			label = r.host.Words().T("circles.me", p.Name)
		}
		check := fw.NewCheck(label, nil)
		check.SetChecked(slices.Contains(chosen, p.ID) || fixed && p.Me)
		check.OnChanged = func(bool) { c.changed() }
		if fixed && p.Me {
			check.Disable()
		}
		c.checks = append(c.checks, check)
	}
	return c
}

func (c *chooser) chosen() []record.ID {
	var out []record.ID
	for i, check := range c.checks {
		if check.Checked {
			out = append(out, c.people[i].ID)
		}
	}
	return out
}

func (c *chooser) object() fyne.CanvasObject {
	boxes := make([]fyne.CanvasObject, len(c.checks))
	for i, check := range c.checks {
		boxes[i] = check
	}
	return widget.FlowChips(boxes...)
}

// newCircle opens the form of a new circle.
func (r *teamRoom) newCircle() {
	r.begin(func() *sheet.Open {
		w := r.host.Words()
		name, nameErr, whole := widget.NewEntry(), widget.NewErrorText(), widget.NewErrorText()
		name.OnChanged = func(string) { nameErr.Clear() }
		nameErr.SetHint(w.T("circles.name.hint"))
		people := r.chooser(nil, true)
		says := widget.VStack(6)
		people.changed = func() { sayInWords(says, r.rings.Warning(people.chosen())) }
		people.changed()
		var act *widget.Button
		save := func() {
			if strings.TrimSpace(name.Text) == "" {
				nameErr.SetProblem(w.T("circles.name.missing"), false)
				return
			}
			act.Disable()
			r.rings.Make(name.Text, people.chosen(), r.circleSaved(act, whole, w.T("circles.made", strings.TrimSpace(name.Text))))
		}
		act = widget.Primary(w.T("circles.make"), theme.ConfirmIcon(), save)
		return &sheet.Open{
			Key: newCircleForm, Save: save, Dirty: func() bool { return name.Text != "" || len(people.chosen()) > 1 },
			Object: widget.VStack(12, widget.SubHeading(w.T("circles.new.title")).Shrinks(), widget.Note(w.T("circles.note")),
				widget.Field(w.T("circles.name"), name, nameErr),
				widget.Field(w.T("circles.people"), people.object(), nil), says, whole,
				widget.HStack(8, act, widget.Plain(w.T("form.cancel"), nil, r.page.Cancel))),
			Focus: func(c fyne.Canvas) { c.Focus(name) },
		}
	})
}

// changeCircle opens the form that gives a circle another name or other people, and
// says plainly what that does.
func (r *teamRoom) changeCircle(card present.CircleCard) {
	r.begin(func() *sheet.Open {
		w := r.host.Words()
		name, reason := widget.NewEntry(), widget.NewMultiEntry(2)
		name.SetText(card.Name)
		nameErr, below := widget.NewErrorText(), widget.NewErrorText()
		nameErr.SetHint(w.T("circles.name.hint"))
		people := r.chooser(card.Members, false)
		says := widget.VStack(6)
		people.changed = func() { sayInWords(says, r.rings.Changing(card, people.chosen())...) }
		people.changed()
		same := func() bool {
			return strings.TrimSpace(name.Text) == card.Name && sameIDs(people.chosen(), card.Members)
		}
		var act *widget.Button
		save := func() {
			switch {
			case same():
				below.SetProblem(w.T("circles.same"), false)
			case len(people.chosen()) == 0:
				below.SetProblem(w.T("circles.nobody"), false)
			case strings.TrimSpace(reason.Text) == "":
				below.SetProblem(w.T("teamroom.needs_reason"), false)
			default:
				act.Disable()
				r.rings.Change(card, name.Text, people.chosen(), reason.Text, r.circleSaved(act, below, w.T("circles.changed", strings.TrimSpace(name.Text))))
			}
		}
		act = widget.Primary(w.T("circles.change.do"), theme.ConfirmIcon(), save)
		return &sheet.Open{
			Key: circleForm(card.ID), Save: save, Dirty: func() bool { return reason.Text != "" || !same() },
			Object: widget.VStack(12, widget.SubHeading(w.T("circles.change.title", card.Name)).Shrinks(),
				widget.Field(w.T("circles.name"), name, nameErr),
				widget.Field(w.T("circles.people"), people.object(), nil), says,
				widget.Field(w.T("teamroom.reason"), reason, below),
				widget.HStack(8, act, widget.Plain(w.T("form.cancel"), nil, r.page.Cancel))),
			Focus: func(c fyne.Canvas) { c.Focus(name) },
		}
	})
}

// circleSaved ends the form of a circle.
func (r *teamRoom) circleSaved(act *widget.Button, below *widget.ErrorText, told string) func(present.Failure, bool) {
	return func(f present.Failure, ok bool) {
		act.Enable()
		if !ok {
			below.SetProblem(strings.TrimSpace(f.Text+" "+f.Hint), false)
			return
		}
		r.host.Say(told)
		r.page.End()
		r.page.Redraw()
	}
}

// sayInWords puts what a choice does under it.
func sayInWords(box *fyne.Container, texts ...string) {
	box.RemoveAll()
	for _, text := range texts {
		if text != "" {
			box.Add(widget.Notice(widget.ToneWarn, text))
		}
	}
	box.Refresh()
}

func sameIDs(a, b []record.ID) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id record.ID) bool { return !slices.Contains(b, id) })
}
