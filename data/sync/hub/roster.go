package hub

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/nats-io/nkeys"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

// Device is a device that an office lets in at its hub.
type Device struct {
	ID      record.ID // ledger.DeviceOf(SignKey)
	SignKey []byte    // Ed25519: by it a roster is signed
	HubKey  []byte    // Ed25519: by it the device comes in
	Manages bool      // may sign the next roster
}

// Roster is an office's list of the devices that its hub lets in: all of it each
// time, with a number that rises.
type Roster struct {
	Account string // of the invitation
	Serial  uint64
	Devices []Device
}

// Signer signs a roster: a device that manages.
type Signer interface {
	Public() ed25519.PublicKey
	Sign(message []byte) []byte
}

// A signed roster is CBOR [body, signer, signature, claim]: the body as below, the
// signer's Ed25519 key, its signature over rosterPrefix and the body, and for an
// account's first the HMAC-SHA256 of rosterPrefix and the body under the claim
// secret of the invitation, else empty. A fifth part is the word by which a device
// comes in for another one (Heir).
const (
	rosterPrefix = "paradero hub roster 1"
	maxRoster    = 256 << 10
	maxDevices   = 1000
	seedSize     = ed25519.SeedSize
)

// Sign gives the roster as it is sent. claim is the invitation's secret for an
// account's first roster, else nil.
func (r *Roster) Sign(by Signer, claim []byte) []byte { return r.sign(by, claim, 4) }

// sign gives the first four of so many parts.
func (r *Roster) sign(by Signer, claim []byte, parts int) []byte {
	body := r.encode()
	signed := append([]byte(rosterPrefix), body...)
	out := cbor.AppendBytes(cbor.AppendArray(nil, parts), body)
	out = cbor.AppendBytes(out, by.Public())
	out = cbor.AppendBytes(out, by.Sign(signed))
	var mac []byte
	if claim != nil {
		mac = claimMAC(claim, signed)
	}
	return cbor.AppendBytes(out, mac)
}

func claimMAC(claim, signed []byte) []byte {
	h := hmac.New(sha256.New, claim)
	_, _ = h.Write(signed)
	return h.Sum(nil)
}

func (r *Roster) encode() []byte {
	list := slices.SortedFunc(slices.Values(r.Devices), func(a, b Device) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	b := cbor.AppendText(cbor.AppendUint(cbor.AppendMap(nil, 3), 1), r.Account)
	b = cbor.AppendUint(cbor.AppendUint(b, 2), r.Serial)
	b = cbor.AppendArray(cbor.AppendUint(b, 3), len(list))
	for _, d := range list {
		b = cbor.AppendBytes(cbor.AppendArray(b, 4), d.ID[:])
		b = cbor.AppendBytes(cbor.AppendBytes(b, d.SignKey), d.HubKey)
		b = cbor.AppendBool(b, d.Manages)
	}
	return b
}

func readRosterBody(b []byte) (*Roster, error) {
	var out Roster
	r := cbor.NewReader(b)
	n := r.Map(16)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			out.Account = r.Text()
		case 2:
			out.Serial = r.Uint()
		case 3:
			out.Devices = make([]Device, r.Array(maxDevices))
			for i := range out.Devices {
				readDevice(r, &out.Devices[i])
			}
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRoster, err)
	}
	return &out, out.check()
}

func readDevice(r *cbor.Reader, d *Device) {
	if r.Array(4) != 4 {
		r.Fail("device has not four parts")
		return
	}
	r.Fixed(d.ID[:])
	d.SignKey, d.HubKey = bytes.Clone(r.Bytes()), bytes.Clone(r.Bytes())
	d.Manages = r.Bool()
}

// check holds what must be true of any list: each device is named after its key,
// none stands twice, and somebody can sign the next.
func (r *Roster) check() error {
	seen := map[string]bool{}
	manages := false
	for _, d := range r.Devices {
		if len(d.SignKey) != ed25519.PublicKeySize || len(d.HubKey) != ed25519.PublicKeySize || ledger.DeviceOf(d.SignKey) != d.ID {
			return fmt.Errorf("%w: a device is not named after its key", ErrRoster)
		}
		if seen[string(d.ID[:])] || seen[string(d.HubKey)] {
			return fmt.Errorf("%w: a device stands twice", ErrRoster)
		}
		seen[string(d.ID[:])], seen[string(d.HubKey)] = true, true
		manages = manages || d.Manages
	}
	if !manages {
		return fmt.Errorf("%w: nobody manages", ErrRoster)
	}
	return nil
}

// Same tells whether two rosters let in the same devices with the same rights.
func (r *Roster) Same(devices []Device) bool {
	if r == nil {
		return false
	}
	other := Roster{Account: r.Account, Serial: r.Serial, Devices: devices}
	return bytes.Equal(r.encode(), other.encode())
}

// readRoster reads a signed roster and checks it against the one before, nil for
// an account that nobody has claimed.
func readRoster(b []byte, account string, claim []byte, before *Roster) (*Roster, error) {
	if len(b) > maxRoster {
		return nil, fmt.Errorf("%w: too large", ErrRoster)
	}
	r := cbor.NewReader(b)
	parts := r.Array(5)
	if parts < 4 {
		r.Fail("roster has not four parts")
	}
	body, public, sig, mac := r.Bytes(), r.Bytes(), r.Bytes(), r.Bytes()
	var heir []byte
	if parts == 5 {
		heir = r.Bytes()
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRoster, err)
	}
	signed := append([]byte(rosterPrefix), body...)
	if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, signed, sig) {
		return nil, fmt.Errorf("%w: signature", ErrRoster)
	}
	out, err := readRosterBody(body)
	if err != nil {
		return nil, err
	}
	if out.Account != account {
		return nil, fmt.Errorf("%w: of another account", ErrRoster)
	}
	if before == nil {
		if !hmac.Equal(mac, claimMAC(claim, signed)) || !out.manages(public) {
			return nil, fmt.Errorf("%w: not claimed by the invitation", ErrRoster)
		}
		return out, nil
	}
	if heir != nil && !out.inherits(before, public, heir) || heir == nil && !before.manages(public) {
		return nil, fmt.Errorf("%w: signed by a device that does not manage", ErrRoster)
	}
	if out.Serial <= before.Serial {
		return nil, fmt.Errorf("%w: an older one", errRosterOld)
	}
	return out, nil
}

// errRosterOld is a roster whose number does not rise: replayed, or somebody else
// was quicker.
var errRosterOld = fmt.Errorf("%w: number", ErrRoster)

func (r *Roster) manages(public []byte) bool {
	return slices.ContainsFunc(r.Devices, func(d Device) bool { return d.Manages && bytes.Equal(d.SignKey, public) })
}

// userKey is the name by which NATS knows an Ed25519 key.
func userKey(public []byte) string {
	b, err := nkeys.Encode(nkeys.PrefixByteUser, public)
	if err != nil {
		return ""
	}
	return string(b)
}

// trustedRoster reads a roster that this hub has checked before.
func trustedRoster(b []byte, account string) (*Roster, error) {
	r := cbor.NewReader(b)
	r.Array(5)
	body := r.Bytes()
	if r.Err() != nil {
		return nil, fmt.Errorf("%w: %w", ErrRoster, r.Err())
	}
	out, err := readRosterBody(body)
	if err == nil && out.Account != account {
		err = fmt.Errorf("%w: of another account", ErrRoster)
	}
	return out, err
}
