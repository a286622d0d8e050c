package team

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app"
	"paradero/app/desktop/room"
	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data/fault"
)

// guest is one more person who is to sign in on this computer, while another works
// here: his invitation and passphrase, his recovery code, and his way in. It takes
// the place of the room, as the keyboard is his meanwhile.
type guest struct {
	r       *teamRoom
	root    *fyne.Container
	a       present.Applicant
	pass    []byte
	holds   bool // his recovery code is not on paper yet: nobody leaves
	trouble *fyne.Container
	state   *fyne.Container
	focus   fyne.Focusable
	busy    bool

	file, code, first, again           *widget.Entry
	fileErr, codeErr, passErr, sameErr *widget.ErrorText
}

// addPerson begins to let one more person sign in here.
func (r *teamRoom) addPerson() {
	if r.host.Guests() == nil || !r.page.Leave() {
		return
	}
	r.told = ""
	g := &guest{
		r: r, root: container.NewStack(), trouble: widget.VStack(0), state: widget.VStack(6),
		file: widget.NewEntry(), code: widget.NewEntry(), first: widget.NewSecret(), again: widget.NewSecret(),
		fileErr: widget.NewErrorText(), codeErr: widget.NewErrorText(), passErr: widget.NewErrorText(), sameErr: widget.NewErrorText(),
	}
	r.guest = g
	g.form()
	r.draw()
	g.focusNow()
}

// endGuest gives the room back; told is what is said of how it ended.
func (r *teamRoom) endGuest(told string) {
	r.host.Stop("team.guest")
	r.guest, r.told, r.waits = nil, told, false
	r.vm.Load()
	r.page.Redraw()
}

// leaveGuest gives up what a person at this computer has begun, if that may be.
func (r *teamRoom) leaveGuest() bool {
	switch {
	case r.guest == nil:
		return true
	case r.guest.holds:
		r.host.Warn(r.host.Words().T("teamroom.guest.holds"))
		return false
	}
	r.endGuest("")
	return true
}

func (g *guest) put(focus fyne.Focusable, objects ...fyne.CanvasObject) {
	g.trouble.RemoveAll()
	g.focus = focus
	g.root.Objects = []fyne.CanvasObject{widget.Scroll(widget.Centre(620, widget.VStack(12, append(objects, g.trouble)...)))}
	g.root.Refresh()
	g.focusNow()
}

func (g *guest) focusNow() {
	if g.focus != nil {
		g.r.host.Window().Canvas().Focus(g.focus)
	}
}

// form asks for the invitation, its code and a passphrase.
func (g *guest) form() {
	w := g.r.host.Words()
	strength := sheet.NewStrength(w, func() []string { return []string{g.r.host.Office().Info().Office} })
	g.code.SetPlaceHolder(w.T("joinpage.code.hint"))
	g.file.OnChanged = func(string) { g.fileErr.Clear() }
	g.code.OnChanged = func(string) { g.codeErr.Clear() }
	g.first.OnChanged = func(t string) { strength.Set(t); g.passErr.Clear() }
	g.again.OnChanged = func(string) { g.sameErr.Clear() }
	g.again.OnSubmitted = func(string) { g.submit() }
	show := fw.NewCheck(w.T("desk.show"), func(on bool) {
		g.first.SetSecret(!on)
		g.again.SetSecret(!on)
	})
	g.put(g.file,
		widget.Heading(w.T("teamroom.guest.title")),
		widget.NewParagraph(w.T("joinpage.text.person")).Muted(),
		widget.Notice(widget.ToneAccent, w.T("teamroom.guest.keyboard")),
		widget.Card(w.T("joinpage.invitation"),
			widget.Field(w.T("joinpage.file"), widget.HFill(8, 0, g.file, widget.Plain(w.T("restore.choose"), theme.FolderOpenIcon(), func() {
				g.r.host.Pick(nil, g.file.SetText)
			})), g.fileErr),
			widget.Field(w.T("joinpage.code"), g.code, g.codeErr)),
		widget.CardWith(w.T("create.pass.card"), show,
			widget.Note(w.T("joinpage.pass.text")),
			widget.Columns(2, 220, widget.Field(w.T("create.pass"), g.first, g.passErr), widget.Field(w.T("create.pass.again"), g.again, g.sameErr)),
			strength.Object),
		widget.HFill(8, 1, widget.Plain(w.T("form.cancel"), nil, func() { g.r.endGuest("") }), widget.Gap(0),
			widget.Primary(w.T("joinpage.ask"), theme.NavigateNextIcon(), g.submit)))
}

