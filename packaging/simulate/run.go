// Package simulate runs several offices against each other in one process: the
// real ledger, fold, journal and door, on disks, clocks, random sources and
// lines that are made of a seed. One seed, one history, down to the hashes.
//
// What must not live here: anything that the program itself needs.
package simulate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// Counts tells what happened, by name.
type Counts map[string]int

// sim is one run.
type sim struct {
	ctx      context.Context
	seed     uint64
	rng      *rand.Rand
	dir      string
	keys     epochKeys // all keys that the office ever sealed with
	founder  record.ID
	all      []*replica
	ids      []thingID
	words    int
	seen     map[ledger.Hash]*known
	mail     []parcel
	stripped bool                 // somebody took values out of what is on its way
	bare     map[ledger.Hash]bool // out of these, since all was whole everywhere
	secrets  []secret
	circles  []record.ID
	confided []thingID
	hub      *depot
	joined   int
	counts   Counts
	trace    []string
	failed   error

	intruder, stranger, outsider *foe
	foeRandom                    *source
}

// Failure is a run in which something did not hold.
type Failure struct {
	Seed uint64
	Last []string // the last steps
	Err  error
}

func (f *Failure) Error() string {
	text := fmt.Sprintf("seed %d: %v\n", f.Seed, f.Err)
	for _, line := range f.Last {
		text += "  " + line + "\n"
	}
	return text + fmt.Sprintf("again: make simulate SEED=%d", f.Seed)
}

func (f *Failure) Unwrap() error { return f.Err }

// Run runs one seed and gives what happened in it, and the hash of all that was
// written; the error is a *Failure.
func Run(ctx context.Context, seed uint64) (Counts, [32]byte, error) {
	dir, err := os.MkdirTemp(scratch(), "paradero-simulate-")
	if err != nil {
		return nil, [32]byte{}, fmt.Errorf("make folder: %w", err)
	}
	s := &sim{
		ctx: ctx, seed: seed, rng: rand.New(rand.NewPCG(seed, 1)), dir: dir,
		seen: map[ledger.Hash]*known{}, bare: map[ledger.Hash]bool{}, counts: Counts{}, foeRandom: newSource(seed, 99), hub: newDepot(seed),
	}
	err = s.run()
	for _, r := range s.all {
		if r.office != nil {
			_ = r.office.Close()
		}
	}
	_ = os.RemoveAll(dir)
	if err != nil {
		err = &Failure{Seed: seed, Last: s.trace[max(len(s.trace)-40, 0):], Err: err}
	}
	return s.counts, s.trail(), err
}

// trail is the hash of the names of all batches that were ever seen.
func (s *sim) trail() [32]byte {
	var all []byte
	for _, h := range sortedHashes(s.seen) {
		all = append(all, h[:]...)
	}
	return sha256.Sum256(all)
}

// scratch is a folder in memory where there is one: only vaults and locks go there.
func scratch() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func (s *sim) count(what string) { s.counts[what]++ }

func (s *sim) say(format string, args ...any) {
	s.trace = append(s.trace, fmt.Sprintf(format, args...))
}

// fail notes an error where none can be given back.
func (s *sim) fail(err error) {
	if s.failed == nil {
		s.failed = err
	}
}

func (s *sim) run() error {
	if err := s.begin(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	list := steps()
	total := 0
	for _, st := range list {
		total += st.weight
	}
	for n := range 60 + s.rng.IntN(60) {
		r := s.all[s.rng.IntN(len(s.all))]
		st := list[0]
		for at := s.rng.IntN(total); at >= 0; at -= st.weight {
			st, list = list[0], list[1:]
		}
		list = steps()
		if err := s.step(n, st, r); err != nil {
			return err
		}
		if s.rng.IntN(30) == 0 {
			s.say("%d quiet", n)
			if err := s.quiet(); err != nil {
				return err
			}
		}
	}
	s.say("at the end")
	if err := s.quiet(); err != nil {
		return err
	}
	return s.checkHub()
}

func (s *sim) step(n int, st step, r *replica) error {
	for _, o := range s.all {
		o.clock.move(60e9)
		o.away = max(o.away-1, 0)
	}
	s.count("steps")
	s.count(st.name)
	s.say("%d %s on device %d", n, st.name, r.n)
	err := errors.Join(st.do(s, r), s.failed)
	for _, o := range s.all {
		if err == nil && o.office != nil {
			o.office.Count(record.Task) // until everything is folded
		}
		if err == nil && o.office.Behind() {
			err = fmt.Errorf("the working copy of device %d cannot follow", o.n)
		}
	}
	if err != nil {
		return fmt.Errorf("step %d, %s on device %d: %w", n, st.name, r.n, err)
	}
	return nil
}

// begin founds the office and lets the others in.
func (s *sim) begin() error {
	if err := s.found(); err != nil {
		return err
	}
	s.founder = s.all[0].office.Info().Device
	roles := []string{"lawyer", "coordinator", "social-worker", "lawyer"}
	for i := range 1 + s.rng.IntN(4) {
		k, err := s.enrol(roles[i], fmt.Sprintf("Colega %d", i))
		if err != nil {
			return err
		}
		if err := s.join(roles[i], k); err != nil {
			return err
		}
	}
	k, err := s.enrol("lawyer", "Intruso")
	if err != nil {
		return err
	}
	s.intruder = s.newFoe(k.Sign, k.Member, s.keys)
	seed := make([]byte, 32)
	_, _ = s.foeRandom.Read(seed)
	s.stranger = s.newFoe(seed, k.Member, s.keys)
	s.outsider = s.newFoe(k.Sign, k.Member, epochKeys{s.foeRandom, map[uint32]vault.Key{0: {1, 2, 3}}})
	return nil
}
