package data

import (
	"fmt"
	"os"
	"path/filepath"

	"paradero/data/fault"
	"paradero/data/sync/bundle"
)

// bundling is a bundle that is being written, in parts where it must be.
type bundling struct {
	office   *Office
	file     string
	most     int64
	head     bundle.Head
	progress func(Progress)
	made     BundleMade
	out      *os.File
	w        *bundle.Writer
	size     int64
	frames   int
}

// name is the file of the part at hand.
func (w *bundling) name() string {
	if n := len(w.made.Files); n > 0 {
		return fmt.Sprintf("%s-%d", w.file, n+1)
	}
	return w.file
}

func (w *bundling) begin() (err error) {
	if w.out, err = os.CreateTemp(filepath.Dir(w.file), ".bundle-*"); err != nil {
		return err
	}
	w.size, w.frames = 0, 0
	w.w, err = bundle.NewWriter(w.out, w.head)
	return err
}

// leastPart is room for the largest batch, a head and a foot.
const leastPart = 1 << 20

func (w *bundling) add(frame []byte, changes int) error {
	if w.most > 0 && w.most < leastPart {
		return fault.New(fault.Invalid, "write bundle", "bundle_part_small")
	}
	room := int64(len(frame) + 4 + 128 + 128*len(w.head.Tips))
	if w.most > 0 && w.frames > 0 && w.size+room > w.most {
		if err := w.end(); err != nil {
			return err
		}
		if err := w.begin(); err != nil {
			return err
		}
	}
	w.size, w.frames = w.size+int64(len(frame)+4), w.frames+1
	w.made.Batches, w.made.Changes = w.made.Batches+1, w.made.Changes+changes
	w.progress(Progress{Phase: "bundle", Done: w.made.Changes})
	return w.w.Frame(frame)
}

// end signs the part, makes it durable and puts it in its place.
func (w *bundling) end() error {
	if err := w.w.Close(deviceKey{w.office.sign}.Sign); err != nil {
		return err
	}
	if err := w.out.Sync(); err != nil {
		return err
	}
	if at, err := w.out.Stat(); err == nil {
		w.made.Bytes += at.Size()
	}
	name := w.out.Name()
	if err := w.out.Close(); err != nil {
		return err
	}
	to := w.name()
	if err := os.Rename(name, to); err != nil {
		return err
	}
	w.made.Files, w.out = append(w.made.Files, to), nil
	return w.office.disk.SyncDir(filepath.Dir(w.file))
}

// drop takes away a part that was not ended.
func (w *bundling) drop() {
	if w.out != nil {
		_ = w.out.Close()
		_ = os.Remove(w.out.Name())
	}
}
