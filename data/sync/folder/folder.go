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
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
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

// maxFiles bounds how many files of a folder are looked at.
const maxFiles = 1 << 16

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
	r := &reading{depot: d, at: at, here: map[sum]bool{}}
	defer r.close()
	if err := r.unread(ctx, list); err != nil {
		return m, err
	}
	return r.merge(ctx, do)
}

// reading is one Since under way.
type reading struct {
	depot *Depot
	at    place
	here  map[sum]bool // packs that are in the folder, whole
	open  []*packReader
}

func (r *reading) close() {
	for _, p := range r.open {
		p.close()
	}
}

// unread opens what the place does not have. A pack that the place has, and that
// is gone and in no other, is an ErrMark.
func (r *reading) unread(ctx context.Context, list []packed) error {
	d := r.depot
	var fresh []packed
	for _, p := range list {
		if r.here[p.sum] || !p.whole() {
			continue
		}
		if r.at.whole[p.sum] {
			r.here[p.sum] = true
			continue
		}
		fresh = append(fresh, p)
	}
	for _, p := range fresh {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.here[p.sum] {
			continue // the same under another name
		}
		pr, err := d.openPack(p)
		if errors.Is(err, errPack) || errors.Is(err, fs.ErrNotExist) {
			continue // half there, damaged, foreign, or gone in this moment
		}
		if err != nil {
			return trouble(err)
		}
		r.here[p.sum] = true
		d.note(&pr.packed)
		r.open = append(r.open, pr)
	}
	replaced := map[sum]bool{}
	for _, pr := range r.open {
		for _, s := range pr.inside() {
			replaced[s] = true
		}
	}
	for s := range r.at.whole {
		if r.here[s] {
			continue
		}
		if !replaced[s] && !d.replacedAlready(s, list, &r.at) {
			return sync.ErrMark
		}
	}
	r.needed()
	return nil
}

// needed closes those whose frames came already, or come in others: of a pack and
// those that it was put together of, whichever leaves less to be read again.
func (r *reading) needed() {
	had := maps.Clone(r.at.whole)
	slices.SortFunc(r.open, func(a, b *packReader) int { return cmp.Compare(b.number, a.number) })
	var need []*packReader
	chosen := map[sum]bool{} // and all that is in them
	for _, p := range r.open {
		all, parts := len(p.replaces) > 0, len(p.replaces) > 0
		for _, s := range p.replaces {
			all, parts = all && had[s], parts && (had[s] || r.here[s])
		}
		if all || parts || chosen[p.sum] {
			if p.close(); all {
				r.finish(p)
			}
			continue
		}
		for _, s := range p.replaces {
			chosen[s] = true
		}
		for skip := r.at.part[p.sum]; skip > 0 && p.frame != nil && p.next() == nil; skip-- {
		}
		need = append(need, p)
	}
	r.open = need
	for s := range r.at.whole { // what is gone is in another by now
		if !r.here[s] {
			delete(r.at.whole, s)
		}
	}
}

// finish notes that a pack was read whole, and with it those that are in it.
func (r *reading) finish(p *packReader) {
	delete(r.at.part, p.sum)
	r.at.whole[p.sum] = true
	for _, s := range p.replaces {
		if r.here[s] {
			r.at.whole[s] = true
			delete(r.at.part, s)
		}
	}
}

// replacedAlready tells whether a pack of the place stands in another that the
// place has too.
func (d *Depot) replacedAlready(s sum, list []packed, at *place) bool {
	for _, p := range list {
		if at.whole[p.sum] && slices.Contains(d.within(p), s) {
			return true
		}
	}
	return false
}

// within gives what a pack replaces.
func (d *Depot) within(p packed) []sum {
	d.known.Lock()
	list, ok := d.inside[p.sum]
	d.known.Unlock()
	if ok {
		return list
	}
	r, err := d.openPack(p)
	if err != nil {
		return nil
	}
	r.close()
	d.note(&r.packed)
	return r.inside()
}

// inside gives all packs whose frames are in this one.
func (p *packed) inside() []sum { return slices.Concat(p.replaces, p.before) }

func (d *Depot) note(p *packed) {
	d.known.Lock()
	defer d.known.Unlock()
	d.inside[p.sum] = p.inside()
}

// merge gives the frames of all that are open by their Lamport times.
func (r *reading) merge(ctx context.Context, do func([]byte, sync.Mark) error) (sync.Mark, error) {
	left := slices.Clone(r.open)
	for {
		var p *packReader
		left = slices.DeleteFunc(left, func(q *packReader) bool {
			if q.frame == nil {
				r.finish(q)
				return true
			}
			if p == nil || q.order < p.order {
				p = q
			}
			return false
		})
		if p == nil {
			return r.at.mark(), nil
		}
		before := r.at.mark()
		if err := ctx.Err(); err != nil {
			return before, err
		}
		r.at.part[p.sum] = uint32(p.count + 1)
		if p.left == 4 { // its last
			r.finish(p)
		}
		if err := do(p.frame, r.at.mark()); err != nil {
			return before, err
		}
		if err := p.next(); err != nil {
			return r.at.mark(), trouble(err)
		}
	}
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
	for r.frame != nil {
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
