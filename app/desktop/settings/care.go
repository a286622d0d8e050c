package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/record"
)

// careCard is the card of how the files stand: what verifying found last, what
// waits or is lost, and the way out of each.
type careCard struct {
	h      Controls
	vm     *present.Health
	backup *backupCard
	travel func()
	body   *fyne.Container
	chip   *widget.Chip
	object fyne.CanvasObject
}

func newCareCard(h Controls, backup *backupCard, travel func()) *careCard {
	w := h.Words()
	c := &careCard{h: h, backup: backup, travel: travel, body: widget.VStack(10), chip: sheet.Chip(present.Chip{})}
	c.vm = present.NewHealth(context.Background(), sheet.Env(h), c.draw)
	backup.done = c.mended
	c.object = widget.CardWith(w.T("health.card"), c.chip,
		c.body,
		widget.HStack(8,
			widget.Plain(w.T("health.verify"), theme.ConfirmIcon(), c.verify),
			widget.Plain(w.T("settings.rebuild"), theme.ViewRefreshIcon(), c.askRebuild)),
		widget.Note(w.T("settings.care.text", h.Office().Info().Dir)))
	return c
}

func (c *careCard) load() { c.vm.Load() }

func (c *careCard) draw() {
	c.body.RemoveAll()
	if c.vm.State == present.Failed {
		c.body.Add(widget.ErrorPanel(c.vm.Failure.Text, c.vm.Failure.Hint))
		c.body.Refresh()
		return
	}
	c.chip.Set(c.vm.Chip.Text, sheet.Tone(c.vm.Chip.Tone))
	line := widget.VStack(0, widget.NewParagraph(c.vm.Line).Bold())
	if c.vm.When != "" {
		line.Add(widget.Note(c.vm.When))
	}
	c.body.Add(line)
	for _, g := range c.vm.Groups {
		c.body.Add(c.group(g))
	}
	c.body.Refresh()
}

// group draws what has the same meaning, with its way out.
func (c *careCard) group(g present.HealthGroup) fyne.CanvasObject {
	w := c.h.Words()
	var chip present.Chip
	if g.Count > 0 {
		chip = present.Chip{Text: w.Count(g.Count), Tone: g.Tone}
	}
	head := widget.HFill(10, 0, widget.NewText(g.Title).Bold().Shrinks(), sheet.Chip(chip))
	all := []fyne.CanvasObject{head, widget.NewParagraph(g.About).Muted()}
	for _, l := range g.Lines {
		line := widget.NewParagraph("• " + l.Text)
		if l.ID.IsZero() {
			all = append(all, line)
			continue
		}
		all = append(all, widget.HFill(8, 0, line.Personal(), widget.Quiet(w.T("health.open"), theme.NavigateNextIcon(), func() {
			c.h.GoRecord(l.Kind, l.ID)
		})))
	}
	if g.More > 0 {
		all = append(all, widget.Note(w.N("health.more", g.More)))
	}
	if label, icon, do := c.way(g.Way); do != nil {
		all = append(all, widget.HStack(8, widget.Plain(label, icon, do)))
	}
	return widget.NewPanel(widget.ColorSurface, widget.ColorBorder, widget.Inset(10, 12, 10, 12, widget.VStack(4, all...)))
}

// way gives the button of a way out; without one do is nil.
func (c *careCard) way(way present.Way) (label string, icon fyne.Resource, do func()) {
	w := c.h.Words()
	switch way {
	case present.Refill:
		return w.T("backup.refill"), theme.HistoryIcon(), c.backup.refill
	case present.Rebuild:
		return w.T("settings.rebuild"), theme.ViewRefreshIcon(), c.rebuild
	case present.BackUp:
		return w.T("backup.now"), theme.DocumentSaveIcon(), c.backup.now
	case present.ComeBack:
		return w.T("travel.back"), theme.DownloadIcon(), c.travel
	case present.Invite:
		return w.T("teamroom.invite"), theme.ContentAddIcon(), func() { c.h.Go("team", "invite") }
	case present.Reopen:
		return w.T("halted.reopen"), theme.ViewRefreshIcon(), c.h.Lock
	}
	return "", nil, nil
}

func (c *careCard) verify() {
	w := c.h.Words()
	c.h.Progress(w.T("settings.verifying"), func(ctx context.Context, report func(data.Progress)) func() {
		_, err := c.h.Verify(ctx, report) // what it found is read with all the rest
		return func() {
			if err != nil {
				c.h.Fail(err)
			}
			c.load()
		}
	})
}

// mended is told that a way out was taken: where that answers something that
// verifying found, it is verified again, and else read again.
func (c *careCard) mended(way present.Way) {
	if c.vm.Verified(way) {
		c.verify()
		return
	}
	c.load()
}

func (c *careCard) askRebuild() {
	w := c.h.Words()
	c.h.Ask(w.T("settings.rebuild"), w.T("settings.rebuild.text"), w.T("settings.rebuild"), false, c.rebuild)
}

func (c *careCard) rebuild() {
	w := c.h.Words()
	c.h.Progress(w.T("progress.rebuild"), func(ctx context.Context, report func(data.Progress)) func() {
		err := c.h.Rebuild(ctx, report)
		return func() {
			if err != nil {
				c.h.Fail(err)
				c.load()
				return
			}
			c.h.Say(w.T("settings.rebuilt"))
			c.mended(present.Rebuild)
		}
	})
}

// Changed implements room.Watcher: a batch that waited may have come in.
func (r *Room) Changed(e data.Event) {
	if r.care != nil && (e.ID.IsZero() || e.Kind == record.Member || e.Kind == record.Device) {
		r.care.load()
	}
}
