package simulate

import (
	"bytes"
	"fmt"
	"slices"

	"paradero/data"
	"paradero/data/ledger"
	"paradero/data/record"
)

// resolve decides a contradiction, one side or the other.
func (s *sim) resolve(r *replica) error {
	open, err := r.office.Contradictions(s.ctx)
	if err != nil || len(open) == 0 {
		return err
	}
	slices.SortFunc(open, func(a, b data.Contradiction) int {
		if c := bytes.Compare(a.Record[:], b.Record[:]); c != 0 {
			return c
		}
		return bytes.Compare([]byte(a.Field), []byte(b.Field))
	})
	c := open[s.rng.IntN(len(open))]
	if len(c.Sides) == 0 {
		return nil
	}
	side := c.Sides[s.rng.IntN(len(c.Sides))]
	r.settle()
	got, err := r.office.Resolve(s.ctx, data.Resolution{
		Record: c.Record, Field: c.Field, Choose: side.Write, Entry: side.Entry, Reason: "preguntamos otra vez",
	})
	if err != nil {
		return s.excuse(r, err)
	}
	s.count("contradictions resolved")
	s.answered(r, got.Write)
	return nil
}

// undo takes back something that this member said.
func (s *sim) undo(r *replica) error {
	if len(r.mine) == 0 {
		return nil
	}
	w := r.mine[max(0, len(r.mine)-1-s.rng.IntN(6))]
	r.settle()
	got, err := r.office.Undo(s.ctx, w, "fue un error")
	if err != nil {
		return s.excuse(r, err)
	}
	s.count("changes undone")
	s.answered(r, got.Write)
	return nil
}

// merge makes two records one, or two of one again.
func (s *sim) merge(r *replica) error {
	if len(r.merges) > 0 && s.rng.IntN(2) == 0 {
		w := r.merges[s.rng.IntN(len(r.merges))]
		r.settle()
		got, err := r.office.Unmerge(s.ctx, w, "son dos")
		if err != nil {
			return s.excuse(r, err)
		}
		s.count("merges taken back")
		s.answered(r, got.Write)
		return nil
	}
	kind := []record.Kind{record.Detainee, record.Contact}[s.rng.IntN(2)]
	keep, ok := s.pick(kind)
	other, ok2 := s.pick(kind)
	if !ok || !ok2 || keep == other {
		return nil
	}
	plan, err := r.office.MergePlan(s.ctx, keep.id, other.id)
	if err != nil {
		return s.excuse(r, err)
	}
	m := data.Merging{Keep: keep.id, Other: other.id, Reason: "es la misma persona"}
	for _, d := range plan.Doubts {
		m.Despite = append(m.Despite, d.Key)
	}
	r.settle()
	got, err := r.office.Merge(s.ctx, m)
	if err != nil {
		return s.excuse(r, err)
	}
	s.count("records merged")
	s.answered(r, got.Write)
	r.merges = append(r.merges, got.Write)
	return nil
}

// checkForks: who gave a number twice is named, and nobody else.
func (s *sim) checkForks(r *replica, held map[ledger.Hash]bool) error {
	numbers := map[record.ID]map[uint64]int{}
	twice := map[record.ID]bool{}
	for _, h := range sortedHashes(held) {
		b := s.seen[h].batch
		if numbers[b.Device] == nil {
			numbers[b.Device] = map[uint64]int{}
		}
		if numbers[b.Device][b.Seq]++; numbers[b.Device][b.Seq] > 1 {
			twice[b.Device] = true
		}
	}
	named := map[record.ID]bool{}
	for _, f := range r.office.Forks() {
		named[f.Device] = true
		if !twice[f.Device] {
			return fmt.Errorf("device %d says that %s gave a number twice, and it did not", r.n, f.Device)
		}
	}
	for d := range twice {
		if !named[d] {
			return fmt.Errorf("device %d does not say that %s gave a number twice", r.n, d)
		}
	}
	s.counts["forks known"] += len(named)
	return nil
}
