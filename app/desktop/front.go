package desktop

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data"
)

// frontWidth is the dark pane's beside the pages before signing in.
const frontWidth = 270

// frontLayout puts the dark pane at the left; where there is little width it
// goes away.
type frontLayout struct{}

func (frontLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[1].MinSize()
}

func (frontLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	w := widget.U(frontWidth)
	if s.Width < w+widget.U(520) {
		w = 0
	}
	o[0].Resize(fyne.NewSize(w, s.Height))
	if w == 0 {
		o[0].Hide()
	} else {
		o[0].Show()
	}
	o[1].Move(fyne.NewPos(w, 0))
	o[1].Resize(fyne.NewSize(s.Width-w, s.Height))
}

// front is a page before signing in: the dark pane with the program's name and
// the languages, and the content in the middle of the rest.
func (s *shell) front(width float32, content fyne.CanvasObject) fyne.CanvasObject {
	w := s.words
	languages := make([]fyne.CanvasObject, 0, 2)
	for _, l := range []assets.Lang{assets.Spanish, assets.English} {
		name := widget.NewText(w.T("lang." + string(l))).Colored(widget.ColorRailMuted)
		if l == s.settings.Lang {
			name = name.Bold().Colored(widget.ColorRailText)
		}
		languages = append(languages, widget.NewTapper(widget.Inset(4, 6, 4, 6, name), func() {
			set := s.settings
			set.Lang = l
			s.change(set)
		}))
	}
	pane := container.NewStack(widget.NewFill(widget.ColorRail), widget.Inset(40, 26, 22, 26, widget.VFill(0, 2,
		widget.NewText("Paradero").Bold().Sized(theme.SizeNameHeadingText).Colored(widget.ColorRailText),
		widget.Inset(8, 0, 0, 0, widget.NewParagraph(w.T("desk.tagline")).Colored(widget.ColorRailMuted)),
		widget.Gap(0),
		widget.Inset(0, 0, 0, -6, widget.HStack(4, languages...)),
		widget.Inset(6, 0, 0, 0, widget.Caption(w.T("desk.version", s.version)).Colored(widget.ColorRailMuted)))))
	page := container.NewVScroll(widget.Inset(28, 24, 28, 24, container.New(restLayout{}, widget.Centre(width, content))))
	return container.New(frontLayout{}, pane, page)
}

// restLayout puts a page where the eye rests, a third down, where it is shorter
// than the window.
type restLayout struct{}

func (restLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (restLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Resize(fyne.NewSize(s.Width, o[0].MinSize().Height))
	h := o[0].MinSize().Height
	o[0].Resize(fyne.NewSize(s.Width, h))
	o[0].Move(fyne.NewPos(0, max(0, (s.Height-h)/3)))
}

// choice is one of the ways on the welcome page.
func choice(icon fyne.Resource, title, text string, do func()) fyne.CanvasObject {
	pic := widget.Fixed(22, 22, newIcon(icon))
	body := widget.HFill(14, 1, pic, widget.VStack(3, widget.SubHeading(title).Shrinks(), widget.NewParagraph(text).Muted()),
		widget.Fixed(18, 18, newIcon(mutedIcon(theme.NavigateNextIcon()))))
	return widget.NewPanel(widget.ColorSurface, widget.ColorBorder,
		widget.NewTapper(widget.Inset(14, 14, 14, 16, body), do))
}

// showWelcome is the first page of a machine that has no office yet.
func (s *shell) showWelcome() {
	w := s.words
	all := []fyne.CanvasObject{
		widget.Heading(w.T("welcome.title")),
		widget.NewParagraph(w.T("welcome.text")).Muted(),
		widget.Gap(4),
	}
	if last := s.settings.LastOffice; last != "" {
		if sign, err := s.offices.Peek(last); err == nil {
			all = append(all, choice(theme.NewColoredResource(lockIcon(), theme.ColorNamePrimary),
				w.T("welcome.last", sign.Office), last, func() { s.showSignIn(last) }))
		}
	}
	all = append(all,
		choice(theme.NewPrimaryThemedResource(roomIcons()["families"]), w.T("welcome.demo"), w.T("welcome.demo.text"), s.openDemo),
		choice(theme.NewPrimaryThemedResource(theme.ContentAddIcon()), w.T("welcome.create"), w.T("welcome.create.text"), s.showCreate))
	if _, ok := s.offices.(joiner); ok {
		all = append(all, choice(theme.NewPrimaryThemedResource(roomIcons()["team"]), w.T("welcome.join"), w.T("welcome.join.text"), func() { s.showJoin("") }))
	}
	all = append(all,
		choice(theme.NewPrimaryThemedResource(theme.FolderOpenIcon()), w.T("welcome.open"), w.T("welcome.open.text"), func() {
			s.pickFolder(s.showSignIn)
		}),
		choice(theme.NewPrimaryThemedResource(theme.HistoryIcon()), w.T("welcome.restore"), w.T("welcome.restore.text"), s.showRestore))
	s.page(s.front(560, widget.VStack(10, all...)), s.showWelcome, nil)
}

// openDemo opens the demonstration office, and makes it where there is none.
func (s *shell) openDemo() {
	dir := demoDir(s.home)
	if _, err := s.offices.Peek(dir); err == nil {
		s.showSignIn(dir)
		return
	}
	words := s.words
	s.progress(s.work, words.T("welcome.demo.making"), func(ctx context.Context, report func(data.Progress)) func() {
		o, err := s.offices.Demo(ctx, data.Config{Dir: dir, Progress: report}, words)
		if err != nil {
			return func() { s.fail(err) }
		}
		return func() { s.opened(o, dir) }
	})
}

// showClosing stands while an office is being closed.
func (s *shell) showClosing() {
	s.page(s.front(420, widget.VStack(10, widget.Loading(s.words.T("desk.closing")))), s.showClosing, nil)
}

// roles gives the roles with their words.
func (s *shell) roles() (values, labels []string) {
	for _, r := range app.Roles() {
		values = append(values, r)
		labels = append(labels, s.words.T("role."+r))
	}
	return values, labels
}
