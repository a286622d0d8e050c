package data

import (
	"bytes"
	"context"
	"crypto/ed25519"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
	"paradero/data/vault"
)

// Person is one who signs in to this office on this computer.
type Person struct {
	Device record.ID
	Member record.ID // zero: not let in yet
	Name   string    // "" for one who was not let in yet
	Me     bool
	Waits  bool // not let in yet, or this computer is not shared with him yet
	Ended  bool // the team sent his device away
}

// Persons gives who signs in on this computer. It can be read only by who has
// signed in himself.
func (o *Office) Persons(ctx context.Context) ([]Person, error) {
	if err := o.enter("read persons"); err != nil {
		return nil, err
	}
	let, ended := o.law.Devices(), o.ended()
	o.use.RUnlock()
	o.verify.Lock()
	people := o.vault.People()
	o.verify.Unlock()
	var list []Person
	for _, p := range people {
		one := Person{Me: p.Me, Waits: !p.Shared}
		if p.Me {
			one.Device = o.Info().Device
		} else if len(p.Sign) == ed25519.PublicKeySize {
			one.Device = ledger.DeviceOf(p.Sign)
		}
		one.Member = let[one.Device]
		one.Ended = ended[one.Device]
		one.Name = o.names.get(one.Member)
		list = append(list, one)
	}
	return list, nil
}

// AddPerson is Join while somebody works: one more person is to sign in on this
// computer. He chooses his own passphrase and has to be let in as from anywhere.
func (o *Office) AddPerson(ctx context.Context, invite, code string, passphrase []byte) (*Joining, error) {
	const op = "join"
	in, err := readInvite(&o.cfg, invite, code)
	if err != nil {
		return nil, err
	}
	if len(passphrase) == 0 {
		return nil, &fault.Error{Code: fault.Invalid, Op: op, Key: "passphrase_empty"}
	}
	if in.offer.office != o.Info().OfficeID {
		return nil, fault.New(fault.Refused, op, "join_other_office", o.Info().Office)
	}
	o.verify.Lock()
	defer o.verify.Unlock()
	j, err := askedBefore(ctx, &o.cfg, in.offer, passphrase)
	if j != nil || err != nil {
		return j, err
	}
	if j, err = enter(ctx, &o.cfg, in, passphrase); err != nil {
		return nil, err
	}
	return j, vaultFault(op, o.vault.Reread())
}

// CompletePerson is CompleteJoin while somebody works.
func (o *Office) CompletePerson(ctx context.Context, answer, passphrase []byte) (Joined, error) {
	const op = "join"
	o.verify.Lock()
	defer o.verify.Unlock()
	v, err := vault.Unlock(ctx, o.cfg.Dir, o.cfg.Rand, passphrase)
	if err != nil {
		return Joined{}, vaultFault(op, err)
	}
	defer v.Forget()
	out, err := complete(&o.cfg, v, answer)
	if err != nil {
		return Joined{}, err
	}
	return out, vaultFault(op, o.vault.Reread())
}

// RemovePerson takes a person off this computer: his passphrase and his papers open
// nothing here any more, and his unfinished forms go. He stays in the team, and
// whatever other computer he works on is not touched.
func (o *Office) RemovePerson(ctx context.Context, device record.ID) error {
	const op = "remove person"
	if device == o.Info().Device {
		return fault.New(fault.Refused, op, "person_is_oneself")
	}
	boxOf, err := o.boxOf(ctx)
	if err != nil {
		return err
	}
	o.verify.Lock()
	defer o.verify.Unlock()
	for _, p := range o.vault.People() {
		if !p.Me && len(p.Sign) == ed25519.PublicKeySize && ledger.DeviceOf(p.Sign) == device {
			if err := o.vault.Remove(p.Sign, boxOf); err != nil {
				return vaultFault(op, err)
			}
			return o.dropPerson(device)
		}
	}
	return fault.New(fault.NotFound, op, "person_not_here")
}

// boxOf gives the key to which one seals for a device of the team, by its signing
// key.
func (o *Office) boxOf(ctx context.Context) (func(sign []byte) []byte, error) {
	all, err := o.boxes(ctx)
	if err != nil {
		return nil, err
	}
	return func(sign []byte) []byte {
		device := ledger.DeviceOf(sign)
		for _, b := range all {
			if b.device == device {
				return b.box
			}
		}
		return nil
	}, nil
}

