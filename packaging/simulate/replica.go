package simulate

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
	"paradero/data/team"
	"paradero/data/vault"
)

var passphrase = []byte("una frase de prueba")

// replica is one device: a real office on a disk, a clock and a random source
// that are not.
type replica struct {
	n      int
	dir    string
	role   string
	keys   vault.Keys
	disk   *Disk
	home   *store.Memory
	random *source
	clock  *clock
	office *data.Office // nil while it is closed

	acked  map[ledger.Hash]bool // what this device has answered for
	forms  []*record.Record     // open forms, some of them for long
	mine   []record.Write
	merges []record.Write
	backup *backup
	older  func() // puts back the working copy of a while ago
	hurt   bool   // a bit of its journal was turned
	away   int    // steps for which it is alone
	ended  bool   // somebody removed it or its member, whether or not that is known elsewhere

	told [][]byte // its batches as it gave them when its disk was at turn
	turn int
}

// backup is a copy of a device's disk with what it had answered for.
type backup struct {
	files map[string][]byte
	acked map[ledger.Hash]bool
}

func (s *sim) newReplica(role string) *replica {
	n := len(s.all)
	r := &replica{
		n: n, role: role, dir: filepath.Join(s.dir, fmt.Sprintf("r%d", n)), home: store.NewMemory(),
		disk: NewDisk(rand.New(rand.NewPCG(s.seed, uint64(1000+n)))), random: newSource(s.seed, uint64(n)),
		clock: &clock{now: time.Date(2026, 11, 25, 8, 0, n, 0, time.UTC)}, acked: map[ledger.Hash]bool{},
	}
	s.all = append(s.all, r)
	return r
}

func (r *replica) config() data.Config {
	return data.Config{Dir: r.dir, Clock: r.clock.Now, Rand: r.random, Cost: cheap, Disk: r.disk, Store: r.home, Recheck: -1}
}

// cheap is a key derivation that costs nothing.
var cheap = data.Cost{Time: 1, Memory: 8, Threads: 1}

// found makes the office on the first replica.
func (s *sim) found() error {
	r := s.newReplica("coordinator")
	o, _, err := data.Create(s.ctx, r.config(), data.Founding{
		Office: "Sede Simulada", Member: "Rosa Guamán", Role: r.role, Passphrase: passphrase,
	})
	if err != nil {
		return err
	}
	r.office = o
	v, err := vault.Unlock(s.ctx, r.dir, r.random, passphrase)
	if err != nil {
		return err
	}
	r.keys = *v.Keys()
	s.keys = epochKeys{s.foeRandom, maps.Clone(r.keys.Epochs)}
	return nil
}

// enrol lets another device in, as a coordinator does, and gives it its keys.
func (s *sim) enrol(role, name string) (vault.Keys, error) {
	first := s.all[0]
	k := vault.Keys{
		Office: first.keys.Office, Identity: first.keys.Identity, Epochs: maps.Clone(first.keys.Epochs),
		Sign: make([]byte, 32), Box: make([]byte, 32), Founder: first.office.Info().Device,
	}
	for _, b := range [][]byte{k.Sign, k.Box, k.Store[:]} {
		if _, err := s.foeRandom.Read(b); err != nil {
			return k, err
		}
	}
	first.settle()
	got, err := first.office.Edit(s.ctx, data.Change{Kind: record.Member, Set: map[string]string{"name": name, "role": role}})
	if err != nil {
		return k, err
	}
	k.Member = got[0].ID
	first.settle()
	_, err = first.office.Edit(s.ctx, data.Change{Kind: record.Device, Set: map[string]string{
		"member": got[0].ID.String(), "name": name, "sign_key": keyText(k), "box_key": boxText(k.Box),
	}})
	return k, err
}

// join opens an enrolled device for the first time.
func (s *sim) join(role string, k vault.Keys) error {
	r := s.newReplica(role)
	r.keys = k
	if err := s.equip(r); err != nil {
		return err
	}
	if err := s.open(r); err != nil {
		return err
	}
	_, err := s.deliver(r, s.frames(s.all[0]))
	return err
}

// open signs in, and finds everything that the device has answered for.
func (s *sim) open(r *replica) error {
	o, err := data.Open(s.ctx, r.config(), passphrase)
	if err != nil {
		return fmt.Errorf("device %d does not open: %w", r.n, err)
	}
	r.office = o
	if o.Rebuilt() {
		s.count("rebuilt while opening")
	}
	return s.holdsAcked(r)
}

