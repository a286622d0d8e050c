package data

import (
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
)

// feedLinks shows the law the batches that are here. The caller of the law keeps
// the working copy in place.
type feedLinks struct{ office *Office }

// Forked implements team.Links.
func (f feedLinks) Forked(device record.ID) bool { return f.office.feeds.Forked(device) }

// Prev implements team.Links.
func (f feedLinks) Prev(h ledger.Hash) (ledger.Hash, bool) {
	at, ok := f.office.where(h)
	if !ok {
		return ledger.Hash{}, false
	}
	b, _, err := f.office.journal.Read(at.Pos)
	if err != nil {
		return ledger.Hash{}, false
	}
	return b.Prev, true
}

// putAsked notes a record in which something takes or took a second word, so that
// who looks for proposals need not read all.
func (o *Office) putAsked(tx *store.Tx, s *fold.State) error {
	if len(s.Proposals()) == 0 {
		return nil
	}
	item, err := o.store.AskedItem(s.ID)
	if err != nil {
		return err
	}
	return tx.Put(item)
}
