package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"paradero/data/fault"
)

// FileFault is a file that cannot be read or written, by its name.
func FileFault(err error, op, path string) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.NotFound, op, "file_not_found", path)
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(err, fault.Internal, op, "file_forbidden", path)
	}
	return fault.Wrap(err, fault.Internal, op, "file_failed", path)
}

// WriteFile writes a whole file or none: beside its place first, then moved
// there. Nobody else may read it, since it is not encrypted.
func WriteFile(path string, write func(io.Writer) error) error {
	const op = "write file"
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return FileFault(err, op, dir)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*")
	if err != nil {
		return FileFault(err, op, path)
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		var known *fault.Error
		if errors.As(err, &known) {
			return err // cancelled, or a record that could not be read: not the file's fault
		}
		return FileFault(err, op, path)
	}
	return nil
}
