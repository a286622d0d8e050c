package data

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"slices"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// maxInvitation bounds what is kept of a hub.
const maxInvitation = 16 << 10

// Hub gives the invitation to the hub that the office uses: that of its record, or
// what this device was let in with while the record has not come.
func (o *Office) Hub() (invitation []byte, ok bool) {
	r, err := o.read(o.Info().OfficeID)
	if fault.Is(err, fault.NotFound) {
		given := o.vault.Keys().Hub
		return given, len(given) > 0
	}
	if err != nil {
		return nil, false
	}
	b, err := base64.StdEncoding.DecodeString(r.Get("hub"))
	return b, err == nil && len(b) > 0
}

// SetHub keeps the invitation to a hub in the office's record, so that every device
// of the team uses it and later invitations carry it; none takes it out. It needs
// the right to change the office's texts.
func (o *Office) SetHub(ctx context.Context, invitation []byte) error {
	if len(invitation) > maxInvitation {
		return fault.New(fault.Invalid, "set hub", "hub_invitation")
	}
	if old, _ := o.Hub(); bytes.Equal(old, invitation) {
		return nil
	}
	if !o.May("change_texts") {
		return fault.New(fault.Refused, "set hub", "right_missing", "change_texts", o.Info().Role)
	}
	_, err := o.Edit(ctx, Change{
		Record: o.Info().OfficeID, Set: map[string]string{"hub": base64.StdEncoding.EncodeToString(invitation)},
	})
	return err
}

// HubDevice is a device that the office's hub is to let in.
type HubDevice struct {
	Device          record.ID
	SignKey, HubKey []byte // Ed25519
	Manages         bool   // may say who is let in
}

// Roster gives the devices that may come to the office's hub: those that were let
// in and not ended, as far as their key for hubs is known.
func (o *Office) Roster(ctx context.Context) ([]HubDevice, error) {
	o.use.RLock()
	let, rights := o.law.Remaining(), o.rights.Load()
	o.use.RUnlock()
	own, err := o.HubSeed()
	if err != nil {
		return nil, err
	}
	roles := map[record.ID]string{}
	var out []HubDevice
	err = o.Each(ctx, record.Device, func(r *record.Record) error {
		key, err := team.ParseKey(r.Get("sign_key"))
		if err != nil || r.Get("ended_at") != "" {
			return nil //nolint:nilerr // it names no device
		}
		d := HubDevice{Device: ledger.DeviceOf(key), SignKey: key}
		member, ok := let[d.Device]
		if !ok {
			return nil
		}
		if d.HubKey, err = team.ParseKey(r.Get("hub_key")); err != nil {
			d.HubKey = nil
		}
		if d.Device == o.Info().Device {
			d.HubKey = ed25519.NewKeyFromSeed(own).Public().(ed25519.PublicKey)
		}
		if _, asked := roles[member]; !asked {
			if m, err := o.read(member); err == nil {
				roles[member] = m.Get("role")
			}
		}
		d.Manages = rights != nil && rights.May(roles[member], "invite") || d.Device == o.Info().Device && o.May("invite")
		if d.HubKey != nil {
			out = append(out, d)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b HubDevice) int { return bytes.Compare(a.Device[:], b.Device[:]) })
	out = slices.CompactFunc(out, func(a, b HubDevice) bool { return a.Device == b.Device })
	return out, err
}

// HubSeed is the seed of the key by which this device comes to a hub. It is not
// the one by which it signs batches: a hub chooses what it has signed there.
func (o *Office) HubSeed() ([]byte, error) {
	key, err := hubKey(o.vault.Keys().Sign)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "open hub", "keys_failed")
	}
	return key.Seed(), nil
}

// DeviceSigner signs as this device what a hub is to believe of it.
type DeviceSigner interface {
	Public() ed25519.PublicKey
	Sign(message []byte) []byte
}

// HubSigner signs the list of devices for a hub.
func (o *Office) HubSigner() DeviceSigner { return deviceKey{o.sign} }
