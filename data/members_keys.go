package data

import (
	"context"

	"paradero/data/ledger"
	"paradero/data/record"
)

// renewKeys draws a new key of the office that the devices which ended do not get.
// Who may not give keys, as one who ended a device of his own, leaves that to the
// next coordinator who hears of it.
func (o *Office) renewKeys(ctx context.Context, without []record.ID) (uint32, error) {
	if ok, _ := o.mayNow(&ledger.Change{Kind: record.Epoch, Op: ledger.OpEdit}); !ok {
		return 0, nil
	}
	return o.newEpoch(ctx, without...)
}
