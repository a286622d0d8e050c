package simulate

import (
	"fmt"
	"slices"

	"paradero/data"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// ask is what waits for a second member's word, in the plain reading.
type ask struct {
	act    act
	fields []ledger.Field
	role   string
	done   bool
}

// word is what a member said to a proposal.
type word struct {
	of      record.Write
	verdict string
	author  record.ID
}

// death is a claim that somebody is dead for sure.
type death struct {
	act act
	id  record.ID
}

// cutAt is where a device ended, with all that its feed had before.
type cutAt struct {
	seq    uint64
	before map[ledger.Hash]bool
	lets   []string // the records of devices that go on for it
}

// beyond tells whether an act stands behind or beside its device's cut.
func (m *model) beyond(a *act) bool {
	if len(m.cuts[a.device]) == 0 && m.out[m.memberOf(a)] {
		return true // a device of somebody who was removed, which that did not know
	}
	return slices.ContainsFunc(m.cuts[a.device], func(c cutAt) bool { return !c.before[a.write.Batch] })
}

// cut takes in that a device ended. Here only coordinators end devices, and theirs
// never end, so that who may is settled without knowing the cuts.
func (s *sim) cut(m *model, a *act) {
	text, ok := given(a.change, "ended_at")
	device, known := m.rows[a.change.Record]
	seq, hash, err := team.ParseCut(text)
	if a.change.Kind != record.Device || !ok || !known || err != nil {
		return
	}
	lets, _ := given(a.change, "followed_by")
	c := cutAt{seq: seq, before: map[ledger.Hash]bool{}, lets: record.SplitList(lets)}
	for h := hash; h != (ledger.Hash{}) && s.seen[h] != nil; h = s.seen[h].batch.Prev {
		c.before[h] = true
	}
	m.found[device] = append(m.found[device], c)
}

// speaking counts the members who were given a device.
func (m *model) speaking(but ...record.ID) (all, chiefs int) {
	seen := map[record.ID]bool{}
	for _, member := range m.devices {
		if role := m.roles[member]; role != "" && !seen[member] {
			seen[member] = true
			all++
			if role == "coordinator" && !slices.Contains(but, member) {
				chiefs++
			}
		}
	}
	return all, chiefs
}

// second tells whether an act takes a second member's word at its place.
func (m *model) second(a *act) bool {
	c := a.change
	if a.device == m.founder && a.seq == 1 {
		return false
	}
	all, _ := m.speaking()
	role, given1 := given(c, "role")
	switch c.Kind {
	case record.Member:
		_, others := m.speaking(a.author, c.Record)
		if m.roles[c.Record] == "" && !m.gone[c.Record] {
			return role == "coordinator" && others > 0
		}
		return given1 && others > 0
	case record.Device, record.OfficeKind, record.Epoch, record.Circle:
		return false
	}
	return all > 1
}

// says reads the words on proposals in a change.
func says(a *act) (list []word, decides bool) {
	for _, e := range a.change.Entries {
		if e.Kind != record.Approval {
			continue
		}
		of, err := record.ParseWrite(e.Text(record.ApprovalOf))
		w := word{of, e.Text(record.ApprovalVerdict), a.author}
		decides = decides || w.verdict != record.Withdraw
		if err == nil {
			list = append(list, w)
		}
	}
	return list, decides
}

// decided gives what another member said first to a proposal, or that its author
// took it back before.
func (t *thing) decided(of act) string {
	for _, w := range t.words {
		own := w.author == of.author
		switch {
		case w.of != of.write:
		case own && (w.verdict == record.Withdraw || w.verdict == record.Refuse):
			return record.Withdraw
		case !own && (w.verdict == record.Approve || w.verdict == record.Refuse):
			return w.verdict
		}
	}
	return ""
}

// agreed tells whether another member ever said yes.
func (t *thing) agreed(of act) bool {
	return slices.ContainsFunc(t.words, func(w word) bool { return w.of == of.write && w.author != of.author && w.verdict == record.Approve })
}

// carryOut gives what was agreed to its effect.
func (m *model) carryOut(t *thing) {
	for _, a := range t.asks {
		switch {
		case a.done:
		case a.act.change.Op == ledger.OpErase && t.agreed(a.act):
			a.done = true
			t.erase(a.act.change.Erases)
		case a.act.change.Op == ledger.OpEdit && t.decided(a.act) == record.Approve:
			a.done = true
			if !m.gone[a.act.change.Record] {
				m.roles[a.act.change.Record] = a.role
			}
			for _, f := range a.fields {
				t.write(a.act, f)
			}
		}
	}
}

// write sets a field.
func (t *thing) write(a act, f ledger.Field) {
	live := slices.DeleteFunc(t.cells[f.Num], func(v said) bool { return slices.Contains(f.Pred, v.write) })
	if !a.change.Erased {
		live = append(live, said{a, f.Text})
	}
	t.cells[f.Num] = live
}

// checkSecond: a death stands as confirmed where two said so, or one alone when
// there was one only.
func (t *thing) checkSecond(got *record.Record) error {
	for _, d := range t.deaths {
		i := slices.IndexFunc(got.Entries, func(e record.Entry) bool { return e.ID == d.id })
		if i < 0 {
			continue
		}
		want := ""
		if d.act.second {
			if want = t.decided(d.act); want == "" {
				want = record.Waiting
			}
		}
		if got.Entries[i].Second != want {
			return fmt.Errorf("a death of %x stands as %q, not %q", d.act.write.Batch[:4], got.Entries[i].Second, want)
		}
	}
	return nil
}

// propose says that somebody is dead for sure.
func (s *sim) propose(r *replica) error {
	t, ok := s.pick(record.Detainee)
	if !ok {
		return nil
	}
	_, err := s.save(r, data.Change{Record: t.id, Add: []data.Addition{{Kind: record.Claim, Values: map[string]string{
		"status": "confirmed_dead", "source": s.text(), "source_kind": "authority", "method": "fingerprints", "proof": "informe", "when": "2026-11-20",
	}}}})
	return err
}

// secondWord says yes or no to something that waits.
func (s *sim) secondWord(r *replica) error {
	list, err := r.office.Proposals(s.ctx, false)
	if err != nil || len(list) == 0 {
		return err
	}
	may := slices.DeleteFunc(slices.Clone(list), func(p data.Proposal) bool { return !p.May })
	if len(may) > 0 && s.rng.IntN(5) > 0 {
		list = may
	}
	p := list[s.rng.IntN(len(list))]
	r.settle()
	var got data.Receipt
	if s.rng.IntN(4) > 0 {
		got, err = r.office.Approve(s.ctx, p.Write, "")
	} else {
		got, err = r.office.Refuse(s.ctx, p.Write, "no es así")
	}
	if err != nil {
		return s.excuse(r, err)
	}
	s.count("second words: " + p.What)
	s.answered(r, got.Write)
	s.frames(r)
	return nil
}

// attackSecond agrees to what a colleague proposed without the right, or to his own
// as if he were two.
func (s *sim) attackSecond(r *replica) error {
	list, err := r.office.Proposals(s.ctx, false)
	if err != nil || len(list) == 0 {
		return err
	}
	p := list[s.rng.IntN(len(list))]
	return s.evil(r, ledger.Change{Record: p.Record, Kind: p.Kind, Op: ledger.OpEdit, Rights: 1, Entries: []ledger.Entry{{
		Kind: record.Approval, Values: []ledger.Text{{Num: record.ApprovalOf, Text: p.Write.String()}, {Num: record.ApprovalVerdict, Text: record.Approve}},
	}}})
}

// attackCut ends a colleague's device as if he might.
func (s *sim) attackCut(r *replica) error {
	f, _ := record.SchemaOf(record.Device).Field("ended_at")
	return s.evil(r, ledger.Change{
		Record: s.all[0].office.Info().Device, Kind: record.Device, Op: ledger.OpEdit, Rights: 1,
		Fields: []ledger.Field{{Num: f.Num, Text: team.CutText(0, ledger.Hash{})}},
	})
}

// entriesOf notes what the entries of an act say of deaths and proposals.
func (t *thing) entriesOf(a act) {
	status, _ := record.SchemaOf(record.Claim).Field("status")
	for i := range a.change.Entries {
		id := fold.EntryID(a.write, i)
		t.entries = append(t.entries, id)
		if e := &a.change.Entries[i]; e.Kind == record.Claim && e.Text(status.Num) == "confirmed_dead" {
			t.deaths = append(t.deaths, death{a, id})
		}
	}
	list, _ := says(&a)
	t.words = append(t.words, list...)
}
