package desktop

import (
	"context"

	"paradero/app"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
)

// offerRebuild says at the foot that the working copy was found wrong, with the
// button that makes it anew. It stays until that is done or something else is
// said; the next opening makes it anew by itself.
func (n *session) offerRebuild() {
	if !n.office.Behind() || n.offered {
		return
	}
	n.offered = true
	w := n.shell.words
	sentence, hint := app.Words(fault.New(fault.Damaged, "check working copy", "store_damaged"), w)
	n.trouble(sentence, hint, widget.HStack(0, widget.Primary(w.T("settings.rebuild"), nil, n.rebuildNow)))
}

func (n *session) rebuildNow() {
	w := n.shell.words
	n.foot.trouble.Hide()
	n.Progress(w.T("progress.rebuild"), func(ctx context.Context, report func(data.Progress)) func() {
		err := n.office.Rebuild(ctx, report)
		return func() {
			n.offered = false
			if err != nil {
				n.Fail(err)
				return
			}
			n.Say(w.T("settings.rebuilt"))
		}
	})
}