func (s *sim) holdsAcked(r *replica) error {
	held := map[ledger.Hash]bool{}
	err := r.office.Frames(s.ctx, func(frame []byte) error {
		b, err := ledger.ReadFrame(frame)
		if err == nil {
			held[b.Hash] = true
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("device %d does not give its batches: %w", r.n, err)
	}
	for h := range r.acked {
		if !held[h] {
			return fmt.Errorf("device %d has lost %x, which it had answered for", r.n, h[:4])
		}
	}
	return nil
}

// close ends a device in peace.
func (s *sim) close(r *replica) error {
	err := r.office.Close()
	r.office, r.forms = nil, nil
	return err
}

// powerCut ends a device as a power cut does and opens it again.
func (s *sim) powerCut(r *replica) error {
	s.count("power cuts")
	r.disk.Set(func(d *Disk) { d.dead = true })
	_ = s.close(r)
	r.disk.PowerCut()
	switch s.rng.IntN(4) {
	case 0:
		if r.older != nil {
			r.older()
			s.count("older working copies")
		}
	case 1:
		_ = r.home.Remove(filepath.Join(r.dir, "records"))
	}
	r.older = nil
	return s.open(r)
}

// putBack makes a device what it was when it was copied.
func (s *sim) putBack(r *replica) error {
	_ = s.close(r)
	r.disk.PutBack(r.backup.files)
	r.acked, r.older = maps.Clone(r.backup.acked), nil
	if s.rng.IntN(2) == 0 {
		_ = r.home.Remove(filepath.Join(r.dir, "records"))
	}
	return s.open(r)
}

func (r *replica) copyDisk() *backup {
	return &backup{r.disk.Copy(), maps.Clone(r.acked)}
}

// flipped turns a bit of a closed device's journal.
func (s *sim) flip(r *replica) error {
	if err := s.close(r); err != nil {
		return err
	}
	for path, b := range r.disk.Copy() {
		if strings.HasSuffix(path, ".journal") && len(b) > 0 {
			r.disk.Flip(path, s.rng.IntN(8*len(b)))
			r.hurt = true
			s.count("flipped bits")
			break
		}
	}
	r.acked, r.older = map[ledger.Hash]bool{}, nil // the others hold it: see flipBit
	if err := s.open(r); err != nil {
		return err
	}
	_, err := r.office.Verify(s.ctx, nil) // it learns what is damaged
	return err
}

// refused tells whether an error is one that the workload may meet.
func refused(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && (f.Code == fault.Invalid || f.Code == fault.Refused || f.Code == fault.NotFound)
}

// restore brings a device back from its copy on another machine: as a new device
// of the same member, which goes on for the old one by its word. What the old one
// had is with the others by then: where it held the only whole copy of something,
// that would be lost in truth.
func (s *sim) restore(r *replica) error {
	if r.backup == nil || r.ended {
		return nil
	}
	for _, o := range s.all {
		if o.hurt {
			return nil
		}
	}
	for _, o := range s.all {
		if o == r {
			continue
		}
		if _, err := s.deliver(o, s.frames(r)); err != nil {
			return err
		}
	}
	old := signerOf(r.keys)
	_ = s.close(r)
	from, files := r.dir, map[string][]byte{}
	r.dir = filepath.Join(s.dir, fmt.Sprintf("r%d-%d", r.n, s.counts["steps"]))
	for path, b := range r.backup.files {
		files[r.dir+strings.TrimPrefix(path, from)] = b
	}
	seed := make([]byte, 32)
	if _, err := s.foeRandom.Read(seed); err != nil {
		return err
	}
	before := vault.Former{Device: ledger.DeviceOf(old.Public()), Box: r.keys.Box} // what was sealed to it opens
	r.keys.Sign, r.keys.Founder, r.home, r.keys.Before = seed, s.founder, store.NewMemory(), append(slices.Clone(r.keys.Before), before)
	if err := s.equip(r); err != nil {
		return err
	}
	r.disk.PutBack(files)
	r.acked = maps.Clone(r.backup.acked)
	r.told, r.older, r.backup, r.mine, r.merges = nil, nil, nil, nil, nil
	if err := s.open(r); err != nil {
		return err
	}
	s.count("devices restored")
	now := s.newFoe(seed, r.keys.Member, s.keys)
	word := team.Endorse(old.key, r.keys.Office, now.signer.Public())
	says := s.deviceRecord(now.signer, now.member, ledger.DeviceOf(old.Public()), word)
	box, _ := record.SchemaOf(record.Device).Field("box_key")
	says.Fields = append(says.Fields, ledger.Field{Num: box.Num, Text: boxText(r.keys.Box)})
	return s.send(r, "", s.draw(now, r, nil, says))
}

// equip gives a device its folder and its vault.
func (s *sim) equip(r *replica) error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	_, _, err := vault.Create(r.dir, r.random, vault.Cost(cheap), vault.Public{Office: "Sede Simulada"}, r.keys, passphrase)
	return err
}
