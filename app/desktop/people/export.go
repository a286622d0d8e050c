package people

import (
	"context"
	"io"

	"paradero/app"
	"paradero/app/present"
	"paradero/data"
	"paradero/data/record"
)

// Export writes the persons that the list shows as CSV, after saying that such
// a file is open to whoever has it.
func (r *peopleRoom) Export() {
	w := r.host.Words()
	kind, name := record.Detainee, w.T("export.file.detainees")
	if r.list.Query().Kind == record.Contact {
		kind, name = record.Contact, w.T("export.file.contacts")
	}
	ids := r.list.IDs()
	if len(ids) == 0 {
		r.host.Warn(w.T("export.nobody"))
		return
	}
	name += "-" + r.env.Day() + ".csv"
	r.host.Ask(w.N("export.ask", len(ids)), w.T("export.ask.text"), w.T("export.ask.yes"), false, func() {
		r.host.PickSave(name, func(path string) { r.export(path, kind, ids) })
	})
}

func (r *peopleRoom) export(path string, kind record.Kind, ids []record.ID) {
	env := r.env
	r.host.Progress(r.host.Words().T("export.writing"), func(ctx context.Context, report func(data.Progress)) func() {
		n := 0
		err := app.WriteFile(path, func(to io.Writer) (err error) {
			n, err = present.WriteList(ctx, env, kind, ids, to, report)
			return err
		})
		return func() {
			if err != nil {
				r.host.Fail(err)
				return
			}
			r.host.Say(r.host.Words().N("export.done", n, path))
		}
	})
}

// write writes a small file and says where it is.
func (r *peopleRoom) write(path string, write func(io.Writer) error) {
	r.host.Work("people.write", func(context.Context) func() {
		err := app.WriteFile(path, write)
		return func() {
			if err != nil {
				r.host.Fail(err)
				return
			}
			r.host.Say(r.host.Words().T("import.saved", path))
		}
	})
}
