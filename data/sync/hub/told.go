package hub

import (
	"context"
	"strconv"

	"paradero/data/record"
	"paradero/data/sync"
)

// singly is up to how many batches of a device are asked for one by one: from here
// on all its names cost less.
const singly = 16

// Holds implements sync.Teller: what this device left, and what others did.
func (d *Depot) Holds(ctx context.Context, names []sync.Name, do func(sync.Name) error) error {
	by := map[record.ID][]sync.Name{}
	for _, n := range names {
		by[n.Device] = append(by[n.Device], n)
	}
	for device, list := range by {
		wanted := map[sync.Name]bool{}
		for _, n := range list {
			wanted[n] = true
		}
		err := d.namesUnder(ctx, d.filters(device, list), func(n sync.Name) error {
			if !wanted[n] {
				return nil
			}
			delete(wanted, n)
			return do(n)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// filters gives the subjects under which batches of a device stand that this one
// left there, or their author.
func (d *Depot) filters(device record.ID, list []sync.Name) []string {
	tails := []string{device.String() + ".>"}
	if len(list) < singly {
		tails = nil
		for _, n := range list {
			tails = append(tails, device.String()+"."+strconv.FormatUint(n.Seq, 10)+".>")
		}
	}
	var out []string
	for _, tail := range tails {
		out = append(out, "p."+tail)
		if device != d.id.Device {
			out = append(out, "r.*."+tail)
		}
	}
	return out
}
