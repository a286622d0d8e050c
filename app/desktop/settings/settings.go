// Package settings is the room of what a person and an office prefer: language,
// look, the office's own data, passphrase, locking, and the care of the files.
//
// What must not live here: anything that reads files or keys for itself; the
// window does that (Controls).
package settings

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/desktop/room"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// Controls is what the window lends this room beyond what every room has.
type Controls interface {
	room.Host
	Preferences() app.Settings
	SetPreferences(app.Settings)
	// ChangePassphrase does so in the background; done is called on the screen.
	ChangePassphrase(old, changed string, done func(error))
	Verify(ctx context.Context, report func(data.Progress)) ([]data.Finding, error)
	Rebuild(ctx context.Context, report func(data.Progress)) error
	// BackupState tells of the last backup and how many changes came since;
	// BackupFailure why the last one that was due was not made.
	BackupState(ctx context.Context) (int, data.BackupState, error)
	BackupFailure() error
	BackupNow(ctx context.Context, set app.Settings, report func(data.Progress)) (data.BackupState, error)
	BackupMade()
	Refill(ctx context.Context, file string, report func(data.Progress)) (data.Received, error)
	// Travel takes records off this machine, Return brings everything back.
	Travel(ctx context.Context, report func(data.Progress), ids ...record.ID) (data.TravelPlan, error)
	Return(ctx context.Context, file string, report func(data.Progress)) (lacking int, err error)
	ShowAbout()
	ShowShortcuts()
	// ShowWipe opens the page that destroys the office.
	ShowWipe()

	// NewPapers checks the passphrase and draws a recovery code or shares, in the
	// background; done is called on the screen. They open nothing before KeepPapers.
	NewPapers(shares bool, passphrase string, done func(*data.Papers, error))
	KeepPapers(p *data.Papers, done func(error))
	// PrintPaper prints a code, or the share of a number, leaving no file.
	PrintPaper(text string, number int, done func(error))
	SharesMade() time.Time
	Rehearse(code string) bool
	RehearseShare(text string) (int, error)
}

// Room is the settings.
type Room struct {
	h      Controls
	page   *container.Scroll
	stack  *fyne.Container // the page, or one within the room in its place
	sub    sub             // that one; nil: none
	office *officeForm
	care   *careCard
	away   *travelCard
	backup *backupCard
	rights *rightsCard
	made   *widget.Paragraph // whether there are shares
}

var (
	_ room.Room    = (*Room)(nil)
	_ room.Saver   = (*Room)(nil)
	_ room.Backer  = (*Room)(nil)
	_ room.Watcher = (*Room)(nil)
)

// New makes the room.
func New(h Controls) *Room { return &Room{h: h} }

// Key implements room.Room.
func (r *Room) Key() string { return "settings" }

// Icon implements room.Room.
func (r *Room) Icon() fyne.Resource { return theme.SettingsIcon() }

// Open implements room.Room. The page of travelling is a place of its own.
func (r *Room) Open(arg string) fyne.CanvasObject {
	if r.page == nil {
		r.office = newOfficeForm(r.h)
		r.backup = newBackupCard(r.h)
		r.care = newCareCard(r.h, r.backup, r.travel)
		r.away = newTravelCard(r)
		r.rights = newRightsCard(r.h)
		r.page = widget.Scroll(widget.Limit(980, widget.VStack(14,
			widget.Heading(r.h.Words().T("room.settings")),
			widget.CardColumns(2, 380, r.look(), r.security()),
			r.keys(), r.backup.object, r.care.object, r.away.object, r.office.card, r.rights.object, r.danger())))
		r.stack = container.NewStack(r.page)
	}
	r.office.load()
	r.backup.load()
	r.care.load()
	r.away.load()
	r.rights.load()
	if arg == travelArg {
		r.travel()
	}
	return r.stack
}

// BackupChanged is told when a backup was made, or could not be made, by itself.
func (r *Room) BackupChanged() {
	if r.backup != nil {
		r.backup.load()
	}
}

// Leave implements room.Room. What is half typed in the office's data is kept as
// a draft; keys that were drawn and are not in force yet are given up.
func (r *Room) Leave() bool {
	if p, ok := r.sub.(*papersPage); ok && p.papers != nil {
		p.giveUp()
	} else if r.sub != nil {
		r.home()
	}
	return r.office == nil || r.office.keep()
}

// Focus implements room.Room. Nobody comes to type here: the first Tab goes to
// the first field.
func (r *Room) Focus() {}

// Save implements room.Saver.
func (r *Room) Save() { r.office.save() }

