package present

import (
	"context"
	"io"
	"iter"

	"paradero/data"
	"paradero/data/exchange"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// IDs gives the records that the list shows, in its order.
func (p *People) IDs() []record.ID {
	ids := make([]record.ID, p.Len())
	for i := range ids {
		ids[i] = p.result.ID(i)
	}
	return ids
}

// WriteList writes the records of one kind among those named as CSV, with the
// headings that an import knows, and says how many. It is called away from the
// screen's goroutine.
func WriteList(ctx context.Context, env Env, kind record.Kind, ids []record.ID, to io.Writer, report func(data.Progress)) (int, error) {
	n := 0
	fields := append([]string{"id"}, exchange.ExportFields(kind)...)
	rows := func(yield func(exchange.Getter, error) bool) {
		for i, id := range ids {
			if err := ctx.Err(); err != nil {
				yield(nil, fault.Wrap(err, fault.Cancelled, "export", "cancelled"))
				return
			}
			r, err := env.API.Get(ctx, id)
			if fault.Is(err, fault.NotFound) {
				continue // deleted since the list was drawn
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if i%100 == 0 {
				report(data.Progress{Phase: "export", Done: i, Total: len(ids)})
			}
			if r.Kind != kind || r.Deleted || !r.Circle.IsZero() && r.Closed > 0 { // what is restricted to others
				continue
			}
			n++
			if !yield(exchange.Getter(rule.Text(r)), nil) {
				return
			}
		}
	}
	defer func() { data.AuditOf(env.API).Exported(kind.String(), "", n) }()
	err := exchange.WriteCSV(to, kind, fields, nil, iter.Seq2[exchange.Getter, error](rows), exchange.Style{Mark: true})
	return n, err
}
