package team

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app"
	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/assets"
)

func icon(r fyne.Resource) fyne.CanvasObject { return fw.NewIcon(r) }

const inviteForm = "invite"

// How the files of joining are named: nothing of a person stands in a name.
const (
	fileName   = "paradero"
	inviteExt  = ".invitacion"
	welcomeExt = ".bienvenida"
)

// letIn is what is under way at the door: the form of an invitation, a request that is
// looked at, who just came in, requests that wait, and an invitation that was made.
func (r *teamRoom) letIn() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	if open := r.page.Editing(inviteForm); open != nil {
		all = append(all, open.Object)
	}
	if r.knock != nil {
		all = append(all, r.looking())
	}
	if r.in != "" {
		all = append(all, r.admitted())
	}
	if r.knock == nil && len(r.knocks) > 0 {
		all = append(all, r.waiting())
	}
	if r.invited != nil && r.knock == nil {
		all = append(all, r.invitation())
	}
	return all
}

// invite opens the form of an invitation: of somebody new, or of another device of
// a member.
func (r *teamRoom) invite(m present.TeamMember) {
	if r.host.Door() == nil {
		return
	}
	r.invited = nil
	r.begin(func() *sheet.Open {
		w := r.host.Words()
		name, nameErr, roleErr := widget.NewEntry().Personal(), widget.NewErrorText(), widget.NewErrorText()
		values, labels := r.roles()
		role := widget.NewSelect(values, labels, w.T("create.role.none"))
		name.OnChanged = func(string) { nameErr.Clear() }
		role.OnValue = func(string) { roleErr.Clear() }
		save := func() {
			in := present.Inviting{Name: strings.TrimSpace(name.Text), Role: role.Value(), Member: m.ID}
			switch {
			case m.ID.IsZero() && in.Name == "":
				nameErr.SetProblem(w.T("create.name.missing"), false)
			case m.ID.IsZero() && in.Role == "":
				roleErr.SetProblem(w.T("teamroom.invite.role.missing"), false)
			default:
				if !m.ID.IsZero() {
					in.Name, in.Role = m.Name, m.Role
				}
				r.writeInvitation(in)
			}
		}
		title, lines := w.T("teamroom.invite.title"), []fyne.CanvasObject{
			widget.Note(w.T("teamroom.invite.note")),
			widget.Columns(2, 220, widget.Field(w.T("create.name"), name, nameErr), widget.Field(w.T("create.role"), role, roleErr)),
		}
		if !m.ID.IsZero() {
			title, lines = w.T("teamroom.device.title", m.Name), []fyne.CanvasObject{widget.Note(w.T("teamroom.device.note"))}
		}
		lines = append(lines, widget.HStack(8, widget.Primary(w.T("teamroom.invite.write"), theme.DocumentSaveIcon(), save),
			widget.Plain(w.T("form.cancel"), nil, r.page.Cancel)))
		return &sheet.Open{
			Key: inviteForm, Save: save, Dirty: func() bool { return name.Text != "" },
			Object: widget.Card(title, lines...),
			Focus: func(c fyne.Canvas) {
				if m.ID.IsZero() {
					c.Focus(name)
				}
			},
		}
	})
}

// writeInvitation asks where the file goes and makes it.
func (r *teamRoom) writeInvitation(in present.Inviting) {
	r.host.PickSave(fileName+inviteExt, func(file string) {
		r.host.Work("team.invite", func(ctx context.Context) func() {
			made, err := r.host.Door().Invite(ctx, in, file)
			return func() {
				if err != nil {
					r.host.Fail(err)
					return
				}
				r.invited = &made
				r.page.End()
				r.page.Redraw()
				r.page.ScrollTo(0)
			}
		})
	})
}

