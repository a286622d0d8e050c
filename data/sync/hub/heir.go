package hub

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/team"
)

// Heir is a device's right to come in for one that the hub lets in: after a restore
// the device is a new one, which nobody else has heard of yet, and the one before may
// be gone for ever. It is that one's word, as the new device's record holds it; where
// several restores lie between, the word of each, the oldest first.
type Heir struct {
	Office record.ID // which the words name
	Words  []Word
}

// Word is a device's word that the next one goes on for it (team.Endorse).
type Word struct {
	Key  []byte // its Ed25519 key
	Text string
}

const maxWords = 16

func (h *Heir) encode() []byte {
	b := cbor.AppendBytes(cbor.AppendArray(nil, 1+2*len(h.Words)), h.Office[:])
	for _, w := range h.Words {
		b = cbor.AppendText(cbor.AppendBytes(b, w.Key), w.Text)
	}
	return b
}

func readHeir(b []byte) (*Heir, error) {
	var h Heir
	r := cbor.NewReader(b)
	n := r.Array(1 + 2*maxWords)
	if n%2 != 1 {
		r.Fail("half a word")
	}
	r.Fixed(h.Office[:])
	for range n / 2 {
		h.Words = append(h.Words, Word{Key: bytes.Clone(r.Bytes()), Text: r.Text()})
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRoster, err)
	}
	return &h, nil
}

// of gives the device of the roster for which the signer comes in; ok is false when
// it lists none of them, or a word does not hold.
func (h *Heir) of(r *Roster, signer []byte) (old Device, ok bool) {
	next := ed25519.PublicKey(signer)
	for i := len(h.Words) - 1; i >= 0; i-- {
		w := h.Words[i]
		if team.CheckEndorsement(w.Key, h.Office, next, w.Text) != nil {
			return old, false
		}
		id := ledger.DeviceOf(w.Key)
		for _, d := range r.Devices {
			if d.ID == id {
				return d, true
			}
		}
		next = w.Key
	}
	return old, false
}

// SignHeir gives the roster as an heir sends it: the one before with itself in it.
func (r *Roster) SignHeir(by Signer, h *Heir) []byte {
	return cbor.AppendBytes(r.sign(by, nil, 5), h.encode())
}

// inherits tells whether a roster is the one before with the signer in it, who goes
// on for a device there and has no more rights than that.
func (r *Roster) inherits(before *Roster, signer, heir []byte) bool {
	h, err := readHeir(heir)
	if err != nil {
		return false
	}
	old, ok := h.of(before, signer)
	if !ok {
		return false
	}
	var rest []Device
	own := 0
	for _, d := range r.Devices {
		if bytes.Equal(d.SignKey, signer) && d.Manages == old.Manages {
			own++
			continue
		}
		rest = append(rest, d)
	}
	return own == 1 && len(rest) == len(before.Devices) && before.Same(rest)
}

// Inherit brings this device in for one that the hub lets in, and tells whether the
// hub's list changed: false too when that one is not there any more.
func Inherit(ctx context.Context, invitation []byte, this Device, h *Heir, by Signer) (bool, error) {
	inv, err := ReadInvitation(invitation)
	if err != nil || inv.Foreign {
		return false, err
	}
	d, err := Visit(ctx, invitation)
	if err != nil {
		return false, err
	}
	defer func() { _ = d.Close() }()
	for range 5 {
		before, err := d.Roster(ctx)
		if err != nil || before == nil {
			return false, err
		}
		old, ok := h.of(before, this.SignKey)
		for _, there := range before.Devices {
			ok = ok && there.ID != this.ID
		}
		if !ok {
			return false, nil
		}
		this.Manages = old.Manages
		next := Roster{Account: inv.Account, Serial: before.Serial + 1, Devices: append(before.Devices[:len(before.Devices):len(before.Devices)], this)}
		if taken, err := d.putRoster(ctx, "come in at hub", next.SignHeir(by, h)); taken || err != nil {
			return taken, err
		}
	}
	return false, fmt.Errorf("come in at hub: %w", ErrRoster)
}
