package settings

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
)

// travelArg is the place of the page within the room.
const travelArg = "travel"

// travelCard leads to the page of travelling, and says what is away.
type travelCard struct {
	r      *Room
	body   *fyne.Container
	object fyne.CanvasObject
}

func newTravelCard(r *Room) *travelCard {
	w := r.h.Words()
	c := &travelCard{r: r, body: widget.VStack(8)}
	c.object = widget.Card(w.T("travel.card"), widget.NewParagraph(w.T("travel.text")).Muted(), c.body)
	return c
}

func (c *travelCard) load() {
	h, w := c.r.h, c.r.h.Words()
	c.body.RemoveAll()
	buttons := []fyne.CanvasObject{widget.Plain(w.T("travel.open"), theme.UploadIcon(), c.r.travel)}
	if line, _ := present.AwayLine(h.Office(), w); line != "" {
		c.body.Add(widget.Notice(widget.ToneAccent, line))
		buttons = append(buttons, widget.Plain(w.T("travel.back"), theme.DownloadIcon(), c.r.travel))
	}
	c.body.Add(widget.HStack(8, buttons...))
	c.body.Refresh()
}

// travel opens the page.
func (r *Room) travel() {
	r.h.Here(travelArg)
	r.show(newTravelPage(r))
}

// travelPage takes people and cases off this machine, and brings them back.
type travelPage struct {
	r      *Room
	vm     *present.Travel
	bar    *widget.SearchBar
	found  *fyne.Container
	chosen *fyne.Container
	plan   *fyne.Container
	away   *fyne.Container
	do     *widget.Button
	all    fyne.CanvasObject
}

func newTravelPage(r *Room) *travelPage {
	w := r.h.Words()
	p := &travelPage{r: r, found: widget.VStack(0), chosen: widget.VStack(4), plan: widget.VStack(10), away: widget.VStack(0)}
	p.vm = present.NewTravel(context.Background(), sheet.Env(r.h), p.draw)
	p.bar = widget.NewSearchBar(w.T("travel.search"), p.vm.Type)
	p.bar.OnEscape = r.home
	p.do = widget.Danger(w.T("travel.do"), theme.UploadIcon(), p.ask)
	p.all = widget.VStack(12,
		widget.Heading(w.T("travel.title")),
		widget.NewParagraph(w.T("travel.text")).Muted(),
		p.away,
		widget.Card(w.T("travel.choose"), p.bar, p.found, p.chosen),
		p.plan,
		widget.HFill(8, 1, widget.Plain(w.T("desk.back"), theme.NavigateBackIcon(), r.home), widget.Gap(0), p.do))
	p.vm.Refresh()
	return p
}

func (p *travelPage) object() fyne.CanvasObject { return p.all }
func (p *travelPage) focus() fyne.Focusable     { return p.bar }

func (p *travelPage) draw() {
	w := p.r.h.Words()
	p.found.RemoveAll()
	for _, row := range p.vm.Found {
		p.found.Add(widget.TapRow(sheet.Row(row), func() {
			p.vm.Choose(row)
			p.bar.SetText("")
		}))
	}
	if p.vm.Searched && len(p.vm.Found) == 0 {
		p.found.Add(widget.Note(w.T("travel.none")))
	}
	p.chosen.RemoveAll()
	for _, row := range p.vm.Chosen {
		p.chosen.Add(widget.HFill(8, 0, widget.PersonRow(sheet.Row(row)),
			widget.Quiet(w.T("travel.remove"), theme.CancelIcon(), func() { p.vm.Remove(row.ID) })))
	}
	if len(p.vm.Chosen) == 0 {
		p.chosen.Add(widget.Note(w.T("travel.chosen.none")))
	}
	p.drawPlan()
	p.drawAway()
	p.do.SetEnabled(p.vm.Ready())
	p.all.Refresh()
}

