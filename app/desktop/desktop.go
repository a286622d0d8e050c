package desktop

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"github.com/godbus/dbus/v5"

	"paradero/app"
	"paradero/app/courier"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
)

// appID names the program to the system; Fyne keeps nothing personal under it.
const appID = "ec.paradero.desktop"

// Run opens the desktop: on the office in dir, else on the last one, else on
// the welcome page. The window is there before anything is read. It gives the
// exit status; what goes wrong before there is a window is one clear sentence
// on standard error.
func Run(version, dir string) int {
	path, err := app.SettingsPath()
	settings := app.DefaultSettings(os.Getenv)
	if err == nil {
		settings, err = app.LoadSettings(path)
	}
	words, wordsErr := assets.LoadWords(settings.Lang)
	if wordsErr != nil {
		fmt.Fprintln(os.Stderr, wordsErr)
		return 1
	}
	if failed := displayFault(os.Getenv); failed != nil {
		return say(os.Stderr, failed, words)
	}
	home, homeErr := os.UserHomeDir()
	if homeErr != nil {
		home = "."
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	log.SetOutput(io.Discard) // Fyne's own lines: a person gets a sentence, never a trace

	s, shellErr := newShell(ctx, world{
		app: fyneapp.NewWithID(appID), offices: realOffices{probe: app.Probe(), version: version}, settings: settings,
		save:  func(set app.Settings) error { return set.Save(path) },
		clock: time.Now, dispatch: fyne.Do, version: version, home: home, hostname: os.Hostname, rooms: rooms(), carry: carryChanges,
	})
	if shellErr != nil {
		return say(os.Stderr, shellErr, words)
	}
	return s.run(ctx, dir, err)
}

// carryChanges begins to exchange behind the screen.
func carryChanges(o office, moved func()) carrier {
	real, ok := o.(*data.Office)
	if !ok {
		return nil
	}
	return courier.Start(real, courier.Options{Moved: moved})
}

// run shows the window and stays until it is closed. noted is what went wrong
// with the settings, to be told on the window.
func (s *shell) run(ctx context.Context, dir string, noted error) int {
	s.win.Show()
	if !windowExists(s.win) {
		return say(os.Stderr, fault.New(fault.Internal, "open window", "no_graphics"), s.words)
	}
	s.app.Lifecycle().SetOnStarted(func() {
		s.start(dir)
		if noted != nil {
			s.fail(noted)
		}
	})
	s.app.Lifecycle().SetOnStopped(s.end)
	s.followSystem()
	go s.watch(ctx)
	go s.heedSleep(ctx, s.words.T("sleep.why"), dbus.ConnectSystemBus)
	s.app.Run()
	s.end()
	return 0
}

// say writes a failure and its way out, and gives the exit status.
func say(to io.Writer, err error, w *assets.Words) int {
	sentence, hint := app.Words(err, w)
	fmt.Fprintln(to, sentence+" "+hint)
	return app.ExitCode(err)
}
