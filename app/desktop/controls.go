package desktop

import (
	"context"

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
