package data

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// copyVersion counts the changes in how records are folded, concluded and kept in
// the working copy that their fields do not tell. Raise it with each.
const copyVersion = 2

// knows is a print of what this program makes of changes: a working copy that
// was made by one that knew other kinds or fields is made anew, because what
// that one kept without knowing it stands in no list and is linked to nothing.
var knows = sync.OnceValue(func() []byte {
	h := sha256.New()
	_, _ = fmt.Fprintln(h, copyVersion)
	for _, s := range record.Kinds() {
		_, _ = fmt.Fprintln(h, s.Kind, s.Name, s.Entry)
		for i := range s.Fields {
			f := &s.Fields[i]
			_, _ = fmt.Fprintln(h, f.Num, f.Name, f.Type, f.Of, f.Critical, f.Concluded)
		}
	}
	return h.Sum(nil)
})

// checkBorn refuses to make a working copy of a journal that holds nothing at
// all where there is one already: an office is born with its genesis batch, so
// the journal is gone, and the copy is what is left of it.
func (o *Office) checkBorn(ctx context.Context) error {
	if !o.cfg.Store.Exists(o.storeDir()) {
		return nil
	}
	first := errors.New("a batch")
	_, err := o.journal.Scan(ctx, o.journal.Start(), func(ledger.Pos, *ledger.Batch) error { return first })
	if err == nil {
		return fault.New(fault.Damaged, "open office", "journal_damaged")
	}
	if errors.Is(err, first) {
		return nil
	}
	return diskFault("open office", err)
}
