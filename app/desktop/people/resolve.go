package people

import (
	"fyne.io/fyne/v2"

	"paradero/app/desktop/sheet"
	"paradero/app/present"
	"paradero/app/widget"
)

// resolveField asks which of two values of a fact stands, and why.
func (v *personView) resolveField(c present.Clash) {
	v.page.Begin(func() *sheet.Open {
		w, f := v.host.Words(), v.vm.ResolveField(c)
		values, labels := make([]string, 0, len(f.Values)), make([]string, 0, len(f.Values))
		for _, o := range f.Values {
			values, labels = append(values, o.Value), append(labels, widget.Veil(o.Label))
		}
		choice := widget.NewSelect(values, labels, w.T("form.choose"))
		choice.OnValue = func(value string) { f.Choice = value }
		reason, below := widget.NewMultiEntry(2), widget.NewErrorText()
		reason.OnChanged = func(s string) { f.Reason = s }
		save := func() {
			f.Save(v.ctx, func(ok bool) {
				below.SetProblem(f.Problem, false)
				if !ok {
					return
				}
				v.host.Say(w.T("form.saved"))
				v.page.End()
				v.vm.Open()
			})
		}
		return &sheet.Open{
			Key: "clash." + c.Field, Save: save, Done: v.vm.Done, Dirty: f.Dirty,
			Name: "choose." + c.Field, Draft: f.Typing(), Restored: func() {
				choice.SetValue(f.Choice)
				reason.SetText(f.Reason)
			},
			Object: widget.Card(w.T("person.claim.resolve"),
				widget.Columns(2, 210, widget.Field(f.Label, choice, nil)),
				widget.Field(w.T("claim.reason"), reason, below),
				widget.HStack(8, widget.Primary(w.T("form.save"), nil, save), widget.Plain(w.T("form.cancel"), nil, v.page.Cancel))),
			Focus: func(c fyne.Canvas) { c.Focus(choice) },
		}
	})
}
