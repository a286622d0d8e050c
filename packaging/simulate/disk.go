package simulate

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"paradero/data/ledger"
)

// Disk is a disk in memory that keeps what it promised and no more: contents
// survive a power cut once they are synced, names once their folder is. What
// was written since may be there, in part, torn anywhere, or not at all.
type Disk struct {
	mu     sync.Mutex
	rng    *rand.Rand
	era    int // raised by a power cut: what was opened before is dead
	names  map[string]*node
	kept   map[string]*node // the names that survive
	todo   []naming         // changes of names since the folder was synced
	full   bool             // no room for anything
	dies   int              // the power goes at this many writes or flushes from now, 0: it does not
	spoil  error            // the next write or flush fails so
	spoilt bool             // until it is opened again, errors are its own
	dead   bool             // the power is off
	turn   int              // raised by every change
}

// node is a file, by whatever name.
type node struct {
	data    []byte // as those who run see it
	durable []byte
	pending []stroke
}

// stroke is one write, or one change of length, that is not synced.
type stroke struct {
	at   int64
	data []byte
	cut  bool // to the length at
}

// naming is one change of a name: n goes by the name to, or by none.
type naming struct {
	from, to string
	n        *node
}

var errPower = errors.New("the power is off")

// NewDisk makes an empty disk.
func NewDisk(rng *rand.Rand) *Disk {
	return &Disk{rng: rng, names: map[string]*node{}, kept: map[string]*node{}}
}

// Open implements ledger.Disk.
func (d *Disk) Open(path string) (ledger.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return nil, errPower
	}
	n := d.names[path]
	if n == nil {
		if err := d.harm(); err != nil {
			return nil, err
		}
		n = &node{}
		d.names[path] = n
		d.todo = append(d.todo, naming{to: path, n: n})
	}
	return &file{d, n, d.era}, nil
}

// List implements ledger.Disk.
func (d *Disk) List(dir string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return nil, errPower
	}
	var out []string
	for path := range d.names {
		if filepath.Dir(path) == dir {
			out = append(out, filepath.Base(path))
		}
	}
	slices.Sort(out)
	return out, nil
}

// MakeDir implements ledger.Disk.
func (d *Disk) MakeDir(string) error { return nil }

// SyncDir implements ledger.Disk.
func (d *Disk) SyncDir(string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.harm(); err != nil {
		return err
	}
	for _, t := range d.todo {
		t.apply(d.kept)
	}
	d.todo = nil
	return nil
}

// Rename implements ledger.Disk.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.harm(); err != nil {
		return err
	}
	t := naming{from: from, to: to, n: d.names[from]}
	t.apply(d.names)
	d.todo = append(d.todo, t)
	return nil
}

// Remove implements ledger.Disk.
func (d *Disk) Remove(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.harm(); err != nil {
		return err
	}
	t := naming{from: path}
	t.apply(d.names)
	d.todo = append(d.todo, t)
	return nil
}

func (t naming) apply(names map[string]*node) {
	delete(names, t.from)
	if t.to != "" {
		names[t.to] = t.n
	}
}

// Free implements ledger.Disk.
func (d *Disk) Free(string) (uint64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		return 1 << 20, nil
	}
	return 1 << 40, nil
}

// harm gives the error that this write or flush meets. The caller holds mu.
func (d *Disk) harm() error {
	d.turn++
	if d.dead {
		return errPower
	}
	if d.dies > 0 {
		if d.dies--; d.dies == 0 {
			d.dead = true
			return errPower
		}
	}
	err := d.spoil
	d.spoil = nil
	return err
}

type file struct {
	d   *Disk
	n   *node
	era int
}

func (f *file) gone() error {
	if f.d.dead || f.era != f.d.era {
		return errPower
	}
	return nil
}

func (f *file) ReadAt(b []byte, at int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.gone(); err != nil {
		return 0, err
	}
	if at >= int64(len(f.n.data)) {
		return 0, io.EOF
	}
	n := copy(b, f.n.data[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) WriteAt(b []byte, at int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.gone(); err != nil {
		return 0, err
	}
	err := f.d.harm()
	if err == nil && f.d.full && at+int64(len(b)) > int64(len(f.n.data)) {
		err = syscall.ENOSPC
	}
	s := stroke{at: at, data: bytes.Clone(b)}
	if err != nil { // some of it may have come to the disk
		s.data = s.data[:f.d.rng.IntN(len(b)+1)]
	}
	if len(s.data) > 0 {
		f.n.data = s.draw(f.n.data)
		f.n.pending = append(f.n.pending, s)
	}
	return len(s.data), err
}

func (f *file) Truncate(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.gone(); err != nil {
		return err
	}
	if err := f.d.harm(); err != nil {
		return err
	}
	s := stroke{at: size, cut: true}
	f.n.data = s.draw(f.n.data)
	f.n.pending = append(f.n.pending, s)
	return nil
}

func (f *file) Size() (int64, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	return int64(len(f.n.data)), f.gone()
}

func (f *file) Sync() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.gone(); err != nil {
		return err
	}
	if err := f.d.harm(); err != nil {
		return err // what was written may be durable or not
	}
	for _, s := range f.n.pending {
		f.n.durable = s.draw(f.n.durable)
	}
	f.n.pending = nil
	return nil
}

func (f *file) Close() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	return f.gone()
}

