package data

import (
	"context"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// inherited gives the devices whose sealed keys a device that was sent away can open
// though they are not it: those that it went on for after a restore. It came by
// their box keys with the backup. Whoever still works with one of them is let in
// anew.
func (o *Office) inherited(ctx context.Context) (map[record.ID]bool, error) {
	if err := o.enter("read devices"); err != nil {
		return nil, err
	}
	ended := o.ended()
	o.use.RUnlock()
	if len(ended) == 0 {
		return nil, nil
	}
	before := map[record.ID]record.ID{}
	err := o.Each(ctx, record.Device, func(r *record.Record) error {
		if key, err := team.ParseKey(r.Get("sign_key")); err == nil {
			if old := r.Ref("succeeds"); !old.IsZero() {
				before[ledger.DeviceOf(key)] = old
			}
		}
		return nil
	})
	out := map[record.ID]bool{}
	for device := range ended {
		for old := before[device]; !old.IsZero() && !out[old]; old = before[old] {
			out[old] = true
		}
	}
	return out, err
}
