package simulate

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// heal lets everything reach everybody, until nothing new comes.
func (s *sim) heal() error {
	for _, r := range s.all {
		r.away = 0
		if r.hurt { // what is damaged is known to who looks
			if _, err := r.office.Verify(s.ctx, nil); err != nil {
				return err
			}
			r.told, r.hurt = nil, false
		}
	}
	if err := s.post(true); err != nil {
		return err
	}
	last := ""
	for range 8 {
		moved := 0
		for _, from := range s.all {
			frames := s.frames(from)
			for _, to := range s.all {
				if to == from {
					continue
				}
				got, err := s.deliver(to, frames)
				if err != nil {
					return fmt.Errorf("device %d does not take in what device %d has: %w", to.n, from.n, err)
				}
				if got.Taken+got.Refilled > 0 {
					last = fmt.Sprintf("device %d took %d and mended %d from device %d", to.n, got.Taken, got.Refilled, from.n)
				}
				moved += got.Taken + got.Refilled
				for _, no := range got.Refused {
					if !from.acked[no.Hash] {
						continue // it waited, and what it waited for has come
					}
					return fmt.Errorf("device %d refuses %s, which device %d holds: %s", to.n, s.name(no.Hash), from.n, no.Why)
				}
			}
		}
		if moved == 0 {
			s.stripped = false
			clear(s.bare)
			return s.failed
		}
	}
	return fmt.Errorf("the devices do not come to rest: %s", last)
}

// quiet heals and checks everything that must hold when all know all.
func (s *sim) quiet() error {
	s.count("quiet points")
	must := map[ledger.Hash]bool{}
	for _, r := range s.all {
		maps.Copy(must, r.acked)
	}
	if err := s.heal(); err != nil {
		return err
	}
	held := s.held(s.all[0])
	if h, lost := s.odd(must, func(h ledger.Hash) bool { return !held[h] }); lost {
		return fmt.Errorf("%s is lost, which a device had answered for", s.name(h))
	}
	m := s.model(held)
	stay := slices.DeleteFunc(slices.Clone(s.all), func(r *replica) bool { return m.away(r) })
	for _, r := range stay[1:] {
		theirs := s.held(r)
		if maps.Equal(held, theirs) {
			continue
		}
		if h, ok := s.odd(held, func(h ledger.Hash) bool { return !theirs[h] }); ok {
			return fmt.Errorf("device %d does not hold %s", r.n, s.name(h))
		}
		h, _ := s.odd(theirs, func(h ledger.Hash) bool { return !held[h] })
		return fmt.Errorf("device 0 does not hold %s, as device %d does", s.name(h), r.n)
	}
	if err := s.checkOrder(held); err != nil {
		return err
	}
	for _, r := range stay {
		if err := s.checkWaiting(r, held); err != nil {
			return err
		}
		if err := s.checkForks(r, held); err != nil {
			return err
		}
		if err := s.checkRecords(r, m); err != nil {
			return err
		}
		if err := s.checkErased(r, m); err != nil {
			return err
		}
	}
	if err := s.checkAway(m, held); err != nil {
		return err
	}
	if err := s.checkSecrets(m, stay); err != nil {
		return err
	}
	return s.checkEvil(m)
}

// odd gives the least hash of a set that a test is true of.
func (s *sim) odd(set map[ledger.Hash]bool, is func(ledger.Hash) bool) (ledger.Hash, bool) {
	for _, h := range sortedHashes(set) {
		if is(h) {
			return h, true
		}
	}
	return ledger.Hash{}, false
}

func sortedHashes[V any](set map[ledger.Hash]V) []ledger.Hash {
	return slices.SortedFunc(maps.Keys(set), func(a, b ledger.Hash) int { return bytes.Compare(a[:], b[:]) })
}

// name tells a batch for who reads of a failure.
func (s *sim) name(h ledger.Hash) string {
	k := s.seen[h]
	if k == nil {
		return fmt.Sprintf("%x", h[:4])
	}
	whose := "a foe"
	for _, r := range s.all {
		if ledger.DeviceOf(signerOf(r.keys).Public()) == k.batch.Device {
			whose = fmt.Sprintf("device %d", r.n)
		}
	}
	return fmt.Sprintf("%x (%s's %d, at %d) %s", h[:4], whose, k.batch.Seq, k.batch.Lamport, k.evil)
}

func (s *sim) held(r *replica) map[ledger.Hash]bool {
	out := map[ledger.Hash]bool{}
	for _, f := range s.frames(r) {
		if b, err := ledger.ReadFrame(f); err == nil {
			out[b.Hash] = true
		}
	}
	return out
}