// draw does what the stroke says; a gap before it is zeros.
func (s stroke) draw(b []byte) []byte {
	end := s.at + int64(len(s.data))
	if s.cut && int64(len(b)) > s.at {
		return b[:s.at]
	}
	if n := end - int64(len(b)); n > 0 {
		b = append(b, make([]byte, n)...)
	}
	copy(b[s.at:], s.data)
	return b
}

// PowerCut ends everything that is open. What was not synced is there wholly, in
// part or not at all.
func (d *Disk) PowerCut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.era, d.turn = d.era+1, d.turn+1
	d.dead, d.dies, d.spoil = false, 0, nil
	for _, t := range d.todo[:d.rng.IntN(len(d.todo)+1)] {
		t.apply(d.kept)
	}
	d.todo, d.names = nil, map[string]*node{}
	for _, path := range slices.Sorted(maps.Keys(d.kept)) {
		n := d.kept[path]
		n.durable = d.remains(n)
		d.names[path] = &node{data: n.durable, durable: bytes.Clone(n.durable)}
	}
	d.kept = maps.Clone(d.names)
}

// remains is what a power cut leaves of a file.
func (d *Disk) remains(n *node) []byte {
	kept := n.pending
	torn := -1
	switch d.rng.IntN(4) {
	case 0:
		kept = nil
	case 1:
		kept = kept[:d.rng.IntN(len(kept)+1)]
		torn = len(kept) - 1
	case 2:
		kept = slices.DeleteFunc(slices.Clone(kept), func(stroke) bool { return d.rng.IntN(2) == 0 })
		if len(kept) > 0 {
			torn = d.rng.IntN(len(kept))
		}
	}
	out := n.durable
	for i, s := range kept {
		if i == torn && !s.cut {
			s = d.tear(s)
		}
		out = s.draw(out)
	}
	return out
}

// tear leaves a part of a write: a beginning or an end of it, or some of its sectors.
func (d *Disk) tear(s stroke) stroke {
	at := d.rng.IntN(len(s.data) + 1)
	switch d.rng.IntN(3) {
	case 0:
		return stroke{at: s.at, data: s.data[:at]}
	case 1:
		return stroke{at: s.at + int64(at), data: s.data[at:]}
	}
	const sector = 512
	data := bytes.Clone(s.data)
	for i := 0; i < len(data); i += sector {
		if d.rng.IntN(2) == 0 {
			clear(data[i:min(i+sector, len(data))])
		}
	}
	return stroke{at: s.at, data: data}
}

// Set changes how the disk behaves from now on.
func (d *Disk) Set(do func(*Disk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do(d)
}

// Copy gives the disk's contents as a backup takes them.
func (d *Disk) Copy() map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string][]byte{}
	for path, n := range d.names {
		out[path] = bytes.Clone(n.data)
	}
	return out
}

// PutBack makes the disk what a copy says, durably. Nothing may be open.
func (d *Disk) PutBack(from map[string][]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.era, d.turn = d.era+1, d.turn+1
	d.todo, d.names = nil, map[string]*node{}
	for path, b := range from {
		d.names[path] = &node{data: bytes.Clone(b), durable: bytes.Clone(b)}
	}
	d.kept = maps.Clone(d.names)
}

// Flip turns one bit of a file over, behind everybody's back.
func (d *Disk) Flip(path string, bit int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn++
	n := d.names[path]
	n.data[bit/8] ^= 1 << (bit % 8)
	n.durable = bytes.Clone(n.data)
	n.pending = nil
}

// Turn is another number after every change.
func (d *Disk) Turn() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.turn
}

// Holds tells whether bytes stand anywhere on the disk.
func (d *Disk) Holds(what []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, names := range []map[string]*node{d.names, d.kept} {
		for _, n := range names {
			if bytes.Contains(n.data, what) || bytes.Contains(n.durable, what) {
				return true
			}
		}
	}
	return false
}
