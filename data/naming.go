package data

import (
	"context"

	"paradero/data/fault"
	"paradero/data/record"
)

// NameDevice says what a device is called, by its key or its record. "" takes its
// name away: it is called by the beginning of its number then. Its own member may,
// and who may invite.
func (o *Office) NameDevice(ctx context.Context, device record.ID, name string) (Receipt, error) {
	const op = "name device"
	o.use.RLock()
	enrolled := o.law.Enrolled()
	o.use.RUnlock()
	for _, e := range enrolled {
		if e.Device != device && e.Record != device {
			continue
		}
		r, err := o.Get(ctx, e.Record)
		if err != nil {
			return Receipt{}, err
		}
		receipts, err := o.Edit(ctx, Change{Record: e.Record, Base: r, Set: map[string]string{"name": record.CleanLine(name)}})
		if err != nil {
			return Receipt{}, err
		}
		return receipts[0], nil
	}
	return Receipt{}, fault.New(fault.NotFound, op, "device_unknown", device.String())
}
