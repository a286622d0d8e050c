package desktop

import (
	"context"

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
	n.Fail(fault.New(fault.Damaged, "check working copy", "store_damaged"))
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

// offerReopen says at the foot that the disk failed under the journal, with the
// button that locks: opening again looks what is on the disk. What is half typed
// is kept as a draft.
func (n *session) offerReopen() {
	if !n.office.Halted() || n.halted {
		return
	}
	n.halted = true
	n.Fail(fault.New(fault.Internal, "save", "journal_broken"))
}