func (g *guest) valid() bool {
	w, ok := g.r.host.Words(), true
	for _, c := range []struct {
		bad bool
		at  *widget.ErrorText
		key string
	}{
		{g.file.Text == "", g.fileErr, "joinpage.file.missing"},
		{g.code.Text == "", g.codeErr, "joinpage.code.missing"},
		{!app.PassphraseStrength(g.first.Text, g.r.host.Office().Info().Office).Enough(), g.passErr, "create.pass.weak"},
		{g.first.Text != g.again.Text, g.sameErr, "create.pass.differs"},
	} {
		if c.bad {
			c.at.SetProblem(w.T(c.key), false)
			ok = false
		}
	}
	return ok
}

// submit makes his keys and his request.
func (g *guest) submit() {
	if g.busy || !g.valid() {
		return
	}
	r, file, code, pass := g.r, g.file.Text, g.code.Text, []byte(g.first.Text)
	g.busy = true
	g.say(g.trouble, widget.Note(r.host.Words().T("create.busy")))
	r.host.Work("team.guest", func(ctx context.Context) func() {
		a, err := r.host.Guests().Add(ctx, file, code, pass)
		return func() {
			g.busy = false
			switch {
			case fault.Is(err, fault.Passphrase):
				g.trouble.RemoveAll()
				sentence, hint := app.Words(err, r.host.Words())
				g.codeErr.SetProblem(sentence+" "+hint, false)
			case err != nil:
				g.say(g.trouble, r.host.ErrorPanel(err, nil))
			default:
				g.a, g.pass = a, pass
				if a.State().Recovery != "" {
					g.holds = true
					g.paper()
					return
				}
				g.compare()
			}
		}
	})
}

func (g *guest) say(at *fyne.Container, o fyne.CanvasObject) {
	at.Objects = []fyne.CanvasObject{o}
	at.Refresh()
}

// paper shows his recovery code, this once.
func (g *guest) paper() {
	r, w, code := g.r, g.r.host.Words(), g.a.State().Recovery
	done := widget.NewErrorText()
	printIt := widget.Plain(w.T("recovery.print"), theme.DocumentPrintIcon(), nil)
	printIt.OnTapped = func() {
		printIt.Disable()
		r.host.PrintPaper(code, 0, func(err error) {
			printIt.Enable()
			if err != nil {
				sentence, hint := app.Words(err, w)
				done.SetProblem(sentence+" "+hint, false)
				return
			}
			done.SetHint(w.T("recovery.printed"))
		})
	}
	g.put(nil,
		widget.Heading(w.T("recovery.title")),
		widget.NewParagraph(w.T("recovery.text")),
		widget.Card("", sheet.Code(code), widget.HStack(8, printIt), done),
		widget.Notice(widget.ToneWarn, w.T("recovery.warning")),
		widget.HFill(8, 0, widget.Gap(0), widget.Primary(w.T("recovery.next"), theme.NavigateNextIcon(), g.rehearse)))
}

