package folder

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"paradero/data/sync"
)

// reading is one Since under way.
type reading struct {
	depot *Depot
	at    place
	here  map[sum]bool // packs that are in the folder, whole
	open  []*packReader
	hot   []*packReader // of them, those whose file is open, the last used behind
	gone  map[*packReader]bool
	first bool // from the beginning

	order uint64       // the Lamport time at hand
	given map[sum]bool // what was given of it: a pack may be here beside the one that it was put into
}

// again tells of a frame that came from another pack a moment ago.
func (r *reading) again(p *packReader) bool {
	if r.given == nil || p.order != r.order {
		r.order, r.given = p.order, map[sum]bool{}
	}
	all := sha256.Sum256(p.frame)
	was := r.given[sum(all[:len(sum{})])]
	r.given[sum(all[:len(sum{})])] = true
	return was
}

// isGone tells of a pack that is not there any more, or is no whole one from here on:
// what stands in others is read all the same.
func isGone(err error) bool { return errors.Is(err, errPack) || errors.Is(err, fs.ErrNotExist) }

func (r *reading) close() {
	for _, p := range r.hot {
		p.close()
	}
}

// use opens a pack's file again where it was put aside, and puts another aside.
func (r *reading) use(p *packReader) error {
	if n := len(r.hot); n > 0 && r.hot[n-1] == p {
		return nil
	}
	r.hot = slices.DeleteFunc(r.hot, func(q *packReader) bool { return q == p })
	if err := p.forth(); err != nil {
		return err
	}
	if r.hot = append(r.hot, p); len(r.hot) > maxOpen {
		r.hot[0].aside()
		r.hot = slices.Delete(r.hot, 0, 1)
	}
	return nil
}

// done is for a pack that is not read any further.
func (r *reading) done(p *packReader) {
	p.aside()
	r.hot = slices.DeleteFunc(r.hot, func(q *packReader) bool { return q == p })
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
		if isGone(err) {
			continue // half there, damaged, foreign, or gone in this moment
		}
		if err != nil {
			return trouble(err)
		}
		r.here[p.sum] = true
		d.note(&pr.packed)
		r.open = append(r.open, pr)
		if err := r.use(pr); err != nil {
			return trouble(err)
		}
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
	return r.needed()
}

// needed closes those whose frames came already, or come in others: of a pack and
// those that it was put together of, whichever leaves less to be read again. What a
// pack says of others is nobody's word: who reads from the beginning reads them all,
// so that nothing is kept from him for ever.
func (r *reading) needed() error {
	had := maps.Clone(r.at.whole)
	slices.SortFunc(r.open, func(a, b *packReader) int { return cmp.Compare(b.number, a.number) })
	var need []*packReader
	chosen := map[sum]bool{} // and all that is in them
	for _, p := range r.open {
		all, parts := len(p.replaces) > 0, len(p.replaces) > 0
		for _, s := range p.replaces {
			all, parts = all && had[s], parts && (had[s] || r.here[s])
		}
		if !r.first && (all || parts || chosen[p.sum]) {
			if r.done(p); all {
				r.finish(p)
			}
			continue
		}
		for _, s := range p.replaces {
			chosen[s] = true
		}
		if err := r.skip(p); err != nil {
			return trouble(err)
		}
		need = append(need, p)
	}
	r.open = need
	for _, s := range slices.Clone(r.at.list) { // what is gone is in another by now
		if !r.here[s] {
			r.at.lose(s)
		}
	}
	return nil
}

// skip goes on to where a pack was read to.
func (r *reading) skip(p *packReader) error {
	skip := r.at.part[p.sum]
	if skip == 0 {
		return nil
	}
	if err := r.use(p); err != nil {
		return err
	}
	for ; skip > 0 && p.more; skip-- {
		if err := p.next(); err != nil && !isGone(err) {
			return err
		}
	}
	return nil
}

// finish notes that a pack was read whole, and with it those that are in it.
func (r *reading) finish(p *packReader) {
	delete(r.at.part, p.sum)
	r.at.have(p.sum)
	for _, s := range p.replaces {
		if r.here[s] {
			r.at.have(s)
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
	before := sync.Mark("") // written anew only where something has changed
	for {
		var p *packReader
		left = slices.DeleteFunc(left, func(q *packReader) bool {
			if !q.more {
				if r.done(q); !r.gone[q] {
					r.finish(q)
					before = ""
				}
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
		if before == "" {
			before = r.at.mark()
		}
		if err := ctx.Err(); err != nil {
			return before, err
		}
		if err := r.use(p); err != nil {
			if p.more = false; !isGone(err) {
				return before, trouble(err)
			}
			r.gone[p] = true
			continue
		}
		r.at.part[p.sum] = uint32(p.count + 1)
		if p.left == 4 { // its last
			r.finish(p)
		}
		if next := r.at.mark(); !r.first || !r.again(p) {
			if err := do(p.frame, next); err != nil {
				return before, err
			}
			before = next
		}
		if err := p.next(); err != nil && !isGone(err) {
			return before, trouble(err)
		}
	}
}