// look is the card of language, theme and text size.
func (r *Room) look() fyne.CanvasObject {
	w, set := r.h.Words(), r.h.Preferences()
	lang := choice([]string{string(assets.Spanish), string(assets.English)}, func(v string) string { return w.T("lang." + v) },
		string(set.Lang), func(v string) {
			s := r.h.Preferences()
			s.Lang = assets.Lang(v)
			r.h.SetPreferences(s)
		})
	look := choice([]string{app.ThemeSystem, app.ThemeLight, app.ThemeDark}, func(v string) string { return w.T("settings.theme." + v) },
		set.Theme, func(v string) {
			s := r.h.Preferences()
			s.Theme = v
			r.h.SetPreferences(s)
		})
	var sizes []string
	for _, p := range app.TextPercents() {
		sizes = append(sizes, strconv.Itoa(p))
	}
	size := choice(sizes, func(v string) string { return w.T("settings.percent", v) }, strconv.Itoa(set.TextPercent), func(v string) {
		s := r.h.Preferences()
		if n, err := strconv.Atoi(v); err == nil {
			s.TextPercent = n
		}
		r.h.SetPreferences(s)
	})
	return widget.Card(w.T("settings.look"),
		widget.Field(w.T("settings.lang"), lang, nil),
		widget.Field(w.T("settings.theme"), look, nil),
		widget.Field(w.T("settings.size"), size, nil),
		widget.HStack(8, widget.Plain(w.T("menu.shortcuts"), nil, r.h.ShowShortcuts), widget.Plain(w.T("menu.about"), nil, r.h.ShowAbout)))
}

// choice is a Select that always has a value.
func choice(values []string, label func(string) string, now string, do func(string)) *widget.Choice {
	labels := make([]string, len(values))
	at := 0
	for i, v := range values {
		labels[i] = label(v)
		if v == now {
			at = i
		}
	}
	s := widget.NewChoice(labels)
	s.SetSelectedIndex(at)
	s.OnChanged = func(string) {
		if i := s.SelectedIndex(); i >= 0 {
			widget.Touched()
			do(values[i])
		}
	}
	return s
}

// security is the card of locking and the passphrase.
func (r *Room) security() fyne.CanvasObject {
	w, set := r.h.Words(), r.h.Preferences()
	var minutes []string
	for _, m := range app.LockChoices() {
		minutes = append(minutes, strconv.Itoa(m))
	}
	lock := choice(minutes, func(v string) string {
		n, _ := strconv.Atoi(v) // from our own table
		if n == 0 {
			return w.T("settings.lock.never")
		}
		return w.N("settings.lock.minutes", n)
	}, strconv.Itoa(set.LockMinutes), func(v string) {
		s := r.h.Preferences()
		if n, err := strconv.Atoi(v); err == nil {
			s.LockMinutes = n
		}
		r.h.SetPreferences(s)
	})
	return widget.Card(w.T("settings.security"),
		widget.Field(w.T("settings.lock"), lock, nil),
		widget.Note(w.T("settings.lock.note")),
		newPassphraseForm(r.h).object)
}

// passphraseForm changes the passphrase.
type passphraseForm struct {
	h                 Controls
	old, first, again *widget.Entry
	below             *widget.ErrorText
	bar               *widget.Bar
	button            *widget.Button
	object            fyne.CanvasObject
}

func newPassphraseForm(h Controls) *passphraseForm {
	w := h.Words()
	f := &passphraseForm{
		h: h, old: widget.NewSecret(), first: widget.NewSecret(), again: widget.NewSecret(),
		below: widget.NewErrorText(), bar: widget.NewBar(),
	}
	f.button = widget.Plain(w.T("settings.pass.change"), nil, f.submit)
	f.first.OnChanged = func(p string) {
		st := app.PassphraseStrength(p, h.Office().Info().Office, h.Office().Info().Name)
		tones := []widget.Tone{widget.ToneGrey, widget.ToneError, widget.ToneWarn, widget.ToneOk, widget.ToneOk}
		f.bar.SetTone(float32(st.Level)/4, tones[st.Level])
		f.below.SetHint(w.T("strength." + strconv.Itoa(st.Level)))
	}
	f.object = widget.VStack(8,
		widget.Field(w.T("settings.pass.old"), f.old, nil),
		widget.Columns(2, 150,
			widget.Field(w.T("settings.pass.new"), f.first, nil),
			widget.Field(w.T("create.pass.again"), f.again, nil)),
		f.bar, f.below, widget.HStack(8, f.button))
	return f
}

func (f *passphraseForm) submit() {
	w, info := f.h.Words(), f.h.Office().Info()
	switch {
	case strings.TrimSpace(f.old.Text) == "":
		f.below.SetProblem(w.T("error.passphrase_empty"), false)
		return
	case !app.PassphraseStrength(f.first.Text, info.Office, info.Name).Enough():
		f.below.SetProblem(w.T("create.pass.weak"), false)
		return
	case f.first.Text != f.again.Text:
		f.below.SetProblem(w.T("create.pass.differs"), false)
		return
	}
	f.button.Disable()
	f.below.SetHint(w.T("settings.pass.busy"))
	f.h.ChangePassphrase(f.old.Text, f.first.Text, func(err error) {
		f.button.Enable()
		if err != nil {
			sentence, hint := app.Words(err, w)
			f.below.SetProblem(sentence+" "+hint, false)
			return
		}
		for _, e := range []*widget.Entry{f.old, f.first, f.again} {
			e.SetText("")
		}
		f.bar.Set(0)
		f.below.SetHint(w.T("settings.pass.changed"))
		f.h.Say(w.T("settings.pass.changed"))
	})
}