// invitation shows the code of an invitation that was made: it is told by voice,
// and never travels with the file.
func (r *teamRoom) invitation() fyne.CanvasObject {
	w, in := r.host.Words(), r.invited
	steps := []string{w.T("teamroom.invited.file", in.File), w.T("teamroom.invited.code"), w.T("teamroom.invited.then")}
	text := widget.VStack(8)
	for i, s := range steps {
		text.Add(widget.NewParagraph(w.Count(i+1) + ". " + s))
	}
	text.Add(widget.Inset(4, 0, 4, 0, widget.NewPanel(widget.ColorChipAccentBg, widget.ColorBorder, widget.Inset(12, 16, 12, 16,
		widget.NewText(in.Code).Bold().Middle().Sized(theme.SizeNameHeadingText)))))
	if !in.Expires.IsZero() {
		text.Add(widget.Note(w.T("teamroom.invited.until", app.DateText(in.Expires.Format("2006-01-02T15:04"), w))))
	}
	if in.Fingerprint != "" {
		text.Add(widget.Note(w.T("teamroom.invited.fingerprint", in.Fingerprint)))
	}
	body := fyne.CanvasObject(text)
	if code, err := widget.NewQR(in.Code, 168); err == nil {
		body = widget.HFill(18, 0, text, widget.VStack(6, code, widget.Fixed(168, 0, widget.Note(w.T("teamroom.invited.qr")))))
	}
	done := widget.Plain(w.T("desk.close"), nil, func() {
		r.invited = nil
		r.page.Redraw()
	})
	return widget.Card(w.T("teamroom.invited.title"), body,
		widget.HStack(8, widget.Primary(w.T("teamroom.request.read"), theme.FolderOpenIcon(), r.readRequest), done))
}

// askKnocks asks behind the screen who waits at the door.
func (r *teamRoom) askKnocks() {
	door := r.host.Door()
	if door == nil {
		return
	}
	r.host.Work("team.knocks", func(ctx context.Context) func() {
		knocks, err := door.Knocks(ctx)
		if err != nil {
			return nil // the way there is told on the page of exchange
		}
		return func() {
			if len(knocks) != len(r.knocks) {
				r.knocks = knocks
				r.draw()
			}
			r.knocks = knocks
		}
	})
}

// patience is how long the room waits before it asks again who is at the door.
const patience = 4 * time.Second

// listen asks again and again while the room is open: whoever was invited comes when
// he can, and the two are on the phone.
func (r *teamRoom) listen(turn int) {
	timer, ok := r.host.(room.Timer)
	if !ok || r.host.Door() == nil {
		return
	}
	timer.Later(patience, func() {
		if turn != r.turn {
			return
		}
		if r.vm.MayInvite {
			r.askKnocks()
		}
		r.listen(turn)
	})
}

// waiting are the requests that came and were not looked at.
func (r *teamRoom) waiting() fyne.CanvasObject {
	w := r.host.Words()
	box := widget.VStack(6)
	for i := range r.knocks {
		k := r.knocks[i]
		box.Add(widget.HFill(10, 0, widget.VStack(1, widget.NewText(k.Name).Bold().Shrinks(), widget.Caption(r.knockLine(k)).Shrinks()),
			widget.Primary(w.T("teamroom.knock.look"), nil, func() { r.look(k) })))
	}
	return widget.CardWith(w.T("teamroom.knocks"), widget.NewChip(w.Count(len(r.knocks)), widget.ToneWarn), box)
}

func (r *teamRoom) knockLine(k present.Knock) string {
	w := r.host.Words()
	parts := []string{}
	if w.Has("role." + k.Role) {
		parts = append(parts, w.T("role."+k.Role))
	}
	if k.Device != "" {
		parts = append(parts, k.Device)
	}
	if k.Known {
		parts = append(parts, w.T("teamroom.knock.known"))
	}
	return strings.Join(parts, " · ")
}

// readRequest asks for the file of a request.
func (r *teamRoom) readRequest() { r.host.Pick(nil, r.lookAtFile) }

// lookAtFile reads the request in a file.
func (r *teamRoom) lookAtFile(file string) {
	r.host.Work("team.request", func(ctx context.Context) func() {
		b, err := r.host.ReadFile(file)
		var k present.Knock
		if err == nil {
			k, err = r.host.Door().LookAt(ctx, b)
		}
		return func() {
			if err != nil {
				r.host.Fail(err)
				return
			}
			r.look(k)
		}
	})
}

