package desktop

import (
	"context"
	"time"

	"paradero/app"
	"paradero/app/demo"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// office is an open office with what only the window asks of it.
type office interface {
	data.API
	Close() error
	Verify(ctx context.Context, report func(data.Progress)) ([]data.Finding, error)
	Rebuild(ctx context.Context, report func(data.Progress)) error
	Backup(ctx context.Context, file string, report func(data.Progress)) (data.BackupState, error)
	BackupTag() (string, error)
	SinceBackup(ctx context.Context) (int, data.BackupState, error)
	Away() (records int, backup string)
	Refill(ctx context.Context, file string, report func(data.Progress)) (data.Received, error)
	TravelPlan(ctx context.Context, ids ...record.ID) (data.TravelPlan, error)
	Travel(ctx context.Context, report func(data.Progress), ids ...record.ID) (data.TravelPlan, error)
	Return(ctx context.Context, file string, report func(data.Progress)) (lacking int, err error)
	Health(ctx context.Context) (data.Health, error)
	Halted() bool // the disk failed under the journal: nothing is written until it is opened again
	Rehearse(recoveryCode string) bool
	ChangePassphrase(ctx context.Context, old, changed []byte) error
	Check(ctx context.Context, passphrase []byte) error // whether it opens this open office
	Damage() int                                        // damaged stretches of the journal, found while opening
	Rebuilt() bool                                      // the working copy was made anew while opening
	Behind() bool                                       // the working copy was found wrong: what is shown may be old or lack something
	NewCode() (*data.Papers, error)
	NewShares() (*data.Papers, error)
	KeepPapers(p *data.Papers) error
	SharesMade() time.Time
	RehearseShare(text string) (int, error)
	Wipe(name string) (data.Wiped, error)
}

// offices is where offices come from; tests have their own.
type offices interface {
	Peek(dir string) (data.Sign, error)
	Create(ctx context.Context, cfg data.Config, f data.Founding) (office, string, error)
	Open(ctx context.Context, cfg data.Config, passphrase []byte) (office, error)
	Demo(ctx context.Context, cfg data.Config, w *assets.Words) (office, error)
	// Recover sets a new passphrase by the recovery code.
	Recover(ctx context.Context, dir, code string, passphrase []byte) error
	// RecoverShares sets one by two shares.
	RecoverShares(ctx context.Context, dir string, shares []string, passphrase []byte) error
	// PeekBackup reads what stands on a backup, Restore makes an office of it.
	PeekBackup(file string) (data.Sign, error)
	Restore(ctx context.Context, cfg data.Config, from data.Restoring) (office, data.Restored, error)
	Stake(dir string) (data.Stake, error)
	Wipe(ctx context.Context, dir, name string) (data.Wiped, error)
	// LockAsked tells whether another process asked for the window to be locked.
	LockAsked(dir string) bool
}

// realOffices are those on the disk.
type realOffices struct {
	probe   data.Prober // tries a doubtful working copy before it is opened
	version string      // of the program, which this device tells the others
}

// with completes what an office needs from outside.
func (r realOffices) with(cfg data.Config) data.Config {
	cfg.Probe, cfg.Program = r.probe, r.version
	return cfg
}

func (realOffices) Peek(dir string) (data.Sign, error) { return data.Peek(dir) }

func (r realOffices) Create(ctx context.Context, cfg data.Config, f data.Founding) (office, string, error) {
	o, code, err := app.Found(ctx, r.with(cfg), f)
	if o == nil {
		return nil, "", err
	}
	return o, code, nil // without its first prisons it is an office all the same
}

func (realOffices) Recover(ctx context.Context, dir, code string, passphrase []byte) error {
	return data.Recover(ctx, data.Config{Dir: dir}, code, passphrase)
}

func (realOffices) RecoverShares(ctx context.Context, dir string, shares []string, passphrase []byte) error {
	return data.RecoverShares(ctx, data.Config{Dir: dir}, shares, passphrase)
}

func (realOffices) PeekBackup(file string) (data.Sign, error) { return data.PeekBackup(file) }

func (r realOffices) Restore(ctx context.Context, cfg data.Config, from data.Restoring) (office, data.Restored, error) {
	o, told, err := data.Restore(ctx, r.with(cfg), from)
	if err != nil {
		return nil, told, err
	}
	return o, told, nil
}

func (realOffices) Stake(dir string) (data.Stake, error) { return data.StakeOf(dir) }

func (realOffices) Wipe(ctx context.Context, dir, name string) (data.Wiped, error) {
	return data.Wipe(ctx, data.Config{Dir: dir}, name)
}

func (realOffices) LockAsked(dir string) bool { return data.LockAsked(dir) }

func (r realOffices) Open(ctx context.Context, cfg data.Config, passphrase []byte) (office, error) {
	o, err := data.Open(ctx, r.with(cfg), passphrase)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// Demo makes the demonstration office where there is none, and opens it.
func (r realOffices) Demo(ctx context.Context, cfg data.Config, w *assets.Words) (office, error) {
	if _, err := demo.Build(ctx, r.with(cfg), demo.Options{Words: w, Progress: cfg.Progress}); err != nil {
		return nil, err
	}
	return r.Open(ctx, cfg, []byte(demo.Passphrase))
}

// demoDir is where the demonstration office stands.
func demoDir(home string) string { return demo.Dir(home) }
