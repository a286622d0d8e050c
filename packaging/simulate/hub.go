package simulate

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// depot is the hub of a run: one that lies, breaks off, loses and repeats.
type depot struct {
	*synctest.Faulty
	memory *sync.Memory
}

func newDepot(seed uint64) *depot {
	m := sync.NewMemory()
	return &depot{synctest.NewFaulty(m, seed), m}
}

// atHub lets a device exchange with the hub.
func (s *sim) atHub(r *replica) error {
	if r.away > 0 {
		return nil
	}
	r.settle()
	out, err := r.office.SyncWith(s.ctx, s.hub, nil)
	s.counts["batches left at the hub"] += out.SentBatches
	s.counts["batches taken from the hub"] += out.Received.Taken
	return s.excuseHub(r, err)
}

// excuseHub lets pass that a hub cannot be reached or makes no sense.
func (s *sim) excuseHub(r *replica, err error) error {
	var f *fault.Error
	if errors.As(err, &f) && strings.HasPrefix(f.Key, "sync_") {
		s.count("hub failed")
		return nil
	}
	return s.excuse(r, err)
}

// hubFault empties the hub, restores an old backup of it, or lets it lose some and
// tell nobody.
func (s *sim) hubFault(*replica) error {
	n := s.hub.memory.Len()
	if n == 0 {
		return nil
	}
	switch at := s.rng.IntN(n); s.rng.IntN(3) {
	case 0:
		s.hub.memory.Empty()
		s.count("hub emptied")
	case 1:
		s.hub.memory.Keep(func(i int) bool { return i < at })
		s.count("hub restored")
	case 2:
		s.hub.memory.Lose(func(i int) bool { return i%3 == at%3 })
		s.count("hub lost some")
	}
	return nil
}

// checkHub: an honest hub gets again whatever it lacks, within two days.
func (s *sim) checkHub() error {
	if s.hub.memory.Len() == 0 {
		return nil
	}
	s.hub.Honest(true)
	m := s.model(s.held(s.all[0]))
	for range 2 {
		for _, r := range s.all {
			r.clock.move(25 * time.Hour)
			if m.away(r) {
				continue // a hub does not let it in
			}
			if _, err := r.office.SyncWith(s.ctx, s.hub, nil); err != nil {
				return fmt.Errorf("device %d does not exchange with an honest hub: %w", r.n, err)
			}
		}
	}
	there := map[ledger.Hash]bool{}
	if err := s.hub.Names(s.ctx, func(n sync.Name) error { there[n.Hash] = true; return nil }); err != nil {
		return err
	}
	held := s.held(s.all[0])
	if h, lacks := s.odd(held, func(h ledger.Hash) bool { return !there[h] }); lacks {
		return fmt.Errorf("the hub did not get again %s", s.name(h))
	}
	s.count("hubs made whole")
	return s.failed
}
