package sheet

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/room"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// RestrictForm is what the form is called that says who alone reads a record.
const RestrictForm = "circle"

// Restricted is what a record's page shows of who alone reads it: the mark above
// everything, the way to keep it to a circle or open it again, and the circles for
// which a note or a claim can be written.
type Restricted struct {
	host  room.Host
	page  *Page
	env   present.Env
	kind  record.Kind
	id    record.ID
	again func()
	is    *present.Restriction // nil: not read yet
}

// NewRestricted makes it for the page of a record; again reads the page anew.
func NewRestricted(h room.Host, p *Page, kind record.Kind, id record.ID, again func()) *Restricted {
	c := &Restricted{host: h, page: p, env: Env(h), kind: kind, id: id, again: again}
	c.Load()
	return c
}

// Load reads it again.
func (c *Restricted) Load() {
	c.host.Work("", func(ctx context.Context) func() {
		is, err := present.ReadRestriction(ctx, c.env, c.id)
		return func() {
			if err != nil {
				return // the page itself says that it cannot be read
			}
			c.is = is
			if c.page.scroll != nil {
				c.page.Redraw()
			}
		}
	})
}

// Heed takes an event.
func (c *Restricted) Heed(e data.Event) {
	if e.Kind == c.kind && (e.ID == c.id || e.ID.IsZero()) || e.Kind == record.Circle {
		c.Load()
	}
}

// Band says who alone reads the record; nothing where the whole team does.
func (c *Restricted) Band() []fyne.CanvasObject {
	if c.is == nil || c.is.Text == "" {
		return nil
	}
	w := c.host.Words()
	var below []fyne.CanvasObject
	for _, text := range []string{c.is.Closed, c.is.Outside} {
		if text != "" {
			below = append(below, widget.NewParagraph(text))
		}
	}
	if c.is.May && !c.is.Circle.IsZero() {
		below = append(below, widget.HStack(0, widget.Plain(w.T("restrict.change"), theme.VisibilityIcon(), c.form)))
	}
	return []fyne.CanvasObject{widget.Notice(widget.ToneAccent, c.is.Text, below...)}
}

// Buttons are what can be done about who reads the record.
func (c *Restricted) Buttons() []fyne.CanvasObject {
	if c.is == nil {
		return nil
	}
	w := c.host.Words()
	var out []fyne.CanvasObject
	if c.is.May {
		key := "restrict.button"
		if !c.is.Circle.IsZero() {
			key = "restrict.change"
		}
		out = append(out, widget.Plain(w.T(key), theme.VisibilityOffIcon(), c.form))
	}
	if c.is.Audited {
		out = append(out, widget.Plain(w.T("readings.who"), theme.VisibilityIcon(), func() {
			c.host.Go("team", present.ReadingsPlace+"/"+c.id.String())
		}))
	}
	return out
}

// Open is the form where it stands open, else nothing.
func (c *Restricted) Open() []fyne.CanvasObject {
	if open := c.page.Editing(RestrictForm); open != nil {
		return []fyne.CanvasObject{open.Object}
	}
	return nil
}

// Tools is a card of its own with the buttons, for a page that has no other tools.
func (c *Restricted) Tools() []fyne.CanvasObject {
	buttons := c.Buttons()
	if len(buttons) == 0 {
		return c.Open()
	}
	return append([]fyne.CanvasObject{widget.Card(c.host.Words().T("tools.title"), widget.FlowChips(buttons...))}, c.Open()...)
}

// Circles are those for which a part of the record can be written; none where the
// whole of it is one circle's already.
func (c *Restricted) Circles() []present.CircleChoice {
	if c.is == nil || !c.is.Circle.IsZero() {
		return nil
	}
	return c.is.Circles
}

// Circle is the one that alone reads the whole record; zero: the team does.
func (c *Restricted) Circle() record.ID {
	if c.is == nil {
		return record.ID{}
	}
	return c.is.Circle
}

// everybody is what the choice of the whole team is called.
const everybody = "everybody"

// form opens the form that says who reads the record from now on.
func (c *Restricted) form() {
	is, w := c.is, c.host.Words()
	if is == nil {
		return
	}
	if len(is.Circles) == 0 {
		c.page.Begin(c.noCircle)
		return
	}
	c.page.Begin(func() *Open {
		var values, labels []string
		for _, one := range is.Circles {
			if one.ID != is.Circle {
				values, labels = append(values, one.ID.String()), append(labels, one.Label(c.env))
			}
		}
		if !is.Circle.IsZero() {
			values, labels = append(values, everybody), append(labels, w.T("restrict.lift"))
		}
		choice, choiceErr := widget.NewSelect(values, labels, w.T("form.choose")), widget.NewErrorText()
		reason, below, says := widget.NewMultiEntry(2), widget.NewErrorText(), widget.VStack(6)
		chosen := func() record.ID {
			id, _ := record.ParseID(choice.Value()) // everybody is no id: zero
			return id
		}
		choice.OnValue = func(string) {
			choiceErr.Clear()
			c.say(says, is.WouldMean(c.env, chosen()))
		}
		if len(values) == 1 {
			choice.SetValue(values[0])
			c.say(says, is.WouldMean(c.env, chosen()))
		}
		var act *widget.Button
		save := func() {
			switch {
			case choice.Value() == "":
				choiceErr.SetProblem(w.T("restrict.choose"), false)
			case strings.TrimSpace(reason.Text) == "":
				below.SetProblem(w.T("teamroom.needs_reason"), false)
			default:
				act.Disable()
				present.Restrict(context.Background(), c.env, c.id, chosen(), reason.Text, c.saved(act, below))
			}
		}
		act = widget.Primary(w.T("restrict.do"), theme.ConfirmIcon(), save)
		return &Open{
			Key: RestrictForm, Save: save, Dirty: func() bool { return reason.Text != "" },
			Object: widget.Card(w.T("restrict.title"), widget.Field(w.T("restrict.who"), choice, choiceErr), says,
				widget.Field(w.T("teamroom.reason"), reason, below),
				widget.HStack(8, act, widget.Plain(w.T("form.cancel"), nil, c.page.Cancel))),
			Focus: func(canvas fyne.Canvas) { canvas.Focus(choice) },
		}
	})
}

