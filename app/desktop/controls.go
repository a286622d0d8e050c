package desktop

import (
	"context"
	"time"

	"paradero/app"
	"paradero/data"
)

// Preferences implements settings.Controls.
func (n *session) Preferences() app.Settings { return n.shell.settings }

// SetPreferences implements settings.Controls.
func (n *session) SetPreferences(set app.Settings) { n.shell.change(set) }

// ChangePassphrase implements settings.Controls.
func (n *session) ChangePassphrase(old, changed string, done func(error)) {
	n.work.run("settings.passphrase", func(ctx context.Context) func() {
		err := n.office.ChangePassphrase(ctx, []byte(old), []byte(changed))
		return func() { done(err) }
	})
}

// NewPapers implements settings.Controls.
func (n *session) NewPapers(shares bool, passphrase string, done func(*data.Papers, error)) {
	n.work.run("settings.papers", func(ctx context.Context) func() {
		err := n.office.Check(ctx, []byte(passphrase))
		var p *data.Papers
		switch {
		case err != nil:
		case shares:
			p, err = n.office.NewShares()
		default:
			p, err = n.office.NewCode()
		}
		return func() { done(p, err) }
	})
}

// KeepPapers implements settings.Controls.
func (n *session) KeepPapers(p *data.Papers, done func(error)) {
	n.work.run("", func(context.Context) func() {
		err := n.office.KeepPapers(p)
		return func() { done(err) }
	})
}

// PrintPaper implements settings.Controls.
func (n *session) PrintPaper(text string, number int, done func(error)) {
	s, name := n.shell, n.office.Info().Office
	n.work.run("", func(ctx context.Context) func() {
		sheet, err := app.ShareSheet(name, text, number, s.clock(), s.words)
		if number == 0 {
			sheet, err = app.RecoverySheet(name, text, s.clock(), s.words)
		}
		if err == nil {
			err = printSheet(ctx, sheet)
		}
		return func() { done(err) }
	})
}

// SharesMade implements settings.Controls.
func (n *session) SharesMade() time.Time { return n.office.SharesMade() }

// Rehearse implements settings.Controls.
func (n *session) Rehearse(code string) bool { return n.office.Rehearse(code) }

// RehearseShare implements settings.Controls.
func (n *session) RehearseShare(text string) (int, error) { return n.office.RehearseShare(text) }

// ShowWipe implements settings.Controls.
func (n *session) ShowWipe() { n.shell.showWipe() }

// Verify implements settings.Controls.
func (n *session) Verify(ctx context.Context, report func(data.Progress)) ([]data.Finding, error) {
	return n.office.Verify(ctx, report)
}

// Rebuild implements settings.Controls.
func (n *session) Rebuild(ctx context.Context, report func(data.Progress)) error {
	return n.office.Rebuild(ctx, report)
}

// ShowAbout implements settings.Controls.
func (n *session) ShowAbout() { n.shell.about() }

// ShowShortcuts implements settings.Controls.
func (n *session) ShowShortcuts() { n.shell.help() }