// checkOrder: time goes forward along every link, by exactly one from the latest.
func (s *sim) checkOrder(held map[ledger.Hash]bool) error {
	for h := range held {
		b, lamport := s.seen[h].batch, uint64(0)
		for _, d := range append(slices.Clone(b.Deps), b.Prev) {
			if d == (ledger.Hash{}) {
				continue
			}
			if !held[d] {
				return fmt.Errorf("%x was taken in without %x, on which it depends", h[:4], d[:4])
			}
			lamport = max(lamport, s.seen[d].batch.Lamport)
		}
		if b.Lamport != lamport+1 {
			return fmt.Errorf("%x stands at %d, behind %d", h[:4], b.Lamport, lamport)
		}
	}
	return nil
}

// checkWaiting: what still waits waits for what nobody has.
func (s *sim) checkWaiting(r *replica, held map[ledger.Hash]bool) error {
	waiting := map[ledger.Hash]bool{}
	for _, w := range r.office.Waiting() {
		waiting[w.Hash] = true
	}
	for _, w := range r.office.Waiting() {
		if held[w.Misses] {
			return fmt.Errorf("device %d: %x is stuck, though %x is there", r.n, w.Hash[:4], w.Misses[:4])
		}
	}
	if gaps := r.office.Gaps(); len(gaps) > 0 {
		return fmt.Errorf("device %d still lacks %d batches", r.n, len(gaps))
	}
	return nil
}

func (s *sim) checkRecords(r *replica, m *model) error {
	open, err := r.office.Contradictions(s.ctx)
	if err != nil {
		return err
	}
	mine, err := r.office.Digest(s.ctx)
	if err != nil {
		return err
	}
	first, err := s.all[0].office.Digest(s.ctx)
	if err != nil {
		return err
	}
	if len(mine) != len(first) {
		return fmt.Errorf("device %d has %d records, device 0 %d", r.n, len(mine), len(first))
	}
	counts := map[record.Kind]int{}
	for _, id := range sortedIDs(m) {
		t := m.records[id]
		if mine[id] != first[id] || mine[id] == ([32]byte{}) {
			return fmt.Errorf("%s %s is another on device %d than on device 0:%s", t.kind, id, r.n, s.history(id))
		}
		got, err := r.office.Get(s.ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if m.secret[id] {
			// what a circle sealed of it is not in the plain reading: that all hold the same must do
		} else if err := s.checkRecord(m, t, got, contradicted(open, id)); err != nil {
			return fmt.Errorf("device %d, %s %s: %w:%s", r.n, t.kind, id, err, s.history(id))
		}
		if got != nil {
			counts[t.kind]++
			if !got.MergedInto.IsZero() {
				counts[t.kind]--
			}
		}
	}
	for id := range mine {
		if m.records[id] == nil {
			if got, err := r.office.Get(s.ctx, id); err == nil {
				return fmt.Errorf("device %d shows %s %s, of which nobody had a right to speak:%s", r.n, got.Kind, id, s.history(id))
			}
		}
	}
	for _, schema := range record.Kinds() {
		if n := r.office.Count(schema.Kind); n != counts[schema.Kind] {
			return fmt.Errorf("device %d counts %d of %s, and has %d; device 0 counts %d", r.n, n, schema.Name, counts[schema.Kind], s.all[0].office.Count(schema.Kind))
		}
	}
	return nil
}

// history tells what was said of a record, for who reads of a failure.
func (s *sim) history(id record.ID) string {
	var acts []act
	for _, h := range sortedHashes(s.seen) {
		k := s.seen[h]
		for i := range k.body.Changes {
			if k.body.Changes[i].Record == id {
				acts = append(acts, act{
					lamport: k.batch.Lamport, write: record.Write{Batch: h, Index: uint16(i)}, device: k.batch.Device,
					seq: k.batch.Seq, author: k.body.Author, change: &k.body.Changes[i],
				})
			}
		}
	}
	slices.SortFunc(acts, later)
	var b strings.Builder
	for _, a := range acts {
		fmt.Fprintf(&b, "\n    %s.%d: %s op %d,", s.name(a.write.Batch), a.write.Index, a.change.Kind, a.change.Op)
		for _, f := range a.change.Fields {
			fmt.Fprintf(&b, " %d=%q for %d", f.Num, f.Text, len(f.Pred))
		}
		fmt.Fprintf(&b, " %d entries", len(a.change.Entries))
	}
	return b.String()
}

func sortedIDs(m *model) []record.ID {
	return slices.SortedFunc(maps.Keys(m.records), func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) })
}

func contradicted(open []data.Contradiction, id record.ID) map[string]bool {
	out := map[string]bool{}
	for _, c := range open {
		if c.Record == id {
			out[c.Field] = true
		}
	}
	return out
}

