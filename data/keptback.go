package data

import (
	"context"
	"slices"

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

// noteKeyInUse keeps which key is in use by the law as it is known, so that what
// damages the journal does not bring an older one back, which somebody has who was
// sent away.
func (o *Office) noteKeyInUse() error {
	if err := o.enter("keep keys"); err != nil {
		return err
	}
	now := o.epochNow()
	o.use.RUnlock()
	return o.useKey(now)
}

// useKey notes, durably, that a key is in use.
func (o *Office) useKey(number uint32) error {
	if number == 0 || o.keys.inUse.Load() == number {
		return nil
	}
	o.verify.Lock()
	defer o.verify.Unlock()
	if err := o.vault.Use(number); err != nil {
		return vaultFault("keep keys", err)
	}
	o.keys.inUse.Store(number)
	return nil
}

// keyInUse gives the key that was in use, where the law does not know it because
// something is lost or damaged here; false otherwise.
func (o *Office) keyInUse(law []record.ID) (uint32, bool) {
	n := o.keys.inUse.Load()
	if n == 0 || !o.keys.has(n) || slices.ContainsFunc(law, func(id record.ID) bool { return team.EpochNumber(id) == n }) {
		return 0, false
	}
	lost := o.owed.len() + len(o.feeds.Gaps())
	if o.use.TryRLock() { // it is not there to be had only while all is made anew
		lost += len(o.damage) + len(o.foreign)
		o.use.RUnlock()
	}
	return n, lost > 0 || o.keys.unsure.Load()
}
