package data

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
	"paradero/data/vault"
)

// strangersSealed bounds how many batches wait for a key whose device nobody has
// let in, as far as is known here.
const strangersSealed = 64

// keyName is what a batch waits for whose key is not here: it has the form of a
// batch's name, and is none.
func keyName(epoch uint32) ledger.Hash {
	return sha256.Sum256(binary.BigEndian.AppendUint32([]byte("paradero key of epoch "), epoch))
}

// keyless lets a batch wait for its key. Its place and signature were found right.
func (in *intake) keyless(b *ledger.Batch) {
	o := in.office
	if o.law.Key(b.Device) == nil && o.held.keyless() >= strangersSealed {
		in.refuse(b, "sealed")
		in.out.NoRoom++ // somebody may let it in yet
		return
	}
	if !o.held.addSealed(b, o.store.Hold) {
		in.refuse(b, "too_many_waiting")
	}
}

// learn takes the keys that a batch brings to this device. They are durable
// before the batch is.
func (in *intake) learn(body *ledger.Body) {
	found := in.office.keysIn(body)
	if len(found) == 0 {
		return
	}
	if in.fresh == nil {
		in.fresh = map[uint32]vault.Key{}
	}
	for number, key := range in.office.keys.add(found) {
		in.fresh[number] = key
		in.opened = append(in.opened, number)
	}
}

// ahead takes the keys out of a batch that must wait for others: these may be
// sealed with them.
func (in *intake) ahead(b *ledger.Batch) {
	if b.Epoch != 0 || len(b.Payloads) != 1 || b.Size() < vault.BoxOverhead {
		return // no batch that brings keys, see Office.wrap
	}
	if body, err := b.Open(in.office.keys); err == nil {
		in.learn(body)
	}
}

// unlocked gives the batches that waited for a key which has come.
func (in *intake) unlocked() []*heldBatch {
	var out []*heldBatch
	for _, number := range in.opened {
		out = append(out, in.office.held.release(keyName(number))...)
	}
	in.opened = nil
	return out
}

// keep makes the keys durable that were learned.
func (in *intake) keep() error {
	if len(in.fresh) == 0 {
		return nil
	}
	if err := in.office.keepKeys(in.fresh); err != nil {
		return err
	}
	in.fresh = nil
	return nil
}

// regain takes keys out of the journal that the keyring lacks: an older copy of
// the vault was put in the place of a newer one. They are kept with the next.
func (o *Office) regain(body *ledger.Body) {
	for i := range body.Changes {
		if body.Changes[i].Kind == record.Epoch {
			o.regained = append(o.regained, o.keys.add(o.keysIn(body)))
			return
		}
	}
}

// keepRegained makes them durable.
func (o *Office) keepRegained() error {
	list := o.regained
	o.regained = nil
	for _, keys := range list {
		if len(keys) == 0 {
			continue
		}
		if err := o.keepKeys(keys); err != nil {
			return err
		}
	}
	return nil
}

// learnRecords takes the keys of epochs out of their records that the keyring lacks:
// their batches came in while somebody else was signed in on this computer, who
// could not open what is meant for this person.
func (o *Office) learnRecords(ctx context.Context) error {
	if err := o.enter("read keys"); err != nil {
		return err
	}
	epochs := o.law.Epochs()
	o.use.RUnlock()
	found := map[uint32]vault.Key{}
	for _, id := range epochs {
		if o.keys.has(team.EpochNumber(id)) {
			continue
		}
		r, err := o.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		for i := range r.Entries {
			device, err := record.ParseID(r.Entries[i].Get("device"))
			if err != nil {
				continue
			}
			key, ok := o.unwrap(id, device, r.Entries[i].Get("wrapped"))
			if name, number := vault.EpochOf(o.Info().OfficeID, &key); ok && name == id {
				found[number] = key
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	return o.keepKeys(found)
}

// SealedOff is what this device has and cannot read, since it was not given the
// key: its member or it was sent away, or it was let in while somebody who did not
// know of it gave the others a new key. In the latter case the next exchange with a
// coordinator who knows of both brings the key.
type SealedOff struct {
	Batches int
	Since   time.Time // when the team changed its key, as far as that is known here
	Removed bool      // this device is not in the team any more, as far as is known here
}

// SealedOff tells what waits for a key; false: nothing does.
func (o *Office) SealedOff(ctx context.Context) (SealedOff, bool, error) {
	s := SealedOff{Batches: o.held.keyless()}
	if s.Batches == 0 {
		return s, false, nil
	}
	if err := o.enter("read keys"); err != nil {
		return s, true, err
	}
	epochs := o.law.Epochs()
	_, in := o.law.Remaining()[o.Info().Device]
	o.use.RUnlock()
	s.Removed = !in
	for _, id := range epochs {
		if o.keys.has(team.EpochNumber(id)) {
			continue
		}
		r, err := o.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return s, true, err
		}
		if s.Since.IsZero() || r.Created.Before(s.Since) {
			s.Since = r.Created
		}
	}
	return s, true, nil
}

// verifySealed tells of what waits for a key.
func (o *Office) verifySealed(ctx context.Context) []Finding {
	off, waits, err := o.SealedOff(ctx)
	if err != nil || !waits {
		return nil
	}
	f := Finding{Key: "sealed_off", Args: []string{strconv.Itoa(off.Batches), dayOf(off.Since)}}
	if off.Since.IsZero() {
		f = Finding{Key: "sealed_off_undated", Args: f.Args[:1]}
	}
	return []Finding{f}
}
