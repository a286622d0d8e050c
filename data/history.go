package data

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
)

// utterance is one change of a record as it stands in the journal.
type utterance struct {
	change *ledger.Change
	from   fold.Origin
}

func (u *utterance) text(num uint16) (string, bool) {
	for i := range u.change.Fields {
		if u.change.Fields[i].Num == num {
			return u.change.Fields[i].Text, true
		}
	}
	return "", false
}

// history reads a record with every change of it that has effect and can be
// read, in their one order.
func (o *Office) history(ctx context.Context, op string, id record.ID) (*fold.State, []utterance, error) {
	s, told, err := o.tellings(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	said := make([]utterance, 0, len(told))
	for i := range told {
		if t := &told[i]; t.refused == "" && !t.lost {
			said = append(said, utterance{t.Change, t.Origin})
		}
	}
	return s, said, nil
}

func (o *Office) openAt(pos ledger.Pos) (*ledger.Batch, *ledger.Body, error) {
	batch, _, err := o.journal.Read(pos)
	if err != nil {
		return nil, nil, err
	}
	body, err := batch.Open(o.keys)
	return batch, body, err
}

// AsOf gives a record as it was known in this office at a moment: what had been
// said by then, by the clocks of those who said it. NotFound when nothing had.
func (o *Office) AsOf(ctx context.Context, id record.ID, at time.Time) (*record.Record, error) {
	const op = "read record"
	_, said, err := o.history(ctx, op, id)
	if err != nil {
		return nil, err
	}
	var known []fold.Piece
	for _, u := range said {
		if !u.from.When().After(at) {
			known = append(known, fold.Piece{Change: u.change, Origin: u.from})
		}
	}
	then := fold.Inside(known)
	if len(then.Origins) == 0 {
		return nil, fault.New(fault.NotFound, op, "not_known_then", at.Format("2006-01-02 15:04"))
	}
	r := fold.View(then, o.names.get)
	r.Seen = nil // nobody edits the past
	if into := r.Ref("merged_into"); len(r.Values["merged_into"]) == 1 {
		r.MergedInto = into
	}
	return r, nil
}

// FindChange gives the change that the beginning of its name means: at least
// eight letters, with a point and the place in its batch where the batch holds
// several. in, when given, is the record among whose changes it is looked for first.
func (o *Office) FindChange(ctx context.Context, text string, in record.ID) (record.Write, error) {
	const op = "find change"
	start, index, err := record.SplitWrite(text)
	if err != nil {
		return record.Write{}, err
	}
	if !in.IsZero() {
		if w, err := o.findIn(ctx, in, start, index); err == nil {
			return w, nil
		}
	}
	at, err := o.batches(op, start)
	if err != nil {
		return record.Write{}, err
	}
	switch {
	case len(at) == 0:
		return record.Write{}, fault.New(fault.NotFound, op, "change_not_found", text)
	case len(at) > 1:
		return record.Write{}, fault.New(fault.Invalid, op, "change_not_unique", text)
	}
	batch, body, err := o.openAt(at[0])
	switch {
	case err != nil:
		return record.Write{}, diskFault(op, err)
	case index < 0 && len(body.Changes) > 1:
		return record.Write{}, fault.New(fault.Invalid, op, "change_not_unique", text)
	case index >= len(body.Changes):
		return record.Write{}, fault.New(fault.NotFound, op, "change_not_found", text)
	}
	return record.Write{Batch: batch.Hash, Index: uint16(max(index, 0))}, nil
}

// findIn looks among the changes of one record.
func (o *Office) findIn(ctx context.Context, id record.ID, start string, index int) (record.Write, error) {
	_, said, err := o.history(ctx, "find change", id)
	if err != nil {
		return record.Write{}, err
	}
	var found []record.Write
	for _, u := range said {
		if w := u.from.Write; strings.HasPrefix(w.String(), start) && (index < 0 || int(w.Index) == index) {
			found = append(found, w)
		}
	}
	if len(found) != 1 {
		return record.Write{}, fault.New(fault.Invalid, "find change", "change_not_unique", start)
	}
	return found[0], nil
}

// batches gives where the batches stand whose hash begins so.
func (o *Office) batches(op, start string) ([]ledger.Pos, error) {
	if err := o.enter(op); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	hashes, err := o.store.FindBatches(start)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, op, "store_damaged")
	}
	var found []ledger.Pos
	for _, h := range hashes {
		if at, ok := o.where(h); ok {
			found = append(found, at.Pos)
		}
	}
	return found, nil
}

// backwards gives the journal's batches to do, the newest segment first, the
// batches of each oldest first, until do says that it has seen enough.
func (o *Office) backwards(ctx context.Context, op string, do func([]ledger.Pos) (bool, error)) error {
	if err := o.enter(op); err != nil {
		return err
	}
	defer o.use.RUnlock()
	first := o.journal.Start().Segment
	for n := o.journal.End().Segment; n >= first && n > 0; n-- {
		var stretch []ledger.Pos
		past := errors.New("past the segment")
		_, err := o.journal.Scan(ctx, ledger.Pos{Segment: n}, func(pos ledger.Pos, _ *ledger.Batch) error {
			if pos.Segment != n {
				return past
			}
			stretch = append(stretch, pos)
			return nil
		})
		if err != nil && !errors.Is(err, past) {
			return diskFault(op, err)
		}
		enough, err := do(stretch)
		if err != nil || enough {
			return err
		}
	}
	return nil
}

