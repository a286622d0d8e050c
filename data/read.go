package data

import (
	"context"
	"slices"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/record"
	"paradero/data/search"
)

// Get reads a record. NotFound when there is none or it was deleted.
func (o *Office) Get(ctx context.Context, id record.ID) (*record.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, fault.Wrap(err, fault.Cancelled, "read record", "cancelled")
	}
	r, err := o.read(id)
	if err != nil {
		return nil, err
	}
	if r.Deleted {
		return nil, fault.New(fault.NotFound, "read record", "not_found", id.String())
	}
	return r, nil
}

// enter waits for what was saved before and keeps working copy and journal in
// place until o.use is given back. A closed office has neither.
func (o *Office) enter(op string) error {
	o.order.wait()
	o.use.RLock()
	if o.shut {
		o.use.RUnlock()
		return fault.New(fault.Cancelled, op, "office_closed")
	}
	return nil
}

// readState is state for everybody but the folding goroutine: as who is signed in
// sees it.
func (o *Office) readState(id record.ID) (*fold.State, []fold.Place, error) {
	if err := o.enter("read record"); err != nil {
		return nil, nil, err
	}
	defer o.use.RUnlock()
	s, places, err := o.stateShown(id)
	if err != nil {
		return nil, nil, err
	}
	return o.insideOf(s, places), places, nil
}

func (o *Office) read(id record.ID) (*record.Record, error) {
	if o.away.has(id) {
		return nil, fault.New(fault.NotFound, "read record", "record_away")
	}
	s, _, err := o.readState(id)
	if isMissing(err) {
		if _, shown := o.Row(id); shown {
			o.suspect() // a row without its record: the working copy lost something
			return nil, fault.New(fault.Damaged, "read record", "store_damaged")
		}
		return nil, fault.New(fault.NotFound, "read record", "not_found", id.String())
	}
	if fault.Is(err, fault.Cancelled) {
		return nil, err
	}
	if err != nil {
		o.suspect()
		return nil, fault.Wrap(err, fault.Damaged, "read record", "store_damaged")
	}
	return o.asMerged(fold.View(s, o.names.get)), nil
}

// Links gives the records of a kind (0: any) that refer to a record or to one
// that was merged into it, oldest first. Records that were merged into others
// are not among them; MergedFrom gives those.
func (o *Office) Links(ctx context.Context, id record.ID, kind record.Kind) ([]*record.Record, error) {
	ids, err := o.linked(id, kind)
	if err != nil {
		return nil, err
	}
	for _, merged := range o.merges.from(id) {
		more, err := o.linked(merged, kind)
		if err != nil {
			return nil, err
		}
		for _, id := range more {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	out := make([]*record.Record, 0, len(ids))
	for _, id := range ids {
		r, err := o.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if r.MergedInto.IsZero() {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b *record.Record) int { return a.Created.Compare(b.Created) })
	return out, nil
}

func (o *Office) linked(id record.ID, kind record.Kind) ([]record.ID, error) {
	if err := o.enter("read links"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	ids, err := o.store.Links(id, kind)
	for _, other := range append(o.circles.linked(id, kind), o.opening.linked(id, kind)...) {
		if !slices.Contains(ids, other) {
			ids = append(ids, other)
		}
	}
	return ids, fault.Wrap(err, fault.Damaged, "read links", "store_damaged")
}

// Each gives every record of a kind to do, but those merged into another: those that stand in lists in the
// order of names, the others in the order of their ids.
func (o *Office) Each(ctx context.Context, kind record.Kind, do func(*record.Record) error) error {
	ids, err := o.idsOf(ctx, kind)
	if err != nil {
		return diskFault("read records", err)
	}
	for _, id := range ids {
		r, err := o.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

func (o *Office) idsOf(ctx context.Context, kind record.Kind) ([]record.ID, error) {
	var ids []record.ID
	if listed(kind) {
		rows := o.rows().Find(search.Query{Kinds: []record.Kind{kind}})
		for i := range rows.Len() {
			ids = append(ids, rows.ID(i))
		}
		return ids, nil
	}
	if err := o.enter("read records"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	err := o.store.Rows(ctx, kind, 1, func(_ record.Kind, id record.ID, row []byte) error {
		if len(row) > 0 {
			ids = append(ids, id)
		}
		return nil
	})
	for _, id := range o.opening.ids(kind) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// List gives the rows that a query asks for, by name or by how well they fit.
func (o *Office) List(ctx context.Context, q ListQuery) (*search.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, fault.Wrap(err, fault.Cancelled, "search", "cancelled")
	}
	query := search.Query{
		Text: q.Text, Life: q.Life, Release: q.Release, Facility: q.Facility, State: q.State, Flag: q.Flag,
	}
	if q.Kind != 0 {
		query.Kinds = []record.Kind{q.Kind}
	}
	return o.rows().Find(query), nil
}

// Row gives what lists show of a record.
func (o *Office) Row(id record.ID) (search.Row, bool) { return o.rows().Get(id) }

func (o *Office) rows() *search.Index {
	o.order.wait()
	o.use.RLock()
	defer o.use.RUnlock()
	return o.index
}

// Count says how many records of a kind there are; two that were merged are one.
func (o *Office) Count(kind record.Kind) int {
	o.order.wait()
	return o.counts.get(kind) + o.opening.more(kind) - o.merges.hidden(kind)
}

// Watch tells what changes until the context ends.
func (o *Office) Watch(ctx context.Context) <-chan Event {
	c := o.watchers.add()
	context.AfterFunc(ctx, func() { o.watchers.remove(c) })
	return c
}
