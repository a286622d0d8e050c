package simulate

import (
	"fmt"
	"path/filepath"
	"slices"

	"paradero/data"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
	"paradero/data/team"
	"paradero/data/vault"
)

// learnKeys takes the keys of epochs out of the vaults of all devices.
func (s *sim) learnKeys() {
	for _, r := range s.all {
		for number, key := range s.ring(r) {
			s.keys.keys[number] = key
		}
	}
}

// ring gives the keys of epochs that a device was given.
func (s *sim) ring(r *replica) map[uint32]vault.Key {
	v, err := vault.Unlock(s.ctx, r.dir, newSource(s.seed, 7777), passphrase)
	if err != nil {
		return nil // it is on its way in
	}
	defer v.Forget()
	out := map[uint32]vault.Key{}
	for number, key := range v.Keys().Epochs {
		out[number] = key
	}
	return out
}

func (r *replica) device() record.ID { return ledger.DeviceOf(signerOf(r.keys).Public()) }

// letIn invites somebody, who asks, is let in by the comparing of both screens, and
// works with a device of his own from then on.
func (s *sim) letIn(r *replica) error {
	if r = s.chief(r); r.ended || s.joined > 0 || len(s.all) > 4 {
		return nil
	}
	s.joined++
	role := []string{"lawyer", "social-worker"}[s.rng.IntN(2)]
	file := filepath.Join(s.dir, fmt.Sprintf("invitation-%d", s.counts["steps"]))
	r.settle()
	in, err := r.office.Invite(s.ctx, data.Inviting{Name: "Invitada", Role: role}, file)
	if err != nil {
		return s.excuse(r, err)
	}
	n := s.newReplica(role)
	if err := s.enter(r, n, in, file); err != nil {
		s.all = s.all[:len(s.all)-1]
		return s.excuse(r, err)
	}
	s.count("devices let in")
	if err := s.open(n); err != nil {
		return err
	}
	s.frames(r)
	_, err = s.deliver(n, s.frames(r))
	return err
}

// chief gives a device whose member leads: this one, or that of the founder.
func (s *sim) chief(r *replica) *replica {
	if s.role(r) == "coordinator" {
		return r
	}
	return s.all[0]
}

func (s *sim) enter(r, n *replica, in data.Invitation, file string) error {
	j, err := data.Join(s.ctx, n.config(), file, in.Code, passphrase)
	if err != nil {
		return err
	}
	look, err := r.office.LookAtRequest(s.ctx, j.Request())
	if err != nil {
		return err
	}
	if look.Words != j.Words || look.Picture != j.Picture {
		return fmt.Errorf("the screens show %q and %q", look.Words, j.Words)
	}
	welcome, err := r.office.Admit(s.ctx, j.Request())
	if err != nil {
		return err
	}
	if _, err := data.CompleteJoin(s.ctx, n.config(), welcome, passphrase, nil); err != nil {
		return err
	}
	v, err := vault.Unlock(s.ctx, n.dir, newSource(s.seed, 7777), passphrase)
	if err != nil {
		return err
	}
	n.keys = *v.Keys()
	n.home = store.NewMemory()
	return nil
}

// sendAway ends a colleague, one of his devices, or the intruder. Coordinators stay
// (see cut), and two who are not sent away.
func (s *sim) sendAway(r *replica) error {
	r = s.chief(r)
	var list []*replica
	stay := 0
	for _, o := range s.all {
		if !o.ended {
			stay++
		}
		if o != r && o.role != "coordinator" && !o.ended {
			list = append(list, o)
		}
	}
	id := ledger.DeviceOf(s.intruder.signer.Public())
	var of *replica
	if stay > 2 && len(list) > 0 && s.rng.IntN(3) > 0 {
		of = list[s.rng.IntN(len(list))]
		if id = of.device(); s.rng.IntN(2) == 0 {
			id = of.keys.Member
		}
	}
	r.settle()
	s.frames(r)
	before := len(r.acked)
	got, err := r.office.Remove(s.ctx, id, "se perdió el teléfono")
	if s.frames(r); of != nil && len(r.acked) > before {
		of.ended = true // also where it was said and the key failed to be renewed
	}
	if err != nil {
		return s.excuse(r, err)
	}
	s.count("removals done")
	s.answered(r, got.Receipt.Write)
	return nil
}

// memberOf gives whose device an act's is, also before it was let in.
func (m *model) memberOf(a *act) record.ID { return a.author }

// away tells whether a device, or its member, was sent away.
func (m *model) away(r *replica) bool {
	return len(m.cuts[r.device()]) > 0 || m.out[r.keys.Member]
}