// change reads one change by its name, with its batch.
func (o *Office) change(ctx context.Context, op string, w record.Write) (*ledger.Batch, *ledger.Body, error) {
	start, _, err := record.SplitWrite(w.String())
	if err != nil {
		return nil, nil, err
	}
	at, err := o.batches(op, start)
	if err != nil {
		return nil, nil, err
	}
	if len(at) == 0 {
		return nil, nil, fault.New(fault.NotFound, op, "change_not_found", w.String())
	}
	if err := o.enter(op); err != nil {
		return nil, nil, err
	}
	defer o.use.RUnlock()
	batch, body, err := o.openAt(at[0])
	if err != nil {
		return nil, nil, diskFault(op, err)
	}
	if int(w.Index) >= len(body.Changes) {
		return nil, nil, fault.New(fault.NotFound, op, "change_not_found", w.String())
	}
	return batch, body, nil
}

// Recent is a change by the member who is signed in.
type Recent struct {
	Moment
	Record record.ID
	Kind   record.Kind
	Undoes record.Write // the change that this one set back; zero when it said something new
	Undone bool         // a later one of these set it back
}

// mostLooked bounds how many of the office's batches Mine looks at.
const mostLooked = 4000

// Mine gives the last changes of the member who is signed in, newest first:
// what he may want to undo. What founded the office is not among them.
func (o *Office) Mine(ctx context.Context, limit int) ([]Recent, error) {
	const op = "read my changes"
	me := o.Info().Member
	var out []Recent
	looked := 0
	err := o.backwards(ctx, op, func(stretch []ledger.Pos) (bool, error) {
		for _, at := range slices.Backward(stretch) {
			if looked++; looked > mostLooked || len(out) >= limit {
				return true, nil
			}
			batch, body, err := o.openAt(at)
			if err != nil || body.Author != me {
				continue // what cannot be read is verify's matter
			}
			for i := len(body.Changes) - 1; i >= 0 && len(out) < limit; i-- {
				c := &body.Changes[i]
				if c.List != "" || founding(c.Kind) {
					continue
				}
				t := telling{Piece: fold.Piece{Change: c, Origin: originOf(batch, body, i, c)}}
				m := o.moment(&fold.State{Kind: c.Kind}, &t, map[uint16]string{})
				out = append(out, Recent{Moment: m, Record: c.Record, Kind: c.Kind})
			}
		}
		return len(out) >= limit, nil
	})
	if err != nil {
		return nil, err
	}
	return out, o.pairUndone(ctx, out)
}

// founding are the kinds whose records make the office and its team, and what is
// kept of it: nobody undoes them.
func founding(k record.Kind) bool {
	return k == record.OfficeKind || k == record.Member || k == record.Device || ownWay(k)
}

// ownWay are the kinds that are written in their own way and in no other.
func ownWay(k record.Kind) bool { return k == record.Circle || k == record.Access || k == record.Epoch }

// pairUndone finds out which of a member's changes set back which. What a later
// one set back again sets nothing back itself.
func (o *Office) pairUndone(ctx context.Context, mine []Recent) error {
	read := map[record.ID][]utterance{}
	undone := map[record.Write]bool{}
	for i := range mine {
		r := &mine[i]
		said, ok := read[r.Record]
		if !ok {
			var err error
			if _, said, err = o.history(ctx, "read my changes", r.Record); err != nil {
				return err
			}
			read[r.Record] = said
		}
		describe(&r.Moment, said, r.Kind)
		r.Undone = undone[r.Write]
		if target := undoes(said, r.Write); !target.IsZero() {
			r.Undoes = target
			if !r.Undone {
				undone[target] = true
			}
		}
	}
	return nil
}

// describe fills in what each field of a change replaced.
func describe(m *Moment, said []utterance, kind record.Kind) {
	schema := record.SchemaOf(kind)
	m.Created = len(said) > 0 && said[0].from.Write == m.Write
	for _, u := range said {
		if u.from.Write != m.Write || schema == nil {
			continue
		}
		for i := range m.Fields {
			f, ok := schema.Field(m.Fields[i].Field)
			if !ok {
				continue
			}
			if was := before(said, u.change, f.Num); len(was) > 0 {
				m.Fields[i].Was = was[len(was)-1]
			}
		}
	}
}

// before gives the texts that a change replaced in a field, the shown one last.
func before(said []utterance, c *ledger.Change, num uint16) []string {
	texts, _ := replaced(said, c, num, nil)
	return texts
}

// replaced gives the texts of the writes that a change names in a field, but
// those of own, in the order of the ledger; whole is false when one is erased.
func replaced(said []utterance, c *ledger.Change, num uint16, own map[record.Write]bool) (texts []string, whole bool) {
	var from []*utterance
	whole = true
	for i := range c.Fields {
		if c.Fields[i].Num != num {
			continue
		}
		for _, p := range c.Fields[i].Pred {
			k := slices.IndexFunc(said, func(u utterance) bool { return u.from.Write == p })
			if k < 0 || own[p] {
				continue
			}
			if said[k].change.Erased {
				whole = false
				continue
			}
			from = append(from, &said[k])
		}
	}
	slices.SortFunc(from, func(a, b *utterance) int { return a.from.Order(&b.from) })
	for _, u := range from {
		if text, ok := u.text(num); ok && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts, whole
}
