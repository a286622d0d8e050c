package data

import (
	"context"
	"slices"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
)

// telling is one change of a record as it was said, with whether it has effect.
type telling struct {
	fold.Piece
	refused string // the right that its author lacked
	lost    bool   // it stands in a damaged stretch of the journal
	closed  bool   // a circle sealed what its author may not say
	pos     ledger.Pos
}

// Timeline gives every change of a record with its author, in their one order.
// It reads only the frames in which they stand; what cannot be read is told as
// lost and keeps nothing else back.
func (o *Office) Timeline(ctx context.Context, id record.ID) ([]Moment, error) {
	s, told, err := o.tellings(ctx, id)
	if err != nil {
		return nil, err
	}
	was := map[uint16]string{}
	moments := make([]Moment, 0, len(told))
	for i := range told {
		moments = append(moments, o.moment(s, &told[i], was))
		moments[i].Created = i == 0
	}
	return moments, nil
}

// tellings reads all changes of a record, in their one order; lost ones first.
func (o *Office) tellings(ctx context.Context, id record.ID) (*fold.State, []telling, error) {
	const op = "read timeline"
	if err := o.enter(op); err != nil {
		return nil, nil, err
	}
	defer o.use.RUnlock()
	s, places, err := o.stateShown(id)
	if isMissing(err) {
		return nil, nil, fault.New(fault.NotFound, op, "not_found", id.String())
	}
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Damaged, op, "store_damaged")
	}
	told := make([]telling, 0, len(places))
	for _, p := range places {
		if err := ctx.Err(); err != nil {
			return nil, nil, fault.Wrap(err, fault.Cancelled, op, "cancelled")
		}
		t, err := o.telling(p)
		if err != nil {
			return nil, nil, diskFault(op, err)
		}
		told = append(told, t)
	}
	slices.SortStableFunc(told, func(a, b telling) int { return a.Origin.Order(&b.Origin) })
	return o.insideOf(s, places), told, nil
}

func (o *Office) telling(p fold.Place) (telling, error) {
	batch, body, err := o.readChange(p)
	if isForeign(err) {
		return telling{lost: true, pos: p.Pos}, nil
	}
	if err != nil {
		return telling{}, err
	}
	c := &body.Changes[p.Index]
	t := telling{Piece: fold.Piece{Change: c, Origin: originOf(batch, body, int(p.Index), c)}, pos: p.Pos}
	if ok, why := o.judge(batch.Seq, c, &t.Origin); !ok {
		t.refused = why
	} else if !c.Circle.IsZero() && !c.Closed {
		t.closed = !o.judgeInside(batch.Seq, c, t.Origin)
	}
	if t.closed { // what only its circle can read must hold by the law as well
		c.Veil()
	}
	return t, nil
}

// moment puts one change into a timeline; was holds what stood in each field
// before.
func (o *Office) moment(s *fold.State, t *telling, was map[uint16]string) Moment {
	if t.lost {
		return Moment{Lost: true}
	}
	c, from := t.Change, t.Origin
	m := Moment{
		Write: from.Write, At: from.When(), By: o.names.get(from.Author), Device: from.Device, List: c.List, Reason: c.Reason,
		Erased: c.Erased || s.Gone(from.Write), Erases: len(c.Erases), Refused: t.refused,
	}
	if c.List != "" {
		m.By = c.List
	}
	if !c.Circle.IsZero() {
		m.Circle, m.Closed = o.circles.ofKey(c.Circle), c.Closed
	}
	if c.Op == ledger.OpRestrict {
		m.Restricts, m.Circle = true, c.Target
	}
	if m.Erased || m.Closed {
		m.Reason, m.List = "", ""
		return m
	}
	schema := record.SchemaOf(s.Kind)
	for i := range c.Fields {
		num, text := c.Fields[i].Num, c.Fields[i].Text
		if num == ledger.FieldDeleted {
			m.Deleted, m.Restored = fold.IsDeletion(text), text != "" && !fold.IsDeletion(text)
			continue
		}
		if schema == nil {
			continue
		}
		if field, ok := schema.FieldNum(num); ok {
			m.Fields = append(m.Fields, Said{Field: field.Name, Text: text, Was: was[num]})
			if t.refused == "" {
				was[num] = text
			}
		}
	}
	one := &fold.State{Kind: s.Kind, Inside: true}
	fold.Apply(one, c, from)
	m.Entries = fold.View(one, o.names.get).Entries
	return m
}