// ending gives the batches that say that a device ended.
func (s *sim) ending(m *model, r *replica, held map[ledger.Hash]bool) (out []ledger.Hash) {
	for _, h := range sortedHashes(held) {
		for i := range s.seen[h].body.Changes {
			c := &s.seen[h].body.Changes[i]
			_, ended := given(c, "ended_at")
			on, _ := given(c, "removed_on")
			if c.Kind == record.Device && ended && m.rows[c.Record] == r.device() || c.Kind == record.Member && on != "" && c.Record == r.keys.Member {
				out = append(out, h)
			}
		}
	}
	return out
}

// checkAway: who was sent away cannot open what was written by those who knew of it,
// as soon as they had a key that was drawn in that knowledge.
func (s *sim) checkAway(m *model, held map[ledger.Hash]bool) error {
	for _, r := range s.all {
		if !m.away(r) {
			continue
		}
		s.count("devices away")
		ring := s.ring(r)
		cuts := s.ending(m, r, held)
		for _, h := range sortedHashes(held) {
			k := s.seen[h]
			if _, opens := ring[k.batch.Epoch]; !opens || bringsKeys(k.body) || k.evil != "" || k.batch.Device == r.device() || !s.program(k.batch.Device) {
				continue
			}
			for _, cut := range cuts {
				if !s.before(m, cut, h) {
					continue
				}
				if drawn, ok := s.lastKey(m, h); ok && s.before(m, cut, drawn) {
					return fmt.Errorf("device %d was sent away by %s, and can read %s, whose author had a key that was drawn after that (%s):%s", r.n, s.name(cut), s.name(h), s.name(drawn), s.keysSaid(k))
				}
				s.count("batches without a new key")
			}
		}
	}
	return nil
}

// program tells whether a device is one of those that run the program: foes seal
// with what they like.
func (s *sim) program(device record.ID) bool {
	return slices.ContainsFunc(s.all, func(r *replica) bool { return r.device() == device })
}

// bringsKeys tells of a batch that brings sealed keys and nothing else: it is sealed
// with the first key, so that who lacks all others can read it.
func bringsKeys(b *ledger.Body) bool {
	return !slices.ContainsFunc(b.Changes, func(c ledger.Change) bool { return c.Kind != record.Epoch })
}

// lastKey gives the batch that put the last key in use which the author of another
// knew and had been given: a batch that came to him without its values names a key
// and brings none.
func (s *sim) lastKey(m *model, of ledger.Hash) (ledger.Hash, bool) {
	author := s.seen[of].batch.Device
	since, to := map[record.ID]ledger.Hash{}, map[record.ID]bool{}
	var last record.ID
	past := s.pastOf(m, of)
	for h := range past {
		k := s.seen[h]
		if s.seen[of].bare[h] {
			continue
		}
		for i := range k.body.Changes {
			c := &k.body.Changes[i]
			if c.Kind != record.Epoch {
				continue
			}
			if _, ok := given(c, "since"); ok {
				since[c.Record] = h
			}
			to[c.Record] = to[c.Record] || k.batch.Device == author
			for e := range c.Entries {
				to[c.Record] = to[c.Record] || c.Entries[e].Text(1) == author.String()
			}
		}
	}
	for id, h := range since {
		if !to[id] {
			continue
		}
		if last.IsZero() || s.laterBatch(since[last], h) {
			last = id
		}
	}
	return since[last], !last.IsZero()
}

// keysSaid tells what was said of an epoch, for who reads of a failure.
func (s *sim) keysSaid(of *known) string {
	out := fmt.Sprintf(" sealed with %d:", of.batch.Epoch)
	for _, c := range of.body.Changes {
		out += fmt.Sprintf(" %s op %d %d fields", c.Kind, c.Op, len(c.Fields))
	}
	for _, h := range sortedHashes(s.seen) {
		for _, c := range s.seen[h].body.Changes {
			if c.Kind != record.Epoch {
				continue
			}
			_, since := given(&c, "since")
			out += fmt.Sprintf("\n    %s: %d, in use: %v, to", s.name(h), team.EpochNumber(c.Record), since)
			for e := range c.Entries {
				for _, r := range s.all {
					if c.Entries[e].Text(1) == r.device().String() {
						out += fmt.Sprintf(" %d", r.n)
					}
				}
			}
		}
	}
	return out
}

func (s *sim) laterBatch(a, b ledger.Hash) bool {
	x, y := s.seen[a].batch, s.seen[b].batch
	at := func(b *ledger.Batch) team.Place {
		return team.Place{Lamport: b.Lamport, Write: record.Write{Batch: b.Hash}}
	}
	return at(x).Compare(at(y)) < 0
}
