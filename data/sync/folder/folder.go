// Package folder is a depot in a folder that other means share: Syncthing, a
// network drive, a stick that goes from hand to hand. Each device writes files of
// its own only, each once and under a name that says what is in it, and reads
// everybody's; what is half there, twice there, renamed, damaged or foreign is
// passed over, and what was taken away is left there again by whoever has it.
//
// What must not live here: what the batches mean, keys, and any trust in what lies
// in the folder. All that stands there are ciphertexts and the pseudonyms of devices.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	gosync "sync"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
)

// Options say which folder it is and who comes.
type Options struct {
	Dir    string    // the shared folder; it must be there
	Office record.ID // its packs stand in a folder of their own
	Device record.ID // who writes
	Clock  func() time.Time
	// Begin lets the office's own folder be made. Without it a shared folder that
	// does not have it is not there: a stick that is not plugged in leaves an empty
	// folder on some machines.
	Begin bool
}

// Depot is such a folder, as one device sees it: a sync.Depot.
type Depot struct {
	opt Options
	dir string // the office's own

	mu     gosync.Mutex // held by who writes
	known  gosync.Mutex
	sound  map[sum]bool  // packs whose hash was checked
	inside map[sum][]sum // what packs replace, by their heads
}

var _ sync.Depot = (*Depot)(nil)

// maxFiles bounds how many files of a folder are looked at, maxOpen how many are
// open at once.
const (
	maxFiles = 1 << 16
	maxOpen  = 64
)

// Open opens the folder. sync.ErrAway: there is no such folder now.
func Open(opt Options) (*Depot, error) {
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sync.ErrAway, err)
	}
	opt.Dir = dir
	d := &Depot{
		opt: opt, dir: filepath.Join(dir, "paradero-"+opt.Office.String()[:12]), sound: map[sum]bool{}, inside: map[sum][]sum{},
	}
	if at, err := os.Stat(dir); err != nil || !at.IsDir() {
		return nil, fmt.Errorf("%w: %w", sync.ErrAway, errors.Join(err, fs.ErrNotExist))
	}
	if opt.Begin {
		if err := os.MkdirAll(d.dir, 0o755); err != nil { //nolint:gosec // others are to read it: all in it is sealed
			return nil, trouble(err)
		}
	}
	if at, err := os.Stat(d.dir); err != nil || !at.IsDir() {
		return nil, fmt.Errorf("%w: %w", sync.ErrAway, errors.Join(err, fs.ErrNotExist))
	}
	d.sweep()
	return d, nil
}

// Name implements sync.Depot.
func (d *Depot) Name() string { return d.opt.Dir }

// Kind says that it is a folder.
func (*Depot) Kind() string { return "folder" }

// Close implements sync.Depot.
func (*Depot) Close() error { return nil }

// Live implements sync.Depot: a folder has to be looked at.
func (*Depot) Live(context.Context, func([]byte)) error { return sync.ErrNotLive }

// trouble gives an error of the file system its meaning.
func trouble(err error) error {
	switch {
	case err == nil:
		return nil
	case ledger.IsFull(err):
		return fmt.Errorf("%w: %w", sync.ErrFull, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", sync.ErrRefused, err)
	}
	return fmt.Errorf("%w: %w", sync.ErrAway, err)
}

func (d *Depot) checked(s sum) bool {
	d.known.Lock()
	defer d.known.Unlock()
	return d.sound[s]
}

func (d *Depot) check(s sum) {
	d.known.Lock()
	defer d.known.Unlock()
	d.sound[s] = true
}

// list gives the packs by their names, each once, the oldest of each device first.
func (d *Depot) list() ([]packed, error) {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, trouble(err)
	}
	var out []packed
	for _, e := range entries[:min(len(entries), maxFiles)] {
		if p, ok := readName(e.Name()); ok && e.Type().IsRegular() {
			p.path = filepath.Join(d.dir, e.Name())
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b packed) int {
		if c := strings.Compare(string(a.device[:]), string(b.device[:])); c != 0 {
			return c
		}
		if a.number != b.number {
			if a.number < b.number {
				return -1
			}
			return 1
		}
		if c := strings.Compare(string(a.sum[:]), string(b.sum[:])); c != 0 {
			return c
		}
		return len(a.path) - len(b.path)
	})
	return out, nil
}

// whole tells by name and length whether a pack can be read.
func (p *packed) whole() bool {
	at, err := os.Lstat(p.path)
	return err == nil && at.Mode().IsRegular() && at.Size() == p.size
}

// Since implements sync.Depot. Packs are read side by side, so that each frame
// comes behind those it depends on, as far as the folder has them.
func (d *Depot) Since(ctx context.Context, m sync.Mark, do func([]byte, sync.Mark) error) (sync.Mark, error) {
	if err := ctx.Err(); err != nil {
		return m, err
	}
	at, err := readMark(m)
	if err != nil {
		return m, err
	}
	list, err := d.list()
	if err != nil {
		return m, err
	}
	r := &reading{depot: d, at: at, here: map[sum]bool{}, gone: map[*packReader]bool{}, first: len(at.whole)+len(at.part) == 0}
	defer r.close()
	if err := r.unread(ctx, list); err != nil {
		return m, err
	}
	return r.merge(ctx, do)
}

// Names implements sync.Depot. It reads and checks every pack.
func (d *Depot) Names(ctx context.Context, do func(sync.Name) error) error {
	list, err := d.list()
	if err != nil {
		return err
	}
	d.known.Lock()
	clear(d.sound) // what was sound once may have rotted
	d.known.Unlock()
	seen := map[ledger.Hash]bool{}
	read := map[sum]bool{}
	for _, p := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if read[p.sum] {
			continue
		}
		r, err := d.openPack(p)
		if err != nil {
			continue // what cannot be read is not there
		}
		read[p.sum] = true
		err = r.names(func(n sync.Name) error {
			if seen[n.Hash] {
				return nil
			}
			seen[n.Hash] = true
			return do(n)
		})
		r.close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *packReader) names(do func(sync.Name) error) error {
	for r.more {
		if n, err := sync.NameOf(r.frame); err == nil {
			if err := do(n); err != nil {
				return err
			}
		}
		if r.next() != nil {
			return nil
		}
	}
	return nil
}