// drawPlan says what would leave, what exists only here, and what holds it.
func (p *travelPage) drawPlan() {
	w := p.r.h.Words()
	p.plan.RemoveAll()
	if f := p.vm.Failure; f.Text != "" {
		p.plan.Add(widget.Notice(widget.ToneWarn, f.Text+" "+f.Hint))
	}
	plan := p.vm.Plan
	if plan == nil {
		return
	}
	facts := make([]fyne.CanvasObject, 0, len(plan.Lines))
	for _, l := range plan.Lines {
		facts = append(facts, widget.Fact(l.Label, l.Value))
	}
	p.plan.Add(widget.Card(w.T("travel.leaves"), widget.Columns(4, 130, facts...), widget.NewParagraph(plan.Total)))
	if plan.OnlyHere != "" {
		p.plan.Add(widget.Notice(widget.ToneWarn, plan.OnlyHere,
			widget.HStack(0, widget.Primary(w.T("backup.now"), theme.DocumentSaveIcon(), p.backUp))))
		return
	}
	p.plan.Add(widget.Notice(widget.ToneOk, plan.Kept, widget.NewParagraph(w.T("travel.elsewhere")), widget.Note(w.T("travel.where", plan.File))))
}

// drawAway says what is away, with the ways to bring it back.
func (p *travelPage) drawAway() {
	w := p.r.h.Words()
	p.away.RemoveAll()
	if p.vm.Away == "" {
		return
	}
	file := p.vm.AwayFile
	p.away.Add(widget.Notice(widget.ToneAccent, p.vm.Away,
		widget.NewParagraph(w.T("travel.back.text")),
		widget.Note(w.T("travel.away.file", filepath.Dir(file))),
		widget.HStack(8,
			widget.Primary(w.T("travel.back.here"), theme.DownloadIcon(), func() { p.back(file) }),
			widget.Plain(w.T("travel.back.other"), theme.FolderOpenIcon(), func() { p.r.h.Pick(nil, p.back) }))))
}

// backUp makes a backup, so that what exists only here is elsewhere too.
func (p *travelPage) backUp() {
	h := p.r.h
	set := h.Preferences()
	h.Progress(h.Words().T("backup.making"), func(ctx context.Context, report func(data.Progress)) func() {
		state, err := h.BackupNow(ctx, set, report)
		return func() {
			if err != nil {
				h.Fail(err)
				return
			}
			h.BackupMade()
			h.Say(h.Words().N("backup.made", state.Changes))
			p.vm.Refresh()
		}
	})
}

func (p *travelPage) ask() {
	w := p.r.h.Words()
	if !p.vm.Ready() {
		return
	}
	plan := p.vm.Plan
	p.r.h.Ask(w.T("travel.sure"), w.T("travel.sure.text", w.N("travel.records", plan.Records), filepath.Base(plan.File)),
		w.T("travel.do"), true, p.leave)
}

// leave takes what is chosen off this machine.
func (p *travelPage) leave() {
	h := p.r.h
	ids := p.vm.IDs()
	h.Progress(h.Words().T("travel.doing"), func(ctx context.Context, report func(data.Progress)) func() {
		plan, err := h.Travel(ctx, report, ids...)
		return func() {
			if err != nil {
				h.Fail(err)
				p.vm.Refresh()
				return
			}
			h.Say(h.Words().T("travel.done", filepath.Base(plan.Backup.Path)))
			p.vm.Clear()
		}
	})
}

// back brings everything back from a backup, and says what still lacks something.
func (p *travelPage) back(file string) {
	h := p.r.h
	w := h.Words()
	h.Progress(w.T("travel.back.doing"), func(ctx context.Context, report func(data.Progress)) func() {
		lacking, err := h.Return(ctx, file, report)
		return func() {
			switch {
			case err != nil:
				h.Fail(err)
			case lacking > 0:
				h.Warn(w.N("travel.back.lacking", lacking))
			default:
				h.Say(w.T("travel.back.done"))
			}
			p.vm.Refresh()
		}
	})
}
