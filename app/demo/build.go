package demo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// Dir is where the demonstration office stands in a person's home.
func Dir(home string) string { return filepath.Join(home, "Paradero", "demostracion") }

// Made says what Build found or made.
type Made struct {
	New       bool // false: it was there already
	Detainees int  // of a new one
}

// Build makes the whole demonstration office in cfg.Dir. One that stands there
// already is left as it is; anything else that stands there is never touched.
// It is made beside its place and moved there when it is whole, so that nobody
// finds half of it.
func Build(ctx context.Context, cfg data.Config, opts Options) (Made, error) {
	const op = "make demonstration"
	dir := filepath.Clean(cfg.Dir)
	if sign, err := data.Peek(dir); err == nil {
		if sign.Demo {
			return Made{}, nil
		}
		return Made{}, fault.New(fault.Refused, op, "demo_over_office", dir)
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return Made{}, fault.New(fault.Refused, op, "demo_over_files", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Made{}, fault.Wrap(err, fault.Invalid, op, "demo_not_a_folder", dir)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return Made{}, fault.Wrap(err, fault.Internal, op, "demo_no_folder", dir)
	}
	part, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".making-")
	if err != nil {
		return Made{}, fault.Wrap(err, fault.Internal, op, "demo_no_folder", dir)
	}
	cfg.Dir = part
	made, err := build(ctx, cfg, opts)
	if err == nil {
		err = settle(part, dir)
	}
	if err != nil {
		_ = os.RemoveAll(part)
		return Made{}, err
	}
	return made, nil
}

func build(ctx context.Context, cfg data.Config, opts Options) (Made, error) {
	if cfg.Cost == (data.Cost{}) {
		cfg.Cost = cheap()
	}
	office, _, err := data.Create(ctx, cfg, Founding(opts.Words))
	if err != nil {
		return Made{}, err
	}
	err = Make(ctx, office, cfg, opts)
	made := Made{New: true, Detainees: office.Count(record.Detainee)}
	if closeErr := office.Close(); err == nil {
		err = closeErr
	}
	return made, err
}

// settle moves the finished office to its place, which is empty or missing.
func settle(part, dir string) error {
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Internal, "make demonstration", "demo_no_folder", dir)
	}
	return fault.Wrap(os.Rename(part, dir), fault.Internal, "make demonstration", "demo_no_folder", dir)
}
