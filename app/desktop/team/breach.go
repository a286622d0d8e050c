package team

import (
	"context"

	"paradero/app/present"
	"paradero/data"
	"paradero/data/record"
	"paradero/reports"
)

// breaching is an office that knows what a device held.
type breaching interface {
	Breach(ctx context.Context, device record.ID, progress func(data.Progress)) (*data.Breach, error)
}

var _ breaching = (*data.Office)(nil)

// breach writes the report of what a device held, for who must be warned.
func (r *teamRoom) breach(d present.TeamDevice) {
	o, ok := r.host.Office().(breaching)
	if !ok {
		return
	}
	w := r.host.Words()
	r.host.PickSave(w.T("teamroom.breach.name")+".pdf", func(file string) {
		r.host.Progress(w.T("teamroom.breach.making"), func(ctx context.Context, report func(data.Progress)) func() {
			held, err := o.Breach(ctx, d.Key, report)
			var paper reports.Preview
			if err == nil {
				paper, err = reports.Breach(ctx, r.host.Office(), held)
			}
			if err == nil {
				err = r.host.WriteFile(file, paper.PDF)
				data.AuditOf(r.host.Office()).Exported(reports.BreachKind, held.Device.String(), len(held.People)) // also when writing failed half way
			}
			return func() {
				if err != nil {
					r.host.Fail(err)
					return
				}
				r.told, r.waits, r.paper = w.T("teamroom.breach.saved", file), false, file
				r.page.Redraw()
				r.page.ScrollTo(0)
			}
		})
	})
}
