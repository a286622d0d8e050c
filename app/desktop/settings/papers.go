package settings

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data"
)

// How a code and a share look on paper.
const (
	codeShape  = "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX"
	shareShape = codeShape + "-XXXXX"
)

// isCode tells whether a text is as long as a recovery code, and not a share.
func isCode(text string) bool {
	n := 0
	for _, c := range text {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			n++
		}
	}
	return n == strings.Count(codeShape, "X")
}

// papersPage makes a recovery code or a set of shares: it asks for the
// passphrase, shows what goes on paper, and has it typed back. Only then is it
// in force; who leaves before has changed nothing.
type papersPage struct {
	r      *Room
	shares bool
	papers *data.Papers
	root   *fyne.Container

	pass  *widget.Entry
	below *widget.ErrorText
	make  *widget.Button

	typed []*widget.Entry
	said  []*widget.ErrorText
	keep  *widget.Button
}

func newPapersPage(r *Room, shares bool) *papersPage {
	p := &papersPage{r: r, shares: shares, root: widget.VStack(12), pass: widget.NewSecret(), below: widget.NewErrorText()}
	p.ask()
	return p
}

func (p *papersPage) object() fyne.CanvasObject { return p.root }
func (p *papersPage) focus() fyne.Focusable     { return p.pass }

// word is the text of a key for the code or for shares.
func (p *papersPage) word(key string, args ...string) string {
	kind := "keys.code."
	if p.shares {
		kind = "keys.shares."
	}
	return p.r.h.Words().T(kind+key, args...)
}

func (p *papersPage) put(objects ...fyne.CanvasObject) {
	p.root.Objects = objects
	p.root.Refresh()
}

// ask says what will be made, and asks who wants it: whoever finds the office
// open must not walk off with a key of his own.
func (p *papersPage) ask() {
	w := p.r.h.Words()
	p.make = widget.Primary(p.word("do"), theme.NavigateNextIcon(), p.draw)
	p.pass.OnSubmitted = func(string) { p.draw() }
	p.pass.OnChanged = func(string) { p.below.Clear() }
	p.put(widget.Heading(p.word("title")),
		widget.NewParagraph(p.word("text")),
		widget.Notice(widget.ToneWarn, p.word("older")),
		widget.Card("", widget.Field(w.T("settings.pass.old"), p.pass, p.below)),
		widget.HFill(8, 1, widget.Plain(w.T("desk.back"), theme.NavigateBackIcon(), p.r.home), widget.Gap(0), p.make))
}

func (p *papersPage) draw() {
	w := p.r.h.Words()
	switch {
	case p.make.Disabled():
		return
	case p.pass.Text == "":
		p.below.SetProblem(w.T("error.passphrase_empty"), false)
		return
	}
	p.make.Disable()
	p.below.SetHint(w.T("progress.unlock"))
	p.r.h.NewPapers(p.shares, p.pass.Text, func(papers *data.Papers, err error) {
		p.make.Enable()
		if err != nil {
			sentence, hint := app.Words(err, w)
			p.below.SetProblem(sentence+" "+hint, false)
			return
		}
		p.pass.SetText("")
		p.papers = papers
		p.showPapers()
	})
}

// showPapers shows what goes on paper, a card for each sheet.
func (p *papersPage) showPapers() {
	w := p.r.h.Words()
	all := []fyne.CanvasObject{widget.Heading(p.word("paper.title")), widget.NewParagraph(p.word("paper.text"))}
	for i, text := range p.papers.Texts {
		title := w.T("recovery.sheet.title")
		if p.shares {
			title = w.T("keys.share", w.Count(i+1))
		}
		all = append(all, p.sheet(i, title, text))
	}
	all = append(all, widget.Notice(widget.ToneWarn, p.word("paper.warning")),
		widget.HFill(8, 1, widget.Plain(w.T("desk.cancel"), nil, p.giveUp), widget.Gap(0),
			widget.Primary(p.word("paper.next"), theme.NavigateNextIcon(), p.rehearse)))
	p.put(all...)
}