// ended gives the devices that were let in and that the team has sent away. The
// caller keeps the working copy in place.
func (o *Office) ended() map[record.ID]bool {
	out, stay := map[record.ID]bool{}, o.law.Remaining()
	for d := range o.law.Devices() {
		if _, ok := stay[d]; !ok {
			out[d] = true
		}
	}
	return out
}

// shareComputer gives this computer's keys to those who sign in here and whom the
// team has let in meanwhile, and takes off it whom the team has sent away.
func (o *Office) shareComputer(ctx context.Context) error {
	o.verify.Lock()
	lacking, people := o.vault.Lacking(), o.vault.People()
	o.verify.Unlock()
	if err := o.enter("share computer"); err != nil {
		return err
	}
	ended := o.ended()
	o.use.RUnlock()
	for _, p := range people {
		if device := ledger.DeviceOf(p.Sign); !p.Me && p.Shared && ended[device] {
			if err := o.RemovePerson(ctx, device); err != nil {
				return err
			}
		}
	}
	if !lacking {
		return nil
	}
	boxOf, err := o.boxOf(ctx)
	if err != nil {
		return err
	}
	o.verify.Lock()
	defer o.verify.Unlock()
	_, err = o.vault.Share(boxOf)
	return vaultFault("share computer", err)
}

// renewPerson gives a person's device new keys, where the vault came back from a
// backup that somebody else restored: the device that it was may live on elsewhere.
func renewPerson(cfg *Config, v *vault.Vault) error {
	const op = "open office"
	if !v.MustRenew() || v.Old() != nil {
		return nil
	}
	fresh, err := newKeys(cfg.Rand)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	before := ledger.DeviceOf(deviceKey{ed25519.NewKeyFromSeed(v.Keys().Sign)}.Public())
	return vaultFault(op, v.Renew(fresh.Sign, fresh.Box, before))
}

// succeedOld writes the first batch of a device that was renewed.
func (o *Office) succeedOld(ctx context.Context) error {
	const op = "open office"
	old := o.vault.Old()
	if old == nil {
		return nil
	}
	before := ed25519.NewKeyFromSeed(old)
	if o.feeds.Next(o.Info().OfficeID, o.Info().Device).Seq == 1 {
		c, err := successionOf(before, o.vault.Keys())
		if err != nil {
			return fault.Wrap(err, fault.Internal, op, "keys_failed")
		}
		if _, err := o.submit(ctx, []*prepared{{change: c, size: 4096}}, false); err != nil {
			return err
		}
		o.flush()
	}
	o.verify.Lock()
	defer o.verify.Unlock()
	return vaultFault(op, o.vault.Renewed())
}

// successionOf is a device's word that it goes on for another, by that one's word.
func successionOf(before ed25519.PrivateKey, k *vault.Keys) (ledger.Change, error) {
	public := deviceKey{ed25519.NewKeyFromSeed(k.Sign)}.Public()
	keys, err := publicKeys(k.Sign, k.Box)
	if err != nil {
		return ledger.Change{}, err
	}
	c := ledger.Change{Record: ledger.DeviceOf(public), Kind: record.Device, Op: ledger.OpEdit}
	for _, f := range []struct{ name, text string }{
		{"member", record.ID(k.Member).String()},
		{"sign_key", encodeKey(public)},
		{"box_key", keys["box_key"]},
		{"succeeds", ledger.DeviceOf(before.Public().(ed25519.PublicKey)).String()},
		{"endorsement", team.Endorse(before, k.Office, public)},
		{"hub_key", keys["hub_key"]},
	} {
		field, ok := record.SchemaOf(record.Device).Field(f.name)
		if !ok {
			return ledger.Change{}, fault.New(fault.Internal, "restore", "keys_failed")
		}
		c.Fields = append(c.Fields, ledger.Field{Num: field.Num, Text: f.text})
	}
	return c, nil
}

// sameKeys tells whether two keyrings are one person's.
func sameKeys(a, b *vault.Keys) bool { return bytes.Equal(a.Sign, b.Sign) }