// rehearse asks for the code back.
func (g *guest) rehearse() {
	w := g.r.host.Words()
	entry, wrong := widget.NewEntry(), widget.NewErrorText()
	entry.SetPlaceHolder("XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
	check := func() {
		if !g.a.Rehearse(entry.Text) {
			wrong.SetProblem(w.T("recovery.wrong"), false)
			return
		}
		g.holds = false
		g.compare()
	}
	entry.OnChanged = func(string) { wrong.Clear() }
	entry.OnSubmitted = func(string) { check() }
	g.put(entry,
		widget.Heading(w.T("recovery.rehearse.title")),
		widget.NewParagraph(w.T("recovery.rehearse.text")),
		widget.Card("", widget.Field(w.T("recovery.rehearse.field"), entry, wrong)),
		widget.HFill(8, 1, widget.Plain(w.T("recovery.again"), theme.NavigateBackIcon(), g.paper), widget.Gap(0),
			widget.Primary(w.T("recovery.check"), theme.ConfirmIcon(), check)))
}

// compare shows the numbers of his request, and how it goes to who lets in.
func (g *guest) compare() {
	r, w, st := g.r, g.r.host.Words(), g.a.State()
	g.say(g.state, widget.Note(""))
	all := []fyne.CanvasObject{
		widget.Heading(w.T("joinpage.wait.title")),
		widget.NewParagraph(w.T("joinpage.wait.text", st.Name, st.Office)).Muted(),
	}
	if r.vm.MayInvite && r.host.Door() != nil {
		all = append(all, widget.Card(w.T("teamroom.guest.here"), widget.NewParagraph(w.T("teamroom.guest.here.text")),
			widget.HStack(0, widget.Primary(w.T("teamroom.guest.admit"), theme.ConfirmIcon(), g.look))))
	}
	files := []fyne.CanvasObject{widget.NewParagraph(w.T("joinpage.compare")), Words(st.Words), widget.Note(w.T("joinpage.compare.why"))}
	if st.Hub {
		g.say(g.state, widget.Notice(widget.ToneAccent, w.T("teamroom.guest.asking")))
		files = append(files, g.state)
	}
	files = append(files, widget.FlowChips(
		widget.Plain(w.T("joinpage.request.save"), theme.DocumentSaveIcon(), g.save),
		widget.Plain(w.T("joinpage.welcome.load"), theme.FolderOpenIcon(), func() { r.host.Pick(nil, g.load) })))
	all = append(all, widget.Card(w.T("teamroom.guest.afar"), files...),
		widget.HFill(8, 1, widget.Plain(w.T("teamroom.guest.later"), theme.NavigateBackIcon(), func() {
			r.endGuest(w.T("teamroom.guest.later.told"))
		}), widget.Gap(0)))
	g.put(nil, all...)
	if st.Hub {
		g.ask()
	}
}

// look asks who lets in, and works here, whether this is whom he invited.
func (g *guest) look() {
	r := g.r
	r.host.Work("team.guest.look", func(ctx context.Context) func() {
		k, err := r.host.Door().LookAt(ctx, g.a.Request())
		return func() {
			if err != nil {
				g.say(g.trouble, r.host.ErrorPanel(err, nil))
				return
			}
			w := r.host.Words()
			r.host.Ask(w.T("teamroom.guest.sure", k.Name), w.T("teamroom.guest.sure.text", r.knockLine(k)), w.T("teamroom.guest.admit"), false, func() { g.admit(k) })
		}
	})
}

func (g *guest) admit(k present.Knock) {
	r := g.r
	r.host.Work("team.admit", func(ctx context.Context) func() {
		welcome, err := r.host.Door().Admit(ctx, k.Request)
		return func() {
			if err != nil {
				g.say(g.trouble, r.host.ErrorPanel(err, nil))
				return
			}
			r.invited = nil
			g.complete(welcome)
		}
	})
}

// ask leaves his request by the ways of the office, and looks for the welcome there.
func (g *guest) ask() {
	r := g.r
	r.host.Work("team.guest", func(ctx context.Context) func() {
		welcome, err := g.a.Ask(ctx)
		return func() {
			w := r.host.Words()
			switch {
			case r.guest != g || g.busy:
				return
			case welcome != nil:
				g.complete(welcome)
				return
			case err != nil:
				sentence, hint := app.Words(err, w)
				g.say(g.state, widget.Notice(widget.ToneWarn, sentence+" "+hint))
			default:
				g.say(g.state, widget.Notice(widget.ToneAccent, w.T("teamroom.guest.waiting")))
			}
			if timer, ok := r.host.(room.Timer); ok {
				timer.Later(patience, func() {
					if r.guest == g && !g.busy {
						g.ask()
					}
				})
			}
		}
	})
}

// save writes his request into a file for who lets in.
func (g *guest) save() {
	r := g.r
	r.host.PickSave(fileName+requestExt, func(file string) {
		r.host.Work("team.guest.save", func(context.Context) func() {
			err := r.host.WriteFile(file, g.a.Request())
			return func() {
				if err != nil {
					g.say(g.trouble, r.host.ErrorPanel(err, nil))
					return
				}
				g.say(g.trouble, widget.Notice(widget.ToneOk, r.host.Words().T("teamroom.guest.saved")))
			}
		})
	})
}

func (g *guest) load(file string) {
	r := g.r
	r.host.Work("team.guest.load", func(context.Context) func() {
		b, err := r.host.ReadFile(file)
		return func() {
			if err != nil {
				g.say(g.trouble, r.host.ErrorPanel(err, nil))
				return
			}
			g.complete(b)
		}
	})
}

// complete takes his welcome, and says that he can sign in.
func (g *guest) complete(welcome []byte) {
	r := g.r
	g.busy = true
	g.say(g.trouble, widget.Note(r.host.Words().T("create.busy")))
	r.host.Work("team.guest", func(ctx context.Context) func() {
		joined, err := r.host.Guests().Complete(ctx, welcome, g.pass)
		return func() {
			g.busy = false
			if err != nil {
				g.say(g.trouble, r.host.ErrorPanel(err, nil))
				return
			}
			g.done(joined)
		}
	})
}

func (g *guest) done(joined present.Joined) {
	w := g.r.host.Words()
	clear(g.pass)
	text := w.T("teamroom.guest.done", joined.Name)
	if joined.Waits {
		text = w.T("teamroom.guest.done.waits", joined.Name)
	}
	g.put(nil, widget.Heading(w.T("teamroom.guest.title")), widget.Notice(widget.ToneOk, text, widget.HStack(8,
		widget.Primary(w.T("teamroom.here.change"), theme.LoginIcon(), func() {
			g.r.endGuest("")
			g.r.host.Lock()
		}),
		widget.Plain(w.T("teamroom.guest.stay"), nil, func() { g.r.endGuest("") }))))
}

// requestExt is how the file of a request ends.
const requestExt = ".solicitud"