func (p *papersPage) sheet(i int, title, text string) fyne.CanvasObject {
	w := p.r.h.Words()
	parts := strings.Split(text, "-")
	groups := make([]fyne.CanvasObject, 0, len(parts))
	for _, g := range parts {
		groups = append(groups, widget.NewPanel(widget.ColorChipAccentBg, widget.ColorBorder,
			widget.Inset(6, 6, 6, 6, widget.NewText(g).Bold().Middle().Sized(theme.SizeNameSubHeadingText))))
	}
	said := widget.NewErrorText()
	printIt := widget.Plain(w.T("recovery.print"), theme.DocumentPrintIcon(), nil)
	printIt.OnTapped = func() {
		number := 0
		if p.shares {
			number = i + 1
		}
		printIt.Disable()
		p.r.h.PrintPaper(text, number, func(err error) {
			printIt.Enable()
			if err != nil {
				sentence, hint := app.Words(err, w)
				said.SetProblem(sentence+" "+hint, false)
				return
			}
			said.SetHint(w.T("recovery.printed"))
		})
	}
	return widget.CardWith(title, printIt, widget.Columns(len(parts), 80, groups...), said)
}

// rehearse asks for each sheet back: what cannot be read from its paper is no key.
func (p *papersPage) rehearse() {
	w := p.r.h.Words()
	p.typed, p.said = nil, nil
	p.keep = widget.Primary(p.word("keep"), theme.ConfirmIcon(), p.finish)
	p.keep.Disable()
	fields := make([]fyne.CanvasObject, 0, len(p.papers.Texts))
	for i := range p.papers.Texts {
		entry, said := widget.NewEntry(), widget.NewErrorText()
		caption, shape := w.T("recovery.rehearse.field"), codeShape
		if p.shares {
			caption, shape = w.T("keys.share", w.Count(i+1)), shareShape
		}
		entry.SetPlaceHolder(shape)
		entry.OnChanged = func(string) { p.look(i) }
		entry.OnSubmitted = func(string) { p.finish() }
		p.typed, p.said = append(p.typed, entry), append(p.said, said)
		fields = append(fields, widget.Field(caption, entry, said))
	}
	p.put(widget.Heading(p.word("rehearse.title")),
		widget.NewParagraph(p.word("rehearse.text")),
		widget.Card("", fields...),
		widget.HFill(8, 2, widget.Plain(w.T("desk.cancel"), nil, p.giveUp),
			widget.Plain(p.word("again"), theme.NavigateBackIcon(), p.showPapers), widget.Gap(0), p.keep))
	if p.r.h.Window() != nil {
		p.r.h.Window().Canvas().Focus(p.typed[0])
	}
}

// look says beside a field whether it is right, once it is as long as it must be.
func (p *papersPage) look(i int) {
	w := p.r.h.Words()
	right := 0
	for j, e := range p.typed {
		if p.papers.Rehearse(e.Text) == j+1 {
			right++
		}
	}
	p.keep.SetEnabled(right == len(p.typed))
	text := p.typed[i].Text
	switch n := p.papers.Rehearse(text); {
	case n == i+1:
		p.said[i].SetHint(w.T("keys.right"))
	case n > 0:
		p.said[i].SetProblem(w.T("keys.share.other", w.Count(n)), false)
	case len(text) >= len(p.papers.Texts[i]):
		p.said[i].SetProblem(w.T("recovery.wrong"), false)
	default:
		p.said[i].Clear()
	}
}

// finish puts them in force.
func (p *papersPage) finish() {
	if p.keep.Disabled() {
		return
	}
	p.keep.Disable()
	p.r.h.KeepPapers(p.papers, func(err error) {
		p.keep.Enable()
		if err != nil {
			p.r.h.Fail(err)
			return
		}
		p.r.home()
		p.r.h.Say(p.word("kept"))
	})
}

func (p *papersPage) giveUp() {
	p.r.home()
	p.r.h.Warn(p.word("given_up"))
}
