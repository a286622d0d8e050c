package data

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"slices"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
	"paradero/data/vault"
)

// purposeEpoch binds a wrapped key to its epoch's record, office and device.
const purposeEpoch = "epoch"

// wrapsInOne is how many devices one change gives a key: a change has 64 KB.
const wrapsInOne = 32

// epochNow gives the epoch of the key that this device seals with: the last that
// the law as it is known here puts in use and that it was given. One that it was
// let in with and whose record has not come yet is later than those. The caller keeps
// the law in place: nothing is committed while it is made anew.
func (o *Office) epochNow() uint32 {
	law, in := o.law.Epochs(), o.vault.Keys().Current
	if o.keys.has(in) && !slices.ContainsFunc(law, func(id record.ID) bool { return team.EpochNumber(id) == in }) && in != 0 {
		return in
	}
	if n, lost := o.keyInUse(law); lost {
		return n
	}
	for _, id := range slices.Backward(law) {
		if n := team.EpochNumber(id); o.keys.has(n) {
			return n
		}
	}
	return 0
}

// boxed is a device with the key to which others seal for it.
type boxed struct {
	device, record, member record.ID
	box                    []byte // nil: it has published none
}

// boxes gives the devices that are let in, in the order of their names.
func (o *Office) boxes(ctx context.Context) ([]boxed, error) {
	if err := o.enter("read devices"); err != nil {
		return nil, err
	}
	in := o.law.Remaining()
	o.use.RUnlock()
	inherited, err := o.inherited(ctx)
	if err != nil {
		return nil, err
	}
	own := o.Info().Device
	var list []boxed
	err = o.Each(ctx, record.Device, func(r *record.Record) error {
		key, err := team.ParseKey(r.Get("sign_key"))
		if err != nil {
			return nil //nolint:nilerr // it is nobody's device
		}
		b := boxed{device: ledger.DeviceOf(key), record: r.ID, box: decodeBox(r.Get("box_key"))}
		member, ok := in[b.device]
		if b.member = member; !ok || inherited[b.device] || slices.ContainsFunc(list, func(x boxed) bool { return x.device == b.device }) {
			return nil
		}
		if b.device == own {
			b.box, err = vault.BoxPublic(o.vault.Keys().Box)
		}
		list = append(list, b)
		return err
	})
	slices.SortFunc(list, func(a, b boxed) int { return bytes.Compare(a.device[:], b.device[:]) })
	return list, err
}

func decodeBox(text string) []byte {
	if key, err := keyBase.DecodeString(text); err == nil && vault.IsBoxKey(key) {
		return key
	}
	return nil
}

// newEpoch draws a key that none of the devices named (by their own name, their
// record's or their member's) is given, wraps it to every other device that is let
// in, and puts it in use: whatever is sealed after it returns is sealed with it,
// here at once and elsewhere from when its record has come. It is in this device's
// keyring before anybody hears of it. Needs the right to remove or to invite.
func (o *Office) newEpoch(ctx context.Context, without ...record.ID) (uint32, error) {
	const op = "new key"
	if err := o.mayGiveKeys(op); err != nil {
		return 0, err
	}
	all, err := o.boxes(ctx)
	if err != nil {
		return 0, err
	}
	out, err := o.leftOut(ctx)
	if err != nil {
		return 0, err
	}
	o.flush() // who was just sent away
	inherited, err := o.inherited(ctx)
	if err != nil {
		return 0, err
	}
	var to []boxed
	var left []string
	for _, device := range slices.SortedFunc(maps.Keys(inherited), func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) }) {
		left = append(left, device.String()) // also where its end has not been heard of
	}
	for _, b := range all {
		if slices.Contains(without, b.device) || slices.Contains(without, b.record) || slices.Contains(without, b.member) {
			left = append(left, b.device.String())
		} else if b.box != nil && !out[b.device] {
			to = append(to, b)
		}
	}
	id, key, err := o.drawEpoch()
	if err != nil {
		return 0, err
	}
	number := team.EpochNumber(id)
	if err := o.keepKeys(map[uint32]vault.Key{number: key}); err != nil {
		return 0, err
	}
	set := map[string]string{"since": o.Now().Format("2006-01-02T15:04")}
	if len(left) > 0 {
		set["without"] = record.JoinList(left[:min(len(left), 500)])
	}
	if err := o.wrap(ctx, id, key, to, set); err != nil {
		return 0, err
	}
	o.flush() // the law knows of it now
	return number, o.useKey(number)
}