// checkRecord compares a record as a reader finds it with what was said.
func (s *sim) checkRecord(m *model, t *thing, got *record.Record, open map[string]bool) error {
	away, back := t.deletions()
	if len(t.erased) > 0 {
		if got != nil {
			return fmt.Errorf("is shown, and was erased")
		}
		return nil
	}
	unknowing := back || s.writtenUnknowing(m, t, away)
	switch {
	case got == nil && len(away) == 0:
		return fmt.Errorf("is not shown, and nobody took it away")
	case got == nil && unknowing:
		return fmt.Errorf("is not shown, though somebody wrote in it who did not know that it was taken away")
	case got == nil:
		return nil
	case len(away) > 0 && unknowing && !open["deleted"]:
		return fmt.Errorf("was written in by somebody who did not know that it was taken away, and nobody is told")
	}
	schema := record.SchemaOf(t.kind)
	for i := range schema.Fields {
		f := &schema.Fields[i]
		if err := s.checkField(f, t.shown(f.Num), got.Values[f.Name]); err != nil {
			return err
		}
		if f.Critical && len(t.shown(f.Num)) > 1 && !open[f.Name] && got.MergedInto.IsZero() {
			return fmt.Errorf("two values of %s and no contradiction", f.Name)
		}
	}
	var ids []record.ID
	for i := range got.Entries {
		ids = append(ids, got.Entries[i].ID)
	}
	if !slices.Equal(ids, t.entries) {
		return fmt.Errorf("%d entries, not the %d that were added", len(ids), len(t.entries))
	}
	return t.checkSecond(got)
}

func (s *sim) checkField(f *record.Field, want []said, got []record.Val) error {
	if len(want) == 1 && want[0].text == "" {
		want = nil
	}
	if len(want) != len(got) {
		return fmt.Errorf("%s has %d values, not %d", f.Name, len(got), len(want))
	}
	if f.Type == record.Ref || f.Type == record.Refs {
		return nil // shown by whom they were merged into
	}
	for i := range want {
		if got[i].Text != want[i].text || got[i].Write != want[i].write {
			return fmt.Errorf("%s shows %q of %x in place %d, not %q of %x", f.Name, got[i].Text, got[i].Write.Batch[:4], i, want[i].text, want[i].write.Batch[:4])
		}
	}
	return nil
}

// writtenUnknowing tells whether something lives that was written beside every
// deletion: neither had seen the other.
func (s *sim) writtenUnknowing(m *model, t *thing, away []said) bool {
	beside := func(a act) bool {
		return len(away) > 0 && !slices.ContainsFunc(away, func(d said) bool {
			return d.write.Batch == a.write.Batch || s.before(m, a.write.Batch, d.write.Batch) || s.before(m, d.write.Batch, a.write.Batch)
		})
	}
	for num, live := range t.cells {
		if num != ledger.FieldDeleted && slices.ContainsFunc(live, func(v said) bool { return beside(v.act) }) {
			return true
		}
	}
	return false
}

// checkErased: nothing of what was erased can be read, found or dug out.
func (s *sim) checkErased(r *replica, m *model) error {
	for _, id := range sortedIDs(m) {
		t := m.records[id]
		again := map[string]bool{} // said by somebody who is not erased too
		for _, a := range t.acts {
			for _, f := range a.change.Fields {
				again[f.Text] = again[f.Text] || !t.erased[a.write]
			}
		}
		for w := range t.erased {
			k := s.seen[w.Batch]
			if k == nil {
				continue
			}
			if p := k.batch.Payloads[w.Index]; p != nil && r.disk.Holds(p) {
				return fmt.Errorf("device %d still has the sealed values of %x.%d, which were erased", r.n, w.Batch[:4], w.Index)
			}
			for _, f := range k.body.Changes[w.Index].Fields {
				if again[f.Text] {
					continue
				}
				if err := s.notFound(r, id, f.Text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *sim) notFound(r *replica, id record.ID, text string) error {
	if !strings.Contains(text, "palabra") {
		return nil
	}
	list, err := r.office.List(s.ctx, data.ListQuery{Text: text})
	if err != nil {
		return err
	}
	for i := range list.Len() {
		if list.ID(i) == id {
			return fmt.Errorf("device %d finds %s by %q, which was erased", r.n, id, text)
		}
	}
	moments, err := r.office.Timeline(s.ctx, id)
	if err != nil {
		return err
	}
	for _, m := range moments {
		for _, f := range m.Fields {
			if f.Text == text || f.Was == text {
				return fmt.Errorf("device %d tells %q of %s, which was erased", r.n, text, id)
			}
		}
	}
	return nil
}

// checkEvil: what nobody had a right to say has no effect, by the law as this
// program of tests reads it too.
func (s *sim) checkEvil(m *model) error {
	for id, t := range m.records {
		for _, a := range t.acts {
			if why := s.seen[a.write.Batch].evil; why != "" {
				return fmt.Errorf("the simulation itself lets %s in: %s %s", why, t.kind, id)
			}
		}
	}
	return nil
}
