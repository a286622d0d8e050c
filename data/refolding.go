package data

import (
	"fmt"
	"slices"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/store"
	"paradero/data/team"
)

// newLaw is the law before anything is known; it is traced back to the device
// that the office was founded on.
func (o *Office) newLaw() *team.Law {
	k := o.vault.Keys()
	founder := record.ID(k.Founder)
	if founder.IsZero() {
		founder = ledger.DeviceOf(deviceKey{o.sign}.Public())
	}
	law := team.NewLaw(k.Office, founder)
	law.Follow(feedLinks{o})
	return law
}

// learn lets the law know of a change that makes law.
func (o *Office) learn(b *ledger.Batch, c *ledger.Change, from fold.Origin) {
	if team.Makes(c) && c.Circle.IsZero() && !valueless(c) && o.law.Learn(act(b.Seq, c, from)) {
		o.relaw.Store(true)
	}
}

// valueless tells whether a change cannot make law yet: its values are missing.
func valueless(c *ledger.Change) bool { return c.Erased && c.Op == ledger.OpEdit }

// readLaw lets the law know of a record that makes law, from its changes.
func (o *Office) readLaw(id record.ID) error {
	_, places, err := o.state(id)
	if err != nil {
		return err
	}
	for _, p := range places {
		b, body, err := o.readChange(p)
		if isForeign(err) {
			o.keys.unsure.Store(true)
			continue // damaged: verify names it
		}
		if err != nil {
			return err
		}
		c := &body.Changes[p.Index]
		if team.Makes(c) && c.Circle.IsZero() && !valueless(c) {
			o.law.Learn(act(b.Seq, c, originOf(b, body, int(p.Index), c)))
		}
	}
	return nil
}

// readJudged lets the law know what was judged before the office was closed.
func (o *Office) readJudged() error {
	o.law.Judged(team.Place{Lamport: o.feeds.Latest() + 1})
	for _, t := range o.feeds.Tips() {
		o.law.Heard(t.Device, t.Seq)
	}
	return o.store.Refused(func(w record.Write, b []byte) error {
		r, err := decodeRefusal(w, b)
		if err == nil && r.why == "enrolled" {
			o.law.Refused(r.device)
		}
		return err
	})
}

// judge tells whether a change has effect, and notes in its origin whether what
// takes two members took a second one's word there. While batches are lost here
// the law may be incomplete: then nothing is kept out that may be in order, but
// nothing is erased either.
func (o *Office) judge(seq uint64, c *ledger.Change, from *fold.Origin) (bool, string) {
	if team.Makes(c) && !c.Circle.IsZero() {
		return false, "team" // everybody must be able to read the law
	}
	a := act(seq, c, *from)
	ok, why, second, stale := o.law.Weigh(&a)
	from.Second = second
	if stale {
		o.relaw.Store(true)
	}
	if !ok && c.Op != ledger.OpErase && len(o.feeds.Gaps()) > 0 {
		return true, ""
	}
	return ok, why
}

// judgeInside judges what a circle sealed by what it says, for those who read it.
func (o *Office) judgeInside(seq uint64, c *ledger.Change, from fold.Origin) bool {
	open := *c
	open.Circle = record.ID{}
	a := act(seq, &open, from)
	ok, _ := o.law.Judge(&a)
	return ok
}

// act is a change as the law sees it: as everybody does.
func act(seq uint64, c *ledger.Change, from fold.Origin) team.Act {
	return team.Act{At: team.Place{Lamport: from.Lamport, Write: from.Write}, Device: from.Device, Seq: seq, Author: from.Author, Change: c.Veiled()}
}

// refold folds a record anew from all its changes in the journal, in their one
// order. What does not read any more is left as it was folded: then the new
// changes are added to that.
func (o *Office) refold(t *touched) error {
	fresh := map[record.Write]bool{}
	for i := range t.pieces {
		fresh[t.pieces[i].Origin.Write] = true
	}
	pieces := slices.Clone(t.pieces)
	for _, p := range t.places {
		b, body, err := o.readChange(p)
		if err != nil {
			if isForeign(err) {
				return o.addLate(t)
			}
			return err
		}
		c := &body.Changes[p.Index]
		from := originOf(b, body, int(p.Index), c)
		if fresh[from.Write] {
			continue
		}
		if ok, _ := o.judge(b.Seq, c, &from); ok {
			pieces = append(pieces, fold.Piece{Change: c, Origin: from})
		}
	}
	id, kind := t.state.ID, t.state.Kind
	if t.state = fold.All(pieces); len(t.state.Origins) == 0 {
		t.state.ID, t.state.Kind = id, kind
	}
	return nil
}

// addLate adds changes to a state that cannot be folded anew.
func (o *Office) addLate(t *touched) error {
	s, _, err := o.state(t.state.ID)
	if isMissing(err) {
		s, err = &fold.State{}, nil
	}
	if err != nil {
		return err
	}
	for i := range t.pieces {
		fold.Apply(s, t.pieces[i].Change, t.pieces[i].Origin)
	}
	t.state = s
	return nil
}

// readChange reads the batch at a place, with the values of that one change.
func (o *Office) readChange(p fold.Place) (*ledger.Batch, *ledger.Body, error) {
	b, _, err := o.journal.Read(p.Pos)
	if err != nil {
		return nil, nil, err
	}
	body, err := b.OpenOne(o.keys, int(p.Index))
	return b, body, err
}

// refusal is a change that has no effect: who made it may not.
type refusal struct {
	write  record.Write
	why    string
	device record.ID
	author record.ID
}

// putMissing notes the payloads that are to be taken out, and those that are
// missing though nothing erased them.
func (o *Office) putMissing(tx *store.Tx, list []*touched) error {
	for _, t := range list {
		for _, w := range t.erased {
			item, err := o.store.PurgeItem(w)
			if err != nil {
				return err
			}
			if err := tx.Put(item); err != nil {
				return err
			}
		}
		for _, h := range t.owed {
			o.owed.put(h, true)
			item, err := o.store.OwedItem(h)
			if err != nil {
				return err
			}
			if err := tx.Put(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// putRefused keeps refused changes in sight.
func (o *Office) putRefused(tx *store.Tx, list []refusal) error {
	for _, r := range list {
		b := cbor.AppendText(cbor.AppendArray(nil, 3), r.why)
		b = cbor.AppendBytes(cbor.AppendBytes(b, r.device[:]), r.author[:])
		item, err := o.store.RefusedItem(r.write, b)
		if err != nil {
			return err
		}
		if err := tx.Put(item); err != nil {
			return err
		}
	}
	return nil
}

func decodeRefusal(w record.Write, b []byte) (refusal, error) {
	out := refusal{write: w}
	r := cbor.NewReader(b)
	if r.Array(3) != 3 {
		r.Fail("refusal has not three parts")
	}
	out.why = r.Text()
	r.Fixed(out.device[:])
	r.Fixed(out.author[:])
	if err := r.Done(); err != nil {
		return refusal{}, fmt.Errorf("read refusal: %w", err)
	}
	return out, nil
}