// noCircle is the form where one is in no circle yet: where to make one.
func (c *Restricted) noCircle() *Open {
	w := c.host.Words()
	return &Open{
		Key: RestrictForm, Save: func() {}, Dirty: func() bool { return false },
		Object: widget.Card(w.T("restrict.title"), widget.NewParagraph(w.T("circles.empty")), widget.Note(w.T("restrict.none")),
			widget.HStack(8, widget.Primary(w.T("restrict.make"), theme.AccountIcon(), func() { c.host.Go("team", present.NewCirclePlace) }),
				widget.Plain(w.T("form.cancel"), nil, c.page.Cancel))),
	}
}

func (c *Restricted) say(box *fyne.Container, texts []string) {
	box.RemoveAll()
	for _, text := range texts {
		box.Add(widget.NewParagraph("• " + text))
	}
	box.Refresh()
	c.page.Object().Refresh()
}

func (c *Restricted) saved(act *widget.Button, below *widget.ErrorText) func(present.Failure, bool) {
	return func(f present.Failure, ok bool) {
		act.Enable()
		if !ok {
			below.SetProblem(joinedWords(f), false)
			return
		}
		c.host.Say(c.host.Words().T("restrict.done"))
		c.page.End()
		c.Load()
		c.again()
	}
}

// Readers is the choice of who may read what is being written: the whole team, or
// one of the circles.
type Readers struct {
	// OnChanged is called when a person chose; nil: nobody wants to know.
	OnChanged func()

	env    present.Env
	choice *widget.Select
	field  *fyne.Container
}

// NewReaders makes the choice.
func NewReaders(h room.Host) *Readers {
	w := h.Words()
	r := &Readers{env: Env(h), choice: widget.NewSelect(nil, nil, w.T("readers.everybody"))}
	r.choice.OnValue = func(string) {
		if r.OnChanged != nil {
			r.OnChanged()
		}
	}
	r.field = widget.Field(w.T("readers.who"), r.choice, nil)
	r.field.Hide()
	return r
}

// Offer gives it the circles; it is hidden where there are none.
func (r *Readers) Offer(circles []present.CircleChoice) {
	values, labels := make([]string, 0, len(circles)), make([]string, 0, len(circles))
	for _, c := range circles {
		values, labels = append(values, c.ID.String()), append(labels, r.env.Words.T("readers.only", c.Label(r.env)))
	}
	if was := r.choice.Value(); was != "" && !slices.Contains(values, was) {
		// What was meant for a few people is never offered to all without a word.
		values, labels = append(values, was), append(labels, r.env.Words.T("readers.before"))
	}
	r.choice.SetChoices(values, labels)
	if len(values) == 0 {
		r.field.Hide()
	} else {
		r.field.Show()
	}
}

// Load offers the circles that there are, once they were read.
func (r *Readers) Load(h room.Host) {
	h.Work("", func(ctx context.Context) func() {
		circles, err := present.ReadCircleChoices(ctx, r.env)
		return func() {
			if err == nil {
				r.Offer(circles)
			}
		}
	})
}

// Object is what to place on the screen.
func (r *Readers) Object() fyne.CanvasObject { return r.field }

// Circle is the chosen one; zero: the whole team.
func (r *Readers) Circle() record.ID {
	id, _ := record.ParseID(r.choice.Value())
	return id
}

// Reset chooses the whole team again.
func (r *Readers) Reset() { r.choice.SetValue("") }

// readersField is how the choice is called in a draft.
const readersField = "readers"

// Keep lends the choice to the draft of what it is the choice of.
func (r *Readers) Keep(t *present.Typing) *present.Typing {
	typed, restore := t.Typed, t.Restore
	return &present.Typing{
		Typed: func() map[string]string {
			all := typed()
			if v := r.choice.Value(); v != "" {
				all[readersField] = v
			}
			return all
		},
		Restore: func(all map[string]string) {
			restore(all)
			if v, ok := all[readersField]; ok {
				r.want(v)
			}
		},
		Dirty: t.Dirty,
	}
}

// want chooses a circle, also before the circles were read.
func (r *Readers) want(value string) {
	r.choice.SetValue(value)
	if r.choice.Value() == value {
		return
	}
	r.choice.SetChoices([]string{value}, []string{r.env.Words.T("readers.before")})
	r.choice.SetValue(value)
	r.field.Show()
}
