package simulate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// secret is a word that was said to a circle only.
type secret struct {
	id   record.ID
	key  record.ID // that sealed it
	text string
}

// makeCircle lets a member make a circle with a colleague or two.
func (s *sim) makeCircle(r *replica) error {
	if len(s.circles) > 1 || r.ended {
		return nil
	}
	var with []record.ID
	for range 1 + s.rng.IntN(2) {
		with = append(with, s.all[s.rng.IntN(len(s.all))].keys.Member)
	}
	r.settle()
	got, err := r.office.NewCircle(s.ctx, "Círculo "+s.text(), with)
	if err != nil {
		return s.excuse(r, err)
	}
	s.count("circles made")
	s.circles = append(s.circles, got.ID)
	s.answered(r, got.Write)
	return nil
}

// changeCircle takes somebody into a circle or out of it, or gives its keys to
// devices that lack them.
func (s *sim) changeCircle(r *replica) error {
	list, err := r.office.Circles(s.ctx)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(c data.Circle) bool { return !c.Inside })
	if len(list) == 0 || r.ended {
		return nil
	}
	c := list[s.rng.IntN(len(list))]
	r.settle()
	if s.rng.IntN(3) == 0 {
		return s.excuse(r, r.office.ShareCircle(s.ctx, c.ID))
	}
	whom := s.all[s.rng.IntN(len(s.all))].keys.Member
	var members []record.ID
	for _, m := range c.Members {
		if m.ID != whom {
			members = append(members, m.ID)
		}
	}
	if len(members) == len(c.Members) {
		members = append(members, whom)
	}
	got, err := r.office.ChangeCircle(s.ctx, c.ID, "", members, "cambia el equipo")
	if err != nil {
		return s.excuse(r, err)
	}
	s.count("circles made others")
	s.answered(r, got.Write)
	return nil
}

// restrict makes a record one of a circle, or everybody's again.
func (s *sim) restrict(r *replica) error {
	t, ok := s.pick(record.Detainee, record.Contact, record.Case, record.Task)
	if !ok || len(s.circles) == 0 {
		return nil
	}
	list, err := r.office.Circles(s.ctx)
	if err != nil {
		return err
	}
	if list = slices.DeleteFunc(list, func(c data.Circle) bool { return !c.Inside }); len(list) == 0 {
		return nil
	}
	to := list[s.rng.IntN(len(list))].ID
	if s.rng.IntN(8) == 0 {
		to = record.ID{}
	}
	r.settle()
	got, err := r.office.Restrict(s.ctx, t.id, to, "la familia está amenazada")
	if err != nil {
		return s.excuse(r, err)
	}
	s.count("records restricted")
	s.answered(r, got.Write)
	s.confided = append(s.confided, t)
	return s.confide(r)
}

// confide writes in a record that was restricted to a circle once.
func (s *sim) confide(r *replica) error {
	if len(s.confided) == 0 {
		return nil
	}
	t := s.confided[s.rng.IntN(len(s.confided))]
	change := data.Change{Record: t.id, Kind: t.kind, Set: s.set(t.kind)}
	if t.kind == record.Detainee && s.rng.IntN(3) == 0 {
		change = data.Change{Record: t.id, Add: []data.Addition{{Kind: record.Claim, Values: map[string]string{
			"status": "reported_injured", "source": s.text(), "source_kind": "hospital", "when": "2026-11-20",
		}}}}
	}
	_, err := s.save(r, change)
	return err
}

// noteSecrets remembers the words of a save that a circle alone may read.
func (s *sim) noteSecrets(r *replica, said *data.Change, got data.Receipt) {
	if len(s.circles) == 0 || got.Write.Batch == (ledger.Hash{}) {
		return
	}
	s.frames(r)
	k := s.seen[got.Write.Batch]
	if k == nil || int(got.Write.Index) >= len(k.body.Changes) || k.body.Changes[got.Write.Index].Circle.IsZero() {
		return
	}
	s.count("changes that a circle sealed")
	key := k.body.Changes[got.Write.Index].Circle
	note := func(values map[string]string) {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if name != "legal_hold" && strings.Contains(values[name], "palabra") {
				s.secrets = append(s.secrets, secret{got.ID, key, values[name]})
			}
		}
	}
	note(said.Set)
	for _, a := range said.Add {
		note(a.Values)
	}
}