// mayGiveKeys tells whether the member who is signed in may give the team keys.
func (o *Office) mayGiveKeys(op string) error {
	if ok, why := o.mayNow(&ledger.Change{Kind: record.Epoch, Op: ledger.OpEdit}); !ok {
		return fault.New(fault.Refused, op, "right_missing", why, o.Info().Role)
	}
	return nil
}

func (o *Office) drawEpoch() (record.ID, vault.Key, error) {
	for {
		var key vault.Key
		if _, err := io.ReadFull(o.cfg.Rand, key[:]); err != nil {
			return record.ID{}, key, fault.Wrap(err, fault.Internal, "new key", "random_failed")
		}
		if id, number := vault.EpochOf(o.Info().OfficeID, &key); number != 0 && !o.keys.has(number) {
			return id, key, nil
		}
	}
}

// wrap writes a key for devices into the ledger, each batch for itself and sealed
// with the office's first key, which every device was given: so that whoever is
// given a key can read that, whatever else he lacks. What is set of the epoch is
// said last, when all have it.
func (o *Office) wrap(ctx context.Context, id record.ID, key vault.Key, to []boxed, set map[string]string) error {
	for len(to) > 0 || set != nil {
		n := min(len(to), wrapsInOne)
		c := Change{Kind: record.Epoch}
		if n == len(to) {
			c.Set, set = set, nil
		}
		for _, b := range to[:n] {
			sealed, err := vault.BoxSeal(b.box, o.epochPurpose(id, b.device), key[:])
			if err != nil {
				return fault.Wrap(err, fault.Internal, "new key", "keys_failed")
			}
			c.Add = append(c.Add, Addition{Kind: record.EpochKey, Values: map[string]string{
				"device": b.device.String(), "wrapped": base64.StdEncoding.EncodeToString(sealed),
			}})
		}
		to = to[n:]
		p, err := o.build(&fold.State{ID: id, Kind: record.Epoch}, nil, nil, &c)
		if err != nil {
			return err
		}
		if err := o.checkRights([]*prepared{p}); err != nil {
			return err
		}
		if _, err := o.submitJob(ctx, []*prepared{p}, &job{done: make(chan outcome, 1), keys: true}); err != nil {
			return err
		}
	}
	return nil
}

func (o *Office) epochPurpose(id, device record.ID) vault.Purpose {
	return vault.Purpose{Name: purposeEpoch, Office: o.Info().OfficeID, Device: device, More: id[:]}
}

// keepKeys adds keys to the keyring, durably.
func (o *Office) keepKeys(keys map[uint32]vault.Key) error {
	o.keys.add(keys)
	o.verify.Lock()
	defer o.verify.Unlock()
	_, err := o.vault.Learn(keys)
	return vaultFault("keep keys", err)
}

// keysIn gives the keys that a batch brings to this device, or to one that it goes
// on for. What is wrapped to it and is not the key that its record is named after
// is nothing.
func (o *Office) keysIn(body *ledger.Body) map[uint32]vault.Key {
	var found map[uint32]vault.Key
	for i := range body.Changes {
		c := &body.Changes[i]
		if c.Kind != record.Epoch || o.keys.has(team.EpochNumber(c.Record)) {
			continue
		}
		for k := range c.Entries {
			device, text := wrapOf(&c.Entries[k])
			key, ok := o.unwrap(c.Record, device, text)
			if !ok {
				continue
			}
			if name, number := vault.EpochOf(o.Info().OfficeID, &key); name == c.Record && number != 0 {
				if found == nil {
					found = map[uint32]vault.Key{}
				}
				found[number] = key
			}
		}
	}
	return found
}

// unwrap opens what an epoch's record has for a device, where that is this one or
// one that it goes on for.
func (o *Office) unwrap(id, device record.ID, text string) (vault.Key, bool) {
	seed := o.vault.Keys().Box
	if device != o.Info().Device {
		seed = nil
		for _, f := range o.vault.Keys().Before {
			if device == f.Device {
				seed = f.Box
			}
		}
	}
	if seed == nil {
		return vault.Key{}, false
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return vault.Key{}, false
	}
	plain, err := vault.BoxOpen(seed, o.epochPurpose(id, device), sealed)
	if err != nil || len(plain) != vault.KeySize {
		return vault.Key{}, false
	}
	return vault.Key(plain), true
}

func wrapOf(e *ledger.Entry) (device record.ID, sealed string) {
	if e.Kind != record.EpochKey {
		return record.ID{}, ""
	}
	for _, v := range e.Values {
		switch v.Num {
		case 1:
			device, _ = record.ParseID(v.Text) // the zero id is nobody's
		case 2:
			sealed = v.Text
		}
	}
	return device, sealed
}

