package settings

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
)

// backupCard is the card of backups: how the last one stands, where they go, how
// often and how many, and one now.
type backupCard struct {
	h      Controls
	state  *fyne.Container
	folder *widget.Text
	done   func(present.Way) // a way out was taken: what is known of the files may be otherwise now
	object fyne.CanvasObject
}

func newBackupCard(h Controls) *backupCard {
	w, set := h.Words(), h.Preferences()
	c := &backupCard{h: h, state: widget.VStack(6), folder: widget.NewText("").Shrinks(), done: func(present.Way) {}}
	often := choice(numbers(app.BackupHours()), func(v string) string { return w.T("backup.every." + v) },
		strconv.Itoa(set.BackupHours), c.setting(func(s *app.Settings, n int) { s.BackupHours = n }))
	keep := choice(numbers(app.BackupKeeps()), func(v string) string { return w.T("backup.keep", v) },
		strconv.Itoa(set.BackupKeep), c.setting(func(s *app.Settings, n int) { s.BackupKeep = n }))
	c.object = widget.CardWith(w.T("backup.card"), widget.Plain(w.T("backup.now"), theme.DocumentSaveIcon(), c.now),
		widget.NewParagraph(w.T("backup.text")).Muted(),
		c.state,
		widget.Field(w.T("backup.folder"), widget.HFill(8, 0, c.folder, widget.Plain(w.T("backup.choose"), theme.FolderOpenIcon(), func() {
			h.PickFolder(c.choose)
		})), nil),
		widget.Note(w.T("backup.folder.note")),
		widget.Columns(2, 200,
			widget.Field(w.T("backup.every"), often, nil),
			widget.Field(w.T("backup.kept"), keep, nil)),
		widget.HStack(8, widget.Plain(w.T("backup.refill"), theme.HistoryIcon(), c.refill)))
	return c
}

func numbers(list []int) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return out
}

// setting gives what changes one number of the settings.
func (c *backupCard) setting(set func(*app.Settings, int)) func(string) {
	return func(v string) {
		s := c.h.Preferences()
		if n, err := strconv.Atoi(v); err == nil {
			set(&s, n)
		}
		c.h.SetPreferences(s)
	}
}

func (c *backupCard) choose(dir string) {
	s := c.h.Preferences()
	s.BackupFolder = dir
	c.h.SetPreferences(s)
	c.load()
}

// load reads how the last backup stands.
func (c *backupCard) load() {
	c.folder.SetText(c.h.Preferences().BackupFolderOf(c.h.Office().Info().Dir))
	c.h.Work("settings.backup", func(ctx context.Context) func() {
		since, state, err := c.h.BackupState(ctx)
		return func() {
			if err == nil {
				c.show(since, state)
			}
		}
	})
}

func (c *backupCard) show(since int, state data.BackupState) {
	w := c.h.Words()
	tone := widget.ToneOk
	if state.None() || app.BackupStale(since, state, c.h.Now()) {
		tone = widget.ToneWarn
	}
	line := app.BackupLine(since, state, c.h.Now(), w)
	if c.h.Office().Info().Demo {
		line += " " + w.T("backup.demo")
	}
	c.state.RemoveAll()
	c.state.Add(widget.Notice(tone, line))
	if !state.None() {
		c.state.Add(widget.Note(w.T("backup.last", state.Path)))
	}
	if state.Lost > 0 {
		c.state.Add(widget.Notice(widget.ToneWarn, w.N("command.backup.lost", state.Lost)))
	}
	if err := c.h.BackupFailure(); err != nil {
		c.state.Add(c.h.ErrorPanel(err, c.now))
	}
	c.state.Refresh()
}

// now makes a backup while the person waits.
func (c *backupCard) now() {
	w := c.h.Words()
	set := c.h.Preferences()
	c.h.Progress(w.T("backup.making"), func(ctx context.Context, report func(data.Progress)) func() {
		state, err := c.h.BackupNow(ctx, set, report)
		return func() {
			if err != nil {
				c.h.Fail(err)
				c.load()
				return
			}
			c.h.BackupMade()
			c.h.Say(w.N("backup.made", state.Changes))
			c.load()
			c.done(present.BackUp)
		}
	})
}

// refill takes from a backup what the journal lost.
func (c *backupCard) refill() {
	w := c.h.Words()
	c.h.Pick(nil, func(file string) {
		c.h.Progress(w.T("backup.refilling"), func(ctx context.Context, report func(data.Progress)) func() {
			got, err := c.h.Refill(ctx, file, report)
			return func() {
				if err != nil {
					c.h.Fail(err)
					return
				}
				c.h.Say(w.N("backup.refilled", got.Taken+got.Refilled))
				c.done(present.Refill)
			}
		})
	})
}