// mayRing is the law of circles: who is in one makes it, changes it, and restricts
// a record to it or takes it out.
func (m *model) mayRing(a *act) bool {
	c := a.change
	if m.roles[a.author] == "" || !c.Circle.IsZero() {
		return false
	}
	in := func(circle record.ID) bool { return slices.Contains(m.circles[circle], a.author) }
	if c.Op == ledger.OpRestrict {
		now := m.closed[c.Record]
		return (now.IsZero() || in(now)) && (c.Target.IsZero() || in(c.Target))
	}
	if _, known := m.circles[c.Record]; known {
		return in(c.Record)
	}
	return slices.Contains(membersIn(c), a.author)
}

func membersIn(c *ledger.Change) (out []record.ID) {
	text, _ := given(c, "members")
	for _, item := range record.SplitList(text) {
		if id, err := record.ParseID(item); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func (m *model) learnRing(c *ledger.Change) {
	if c.Op == ledger.OpRestrict {
		m.closed[c.Record], m.secret[c.Record] = c.Target, true
		return
	}
	if !c.Circle.IsZero() {
		m.secret[c.Record] = true
	}
	if _, ok := given(c, "members"); ok && c.Kind == record.Circle {
		m.circles[c.Record] = membersIn(c)
	}
}

// insiders gives, of each key of a circle, the members who were ever in that circle
// by anybody's word, lawful or not.
func (s *sim) insiders() map[record.ID]map[record.ID]bool {
	keys, people := map[record.ID]record.ID{}, map[record.ID]map[record.ID]bool{}
	for _, k := range s.seen {
		for i := range k.body.Changes {
			c := &k.body.Changes[i]
			if c.Kind != record.Circle {
				continue
			}
			if people[c.Record] == nil {
				people[c.Record] = map[record.ID]bool{}
			}
			for _, m := range membersIn(c) {
				people[c.Record][m] = true
			}
			for e := range c.Entries {
				if id, err := record.ParseID(c.Entries[e].Text(1)); err == nil && c.Entries[e].Kind == record.CircleKey {
					keys[id] = c.Record
				}
			}
		}
	}
	out := map[record.ID]map[record.ID]bool{}
	for key, circle := range keys {
		out[key] = people[circle]
	}
	return out
}

// checkSecrets: who was never in a circle finds nothing that was said to it, also
// after he was sent away; those who are in it and have its keys see the same.
func (s *sim) checkSecrets(m *model, stay []*replica) error {
	if len(s.secrets) == 0 {
		return nil
	}
	in := s.insiders()
	for _, w := range s.secrets {
		for _, r := range s.all {
			if in[w.key][r.keys.Member] {
				continue
			}
			if err := s.unseen(r, w); err != nil {
				return err
			}
			s.count("secrets kept")
		}
	}
	ids := map[record.ID]bool{}
	for _, w := range s.secrets {
		ids[w.id] = true
	}
	for id := range ids {
		if err := s.sameInside(id, stay); err != nil {
			return err
		}
	}
	return nil
}

func (s *sim) unseen(r *replica, w secret) error {
	got, err := r.office.Get(s.ctx, w.id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if got != nil {
		for name, vals := range got.Values {
			for _, v := range vals {
				if strings.Contains(v.Text, w.text) {
					return fmt.Errorf("device %d, whose member is in no circle, shows %q as %s of %s", r.n, w.text, name, w.id)
				}
			}
		}
		for _, e := range got.Entries {
			for _, name := range []string{"source", "text", "what"} {
				if strings.Contains(e.Get(name), w.text) {
					return fmt.Errorf("device %d, whose member is in no circle, shows %q in an entry of %s", r.n, w.text, w.id)
				}
			}
		}
	}
	return s.notFound(r, w.id, w.text)
}

// sameInside compares what those see who can read all of a record.
func (s *sim) sameInside(id record.ID, stay []*replica) error {
	var first *record.Record
	var whose int
	for _, r := range stay {
		got, err := r.office.Get(s.ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if got.Closed > 0 || got.Circled == 0 {
			continue
		}
		if s.count("records seen from inside"); first == nil {
			first, whose = got, r.n
			continue
		}
		for name := range first.Values {
			if first.Get(name) != got.Get(name) {
				return fmt.Errorf("%s of %s is %q on device %d and %q on device %d, and both read all of it:%s", name, id, first.Get(name), whose, got.Get(name), r.n, s.history(id))
			}
		}
	}
	return nil
}