// tendKeys sees to it, where the member who is signed in may, that every device
// that is let in has every key, and that the key in use is one that no device has
// which was sent away: two coordinators who worked apart may have left each the
// other's new device out, or each given his key to whom the other removed. Where
// this device's own public key is not known to the team it makes it known.
func (o *Office) tendKeys(ctx context.Context) error {
	if err := o.enter("tend keys"); err != nil {
		return err
	}
	epochs, ended := o.law.Epochs(), o.ended()
	o.use.RUnlock()
	if len(epochs)+len(ended) == 0 {
		return nil
	}
	if err := errors.Join(o.noteKeyInUse(), o.publishKeys(ctx)); err != nil {
		return err
	}
	if o.mayGiveKeys("tend keys") != nil {
		return nil
	}
	if len(epochs) == 0 { // somebody ended a device who may not give keys
		_, err := o.newEpoch(ctx)
		return err
	}
	all, err := o.boxes(ctx)
	if err != nil {
		return err
	}
	out, err := o.leftOut(ctx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(b boxed) bool { return out[b.device] })
	o.use.RLock() // the law is made anew with the working copy
	now := o.epochNow()
	o.use.RUnlock()
	for _, id := range epochs {
		key, ok := o.keys.get(team.EpochNumber(id))
		if !ok {
			continue
		}
		have, err := o.wrappedTo(ctx, id)
		if err != nil {
			return err
		}
		if team.EpochNumber(id) == now && sentAway(have, all) {
			if _, err := o.newEpoch(ctx); err != nil {
				return err
			}
			continue // whoever lacks this one has been given the next, and this below another time
		}
		lacking := slices.DeleteFunc(slices.Clone(all), func(b boxed) bool { return b.box == nil || have[b.device] })
		if len(lacking) > 0 {
			if err := o.wrap(ctx, id, key, lacking, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftOut gives the devices that a key in use was drawn to be without.
func (o *Office) leftOut(ctx context.Context) (map[record.ID]bool, error) {
	if err := o.enter("read keys"); err != nil {
		return nil, err
	}
	epochs := o.law.Epochs()
	o.use.RUnlock()
	out := map[record.ID]bool{}
	for _, id := range epochs {
		r, err := o.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, text := range record.SplitList(r.Get("without")) {
			if device, err := record.ParseID(text); err == nil {
				out[device] = true
			}
		}
	}
	return out, nil
}

// sentAway tells whether one of the devices that have a key is not in the team.
func sentAway(have map[record.ID]bool, all []boxed) bool {
	for d := range maps.Keys(have) {
		if !slices.ContainsFunc(all, func(b boxed) bool { return b.device == d }) {
			return true
		}
	}
	return false
}

// wrappedTo gives the devices to which an epoch's key was given.
func (o *Office) wrappedTo(ctx context.Context, id record.ID) (map[record.ID]bool, error) {
	r, err := o.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	have := map[record.ID]bool{}
	for i := range r.Entries {
		if device, err := record.ParseID(r.Entries[i].Get("device")); err == nil {
			have[device] = true
		}
	}
	return have, nil
}

// publishKeys makes this device's public keys known to the team, when they are
// not: those of a device that an older version let in.
func (o *Office) publishKeys(ctx context.Context) error {
	own, err := o.ownDevice(ctx)
	if err != nil || own == nil || own.Get("box_key") != "" && own.Get("hub_key") != "" {
		return err
	}
	keys, err := publicKeys(o.vault.Keys().Sign, o.vault.Keys().Box)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "publish keys", "keys_failed")
	}
	_, err = o.Edit(ctx, Change{Record: own.ID, Set: keys})
	return err
}

// ownDevice gives this device's record; nil where it has not come yet.
func (o *Office) ownDevice(ctx context.Context) (*record.Record, error) {
	all, err := o.boxes(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		if b.device == o.Info().Device {
			return o.Get(ctx, b.record)
		}
	}
	return nil, nil
}

// publicKeys gives what a device's record says of its keys beside sign_key.
func publicKeys(sign, box []byte) (map[string]string, error) {
	public, err := vault.BoxPublic(box)
	if err != nil {
		return nil, err
	}
	hub, err := hubKey(sign)
	if err != nil {
		return nil, err
	}
	return map[string]string{"box_key": keyBase.EncodeToString(public), "hub_key": encodeKey(hub.Public().(ed25519.PublicKey))}, nil
}

// hubKey is the key with which a device comes into a hub: never the one it signs
// batches with, since a hub chooses what it has signed there.
func hubKey(sign []byte) (ed25519.PrivateKey, error) {
	root := vault.Key(sign)
	seed, err := vault.Sub(&root, "hub")
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed[:]), nil
}
