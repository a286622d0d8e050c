package folder

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paradero/data/ledger"
	"paradero/data/sync"
)

// Packs of a device are put together when there are many of about one size, so
// that a folder that has been used for years holds some dozens of files. What was
// put together stays for a while: others may have the new one later than they see
// the old ones go.
const (
	tierFiles = 16
	tierFirst = 64 << 10
	tierMost  = 64 << 20
	grace     = 24 * time.Hour
	halfExt   = ".part"
)

// Push implements sync.Depot: a pack of its own, whole or not at all.
func (d *Depot) Push(ctx context.Context, frames [][]byte, read sync.Mark) (sync.Mark, error) {
	if err := ctx.Err(); err != nil {
		return read, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	list, err := d.list()
	if err != nil {
		return read, err
	}
	if frames, err = d.missing(ctx, list, frames); err != nil || len(frames) == 0 {
		return read, err
	}
	p := packed{device: d.opt.Device, number: d.nextNumber(list)}
	err = d.write(&p, func(w *packWriter) error {
		for _, f := range frames {
			if err := w.part(f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return read, trouble(err)
	}
	if at, err := readMark(read); err == nil {
		at.have(p.sum)
		read = at.mark()
	}
	if err := d.tidy(ctx); err != nil && !errors.Is(err, errPack) {
		return read, trouble(err)
	}
	return read, nil
}

// missing leaves out what the newest packs hold already: whoever pushes knows
// roughly what is there, and a batch that is there twice does no harm.
func (d *Depot) missing(ctx context.Context, list []packed, frames [][]byte) ([][]byte, error) {
	wanted := map[ledger.Hash]bool{}
	var names []ledger.Hash
	for _, f := range frames {
		n, err := sync.NameOf(f)
		if err != nil {
			return nil, errors.Join(sync.ErrRefused, err)
		}
		wanted[n.Hash] = true
		names = append(names, n.Hash)
	}
	size := int64(0)
	for i := len(list) - 1; i >= 0; i-- {
		if size += list[i].size; size > 1<<20 || ctx.Err() != nil {
			break
		}
		r, err := d.openPack(list[i])
		if err != nil {
			continue
		}
		_ = r.names(func(n sync.Name) error { delete(wanted, n.Hash); return nil })
		r.close()
	}
	var out [][]byte
	for i, f := range frames {
		if wanted[names[i]] {
			out = append(out, f)
			delete(wanted, names[i])
		}
	}
	return out, ctx.Err()
}

// nextNumber gives a number above all of this device's: a time, so that one that
// is used after files were lost means no other pack.
func (d *Depot) nextNumber(list []packed) uint64 {
	n := uint64(max(d.opt.Clock().UnixMilli(), 1))
	for i := range list {
		if list[i].device == d.opt.Device {
			n = max(n, list[i].number+1)
		}
	}
	return n
}

// write writes a pack beside its place and puts it there.
func (d *Depot) write(p *packed, fill func(*packWriter) error) (err error) {
	f, err := os.CreateTemp(d.dir, d.half()+"*"+halfExt)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	w, err := newPackWriter(f, d.opt.Office, p)
	if err == nil {
		err = fill(w)
	}
	if err == nil {
		err = w.end(p)
	}
	if err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	_ = os.Chmod(f.Name(), 0o644) //nolint:gosec // others are to read it; where this is not possible they mostly can anyway
	p.path = filepath.Join(d.dir, p.name())
	if err = os.Rename(f.Name(), p.path); err != nil {
		return err
	}
	d.check(p.sum)
	d.note(p)
	return ledger.OS{}.SyncDir(d.dir)
}

// half is how this device's half-written files begin.
func (d *Depot) half() string { return ".~" + d.opt.Device.String()[:12] + "-" }

// halfOld is how old something half written is before a crash is thought to have left
// it: this device may be at the folder twice at once, for batches and for letters.
const halfOld = 10 * time.Minute

// sweep takes away what a crash left half written of this device's.
func (d *Depot) sweep() {
	entries, _ := os.ReadDir(d.dir) // it stays in nobody's way
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), d.half()) || !strings.HasSuffix(e.Name(), halfExt) {
			continue
		}
		if at, err := e.Info(); err == nil && d.opt.Clock().Sub(at.ModTime()) > halfOld {
			_ = os.Remove(filepath.Join(d.dir, e.Name()))
		}
	}
}

// tidy puts this device's packs together where many are of one size, and takes
// away those that have been in another for a while.
func (d *Depot) tidy(ctx context.Context) error {
	list, err := d.list()
	if err != nil {
		return err
	}
	old := map[sum]uint64{} // replaced, and since when
	var own []packed
	for _, p := range list {
		if p.device == d.opt.Device && p.whole() {
			own = append(own, p)
			for _, s := range d.within(p) {
				if first, ok := old[s]; !ok || p.number < first {
					old[s] = p.number
				}
			}
		}
	}
	now := d.opt.Clock()
	tiers := map[int][]packed{}
	for _, p := range own {
		since, replaced := old[p.sum]
		switch {
		case !replaced:
			t := tierOf(p.size)
			tiers[t] = append(tiers[t], p)
		case now.Sub(time.UnixMilli(int64(since))) > grace:
			if err := os.Remove(p.path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	for t, packs := range tiers {
		if len(packs) >= tierFiles && t >= 0 {
			return d.together(ctx, packs, list)
		}
	}
	return nil
}

// tierOf sorts packs by size; -1: it is large enough.
func tierOf(size int64) int {
	t := 0
	for limit := int64(tierFirst); size >= limit; limit *= tierFiles {
		t++
	}
	if size*tierFiles > tierMost {
		return -1
	}
	return t
}

// together writes one pack of several.
func (d *Depot) together(ctx context.Context, packs, list []packed) error {
	p := packed{device: d.opt.Device, number: d.nextNumber(list)}
	var readers []*packReader
	defer func() {
		for _, r := range readers {
			r.close()
		}
	}()
	for _, old := range packs {
		r, err := d.openPack(old)
		if err != nil {
			continue // it is damaged: what was in it is found to be lacking
		}
		readers = append(readers, r)
		p.replaces = append(p.replaces, r.sum)
		p.before = append(p.before, r.inside()...)
	}
	p.before = p.before[max(len(p.before)-maxReplaced, 0):]
	seen := map[ledger.Hash]bool{}
	return d.write(&p, func(w *packWriter) error {
		for _, r := range readers {
			for r.more {
				if err := ctx.Err(); err != nil {
					return err
				}
				if n, err := sync.NameOf(r.frame); err == nil && !seen[n.Hash] {
					seen[n.Hash] = true
					if err := w.part(r.frame); err != nil {
						return err
					}
				}
				if err := r.next(); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