func (r *teamRoom) look(k present.Knock) {
	r.knock, r.told, r.paper, r.in = &k, "", "", ""
	r.page.Redraw()
	r.page.ScrollTo(0)
}

// looking shows who asks, and the words that both must see.
func (r *teamRoom) looking() fyne.CanvasObject {
	w, k := r.host.Words(), *r.knock
	admit := widget.Primary(w.T("teamroom.knock.same"), theme.ConfirmIcon(), nil)
	admit.OnTapped = func() {
		admit.Disable()
		r.admit(k, func() { admit.Enable() })
	}
	leave := func(told string) func() {
		return func() {
			r.knock, r.told, r.waits, r.paper = nil, told, told != "", ""
			r.page.Redraw()
		}
	}
	return widget.Card(w.T("teamroom.knock.title", k.Name),
		widget.Note(r.knockLine(k)),
		widget.NewParagraph(w.T("teamroom.knock.compare", k.Name)),
		compared(w, k),
		widget.Note(w.T("teamroom.knock.why")),
		widget.FlowChips(admit, widget.Danger(w.T("teamroom.knock.differ"), nil, leave(w.T("teamroom.knock.differ.told"))),
			widget.Quiet(w.T("teamroom.knock.later"), nil, leave(""))))
}

// compared is what both must see: the numbers, and a picture for a phone.
func compared(w *assets.Words, k present.Knock) fyne.CanvasObject {
	if k.Picture == "" {
		return Words(k.Words)
	}
	code, err := widget.NewQR(k.Picture, 140)
	if err != nil {
		return Words(k.Words)
	}
	return widget.HFill(16, 0, Words(k.Words), widget.VStack(4, code, widget.Fixed(140, 0, widget.Note(w.T("joinpage.compare.qr")))))
}

// Words draws the words that two people compare, large.
func Words(text string) fyne.CanvasObject {
	words := strings.Fields(text)
	boxes := make([]fyne.CanvasObject, 0, len(words))
	for _, each := range words {
		boxes = append(boxes, widget.NewPanel(widget.ColorChipAccentBg, widget.ColorBorder, widget.Inset(10, 8, 10, 8,
			widget.NewText(each).Bold().Middle().Sized(theme.SizeNameSubHeadingText))))
	}
	return widget.Columns(max(1, min(len(boxes), 4)), 110, boxes...)
}

// admit lets the device in, and asks where its welcome is to be written.
func (r *teamRoom) admit(k present.Knock, failed func()) {
	r.host.Work("team.admit", func(ctx context.Context) func() {
		welcome, err := r.host.Door().Admit(ctx, k.Request)
		return func() {
			if err != nil {
				failed()
				r.host.Fail(err)
				return
			}
			r.knock, r.invited, r.in, r.welcome = nil, nil, k.Name, welcome
			r.vm.Load()
			r.askKnocks()
			r.page.Redraw()
			r.page.ScrollTo(0)
		}
	})
}

// admitted says that somebody is in, and lets his welcome be written to a file.
func (r *teamRoom) admitted() fyne.CanvasObject {
	w := r.host.Words()
	write := widget.Plain(w.T("teamroom.welcome.write"), theme.DocumentSaveIcon(), r.writeWelcome)
	return widget.Notice(widget.ToneOk, w.T("teamroom.admitted", r.in), widget.NewParagraph(w.T("teamroom.admitted.then")),
		widget.HStack(8, write, widget.Quiet(w.T("desk.close"), nil, func() {
			r.in, r.welcome = "", nil
			r.page.Redraw()
		})))
}

func (r *teamRoom) writeWelcome() {
	r.host.PickSave(fileName+welcomeExt, func(file string) {
		b := r.welcome
		r.host.Work("team.welcome", func(context.Context) func() {
			err := r.host.WriteFile(file, b)
			return func() {
				if err != nil {
					r.host.Fail(err)
					return
				}
				r.host.Say(r.host.Words().T("teamroom.welcome.written"))
			}
		})
	})
}
